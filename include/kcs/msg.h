/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An IPMI message as it goes over KCS (IPMI 2.0 rev 1.1, 9.2 and 9.3):
 *   request   NetFn/LUN  Cmd  data...
 *   reply     NetFn/LUN  Cmd  completion code  data...
 */
#ifndef KCS_MSG_H
#define KCS_MSG_H

#include <linux/errno.h>
#include <linux/ipmi_msgdefs.h>
#include <linux/string.h>
#include <linux/types.h>

/* Largest message in bytes, both ways: what the kernel's IPMI layer can carry. */
#define KCS_MSG_MAX		272

#define KCS_MSG_REQUEST_MIN	2	/* NetFn/LUN, Cmd */
#define KCS_MSG_REPLY_MIN	3	/* NetFn/LUN, Cmd, completion code */
#define KCS_NETFN_MAX		0x3f	/* six bits; odd ones are replies */

/**
 * struct kcs_msg - one message, request or reply, in wire order
 * @len: bytes in use
 * @bytes: the message
 */
struct kcs_msg {
	u16 len;
	u8 bytes[KCS_MSG_MAX];
};

/**
 * kcs_msg_request() - write a request for the BMC, LUN 0
 * @msg: where to
 * @netfn: network function, even, at most 3Eh
 * @cmd: command
 * @data: bytes after the command, or NULL
 * @data_len: how many bytes
 *
 * Context: any.
 * Return: 0; %-EINVAL for a NetFn that no request can have; %-EMSGSIZE when
 * the message does not fit.
 */
static inline int kcs_msg_request(struct kcs_msg *msg, u8 netfn, u8 cmd,
				  const u8 *data, size_t data_len)
{
	if (netfn > KCS_NETFN_MAX || netfn & 1)
		return -EINVAL;
	if (data_len > KCS_MSG_MAX - KCS_MSG_REQUEST_MIN)
		return -EMSGSIZE;

	msg->bytes[0] = netfn << 2;
	msg->bytes[1] = cmd;
	if (data_len)
		memcpy(&msg->bytes[2], data, data_len);
	msg->len = KCS_MSG_REQUEST_MIN + data_len;
	return 0;
}

/**
 * kcs_msg_answers() - test whether a reply belongs to a request
 * @reply: what the BMC sent
 * @request: what it was asked
 *
 * A BMC that is out of step answers an earlier request, or sends a stale byte;
 * only the echoed NetFn and command show it. Deviation from 9.3: the LUN is not
 * compared, for some BMCs answer any LUN with LUN 0.
 *
 * Return: true when @reply is long enough and echoes NetFn + 1 and Cmd.
 */
static inline bool kcs_msg_answers(const struct kcs_msg *reply,
				   const struct kcs_msg *request)
{
	return reply->len >= KCS_MSG_REPLY_MIN &&
	       reply->bytes[0] >> 2 == (request->bytes[0] >> 2 | 1) &&
	       reply->bytes[1] == request->bytes[1];
}

/**
 * kcs_msg_app() - write a request of NetFn App with one data byte or none
 * @msg: where to
 * @cmd: command
 * @byte: the data byte, NULL for none
 */
static inline void kcs_msg_app(struct kcs_msg *msg, u8 cmd, const u8 *byte)
{
	kcs_msg_request(msg, IPMI_NETFN_APP_REQUEST, cmd, byte, byte ? 1 : 0);
}

/**
 * kcs_msg_cc() - the completion code of a reply
 * @reply: a reply of at least %KCS_MSG_REPLY_MIN bytes
 *
 * Context: any.
 * Return: the completion code.
 */
static inline u8 kcs_msg_cc(const struct kcs_msg *reply)
{
	return reply->bytes[2];
}

#endif /* KCS_MSG_H */
