/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_RETRY_H
#define KCS_RETRY_H

#include <kcs/msg.h>
#include <linux/types.h>

/* The request is not repeated. */
#define KCS_RETRY_NEVER	(~0u)

u32 kcs_retry_backoff_ms(const struct kcs_msg *request, u32 tries, u32 tries_max,
			 int err, u8 cc);

#endif /* KCS_RETRY_H */
