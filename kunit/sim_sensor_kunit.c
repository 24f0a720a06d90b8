// SPDX-License-Identifier: GPL-2.0-only
/* Sensors of the simulated BMC, their data records, and DCMI's view of them. */
#include "sim_rows.h"

#define CPU_TEMP	1
#define FAN		3
#define POWER		5

static const struct sim_row sensor_rows[] = {
	{ 0x04, 0x2d, 1, HEX(1), 4, REPLY(0, 42, 0xc0, 0xc0) },
	/* a threshold that a sensor lacks is not passed */
	{ 0x04, 0x2d, 1, HEX(2), 4, REPLY(0, 23, 0xc0, 0xc0) },
	{ 0x04, 0x2d, 1, HEX(5), 4, REPLY(0, 46) },
	{ 0x04, 0x2d, 1, HEX(6), 5, REPLY(0, 0, 0xc0, 0x00, 0x80) },
	{ 0x04, 0x2d, 1, HEX(0), 1, REPLY(0xcb) },
	{ 0x04, 0x2d, 1, HEX(7), 1, REPLY(0xcb) },
	{ 0x04, 0x23, 2, HEX(4, 200), 8, REPLY(0, 200, 60, 0, 0, 0, 0, 0xd0) },
	{ 0x04, 0x23, 2, HEX(0, 200), 1, REPLY(0xcb) },
	{ 0x04, 0x25, 2, HEX(1, 0xff), 3, REPLY(0, 0, 0) },
	{ 0x04, 0x25, 2, HEX(7, 0xff), 1, REPLY(0xcb) },
	{ 0x04, 0x27, 1, HEX(1), 8, REPLY(0, 0x38, 0, 0, 0, 80, 90, 100) },
	{ 0x04, 0x27, 1, HEX(7), 1, REPLY(0xcb) },
	{ 0x04, 0x29, 1, HEX(1), 6, REPLY(0, 0xc0, 0x80, 0x0a, 0x80, 0x0a) },
	{ 0x04, 0x29, 1, HEX(7), 1, REPLY(0xcb) },
	{ 0x04, 0x2b, 1, HEX(1), 6, REPLY(0, 0xc0, 0, 0, 0, 0) },
	{ 0x04, 0x2b, 1, HEX(6), 6, REPLY(0, 0xc0, 0, 0, 0, 0) },
	{ 0x04, 0x2b, 1, HEX(7), 1, REPLY(0xcb) },
	{ 0x04, 0x2f, 1, HEX(6), 3, REPLY(0, 0x23, 0x6f) },
	{ 0x04, 0x2f, 1, HEX(7), 1, REPLY(0xcb) },
	/* a threshold that the reading is at is passed */
	{ 0x04, 0x26, 8, HEX(1, 0x08, 0, 0, 0, 42, 1, 2), 1, REPLY(0) },
	{ 0x04, 0x27, 1, HEX(1), 8, REPLY(0, 0x38, 0, 0, 0, 42, 90, 100) },
	{ 0x04, 0x2d, 1, HEX(1), 4, REPLY(0, 42, 0xc0, 0xc8) },
	{ 0x04, 0x2b, 1, HEX(1), 6, REPLY(0, 0xc0, 0x80, 0, 0, 0) },
	{ 0x04, 0x26, 8, HEX(1, 0x01, 50), 1, REPLY(0xcc) },
	{ 0x04, 0x26, 8, HEX(7, 0x01, 50), 1, REPLY(0xcb) },
};

static const struct sim_row sdr_rows[] = {
	{ 0x04, 0x20, 0, {}, 3, REPLY(0, 6, 1) },
	{ 0x04, 0x20, 1, HEX(0), 3, REPLY(0, 6, 1) },
	{ 0x04, 0x20, 1, HEX(1), 3, REPLY(0, 7, 1) },
	{ 0x0a, 0x20, 0, {}, 15, REPLY(0, 0x51, 7, 0) },
	/* a whole record needs no reservation, a part does */
	{ 0x0a, 0x23, 6, HEX(0, 0, 0, 0, 0, 0xff), 59,
	  REPLY(0, 2, 0, 1, 0, 0x51, 1, 51, 0x20, 0, 1, 0x03, 1) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 2, 0, 48, 5), 8, REPLY(0, 3, 0, 'I', 'n', 'l') },
	{ 0x0a, 0x22, 0, {}, 3, REPLY(0, 1, 0) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 2, 0, 48, 5), 1, REPLY(0xc5) },
	{ 0x0a, 0x23, 6, HEX(1, 0, 2, 0, 48, 5), 8, REPLY(0, 3, 0, 'I', 'n', 'l') },
	{ 0x04, 0x22, 0, {}, 3, REPLY(0, 2, 0) },
	{ 0x04, 0x21, 6, HEX(2, 0, 1, 0, 34, 8), 11,
	  REPLY(0, 2, 0, 0xff, 0, 100, 90, 80, 0, 0, 0) },
	{ 0x0a, 0x23, 6, HEX(2, 0, 1, 0, 14, 6), 9, REPLY(0, 2, 0, 0x80, 0x0a, 0x80, 0x0a,
							 0x38, 0x38) },
	/* compact: the watchdog; the last one: the controller */
	{ 0x0a, 0x23, 6, HEX(0, 0, 6, 0, 0, 6), 9, REPLY(0, 7, 0, 6, 0, 0x51, 2, 35, 0x20) },
	{ 0x0a, 0x23, 6, HEX(0, 0, 0xff, 0xff, 0, 6), 9,
	  REPLY(0, 0xff, 0xff, 7, 0, 0x51, 0x12, 14, 0x20) },
	{ 0x0a, 0x23, 6, HEX(2, 0, 7, 0, 15, 9), 7, REPLY(0, 0xff, 0xff, 0xc3, 'B', 'M', 'C') },
	{ 0x0a, 0x23, 6, HEX(0, 0, 9, 0, 0, 5), 1, REPLY(0xcb) },
	{ 0x0a, 0x23, 6, HEX(2, 0, 1, 0, 57, 5), 1, REPLY(0xc9) },
};

static const struct sim_row dcmi_rows[] = {
	{ 0x2c, 0x01, 2, HEX(0xdc, 1), 8, REPLY(0, 0xdc, 1, 5, 2, 0, 1, 5) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 2), 10, REPLY(0, 0xdc, 1, 5, 2, 64, 0, 5, 3, 1) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 3), 7, REPLY(0, 0xdc, 1, 5, 2, 0x20, 0) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 4), 8, REPLY(0, 0xdc, 1, 5, 2, 1, 0xff, 0xff) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 5), 7, REPLY(0, 0xdc, 1, 5, 2, 1, 1) },
	{ 0x2c, 0x01, 2, HEX(0xdc, 6), 2, REPLY(0xcc) },
	{ 0x2c, 0x01, 2, HEX(0xdd, 1), 1, REPLY(0xcc) },
	/* sensors, by either entity */
	{ 0x2c, 0x07, 5, HEX(0xdc, 1, 0x41, 0, 0), 6, REPLY(0, 0xdc, 1, 1, 1, 0) },
	{ 0x2c, 0x07, 5, HEX(0xdc, 1, 0x37, 1, 0), 6, REPLY(0, 0xdc, 1, 1, 2, 0) },
	{ 0x2c, 0x07, 5, HEX(0xdc, 1, 0x41, 2, 0), 4, REPLY(0, 0xdc, 0, 0) },
	{ 0x2c, 0x07, 5, HEX(0xdc, 1, 0x42, 0, 0), 4, REPLY(0, 0xdc, 0, 0) },
	{ 0x2c, 0x07, 5, HEX(0xdc, 1, 0x43, 0, 0), 4, REPLY(0, 0xdc, 0, 0) },
	{ 0x2c, 0x07, 5, HEX(0xdc, 2, 0x41, 0, 0), 2, REPLY(0xcc) },
	{ 0x2c, 0x07, 5, HEX(0, 1, 0x41, 0, 0), 1, REPLY(0xcc) },
	{ 0x2c, 0x10, 5, HEX(0xdc, 1, 0x40, 0, 0), 6, REPLY(0, 0xdc, 1, 1, 23, 1) },
	{ 0x2c, 0x10, 5, HEX(0xdc, 1, 0x42, 0, 0), 4, REPLY(0, 0xdc, 0, 0) },
	{ 0x2c, 0x10, 5, HEX(0xdc, 2, 0x40, 0, 0), 2, REPLY(0xcc) },
	/* thermal limits */
	{ 0x2c, 0x0c, 3, HEX(0xdc, 0x40, 1), 6, REPLY(0, 0xdc, 0, 0, 0, 0) },
	{ 0x2c, 0x0b, 7, HEX(0xdc, 0x40, 1, 0x40, 35, 60, 0), 2, REPLY(0, 0xdc) },
	{ 0x2c, 0x0c, 3, HEX(0xdc, 0x37, 1), 6, REPLY(0, 0xdc, 0x40, 35, 60, 0) },
	{ 0x2c, 0x0c, 3, HEX(0xdc, 0x41, 1), 6, REPLY(0, 0xdc, 0, 0, 0, 0) },
	{ 0x2c, 0x0b, 7, HEX(0xdc, 0x50, 1), 2, REPLY(0xcc) },
	{ 0x2c, 0x0b, 7, HEX(0, 0x40, 1), 1, REPLY(0xcc) },
	{ 0x2c, 0x0c, 3, HEX(0xdc, 0x50, 1), 2, REPLY(0xcc) },
	{ 0x2c, 0x0c, 3, HEX(0, 0x40, 1), 1, REPLY(0xcc) },
	/* strings */
	{ 0x2c, 0x06, 3, HEX(0xdc, 0, 16), 19, REPLY(0, 0xdc, 6, 'r', 'a', 'c', 'k') },
	{ 0x2c, 0x08, 5, HEX(0xdc, 4, 2, 'X', 'Y'), 3, REPLY(0, 0xdc, 6) },
	{ 0x2c, 0x08, 4, HEX(0xdc, 1, 1, 'Z'), 3, REPLY(0, 0xdc, 2) },
	{ 0x2c, 0x06, 3, HEX(0xdc, 0, 4), 7, REPLY(0, 0xdc, 2, 'r', 'Z', 0, 0) },
	{ 0x2c, 0x06, 3, HEX(0xdc, 0, 17), 2, REPLY(0xc9) },
	{ 0x2c, 0x06, 3, HEX(0xdc, 63, 2), 2, REPLY(0xc9) },
	{ 0x2c, 0x06, 3, HEX(0, 0, 2), 1, REPLY(0xcc) },
	{ 0x2c, 0x08, 20, HEX(0xdc, 0, 17), 2, REPLY(0xc9) },
	{ 0x2c, 0x08, 5, HEX(0xdc, 63, 2), 2, REPLY(0xc9) },
	{ 0x2c, 0x08, 5, HEX(0xdc, 0, 3, 'a', 'b'), 2, REPLY(0xc9) },
	{ 0x2c, 0x08, 5, HEX(0, 0, 2, 'a', 'b'), 1, REPLY(0xcc) },
	{ 0x2c, 0x09, 3, HEX(0xdc, 0, 3), 6, REPLY(0, 0xdc, 7, 'k', 'c', 's') },
	{ 0x2c, 0x0a, 6, HEX(0xdc, 0, 3, 'b', 'm', 'c'), 3, REPLY(0, 0xdc, 3) },
	{ 0x2c, 0x09, 3, HEX(0xdc, 0, 4), 7, REPLY(0, 0xdc, 3, 'b', 'm', 'c', 0) },
	/* configuration */
	{ 0x2c, 0x13, 3, HEX(0xdc, 4, 0), 7, REPLY(0, 0xdc, 1, 5, 2, 120, 0) },
	{ 0x2c, 0x12, 5, HEX(0xdc, 4, 0, 60, 0), 2, REPLY(0, 0xdc) },
	{ 0x2c, 0x13, 3, HEX(0xdc, 4, 0), 7, REPLY(0, 0xdc, 1, 5, 2, 60, 0) },
	{ 0x2c, 0x12, 5, HEX(0xdc, 9, 0, 60, 0), 2, REPLY(0xcc) },
	{ 0x2c, 0x12, 5, HEX(0, 4, 0, 60, 0), 1, REPLY(0xcc) },
	{ 0x2c, 0x13, 3, HEX(0xdc, 9, 0), 2, REPLY(0xcc) },
	{ 0x2c, 0x13, 3, HEX(0, 4, 0), 1, REPLY(0xcc) },
};

static void sensors_are_read_and_compared(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), sensor_rows, ARRAY_SIZE(sensor_rows));
}

static void records_describe_the_sensors(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), sdr_rows, ARRAY_SIZE(sdr_rows));
}

static void dcmi_finds_the_same_sensors(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), dcmi_rows, ARRAY_SIZE(dcmi_rows));
}

static void configuration_that_does_not_fit_is_refused(struct kunit *test)
{
	u8 data[4 + SIM_PARAM_SIZE] = { 0xdc, 4 };
	struct kcs_msg reply;

	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, sim_rows_create(test), 0x2c, 0x12, data,
					   sizeof(data), &reply), 0xc4);
}

static u8 reading(struct kunit *test, struct sim_bmc *bmc, u8 number)
{
	struct kcs_msg reply;

	KUNIT_EXPECT_EQ(test, sim_rows_ask(test, bmc, 0x04, 0x2d, &number, 1, &reply), 0);
	return reply.bytes[3];
}

static void readings_move_around_their_middle(struct kunit *test)
{
	static const u8 wave[] = { 42, 43, 44, 45, 44, 43, 42, 41, 40, 39, 40, 41, 42 };
	struct sim_bmc *bmc = sim_rows_create(test);

	for (bmc->now_s = 0; bmc->now_s < ARRAY_SIZE(wave); bmc->now_s++)
		KUNIT_EXPECT_EQ_MSG(test, reading(test, bmc, CPU_TEMP), wave[bmc->now_s],
				    "after %u s", bmc->now_s);
}

static void power_sensor_follows_the_watts(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);

	KUNIT_EXPECT_EQ(test, reading(test, bmc, POWER), 187 / 4);
	bmc->watts = 400;
	KUNIT_EXPECT_EQ(test, reading(test, bmc, POWER), 100);
	bmc->watts = 4000;
	KUNIT_EXPECT_EQ(test, reading(test, bmc, POWER), 0xff);
}

/* Get SEL Entry, the last one, behind its record ID and time. */
static void expect_event(struct kunit *test, struct sim_bmc *bmc, u16 count,
			 const u8 *event)
{
	static const u8 last[] = { 0, 0, 0xff, 0xff, 0, 0xff };
	struct kcs_msg reply;

	KUNIT_EXPECT_EQ(test, bmc->sel.count, count);
	KUNIT_ASSERT_EQ(test, 0, sim_rows_ask(test, bmc, 0x0a, 0x43, last, sizeof(last),
					      &reply));
	KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(&reply.bytes[5 + 7], event, 9),
			    "event %u: %02x %02x", count, reply.bytes[17], reply.bytes[18]);
}

static void sensor_that_passes_a_threshold_raises_events(struct kunit *test)
{
	static const u8 over[] = { 0x20, 0, 4, 0x01, CPU_TEMP, 0x01, 0x59, 95, 90 };
	static const u8 under[] = { 0x20, 0, 4, 0x01, CPU_TEMP, 0x81, 0x59, 85, 90 };
	static const u8 back[] = { 0x20, 0, 4, 0x01, CPU_TEMP, 0x81, 0x57, 42, 80 };
	static const u8 slow[] = { 0x20, 0, 4, 0x04, FAN, 0x01, 0x52, 20, 20 };
	struct sim_bmc *bmc = sim_rows_create(test);

	sim_sensor_fix(bmc, CPU_TEMP, 95);
	expect_event(test, bmc, 2, over);	/* 80 was passed before 90 */
	sim_sensor_fix(bmc, CPU_TEMP, 96);
	expect_event(test, bmc, 2, over);
	sim_sensor_fix(bmc, CPU_TEMP, 85);
	expect_event(test, bmc, 3, under);
	sim_sensor_release(bmc, CPU_TEMP);
	expect_event(test, bmc, 4, back);
	sim_sensor_fix(bmc, FAN, 20);
	expect_event(test, bmc, 6, slow);
	KUNIT_EXPECT_EQ(test, reading(test, bmc, FAN), 20);
}

static struct kunit_case sensor_cases[] = {
	KUNIT_CASE(sensors_are_read_and_compared),
	KUNIT_CASE(records_describe_the_sensors),
	KUNIT_CASE(dcmi_finds_the_same_sensors),
	KUNIT_CASE(configuration_that_does_not_fit_is_refused),
	KUNIT_CASE(readings_move_around_their_middle),
	KUNIT_CASE(power_sensor_follows_the_watts),
	KUNIT_CASE(sensor_that_passes_a_threshold_raises_events),
	{}
};

static struct kunit_suite sensor_suite = {
	.name = "kcs_sim_sensor",
	.test_cases = sensor_cases,
};

kunit_test_suite(sensor_suite);
