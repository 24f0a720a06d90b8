// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the queue over the link: one request at a time, each by its deadline,
 * which counts from its submission.
 */
#include "host.h"
#include "request.h"
#include "retry.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>

/* How late a request ends that only the reaper can end. */
#define REAP_MS		100

/*
 * Firmware's requests come in bursts: a method sends one, looks at the answer,
 * and sends the next. So long after one others wait for the next, looked for so
 * often.
 */
#define BURST_US	2000
#define BURST_LOOK_US	100

/* What is left of a request's time is not enough to send it: one hundredth. */
static bool too_late(const struct kcs_request *request, u64 now_us)
{
	u64 least_us = (u64)request->timeout_ms * (USEC_PER_MSEC / 100);

	return now_us + least_us >= request->deadline_us;
}

/* There is less time left than was spent: another try would hardly end. */
static bool half_gone(const struct kcs_request *request, u64 now_us)
{
	u64 half_us = (u64)request->timeout_ms * USEC_PER_MSEC / 2;

	return now_us + half_us > request->deadline_us;
}

/*
 * Ends a request that is in no queue any more. Whoever was faster cancelled it,
 * or waited for it until its deadline.
 */
static void end(struct kcs_host *host, struct kcs_request *request, int err)
{
	if (!kcs_request_end(request, err))
		err = kcs_host_now_us(host) < request->deadline_us ?
		      -ECANCELED : -ETIMEDOUT;
	if (!err)
		kcs_host_count(host, KCS_COUNT_ANSWERED);
	else if (err == -ETIMEDOUT)
		kcs_host_count(host, KCS_COUNT_TIMEOUTS);
	else
		kcs_host_count(host, KCS_COUNT_ERRORS);
	kcs_request_put(request);
}

/* Ends those in the queue that are over, or whose deadline is not after @until_us. */
static void end_until(struct kcs_host *host, u64 until_us, int err)
{
	struct kcs_request *request, *after;
	unsigned long flags;
	LIST_HEAD(ended);

	spin_lock_irqsave(&host->lock, flags);
	kcs_queue_collect(&host->queue, &ended, until_us);
	spin_unlock_irqrestore(&host->lock, flags);
	list_for_each_entry_safe(request, after, &ended, node) {
		list_del_init(&request->node);
		end(host, request, err);
	}
}

static void end_late(struct kcs_host *host)
{
	end_until(host, kcs_host_now_us(host), -ETIMEDOUT);
}

/**
 * kcs_serve_soon() - go on serving
 * @host: the interface
 *
 * Context: any.
 */
void kcs_serve_soon(struct kcs_host *host)
{
	mod_delayed_work(host->wq, &host->serve, 0);
}

/* -- Handing in. ---------------------------------------------------------- */

static int line_up(struct kcs_host *host, struct kcs_request *request)
{
	int err = kcs_queue_add(&host->queue, request);

	if (!err)
		queue_delayed_work(system_long_wq, &host->reap,
				   msecs_to_jiffies(REAP_MS));
	return err;
}

static int admit(struct kcs_host *host, struct kcs_request *request)
{
	kcs_host_count(host, KCS_COUNT_REQUESTS);
	if (host->link.stop)
		return -ENODEV;
	if (host->paused)
		return -EHOSTDOWN;
	if (kcs_health_refuses(&host->health)) {
		kcs_health_asked(&host->health);
		return -EHOSTDOWN;
	}
	request->deadline_us = kcs_host_now_us(host) +
			       (u64)request->timeout_ms * USEC_PER_MSEC;
	return 0;
}

static int enqueue(struct kcs_host *host, struct kcs_request *request)
{
	int err = line_up(host, request);

	if (!err)
		kcs_serve_soon(host);
	return err;
}

/**
 * kcs_host_submit() - hand a request to an interface
 * @host: the interface
 * @request: a request not submitted before; the caller keeps its reference
 *
 * The deadline counts from here. A request that cannot be taken ends at once:
 * kcs_request_wait() says why. One that a BMC answers at once may have ended, and
 * its function have been called, on return.
 *
 * Context: any; does not sleep.
 */
void kcs_host_submit(struct kcs_host *host, struct kcs_request *request)
{
	bool direct = false;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&host->lock, flags);
	err = admit(host, request);
	if (!err)
		direct = kcs_direct_take(host, request);
	if (!err && !direct)
		err = enqueue(host, request);
	if (err)
		kcs_host_count(host, KCS_COUNT_REFUSED);
	else
		kcs_request_get(request);
	spin_unlock_irqrestore(&host->lock, flags);
	if (direct)
		kcs_direct_carry(host, request);
	else if (err)
		kcs_request_end(request, err);
}
EXPORT_SYMBOL_GPL(kcs_host_submit);

/* -- Serving. ------------------------------------------------------------- */

static struct kcs_request *next(struct kcs_host *host)
{
	if (!kcs_host_may_transfer(host))
		return NULL;
	return kcs_queue_next(&host->queue, kcs_host_now_us(host));
}

/**
 * kcs_serve_in_burst() - is firmware about to send its next request?
 * @host: the interface
 *
 * Context: any.
 * Return: true for a moment after each of its requests.
 */
bool kcs_serve_in_burst(const struct kcs_host *host)
{
	u64 until_us = READ_ONCE(host->burst_until_us);

	return until_us && kcs_host_now_us(host) < until_us;
}

static bool burst_may_go_on(struct kcs_host *host)
{
	struct kcs_request *request;
	unsigned long flags;
	bool lower;

	if (!kcs_serve_in_burst(host))
		return false;
	spin_lock_irqsave(&host->lock, flags);
	request = next(host);
	lower = request && request->class > KCS_CLASS_AML &&
		!host->queue.count[KCS_CLASS_AML];
	spin_unlock_irqrestore(&host->lock, flags);
	return lower;
}

static struct kcs_request *take(struct kcs_host *host)
{
	struct kcs_clock *clock = host->link.clock;
	struct kcs_request *request;
	unsigned long flags;

	while (burst_may_go_on(host))
		clock->ops->nap_us(clock, BURST_LOOK_US);
	spin_lock_irqsave(&host->lock, flags);
	request = next(host);
	if (request)
		kcs_queue_take(&host->queue, request);
	spin_unlock_irqrestore(&host->lock, flags);
	return request;
}

static void note_failure(struct kcs_host *host, struct kcs_request *request,
			 int err)
{
	host->last = request->msg;
	host->last_err = err;
	dev_dbg(host->dev, "%s\n", kcs_probe_reason(host));
}

/* What a transfer says about the BMC. */
static void judge(struct kcs_host *host, struct kcs_request *request, int err)
{
	enum kcs_health_state before = host->health.state;
	u64 now_us = kcs_host_now_us(host);
	unsigned long flags;
	bool in_step;

	if (err)
		note_failure(host, request, err);
	spin_lock_irqsave(&host->lock, flags);
	if (err)
		kcs_health_failed(&host->health, &request->msg, err, now_us);
	else
		kcs_health_answered(&host->health, &request->msg,
				    &request->reply, now_us);
	in_step = host->health.in_step;
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_probe_report(host, before);
	if (!in_step)
		end_late(host);
	if (!in_step || before != host->health.state)
		kcs_probe_soon(host);
}

static bool try_again(struct kcs_host *host, struct kcs_request *request,
		      int err)
{
	u64 now_us = kcs_host_now_us(host);
	unsigned long flags;
	bool lined_up;
	u32 rest_ms;

	rest_ms = kcs_retry_rest_ms(&request->msg, request->tries, err,
				    err ? 0 : kcs_msg_cc(&request->reply));
	if (rest_ms == KCS_RETRY_NEVER)
		return false;
	request->not_before_us = now_us + (u64)rest_ms * USEC_PER_MSEC;
	if (half_gone(request, request->not_before_us))
		return false;

	spin_lock_irqsave(&host->lock, flags);
	lined_up = !host->link.stop && !host->paused && !line_up(host, request);
	if (lined_up)
		kcs_host_count(host, KCS_COUNT_RETRIES);
	spin_unlock_irqrestore(&host->lock, flags);
	return lined_up;
}

/**
 * kcs_serve_mind_burst() - a request was sent: has firmware another one?
 * @host: the interface
 * @request: the request, not ended yet
 *
 * Context: the owner of the link.
 */
void kcs_serve_mind_burst(struct kcs_host *host,
			  const struct kcs_request *request)
{
	if (request->class == KCS_CLASS_AML)
		WRITE_ONCE(host->burst_until_us,
			   kcs_host_now_us(host) + BURST_US);
}

/**
 * kcs_serve_conclude() - a request was sent: what follows
 * @host: the interface
 * @request: the request, whose reference is handed over
 * @err: how that ended
 *
 * Context: the owner of the link; may sleep.
 */
void kcs_serve_conclude(struct kcs_host *host, struct kcs_request *request,
			int err)
{
	kcs_serve_mind_burst(host, request);
	judge(host, request, err);
	kcs_events_look(host);
	if (!try_again(host, request, err))
		end(host, request, err);
}

static void serve(struct kcs_host *host, struct kcs_request *request)
{
	int err;

	if (kcs_request_ended(request) ||
	    too_late(request, kcs_host_now_us(host))) {
		end(host, request, -ETIMEDOUT);
		return;
	}
	request->tries++;
	err = kcs_link_transfer(&host->link, &request->msg, &request->reply,
				request->deadline_us, &request->ended);
	kcs_serve_conclude(host, request, err);
}

/* Comes back for the next request, or when the first of the resting is due. */
static void rearm(struct kcs_host *host)
{
	unsigned long flags;
	u64 due_us, now_us;

	spin_lock_irqsave(&host->lock, flags);
	due_us = kcs_host_may_transfer(host) ? kcs_queue_due_us(&host->queue) : U64_MAX;
	now_us = kcs_host_now_us(host);
	if (due_us <= now_us)
		kcs_serve_soon(host);
	else if (due_us != U64_MAX)
		mod_delayed_work(host->wq, &host->serve,
				 usecs_to_jiffies(due_us - now_us) + 1);
	spin_unlock_irqrestore(&host->lock, flags);
}

/* One request at a time, so that the probe gets its turn on the workqueue. */
static void serve_one(struct work_struct *work)
{
	struct kcs_host *host = container_of(to_delayed_work(work),
					     struct kcs_host, serve);
	struct kcs_request *request;

	kcs_direct_enter(host);
	request = take(host);
	if (request)
		serve(host, request);
	kcs_direct_leave(host);
	rearm(host);
}

/* -- Ending without serving. ---------------------------------------------- */

/*
 * Whoever waits for a request leaves at its deadline by himself. A request with
 * a function to call has nobody who does, while the link may be busy for long.
 */
static void reap(struct work_struct *work)
{
	struct kcs_host *host = container_of(to_delayed_work(work),
					     struct kcs_host, reap);
	unsigned long flags;

	end_late(host);
	spin_lock_irqsave(&host->lock, flags);
	if (!kcs_queue_is_empty(&host->queue) && !host->link.stop)
		queue_delayed_work(system_long_wq, &host->reap,
				   msecs_to_jiffies(REAP_MS));
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_serve_flush() - end all requests in the queue
 * @host: the interface
 * @err: how
 *
 * Context: process context, no lock held.
 */
void kcs_serve_flush(struct kcs_host *host, int err)
{
	end_until(host, U64_MAX, err);
}

/**
 * kcs_serve_init() - nothing to serve yet
 * @host: the interface
 *
 * Context: any.
 */
void kcs_serve_init(struct kcs_host *host)
{
	kcs_queue_init(&host->queue);
	kcs_host_work(&host->serve, serve_one);
	kcs_host_work(&host->reap, reap);
}

/**
 * kcs_serve_stop() - serve no more
 * @host: the interface; its link is stopped
 *
 * The request on its way ends within a nap, those in the queue end without
 * having been sent, all with %-ENODEV.
 *
 * Context: may sleep.
 */
void kcs_serve_stop(struct kcs_host *host)
{
	kcs_direct_settle(host);
	cancel_delayed_work_sync(&host->reap);
	cancel_delayed_work_sync(&host->serve);
	kcs_serve_flush(host, -ENODEV);
}
