// SPDX-License-Identifier: GPL-2.0-only
/* What the BMC calls for, when there is much of it, or much other traffic. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/preempt.h>
#include <linux/sort.h>

#define MESSAGE		0x01
#define EVENT		0x02

#define MS_US		1000ull
#define SECOND_US	1000000ull

#define IN_A_ROW_MAX	100

static int compare(const void *left, const void *right)
{
	u64 a = *(const u64 *)left, b = *(const u64 *)right;

	return a < b ? -1 : a > b;
}

/* The next comes when one was heard. None takes much longer than the others. */
static void hear_in_a_row(struct kunit *test, u8 flag, u32 count, u64 most_us)
{
	struct engine *engine = test->priv;
	u64 took_us[IN_A_ROW_MAX], start_us;
	u32 i;

	for (i = 0; i < count; i++) {
		KUNIT_EXPECT_TRUE(test, engine_settle(engine));
		start_us = engine_now_us(engine);
		engine_set_flags(engine, flag);
		while (engine_heard(engine) <= i && engine_now_us(engine) < start_us + SECOND_US)
			engine_spend(engine, MS_US / 4);
		took_us[i] = engine_now_us(engine) - start_us;
	}
	KUNIT_EXPECT_EQ(test, engine_heard(engine), count);
	sort(took_us, count, sizeof(*took_us), compare, NULL);
	KUNIT_EXPECT_LE(test, took_us[count - 1], 3 * took_us[count / 2]);
	KUNIT_EXPECT_LE(test, took_us[count - 1], most_us);
}

/* More of them than there may be rounds without a pause. */
static void messages_in_a_row_are_not_delayed(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_REPLY);
	hear_in_a_row(test, MESSAGE, IN_A_ROW_MAX, 20 * MS_US);
	kcs_host_unlisten(engine->host);
}

static void events_in_a_row_are_not_delayed(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	hear_in_a_row(test, EVENT, 8, 255 * MS_US);
	kcs_host_unlisten(engine->host);
}

/* Two requests, one of which is queued while the other is on the wire. */
struct flood {
	struct engine *engine;
	u32 left;
};

static void flood_send(struct flood *flood);

static void flood_go_on(struct kcs_request *request, void *context)
{
	flood_send(context);
	kcs_request_put(request);
}

static void flood_send(struct flood *flood)
{
	struct kcs_request *request;
	struct kcs_msg msg;

	if (!flood->left || engine_heard(flood->engine))
		return;
	flood->left--;
	kcs_msg_request(&msg, 0x06, 0x01, NULL, 0);
	request = kcs_request_create(&msg, KCS_CLASS_USER, 5000, GFP_ATOMIC);
	if (!request)
		return;
	kcs_request_set_done(request, flood_go_on, flood);
	kcs_host_submit(flood->engine->host, request);
}

/* The queue is never empty. */
static void flood_keeps_no_event_away(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct flood flood = { engine, 1000 };

	engine_start_listening(test, KCS_INTEREST_EVENTS);
	engine_set_pace(engine, 3, 1000);
	engine_set_flags(engine, EVENT);
	preempt_disable();
	flood_send(&flood);
	flood_send(&flood);
	preempt_enable();
	engine_spend(engine, SECOND_US);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 1u);
	KUNIT_EXPECT_GE(test, flood.left, 900u);
	kcs_host_unlisten(engine->host);
}

static struct kunit_case attention_load_cases[] = {
	KUNIT_CASE(messages_in_a_row_are_not_delayed),
	KUNIT_CASE(events_in_a_row_are_not_delayed),
	KUNIT_CASE(flood_keeps_no_event_away),
	{}
};

static struct kunit_suite attention_load_suite = {
	.name = "kcs_attention_load",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = attention_load_cases,
};

kunit_test_suite(attention_load_suite);
