// SPDX-License-Identifier: GPL-2.0-only
/* When something goes wrong with a simulated BMC, how often, and for how long. */
#include "../drivers/sim/fault.h"

#include <kunit/test.h>
#include <linux/kernel.h>

static void fault_waits_for_byte_state_command_and_time(struct kunit *test)
{
	static const struct {
		struct sim_fault fault;
		struct sim_moment moment;
		bool strikes;
	} rows[] = {
		{ { SIM_FAULT_ERROR, 3, 0, SIM_ANY_COMMAND }, { 0, 3 }, true },
		{ { SIM_FAULT_ERROR, 3, 0, SIM_ANY_COMMAND }, { 0, 2 }, false },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, BIT(KCS_STATE_READ), SIM_ANY_COMMAND },
		  { 0, 9, KCS_STATE_READ }, true },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, BIT(KCS_STATE_READ), SIM_ANY_COMMAND },
		  { 0, 9, KCS_STATE_WRITE }, false },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, 0, 0x2c02 }, { 0, 0, 0, 0x2c02 }, true },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, 0, 0x2c02 }, { 0, 0, 0, 0x0601 }, false },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, 0, SIM_ANY_COMMAND, 100 }, { 100 }, true },
		{ { SIM_FAULT_ERROR, SIM_ANY_BYTE, 0, SIM_ANY_COMMAND, 100 }, { 99 }, false },
		{ { SIM_FAULT_RESET, SIM_ANY_BYTE, 0, SIM_ANY_COMMAND }, { 0 }, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_trouble trouble;

		sim_fault_set(&trouble, &rows[i].fault);
		KUNIT_EXPECT_EQ_MSG(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR,
							    &rows[i].moment),
				    rows[i].strikes, "row %zu", i);
		KUNIT_EXPECT_EQ(test, trouble.hits, (u32)rows[i].strikes);
	}
}

static const struct sim_fault error_any = {
	.kind = SIM_FAULT_ERROR, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
};

static void fault_strikes_as_often_as_it_should(struct kunit *test)
{
	struct sim_fault twice = error_any;
	struct sim_moment moment = {};
	struct sim_trouble trouble;

	twice.times = 2;
	sim_fault_set(&trouble, &twice);
	KUNIT_EXPECT_TRUE(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR, &moment));
	KUNIT_EXPECT_TRUE(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR, &moment));
	KUNIT_EXPECT_FALSE(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR, &moment));
	KUNIT_EXPECT_EQ(test, trouble.hits, 2u);
	twice.times = 0;
	twice.for_us = 10;
	sim_fault_set(&trouble, &twice);
	KUNIT_EXPECT_TRUE(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR, &moment));
	moment.now_us = 10;
	KUNIT_EXPECT_FALSE(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR, &moment));
	KUNIT_EXPECT_EQ(test, trouble.fault.kind, SIM_FAULT_NONE);
}

static void time_of_a_fault_begins_with_its_first_hit(struct kunit *test)
{
	static const struct {
		u64 now_us;
		bool strikes;
	} rows[] = { { 1000, true }, { 1060, true }, { 1099, true }, { 1100, false } };
	struct sim_fault fault = error_any;
	struct sim_trouble trouble;
	size_t i;

	fault.for_us = 100;
	sim_fault_set(&trouble, &fault);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_moment moment = { rows[i].now_us };

		KUNIT_EXPECT_EQ_MSG(test, sim_fault_strikes(&trouble, SIM_FAULT_ERROR,
							    &moment),
				    rows[i].strikes, "row %zu", i);
	}
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(fault_waits_for_byte_state_command_and_time),
	KUNIT_CASE(fault_strikes_as_often_as_it_should),
	KUNIT_CASE(time_of_a_fault_begins_with_its_first_hit),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "kcs_sim_fault",
	.test_cases = fault_cases,
};

kunit_test_suite(fault_suite);
