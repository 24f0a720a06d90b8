// SPDX-License-Identifier: GPL-2.0-only
/* Requests that are carried by whoever hands them in, and those that are not. */
#include "../drivers/core/request.h"
#include "engine.h"

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#define TIMEOUT_MS	5000

/* 20 looks in vain, and what goes before them. */
#define FEW_ACCESSES	60

#define THREADS		4
#define ECHOES		500

/**
 * struct errand - a request and who ended it
 * @request: the request
 * @who: the task
 */
struct errand {
	struct kcs_request *request;
	const struct task_struct *who;
};

static void note_who(struct kcs_request *request, void *context)
{
	struct errand *errand = context;

	WRITE_ONCE(errand->who, current);
}

static void send(struct kunit *test, struct errand *errand,
		 enum kcs_class class, u8 netfn, u8 cmd)
{
	struct engine *engine = test->priv;
	struct kcs_msg msg;

	errand->who = NULL;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, netfn, cmd, NULL, 0), 0);
	errand->request = kcs_request_create(&msg, class, TIMEOUT_MS, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, errand->request);
	kcs_request_set_done(errand->request, note_who, errand);
	kcs_host_submit(engine->host, errand->request);
}

/* Ends with @err; says whether it was the submitter who ended it. */
static bool ended_here(struct kunit *test, struct errand *errand, int err)
{
	KUNIT_EXPECT_EQ(test, kcs_request_wait(errand->request), err);
	kcs_request_put(errand->request);
	while (!READ_ONCE(errand->who))
		cond_resched();
	return errand->who == current;
}

static void set_pace(struct engine *engine, u32 byte_us, u32 think_us)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	engine->kcs.byte.min_us = byte_us;
	engine->kcs.byte.max_us = byte_us;
	engine->kcs.think.min_us = think_us;
	engine->kcs.think.max_us = think_us;
	spin_unlock_irqrestore(&engine->lock, flags);
}

/* Ready, and nothing is going on. */
static void start(struct kunit *test, u32 byte_us, u32 think_us)
{
	struct engine *engine = test->priv;

	engine_start(test, sim_personalities);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	flush_workqueue(engine->host->wq);
	set_pace(engine, byte_us, think_us);
}

static void bmc_that_answers_at_once_is_asked_by_the_submitter(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	send(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_ANSWERED), 1u);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

/* Time stands still while it is handed in: only a bound on looks ends that. */
static void bmc_that_takes_its_time_is_left_to_the_workqueue(struct kunit *test)
{
	static const struct {
		u32 byte_us, think_us;
	} paces[] = { { 30, 0 }, { 0, 50000 }, { 1000, 1000 } };
	struct engine *engine = test->priv;
	struct errand errand;
	u32 before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paces); i++) {
		start(test, paces[i].byte_us, paces[i].think_us);
		engine_freeze(engine);
		before = engine->accesses;
		send(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
		KUNIT_EXPECT_LE(test, engine->accesses - before, (u32)FEW_ACCESSES);
		KUNIT_EXPECT_FALSE(test, kcs_request_is_over(errand.request));
		engine_thaw(engine);
		KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
		KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
	}
}

static void answer_that_means_more_is_judged_on_the_workqueue(struct kunit *test)
{
	const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .code = 0xc0,
		.command = 0x30ee, .times = 1,
	};
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	engine_set(engine, &busy);
	send(test, &errand, KCS_CLASS_USER, 0x30, 0xee);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 1u);

	flush_workqueue(engine->host->wq);
	send(test, &errand, KCS_CLASS_USER, 0x06, 0x02);	/* Cold Reset */
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_MAINTENANCE);
}

static void reply_that_is_another_ones_is_asked_for_again(struct kunit *test)
{
	const struct sim_fault foreign = {
		.kind = SIM_FAULT_COMMAND, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND, .times = 1,
	};
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	engine_set(engine, &foreign);
	send(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 1u);
}

/* Firmware's first request was carried at once, and time stands still. */
static void start_burst(struct kunit *test)
{
	struct errand errand;

	start(test, 0, 0);
	engine_freeze(test->priv);
	send(test, &errand, KCS_CLASS_AML, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
}

/* After the workqueue looked at it once more. */
static bool still_waits(struct engine *engine, const struct errand *errand)
{
	u32 before = READ_ONCE(engine->naps);

	while (READ_ONCE(engine->naps) - before < 2 &&
	       !kcs_request_is_over(errand->request))
		cond_resched();
	return !kcs_request_is_over(errand->request);
}

/* Its first request is carried at once, its second by the workqueue. */
static void burst_of_firmware_is_not_broken_into(struct kunit *test)
{
	struct errand other, second;
	struct engine *engine = test->priv;

	start_burst(test);
	engine_pass(engine, 1000);
	send(test, &other, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, still_waits(engine, &other));
	send(test, &second, KCS_CLASS_AML, 0x06, 0x01);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &second, 0));
	engine_pass(engine, 1500);
	KUNIT_EXPECT_TRUE(test, still_waits(engine, &other));
	engine_pass(engine, 500);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &other, 0));
	engine_thaw(engine);
}

static void burst_of_firmware_is_over_after_a_moment(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start_burst(test);
	engine_pass(engine, 2000);
	send(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
	engine_thaw(engine);
}

/* Whoever was passed too often goes before firmware, and is not waited with. */
static void burst_that_others_have_to_break_into_holds_nobody_up(struct kunit *test)
{
	struct errand other, next;
	struct engine *engine = test->priv;
	int i;

	start_burst(test);
	send(test, &other, KCS_CLASS_USER, 0x06, 0x01);
	for (i = 0; i < KCS_QUEUE_PASSED_MAX; i++) {
		KUNIT_EXPECT_TRUE(test, still_waits(engine, &other));
		send(test, &next, KCS_CLASS_AML, 0x06, 0x01);
		KUNIT_EXPECT_FALSE(test, ended_here(test, &next, 0));
	}
	KUNIT_EXPECT_TRUE(test, still_waits(engine, &other));
	send(test, &next, KCS_CLASS_AML, 0x06, 0x01);
	KUNIT_EXPECT_FALSE(test, still_waits(engine, &other));
	engine_thaw(engine);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &other, 0));
	KUNIT_EXPECT_FALSE(test, ended_here(test, &next, 0));
}

static void burst_is_firmwares_only(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;
	int i;

	start(test, 0, 0);
	engine_freeze(engine);
	for (i = 0; i < 2; i++) {
		send(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
		KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
	}
	engine_thaw(engine);
}

/* -- Going away while the workqueue is late. ------------------------------ */

/**
 * struct plug - keeps a workqueue busy until a request is over, or for 2 s
 * @work: what it does
 * @request: the request
 */
struct plug {
	struct work_struct work;
	struct kcs_request *request;
};

static void be_busy(struct work_struct *work)
{
	struct plug *plug = container_of(work, struct plug, work);
	unsigned long end = jiffies + 2 * HZ;

	while (time_before(jiffies, end)) {
		struct kcs_request *request = READ_ONCE(plug->request);

		if (request && kcs_request_is_over(request))
			break;
		msleep(20);
	}
}

/* A request that was begun, and that nobody goes on with. */
static void begin(struct kunit *test, struct plug *plug, struct errand *errand)
{
	struct engine *engine = test->priv;

	start(test, 0, 3000000);
	plug->request = NULL;
	INIT_WORK_ONSTACK(&plug->work, be_busy);
	queue_work(engine->host->wq, &plug->work);
	send(test, errand, KCS_CLASS_USER, 0x06, 0x01);
	WRITE_ONCE(plug->request, errand->request);
	KUNIT_EXPECT_FALSE(test, kcs_request_is_over(errand->request));
}

static void removal_ends_what_was_begun(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;
	struct plug plug;

	begin(test, &plug, &errand);
	engine_stop(engine);
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, -ENODEV));
	destroy_work_on_stack(&plug.work);
}

static void sleep_ends_what_was_begun(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;
	struct plug plug;

	begin(test, &plug, &errand);
	kcs_host_pause(engine->host);
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
	flush_work(&plug.work);
	destroy_work_on_stack(&plug.work);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, -ECANCELED));
	set_pace(engine, 0, 0);
	kcs_host_resume(engine->host);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
}

/* -- Many at a time. ------------------------------------------------------ */

/**
 * struct sender - a thread that sends, one request after the other
 * @host: where to
 * @number: of the thread
 * @bad: answers that were not its own
 * @done: complete at the end
 */
struct sender {
	struct kcs_host *host;
	u8 number;
	u32 bad;
	struct completion done;
};

static bool is_echoed(struct sender *sender, const u8 *data)
{
	struct kcs_request *request;
	const struct kcs_msg *reply;
	struct kcs_msg msg;
	bool good;

	if (kcs_msg_request(&msg, 0x30, 0xee, data, 3))
		return false;
	request = kcs_request_create(&msg, KCS_CLASS_USER, TIMEOUT_MS, GFP_KERNEL);
	if (!request)
		return false;
	kcs_request_set_client(request, sender);
	kcs_host_submit(sender->host, request);
	good = !kcs_request_wait(request);
	reply = kcs_request_reply(request);
	good = good && reply->len == 6 && !memcmp(&reply->bytes[3], data, 3);
	kcs_request_put(request);
	return good;
}

static int send_echoes(void *context)
{
	struct sender *sender = context;
	u32 i;

	for (i = 0; i < ECHOES; i++) {
		const u8 data[] = { sender->number, i >> 8, i };

		sender->bad += !is_echoed(sender, data);
	}
	complete(&sender->done);
	return 0;
}

static void submitters_and_the_workqueue_share_the_link(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct sender *senders;
	u32 i;

	senders = kunit_kcalloc(test, THREADS, sizeof(*senders), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, senders);
	start(test, 0, 0);
	for (i = 0; i < THREADS; i++) {
		senders[i].host = engine->host;
		senders[i].number = i;
		init_completion(&senders[i].done);
		if (IS_ERR(kthread_run(send_echoes, &senders[i], "kcs_sender/%u",
				       i))) {
			senders[i].bad = ECHOES;
			complete(&senders[i].done);
		}
	}
	for (i = 0; i < THREADS; i++) {
		wait_for_completion(&senders[i].done);
		KUNIT_EXPECT_EQ(test, senders[i].bad, 0u);
	}
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_ANSWERED),
			(u32)THREADS * ECHOES);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

static struct kunit_case direct_cases[] = {
	KUNIT_CASE(bmc_that_answers_at_once_is_asked_by_the_submitter),
	KUNIT_CASE(bmc_that_takes_its_time_is_left_to_the_workqueue),
	KUNIT_CASE(answer_that_means_more_is_judged_on_the_workqueue),
	KUNIT_CASE(reply_that_is_another_ones_is_asked_for_again),
	KUNIT_CASE(burst_of_firmware_is_not_broken_into),
	KUNIT_CASE(burst_of_firmware_is_over_after_a_moment),
	KUNIT_CASE(burst_that_others_have_to_break_into_holds_nobody_up),
	KUNIT_CASE(burst_is_firmwares_only),
	KUNIT_CASE(removal_ends_what_was_begun),
	KUNIT_CASE(sleep_ends_what_was_begun),
	KUNIT_CASE(submitters_and_the_workqueue_share_the_link),
	{}
};

static struct kunit_suite direct_suite = {
	.name = "kcs_direct",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = direct_cases,
};

kunit_test_suite(direct_suite);
