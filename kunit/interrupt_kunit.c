// SPDX-License-Identifier: GPL-2.0-only
/* A whole interface with an interrupt, on a simulated BMC. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/interrupt.h>

#define THINK_US	50000

/* Global enables: system event logging, OEM 0. */
#define OTHERS		0x28

static void start_until(struct kunit *test, bool is_shared,
			const struct sim_fault *fault, engine_condition condition)
{
	struct engine *engine = test->priv;

	engine->has_irq = true;
	engine->irq_is_shared = is_shared;
	engine_freeze(engine);
	engine_start(test, sim_kcs_personality("spec"));
	/* It takes its time, so that a line that is stuck has it, too. */
	engine_set_pace(engine, 3, 100000);
	if (fault)
		engine_set(engine, fault);
	engine_thaw(engine);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_ASSERT_TRUE(test, engine_until(engine, condition));
	KUNIT_ASSERT_TRUE(test, engine_settle(engine));
}

static void start_with(struct kunit *test, bool is_shared,
		       const struct sim_fault *fault)
{
	start_until(test, is_shared, fault, engine_irq_is_judged);
}

/* It is proven, and the BMC's pace is known. */
static void start(struct kunit *test, bool is_shared)
{
	struct engine *engine = test->priv;
	int i;

	start_with(test, is_shared, NULL);
	KUNIT_ASSERT_TRUE(test, engine->host->irq.is_trusted);
	KUNIT_ASSERT_FALSE(test, engine->host->enables.irq_given_up);
	engine_set_pace(engine, 0, THINK_US);
	engine_step(engine);
	for (i = 0; i < 8; i++)
		KUNIT_ASSERT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_ASSERT_TRUE(test, engine_settle(engine));
}

/**
 * struct way - how a message meets its interrupt
 * @name: in words
 * @is_shared: other devices may use the line
 * @is_left: the submitter does not drive the message to its end
 */
struct way {
	const char *name;
	bool is_shared;
	bool is_left;
};

static const struct way ways[] = {
	{ "exclusive", false, false }, { "shared", true, false },
	{ "exclusive, left", false, true }, { "shared, left", true, true },
};

static const void *way_after(const void *previous, const struct way *end, char *text)
{
	const struct way *way = previous;

	way = way ? way + 1 : ways;
	if (way == end)
		return NULL;
	strscpy(text, way->name, KUNIT_PARAM_DESC_SIZE);
	return way;
}

static const void *next_line(const void *previous, char *text)
{
	return way_after(previous, ways + 2, text);
}

static const void *next_way(const void *previous, char *text)
{
	return way_after(previous, ways + ARRAY_SIZE(ways), text);
}

static bool is_shared(const struct kunit *test)
{
	return ((const struct way *)test->param_value)->is_shared;
}

static bool is_left(const struct kunit *test)
{
	return ((const struct way *)test->param_value)->is_left;
}

/* Returns how long it took. */
static u64 execute(struct kunit *test, bool is_left)
{
	struct engine *engine = test->priv;
	struct kcs_request *request = engine_request(test, 0x06, 0x01, NULL, 0, 5000);
	u64 start_us = engine_now_us(engine), took_us;

	if (is_left)
		kcs_host_submit(engine->host, request);
	else
		kcs_host_execute(engine->host, request);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	took_us = engine_now_us(engine) - start_us;
	kcs_request_put(request);
	return took_us;
}

static void interrupt_ends_the_one_sleep(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 sleeps;
	u64 took_us;
	int i;

	start(test, is_shared(test));
	for (i = 0; i < 10; i++) {
		sleeps = engine->sleeps;
		took_us = execute(test, is_left(test));
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		KUNIT_EXPECT_LE(test, engine->sleeps - sleeps, 2u);
		KUNIT_EXPECT_GE(test, took_us, (u64)THINK_US);
		KUNIT_EXPECT_LE(test, took_us, (u64)THINK_US + 1000);
	}
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_on);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

/* Bits of the global enables that others set meanwhile. */
static void set_others(struct engine *engine)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.enables |= OTHERS;
	spin_unlock_irqrestore(&engine->lock, flags);
}

static void lost_interrupts_cost_little(struct kunit *test)
{
	struct engine *engine = test->priv;
	u64 worst_us = 0;
	int i;

	start(test, is_shared(test));
	set_others(engine);
	engine_set_fault(engine, SIM_FAULT_IRQ_LOST, 0);
	for (i = 0; i < 10; i++) {
		worst_us = max(worst_us, execute(test, false));
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	}
	KUNIT_EXPECT_LE(test, worst_us, (u64)THINK_US + 25000 + 100);
	KUNIT_EXPECT_TRUE(test, engine->host->enables.irq_given_up);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.is_on);
	/* Only the bit that was set for it is taken back. */
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, OTHERS);
	/* Polling needs no sleep that long. */
	KUNIT_EXPECT_LE(test, execute(test, false), (u64)THINK_US + 5000);
}

/* It comes late, or not at all, but the one after it does. */
static void one_lost_interrupt_is_forgiven(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct sim_fault lost = {
		.kind = SIM_FAULT_IRQ_LOST, .byte = SIM_ANY_BYTE,
		.command = 0x0601,
	};
	int i;

	start(test, is_shared(test));
	for (i = 0; i < 10; i++) {
		lost.for_us = i % 2 ? 60000 : 0;
		engine_set(engine, &lost);
		execute(test, false);
		engine_set_fault(engine, SIM_FAULT_NONE, 0);
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		execute(test, false);
	}
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_on);
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_trusted);
}

/* -- The self-test. ------------------------------------------------------- */

static void expect_polling(struct kunit *test)
{
	struct engine *engine = test->priv;

	KUNIT_EXPECT_TRUE(test, engine->host->enables.irq_given_up);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.is_on);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.is_trusted);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
}

static const struct sim_fault NEVER = {
	.kind = SIM_FAULT_IRQ_LOST, .byte = SIM_ANY_BYTE,
	.command = SIM_ANY_COMMAND,
};

static bool missed_a_test(struct engine *engine)
{
	return READ_ONCE(engine->host->enables.irq_tests) == 1;
}

/* The CPU was too busy for it, say. */
static void interrupt_that_misses_a_test_is_tested_again(struct kunit *test)
{
	struct engine *engine = test->priv;

	start_until(test, is_shared(test), &NEVER, missed_a_test);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.is_trusted);
	engine_set_fault(engine, SIM_FAULT_NONE, 0);
	KUNIT_ASSERT_TRUE(test, engine_until(engine, engine_irq_is_judged));
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_trusted);
	KUNIT_EXPECT_FALSE(test, engine->host->enables.irq_given_up);
}

static void interrupt_that_never_comes_is_given_up(struct kunit *test)
{
	start_with(test, is_shared(test), &NEVER);
	expect_polling(test);
}

static void storm_in_the_self_test_gives_it_up(struct kunit *test)
{
	static const struct sim_fault stuck = {
		.kind = SIM_FAULT_IRQ_STUCK, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND,
	};

	start_with(test, false, &stuck);
	expect_polling(test);
}

static void busy_bmc_does_not_cost_the_interrupt(struct kunit *test)
{
	static const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .command = 0x062f,
		.code = IPMI_NODE_BUSY_ERR, .for_us = 8000000,
	};
	struct engine *engine = test->priv;

	start_with(test, is_shared(test), &busy);
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_trusted);
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x01);
}

/* The BMC does not know the command: there is no way to have interrupts. */
static void bmc_without_enables_is_polled(struct kunit *test)
{
	static const struct sim_fault unknown = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .command = 0x062f,
		.code = 0xc1,
	};

	start_with(test, is_shared(test), &unknown);
	expect_polling(test);
}

/* -- The line. ------------------------------------------------------------ */

static irqreturn_t other_handler(int number, void *data)
{
	return IRQ_HANDLED;
}

static void interrupts_of_another_device_are_no_storm(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 n;

	start(test, true);
	KUNIT_ASSERT_EQ(test, 0, request_irq(engine->irq, other_handler, IRQF_SHARED,
					     "other", engine));
	for (n = 0; n < 2 * KCS_IRQ_STORM; n++)
		engine_raise(engine);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.storm);
	execute(test, false);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_TRUE(test, engine->host->irq.is_trusted);
	free_irq(engine->irq, engine);
}

static void own_line_that_storms_is_given_up(struct kunit *test)
{
	struct engine *engine = test->priv;

	start(test, false);
	engine_listen(test, KCS_INTEREST_EVENTS);
	engine_set_fault(engine, SIM_FAULT_IRQ_STUCK, 0);
	execute(test, false);
	while (!READ_ONCE(engine->host->enables.irq_given_up) && engine->raised < 100000)
		engine_let_pass(engine);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	expect_polling(test);
}

static void only_an_exclusive_line_is_masked(struct kunit *test)
{
	struct engine *engine = test->priv;

	start(test, is_shared(test));
	execute(test, false);
	KUNIT_EXPECT_EQ(test, engine->host->irq.is_masked, !is_shared(test));
	/* Where a call for attention is waited for, the line has to be open. */
	engine_listen(test, KCS_INTEREST_EVENTS);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	execute(test, false);
	KUNIT_EXPECT_FALSE(test, engine->host->irq.is_masked);
	kcs_host_unlisten(engine->host);
}

/* No time passes while the interface is idle: no look at Status can find it. */
static void interrupt_brings_an_event_at_once(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long end = jiffies + 10 * HZ;

	start(test, is_shared(test));
	engine_listen(test, KCS_INTEREST_EVENTS);
	engine_spend(engine, 1000000);	/* the first round, and the pause after it */
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x07);
	engine_set_flags(engine, 0x02);
	while (!atomic_read(&engine->heard) && time_before(jiffies, end))
		usleep_range(100, 200);
	KUNIT_EXPECT_EQ(test, atomic_read(&engine->heard), 1);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_FALSE(test, engine->host->irq.storm);
	kcs_host_unlisten(engine->host);
}

/* Looks only make up for one that was lost. */
static void proven_interrupt_spares_looks(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 looks;

	start(test, is_shared(test));
	engine_listen(test, KCS_INTEREST_REPLY);
	engine_spend(engine, USEC_PER_SEC);	/* the first round */
	looks = engine->looks;
	engine_spend(engine, 10 * USEC_PER_SEC);
	KUNIT_EXPECT_GE(test, engine->looks - looks, 80u);
	KUNIT_EXPECT_LE(test, engine->looks - looks, 102u);
	kcs_host_expect(engine->host, KCS_INTEREST_EVENTS);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	looks = engine->looks;
	engine_spend(engine, 10 * USEC_PER_SEC);
	KUNIT_EXPECT_GE(test, engine->looks - looks, 8u);
	KUNIT_EXPECT_LE(test, engine->looks - looks, 12u);
	kcs_host_unlisten(engine->host);
}

/* No timer comes, and the thread sleeps until it is woken. */
static void interrupt_ends_a_message_left_to_it(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 sleeps, left = 0, i;

	start(test, is_shared(test));
	engine->is_left_alone = true;
	engine_thaw(engine);
	for (i = 0; i < 4; i++) {
		sleeps = engine->sleeps;
		KUNIT_EXPECT_EQ(test, 0,
				engine_end(test, engine_submit(test, 0x06, 0x01, 5000),
					   NULL));
		left += engine->sleeps == sleeps;
		KUNIT_ASSERT_TRUE(test, engine_settle(engine));
	}
	/* The thread may come late from what was before, but not to most of them. */
	if (preemptible())	/* else it is needed from the start */
		KUNIT_EXPECT_GE(test, left, 2u);
}

/* Deadlines are looked at when the thread comes. */
static void message_is_left_until_its_deadline_at_most(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	start(test, is_shared(test));
	engine_set_pace(engine, 0, 60 * USEC_PER_SEC);
	engine->wake_us = 0;
	request = engine_submit(test, 0x06, 0x01, 70);
	KUNIT_EXPECT_EQ(test, engine_end(test, request, NULL), -ETIMEDOUT);
	KUNIT_EXPECT_LE(test, engine->wake_us, 70000u);
	request = engine_submit(test, 0x30, 0xee, 5000);
	KUNIT_EXPECT_NE(test, engine_end(test, request, NULL), 0);
	KUNIT_EXPECT_LE(test, engine->wake_us, 100000u);
}

static struct kunit_case interrupt_cases[] = {
	KUNIT_CASE_PARAM(interrupt_ends_the_one_sleep, next_way),
	KUNIT_CASE_PARAM(interrupt_ends_a_message_left_to_it, next_line),
	KUNIT_CASE_PARAM(message_is_left_until_its_deadline_at_most, next_line),
	KUNIT_CASE_PARAM(lost_interrupts_cost_little, next_line),
	KUNIT_CASE_PARAM(one_lost_interrupt_is_forgiven, next_line),
	KUNIT_CASE_PARAM(interrupt_that_misses_a_test_is_tested_again, next_line),
	KUNIT_CASE_PARAM(interrupt_that_never_comes_is_given_up, next_line),
	KUNIT_CASE(storm_in_the_self_test_gives_it_up),
	KUNIT_CASE_PARAM(busy_bmc_does_not_cost_the_interrupt, next_line),
	KUNIT_CASE_PARAM(bmc_without_enables_is_polled, next_line),
	KUNIT_CASE(interrupts_of_another_device_are_no_storm),
	KUNIT_CASE(own_line_that_storms_is_given_up),
	KUNIT_CASE_PARAM(only_an_exclusive_line_is_masked, next_line),
	KUNIT_CASE_PARAM(interrupt_brings_an_event_at_once, next_line),
	KUNIT_CASE_PARAM(proven_interrupt_spares_looks, next_line),
	{}
};

static struct kunit_suite interrupt_suite = {
	.name = "kcs_interrupt",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = interrupt_cases,
};

kunit_test_suite(interrupt_suite);
