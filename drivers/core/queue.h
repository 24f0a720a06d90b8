/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_QUEUE_H
#define KCS_QUEUE_H

#include <kcs/host.h>
#include <linux/list.h>
#include <linux/types.h>

struct kcs_request;

/* Requests of higher classes in a row while one of a lower class waits. */
#define KCS_QUEUE_PASSED_MAX	8

/**
 * struct kcs_queue - requests waiting for an interface
 * @waiting: a list for each class, in order of their turns
 * @turn: turn of the request of each class taken last
 * @passed: times in a row each class had to wait for a higher one
 * @count: requests in each list
 *
 * The owner serialises.
 */
struct kcs_queue {
	struct list_head waiting[KCS_CLASSES];
	u64 turn[KCS_CLASSES];
	u32 passed[KCS_CLASSES];
	u32 count[KCS_CLASSES];
};

void kcs_queue_init(struct kcs_queue *queue);
int kcs_queue_add(struct kcs_queue *queue, struct kcs_request *request);
struct kcs_request *kcs_queue_next(struct kcs_queue *queue, u64 now_us);
void kcs_queue_take(struct kcs_queue *queue, struct kcs_request *request);
void kcs_queue_collect(struct kcs_queue *queue, struct list_head *ended,
		       u64 until_us);
bool kcs_queue_is_empty(const struct kcs_queue *queue);
u64 kcs_queue_due_us(const struct kcs_queue *queue);

#endif /* KCS_QUEUE_H */
