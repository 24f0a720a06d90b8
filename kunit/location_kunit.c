// SPDX-License-Identifier: GPL-2.0-only
/* Registers, as firmware in the field and administrators give them. */
#include "../drivers/discovery/location.h"

#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/limits.h>

#define IO(first, last)	{ .start = first, .end = last, .flags = IORESOURCE_IO }
#define MEM(first, last) { .start = first, .end = last, .flags = IORESOURCE_MEM }
#define IRQ		{ .start = 5, .end = 5, .flags = IORESOURCE_IRQ }

static const struct {
	const char *name;
	u32 count;
	struct resource resources[4];
	int err;
	u64 base;
	u32 spacing_bytes;
	bool is_memory;
} rows[] = {
	{ "QEMU q35", 2, { IO(0xca2, 0xca3), IRQ }, 0, 0xca2, 1 },
	{ "Intel IpmiFeaturePkg", 1, { IO(0xca2, 0xca2) }, 0, 0xca2, 1 },
	{ "interrupt first", 2, { IRQ, IO(0xca2, 0xca3) }, 0, 0xca2, 1 },
	{ "two adjacent ports", 2, { IO(0xca2, 0xca2), IO(0xca3, 0xca3) },
	  0, 0xca2, 1 },
	{ "four bytes apart", 2, { IO(0xca8, 0xca8), IO(0xcac, 0xcac) },
	  0, 0xca8, 4 },
	{ "sixteen bytes apart", 3, { IO(0xc00, 0xc00), IRQ, IO(0xc10, 0xc10) },
	  0, 0xc00, 16 },
	{ "second one below", 2, { IO(0xca2, 0xca3), IO(0x60, 0x60) }, 0, 0xca2, 1 },
	{ "same one twice", 2, { IO(0xca2, 0xca3), IO(0xca2, 0xca3) }, 0, 0xca2, 1 },
	{ "SMBIOS, BT's three", 4,
	  { IO(0xe4, 0xe4), IO(0xe5, 0xe5), IO(0xe6, 0xe6), IRQ }, 0, 0xe4, 1 },
	{ "port 0", 1, { IO(0, 1) }, -ENXIO },
	{ "first port", 1, { IO(1, 2) }, 0, 1, 1 },
	{ "last port that fits", 1, { IO(0xfffe, 0xffff) }, 0, 0xfffe, 1 },
	{ "AMD Seattle", 3,
	  { MEM(0xe0010000, 0xe0010000), MEM(0xe0010004, 0xe0010004), IRQ },
	  0, 0xe0010000, 4, true },
	{ "memory, one descriptor", 1, { MEM(0xfed90000, 0xfed900ff) },
	  0, 0xfed90000, 1, true },
	{ "the first kind counts", 3,
	  { MEM(0xfed90000, 0xfed90000), IO(0xca2, 0xca2), MEM(0xfed90010, 0xfed90010) },
	  0, 0xfed90000, 16, true },
	{ "memory after a port", 2, { IO(0xca2, 0xca3), MEM(0xfed90000, 0xfed90000) },
	  0, 0xca2, 1 },
	{ "no resource", 0, {}, -ENODEV },
	{ "interrupt only", 1, { IRQ }, -ENODEV },
	{ "status past the last port", 1, { IO(0xffff, 0xffff) }, -ERANGE },
	{ "port over 16 bits", 1, { IO(0x10000, 0x10001) }, -ERANGE },
	{ "two far apart", 2, { IO(0xca2, 0xca2), IO(0xda2, 0xda2) }, -ERANGE },
	{ "memory far apart", 2, { MEM(0xfed90000, 0xfed90000),
				   MEM(0xfed90100, 0xfed90100) }, -ERANGE },
};

static void registers_are_where_a_table_says(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kcs_location location = { .size_bytes = 1 };
		int err = kcs_location_decode(rows[i].resources, rows[i].count,
					      &location);

		if (!err)
			err = kcs_location_check(&location);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].err, err, "%s", rows[i].name);
		if (err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, rows[i].base, location.base, "%s",
				    rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].spacing_bytes,
				    location.spacing_bytes, "%s", rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].is_memory, location.is_memory,
				    "%s", rows[i].name);
	}
}

static void wide_registers_are_as_far_apart_as_wide(struct kunit *test)
{
	const struct resource one = MEM(0xfed90000, 0xfed900ff);
	struct kcs_location location = { .size_bytes = 4, .shift_bits = 8 };

	KUNIT_EXPECT_EQ(test, kcs_location_decode(&one, 1, &location), 0);
	KUNIT_EXPECT_EQ(test, kcs_location_check(&location), 0);
	KUNIT_EXPECT_EQ(test, location.spacing_bytes, 4);
	KUNIT_EXPECT_EQ(test, location.shift_bits, 8);
}

#define PORT		.base = 0xca2
#define MEMORY		.base = 0xfed90000, .is_memory = true
#define SHAPE(spacing, size, shift) \
	.spacing_bytes = spacing, .size_bytes = size, .shift_bits = shift

static const struct {
	const char *name;
	struct kcs_location location;
	int err;
} shapes[] = {
	{ "a port", { PORT, SHAPE(1, 1, 0) }, 0 },
	{ "wide ports", { PORT, SHAPE(2, 2, 8) }, 0 },
	{ "wider ports", { PORT, SHAPE(4, 4, 24) }, 0 },
	{ "ports of 8 bytes", { PORT, SHAPE(8, 8, 0) }, -EINVAL },
	{ "memory of 8 bytes", { MEMORY, SHAPE(8, 8, 56) }, 0 },
	{ "memory, far apart", { MEMORY, SHAPE(255, 1, 0) }, 0 },
	{ "memory, too far apart", { MEMORY, SHAPE(256, 1, 0) }, -ERANGE },
	{ "no width", { MEMORY, SHAPE(1, 0, 0) }, -EINVAL },
	{ "width of 3", { MEMORY, SHAPE(4, 3, 0) }, -EINVAL },
	{ "width of 16", { MEMORY, SHAPE(16, 16, 0) }, -EINVAL },
	{ "byte half outside", { MEMORY, SHAPE(4, 4, 25) }, -EINVAL },
	{ "shift in a byte", { PORT, SHAPE(1, 1, 1) }, -EINVAL },
	{ "largest shift there is", { MEMORY, SHAPE(8, 8, 255) }, -EINVAL },
	{ "two in one place", { PORT, SHAPE(0, 1, 0) }, -ERANGE },
	{ "overlapping", { PORT, SHAPE(2, 4, 0) }, -ERANGE },
	{ "nowhere", { .base = 0, SHAPE(1, 1, 0) }, -ENXIO },
	{ "memory not aligned",
	  { .base = 0xfed90002, .is_memory = true, SHAPE(4, 4, 0) }, -EINVAL },
	{ "status not aligned", { MEMORY, SHAPE(6, 4, 0) }, -EINVAL },
	{ "last memory", { .base = U64_MAX - 1, .is_memory = true, SHAPE(1, 1, 0) }, 0 },
	{ "past it", { .base = U64_MAX, .is_memory = true, SHAPE(1, 1, 0) }, -ERANGE },
	{ "second wide port past the last", { .base = 0xfffc, SHAPE(4, 2, 0) }, -ERANGE },
};

static void impossible_shapes_are_refused(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		KUNIT_EXPECT_EQ_MSG(test, shapes[i].err,
				    kcs_location_check(&shapes[i].location), "%s",
				    shapes[i].name);
}

static void memory_where_ram_is_means_a_port(struct kunit *test)
{
	static const struct {
		u64 base;
		bool was_memory, is_mended;
	} cells[] = {
		{ 0xca2, true, true }, { 0xca8, true, true }, { 0xffff, true, true },
		{ 0x10000, true, false }, { 0xe0010000, true, false },
		{ 0xca2, false, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		struct kcs_location location = {
			.base = cells[i].base, .is_memory = cells[i].was_memory,
		};

		KUNIT_EXPECT_EQ(test, kcs_location_mend(&location), cells[i].is_mended);
		KUNIT_EXPECT_EQ(test, location.is_memory,
				cells[i].was_memory && !cells[i].is_mended);
		KUNIT_EXPECT_EQ(test, location.base, cells[i].base);
	}
}

static void registers_in_common_are_found(struct kunit *test)
{
	static const struct {
		struct kcs_location a, b;
		bool overlap;
	} cells[] = {
		{ { PORT, SHAPE(1, 1, 0) }, { PORT, SHAPE(1, 1, 0) }, true },
		{ { PORT, SHAPE(1, 1, 0) }, { PORT, SHAPE(4, 1, 0) }, true },
		{ { PORT, SHAPE(1, 1, 0) }, { .base = 0xca3, SHAPE(1, 1, 0) }, true },
		{ { PORT, SHAPE(1, 1, 0) }, { .base = 0xca4, SHAPE(1, 1, 0) }, false },
		{ { PORT, SHAPE(4, 1, 0) }, { .base = 0xca3, SHAPE(4, 1, 0) }, false },
		{ { PORT, SHAPE(4, 1, 0) }, { .base = 0xca4, SHAPE(2, 1, 0) }, true },
		{ { PORT, SHAPE(4, 1, 0) }, { .base = 0xca6, SHAPE(1, 1, 0) }, true },
		{ { PORT, SHAPE(4, 4, 0) }, { .base = 0xca9, SHAPE(1, 1, 0) }, true },
		{ { PORT, SHAPE(4, 4, 0) }, { .base = 0xcaa, SHAPE(1, 1, 0) }, false },
		{ { PORT, SHAPE(1, 1, 0) },
		  { .base = 0xca2, .is_memory = true, SHAPE(1, 1, 0) }, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		KUNIT_EXPECT_EQ_MSG(test, cells[i].overlap,
				    kcs_location_overlaps(&cells[i].a, &cells[i].b),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, cells[i].overlap,
				    kcs_location_overlaps(&cells[i].b, &cells[i].a),
				    "row %zu, the other way", i);
	}
}

static struct kunit_case location_cases[] = {
	KUNIT_CASE(registers_are_where_a_table_says),
	KUNIT_CASE(wide_registers_are_as_far_apart_as_wide),
	KUNIT_CASE(impossible_shapes_are_refused),
	KUNIT_CASE(memory_where_ram_is_means_a_port),
	KUNIT_CASE(registers_in_common_are_found),
	{}
};

static struct kunit_suite location_suite = {
	.name = "kcs_location",
	.test_cases = location_cases,
};

kunit_test_suite(location_suite);
