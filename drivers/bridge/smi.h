/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_SMI_H
#define KCS_SMI_H

#include <kcs/host.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ipmi_smi;
struct ipmi_smi_msg;

/**
 * struct kcs_smi - an interface
 * @node: place in the list of them
 * @host: the interface
 * @listener: hears of events, while @listening
 * @listening: nobody else did before
 * @enroll: registers it, and tries again while that fails
 * @again_s: after how long it was tried again last; 0 if it was not
 * @is_tried: it was tried once
 * @intf: what the message handler calls it; NULL until it is registered
 * @maintenance: somebody said that the BMC gets new firmware
 * @polled: nobody but poll() does anything any more
 * @failed: messages that had no reply then, in a row
 * @is_petted: the watchdog's heartbeat was seen
 * @petted: when it was
 * @msg: the message on its way; whoever clears it returns it
 * @identity: what the BMC said last of who it is; empty if it never did
 * @wire: the message being handed in; there is one at a time
 * @riding: requests that were handed in, and whose end was not told yet
 * @lock: guards what follows
 * @leaving: messages are returned at once
 * @request: what was handed in last, until its end was told
 * @carried: the message that it carries
 */
struct kcs_smi {
	struct list_head node;
	struct kcs_host *host;
	struct kcs_listener listener;
	bool listening;
	struct delayed_work enroll;
	u32 again_s;
	bool is_tried;
	struct ipmi_smi *intf;
	bool maintenance, polled;
	u32 failed;
	bool is_petted;
	unsigned long petted;
	struct ipmi_smi_msg *msg;
	struct kcs_msg identity;
	struct kcs_msg wire;
	atomic_t riding;
	spinlock_t lock;	/* leaving, request, carried */
	bool leaving;
	struct kcs_request *request;
	struct ipmi_smi_msg *carried;
};

struct kcs_smi *kcs_smi_create(struct kcs_host *host);
void kcs_smi_enroll(struct kcs_smi *smi);
void kcs_smi_settle(u32 ms);
void kcs_smi_remove(struct kcs_smi *smi);

#endif /* KCS_SMI_H */
