// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interface on a script: its queue, its engine, its going away. Time is the
 * script's; where a test needs a transfer to be on its way, time stands still.
 */
#include "../drivers/core/host.h"
#include "../drivers/core/request.h"
#include "script.h"

#include <kcs/host.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/notifier.h>
#include <linux/sched.h>

/**
 * struct bench - an interface on a script
 * @dev: what the interface belongs to
 * @script: the BMC
 * @host: the interface, while there is one
 * @id: Get Device ID, which the probe sends ...
 * @test: ... after Get Self Test
 * @echo: a request of the tests
 * @nb: hears of readiness
 * @heard: times that our interface became ready
 * @added: our interface, once it was added
 * @was_early: it was ready before it was added
 * @ready: complete at the first
 * @queued: a request that has to be over when others hear of the removal
 * @was_over: whether it was
 */
struct bench {
	struct device *dev;
	struct script *script;
	struct kcs_host *host;
	struct kcs_msg id;
	struct kcs_msg test;
	struct kcs_msg echo;
	struct notifier_block nb;
	u32 heard;
	struct kcs_host *added;
	bool was_early;
	struct completion ready;
	struct kcs_request *queued;
	bool was_over;
};

static const u8 device_id[] = {
	0x1c, 0x01, 0x00, 0x20, 0x01, 0x02, 0x34, 0x02,
	0xbf, 0x57, 0x01, 0x00, 0xcd, 0xab,
};

static const u8 self_test[] = { 0x1c, 0x04, 0x00, 0x55, 0x00 };
static const u8 not_ready[] = { 0x1c, 0x01, 0xd2 };
static const u8 echoed[] = { 0xc4, 0xee, 0x00, 0x55 };

static int on_event(struct notifier_block *nb, unsigned long event, void *host)
{
	struct bench *bench = container_of(nb, struct bench, nb);

	/* The machine may have an interface of its own. */
	if (kcs_host_device(host) != bench->dev)
		return NOTIFY_DONE;
	if (event == KCS_HOST_ADDED) {
		msleep(20);	/* its engine would have the time to be ready */
		WRITE_ONCE(bench->added, host);
	}
	if (event == KCS_HOST_READY) {
		bench->was_early |= !READ_ONCE(bench->added);
		bench->heard++;
		complete_all(&bench->ready);
	}
	if (event == KCS_HOST_REMOVED && bench->queued)
		bench->was_over = kcs_request_is_over(bench->queued);
	return NOTIFY_OK;
}

static int bench_init(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	const u8 data = 0x55;

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->dev = root_device_register("kcs_test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(bench->dev));
	test->priv = bench;
	bench->script = script_create(test);
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->id, 0x06, 0x01, NULL, 0), 0);
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->test, 0x06, 0x04, NULL, 0), 0);
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->echo, 0x30, 0xee, &data, 1), 0);
	init_completion(&bench->ready);
	bench->nb.notifier_call = on_event;
	KUNIT_ASSERT_EQ(test, kcs_host_notify(&bench->nb), 0);
	return 0;
}

static void remove_host(struct bench *bench)
{
	if (bench->host)
		kcs_host_remove(bench->host);
	bench->host = NULL;
}

static void bench_exit(struct kunit *test)
{
	struct bench *bench = test->priv;

	if (!bench)
		return;
	remove_host(bench);
	kcs_host_unnotify(&bench->nb);
	root_device_unregister(bench->dev);
}

static void start(struct kunit *test)
{
	struct bench *bench = test->priv;
	const struct kcs_host_setup setup = {
		.io = &bench->script->io, .clock = &bench->script->clock,
	};

	bench->host = kcs_host_create(bench->dev, &setup);
	KUNIT_ASSERT_FALSE(test, IS_ERR(bench->host));
}

/* Two questions, and a look at Status before each. */
static void script_add_probe(struct bench *bench, const u8 *id, size_t len)
{
	SCRIPT(bench->script, S(0x00));
	script_add_exchange(bench->script, &bench->test, self_test,
			    sizeof(self_test));
	SCRIPT(bench->script, S(0x00));
	script_add_exchange(bench->script, &bench->id, id, len);
}

static struct kcs_request *create(struct kunit *test, u32 timeout_ms)
{
	struct bench *bench = test->priv;
	struct kcs_request *request = kcs_request_create(&bench->echo, KCS_CLASS_USER,
							  timeout_ms, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, request);
	return request;
}

/* With preemption off the thread drives it. */
static void send(struct kcs_host *host, struct kcs_request *request)
{
	preempt_disable();
	kcs_host_submit(host, request);
	preempt_enable();
}

static struct kcs_request *submit(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *request = create(test, 5000);

	send(bench->host, request);
	return request;
}

/* Time passes while the interface has no message in flight. */
static void let_time_pass(struct bench *bench)
{
	struct script *script = bench->script;

	if (!bench->host || READ_ONCE(script->frozen) ||
	    !rt_mutex_trylock(&bench->host->registers))
		return;
	WRITE_ONCE(script->now_us, script->now_us + 10000);
	rt_mutex_unlock(&bench->host->registers);
	kcs_wake_up(&bench->host->work);
}

static void expect_end(struct kunit *test, struct kcs_request *request, int err)
{
	unsigned long end = jiffies + 10 * HZ;

	while (!kcs_request_is_over(request) && time_before(jiffies, end)) {
		let_time_pass(test->priv);
		usleep_range(50, 100);
	}
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), err);
	kcs_request_put(request);
}

/* The engine is in the middle of a transfer to a silent BMC, and stays there. */
static void start_frozen(struct kunit *test)
{
	struct bench *bench = test->priv;

	bench->script->frozen = true;
	SCRIPT(bench->script, FOR_EVER(0x02));
	start(test);
}

/* -- The probe. ----------------------------------------------------------- */

static void bmc_that_answers_is_ready_once(struct kunit *test)
{
	struct bench *bench = test->priv;

	script_add_probe(bench, device_id, sizeof(device_id));
	start(test);
	KUNIT_EXPECT_NE(test, 0ul, wait_for_completion_timeout(&bench->ready, 10 * HZ));
	KUNIT_EXPECT_TRUE(test, kcs_host_is_ready(bench->host));
	remove_host(bench);
	KUNIT_EXPECT_EQ(test, bench->heard, 1u);
	KUNIT_EXPECT_FALSE(test, bench->was_early);
	script_expect_done(bench->script);
}

static void bmc_that_initialises_is_not_ready(struct kunit *test)
{
	struct bench *bench = test->priv;
	int i;

	script_add_probe(bench, not_ready, sizeof(not_ready));
	/* Asked again after 10, 20, 40 ... 500 ms, until a second and a half passed. */
	for (i = 0; i < 8; i++) {
		SCRIPT(bench->script, S(0x00));
		script_add_exchange(bench->script, &bench->id, not_ready,
				    sizeof(not_ready));
	}
	SCRIPT(bench->script, FOR_EVER(0x00));
	start(test);
	expect_end(test, submit(test), -EHOSTDOWN);
	KUNIT_EXPECT_FALSE(test, kcs_host_is_ready(bench->host));
	remove_host(bench);
	KUNIT_EXPECT_EQ(test, bench->heard, 0u);
}

/* -- Requests. ------------------------------------------------------------ */

static void request_gets_its_reply(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *request;

	script_add_probe(bench, device_id, sizeof(device_id));
	script_add_exchange(bench->script, &bench->echo, echoed, sizeof(echoed));
	start(test);
	request = submit(test);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	KUNIT_EXPECT_EQ(test, kcs_request_reply(request)->len,
			(u16)sizeof(echoed));
	KUNIT_EXPECT_EQ(test, 0, memcmp(kcs_request_reply(request)->bytes,
					echoed, sizeof(echoed)));
	kcs_request_put(request);
	script_expect_done(bench->script);
}

static void requests_are_served_in_order(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *requests[3];
	u8 i;

	script_add_probe(bench, device_id, sizeof(device_id));
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		const u8 reply[] = { 0xc4, 0xee, 0x00, i };

		KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->echo, 0x30, 0xee,
						      &i, 1), 0);
		script_add_exchange(bench->script, &bench->echo, reply,
				    sizeof(reply));
	}
	start(test);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		bench->echo.bytes[2] = i;
		requests[i] = submit(test);
	}
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		KUNIT_EXPECT_EQ(test, kcs_request_wait(requests[i]), 0);
		KUNIT_EXPECT_EQ(test, kcs_request_reply(requests[i])->bytes[3], i);
		kcs_request_put(requests[i]);
	}
	script_expect_done(bench->script);
}

static void held_requests_end_with_the_first_search(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *requests[8];
	size_t i;

	bench->script->frozen = true;
	SCRIPT(bench->script, FOR_EVER(0x82));
	start(test);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		requests[i] = submit(test);
	WRITE_ONCE(bench->script->frozen, false);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		expect_end(test, requests[i], -EHOSTDOWN);
	expect_end(test, submit(test), -EHOSTDOWN);
	KUNIT_EXPECT_FALSE(test, kcs_host_is_ready(bench->host));
	remove_host(bench);
	KUNIT_EXPECT_LE(test, bench->script->now_us, 3500000ull);
	KUNIT_EXPECT_FALSE(test, bench->script->off);
}

static void full_queue_refuses_at_once(struct kunit *test)
{
	struct kcs_request **requests =
		kunit_kcalloc(test, KCS_HOST_QUEUE_MAX, sizeof(*requests),
			      GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, requests);
	start_frozen(test);
	for (i = 0; i < KCS_HOST_QUEUE_MAX; i++)
		requests[i] = submit(test);
	expect_end(test, submit(test), -EBUSY);
	remove_host(test->priv);
	for (i = 0; i < KCS_HOST_QUEUE_MAX; i++)
		expect_end(test, requests[i], -ENODEV);
}

/* The engine looks at the script's step @at, and finds nothing new there. */
static void await_step(struct kunit *test, size_t at)
{
	struct bench *bench = test->priv;
	unsigned long end = jiffies + 10 * HZ;

	while (READ_ONCE(bench->script->at) < at && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_ASSERT_EQ(test, READ_ONCE(bench->script->at), at);
}

static void late_reply_is_discarded(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct script *script = bench->script;
	const u8 own[] = { 0xc4, 0xee, 0x00, 0x77 };
	struct kcs_request *request;
	size_t thinking;

	script->frozen = true;
	script_add_probe(bench, device_id, sizeof(device_id));
	script_add_request(script, &bench->echo);
	thinking = script->count;
	SCRIPT(script, STAY(0x82, 1000));
	script_add_reply(script, echoed, sizeof(echoed));
	script_add_exchange(script, &bench->echo, own, sizeof(own));
	start(test);
	request = submit(test);
	await_step(test, thinking);
	kcs_request_end(request, -ECANCELED);
	expect_end(test, request, -ECANCELED);

	request = submit(test);
	WRITE_ONCE(script->frozen, false);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	KUNIT_EXPECT_EQ(test, kcs_request_reply(request)->bytes[3], 0x77);
	kcs_request_put(request);
	script_expect_done(script);
}

static void waiter_leaves_at_its_deadline(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *request;

	start_frozen(test);
	request = create(test, 20);
	send(bench->host, request);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ETIMEDOUT);
	kcs_request_put(request);
}

/* -- Going away. ---------------------------------------------------------- */

static void removal_is_told_after_the_queue_has_ended(struct kunit *test)
{
	struct bench *bench = test->priv;

	start_frozen(test);
	bench->queued = submit(test);
	remove_host(bench);
	KUNIT_EXPECT_TRUE(test, bench->was_over);
	expect_end(test, bench->queued, -ENODEV);
	bench->queued = NULL;
}

static void removal_ends_all_requests(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *requests[4];
	size_t i;

	start_frozen(test);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		requests[i] = submit(test);
	remove_host(bench);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		expect_end(test, requests[i], -ENODEV);
	KUNIT_EXPECT_FALSE(test, bench->script->off);
}

static void removed_interface_refuses_its_holders(struct kunit *test)
{
	struct bench *bench = test->priv;
	struct kcs_request *request;
	struct kcs_host *held, *first;
	u32 clock_reads;

	start_frozen(test);
	held = kcs_host_get(bench->host);
	remove_host(bench);
	clock_reads = bench->script->clock_reads;
	first = kcs_host_find(NULL, NULL);
	KUNIT_EXPECT_PTR_NE(test, first, held);
	if (first)
		kcs_host_put(first);

	request = create(test, 5000);
	send(held, request);
	expect_end(test, request, -ENODEV);
	KUNIT_EXPECT_EQ(test, bench->script->clock_reads, clock_reads);
	kcs_host_put(held);
}

static struct kunit_case host_cases[] = {
	KUNIT_CASE(bmc_that_answers_is_ready_once),
	KUNIT_CASE(bmc_that_initialises_is_not_ready),
	KUNIT_CASE(request_gets_its_reply),
	KUNIT_CASE(requests_are_served_in_order),
	KUNIT_CASE(held_requests_end_with_the_first_search),
	KUNIT_CASE(full_queue_refuses_at_once),
	KUNIT_CASE(late_reply_is_discarded),
	KUNIT_CASE(waiter_leaves_at_its_deadline),
	KUNIT_CASE(removal_is_told_after_the_queue_has_ended),
	KUNIT_CASE(removal_ends_all_requests),
	KUNIT_CASE(removed_interface_refuses_its_holders),
	{}
};

static struct kunit_suite host_suite = {
	.name = "kcs_host",
	.init = bench_init,
	.exit = bench_exit,
	.test_cases = host_cases,
};

kunit_test_suite(host_suite);
