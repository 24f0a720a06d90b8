// SPDX-License-Identifier: GPL-2.0-only
#include "../drivers/core/wait.h"

#include <kunit/test.h>

static void fresh_wait_spins(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(0, 0), 0u);
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(19, 0), 0u);
}

static void nap_follows_the_time_waited_within_its_bounds(struct kunit *test)
{
	static const struct {
		u32 waited_us, nap_us;
	} rows[] = {
		{ 20, 50 }, { 199, 50 }, { 200, 50 }, { 204, 51 },
		{ 2000, 500 }, { 4000, 1000 }, { 4004, 1000 },
		{ 100000, 1000 }, { 200000, 2000 }, { 2000000, 20000 },
		{ 5000000, 20000 }, { U32_MAX, 20000 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(rows[i].waited_us, 0),
				rows[i].nap_us);
}

static void wait_of_five_seconds_costs_few_looks(struct kunit *test)
{
	u32 waited_us = 0, looks = 0;

	while (waited_us < 5000000) {
		waited_us += kcs_wait_nap_us(waited_us, 0) ?: 1;
		looks++;
	}
	KUNIT_EXPECT_LE(test, looks, 600u);
}

static void message_is_spun_on_for_one_millisecond_in_all(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(0, 999), 0u);
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(0, 1000), 50u);
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(19, U32_MAX), 50u);
	KUNIT_EXPECT_EQ(test, kcs_wait_nap_us(2000, U32_MAX), 500u);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(fresh_wait_spins),
	KUNIT_CASE(nap_follows_the_time_waited_within_its_bounds),
	KUNIT_CASE(wait_of_five_seconds_costs_few_looks),
	KUNIT_CASE(message_is_spun_on_for_one_millisecond_in_all),
	{}
};

static struct kunit_suite wait_suite = {
	.name = "kcs_wait",
	.test_cases = wait_cases,
};

kunit_test_suite(wait_suite);
