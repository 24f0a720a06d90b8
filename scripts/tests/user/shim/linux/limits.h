/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include_next <linux/limits.h>

#define U8_MAX	0xff
#define U16_MAX	0xffff
#define U32_MAX	0xffffffffu
#define U64_MAX	(~0ull)

#ifndef INT_MAX
#define INT_MAX	0x7fffffff
#endif

#endif
