// SPDX-License-Identifier: GPL-2.0-only
/* A whole interface on a simulated BMC, with many requests at a time. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#define CROWD		64
#define TIMEOUT_MS	5000

/* How late a request may end. */
#define LATE_MS		500

/**
 * struct member - one request of a crowd
 * @engine: where it was sent
 * @request: the request
 * @ended_us: when it ended
 */
struct member {
	struct engine *engine;
	struct kcs_request *request;
	u64 ended_us;
};

static struct member crowd[CROWD];
static u32 answered_in_all;	/* of a crowd after the other */

/* -- A crowd and every fault. --------------------------------------------- */

static void member_ended(struct kcs_request *request, void *context)
{
	struct member *member = context;

	WRITE_ONCE(member->ended_us, engine_now_us(member->engine));
}

/* Each gives its own number to the echo, and must get it back. */
static void send_crowd(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_msg msg;
	u8 i;

	for (i = 0; i < CROWD; i++) {
		KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, 0x30, 0xee, &i, 1), 0);
		crowd[i].engine = engine;
		crowd[i].request = kcs_request_create(&msg, i % KCS_CLASSES,
						      TIMEOUT_MS, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, crowd[i].request);
		kcs_request_set_done(crowd[i].request, member_ended, &crowd[i]);
		kcs_host_submit(engine->host, crowd[i].request);
	}
}

static bool is_foreign(const struct kcs_msg *reply, u8 number)
{
	return reply->len == 4 && kcs_msg_cc(reply) == IPMI_CC_NO_ERROR &&
	       reply->bytes[3] != number;
}

/* Returns how many were answered. */
static u32 meet_crowd(struct kunit *test, u64 start_us, const char *where)
{
	u64 late_us = start_us + (TIMEOUT_MS + LATE_MS) * USEC_PER_MSEC;
	unsigned long end = jiffies + 30 * HZ;
	u32 answered = 0;
	u8 i;

	for (i = 0; i < CROWD; i++) {
		struct kcs_request *request = crowd[i].request;

		while (!READ_ONCE(crowd[i].ended_us) && time_before(jiffies, end))
			engine_let_pass(test->priv);
		KUNIT_ASSERT_TRUE_MSG(test, kcs_request_is_over(request),
				      "%s: request %u never ends", where, i);
		KUNIT_EXPECT_LE_MSG(test, crowd[i].ended_us, late_us,
				    "%s: request %u", where, i);
		if (!kcs_request_err(request)) {
			answered++;
			KUNIT_EXPECT_FALSE_MSG(test, is_foreign(kcs_request_reply(request), i),
					       "%s: request %u", where, i);
		}
		kcs_request_put(request);
	}
	return answered;
}

/* Returns whether the core entered the state at all. */
static bool run_cell(struct kunit *test, const struct sim_personality *personality,
		     enum sim_fault_kind kind, enum kcs_sm_state state,
		     bool for_ever)
{
	/* Brings the core into the error exit, which a healthy BMC does not. */
	const struct sim_fault astray = {
		.kind = SIM_FAULT_ERROR, .byte = 0, .times = 1,
		.command = SIM_ANY_COMMAND,
	};
	struct engine *engine = test->priv;
	unsigned long flags;
	char where[64];
	u32 answered;
	u64 start_us;
	int rule;

	memset(crowd, 0, sizeof(crowd));
	snprintf(where, sizeof(where), "%s in state %d, %s", sim_fault_name(kind),
		 state, for_ever ? "for ever" : "once");
	/* All of them at the same moment. */
	engine_freeze(engine);
	engine_start(test, personality);
	spin_lock_irqsave(&engine->lock, flags);
	engine->arm = (struct sim_fault){
		.kind = kind, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
		.for_us = for_ever ? 0 : 50000, .times = for_ever ? 0 : 1,
		.code = 0xc1,
	};
	engine->arm_state = state;
	if (state >= KCS_SM_WAIT_ABORT)
		sim_fault_set(&engine->kcs.trouble, &astray);
	spin_unlock_irqrestore(&engine->lock, flags);

	start_us = engine_now_us(engine);
	send_crowd(test);
	engine_thaw(engine);
	answered = meet_crowd(test, start_us, where);
	if (!for_ever)
		answered_in_all += answered;
	engine_stop(engine);
	for (rule = 0; rule < SIM_RULES; rule++)
		KUNIT_EXPECT_EQ_MSG(test, engine->monitor.breaches[rule], 0u,
				    "%s: %s", where, sim_monitor_rule(rule));
	return engine->armed;
}

static void crowd_ends_in_time_whatever_goes_wrong(struct kunit *test)
{
	u32 cells = 0, entered = 0, kind, state, for_ever;

	answered_in_all = 0;
	for (kind = 1; kind < SIM_FAULT_KINDS; kind++)
		for (state = 0; state < KCS_SM_END; state++)
			for (for_ever = 0; for_ever < 2; for_ever++, cells++)
				entered += run_cell(test, test->param_value,
						    kind, state, for_ever);
	kunit_info(test, "%u faults x %u states x 2 = %u cells of %u requests, state entered in %u, %u answered where it passed\n",
		   SIM_FAULT_KINDS - 1, KCS_SM_END, cells, CROWD, entered,
		   answered_in_all);
	KUNIT_EXPECT_GE(test, entered, cells * 9 / 10);
	/* With a fault that passes, most of them get their answer. */
	KUNIT_EXPECT_GE(test, answered_in_all, cells / 2 * CROWD * 3 / 4);
}

/*
 * The BMC is slow once, and answers a request that was given up long ago to
 * whoever waits then. All of them ask for the same thing, so nobody could tell.
 */
static void late_reply_is_taken_for_no_other(struct kunit *test)
{
	struct engine *engine = test->priv;
	const struct sim_fault late = {
		.kind = SIM_FAULT_LATE, .byte = SIM_ANY_BYTE, .times = 1,
		.command = 0x30ee,
	};
	u32 answered = 0;
	u8 i;

	/* One that takes a new request while it still thinks about the old one. */
	engine_start_ready(test, "linux");
	engine_set(engine, &late);
	for (i = 0; i < 50; i++) {
		struct kcs_request *request;
		struct kcs_msg msg;

		KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, 0x30, 0xee, &i, 1), 0);
		request = kcs_request_create(&msg, KCS_CLASS_USER, 600, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, request);
		kcs_host_submit(engine->host, request);
		if (!kcs_request_wait(request)) {
			answered++;
			KUNIT_EXPECT_FALSE_MSG(test, is_foreign(kcs_request_reply(request), i),
					       "request %u got number %u", i,
					       kcs_request_reply(request)->bytes[3]);
		}
		kcs_request_put(request);
	}
	KUNIT_EXPECT_GE(test, answered, 45u);
}

/* -- Health. -------------------------------------------------------------- */

static void dead_bmc_refuses_at_once_and_is_found_again(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	engine_start_ready(test, "spec");
	engine_set_fault(engine, SIM_FAULT_SILENCE, 0);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), -ETIMEDOUT);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));

	request = engine_submit(test, 0x06, 0x01, TIMEOUT_MS);
	KUNIT_EXPECT_TRUE(test, kcs_request_ended(request));
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -EHOSTDOWN);
	kcs_request_put(request);

	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

static void floating_bus_is_never_written(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_with(test, sim_personalities, SIM_FAULT_FLOATING);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_ABSENT));
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), -EHOSTDOWN);
	KUNIT_EXPECT_EQ(test, engine->writes, 0u);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
}

static void front_end_that_only_knows_c3_is_a_dead_bmc(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc = 0;

	engine_start_ready(test, "spec");
	engine_set_fault(engine, SIM_FAULT_CODE, IPMI_TIMEOUT_ERR);
	/* A command that changes something is not repeated: its answer counts. */
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, IPMI_TIMEOUT_ERR);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
}

static void busy_bmc_is_asked_again_until_it_has_time(struct kunit *test)
{
	struct engine *engine = test->priv;
	const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .code = 0xc0,
		.command = 0x30ee, .times = 4,
	};
	u8 cc = 0xff;

	engine->class = KCS_CLASS_AML;
	engine_start_ready(test, "spec");
	engine_set(engine, &busy);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, IPMI_CC_NO_ERROR);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 4u);

	/* For ever busy: then that is the answer, before the deadline. */
	engine_set_fault(engine, SIM_FAULT_CODE, 0xc0);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, (u8)0xc0);
}

/* The heartbeat of the watchdog may wait behind it. */
static void program_hears_at_once_that_the_bmc_is_busy(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc = 0;

	engine_start_ready(test, "spec");
	engine_set_fault(engine, SIM_FAULT_CODE, IPMI_DEVICE_IN_FW_UPDATE_ERR);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x04, 0x2d, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, IPMI_DEVICE_IN_FW_UPDATE_ERR);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 0u);
}

/* Slower than a budget for both questions of a probe, but never silent. */
static void slow_bmc_is_not_taken_for_a_dead_one(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_freeze(engine);
	engine_start(test, sim_personalities);
	engine_set_pace(engine, 5, 700000);
	engine_thaw(engine);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_PROBES), 1u);
}

static void reset_is_answered_and_then_waited_for(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc = 0xff;

	engine_start_ready(test, "spec");
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x02, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, IPMI_CC_NO_ERROR);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_MAINTENANCE);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, engine->bmc.resets, 1u);
}

static void paused_interface_touches_no_register(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	u32 accesses;

	engine_start_ready(test, "spec");
	kcs_host_pause(engine->host);
	accesses = engine->accesses;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), -EHOSTDOWN);
	KUNIT_EXPECT_EQ(test, engine->accesses, accesses);

	kcs_host_resume(engine->host);
	request = engine_submit(test, 0x06, 0x01, TIMEOUT_MS);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	kcs_request_put(request);
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE_PARAM(crowd_ends_in_time_whatever_goes_wrong, sim_bench_next),
	KUNIT_CASE(late_reply_is_taken_for_no_other),
	KUNIT_CASE(dead_bmc_refuses_at_once_and_is_found_again),
	KUNIT_CASE(floating_bus_is_never_written),
	KUNIT_CASE(front_end_that_only_knows_c3_is_a_dead_bmc),
	KUNIT_CASE(busy_bmc_is_asked_again_until_it_has_time),
	KUNIT_CASE(program_hears_at_once_that_the_bmc_is_busy),
	KUNIT_CASE(slow_bmc_is_not_taken_for_a_dead_one),
	KUNIT_CASE(reset_is_answered_and_then_waited_for),
	KUNIT_CASE(paused_interface_touches_no_register),
	{}
};

static struct kunit_suite engine_suite = {
	.name = "kcs_engine",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = engine_cases,
};

kunit_test_suite(engine_suite);
