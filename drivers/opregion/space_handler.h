/* SPDX-License-Identifier: GPL-2.0-only */
/* What kcs_opregion hangs on kcs_anchor. */
#ifndef KCS_ANCHOR_H
#define KCS_ANCHOR_H

#include <linux/types.h>

/**
 * struct kcs_anchor_ops - who answers AML
 * @write: a field was written: @scope is the device below which its region is,
 *	as given to kcs_anchor_cover(), @address NetFn << 8 | command, @buffer the
 *	66 bytes that are the request and become the answer; may sleep
 * @read: a field was read without a request; @buffer, of 8 bytes at least, says
 *	so already
 */
struct kcs_anchor_ops {
	void (*write)(void *scope, u64 address, u8 *buffer);
	void (*read)(u64 address, const u8 *buffer);
};

void kcs_anchor_call(void *scope, bool is_write, u64 address, u8 *buffer);
void kcs_anchor_attach(const struct kcs_anchor_ops *ops);
void *kcs_anchor_sb(void);
int kcs_anchor_cover(void *device);
void kcs_anchor_detach(void);

#endif /* KCS_ANCHOR_H */
