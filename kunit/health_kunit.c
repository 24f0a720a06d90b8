// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a BMC's health, told as what happens to it, by the second. */
#include "../drivers/core/health.h"

#include <kunit/test.h>

#define S	1000000ull
#define NEVER	KCS_HEALTH_NEVER

enum what {
	PROBE_ANSWERS, PROBE_UPDATING, PROBE_BUSY, PROBE_SILENT, PROBE_FLOATING,
	ANSWER,		/* arg: completion code */
	RESET,		/* arg: completion code */
	FIRMWARE,
	FAIL,		/* arg: errno */
	RESET_FAILS,
	ASKED,
	RESUMED,
};

/**
 * struct step - something happens, and what follows
 * @what: it
 * @arg: more of it
 * @now_us: when
 * @state: the health then
 * @in_step: requests are sent
 * @refuses: they fail at once
 * @probe_us: the next probe
 */
struct step {
	enum what what;
	int arg;
	u64 now_us;
	enum kcs_health_state state;
	bool in_step, refuses;
	u64 probe_us;
};

static void make(struct kunit *test, struct kcs_msg *msg, u8 netfn, u8 cmd, u8 cc)
{
	KUNIT_ASSERT_EQ(test, kcs_msg_request(msg, netfn, cmd, &cc, 1), 0);
}

static void happen(struct kunit *test, struct kcs_health *health,
		   const struct step *step)
{
	struct kcs_msg plain, app, cold, warm, firmware, reply;

	make(test, &plain, 0x2c, 0x02, 0);
	make(test, &app, 0x06, 0x01, 0);
	make(test, &cold, 0x06, 0x02, 0);
	make(test, &warm, 0x06, 0x03, 0);
	make(test, &firmware, 0x08, 0x01, 0);
	make(test, &reply, 0x2c, 0x02, step->what == FIRMWARE ? 0 : step->arg);
	switch (step->what) {
	case ANSWER:
		kcs_health_answered(health, &plain, &reply, step->now_us);
		break;
	case RESET:
		kcs_health_answered(health, &cold, &reply, step->now_us);
		break;
	case FIRMWARE:
		kcs_health_answered(health, &firmware, &reply, step->now_us);
		break;
	case FAIL:
		kcs_health_failed(health, step->now_us % 2 ? &app : &plain,
				  step->arg, step->now_us);
		break;
	case RESET_FAILS:
		kcs_health_failed(health, &warm, -ETIMEDOUT, step->now_us);
		break;
	case ASKED:
		kcs_health_asked(health);
		break;
	case RESUMED:
		kcs_health_doubted(health, step->now_us);
		break;
	default:
		kcs_health_probed(health, (enum kcs_health_verdict)step->what,
				  step->now_us);
	}
}

static void tell(struct kunit *test, const struct step *steps, size_t count)
{
	struct kcs_health health = {};
	size_t i;

	KUNIT_EXPECT_EQ(test, health.probe_us, 0ull);
	for (i = 0; i < count; i++) {
		const struct step *step = &steps[i];

		happen(test, &health, step);
		KUNIT_EXPECT_EQ_MSG(test, health.state, step->state, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.in_step, step->in_step, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, kcs_health_refuses(&health),
				    step->refuses, "step %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, health.probe_us, step->probe_us,
				    "step %zu", i);
	}
}

#define TELL(test, ...)							\
	tell(test, (const struct step[]){ __VA_ARGS__ },		\
	     ARRAY_SIZE(((const struct step[]){ __VA_ARGS__ })))

static void bmc_that_answers_is_ready_until_it_fails(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { ANSWER, 0x00, 2 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { ANSWER, 0xc1, 3 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { ANSWER, 0xc0, 3 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { FAIL, -ENODEV, 4 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { FAIL, -EINVAL, 4 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void failure_holds_requests_until_a_probe_is_answered(struct kunit *test)
{
	static const int failures[] = { -ETIMEDOUT, -EIO, -EBADMSG };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failures); i++)
		TELL(test,
		     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
		     { FAIL, failures[i], 9 * S + 1, KCS_HEALTH_DEGRADED, false, false, 9 * S + 1 },
		     { PROBE_ANSWERS, 0, 10 * S, KCS_HEALTH_DEGRADED, true, false, 69 * S + 1 },
		     { FAIL, failures[i], 20 * S, KCS_HEALTH_DEGRADED, false, false, 20 * S },
		     { PROBE_ANSWERS, 0, 21 * S, KCS_HEALTH_DEGRADED, true, false, 80 * S },
		     { PROBE_ANSWERS, 0, 80 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void giving_up_holds_requests_and_is_no_illness(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { FAIL, -ECANCELED, 2 * S, KCS_HEALTH_READY, false, false, 2 * S },
	     { PROBE_ANSWERS, 0, 3 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { FAIL, -EMSGSIZE, 4 * S, KCS_HEALTH_READY, false, false, 4 * S },
	     { PROBE_ANSWERS, 0, 5 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void dead_bmc_is_looked_for_more_and_more_rarely(struct kunit *test)
{
	TELL(test,
	     { PROBE_SILENT, 0, 1 * S, KCS_HEALTH_DEAD, false, true, 2 * S },
	     { PROBE_SILENT, 0, 10 * S, KCS_HEALTH_DEAD, false, true, 12 * S },
	     { PROBE_SILENT, 0, 20 * S, KCS_HEALTH_DEAD, false, true, 24 * S },
	     { PROBE_SILENT, 0, 30 * S, KCS_HEALTH_DEAD, false, true, 38 * S },
	     { PROBE_SILENT, 0, 40 * S, KCS_HEALTH_DEAD, false, true, 56 * S },
	     { PROBE_SILENT, 0, 60 * S, KCS_HEALTH_DEAD, false, true, 92 * S },
	     { PROBE_SILENT, 0, 100 * S, KCS_HEALTH_DEAD, false, true, 160 * S },
	     { PROBE_SILENT, 0, 200 * S, KCS_HEALTH_DEAD, false, true, 260 * S },
	     { ASKED, 0, 0, KCS_HEALTH_DEAD, false, true, 201 * S },
	     { ASKED, 0, 0, KCS_HEALTH_DEAD, false, true, 201 * S },
	     { PROBE_ANSWERS, 0, 202 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void floating_bus_is_absent_and_may_come(struct kunit *test)
{
	TELL(test,
	     { PROBE_FLOATING, 0, 1 * S, KCS_HEALTH_ABSENT, false, true, 2 * S },
	     { PROBE_FLOATING, 0, 2 * S, KCS_HEALTH_ABSENT, false, true, 4 * S },
	     { PROBE_BUSY, 0, 5 * S, KCS_HEALTH_MAINTENANCE, false, true, 6 * S },
	     { PROBE_ANSWERS, 0, 6 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void bmc_that_starts_is_asked_each_second(struct kunit *test)
{
	TELL(test,
	     { PROBE_BUSY, 0, 1 * S, KCS_HEALTH_MAINTENANCE, false, true, 2 * S },
	     { PROBE_BUSY, 0, 50 * S, KCS_HEALTH_MAINTENANCE, false, true, 51 * S },
	     { PROBE_SILENT, 0, 349 * S, KCS_HEALTH_MAINTENANCE, false, true, 350 * S },
	     { PROBE_SILENT, 0, 350 * S, KCS_HEALTH_DEAD, false, true, 358 * S });
}

static void reset_is_waited_for(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { RESET, 0xd4, 2 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { RESET, 0x00, 2 * S, KCS_HEALTH_MAINTENANCE, false, false, 3 * S },
	     { PROBE_SILENT, 0, 5 * S, KCS_HEALTH_MAINTENANCE, false, true, 6 * S },
	     { PROBE_FLOATING, 0, 6 * S, KCS_HEALTH_ABSENT, false, true, 8 * S },
	     { PROBE_ANSWERS, 0, 8 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { RESET_FAILS, 0, 9 * S, KCS_HEALTH_MAINTENANCE, false, false, 10 * S },
	     { PROBE_ANSWERS, 0, 10 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void bmc_that_says_it_is_updating_is_served(struct kunit *test)
{
	TELL(test,
	     { PROBE_UPDATING, 0, 1 * S, KCS_HEALTH_MAINTENANCE, true, false, 31 * S },
	     { FAIL, -ETIMEDOUT, 9 * S, KCS_HEALTH_MAINTENANCE, false, false, 9 * S },
	     { PROBE_UPDATING, 0, 10 * S, KCS_HEALTH_MAINTENANCE, true, false, 40 * S },
	     { PROBE_ANSWERS, 0, 40 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void firmware_update_is_maintenance_for_half_a_minute(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { FIRMWARE, 0, 2 * S, KCS_HEALTH_MAINTENANCE, true, false, 32 * S },
	     { FAIL, -ETIMEDOUT, 9 * S, KCS_HEALTH_MAINTENANCE, false, false, 9 * S },
	     { PROBE_ANSWERS, 0, 10 * S, KCS_HEALTH_MAINTENANCE, true, false, 32 * S },
	     { FIRMWARE, 0, 20 * S, KCS_HEALTH_MAINTENANCE, true, false, 50 * S },
	     { PROBE_ANSWERS, 0, 50 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void success_is_news_where_it_changes_what_is_known(struct kunit *test)
{
	u32 netfn, cmd;

	for (netfn = 0; netfn <= 0x2e; netfn += 2) {
		for (cmd = 0; cmd <= 0xff; cmd++) {
			struct kcs_health health = { .state = KCS_HEALTH_READY,
				.in_step = true, .probe_us = KCS_HEALTH_NEVER };
			const struct kcs_health before = health;
			struct kcs_msg request, reply;

			make(test, &request, netfn, cmd, 0);
			make(test, &reply, netfn, cmd, 0);
			kcs_health_answered(&health, &request, &reply, 1);
			KUNIT_EXPECT_EQ_MSG(test, kcs_health_is_news(&request),
					    memcmp(&health, &before, sizeof(health)) != 0,
					    "NetFn %02xh command %02xh", netfn, cmd);
		}
	}
}

/* An interface whose BMC is gone may say so itself, each time, after a while. */
static void time_out_code_makes_it_look_at_once(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { ANSWER, 0xc3, 2 * S, KCS_HEALTH_READY, false, false, 2 * S },
	     { PROBE_SILENT, 0, 6 * S, KCS_HEALTH_DEAD, false, true, 7 * S });
}

static void sleep_makes_it_look_again(struct kunit *test)
{
	TELL(test,
	     { PROBE_ANSWERS, 0, 1 * S, KCS_HEALTH_READY, true, false, NEVER },
	     { RESUMED, 0, 9 * S, KCS_HEALTH_READY, false, false, 9 * S },
	     { PROBE_SILENT, 0, 12 * S, KCS_HEALTH_DEAD, false, true, 13 * S },
	     { RESUMED, 0, 50 * S, KCS_HEALTH_DEAD, false, false, 50 * S },
	     { PROBE_ANSWERS, 0, 51 * S, KCS_HEALTH_READY, true, false, NEVER });
}

static void probe_that_follows_others_may_take_longer(struct kunit *test)
{
	static const u32 budgets_ms[] = { 1500, 3000, 5000, 5000 };
	struct kcs_health health = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(budgets_ms); i++) {
		KUNIT_EXPECT_EQ(test, kcs_health_budget_ms(&health), budgets_ms[i]);
		kcs_health_probed(&health, KCS_HEALTH_SILENT, i * S);
	}
}

static struct kunit_case health_cases[] = {
	KUNIT_CASE(bmc_that_answers_is_ready_until_it_fails),
	KUNIT_CASE(failure_holds_requests_until_a_probe_is_answered),
	KUNIT_CASE(giving_up_holds_requests_and_is_no_illness),
	KUNIT_CASE(dead_bmc_is_looked_for_more_and_more_rarely),
	KUNIT_CASE(floating_bus_is_absent_and_may_come),
	KUNIT_CASE(bmc_that_starts_is_asked_each_second),
	KUNIT_CASE(reset_is_waited_for),
	KUNIT_CASE(bmc_that_says_it_is_updating_is_served),
	KUNIT_CASE(firmware_update_is_maintenance_for_half_a_minute),
	KUNIT_CASE(success_is_news_where_it_changes_what_is_known),
	KUNIT_CASE(time_out_code_makes_it_look_at_once),
	KUNIT_CASE(sleep_makes_it_look_again),
	KUNIT_CASE(probe_that_follows_others_may_take_longer),
	{}
};

static struct kunit_suite health_suite = {
	.name = "kcs_health",
	.test_cases = health_cases,
};

kunit_test_suite(health_suite);
