// SPDX-License-Identifier: GPL-2.0-only
/* When a simulated BMC does something by itself: what its interrupt line waits for. */
#include "../drivers/sim/kcs.h"

#include <kunit/test.h>
#include <linux/limits.h>

#define BYTE_US		5
#define THINK_US	40

static void answer_ok(void *bmc, const struct kcs_msg *request,
		      struct kcs_msg *reply)
{
	sim_reply(request, reply, IPMI_CC_NO_ERROR);
}

static struct sim_kcs *create(struct kunit *test, const char *personality)
{
	struct sim_kcs *kcs = kunit_kzalloc(test, sizeof(*kcs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, kcs);
	sim_kcs_init(kcs, sim_kcs_personality(personality), answer_ok, NULL, 1);
	kcs->byte.min_us = BYTE_US;
	kcs->think.min_us = THINK_US;
	kcs->interrupts = true;
	return kcs;
}

/* The host writes and waits; each write is taken at the time that was foretold. */
static u64 write_and_wait(struct kunit *test, struct sim_kcs *kcs, enum kcs_reg reg,
			  u8 value, u64 now_us)
{
	sim_kcs_write(kcs, reg, value, now_us);
	KUNIT_EXPECT_EQ(test, sim_kcs_next_us(kcs), now_us + BYTE_US);
	KUNIT_EXPECT_TRUE(test, sim_kcs_read(kcs, KCS_REG_STATUS, now_us + BYTE_US - 1) &
			  KCS_STATUS_IBF);
	sim_kcs_read(kcs, KCS_REG_STATUS, now_us + BYTE_US);
	return now_us + BYTE_US;
}

static u64 send(struct kunit *test, struct sim_kcs *kcs)
{
	u64 now_us = 100;

	now_us = write_and_wait(test, kcs, KCS_REG_CMD, KCS_CTRL_WRITE_START, now_us);
	now_us = write_and_wait(test, kcs, KCS_REG_DATA, 0x18, now_us);
	now_us = write_and_wait(test, kcs, KCS_REG_CMD, KCS_CTRL_WRITE_END, now_us);
	return write_and_wait(test, kcs, KCS_REG_DATA, 0x01, now_us);
}

static void idle_bmc_does_nothing_by_itself(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sim_kcs_next_us(create(test, "spec")), U64_MAX);
}

static void answer_is_due_after_the_time_to_think(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "ami");
	u64 now_us = send(test, kcs);

	KUNIT_EXPECT_EQ(test, sim_kcs_next_us(kcs), now_us + THINK_US);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, now_us + THINK_US - 1));
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, now_us + THINK_US));
	KUNIT_EXPECT_EQ(test, sim_kcs_next_us(kcs), U64_MAX);
}

static void call_offers_a_byte_in_idle_only(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");
	u64 now_us;

	sim_kcs_call(kcs);
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, 1));
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_DATA, 2), 0);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, 3));
	kcs->interrupts = false;
	sim_kcs_call(kcs);
	KUNIT_EXPECT_FALSE(test, sim_kcs_read(kcs, KCS_REG_STATUS, 4) & KCS_STATUS_OBF);
	kcs->interrupts = true;
	now_us = send(test, kcs);
	sim_kcs_read(kcs, KCS_REG_DATA, now_us + 1);
	sim_kcs_call(kcs);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, now_us + 2));
}

static void late_byte_is_due_after_its_delay(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "linux");
	u64 now_us = send(test, kcs) + THINK_US, due_us;

	sim_kcs_read(kcs, KCS_REG_DATA, now_us);
	due_us = sim_kcs_next_us(kcs);
	KUNIT_EXPECT_GE(test, due_us, now_us + 1);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, due_us - 1));
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, due_us));
}

static void late_answer_is_due_when_the_daemon_is_done(struct kunit *test)
{
	const struct sim_fault late = { .kind = SIM_FAULT_LATE, .byte = SIM_ANY_BYTE,
					.command = SIM_ANY_COMMAND };
	struct sim_kcs *kcs = create(test, "ami");
	u64 now_us;

	sim_fault_set(&kcs->trouble, &late);
	now_us = send(test, kcs);
	KUNIT_EXPECT_EQ(test, sim_kcs_next_us(kcs), now_us + THINK_US + SIM_DAEMON_LATE_US);
}

static void time_is_drawn_from_all_32_bits(struct kunit *test)
{
	const struct sim_delay all = { .max_us = U32_MAX };
	u32 random = 1, i, high = 0;

	for (i = 0; i < 64; i++)
		high |= sim_delay_draw(&all, &random);
	KUNIT_EXPECT_GE(test, high, 0x80000000u);
}

static struct kunit_case line_cases[] = {
	KUNIT_CASE(idle_bmc_does_nothing_by_itself),
	KUNIT_CASE(answer_is_due_after_the_time_to_think),
	KUNIT_CASE(call_offers_a_byte_in_idle_only),
	KUNIT_CASE(late_byte_is_due_after_its_delay),
	KUNIT_CASE(late_answer_is_due_when_the_daemon_is_done),
	KUNIT_CASE(time_is_drawn_from_all_32_bits),
	{}
};

static struct kunit_suite line_suite = {
	.name = "kcs_sim_line",
	.test_cases = line_cases,
};

kunit_test_suite(line_suite);
