/* SPDX-License-Identifier: GPL-2.0-only */
/* Waking whoever sleeps for an interface. */
#ifndef KCS_CORE_CLOCK_H
#define KCS_CORE_CLOCK_H

#include <kcs/clock.h>
#include <linux/hrtimer.h>
#include <linux/types.h>
#include <linux/wait.h>

/**
 * struct kcs_wake - something that ends a sleep
 * @queue: where one sleeps
 * @pending: woken since kcs_wake_clear()
 * @timer: wakes it
 */
struct kcs_wake {
	wait_queue_head_t queue;
	bool pending;
	struct hrtimer timer;
};

void kcs_wake_init(struct kcs_wake *wake);
void kcs_wake_up(struct kcs_wake *wake);
void kcs_wake_sleep(struct kcs_wake *wake, u64 us);
void kcs_wake_up_in(struct kcs_wake *wake, u32 us);
void kcs_wake_forget(struct kcs_wake *wake);

/**
 * kcs_wake_clear() - forget what came before
 * @wake: the wake
 *
 * To be followed by a look at what the next wake-up would announce, and only then
 * by a sleep: so no wake-up is lost.
 */
static inline void kcs_wake_clear(struct kcs_wake *wake)
{
	/* Before the look that follows. */
	smp_store_mb(wake->pending, false);
}

#endif /* KCS_CORE_CLOCK_H */
