// SPDX-License-Identifier: GPL-2.0-only
/*
 * The message handler's messages and ours. Where there is no reply, the program
 * gets a completion code:
 *
 *	C3h	no reply by the deadline
 *	C0h	too many requests wait
 *	CAh	the reply is longer than a message can be
 *	C7h	the request is too short or too long to be sent
 *	FFh	anything else: the BMC is dead, the interface gone, or a reply
 *		was somebody else's
 */
#include "message.h"

#include <kcs/regs.h>

/**
 * kcs_message_request() - what a program sends, as it goes over KCS
 * @request: filled on success
 * @data: NetFn and LUN, command, data
 * @size: how many bytes
 *
 * Context: any.
 * Return: 0; %-EINVAL for what is no request, or does not fit.
 */
int kcs_message_request(struct kcs_msg *request, const u8 *data, size_t size)
{
	if (size < KCS_MSG_REQUEST_MIN || size > KCS_MSG_MAX ||
	    data[0] & 1 << 2)
		return -EINVAL;
	memcpy(request->bytes, data, size);
	request->len = size;
	return 0;
}

/**
 * kcs_message_reply() - what the BMC said, as the program gets it
 * @data: %KCS_MSG_MAX bytes
 * @reply: the reply
 *
 * Context: any.
 * Return: how many bytes.
 */
size_t kcs_message_reply(u8 *data, const struct kcs_msg *reply)
{
	memcpy(data, reply->bytes, reply->len);
	return reply->len;
}

static u8 code_of(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return IPMI_TIMEOUT_ERR;
	case -EBUSY:
		return IPMI_NODE_BUSY_ERR;
	case -EMSGSIZE:
		return KCS_CC_TOO_MUCH;
	case -EINVAL:
		return IPMI_REQ_LEN_INVALID_ERR;
	default:
		return IPMI_ERR_UNSPECIFIED;
	}
}

/**
 * kcs_message_failure() - there is no reply, as the program gets it
 * @data: three bytes at least
 * @request: what it sent, two bytes at least
 * @err: why, a negative errno
 *
 * Context: any.
 * Return: how many bytes.
 */
size_t kcs_message_failure(u8 *data, const u8 *request, int err)
{
	data[0] = request[0] | 1 << 2;
	data[1] = request[1];
	data[2] = code_of(err);
	return KCS_MSG_REPLY_MIN;
}
