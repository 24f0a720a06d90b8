/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_BITS_H
#define SHIM_BITS_H

#define BIT(n)		(1u << (n))
#define GENMASK(h, l)	((~0u >> (31 - (h))) & (~0u << (l)))

#endif /* SHIM_BITS_H */
