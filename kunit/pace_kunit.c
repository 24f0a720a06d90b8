// SPDX-License-Identifier: GPL-2.0-only
/* What waiting costs in time and in CPU, against a driver that spins. */
#include "bench.h"

#include <kunit/test.h>
#include <linux/minmax.h>

#define WARM_UP		40
#define MESSAGES	200

/* Between two messages. */
#define PAUSE_US	1000

/* Writes that the BMC takes in a message of 16 data bytes that come back. */
#define HANDSHAKES	39

/* What a sleep costs the CPU: two switches and a timer. */
#define SLEEP_CPU_US	5

/**
 * struct cost - of a message, the mean of many
 * @us: time
 * @cpu_us: time of the CPU
 */
struct cost {
	u32 us;
	u32 cpu_us;
};

static struct sim_delay around(u32 us, u32 percent)
{
	return (struct sim_delay){ us - us * percent / 100, us + us * percent / 100 };
}

static void start_as(struct kunit *test, struct sim_bench *bench,
		     const char *personality, u32 think_us, u32 byte_us, u32 percent)
{
	static const u8 data[16];

	sim_bench_start(bench, sim_kcs_personality(personality));
	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&bench->request, 0x30, 0xee, data,
						 sizeof(data)));
	bench->kcs.think = around(think_us, percent);
	bench->kcs.byte = around(byte_us, percent);
	bench->overshoot = (struct sim_delay){ 10, 60 };
}

static void start(struct kunit *test, struct sim_bench *bench, u32 think_us,
		  u32 byte_us, u32 percent)
{
	start_as(test, bench, "linux", think_us, byte_us, percent);
}

static struct cost run(struct kunit *test, struct sim_bench *bench, u32 messages)
{
	u64 began_us, us = 0;
	u32 i;

	bench->busy_us = 0;
	bench->sleeps = 0;
	bench->thinking_sleeps = 0;
	for (i = 0; i < messages; i++) {
		began_us = bench->now_us;
		KUNIT_EXPECT_EQ(test, sim_bench_transfer(bench), 0);
		us += bench->now_us - began_us;
		bench->now_us += PAUSE_US;
	}
	return (struct cost){
		(u32)us / messages,
		((u32)bench->busy_us + SLEEP_CPU_US * bench->sleeps) / messages,
	};
}

static struct cost spinning(struct kunit *test, struct sim_bench *bench,
			    u32 think_us, u32 byte_us, u32 percent)
{
	start(test, bench, think_us, byte_us, percent);
	bench->spins = true;
	return run(test, bench, MESSAGES);
}

static struct cost learned(struct kunit *test, struct sim_bench *bench,
			   u32 think_us, u32 byte_us, u32 percent)
{
	start(test, bench, think_us, byte_us, percent);
	run(test, bench, WARM_UP);
	return run(test, bench, MESSAGES);
}

static const u32 thinks_us[] = { 200, 1000, 5000, 20000, 50000 };
static const u32 bytes_us[] = { 3, 20, 175 };

static void expect_cell(struct kunit *test, u32 think_us, u32 byte_us)
{
	struct sim_bench *bench = sim_bench_create(test);
	struct cost spins = spinning(test, bench, think_us, byte_us, 5);
	struct cost ours = learned(test, bench, think_us, byte_us, 5);
	u32 handshake_us = min((spins.us - think_us) / HANDSHAKES, byte_us + 2);
	u32 cpu_us = 60 + 25 + (HANDSHAKES - 1) * min(handshake_us, 25u);

	kunit_info(test, "think %5u us, byte %3u us: %5u us, spinning %5u us; CPU %4u us of %4u us\n",
		   think_us, byte_us, ours.us, spins.us, ours.cpu_us, cpu_us);
	KUNIT_EXPECT_LE(test, ours.us, max(spins.us + spins.us / 10, spins.us + 60));
	KUNIT_EXPECT_LE(test, ours.cpu_us, cpu_us);
}

static void bmc_costs_little_more_than_its_time(struct kunit *test)
{
	size_t think, byte;

	for (think = 0; think < ARRAY_SIZE(thinks_us); think++)
		for (byte = 0; byte < ARRAY_SIZE(bytes_us); byte++)
			expect_cell(test, thinks_us[think], bytes_us[byte]);
}

static void bmc_of_great_jitter_costs_little_more(struct kunit *test)
{
	struct sim_bench *bench = sim_bench_create(test);
	size_t think, byte;

	for (think = 0; think < ARRAY_SIZE(thinks_us); think++)
		for (byte = 0; byte < ARRAY_SIZE(bytes_us); byte++) {
			u32 think_us = thinks_us[think], byte_us = bytes_us[byte];
			struct cost spins = spinning(test, bench, think_us, byte_us, 30);
			struct cost ours = learned(test, bench, think_us, byte_us, 30);

			KUNIT_EXPECT_LE_MSG(test, ours.us, spins.us + spins.us * 12 / 100,
					    "think %u, byte %u", think_us, byte_us);
		}
}

/* A little slower must not cost many times as much. */
static void byte_time_has_no_cliff(struct kunit *test)
{
	struct sim_bench *bench = sim_bench_create(test);
	u32 byte_us;

	for (byte_us = 2; byte_us <= 80; byte_us += 3) {
		struct cost spins = spinning(test, bench, 200, byte_us, 5);
		struct cost ours = learned(test, bench, 200, byte_us, 5);

		KUNIT_EXPECT_LE_MSG(test, ours.us, spins.us + spins.us / 3,
				    "byte %u us", byte_us);
	}
}

/* -- What changes. -------------------------------------------------------- */

static void expect_adapts(struct kunit *test, u32 think_us, u32 byte_us,
			  u32 new_think_us, u32 new_byte_us)
{
	struct sim_bench *bench = sim_bench_create(test);
	struct cost spins = spinning(test, bench, new_think_us, new_byte_us, 5);
	struct cost ours;

	start(test, bench, think_us, byte_us, 5);
	run(test, bench, WARM_UP);
	bench->kcs.think = around(new_think_us, 5);
	bench->kcs.byte = around(new_byte_us, 5);
	run(test, bench, 30);
	ours = run(test, bench, 20);
	KUNIT_EXPECT_LE_MSG(test, ours.us, spins.us + spins.us / 10,
			    "%u, %u to %u, %u", think_us, byte_us, new_think_us,
			    new_byte_us);
}

static void bmc_that_changes_speed_is_learned_anew(struct kunit *test)
{
	expect_adapts(test, 50000, 3, 200, 3);
	expect_adapts(test, 200, 3, 50000, 3);
	expect_adapts(test, 1000, 3, 5000, 3);
	expect_adapts(test, 5000, 3, 1000, 3);
	expect_adapts(test, 1000, 175, 1000, 3);
	expect_adapts(test, 1000, 3, 1000, 175);
}

/* -- With an interrupt. --------------------------------------------------- */

static void interrupt_leaves_one_sleep_to_the_bmc(struct kunit *test)
{
	struct sim_bench *bench = sim_bench_create(test);
	struct cost spins = spinning(test, bench, 50000, 3, 5);
	struct cost ours;

	start(test, bench, 50000, 3, 5);
	bench->interrupt = true;
	run(test, bench, WARM_UP);
	ours = run(test, bench, MESSAGES);
	KUNIT_EXPECT_LE(test, bench->thinking_sleeps, 2u * MESSAGES);
	KUNIT_EXPECT_LE(test, ours.us, spins.us + spins.us / 50);
	KUNIT_EXPECT_EQ(test, bench->pair.transport.missed, 0u);
}

static void lost_interrupt_costs_no_more_than_its_sleep(struct kunit *test)
{
	const struct sim_fault lost = {
		.kind = SIM_FAULT_IRQ_LOST, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND,
	};
	struct sim_bench *bench = sim_bench_create(test);
	struct cost ours;

	start(test, bench, 5000, 3, 5);
	bench->interrupt = true;
	run(test, bench, WARM_UP);
	sim_fault_set(&bench->kcs.trouble, &lost);
	ours = run(test, bench, 3);
	KUNIT_EXPECT_LE(test, ours.us, 5000u + KCS_PACE_LOST_US + 5000);
	KUNIT_EXPECT_GE(test, bench->pair.transport.missed, 3u);
}

/* Without a byte in Data_Out there is no interrupt, and none to wait for. */
static void bmc_without_dummies_is_not_slept_for(struct kunit *test)
{
	struct sim_bench *bench = sim_bench_create(test);
	struct cost spins, ours;

	start_as(test, bench, "ami", 5000, 175, 5);
	bench->spins = true;
	spins = run(test, bench, MESSAGES);
	start_as(test, bench, "ami", 5000, 175, 5);
	bench->interrupt = true;
	run(test, bench, WARM_UP);
	ours = run(test, bench, MESSAGES);
	KUNIT_EXPECT_LE(test, ours.us, spins.us + spins.us / 10);
	KUNIT_EXPECT_EQ(test, bench->pair.transport.missed, 0u);
}

static void last_dummy_not_written_is_not_slept_for(struct kunit *test)
{
	const struct sim_fault missing = {
		.kind = SIM_FAULT_NO_LAST_DUMMY, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND,
	};
	struct sim_bench *bench = sim_bench_create(test);
	struct cost spins = spinning(test, bench, 5000, 175, 5), ours;
	u32 missed;

	start(test, bench, 5000, 175, 5);
	bench->interrupt = true;
	sim_fault_set(&bench->kcs.trouble, &missing);
	run(test, bench, WARM_UP);
	missed = bench->pair.transport.missed;
	KUNIT_EXPECT_LE(test, missed, (u32)KCS_PACE_DUMMIES_MISSED);
	ours = run(test, bench, MESSAGES);
	KUNIT_EXPECT_LE(test, ours.us, spins.us + spins.us / 10);
	KUNIT_EXPECT_EQ(test, bench->pair.transport.missed, missed);
}

/* -- Numbers. ------------------------------------------------------------- */

static void unknown_wait_polls_and_then_naps(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 waited_us = 0, us, last_us = 1, naps = 0;

	kcs_pace_begin(&pace, KCS_PACE_THINK, 0x1801);
	for (; waited_us < 25; waited_us++)
		KUNIT_EXPECT_EQ(test, kcs_pace_next_us(&pace, waited_us, false), 0u);
	while (waited_us < 5000000) {
		us = kcs_pace_next_us(&pace, waited_us, false);
		KUNIT_EXPECT_GE(test, us, last_us);
		KUNIT_EXPECT_LE(test, us, 20000u);
		last_us = us;
		waited_us += us;
		naps++;
	}
	KUNIT_EXPECT_LE(test, naps, 600u);
}

static void wait_for_nobody_is_looked_at_rarely(struct kunit *test)
{
	struct kcs_pace pace = { .is_idle = true };
	u32 waited_us = 0, looks = 0;

	kcs_pace_begin(&pace, KCS_PACE_OTHER, 0);
	while (waited_us < 5000000) {
		waited_us += kcs_pace_next_us(&pace, waited_us, false) ?: 5;
		looks++;
	}
	KUNIT_EXPECT_LE(test, looks, 20u);
}

/* On a machine that sleeps @more_us longer than asked. */
static void wait_oversleeping(struct kcs_pace *pace, enum kcs_pace_phase phase,
			      u16 command, u32 ends_us, u32 more_us)
{
	u32 waited_us = 0, us;

	kcs_pace_begin(pace, phase, command);
	while (waited_us < ends_us) {
		us = kcs_pace_next_us(pace, waited_us, false);
		waited_us += us ? us + more_us : 1;
	}
	kcs_pace_end(pace, waited_us);
}

static void wait(struct kcs_pace *pace, u16 command, u32 ends_us)
{
	wait_oversleeping(pace, KCS_PACE_THINK, command, ends_us, 0);
}

static u32 first_sleep_us(struct kcs_pace *pace, u16 command)
{
	kcs_pace_begin(pace, KCS_PACE_THINK, command);
	return kcs_pace_next_us(pace, 0, false);
}

static void overslept_time_is_never_learned(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 i, last_us, us;

	for (i = 0; i < 20; i++)
		wait(&pace, 0x1801, 5000);
	last_us = first_sleep_us(&pace, 0x1801);
	KUNIT_EXPECT_GE(test, last_us, 4500u);
	KUNIT_EXPECT_LE(test, last_us, 5000u);
	for (i = 0; i < 12 && last_us > 100; i++) {
		wait(&pace, 0x1801, 100);
		us = first_sleep_us(&pace, 0x1801);
		KUNIT_EXPECT_LE(test, us, last_us - 1);
		last_us = us;
	}
	KUNIT_EXPECT_LE(test, last_us, 100u);
}

static void overshoot_is_taken_off_a_sleep(struct kunit *test)
{
	struct kcs_pace exact = {}, late = {};
	u32 i, us;

	for (i = 0; i < 40; i++) {
		wait(&exact, 0x1801, 5000);
		wait_oversleeping(&late, KCS_PACE_THINK, 0x1801, 5000, 200);
	}
	us = first_sleep_us(&exact, 0x1801) - first_sleep_us(&late, 0x1801);
	KUNIT_EXPECT_GE(test, us, 180u);
	KUNIT_EXPECT_LE(test, us, 250u);
}

static void rare_wait_teaches_nothing(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 i;

	for (i = 0; i < 20; i++)
		wait_oversleeping(&pace, KCS_PACE_OTHER, 0x1801, 5000, 0);
	KUNIT_EXPECT_EQ(test, first_sleep_us(&pace, 0x1801), 0u);
	kcs_pace_begin(&pace, KCS_PACE_OTHER, 0x1801);
	KUNIT_EXPECT_EQ(test, kcs_pace_next_us(&pace, 0, false), 0u);
}

/* An interrupt after @ends_us ends the first sleep, if that is longer. */
static bool misses_interrupt(struct kcs_pace *pace, u32 ends_us)
{
	u32 waited_us = 0, us;

	kcs_pace_begin(pace, KCS_PACE_THINK, 0x1801);
	do {
		us = kcs_pace_next_us(pace, waited_us, true);
		waited_us += us ?: 1;
	} while (!us);
	return kcs_pace_end(pace, min(waited_us, ends_us));
}

static void interrupt_is_a_sample(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 i;

	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_FALSE(test, misses_interrupt(&pace, 5000));
	KUNIT_EXPECT_GE(test, first_sleep_us(&pace, 0x1801), 4900u);
	KUNIT_EXPECT_LE(test, first_sleep_us(&pace, 0x1801), 5000u);
}

static void missed_interrupt_is_no_sample(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 i, us;

	for (i = 0; i < 20; i++)
		misses_interrupt(&pace, 5000);
	us = first_sleep_us(&pace, 0x1801);
	KUNIT_EXPECT_TRUE(test, misses_interrupt(&pace, U32_MAX));
	KUNIT_EXPECT_EQ(test, first_sleep_us(&pace, 0x1801), us);
}

/* The sleep ends without it, and Status shows nothing. */
static void slower_bmc_is_polled_without_interrupt(struct kunit *test)
{
	struct kcs_pace pace = {};
	u32 i, us, waited_us;

	for (i = 0; i < 20; i++)
		misses_interrupt(&pace, 5000);
	kcs_pace_begin(&pace, KCS_PACE_THINK, 0x1801);
	waited_us = kcs_pace_next_us(&pace, 0, true);
	KUNIT_EXPECT_GE(test, waited_us, 5000u + KCS_PACE_LOST_US);
	us = kcs_pace_next_us(&pace, waited_us, true);
	KUNIT_EXPECT_GE(test, us, 1u);
	KUNIT_EXPECT_LE(test, us, 1000u);
	KUNIT_EXPECT_FALSE(test, kcs_pace_end(&pace, waited_us + us));
}

static void command_learned_longest_ago_is_forgotten(struct kunit *test)
{
	struct kcs_pace pace = {};
	u16 command;
	u32 i;

	for (command = 1; command <= KCS_PACE_COMMANDS + 1; command++)
		for (i = 0; i < 10; i++)
			wait(&pace, command, 5000);
	KUNIT_EXPECT_GE(test, first_sleep_us(&pace, 2), 4000u);
	KUNIT_EXPECT_EQ(test, first_sleep_us(&pace, 1), 0u);
}

static struct kunit_case pace_cases[] = {
	KUNIT_CASE(bmc_costs_little_more_than_its_time),
	KUNIT_CASE(bmc_of_great_jitter_costs_little_more),
	KUNIT_CASE(byte_time_has_no_cliff),
	KUNIT_CASE(bmc_that_changes_speed_is_learned_anew),
	KUNIT_CASE(interrupt_leaves_one_sleep_to_the_bmc),
	KUNIT_CASE(lost_interrupt_costs_no_more_than_its_sleep),
	KUNIT_CASE(bmc_without_dummies_is_not_slept_for),
	KUNIT_CASE(last_dummy_not_written_is_not_slept_for),
	KUNIT_CASE(unknown_wait_polls_and_then_naps),
	KUNIT_CASE(wait_for_nobody_is_looked_at_rarely),
	KUNIT_CASE(overslept_time_is_never_learned),
	KUNIT_CASE(overshoot_is_taken_off_a_sleep),
	KUNIT_CASE(rare_wait_teaches_nothing),
	KUNIT_CASE(interrupt_is_a_sample),
	KUNIT_CASE(missed_interrupt_is_no_sample),
	KUNIT_CASE(slower_bmc_is_polled_without_interrupt),
	KUNIT_CASE(command_learned_longest_ago_is_forgotten),
	{}
};

static struct kunit_suite pace_suite = {
	.name = "kcs_pace",
	.test_cases = pace_cases,
};

kunit_test_suite(pace_suite);
