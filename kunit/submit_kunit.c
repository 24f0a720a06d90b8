// SPDX-License-Identifier: GPL-2.0-only
/* Who drives a request: its submitter, or the engine. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#define TIMEOUT_MS	5000

#define THREADS		4
#define ECHOES		500

/**
 * struct errand - a request and the task that completed it
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

static void make(struct kunit *test, struct errand *errand, enum kcs_class class,
		 u8 netfn, u8 cmd)
{
	struct kcs_msg msg;

	errand->who = NULL;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, netfn, cmd, NULL, 0), 0);
	errand->request = kcs_request_create(&msg, class, TIMEOUT_MS, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, errand->request);
	kcs_request_set_done(errand->request, note_who, errand);
}

static void execute(struct kunit *test, struct errand *errand,
		    enum kcs_class class, u8 netfn, u8 cmd)
{
	struct engine *engine = test->priv;

	make(test, errand, class, netfn, cmd);
	kcs_host_execute(engine->host, errand->request);
}

/* As ipmi_msghandler does it: it may not sleep, nor be preempted. */
static void submit_atomically(struct kunit *test, struct errand *errand,
			      enum kcs_class class, u8 netfn, u8 cmd)
{
	struct engine *engine = test->priv;

	make(test, errand, class, netfn, cmd);
	preempt_disable();
	kcs_host_submit(engine->host, errand->request);
	preempt_enable();
}

/* Ends with @err; says whether it was this task that completed it. */
static bool ended_here(struct kunit *test, struct errand *errand, int err)
{
	KUNIT_EXPECT_EQ(test, kcs_request_wait(errand->request), err);
	kcs_request_put(errand->request);
	while (!READ_ONCE(errand->who))
		cond_resched();
	return errand->who == current;
}

static void start(struct kunit *test, u32 byte_us, u32 think_us)
{
	struct engine *engine = test->priv;

	engine_start_ready(test, sim_personalities->name);
	engine_set_pace(engine, byte_us, think_us);
}

/* -- Driving. ------------------------------------------------------------- */

static void submitter_that_sleeps_drives_its_own(struct kunit *test)
{
	static const u32 thinks_us[] = { 0, 5000, 300000 };
	struct engine *engine = test->priv;
	struct errand errand;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(thinks_us); i++) {
		start(test, 3, thinks_us[i]);
		execute(test, &errand, KCS_CLASS_AML, 0x06, 0x01);
		KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
		KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
		KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_ANSWERED), 1u);
		KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
	}
}

static void atomic_submitter_leaves_it_to_the_engine(struct kunit *test)
{
	struct errand errand;

	start(test, 0, 0);
	submit_atomically(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
}

/* It drives what needs no sleep; where preemption is not counted it cannot know. */
static void submitter_polls_a_bmc_that_is_quick(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	engine_freeze(engine);
	make(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	kcs_host_submit(engine->host, errand.request);
	KUNIT_EXPECT_EQ(test, ended_here(test, &errand, 0),
			IS_ENABLED(CONFIG_PREEMPT_COUNT));
	engine_thaw(engine);
}

/* The registers are free, but an older request has not been sent yet. */
static void submitter_overtakes_no_older_request(struct kunit *test)
{
	struct errand older, newer;
	int i;

	for (i = 0; i < 20; i++) {
		start(test, 0, 0);
		submit_atomically(test, &older, KCS_CLASS_USER, 0x30, 0xee);
		execute(test, &newer, KCS_CLASS_USER, 0x06, 0x01);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(newer.request), 0);
		KUNIT_EXPECT_TRUE(test, kcs_request_is_over(older.request));
		ended_here(test, &newer, 0);
		KUNIT_EXPECT_FALSE(test, ended_here(test, &older, 0));
	}
}

/* It may poll, but not sleep: the engine goes on in the middle. */
static void submitter_leaves_a_bmc_that_thinks(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 20000);
	make(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	kcs_host_submit(engine->host, errand.request);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
}

static void request_that_ended_is_never_sent(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;
	u32 writes;

	start(test, 0, 0);
	writes = engine->writes;
	make(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	kcs_request_end(errand.request, -ECANCELED);
	kcs_host_execute(engine->host, errand.request);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, -ECANCELED));
	KUNIT_EXPECT_EQ(test, engine->writes, writes);
}

static void busy_answer_is_tried_again(struct kunit *test)
{
	const struct sim_fault busy = {
		.kind = SIM_FAULT_CODE, .byte = SIM_ANY_BYTE, .code = 0xc0,
		.command = 0x30ee, .times = 1,
	};
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	engine_set(engine, &busy);
	execute(test, &errand, KCS_CLASS_AML, 0x30, 0xee);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 1u);
}

static void foreign_reply_is_asked_for_again(struct kunit *test)
{
	const struct sim_fault foreign = {
		.kind = SIM_FAULT_COMMAND, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND, .times = 1,
	};
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 0);
	engine_set(engine, &foreign);
	execute(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_RETRIES), 1u);
}

/* -- Cancelling. ---------------------------------------------------------- */

/* Nothing waits for it; its message runs on, and costs nothing else. */
static void cancelled_request_harms_no_other(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand killed, next;
	u32 probes;
	int i;

	start(test, 3, 600000);
	probes = engine_count(engine, KCS_COUNT_PROBES);
	for (i = 0; i < 12; i++) {
		engine_freeze(engine);
		submit_atomically(test, &killed, KCS_CLASS_AML, 0x06, 0x01);
		submit_atomically(test, &next, KCS_CLASS_AML, 0x30, 0xee);
		kcs_request_end(killed.request, -EINTR);
		engine_thaw(engine);
		ended_here(test, &killed, -EINTR);
		KUNIT_EXPECT_FALSE(test, ended_here(test, &next, 0));
		KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_READY);
	}
	KUNIT_EXPECT_EQ(test, engine_count(engine, KCS_COUNT_PROBES), probes);
}

/* -- Bursts of firmware. -------------------------------------------------- */

static void start_burst(struct kunit *test)
{
	struct errand errand;

	start(test, 0, 0);
	engine_freeze(test->priv);
	execute(test, &errand, KCS_CLASS_AML, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
}

static bool still_waits(const struct errand *errand)
{
	msleep(20);
	return !kcs_request_is_over(errand->request);
}

static void burst_of_firmware_is_not_broken_into(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand other, second;

	start_burst(test);
	engine_pass(engine, 1000);
	execute(test, &other, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, still_waits(&other));
	execute(test, &second, KCS_CLASS_AML, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &second, 0));
	engine_pass(engine, 1000);
	KUNIT_EXPECT_TRUE(test, still_waits(&other));
	engine_pass(engine, 1500);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &other, 0));
	engine_thaw(engine);
}

static void burst_ends_after_two_milliseconds(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start_burst(test);
	engine_pass(engine, 2100);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	execute(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	execute(test, &errand, KCS_CLASS_BACKGROUND, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, ended_here(test, &errand, 0));
	engine_thaw(engine);
}

static void burst_holds_up_none_for_ever(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand other, next;
	int i;

	start_burst(test);
	submit_atomically(test, &other, KCS_CLASS_USER, 0x06, 0x01);
	for (i = 0; i < KCS_QUEUE_PASSED_MAX; i++) {
		KUNIT_EXPECT_TRUE(test, still_waits(&other));
		execute(test, &next, KCS_CLASS_AML, 0x06, 0x01);
		ended_here(test, &next, 0);
	}
	engine_pass(engine, 0);
	KUNIT_EXPECT_FALSE(test, ended_here(test, &other, 0));
	engine_thaw(engine);
}

/* -- Going away in mid-message. ------------------------------------------- */

static void removal_ends_what_was_begun(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	start(test, 0, 3000000);
	engine_freeze(engine);
	submit_atomically(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, still_waits(&errand));
	engine_thaw(engine);
	engine_stop(engine);
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
	ended_here(test, &errand, -ENODEV);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&engine->monitor), 0u);
}

static void pause_ends_what_was_begun(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct errand errand;

	/* One that can be interrupted while it thinks. */
	engine_start_ready(test, "linux");
	engine_set_pace(engine, 0, 3000000);
	engine_freeze(engine);
	submit_atomically(test, &errand, KCS_CLASS_USER, 0x06, 0x01);
	KUNIT_EXPECT_TRUE(test, still_waits(&errand));
	engine_set_pace(engine, 0, 0);
	engine_thaw(engine);
	kcs_host_pause(engine->host);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_TRUE(test, kcs_request_is_over(errand.request));
	ended_here(test, &errand, -ECANCELED);
	KUNIT_EXPECT_EQ(test, engine->kcs.phase, SIM_IDLE);
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
	if (sender->number % 2)
		kcs_host_execute(sender->host, request);
	else
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

static void submitters_and_the_engine_share_registers(struct kunit *test)
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

static struct kunit_case submit_cases[] = {
	KUNIT_CASE(submitter_that_sleeps_drives_its_own),
	KUNIT_CASE(atomic_submitter_leaves_it_to_the_engine),
	KUNIT_CASE(submitter_polls_a_bmc_that_is_quick),
	KUNIT_CASE(submitter_overtakes_no_older_request),
	KUNIT_CASE(submitter_leaves_a_bmc_that_thinks),
	KUNIT_CASE(request_that_ended_is_never_sent),
	KUNIT_CASE(busy_answer_is_tried_again),
	KUNIT_CASE(foreign_reply_is_asked_for_again),
	KUNIT_CASE(cancelled_request_harms_no_other),
	KUNIT_CASE(burst_of_firmware_is_not_broken_into),
	KUNIT_CASE(burst_ends_after_two_milliseconds),
	KUNIT_CASE(burst_holds_up_none_for_ever),
	KUNIT_CASE(removal_ends_what_was_begun),
	KUNIT_CASE(pause_ends_what_was_begun),
	KUNIT_CASE(submitters_and_the_engine_share_registers),
	{}
};

static struct kunit_suite submit_suite = {
	.name = "kcs_submit",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = submit_cases,
};

kunit_test_suite(submit_suite);
