// SPDX-License-Identifier: GPL-2.0-only
/* The state machine against scripts: every way through it without an error. */
#include "sm_bench.h"

#include <kunit/test.h>

/* -- A BMC in good health. ------------------------------------------------ */

/* As recorded from QEMU's BMC, which writes a dummy byte at each write step. */
static void get_device_id_follows_the_known_transcript(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	size_t i;

	SCRIPT(bench->script, S(0x00), C(0x61), S(0x81), D(0x00), W(0x18),
	       S(0x81), D(0x00), C(0x62), S(0x81), D(0x00), W(0x01));
	for (i = 0; i < sizeof(sm_device_id); i++)
		SCRIPT(bench->script, S(0x41), D(sm_device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x01), D(0x00));

	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

static void bmc_without_dummy_bytes_gets_the_same_request(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

static void host_drops_byte_left_in_data_out(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x01), D(0xa5), C(0x61),
	       S(0x80), W(0x18), S(0x80), C(0x62), S(0x80), W(0x01));
	script_add_reply(bench->script, sm_device_id, sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_TRUE(test, bench->sm.leftover);
}

/* The state bits of a status byte with IBF=1 mean nothing: here they lie. */
static void host_ignores_state_bits_while_ibf_is_set(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc3), S(0x03), S(0x00), C(0x61),
	       S(0xc3), S(0x43), S(0x80), W(0x18), S(0x03), S(0x80), C(0x62),
	       S(0xff), S(0x80), W(0x01), S(0x82), S(0xc3));
	script_add_reply(bench->script, sm_device_id, sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

/* Linux's kcs_bmc and AMI show READ without OBF while they think. */
static void bmc_may_think_in_read_state(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, STAY(0x40, 60000));
	script_add_reply(bench->script, sm_device_id, sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

/* Each dummy byte rises one look late, so the last one is still to come. */
static void add_request_with_late_dummies(struct script *script)
{
	SCRIPT(script, S(0x00), C(0x61), S(0x80), W(0x18),
	       S(0x81), D(0x00), C(0x62), S(0x81), D(0x00), W(0x01));
}

static void late_dummy_byte_is_not_taken_for_the_reply(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	add_request_with_late_dummies(bench->script);
	SCRIPT(bench->script, S(0x41), D(0x00), S(0x40));
	script_add_reply(bench->script, sm_device_id, sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

static const u8 zeros[] = { 0x00, 0x01, 0x00, 0x20 };

static void second_zero_is_a_reply_and_a_wrong_one(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	add_request_with_late_dummies(bench->script);
	SCRIPT(bench->script, S(0x41), D(0x00));
	script_add_reply(bench->script, zeros, sizeof(zeros));
	sm_bench_run(bench, false);
	KUNIT_EXPECT_EQ(test, bench->sm.result, -EBADMSG);
	KUNIT_EXPECT_EQ(test, (size_t)bench->reply.len, sizeof(zeros));
}

/* No dummy byte is owed: it wrote all of them, or none. */
static void reply_of_zeros_ends_at_once(struct kunit *test)
{
	struct sm_bench *all = sm_bench_create(test), *none = sm_bench_create(test);

	SCRIPT(all->script, S(0x00), C(0x61), S(0x81), D(0x00), W(0x18),
	       S(0x81), D(0x00), C(0x62), S(0x81), D(0x00), W(0x01));
	script_add_reply(all->script, zeros, sizeof(zeros));
	sm_bench_run(all, false);
	sm_expect_failure(test, all, -EBADMSG, true);

	script_add_exchange(none->script, &none->request, zeros, sizeof(zeros));
	sm_bench_run(none, false);
	sm_expect_failure(test, none, -EBADMSG, true);
}

static void last_dummy_byte_may_come_after_idle(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(sm_device_id); i++)
		SCRIPT(bench->script, S(0x41), D(sm_device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x00), S(0x00), S(0x01), D(0x00));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dummy_missing || bench->sm.leftover);
}

static void missing_last_dummy_byte_is_excused(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(sm_device_id); i++)
		SCRIPT(bench->script, S(0x41), D(sm_device_id[i]), W(0x68));
	SCRIPT(bench->script, STAY(0x00, KCS_SM_DUMMY_WAIT_US), S(0x00));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
	KUNIT_EXPECT_TRUE(test, bench->sm.dummy_missing);
}

/* A wait of 0 takes a dummy byte that is there, and waits for none. */
static void host_ends_at_idle_if_no_dummy_is_due(struct kunit *test)
{
	static const u8 idles[] = { 0x00, 0x01 };
	size_t i, idle;

	for (idle = 0; idle < ARRAY_SIZE(idles); idle++) {
		struct sm_bench *bench = sm_bench_create(test);

		bench->dummy_wait_us = 0;
		script_add_request(bench->script, &bench->request);
		for (i = 0; i < sizeof(sm_device_id); i++)
			SCRIPT(bench->script, S(0x41), D(sm_device_id[i]), W(0x68));
		SCRIPT(bench->script, S(idles[idle]));
		if (idles[idle] & KCS_STATUS_OBF)
			SCRIPT(bench->script, D(0x00));
		sm_bench_run(bench, false);
		sm_expect_device_id(test, bench);
		KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
		KUNIT_EXPECT_EQ(test, bench->sm.dummy_missing, !idle);
	}
}

static void host_delivers_reply_when_bmc_errs_after_it(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	size_t i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < sizeof(sm_device_id); i++)
		SCRIPT(bench->script, S(0x41), D(sm_device_id[i]), W(0x68));
	SCRIPT(bench->script, S(0x00), S(0xc0));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_TRUE(test, bench->sm.dirty);
}

static void attention_and_oem_bits_change_nothing(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x3c), C(0x61), S(0xbc), W(0x18), S(0xb4),
	       C(0x62), S(0xbc), W(0x01), S(0x7c));
	script_add_reply(bench->script, sm_device_id, sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

/* -- Lengths. ------------------------------------------------------------- */

static void longest_message_passes_both_ways(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
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
	sm_bench_run(bench, false);
	KUNIT_EXPECT_EQ(test, bench->sm.result, 0);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)KCS_MSG_MAX);
	KUNIT_EXPECT_EQ(test, 0, memcmp(bench->reply.bytes, bytes, KCS_MSG_MAX));
}

static void request_without_command_is_refused_untouched(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	bench->request.len = 1;
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EINVAL, false);
	bench->request.len = KCS_MSG_MAX + 1;
	sm_bench_run(bench, true);
	sm_expect_failure(test, bench, -EINVAL, true);
}

static void overlong_reply_is_drained_and_refused(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	u8 *bytes = kunit_kzalloc(test, KCS_MSG_MAX + 5, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	bytes[0] = 0x1c;
	bytes[1] = 0x01;
	script_add_exchange(bench->script, &bench->request, bytes,
			    KCS_MSG_MAX + 5);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EMSGSIZE, false);
	KUNIT_EXPECT_EQ(test, bench->reply.len, (u16)KCS_MSG_MAX);
}

static void endless_reply_is_aborted(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	int i;

	script_add_request(bench->script, &bench->request);
	for (i = 0; i < KCS_MSG_MAX + KCS_SM_DRAIN_MAX; i++)
		SCRIPT(bench->script, S(0x41), D(0x1c), W(0x68));
	SCRIPT(bench->script, S(0x41), D(0x1c));
	script_add_abort(bench->script, 0x01);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EMSGSIZE, false);
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
		{ 4, { 0x18, 0x01, 0x00, 0x20 } },	/* our own bytes */
		{ 2, { 0x1c, 0x01 } },			/* no completion code */
		{ 1, { 0x1c } },
		{ 0, {} },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		struct sm_bench *bench = sm_bench_create(test);

		script_add_exchange(bench->script, &bench->request,
				    replies[i].bytes, replies[i].len);
		sm_bench_run(bench, false);
		sm_expect_failure(test, bench, -EBADMSG, true);
	}
}

/* Some BMCs answer any LUN with LUN 0. */
static void reply_with_another_lun_is_delivered(struct kunit *test)
{
	u8 lun;

	for (lun = 1; lun <= 3; lun++) {
		struct sm_bench *bench = sm_bench_create(test);

		bench->request.bytes[0] |= lun;
		script_add_exchange(bench->script, &bench->request, sm_device_id,
				    sizeof(sm_device_id));
		sm_bench_run(bench, false);
		sm_expect_device_id(test, bench);
	}
}

static void ended_message_touches_nothing(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	int status;

	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, false);
	for (status = 0; status <= 0xff; status++) {
		struct kcs_action action = kcs_sm_status(&bench->sm, status, 0);

		KUNIT_EXPECT_EQ(test, action.kind, KCS_ACTION_END);
		action = kcs_sm_data(&bench->sm, status);
		KUNIT_EXPECT_EQ(test, action.kind, KCS_ACTION_END);
	}
	sm_expect_device_id(test, bench);
}

static struct kunit_case sm_cases[] = {
	KUNIT_CASE(get_device_id_follows_the_known_transcript),
	KUNIT_CASE(bmc_without_dummy_bytes_gets_the_same_request),
	KUNIT_CASE(host_drops_byte_left_in_data_out),
	KUNIT_CASE(host_ignores_state_bits_while_ibf_is_set),
	KUNIT_CASE(bmc_may_think_in_read_state),
	KUNIT_CASE(late_dummy_byte_is_not_taken_for_the_reply),
	KUNIT_CASE(second_zero_is_a_reply_and_a_wrong_one),
	KUNIT_CASE(reply_of_zeros_ends_at_once),
	KUNIT_CASE(last_dummy_byte_may_come_after_idle),
	KUNIT_CASE(missing_last_dummy_byte_is_excused),
	KUNIT_CASE(host_ends_at_idle_if_no_dummy_is_due),
	KUNIT_CASE(host_delivers_reply_when_bmc_errs_after_it),
	KUNIT_CASE(attention_and_oem_bits_change_nothing),
	KUNIT_CASE(longest_message_passes_both_ways),
	KUNIT_CASE(request_without_command_is_refused_untouched),
	KUNIT_CASE(overlong_reply_is_drained_and_refused),
	KUNIT_CASE(endless_reply_is_aborted),
	KUNIT_CASE(reply_that_does_not_answer_is_refused),
	KUNIT_CASE(reply_with_another_lun_is_delivered),
	KUNIT_CASE(ended_message_touches_nothing),
	{}
};

static struct kunit_suite sm_suite = {
	.name = "kcs_sm",
	.test_cases = sm_cases,
};

kunit_test_suite(sm_suite);
