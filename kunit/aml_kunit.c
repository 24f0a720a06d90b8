// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPMI regions in byte code: a row for each construct, as its bytes. What iasl makes
 * of whole tables is in scripts/tests/test_regions.py.
 */
#include "../drivers/opregion/aml.h"

#include <kunit/test.h>

#define SEG(letter)	letter, '0', '0', '0'
#define SB		'_', 'S', 'B', '_'
#define WORD(value)	0x0b, (value) & 0xff, (value) >> 8

/* OperationRegion (R000, space, offset, 0x100) */
#define REGION_OF(space, ...)	0x5b, 0x80, SEG('R'), space, __VA_ARGS__, WORD(0x100)
#define REGION(...)		REGION_OF(0x07, __VA_ARGS__)

/* Field (name, BufferAcc, Lock): @size of what follows, its own byte included. */
#define FIELD_OF(size, ...)	0x5b, 0x81, size, __VA_ARGS__
#define LOCK			0x15
#define NO_LOCK			0x05
#define UNIT(letter)		SEG(letter), 8
#define FIELD(flags)		FIELD_OF(13, SEG('R'), flags, 0x00, 8, UNIT('F'))

/**
 * struct aml_row - a table, and what is found in it
 * @name: the row
 * @found: a word for each unit: region, unit, address, L for Lock
 * @size: of @code
 * @code: the table behind its header
 */
struct aml_row {
	const char *name;
	const char *found;
	size_t size;
	u8 code[96];
};

#define ROW(name, found, ...)							\
	{ name, found, sizeof((const u8[]){ __VA_ARGS__ }), { __VA_ARGS__ } }

static const struct aml_row aml_rows[] = {
	ROW("nothing", "", 0xa3),
	ROW("region without field", "", REGION(WORD(0x600))),
	ROW("unit", "\\R000:F000:601 ", REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("Lock", "\\R000:F000:601L ", REGION(WORD(0x600)), FIELD(LOCK)),
	ROW("field before its region", "\\R000:F000:601 ", FIELD(NO_LOCK),
	    REGION(WORD(0x600))),
	ROW("other address space", "", REGION_OF(0x01, WORD(0x600)), FIELD(LOCK)),
	ROW("field of no region", "", FIELD(LOCK)),

	/* Offsets. */
	ROW("Zero", "\\R000:F000:1 ", REGION(0x00), FIELD(NO_LOCK)),
	ROW("One", "\\R000:F000:2 ", REGION(0x01), FIELD(NO_LOCK)),
	ROW("byte", "\\R000:F000:32 ", REGION(0x0a, 0x31), FIELD(NO_LOCK)),
	ROW("double word", "\\R000:F000:3001 ", REGION(0x0c, 0, 0x30, 0, 0),
	    FIELD(NO_LOCK)),
	ROW("quad word", "\\R000:F000:100000000003001 ",
	    REGION(0x0e, 0, 0x30, 0, 0, 0, 0, 0, 1), FIELD(NO_LOCK)),
	ROW("name", "\\R000:F000:? ", REGION(SEG('N')), FIELD(NO_LOCK)),
	ROW("local", "\\R000:F000:? ", REGION(0x60), FIELD(NO_LOCK)),

	/* Names. */
	ROW("scope", "\\_SB_.R000:F000:601 ", 0x10, 36, '\\', SB,
	    REGION(WORD(0x600)), FIELD(NO_LOCK), 0xa3, 0xa3),
	ROW("region above", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    0x10, 22, SB, FIELD(NO_LOCK), 0xa3),
	ROW("region two above", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    0x10, 27, SB, 0x5b, 0x82, 20, SEG('D'), FIELD(NO_LOCK)),
	ROW("region beside is none", "", 0x10, 20, SB, REGION(WORD(0x600)), 0xa3, 0xa3,
	    FIELD(NO_LOCK)),
	ROW("absolute", "\\_SB_.R000:F000:601 ", 0x10, 18, SB, REGION(WORD(0x600)),
	    FIELD_OF(19, '\\', 0x2e, SB, SEG('R'), NO_LOCK, 0x00, 8, UNIT('F'))),
	ROW("parent", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    0x10, 22, SB, FIELD_OF(14, '^', SEG('R'), NO_LOCK, 0x00, 8, UNIT('F'))),
	ROW("grandparent", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    0x10, 29, 0x2e, SB, SEG('D'),
	    FIELD_OF(15, '^', '^', SEG('R'), NO_LOCK, 0x00, 8, UNIT('F')), 0xa3),
	ROW("many segments", "\\_SB_.D000.E000.R000:F000:601 ",
	    0x10, 28, 0x2f, 3, SB, SEG('D'), SEG('E'), REGION(WORD(0x600)),
	    FIELD_OF(25, 0x2f, 4, SB, SEG('D'), SEG('E'), SEG('R'), NO_LOCK,
		     0x00, 8, UNIT('F'))),
	ROW("root", "\\R000:F000:601 ", 0x10, 35, '\\', 0x00, REGION(WORD(0x600)),
	    FIELD(NO_LOCK), 0xa3, 0xa3, 0xa3),
	ROW("no name", "", 0x10, 35, 0x00, REGION_OF(0x07, WORD(0x600)), 0xa3),
	ROW("digit first", "", 0x5b, 0x80, '0', 'R', '0', '0', 7, WORD(0x600)),

	/* What opens a scope. */
	ROW("device", "\\D000.R000:F000:601 ", 0x5b, 0x82, 33, SEG('D'),
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("processor", "\\D000.R000:F000:601 ", 0x5b, 0x83, 39, SEG('D'),
	    1, 0x10, 0x5b, 0x80, 0, 6, REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("power resource", "\\D000.R000:F000:601 ", 0x5b, 0x84, 36, SEG('D'),
	    0x5b, 0x80, 0, REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("thermal zone", "\\D000.R000:F000:601 ", 0x5b, 0x85, 33, SEG('D'),
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("method", "\\M000.R000:F000:601 ", 0x14, 34, SEG('M'), 0x08,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("condition", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    0xa0, 18, 0x60, FIELD(NO_LOCK)),
	ROW("length of two bytes", "\\D000.R000:F000:601 ", 0x5b, 0x82, 0x42, 2, SEG('D'),
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),

	ROW("scope of elsewhere inside", "\\D000.R000:F000:601 ", 0x5b, 0x82, 42, SEG('D'),
	    REGION(WORD(0x600)), 0x10, 8, '\\', SEG('G'), 0xa3, 0xa3, FIELD(NO_LOCK)),
	ROW("declared twice", "\\R000:F000:? ", REGION(WORD(0x600)), REGION(WORD(0x700)),
	    FIELD(NO_LOCK)),
	ROW("declared twice the same", "\\R000:F000:601 ", REGION(WORD(0x600)),
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),

	/* What holds data. */
	ROW("mutex", "\\R000:F000:601 ", 0x5b, 0x01, SEG('M'), 0x0a, REGION(WORD(0x600)),
	    FIELD(NO_LOCK)),
	ROW("acquire", "\\R000:F000:601 ", 0x5b, 0x23, SEG('M'), 0xb8, 0x0b,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("acquire a local", "\\R000:F000:601 ", 0x5b, 0x23, 0x60, 0x88, 0x13,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("fatal", "\\R000:F000:601 ", 0x5b, 0x32, 0x0b, 0x0c, 0x0d, 0x0e, 0x10, 0x60,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("buffer", "", 0x11, 17, 0x0a, 14, REGION(WORD(0x600))),
	ROW("string", "", 0x0d, '[', 'R', '0', '0', '0', 0, 0xa3),
	ROW("string without end", "\\R000:F000:601 ", 0x0d, 'a', REGION(WORD(0x600)),
	    FIELD(NO_LOCK)),
	ROW("string to the end", "", 0x0d, 'a'),
	ROW("string with a byte over 7Fh", "\\R000:F000:601 ", 0x0d, 'a', 0x80, 0x00,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("debug object", "\\R000:F000:601 ", 0x5b, 0x31, REGION(WORD(0x600)),
	    FIELD(NO_LOCK)),
	ROW("numbers", "\\R000:F000:601 ", 0x0a, 0x10, 0x0b, 0x5b, 0x80, 0x0c, 0x5b, 0x81,
	    0x0d, 0x0d, 0x0e, 0x0d, 0x0d, 0x0d, 0x0d, 0x0d, 0x0d, 0x0d, 0x0d,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("package", "\\R000:F000:601 ", 0x12, 5, 0x10, 0x0a, 0x10, 0x00, 0x08,
	    SEG('N'), 0x15, SEG('X'), 0x10, 0x0d, REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("variable package", "\\R000:F000:601 ", 0x13, 3, 0x0a, 0x10,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("fields of other kinds", "", REGION(WORD(0x600)),
	    0x5b, 0x86, 14, SEG('R'), SEG('R'), 0x05, UNIT('F'), 0xa3,
	    0x5b, 0x87, 16, SEG('R'), SEG('R'), 0x00, 0x05, UNIT('F'), 0xa3),

	/* Items of a field. */
	ROW("several units", "\\R000:F000:600 \\R000:G000:601 \\R000:H000:603 ",
	    REGION(WORD(0x600)),
	    FIELD_OF(23, SEG('R'), NO_LOCK, UNIT('F'), UNIT('G'), 0x00, 8, UNIT('H'))),
	ROW("access", "\\R000:F000:600 \\R000:G000:601 ", REGION(WORD(0x600)),
	    FIELD_OF(23, SEG('R'), NO_LOCK, 0x01, 0x05, 0x06, UNIT('F'),
		     0x03, 0x05, 0x0b, 0x10, UNIT('G'))),
	ROW("connection by name", "\\R000:F000:600 ", REGION(WORD(0x600)),
	    FIELD_OF(16, SEG('R'), NO_LOCK, 0x02, SEG('C'), UNIT('F'))),
	ROW("connection by buffer", "\\R000:F000:600 ", REGION(WORD(0x600)),
	    FIELD_OF(16, SEG('R'), NO_LOCK, 0x02, 0x11, 3, 0x0a, 0, UNIT('F'))),
	ROW("offset of two bytes", "\\R000:F000:6b3 ", REGION(WORD(0x600)),
	    FIELD_OF(14, SEG('R'), NO_LOCK, 0x00, 0x48, 0x59, UNIT('F'))),
	ROW("item that is none", "\\R000:F000:600 ", REGION(WORD(0x600)),
	    FIELD_OF(16, SEG('R'), NO_LOCK, UNIT('F'), 0x77, UNIT('G'))),
	ROW("connection that is none", "", REGION(WORD(0x600)),
	    FIELD_OF(13, SEG('R'), NO_LOCK, 0x02, 0x11, 0x3f, UNIT('F'))),

	/* Cut short, or too long for what holds it. */
	ROW("region without space", "", 0x5b, 0x80, SEG('R')),
	ROW("region without offset", "\\R000:F000:? ", FIELD(NO_LOCK),
	    0x5b, 0x80, SEG('R'), 7),
	ROW("offset without all bytes", "\\R000:F000:? ", FIELD(NO_LOCK),
	    0x5b, 0x80, SEG('R'), 7, 0x0b, 0),
	ROW("opcode alone", "", 0x5b),
	ROW("scope alone", "", 0x10),
	ROW("length without all bytes", "", 0x10, 0xc0, 1),
	ROW("scope longer than the table", "\\R000:F000:601 ", 0x10, 0x3f, SB,
	    REGION(WORD(0x600)), FIELD(NO_LOCK)),
	ROW("scope shorter than its name", "", 0x10, 3, SB),
	ROW("scope with an empty length", "", 0x10, 0, SB),
	ROW("field without flags", "", REGION(WORD(0x600)), FIELD_OF(5, SEG('R'))),
	ROW("field without name", "", REGION(WORD(0x600)), FIELD_OF(3, 0xa3, 0xa3)),
	ROW("field longer than the table", "", REGION(WORD(0x600)), 0x5b, 0x81, 0x3f),
	ROW("unit without length", "", REGION(WORD(0x600)),
	    FIELD_OF(10, SEG('R'), NO_LOCK, SEG('F'))),
	ROW("unit without all of its length", "", REGION(WORD(0x600)),
	    FIELD_OF(11, SEG('R'), NO_LOCK, SEG('F'), 0xc0)),
	ROW("unit without all of its name", "", REGION(WORD(0x600)),
	    FIELD_OF(8, SEG('R'), NO_LOCK, 'F', '0')),
	ROW("reserved without length", "", REGION(WORD(0x600)),
	    FIELD_OF(7, SEG('R'), NO_LOCK, 0x00)),
	ROW("connection without all", "", REGION(WORD(0x600)),
	    FIELD_OF(7, SEG('R'), NO_LOCK, 0x02)),
	ROW("connection by no name", "", REGION(WORD(0x600)),
	    FIELD_OF(8, SEG('R'), NO_LOCK, 0x02, 0xa3)),
	ROW("name without all segments", "", 0x08, 0x2f, 9, SEG('N')),
	ROW("external without all", "", 0x15, SEG('X'), 0),
	ROW("byte without value", "", 0x0a),
};

static struct kcs_aml aml;
static char found[256];

static void note(const struct kcs_aml_field *field, void *context)
{
	char word[KCS_AML_PATH_SIZE + 40];

	snprintf(word, sizeof(word), "%s:%s:", field->region->path, field->name);
	strlcat(found, word, sizeof(found));
	if (field->address == KCS_AML_UNKNOWN)
		strlcat(found, "?", sizeof(found));
	else
		snprintf(word, sizeof(word), "%llx", (unsigned long long)field->address);
	if (field->address != KCS_AML_UNKNOWN)
		strlcat(found, word, sizeof(found));
	strlcat(found, field->lock ? "L " : " ", sizeof(found));
}

static void look(const u8 *code, size_t size)
{
	memset(&aml, 0, sizeof(aml));
	found[0] = '\0';
	kcs_aml_find_regions(&aml, code, size);
	kcs_aml_find_fields(&aml, code, size, note, NULL);
}

static void construct_is_read_as_it_is_meant(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(aml_rows); i++) {
		look(aml_rows[i].code, aml_rows[i].size);
		KUNIT_EXPECT_EQ_MSG(test, 0, strcmp(found, aml_rows[i].found),
				    "%s: %s", aml_rows[i].name, found);
	}
}

/* Scope in scope in scope: deeper ones have the path of the last that is known. */
static void depth_has_an_end(struct kunit *test)
{
	static const u8 region[] = { REGION(WORD(0x600)) };
	u8 code[400];
	size_t i, at = 0;

	for (i = 0; i < 40; i++) {
		const u8 scope[] = { 0x10, 0x40, 0, '\\', SEG('D') };

		memcpy(&code[at], scope, sizeof(scope));
		at += sizeof(scope);
	}
	memcpy(&code[at], region, sizeof(region));
	at += sizeof(region);
	for (i = 0; i < 40; i++) {
		size_t length = at - i * 8 - 1;

		code[i * 8 + 1] = 0x40 | (length & 0xf);
		code[i * 8 + 2] = length >> 4;
	}
	look(code, at);
	KUNIT_EXPECT_EQ(test, aml.count, 1u);
	KUNIT_EXPECT_EQ(test, strcmp(aml.regions[0].path, "\\D000.R000"), 0);
}

/* A path that is too long is none. */
static void path_has_an_end(struct kunit *test)
{
	static const u8 region[] = { REGION(WORD(0x600)) };
	u8 code[200] = { 0x10, 0x4b, 0x9, 0x2f, 30 };
	size_t i;

	for (i = 0; i < 30; i++)
		memcpy(&code[5 + 4 * i], (const u8[]){ SEG('D') }, 4);
	memcpy(&code[125], region, sizeof(region));
	look(code, 125 + sizeof(region));
	KUNIT_EXPECT_EQ(test, aml.count, 1u);
	KUNIT_EXPECT_EQ(test, strcmp(aml.regions[0].path, "\\R000"), 0);
}

static void one_region_too_many_is_left_out(struct kunit *test)
{
	static const u8 region[] = { REGION(WORD(0x600)) };
	static u8 code[sizeof(region) * (KCS_AML_REGIONS_MAX + 1)];
	size_t i;

	for (i = 0; i <= KCS_AML_REGIONS_MAX; i++) {
		memcpy(&code[i * sizeof(region)], region, sizeof(region));
		code[i * sizeof(region) + 4] = '0' + i / 10;
		code[i * sizeof(region) + 5] = '0' + i % 10;
	}
	look(code, sizeof(code) - sizeof(region));
	KUNIT_EXPECT_EQ(test, aml.count, (u32)KCS_AML_REGIONS_MAX);
	KUNIT_EXPECT_FALSE(test, aml.overflow);
	look(code, sizeof(code));
	KUNIT_EXPECT_EQ(test, aml.count, (u32)KCS_AML_REGIONS_MAX);
	KUNIT_EXPECT_TRUE(test, aml.overflow);
}

static struct kunit_case aml_cases[] = {
	KUNIT_CASE(construct_is_read_as_it_is_meant),
	KUNIT_CASE(depth_has_an_end),
	KUNIT_CASE(path_has_an_end),
	KUNIT_CASE(one_region_too_many_is_left_out),
	{}
};

static struct kunit_suite aml_suite = {
	.name = "kcs_aml",
	.test_cases = aml_cases,
};

kunit_test_suite(aml_suite);
