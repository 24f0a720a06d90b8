// SPDX-License-Identifier: GPL-2.0-only
/* The log of the simulated BMC, its events, and its watchdog. */
#include "sim_rows.h"

#include <linux/limits.h>

static const struct sim_row sel_rows[] = {
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b) },
	{ 0x0a, 0x41, 0, {}, 10, REPLY(0, 64, 0, 16, 0, 64, 0, 64, 0, 1) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 1, REPLY(0xcb) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0xff, 0xff, 0, 0xff), 1, REPLY(0xcb) },
	/* the log is set to a time, and stamps with it what has one */
	{ 0x0a, 0x49, 4, HEX(1, 2, 3, 4), 1, REPLY(0) },
	{ 0x0a, 0x48, 0, {}, 5, REPLY(0, 1, 2, 3, 4) },
	{ 0x0a, 0x44, 16, HEX(0, 0, 2, 9, 9), 3, REPLY(0, 1, 0) },
	{ 0x0a, 0x44, 16, HEX(0, 0, 0xe0, 8, 8), 3, REPLY(0, 2, 0) },
	{ 0x0a, 0x44, 16, HEX(0, 0, 2), 3, REPLY(0, 3, 0) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 3, 0, 0xd0, 3, 1, 2, 3, 4, 0, 0, 0, 0) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 19, REPLY(0, 2, 0, 1, 0, 2, 1, 2, 3, 4) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 2, 0, 0, 5), 8, REPLY(0, 3, 0, 2, 0, 0xe0, 8, 8) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0xff, 0xff, 0, 2), 5, REPLY(0, 0xff, 0xff, 3, 0) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 4, 0, 0, 0xff), 1, REPLY(0xcb) },
	/* a part, a deletion and an erasure need a reservation */
	{ 0x0a, 0x43, 6, HEX(0, 0, 3, 0, 2, 1), 1, REPLY(0xc5) },
	{ 0x0a, 0x46, 4, HEX(0, 0, 2, 0), 1, REPLY(0xc5) },
	{ 0x0a, 0x47, 6, HEX(0, 0, 'C', 'L', 'R', 0xaa), 1, REPLY(0xc5) },
	{ 0x0a, 0x42, 0, {}, 3, REPLY(0, 1, 0) },
	{ 0x0a, 0x46, 4, HEX(2, 0, 2, 0), 1, REPLY(0xc5) },
	{ 0x0a, 0x43, 6, HEX(1, 0, 3, 0, 2, 1), 4, REPLY(0, 0xff, 0xff, 2) },
	{ 0x0a, 0x43, 6, HEX(1, 0, 1, 0, 17, 1), 1, REPLY(0xc9) },
	{ 0x0a, 0x46, 4, HEX(1, 0, 9, 0), 1, REPLY(0xcb) },
	{ 0x0a, 0x46, 4, HEX(1, 0, 2, 0), 3, REPLY(0, 2, 0) },
	{ 0x0a, 0x46, 4, HEX(1, 0, 1, 0), 1, REPLY(0xc5) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 1, 0, 0, 1), 4, REPLY(0, 3, 0, 1) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 2, 0, 0, 1), 1, REPLY(0xcb) },
	{ 0x0a, 0x42, 0, {}, 3, REPLY(0, 2, 0) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'C', 'L', 'R', 0), 2, REPLY(0, 1) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'X', 'L', 'R', 0xaa), 1, REPLY(0xcc) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 2, 0) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'C', 'L', 'R', 0xaa), 2, REPLY(0, 1) },
	{ 0x0a, 0x47, 6, HEX(2, 0, 'C', 'L', 'R', 0xaa), 1, REPLY(0xc5) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 0, 0, 0, 4, 1, 2, 3, 4, 1, 2, 3, 4, 0x0b) },
	{ 0x0a, 0x5c, 0, {}, 3, REPLY(0, 0, 0) },
	{ 0x0a, 0x5d, 2, HEX(60, 0), 1, REPLY(0) },
	{ 0x0a, 0x5c, 0, {}, 3, REPLY(0, 60, 0) },
};

/* The enables: log; then log and buffer; then neither. */
static const struct sim_row event_rows[] = {
	{ 0x04, 0x00, 2, HEX(0x20, 0), 1, REPLY(0) },
	{ 0x04, 0x01, 0, {}, 3, REPLY(0, 0x20, 0) },
	{ 0x04, 0x02, 5, HEX(0x41, 3, 1, 9, 1), 1, REPLY(0xc7) },
	{ 0x04, 0x02, 9, HEX(0x41), 1, REPLY(0xc7) },
	{ 0x04, 0x02, 6, HEX(0x41, 3, 1, 9, 1, 0x57), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 19,
	  REPLY(0, 0xff, 0xff, 1, 0, 2, 0, 0, 0, 0, 0x41, 0, 3, 1, 9, 1, 0x57, 0xff, 0xff) },
	{ 0x06, 0x2e, 1, HEX(0x0c), 1, REPLY(0) },
	{ 0x04, 0x02, 8, HEX(0x41, 3, 1, 9, 1, 0x57, 7, 8), 1, REPLY(0) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x02) },
	{ 0x04, 0x02, 6, HEX(0x41, 3, 1, 9, 1, 0x58), 1, REPLY(0) },
	/* the buffer has the first of the two, the log both */
	{ 0x06, 0x35, 0, {}, 17,
	  REPLY(0, 2, 0, 2, 0, 0, 0, 0, 0x41, 0, 3, 1, 9, 1, 0x57, 7, 8) },
	{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	{ 0x06, 0x35, 0, {}, 1, REPLY(0x80) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 3, 0) },
	{ 0x06, 0x2e, 1, HEX(0x04), 1, REPLY(0) },
	{ 0x04, 0x02, 6, HEX(0x41, 3, 1, 9, 1, 0x59), 1, REPLY(0) },
	{ 0x06, 0x35, 0, {}, 17, REPLY(0, 0, 0, 2, 0, 0, 0, 0, 0x41, 0, 3, 1, 9, 1, 0x59) },
	{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 3, 0) },
};

static void log_is_read_reserved_and_cleared(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), sel_rows, ARRAY_SIZE(sel_rows));
}

static void event_reaches_log_and_buffer_as_enabled(struct kunit *test)
{
	sim_rows_run(test, sim_rows_create(test), event_rows, ARRAY_SIZE(event_rows));
}

static void log_that_is_full_says_so_until_erased(struct kunit *test)
{
	static const u8 record[SIM_SEL_RECORD] = { 0, 0, 2 };
	static const struct sim_row rows[] = {
		{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					       0x8b) },
		{ 0x0a, 0x42, 0, {}, 3, REPLY(0, 1, 0) },
		{ 0x0a, 0x47, 6, HEX(1, 0, 'C', 'L', 'R', 0xaa), 2, REPLY(0, 1) },
		{ 0x0a, 0x40, 0, {}, 15, REPLY(0, 0x51, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,
					       0x0b) },
	};
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;
	int i;

	for (i = 0; i <= SIM_SEL_MAX; i++)
		KUNIT_EXPECT_EQ(test, sim_rows_ask(test, bmc, 0x0a, 0x44, record,
						   sizeof(record), &reply),
				i < SIM_SEL_MAX ? 0x00 : 0xc4);
	/* Events are lost; the buffer has them all the same. */
	bmc->enables = 0x0c;
	sim_sensor_fix(bmc, 2, 40);
	KUNIT_EXPECT_EQ(test, bmc->flags, 0x02);
	KUNIT_EXPECT_EQ(test, bmc->event[15], 38);
	sim_rows_run(test, bmc, rows, ARRAY_SIZE(rows));
}

static void record_ids_begin_again_with_those_that_are_free(struct kunit *test)
{
	static const u8 record[SIM_SEL_RECORD] = { 0, 0, 2 };
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;

	sim_rows_ask(test, bmc, 0x0a, 0x44, record, sizeof(record), &reply);
	KUNIT_EXPECT_EQ(test, bmc->sel.last_id, 1);
	bmc->sel.last_id = 0xfffd;
	sim_rows_ask(test, bmc, 0x0a, 0x44, record, sizeof(record), &reply);
	KUNIT_EXPECT_EQ(test, bmc->sel.last_id, 0xfffe);
	sim_rows_ask(test, bmc, 0x0a, 0x44, record, sizeof(record), &reply);
	KUNIT_EXPECT_EQ(test, bmc->sel.last_id, 2);
}

/* -- The watchdog. -------------------------------------------------------- */

/* Timer use 4 (SMS/OS), hard reset, a message 2 s before the end, 10 s. */
static const struct sim_row watchdog_rows[] = {
	{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0, 0, 0, 0, 0, 0, 0, 0) },
	{ 0x06, 0x22, 0, {}, 1, REPLY(0x80) },
	{ 0x06, 0x24, 5, {}, 1, REPLY(0xc7) },
	{ 0x06, 0x24, 6, HEX(0x04, 0x31, 2, 0x10, 100, 0), 1, REPLY(0) },
	{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0x04, 0x31, 2, 0, 100, 0, 100, 0) },
	{ 0x06, 0x22, 0, {}, 1, REPLY(0) },
	{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0x44, 0x31, 2, 0, 100, 0, 100, 0) },
};

static void start_watchdog(struct kunit *test, struct sim_bmc *bmc)
{
	bmc->now_ms = 5000;
	KUNIT_EXPECT_EQ(test, sim_bmc_next_ms(bmc), U64_MAX);
	sim_rows_run(test, bmc, watchdog_rows, ARRAY_SIZE(watchdog_rows));
}

static void watchdog_warns_and_expires_once(struct kunit *test)
{
	static const struct sim_row half[] = {
		{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0x44, 0x31, 2, 0, 100, 0, 50, 0) },
	};
	static const struct sim_row warned[] = {
		{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0x08) },
		{ 0x0a, 0x43, 6, HEX(0, 0, 0, 0, 0, 0xff), 19,
		  REPLY(0, 0xff, 0xff, 1, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 0x23, 6, 0x6f, 0xc8,
			0x34, 0xff) },
		{ 0x06, 0x30, 1, HEX(0x08), 1, REPLY(0) },
		{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
	};
	static const struct sim_row expired[] = {
		{ 0x06, 0x31, 0, {}, 2, REPLY(0, 0) },
		{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0x04, 0x31, 2, 0x10, 100, 0, 100, 0) },
		{ 0x0a, 0x43, 6, HEX(0, 0, 0xff, 0xff, 0, 0xff), 19,
		  REPLY(0, 0xff, 0xff, 2, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 0x23, 6, 0x6f, 0xc1,
			0x34, 0xff) },
		{ 0x04, 0x2d, 1, HEX(6), 5, REPLY(0, 0, 0xc0, 0x01, 0x80) },
		{ 0x04, 0x2b, 1, HEX(6), 6, REPLY(0, 0xc0, 1, 0, 0, 0) },
		{ 0x06, 0x24, 6, HEX(0x04, 0x31, 2, 0x10, 100, 0), 1, REPLY(0) },
		{ 0x06, 0x25, 0, {}, 9, REPLY(0, 0x04, 0x31, 2, 0, 100, 0, 100, 0) },
	};
	struct sim_bmc *bmc = sim_rows_create(test);

	start_watchdog(test, bmc);
	sim_bmc_advance(bmc, 10000);
	sim_rows_run(test, bmc, half, ARRAY_SIZE(half));
	KUNIT_EXPECT_EQ(test, sim_bmc_next_ms(bmc), 13000u);
	sim_bmc_advance(bmc, 12999);
	KUNIT_EXPECT_EQ(test, bmc->flags, 0);
	sim_bmc_advance(bmc, 13000);
	sim_rows_run(test, bmc, warned, ARRAY_SIZE(warned));
	KUNIT_EXPECT_EQ(test, sim_bmc_next_ms(bmc), 15000u);
	sim_bmc_advance(bmc, 14999);
	KUNIT_EXPECT_EQ(test, bmc->watchdog.expiries, 0u);
	sim_bmc_advance(bmc, 15000);
	sim_bmc_advance(bmc, 90000);
	KUNIT_EXPECT_EQ(test, bmc->watchdog.expiries, 1u);
	sim_rows_run(test, bmc, expired, ARRAY_SIZE(expired));
}

static void watchdog_that_is_petted_does_not_expire(struct kunit *test)
{
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;
	int i;

	start_watchdog(test, bmc);
	for (i = 1; i < 10; i++) {
		sim_bmc_advance(bmc, 5000 + i * 7000);
		sim_rows_ask(test, bmc, 0x06, 0x22, NULL, 0, &reply);
	}
	KUNIT_EXPECT_EQ(test, bmc->sel.count, 0);
	KUNIT_EXPECT_EQ(test, bmc->watchdog.expiries, 0u);
}

/**
 * struct watchdog_row - a setting, and what an expiry after it leaves
 * @setting: the setting; its timer is 10 s
 * @flags: message flags
 * @events: events in the log
 */
struct watchdog_row {
	u8 setting[6];
	u8 flags;
	u16 events;
};

static void watchdog_does_as_it_was_set(struct kunit *test)
{
	static const struct watchdog_row rows[] = {
		{ HEX(0x04, 0x01, 2, 0, 100, 0), 0x00, 1 },	/* no pre-timeout */
		{ HEX(0x04, 0x11, 2, 0, 100, 0), 0x00, 2 },	/* an SMI: not our business */
		{ HEX(0x04, 0x31, 0, 0, 100, 0), 0x08, 2 },	/* with the end */
		{ HEX(0x04, 0x31, 11, 0, 100, 0), 0x00, 1 },	/* before the start */
		{ HEX(0x84, 0x31, 2, 0, 100, 0), 0x08, 0 },	/* not logged */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_bmc *bmc = sim_rows_create(test);
		struct kcs_msg reply;

		sim_rows_ask(test, bmc, 0x06, 0x24, rows[i].setting, 6, &reply);
		sim_rows_ask(test, bmc, 0x06, 0x22, NULL, 0, &reply);
		sim_bmc_advance(bmc, 10000);
		KUNIT_EXPECT_EQ_MSG(test, bmc->watchdog.expiries, 1u, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, bmc->flags, rows[i].flags, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, bmc->sel.count, rows[i].events, "row %zu", i);
	}
}

static void watchdog_runs_on_only_if_told(struct kunit *test)
{
	static const u8 go_on[] = { 0x44, 0x01, 0, 0, 200, 0 };
	static const u8 stop[] = { 0x04, 0x01, 0, 0, 200, 0 };
	struct sim_bmc *bmc = sim_rows_create(test);
	struct kcs_msg reply;

	sim_rows_ask(test, bmc, 0x06, 0x24, go_on, 6, &reply);
	KUNIT_EXPECT_FALSE(test, bmc->watchdog.is_running);
	sim_rows_ask(test, bmc, 0x06, 0x22, NULL, 0, &reply);
	sim_bmc_advance(bmc, 3000);
	sim_rows_ask(test, bmc, 0x06, 0x24, go_on, 6, &reply);
	KUNIT_EXPECT_EQ(test, sim_bmc_next_ms(bmc), 23000u);
	sim_rows_ask(test, bmc, 0x06, 0x24, stop, 6, &reply);
	KUNIT_EXPECT_EQ(test, sim_bmc_next_ms(bmc), U64_MAX);
}

static struct kunit_case event_cases[] = {
	KUNIT_CASE(log_is_read_reserved_and_cleared),
	KUNIT_CASE(event_reaches_log_and_buffer_as_enabled),
	KUNIT_CASE(log_that_is_full_says_so_until_erased),
	KUNIT_CASE(record_ids_begin_again_with_those_that_are_free),
	KUNIT_CASE(watchdog_warns_and_expires_once),
	KUNIT_CASE(watchdog_that_is_petted_does_not_expire),
	KUNIT_CASE(watchdog_does_as_it_was_set),
	KUNIT_CASE(watchdog_runs_on_only_if_told),
	{}
};

static struct kunit_suite event_suite = {
	.name = "kcs_sim_event",
	.test_cases = event_cases,
};

kunit_test_suite(event_suite);
