/* SPDX-License-Identifier: GPL-2.0-only */
/* How far apart the registers are where no table says so. Pure: values in, values out. */
#ifndef KCS_DISCOVERY_SPACING_H
#define KCS_DISCOVERY_SPACING_H

#include <linux/types.h>

struct kcs_io;

/* In the order in which they are tried. */
#define KCS_SPACINGS	3
extern const u8 kcs_spacings[KCS_SPACINGS];

bool kcs_spacing_responds(struct kcs_io *io);

#endif /* KCS_DISCOVERY_SPACING_H */
