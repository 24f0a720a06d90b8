/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_COALESCE_H
#define KCS_COALESCE_H

#include <kcs/msg.h>
#include <linux/types.h>

struct kcs_host;

/* Replies kept at most, of those that may be. */
#define KCS_COALESCE_KEPT_MAX	8

/**
 * enum kcs_coalesce_how - where a reply came from
 * @KCS_COALESCE_OWN: from a transfer of the caller's own
 * @KCS_COALESCE_JOINED: from one that was on its way already
 * @KCS_COALESCE_KEPT: from one that ended a short time ago
 */
enum kcs_coalesce_how {
	KCS_COALESCE_OWN,
	KCS_COALESCE_JOINED,
	KCS_COALESCE_KEPT,
};

int kcs_coalesce_transfer(struct kcs_host *host, const struct kcs_msg *request,
			  struct kcs_msg *reply, u32 timeout_ms, u32 keep_ms);
void kcs_coalesce_open(void);
void kcs_coalesce_close(void);

#endif /* KCS_COALESCE_H */
