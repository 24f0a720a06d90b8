// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a request: created, ended exactly once, freed with its last
 * reference. Below the queue; takes no lock.
 */
#include "request.h"

#include <kcs/command.h>
#include <kcs/host.h>
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * kcs_request_create() - make a request
 * @msg: what to send; copied. One too short or too long for IPMI ends with
 *	%-EINVAL when it is submitted
 * @class: which requests it goes before
 * @timeout_ms: how long it may take, from submission to the reply
 * @gfp: how to get memory for it
 *
 * Context: any, if @gfp says so.
 * Return: the request, to be dropped with kcs_request_put(); NULL without
 * memory.
 */
struct kcs_request *kcs_request_create(const struct kcs_msg *msg,
				       enum kcs_class class, u32 timeout_ms,
				       gfp_t gfp)
{
	struct kcs_request *request = kzalloc(sizeof(*request), gfp);

	if (!request)
		return NULL;
	kref_init(&request->ref);
	INIT_LIST_HEAD(&request->node);
	init_completion(&request->done);
	request->class = class;
	request->timeout_ms = timeout_ms;
	if (msg->len < KCS_MSG_REQUEST_MIN || msg->len > KCS_MSG_MAX)
		return request;
	request->msg.len = msg->len;
	memcpy(request->msg.bytes, msg->bytes, msg->len);
	request->command = kcs_command_flags(&request->msg);
	return request;
}
EXPORT_SYMBOL_GPL(kcs_request_create);

/**
 * kcs_request_set_done() - have a function called when a request ended
 * @request: the request, before it is submitted
 * @done: the function
 * @context: what it is given
 *
 */
void kcs_request_set_done(struct kcs_request *request, kcs_request_done done,
			  void *context)
{
	request->on_done = done;
	request->context = context;
}
EXPORT_SYMBOL_GPL(kcs_request_set_done);

/**
 * kcs_request_get() - take a reference to a request
 * @request: the request
 *
 * Return: @request.
 */
struct kcs_request *kcs_request_get(struct kcs_request *request)
{
	kref_get(&request->ref);
	return request;
}
EXPORT_SYMBOL_GPL(kcs_request_get);

static void request_free(struct kref *ref)
{
	kfree(container_of(ref, struct kcs_request, ref));
}

/**
 * kcs_request_put() - drop a reference to a request
 * @request: the request
 *
 */
void kcs_request_put(struct kcs_request *request)
{
	kref_put(&request->ref, request_free);
}
EXPORT_SYMBOL_GPL(kcs_request_put);

/**
 * kcs_request_end() - end a request that has not ended yet
 * @request: the request
 * @err: 0, or why there is no reply
 *
 * A user ends a request to cancel it: its waiter goes on at once. One that is still
 * queued is never sent; one in flight has its time still, and its reply is
 * discarded.
 *
 * Context: any in which the request's &typedef kcs_request_done may be called.
 * Return: false when it had ended before.
 */
bool kcs_request_end(struct kcs_request *request, int err)
{
	if (cmpxchg(&request->ended, 0, 1))
		return false;
	WRITE_ONCE(request->err, err);
	complete_all(&request->done);
	if (request->on_done)
		request->on_done(request, request->context);
	return true;
}
EXPORT_SYMBOL_GPL(kcs_request_end);

/**
 * kcs_request_err() - return how a request ended
 * @request: the request
 *
 * Return: what kcs_request_wait() would; %-EINPROGRESS when it has not ended yet.
 */
int kcs_request_err(struct kcs_request *request)
{
	return completion_done(&request->done) ? READ_ONCE(request->err) : -EINPROGRESS;
}
EXPORT_SYMBOL_GPL(kcs_request_err);

/**
 * kcs_request_wait() - wait for a submitted request to end
 * @request: the request
 *
 * Waits until its deadline at most, whatever becomes of the interface; a caller
 * being killed stops waiting at once. The request is cancelled then.
 *
 * Context: may sleep.
 * Return: 0 when there is a reply; %-ETIMEDOUT at the deadline; %-EINTR when
 * the caller is being killed; %-EBUSY when too many requests wait;
 * %-EHOSTDOWN when the BMC is known not to answer; %-ENODEV when the interface
 * is gone; %-EINVAL for a message that IPMI cannot carry; %-EIO when the BMC
 * reported an error; %-EBADMSG when it answered something else; %-EMSGSIZE when
 * the reply is longer than %KCS_MSG_MAX; or what kcs_request_end() was given.
 */
int kcs_request_wait(struct kcs_request *request)
{
	long left_jiffies = request->deadline_jiffies - jiffies;
	long left;

	left = wait_for_completion_killable_timeout(&request->done,
						    max(left_jiffies, 0l));
	if (left <= 0)
		kcs_request_end(request, left ? -EINTR : -ETIMEDOUT);
	/* Who ended it first is at most a few instructions from complete_all(). */
	wait_for_completion(&request->done);
	return request->err;
}
EXPORT_SYMBOL_GPL(kcs_request_wait);

/**
 * kcs_request_await() - wait for a request that others may wait for, too
 * @request: a submitted request
 * @timeout_ms: at most so long, from now
 *
 * Unlike kcs_request_wait() it does not cancel the request, and a caller that is
 * being killed goes on waiting: what it makes of the reply is for others, too.
 *
 * Context: may sleep.
 * Return: 0 when it ended, and kcs_request_err() says how; %-ETIMEDOUT.
 */
int kcs_request_await(struct kcs_request *request, u32 timeout_ms)
{
	/* The first jiffy may be over at once: the deadline is to come before. */
	if (wait_for_completion_timeout(&request->done,
					msecs_to_jiffies(timeout_ms) + 1))
		return 0;
	return -ETIMEDOUT;
}
EXPORT_SYMBOL_GPL(kcs_request_await);

/**
 * kcs_request_reply() - return the reply to a request
 * @request: a request for which kcs_request_wait() returned 0
 *
 * Return: the reply, valid as long as the caller's reference; it echoes NetFn
 * and command of the request.
 */
const struct kcs_msg *kcs_request_reply(const struct kcs_request *request)
{
	return &request->reply;
}
EXPORT_SYMBOL_GPL(kcs_request_reply);
