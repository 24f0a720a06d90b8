// SPDX-License-Identifier: GPL-2.0-only
/* What the BMC has to say by SMS_ATN, and how often it is looked for. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

static struct kcs_listener listener;
static atomic_t heard_events;

static void hear(struct kcs_listener *who, const struct kcs_msg *reply)
{
	atomic_inc(&heard_events);
}

static void hear_pretimeout(struct kcs_listener *who)
{
	atomic_add(100, &heard_events);
}

static void hear_oem(struct kcs_listener *who, u8 flags)
{
	atomic_add(1000, &heard_events);
}

static void listen(struct kunit *test)
{
	struct engine *engine = test->priv;

	listener = (struct kcs_listener){ hear, hear, hear_pretimeout, hear_oem };
	atomic_set(&heard_events, 0);
	engine_start(test, sim_personalities);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &listener), 0);
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &listener), -EBUSY);
	kcs_host_expect(engine->host, KCS_INTEREST_EVENTS);
}

static int ask(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	struct kcs_msg msg;
	int err;

	KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, 0x06, 0x01, NULL, 0), 0);
	request = kcs_request_create(&msg, KCS_CLASS_USER, 5000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, request);
	kcs_host_submit(engine->host, request);
	err = kcs_request_wait(request);
	kcs_request_put(request);
	return err;
}

static bool await_heard(int heard)
{
	unsigned long end = jiffies + 10 * HZ;

	while (atomic_read(&heard_events) < heard && time_before(jiffies, end))
		msleep(20);
	return atomic_read(&heard_events) >= heard;
}

static void attention_is_paid_to_all_it_can_mean(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	listen(test);
	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.message_len = 8;
	engine->bmc.flags = 0x01 | 0x02 | 0x08 | 0x20;
	spin_unlock_irqrestore(&engine->lock, flags);
	KUNIT_EXPECT_TRUE(test, await_heard(1102));
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_EQ(test, atomic_read(&heard_events), 1102);
	KUNIT_EXPECT_EQ(test, engine->bmc.flags, 0);
}

static void nobody_listens_and_nothing_is_fetched(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	listen(test);
	kcs_host_unlisten(engine->host);
	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.flags = 0x02;
	spin_unlock_irqrestore(&engine->lock, flags);
	KUNIT_EXPECT_EQ(test, ask(test), 0);
	msleep(600);
	KUNIT_EXPECT_EQ(test, atomic_read(&heard_events), 0);
	KUNIT_EXPECT_EQ(test, engine->bmc.flags, 0x02);
}

/* One round, then a rest of 250 ms: in a second not more than five. */
static void attention_for_nothing_is_not_paid_often(struct kunit *test)
{
	static const enum sim_fault_kind kinds[] = {
		SIM_FAULT_ATN_STUCK, SIM_FAULT_EVENTS,
	};
	struct engine *engine = test->priv;
	u64 rounds, start_us, spent_us;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		listen(test);
		engine_set_fault(engine, kinds[i], 0);
		start_us = engine_now_us(engine);
		msleep(1500);
		kcs_host_unlisten(engine->host);
		spent_us = engine_now_us(engine) - start_us;
		rounds = engine_count(engine, KCS_COUNT_ROUNDS);
		KUNIT_EXPECT_GE(test, rounds, 2ull);
		KUNIT_EXPECT_LE(test, rounds, spent_us / 250000 + 1);
		KUNIT_EXPECT_LE(test, atomic_read(&heard_events), (int)rounds * 10);
	}
}

static u32 looks_while(struct kunit *test, enum kcs_interest interest, u32 ms)
{
	struct engine *engine = test->priv;
	u32 before;

	kcs_host_expect(engine->host, interest);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	before = READ_ONCE(engine->looks);
	msleep(ms);
	return READ_ONCE(engine->looks) - before;
}

static void status_is_looked_at_as_often_as_needed(struct kunit *test)
{
	struct engine *engine = test->priv;

	listen(test);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, looks_while(test, KCS_INTEREST_NONE, 600), 0u);
	KUNIT_EXPECT_GE(test, looks_while(test, KCS_INTEREST_EVENTS, 1100), 2u);
	KUNIT_EXPECT_GE(test, looks_while(test, KCS_INTEREST_REPLY, 600), 20u);
	kcs_host_unlisten(engine->host);
}

/* Nothing shows them: the program's question is all there is. */
static void event_that_nothing_shows_is_fetched(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	listen(test);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	spin_lock_irqsave(&engine->lock, flags);
	engine->hides_attention = true;
	engine->bmc.flags = 0x02;
	spin_unlock_irqrestore(&engine->lock, flags);
	kcs_host_poll_events(engine->host);
	KUNIT_EXPECT_TRUE(test, await_heard(1));
	kcs_host_unlisten(engine->host);
}

/* One after the other: none is delayed by a pause. */
static void messages_in_a_row_are_not_delayed(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;
	u64 start_us;
	int i;

	listen(test);
	kcs_host_expect(engine->host, KCS_INTEREST_REPLY);
	KUNIT_EXPECT_TRUE(test, await_heard(0));
	for (i = 1; i <= 40; i++) {
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		spin_lock_irqsave(&engine->lock, flags);
		engine->bmc.message_len = 8;
		engine->bmc.flags = 0x01;
		spin_unlock_irqrestore(&engine->lock, flags);
		start_us = engine_now_us(engine);
		KUNIT_EXPECT_EQ(test, ask(test), 0);
		while (atomic_read(&heard_events) < i &&
		       engine_now_us(engine) < start_us + 400000)
			usleep_range(100, 200);
		KUNIT_EXPECT_LE_MSG(test, engine_now_us(engine) - start_us, 150000ull,
				    "message %d", i);
	}
	kcs_host_unlisten(engine->host);
}

static void floating_bus_calls_for_nothing(struct kunit *test)
{
	struct engine *engine = test->priv;
	u64 rounds;

	listen(test);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	rounds = engine_count(engine, KCS_COUNT_ROUNDS);
	kcs_host_expect(engine->host, KCS_INTEREST_REPLY);
	engine_set_fault(engine, SIM_FAULT_FLOATING, 0);
	msleep(200);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_ROUNDS), rounds);
	kcs_host_unlisten(engine->host);
}

/* The BMC says nothing of its restart, and has forgotten what it was told. */
static void bmc_that_forgot_is_told_again(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	listen(test);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x04);
	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.enables = 0;
	spin_unlock_irqrestore(&engine->lock, flags);
	engine_pass(engine, 5000000);
	KUNIT_EXPECT_EQ(test, ask(test), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x04);
	kcs_host_unlisten(engine->host);
}

/* The other bits are as they were: the BMC logs on. */
static void enables_are_left_as_they_were_found(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	listen(test);
	spin_lock_irqsave(&engine->lock, flags);
	engine->bmc.enables |= 0x08;
	spin_unlock_irqrestore(&engine->lock, flags);
	engine_pass(engine, 5000000);
	KUNIT_EXPECT_EQ(test, ask(test), 0);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x0c);
	kcs_host_unlisten(engine->host);
	engine_stop(engine);
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x08);
}

/* It was busy when it was told to keep events. */
static void busy_bmc_keeps_events_all_the_same(struct kunit *test)
{
	const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .code = 0xc0,
		.command = 0x062e, .times = 3,
	};
	struct engine *engine = test->priv;
	unsigned long end = jiffies + 10 * HZ;

	engine_start(test, sim_personalities);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	engine_set(engine, &busy);
	listener = (struct kcs_listener){ hear, hear, hear_pretimeout, hear_oem };
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &listener), 0);
	while (!READ_ONCE(engine->bmc.enables) && time_before(jiffies, end))
		msleep(20);
	KUNIT_EXPECT_EQ(test, engine->bmc.enables, 0x04);
	kcs_host_unlisten(engine->host);
}

static void next_listener_waits_for_nothing_yet(struct kunit *test)
{
	struct engine *engine = test->priv;

	listen(test);
	kcs_host_expect(engine->host, KCS_INTEREST_REPLY);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &listener), 0);
	KUNIT_EXPECT_EQ(test, engine->host->attention.interest, KCS_INTEREST_NONE);
	kcs_host_unlisten(engine->host);
}

static struct kunit_case attention_cases[] = {
	KUNIT_CASE(attention_is_paid_to_all_it_can_mean),
	KUNIT_CASE(nobody_listens_and_nothing_is_fetched),
	KUNIT_CASE(attention_for_nothing_is_not_paid_often),
	KUNIT_CASE(status_is_looked_at_as_often_as_needed),
	KUNIT_CASE(event_that_nothing_shows_is_fetched),
	KUNIT_CASE(messages_in_a_row_are_not_delayed),
	KUNIT_CASE(floating_bus_calls_for_nothing),
	KUNIT_CASE(bmc_that_forgot_is_told_again),
	KUNIT_CASE(enables_are_left_as_they_were_found),
	KUNIT_CASE(busy_bmc_keeps_events_all_the_same),
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
