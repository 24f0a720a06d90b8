/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_VIA_TRANSPORT_H
#define KCS_VIA_TRANSPORT_H

#include <kcs/msg.h>
#include <kcs/transport.h>
#include <linux/ipmi.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct kcs_via_transport - an interface of another driver as a transport
 * @transport: what the engine sees
 * @user_lock: protects @user
 * @user: whose messages ipmi_msghandler takes and returns; NULL when it is closed
 * @wire: the message in flight; ipmi_msghandler may keep a pointer into it
 * @reply: where its reply goes
 * @is_sent: it does not wait any more for the end of an earlier one, which was given
 *	up here and not by the driver
 * @lock: protects what follows
 * @serial: of the message sent last, which ipmi_msghandler returns with its reply
 * @sent_us: when it was sent
 * @is_out: it was not returned yet
 * @is_awaited: it was not given up, and its reply not taken yet
 * @answer: its reply, when @is_awaited and not @is_out
 */
struct kcs_via_transport {
	struct kcs_transport transport;
	struct mutex user_lock;		/* user */
	struct ipmi_user *user;
	struct kcs_msg wire;
	struct kcs_msg *reply;
	bool is_sent;
	spinlock_t lock;	/* serial, sent_us, is_out, is_awaited, answer */
	long serial;
	u64 sent_us;
	bool is_out;
	bool is_awaited;
	struct kcs_msg answer;
};

void kcs_via_transport_init(struct kcs_via_transport *via);
void kcs_via_transport_close(struct kcs_via_transport *via);
void kcs_via_transport_receive(struct kcs_via_transport *via,
			       const struct ipmi_recv_msg *msg);

#endif /* KCS_VIA_TRANSPORT_H */
