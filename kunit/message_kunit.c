// SPDX-License-Identifier: GPL-2.0-only
/* Messages between the kernel's message handler and an interface. */
#include "../drivers/bridge/message.h"

#include <kcs/regs.h>
#include <kunit/test.h>

static void request_is_what_the_program_sent(struct kunit *test)
{
	u8 data[KCS_MSG_MAX + 1] = { 0x1a, 0x01, 0xaa };	/* LUN 2 */
	struct kcs_msg request;

	KUNIT_EXPECT_EQ(test, 0, kcs_message_request(&request, data, 3));
	KUNIT_EXPECT_EQ(test, request.len, 3);
	KUNIT_EXPECT_EQ(test, 0, memcmp(request.bytes, data, 3));
	KUNIT_EXPECT_EQ(test, 0, kcs_message_request(&request, data, 2));
	KUNIT_EXPECT_EQ(test, 0, kcs_message_request(&request, data, KCS_MSG_MAX));
	KUNIT_EXPECT_EQ(test, request.len, KCS_MSG_MAX);
	KUNIT_EXPECT_EQ(test, 0, memcmp(request.bytes, data, KCS_MSG_MAX));
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	u8 data[KCS_MSG_MAX + 1] = { 0x18, 0x01 };
	u8 reply[] = { 0x1c, 0x01, 0x00 };
	struct kcs_msg request;

	KUNIT_EXPECT_EQ(test, -EINVAL, kcs_message_request(&request, data, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, kcs_message_request(&request, data, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kcs_message_request(&request, data, KCS_MSG_MAX + 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, kcs_message_request(&request, reply, 3));
}

static void reply_is_what_the_bmc_said(struct kunit *test)
{
	struct kcs_msg reply = { .len = 4, .bytes = { 0x1c, 0x01, 0xc1, 0x55 } };
	u8 data[KCS_MSG_MAX];

	KUNIT_EXPECT_EQ(test, (size_t)4, kcs_message_reply(data, &reply));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data, reply.bytes, 4));
	reply.len = KCS_MSG_MAX;
	KUNIT_EXPECT_EQ(test, (size_t)KCS_MSG_MAX, kcs_message_reply(data, &reply));
}

static void failure_is_a_reply_with_a_code(struct kunit *test)
{
	static const struct {
		int err;
		u8 code;
	} rows[] = {
		{ -ETIMEDOUT, 0xc3 }, { -EBUSY, 0xc0 }, { -EMSGSIZE, 0xca },
		{ -EINVAL, 0xc7 }, { -EHOSTDOWN, 0xff }, { -ENODEV, 0xff },
		{ -EIO, 0xff }, { -EBADMSG, 0xff }, { -ENOMEM, 0xff },
	};
	const u8 request[] = { 0xb2, 0x02 };	/* NetFn 2Ch, LUN 2 */
	u8 data[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(data, 0x5a, sizeof(data));
		KUNIT_EXPECT_EQ(test, (size_t)3,
				kcs_message_failure(data, request, rows[i].err));
		KUNIT_EXPECT_EQ(test, data[0], 0xb6);
		KUNIT_EXPECT_EQ(test, data[1], 0x02);
		KUNIT_EXPECT_EQ_MSG(test, data[2], rows[i].code, "%d", rows[i].err);
		KUNIT_EXPECT_EQ(test, data[3], 0x5a);
	}
}

static struct kunit_case message_cases[] = {
	KUNIT_CASE(request_is_what_the_program_sent),
	KUNIT_CASE(what_is_no_request_is_refused),
	KUNIT_CASE(reply_is_what_the_bmc_said),
	KUNIT_CASE(failure_is_a_reply_with_a_code),
	{}
};

static struct kunit_suite message_suite = {
	.name = "kcs_message",
	.test_cases = message_cases,
};

kunit_test_suite(message_suite);
