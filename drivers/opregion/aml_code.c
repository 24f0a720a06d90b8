// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way through AML byte code (ACPI 6.0, 20.2). Pure: it reads bytes, whatever they
 * are, and stays within the scope it is in. All functions return where what follows
 * begins, or how many bytes something has: 0 for what does not fit.
 */
#include "aml_code.h"

#include <linux/kernel.h>
#include <linux/string.h>

#define PREFIX_DUAL	0x2e
#define PREFIX_MULTI	0x2f

/* Whatever a table holds, the way through it does not take long. */
#define STRING_MAX	1000

static size_t aml_end(const struct kcs_aml_reader *reader)
{
	return reader->scopes[reader->depth - 1].end;
}

/**
 * kcs_aml_has() - test whether bytes are inside the scope
 * @reader: the reader
 * @at: the first one
 * @size: how many
 *
 * Context: any.
 * Return: true when all are.
 */
bool kcs_aml_has(const struct kcs_aml_reader *reader, size_t at, size_t size)
{
	return at <= aml_end(reader) && size <= aml_end(reader) - at;
}

/* -- Lengths and names. --------------------------------------------------- */

/**
 * kcs_aml_length() - read a package length (20.2.4)
 * @reader: the reader
 * @at: where it is
 * @value: filled on success
 *
 * Context: any.
 * Return: how many bytes it has; 0 for none.
 */
size_t kcs_aml_length(const struct kcs_aml_reader *reader, size_t at, size_t *value)
{
	size_t more, i;

	if (!kcs_aml_has(reader, at, 1))
		return 0;
	more = reader->code[at] >> 6;
	if (!more) {
		*value = reader->code[at] & 0x3f;
		return 1;
	}
	if (!kcs_aml_has(reader, at, 1 + more))
		return 0;
	*value = reader->code[at] & 0xf;
	for (i = 0; i < more; i++)
		*value |= (size_t)reader->code[at + 1 + i] << (4 + 8 * i);
	return 1 + more;
}

/* And where it ends, inside the scope, behind what it is the length of. */
static size_t read_extent(const struct kcs_aml_reader *reader, size_t at, size_t *end)
{
	size_t value, size = kcs_aml_length(reader, at, &value);

	if (!size || value < size || !kcs_aml_has(reader, at, value))
		return 0;
	*end = at + value;
	return size;
}

/**
 * kcs_aml_is_segment() - test whether four bytes are a segment of a name (20.2.2)
 * @code: four bytes
 *
 * Context: any.
 * Return: true when they are.
 */
bool kcs_aml_is_segment(const u8 *code)
{
	u32 i;

	for (i = 0; i < 4; i++)
		if (!(code[i] == '_' || (code[i] >= 'A' && code[i] <= 'Z') ||
		      (i && code[i] >= '0' && code[i] <= '9')))
			return false;
	return true;
}

static bool append_segments(const struct kcs_aml_reader *reader, size_t at, size_t count,
			    char *path)
{
	size_t length = strlen(path), i;

	for (i = 0; i < count; i++, at += 4) {
		if (!kcs_aml_has(reader, at, 4) || !kcs_aml_is_segment(&reader->code[at]) ||
		    length + 6 > KCS_AML_PATH_SIZE)
			return false;
		if (length > 1)
			path[length++] = '.';
		memcpy(&path[length], &reader->code[at], 4);
		length += 4;
		path[length] = '\0';
	}
	return true;
}

/**
 * kcs_aml_go_up() - take the last segment from a path
 * @path: an absolute path; the root stays what it is
 *
 * Context: any.
 */
void kcs_aml_go_up(char *path)
{
	char *dot = strrchr(path, '.');

	if (dot)
		*dot = '\0';
	else
		path[1] = '\0';
}

/**
 * kcs_aml_name() - read a name (20.2.2)
 * @reader: the reader
 * @at: where it is
 * @path: %KCS_AML_PATH_SIZE bytes: what it is as an absolute path
 * @simple: it is a single segment: if not there, it is looked for upwards (5.3)
 *
 * Context: any.
 * Return: how many bytes it has; 0 for none, or for one without segment and prefix.
 */
size_t kcs_aml_name(const struct kcs_aml_reader *reader, size_t at, char *path,
		    bool *simple)
{
	size_t start = at, count = 1;

	strscpy(path, reader->scopes[reader->depth - 1].path, KCS_AML_PATH_SIZE);
	if (kcs_aml_has(reader, at, 1) && reader->code[at] == '\\') {
		path[1] = '\0';
		at++;
	}
	while (kcs_aml_has(reader, at, 1) && reader->code[at] == '^') {
		kcs_aml_go_up(path);
		at++;
	}
	*simple = at == start;
	if (!kcs_aml_has(reader, at, 2))
		return 0;
	if (reader->code[at] == '\0')
		return at > start ? at + 1 - start : 0;
	if (reader->code[at] == PREFIX_DUAL) {
		count = 2;
		at++;
	} else if (reader->code[at] == PREFIX_MULTI) {
		count = reader->code[at + 1];
		at += 2;
	}
	*simple &= count == 1;
	return append_segments(reader, at, count, path) ? at + 4 * count - start : 0;
}

/* -- Scopes. -------------------------------------------------------------- */

static void open_scope(struct kcs_aml_reader *reader, size_t end, const char *path)
{
	struct kcs_aml_scope *scope = &reader->scopes[reader->depth];

	if (reader->depth == KCS_AML_DEPTH_MAX)
		return;
	scope->end = end;
	strscpy(scope->path, path, sizeof(scope->path));
	reader->depth++;
}

/**
 * kcs_aml_begin() - begin with a table
 * @reader: filled
 * @code: the table behind its header
 * @size: how many bytes
 *
 * Context: any.
 */
void kcs_aml_begin(struct kcs_aml_reader *reader, const u8 *code, size_t size)
{
	reader->code = code;
	reader->at = 0;
	reader->depth = 0;
	open_scope(reader, size, "\\");
}

/**
 * kcs_aml_goes_on() - leave the scopes that end where the reader is
 * @reader: the reader
 *
 * Context: any.
 * Return: false at the end of the table.
 */
bool kcs_aml_goes_on(struct kcs_aml_reader *reader)
{
	while (reader->depth && reader->at >= aml_end(reader))
		reader->depth--;
	return reader->depth;
}

/**
 * kcs_aml_heading() - read what an object begins with: its length and a name
 * @reader: the reader
 * @at: behind its opcode
 * @path: as for kcs_aml_name()
 * @simple: likewise
 * @end: filled on success: where the object ends
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_heading(const struct kcs_aml_reader *reader, size_t at, char *path,
		       bool *simple, size_t *end)
{
	size_t size = read_extent(reader, at, end), name;

	if (!size)
		return 0;
	name = kcs_aml_name(reader, at + size, path, simple);
	return name ? at + size + name : 0;
}

/**
 * kcs_aml_enter() - enter a scope
 * @reader: the reader
 * @at: behind its opcode
 * @extra: bytes between its name and what is inside
 *
 * Context: any.
 * Return: where that begins; 0 for what is no scope.
 */
size_t kcs_aml_enter(struct kcs_aml_reader *reader, size_t at, size_t extra)
{
	char path[KCS_AML_PATH_SIZE];
	size_t end;
	bool simple;

	at = kcs_aml_heading(reader, at, path, &simple, &end);
	if (!at || at + extra > end)
		return 0;
	open_scope(reader, end, path);
	return at + extra;
}

/* -- What holds data. ----------------------------------------------------- */

/**
 * kcs_aml_pass_string() - pass over a string, from behind its opcode
 * @reader: the reader
 * @at: where it is
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_pass_string(const struct kcs_aml_reader *reader, size_t at)
{
	size_t last = at + STRING_MAX;

	while (kcs_aml_has(reader, at, 1) && reader->code[at] >= 1 &&
	       reader->code[at] <= 0x7f && at < last)
		at++;
	return kcs_aml_has(reader, at, 1) && !reader->code[at] ? at + 1 : 0;
}

/**
 * kcs_aml_pass_bytes() - pass over bytes
 * @reader: the reader
 * @at: where it is
 * @size: how many
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_pass_bytes(const struct kcs_aml_reader *reader, size_t at, size_t size)
{
	return kcs_aml_has(reader, at, size) ? at + size : 0;
}

/**
 * kcs_aml_pass_name() - pass over a name
 * @reader: the reader
 * @at: where it is
 * @extra: and so many bytes behind it
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_pass_name(const struct kcs_aml_reader *reader, size_t at, size_t extra)
{
	char path[KCS_AML_PATH_SIZE];
	bool simple;
	size_t size = kcs_aml_name(reader, at, path, &simple);

	return size ? kcs_aml_pass_bytes(reader, at + size, extra) : 0;
}

/**
 * kcs_aml_pass_length() - pass over a package length, into what it is the length of
 * @reader: the reader
 * @at: where it is
 * @extra: and so many bytes behind it
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_pass_length(const struct kcs_aml_reader *reader, size_t at, size_t extra)
{
	size_t end, size = read_extent(reader, at, &end);

	return size ? kcs_aml_pass_bytes(reader, at + size, extra) : 0;
}

/**
 * kcs_aml_pass_all() - pass over what a package length is the length of
 * @reader: the reader
 * @at: where it is
 *
 * Context: any.
 * Return: where what follows begins; 0 for what does not fit.
 */
size_t kcs_aml_pass_all(const struct kcs_aml_reader *reader, size_t at)
{
	size_t end;

	return read_extent(reader, at, &end) ? end : 0;
}
