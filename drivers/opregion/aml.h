/* SPDX-License-Identifier: GPL-2.0-only */
/* IPMI regions in AML byte code, and the commands that their fields are. */
#ifndef KCS_AML_H
#define KCS_AML_H

#include "aml_code.h"

#include <linux/types.h>

#define KCS_AML_REGIONS_MAX	64

/* The address of what is computed, and so no number in the code. */
#define KCS_AML_UNKNOWN		(~0ull)

/**
 * struct kcs_aml_region - an operation region of address space 7
 * @path: absolute, each segment with four characters, as in "\_SB_.PMI0.POWR"
 * @address: NetFn << 8 | command at its beginning, or %KCS_AML_UNKNOWN
 */
struct kcs_aml_region {
	char path[KCS_AML_PATH_SIZE];
	u64 address;
};

/**
 * struct kcs_aml_field - a unit of a field: a command
 * @region: of which region
 * @name: four characters
 * @address: NetFn << 8 | command, or %KCS_AML_UNKNOWN
 * @lock: ACPICA takes the Global Lock for a call
 */
struct kcs_aml_field {
	const struct kcs_aml_region *region;
	char name[5];
	u64 address;
	bool lock;
};

/**
 * typedef kcs_aml_visit - called for each field
 * @field: the field; valid during the call
 * @context: as given to kcs_aml_find_fields()
 */
typedef void (*kcs_aml_visit)(const struct kcs_aml_field *field, void *context);

/**
 * struct kcs_aml - the regions of all tables
 * @count: how many were found
 * @overflow: there were more
 * @regions: they
 * @reader: used for one table at a time
 */
struct kcs_aml {
	u32 count;
	bool overflow;
	struct kcs_aml_region regions[KCS_AML_REGIONS_MAX];
	struct kcs_aml_reader reader;
};

void kcs_aml_find_regions(struct kcs_aml *aml, const u8 *code, size_t size);
void kcs_aml_find_fields(struct kcs_aml *aml, const u8 *code, size_t size,
			 kcs_aml_visit visit, void *context);

#endif /* KCS_AML_H */
