// SPDX-License-Identifier: GPL-2.0-only
/* An interrupt beside two registers that read what they are told to. */
#include "../drivers/core/irq.h"

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>

/**
 * struct bench - registers with an interrupt
 * @irq: the interrupt
 * @io: the registers
 * @status: what Status reads
 * @data: what Data_Out reads
 * @data_reads: how often it was read
 * @rung: the interrupt of a test was raised
 */
struct bench {
	struct kcs_irq irq;
	struct kcs_io io;
	u8 status, data;
	u32 data_reads;
	struct completion rung;
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
	kcs_irq_init(&bench->irq, &bench->io, &kcs_clock_system, 5);
	return bench;
}

static u8 read(struct bench *bench, enum kcs_reg reg)
{
	struct kcs_io *io = &bench->irq.io;

	return io->ops->read(io, reg);
}

static void byte_taken_by_the_interrupt_is_read_once(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);

	KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	KUNIT_EXPECT_EQ(test, bench->status, 0x40);
	bench->data = 0xa5;
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x41);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x40);
	KUNIT_EXPECT_EQ(test, bench->data_reads, 1u);
}

static void only_a_byte_or_attention_is_ours(struct kunit *test)
{
	static const struct {
		u8 status;
		bool ours, attention;
	} rows[] = {
		{ 0x00 }, { 0x01, true }, { 0x02 }, { 0x04, true, true },
		{ 0x05, true }, { 0x40 }, { 0x46, true, true }, { 0x82 },
		{ 0xc1, true }, { 0xff },
	};
	struct bench *bench;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bench = bench_create(test, rows[i].status);
		KUNIT_EXPECT_EQ(test, kcs_irq_ring(&bench->irq), rows[i].ours);
		KUNIT_EXPECT_EQ(test, bench->irq.attention, rows[i].attention);
	}
}

/* The byte is gone when its interrupt comes: that one is ours all the same. */
static void link_may_be_faster_than_the_interrupt(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);

	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
	KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	KUNIT_EXPECT_FALSE(test, kcs_irq_ring(&bench->irq));
}

/* Whoever has the registers alone reads them past the interrupt. */
static void interrupt_of_what_was_read_alone_is_ours_once(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);
	unsigned long flags;

	KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	flags = kcs_irq_hold(&bench->irq);
	kcs_irq_release(&bench->irq, flags);
	/* The byte taken before belonged to no message. */
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x40);
	KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	KUNIT_EXPECT_FALSE(test, kcs_irq_ring(&bench->irq));
}

static void newer_byte_takes_the_place_of_the_one_taken(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x81);

	KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	bench->status = 0x41;
	bench->data = 0x1c;
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x41);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x1c);
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_STATUS), 0x40);
}

/* A byte that comes before the last was fetched is one for nothing, too. */
static void interrupts_for_nothing_are_a_storm_and_bytes_are_none(struct kunit *test)
{
	static const u8 nothing[] = { 0x00, 0x04, 0xff };
	struct bench *bench;
	size_t i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(nothing); i++) {
		bench = bench_create(test, nothing[i]);
		for (n = 1; n < KCS_IRQ_STORM; n++)
			kcs_irq_ring(&bench->irq);
		KUNIT_EXPECT_FALSE(test, bench->irq.storm);
		kcs_irq_ring(&bench->irq);
		KUNIT_EXPECT_TRUE(test, bench->irq.storm);
		KUNIT_EXPECT_FALSE(test, kcs_irq_ring(&bench->irq));
	}
	bench = bench_create(test, 0);
	for (n = 0; n < 2 * KCS_IRQ_STORM; n++) {
		bench->status = 0x41;
		kcs_irq_ring(&bench->irq);
		read(bench, KCS_REG_DATA);
	}
	KUNIT_EXPECT_FALSE(test, bench->irq.storm);
	KUNIT_EXPECT_EQ(test, bench->irq.bytes, 2u * KCS_IRQ_STORM);

	for (n = 0; n <= KCS_IRQ_STORM; n++) {
		KUNIT_EXPECT_FALSE(test, bench->irq.storm);
		bench->status = 0x41;
		KUNIT_EXPECT_TRUE(test, kcs_irq_ring(&bench->irq));
	}
	KUNIT_EXPECT_TRUE(test, bench->irq.storm);
	bench->status = 0x41;
	KUNIT_EXPECT_FALSE(test, kcs_irq_ring(&bench->irq));
	KUNIT_EXPECT_EQ(test, read(bench, KCS_REG_DATA), 0x5a);
}

static int ring_soon(void *data)
{
	struct bench *bench = data;

	msleep(20);
	kcs_irq_ring(&bench->irq);
	complete(&bench->rung);
	return 0;
}

static u64 nap(struct bench *bench, u32 us)
{
	struct kcs_clock *clock = &bench->irq.clock;
	u64 start_us = clock->ops->now_us(clock);

	clock->ops->nap_us(clock, us);
	return clock->ops->now_us(clock) - start_us;
}

static void interrupt_ends_a_nap(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x41);

	init_completion(&bench->rung);
	set_bit(0, &bench->irq.on);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(ring_soon, bench, "ring")));
	KUNIT_EXPECT_LE(test, nap(bench, 60 * USEC_PER_SEC), 30 * (u64)USEC_PER_SEC);
	wait_for_completion(&bench->rung);
	/* One that came before the nap began ends it, too. */
	bench->status = 0x41;
	kcs_irq_ring(&bench->irq);
	KUNIT_EXPECT_LE(test, nap(bench, 60 * USEC_PER_SEC), 30 * (u64)USEC_PER_SEC);
}

static void nap_without_an_interrupt_ends_by_itself(struct kunit *test)
{
	struct bench *bench = bench_create(test, 0x40);
	u64 napped_us;

	set_bit(0, &bench->irq.on);
	napped_us = nap(bench, 3000);
	KUNIT_EXPECT_GE(test, napped_us, 3000ull);
	KUNIT_EXPECT_LE(test, napped_us, 10 * (u64)USEC_PER_SEC);
}

static struct kunit_case irq_cases[] = {
	KUNIT_CASE(byte_taken_by_the_interrupt_is_read_once),
	KUNIT_CASE(only_a_byte_or_attention_is_ours),
	KUNIT_CASE(link_may_be_faster_than_the_interrupt),
	KUNIT_CASE(interrupt_of_what_was_read_alone_is_ours_once),
	KUNIT_CASE(newer_byte_takes_the_place_of_the_one_taken),
	KUNIT_CASE(interrupts_for_nothing_are_a_storm_and_bytes_are_none),
	KUNIT_CASE(interrupt_ends_a_nap),
	KUNIT_CASE(nap_without_an_interrupt_ends_by_itself),
	{}
};

static struct kunit_suite irq_suite = {
	.name = "kcs_irq",
	.test_cases = irq_cases,
};

kunit_test_suite(irq_suite);
