// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host against every simulated BMC: all lengths, and every fault in every
 * state of the core. Whatever happens, the transfer ends in time, the host keeps
 * to the rules, a reply delivered is one to the request, and once the fault is
 * gone the interface works again.
 */
#include "bench.h"

#include <kunit/test.h>

/* Messages the interface may lose after a fault is gone, ... */
#define LOST_MAX	1

/* ... and those that a late BMC has no time for. */
#define LOST_LATE	(SIM_DAEMON_LATE_US / BENCH_DEADLINE_US)

static void expect_no_breach(struct kunit *test, const struct sim_bench *bench,
			     const char *where)
{
	int rule;

	for (rule = 0; rule < SIM_RULES; rule++)
		KUNIT_EXPECT_EQ_MSG(test, bench->monitor.breaches[rule], 0u,
				    "%s: %s", where, sim_monitor_rule(rule));
}

/* -- Healthy BMCs. -------------------------------------------------------- */

/* The BMC gives back what fits into a reply. */
static void expect_echo(struct kunit *test, struct sim_bench *bench, u16 len)
{
	u8 data[KCS_MSG_MAX];
	u16 i, back = min_t(u16, len, KCS_MSG_MAX - 3);

	for (i = 0; i < len; i++)
		data[i] = i + len;
	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&bench->request, 0x30, 0xee,
						 data, len));
	KUNIT_EXPECT_EQ_MSG(test, 0, sim_bench_transfer(bench), "%u bytes", len);
	KUNIT_EXPECT_EQ_MSG(test, bench->reply.len, (u16)(back + 3), "%u bytes", len);
	KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(&bench->reply.bytes[3], data, back),
			    "%u bytes", len);
}

static void every_length_passes(struct kunit *test)
{
	const struct sim_personality *personality = test->param_value;
	struct sim_bench *bench = sim_bench_create(test);
	static const u32 delays_us[] = { 0, 7, 100 };
	/* Data bytes: a request has two more, its reply three. */
	u16 longest = KCS_MSG_MAX - 2, len;
	size_t i;

	if (longest + 3 > personality->reply_max)
		longest = personality->reply_max - 3;
	for (i = 0; i < ARRAY_SIZE(delays_us); i++) {
		sim_bench_start(bench, personality);
		bench->kcs.byte.max_us = delays_us[i];
		bench->kcs.think.max_us = delays_us[i] * 10;
		for (len = 0; len <= longest; len++)
			expect_echo(test, bench, len);
		expect_no_breach(test, bench, personality->name);
		KUNIT_EXPECT_EQ(test, bench->kcs.commands, (u32)longest + 1);
	}
}

/* -- Faulty BMCs. --------------------------------------------------------- */

/* The reply may be another than the one the BMC would have given. */
static bool spoils_reply(enum sim_fault_kind kind)
{
	return kind == SIM_FAULT_SHORT || kind == SIM_FAULT_CODE ||
	       kind == SIM_FAULT_RESET || kind == SIM_FAULT_NO_END;
}

static bool device_id_arrived(const struct sim_bench *bench)
{
	return bench->reply.len == 14 && bench->reply.bytes[2] == IPMI_CC_NO_ERROR &&
	       bench->reply.bytes[3] == 0x20;
}

/* Brings the core on its way into a state that a healthy BMC has no use for. */
static void lead_astray(struct sim_bench *bench, enum kcs_sm_state state)
{
	const struct sim_fault error = {
		.kind = SIM_FAULT_ERROR, .byte = 0, .times = 1,
		.command = SIM_ANY_COMMAND,
	};

	if (state >= KCS_SM_WAIT_ABORT && state < KCS_SM_PAUSE)
		bench->pair.transport.dirty = true;
	else if (state == KCS_SM_PAUSE)
		sim_fault_set(&bench->kcs.trouble, &error);
}

static void expect_recovery(struct kunit *test, struct sim_bench *bench,
			    const char *where)
{
	bool late = bench->arm.kind == SIM_FAULT_LATE;
	int most = LOST_MAX + (late ? LOST_LATE : 0);
	const struct sim_fault none = {};
	int lost = 0;

	sim_fault_set(&bench->kcs.trouble, &none);
	while (sim_bench_transfer(bench) && lost <= most)
		lost++;
	KUNIT_EXPECT_LE_MSG(test, lost, most, "%s: not usable again", where);
	KUNIT_EXPECT_TRUE_MSG(test, device_id_arrived(bench), "%s", where);
}

/* Returns whether the core entered the state at all. */
static bool run_cell(struct kunit *test, struct sim_bench *bench,
		     enum sim_fault_kind kind, enum kcs_sm_state state,
		     bool for_ever)
{
	u64 start_us;
	char where[64];
	int err;

	snprintf(where, sizeof(where), "%s in state %d, %s", sim_fault_name(kind),
		 state, for_ever ? "for ever" : "once");
	bench->kcs.byte.max_us = 5;
	bench->kcs.think.max_us = 300;
	bench->arm = (struct sim_fault){
		.kind = kind, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
		.for_us = for_ever ? 0 : 50000, .times = for_ever ? 0 : 1,
		.code = 0xc0,
	};
	bench->arm_state = state;
	lead_astray(bench, state);

	start_us = bench->now_us;
	err = sim_bench_transfer(bench);
	KUNIT_EXPECT_LE_MSG(test, bench->now_us - start_us,
			    (u64)BENCH_DEADLINE_US + 2000, "%s", where);
	if (!err) {
		KUNIT_EXPECT_TRUE_MSG(test, kcs_msg_answers(&bench->reply,
							    &bench->request),
				      "%s", where);
		KUNIT_EXPECT_TRUE_MSG(test, spoils_reply(kind) ||
				      device_id_arrived(bench), "%s", where);
	}
	expect_recovery(test, bench, where);
	expect_no_breach(test, bench, where);
	return bench->armed;
}

static void every_fault_in_every_state_is_survived(struct kunit *test)
{
	const struct sim_personality *personality = test->param_value;
	struct sim_bench *bench = sim_bench_create(test);
	u32 cells = 0, entered = 0, kind, state, for_ever;
	u32 states = 0;

	for (kind = 1; kind < SIM_FAULT_KINDS; kind++)
		for (state = 0; state < KCS_SM_END; state++)
			for (for_ever = 0; for_ever < 2; for_ever++) {
				bool met;

				sim_bench_start(bench, personality);
				met = run_cell(test, bench, kind, state, for_ever);
				cells++;
				entered += met;
				states |= met ? BIT(state) : 0;
			}
	kunit_info(test, "%u faults x %u states x 2 = %u cells, state entered in %u\n",
		   SIM_FAULT_KINDS - 1, KCS_SM_END, cells, entered);
	KUNIT_EXPECT_EQ(test, states, BIT(KCS_SM_END) - 1);
}

static struct kunit_case matrix_cases[] = {
	KUNIT_CASE_PARAM(every_length_passes, sim_bench_next),
	KUNIT_CASE_PARAM(every_fault_in_every_state_is_survived, sim_bench_next),
	{}
};

static struct kunit_suite matrix_suite = {
	.name = "kcs_matrix",
	.test_cases = matrix_cases,
};

kunit_test_suite(matrix_suite);
