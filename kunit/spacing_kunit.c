// SPDX-License-Identifier: GPL-2.0-only
/* Status registers 1, 4 and 16 bytes from the data register, among other bytes. */
#include "../drivers/discovery/spacing.h"
#include "bench.h"

#include <kunit/test.h>
#include <linux/container_of.h>

/**
 * struct window - a window of a device, with the registers of a simulated BMC in it
 * @bench: the BMC
 * @io: the register pair that is tried
 * @spacing: where the BMC's Status is
 * @tried: where that of @io is
 * @other: what all other bytes read
 * @keeps: the last write to one of those is what it reads
 * @accesses: to the registers of @io
 */
struct window {
	struct sim_bench *bench;
	struct kcs_io io;
	u8 spacing, tried;
	u8 other;
	bool keeps;
	u32 accesses;
};

static u8 window_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct window *window = container_of(io, struct window, io);
	struct sim_bench *bench = window->bench;

	window->accesses++;
	return window->tried == window->spacing ? bench->io.ops->read(&bench->io, reg) :
						  window->other;
}

static void window_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct window *window = container_of(io, struct window, io);
	struct sim_bench *bench = window->bench;

	window->accesses++;
	if (window->tried == window->spacing)
		bench->io.ops->write(&bench->io, reg, value);
	else if (window->keeps)
		window->other = value;
}

static const struct kcs_io_ops window_ops = { window_read, window_write };

static u8 find(struct window *window)
{
	size_t i;

	for (i = 0; i < KCS_SPACINGS; i++) {
		window->tried = kcs_spacings[i];
		window->accesses = 0;
		if (kcs_spacing_responds(&window->io))
			return window->tried;
	}
	return 0;
}

static const struct {
	u8 other;
	bool keeps;
} fillings[] = {
	{ 0x00 }, { 0xff }, { 0x08 }, { 0x40 }, { 0xc0 }, { 0x02 }, { 0x00, true },
};

/* The first message completes the error exit, and gets its reply. */
static void status_is_found_and_the_bmc_works(struct kunit *test)
{
	struct window window = { .io.ops = &window_ops };
	size_t i, filling;

	window.bench = sim_bench_create(test);
	for (i = 0; i < KCS_SPACINGS; i++) {
		for (filling = 0; filling < ARRAY_SIZE(fillings); filling++) {
			sim_bench_start(window.bench, test->param_value);
			window.spacing = kcs_spacings[i];
			window.other = fillings[filling].other;
			window.keeps = fillings[filling].keeps;
			KUNIT_EXPECT_EQ_MSG(test, find(&window), kcs_spacings[i],
					    "filling %zu", filling);
			KUNIT_EXPECT_EQ(test, window.accesses, 3u);
			KUNIT_EXPECT_EQ(test, sim_bench_transfer(window.bench), 0);
			KUNIT_EXPECT_EQ(test, sim_monitor_total(&window.bench->monitor), 0u);
		}
	}
}

static void no_status_is_found_where_none_is(struct kunit *test)
{
	struct window window = { .io.ops = &window_ops };
	size_t filling;

	window.bench = sim_bench_create(test);
	sim_bench_start(window.bench, sim_kcs_personality("spec"));
	for (filling = 0; filling < ARRAY_SIZE(fillings); filling++) {
		window.other = fillings[filling].other;
		window.keeps = fillings[filling].keeps;
		KUNIT_EXPECT_EQ_MSG(test, find(&window), 0, "filling %zu", filling);
	}
	KUNIT_EXPECT_EQ(test, window.bench->accesses, 0u);
}

/* It has a byte of before that it did not take: nothing is written over it. */
static void nothing_is_written_to_a_bmc_that_is_busy(struct kunit *test)
{
	static const u8 busy[] = { 0x02, 0x0a, 0x82, 0xff };
	struct window window = { .io.ops = &window_ops, .keeps = true };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(busy); i++) {
		window.other = busy[i];
		KUNIT_EXPECT_EQ(test, find(&window), 0);
		KUNIT_EXPECT_EQ(test, window.other, busy[i]);
		KUNIT_EXPECT_EQ(test, window.accesses, 1u);
	}
}

static struct kunit_case spacing_cases[] = {
	KUNIT_CASE_PARAM(status_is_found_and_the_bmc_works, sim_bench_next),
	KUNIT_CASE(no_status_is_found_where_none_is),
	KUNIT_CASE(nothing_is_written_to_a_bmc_that_is_busy),
	{}
};

static struct kunit_suite spacing_suite = {
	.name = "kcs_spacing",
	.test_cases = spacing_cases,
};

kunit_test_suite(spacing_suite);
