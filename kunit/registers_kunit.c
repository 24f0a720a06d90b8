// SPDX-License-Identifier: GPL-2.0-only
/* Memory-mapped registers of each width, on memory. */
#include "../drivers/discovery/registers.h"

#include <kunit/test.h>
#include <linux/string.h>

#define SPACING	16

/* Little-endian, as the accessors of the kernel are. */
static const struct {
	u8 size_bytes, shift_bits;
} widths[] = {
	{ 1, 0 }, { 2, 0 }, { 2, 8 }, { 4, 0 }, { 4, 8 }, { 4, 24 }, { 8, 0 }, { 8, 40 },
};

static void map(struct kcs_registers *registers, u8 *memory, u8 size_bytes,
		u8 shift_bits)
{
	const struct kcs_location location = {
		.size_bytes = size_bytes, .shift_bits = shift_bits,
	};

	memset(registers, 0, sizeof(*registers));
	kcs_registers_map(registers, (void __iomem __force *)memory,
			  (void __iomem __force *)(memory + SPACING), &location);
}

static void byte_is_read_from_its_place(struct kunit *test)
{
	struct kcs_registers registers;
	u8 memory[2 * SPACING];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		u8 place = widths[i].shift_bits / 8;

		memset(memory, 0xee, sizeof(memory));
		memory[place] = 0x5a;
		memory[SPACING + place] = 0xc1;
		map(&registers, memory, widths[i].size_bytes, widths[i].shift_bits);
		KUNIT_EXPECT_EQ_MSG(test, 0x5a,
				    registers.io.ops->read(&registers.io, KCS_REG_DATA),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, 0xc1,
				    registers.io.ops->read(&registers.io, KCS_REG_STATUS),
				    "row %zu", i);
	}
}

/* The whole register is written, and nothing beside it. */
static void byte_is_written_to_its_place(struct kunit *test)
{
	u8 memory[2 * SPACING], expected[2 * SPACING];
	struct kcs_registers registers;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		u8 place = widths[i].shift_bits / 8;

		memset(memory, 0xee, sizeof(memory));
		memset(expected, 0xee, sizeof(expected));
		memset(expected, 0, widths[i].size_bytes);
		memset(expected + SPACING, 0, widths[i].size_bytes);
		expected[place] = 0xa5;
		expected[SPACING + place] = KCS_CTRL_WRITE_START;
		map(&registers, memory, widths[i].size_bytes, widths[i].shift_bits);
		registers.io.ops->write(&registers.io, KCS_REG_DATA, 0xa5);
		registers.io.ops->write(&registers.io, KCS_REG_CMD,
					KCS_CTRL_WRITE_START);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(memory, expected, sizeof(memory)),
				    "row %zu", i);
	}
}

static struct kunit_case registers_cases[] = {
	KUNIT_CASE(byte_is_read_from_its_place),
	KUNIT_CASE(byte_is_written_to_its_place),
	{}
};

static struct kunit_suite registers_suite = {
	.name = "kcs_registers",
	.test_cases = registers_cases,
};

kunit_test_suite(registers_suite);
