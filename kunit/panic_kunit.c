// SPDX-License-Identifier: GPL-2.0-only
/* A message from a CPU that is dying, to a BMC that is in the middle of another. */
#include "engine.h"

#include <kunit/test.h>

#define BUDGET_MS	100u

/* The interface, what it got, and the first control code of its message. */
static struct engine *watched;
static struct kcs_msg echoed;
static const struct kcs_io_ops *watched_ops;
static u8 first_code;

static u8 watched_read(struct kcs_io *io, enum kcs_reg reg)
{
	return watched_ops->read(&watched->io, reg);
}

static void watched_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	if (reg == KCS_REG_CMD && !first_code)
		first_code = value;
	watched_ops->write(&watched->io, reg, value);
}

static const struct kcs_io_ops watching_ops = {
	.read = watched_read,
	.write = watched_write,
};

static int watched_init(struct kunit *test)
{
	int err = engine_init(test);

	watched = test->priv;
	watched_ops = watched->io.ops;
	watched->io.ops = &watching_ops;
	return err;
}

static void begin_anew(struct kunit *test)
{
	engine_start_ready(test, "spec");
	kcs_host_pause(watched->host);
}

static void write_when_taken(enum kcs_reg reg, u8 value)
{
	struct kcs_io *io = &watched->io;

	engine_pass(watched, USEC_PER_MSEC);
	io->ops->read(io, KCS_REG_STATUS);
	io->ops->write(io, reg, value);
}

/* As a CPU leaves it that is stopped in the middle of a message. */
static void leave_a_message_begun(void)
{
	write_when_taken(KCS_REG_CMD, KCS_CTRL_WRITE_START);
	write_when_taken(KCS_REG_DATA, IPMI_NETFN_APP_REQUEST << 2);
}

/* Returns how it ended. */
static int transfer(void)
{
	static const u8 data = 0x5a;
	struct kcs_msg request;
	int err = kcs_msg_request(&request, 0x30, 0xee, &data, 1);

	first_code = 0;
	return err ?: kcs_host_panic_transfer(watched->host, &request, &echoed, BUDGET_MS);
}

static void expect_echo(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, transfer(), 0);
	KUNIT_ASSERT_EQ(test, echoed.len, 4);
	KUNIT_EXPECT_EQ(test, kcs_msg_cc(&echoed), IPMI_CC_NO_ERROR);
	KUNIT_EXPECT_EQ(test, echoed.bytes[3], 0x5a);
}

static void panic_begins_with_the_error_exit(struct kunit *test)
{
	begin_anew(test);
	leave_a_message_begun();
	expect_echo(test);
	KUNIT_EXPECT_EQ(test, first_code, KCS_CTRL_ABORT);
	KUNIT_EXPECT_EQ(test, sim_monitor_total(&watched->monitor), 0u);
}

/* Some BMCs answer wrongly after an error exit. */
static void panic_sends_again_after_a_wrong_reply(struct kunit *test)
{
	static const struct sim_fault wrong = {
		.kind = SIM_FAULT_NETFN, .byte = SIM_ANY_BYTE,
		.command = SIM_ANY_COMMAND, .times = 1,
	};

	begin_anew(test);
	engine_set(watched, &wrong);
	expect_echo(test);
	KUNIT_EXPECT_EQ(test, watched->kcs.trouble.hits, 1u);
}

static void silent_bmc_costs_a_panic_its_budget(struct kunit *test)
{
	begin_anew(test);
	engine_set_fault(watched, SIM_FAULT_SILENCE, 0);
	watched->accesses = 0;
	KUNIT_EXPECT_EQ(test, transfer(), -ETIMEDOUT);
	/* Most are 100 us from one another. */
	KUNIT_EXPECT_GE(test, watched->accesses, 10 * BUDGET_MS);
	KUNIT_EXPECT_LE(test, watched->accesses, 100 * BUDGET_MS);
}

/* The CPU that dies may have had its locks, and nothing is in step after it. */
static void interface_serves_nothing_after_a_panic(struct kunit *test)
{
	engine_start_ready(test, "spec");
	expect_echo(test);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x06, 0x01, NULL), -ENODEV);
}

static struct kunit_case panic_cases[] = {
	KUNIT_CASE(panic_begins_with_the_error_exit),
	KUNIT_CASE(panic_sends_again_after_a_wrong_reply),
	KUNIT_CASE(silent_bmc_costs_a_panic_its_budget),
	KUNIT_CASE(interface_serves_nothing_after_a_panic),
	{}
};

static struct kunit_suite panic_suite = {
	.name = "kcs_panic",
	.init = watched_init,
	.exit = engine_exit,
	.test_cases = panic_cases,
};

kunit_test_suite(panic_suite);
