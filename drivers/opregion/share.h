/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_SHARE_H
#define KCS_SHARE_H

#include <kcs/msg.h>
#include <linux/types.h>

struct kcs_host;

/* Replies kept at most, of those that may be. */
#define KCS_SHARE_KEPT_MAX	8

/**
 * enum kcs_share_how - where a reply came from
 * @KCS_SHARE_OWN: from a transfer of the caller's own
 * @KCS_SHARE_JOINED: from one that was on its way already
 * @KCS_SHARE_KEPT: from one that ended a short time ago
 */
enum kcs_share_how {
	KCS_SHARE_OWN,
	KCS_SHARE_JOINED,
	KCS_SHARE_KEPT,
};

int kcs_share_transfer(struct kcs_host *host, const struct kcs_msg *request,
		       struct kcs_msg *reply, u32 timeout_ms, u32 keep_ms);
void kcs_share_open(void);
void kcs_share_close(void);

#endif /* KCS_SHARE_H */
