// SPDX-License-Identifier: GPL-2.0-only
/* What the BMC has to say by SMS_ATN, and how often it is looked for. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

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

/* When Status was looked at, it is time for the next look. */
static void status_is_looked_at_more_often_while_somebody_waits(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct timer_list *timer;
	unsigned long before, due;

	listen(test);
	timer = &engine->host->watch.timer;
	kcs_host_expect(engine->host, true);
	flush_workqueue(engine->host->wq);
	due = READ_ONCE(timer->expires);
	KUNIT_EXPECT_FALSE(test, time_after(due, jiffies + msecs_to_jiffies(10)));

	before = jiffies;
	kcs_host_expect(engine->host, false);
	flush_workqueue(engine->host->wq);
	due = READ_ONCE(timer->expires);
	KUNIT_EXPECT_FALSE(test, time_before(due, before + msecs_to_jiffies(250)));
}

static void who_listens_next_does_not_wait(struct kunit *test)
{
	struct engine *engine = test->priv;

	listen(test);
	kcs_host_expect(engine->host, true);
	kcs_host_unlisten(engine->host);
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &listener), 0);
	KUNIT_EXPECT_FALSE(test, engine->host->expecting);
	kcs_host_unlisten(engine->host);
}

static struct kunit_case events_cases[] = {
	KUNIT_CASE(attention_is_paid_to_all_it_can_mean),
	KUNIT_CASE(nobody_listens_and_nothing_is_fetched),
	KUNIT_CASE(attention_for_nothing_is_not_paid_often),
	KUNIT_CASE(status_is_looked_at_more_often_while_somebody_waits),
	KUNIT_CASE(who_listens_next_does_not_wait),
	{}
};

static struct kunit_suite events_suite = {
	.name = "kcs_events",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = events_cases,
};

kunit_test_suite(events_suite);
