// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is told of an interface: a line in the log and a uevent for each change of
 * its health, and the notifiers. Above health, below whatever changes it.
 */
#include "host.h"
#include "trace.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/kobject.h>
#include <linux/notifier.h>

static BLOCKING_NOTIFIER_HEAD(notifiers);

/* -- Notifiers. ----------------------------------------------------------- */

/**
 * kcs_host_notify() - have a notifier called for &enum kcs_host_event
 * @nb: the notifier; may sleep, and delays the interface as long as it does
 *
 * It is not called for what happened before, see kcs_host_is_ready().
 *
 * Context: may sleep.
 * Return: 0; %-EEXIST when @nb is registered already.
 */
int kcs_host_notify(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&notifiers, nb);
}
EXPORT_SYMBOL_GPL(kcs_host_notify);

/**
 * kcs_host_unnotify() - call a notifier no more
 * @nb: a registered notifier; not running any more after return
 *
 * Context: may sleep.
 */
void kcs_host_unnotify(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&notifiers, nb);
}
EXPORT_SYMBOL_GPL(kcs_host_unnotify);

/**
 * kcs_report_event() - call the notifiers
 * @host: the interface
 * @event: what happened to it
 *
 * Context: may sleep; no lock held.
 */
void kcs_report_event(struct kcs_host *host, enum kcs_host_event event)
{
	blocking_notifier_call_chain(&notifiers, event, host);
}

/* -- The log. ------------------------------------------------------------- */

/* IPMI 2.0 rev 1.1, 20.1 */
static void log_device_id(struct kcs_host *host)
{
	const u8 *id = &host->last_reply.bytes[KCS_MSG_REPLY_MIN];

	if (host->last_err || host->last_reply.len < KCS_MSG_REPLY_MIN + 11) {
		dev_info(host->dev.parent, "BMC ready, with a short device ID\n");
		return;
	}
	dev_info(host->dev.parent,
		 "BMC ready: device %02xh, firmware %u.%02x, IPMI %u.%u, manufacturer %06xh, product %04xh\n",
		 id[0], id[2] & 0x7f, id[3], id[4] & 0xf, id[4] >> 4,
		 id[6] | id[7] << 8 | id[8] << 16, id[9] | id[10] << 8);
}

static const char *err_in_words(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "timed out";
	case -EIO:
		return "ended with an error of the interface";
	case -EBADMSG:
		return "got the reply to another request";
	case -EMSGSIZE:
		return "got an overlong reply";
	case -ECANCELED:
		return "was given up";
	default:
		return "could not be sent";
	}
}

/**
 * kcs_report_reason() - return in words how the last request or question ended
 * @host: the interface
 *
 * Context: kcs_host.registers held.
 * Return: kcs_host.why, written anew.
 */
const char *kcs_report_reason(struct kcs_host *host)
{
	struct kcs_transport *transport = host->transport;
	int len;

	lockdep_assert_held(&host->registers);
	if (!host->last_err) {
		snprintf(host->why, sizeof(host->why),
			 "NetFn %02xh cmd %02xh has completion code %02xh",
			 host->last.bytes[0] >> 2, host->last.bytes[1],
			 kcs_msg_cc(&host->last_reply));
		return host->why;
	}
	len = scnprintf(host->why, sizeof(host->why), "NetFn %02xh cmd %02xh %s ",
			host->last.bytes[0] >> 2, host->last.bytes[1],
			err_in_words(host->last_err));
	transport->ops->describe(transport, host->why + len, sizeof(host->why) - len);
	return host->why;
}

static void log_state(struct kcs_host *host)
{
	switch (host->health.state) {
	case KCS_HEALTH_READY:
		log_device_id(host);
		break;
	case KCS_HEALTH_DEGRADED:
		dev_warn(host->dev.parent, "BMC degraded: %s; resynchronising\n",
			 kcs_report_reason(host));
		break;
	case KCS_HEALTH_RESTRICTED:
		dev_info(host->dev.parent,
			 "BMC restricted: its policy refuses Get Device ID (completion code D4h); other requests are sent\n");
		break;
	case KCS_HEALTH_MAINTENANCE:
		dev_info(host->dev.parent,
			 "BMC in maintenance: it is starting, resetting or being updated\n");
		break;
	case KCS_HEALTH_ABSENT:
		dev_info(host->dev.parent,
			 "BMC absent: nothing responds at its registers (Status reads FFh); failing requests, probing in the background\n");
		break;
	default:
		dev_warn(host->dev.parent,
			 "BMC dead: %s; failing requests, probing in the background\n",
			 kcs_report_reason(host));
	}
}

/**
 * kcs_report_state() - log a change of health, and have it told
 * @host: the interface
 * @before: its health before
 *
 * Context: kcs_host.registers held.
 */
void kcs_report_state(struct kcs_host *host, enum kcs_health_state before)
{
	unsigned long flags;

	lockdep_assert_held(&host->registers);
	if (host->health.state == before)
		return;
	trace_kcs_health(host, kcs_health_name(before),
			 kcs_health_name(host->health.state));
	if (__ratelimit(&host->log_limit))
		log_state(host);
	spin_lock_irqsave(&host->lock, flags);
	host->news |= KCS_NEWS_HEALTH;
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}

/* -- News. ---------------------------------------------------------------- */

static void send_uevent(struct kcs_host *host)
{
	char word[32];
	char *words[2] = { word };

	snprintf(word, sizeof(word), "KCS_HEALTH=%s",
		 kcs_health_name(READ_ONCE(host->health.state)));
	kobject_uevent_env(&host->dev.kobj, KOBJ_CHANGE, words);
}

/**
 * kcs_report_tell() - tell what happened since the last call
 * @host: the interface
 *
 * Context: the engine, no lock held.
 */
void kcs_report_tell(struct kcs_host *host)
{
	unsigned long flags;
	u32 news;

	if (!READ_ONCE(host->news))
		return;
	spin_lock_irqsave(&host->lock, flags);
	news = host->news;
	host->news = 0;
	spin_unlock_irqrestore(&host->lock, flags);
	if (news & KCS_NEWS_HEALTH)
		send_uevent(host);
	if (news & KCS_NEWS_READY && kcs_host_is_ready(host))
		kcs_report_event(host, KCS_HOST_READY);
}

/**
 * kcs_host_is_ready() - test whether the BMC behind an interface answers
 * @host: the interface
 *
 * Return: true while requests are sent to it; false while nothing is known of it,
 * it is lost or being searched for after a failure, and from the start of its
 * removal.
 */
bool kcs_host_is_ready(const struct kcs_host *host)
{
	return READ_ONCE(host->health.in_step) && !READ_ONCE(host->stop);
}
EXPORT_SYMBOL_GPL(kcs_host_is_ready);

/**
 * kcs_host_epoch() - return a number that is good for as long as a reading
 * @host: the interface
 * @netfn: network function of the reading
 *
 * It changes with each command of @netfn that is not known to read only, whoever
 * sends it, and when the BMC may have restarted.
 *
 * Context: any.
 * Return: the number.
 */
u32 kcs_host_epoch(const struct kcs_host *host, u8 netfn)
{
	return atomic_read(&host->restarts) + READ_ONCE(host->writes[netfn >> 1]);
}
EXPORT_SYMBOL_GPL(kcs_host_epoch);
