/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_NAMES_H
#define KCS_NAMES_H

#include "sm.h"

#include <linux/types.h>

/* Holds every status byte in words. */
#define KCS_NAMES_STATUS_SIZE	48

const char *kcs_names_sm_state(enum kcs_sm_state state);
const char *kcs_names_error_code(u8 code);
const char *kcs_names_status(char *text, size_t size, u8 status);

#endif /* KCS_NAMES_H */
