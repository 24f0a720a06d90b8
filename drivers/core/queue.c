// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that wait for an interface: a list for each class, first come, first
 * served. A higher class goes first, yet no class waits for ever. Above requests,
 * below the engine; protected by kcs_host.lock.
 */
#include "queue.h"
#include "request.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>

/*
 * Cancelled requests take up no place, as long as there are not more of them
 * than places.
 */
static bool queue_is_full(const struct kcs_queue *queue, enum kcs_class class)
{
	const struct kcs_request *request;
	u32 alive = 0;

	if (queue->count[class] < KCS_HOST_QUEUE_MAX)
		return false;
	list_for_each_entry(request, &queue->waiting[class], node)
		alive += !kcs_request_ended(request);
	return alive >= KCS_HOST_QUEUE_MAX ||
	       queue->count[class] >= 2 * KCS_HOST_QUEUE_MAX;
}

/**
 * kcs_queue_add() - queue a request
 * @queue: the queue
 * @request: the request, in no queue; its class and times are set
 *
 * Return: 0; %-EBUSY when its class is full.
 */
int kcs_queue_add(struct kcs_queue *queue, struct kcs_request *request)
{
	if (queue_is_full(queue, request->class))
		return -EBUSY;
	list_add_tail(&request->node, &queue->waiting[request->class]);
	queue->count[request->class]++;
	queue->expiry_us = min(queue->expiry_us, request->deadline_us);
	if (queue->count[request->class] > KCS_HOST_QUEUE_MAX)
		queue->expiry_us = 0;	/* some are cancelled: collect them */
	return 0;
}

static struct kcs_request *queue_first(const struct list_head *list, u64 now_us)
{
	struct kcs_request *request;

	list_for_each_entry(request, list, node)
		if (request->not_before_us <= now_us)
			return request;
	return NULL;
}

/**
 * kcs_queue_next() - return the next eligible request
 * @queue: the queue
 * @now_us: the time; requests that back off until later are left out
 *
 * Return: the request, still queued; NULL when none is eligible.
 */
struct kcs_request *kcs_queue_next(const struct kcs_queue *queue, u64 now_us)
{
	struct kcs_request *next = NULL, *request;
	int class;

	for (class = 0; class < KCS_CLASSES; class++) {
		request = queue_first(&queue->waiting[class], now_us);
		if (request &&
		    (!next || queue->passed[class] >= KCS_QUEUE_PASSED_MAX))
			next = request;
	}
	return next;
}

/**
 * kcs_queue_admits() - test whether a new request of a class would be next
 * @queue: the queue
 * @class: the class
 * @now_us: the time
 *
 * Return: true when no eligible request goes before it.
 */
bool kcs_queue_admits(const struct kcs_queue *queue, enum kcs_class class,
		      u64 now_us)
{
	const struct kcs_request *next = kcs_queue_next(queue, now_us);

	return !next || (next->class > class &&
			 queue->passed[next->class] < KCS_QUEUE_PASSED_MAX);
}

/* A request of @class is sent: others of lower classes are passed. */
static void queue_pass(struct kcs_queue *queue, enum kcs_class class)
{
	int lower;

	for (lower = class + 1; lower < KCS_CLASSES; lower++)
		if (!list_empty(&queue->waiting[lower]))
			queue->passed[lower]++;
	queue->passed[class] = 0;
}

/**
 * kcs_queue_take() - take a request out, to send it
 * @queue: the queue
 * @request: what kcs_queue_next() returned, or a request that was not queued since
 *	kcs_queue_admits() let it pass
 */
void kcs_queue_take(struct kcs_queue *queue, struct kcs_request *request)
{
	queue_pass(queue, request->class);
	if (list_empty(&request->node))
		return;
	list_del_init(&request->node);
	queue->count[request->class]--;
}

/**
 * kcs_queue_collect() - take out the requests that cannot be served any more
 * @queue: the queue
 * @ended: they are added to this list
 * @until_us: those whose deadline is not after it, %U64_MAX for all; and those
 *	that were cancelled
 */
void kcs_queue_collect(struct kcs_queue *queue, struct list_head *ended,
		       u64 until_us)
{
	struct kcs_request *request, *after;
	int class;

	queue->expiry_us = U64_MAX;
	for (class = 0; class < KCS_CLASSES; class++)
		list_for_each_entry_safe(request, after, &queue->waiting[class],
					 node) {
			if (request->deadline_us <= until_us ||
			    kcs_request_ended(request)) {
				list_move_tail(&request->node, ended);
				queue->count[class]--;
			} else {
				queue->expiry_us = min(queue->expiry_us,
						       request->deadline_us);
			}
		}
}

/**
 * kcs_queue_due_us() - return the earliest time at which a request is eligible
 * @queue: the queue
 *
 * Return: that time, 0 when one is now, %U64_MAX when the queue is empty.
 */
u64 kcs_queue_due_us(const struct kcs_queue *queue)
{
	const struct kcs_request *request;
	u64 due_us = U64_MAX;
	int class;

	for (class = 0; class < KCS_CLASSES; class++)
		list_for_each_entry(request, &queue->waiting[class], node)
			due_us = min(due_us, request->not_before_us);
	return due_us;
}

/**
 * kcs_queue_deadline_us() - return the latest deadline in the queue
 * @queue: the queue
 *
 * Return: that time, 0 when the queue is empty.
 */
u64 kcs_queue_deadline_us(const struct kcs_queue *queue)
{
	const struct kcs_request *request;
	u64 deadline_us = 0;
	int class;

	for (class = 0; class < KCS_CLASSES; class++)
		list_for_each_entry(request, &queue->waiting[class], node)
			if (!kcs_request_ended(request))
				deadline_us = max(deadline_us, request->deadline_us);
	return deadline_us;
}

/**
 * kcs_queue_init() - make an empty queue
 * @queue: filled
 */
void kcs_queue_init(struct kcs_queue *queue)
{
	int class;

	*queue = (struct kcs_queue){ .expiry_us = U64_MAX };
	for (class = 0; class < KCS_CLASSES; class++)
		INIT_LIST_HEAD(&queue->waiting[class]);
}
