// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn is it? A higher class comes first, yet no class waits for ever.
 * Within a class clients take turns: who asks a hundred times at once waits for
 * himself, not others for him (start-time fair queueing).
 */
#include "queue.h"
#include "request.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>

static u32 count_of(const struct list_head *list, const void *client)
{
	const struct kcs_request *request;
	u32 count = 0;

	list_for_each_entry(request, list, node)
		count += request->client == client;
	return count;
}

/* The turn after the client's last one, and never before the current turn. */
static u64 next_turn(const struct kcs_queue *queue,
		     const struct kcs_request *request)
{
	const struct list_head *list = &queue->waiting[request->class];
	u64 turn = queue->turn[request->class];
	const struct kcs_request *other;

	list_for_each_entry(other, list, node)
		if (other->client == request->client)
			turn = max(turn, other->turn);
	return turn + 1;
}

/* With the same turn, who has less to wait for goes first. */
static bool goes_before(const struct list_head *list,
			const struct kcs_request *request, u32 waiting,
			const struct kcs_request *other)
{
	if (request->turn != other->turn)
		return request->turn < other->turn;
	return waiting + 1 < count_of(list, other->client);
}

/*
 * Cancelled requests take up no place, as long as there are not more of them
 * than places.
 */
static bool is_full(const struct kcs_queue *queue, enum kcs_class class)
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
 * kcs_queue_add() - let a request wait for its turn
 * @queue: the queue
 * @request: the request, in no queue; its class, client and time are set
 *
 * Context: any; the owner serialises.
 * Return: 0; %-EBUSY when %KCS_HOST_QUEUE_MAX requests of its class wait.
 */
int kcs_queue_add(struct kcs_queue *queue, struct kcs_request *request)
{
	struct list_head *list = &queue->waiting[request->class];
	u32 waiting = count_of(list, request->client);
	struct kcs_request *before;

	if (is_full(queue, request->class))
		return -EBUSY;
	request->turn = next_turn(queue, request);
	list_for_each_entry_reverse(before, list, node)
		if (!goes_before(list, request, waiting, before))
			break;
	list_add(&request->node, &before->node);
	queue->count[request->class]++;
	return 0;
}

static struct kcs_request *first_due(const struct list_head *list, u64 now_us)
{
	struct kcs_request *request;

	list_for_each_entry(request, list, node)
		if (request->not_before_us <= now_us)
			return request;
	return NULL;
}

/**
 * kcs_queue_next() - who is next?
 * @queue: the queue
 * @now_us: the time; requests that rest until later are left out
 *
 * Context: any; the owner serialises.
 * Return: the request, still in the queue; NULL when nobody's time has come.
 */
struct kcs_request *kcs_queue_next(struct kcs_queue *queue, u64 now_us)
{
	struct kcs_request *next = NULL, *request;
	int class;

	for (class = 0; class < KCS_CLASSES; class++) {
		request = first_due(&queue->waiting[class], now_us);
		if (request &&
		    (!next || queue->passed[class] >= KCS_QUEUE_PASSED_MAX))
			next = request;
	}
	return next;
}

/**
 * kcs_queue_take() - take a request out
 * @queue: the queue
 * @request: what kcs_queue_next() returned
 *
 * Context: any; the owner serialises.
 */
void kcs_queue_take(struct kcs_queue *queue, struct kcs_request *request)
{
	int class;

	for (class = request->class + 1; class < KCS_CLASSES; class++)
		if (!list_empty(&queue->waiting[class]))
			queue->passed[class]++;
	queue->passed[request->class] = 0;
	queue->turn[request->class] = max(queue->turn[request->class],
					  request->turn);
	list_del_init(&request->node);
	queue->count[request->class]--;
}

/**
 * kcs_queue_collect() - take out who cannot be served any more
 * @queue: the queue
 * @ended: they are added to this list
 * @until_us: whose deadline is not after it, %U64_MAX for all; and whoever
 *	was cancelled
 *
 * Context: any; the owner serialises.
 */
void kcs_queue_collect(struct kcs_queue *queue, struct list_head *ended,
		       u64 until_us)
{
	struct kcs_request *request, *after;
	int class;

	for (class = 0; class < KCS_CLASSES; class++)
		list_for_each_entry_safe(request, after, &queue->waiting[class],
					 node)
			if (request->deadline_us <= until_us ||
			    kcs_request_ended(request)) {
				list_move_tail(&request->node, ended);
				queue->count[class]--;
			}
}

/**
 * kcs_queue_is_empty() - does nobody wait?
 * @queue: the queue
 *
 * Context: any; the owner serialises.
 * Return: true when nobody does.
 */
bool kcs_queue_is_empty(const struct kcs_queue *queue)
{
	int class;

	for (class = 0; class < KCS_CLASSES; class++)
		if (queue->count[class])
			return false;
	return true;
}

/**
 * kcs_queue_due_us() - when is somebody's time?
 * @queue: the queue
 *
 * Context: any; the owner serialises.
 * Return: the time at which the first of the resting may go on, 0 when some do
 * not rest, %U64_MAX when nobody waits.
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
 * kcs_queue_init() - an empty queue
 * @queue: filled
 *
 * Context: any.
 */
void kcs_queue_init(struct kcs_queue *queue)
{
	int class;

	*queue = (struct kcs_queue){};
	for (class = 0; class < KCS_CLASSES; class++)
		INIT_LIST_HEAD(&queue->waiting[class]);
}
