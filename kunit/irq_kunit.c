// SPDX-License-Identifier: GPL-2.0-only
/* An interrupt beside two registers that read what they are told to. */
#include "../drivers/core/clock.h"
#include "../drivers/core/irq.h"

#include <kunit/test.h>
#include <linux/ktime.h>

/**
 * struct bench - registers with an interrupt
 * @irq: the interrupt
 * @io: the registers
 * @status: what Status reads
 * @data: what Data_Out reads
 * @data_reads: how often it was read
 * @progress: ends the sleep in mid-message
 * @work: ends the engine's
 */
struct bench {
	struct kcs_irq irq;
	struct kcs_io io;
	u8 status, data;
	u32 data_reads;
	struct kcs_wake progress, work;
};

static u8 bench_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct bench *bench = container_of(io, struct bench, io);

	if (reg == KCS_REG_STATUS)
		return bench->status;
	bench->data_reads++;
	bench->status &= ~KCS_STATUS_OBF;
	return bench->data;
}

static void bench_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
}

static const struct kcs_io_ops bench_ops = {
	.read = bench_read,
	.write = bench_write,
};

static struct bench *bench_create(struct kunit *test, u8 status)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->io.ops = &bench_ops;
	bench->status = status;
	bench->data = 0x5a;
	kcs_wake_init(&bench->progress);
	kcs_wake_init(&bench->work);
	kcs_irq_init(&bench->irq, &bench->io, 5, false, &bench->progress,
		     &bench->work);
	return bench;
}

static bool ring(struct bench *bench)
{
	return kcs_irq_handle(5, &bench->irq) == IRQ_HANDLED;
}

static u8 read(struct bench *bench, enum kcs_reg reg)
{
	struct kcs_io *io = &bench->irq.io;

	return io->ops->read(io, reg);
}

static void byte_taken_by_the_interrupt_is_read_once(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);

	KUNIT_EXPECT_TRUE(test, ring(bench));
	KUNIT_EXPECT_EQ(test, bench->status, 0x40);
	bench->data = 0xa5;
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x41);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x40);
	KUNIT_EXPECT_EQ(test, bench->data_reads, 1u);
}

static void only_a_byte_or_a_call_is_ours(struct kunit *test)
{
	static const struct {
		u8 status;
		bool in_message, ours, attention;
	} rows[] = {
		{ 0x00, false, false, false }, { 0x01, false, true, true },
		{ 0x02, false, false, false }, { 0x04, false, true, true },
		{ 0x05, false, true, true }, { 0x41, false, true, false },
		{ 0xff, false, false, false },
		{ 0x00, true, false, false }, { 0x01, true, true, false },
		{ 0x41, true, true, false }, { 0x45, true, true, false },
		{ 0x81, true, true, false }, { 0xc1, true, true, false },
		{ 0x44, true, false, false }, { 0xff, true, false, false },
	};
	struct bench *bench;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bench = bench_create(test, rows[i].status);
		bench->irq.in_message = rows[i].in_message;
		KUNIT_EXPECT_EQ_MSG(test, ring(bench), rows[i].ours, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, bench->irq.attention, rows[i].attention,
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, bench->work.pending, rows[i].attention,
				    "row %zu", i);
	}
}

/* The byte is gone when its interrupt comes: that one is ours all the same. */
static void transport_may_be_faster_than_the_interrupt(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);

	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
	kcs_wake_clear(&bench->progress);
	KUNIT_EXPECT_TRUE(test, ring(bench));
	KUNIT_EXPECT_FALSE(test, bench->progress.pending);
	KUNIT_EXPECT_FALSE(test, ring(bench));
}

static void newer_byte_takes_the_place_of_the_one_taken(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x81);

	KUNIT_EXPECT_TRUE(test, ring(bench));
	bench->status = 0x41;
	bench->data = 0x1c;
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x41);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x1c);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x40);
}

/* A byte that comes before the last was fetched is one for nothing, too. */
static void spurious_interrupts_are_a_storm(struct kunit *test)
{
	static const u8 nothing[] = { 0x00, 0x04, 0xff };
	struct bench *bench;
	size_t i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(nothing); i++) {
		bench = bench_create(test, nothing[i]);
		for (n = 1; n < KCS_IRQ_STORM; n++)
			ring(bench);
		KUNIT_EXPECT_FALSE(test, bench->irq.storm);
		ring(bench);
		KUNIT_EXPECT_TRUE(test, bench->irq.storm);
		KUNIT_EXPECT_FALSE(test, ring(bench));
	}
	bench = bench_create(test, 0);
	for (n = 0; n < 2 * KCS_IRQ_STORM; n++) {
		bench->status = 0x41;
		ring(bench);
		read(bench, KCS_REG_DATA);
	}
	KUNIT_EXPECT_FALSE(test, bench->irq.storm);
	KUNIT_EXPECT_EQ(test, bench->irq.bytes, 2u * KCS_IRQ_STORM);

	for (n = 0; n <= KCS_IRQ_STORM; n++) {
		KUNIT_EXPECT_FALSE(test, bench->irq.storm);
		bench->status = 0x41;
		KUNIT_EXPECT_TRUE(test, ring(bench));
	}
	KUNIT_EXPECT_TRUE(test, bench->irq.storm);
	bench->status = 0x41;
	KUNIT_EXPECT_FALSE(test, ring(bench));
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
}

static void interrupt_ends_a_sleep(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);
	u64 start_us = ktime_to_us(ktime_get());

	kcs_wake_clear(&bench->progress);
	KUNIT_EXPECT_TRUE(test, ring(bench));
	kcs_wake_sleep(&bench->progress, 60 * USEC_PER_SEC);
	KUNIT_EXPECT_LE(test, ktime_to_us(ktime_get()) - start_us,
			30 * (u64)USEC_PER_SEC);
}

/* On a line that others may use it is none of ours, and no storm. */
static void interrupts_of_others_are_no_storm(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x00);
	u32 n;

	bench->irq.is_shared = true;
	for (n = 0; n < 2 * KCS_IRQ_STORM; n++)
		KUNIT_EXPECT_FALSE(test, ring(bench));
	KUNIT_EXPECT_FALSE(test, bench->irq.storm);
}

static struct kunit_case irq_cases[] = {
	KUNIT_CASE(byte_taken_by_the_interrupt_is_read_once),
	KUNIT_CASE(only_a_byte_or_a_call_is_ours),
	KUNIT_CASE(transport_may_be_faster_than_the_interrupt),
	KUNIT_CASE(newer_byte_takes_the_place_of_the_one_taken),
	KUNIT_CASE(spurious_interrupts_are_a_storm),
	KUNIT_CASE(interrupts_of_others_are_no_storm),
	KUNIT_CASE(interrupt_ends_a_sleep),
	{}
};

static struct kunit_suite irq_suite = {
	.name = "kcs_irq",
	.test_cases = irq_cases,
};

kunit_test_suite(irq_suite);
