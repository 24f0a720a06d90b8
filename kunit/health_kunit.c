// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a BMC's health, told as what happens to it, by the millisecond. */
#include "../drivers/core/health.h"

#include <kcs/command.h>
#include <kcs/regs.h>
#include <kunit/test.h>

#define MS	1000ull

#define TEST	KCS_CMD_GET_SELF_TEST
#define ID	IPMI_GET_DEVICE_ID_CMD

enum what {
	RIGHT,		/* the question is answered with completion code arg */
	UPDATING,	/* with 00h, and "my firmware is being updated" */
	SHORT,		/* with 00h, and no word on firmware */
	NO_DEVICE,	/* there is no interface to ask */
	SILENT,		/* it is not answered */
	FLOATED,
	ASKED,		/* the question is on the wire */
	STIRRED,
	DEMANDED,
	DOUBTED,
	ANSWER,		/* a request is answered, completion code arg */
	RESET,
	FIRMWARE,
	CARRIED,
	FAIL,		/* a request fails, errno arg */
	RESET_FAILS,
};

/**
 * struct step - something happens, and what follows
 * @what: it
 * @arg: more of it
 * @now_ms: when
 * @state: the health then
 * @in_step: requests are sent
 * @refuses: new ones fail at once
 * @question: what is asked next
 * @question_ms: when; -1 for not at all
 */
struct step {
	enum what what;
	int arg;
	u32 now_ms;
	enum kcs_health_state state;
	bool in_step, refuses;
	u8 question;
	long question_ms;
};

#define READY		KCS_HEALTH_READY
#define DEGRADED	KCS_HEALTH_DEGRADED
#define RESTRICTED	KCS_HEALTH_RESTRICTED
#define MAINTENANCE	KCS_HEALTH_MAINTENANCE
#define DEAD		KCS_HEALTH_DEAD
#define ABSENT		KCS_HEALTH_ABSENT
#define UNKNOWN		KCS_HEALTH_UNKNOWN

static u64 horizon_us;

static void reply_of(struct kcs_health *health, u16 len, u8 cc, u8 firmware,
		     u64 now_us)
{
	struct kcs_msg msg = {
		.len = len, .bytes = { 0x1c, health->question, cc, 0x20, 0x01, firmware },
	};

	kcs_health_replied(health, 0, &msg, now_us, horizon_us);
}

static void reply(struct kcs_health *health, u8 cc, u8 firmware, u64 now_us)
{
	reply_of(health, 14, cc, firmware, now_us);
}

static void happen_request(struct kcs_health *health, const struct step *step,
			   u64 now_us)
{
	static const u32 commands[] = {
		[RESET] = KCS_COMMAND_RESET, [FIRMWARE] = KCS_COMMAND_LONG,
		[CARRIED] = KCS_COMMAND_CARRIES, [RESET_FAILS] = KCS_COMMAND_RESET,
	};
	u32 command = commands[step->what];

	if (step->what == FAIL || step->what == RESET_FAILS)
		kcs_health_failed(health, command, step->arg, now_us, horizon_us);
	else
		kcs_health_answered(health, command, step->arg, now_us, horizon_us);
}

static void happen(struct kcs_health *health, const struct step *step)
{
	u64 now_us = step->now_ms * MS;

	switch (step->what) {
	case RIGHT:
		reply(health, step->arg, 0x01, now_us);
		break;
	case UPDATING:
		reply(health, 0, 0x81, now_us);
		break;
	case SHORT:
		reply_of(health, 5, 0, 0x81, now_us);
		break;
	case NO_DEVICE:
	case SILENT:
		kcs_health_replied(health, step->what == SILENT ? -ETIMEDOUT : -ENODEV,
				   NULL, now_us, horizon_us);
		break;
	case FLOATED:
		kcs_health_floated(health, now_us);
		break;
	case ASKED:
		health->is_asking = true;
		break;
	case STIRRED:
		kcs_health_stirred(health, now_us);
		break;
	case DEMANDED:
		kcs_health_demanded(health, now_us);
		break;
	case DOUBTED:
		kcs_health_doubted(health, now_us);
		break;
	default:
		happen_request(health, step, now_us);
	}
}

static void tell(struct kunit *test, const struct step *steps, size_t count)
{
	struct kcs_health health;
	size_t i;

	kcs_health_init(&health, 0);
	for (i = 0; i < count; i++) {
		const struct step *step = &steps[i];
		u64 question_us = step->question_ms < 0 ? KCS_HEALTH_NEVER :
				  (u64)step->question_ms * MS;

		happen(&health, step);
		KUNIT_EXPECT_EQ_MSG(test, health.state, step->state, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.in_step, step->in_step, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.refuses, step->refuses, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.question, step->question, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.question_us, question_us, "step %zu", i);
	}
	horizon_us = 0;
}

#define TELL(test, ...)							\
	tell(test, (const struct step[]){ __VA_ARGS__ },		\
	     ARRAY_SIZE(((const struct step[]){ __VA_ARGS__ })))

/* The first search ends well, at 2 ms. */
#define FOUND								\
	{ RIGHT, 0, 1, UNKNOWN, false, false, ID, 1 },			\
	{ RIGHT, 0, 2, READY, true, false, ID, -1 }

static void bmc_that_answers_twice_is_ready(struct kunit *test)
{
	struct kcs_health health;

	kcs_health_init(&health, 5);
	KUNIT_EXPECT_EQ(test, health.question, TEST);
	KUNIT_EXPECT_EQ(test, health.question_us, 5ull);
	KUNIT_EXPECT_FALSE(test, health.in_step || health.refuses);
	TELL(test, FOUND,
	     { ANSWER, 0xc1, 20, READY, true, false, ID, -1 },
	     { ANSWER, 0xc0, 30, READY, true, false, ID, -1 },
	     { FAIL, -ENODEV, 40, READY, true, false, ID, -1 },
	     { FAIL, -EINVAL, 40, READY, true, false, ID, -1 });
}

static void failure_holds_requests_for_two_answers(struct kunit *test)
{
	static const int failures[] = { -ETIMEDOUT, -EIO, -EBADMSG };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failures); i++)
		TELL(test, FOUND,
		     { FAIL, failures[i], 100, DEGRADED, false, false, TEST, 110 },
		     { RIGHT, 0, 110, DEGRADED, false, false, ID, 110 },
		     { SILENT, 0, 860, DEGRADED, false, false, TEST, 870 },
		     { RIGHT, 0, 870, DEGRADED, false, false, ID, 870 },
		     { RIGHT, 0, 871, DEGRADED, true, false, ID, 60100 },
		     { RIGHT, 0, 60100, READY, true, false, ID, -1 });
}

static void giving_up_a_message_is_no_fault(struct kunit *test)
{
	TELL(test, FOUND,
	     { FAIL, -ECANCELED, 100, READY, false, false, TEST, 110 },
	     { RIGHT, 0, 110, READY, false, false, ID, 110 },
	     { RIGHT, 0, 111, READY, true, false, ID, -1 },
	     { FAIL, -EMSGSIZE, 200, READY, false, false, TEST, 210 });
}

static void verdict_waits_for_those_who_wait(struct kunit *test)
{
	horizon_us = 5000 * MS;
	TELL(test, FOUND,
	     { FAIL, -ETIMEDOUT, 1000, DEGRADED, false, false, TEST, 1010 },
	     { SILENT, 0, 1760, DEGRADED, false, false, ID, 1770 },
	     { SILENT, 0, 2520, DEGRADED, false, false, TEST, 2540 },
	     { SILENT, 0, 4040, DEGRADED, false, false, ID, 4080 },
	     { SILENT, 0, 4999, DEGRADED, false, false, TEST, 5079 },
	     { SILENT, 0, 6000, DEAD, false, true, TEST, 7000 });
}

static void dead_bmc_is_searched_for_ever_more_rarely(struct kunit *test)
{
	TELL(test,
	     { SILENT, 0, 1500, DEAD, false, true, TEST, 2500 },
	     { SILENT, 0, 5500, DEAD, false, true, TEST, 7500 },
	     { SILENT, 0, 12500, DEAD, false, true, TEST, 16500 },
	     { SILENT, 0, 21500, DEAD, false, true, TEST, 29500 },
	     { SILENT, 0, 34500, DEAD, false, true, TEST, 50500 },
	     { SILENT, 0, 55500, DEAD, false, true, TEST, 87500 },
	     { SILENT, 0, 92500, DEAD, false, true, TEST, 152500 },
	     { SILENT, 0, 157500, DEAD, false, true, TEST, 217500 },
	     { DEMANDED, 0, 0, DEAD, false, true, TEST, 158500 },
	     { DEMANDED, 0, 0, DEAD, false, true, TEST, 158500 },
	     { STIRRED, 0, 158000, DEAD, false, true, TEST, 158000 },
	     { RIGHT, 0, 158001, DEAD, false, true, ID, 158001 },
	     { RIGHT, 0, 158002, READY, true, false, ID, -1 },
	     { STIRRED, 0, 158003, READY, true, false, ID, -1 },
	     { DEMANDED, 0, 158003, READY, true, false, ID, -1 });
}

static void demanded_search_has_its_whole_time(struct kunit *test)
{
	TELL(test,
	     { SILENT, 0, 1500, DEAD, false, true, TEST, 2500 },
	     { SILENT, 0, 5500, DEAD, false, true, TEST, 7500 },
	     { DEMANDED, 0, 7000, DEAD, false, true, TEST, 7000 },
	     { ASKED, 0, 7000, DEAD, false, true, TEST, 7000 },
	     { STIRRED, 0, 7001, DEAD, false, true, TEST, 7000 },
	     { SILENT, 0, 11800, DEAD, false, true, ID, 11810 },
	     { DEMANDED, 0, 11801, DEAD, false, true, ID, 11810 },
	     { SILENT, 0, 12000, DEAD, false, true, TEST, 13000 });
}

static void busy_bmc_is_asked_the_same_again(struct kunit *test)
{
	static const int codes[] = { 0xc0, 0xd1, 0xd2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		TELL(test, FOUND,
		     { FAIL, -EIO, 1000, DEGRADED, false, false, TEST, 1010 },
		     { RIGHT, codes[i], 1010, DEGRADED, false, false, TEST, 1020 },
		     { RIGHT, codes[i], 1020, DEGRADED, false, false, TEST, 1040 },
		     { RIGHT, codes[i], 1040, DEGRADED, false, false, TEST, 1080 },
		     { RIGHT, 0, 1080, DEGRADED, false, false, ID, 1080 },
		     { RIGHT, codes[i], 1081, DEGRADED, false, false, ID, 1161 },
		     { RIGHT, codes[i], 2600, MAINTENANCE, false, true, TEST, 3600 },
		     { RIGHT, 0, 3600, MAINTENANCE, false, true, ID, 3600 },
		     { RIGHT, 0, 3601, READY, true, false, ID, -1 });
}

static void busy_bmc_is_asked_twice_a_second(struct kunit *test)
{
	horizon_us = 60000 * MS;
	TELL(test, FOUND,
	     { FAIL, -EIO, 1000, DEGRADED, false, false, TEST, 1010 },
	     { RIGHT, 0xc0, 1010, DEGRADED, false, false, TEST, 1020 },
	     { RIGHT, 0xc0, 1020, DEGRADED, false, false, TEST, 1040 },
	     { RIGHT, 0xc0, 1040, DEGRADED, false, false, TEST, 1080 },
	     { RIGHT, 0xc0, 1080, DEGRADED, false, false, TEST, 1160 },
	     { RIGHT, 0xc0, 1160, DEGRADED, false, false, TEST, 1320 },
	     { RIGHT, 0xc0, 1320, DEGRADED, false, false, TEST, 1640 },
	     { RIGHT, 0xc0, 1640, DEGRADED, false, false, TEST, 2140 },
	     { RIGHT, 0xc0, 2140, DEGRADED, false, false, TEST, 2640 },
	     { RIGHT, 0xc0, 59999, DEGRADED, false, false, TEST, 60499 },
	     { RIGHT, 0xc0, 60000, MAINTENANCE, false, true, TEST, 61000 });
}

static void search_ends_with_the_device_id(struct kunit *test)
{
	TELL(test,
	     { NO_DEVICE, 0, 5, UNKNOWN, false, false, TEST, 0 },
	     { SILENT, 0, 750, UNKNOWN, false, false, ID, 760 },
	     { RIGHT, 0, 760, UNKNOWN, false, false, TEST, 760 },
	     { RIGHT, 0, 761, UNKNOWN, false, false, ID, 761 },
	     { SHORT, 0, 762, READY, true, false, ID, -1 });
}

static void odd_code_means_not_yet_for_long(struct kunit *test)
{
	struct kcs_health health;
	u64 now_us = 0;
	u32 searches = 0;

	kcs_health_init(&health, 0);
	while (!health.in_step && searches < 1000) {
		now_us = health.question_us + 6000 * MS;
		searches += health.question == ID;
		reply(&health, health.question == ID ? 0xd5 : 0x00, 0, now_us);
	}
	KUNIT_EXPECT_GE(test, searches, 120u);
	KUNIT_EXPECT_LE(test, searches, 260u);
}

static void policy_of_the_bmc_refuses_only_one(struct kunit *test)
{
	TELL(test,
	     { RIGHT, 0, 1, UNKNOWN, false, false, ID, 1 },
	     { RIGHT, 0xd4, 2, RESTRICTED, true, false, ID, 60002 },
	     { RIGHT, 0xd4, 60002, RESTRICTED, true, false, ID, 120002 },
	     { RIGHT, 0x00, 120002, READY, true, false, ID, -1 });
}

static void reset_excuses_silence_for_a_while(struct kunit *test)
{
	TELL(test, FOUND,
	     { RESET, 0xd4, 50, READY, true, false, ID, -1 },
	     { RESET, 0x00, 100, MAINTENANCE, false, false, TEST, 1100 },
	     { RIGHT, 0, 1100, MAINTENANCE, false, false, ID, 1100 },
	     { RIGHT, 0, 1101, READY, true, false, ID, -1 },
	     { FAIL, -ETIMEDOUT, 9000, DEGRADED, false, false, TEST, 9010 },
	     { SILENT, 0, 11000, MAINTENANCE, false, true, TEST, 12000 },
	     { SILENT, 0, 19000, MAINTENANCE, false, true, TEST, 20000 },
	     { RIGHT, 0, 40000, MAINTENANCE, false, true, ID, 40000 },
	     { RIGHT, 0, 40001, READY, true, false, ID, -1 },
	     { FAIL, -ETIMEDOUT, 50000, DEGRADED, false, false, TEST, 50010 },
	     { SILENT, 0, 52000, DEAD, false, true, TEST, 53000 });
}

static void reset_that_is_not_answered_is_one(struct kunit *test)
{
	TELL(test, FOUND,
	     { RESET_FAILS, -ETIMEDOUT, 5000, MAINTENANCE, false, false, TEST, 6000 },
	     { SILENT, 0, 301000, MAINTENANCE, false, true, TEST, 302000 },
	     { SILENT, 0, 306000, DEAD, false, true, TEST, 308000 });
}

static void firmware_update_is_maintenance(struct kunit *test)
{
	TELL(test, FOUND,
	     { FIRMWARE, 0, 100, MAINTENANCE, true, false, ID, 30100 },
	     { FIRMWARE, 0, 200, MAINTENANCE, true, false, ID, 30200 },
	     { FIRMWARE, 0xc1, 300, MAINTENANCE, true, false, ID, 30200 },
	     { UPDATING, 0, 30200, MAINTENANCE, true, false, ID, 60200 },
	     { RIGHT, 0, 60200, READY, true, false, ID, -1 });
}

static void failure_in_an_update_is_maintenance(struct kunit *test)
{
	TELL(test, FOUND,
	     { FIRMWARE, 0, 100, MAINTENANCE, true, false, ID, 30100 },
	     { FAIL, -EIO, 200, MAINTENANCE, false, false, TEST, 210 },
	     { RIGHT, 0, 210, MAINTENANCE, false, false, ID, 210 },
	     { RIGHT, 0, 211, MAINTENANCE, true, false, ID, 30100 },
	     { SILENT, 0, 35100, MAINTENANCE, false, false, TEST, 35110 },
	     { SILENT, 0, 37000, MAINTENANCE, false, true, TEST, 38000 });
}

static void doubtful_code_is_followed_by_one_question(struct kunit *test)
{
	TELL(test, FOUND,
	     { CARRIED, 0xc3, 5000, READY, true, false, ID, -1 },
	     { ANSWER, 0xc3, 5000, READY, true, false, ID, 5000 },
	     { RIGHT, 0x00, 5001, READY, true, false, ID, -1 },
	     { ANSWER, 0xc3, 5002, READY, true, false, ID, 6001 },
	     { ANSWER, 0xc3, 5500, READY, true, false, ID, 6001 },
	     { RIGHT, 0xc0, 6001, READY, true, false, ID, -1 },
	     { ANSWER, 0xc3, 9000, READY, true, false, ID, 9000 },
	     { RIGHT, 0xc3, 9001, DEGRADED, false, false, TEST, 9011 });
	TELL(test, FOUND,
	     { ANSWER, 0xc3, 5000, READY, true, false, ID, 5000 },
	     { SILENT, 0, 10000, DEGRADED, false, false, TEST, 10010 });
}

static void slow_bmc_gets_its_time_once_more(struct kunit *test)
{
	TELL(test,
	     { SILENT, 0, 750, UNKNOWN, false, false, ID, 760 },
	     { RIGHT, 0, 1400, UNKNOWN, false, false, TEST, 1400 },
	     { SILENT, 0, 2800, UNKNOWN, false, false, ID, 2820 },
	     { SILENT, 0, 2900, DEAD, false, true, TEST, 3900 });
	/* Each right answer would put the verdict off: it answers only one question. */
	TELL(test,
	     { RIGHT, 0, 1, UNKNOWN, false, false, ID, 1 },
	     { SILENT, 0, 2, UNKNOWN, false, false, TEST, 12 },
	     { RIGHT, 0, 1400, UNKNOWN, false, false, ID, 1400 },
	     { SILENT, 0, 1501, DEAD, false, true, TEST, 2501 });
}

static void floating_bus_is_absent(struct kunit *test)
{
	TELL(test,
	     { FLOATED, 0, 1000, ABSENT, false, true, TEST, 2000 },
	     { FLOATED, 0, 2000, ABSENT, false, true, TEST, 4000 },
	     { RIGHT, 0, 4000, ABSENT, false, true, ID, 4000 },
	     { RIGHT, 0, 4001, READY, true, false, ID, -1 },
	     { DOUBTED, 0, 5000, READY, false, false, TEST, 5000 });
}

static void question_gets_more_time_after_silence(struct kunit *test)
{
	static const u32 wanted_ms[] = { 750, 750, 1500, 1500, 3000, 3000 };
	struct kcs_health health;
	size_t i;

	kcs_health_init(&health, 0);
	horizon_us = 60000 * MS;
	kcs_health_failed(&health, 0, -ETIMEDOUT, 0, horizon_us);
	for (i = 0; i < ARRAY_SIZE(wanted_ms); i++) {
		KUNIT_EXPECT_EQ(test, kcs_health_question_ms(&health), wanted_ms[i]);
		kcs_health_replied(&health, -ETIMEDOUT, NULL, 1000 * MS, horizon_us);
	}
	reply(&health, 0, 0, 2000 * MS);
	reply(&health, 0, 0, 2000 * MS);
	KUNIT_EXPECT_EQ(test, kcs_health_question_ms(&health), 5000u);
	horizon_us = 0;
}

static struct kunit_case health_cases[] = {
	KUNIT_CASE(bmc_that_answers_twice_is_ready),
	KUNIT_CASE(failure_holds_requests_for_two_answers),
	KUNIT_CASE(giving_up_a_message_is_no_fault),
	KUNIT_CASE(verdict_waits_for_those_who_wait),
	KUNIT_CASE(dead_bmc_is_searched_for_ever_more_rarely),
	KUNIT_CASE(demanded_search_has_its_whole_time),
	KUNIT_CASE(busy_bmc_is_asked_the_same_again),
	KUNIT_CASE(busy_bmc_is_asked_twice_a_second),
	KUNIT_CASE(search_ends_with_the_device_id),
	KUNIT_CASE(odd_code_means_not_yet_for_long),
	KUNIT_CASE(policy_of_the_bmc_refuses_only_one),
	KUNIT_CASE(reset_excuses_silence_for_a_while),
	KUNIT_CASE(reset_that_is_not_answered_is_one),
	KUNIT_CASE(firmware_update_is_maintenance),
	KUNIT_CASE(failure_in_an_update_is_maintenance),
	KUNIT_CASE(doubtful_code_is_followed_by_one_question),
	KUNIT_CASE(slow_bmc_gets_its_time_once_more),
	KUNIT_CASE(floating_bus_is_absent),
	KUNIT_CASE(question_gets_more_time_after_silence),
	{}
};

static struct kunit_suite health_suite = {
	.name = "kcs_health",
	.test_cases = health_cases,
};

kunit_test_suite(health_suite);
