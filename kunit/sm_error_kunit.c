// SPDX-License-Identifier: GPL-2.0-only
/* The state machine against scripts: the error exit, byte by byte. */
#include "sm_bench.h"

#include <kunit/test.h>

/* -- The error exit. ------------------------------------------------------ */

static void bmc_error_state_recovers_on_abort(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x00), C(0x61), S(0x80), W(0x18), S(0xc1));
	script_add_abort(bench->script, 0x02);
	SCRIPT(bench->script, PAUSE(0x00));
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0x02);
}

static void error_without_obf_is_aborted_at_once(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x61), S(0xc0));
	script_add_abort(bench->script, 0x00);
	SCRIPT(bench->script, PAUSE(0x00));
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

static void host_never_resends_received_request(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0xc1));
	script_add_abort(bench->script, 0x06);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EIO, false);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0x06);
}

static void error_in_mid_reply_ends_the_message(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x41), D(0x1c), W(0x68), S(0xc0));
	script_add_abort(bench->script, 0xff);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EIO, false);
}

static void host_aborts_bmc_that_asks_for_more_bytes(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	script_add_request(bench->script, &bench->request);
	SCRIPT(bench->script, S(0x80));
	script_add_abort(bench->script, 0x01);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EIO, false);
}

static void dirty_interface_is_aborted_before_the_message(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x41));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, true);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

/* QEMU shows ERROR after ABORT, OpenVMM READ with a byte to drop. */
static void state_after_abort_may_be_any(struct kunit *test)
{
	static const u8 states[] = { 0x80, 0xc0, 0x40, 0x00 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		struct sm_bench *bench = sm_bench_create(test);

		SCRIPT(bench->script, S(0xc0), C(0x60), S(states[i] | 1), D(0xee),
		       W(0x00), S(0x40), S(0x41), D(0x01), W(0x68),
		       S(0x00), S(0x01), D(0x00));
		script_add_exchange(bench->script, &bench->request, sm_device_id,
				    sizeof(sm_device_id));
		sm_bench_run(bench, true);
		sm_expect_device_id(test, bench);
	}
}

static void abort_without_last_dummy_byte_is_excused(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41),
	       D(0x01), W(0x68), STAY(0x00, KCS_SM_DUMMY_WAIT_US), S(0x00));
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, true);
	sm_expect_device_id(test, bench);
}

/* Fails at each of its three checks in turn, and rests before each new try. */
static void add_failing_aborts(struct script *script)
{
	SCRIPT(script,
	       C(0x60), S(0x80), W(0x00), S(0xc0), PAUSE(0xc0),
	       S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41), D(0x01), W(0x68),
	       S(0x40), PAUSE(0xc0),
	       S(0xc0), C(0x60), S(0x80), W(0x00), S(0x41), D(0x01), W(0x68),
	       S(0x00), S(0x80));
}

static void host_starts_message_after_failed_aborts(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc0));
	add_failing_aborts(bench->script);
	SCRIPT(bench->script, PAUSE(0xc0));
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, true);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_FALSE(test, bench->sm.dirty);
}

static void host_gives_up_begun_message_on_failed_aborts(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x00), C(0x61), S(0xc0));
	add_failing_aborts(bench->script);
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EIO, true);
}

static void message_is_given_up_when_nothing_helps(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc0));
	add_failing_aborts(bench->script);
	SCRIPT(bench->script, PAUSE(0xc0), S(0xc0), C(0x61), S(0xc0),
	       C(0x60), S(0x80), W(0x00), S(0xc0));
	sm_bench_run(bench, true);
	sm_expect_failure(test, bench, -EIO, true);
}

static void missing_status_code_fails_the_abort_in_time(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0xc0), C(0x60), S(0x80), W(0x00),
	       STAY(0x40, KCS_SM_CODE_WAIT_US), S(0x40), PAUSE(0xc0), S(0xc0));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, true);
	sm_expect_device_id(test, bench);
}

static void message_that_always_errs_is_given_up(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);
	int i;

	for (i = 0; i < KCS_SM_SENDS_MAX; i++) {
		if (i)
			SCRIPT(bench->script, PAUSE(0x00));
		SCRIPT(bench->script, S(0x00), C(0x61), S(0xc0));
		script_add_abort(bench->script, 0xc5);
	}
	sm_bench_run(bench, false);
	sm_expect_failure(test, bench, -EIO, false);
	KUNIT_EXPECT_EQ(test, bench->sm.error_code, 0xc5);
}

/* The pause counts from the last byte of the abort, not from when it was awaited. */
static void late_last_byte_of_an_abort_shortens_no_pause(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script, S(0x00), C(0x61), S(0xc0),
	       C(0x60), S(0x80), W(0x00), S(0x41), D(0x01), W(0x68),
	       STAY(0x00, 700), S(0x01), D(0x00), PAUSE(0x00));
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, false);
	sm_expect_device_id(test, bench);
}

/* -- All of it. ----------------------------------------------------------- */

static void every_state_is_entered(struct kunit *test)
{
	struct sm_bench *bench = sm_bench_create(test);

	SCRIPT(bench->script,
	       S(0x02), S(0xc0), C(0x60), S(0x80), W(0x00), S(0xc0),
	       PAUSE(0xc0));
	SCRIPT(bench->script, S(0xc0));
	script_add_abort(bench->script, 0x01);
	script_add_exchange(bench->script, &bench->request, sm_device_id,
			    sizeof(sm_device_id));
	sm_bench_run(bench, true);
	sm_expect_device_id(test, bench);
	KUNIT_EXPECT_EQ(test, bench->visited, BIT(KCS_SM_STATES) - 1);
}

static struct kunit_case sm_error_cases[] = {
	KUNIT_CASE(bmc_error_state_recovers_on_abort),
	KUNIT_CASE(error_without_obf_is_aborted_at_once),
	KUNIT_CASE(host_never_resends_received_request),
	KUNIT_CASE(error_in_mid_reply_ends_the_message),
	KUNIT_CASE(host_aborts_bmc_that_asks_for_more_bytes),
	KUNIT_CASE(dirty_interface_is_aborted_before_the_message),
	KUNIT_CASE(state_after_abort_may_be_any),
	KUNIT_CASE(abort_without_last_dummy_byte_is_excused),
	KUNIT_CASE(host_starts_message_after_failed_aborts),
	KUNIT_CASE(host_gives_up_begun_message_on_failed_aborts),
	KUNIT_CASE(message_is_given_up_when_nothing_helps),
	KUNIT_CASE(missing_status_code_fails_the_abort_in_time),
	KUNIT_CASE(message_that_always_errs_is_given_up),
	KUNIT_CASE(late_last_byte_of_an_abort_shortens_no_pause),
	KUNIT_CASE(every_state_is_entered),
	{}
};

static struct kunit_suite sm_error_suite = {
	.name = "kcs_sm_error",
	.test_cases = sm_error_cases,
};

kunit_test_suite(sm_error_suite);
