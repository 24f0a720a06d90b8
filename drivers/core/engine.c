// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of an interface: one thread that loops over one decision: a message
 * left in the middle, a question of the recovery, the next request, global enables,
 * attention, or sleep until the earliest of what is due.
 *
 * A submitter drives its own request when none goes before it and the registers are
 * free: that saves two context switches. It leaves in mid-message when it is
 * killed, or when it would have to sleep and may not; then the thread goes on, once
 * the BMC may be through. Whatever gives the thread something to do wakes it; nothing
 * is polled for.
 */
#include "host.h"
#include "request.h"
#include "retry.h"
#include "trace.h"

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/sched.h>

/*
 * Firmware's requests come in bursts: a method sends one, looks at the answer, and
 * sends the next. So long after one, others wait for the next.
 */
#define BURST_US	2000

/*
 * How often a request is sent while the BMC says "not now". A program's only once:
 * another try would hold up all that comes through the same user, the heartbeat of
 * the watchdog included; the kernel's message handler and the program decide. The
 * driver's own for some 600 ms.
 */
static const u32 tries_max[KCS_CLASSES] = {
	[KCS_CLASS_WATCHDOG] = U32_MAX,
	[KCS_CLASS_AML] = U32_MAX,
	[KCS_CLASS_USER] = 1,
	[KCS_CLASS_BACKGROUND] = 7,
};

/**
 * struct ending - a request that is to be completed once the registers are free
 * @request: it, NULL for none
 * @err: how it ended
 */
struct ending {
	struct kcs_request *request;
	int err;
};

/* -- One request. --------------------------------------------------------- */

/* What is left of its time is not enough to send it: one hundredth. */
static bool is_too_late(const struct kcs_request *request, u64 now_us)
{
	u64 least_us = (u64)request->timeout_ms * (USEC_PER_MSEC / 100);

	return now_us + least_us >= request->deadline_us;
}

/* Less of its time is left than was spent: another try would hardly end. */
static bool is_half_gone(const struct kcs_request *request, u64 now_us)
{
	u64 half_us = (u64)request->timeout_ms * USEC_PER_MSEC / 2;

	return now_us + half_us > request->deadline_us;
}

static bool engine_try_again(struct kcs_host *host, struct kcs_request *request,
			     int err)
{
	u64 not_before_us;
	u32 backoff_ms;
	u8 cc = err ? 0 : kcs_msg_cc(&request->reply);

	if (!err && cc == IPMI_CC_NO_ERROR)
		return false;
	backoff_ms = kcs_retry_backoff_ms(&request->msg, request->tries,
					  tries_max[request->class], err, cc);
	if (backoff_ms == KCS_RETRY_NEVER || kcs_request_ended(request))
		return false;
	not_before_us = kcs_host_now_us(host) + (u64)backoff_ms * USEC_PER_MSEC;
	return !is_half_gone(request, not_before_us) &&
	       kcs_submit_again(host, request, not_before_us);
}

/*
 * The message of kcs_host.active ended on the wire. A request that has no function
 * to be called is completed before the registers are free: who joins its reading
 * later cannot have sent anything in between.
 */
static void engine_conclude(struct kcs_host *host, int err, struct ending *ending)
{
	struct kcs_request *request = host->active;
	u64 now_us = kcs_host_now_us(host);

	host->active = NULL;
	request->wire_us += now_us - host->sent_us;
	if (request->tests_irq)
		WRITE_ONCE(host->irq.patient, false);
	if (request->class == KCS_CLASS_AML)
		WRITE_ONCE(host->burst_until_us, now_us + BURST_US);
	kcs_recovery_judge(host, request, err);
	kcs_enables_note_message(host, now_us - host->sent_us);
	kcs_attention_look(host, host->transport->status);
	if (kcs_attention_is_armed(host))
		kcs_irq_unmask(&host->irq);
	if (engine_try_again(host, request, err))
		return;
	if (request->on_done)
		*ending = (struct ending){ request, err };
	else
		kcs_submit_end(host, request, err);
}

static void engine_go_on(struct kcs_host *host, enum kcs_driver driver,
			 struct ending *ending)
{
	int err = kcs_exchange_run(host, kcs_exchange_end_us(host), driver);

	if (err != -EINPROGRESS)
		engine_conclude(host, err, ending);
}

static void engine_send(struct kcs_host *host, struct kcs_request *request,
			enum kcs_driver driver, struct ending *ending)
{
	u64 now_us = kcs_host_now_us(host);

	lockdep_assert_held(&host->registers);
	if (kcs_request_ended(request) || is_too_late(request, now_us)) {
		*ending = (struct ending){ request, -ETIMEDOUT };
		return;
	}
	request->tries++;
	if (request->tests_irq)
		WRITE_ONCE(host->irq.patient, true);
	host->active = request;
	host->sent_us = now_us;
	trace_kcs_issue(host, request);
	kcs_exchange_begin(host, &request->msg, &request->reply);
	engine_go_on(host, driver, ending);
}

static void engine_complete(struct kcs_host *host, const struct ending *ending)
{
	if (ending->request)
		kcs_submit_end(host, ending->request, ending->err);
}

/* -- Submitting. ---------------------------------------------------------- */

/* Others wait for firmware's next request, unless they were passed too often. */
static bool is_in_burst(const struct kcs_host *host, enum kcs_class class,
			u64 now_us)
{
	return class > KCS_CLASS_AML && now_us < READ_ONCE(host->burst_until_us) &&
	       host->queue.passed[class] < KCS_QUEUE_PASSED_MAX;
}

static bool engine_may_drive(const struct kcs_host *host,
			     const struct kcs_request *request)
{
	u64 now_us = kcs_request_submitted_us(request);

	lockdep_assert_held(&host->registers);
	return !host->active && kcs_host_may_transfer(host) &&
	       now_us < host->health.question_us &&
	       !is_in_burst(host, request->class, now_us) &&
	       kcs_queue_admits(&host->queue, request->class, now_us);
}

/* @registers is held, and @request the caller's to send. */
static void engine_drive(struct kcs_host *host, struct kcs_request *request,
			 enum kcs_driver driver)
{
	struct ending ending = {};
	bool wakes;

	engine_send(host, request, driver, &ending);
	wakes = host->active && !host->irq.is_left;
	rt_mutex_unlock(&host->registers);
	if (wakes)
		kcs_wake_up(&host->work);
	engine_complete(host, &ending);
}

static void engine_submit(struct kcs_host *host, struct kcs_request *request,
			  bool may_drive, enum kcs_driver driver)
{
	bool owns = may_drive && rt_mutex_trylock(&host->registers);
	bool drives = false;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&host->lock, flags);
	err = kcs_submit_admit(host, request);
	if (!err && owns)
		drives = engine_may_drive(host, request);
	if (drives)
		kcs_queue_take(&host->queue, request);
	else if (!err)
		err = kcs_queue_add(&host->queue, request);
	if (err)
		kcs_host_count(host, KCS_COUNT_REFUSED);
	else
		kcs_request_get(request);
	trace_kcs_submit(host, request, err);
	spin_unlock_irqrestore(&host->lock, flags);
	if (drives) {
		engine_drive(host, request, driver);
		return;
	}
	if (owns)
		rt_mutex_unlock(&host->registers);
	if (err)
		kcs_request_end(request, err);
	else
		kcs_wake_up(&host->work);
}

/**
 * kcs_host_submit() - submit a request
 * @host: the interface
 * @request: a request not submitted before; the caller keeps its reference
 *
 * The deadline counts from here. A request that is not admitted ends at once:
 * kcs_request_wait() says why. One that the BMC answers at once may have ended, and
 * its function have been called, on return.
 *
 * Context: any; does not sleep.
 */
void kcs_host_submit(struct kcs_host *host, struct kcs_request *request)
{
	engine_submit(host, request, preemptible(), KCS_DRIVER_PASSER);
}
EXPORT_SYMBOL_GPL(kcs_host_submit);

/**
 * kcs_host_execute() - submit a request whose caller may sleep
 * @host: the interface
 * @request: a request not submitted before; the caller keeps its reference
 *
 * As kcs_host_submit(), but the caller drives the message if the interface is free.
 * To be followed by kcs_request_wait() or kcs_request_await(), as the request may
 * have been queued, or the caller be killed.
 *
 * Context: may sleep, until the deadline at most; no lock held that the completion
 * function of any request takes.
 */
void kcs_host_execute(struct kcs_host *host, struct kcs_request *request)
{
	might_sleep();
	engine_submit(host, request, true, KCS_DRIVER_SLEEPER);
}
EXPORT_SYMBOL_GPL(kcs_host_execute);

/**
 * kcs_engine_quiesce() - leave the BMC between two messages, as it was found
 * @host: the interface, stopped or paused
 * @for_good: its interrupt is not needed any more
 *
 * Ends a message that its submitter left in the middle.
 *
 * Context: may sleep, for two seconds at most; no lock held.
 */
void kcs_engine_quiesce(struct kcs_host *host, bool for_good)
{
	struct ending ending = {};

	rt_mutex_lock(&host->registers);
	if (host->active)
		engine_go_on(host, KCS_DRIVER_ENGINE, &ending);
	kcs_enables_restore(host);
	if (for_good)
		kcs_irq_free(&host->irq);
	rt_mutex_unlock(&host->registers);
	engine_complete(host, &ending);
}

/* -- The thread. ---------------------------------------------------------- */

/* The next request, in @taken; otherwise when one may be eligible. */
static u64 engine_take(struct kcs_host *host, u64 now_us,
		       struct kcs_request **taken)
{
	struct kcs_request *request;

	lockdep_assert_held(&host->lock);
	if (!kcs_host_may_transfer(host))
		return U64_MAX;
	request = kcs_queue_next(&host->queue, now_us);
	if (!request)
		return kcs_queue_due_us(&host->queue);
	if (is_in_burst(host, request->class, now_us))
		return READ_ONCE(host->burst_until_us);
	kcs_queue_take(&host->queue, request);
	*taken = request;
	return 0;
}

/* Upkeep that is due queues a request, whose class says when its turn comes. */
static void engine_upkeep(struct kcs_host *host, u64 now_us, u64 enables_us)
{
	if (enables_us <= now_us)
		kcs_enables_start(host);
	else
		kcs_attention_step(host, now_us);
}

/* Do the first thing that is due; return 0, or when the next thing will be. */
static u64 engine_decide(struct kcs_host *host, struct ending *ending)
{
	u64 now_us = kcs_host_now_us(host);
	u64 question_us, enables_us, upkeep_us, request_us = U64_MAX, expiry_us;
	struct kcs_request *request = NULL;
	unsigned long flags;

	kcs_submit_expire(host, now_us);
	if (host->active) {
		engine_go_on(host, KCS_DRIVER_ENGINE, ending);
		return 0;
	}
	spin_lock_irqsave(&host->lock, flags);
	question_us = host->paused || host->stop ? U64_MAX : kcs_recovery_due_us(host);
	enables_us = kcs_enables_due_us(host);
	upkeep_us = min(enables_us, kcs_attention_due_us(host, now_us));
	if (question_us > now_us && upkeep_us > now_us)
		request_us = engine_take(host, now_us, &request);
	expiry_us = host->queue.expiry_us;
	spin_unlock_irqrestore(&host->lock, flags);

	if (question_us <= now_us) {
		kcs_recovery_step(host);
		return 0;
	}
	if (upkeep_us <= now_us) {
		engine_upkeep(host, now_us, enables_us);
		return 0;
	}
	if (request) {
		engine_send(host, request, KCS_DRIVER_ENGINE, ending);
		return 0;
	}
	return min3(upkeep_us, min(request_us, question_us), expiry_us);
}

/*
 * A submitter that has the registers may get no CPU: it is nice, or its group has
 * used up its share. It inherits the thread's priority if that is a real-time one.
 */
static void engine_lock(struct kcs_host *host)
{
	if (rt_mutex_trylock(&host->registers))
		return;
	sched_set_fifo_low(current);
	rt_mutex_lock(&host->registers);
	sched_set_normal(current, 0);
}

static u64 engine_pass(struct kcs_host *host)
{
	struct ending ending = {};
	u64 due_us;

	engine_lock(host);
	kcs_enables_check_irq(host);
	due_us = engine_decide(host, &ending);
	if (due_us && kcs_attention_is_armed(host))
		kcs_irq_unmask(&host->irq);
	rt_mutex_unlock(&host->registers);
	engine_complete(host, &ending);
	kcs_report_tell(host);
	return due_us;
}

/* kthread_stop() wakes once: the state is set before the look that it is for. */
static void engine_await_stop(void)
{
	set_current_state(TASK_IDLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_IDLE);
	}
	__set_current_state(TASK_RUNNING);
}

/**
 * kcs_engine_thread() - the engine's thread
 * @data: the interface
 *
 * Context: a kthread.
 * Return: 0.
 */
int kcs_engine_thread(void *data)
{
	struct kcs_host *host = data;
	u64 due_us, now_us;

	for (;;) {
		kcs_wake_clear(&host->work);
		if (READ_ONCE(host->stop))
			break;
		due_us = engine_pass(host);
		if (!due_us) {
			cond_resched();
			continue;
		}
		now_us = kcs_host_now_us(host);
		if (due_us == U64_MAX)
			kcs_wake_sleep(&host->work, U64_MAX);
		else if (due_us > now_us)
			kcs_wake_sleep(&host->work, due_us - now_us);
	}
	engine_pass(host);	/* ends a message that its submitter left before */
	engine_await_stop();
	return 0;
}
