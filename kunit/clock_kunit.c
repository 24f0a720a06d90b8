// SPDX-License-Identifier: GPL-2.0-only
/* Sleeps that are cut short, now or later, on the machine's clock. */
#include "../drivers/core/clock.h"

#include <kunit/test.h>
#include <linux/time64.h>

#define SHORT_US	1000
#define LONG_US		(60 * USEC_PER_SEC)

static struct kcs_wake wake;

static void wake_up_ends_the_next_sleep(struct kunit *test)
{
	kcs_wake_init(&wake);
	kcs_wake_up(&wake);
	kcs_wake_sleep(&wake, U64_MAX);
	KUNIT_EXPECT_TRUE(test, wake.pending);
	kcs_wake_clear(&wake);
	KUNIT_EXPECT_FALSE(test, wake.pending);
}

static void timer_ends_a_sleep(struct kunit *test)
{
	kcs_wake_init(&wake);
	kcs_wake_up_in(&wake, LONG_US);
	kcs_wake_up_in(&wake, SHORT_US);
	kcs_wake_sleep(&wake, 4 * SHORT_US);
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
