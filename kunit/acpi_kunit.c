// SPDX-License-Identifier: GPL-2.0-only
/* _CRS as firmware in the field writes it. */
#include "../drivers/discovery/acpi.h"

#include <kunit/test.h>
#include <linux/ioport.h>

#define IO(first, last)	{ .start = first, .end = last, .flags = IORESOURCE_IO }
#define MEM(first, last) { .start = first, .end = last, .flags = IORESOURCE_MEM }
#define IRQ		{ .start = 5, .end = 5, .flags = IORESOURCE_IRQ }

static const struct {
	const char *name;
	u32 count;
	struct resource resources[3];
	int err;
	u16 port;
	u8 spacing_bytes;
} rows[] = {
	{ "QEMU q35", 2, { IO(0xca2, 0xca3), IRQ }, 0, 0xca2, 1 },
	{ "Intel IpmiFeaturePkg", 1, { IO(0xca2, 0xca3) }, 0, 0xca2, 1 },
	{ "interrupt first", 2, { IRQ, IO(0xca2, 0xca3) }, 0, 0xca2, 1 },
	{ "two adjacent ports", 2, { IO(0xca2, 0xca2), IO(0xca3, 0xca3) },
	  0, 0xca2, 1 },
	{ "four bytes apart", 2, { IO(0xca8, 0xca8), IO(0xcac, 0xcac) },
	  0, 0xca8, 4 },
	{ "sixteen bytes apart", 3, { IO(0xc00, 0xc00), IRQ, IO(0xc10, 0xc10) },
	  0, 0xc00, 16 },
	{ "second one below", 2, { IO(0xca2, 0xca3), IO(0x60, 0x60) }, 0, 0xca2, 1 },
	{ "same one twice", 2, { IO(0xca2, 0xca3), IO(0xca2, 0xca3) }, 0, 0xca2, 1 },
	{ "port 0", 1, { IO(0, 1) }, 0, 0, 1 },
	{ "last port that fits", 1, { IO(0xfffe, 0xffff) }, 0, 0xfffe, 1 },
	{ "no resource", 0, {}, -ENODEV },
	{ "interrupt only", 1, { IRQ }, -ENODEV },
	{ "AMD Seattle, memory", 2,
	  { MEM(0xe0010000, 0xe0010000), MEM(0xe0010004, 0xe0010004) }, -ENODEV },
	{ "status past the last port", 1, { IO(0xffff, 0xffff) }, -ERANGE },
	{ "port over 16 bits", 1, { IO(0x10000, 0x10001) }, -ERANGE },
	{ "two far apart", 2, { IO(0xca2, 0xca2), IO(0xda2, 0xda2) }, -ERANGE },
};

static void registers_are_where_crs_says(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kcs_location location = {};

		KUNIT_EXPECT_EQ_MSG(test, rows[i].err,
				    kcs_acpi_decode(rows[i].resources,
						    rows[i].count, &location),
				    "%s", rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].port, location.port, "%s",
				    rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].spacing_bytes,
				    location.spacing_bytes, "%s", rows[i].name);
	}
}

static struct kunit_case acpi_cases[] = {
	KUNIT_CASE(registers_are_where_crs_says),
	{}
};

static struct kunit_suite acpi_suite = {
	.name = "kcs_acpi",
	.test_cases = acpi_cases,
};

kunit_test_suite(acpi_suite);
