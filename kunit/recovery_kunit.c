// SPDX-License-Identifier: GPL-2.0-only
/* What one request, one answer or one restart costs the others. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#define CALLERS		8

static const struct sim_fault busy_for_a_while = {
	.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
	.code = IPMI_NODE_BUSY_ERR, .for_us = 500000,
};

static const struct sim_fault silent_for_a_while = {
	.kind = SIM_FAULT_SILENCE, .byte = SIM_ANY_BYTE,
	.command = SIM_ANY_COMMAND, .for_us = 6000000,
};

/* -- A BMC that says "not now". ------------------------------------------- */

static void expect_all_served(struct kunit *test)
{
	struct kcs_request *requests[CALLERS];
	struct engine *engine = test->priv;
	u8 cc;
	u32 i;

	for (i = 0; i < CALLERS; i++)
		requests[i] = i % 2 ? engine_submit(test, 0x30, 0xee, 2000) :
				      engine_submit(test, 0x06, 0x01, 2000);
	for (i = 0; i < CALLERS; i++) {
		cc = 0xff;
		KUNIT_EXPECT_EQ(test, engine_end(test, requests[i], &cc), 0);
		KUNIT_EXPECT_EQ(test, cc, IPMI_CC_NO_ERROR);
	}
	KUNIT_EXPECT_TRUE(test, kcs_host_is_ready(engine->host));
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
	KUNIT_EXPECT_EQ(test, engine->kcs.trouble.fault.kind, SIM_FAULT_NONE);
}

static void busy_bmc_is_invisible_while_in_step(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine->class = KCS_CLASS_AML;
	engine_step(engine);
	engine_start_ready(test, "spec");
	engine_set(engine, &busy_for_a_while);
	expect_all_served(test);
}

static void busy_bmc_is_invisible_in_a_search(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_step(engine);
	engine_start_ready(test, "spec");
	kcs_host_pause(engine->host);
	engine_set(engine, &busy_for_a_while);
	kcs_host_resume(engine->host);
	expect_all_served(test);
}

static void busy_bmc_is_invisible_from_the_start(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_freeze(engine);
	engine_start(test, sim_kcs_personality("spec"));
	engine_set(engine, &busy_for_a_while);
	engine_step(engine);
	expect_all_served(test);
}

/* For longer than any search: it has no time, which is not death. */
static void busy_bmc_is_not_dead(struct kunit *test)
{
	static const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND, .code = IPMI_NODE_BUSY_ERR,
	};
	struct engine *engine = test->priv;

	engine_step(engine);
	engine_start_ready(test, "spec");
	kcs_host_pause(engine->host);
	engine_set(engine, &busy);
	kcs_host_resume(engine->host);
	engine_spend(engine, 10000000);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_MAINTENANCE);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
}

/* -- One request, and the others. ----------------------------------------- */

static bool is_thinking(struct engine *engine)
{
	return READ_ONCE(engine->kcs.phase) == SIM_THINK;
}

/* Returns a request in flight; its BMC thinks, and time stands still. */
static struct kcs_request *send_thinking(struct kunit *test, u32 timeout_ms)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	engine_freeze(engine);
	request = engine_request(test, 0x06, 0x01, NULL, 0, timeout_ms);
	preempt_disable();
	kcs_host_submit(engine->host, request);
	preempt_enable();
	KUNIT_ASSERT_TRUE(test, engine_until(engine, is_thinking));
	engine_set_pace(engine, 0, 0);
	return request;
}

static struct kcs_request *send_slow(struct kunit *test, const char *personality,
				     u32 think_us, u32 timeout_ms)
{
	engine_start_ready(test, personality);
	engine_set_pace(test->priv, 0, think_us);
	return send_thinking(test, timeout_ms);
}

static void slow_request_fails_no_other(struct kunit *test)
{
	static const char * const personalities[] = { "spec", "linux", "ami" };
	struct engine *engine = test->priv;
	struct kcs_request *slow, *late, *others[CALLERS];
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(personalities); i++) {
		slow = send_slow(test, personalities[i], 3500000, 500);
		for (n = 0; n < CALLERS; n++)
			others[n] = engine_submit(test, 0x30, 0xee, 5000);
		engine_step(engine);
		KUNIT_EXPECT_EQ(test, engine_end(test, slow, NULL), -ETIMEDOUT);
		engine_spend(engine, 2000000);
		late = engine_submit(test, 0x30, 0xee, 5000);
		KUNIT_EXPECT_EQ(test, engine_end(test, late, NULL), 0);
		for (n = 0; n < CALLERS; n++)
			KUNIT_EXPECT_EQ_MSG(test, engine_end(test, others[n], NULL),
					    0, "%s", personalities[i]);
		engine_thaw(engine);
	}
}

static void note_end(struct kcs_request *request, void *context)
{
	struct engine *engine = context;

	WRITE_ONCE(engine->ended_us, engine_now_us(engine));
}

/* Its deadline comes in the one sleep of another one's message. */
static void queued_request_ends_at_its_deadline(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *slow, *queued;
	u64 start_us;
	int i;

	engine_step(engine);
	engine_start_ready(test, "spec");
	engine_set_pace(engine, 0, 4000000);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	slow = send_thinking(test, 5000);
	queued = engine_request(test, 0x30, 0xee, NULL, 0, 1000);
	start_us = engine_now_us(engine);
	engine->ended_us = 0;
	kcs_request_set_done(queued, note_end, engine);
	kcs_host_submit(engine->host, queued);
	engine_step(engine);
	KUNIT_EXPECT_EQ(test, engine_end(test, slow, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine_end(test, queued, NULL), -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, engine->ended_us, start_us + 1000000);
	KUNIT_EXPECT_LE(test, engine->ended_us, start_us + 1150000);
}

static void cancelled_request_costs_no_recovery(struct kunit *test)
{
	static const char * const personalities[] = { "spec", "linux" };
	struct engine *engine = test->priv;
	struct kcs_request *cancelled, *next;
	const u8 mark = 0x77;
	u32 probes;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(personalities); i++) {
		cancelled = send_slow(test, personalities[i], 1000000, 5000);
		probes = engine_count(engine, KCS_COUNT_PROBES);
		next = engine_request(test, 0x30, 0xee, &mark, 1, 5000);
		kcs_host_submit(engine->host, next);
		KUNIT_EXPECT_TRUE(test, kcs_request_end(cancelled, -EINTR));
		KUNIT_EXPECT_EQ(test, engine_end(test, cancelled, NULL), -EINTR);
		engine_step(engine);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(next), 0);
		KUNIT_EXPECT_EQ(test, kcs_request_reply(next)->len, 4);
		KUNIT_EXPECT_EQ(test, kcs_request_reply(next)->bytes[3], mark);
		kcs_request_put(next);
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
		KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_PROBES), probes);
		KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
		engine_thaw(engine);
	}
}

/**
 * struct submitter - a task that drives its own request
 * @work: the task
 * @host: where to
 * @request: the request
 * @has_left: kcs_host_execute() returned
 */
struct submitter {
	struct work_struct work;
	struct kcs_host *host;
	struct kcs_request *request;
	bool has_left;
};

static void submitter_work(struct work_struct *work)
{
	struct submitter *submitter = container_of(work, struct submitter, work);

	kcs_host_execute(submitter->host, submitter->request);
	WRITE_ONCE(submitter->has_left, true);
}

/* As one that is killed: in mid-message, where time stands still; the engine goes on. */
static void submitter_leaves_a_cancelled_request(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct submitter submitter = {};
	unsigned long end = jiffies + 5 * HZ;
	u32 probes;

	engine_start_ready(test, "linux");
	engine_set_pace(engine, 0, 1000000);
	probes = engine_count(engine, KCS_COUNT_PROBES);
	engine_freeze(engine);
	submitter.host = engine->host;
	submitter.request = engine_request(test, 0x06, 0x01, NULL, 0, 5000);
	INIT_WORK_ONSTACK(&submitter.work, submitter_work);
	queue_work(system_unbound_wq, &submitter.work);
	KUNIT_EXPECT_TRUE(test, engine_until(engine, is_thinking));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(submitter.has_left));
	kcs_request_end(submitter.request, -EINTR);
	while (!READ_ONCE(submitter.has_left) && time_before(jiffies, end))
		engine_let_pass(engine);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(submitter.has_left));
	KUNIT_EXPECT_TRUE(test, is_thinking(engine));
	engine_step(engine);
	flush_work(&submitter.work);
	destroy_work_on_stack(&submitter.work);
	KUNIT_EXPECT_EQ(test, engine_end(test, submitter.request, NULL), -EINTR);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_PROBES), probes);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
}

/* C3h to Send Message is the word of another controller. */
static void timeout_behind_the_bmc_costs_nothing(struct kunit *test)
{
	const struct sim_fault timeout = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .times = 1,
		.command = 0x0634, .code = IPMI_TIMEOUT_ERR,
	};
	struct engine *engine = test->priv;
	u32 commands;
	u8 cc = 0;

	engine_start_ready(test, "spec");
	engine_set(engine, &timeout);
	commands = engine->kcs.commands;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x34, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, IPMI_TIMEOUT_ERR);
	engine_spend(engine, 3000000);
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 1);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
}

/* Of the BMC itself it asks for a question, and one only. */
static void timeout_of_the_bmc_costs_one_question(struct kunit *test)
{
	const struct sim_fault timeout = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .times = 1,
		.command = 0x30ee, .code = IPMI_TIMEOUT_ERR,
	};
	struct engine *engine = test->priv;
	u32 commands;

	engine_start_ready(test, "spec");
	engine_set(engine, &timeout);
	commands = engine->kcs.commands;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, NULL), 0);
	engine_spend(engine, 3000000);
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 2);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
}

/* -- A restart. ----------------------------------------------------------- */

static bool seen_maintenance, seen_dead;

static bool is_back(struct engine *engine)
{
	enum kcs_health_state state = READ_ONCE(engine->host->health.state);

	seen_maintenance |= state == KCS_HEALTH_MAINTENANCE;
	seen_dead |= state == KCS_HEALTH_DEAD;
	return seen_maintenance && kcs_host_is_ready(engine->host) &&
	       state == KCS_HEALTH_READY;
}

/* It answers for two seconds after Cold Reset, and only then restarts. */
static void late_restart_is_maintenance(struct kunit *test)
{
	struct engine *engine = test->priv;

	seen_maintenance = false;
	seen_dead = false;
	engine_start_ready(test, "spec");
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x02, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_MAINTENANCE);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	engine_set(engine, &silent_for_a_while);
	KUNIT_EXPECT_LT(test, engine_end(test, engine_submit(test, 0x06, 0x01, 1000),
					 NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_until(engine, is_back));
	KUNIT_EXPECT_FALSE(test, seen_dead);
}

static void silence_without_a_reset_is_death(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_ready(test, "spec");
	engine_set(engine, &silent_for_a_while);
	KUNIT_EXPECT_LT(test, engine_end(test, engine_submit(test, 0x06, 0x01, 1000),
					 NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
}

/* The pauses between two searches have grown; a request that is refused ends them. */
static void refused_request_speeds_up_the_search(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 probes, idle, i;

	engine_step(engine);
	engine_start_with(test, sim_personalities, SIM_FAULT_SILENCE);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	engine_spend(engine, 60000000);
	probes = engine_count(engine, KCS_COUNT_PROBES);
	engine_spend(engine, 20000000);
	idle = engine_count(engine, KCS_COUNT_PROBES) - probes;
	KUNIT_EXPECT_LE(test, idle, 1u);
	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), -EHOSTDOWN);
		engine_spend(engine, 1000000);
	}
	KUNIT_EXPECT_GE(test, engine_count(engine, KCS_COUNT_PROBES) - probes - idle, 3u);
}

static struct kunit_case recovery_cases[] = {
	KUNIT_CASE(busy_bmc_is_invisible_while_in_step),
	KUNIT_CASE(busy_bmc_is_invisible_in_a_search),
	KUNIT_CASE(busy_bmc_is_invisible_from_the_start),
	KUNIT_CASE(busy_bmc_is_not_dead),
	KUNIT_CASE(slow_request_fails_no_other),
	KUNIT_CASE(queued_request_ends_at_its_deadline),
	KUNIT_CASE(cancelled_request_costs_no_recovery),
	KUNIT_CASE(submitter_leaves_a_cancelled_request),
	KUNIT_CASE(timeout_behind_the_bmc_costs_nothing),
	KUNIT_CASE(timeout_of_the_bmc_costs_one_question),
	KUNIT_CASE(late_restart_is_maintenance),
	KUNIT_CASE(silence_without_a_reset_is_death),
	KUNIT_CASE(refused_request_speeds_up_the_search),
	{}
};

static struct kunit_suite recovery_suite = {
	.name = "kcs_recovery",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = recovery_cases,
};

kunit_test_suite(recovery_suite);
