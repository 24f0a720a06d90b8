// SPDX-License-Identifier: GPL-2.0-only
/* Which commands AML may send: words, and what they let through. */
#include "../drivers/opregion/policy.h"

#include <kunit/test.h>

#define NO_DATA	-1

/**
 * struct policy_row - a policy, a request, and whether it may be sent
 * @words: the policy
 * @netfn: of the request
 * @cmd: of the request
 * @data: its first data byte, or %NO_DATA
 * @allowed: whether it may
 */
struct policy_row {
	const char *words;
	u8 netfn, cmd;
	int data;
	bool allowed;
};

static const struct policy_row policy_rows[] = {
	{ "", 0x00, 0x02, 0, true },
	{ "all", 0x00, 0x02, 0, true },
	{ "all", 0x3e, 0xff, NO_DATA, true },
	{ "none", 0x06, 0x01, NO_DATA, false },

	/* What reads. */
	{ "monitor-only", 0x06, 0x01, NO_DATA, true },
	{ "monitor-only", 0x04, 0x2d, 1, true },
	{ "monitor-only", 0x0a, 0x43, 0, true },
	{ "monitor-only", 0x2c, 0x02, 0xdc, true },
	{ "monitor-only", 0x2c, 0x03, 0xdc, true },
	{ "monitor-only", 0x30, 0xb3, 0x0a, true },
	{ "monitor-only", 0x06, 0x59, 0, true },
	{ "monitor-only", 0x0c, 0x02, 1, true },
	/* Chassis control, identify, boot options. */
	{ "monitor-only", 0x00, 0x02, 1, false },
	{ "monitor-only", 0x00, 0x03, NO_DATA, false },
	{ "monitor-only", 0x00, 0x04, 0, false },
	{ "monitor-only", 0x00, 0x08, 5, false },
	/* Resets of the BMC, its watchdog, its power state. */
	{ "monitor-only", 0x06, 0x02, NO_DATA, false },
	{ "monitor-only", 0x06, 0x03, NO_DATA, false },
	{ "monitor-only", 0x06, 0x06, 0, false },
	{ "monitor-only", 0x06, 0x22, NO_DATA, false },
	{ "monitor-only", 0x06, 0x24, 0, false },
	{ "monitor-only", 0x06, 0x2e, 0, false },
	/* Messages taken from their reader, and commands to others. */
	{ "monitor-only", 0x06, 0x30, 0, false },
	{ "monitor-only", 0x06, 0x33, NO_DATA, false },
	{ "monitor-only", 0x06, 0x34, 0, false },
	{ "monitor-only", 0x06, 0x35, NO_DATA, false },
	{ "monitor-only", 0x06, 0x52, 0, false },
	/* Channels, users, passwords, LAN, serial over LAN. */
	{ "monitor-only", 0x06, 0x40, 0, false },
	{ "monitor-only", 0x06, 0x43, 0, false },
	{ "monitor-only", 0x06, 0x45, 0, false },
	{ "monitor-only", 0x06, 0x47, 0, false },
	{ "monitor-only", 0x0c, 0x01, 0, false },
	{ "monitor-only", 0x0c, 0x21, 0, false },
	/* A power cap on Dell's; reservations of others. */
	{ "monitor-only", 0x06, 0x58, 0xea, false },
	{ "monitor-only", 0x06, 0x58, 0xc4, false },
	{ "monitor-only", 0x04, 0x22, NO_DATA, false },
	{ "monitor-only", 0x0a, 0x22, NO_DATA, false },
	{ "monitor-only", 0x0a, 0x42, NO_DATA, false },
	/* Logs, inventory, thresholds. */
	{ "monitor-only", 0x0a, 0x12, 0, false },
	{ "monitor-only", 0x0a, 0x24, 0, false },
	{ "monitor-only", 0x0a, 0x47, 0, false },
	{ "monitor-only", 0x04, 0x12, 0, false },
	{ "monitor-only", 0x04, 0x26, 0, false },
	/* Firmware, and what only its vendor knows. */
	{ "monitor-only", 0x08, 0x01, 0, false },
	{ "monitor-only", 0x2c, 0x04, 0xdc, false },
	{ "monitor-only", 0x2c, 0x05, 0xdc, false },
	{ "monitor-only", 0x2c, 0x12, 0xdc, false },
	{ "monitor-only", 0x2e, 0x01, 0, false },
	{ "monitor-only", 0x30, 0xb2, 0, false },
	{ "monitor-only", 0x30, 0xb2, 0x0a, false },
	{ "monitor-only", 0x30, 0xb3, 0x0b, false },
	{ "monitor-only", 0x30, 0xb3, NO_DATA, false },
	{ "monitor-only", 0x3a, 0x01, 0, false },
	/* DCMI's numbers mean other things in other groups. */
	{ "monitor-only", 0x2c, 0x02, 0x00, false },
	{ "monitor-only", 0x2c, 0x02, NO_DATA, false },

	/* What cuts power: at once, when a timer expires, when an event is filtered. */
	{ "no-power", 0x00, 0x02, 0, false },
	{ "no-power", 0x00, 0x02, NO_DATA, false },
	{ "no-power", 0x00, 0x03, NO_DATA, false },
	{ "no-power", 0x06, 0x22, NO_DATA, false },
	{ "no-power", 0x06, 0x24, 4, false },
	{ "no-power", 0x04, 0x12, 2, false },
	{ "no-power", 0x06, 0x34, 0, false },
	{ "no-power", 0x06, 0x52, 0, false },
	{ "no-power", 0x02, 0x20, 0, false },
	{ "no-power", 0x02, 0x21, 0, false },
	{ "no-power", 0x00, 0x01, NO_DATA, true },
	{ "no-power", 0x06, 0x25, NO_DATA, true },
	{ "no-power", 0x04, 0x13, 0, true },
	{ "no-power", 0x04, 0x02, 0x41, false },
	{ "no-power", 0x2c, 0x04, 0xdc, false },
	{ "no-power", 0x2c, 0x05, 0xdc, false },
	{ "no-power", 0x2c, 0x04, 0x00, false },
	{ "no-power", 0x2c, 0x0c, 0x00, false },
	{ "no-power", 0x2c, 0x11, 0x00, false },
	{ "no-power", 0x2c, 0x12, 0xdc, true },
	{ "no-power", 0x30, 0xc8, NO_DATA, true },
	{ "no-power,+06/22", 0x06, 0x22, NO_DATA, true },
	{ "no-power,+06/34", 0x06, 0x34, 0, true },
	{ "no-power,-30/*", 0x30, 0xc8, NO_DATA, false },
	{ "no-power,all", 0x00, 0x02, 0, true },
	{ "no-power,+06/52", 0x06, 0x34, 0, false },

	/* Rules: the last word that speaks of a command counts. */
	{ "all,-00/02", 0x00, 0x02, 1, false },
	{ "all,-00/02", 0x00, 0x02, NO_DATA, false },
	{ "all,-00/02", 0x00, 0x01, NO_DATA, true },
	{ "-00/02", 0x00, 0x02, 1, false },
	{ "-00/02,all", 0x00, 0x02, 1, true },
	{ "-00/02 +00/02", 0x00, 0x02, 1, true },
	{ "+00/02 -00/02", 0x00, 0x02, 1, false },
	{ "-0/*", 0x00, 0x01, NO_DATA, false },
	{ "-0/*", 0x04, 0x01, NO_DATA, true },
	{ "-0/*,+0/1", 0x00, 0x01, NO_DATA, true },
	{ "none,+2c/02:dc", 0x2c, 0x02, 0xdc, true },
	{ "none,+2C/02:DC", 0x2c, 0x02, 0xdc, true },
	{ "none,+2c/02:dc", 0x2c, 0x02, 0xdb, false },
	{ "none,+2c/02:dc", 0x2c, 0x02, NO_DATA, false },
	{ "none +30/*:0a", 0x30, 0x77, 0x0a, true },
	{ "monitor-only,+30/c8", 0x30, 0xc8, NO_DATA, true },
	{ "monitor-only,+06/58:c4", 0x06, 0x58, 0xc4, true },
	{ "monitor-only,+06/58:c4", 0x06, 0x58, 0xea, false },
	{ "  none , +06/01\n", 0x06, 0x01, NO_DATA, true },

	/* A command inside a command is not looked into. */
	{ "all", 0x06, 0x34, 0, true },
	{ "all", 0x06, 0x52, 0, true },
	{ "all,+00/02", 0x06, 0x34, 0, true },
	{ "all,-00/02", 0x06, 0x34, 0, false },
	{ "all,-00/02", 0x06, 0x52, 0, false },
	{ "all,-00/02", 0x02, 0x20, 0, false },
	{ "all,-00/02", 0x02, 0x21, 0, false },
	{ "all,-00/02", 0x02, 0x22, 0, true },
	{ "all,-00/02,+02/20", 0x02, 0x20, 0, true },
	{ "monitor-only", 0x02, 0x20, 0, false },
	{ "monitor-only", 0x02, 0x21, 0, false },
	{ "all,-00/02", 0x06, 0x35, NO_DATA, true },
	{ "all,-00/02", 0x04, 0x34, 0, true },
	{ "all,-00/02:01,+30/01", 0x06, 0x34, 0, false },
	{ "all,-00/02,+06/34", 0x06, 0x34, 0, true },
	{ "all,-00/02,+06/34", 0x06, 0x52, 0, false },
	{ "-00/02,all", 0x06, 0x34, 0, true },
};

static void last_word_that_speaks_of_a_command_counts(struct kunit *test)
{
	struct kcs_policy policy;
	struct kcs_msg request;
	const char *bad;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(policy_rows); i++) {
		const struct policy_row *row = &policy_rows[i];
		u8 data = row->data;

		KUNIT_EXPECT_EQ_MSG(test, 0,
				    kcs_policy_parse(&policy, row->words, &bad),
				    "%s", row->words);
		KUNIT_ASSERT_EQ(test, 0,
				kcs_msg_request(&request, row->netfn, row->cmd,
						&data, row->data != NO_DATA));
		KUNIT_EXPECT_EQ_MSG(test, row->allowed,
				    kcs_policy_allows(&policy, &request),
				    "\"%s\" and %02x/%02x", row->words,
				    row->netfn, row->cmd);
	}
}

/* Words that are none, and where they begin. */
static const struct {
	const char *words, *bad;
} bad_rows[] = {
	{ "some", "some" }, { "allow", "allow" }, { "al", "al" },
	{ "all,monitor", "monitor" }, { "monitor-onl", "monitor-onl" },
	{ "30/b3", "30/b3" }, { "+30", "+30" }, { "+", "+" }, { "-/", "-/" },
	{ "+/01", "+/01" }, { "+30/", "+30/" }, { "+30/b3:", "+30/b3:" },
	{ "+30/b3:xx", "+30/b3:xx" }, { "+30/b3x", "+30/b3x" },
	{ "+30/b31", "+30/b31" }, { "+31/01", "+31/01" }, { "+40/01", "+40/01" },
	{ "+3g/01", "+3g/01" }, { "+30/*b", "+30/*b" }, { "none,+0x30/1", "+0x30/1" },
	{ "+30/b3:0a1", "+30/b3:0a1" }, { "+*/01", "+*/01" }, { ":", ":" },
	{ "+06/01;+06/04", "+06/01;+06/04" },
};

static void bad_word_is_named_and_nothing_is_allowed(struct kunit *test)
{
	struct kcs_policy policy;
	struct kcs_msg request;
	size_t i;

	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&request, 0x06, 0x01, NULL, 0));
	for (i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		const char *bad = "";

		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    kcs_policy_parse(&policy, bad_rows[i].words, &bad),
				    "%s", bad_rows[i].words);
		KUNIT_EXPECT_STREQ(test, bad, bad_rows[i].bad);
		KUNIT_EXPECT_FALSE(test, kcs_policy_allows(&policy, &request));
	}
}

static void one_rule_too_many_is_refused(struct kunit *test)
{
	char words[(KCS_POLICY_RULES_MAX + 1) * 7 + 1] = "";
	struct kcs_policy policy;
	const char *bad;
	int i;

	for (i = 0; i < KCS_POLICY_RULES_MAX; i++)
		memcpy(&words[i * 7], "-00/02,", 7);
	KUNIT_EXPECT_EQ(test, 0, kcs_policy_parse(&policy, words, &bad));
	memcpy(&words[i * 7], "-00/02,", 7);
	KUNIT_EXPECT_EQ(test, -EINVAL, kcs_policy_parse(&policy, words, &bad));
	KUNIT_EXPECT_TRUE(test, bad == &words[i * 7]);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(last_word_that_speaks_of_a_command_counts),
	KUNIT_CASE(bad_word_is_named_and_nothing_is_allowed),
	KUNIT_CASE(one_rule_too_many_is_refused),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "kcs_policy",
	.test_cases = policy_cases,
};

kunit_test_suite(policy_suite);
