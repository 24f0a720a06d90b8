// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands: a row for each kind, and what must not match. */
#include <kcs/command.h>
#include <kunit/test.h>

#define READS		KCS_COMMAND_READS
#define SHARED		(KCS_COMMAND_READS | KCS_COMMAND_SHARED)
#define NONE		(-1)

static const struct {
	u8 netfn, cmd;
	int data;
	u32 flags;
} rows[] = {
	{ 0x06, 0x01, NONE, SHARED },		/* Get Device ID */
	{ 0x06, 0x59, 0x00, SHARED },		/* Get System Info */
	{ 0x2c, 0x02, 0xdc, SHARED },		/* DCMI: Get Power Reading */
	{ 0x2c, 0x03, 0xdc, SHARED },
	{ 0x2c, 0x02, 0x00, 0 },		/* the same of PICMG */
	{ 0x2c, 0x02, NONE, 0 },
	{ 0x30, 0xb3, 0x0a, SHARED },		/* Dell: power */
	{ 0x30, 0xb3, 0x0b, 0 },
	{ 0x06, 0x22, NONE, KCS_COMMAND_WATCHDOG | KCS_COMMAND_POWER },
	{ 0x06, 0x24, 0x04, KCS_COMMAND_WATCHDOG | KCS_COMMAND_POWER },
	{ 0x06, 0x25, NONE, READS },
	{ 0x06, 0x02, NONE, KCS_COMMAND_RESET },
	{ 0x06, 0x03, NONE, KCS_COMMAND_RESET },
	{ 0x00, 0x02, 0x03, KCS_COMMAND_POWER },	/* Chassis Control */
	{ 0x00, 0x03, NONE, KCS_COMMAND_POWER },	/* Chassis Reset */
	{ 0x04, 0x12, 0x02, KCS_COMMAND_POWER },	/* Set PEF Configuration */
	{ 0x02, 0x20, 0x00, KCS_COMMAND_CARRIES },	/* ICMB: Bridge Request */
	{ 0x02, 0x21, 0x00, KCS_COMMAND_CARRIES },
	{ 0x02, 0x22, NONE, 0 },
	{ 0x06, 0x34, 0x00, KCS_COMMAND_CARRIES },
	{ 0x06, 0x52, 0x00, KCS_COMMAND_CARRIES },
	{ 0x08, 0x00, NONE, KCS_COMMAND_LONG },
	{ 0x08, 0xff, 0x00, KCS_COMMAND_LONG },
	{ 0x2c, 0x30, 0x00, KCS_COMMAND_LONG },	/* HPM.1 */
	{ 0x2c, 0x38, 0x00, KCS_COMMAND_LONG },
	{ 0x2c, 0x2f, 0x00, 0 },
	{ 0x2c, 0x39, 0x00, 0 },
	{ 0x2c, 0x32, 0xdc, 0 },
	{ 0x2c, 0x32, NONE, 0 },
	{ 0x04, 0x2d, 0x01, READS },		/* Get Sensor Reading */
	{ 0x06, 0x58, 0x00, 0 },		/* Set System Info */
	{ 0x06, 0x35, NONE, 0 },		/* Read Event Message Buffer takes */
	{ 0x0a, 0x44, 0x00, 0 },		/* Add SEL Entry */
	{ 0x3e, 0xff, NONE, 0 },
};

static u32 flags_of(struct kunit *test, u8 netfn, u8 cmd, int data, u8 lun)
{
	struct kcs_msg request;
	u8 byte = data;

	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&request, netfn, cmd, &byte,
						 data != NONE));
	request.bytes[0] |= lun;
	return kcs_command_flags(&request);
}

static void command_has_the_flags_of_its_row(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ_MSG(test, rows[i].flags,
				    flags_of(test, rows[i].netfn, rows[i].cmd,
					     rows[i].data, 0), "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].flags,
				    flags_of(test, rows[i].netfn, rows[i].cmd,
					     rows[i].data, 3), "row %zu", i);
	}
}

static void command_that_is_shared_reads(struct kunit *test)
{
	u32 netfn, cmd;

	for (netfn = 0; netfn <= KCS_NETFN_MAX; netfn += 2)
		for (cmd = 0; cmd <= 0xff; cmd++) {
			u32 flags = flags_of(test, netfn, cmd, 0xdc, 0);

			KUNIT_EXPECT_TRUE(test, !(flags & KCS_COMMAND_SHARED) ||
					  flags & KCS_COMMAND_READS);
		}
}

static struct kunit_case command_cases[] = {
	KUNIT_CASE(command_has_the_flags_of_its_row),
	KUNIT_CASE(command_that_is_shared_reads),
	{}
};

static struct kunit_suite command_suite = {
	.name = "kcs_command",
	.test_cases = command_cases,
};

kunit_test_suite(command_suite);
