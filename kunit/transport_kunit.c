// SPDX-License-Identifier: GPL-2.0-only
/* One message over a register pair: deadlines, dirty pairs, what is learned. */
#include "../drivers/protocol/transport.h"
#include "script.h"

#include <kunit/test.h>
#include <linux/minmax.h>

#define SECOND_US	1000000

/**
 * struct bench - a register pair on a script
 * @script: the BMC
 * @pair: the pair
 * @transport: the same, as the engine sees it
 * @interrupt: sleeps are to be ended by one
 * @sleeps: how many there were
 * @request: Get Device ID
 * @reply: the reply
 */
struct bench {
	struct script *script;
	struct kcs_pair pair;
	struct kcs_transport *transport;
	bool interrupt;
	u32 sleeps;
	struct kcs_msg request;
	struct kcs_msg reply;
};

static const u8 short_id[] = { 0x1c, 0x01, 0x00, 0x20 };

static struct bench *bench_create(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->script = script_create(test);
	kcs_pair_init(&bench->pair, &bench->script->io);
	bench->transport = &bench->pair.transport;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->request, 0x06, 0x01,
					      NULL, 0), 0);
	return bench;
}

/* As the engine does it: a look that shows nothing takes a microsecond. */
static int transfer(struct bench *bench)
{
	struct script *script = bench->script;
	u64 deadline_us = script->now_us + 5 * SECOND_US;
	u32 us;

	bench->transport->ops->begin(bench->transport, &bench->request, &bench->reply);
	while (!script->off) {
		us = bench->transport->ops->step(bench->transport, script->now_us,
						 bench->interrupt);
		if (us == KCS_STEP_DONE)
			return bench->transport->result;
		if (script->now_us >= deadline_us) {
			bench->transport->ops->abandon(bench->transport);
			return -ETIMEDOUT;
		}
		bench->sleeps += us != 0;
		script->now_us += us ? min_t(u64, us, deadline_us - script->now_us) : 1;
	}
	return -EPROTO;
}

static void slow_bmc_is_looked_at_rarely(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x82, 3 * SECOND_US));
	script_add_reply(bench->script, short_id, sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_LE(test, bench->sleeps, 600u);
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
	KUNIT_EXPECT_TRUE(test, bench->transport->dirty);
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

static void message_after_timeout_begins_with_error_exit(struct kunit *test)
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
	KUNIT_EXPECT_FALSE(test, bench->transport->dirty);
	script_expect_done(bench->script);
}

/* As AMI's: it drops the reply to the message after an error exit. */
static void bmc_drops_the_reply_after_an_abort(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->transport->dirty = true;
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

			bench->transport->dirty = true;
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

static void message_too_short_leaves_the_pair_as_it_was(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->transport->dirty = true;
	bench->request.len = 1;
	KUNIT_EXPECT_EQ(test, transfer(bench), -EINVAL);
	KUNIT_EXPECT_TRUE(test, bench->transport->dirty);
	script_expect_done(bench->script);
}

static void add_exchange_without_dummy(struct bench *bench)
{
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(short_id); i++)
		SCRIPT(bench->script, S(0x41), D(short_id[i]), W(0x68));
	SCRIPT(bench->script, STAY(0x00, KCS_SM_DUMMY_WAIT_US));
}

/* 2 ms each, until it is known; then nothing; and again when one was left over. */
static void missing_last_dummy_is_waited_for_twice(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	struct script *script = bench->script;
	u64 before_us;
	int i;

	for (i = 0; i < 2; i++) {
		add_exchange_without_dummy(bench);
		SCRIPT(script, S(0x00));
		KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	}
	script_expect_done(script);

	script_add_request(script, &bench->request);
	for (i = 0; i < (int)sizeof(short_id); i++)
		SCRIPT(script, S(0x41), D(short_id[i]), W(0x68));
	SCRIPT(script, S(0x00));
	before_us = script->now_us;
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_LE(test, script->now_us - before_us, 10ull);

	SCRIPT(script, S(0x01), D(0x00), C(0x61), S(0x80), W(0x18), S(0x80), C(0x62),
	       S(0x80), W(0x01));
	for (i = 0; i < (int)sizeof(short_id); i++)
		SCRIPT(script, S(0x41), D(short_id[i]), W(0x68));
	SCRIPT(script, S(0x00));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_TRUE(test, kcs_pace_expects_dummy(&bench->pair.pace));
	script_expect_done(script);
}

static void interrupt_that_does_not_come_is_counted(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->interrupt = true;
	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x82, 5000));
	script_add_reply(bench->script, short_id, sizeof(short_id));
	KUNIT_EXPECT_EQ(test, transfer(bench), 0);
	KUNIT_EXPECT_EQ(test, bench->transport->missed, 1u);
	KUNIT_EXPECT_EQ(test, bench->sleeps, 1u);
	script_expect_done(bench->script);
}

static void pair_says_where_it_is(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	char text[160];

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, FOR_EVER(0x44));
	KUNIT_EXPECT_EQ(test, transfer(bench), -ETIMEDOUT);
	bench->transport->ops->describe(bench->transport, text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, (const char *)text,
			   "in WAIT_REPLY, status 0x44 [READ SMS_ATN], last interface status code: no error");
	KUNIT_EXPECT_EQ(test, bench->transport->ops->look(bench->transport), 0x44);
	KUNIT_EXPECT_EQ(test, bench->transport->status, 0x44);
}

static struct kunit_case transport_cases[] = {
	KUNIT_CASE(slow_bmc_is_looked_at_rarely),
	KUNIT_CASE(silence_anywhere_ends_at_the_deadline),
	KUNIT_CASE(message_after_timeout_begins_with_error_exit),
	KUNIT_CASE(bmc_drops_the_reply_after_an_abort),
	KUNIT_CASE(error_exit_that_never_ends_costs_one_message),
	KUNIT_CASE(message_too_short_leaves_the_pair_as_it_was),
	KUNIT_CASE(missing_last_dummy_is_waited_for_twice),
	KUNIT_CASE(interrupt_that_does_not_come_is_counted),
	KUNIT_CASE(pair_says_where_it_is),
	{}
};

static struct kunit_suite transport_suite = {
	.name = "kcs_transport",
	.test_cases = transport_cases,
};

kunit_test_suite(transport_suite);
