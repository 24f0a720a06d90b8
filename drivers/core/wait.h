/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_WAIT_H
#define KCS_WAIT_H

#include <linux/types.h>

/* Most handshakes of an idle BMC end within it. */
#define KCS_WAIT_SPIN_US	20

u32 kcs_wait_nap_us(u32 waited_us, u32 spun_us);

#endif /* KCS_WAIT_H */
