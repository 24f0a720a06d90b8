/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_VIA_TRANSPORT_H
#define KCS_VIA_TRANSPORT_H

#include <kcs/msg.h>
#include <kcs/transport.h>
#include <linux/ipmi.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * enum kcs_via_state - what a message is waiting for
 * @KCS_VIA_IDLE: nothing: there is none
 * @KCS_VIA_UNSENT: the end of an earlier one, given up here and not by the driver
 * @KCS_VIA_SENT: its reply
 */
enum kcs_via_state {
	KCS_VIA_IDLE,
	KCS_VIA_UNSENT,
	KCS_VIA_SENT,
};

/**
 * struct kcs_via_transport - an interface of another driver as a transport
 * @transport: what the engine sees
 * @user: whose messages ipmi_msghandler takes and returns
 * @state: of the message in flight
 * @request: it
 * @reply: where its reply goes
 * @wire: a copy of it, to which ipmi_msghandler may keep a pointer
 * @lock: protects what follows
 * @serial: of the message sent last, which ipmi_msghandler returns with its reply
 * @is_out: it was not returned yet
 * @is_awaited: it was not given up, and its reply not taken yet
 * @answer: its reply, when @is_awaited and not @is_out
 */
struct kcs_via_transport {
	struct kcs_transport transport;
	struct ipmi_user *user;
	enum kcs_via_state state;
	const struct kcs_msg *request;
	struct kcs_msg *reply;
	struct kcs_msg wire;
	spinlock_t lock;	/* serial, is_out, is_awaited, answer */
	long serial;
	bool is_out;
	bool is_awaited;
	struct kcs_msg answer;
};

void kcs_via_transport_init(struct kcs_via_transport *via);
void kcs_via_transport_receive(struct kcs_via_transport *via,
			       const struct ipmi_recv_msg *msg);

#endif /* KCS_VIA_TRANSPORT_H */
