// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interface of another driver as a transport: one message at a time goes to
 * ipmi_msghandler, which has no time limit, and comes back from it. Below the engine,
 * whose deadlines are the only ones.
 *
 * A message that was given up here is still with ipmi_msghandler, until its driver
 * gives it up as well. The next one waits for that, so that no queue of ours is executed
 * minutes late. But some are never returned: an oops of anything in the kernel costs
 * those that arrive meanwhile. So there is one more every two minutes at most, and that
 * is a search for the BMC.
 */
#include "via_transport.h"

#include <kcs/host.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

/* A message that comes back ends the sleep. */
#define RETURN_US	USEC_PER_SEC

/* Drivers give up a BMC that is silent within a minute, unless others' messages wait, too. */
#define LOST_US		(120 * USEC_PER_SEC)

static struct kcs_via_transport *to_via(struct kcs_transport *transport)
{
	return container_of(transport, struct kcs_via_transport, transport);
}

/* -- Sending. ------------------------------------------------------------- */

static void via_begin(struct kcs_transport *transport,
		      const struct kcs_msg *request, struct kcs_msg *reply)
{
	struct kcs_via_transport *via = to_via(transport);

	via->reply = reply;
	via->wire = *request;
	via->is_sent = false;
}

/* Not while an earlier one is out, unless it is lost. */
static bool via_reserve(struct kcs_via_transport *via, u64 now_us)
{
	unsigned long flags;
	bool is_free;

	spin_lock_irqsave(&via->lock, flags);
	is_free = !via->is_out || now_us - via->sent_us >= LOST_US;
	if (is_free) {
		via->is_out = true;
		via->sent_us = now_us;
		via->is_awaited = true;
		via->serial++;
	}
	spin_unlock_irqrestore(&via->lock, flags);
	return is_free;
}

static void via_release(struct kcs_via_transport *via)
{
	unsigned long flags;

	spin_lock_irqsave(&via->lock, flags);
	via->is_out = false;
	via->is_awaited = false;
	spin_unlock_irqrestore(&via->lock, flags);
}

/*
 * What ipmi_msghandler keeps for itself (Send Message, Get Message, Read Event Message
 * Buffer) and what is too long for it says nothing of the BMC. Anything else, a driver
 * that is going included, means that there is no way to it.
 */
static int refusal(int err)
{
	return err == -EINVAL || err == -EMSGSIZE ? -EINVAL : -EIO;
}

static int via_hand_over(struct kcs_via_transport *via)
{
	int err = -ENODEV;
	struct ipmi_system_interface_addr address = {
		.addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
		.channel = IPMI_BMC_CHANNEL,
		.lun = via->wire.bytes[0] & 3,
	};
	struct kernel_ipmi_msg msg = {
		.netfn = via->wire.bytes[0] >> 2,
		.cmd = via->wire.bytes[1],
		.data = &via->wire.bytes[KCS_MSG_REQUEST_MIN],
		.data_len = via->wire.len - KCS_MSG_REQUEST_MIN,
	};

	mutex_lock(&via->user_lock);
	if (via->user)
		err = ipmi_request_settime(via->user, (struct ipmi_addr *)&address,
					   via->serial, &msg, NULL, 0, 0, 0);
	mutex_unlock(&via->user_lock);
	return err;
}

static int via_send(struct kcs_via_transport *via, u64 now_us)
{
	int err;

	if (!via_reserve(via, now_us))
		return 0;
	via->is_sent = true;
	err = via_hand_over(via);
	if (!err)
		return 0;
	via_release(via);
	return refusal(err);
}

/* -- Receiving. ----------------------------------------------------------- */

/* IPMI 2.0 rev 1.1, 9.3; what does not fit is shown as a reply that is too short. */
static void answer_of(struct kcs_msg *answer, const struct kernel_ipmi_msg *msg)
{
	answer->len = 0;
	if (msg->data_len > KCS_MSG_MAX - KCS_MSG_REQUEST_MIN)
		return;
	answer->bytes[0] = msg->netfn << 2;
	answer->bytes[1] = msg->cmd;
	memcpy(&answer->bytes[KCS_MSG_REQUEST_MIN], msg->data, msg->data_len);
	answer->len = KCS_MSG_REQUEST_MIN + msg->data_len;
}

/**
 * kcs_via_transport_receive() - take a message that ipmi_msghandler returns
 * @via: the transport
 * @msg: the message; the caller frees it
 *
 * Anything but the reply to the message sent last is discarded: events and
 * commands are for others.
 *
 * Context: any; no lock held.
 */
void kcs_via_transport_receive(struct kcs_via_transport *via,
			       const struct ipmi_recv_msg *msg)
{
	bool is_ours, is_awaited;
	unsigned long flags;

	spin_lock_irqsave(&via->lock, flags);
	is_ours = via->is_out && msg->recv_type == IPMI_RESPONSE_RECV_TYPE &&
		  msg->msgid == via->serial;
	is_awaited = is_ours && via->is_awaited;
	if (is_awaited)
		answer_of(&via->answer, &msg->msg);
	if (is_ours)
		via->is_out = false;
	spin_unlock_irqrestore(&via->lock, flags);
	if (is_awaited)
		kcs_host_progress(via->transport.host);
	else if (is_ours)
		kcs_host_stir(via->transport.host);
}

static bool via_take(struct kcs_via_transport *via, struct kcs_msg *answer)
{
	bool is_answered;
	unsigned long flags;

	spin_lock_irqsave(&via->lock, flags);
	is_answered = via->is_awaited && !via->is_out;
	if (is_answered) {
		via->is_awaited = false;
		*answer = via->answer;
	}
	spin_unlock_irqrestore(&via->lock, flags);
	return is_answered;
}

/*
 * FFh or 82h alone is what ipmi_msghandler and drivers return for a message that failed:
 * one that was given up, or got the reply to another. A BMC that says so itself cannot be
 * told from that, and costs a search for it. AML gets the code all the same, with the
 * status that says that there was no reply.
 */
static bool is_failure(const struct kcs_msg *answer)
{
	u8 cc = kcs_msg_cc(answer);

	return answer->len == KCS_MSG_REPLY_MIN &&
	       (cc == IPMI_ERR_UNSPECIFIED || cc == IPMI_BUS_ERR);
}

static u32 via_end(struct kcs_via_transport *via, int result)
{
	via->transport.result = result;
	return KCS_STEP_DONE;
}

static u32 via_judge(struct kcs_via_transport *via, const struct kcs_msg *answer)
{
	if (!kcs_msg_answers(answer, &via->wire))
		return via_end(via, -EBADMSG);
	if (is_failure(answer))
		return via_end(via, -EIO);
	*via->reply = *answer;
	return via_end(via, 0);
}

static u32 via_step(struct kcs_transport *transport, u64 now_us, bool interrupt)
{
	struct kcs_via_transport *via = to_via(transport);
	struct kcs_msg answer;
	int err = via->is_sent ? 0 : via_send(via, now_us);

	if (err)
		return via_end(via, err);
	return via_take(via, &answer) ? via_judge(via, &answer) : RETURN_US;
}

/* -- Ending. -------------------------------------------------------------- */

/* It is still with the driver, and not looked at when it comes back. */
static void via_abandon(struct kcs_transport *transport)
{
	struct kcs_via_transport *via = to_via(transport);
	unsigned long flags;

	spin_lock_irqsave(&via->lock, flags);
	via->is_awaited = false;
	spin_unlock_irqrestore(&via->lock, flags);
}

static u8 via_look(struct kcs_transport *transport)
{
	return 0;
}

static void via_describe(const struct kcs_transport *transport, char *text,
			 size_t size)
{
	const struct kcs_via_transport *via =
		container_of(transport, struct kcs_via_transport, transport);

	scnprintf(text, size, "%s the driver of the interface",
		  READ_ONCE(via->is_out) ? "waiting for" : "in");
}

static const struct kcs_transport_ops via_ops = {
	.begin = via_begin,
	.step = via_step,
	.abandon = via_abandon,
	.look = via_look,
	.describe = via_describe,
};

/**
 * kcs_via_transport_init() - a transport that has no user yet
 * @via: filled but for @user, which is the caller's to create
 */
void kcs_via_transport_init(struct kcs_via_transport *via)
{
	*via = (struct kcs_via_transport){ .transport.ops = &via_ops };
	mutex_init(&via->user_lock);
	spin_lock_init(&via->lock);
}

/**
 * kcs_via_transport_close() - send and receive nothing any more
 * @via: the transport; closed again nothing happens
 *
 * Destroys the user. Linux 6.1 does that as well for an interface that goes, holding
 * no reference, once all have been told of it: so this has to be done until then.
 *
 * Context: may sleep, not as long as a message may take.
 */
void kcs_via_transport_close(struct kcs_via_transport *via)
{
	struct ipmi_user *user;

	mutex_lock(&via->user_lock);
	user = via->user;
	via->user = NULL;
	mutex_unlock(&via->user_lock);
	if (user)
		ipmi_destroy_user(user);
}
