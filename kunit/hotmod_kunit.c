// SPDX-License-Identifier: GPL-2.0-only
/* Lines of the parameter hotmod: what they mean, and which word of a bad one is wrong. */
#include "../drivers/discovery/hotmod.h"

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/string.h>

static const struct {
	const char *text;
	u64 base;
	u32 spacing_bytes;
	u8 size_bytes, shift_bits;
	u32 irq;
	bool is_memory, is_removal;
} good[] = {
	{ "add,kcs,i/o,0xca8", 0xca8, 1, 1 },
	{ "add,kcs,i/o,0xca8\n", 0xca8, 1, 1 },
	{ "remove,kcs,i/o,0xca8\n", 0xca8, 1, 1, .is_removal = true },
	{ "add,kcs,i/o,3240", 0xca8, 1, 1 },
	{ "add,kcs,i/o,06250", 0xca8, 1, 1 },
	{ "add,kcs,i/o,0XCA8", 0xca8, 1, 1 },
	{ "add,kcs,i/o,0xca8,rsp=4", 0xca8, 4, 1 },
	{ "add,kcs,i/o,0xca8,irq=10,rsp=0x4", 0xca8, 4, 1, .irq = 10 },
	{ "add,kcs,i/o,0xca8,rsi=2,rsh=8", 0xca8, 2, 2, 8 },
	{ "add,kcs,i/o,0xca8,rsi=0,rsp=0,rsh=0,irq=0,ipmb=0", 0xca8, 1, 1 },
	{ "add,kcs,i/o,0xfffe", 0xfffe, 1, 1 },
	{ "add,kcs,mem,0xfed90000,rsp=255", 0xfed90000, 255, 1, .is_memory = true },
	{ "add,kcs,mem,0xfed90000,rsp=8,rsi=4,rsh=24", 0xfed90000, 8, 4, 24,
	  .is_memory = true },
	{ "add,kcs,mem,0xfffffffffffffffe", U64_MAX - 1, 1, 1, .is_memory = true },
	{ "add,kcs,mem,18446744073709551614", U64_MAX - 1, 1, 1, .is_memory = true },
	{ "add,kcs,i/o,0xca2,irq=2147483647", 0xca2, 1, 1, .irq = INT_MAX },
	/* As ipmi_si shows one of its own, in the attribute "params". */
	{ "remove,kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=5,ipmb=32", 0xca2, 1, 1, .irq = 5,
	  .is_removal = true },
	{ "remove,kcs,mem,0xfed90000,rsi=4", 0xfed90000, 4, 4, .is_memory = true,
	  .is_removal = true },
};

static void good_lines_are_read(struct kunit *test)
{
	struct kcs_hotmod operation;
	const char *text, *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		const struct kcs_location *location = &operation.location;

		text = good[i].text;
		why = kcs_hotmod_read(&text, &operation);
		KUNIT_EXPECT_TRUE_MSG(test, !why, "%s: %s", good[i].text, why);
		KUNIT_EXPECT_TRUE_MSG(test, !text, "%s: goes on", good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].is_removal, operation.is_removal, "%s",
				    good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].is_memory, location->is_memory, "%s",
				    good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].base, location->base, "%s", good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].spacing_bytes, location->spacing_bytes,
				    "%s", good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].size_bytes, location->size_bytes, "%s",
				    good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].shift_bits, location->shift_bits, "%s",
				    good[i].text);
		KUNIT_EXPECT_EQ_MSG(test, good[i].irq, operation.irq, "%s", good[i].text);
	}
}

#define NO_VERB		"is neither add nor remove"
#define NO_KIND		"is not kcs, the only kind there is"
#define OTHERS		NO_KIND "; ipmi_si has a hotmod for others"
#define NO_SPACE	"is neither mem nor i/o"
#define NO_NUMBER	"is no number"
#define TOO_LARGE	"is too large a number"
#define NO_OPTION	"is none of rsp=, rsi=, rsh=, irq=, ipmb="
#define TWICE		"is there twice"
#define NO_BMC		"is not 0x20, the address of a BMC"
#define NO_SHAPE	"has registers of no possible rsi=, rsh= or alignment"
#define NO_RANGE \
	"has registers that overlap, are over 255 apart, or leave the address space"

static const struct {
	const char *text;
	const char *word;
	const char *why;
} bad[] = {
	{ "", "", NO_VERB },
	{ "\n", "\n", NO_VERB },
	{ " add,kcs,i/o,0xca8", " add,", NO_VERB },
	{ "Add,kcs,i/o,0xca8", "Add,", NO_VERB },
	{ "adds,kcs,i/o,0xca8", "adds,", NO_VERB },
	{ "ad", "ad", NO_VERB },
	{ ",kcs,i/o,0xca8", ",kcs", NO_VERB },
	{ ":add,kcs,i/o,0xca8", ":add", NO_VERB },
	{ "add", "", NO_KIND },
	{ "add\n", "\n", NO_KIND },
	{ "add,", "", NO_KIND },
	{ "add:kcs,i/o,0xca8", ":kcs", NO_KIND },
	{ "add,KCS,i/o,0xca8", "KCS,", NO_KIND },
	{ "add,ssif,i/o,0xca8", "ssif,", NO_KIND },
	{ "add,kcs ,i/o,0xca8", "kcs ,", NO_KIND },
	{ "add,bt,i/o,0xe4", "bt,", OTHERS },
	{ "remove,smic,i/o,0xca9", "smic,", OTHERS },
	{ "add,kcs", "", NO_SPACE },
	{ "add,kcs,io,0xca8", "io,", NO_SPACE },
	{ "add,kcs,memory,0xca8", "memory,", NO_SPACE },
	{ "add,kcs,i/o", "", NO_NUMBER },
	{ "add,kcs,i/o,", "", NO_NUMBER },
	{ "add,kcs,i/o,\n", "\n", NO_NUMBER },
	{ "add,kcs,i/o,rsp=4", "rsp=4", NO_NUMBER },
	{ "add,kcs,i/o,ca8", "ca8", NO_NUMBER },
	{ "add,kcs,i/o,0x", "0x", NO_NUMBER },
	{ "add,kcs,i/o,0xcg8", "0xcg8", NO_NUMBER },
	{ "add,kcs,i/o,08", "08", NO_NUMBER },
	{ "add,kcs,i/o,-1", "-1", NO_NUMBER },
	{ "add,kcs,i/o,+1", "+1", NO_NUMBER },
	{ "add,kcs,i/o,0xca8 ", "0xca8 ", NO_NUMBER },
	{ "add,kcs,i/o,0xca8\n\n", "0xca8\n\n", NO_NUMBER },
	{ "add,kcs,i/o,0xca8\n,rsp=4", "0xca8\n,", NO_NUMBER },
	{ "add,kcs,i/o,0xca8\xff", "0xca8\xff", NO_NUMBER },
	{ "add,kcs,mem,0x10000000000000000", "0x1", TOO_LARGE },
	{ "add,kcs,mem,18446744073709551616", "184", TOO_LARGE },
	{ "add,kcs,mem,99999999999999999999999999999999999999", "999", TOO_LARGE },
	{ "add,kcs,i/o,0", "0", "is no address" },
	{ "add,kcs,mem,0x0,rsi=4", "0x0,", "is no address" },
	{ "add,kcs,i/o,0xffff", "0xffff", NO_RANGE },
	{ "add,kcs,i/o,0x10000", "0x10000", NO_RANGE },
	{ "add,kcs,mem,0xffffffffffffffff", "0xff", NO_RANGE },
	{ "add,kcs,i/o,0xca8,rsp=256", "0xca8,", NO_RANGE },
	{ "add,kcs,i/o,0xca8,rsp=1,rsi=2", "0xca8,", NO_RANGE },
	{ "add,kcs,i/o,0xca8,rsi=3", "0xca8,", NO_SHAPE },
	{ "add,kcs,i/o,0xca8,rsi=8", "0xca8,", NO_SHAPE },
	{ "add,kcs,i/o,0xca8,rsh=1", "0xca8,", NO_SHAPE },
	{ "add,kcs,mem,0xfed90002,rsi=4", "0xfed90002,", NO_SHAPE },
	{ "remove,kcs,i/o,0xca8,rsi=3", "0xca8,", NO_SHAPE },
	{ "add,kcs,i/o,0xca8,", "", NO_OPTION },
	{ "add,kcs,i/o,0xca8,,rsp=4", ",rsp", NO_OPTION },
	{ "add,kcs,i/o,0xca8,rsp", "rsp", NO_OPTION },
	{ "add,kcs,i/o,0xca8, rsp=4", " rsp", NO_OPTION },
	{ "add,kcs,i/o,0xca8,regspacing=4", "regspacing", NO_OPTION },
	{ "add,kcs,i/o,0xca8,RSP=4", "RSP", NO_OPTION },
	{ "add,kcs,i/o,0xca8,rsp=", "rsp=", NO_NUMBER },
	{ "add,kcs,i/o,0xca8,rsp=4 ", "rsp=4 ", NO_NUMBER },
	{ "add,kcs,i/o,0xca8,rsp==4", "rsp==4", NO_NUMBER },
	{ "add,kcs,i/o,0xca8,rsp=4294967297", "rsp=4294967297", TOO_LARGE },
	{ "add,kcs,i/o,0xca8,rsi=257", "rsi=257", TOO_LARGE },
	{ "add,kcs,i/o,0xca8,rsh=256", "rsh=256", TOO_LARGE },
	{ "add,kcs,i/o,0xca8,irq=2147483648", "irq=2147483648", TOO_LARGE },
	{ "add,kcs,i/o,0xca8,irq=0x10000000000000005", "irq=0x1", TOO_LARGE },
	{ "add,kcs,i/o,0xca8,rsp=4,rsp=4", "rsp=4", TWICE },
	{ "add,kcs,i/o,0xca8,irq=0,rsp=4,irq=0", "irq=0", TWICE },
	{ "add,kcs,i/o,0xca8,rsp=0,rsp=4", "rsp=4", TWICE },
	{ "add,kcs,i/o,0xca8,ipmb=0x82", "ipmb=0x82", NO_BMC },
	{ "add,kcs,i/o,0xca8,ipmb=0x82,irq=1", "ipmb=0x82,", NO_BMC },
	{ "add,kcs,i/o,0xca8,ipmb=256", "ipmb=256", TOO_LARGE },
};

static void bad_lines_are_refused(struct kunit *test)
{
	struct kcs_hotmod operation;
	const char *text, *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		text = bad[i].text;
		why = kcs_hotmod_read(&text, &operation);
		KUNIT_EXPECT_TRUE_MSG(test, why && !strcmp(why, bad[i].why),
				      "\"%s\": %s", bad[i].text, why ?: "good");
		KUNIT_EXPECT_TRUE_MSG(test, text && !strncmp(text, bad[i].word,
							     strlen(bad[i].word)),
				      "\"%s\": at \"%s\"", bad[i].text, text ?: "no word");
		KUNIT_EXPECT_TRUE_MSG(test, text && (*bad[i].word || !*text),
				      "\"%s\": at \"%s\", not at its end", bad[i].text,
				      text ?: "no word");
	}
}

static void text_ends_at_its_first_nul(struct kunit *test)
{
	static const char line[] = "add,kcs,i/o,0xca8\0,rsp=4:nonsense";
	const char *text = line;
	struct kcs_hotmod operation;

	KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
	KUNIT_EXPECT_NULL(test, text);
	KUNIT_EXPECT_EQ(test, operation.location.spacing_bytes, 1);
}

/* As long as a write to a parameter can be. */
static void long_line_is_read_to_its_end(struct kunit *test)
{
	static const char begin[] = "add,kcs,i/o,0";
	static char line[4096];
	struct kcs_hotmod operation;
	const char *text = line;

	memset(line, '0', sizeof(line) - 1);
	memcpy(line, begin, strlen(begin));
	KUNIT_EXPECT_STREQ(test, kcs_hotmod_read(&text, &operation), "is no address");
	KUNIT_EXPECT_TRUE(test, text == line + strlen("add,kcs,i/o,"));
	text = line;
	line[sizeof(line) - 2] = '1';
	KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
	KUNIT_EXPECT_EQ(test, operation.location.base, 1);
	text = line;
	memset(line, 'a', sizeof(line) - 1);
	KUNIT_EXPECT_STREQ(test, kcs_hotmod_read(&text, &operation), NO_VERB);
}

static void operations_of_a_line_are_read_in_turn(struct kunit *test)
{
	static const char line[] =
		"add,kcs,i/o,0xca8,rsp=4:remove,kcs,mem,0xfed90000:add,kcs,i/o,0:junk\n";
	const char *text = line;
	struct kcs_hotmod operation;

	KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
	KUNIT_EXPECT_EQ(test, operation.location.spacing_bytes, 4);
	KUNIT_EXPECT_TRUE(test, text == strstr(line, "remove"));
	KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
	KUNIT_EXPECT_TRUE(test, operation.is_removal);
	KUNIT_EXPECT_EQ(test, operation.location.spacing_bytes, 1);
	KUNIT_EXPECT_STREQ(test, kcs_hotmod_read(&text, &operation), "is no address");
	KUNIT_EXPECT_TRUE(test, text == strstr(line, "0:junk"));
	text = strchr(line, 'j');
	KUNIT_EXPECT_STREQ(test, kcs_hotmod_read(&text, &operation), NO_VERB);
	text = "add,kcs,i/o,0xca8:";
	KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_STREQ(test, kcs_hotmod_read(&text, &operation), NO_VERB);
}

static void removal_fits_by_all_that_was_given(struct kunit *test)
{
	static const struct kcs_location location = {
		.base = 0xca8, .spacing_bytes = 4, .size_bytes = 2, .shift_bits = 8,
	};
	static const struct {
		const char *text;
		bool fits;
	} cells[] = {
		{ "remove,kcs,i/o,0xca8", true },
		{ "remove,kcs,i/o,0xca8,rsp=4,rsi=2,rsh=8,irq=5,ipmb=32", true },
		{ "remove,kcs,i/o,0xca8,rsp=0,rsi=0", true },
		{ "remove,kcs,mem,0xca8", false },
		{ "remove,kcs,i/o,0xcaa", false },
		{ "remove,kcs,i/o,0xca8,rsp=2", false },
		{ "remove,kcs,i/o,0xca8,rsi=1", false },
		{ "remove,kcs,i/o,0xca8,rsi=2,rsh=0", false },
		{ "remove,kcs,i/o,0xca8,irq=0", false },
		{ "remove,kcs,i/o,0xca8,irq=6", false },
	};
	struct kcs_hotmod operation;
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		text = cells[i].text;
		KUNIT_EXPECT_NULL(test, kcs_hotmod_read(&text, &operation));
		KUNIT_EXPECT_EQ_MSG(test, cells[i].fits,
				    kcs_hotmod_fits(&operation, &location, 5), "%s",
				    cells[i].text);
	}
}

static struct kunit_case hotmod_cases[] = {
	KUNIT_CASE(good_lines_are_read),
	KUNIT_CASE(bad_lines_are_refused),
	KUNIT_CASE(text_ends_at_its_first_nul),
	KUNIT_CASE(long_line_is_read_to_its_end),
	KUNIT_CASE(operations_of_a_line_are_read_in_turn),
	KUNIT_CASE(removal_fits_by_all_that_was_given),
	{}
};

static struct kunit_suite hotmod_suite = {
	.name = "kcs_hotmod",
	.test_cases = hotmod_cases,
};

kunit_test_suite(hotmod_suite);
