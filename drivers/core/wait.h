/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_WAIT_H
#define KCS_WAIT_H

#include <linux/types.h>

u32 kcs_wait_nap_us(u32 waited_us);

#endif /* KCS_WAIT_H */
