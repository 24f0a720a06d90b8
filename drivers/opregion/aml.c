// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds IPMI regions and their fields in the byte code of a DSDT or SSDT (ACPI 6.0,
 * 20.2). Pure: it reads bytes, whatever they are, and stays within them.
 *
 * It is no interpreter, and does not know how many arguments a method has. It goes
 * through the code byte by byte, enters what opens a scope, passes over what holds
 * data (numbers, strings, buffers, names), and knows the two objects it looks for.
 * What does not fit where it stands is taken for something else.
 *
 * A field may be in another table than its region: all tables are to be searched for
 * regions before any is for fields.
 */
#include "aml.h"

#include <linux/kernel.h>
#include <linux/string.h>

#define SPACE_IPMI	0x07
#define FLAG_LOCK	0x10

/* Opcodes (20.3); of two bytes those behind EXT. */
enum {
	OP_NAME = 0x08,
	OP_BYTE = 0x0a,
	OP_WORD = 0x0b,
	OP_DWORD = 0x0c,
	OP_STRING = 0x0d,
	OP_QWORD = 0x0e,
	OP_SCOPE = 0x10,
	OP_BUFFER = 0x11,
	OP_PACKAGE = 0x12,
	OP_VAR_PACKAGE = 0x13,
	OP_METHOD = 0x14,
	OP_EXTERNAL = 0x15,
	OP_EXT = 0x5b,
	OP_IF = 0xa0,
	OP_ELSE = 0xa1,
	OP_WHILE = 0xa2,

	EXT_MUTEX = 0x01,
	EXT_ACQUIRE = 0x23,
	EXT_FATAL = 0x32,
	EXT_REGION = 0x80,
	EXT_FIELD = 0x81,
	EXT_DEVICE = 0x82,
	EXT_PROCESSOR = 0x83,
	EXT_POWER = 0x84,
	EXT_THERMAL = 0x85,
	EXT_INDEX_FIELD = 0x86,
	EXT_BANK_FIELD = 0x87,

	ITEM_RESERVED = 0x00,
	ITEM_ACCESS = 0x01,
	ITEM_CONNECTION = 0x02,
	ITEM_EXTENDED_ACCESS = 0x03,
};

/* -- Regions. ------------------------------------------------------------- */

/* How many bytes follow an opcode, 0 for what is no number. */
static u8 number_size(u8 opcode)
{
	static const u8 sizes[] = {
		[OP_BYTE] = 1, [OP_WORD] = 2, [OP_DWORD] = 4, [OP_QWORD] = 8,
	};

	return opcode < sizeof(sizes) ? sizes[opcode] : 0;
}

/* Returns false for what is no number. */
static bool read_number(const struct kcs_aml_reader *reader, size_t at, u64 *value)
{
	u8 opcode, size, i;

	if (!kcs_aml_has(reader, at, 1))
		return false;
	opcode = reader->code[at];
	*value = opcode;
	if (opcode <= 1)
		return true;
	size = number_size(opcode);
	if (!size || !kcs_aml_has(reader, at + 1, size))
		return false;
	*value = 0;
	for (i = 0; i < size; i++)
		*value |= (u64)reader->code[at + 1 + i] << 8 * i;
	return true;
}

static struct kcs_aml_region *region_at(struct kcs_aml *aml, const char *path)
{
	u32 i;

	for (i = 0; i < aml->count; i++)
		if (!strcmp(aml->regions[i].path, path))
			return &aml->regions[i];
	return NULL;
}

/* Declared twice, in two branches, it may be either. */
static void add_region(struct kcs_aml *aml, size_t at, const char *path)
{
	struct kcs_aml_region *region = region_at(aml, path);
	u64 address;

	if (!read_number(&aml->reader, at, &address))
		address = KCS_AML_UNKNOWN;
	if (region) {
		if (region->address != address)
			region->address = KCS_AML_UNKNOWN;
		return;
	}
	if (aml->count == KCS_AML_REGIONS_MAX) {
		aml->overflow = true;
		return;
	}
	region = &aml->regions[aml->count++];
	strscpy(region->path, path, sizeof(region->path));
	region->address = address;
}

/* @at: behind the opcode. Its offset and length are gone through as code. */
static size_t read_region(struct kcs_aml *aml, size_t at, bool is_wanted)
{
	const struct kcs_aml_reader *reader = &aml->reader;
	char path[KCS_AML_PATH_SIZE];
	bool simple;
	size_t name = kcs_aml_name(reader, at, path, &simple);

	if (!name || !kcs_aml_has(reader, at + name, 1))
		return 0;
	at += name;
	if (is_wanted && reader->code[at] == SPACE_IPMI)
		add_region(aml, at + 1, path);
	return at + 1;
}

/* -- Fields. -------------------------------------------------------------- */

static const struct kcs_aml_region *find_region(struct kcs_aml *aml,
						char *path, bool simple)
{
	const struct kcs_aml_region *region = region_at(aml, path);
	char name[5];

	if (!simple)
		return region;
	strscpy(name, path + strlen(path) - 4, sizeof(name));
	while (!region && strlen(path) > 5) {
		kcs_aml_go_up(path);
		kcs_aml_go_up(path);
		strcat(path, path[1] ? "." : "");
		strcat(path, name);
		region = region_at(aml, path);
	}
	return region;
}

/* A name, or a buffer. */
static size_t pass_connection(const struct kcs_aml_reader *reader, size_t at)
{
	if (kcs_aml_has(reader, at, 1) && reader->code[at] == OP_BUFFER)
		return kcs_aml_pass_all(reader, at + 1);
	return kcs_aml_pass_name(reader, at, 0);
}

/**
 * struct units - the units of a field, one after the other
 * @field: the next one
 * @bits: where it is
 * @visit: is told of each
 * @context: for @visit
 */
struct units {
	struct kcs_aml_field field;
	u64 bits;
	kcs_aml_visit visit;
	void *context;
};

/* Returns where the next item is, 0 for none. */
static size_t read_unit(const struct kcs_aml_reader *reader, size_t at, struct units *units)
{
	size_t size, width;

	if (!kcs_aml_has(reader, at, 4) || !kcs_aml_is_segment(&reader->code[at]))
		return 0;
	size = kcs_aml_length(reader, at + 4, &width);
	if (!size)
		return 0;
	memcpy(units->field.name, &reader->code[at], 4);
	units->field.address = units->field.region->address;
	if (units->field.address != KCS_AML_UNKNOWN)
		units->field.address += units->bits / 8;
	units->visit(&units->field, units->context);
	units->bits += width;
	return at + 4 + size;
}

static size_t read_item(const struct kcs_aml_reader *reader, size_t at, struct units *units)
{
	size_t size, width;

	switch (reader->code[at]) {
	case ITEM_RESERVED:
		size = kcs_aml_length(reader, at + 1, &width);
		units->bits += size ? width : 0;
		return size ? at + 1 + size : 0;
	case ITEM_ACCESS:
		return at + 3;
	case ITEM_EXTENDED_ACCESS:
		return at + 4;
	case ITEM_CONNECTION:
		return pass_connection(reader, at + 1);
	default:
		return read_unit(reader, at, units);
	}
}

/* @at: behind the opcode. Returns its end, 0 for what is no field. */
static size_t read_field(struct kcs_aml *aml, size_t at, struct units *units)
{
	const struct kcs_aml_reader *reader = &aml->reader;
	char path[KCS_AML_PATH_SIZE];
	size_t end;
	bool simple;

	at = kcs_aml_heading(reader, at, path, &simple, &end);
	if (!at || at >= end)
		return 0;
	if (!units)
		return end;
	units->field.region = find_region(aml, path, simple);
	units->field.lock = reader->code[at++] & FLAG_LOCK;
	units->bits = 0;
	while (units->field.region && at && at < end)
		at = read_item(reader, at, units);
	return end;
}

/* -- All the code. -------------------------------------------------------- */

/* @at: behind both bytes of the opcode. */
static size_t read_extended(struct kcs_aml *aml, size_t at, struct units *units)
{
	struct kcs_aml_reader *reader = &aml->reader;

	switch (reader->code[at - 1]) {
	case EXT_REGION:
		return read_region(aml, at, !units);
	case EXT_FIELD:
		return read_field(aml, at, units);
	case EXT_DEVICE:
	case EXT_THERMAL:
		return kcs_aml_enter(reader, at, 0);
	case EXT_PROCESSOR:
		return kcs_aml_enter(reader, at, 6);
	case EXT_POWER:
		return kcs_aml_enter(reader, at, 3);
	case EXT_MUTEX:
		return kcs_aml_pass_name(reader, at, 1);
	case EXT_ACQUIRE:
		return kcs_aml_pass_name(reader, at, 2) ?:
		       kcs_aml_pass_bytes(reader, at, 3);
	case EXT_FATAL:
		return kcs_aml_pass_bytes(reader, at, 5);
	case EXT_INDEX_FIELD:
	case EXT_BANK_FIELD:
		return kcs_aml_pass_all(reader, at);
	default:
		return at;
	}
}

/* Returns where what follows begins, 0 for what does not fit. */
static size_t read_object(struct kcs_aml *aml, struct units *units)
{
	struct kcs_aml_reader *reader = &aml->reader;
	size_t at = reader->at + 1;
	u8 opcode = reader->code[reader->at];

	switch (opcode) {
	case OP_EXT:
		return kcs_aml_has(reader, at, 1) ?
		       read_extended(aml, at + 1, units) : 0;
	case OP_SCOPE:
		return kcs_aml_enter(reader, at, 0);
	case OP_METHOD:
		return kcs_aml_enter(reader, at, 1);
	case OP_IF:
	case OP_ELSE:
	case OP_WHILE:
	case OP_VAR_PACKAGE:
		return kcs_aml_pass_length(reader, at, 0);
	case OP_PACKAGE:
		return kcs_aml_pass_length(reader, at, 1);
	case OP_BUFFER:
		return kcs_aml_pass_all(reader, at);
	case OP_NAME:
		return kcs_aml_pass_name(reader, at, 0);
	case OP_EXTERNAL:
		return kcs_aml_pass_name(reader, at, 2);
	case OP_BYTE:
	case OP_WORD:
	case OP_DWORD:
	case OP_QWORD:
		return kcs_aml_pass_bytes(reader, at, number_size(opcode));
	case OP_STRING:
		return kcs_aml_pass_string(reader, at);
	case 0:
		return at;	/* Zero, and no name without a segment */
	default:
		return kcs_aml_pass_name(reader, reader->at, 0);
	}
}

/* Without @units regions are looked for. */
static void read_table(struct kcs_aml *aml, const u8 *code, size_t size,
		       struct units *units)
{
	struct kcs_aml_reader *reader = &aml->reader;

	kcs_aml_begin(reader, code, size);
	while (kcs_aml_goes_on(reader))
		reader->at = read_object(aml, units) ?: reader->at + 1;
}

/**
 * kcs_aml_find_regions() - find the IPMI regions of a table
 * @aml: they are added to it
 * @code: the table behind its header
 * @size: how many bytes
 *
 * Context: any.
 */
void kcs_aml_find_regions(struct kcs_aml *aml, const u8 *code, size_t size)
{
	read_table(aml, code, size, NULL);
}

/**
 * kcs_aml_find_fields() - find the fields of IPMI regions in a table
 * @aml: the regions of all tables
 * @code: the table behind its header
 * @size: how many bytes
 * @visit: called for each unit of a field, in order
 * @context: for @visit
 *
 * A field whose region is not in @aml is passed over.
 *
 * Context: any.
 */
void kcs_aml_find_fields(struct kcs_aml *aml, const u8 *code, size_t size,
			 kcs_aml_visit visit, void *context)
{
	struct units units = { .visit = visit, .context = context };

	read_table(aml, code, size, &units);
}
