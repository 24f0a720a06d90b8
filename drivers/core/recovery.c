// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out the plan of health.c: asks its questions over the wire, and tells it
 * what came of them and of requests. Above exchange, below the engine.
 */
#include "host.h"
#include "request.h"

#include <kcs/command.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>

/* While there is no BMC Status is looked at so often: a change is a sign of one. */
#define WATCH_US	1000000ull
#define WATCH_IDLE_US	3000000ull

/* A BMC that so many searches did not find, for some 20 s, is not awaited. */
#define IDLE_SEARCHES	4

static u64 watch_us(const struct kcs_health *health)
{
	return health->searches >= IDLE_SEARCHES ? WATCH_IDLE_US : WATCH_US;
}

/* -- Questions. ----------------------------------------------------------- */

/**
 * kcs_recovery_due_us() - return when kcs_recovery_step() has something to do
 * @host: the interface
 *
 * Context: kcs_host.lock held.
 * Return: the time; %U64_MAX for not at all.
 */
u64 kcs_recovery_due_us(const struct kcs_host *host)
{
	u64 due_us = host->health.question_us;

	lockdep_assert_held(&host->lock);
	if (host->health.refuses)
		due_us = min(due_us, host->watch_us);
	return due_us;
}

/* Refused requests change the plan at any time. */
static struct kcs_health health_of(struct kcs_host *host)
{
	struct kcs_health health;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	health = host->health;
	spin_unlock_irqrestore(&host->lock, flags);
	return health;
}

/* Where the plan stands now, for all who wait for it. */
static void recovery_conclude(struct kcs_host *host,
			      const struct kcs_health *before)
{
	const struct kcs_health after = health_of(host), *health = &after;
	bool was_served = before->state == KCS_HEALTH_READY ||
			  before->state == KCS_HEALTH_DEGRADED ||
			  before->state == KCS_HEALTH_RESTRICTED;
	bool flush = before->state == KCS_HEALTH_UNKNOWN && health->refuses;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	if (!before->in_step && health->in_step) {
		atomic_inc(&host->restarts);
		kcs_enables_doubt(host);
		if (before->state != KCS_HEALTH_UNKNOWN)
			kcs_host_count(host, KCS_COUNT_RECOVERIES);
		if (!was_served)
			host->news |= KCS_NEWS_READY;
	}
	if (health->in_step != before->in_step || health->searches != before->searches)
		kcs_host_count(host, KCS_COUNT_PROBES);
	spin_unlock_irqrestore(&host->lock, flags);

	kcs_report_state(host, before->state);
	if (health->refuses) {
		host->quiet_status = kcs_exchange_look(host);
		host->watch_us = kcs_host_now_us(host) + watch_us(health);
	}
	/* Of a BMC that never answered nothing is to be expected. */
	if (flush)
		kcs_submit_flush(host, -EHOSTDOWN);
}

static void recovery_ask(struct kcs_host *host)
{
	u64 now_us = kcs_host_now_us(host);
	struct kcs_health before;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&host->lock, flags);
	host->health.is_asking = true;
	before = host->health;
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_msg_app(&host->last, before.question, NULL);
	host->transport->is_idle = before.searches >= IDLE_SEARCHES &&
				   !before.is_demanded;
	err = kcs_exchange(host, now_us + (u64)kcs_health_question_ms(&before) *
			   USEC_PER_MSEC, KCS_DRIVER_ENGINE);
	host->transport->is_idle = false;
	if (READ_ONCE(host->stop) || READ_ONCE(host->paused))
		return;
	now_us = kcs_host_now_us(host);
	spin_lock_irqsave(&host->lock, flags);
	kcs_health_replied(&host->health, err, &host->last_reply, now_us,
			   kcs_queue_deadline_us(&host->queue));
	spin_unlock_irqrestore(&host->lock, flags);
	recovery_conclude(host, &before);
}

static void recovery_float(struct kcs_host *host)
{
	struct kcs_health before = health_of(host);
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	kcs_health_floated(&host->health, kcs_host_now_us(host));
	spin_unlock_irqrestore(&host->lock, flags);
	recovery_conclude(host, &before);
}

/* No question is due yet: has anything happened at the registers? */
static void recovery_watch(struct kcs_host *host, u8 status, u64 now_us)
{
	unsigned long flags;

	host->watch_us = now_us + watch_us(&host->health);
	if (status == host->quiet_status)
		return;
	spin_lock_irqsave(&host->lock, flags);
	kcs_health_stirred(&host->health, now_us);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_recovery_step() - do what the plan wants done now
 * @host: the interface, see kcs_recovery_due_us()
 *
 * Context: the engine, kcs_host.registers held; may sleep as long as a question
 * may take.
 */
void kcs_recovery_step(struct kcs_host *host)
{
	struct kcs_health health = health_of(host);
	u64 now_us = kcs_host_now_us(host);
	u8 status = kcs_exchange_look(host);

	lockdep_assert_held(&host->registers);
	if (now_us < health.question_us)
		recovery_watch(host, status, now_us);
	else if (status == KCS_FLOATING && !health.in_step)
		recovery_float(host);
	else
		recovery_ask(host);
}

/* -- Requests. ------------------------------------------------------------ */

static void judge_failure(struct kcs_host *host, struct kcs_request *request,
			  int err)
{
	host->last = request->msg;
	host->last_err = err;
	dev_dbg(host->dev.parent, "%s\n", kcs_report_reason(host));
}

/* It may have been executed, however it ended. */
static void note_write(struct kcs_host *host, const struct kcs_request *request)
{
	u32 *writes = &host->writes[request->msg.bytes[0] >> 3];

	if (request->command & KCS_COMMAND_READS)
		return;
	WRITE_ONCE(*writes, *writes + 1);
	/* What it carries may be anything. */
	if (request->command & (KCS_COMMAND_RESET | KCS_COMMAND_CARRIES))
		atomic_inc(&host->restarts);
}

/* There is nothing to learn from its end. */
static bool is_plain(const struct kcs_request *request, int err)
{
	return !err && kcs_msg_cc(&request->reply) == IPMI_CC_NO_ERROR &&
	       !(request->command & (KCS_COMMAND_RESET | KCS_COMMAND_LONG));
}

/**
 * kcs_recovery_judge() - learn from how a request ended on the wire
 * @host: the interface
 * @request: the request
 * @err: how, see kcs_exchange_run()
 *
 * Context: kcs_host.registers held.
 */
void kcs_recovery_judge(struct kcs_host *host, struct kcs_request *request,
			int err)
{
	enum kcs_health_state before = host->health.state;
	u64 now_us, horizon_us;
	unsigned long flags;

	lockdep_assert_held(&host->registers);
	note_write(host, request);
	if (is_plain(request, err))
		return;
	if (err)
		judge_failure(host, request, err);
	now_us = kcs_host_now_us(host);
	spin_lock_irqsave(&host->lock, flags);
	horizon_us = kcs_queue_deadline_us(&host->queue);
	if (err)
		kcs_health_failed(&host->health, request->command, err, now_us,
				  horizon_us);
	else
		kcs_health_answered(&host->health, request->command,
				    kcs_msg_cc(&request->reply), now_us,
				    horizon_us);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_report_state(host, before);
	kcs_wake_up(&host->work);
}

/**
 * kcs_host_progress() - say that a transport has something new for its message
 * @host: the interface
 *
 * As an interrupt of one that has registers.
 *
 * Context: any.
 */
void kcs_host_progress(struct kcs_host *host)
{
	kcs_wake_up(&host->progress);
	/* @is_left is read after the wake-up: see exchange_leave(). */
	if (READ_ONCE(host->irq.is_left))
		kcs_wake_up(&host->work);
}
EXPORT_SYMBOL_GPL(kcs_host_progress);

/**
 * kcs_host_stir() - say that there may be something new behind an interface
 * @host: the interface
 *
 * For a transport without registers, whose Status cannot be looked at.
 *
 * Context: any.
 */
void kcs_host_stir(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	kcs_health_stirred(&host->health, kcs_host_now_us(host));
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->progress);
	kcs_wake_up(&host->work);
}
EXPORT_SYMBOL_GPL(kcs_host_stir);
