// SPDX-License-Identifier: GPL-2.0-only
/* The BMC's global enables: told, kept, and left as they were found. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#define EVENTS		0x04	/* event message buffer */
#define OTHERS		0x08	/* system event logging */
#define INTERRUPT	0x01	/* of a byte for the host */

#define THINK_US	50000

static u8 enables_of(struct engine *engine)
{
	return READ_ONCE(engine->bmc.enables);
}

static void set_enables(struct engine *engine, u8 word)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.enables = word;
	spin_unlock_irqrestore(&engine->lock, flags);
}

/* The simulated BMC does what it says it has no time for. */
static bool are_told(struct engine *engine)
{
	const struct kcs_enables *enables = &engine->host->enables;

	return enables_of(engine) & EVENTS && !READ_ONCE(enables->is_busy) &&
	       READ_ONCE(enables->is_known);
}

static void start(struct kunit *test, const char *personality)
{
	struct engine *engine = test->priv;

	engine_start_ready(test, personality);
	set_enables(engine, OTHERS);
	engine_listen(test, KCS_INTEREST_NONE);
	KUNIT_ASSERT_TRUE(test, engine_until(engine, are_told));
	KUNIT_ASSERT_EQ(test, enables_of(engine), EVENTS | OTHERS);
}

static void lost_enables_are_restored_by_a_request(struct kunit *test)
{
	struct engine *engine = test->priv;

	start(test, "spec");
	set_enables(engine, OTHERS);
	/* Without a request there is nothing to do, for minutes. */
	engine_spend(engine, 10000000);
	KUNIT_EXPECT_EQ(test, enables_of(engine), OTHERS);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, enables_of(engine), EVENTS | OTHERS);
	KUNIT_EXPECT_EQ(test, engine->host->enables.losses, 1u);
	kcs_host_unlisten(engine->host);
}

/* Restored twice; the third loss in a row is the last one in the log. */
static void bmc_that_keeps_none_is_left_alone(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 restored = 0, commands;
	int i;

	start(test, "spec");
	for (i = 0; i < 6; i++) {
		set_enables(engine, OTHERS);
		engine_spend(engine, 5000000);
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		restored += enables_of(engine) == (EVENTS | OTHERS);
	}
	KUNIT_EXPECT_EQ(test, restored, 2u);
	commands = engine->kcs.commands;
	engine_spend(engine, 5000000);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 1);
	kcs_host_unlisten(engine->host);
}

static void lost_enables_are_restored_for_a_poller(struct kunit *test)
{
	struct engine *engine = test->priv;
	int seconds;

	start(test, "spec");
	set_enables(engine, OTHERS);
	for (seconds = 0; seconds < 5; seconds++) {
		kcs_host_poll_events(engine->host);
		engine_spend(engine, 1000000);
	}
	KUNIT_EXPECT_EQ(test, enables_of(engine), EVENTS | OTHERS);
	kcs_host_unlisten(engine->host);
}

/* Requests in a row cost no check each. */
static void known_enables_are_not_asked_for_again(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 commands, checks, i;
	u64 start_us;

	start(test, "spec");
	engine_step(engine);
	commands = engine->kcs.commands;
	start_us = engine_now_us(engine);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	checks = (u32)(engine_now_us(engine) - start_us) / 4000000 + 2;
	KUNIT_EXPECT_LE(test, engine->kcs.commands - commands, i + checks);
	kcs_host_unlisten(engine->host);
}

/* In an update of its firmware, for instance; and one that is quick again is. */
static void slow_bmc_is_not_asked_for_its_enables(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 commands;

	start(test, "spec");
	commands = engine->kcs.commands;
	engine_set_pace(engine, 3, 1500000);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	engine_spend(engine, 10000000);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 1);
	engine_set_pace(engine, 3, 0);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	engine_spend(engine, 1000000);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 3);
	kcs_host_unlisten(engine->host);
}

/* For longer than a request is tried again. */
static void busy_bmc_is_told_when_it_has_time(struct kunit *test)
{
	static const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .command = 0x062e,
		.code = IPMI_NODE_BUSY_ERR, .for_us = 12000000,
	};
	struct engine *engine = test->priv;

	engine_start_ready(test, "spec");
	engine_set(engine, &busy);
	engine_listen(test, KCS_INTEREST_NONE);
	KUNIT_EXPECT_TRUE(test, engine_until(engine, are_told));
	KUNIT_EXPECT_GE(test, engine_count(engine, KCS_COUNT_RETRIES), 3u);
	kcs_host_unlisten(engine->host);
}

/* -- Going away. ---------------------------------------------------------- */

static struct kcs_host *leaving;

static void pause_host(struct work_struct *work)
{
	kcs_host_pause(leaving);
}

static void remove_host(struct work_struct *work)
{
	kcs_host_remove(leaving);
}

static bool is_thinking(struct engine *engine)
{
	return READ_ONCE(engine->kcs.phase) == SIM_THINK;
}

/* In the middle of a message, where time stands still until it began to go. */
static struct kcs_request *leave(struct kunit *test, u32 think_us, work_func_t how)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	struct work_struct work;

	engine_set_pace(engine, 3, think_us);
	engine_freeze(engine);
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	preempt_disable();
	kcs_host_submit(engine->host, request);
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, engine_until(engine, is_thinking));
	engine_set_pace(engine, 3, 0);
	leaving = kcs_host_get(engine->host);
	INIT_WORK_ONSTACK(&work, how);
	queue_work(system_unbound_wq, &work);
	while (!READ_ONCE(leaving->paused) && !READ_ONCE(leaving->stop))
		usleep_range(50, 100);
	engine_step(engine);
	flush_work(&work);
	destroy_work_on_stack(&work);
	return request;
}

static const struct {
	const char *personality;
	u32 think_us;
	bool ends;
} paces[] = {
	{ "spec", 100000, true }, { "spec", 700000, false },
	{ "linux", 3000000, false }, { "ami", 3000000, false },
	{ "qemu", 700000, false }, { "aess", 3000000, false },
};

static void expect_left_alone(struct kunit *test, const char *where)
{
	struct engine *engine = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, enables_of(engine), OTHERS, "%s", where);
	KUNIT_EXPECT_EQ_MSG(test, engine->kcs.state, KCS_STATE_IDLE, "%s", where);
	KUNIT_EXPECT_EQ_MSG(test, engine->kcs.phase, SIM_IDLE, "%s", where);
	KUNIT_EXPECT_EQ_MSG(test, sim_monitor_total(&engine->monitor), 0u, "%s", where);
}

static void pause_leaves_the_bmc_as_it_was(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	u32 accesses;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paces); i++) {
		start(test, paces[i].personality);
		request = leave(test, paces[i].think_us, pause_host);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(request),
				paces[i].ends ? 0 : -ECANCELED);
		kcs_request_put(request);
		expect_left_alone(test, paces[i].personality);
		accesses = engine->accesses;
		kcs_host_expect(engine->host, KCS_INTEREST_REPLY);
		engine_spend(engine, 10000000);
		KUNIT_EXPECT_EQ(test, engine->accesses, accesses);

		kcs_host_resume(leaving);
		kcs_host_put(leaving);
		KUNIT_EXPECT_TRUE(test, engine_until(engine, are_told));
		KUNIT_EXPECT_EQ(test, enables_of(engine), EVENTS | OTHERS);
		kcs_host_unlisten(engine->host);
		engine_thaw(engine);
	}
}

static void removal_leaves_the_bmc_as_it_was(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	size_t i;

	/* Nothing is waited for, so a BMC that shows IBF cannot be told. */
	for (i = 2; i < ARRAY_SIZE(paces); i++) {
		start(test, paces[i].personality);
		if (!strcmp(paces[i].personality, "qemu"))
			continue;
		request = leave(test, paces[i].think_us, remove_host);
		WRITE_ONCE(engine->host, NULL);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ENODEV);
		kcs_request_put(request);
		expect_left_alone(test, paces[i].personality);
		kcs_host_unlisten(leaving);
		kcs_host_put(leaving);
		engine_thaw(engine);
	}
}

static void idle_removal_restores_the_enables(struct kunit *test)
{
	struct engine *engine = test->priv;

	start(test, "spec");
	engine_stop(engine);
	expect_left_alone(test, "idle");
}

/* -- The interrupt is one of them. ---------------------------------------- */

/* It is proven, and the BMC's pace is known. */
static void start_with_irq(struct kunit *test)
{
	struct engine *engine = test->priv;
	int i;

	engine->has_irq = true;
	engine_start_ready(test, "spec");
	KUNIT_ASSERT_TRUE(test, engine_until(engine, engine_irq_is_judged));
	engine_set_pace(engine, 0, THINK_US);
	for (i = 0; i < 8; i++)
		KUNIT_ASSERT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_ASSERT_TRUE(test, engine_settle(engine));
	KUNIT_ASSERT_TRUE(test, kcs_host_expects_irq(engine->host));
}

static bool irq_is_expected(struct engine *engine)
{
	return enables_of(engine) & INTERRUPT && kcs_host_expects_irq(engine->host);
}

/* It restarted, and says "not now" to who asks, for as long as a flash takes. */
static void interrupt_that_may_be_off_is_not_waited_for(struct kunit *test)
{
	static const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .command = 0x062f,
		.code = IPMI_DEVICE_IN_FW_UPDATE_ERR,
	};
	struct engine *engine = test->priv;
	unsigned long flags;
	int i;

	start_with_irq(test);
	engine_set(engine, &busy);
	set_enables(engine, 0);
	spin_lock_irqsave(&engine->host->lock, flags);
	kcs_enables_doubt(engine->host);
	spin_unlock_irqrestore(&engine->host->lock, flags);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine->host->irq_missed, 0u);
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_trusted);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_EXPECT_TRUE(test, engine_until(engine, irq_is_expected));
}

static struct kunit_case enables_cases[] = {
	KUNIT_CASE(lost_enables_are_restored_by_a_request),
	KUNIT_CASE(bmc_that_keeps_none_is_left_alone),
	KUNIT_CASE(lost_enables_are_restored_for_a_poller),
	KUNIT_CASE(known_enables_are_not_asked_for_again),
	KUNIT_CASE(slow_bmc_is_not_asked_for_its_enables),
	KUNIT_CASE(busy_bmc_is_told_when_it_has_time),
	KUNIT_CASE(pause_leaves_the_bmc_as_it_was),
	KUNIT_CASE(removal_leaves_the_bmc_as_it_was),
	KUNIT_CASE(idle_removal_restores_the_enables),
	KUNIT_CASE(interrupt_that_may_be_off_is_not_waited_for),
	{}
};

static struct kunit_suite enables_suite = {
	.name = "kcs_enables",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = enables_cases,
};

kunit_test_suite(enables_suite);
