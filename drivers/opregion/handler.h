/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_HANDLER_H
#define KCS_HANDLER_H

#include "space_handler.h"

extern const struct kcs_anchor_ops kcs_handler_ops;

int kcs_handler_set_policy(const char *words);

#endif /* KCS_HANDLER_H */
