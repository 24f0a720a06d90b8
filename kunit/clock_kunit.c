// SPDX-License-Identifier: GPL-2.0-only
/* Sleeps that are cut short, now or later, on the machine's clock. */
#include "../drivers/core/clock.h"

#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/time64.h>

#define SHORT_US	1000
#define LONG_US		(20 * USEC_PER_SEC)

static struct kcs_wake wake;

static bool sleep_is_cut_short(void)
{
	ktime_t end = ktime_add_us(ktime_get(), LONG_US);

	kcs_wake_sleep(&wake, LONG_US);
	return ktime_before(ktime_get(), end);
}

static void wake_up_ends_the_next_sleep(struct kunit *test)
{
	kcs_wake_init(&wake);
	kcs_wake_up(&wake);
	KUNIT_EXPECT_TRUE(test, sleep_is_cut_short());
	kcs_wake_clear(&wake);
	KUNIT_EXPECT_FALSE(test, wake.pending);
}

static void timer_ends_a_sleep(struct kunit *test)
{
	kcs_wake_init(&wake);
	kcs_wake_up_in(&wake, 2 * LONG_US);
	kcs_wake_up_in(&wake, SHORT_US);
	KUNIT_EXPECT_TRUE(test, sleep_is_cut_short());
	KUNIT_EXPECT_TRUE(test, wake.pending);
	kcs_wake_forget(&wake);
}

static void forgotten_timer_wakes_nothing(struct kunit *test)
{
	kcs_wake_init(&wake);
	kcs_wake_up_in(&wake, SHORT_US);
	kcs_wake_forget(&wake);
	kcs_wake_clear(&wake);
	kcs_wake_sleep(&wake, 4 * SHORT_US);
	KUNIT_EXPECT_FALSE(test, wake.pending);
}

static struct kunit_case clock_cases[] = {
	KUNIT_CASE(wake_up_ends_the_next_sleep),
	KUNIT_CASE(timer_ends_a_sleep),
	KUNIT_CASE(forgotten_timer_wakes_nothing),
	{}
};

static struct kunit_suite clock_suite = {
	.name = "kcs_clock",
	.test_cases = clock_cases,
};

kunit_test_suite(clock_suite);
