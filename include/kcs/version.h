/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Version and maintainers. Modules and packages take them from these two lines;
 * scripts/package/build reads them as text.
 */
#ifndef KCS_VERSION_H
#define KCS_VERSION_H

#define KCS_VERSION	"0.9.0"
#define KCS_AUTHOR	"Seed 8c470cdc maintainers <maintainers@users.noreply.r-seed-8c470cdc.example>"

#endif /* KCS_VERSION_H */
