// SPDX-License-Identifier: GPL-2.0-only
/* What the simulated BMC says of itself, its parameters, power, inventory, messages. */
#include "sim_rows.h"

static const struct sim_row self_rows[] = {
	{ 0x06, 0x01, 0, {}, 12, REPLY(0, 0x20, 0x81, 0x02, 0x34, 0x02) },
	{ 0x06, 0x04, 0, {}, 3, REPLY(0, 0x55, 0x00) },
	{ 0x06, 0x08, 0, {}, 17, REPLY(0, 'k', 'c', 's') },
	{ 0x06, 0x37, 0, {}, 17, REPLY(0, 'k', 'c', 's') },
	{ 0x06, 0x57, 1, HEX(1), 4, REPLY(0, 0, 0, 255) },
	{ 0x06, 0x57, 1, HEX(2), 1, REPLY(0xcc) },
	{ 0x06, 0x52, 0, {}, 1, REPLY(0xc1) },
	{ 0x3e, 0x01, 0, {}, 1, REPLY(0xc1) },
	{ 0x30, 0xee, 3, HEX(1, 2, 3), 4, REPLY(0, 1, 2, 3) },
	{ 0x30, 0xe0, 1, HEX(0), 1, REPLY(0xc7) },
	{ 0x30, 0xe0, 2, HEX(0xd4, 0), 1, REPLY(0xd4) },
	{ 0x30, 0xe0, 3, HEX(0x80, 3, 9), 4, REPLY(0x80, 1, 2, 3) },
	{ 0x30, 0xe0, 2, HEX(0, 254), 255, REPLY(0, 1, 2, 3) },
	/* a reset forgets enables and watchdog, not what was stored */
	{ 0x06, 0x2f, 0, {}, 2, REPLY(0, 0x08) },
	{ 0x06, 0x2e, 0, {}, 1, REPLY(0xc7) },
	{ 0x06, 0x2e, 1, HEX(0x01), 1, REPLY(0) },
	{ 0x06, 0x2f, 0, {}, 2, REPLY(0, 0x01) },
	{ 0x06, 0x24, 6, HEX(4, 1, 2, 0, 0x10, 0x27), 1, REPLY(0) },
	{ 0x06, 0x58, 3, HEX(0xc4, 1, 2), 1, REPLY(0) },
	{ 0x06, 0x02, 0, {}, 1, REPLY(0) },
	{ 0x06, 0x2f, 0, {}, 2, REPLY(0, 0x08) },
	{ 0x06, 0x22, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x59, 4, HEX(0, 0xc4, 0, 0), 4, REPLY(0, 0x11, 1, 2) },
};

static const struct sim_row param_rows[] = {
	/* System Info */
	{ 0x06, 0x59, 4, HEX(0, 0xc4, 0, 0), 1, REPLY(0x80) },
	{ 0x06, 0x58, 3, HEX(0xc4, 1, 2), 1, REPLY(0) },
	{ 0x06, 0x59, 4, HEX(0x80, 0xc4, 0, 0), 2, REPLY(0, 0x11) },
	{ 0x06, 0x58, 2, HEX(0xc4, 9), 1, REPLY(0) },
	{ 0x06, 0x59, 4, HEX(0, 0xc4, 0, 0), 3, REPLY(0, 0x11, 9) },
	{ 0x06, 0x58, 2, HEX(0, 1), 1, REPLY(0) },
	{ 0x06, 0x59, 4, HEX(0, 0, 0, 0), 3, REPLY(0, 0x11, 1) },
	/* strings come in sets */
	{ 0x06, 0x59, 4, HEX(0, 2, 0, 0), 19, REPLY(0, 0x11, 0, 0, 7, 'k', 'c', 's') },
	{ 0x06, 0x59, 4, HEX(0, 2, 1, 0), 1, REPLY(0x80) },
	{ 0x06, 0x58, 4, HEX(2, 1, 'a', 'b'), 1, REPLY(0) },
	{ 0x06, 0x59, 4, HEX(0, 2, 1, 0), 5, REPLY(0, 0x11, 1, 'a', 'b') },
	{ 0x06, 0x59, 4, HEX(0, 2, 0, 0), 19, REPLY(0, 0x11, 0, 0, 7, 'k') },
	/* LAN */
	{ 0x0c, 0x02, 4, HEX(1, 3, 0, 0), 6, REPLY(0, 0x11, 192, 0, 2, 10) },
	{ 0x0c, 0x02, 4, HEX(0x81, 3, 0, 0), 2, REPLY(0, 0x11) },
	{ 0x0c, 0x02, 4, HEX(2, 3, 0, 0), 1, REPLY(0xcc) },
	{ 0x0c, 0x02, 4, HEX(1, 200, 0, 0), 1, REPLY(0x80) },
	{ 0x0c, 0x01, 6, HEX(1, 3, 10, 0, 0, 1), 1, REPLY(0) },
	{ 0x0c, 0x01, 6, HEX(2, 3, 10, 0, 0, 2), 1, REPLY(0xcc) },
	{ 0x0c, 0x02, 4, HEX(1, 3, 0, 0), 6, REPLY(0, 0x11, 10, 0, 0, 1) },
};

static const struct sim_row power_rows[] = {
	{ 0x2c, 0x02, 4, HEX(0xdc, 1, 0, 0), 19, REPLY(0, 0xdc, 187, 0, 93, 0) },
	{ 0x2c, 0x02, 4, HEX(0xdc, 2, 1, 0), 19, REPLY(0, 0xdc, 187, 0, 93, 0) },
	{ 0x2c, 0x02, 4, HEX(0xdc, 2, 0, 0), 2, REPLY(0xcc) },
	{ 0x2c, 0x02, 4, HEX(0xdc, 3, 1, 0), 2, REPLY(0xcc) },
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
};

static const struct sim_row fru_rows[] = {
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

/* To the controller at 40h: NetFn 06h, from LUN 2, sequence number 5. */
#define SATELLITE(cmd, sum)	0x00, 0x40, 0x18, 0xa8, 0x20, 0x16, cmd, sum

static const struct sim_row message_rows[] = {
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	{ 0x06, 0x33, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x34, 7, HEX(SATELLITE(0x01, 0xc9)), 1, REPLY(0xc7) },
	/* its Device ID, through the receive queue */
	{ 0x06, 0x34, 8, HEX(SATELLITE(0x01, 0xc9)), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x01) },
	{ 0x06, 0x34, 8, HEX(SATELLITE(0x01, 0xc9)), 1, REPLY(0xc0) },
	{ 0x06, 0x33, 0, {}, 20, REPLY(0, 0x00, 0x1e, 0xc2, 0x40, 0x14, 0x01, 0x00, 0x30,
				      0x01, 0x01, 0x00, 0x02, 0x00, 0x57, 0x01, 0x00,
				      0x5a, 0xa5, 0x20) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	/* it knows no other command */
	{ 0x06, 0x34, 8, HEX(SATELLITE(0x04, 0xc6)), 1, REPLY(0) },
	{ 0x06, 0x33, 0, {}, 9, REPLY(0, 0x00, 0x1e, 0xc2, 0x40, 0x14, 0x04, 0xc1, 0xe7) },
	/* not that NetFn either */
	{ 0x06, 0x34, 8, HEX(0, 0x40, 0x28, 0x98, 0x20, 0x14, 0x01, 0xcb), 1, REPLY(0) },
	{ 0x06, 0x33, 0, {}, 9, REPLY(0, 0x00, 0x2c, 0xb4, 0x40, 0x14, 0x01, 0xc1, 0xea) },
	/* no such controller, channel, or a bad checksum */
	{ 0x06, 0x34, 8, HEX(0, 0x42, 0x18, 0xa6, 0x20, 0x14, 0x01, 0xcb), 1, REPLY(0x83) },
	{ 0x06, 0x34, 8, HEX(1, 0x40, 0x18, 0xa8, 0x20, 0x14, 0x01, 0xcb), 1, REPLY(0xcc) },
	{ 0x06, 0x34, 8, HEX(0, 0x40, 0x18, 0xa9, 0x20, 0x14, 0x01, 0xcb), 1, REPLY(0xcc) },
	{ 0x06, 0x34, 8, HEX(0, 0x40, 0x18, 0xa8, 0x20, 0x14, 0x01, 0xcc), 1, REPLY(0xcc) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	/* flags are cleared one by one */
	{ 0x06, 0x34, 8, HEX(SATELLITE(0x01, 0xc9)), 1, REPLY(0) },
	{ 0x06, 0x30, 1, HEX(0x02), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x01) },
	{ 0x06, 0x30, 1, HEX(0x01), 1, REPLY(0) },
	{ 0x06, 0x33, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x35, 0, {}, 1, REPLY(0x80) },
};

static void bmc_says_who_it_is_and_forgets_in_a_reset(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);

	sim_rows_run(test, bmc, self_rows, ARRAY_SIZE(self_rows));
	KUNIT_EXPECT_EQ(test, bmc->resets, 1u);
}

static void bmc_keeps_parameters(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), param_rows, ARRAY_SIZE(param_rows));
}

static void bmc_measures_and_limits_power(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), power_rows, ARRAY_SIZE(power_rows));
}

static void bmc_keeps_its_inventory(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), fru_rows, ARRAY_SIZE(fru_rows));
}

static void satellite_answers_through_the_receive_queue(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), message_rows, ARRAY_SIZE(message_rows));
}

static void attention_follows_the_flags(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;

	KUNIT_EXPECT_FALSE(test, sim_bmc_attention(bmc));
	bmc->flags = 0x02;
	memset(bmc->event, 0x11, sizeof(bmc->event));
	KUNIT_EXPECT_TRUE(test, sim_bmc_attention(bmc));
	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, bmc, 0x06, 0x35, NULL, 0, &reply), 0);
	KUNIT_EXPECT_EQ(test, reply.len, 3 + 16);
	KUNIT_EXPECT_EQ(test, reply.bytes[18], 0x11);
	KUNIT_EXPECT_FALSE(test, sim_bmc_attention(bmc));
}

static void bmc_interrupts_for_what_is_enabled(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);

	bmc->flags = 0x0b;
	bmc->enables = 0x00;
	KUNIT_EXPECT_EQ(test, sim_bmc_calls(bmc), 0x08);
	bmc->enables = 0x0d;
	KUNIT_EXPECT_EQ(test, sim_bmc_calls(bmc), 0x09);
	bmc->enables = 0x02;
	KUNIT_EXPECT_EQ(test, sim_bmc_calls(bmc), 0x0a);
	bmc->flags = 0;
	KUNIT_EXPECT_EQ(test, sim_bmc_calls(bmc), 0);
}

/* The parameters that a new BMC has take a place, too. */
static void parameters_that_do_not_fit_are_refused(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;
	u8 data[KCS_MSG_MAX] = {}, code = 0;
	int i;

	for (i = 0; i < SIM_PARAMS_MAX && !code; i++) {
		data[0] = 100 + i;
		code = sim_rows_ask(test, bmc, 0x06, 0x58, data, 2, &reply);
	}
	KUNIT_EXPECT_EQ(test, code, 0xc4);
	KUNIT_EXPECT_EQ(test, i, SIM_PARAMS_MAX - 1);
	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, bmc, 0x06, 0x58, data, 2 + SIM_PARAM_SIZE,
					   &reply), 0xc9);
	data[0] = 1;
	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, bmc, 0x0c, 0x01, data, 3 + SIM_PARAM_SIZE,
					   &reply), 0xc4);
}

static void echo_that_does_not_fit_is_cut(struct kunit *test)
{
	struct kcs_msg reply;
	u8 data[KCS_MSG_MAX] = {};

	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, sim_rows_create(test), 0x30, 0xee, data,
					   270, &reply), 0);
	KUNIT_EXPECT_EQ(test, reply.len, KCS_MSG_MAX);
}

static void inventory_adds_up(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);
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
	KUNIT_CASE(bmc_says_who_it_is_and_forgets_in_a_reset),
	KUNIT_CASE(bmc_keeps_parameters),
	KUNIT_CASE(bmc_measures_and_limits_power),
	KUNIT_CASE(bmc_keeps_its_inventory),
	KUNIT_CASE(satellite_answers_through_the_receive_queue),
	KUNIT_CASE(attention_follows_the_flags),
	KUNIT_CASE(bmc_interrupts_for_what_is_enabled),
	KUNIT_CASE(parameters_that_do_not_fit_are_refused),
	KUNIT_CASE(echo_that_does_not_fit_is_cut),
	KUNIT_CASE(inventory_adds_up),
	{}
};

static struct kunit_suite bmc_suite = {
	.name = "kcs_sim_bmc",
	.test_cases = bmc_cases,
};

kunit_test_suite(bmc_suite);
