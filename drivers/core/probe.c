// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is there a BMC, and are we in step with it? Asked at the start, after every
 * failure, and in the background while there is no answer. What changes is told
 * here: one line in the log and one uevent each.
 *
 * A probe asks two different things in turn until both were answered rightly,
 * one after the other: a BMC that is one reply behind would answer a repeated
 * question rightly for ever.
 */
#include "host.h"
#include "names.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/minmax.h>

/* While there is nobody, Status is looked at so often: a change is a sign. */
#define WATCH_MS		500

#define PING_REST_MIN_US	10000
#define PING_REST_MAX_US	160000

/* Probes in a row for which an odd completion code means "not ready". */
#define ODD_PROBES_MAX		120

/* A BMC that comes and goes all the time does not fill the log. */
#define LOG_PERIOD_S		600
#define LOG_LINES		20

/* -- Asking. -------------------------------------------------------------- */

static int ping(struct kcs_host *host, u8 cmd, u64 deadline_us)
{
	kcs_link_question(&host->last, cmd, NULL);
	host->last_err = kcs_link_transfer(&host->link, &host->last,
					   &host->last_reply, deadline_us, NULL);
	return host->last_err;
}

/* IPMI 2.0 rev 1.1, 20.1: bit 7 of the first firmware byte. */
static bool is_updating(const struct kcs_host *host)
{
	const struct kcs_msg *id = &host->last_reply;

	return id->len > KCS_MSG_REPLY_MIN + 2 && id->bytes[5] & 0x80;
}

/* Some give odd codes while they start; one that always does is an answer. */
static bool is_busy(const struct kcs_host *host, u8 cc)
{
	bool odd = cc != KCS_CC_BUSY && cc != KCS_CC_UPDATING &&
		   cc != KCS_CC_STARTING;

	return cc != KCS_CC_OK &&
	       (!odd || host->health.failures < ODD_PROBES_MAX);
}

static enum kcs_health_verdict understand(const struct kcs_host *host, u8 cmd)
{
	u8 cc = kcs_msg_cc(&host->last_reply);

	if (cc == KCS_CC_TIMEOUT)
		return KCS_HEALTH_SILENT;
	if (cmd != KCS_CMD_GET_DEVICE_ID)
		return KCS_HEALTH_ANSWERS;
	if (is_busy(host, cc))
		return KCS_HEALTH_BUSY;
	return is_updating(host) ? KCS_HEALTH_UPDATING : KCS_HEALTH_ANSWERS;
}

/* A reply may get lost: half of the time is left for the next question. */
static u64 ping_deadline_us(struct kcs_host *host, u64 deadline_us)
{
	u64 now_us = kcs_host_now_us(host);

	return now_us < deadline_us ? now_us + (deadline_us - now_us) / 2 : 0;
}

static u64 budget_end_us(struct kcs_host *host)
{
	return kcs_host_now_us(host) +
	       (u64)kcs_health_budget_ms(&host->health) * USEC_PER_MSEC;
}

/*
 * Ends with Get Device ID, whose reply the log shows. The budget is for silence:
 * a BMC that is slow, but answers, gets another one with its first answer.
 */
static enum kcs_health_verdict ask(struct kcs_host *host)
{
	struct kcs_clock *clock = host->link.clock;
	u64 deadline_us = budget_end_us(host);
	u8 cmd = KCS_CMD_GET_SELF_TEST;
	u32 rest_us = PING_REST_MIN_US;
	enum kcs_health_verdict verdict = KCS_HEALTH_SILENT;
	bool answered = false;
	int right = 0;

	/* After an error exit, or a late reply, it may need a moment. */
	if (host->link.dirty)
		clock->ops->nap_us(clock, rest_us);
	while (right < 2 || cmd == KCS_CMD_GET_DEVICE_ID) {
		int err = ping(host, cmd, ping_deadline_us(host, deadline_us));

		if (!err) {
			verdict = understand(host, cmd);
			if (verdict == KCS_HEALTH_SILENT ||
			    verdict == KCS_HEALTH_BUSY)
				return verdict;
			right++;
			if (!answered)
				deadline_us = budget_end_us(host);
			answered = true;
		} else {
			right = 0;
			if (err == -ENODEV || err == -ECANCELED ||
			    kcs_host_now_us(host) + rest_us >= deadline_us)
				return KCS_HEALTH_SILENT;
			clock->ops->nap_us(clock, rest_us);
			rest_us = min_t(u32, 2 * rest_us, PING_REST_MAX_US);
		}
		cmd ^= KCS_CMD_GET_SELF_TEST ^ KCS_CMD_GET_DEVICE_ID;
	}
	return verdict;
}

static enum kcs_health_verdict find_bmc(struct kcs_host *host)
{
	enum kcs_health_verdict verdict;

	if (kcs_link_look(&host->link) == KCS_FLOATING)
		return KCS_HEALTH_FLOATING;
	verdict = ask(host);
	if (verdict != KCS_HEALTH_SILENT && verdict != KCS_HEALTH_BUSY &&
	    kcs_trust_test(host))
		verdict = ask(host);
	return verdict;
}

/* -- Telling. ------------------------------------------------------------- */

/* IPMI 2.0 rev 1.1, 20.1 */
static void log_device_id(struct kcs_host *host)
{
	const u8 *id = &host->last_reply.bytes[KCS_MSG_REPLY_MIN];

	if (host->last_reply.len < KCS_MSG_REPLY_MIN + 11) {
		dev_info(host->dev, "BMC ready, with a short device ID\n");
		return;
	}
	dev_info(host->dev,
		 "BMC ready: device %02xh, firmware %u.%02x, IPMI %u.%u, manufacturer %06xh, product %04xh\n",
		 id[0], id[2] & 0x7f, id[3], id[4] & 0xf, id[4] >> 4,
		 id[6] | id[7] << 8 | id[8] << 16, id[9] | id[10] << 8);
}

/**
 * kcs_probe_reason() - what went wrong last
 * @host: the interface
 *
 * Context: the owner of the link.
 * Return: kcs_host.why, written anew.
 */
const char *kcs_probe_reason(struct kcs_host *host)
{
	struct kcs_link *link = &host->link;
	char status[KCS_NAMES_STATUS_SIZE];
	int err = host->last_err;

	if (err)
		snprintf(host->why, sizeof(host->why),
			 "NetFn %02xh command %02xh ended with %pe in %s, status 0x%02x [%s], last error: %s",
			 host->last.bytes[0] >> 2, host->last.bytes[1],
			 ERR_PTR(err), kcs_names_sm_state(link->sm.state),
			 link->status,
			 kcs_names_status(status, sizeof(status), link->status),
			 kcs_names_error_code(link->sm.error_code));
	else
		snprintf(host->why, sizeof(host->why),
			 "NetFn %02xh command %02xh has completion code %02xh",
			 host->last.bytes[0] >> 2, host->last.bytes[1],
			 kcs_msg_cc(&host->last_reply));
	return host->why;
}

static void log_change(struct kcs_host *host)
{
	if (!__ratelimit(&host->log_limit))
		return;
	switch (host->health.state) {
	case KCS_HEALTH_READY:
		log_device_id(host);
		break;
	case KCS_HEALTH_DEGRADED:
		dev_warn(host->dev, "BMC degraded: %s\n",
			 kcs_probe_reason(host));
		break;
	case KCS_HEALTH_MAINTENANCE:
		dev_info(host->dev,
			 "BMC in maintenance: it is starting, resetting or being updated\n");
		break;
	case KCS_HEALTH_ABSENT:
		dev_info(host->dev,
			 "BMC absent: nothing responds at its registers (Status reads FFh); requests fail at once, looking for it in the background\n");
		break;
	default:
		dev_warn(host->dev,
			 "BMC dead: %s; requests fail at once, looking for it in the background\n",
			 kcs_probe_reason(host));
	}
}

static void send_uevent(struct kcs_host *host)
{
	char word[32];
	char *words[2] = { word };

	snprintf(word, sizeof(word), "KCS_HEALTH=%s",
		 kcs_names_health(host->health.state));
	kobject_uevent_env(&host->dev->kobj, KOBJ_CHANGE, words);
}

/**
 * kcs_probe_report() - tell of a change of health, if there was one
 * @host: the interface
 * @before: its health before
 *
 * Context: the owner of the link; may sleep.
 */
void kcs_probe_report(struct kcs_host *host, enum kcs_health_state before)
{
	if (host->health.state == before)
		return;
	log_change(host);
	send_uevent(host);
}

/* -- When. ---------------------------------------------------------------- */

static bool is_due(struct kcs_host *host)
{
	unsigned long flags;
	bool refuses;
	u64 probe_us;

	spin_lock_irqsave(&host->lock, flags);
	refuses = kcs_health_refuses(&host->health);
	probe_us = host->health.probe_us;
	spin_unlock_irqrestore(&host->lock, flags);
	return kcs_host_now_us(host) >= probe_us ||
	       (refuses && kcs_link_look(&host->link) != host->ill_status);
}

/**
 * kcs_probe_soon() - see when the next probe is due
 * @host: the interface, whose health changed
 *
 * Context: any.
 */
void kcs_probe_soon(struct kcs_host *host)
{
	u64 now_us, wait_us = 0, probe_us;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	now_us = kcs_host_now_us(host);
	probe_us = host->health.probe_us;
	if (probe_us > now_us)
		wait_us = probe_us - now_us;
	if (kcs_health_refuses(&host->health))
		wait_us = min_t(u64, wait_us, WATCH_MS * USEC_PER_MSEC);
	if (probe_us != KCS_HEALTH_NEVER && !host->paused && !host->link.stop)
		mod_delayed_work(host->wq, &host->probe,
				 usecs_to_jiffies(min_t(u64, wait_us, UINT_MAX)));
	spin_unlock_irqrestore(&host->lock, flags);
}

static void run_probe(struct kcs_host *host)
{
	enum kcs_health_verdict verdict = find_bmc(host);
	enum kcs_health_state before = host->health.state;
	bool was_out = !host->health.in_step;
	unsigned long flags;

	if (READ_ONCE(host->link.stop) || READ_ONCE(host->paused))
		return;
	spin_lock_irqsave(&host->lock, flags);
	kcs_health_probed(&host->health, verdict, kcs_host_now_us(host));
	kcs_host_count(host, KCS_COUNT_PROBES);
	if (was_out && before != KCS_HEALTH_UNKNOWN && host->health.in_step)
		kcs_host_count(host, KCS_COUNT_RECOVERIES);
	spin_unlock_irqrestore(&host->lock, flags);

	kcs_probe_report(host, before);
	if (was_out)
		WRITE_ONCE(host->events_enabled, false);
	if (!host->health.in_step) {
		host->ill_status = kcs_link_look(&host->link);
		kcs_serve_flush(host, -EHOSTDOWN);
		return;
	}
	kcs_serve_soon(host);
	if (was_out && before != KCS_HEALTH_READY && before != KCS_HEALTH_DEGRADED)
		kcs_host_tell(host, KCS_HOST_READY);
}

static void probe(struct work_struct *work)
{
	struct kcs_host *host = container_of(to_delayed_work(work),
					     struct kcs_host, probe);

	kcs_direct_enter(host);
	if (is_due(host))
		run_probe(host);
	kcs_direct_leave(host);
	kcs_probe_soon(host);
}

/**
 * kcs_probe_init() - nothing is known yet
 * @host: the interface
 *
 * Context: any.
 */
void kcs_probe_init(struct kcs_host *host)
{
	kcs_host_work(&host->probe, probe);
	ratelimit_state_init(&host->log_limit, LOG_PERIOD_S * HZ, LOG_LINES);
}
