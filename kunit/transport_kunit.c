// SPDX-License-Identifier: GPL-2.0-only
/* One message against the clock: deadlines, stopping, dirty links. */
#include "../drivers/core/link.h"
#include "script.h"

#include <kunit/test.h>

#define SECOND_US	1000000

/**
 * struct bench - a link on a script
 * @script: the BMC
 * @link: the link
 * @stopper: a clock whose naps stop the link
 * @request: Get Device ID
 * @reply: the reply
 */
struct bench {
	struct script *script;
	struct kcs_link link;
	struct kcs_clock stopper;
	struct kcs_msg request;
	struct kcs_msg reply;
};

static const u8 short_id[] = { 0x1c, 0x01, 0x00, 0x20 };

static struct bench *bench_create(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->script = script_create(test);
	bench->link.io = &bench->script->io;
	bench->link.clock = &bench->script->clock;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->request, 0x06, 0x01,
					      NULL, 0), 0);
	return bench;
}

static int transfer(struct bench *bench)
{
	return kcs_link_transfer(&bench->link, &bench->request, &bench->reply,
				 bench->script->now_us + 5 * SECOND_US, NULL);
}

static void question_is_of_netfn_app_and_has_one_byte_or_none(struct kunit *test)
{
	static const u8 byte = 0x08;
	struct kcs_msg request;

	kcs_link_question(&request, 0x31, NULL);
	KUNIT_EXPECT_EQ(test, request.len, (u16)2);
	KUNIT_EXPECT_EQ(test, request.bytes[0], 0x18);
	KUNIT_EXPECT_EQ(test, request.bytes[1], 0x31);

	kcs_link_question(&request, 0x30, &byte);
	KUNIT_EXPECT_EQ(test, request.len, (u16)3);
	KUNIT_EXPECT_EQ(test, request.bytes[1], 0x30);
	KUNIT_EXPECT_EQ(test, request.bytes[2], 0x08);
}

static void prompt_bmc_costs_no_clock_read(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_exchange(bench->script, &bench->request, short_id,
			    sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)sizeof(short_id));
	KUNIT_EXPECT_EQ(test, bench->script->clock_reads, 0u);
	script_expect_done(bench->script);
}

static void slow_bmc_is_waited_for_with_few_looks(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x82, 3 * SECOND_US));
	script_add_reply(bench->script, short_id, sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_LE(test, bench->script->naps, 600u);
	script_expect_done(bench->script);
}

/* Fails silently at step @cut of an exchange, showing @status for ever. */
static void expect_timeout(struct kunit *test, size_t cut, u8 status)
{
	struct bench *bench = bench_create(test);
	struct script *script = bench->script;
	u64 spent_us = script->now_us;

	script_add_exchange(script, &bench->request, short_id,
			    sizeof(short_id));
	script->count = cut;
	SCRIPT(script, FOR_EVER(status));
	KUNIT_EXPECT_EQ(test, transfer(bench), -ETIMEDOUT);
	spent_us = script->now_us - spent_us;
	KUNIT_EXPECT_GE(test, spent_us, (u64)5 * SECOND_US);
	KUNIT_EXPECT_LE(test, spent_us, (u64)5 * SECOND_US + 1000);
	KUNIT_EXPECT_TRUE(test, bench->link.dirty);
	KUNIT_EXPECT_FALSE(test, script->off);
}

static void silence_anywhere_ends_at_the_deadline(struct kunit *test)
{
	static const u8 silences[] = { 0x02, 0x42, 0x82, 0xc2, 0xff };
	struct bench *model = bench_create(test);
	size_t cut, read_phase, i;

	script_add_request(model->script, &model->request);
	read_phase = model->script->count;
	script_add_reply(model->script, short_id, sizeof(short_id));
	for (cut = 0; cut < model->script->count; cut++) {
		if (model->script->steps[cut].kind != SCRIPT_STATUS)
			continue;
		for (i = 0; i < ARRAY_SIZE(silences); i++)
			expect_timeout(test, cut, silences[i]);
		if (cut >= read_phase)
			expect_timeout(test, cut, 0x40);
	}
}

static void message_after_a_timeout_begins_with_the_error_exit(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x40, 5 * SECOND_US), S(0x40));
	KUNIT_EXPECT_EQ(test, transfer(bench), -ETIMEDOUT);

	SCRIPT(bench->script, S(0x40));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, short_id,
			    sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_FALSE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

/* As AMI's: it drops the reply to the message after an error exit. */
static void bmc_that_drops_the_reply_after_an_abort_costs_one_message(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->link.dirty = true;
	SCRIPT(bench->script, S(0x40));
	script_add_abort(bench->script, 0x01);
	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x40, 5 * SECOND_US - 1000), S(0x40));
	KUNIT_EXPECT_EQ(test, transfer(bench), -ETIMEDOUT);

	script_add_exchange(bench->script, &bench->request, short_id,
			    sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	script_expect_done(bench->script);
}

/* Each step of the error exit that waits, ending in silence or disorder. */
static void error_exit_that_never_ends_costs_one_message(struct kunit *test)
{
	static const u8 silences[] = { 0x02, 0x42, 0x82, 0xc2, 0xff };
	struct bench *model = bench_create(test);
	size_t cut, i;

	SCRIPT(model->script, S(0xc0));
	script_add_abort(model->script, 0x01);
	for (cut = 0; cut < model->script->count; cut++) {
		if (model->script->steps[cut].kind != SCRIPT_STATUS)
			continue;
		for (i = 0; i < ARRAY_SIZE(silences); i++) {
			struct bench *bench = bench_create(test);

			bench->link.dirty = true;
			script_add(bench->script, model->script->steps, cut);
			SCRIPT(bench->script,
			       STAY(silences[i], 5 * SECOND_US), S(silences[i]));
			KUNIT_EXPECT_EQ(test, transfer(bench), -ETIMEDOUT);

			script_add_exchange(bench->script, &bench->request,
					    short_id, sizeof(short_id));
			KUNIT_EXPECT_EQ(test, transfer(bench), 0);
			script_expect_done(bench->script);
		}
	}
}

static void stopped_link_touches_no_register(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->link.stop = true;
	KUNIT_EXPECT_EQ(test, transfer(bench), -ENODEV);
	script_expect_done(bench->script);
}

static u64 stopper_now_us(struct kcs_clock *clock)
{
	return 0;
}

static void stopper_nap_us(struct kcs_clock *clock, u32 us)
{
	container_of(clock, struct bench, stopper)->link.stop = true;
}

static void transfer_on_its_way_ends_when_the_link_is_stopped(struct kunit *test)
{
	static const struct kcs_clock_ops stopper_ops = {
		.now_us = stopper_now_us,
		.nap_us = stopper_nap_us,
	};
	struct bench *bench = bench_create(test);

	bench->stopper.ops = &stopper_ops;
	bench->link.clock = &bench->stopper;
	SCRIPT(bench->script, S(0x02), S(0x02));
	KUNIT_EXPECT_EQ(test, transfer(bench), -ENODEV);
	KUNIT_EXPECT_TRUE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

static int transfer_while(struct bench *bench, u32 ended, u32 timeout_us)
{
	return kcs_link_transfer(&bench->link, &bench->request, &bench->reply,
				 bench->script->now_us + timeout_us, &ended);
}

static void cancelled_message_that_ends_by_itself_costs_no_error_exit(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x82, 90000));
	script_add_reply(bench->script, short_id, sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer_while(bench, 1, 5 * SECOND_US), 0);
	KUNIT_EXPECT_FALSE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

static void cancelled_message_leaves_a_silent_bmc_within_its_grace(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	u64 start_us = bench->script->now_us;

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, FOR_EVER(0x82));
	KUNIT_EXPECT_EQ(test, transfer_while(bench, 1, 5 * SECOND_US), -ECANCELED);
	KUNIT_EXPECT_TRUE(test, bench->link.dirty);
	KUNIT_EXPECT_LE(test, bench->script->now_us - start_us, 101000ull);
}

static void deadline_comes_before_the_grace_of_a_cancelled_message(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	u64 start_us = bench->script->now_us;

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, FOR_EVER(0x82));
	KUNIT_EXPECT_EQ(test, transfer_while(bench, 1, 50000), -ECANCELED);
	KUNIT_EXPECT_LE(test, bench->script->now_us - start_us, 51000ull);
	KUNIT_EXPECT_EQ(test, transfer_while(bench, 0, 50000), -ETIMEDOUT);
}

static void hurry_ends_the_message_after_its_grace(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	u64 start_us = bench->script->now_us;

	bench->link.hurry = true;
	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, FOR_EVER(0x82));
	KUNIT_EXPECT_EQ(test, transfer_while(bench, 0, 5 * SECOND_US), -ECANCELED);
	KUNIT_EXPECT_LE(test, bench->script->now_us - start_us, 101000ull);
}

static void message_that_cannot_be_sent_leaves_the_link_as_it_was(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->link.dirty = true;
	bench->request.len = 1;
	KUNIT_EXPECT_EQ(test, transfer(bench), -EINVAL);
	KUNIT_EXPECT_TRUE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

/* -- Trying. -------------------------------------------------------------- */

static int try(struct bench *bench)
{
	return kcs_link_try(&bench->link, &bench->request, &bench->reply);
}

static void prompt_bmc_is_done_with_at_the_first_try(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_exchange(bench->script, &bench->request, short_id,
			    sizeof(short_id));
	KUNIT_EXPECT_EQ(test, try(bench), 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)sizeof(short_id));
	KUNIT_EXPECT_EQ(test, bench->script->clock_reads, 0u);
	KUNIT_EXPECT_FALSE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

/* Time is not asked for, so a status that lasts would last for ever. */
static void try_that_would_wait_is_finished_later(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x82, SECOND_US));
	script_add_reply(bench->script, short_id, sizeof(short_id));
	KUNIT_EXPECT_EQ(test, try(bench), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bench->script->naps, 0u);
	KUNIT_EXPECT_EQ(test, kcs_link_finish(&bench->link, bench->script->now_us +
					      5 * SECOND_US, NULL), 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)sizeof(short_id));
	KUNIT_EXPECT_FALSE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

static void try_of_a_bmc_that_dies_leaves_the_link_dirty(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, FOR_EVER(0x82));
	KUNIT_EXPECT_EQ(test, try(bench), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kcs_link_finish(&bench->link, bench->script->now_us +
					      SECOND_US, NULL), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, bench->link.dirty);
}

static void try_ends_in_bounds_whatever_the_length(struct kunit *test)
{
	static const u8 longest[KCS_MSG_MAX] = { 0x1c, 0x01, 0x00 };
	struct bench *bench = bench_create(test);

	script_add_exchange(bench->script, &bench->request, longest,
			    sizeof(longest));
	KUNIT_EXPECT_EQ(test, try(bench), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kcs_link_finish(&bench->link, bench->script->now_us +
					      SECOND_US, NULL), 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)sizeof(longest));
	script_expect_done(bench->script);
}

static void try_of_what_is_no_message_touches_no_register(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->request.len = 1;
	KUNIT_EXPECT_EQ(test, try(bench), -EINVAL);
	KUNIT_EXPECT_FALSE(test, bench->link.dirty);
	script_expect_done(bench->script);
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(question_is_of_netfn_app_and_has_one_byte_or_none),
	KUNIT_CASE(prompt_bmc_costs_no_clock_read),
	KUNIT_CASE(slow_bmc_is_waited_for_with_few_looks),
	KUNIT_CASE(silence_anywhere_ends_at_the_deadline),
	KUNIT_CASE(message_after_a_timeout_begins_with_the_error_exit),
	KUNIT_CASE(bmc_that_drops_the_reply_after_an_abort_costs_one_message),
	KUNIT_CASE(error_exit_that_never_ends_costs_one_message),
	KUNIT_CASE(stopped_link_touches_no_register),
	KUNIT_CASE(transfer_on_its_way_ends_when_the_link_is_stopped),
	KUNIT_CASE(cancelled_message_that_ends_by_itself_costs_no_error_exit),
	KUNIT_CASE(cancelled_message_leaves_a_silent_bmc_within_its_grace),
	KUNIT_CASE(deadline_comes_before_the_grace_of_a_cancelled_message),
	KUNIT_CASE(hurry_ends_the_message_after_its_grace),
	KUNIT_CASE(message_that_cannot_be_sent_leaves_the_link_as_it_was),
	KUNIT_CASE(prompt_bmc_is_done_with_at_the_first_try),
	KUNIT_CASE(try_that_would_wait_is_finished_later),
	KUNIT_CASE(try_of_a_bmc_that_dies_leaves_the_link_dirty),
	KUNIT_CASE(try_ends_in_bounds_whatever_the_length),
	KUNIT_CASE(try_of_what_is_no_message_touches_no_register),
	{}
};

static struct kunit_suite link_suite = {
	.name = "kcs_link",
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);
