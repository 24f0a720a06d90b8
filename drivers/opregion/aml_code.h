/* SPDX-License-Identifier: GPL-2.0-only */
/* The way through AML byte code (ACPI 6.0, 20.2): lengths, names, scopes. */
#ifndef KCS_AML_CODE_H
#define KCS_AML_CODE_H

#include <linux/types.h>

#define KCS_AML_PATH_SIZE	128
#define KCS_AML_DEPTH_MAX	32

/**
 * struct kcs_aml_scope - code in which names are relative to a path
 * @end: where it ends
 * @path: the path
 */
struct kcs_aml_scope {
	size_t end;
	char path[KCS_AML_PATH_SIZE];
};

/**
 * struct kcs_aml_reader - the way through a table; too large for the stack
 * @code: its bytes
 * @at: the next one
 * @depth: scopes that are open
 * @scopes: they, the innermost last
 */
struct kcs_aml_reader {
	const u8 *code;
	size_t at;
	u32 depth;
	struct kcs_aml_scope scopes[KCS_AML_DEPTH_MAX];
};

bool kcs_aml_has(const struct kcs_aml_reader *reader, size_t at, size_t size);
size_t kcs_aml_length(const struct kcs_aml_reader *reader, size_t at, size_t *value);
bool kcs_aml_is_segment(const u8 *code);
void kcs_aml_go_up(char *path);
size_t kcs_aml_name(const struct kcs_aml_reader *reader, size_t at, char *path,
		    bool *simple);
void kcs_aml_begin(struct kcs_aml_reader *reader, const u8 *code, size_t size);
size_t kcs_aml_heading(const struct kcs_aml_reader *reader, size_t at, char *path,
		       bool *simple, size_t *end);
size_t kcs_aml_enter(struct kcs_aml_reader *reader, size_t at, size_t extra);
bool kcs_aml_goes_on(struct kcs_aml_reader *reader);
size_t kcs_aml_pass_string(const struct kcs_aml_reader *reader, size_t at);
size_t kcs_aml_pass_bytes(const struct kcs_aml_reader *reader, size_t at, size_t size);
size_t kcs_aml_pass_name(const struct kcs_aml_reader *reader, size_t at, size_t extra);
size_t kcs_aml_pass_length(const struct kcs_aml_reader *reader, size_t at,
			   size_t extra);
size_t kcs_aml_pass_all(const struct kcs_aml_reader *reader, size_t at);

#endif /* KCS_AML_CODE_H */
