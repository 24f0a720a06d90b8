// SPDX-License-Identifier: GPL-2.0-only
/* The commands of the simulated BMC: a request, and the reply it must give. */
#include "../drivers/sim/bmc.h"

#include <kunit/test.h>

#define HEX(...)	{ __VA_ARGS__ }
#define REPLY(...)	sizeof((const u8[]){ __VA_ARGS__ }), { __VA_ARGS__ }

/**
 * struct bmc_row - one exchange; rows build on those before
 * @len: bytes of @request after NetFn and command
 * @netfn: network function
 * @cmd: command
 * @request: data
 * @reply_len: bytes after NetFn and command expected
 * @shown: how many of them @reply has
 * @reply: the first of them
 */
struct bmc_row {
	u8 netfn, cmd;
	u8 len;
	u8 request[20];
	u8 reply_len;
	u8 shown;
	u8 reply[12];
};

static const struct bmc_row bmc_rows[] = {
	/* itself */
	{ 0x06, 0x01, 0, {}, 12, REPLY(0, 0x20, 0x81, 0x02, 0x34, 0x02) },
	{ 0x06, 0x04, 0, {}, 3, REPLY(0, 0x55, 0x00) },
	{ 0x06, 0x37, 0, {}, 17, REPLY(0, 'k', 'c', 's') },
	{ 0x06, 0x57, 1, HEX(1), 4, REPLY(0, 0, 0, 255) },
	{ 0x06, 0x57, 1, HEX(2), 1, REPLY(0xcc) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x21) },
	{ 0x06, 0x52, 0, {}, 1, REPLY(0xc1) },
	{ 0x3e, 0x01, 0, {}, 1, REPLY(0xc1) },
	{ 0x30, 0xee, 3, HEX(1, 2, 3), 4, REPLY(0, 1, 2, 3) },
	{ 0x30, 0xe0, 1, HEX(0), 1, REPLY(0xc7) },
	{ 0x30, 0xe0, 2, HEX(0xd4, 0), 1, REPLY(0xd4) },
	{ 0x30, 0xe0, 3, HEX(0x80, 3, 9), 4, REPLY(0x80, 1, 2, 3) },
	{ 0x30, 0xe0, 2, HEX(0, 254), 255, REPLY(0, 1, 2, 3) },
	/* enables and flags */
	{ 0x06, 0x2e, 0, {}, 1, REPLY(0xc7) },
	{ 0x06, 0x2e, 1, HEX(0x09), 1, REPLY(0) },
	{ 0x06, 0x2f, 0, {}, 2, REPLY(0, 0x09) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	{ 0x06, 0x33, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x34, 3, HEX(0, 7, 8), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x01) },
	{ 0x06, 0x33, 0, {}, 4, REPLY(0, 0, 7, 8) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	{ 0x06, 0x34, 1, HEX(0), 1, REPLY(0) },
	{ 0x06, 0x30, 1, HEX(0x02), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x01) },
	{ 0x06, 0x30, 1, HEX(0x01), 1, REPLY(0) },
	{ 0x06, 0x33, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x35, 0, {}, 1, REPLY(0x80) },
	/* watchdog */
	{ 0x06, 0x22, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x24, 5, {}, 1, REPLY(0xc7) },
	{ 0x06, 0x24, 6, HEX(4, 1, 2, 0, 0x10, 0x27), 1, REPLY(0) },
	{ 0x06, 0x22, 0, {}, 1, REPLY(0) },
	{ 0x06, 0x25, 0, {}, 9, REPLY(0, 4, 1, 2, 0, 0x10, 0x27, 0x10, 0x27) },
	/* a reset forgets both, not what was stored */
	{ 0x06, 0x58, 3, HEX(0xc4, 1, 2), 1, REPLY(0) },
	{ 0x06, 0x02, 0, {}, 1, REPLY(0) },
	{ 0x06, 0x2f, 0, {}, 2, REPLY(0, 0) },
	{ 0x06, 0x22, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x59, 4, HEX(0, 0xc4, 0, 0), 4, REPLY(0, 0x11, 1, 2) },
	/* System Info */
	{ 0x06, 0x59, 4, HEX(0x80, 0xc4, 0, 0), 2, REPLY(0, 0x11) },
	{ 0x06, 0x59, 4, HEX(0, 0xc5, 0, 0), 1, REPLY(0x80) },
	{ 0x06, 0x59, 4, HEX(0, 0, 0, 0), 1, REPLY(0x80) },
	{ 0x06, 0x58, 2, HEX(0, 1), 1, REPLY(0xc9) },
	{ 0x06, 0x58, 2, HEX(0xc4, 9), 1, REPLY(0) },
	{ 0x06, 0x59, 4, HEX(0, 0xc4, 0, 0), 3, REPLY(0, 0x11, 9) },
	/* power */
	{ 0x2c, 0x01, 2, HEX(0xdc, 1), 8, REPLY(0, 0xdc, 1, 5) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 9), 2, REPLY(0xcc) },
	{ 0x2c, 0x01, 2, HEX(0xdd, 1), 1, REPLY(0xcc) },
	{ 0x2c, 0x02, 4, HEX(0xdc, 1, 0, 0), 19, REPLY(0, 0xdc, 187, 0, 93, 0) },
	{ 0x2c, 0x02, 4, HEX(0xdc, 2, 0, 0), 2, REPLY(0xcc) },
	{ 0x2c, 0x02, 4, HEX(0, 1, 0, 0), 1, REPLY(0xcc) },
	{ 0x2c, 0x02, 3, HEX(0xdc, 1, 0), 1, REPLY(0xc7) },
	{ 0x2c, 0x03, 3, HEX(0xdc, 0, 0), 15, REPLY(0x80, 0xdc, 0, 0, 0, 0, 0) },
	{ 0x2c, 0x03, 3, HEX(0, 0, 0), 1, REPLY(0xcc) },
	{ 0x2c, 0x04, 15, HEX(0xdc, 0, 0, 0, 0, 0x2c, 0x01), 2, REPLY(0, 0xdc) },
	{ 0x2c, 0x04, 15, HEX(0), 1, REPLY(0xcc) },
	{ 0x2c, 0x05, 4, HEX(0xdc, 1, 0, 0), 2, REPLY(0, 0xdc) },
	{ 0x2c, 0x05, 4, HEX(0, 1, 0, 0), 1, REPLY(0xcc) },
	{ 0x2c, 0x03, 3, HEX(0xdc, 0, 0), 15, REPLY(0, 0xdc, 0, 0, 0, 0x2c, 0x01) },
	{ 0x30, 0xb3, 2, HEX(0x0a, 0), 8, REPLY(0, 187, 0, 8, 0) },
	{ 0x30, 0xc8, 0, {}, 3, REPLY(0, 187, 0) },
	/* sensors */
	{ 0x04, 0x2d, 1, HEX(1), 4, REPLY(0, 42) },
	{ 0x04, 0x2d, 1, HEX(0), 1, REPLY(0xcb) },
	{ 0x04, 0x2d, 1, HEX(5), 1, REPLY(0xcb) },
	{ 0x0a, 0x20, 0, {}, 15, REPLY(0, 0x51, 4, 0) },
	{ 0x0a, 0x22, 0, {}, 3, REPLY(0, 1, 0) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 0, 0, 0, 0xff), 67, REPLY(0, 2, 0, 1, 0, 0x51, 1) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 0xff, 0xff, 0, 5), 8, REPLY(0, 0xff, 0xff, 4, 0) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 2, 0, 48, 5), 8, REPLY(0, 3, 0, 'I', 'n', 'l') },
	{ 0x0a, 0x23, 6, HEX(0, 0, 9, 0, 0, 5), 1, REPLY(0xcb) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 1, 0, 65, 5), 1, REPLY(0xc9) },
	/* log */
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 0, 0, 0, 4) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 1, REPLY(0xcb) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0xff, 0xff, 0, 0xff), 1, REPLY(0xcb) },
	{ 0x0a, 0x44, 16, HEX(0, 0, 2, 9, 9), 3, REPLY(0, 1, 0) },
	{ 0x0a, 0x44, 16, HEX(0, 0, 2, 8, 8), 3, REPLY(0, 2, 0) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 19, REPLY(0, 2, 0, 1, 0, 2, 9, 9) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0xff, 0xff, 2, 2), 5, REPLY(0, 0xff, 0xff, 2, 8) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 3, 0, 0, 0xff), 1, REPLY(0xcb) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 1, 0, 17, 1), 1, REPLY(0xc9) },
	{ 0x0a, 0x42, 0, {}, 3, REPLY(0, 2, 0) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'C', 'L', 'R', 0), 2, REPLY(0, 1) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 2, 0) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'C', 'L', 'R', 0xaa), 2, REPLY(0, 1) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'X', 'L', 'R', 0xaa), 1, REPLY(0xcc) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 0, 0) },
	{ 0x0a, 0x49, 4, HEX(1, 2, 3, 4), 1, REPLY(0) },
	{ 0x0a, 0x48, 0, {}, 5, REPLY(0, 1, 2, 3, 4) },
	/* inventory */
	{ 0x0a, 0x10, 1, HEX(0), 4, REPLY(0, 0, 1, 0) },
	{ 0x0a, 0x10, 1, HEX(1), 1, REPLY(0xcb) },
	{ 0x0a, 0x11, 4, HEX(0, 0, 0, 8), 10, REPLY(0, 8, 1, 0, 0, 0, 1, 0, 0, 0xfe) },
	{ 0x0a, 0x11, 4, HEX(0, 0xf0, 0, 0xff), 18, REPLY(0, 16) },
	{ 0x0a, 0x11, 4, HEX(0, 0, 1, 1), 1, REPLY(0xc9) },
	{ 0x0a, 0x11, 4, HEX(1, 0, 0, 1), 1, REPLY(0xcb) },
	{ 0x0a, 0x12, 5, HEX(0, 0xfe, 0, 0xaa, 0xbb), 2, REPLY(0, 2) },
	{ 0x0a, 0x11, 4, HEX(0, 0xfe, 0, 2), 4, REPLY(0, 2, 0xaa, 0xbb) },
	{ 0x0a, 0x12, 5, HEX(0, 0xff, 0, 0xaa, 0xbb), 1, REPLY(0xc9) },
	{ 0x0a, 0x12, 4, HEX(0, 0, 1, 0xaa), 1, REPLY(0xc9) },
	{ 0x0a, 0x12, 4, HEX(1, 0, 0, 0xaa), 1, REPLY(0xcb) },
};

static struct sim_bmc *create(struct kunit *test)
{
	struct sim_bmc *bmc = kunit_kzalloc(test, sizeof(*bmc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bmc);
	sim_bmc_init(bmc, 187);
	return bmc;
}

static void commands_are_answered_and_state_is_kept(struct kunit *test)
{
	struct sim_bmc *bmc = create(test);
	struct kcs_msg request, reply;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bmc_rows); i++) {
		const struct bmc_row *row = &bmc_rows[i];
		u16 len;

		KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, row->netfn, row->cmd,
							 row->request, row->len));
		sim_bmc_command(bmc, &request, &reply);
		len = reply.len - 2;
		KUNIT_EXPECT_TRUE_MSG(test, kcs_msg_answers(&reply, &request),
				      "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, len, row->reply_len, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(&reply.bytes[2], row->reply,
						    row->shown),
				    "row %zu: %02x %02x", i, row->netfn, row->cmd);
	}
	KUNIT_EXPECT_EQ(test, bmc->resets, 1u);
}

static void attention_follows_the_flags(struct kunit *test)
{
	struct sim_bmc *bmc = create(test);
	struct kcs_msg request, reply;

	KUNIT_EXPECT_FALSE(test, sim_bmc_attention(bmc));
	bmc->flags = 0x02;
	memset(bmc->event, 0x11, sizeof(bmc->event));
	KUNIT_EXPECT_TRUE(test, sim_bmc_attention(bmc));
	KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x06, 0x35, NULL, 0));
	sim_bmc_command(bmc, &request, &reply);
	KUNIT_EXPECT_EQ(test, reply.len, 3 + 16);
	KUNIT_EXPECT_EQ(test, reply.bytes[18], 0x11);
	KUNIT_EXPECT_FALSE(test, sim_bmc_attention(bmc));
}

static void what_is_full_says_so(struct kunit *test)
{
	struct sim_bmc *bmc = create(test);
	struct kcs_msg request, reply;
	u8 data[KCS_MSG_MAX] = {};
	int i;

	for (i = 0; i <= SIM_SEL_MAX; i++) {
		KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x0a, 0x44, data, 16));
		sim_bmc_command(bmc, &request, &reply);
		KUNIT_EXPECT_EQ(test, kcs_msg_cc(&reply), i < SIM_SEL_MAX ? 0x00 : 0xc4);
	}
	for (i = 1; i <= SIM_INFO_MAX + 1; i++) {
		data[0] = i;
		KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x06, 0x58, data, 2));
		sim_bmc_command(bmc, &request, &reply);
		KUNIT_EXPECT_EQ(test, kcs_msg_cc(&reply), i <= SIM_INFO_MAX ? 0x00 : 0xc4);
	}
	KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x06, 0x58, data,
						 2 + SIM_INFO_SIZE));
	sim_bmc_command(bmc, &request, &reply);
	KUNIT_EXPECT_EQ(test, kcs_msg_cc(&reply), 0xc9);
	KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x06, 0x34, data, 65));
	sim_bmc_command(bmc, &request, &reply);
	KUNIT_EXPECT_EQ(test, kcs_msg_cc(&reply), 0xc4);
	/* An echo that does not fit is cut. */
	KUNIT_EXPECT_EQ(test, 0, kcs_msg_request(&request, 0x30, 0xee, data, 270));
	sim_bmc_command(bmc, &request, &reply);
	KUNIT_EXPECT_EQ(test, reply.len, KCS_MSG_MAX);
}

static void inventory_adds_up(struct kunit *test)
{
	struct sim_bmc *bmc = create(test);
	u8 header = 0, product = 0;
	int i;

	for (i = 0; i < 8; i++)
		header += bmc->fru[i];
	for (i = 8; i < 72; i++)
		product += bmc->fru[i];
	KUNIT_EXPECT_EQ(test, header, 0);
	KUNIT_EXPECT_EQ(test, product, 0);
}

static struct kunit_case bmc_cases[] = {
	KUNIT_CASE(commands_are_answered_and_state_is_kept),
	KUNIT_CASE(attention_follows_the_flags),
	KUNIT_CASE(what_is_full_says_so),
	KUNIT_CASE(inventory_adds_up),
	{}
};

static struct kunit_suite bmc_suite = {
	.name = "kcs_sim_bmc",
	.test_cases = bmc_cases,
};

kunit_test_suite(bmc_suite);
