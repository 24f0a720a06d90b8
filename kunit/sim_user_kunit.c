// SPDX-License-Identifier: GPL-2.0-only
/* Channels, users and chassis of the simulated BMC. */
#include "sim_rows.h"

static const struct sim_row channel_rows[] = {
	{ 0x06, 0x42, 1, HEX(0), 10, REPLY(0, 0, 1, 1, 0, 0xf2, 0x1b, 0, 0, 0) },
	{ 0x06, 0x42, 1, HEX(1), 10, REPLY(0, 1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0) },
	{ 0x06, 0x42, 1, HEX(0x0e), 10, REPLY(0, 15, 0x0c, 5, 0) },
	{ 0x06, 0x42, 1, HEX(0x0f), 10, REPLY(0, 15, 0x0c, 5, 0) },
	{ 0x06, 0x42, 1, HEX(2), 1, REPLY(0xcc) },
	{ 0x06, 0x41, 2, HEX(1, 0x80), 3, REPLY(0, 0x22, 4) },
	{ 0x06, 0x41, 2, HEX(0x0e, 0x80), 1, REPLY(0x82) },
	{ 0x06, 0x40, 3, HEX(1, 0x80 | 0x20, 0x80 | 3), 1, REPLY(0) },
	{ 0x06, 0x41, 2, HEX(1, 0x80), 3, REPLY(0, 0x20, 3) },
	{ 0x06, 0x40, 3, HEX(1, 0x01, 0x02), 1, REPLY(0) },
	{ 0x06, 0x41, 2, HEX(1, 0x80), 3, REPLY(0, 0x20, 3) },
	{ 0x06, 0x40, 3, HEX(0, 0x81, 0x82), 1, REPLY(0x82) },
};

static const struct sim_row user_rows[] = {
	{ 0x06, 0x44, 2, HEX(1, 1), 5, REPLY(0, 4, 0x81, 1, 0x00) },
	{ 0x06, 0x44, 2, HEX(1, 2), 5, REPLY(0, 4, 0x41, 1, 0x34) },
	{ 0x06, 0x44, 2, HEX(1, 0), 1, REPLY(0xcc) },
	{ 0x06, 0x44, 2, HEX(1, 5), 1, REPLY(0xcc) },
	{ 0x06, 0x46, 1, HEX(2), 17, REPLY(0, 'r', 'o', 'o', 't', 0) },
	{ 0x06, 0x46, 1, HEX(5), 1, REPLY(0xcc) },
	{ 0x06, 0x45, 17, HEX(3, 'b', 'o', 'b'), 1, REPLY(0) },
	{ 0x06, 0x46, 1, HEX(3), 17, REPLY(0, 'b', 'o', 'b', 0) },
	{ 0x06, 0x45, 17, HEX(1, 'b', 'o', 'b'), 1, REPLY(0xcc) },
	{ 0x06, 0x45, 17, HEX(5, 'b', 'o', 'b'), 1, REPLY(0xcc) },
	/* bits 4 to 6 count with bit 7 only */
	{ 0x06, 0x43, 3, HEX(0x91, 3, 2), 1, REPLY(0) },
	{ 0x06, 0x44, 2, HEX(1, 3), 5, REPLY(0, 4, 0x81, 1, 0x12) },
	{ 0x06, 0x43, 3, HEX(0x71, 3, 3), 1, REPLY(0) },
	{ 0x06, 0x44, 2, HEX(1, 3), 5, REPLY(0, 4, 0x81, 1, 0x13) },
	{ 0x06, 0x43, 3, HEX(0x91, 5, 2), 1, REPLY(0xcc) },
	/* password: enable, disable, set, test */
	{ 0x06, 0x47, 2, HEX(3, 1), 1, REPLY(0) },
	{ 0x06, 0x44, 2, HEX(1, 3), 5, REPLY(0, 4, 0x42, 1, 0x13) },
	{ 0x06, 0x47, 2, HEX(3, 0), 1, REPLY(0) },
	{ 0x06, 0x44, 2, HEX(1, 3), 5, REPLY(0, 4, 0x81, 1, 0x13) },
	{ 0x06, 0x47, 6, HEX(3, 2, 'p', 'a', 's', 's'), 1, REPLY(0) },
	{ 0x06, 0x47, 6, HEX(3, 3, 'p', 'a', 's', 's'), 1, REPLY(0) },
	{ 0x06, 0x47, 6, HEX(3, 3, 'p', 'a', 's', 't'), 1, REPLY(0x80) },
	{ 0x06, 0x47, 22, HEX(3, 3), 1, REPLY(0x80) },
	{ 0x06, 0x47, 2, HEX(5, 1), 1, REPLY(0xcc) },
};

static const struct sim_row chassis_rows[] = {
	{ 0x00, 0x00, 0, {}, 6, REPLY(0, 0, 0x20, 0x20, 0x20, 0x20) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x21, 0, 0x40, 0) },
	{ 0x00, 0x06, 1, HEX(2), 2, REPLY(0, 7) },
	{ 0x00, 0x06, 1, HEX(3), 2, REPLY(0, 7) },
	{ 0x00, 0x06, 1, HEX(4), 1, REPLY(0xcc) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x41) },
	{ 0x00, 0x04, 0, {}, 1, REPLY(0) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x41, 0, 0x50) },
	{ 0x00, 0x04, 2, HEX(5, 1), 1, REPLY(0) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x41, 0, 0x60) },
	{ 0x00, 0x04, 2, HEX(0, 0), 1, REPLY(0) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x41, 0, 0x40) },
	/* power goes off for the record only */
	{ 0x00, 0x07, 0, {}, 3, REPLY(0, 0, 15) },
	{ 0x00, 0x02, 1, HEX(0), 1, REPLY(0) },
	{ 0x00, 0x01, 0, {}, 5, REPLY(0, 0x41) },
	{ 0x00, 0x07, 0, {}, 3, REPLY(0, 0, 15) },
	{ 0x00, 0x02, 1, HEX(3), 1, REPLY(0) },
	{ 0x00, 0x02, 1, HEX(3), 1, REPLY(0) },
	{ 0x00, 0x02, 1, HEX(6), 1, REPLY(0xcc) },
	{ 0x00, 0x07, 0, {}, 3, REPLY(0, 1, 15) },
	/* boot options */
	{ 0x00, 0x09, 3, HEX(5, 0, 0), 8, REPLY(0, 1, 5, 0, 0, 0, 0, 0) },
	{ 0x00, 0x08, 6, HEX(5, 0x80, 4, 0, 0, 0), 1, REPLY(0) },
	{ 0x00, 0x09, 3, HEX(5, 0, 0), 8, REPLY(0, 1, 5, 0x80, 4, 0, 0, 0) },
	{ 0x00, 0x08, 1, HEX(0x85), 1, REPLY(0) },
	{ 0x00, 0x09, 3, HEX(5, 0, 0), 8, REPLY(0, 1, 5, 0x80, 4, 0, 0, 0) },
	{ 0x00, 0x09, 3, HEX(9, 0, 0), 1, REPLY(0x80) },
};

static void channels_are_described(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), channel_rows, ARRAY_SIZE(channel_rows));
}

static void users_have_names_access_and_passwords(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), user_rows, ARRAY_SIZE(user_rows));
}

static void password_that_is_too_long_is_refused(struct kunit *test)
{
	u8 data[23] = { 2, 2 };
	struct kcs_msg reply;

	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, sim_rows_create(test), 0x06, 0x47, data,
					   sizeof(data), &reply), 0xc7);
	data[1] = 3;
	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, sim_rows_create(test), 0x06, 0x47, data,
					   sizeof(data), &reply), 0xc7);
}

static void chassis_records_what_it_is_told(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);

	sim_rows_run(test, bmc, chassis_rows, ARRAY_SIZE(chassis_rows));
	KUNIT_EXPECT_EQ(test, bmc->chassis.controls[0], 1u);
	KUNIT_EXPECT_EQ(test, bmc->chassis.controls[3], 2u);
}

static void boot_options_that_do_not_fit_are_refused(struct kunit *test)
{
	u8 data[2 + SIM_PARAM_SIZE] = { 5 };
	struct kcs_msg reply;

	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, sim_rows_create(test), 0x00, 0x08, data,
					   sizeof(data), &reply), 0xc4);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(channels_are_described),
	KUNIT_CASE(users_have_names_access_and_passwords),
	KUNIT_CASE(password_that_is_too_long_is_refused),
	KUNIT_CASE(chassis_records_what_it_is_told),
	KUNIT_CASE(boot_options_that_do_not_fit_are_refused),
	{}
};

static struct kunit_suite user_suite = {
	.name = "kcs_sim_user",
	.test_cases = user_cases,
};

kunit_test_suite(user_suite);
