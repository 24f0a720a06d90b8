// SPDX-License-Identifier: GPL-2.0-only
/* What the BMC calls for by SMS_ATN, and how often Status is read for it. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#define EVENT		0x02

#define MS_US		1000ull
#define SECOND_US	1000000ull

static void all_that_it_can_mean_is_served(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	engine_set_flags(engine, 0x01 | EVENT | 0x08 | 0x20);
	engine_spend(engine, SECOND_US);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1102u);
	KUNIT_EXPECT_EQ(test, engine->bmc.flags, 0);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

static void request_that_shows_it_is_enough(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_NONE);
	engine_set_flags(engine, EVENT);
	engine_spend(engine, 10 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	engine_spend(engine, 100 * MS_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1u);
	kcs_host_unlisten(engine->host);
}

static void nothing_is_fetched_without_a_listener(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 reads;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	kcs_host_unlisten(engine->host);
	reads = engine->bmc.flag_reads;
	engine_set_flags(engine, EVENT);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	engine_spend(engine, 2 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
	KUNIT_EXPECT_EQ(test, engine->bmc.flags, EVENT);
	KUNIT_EXPECT_EQ(test, engine->bmc.flag_reads, reads);
}

/* One round, then a pause of 250 ms. */
static void call_for_nothing_costs_four_rounds(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 before, rounds;

	engine_start_listening(test, KCS_INTEREST_REPLY);
	before = engine_count(engine, KCS_COUNT_ROUNDS);
	engine_set_fault(engine, SIM_FAULT_ATN_STUCK, 0);
	engine_spend(engine, 10 * SECOND_US);
	kcs_host_unlisten(engine->host);
	rounds = engine_count(engine, KCS_COUNT_ROUNDS) - before;
	KUNIT_EXPECT_GE(test, rounds, IS_ENABLED(CONFIG_KASAN) ? 10u : 30u);
	KUNIT_EXPECT_LE(test, rounds, 41u);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
}

/* Rounds are of the lowest class: a request waits for one message of them at most. */
static void call_for_nothing_delays_no_request(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	u64 start_us, worst_us = 0;
	int i;

	engine_start_listening(test, KCS_INTEREST_REPLY);
	engine_set_fault(engine, SIM_FAULT_ATN_STUCK, 0);
	for (i = 0; i < 50; i++) {
		engine_spend(engine, 30 * MS_US);
		start_us = engine_now_us(engine);
		request = engine_submit(test, 0x06, 0x01, 1000);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
		kcs_request_put(request);
		worst_us = max(worst_us, engine_now_us(engine) - start_us);
	}
	KUNIT_EXPECT_LE(test, worst_us, 10 * MS_US);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
	kcs_host_unlisten(engine->host);
}

static struct kcs_request *amid;
static u32 commands_before, commands_after;

static void note_commands(struct kcs_request *request, void *context)
{
	struct engine *engine = context;

	commands_after = engine->kcs.commands;
}

/* A request comes while events are being fetched. */
static void submit_amid(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	struct engine *engine = container_of(listener, struct engine, listener);

	if (atomic_inc_return(&engine->heard) != 3)
		return;
	commands_before = engine->kcs.commands;
	kcs_host_submit(engine->host, amid);
}

static void request_interrupts_a_round(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	amid = engine_request(test, 0x06, 0x01, NULL, 0, 5000);
	kcs_request_set_done(amid, note_commands, engine);
	engine->listener.event = submit_amid;
	engine_set_fault(engine, SIM_FAULT_EVENTS, 0);
	engine_spend(engine, SECOND_US);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_GE(test, engine_heard(engine), 10u);
	KUNIT_EXPECT_EQ(test, engine_end(test, amid, NULL), 0);
	KUNIT_EXPECT_EQ(test, commands_after, commands_before + 1);
}

/* They must not keep the interface busy, and are not lost for all that. */
static void events_that_never_end_are_paced(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 before, rounds;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	before = engine_count(engine, KCS_COUNT_ROUNDS);
	engine_set_fault(engine, SIM_FAULT_EVENTS, 0);
	engine_spend(engine, 10 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), 0);
	kcs_host_unlisten(engine->host);
	rounds = engine_count(engine, KCS_COUNT_ROUNDS) - before;
	KUNIT_EXPECT_GE(test, rounds, IS_ENABLED(CONFIG_KASAN) ? 10u : 20u);
	KUNIT_EXPECT_LE(test, rounds, 41u);
	KUNIT_EXPECT_GE(test, engine_heard(engine), rounds);
	KUNIT_EXPECT_LE(test, engine_heard(engine), rounds * 10);
}

static u32 looks_in(struct kunit *test, enum kcs_interest interest, u64 us)
{
	struct engine *engine = test->priv;
	u32 before;

	kcs_host_expect(engine->host, interest);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	before = engine->looks;
	engine_spend(engine, us);
	return engine->looks - before;
}

static void status_is_read_as_often_as_needed(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 looks;

	engine_start_listening(test, KCS_INTEREST_NONE);
	KUNIT_EXPECT_EQ(test, looks_in(test, KCS_INTEREST_NONE, 60 * SECOND_US), 0u);
	looks = looks_in(test, KCS_INTEREST_EVENTS, 10 * SECOND_US);
	KUNIT_EXPECT_GE(test, looks, 38u);
	KUNIT_EXPECT_LE(test, looks, 42u);
	looks = looks_in(test, KCS_INTEREST_REPLY, SECOND_US);
	KUNIT_EXPECT_GE(test, looks, 80u);
	KUNIT_EXPECT_LE(test, looks, 102u);
	KUNIT_EXPECT_EQ(test, looks_in(test, KCS_INTEREST_NONE, 60 * SECOND_US), 0u);
	kcs_host_unlisten(engine->host);
}

/* Neither SMS_ATN nor an interrupt: the program's question is all there is. */
static void event_that_nothing_shows_is_fetched(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 looks;

	engine_start_listening(test, KCS_INTEREST_NONE);
	engine->hides_attention = true;
	engine_set_flags(engine, EVENT);
	engine_spend(engine, 3 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
	kcs_host_poll_events(engine->host);
	engine_spend(engine, 1500 * MS_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1u);
	/* A program that asks no more is no reason to go on. */
	engine_spend(engine, 3 * SECOND_US);
	looks = engine->looks;
	engine_spend(engine, 60 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine->looks, looks);
	kcs_host_unlisten(engine->host);
}

/* IPMI 1.0 shows some of it so (9.6). */
static void byte_in_idle_asks_for_the_flags(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	engine->hides_attention = true;
	engine_set_flags(engine, EVENT);
	engine_spend(engine, 3 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
	spin_lock_irqsave(&engine->lock, flags);
	engine->kcs.obf = true;
	spin_unlock_irqrestore(&engine->lock, flags);
	engine_spend(engine, SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1u);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
	kcs_host_unlisten(engine->host);
}

static bool is_on_the_wire(struct engine *engine)
{
	/* Without the registers: it is looked at again. */
	return data_race(engine->host->active);
}

/* The end of a message, whose Status shows nothing, does not cancel it. */
static void first_round_comes_whatever_status_shows(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	engine_start_ready(test, "spec");
	engine->hides_attention = true;
	engine_set_pace(engine, 0, 100 * MS_US);
	engine_freeze(engine);
	request = engine_submit(test, 0x06, 0x01, 5000);
	KUNIT_EXPECT_TRUE(test, engine_until(engine, is_on_the_wire));
	KUNIT_EXPECT_EQ(test, kcs_request_err(request), -EINPROGRESS);
	engine_set_flags(engine, EVENT);
	engine_listen(test, KCS_INTEREST_NONE);
	engine_thaw(engine);
	KUNIT_EXPECT_EQ(test, engine_end(test, request, NULL), 0);
	engine_spend(engine, SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1u);
	kcs_host_unlisten(engine->host);
}

/* FFh is what is read where nothing responds. */
static void floating_bus_calls_for_nothing(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 rounds, writes;

	engine_start_listening(test, KCS_INTEREST_REPLY);
	rounds = engine_count(engine, KCS_COUNT_ROUNDS);
	writes = engine->writes;
	engine_set_fault(engine, SIM_FAULT_FLOATING, 0);
	engine_spend(engine, 2 * SECOND_US);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_ROUNDS), rounds);
	KUNIT_EXPECT_EQ(test, engine->writes, writes);
	kcs_host_unlisten(engine->host);
}

/* -- Listeners. ----------------------------------------------------------- */

static struct completion entered, may_leave;
static bool has_left;

static void hear_slowly(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	complete(&entered);
	wait_for_completion(&may_leave);
	WRITE_ONCE(has_left, true);
}

/**
 * struct leaving - somewhere else, the listener leaves
 * @work: does it
 * @host: the interface
 * @left_first: the call of the listener had returned by then
 * @done: it has left
 */
struct leaving {
	struct work_struct work;
	struct kcs_host *host;
	bool left_first;
	bool done;
};

static void unlisten(struct work_struct *work)
{
	struct leaving *leaving = container_of(work, struct leaving, work);

	kcs_host_unlisten(leaving->host);
	leaving->left_first = READ_ONCE(has_left);
	WRITE_ONCE(leaving->done, true);
}

static void unlisten_waits_for_the_listener(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct leaving leaving = { .host = engine->host };
	unsigned long end = jiffies + HZ / 10;

	init_completion(&entered);
	init_completion(&may_leave);
	has_left = false;
	engine_start_listening(test, KCS_INTEREST_EVENTS);
	leaving.host = engine->host;
	engine->listener.event = hear_slowly;
	engine_set_flags(engine, EVENT);
	while (!try_wait_for_completion(&entered))
		engine_let_pass(engine);
	INIT_WORK_ONSTACK(&leaving.work, unlisten);
	queue_work(system_unbound_wq, &leaving.work);
	while (time_before(jiffies, end))
		msleep(20);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(leaving.done));
	complete(&may_leave);
	flush_work(&leaving.work);
	destroy_work_on_stack(&leaving.work);
	KUNIT_EXPECT_TRUE(test, leaving.left_first);
}

static void next_listener_waits_for_nothing_yet(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_REPLY);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &engine->listener), 0);
	engine_spend(engine, 6 * SECOND_US);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, looks_in(test, engine->host->attention.interest,
				       10 * SECOND_US), 0u);
	kcs_host_unlisten(engine->host);
}

static struct kunit_case attention_cases[] = {
	KUNIT_CASE(all_that_it_can_mean_is_served),
	KUNIT_CASE(request_that_shows_it_is_enough),
	KUNIT_CASE(nothing_is_fetched_without_a_listener),
	KUNIT_CASE(call_for_nothing_costs_four_rounds),
	KUNIT_CASE(call_for_nothing_delays_no_request),
	KUNIT_CASE(request_interrupts_a_round),
	KUNIT_CASE(events_that_never_end_are_paced),
	KUNIT_CASE(status_is_read_as_often_as_needed),
	KUNIT_CASE(event_that_nothing_shows_is_fetched),
	KUNIT_CASE(byte_in_idle_asks_for_the_flags),
	KUNIT_CASE(first_round_comes_whatever_status_shows),
	KUNIT_CASE(floating_bus_calls_for_nothing),
	KUNIT_CASE(unlisten_waits_for_the_listener),
	KUNIT_CASE(next_listener_waits_for_nothing_yet),
	{}
};

static struct kunit_suite attention_suite = {
	.name = "kcs_attention",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = attention_cases,
};

kunit_test_suite(attention_suite);
