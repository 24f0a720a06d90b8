// SPDX-License-Identifier: GPL-2.0-only
/* Each rule, broken once; and a host that breaks none. */
#include "../drivers/sim/monitor.h"
#include "script.h"

#include <kunit/test.h>

struct monitor_row {
	const char *name;
	enum sim_rule rule;
	u8 count;
	struct script_step steps[16];
};

/* A message up to its last byte, by the rules. */
#define SEND	S(0x00), C(0x61), S(0x80), W(0x18), S(0x80), C(0x62), S(0x80), W(0x01)

static const struct monitor_row monitor_rows[] = {
	{ "whole message", SIM_RULES, 12, { SEND, S(0x41), D(0x1c), W(0x68), S(0x01) } },
	{ "error exit", SIM_RULES, 8, { S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41),
					D(0x01), W(0x68), S(0x00) } },
	{ "abort after a rest", SIM_RULES, 5, { S(0xc0), C(0x60), STAY(0, 2000), S(0xc0),
						C(0x60) } },
	{ "abort after another start", SIM_RULES, 6, { S(0xc0), C(0x60), S(0xc0), C(0x61),
						       S(0xc0), C(0x60) } },
	{ "no status at all", SIM_RULE_BUSY, 1, { C(0x61) } },
	{ "status with IBF", SIM_RULE_BUSY, 2, { S(0x02), C(0x61) } },
	{ "status before the last write", SIM_RULE_BUSY, 3, { S(0x00), C(0x61), W(0x18) } },
	{ "no OBF", SIM_RULE_EMPTY, 2, { S(0x00), D(0x00) } },
	{ "OBF with IBF", SIM_RULE_EMPTY, 2, { S(0x03), D(0x00) } },
	{ "two reads", SIM_RULE_EMPTY, 3, { S(0x01), D(0x00), D(0x00) } },
	{ "READ after IDLE", SIM_RULE_IDLE_READ, 10, { SEND, S(0x00), W(0x68) } },
	{ "READ from nowhere", SIM_RULE_IDLE_READ, 2, { S(0x00), W(0x68) } },
	{ "data from nowhere", SIM_RULE_IDLE_DATA, 2, { S(0x00), W(0x18) } },
	{ "unknown code", SIM_RULE_CODE, 2, { S(0x00), C(0x67) } },
	{ "WRITE_END from nowhere", SIM_RULE_ORDER, 2, { S(0x00), C(0x62) } },
	{ "not READ in a reply", SIM_RULE_ORDER, 10, { SEND, S(0x41), W(0x00) } },
	{ "not 00h in an abort", SIM_RULE_ORDER, 4, { S(0xc0), C(0x60), S(0x80), W(0x01) } },
	{ "request repeated", SIM_RULE_REPEAT, 16, { SEND, SEND } },
	{ "abort at once", SIM_RULE_HASTE, 4, { S(0xc0), C(0x60), S(0xc0), C(0x60) } },
};

static void host_does(struct sim_monitor *monitor, u64 *now_us,
		      const struct script_step *step)
{
	*now_us += 1 + step->us;
	switch (step->kind) {
	case SCRIPT_STATUS:
		sim_monitor_read(monitor, KCS_REG_STATUS, step->value, *now_us);
		break;
	case SCRIPT_DATA:
		sim_monitor_read(monitor, KCS_REG_DATA, step->value, *now_us);
		break;
	case SCRIPT_WRITE_CMD:
		sim_monitor_write(monitor, KCS_REG_CMD, step->value, *now_us);
		break;
	case SCRIPT_WRITE_DATA:
		sim_monitor_write(monitor, KCS_REG_DATA, step->value, *now_us);
		break;
	default:
		break;
	}
}

static void each_breach_is_counted_once_and_by_its_name(struct kunit *test)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(monitor_rows); i++) {
		const struct monitor_row *row = &monitor_rows[i];
		struct sim_monitor monitor = {};
		u64 now_us = 0;

		sim_monitor_transfer(&monitor);
		for (j = 0; j < row->count; j++)
			host_does(&monitor, &now_us, &row->steps[j]);
		KUNIT_EXPECT_EQ_MSG(test, sim_monitor_total(&monitor),
				    (u32)(row->rule != SIM_RULES), "%s", row->name);
		if (row->rule != SIM_RULES)
			KUNIT_EXPECT_EQ_MSG(test, monitor.breaches[row->rule], 1u,
					    "%s", row->name);
	}
}

static void monitor_allows_repeat_without_transfers(struct kunit *test)
{
	static const struct script_step twice[] = { SEND, SEND };
	struct sim_monitor monitor = {};
	u64 now_us = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(twice); i++)
		host_does(&monitor, &now_us, &twice[i]);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&monitor), 0u);
}

static void monitor_counts_spinning_only(struct kunit *test)
{
	struct sim_monitor monitor = {};
	u64 now_us = 0;
	u32 i;

	for (i = 0; i < 10 * SIM_MONITOR_LOOKS_MAX; i++)
		sim_monitor_read(&monitor, KCS_REG_STATUS, 0x02, ++now_us);
	for (i = 0; i < 2 * SIM_MONITOR_LOOKS_MAX; i++)
		sim_monitor_read(&monitor, KCS_REG_STATUS, i % 2 ? 0x02 : 0x42, now_us);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&monitor), 0u);
	for (i = 0; i < SIM_MONITOR_LOOKS_MAX; i++)
		sim_monitor_read(&monitor, KCS_REG_STATUS, 0x42, now_us);
	KUNIT_EXPECT_EQ(test, monitor.breaches[SIM_RULE_SPIN], 1u);
}

static void every_rule_has_a_name(struct kunit *test)
{
	int rule;

	for (rule = 0; rule < SIM_RULES; rule++)
		KUNIT_EXPECT_NOT_NULL(test, sim_monitor_rule(rule));
	KUNIT_EXPECT_NULL(test, sim_monitor_rule(SIM_RULES));
}

static struct kunit_case monitor_cases[] = {
	KUNIT_CASE(each_breach_is_counted_once_and_by_its_name),
	KUNIT_CASE(monitor_allows_repeat_without_transfers),
	KUNIT_CASE(monitor_counts_spinning_only),
	KUNIT_CASE(every_rule_has_a_name),
	{}
};

static struct kunit_suite monitor_suite = {
	.name = "kcs_sim_monitor",
	.test_cases = monitor_cases,
};

kunit_test_suite(monitor_suite);
