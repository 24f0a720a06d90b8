// SPDX-License-Identifier: GPL-2.0-only
/* The protocol core against scripts: every way through it, byte by byte. */
#include "script.h"

#include <kcs/sm.h>
#include <kunit/test.h>

/**
 * struct bench - the core on a script
 * @script: the BMC
 * @sm: the core
 * @request: Get Device ID, unless a test sets another
 * @reply: the reply
 * @visited: a bit for each state entered
 */
struct bench {
	struct script *script;
	struct kcs_sm sm;
	struct kcs_msg request;
	struct kcs_msg reply;
	u32 visited;
};

static const u8 device_id[] = {
	0x1c, 0x01, 0x00, 0x20, 0x00, 0x00, 0x00, 0x02,
	0x07, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/*
 * A rest counts from the status byte before it, and ends with the status byte
 * after it; a look takes 1 us.
 */
#define REST(v)	STAY(v, KCS_SM_PAUSE_US - 1)

static struct bench *bench_create(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->script = script_create(test);
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->request, 0x06, 0x01,
					      NULL, 0), 0);
	return bench;
}

static void act(struct script *script, struct kcs_action action)
{
	if (action.kind == KCS_ACTION_WRITE_DATA)
		script->io.ops->write(&script->io, KCS_REG_DATA, action.value);
	else if (action.kind == KCS_ACTION_WRITE_CMD)
		script->io.ops->write(&script->io, KCS_REG_CMD, action.value);
}

/* One look at Status costs 1 us; @waited_us counts from the last action. */
static void bench_run(struct bench *bench, bool dirty)
{
	struct script *script = bench->script;
	struct kcs_sm *sm = &bench->sm;
	struct kcs_action action;
	u32 waited_us = 0;

	kcs_sm_begin(sm, &bench->request, &bench->reply, dirty);
	bench->visited |= BIT(sm->state);
	while (sm->state != KCS_SM_END && !script->off) {
		u8 status = script->io.ops->read(&script->io, KCS_REG_STATUS);

		action = kcs_sm_status(sm, status, waited_us);
		bench->visited |= BIT(sm->state);
		if (action.kind == KCS_ACTION_READ_DATA) {
			u8 byte = script->io.ops->read(&script->io, KCS_REG_DATA);

			action = kcs_sm_data(sm, byte);
		}
		bench->visited |= BIT(sm->state);
		act(script, action);
		script->now_us++;
		waited_us = action.kind == KCS_ACTION_WAIT ? waited_us + 1 : 0;
	}
	script_expect_done(script);
}

static void expect_device_id(struct kunit *test, struct bench *bench)
{
	KUNIT_EXPECT_EQ(test, bench->sm.result, 0);
	KUNIT_ASSERT_EQ(test, (size_t)bench->reply.len, sizeof(device_id));
	KUNIT_EXPECT_EQ(test, 0, memcmp(bench->reply.bytes, device_id,
					sizeof(device_id)));
}

static void expect_failure(struct kunit *test, struct bench *bench, int err,
			   bool dirty)
{
	KUNIT_EXPECT_EQ(test, bench->sm.result, err);
	KUNIT_EXPECT_EQ(test, bench->sm.dirty, dirty);
}

/* -- A BMC in good health. ------------------------------------------------ */

/* As recorded from QEMU's BMC, which writes a dummy byte at each write step. */
static void get_device_id_follows_the_known_transcript(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	size_t i;

	SCRIPT(bench->script, S(0x00), C(0x61), S(0x81), D(0x00), W(0x18),
	       S(0x81), D(0x00), C(0x62), S(0x81), D(0x00), W(0x01));
	for (i = 0; i < sizeof(device_id); i++)
		SCRIPT(bench->script, S(0x41), D(device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x01), D(0x00));

	bench_run(bench, false);
	expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

static void bmc_without_dummy_bytes_gets_the_same_request(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

static void byte_left_in_data_out_is_dropped_before_the_start(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0x01), D(0xa5), C(0x61),
	       S(0x80), W(0x18), S(0x80), C(0x62), S(0x80), W(0x01));
	script_add_reply(bench->script, device_id, sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

/* The state bits of a status byte with IBF=1 mean nothing: here they lie. */
static void busy_bmc_is_left_alone_whatever_its_state_bits_say(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc3), S(0x03), S(0x00), C(0x61),
	       S(0xc3), S(0x43), S(0x80), W(0x18), S(0x03), S(0x80), C(0x62),
	       S(0xff), S(0x80), W(0x01), S(0x82), S(0xc3));
	script_add_reply(bench->script, device_id, sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

/* Linux's kcs_bmc and AMI show READ without OBF while they think. */
static void bmc_may_think_in_read_state(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x40, 60000));
	script_add_reply(bench->script, device_id, sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

static void late_dummy_byte_is_not_taken_for_the_reply(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x41), D(0x00), S(0x40));
	script_add_reply(bench->script, device_id, sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

static void second_zero_is_a_reply_and_a_wrong_one(struct kunit *test)
{
	static const u8 zeros[] = { 0x00, 0x01, 0x00, 0x20 };
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x41), D(0x00));
	script_add_reply(bench->script, zeros, sizeof(zeros));
	bench_run(bench, false);
	KUNIT_EXPECT_EQ(test, bench->sm.result, -EBADMSG);
	KUNIT_EXPECT_EQ(test, (size_t)bench->reply.len, sizeof(zeros));
}

static void last_dummy_byte_may_come_after_idle(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(device_id); i++)
		SCRIPT(bench->script, S(0x41), D(device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x00), S(0x00), S(0x01), D(0x00));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

static void missing_last_dummy_byte_is_excused(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(device_id); i++)
		SCRIPT(bench->script, S(0x41), D(device_id[i]), W(0x68));
	SCRIPT(bench->script, STAY(0x00, KCS_SM_DUMMY_WAIT_US), S(0x00));
	bench_run(bench, false);
	expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

static void trouble_after_the_reply_is_left_to_the_next_message(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(device_id); i++)
		SCRIPT(bench->script, S(0x41), D(device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x00), S(0xc0));
	bench_run(bench, false);
	expect_device_id(test, bench);
	KUNIT_EXPECT_TRUE(test, bench->sm.dirty);
}

static void attention_and_oem_bits_change_nothing(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0x3c), C(0x61), S(0xbc), W(0x18), S(0xb4),
	       C(0x62), S(0xbc), W(0x01), S(0x7c));
	script_add_reply(bench->script, device_id, sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

/* -- Lengths. ------------------------------------------------------------- */

static void longest_message_passes_both_ways(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	u8 *bytes = kunit_kzalloc(test, KCS_MSG_MAX, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < KCS_MSG_MAX; i++)
		bytes[i] = i * 7;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->request, 0x30, 0xee, bytes,
					      KCS_MSG_MAX - 2), 0);
	bytes[0] = 0xc4;
	bytes[1] = 0xee;
	script_add_exchange(bench->script, &bench->request, bytes, KCS_MSG_MAX);
	bench_run(bench, false);
	KUNIT_EXPECT_EQ(test, bench->sm.result, 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)KCS_MSG_MAX);
	KUNIT_EXPECT_EQ(test, 0, memcmp(bench->reply.bytes, bytes, KCS_MSG_MAX));
}

static void request_without_command_is_refused_untouched(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	bench->request.len = 1;
	bench_run(bench, false);
	expect_failure(test, bench, -EINVAL, false);
	bench->request.len = KCS_MSG_MAX + 1;
	bench_run(bench, true);
	expect_failure(test, bench, -EINVAL, true);
}

static void overlong_reply_is_drained_and_refused(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	u8 *bytes = kunit_kzalloc(test, KCS_MSG_MAX + 5, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	bytes[0] = 0x1c;
	bytes[1] = 0x01;
	script_add_exchange(bench->script, &bench->request, bytes,
			    KCS_MSG_MAX + 5);
	bench_run(bench, false);
	expect_failure(test, bench, -EMSGSIZE, false);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)KCS_MSG_MAX);
}

static void endless_reply_is_aborted(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	int i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < KCS_MSG_MAX + KCS_SM_DRAIN_MAX; i++)
		SCRIPT(bench->script, S(0x41), D(0x1c), W(0x68));
	SCRIPT(bench->script, S(0x41), D(0x1c));
	script_add_abort(bench->script, 0x01);
	bench_run(bench, false);
	expect_failure(test, bench, -EMSGSIZE, false);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0x01);
}

/* -- Replies to something else. ------------------------------------------- */

static void reply_that_does_not_answer_is_refused(struct kunit *test)
{
	static const struct {
		u8 len;
		u8 bytes[4];
	} replies[] = {
		{ 4, { 0x1c, 0x02, 0x00, 0x20 } },	/* another command */
		{ 4, { 0x20, 0x01, 0x00, 0x20 } },	/* another NetFn */
		{ 4, { 0x1d, 0x01, 0x00, 0x20 } },	/* another LUN */
		{ 4, { 0x18, 0x01, 0x00, 0x20 } },	/* our own bytes */
		{ 2, { 0x1c, 0x01 } },			/* no completion code */
		{ 1, { 0x1c } },
		{ 0, {} },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		struct bench *bench = bench_create(test);

		script_add_exchange(bench->script, &bench->request,
				    replies[i].bytes, replies[i].len);
		bench_run(bench, false);
		expect_failure(test, bench, -EBADMSG, true);
	}
}

/* -- The error exit. ------------------------------------------------------ */

static void bmc_error_state_recovers_on_abort(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0x00), C(0x61), S(0x80), W(0x18), S(0xc1));
	script_add_abort(bench->script, 0x02);
	SCRIPT(bench->script, REST(0x00));
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0x02);
}

static void error_without_obf_is_aborted_at_once(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x61), S(0xc0));
	script_add_abort(bench->script, 0x00);
	SCRIPT(bench->script, REST(0x00));
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, false);
	expect_device_id(test, bench);
}

static void request_the_bmc_has_received_is_not_sent_again(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0xc1));
	script_add_abort(bench->script, 0x06);
	bench_run(bench, false);
	expect_failure(test, bench, -EIO, false);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0x06);
}

static void error_in_mid_reply_ends_the_message(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x41), D(0x1c), W(0x68), S(0xc0));
	script_add_abort(bench->script, 0xff);
	bench_run(bench, false);
	expect_failure(test, bench, -EIO, false);
}

static void bmc_that_asks_for_more_after_the_last_byte_is_aborted(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x80));
	script_add_abort(bench->script, 0x01);
	bench_run(bench, false);
	expect_failure(test, bench, -EIO, false);
}

static void dirty_interface_is_aborted_before_the_message(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0x41));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, true);
	expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

/* QEMU shows ERROR after ABORT, OpenVMM READ with a byte to drop. */
static void state_after_abort_may_be_any(struct kunit *test)
{
	static const u8 states[] = { 0x80, 0xc0, 0x40, 0x00 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		struct bench *bench = bench_create(test);

		SCRIPT(bench->script, S(0xc0), C(0x60), S(states[i] | 1), D(0xee),
		       W(0x00), S(0x40), S(0x41), D(0x01), W(0x68),
		       S(0x00), S(0x01), D(0x00));
		script_add_exchange(bench->script, &bench->request, device_id,
				    sizeof(device_id));
		bench_run(bench, true);
		expect_device_id(test, bench);
	}
}

static void abort_without_last_dummy_byte_is_excused(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41),
	       D(0x01), W(0x68), STAY(0x00, KCS_SM_DUMMY_WAIT_US), S(0x00));
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, true);
	expect_device_id(test, bench);
}

/* Fails at each of its three checks in turn, and rests before each new try. */
static void add_failing_aborts(struct script *script)
{
	SCRIPT(script,
	       C(0x60), S(0x80), W(0x00), S(0xc0), REST(0xc0),
	       S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41), D(0x01), W(0x68),
	       S(0x40), REST(0xc0),
	       S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41), D(0x01), W(0x68),
	       S(0x00), S(0x80));
}

static void message_not_begun_does_without_a_failing_abort(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc0));
	add_failing_aborts(bench->script);
	SCRIPT(bench->script, REST(0xc0));
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, true);
	expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

static void message_begun_is_given_up_with_a_failing_abort(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0x00), C(0x61), S(0xc0));
	add_failing_aborts(bench->script);
	bench_run(bench, false);
	expect_failure(test, bench, -EIO, true);
}

static void message_is_given_up_when_nothing_helps(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc0));
	add_failing_aborts(bench->script);
	SCRIPT(bench->script, REST(0xc0), S(0xc0), C(0x61), S(0xc0),
	       C(0x60), S(0x80), W(0x00), S(0xc0));
	bench_run(bench, true);
	expect_failure(test, bench, -EIO, true);
}

static void missing_status_code_fails_the_abort_in_time(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x60), S(0x80), W(0x00),
	       STAY(0x40, KCS_SM_CODE_WAIT_US), S(0x40), REST(0xc0), S(0xc0));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, true);
	expect_device_id(test, bench);
}

static void message_that_always_errs_is_given_up(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	int i;

	for (i = 0; i < KCS_SM_SENDS_MAX; i++) {
		if (i)
			SCRIPT(bench->script, REST(0x00));
		SCRIPT(bench->script, S(0x00), C(0x61), S(0xc0));
		script_add_abort(bench->script, 0xc5);
	}
	bench_run(bench, false);
	expect_failure(test, bench, -EIO, false);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0xc5);
}

/* -- All of it. ----------------------------------------------------------- */

static void every_state_is_entered(struct kunit *test)
{
	struct bench *bench = bench_create(test);

	SCRIPT(bench->script,
	       S(0x02), S(0xc0), C(0x60), S(0x80), W(0x00), S(0xc0),
	       REST(0xc0));
	SCRIPT(bench->script, S(0xc0));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, true);
	expect_device_id(test, bench);
	KUNIT_EXPECT_EQ(test, bench->visited, BIT(KCS_SM_STATES) - 1);
}

static void ended_message_touches_nothing(struct kunit *test)
{
	struct bench *bench = bench_create(test);
	int status;

	script_add_exchange(bench->script, &bench->request, device_id,
			    sizeof(device_id));
	bench_run(bench, false);
	for (status = 0; status <= 0xff; status++) {
		struct kcs_action action = kcs_sm_status(&bench->sm, status, 0);

		KUNIT_EXPECT_EQ(test, action.kind, KCS_ACTION_END);
		action = kcs_sm_data(&bench->sm, status);
		KUNIT_EXPECT_EQ(test, action.kind, KCS_ACTION_END);
	}
	expect_device_id(test, bench);
}

static struct kunit_case sm_cases[] = {
	KUNIT_CASE(get_device_id_follows_the_known_transcript),
	KUNIT_CASE(bmc_without_dummy_bytes_gets_the_same_request),
	KUNIT_CASE(byte_left_in_data_out_is_dropped_before_the_start),
	KUNIT_CASE(busy_bmc_is_left_alone_whatever_its_state_bits_say),
	KUNIT_CASE(bmc_may_think_in_read_state),
	KUNIT_CASE(late_dummy_byte_is_not_taken_for_the_reply),
	KUNIT_CASE(second_zero_is_a_reply_and_a_wrong_one),
	KUNIT_CASE(last_dummy_byte_may_come_after_idle),
	KUNIT_CASE(missing_last_dummy_byte_is_excused),
	KUNIT_CASE(trouble_after_the_reply_is_left_to_the_next_message),
	KUNIT_CASE(attention_and_oem_bits_change_nothing),
	KUNIT_CASE(longest_message_passes_both_ways),
	KUNIT_CASE(request_without_command_is_refused_untouched),
	KUNIT_CASE(overlong_reply_is_drained_and_refused),
	KUNIT_CASE(endless_reply_is_aborted),
	KUNIT_CASE(reply_that_does_not_answer_is_refused),
	KUNIT_CASE(bmc_error_state_recovers_on_abort),
	KUNIT_CASE(error_without_obf_is_aborted_at_once),
	KUNIT_CASE(request_the_bmc_has_received_is_not_sent_again),
	KUNIT_CASE(error_in_mid_reply_ends_the_message),
	KUNIT_CASE(bmc_that_asks_for_more_after_the_last_byte_is_aborted),
	KUNIT_CASE(dirty_interface_is_aborted_before_the_message),
	KUNIT_CASE(state_after_abort_may_be_any),
	KUNIT_CASE(abort_without_last_dummy_byte_is_excused),
	KUNIT_CASE(message_not_begun_does_without_a_failing_abort),
	KUNIT_CASE(message_begun_is_given_up_with_a_failing_abort),
	KUNIT_CASE(message_is_given_up_when_nothing_helps),
	KUNIT_CASE(missing_status_code_fails_the_abort_in_time),
	KUNIT_CASE(message_that_always_errs_is_given_up),
	KUNIT_CASE(every_state_is_entered),
	KUNIT_CASE(ended_message_touches_nothing),
	{}
};

static struct kunit_suite sm_suite = {
	.name = "kcs_sm",
	.test_cases = sm_cases,
};

kunit_test_suite(sm_suite);
