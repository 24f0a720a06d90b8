/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H

#include <stdio.h>
#include <string.h>

/* Returns nothing: no caller here uses the length. */
static inline void strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
}

static inline void strlcat(char *to, const char *from, size_t size)
{
	size_t used = strlen(to);

	snprintf(to + used, size - used, "%s", from);
}

#endif /* SHIM_STRING_H */
