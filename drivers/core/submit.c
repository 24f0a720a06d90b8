// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests on their way into an interface and out of it: admitted, queued again,
 * completed, expired. Above the queue, below the engine.
 */
#include "host.h"
#include "request.h"
#include "trace.h"

#include <linux/errno.h>
#include <linux/jiffies.h>

static void submit_stamp(struct kcs_host *host, struct kcs_request *request)
{
	request->deadline_us = kcs_host_now_us(host) +
			       (u64)request->timeout_ms * USEC_PER_MSEC;
	request->deadline_jiffies = jiffies + msecs_to_jiffies(request->timeout_ms);
}

/**
 * kcs_submit_admit() - test whether a request is taken; its time begins
 * @host: the interface
 * @request: the request
 *
 * Context: kcs_host.lock held.
 * Return: 0; %-EINVAL for a message that IPMI cannot carry; %-ENODEV when the
 * interface is going; %-EHOSTDOWN when it sleeps, or its BMC is not there.
 */
int kcs_submit_admit(struct kcs_host *host, struct kcs_request *request)
{
	lockdep_assert_held(&host->lock);
	kcs_host_count(host, KCS_COUNT_REQUESTS);
	request->deadline_jiffies = jiffies;
	if (!request->msg.len)
		return -EINVAL;
	if (host->stop)
		return -ENODEV;
	if (host->paused)
		return -EHOSTDOWN;
	if (host->health.refuses) {
		kcs_health_demanded(&host->health, kcs_host_now_us(host));
		kcs_wake_up(&host->work);
		return -EHOSTDOWN;
	}
	submit_stamp(host, request);
	return 0;
}

/**
 * kcs_submit_end() - complete a request that is not queued any more
 * @host: the interface
 * @request: the request, whose reference is dropped
 * @err: how it ended
 *
 * Context: no lock held; kcs_host.registers may be, if the request has no function
 * to be called.
 */
void kcs_submit_end(struct kcs_host *host, struct kcs_request *request, int err)
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
	trace_kcs_complete(host, request, err);
	kcs_request_put(request);
}

/**
 * kcs_submit_again() - queue a request for another try
 * @host: the interface
 * @request: the request
 * @not_before_us: it backs off until then
 *
 * Context: kcs_host.registers held.
 * Return: false when it cannot be queued.
 */
bool kcs_submit_again(struct kcs_host *host, struct kcs_request *request,
		      u64 not_before_us)
{
	unsigned long flags;
	bool queued;

	request->not_before_us = not_before_us;
	spin_lock_irqsave(&host->lock, flags);
	queued = !host->stop && !host->paused &&
		 !kcs_queue_add(&host->queue, request);
	if (queued)
		kcs_host_count(host, KCS_COUNT_RETRIES);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
	return queued;
}

/* -- Ending without having been sent. ------------------------------------- */

static void submit_end_until(struct kcs_host *host, u64 until_us, int err)
{
	struct kcs_request *request, *after;
	unsigned long flags;
	LIST_HEAD(ended);

	spin_lock_irqsave(&host->lock, flags);
	kcs_queue_collect(&host->queue, &ended, until_us);
	spin_unlock_irqrestore(&host->lock, flags);
	list_for_each_entry_safe(request, after, &ended, node) {
		list_del_init(&request->node);
		kcs_submit_end(host, request, err);
	}
}

/**
 * kcs_submit_expire() - end queued requests whose deadline has come
 * @host: the interface
 * @now_us: the time
 *
 * Context: process context; kcs_host.lock not held. Functions of requests are
 * called with kcs_host.registers held by a caller that waits in mid-message: they
 * must not wait for a request.
 */
void kcs_submit_expire(struct kcs_host *host, u64 now_us)
{
	if (now_us >= READ_ONCE(host->queue.expiry_us))
		submit_end_until(host, now_us, -ETIMEDOUT);
}

/**
 * kcs_submit_flush() - end all queued requests
 * @host: the interface
 * @err: how
 *
 * Context: process context, no lock held.
 */
void kcs_submit_flush(struct kcs_host *host, int err)
{
	submit_end_until(host, U64_MAX, err);
}

/* -- The driver's own requests. ------------------------------------------- */

/**
 * kcs_submit_own() - make a request of the driver's own
 * @host: the interface
 * @cmd: command of NetFn App
 * @byte: the only data byte, NULL for none
 * @done: called when it ended, with @host
 *
 * Others may wait for the registers: no waiting for memory.
 *
 * Context: any.
 * Return: the request, for kcs_submit_send(); NULL without memory.
 */
struct kcs_request *kcs_submit_own(struct kcs_host *host, u8 cmd,
				   const u8 *byte, kcs_request_done done)
{
	struct kcs_request *request;
	struct kcs_msg msg;

	kcs_msg_app(&msg, cmd, byte);
	request = kcs_request_create(&msg, KCS_CLASS_BACKGROUND,
				     KCS_HOST_TIMEOUT_MS,
				     GFP_NOWAIT | __GFP_NOWARN);
	if (request)
		kcs_request_set_done(request, done, host);
	return request;
}

/**
 * kcs_submit_send() - queue a request of the driver's own for the engine
 * @host: the interface
 * @request: the request; the caller's reference is dropped
 *
 * Its function is called at once if it cannot be queued.
 *
 * Context: process context, no lock held.
 */
void kcs_submit_send(struct kcs_host *host, struct kcs_request *request)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&host->lock, flags);
	err = kcs_submit_admit(host, request);
	if (!err)
		err = kcs_queue_add(&host->queue, request);
	if (!err)
		kcs_request_get(request);
	trace_kcs_submit(host, request, err);
	spin_unlock_irqrestore(&host->lock, flags);
	if (err)
		kcs_request_end(request, err);
	else
		kcs_wake_up(&host->work);
	kcs_request_put(request);
}
