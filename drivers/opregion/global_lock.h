/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_GLOBAL_LOCK_H
#define KCS_GLOBAL_LOCK_H

#include <linux/types.h>

bool kcs_global_lock_is_mine(void);

#endif /* KCS_GLOBAL_LOCK_H */
