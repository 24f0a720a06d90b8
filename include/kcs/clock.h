/* SPDX-License-Identifier: GPL-2.0-only */
/* Time, as an interface knows it: the machine's, or a test's. */
#ifndef KCS_CLOCK_H
#define KCS_CLOCK_H

#include <linux/types.h>

struct kcs_clock;
struct kcs_wake;

/**
 * struct kcs_clock_ops - how time is read and spent
 * @now_us: microseconds since some fixed moment, never going back; any context
 * @relax: let a moment pass between two looks at a register; any context
 * @sleep_us: give the CPU away for about this many microseconds, or until @wake
 *	is woken; process context
 * @wake_us: wake @wake in about this many microseconds, the last call counts; any
 *	context; NULL where time passes in sleeps only
 */
struct kcs_clock_ops {
	u64 (*now_us)(struct kcs_clock *clock);
	void (*relax)(struct kcs_clock *clock);
	void (*sleep_us)(struct kcs_clock *clock, struct kcs_wake *wake, u32 us);
	void (*wake_us)(struct kcs_clock *clock, struct kcs_wake *wake, u32 us);
};

/**
 * struct kcs_clock - a clock; embed it where a test has time of its own
 * @ops: the operations
 */
struct kcs_clock {
	const struct kcs_clock_ops *ops;
};

/* The machine's own clock. */
extern struct kcs_clock kcs_clock_system;

#endif /* KCS_CLOCK_H */
