// SPDX-License-Identifier: GPL-2.0-only
/* The life of a request: created, ended exactly once, dropped by its last user. */
#include "request.h"

#include <kcs/host.h>
#include <linux/export.h>
#include <linux/slab.h>

/**
 * kcs_request_create() - make a request
 * @msg: what to send; copied
 * @timeout_ms: how long it may take, from submission to the reply
 *
 * Context: may sleep.
 * Return: the request, to be dropped with kcs_request_put(); NULL without
 * memory.
 */
struct kcs_request *kcs_request_create(const struct kcs_msg *msg,
				       u32 timeout_ms)
{
	struct kcs_request *request = kzalloc(sizeof(*request), GFP_KERNEL);

	if (!request)
		return NULL;
	kref_init(&request->ref);
	INIT_LIST_HEAD(&request->node);
	init_completion(&request->done);
	request->timeout_ms = timeout_ms;
	request->msg = *msg;
	return request;
}
EXPORT_SYMBOL_GPL(kcs_request_create);

static void request_free(struct kref *ref)
{
	kfree(container_of(ref, struct kcs_request, ref));
}

/**
 * kcs_request_put() - drop a reference to a request
 * @request: the request
 *
 * Context: any.
 */
void kcs_request_put(struct kcs_request *request)
{
	kref_put(&request->ref, request_free);
}
EXPORT_SYMBOL_GPL(kcs_request_put);

/**
 * kcs_request_end() - end a request, if nobody did yet
 * @request: the request
 * @err: 0, or why there is no reply
 *
 * A user ends a request to cancel it: its waiter goes on at once, and what the
 * BMC still answers is dropped.
 *
 * Context: any.
 */
void kcs_request_end(struct kcs_request *request, int err)
{
	if (atomic_cmpxchg(&request->ended, 0, 1))
		return;
	request->err = err;
	complete_all(&request->done);
}
EXPORT_SYMBOL_GPL(kcs_request_end);

/**
 * kcs_request_wait() - wait for a submitted request to end
 * @request: the request
 *
 * Waits for its timeout at most, whatever becomes of the interface; a caller
 * being killed stops waiting at once.
 *
 * Context: may sleep.
 * Return: 0 when there is a reply; %-ETIMEDOUT at the deadline; %-EINTR when
 * the caller is being killed; %-EBUSY when too many requests wait; %-ENODEV
 * when the interface is gone; %-EINVAL for a message KCS cannot carry; %-EIO
 * when the BMC reported an error; %-EBADMSG when it answered something else;
 * %-EMSGSIZE when the reply is longer than %KCS_MSG_MAX; or what
 * kcs_request_end() was given.
 */
int kcs_request_wait(struct kcs_request *request)
{
	unsigned long timeout = msecs_to_jiffies(request->timeout_ms);
	long left;

	left = wait_for_completion_killable_timeout(&request->done, timeout);
	if (left <= 0)
		kcs_request_end(request, left ? -EINTR : -ETIMEDOUT);
	/* Whoever ended it first is at most a few instructions from done. */
	wait_for_completion(&request->done);
	return request->err;
}
EXPORT_SYMBOL_GPL(kcs_request_wait);

/**
 * kcs_request_reply() - the reply to a request
 * @request: a request for which kcs_request_wait() returned 0
 *
 * Context: any.
 * Return: the reply, valid as long as the caller's reference; it echoes NetFn
 * and command of the request.
 */
const struct kcs_msg *kcs_request_reply(const struct kcs_request *request)
{
	return &request->reply;
}
EXPORT_SYMBOL_GPL(kcs_request_reply);
