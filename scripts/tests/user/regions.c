// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers/opregion/aml.c finds in tables: for each unit of a field of an IPMI
 * region a line, with the region, the unit, its address (NetFn << 8 | command, or ?
 * where that is computed), and Lock or NoLock.
 *
 *	regions FILE...
 */
#include "../../../drivers/opregion/aml.h"

#include <stdio.h>
#include <stdlib.h>

#define HEADER_SIZE	36
#define TABLES_MAX	64

static void print(const struct kcs_aml_field *field, void *context)
{
	printf("%s %s ", field->region->path, field->name);
	if (field->address == KCS_AML_UNKNOWN)
		printf("?");
	else
		printf("%llX", (unsigned long long)field->address);
	printf(" %s\n", field->lock ? "Lock" : "NoLock");
}

int main(int count, char **names)
{
	static struct kcs_aml aml;
	static u8 *tables[TABLES_MAX];
	static size_t sizes[TABLES_MAX];
	int i;

	for (i = 1; i < count && i < TABLES_MAX; i++) {
		FILE *file = fopen(names[i], "rb");
		long size;

		if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < HEADER_SIZE) {
			perror(names[i]);
			return 2;
		}
		rewind(file);
		/* Of just its size, so that a byte too far is seen. */
		tables[i] = malloc(size);
		sizes[i] = fread(tables[i], 1, size, file) - HEADER_SIZE;
		fclose(file);
		kcs_aml_find_regions(&aml, tables[i] + HEADER_SIZE, sizes[i]);
	}
	for (i = 1; i < count && i < TABLES_MAX; i++)
		kcs_aml_find_fields(&aml, tables[i] + HEADER_SIZE, sizes[i], print, NULL);
	return 0;
}
