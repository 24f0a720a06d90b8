// SPDX-License-Identifier: GPL-2.0-only
/* Calls from AML that ask for the same thing, on a simulated BMC. */
#include "../drivers/opregion/coalesce.h"
#include "engine.h"

#include <kcs/host.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/workqueue.h>

#define CALLERS		16
#define LONG_MS		20000

/**
 * struct caller - a call, in a task of its own
 * @work: the task
 * @host: the interface
 * @msg: what it asks
 * @timeout_ms: how long it waits
 * @begun: it is about to ask
 * @how: what kcs_coalesce_transfer() returned
 * @reply: the reply
 */
struct caller {
	struct work_struct work;
	struct kcs_host *host;
	struct kcs_msg msg;
	u32 timeout_ms;
	bool begun;
	int how;
	struct kcs_msg reply;
};

static struct caller callers[CALLERS];

static void call(struct work_struct *work)
{
	struct caller *caller = container_of(work, struct caller, work);

	WRITE_ONCE(caller->begun, true);
	caller->how = kcs_coalesce_transfer(caller->host, &caller->msg,
					    &caller->reply, caller->timeout_ms, 0);
}

/* Time stands still, so it waits, and all that come after it. */
static void begin_call(struct kunit *test, u32 i, u8 netfn, u8 cmd, u8 data,
		       u32 timeout_ms)
{
	struct engine *engine = test->priv;
	struct caller *caller = &callers[i];

	memset(caller, 0, sizeof(*caller));
	INIT_WORK(&caller->work, call);
	caller->host = engine->host;
	caller->timeout_ms = timeout_ms;
	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&caller->msg, netfn, cmd, &data, 1));
	queue_work(system_unbound_wq, &caller->work);
	while (!READ_ONCE(caller->begun))
		usleep_range(50, 100);
	msleep(20);
}

static int end_call(u32 i)
{
	flush_work(&callers[i].work);
	return callers[i].how;
}

/* A call of this task's own, which the BMC answers with 00h. */
static int call_now(struct kunit *test, u8 netfn, u8 cmd, u8 data, u32 keep_ms)
{
	const u8 bytes[4] = { data, 1 };
	struct engine *engine = test->priv;
	struct kcs_msg msg, reply;

	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&msg, netfn, cmd, bytes, 4));
	return kcs_coalesce_transfer(engine->host, &msg, &reply, LONG_MS, keep_ms);
}

/* The interface of another BMC, in the case that has one. */
static struct engine *other;

/* What the test does from here on concerns the other interface. */
static void swap_engines(struct kunit *test)
{
	struct engine *engine = test->priv;

	test->priv = other;
	other = engine;
}

static void start_other(struct kunit *test)
{
	other = engine_create(test, "kcs_engine_other");
	swap_engines(test);
	engine_start_ready(test, "spec");
	swap_engines(test);
}

/* Holds the interface while time stands still: calls are queued behind it. */
static struct kcs_request *occupant;

static u64 transfers(struct kunit *test)
{
	struct engine *engine = test->priv;

	return engine_count(engine, KCS_COUNT_REQUESTS) - 1;
}

static int coalesce_init(struct kunit *test)
{
	struct engine *engine;
	int err = engine_init(test);

	if (err)
		return err;
	engine = test->priv;
	kcs_coalesce_open();
	engine_start(test, sim_personalities);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	engine_freeze(engine);
	occupant = engine_request(test, 0x30, 0xee, NULL, 0, LONG_MS);
	preempt_disable();
	kcs_host_submit(engine->host, occupant);
	preempt_enable();
	msleep(20);
	return 0;
}

static void coalesce_exit(struct kunit *test)
{
	engine_exit(test);
	if (other)
		engine_destroy(other);
	other = NULL;
	if (occupant)
		kcs_request_put(occupant);
	occupant = NULL;
}

/* -- On its way. ---------------------------------------------------------- */

static void equal_reads_at_a_time_share_one_transfer(struct kunit *test)
{
	u32 i, own = 0, joined = 0;

	for (i = 0; i < CALLERS; i++)
		begin_call(test, i, 0x06, 0x59, 1, LONG_MS);
	engine_thaw(test->priv);
	for (i = 0; i < CALLERS; i++) {
		int how = end_call(i);

		own += how == KCS_COALESCE_OWN;
		joined += how == KCS_COALESCE_JOINED;
		KUNIT_EXPECT_EQ(test, callers[i].reply.len, callers[0].reply.len);
		KUNIT_EXPECT_EQ(test, 0, memcmp(callers[i].reply.bytes,
						callers[0].reply.bytes,
						callers[0].reply.len));
	}
	KUNIT_EXPECT_EQ(test, own, 1u);
	KUNIT_EXPECT_EQ(test, joined, CALLERS - 1u);
	KUNIT_EXPECT_EQ(test, transfers(test), 1ull);
}

static void what_is_not_equal_or_not_a_read_is_not_shared(struct kunit *test)
{
	u32 i;

	begin_call(test, 0, 0x06, 0x59, 1, LONG_MS);
	begin_call(test, 1, 0x06, 0x59, 2, LONG_MS);
	begin_call(test, 2, 0x06, 0x01, 1, LONG_MS);
	begin_call(test, 3, 0x30, 0xee, 1, LONG_MS);
	begin_call(test, 4, 0x30, 0xee, 1, LONG_MS);
	engine_thaw(test->priv);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, end_call(i), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, transfers(test), 5ull);
	KUNIT_EXPECT_EQ(test, callers[3].reply.bytes[3], (u8)1);
}

/* Neither on its way nor kept: the first call waits behind the occupant meanwhile. */
static void callers_of_two_bmcs_share_nothing(struct kunit *test)
{
	u32 commands;

	start_other(test);
	commands = other->kcs.commands;
	begin_call(test, 0, 0x06, 0x59, 1, LONG_MS);
	swap_engines(test);
	begin_call(test, 1, 0x06, 0x59, 1, LONG_MS);
	swap_engines(test);
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, end_call(0), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, end_call(1), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, other->kcs.commands, commands + 1);

	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	swap_engines(test);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	swap_engines(test);
}

static void one_who_leaves_early_takes_nobody_with_him(struct kunit *test)
{
	begin_call(test, 0, 0x06, 0x59, 1, LONG_MS);
	begin_call(test, 1, 0x06, 0x59, 1, 50);
	KUNIT_EXPECT_EQ(test, end_call(1), -ETIMEDOUT);
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, end_call(0), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, transfers(test), 1ull);
}

static void one_who_can_wait_longer_does_not_join(struct kunit *test)
{
	begin_call(test, 0, 0x06, 0x59, 1, 100);
	begin_call(test, 1, 0x06, 0x59, 1, LONG_MS);
	KUNIT_EXPECT_EQ(test, end_call(0), -ETIMEDOUT);
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, end_call(1), (int)KCS_COALESCE_OWN);
}

static void one_who_comes_late_does_not_join(struct kunit *test)
{
	begin_call(test, 0, 0x06, 0x59, 1, 1000);
	msleep(400);
	begin_call(test, 1, 0x06, 0x59, 1, 1000);
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, end_call(0), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, end_call(1), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, transfers(test), 2ull);
}

/* The same numbers in another group, or of another vendor, may write. */
static void command_of_another_group_is_not_shared(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 2; i++)
		begin_call(test, i, 0x2c, 0x03, 0x00, LONG_MS);
	for (; i < 4; i++)
		begin_call(test, i, 0x30, 0xb3, 0x55, LONG_MS);
	engine_thaw(test->priv);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, end_call(i), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, transfers(test), 4ull);
}

static void all_who_share_a_failure_hear_of_it(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 i;

	engine_set_fault(engine, SIM_FAULT_FLOATING, 0);
	for (i = 0; i < 4; i++)
		begin_call(test, i, 0x06, 0x59, 1, 2000);
	engine_thaw(engine);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_LT(test, end_call(i), 0);
	KUNIT_EXPECT_EQ(test, transfers(test), 1ull);
}

/* -- Kept. ---------------------------------------------------------------- */

static void reply_is_kept_for_its_time_if_asked_to(struct kunit *test)
{
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 0), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_KEPT);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 0), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 2, 20), (int)KCS_COALESCE_OWN);
	msleep(40);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 2, 20), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, transfers(test), 5ull);
}

static void write_ends_what_is_kept(struct kunit *test)
{
	engine_thaw(test->priv);
	call_now(test, 0x06, 0x01, 1, 60000);
	call_now(test, 0x2c, 0x02, 0xdc, 60000);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x58, 1, 60000), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x2c, 0x02, 0xdc, 60000),
			(int)KCS_COALESCE_KEPT);
}

/* Of a program, over /dev/ipmi0. */
static void write_of_another_ends_what_is_kept(struct kunit *test)
{
	engine_thaw(test->priv);
	call_now(test, 0x06, 0x01, 1, 60000);
	call_now(test, 0x2c, 0x02, 0xdc, 60000);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x2c, 0x04, NULL), 0);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x2c, 0x02, 0xdc, 60000),
			(int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000),
			(int)KCS_COALESCE_KEPT);
}

static void reset_ends_what_is_kept(struct kunit *test)
{
	engine_thaw(test->priv);
	call_now(test, 0x2c, 0x02, 0xdc, 60000);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x03, NULL), 0);
	KUNIT_ASSERT_TRUE(test, engine_await(test->priv, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, call_now(test, 0x2c, 0x02, 0xdc, 60000),
			(int)KCS_COALESCE_OWN);
}

/* While it is dead, and when it is back. */
static void death_ends_what_is_kept(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_thaw(engine);
	call_now(test, 0x2c, 0x02, 0xdc, 60000);
	engine_set_fault(engine, SIM_FAULT_FLOATING, 0);
	engine_ask(test, 0x06, 0x01, NULL);
	KUNIT_EXPECT_LT(test, call_now(test, 0x2c, 0x02, 0xdc, 60000), 0);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, call_now(test, 0x2c, 0x02, 0xdc, 60000),
			(int)KCS_COALESCE_OWN);
}

static void failure_is_not_kept(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_thaw(engine);
	engine_set_fault(engine, SIM_FAULT_CODE, 0xd4);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_OWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 60000), (int)KCS_COALESCE_KEPT);
}

static void only_the_newest_are_kept(struct kunit *test)
{
	u8 i;

	engine_thaw(test->priv);
	for (i = 0; i <= KCS_COALESCE_KEPT_MAX; i++)
		call_now(test, 0x06, 0x01, i, 60000);
	for (i = KCS_COALESCE_KEPT_MAX; i > 0; i--)
		KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, i, 60000),
				(int)KCS_COALESCE_KEPT);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 0, 60000), (int)KCS_COALESCE_OWN);
}

/* -- Going away. ---------------------------------------------------------- */

static void closing_ends_all_and_takes_no_more(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 4; i++)
		begin_call(test, i, 0x06, 0x01, i / 2, LONG_MS);
	kcs_coalesce_close();
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, end_call(i), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 0), -ESHUTDOWN);
	kcs_coalesce_open();
	engine_thaw(test->priv);
	KUNIT_EXPECT_EQ(test, call_now(test, 0x06, 0x01, 1, 0), (int)KCS_COALESCE_OWN);
}

static struct kunit_case coalesce_cases[] = {
	KUNIT_CASE(equal_reads_at_a_time_share_one_transfer),
	KUNIT_CASE(what_is_not_equal_or_not_a_read_is_not_shared),
	KUNIT_CASE(callers_of_two_bmcs_share_nothing),
	KUNIT_CASE(one_who_leaves_early_takes_nobody_with_him),
	KUNIT_CASE(one_who_can_wait_longer_does_not_join),
	KUNIT_CASE(one_who_comes_late_does_not_join),
	KUNIT_CASE(command_of_another_group_is_not_shared),
	KUNIT_CASE(all_who_share_a_failure_hear_of_it),
	KUNIT_CASE(reply_is_kept_for_its_time_if_asked_to),
	KUNIT_CASE(write_ends_what_is_kept),
	KUNIT_CASE(write_of_another_ends_what_is_kept),
	KUNIT_CASE(reset_ends_what_is_kept),
	KUNIT_CASE(death_ends_what_is_kept),
	KUNIT_CASE(failure_is_not_kept),
	KUNIT_CASE(only_the_newest_are_kept),
	KUNIT_CASE(closing_ends_all_and_takes_no_more),
	{}
};

static struct kunit_suite coalesce_suite = {
	.name = "kcs_coalesce",
	.init = coalesce_init,
	.exit = coalesce_exit,
	.test_cases = coalesce_cases,
};

kunit_test_suite(coalesce_suite);
