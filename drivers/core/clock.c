// SPDX-License-Identifier: GPL-2.0-only
/* The machine's clock, and sleeps that can be cut short. Below all of the core. */
#include "clock.h"

#include <kcs/compat.h>
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/sched.h>

/* A timer may fire with another one: one part in so many later. */
#define SLACK_PART	64

static enum hrtimer_restart wake_expired(struct hrtimer *timer)
{
	kcs_wake_up(container_of(timer, struct kcs_wake, timer));
	return HRTIMER_NORESTART;
}

/**
 * kcs_wake_init() - nothing woken yet
 * @wake: filled
 */
void kcs_wake_init(struct kcs_wake *wake)
{
	init_waitqueue_head(&wake->queue);
	wake->pending = false;
	kcs_compat_hrtimer_setup(&wake->timer, wake_expired, CLOCK_MONOTONIC,
				 HRTIMER_MODE_REL);
}

/**
 * kcs_wake_up() - end the sleep in progress, or else the next one
 * @wake: the wake
 *
 * Context: any.
 */
void kcs_wake_up(struct kcs_wake *wake)
{
	/* What is announced comes first; pairs with kcs_wake_clear(). */
	smp_mb();
	WRITE_ONCE(wake->pending, true);
	/* Orders the store before the look for sleepers. */
	if (wq_has_sleeper(&wake->queue))
		wake_up(&wake->queue);
}

/* A thread of ours is no load; a program that is being killed does not sleep. */
static unsigned int sleep_state(void)
{
	return current->flags & PF_KTHREAD ? TASK_IDLE : TASK_KILLABLE;
}

/**
 * kcs_wake_sleep() - sleep until woken
 * @wake: the wake
 * @us: at most so many microseconds; %U64_MAX for no bound
 *
 * Context: process context.
 */
void kcs_wake_sleep(struct kcs_wake *wake, u64 us)
{
	ktime_t time = ns_to_ktime(us * NSEC_PER_USEC);
	DEFINE_WAIT(entry);

	prepare_to_wait(&wake->queue, &entry, sleep_state());
	if (!READ_ONCE(wake->pending)) {
		if (us > U64_MAX / NSEC_PER_USEC / 2)
			schedule();
		else
			schedule_hrtimeout_range(&time, us * NSEC_PER_USEC / SLACK_PART,
						 HRTIMER_MODE_REL);
	}
	finish_wait(&wake->queue, &entry);
}

/**
 * kcs_wake_up_in() - wake later
 * @wake: the wake
 * @us: in so many microseconds; the last call counts
 *
 * Context: any.
 */
void kcs_wake_up_in(struct kcs_wake *wake, u32 us)
{
	u64 ns = (u64)us * NSEC_PER_USEC;

	hrtimer_start_range_ns(&wake->timer, ns_to_ktime(ns), ns / SLACK_PART,
			       HRTIMER_MODE_REL);
}

/**
 * kcs_wake_forget() - do not wake later
 * @wake: the wake; after return its timer does not run
 *
 * Context: may sleep on PREEMPT_RT.
 */
void kcs_wake_forget(struct kcs_wake *wake)
{
	hrtimer_cancel(&wake->timer);
}

static u64 clock_now_us(struct kcs_clock *clock)
{
	return ktime_to_us(ktime_get());
}

static void clock_relax(struct kcs_clock *clock)
{
	cpu_relax();
}

static void clock_sleep_us(struct kcs_clock *clock, struct kcs_wake *wake, u32 us)
{
	kcs_wake_sleep(wake, us);
}

static void clock_wake_us(struct kcs_clock *clock, struct kcs_wake *wake, u32 us)
{
	kcs_wake_up_in(wake, us);
}

static const struct kcs_clock_ops clock_ops = {
	.now_us = clock_now_us,
	.relax = clock_relax,
	.sleep_us = clock_sleep_us,
	.wake_us = clock_wake_us,
};

struct kcs_clock kcs_clock_system = { .ops = &clock_ops };
EXPORT_SYMBOL_GPL(kcs_clock_system);
