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
 * @waiting: a list for each class, oldest first
 * @passed: times in a row each class had to wait for a higher one
 * @count: requests in each list
 * @expiry_us: no deadline in the queue is before it
 *
 * The owner serialises all calls.
 */
struct kcs_queue {
	struct list_head waiting[KCS_CLASSES];
	u32 passed[KCS_CLASSES];
	u32 count[KCS_CLASSES];
	u64 expiry_us;
};

void kcs_queue_init(struct kcs_queue *queue);
int kcs_queue_add(struct kcs_queue *queue, struct kcs_request *request);
struct kcs_request *kcs_queue_next(const struct kcs_queue *queue, u64 now_us);
bool kcs_queue_admits(const struct kcs_queue *queue, enum kcs_class class,
		      u64 now_us);
void kcs_queue_take(struct kcs_queue *queue, struct kcs_request *request);
void kcs_queue_collect(struct kcs_queue *queue, struct list_head *ended,
		       u64 until_us);
u64 kcs_queue_due_us(const struct kcs_queue *queue);
u64 kcs_queue_deadline_us(const struct kcs_queue *queue);

#endif /* KCS_QUEUE_H */
