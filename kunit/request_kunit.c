// SPDX-License-Identifier: GPL-2.0-only
/* A request on its own: what is refused, how it ends, and when its time begins. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>

static struct kcs_request *create(struct kunit *test, u16 len, u32 timeout_ms)
{
	struct kcs_msg msg = { .len = len, .bytes = { 0x18, 0x01 } };
	struct kcs_request *request = kcs_request_create(&msg, KCS_CLASS_USER,
							  timeout_ms, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, request);
	return request;
}

static void message_of_a_wrong_length_is_refused(struct kunit *test)
{
	static const u16 lengths[] = { 0, 1, KCS_MSG_MAX + 1, 0xffff };
	struct engine *engine = test->priv;
	struct kcs_request *request;
	u32 accesses;
	size_t i;

	engine_start_ready(test, "spec");
	accesses = engine->accesses;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		request = create(test, lengths[i], 5000);
		if (i % 2)
			kcs_host_execute(engine->host, request);
		else
			kcs_host_submit(engine->host, request);
		KUNIT_EXPECT_TRUE(test, kcs_request_is_over(request));
		KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -EINVAL);
		kcs_request_put(request);
	}
	KUNIT_EXPECT_EQ(test, engine->accesses, accesses);
}

static void longest_message_is_sent(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	engine_start_ready(test, "spec");
	request = create(test, KCS_MSG_MAX, 5000);
	kcs_host_execute(engine->host, request);
	KUNIT_EXPECT_EQ(test, engine_end(test, request, NULL), 0);
}

static void cancelled_request_keeps_its_reason(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	engine_freeze(engine);
	engine_start_with(test, sim_personalities, SIM_FAULT_SILENCE);
	request = engine_submit(test, 0x06, 0x01, 5000);
	KUNIT_EXPECT_EQ(test, kcs_request_err(request), -EINPROGRESS);
	KUNIT_EXPECT_TRUE(test, kcs_request_end(request, -ECANCELED));
	KUNIT_EXPECT_FALSE(test, kcs_request_end(request, 0));
	KUNIT_EXPECT_EQ(test, kcs_request_err(request), -ECANCELED);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ECANCELED);
	kcs_request_put(request);
}

/* It is submitted long after its creation: the time before does not count. */
static void deadline_counts_from_submission(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	unsigned long submitted;

	engine_freeze(engine);
	engine_start_with(test, sim_personalities, SIM_FAULT_SILENCE);
	request = create(test, 2, 200);
	msleep(300);
	submitted = jiffies;
	kcs_host_submit(engine->host, request);
	KUNIT_EXPECT_FALSE(test, kcs_request_is_over(request));
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, time_before(jiffies, submitted + msecs_to_jiffies(200)));
	kcs_request_put(request);
}

/* Nor does the time between submission and the wait count again. */
static void waiter_waits_for_what_is_left(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	unsigned long submitted;

	engine_freeze(engine);
	engine_start_with(test, sim_personalities, SIM_FAULT_SILENCE);
	submitted = jiffies;
	request = engine_submit(test, 0x06, 0x01, 2000);
	while (time_before(jiffies, submitted + 2 * HZ))
		msleep(100);
	submitted = jiffies;
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, submitted + HZ));
	kcs_request_put(request);
}

/* One that ended before it was submitted, or while it was queued. */
static void ended_request_is_never_sent(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *early, *queued;
	u32 commands;

	engine_start_ready(test, "spec");
	commands = engine->kcs.commands;
	early = create(test, 2, 5000);
	kcs_request_end(early, -ECANCELED);
	kcs_host_execute(engine->host, early);
	KUNIT_EXPECT_EQ(test, engine_end(test, early, NULL), -ECANCELED);

	kcs_host_pause(engine->host);
	kcs_host_resume(engine->host);
	queued = create(test, 2, 5000);
	preempt_disable();
	kcs_host_submit(engine->host, queued);
	kcs_request_end(queued, -ECANCELED);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, engine_end(test, queued, NULL), -ECANCELED);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	engine_spend(engine, 1000000);
	/* The two questions of the search, and nothing else. */
	KUNIT_EXPECT_EQ(test, engine->kcs.commands, commands + 2);
}

static void note_time(struct kcs_request *request, void *context)
{
	struct engine *engine = context;

	engine->ended_us = engine_now_us(engine);
}

/* It waits 600 ms for another, and ends 200 ms before its reply would come. */
static void wait_in_the_queue_is_no_fault_of_the_bmc(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *first, *second, *third;
	u64 began_us;
	u32 probes;

	engine_step(engine);
	engine_start_ready(test, "spec");
	engine_set_pace(engine, 3, 600000);
	probes = engine_count(engine, KCS_COUNT_PROBES);
	first = create(test, 2, 5000);
	second = create(test, 2, 1000);
	third = create(test, 2, 5000);
	kcs_request_set_done(second, note_time, engine);
	engine_freeze(engine);
	began_us = engine_now_us(engine);
	kcs_host_submit(engine->host, first);
	kcs_host_submit(engine->host, second);
	kcs_host_submit(engine->host, third);
	engine_step(engine);
	KUNIT_EXPECT_EQ(test, engine_end(test, first, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine_end(test, second, NULL), -ETIMEDOUT);
	KUNIT_EXPECT_LE(test, engine->ended_us, began_us + 1050000);
	KUNIT_EXPECT_EQ(test, engine_end(test, third, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_PROBES), probes);
}

/* The heartbeat of a watchdog may wait behind it. */
static void busy_answer_is_passed_up_at_once(struct kunit *test)
{
	const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .code = 0xc0,
		.command = 0x0601,
	};
	struct engine *engine = test->priv;
	struct kcs_request *request;
	u64 began_us;
	u8 cc;

	engine_step(engine);
	engine_start_ready(test, "spec");
	engine_set(engine, &busy);
	began_us = engine_now_us(engine);
	request = create(test, 2, 60000);
	kcs_request_set_done(request, note_time, engine);
	kcs_host_execute(engine->host, request);
	KUNIT_EXPECT_EQ(test, engine_end(test, request, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, 0xc0);
	KUNIT_EXPECT_LE(test, engine->ended_us, began_us + 10000);
}

static void send_next(struct kcs_request *request, void *context)
{
	struct kcs_request *next = context;
	struct engine *engine = next->context;

	kcs_host_execute(engine->host, next);
}

static void ignore_end(struct kcs_request *request, void *context)
{
}

/* The registers are free by then, so it is driven at once. */
static void completion_may_send_the_next_request(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *first, *next;

	engine_start_ready(test, "spec");
	first = create(test, 2, 5000);
	next = create(test, 2, 5000);
	kcs_request_set_done(first, send_next, next);
	kcs_request_set_done(next, ignore_end, engine);
	kcs_host_execute(engine->host, first);
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(next));
	KUNIT_EXPECT_EQ(test, engine_end(test, next, NULL), 0);
	KUNIT_EXPECT_EQ(test, engine_end(test, first, NULL), 0);
}

/* It waits because firmware's next request may come: time stands still. */
static void pause_ends_queued_requests(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *queued, *aml;
	struct kcs_msg msg;

	engine_start_ready(test, "spec");
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, 0x06, 0x01, NULL, 0), 0);
	engine_set_pace(engine, 0, 0);
	engine_freeze(engine);
	aml = kcs_request_create(&msg, KCS_CLASS_AML, 5000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, aml);
	kcs_host_execute(engine->host, aml);
	KUNIT_EXPECT_EQ(test, engine_end(test, aml, NULL), 0);
	queued = engine_submit(test, 0x30, 0xee, 5000);
	KUNIT_EXPECT_FALSE(test, kcs_request_is_over(queued));
	kcs_host_pause(engine->host);
	KUNIT_EXPECT_EQ(test, kcs_request_err(queued), -EHOSTDOWN);
	kcs_request_put(queued);
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(message_of_a_wrong_length_is_refused),
	KUNIT_CASE(longest_message_is_sent),
	KUNIT_CASE(cancelled_request_keeps_its_reason),
	KUNIT_CASE(deadline_counts_from_submission),
	KUNIT_CASE(waiter_waits_for_what_is_left),
	KUNIT_CASE(ended_request_is_never_sent),
	KUNIT_CASE(wait_in_the_queue_is_no_fault_of_the_bmc),
	KUNIT_CASE(busy_answer_is_passed_up_at_once),
	KUNIT_CASE(completion_may_send_the_next_request),
	KUNIT_CASE(pause_ends_queued_requests),
	{}
};

static struct kunit_suite request_suite = {
	.name = "kcs_request",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
