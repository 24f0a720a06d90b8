// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the parameter hotmod: from text to operations. Above location.c; no lock.
 *
 * The words are those of ipmi_si, which shows its interfaces in them (the attribute
 * "params"). It takes a second mention of an option, and in a removal options that do
 * not fit; here they are refused.
 */
#include "hotmod.h"

#include <kcs/digit.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

/* IPMI 2.0 rev 1.1, 5.1: so every BMC is called on its IPMB. */
#define BMC_ADDRESS	0x20

static const struct {
	const char *name;
	u32 max;
} options[] = {
	[KCS_HOTMOD_SPACING] = { "rsp=", U32_MAX },
	[KCS_HOTMOD_SIZE] = { "rsi=", U8_MAX },
	[KCS_HOTMOD_SHIFT] = { "rsh=", U8_MAX },
	[KCS_HOTMOD_IRQ] = { "irq=", INT_MAX },
	[KCS_HOTMOD_IPMB] = { "ipmb=", U8_MAX },
};

/* -- Words. --------------------------------------------------------------- */

/**
 * struct reader - the word of an operation that is being read
 * @word: where it begins
 * @length: of it; 0 past the last one
 */
struct reader {
	const char *word;
	size_t length;
};

/* The newline that echo writes ends the text; any other is part of a word. */
static void reader_begin(struct reader *reader, const char *text)
{
	reader->word = text;
	reader->length = strcspn(text, ",:");
	if (reader->length && !text[reader->length] &&
	    text[reader->length - 1] == '\n')
		reader->length--;
}

static bool reader_has_next(const struct reader *reader)
{
	return reader->word[reader->length] == ',';
}

static void reader_advance(struct reader *reader)
{
	const char *end = reader->word + reader->length;

	if (reader_has_next(reader))
		reader_begin(reader, end + 1);
	else
		*reader = (struct reader){ end, 0 };
}

static bool reader_is_at(const struct reader *reader, const char *word)
{
	return strlen(word) == reader->length &&
	       !memcmp(word, reader->word, reader->length);
}

/* -- Numbers, in the bases of C. ------------------------------------------- */

/* Sets the base that a prefix says; returns how long that is. */
static size_t read_base(const char *text, size_t length, u32 *base)
{
	*base = 10;
	if (length < 2 || text[0] != '0')
		return 0;
	*base = text[1] == 'x' || text[1] == 'X' ? 16 : 8;
	return *base == 16 ? 2 : 1;
}

static const char *read_number(const char *text, size_t length, u64 max, u64 *number)
{
	u64 high = 0, low = 0;	/* 32 bits each, the carry of a digit above */
	u32 base;
	size_t i = read_base(text, length, &base);

	if (i == length)
		return "is no number";
	for (; i < length; i++) {
		u32 digit = kcs_digit(text[i]);

		if (digit >= base)	/* or is none */
			return "is no number";
		low = low * base + digit;
		high = high * base + (low >> 32);
		low &= U32_MAX;
		if (high > U32_MAX)
			return "is too large a number";
	}
	*number = high << 32 | low;
	return *number > max ? "is too large a number" : NULL;
}

/* -- The words of an operation, in their order. ---------------------------- */

static const char *read_verb(struct reader *reader, struct kcs_hotmod *operation)
{
	operation->is_removal = reader_is_at(reader, "remove");
	return operation->is_removal || reader_is_at(reader, "add") ?
	       NULL : "is neither add nor remove";
}

static const char *read_kind(struct reader *reader)
{
	reader_advance(reader);
	if (reader_is_at(reader, "bt") || reader_is_at(reader, "smic"))
		return "is not kcs, the only kind there is; ipmi_si has a hotmod for others";
	return reader_is_at(reader, "kcs") ? NULL : "is not kcs, the only kind there is";
}

static const char *read_space(struct reader *reader, struct kcs_hotmod *operation)
{
	reader_advance(reader);
	operation->location.is_memory = reader_is_at(reader, "mem");
	return operation->location.is_memory || reader_is_at(reader, "i/o") ?
	       NULL : "is neither mem nor i/o";
}

static const char *read_address(struct reader *reader, struct kcs_hotmod *operation)
{
	reader_advance(reader);
	return read_number(reader->word, reader->length, U64_MAX,
			   &operation->location.base);
}

static const char *read_option(struct reader *reader, struct kcs_hotmod *operation,
			       u64 *numbers)
{
	const char *why;
	size_t i, length;

	reader_advance(reader);
	for (i = 0; i < KCS_HOTMOD_OPTIONS; i++) {
		length = strlen(options[i].name);
		if (reader->length < length ||
		    memcmp(reader->word, options[i].name, length))
			continue;
		if (operation->given & BIT(i))
			return "is there twice";
		operation->given |= BIT(i);
		why = read_number(reader->word + length, reader->length - length,
				  options[i].max, &numbers[i]);
		if (!why && i == KCS_HOTMOD_IPMB && numbers[i] && numbers[i] != BMC_ADDRESS)
			why = "is not 0x20, the address of a BMC";
		return why;
	}
	return "is none of rsp=, rsi=, rsh=, irq=, ipmb=";
}

/* What is 0 for "as usual" fits anything. */
static void settle_options(struct kcs_hotmod *operation, const u64 *numbers)
{
	struct kcs_location *location = &operation->location;

	location->size_bytes = numbers[KCS_HOTMOD_SIZE] ?: 1;
	location->spacing_bytes = numbers[KCS_HOTMOD_SPACING] ?: location->size_bytes;
	location->shift_bits = numbers[KCS_HOTMOD_SHIFT];
	operation->irq = numbers[KCS_HOTMOD_IRQ];
	if (!numbers[KCS_HOTMOD_SIZE])
		operation->given &= ~BIT(KCS_HOTMOD_SIZE);
	if (!numbers[KCS_HOTMOD_SPACING])
		operation->given &= ~BIT(KCS_HOTMOD_SPACING);
}

static const char *check_place(const struct kcs_location *location)
{
	switch (kcs_location_check(location)) {
	case 0:
		return NULL;
	case -ENXIO:
		return "is no address";
	case -ERANGE:
		return "has registers that overlap, are over 255 apart, or leave the address space";
	default:
		return "has registers of no possible rsi=, rsh= or alignment";
	}
}

/**
 * kcs_hotmod_read() - read one operation
 * @text: where it begins; set to the next one, to %NULL after the last one, or to the
 *	word that is wrong
 * @operation: filled; without meaning where a word is wrong
 *
 * Return: %NULL; else what is wrong with the word, as "is no number".
 */
const char *kcs_hotmod_read(const char **text, struct kcs_hotmod *operation)
{
	u64 numbers[KCS_HOTMOD_OPTIONS] = {};
	struct reader reader, address;
	const char *why, *end;

	memset(operation, 0, sizeof(*operation));
	reader_begin(&reader, *text);
	why = read_verb(&reader, operation) ?: read_kind(&reader) ?:
	      read_space(&reader, operation) ?: read_address(&reader, operation);
	address = reader;
	while (!why && reader_has_next(&reader))
		why = read_option(&reader, operation, numbers);
	settle_options(operation, numbers);
	if (!why) {
		why = check_place(&operation->location);
		reader = why ? address : reader;
	}
	end = reader.word + reader.length;
	*text = why ? reader.word : *end == ':' ? end + 1 : NULL;
	return why;
}

/**
 * kcs_hotmod_fits() - test whether a removal means an interface
 * @operation: the removal
 * @location: registers of the interface
 * @irq: its interrupt; 0 for none
 *
 * Return: true when the address fits, and each option that was given.
 */
bool kcs_hotmod_fits(const struct kcs_hotmod *operation,
		     const struct kcs_location *location, u32 irq)
{
	const struct kcs_location *named = &operation->location;
	const u32 given = operation->given;

	return named->base == location->base && named->is_memory == location->is_memory &&
	       (!(given & BIT(KCS_HOTMOD_SPACING)) ||
		named->spacing_bytes == location->spacing_bytes) &&
	       (!(given & BIT(KCS_HOTMOD_SIZE)) ||
		named->size_bytes == location->size_bytes) &&
	       (!(given & BIT(KCS_HOTMOD_SHIFT)) ||
		named->shift_bits == location->shift_bits) &&
	       (!(given & BIT(KCS_HOTMOD_IRQ)) || operation->irq == irq);
}
