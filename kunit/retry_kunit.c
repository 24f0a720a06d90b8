// SPDX-License-Identifier: GPL-2.0-only
#include "../drivers/core/retry.h"

#include <kunit/test.h>

static u32 backoff_of(struct kunit *test, u8 netfn, u8 cmd, u32 tries,
		      u32 tries_max, int err, u8 cc)
{
	const u8 dcmi = 0xdc;
	struct kcs_msg request;

	KUNIT_ASSERT_EQ(test, kcs_msg_request(&request, netfn, cmd, &dcmi, 1), 0);
	return kcs_retry_backoff_ms(&request, tries, tries_max, err, cc);
}

static const struct {
	u8 netfn, cmd;
	u32 tries;
	int err;
	u8 cc;
	u32 backoff_ms;
} retry_rows[] = {
	/* Not now: any command, ever more rarely. */
	{ 0x2c, 0x02, 1, 0, 0xc0, 10 },
	{ 0x00, 0x02, 1, 0, 0xc0, 10 },
	{ 0x00, 0x02, 2, 0, 0xd1, 20 },
	{ 0x00, 0x02, 6, 0, 0xd2, 320 },
	{ 0x00, 0x02, 7, 0, 0xc0, 500 },
	{ 0x00, 0x02, 4000, 0, 0xc0, 500 },
	/* It is not known whether it was executed. */
	{ 0x2c, 0x02, 1, 0, 0xc3, 0 },
	{ 0x2c, 0x02, 2, 0, 0xc3, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, -EIO, 0, 0 },
	{ 0x2c, 0x02, 1, -EBADMSG, 0, 0 },
	{ 0x2c, 0x02, 2, -EBADMSG, 0, KCS_RETRY_NEVER },
	{ 0x00, 0x02, 1, 0, 0xc3, KCS_RETRY_NEVER },
	{ 0x00, 0x02, 1, -EIO, 0, KCS_RETRY_NEVER },
	{ 0x2c, 0x04, 1, -EBADMSG, 0, KCS_RETRY_NEVER },
	{ 0x06, 0x35, 1, -EIO, 0, KCS_RETRY_NEVER },
	/* Answers, and ends. */
	{ 0x2c, 0x02, 1, 0, 0x00, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, 0, 0xc1, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, 0, 0xff, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, -ETIMEDOUT, 0, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, -ECANCELED, 0, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, -ENODEV, 0, KCS_RETRY_NEVER },
	{ 0x2c, 0x02, 1, -EMSGSIZE, 0, KCS_RETRY_NEVER },
};

static void command_is_repeated_if_that_is_safe(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(retry_rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, retry_rows[i].backoff_ms,
				    backoff_of(test, retry_rows[i].netfn,
					       retry_rows[i].cmd,
					       retry_rows[i].tries, U32_MAX,
					       retry_rows[i].err, retry_rows[i].cc),
				    "row %zu", i);
}

static void what_is_not_now_is_repeated_so_often_at_most(struct kunit *test)
{
	static const u8 codes[] = { 0xc0, 0xd1, 0xd2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		KUNIT_EXPECT_EQ(test, backoff_of(test, 0x04, 0x2d, 1, 1, 0, codes[i]),
				KCS_RETRY_NEVER);
		KUNIT_EXPECT_EQ(test, backoff_of(test, 0x06, 0x2f, 6, 7, 0, codes[i]),
				320u);
		KUNIT_EXPECT_EQ(test, backoff_of(test, 0x06, 0x2f, 7, 7, 0, codes[i]),
				KCS_RETRY_NEVER);
	}
	/* What was lost is another matter. */
	KUNIT_EXPECT_EQ(test, backoff_of(test, 0x2c, 0x02, 1, 1, -EIO, 0), 0u);
}

/* LUN 1 of a command that reads is another command. */
static void other_lun_is_not_known_to_read(struct kunit *test)
{
	const u8 dcmi = 0xdc;
	struct kcs_msg request;

	KUNIT_ASSERT_EQ(test, kcs_msg_request(&request, 0x2c, 0x02, &dcmi, 1), 0);
	request.bytes[0] |= 1;
	KUNIT_EXPECT_EQ(test, kcs_retry_backoff_ms(&request, 1, U32_MAX, -EIO, 0),
			KCS_RETRY_NEVER);
}

/* PICMG's 2Ch/02h and 03h have DCMI's numbers, and 03h writes. */
static void other_group_is_not_known_to_read(struct kunit *test)
{
	struct kcs_msg request;
	u8 group = 0x00;

	KUNIT_ASSERT_EQ(test, kcs_msg_request(&request, 0x2c, 0x03, &group, 1), 0);
	KUNIT_EXPECT_EQ(test, kcs_retry_backoff_ms(&request, 1, U32_MAX, -EIO, 0),
			KCS_RETRY_NEVER);
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&request, 0x2c, 0x03, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, kcs_retry_backoff_ms(&request, 1, U32_MAX, -EIO, 0),
			KCS_RETRY_NEVER);
}

static struct kunit_case retry_cases[] = {
	KUNIT_CASE(command_is_repeated_if_that_is_safe),
	KUNIT_CASE(what_is_not_now_is_repeated_so_often_at_most),
	KUNIT_CASE(other_lun_is_not_known_to_read),
	KUNIT_CASE(other_group_is_not_known_to_read),
	{}
};

static struct kunit_suite retry_suite = {
	.name = "kcs_retry",
	.test_cases = retry_cases,
};

kunit_test_suite(retry_suite);
