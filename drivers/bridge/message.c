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

#define NETFN_FIRMWARE		0x08

#define CMD_RESET_WATCHDOG	0x22
#define CMD_SET_WATCHDOG	0x24

/* Of HPM.1 */
#define CMD_ABORT_UPGRADE	0x30
#define CMD_MANUAL_ROLLBACK	0x38

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
		return KCS_CC_TIMEOUT;
	case -EBUSY:
		return KCS_CC_BUSY;
	case -EMSGSIZE:
		return KCS_CC_TOO_MUCH;
	case -EINVAL:
		return KCS_CC_LENGTH;
	default:
		return KCS_CC_UNSPECIFIED;
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

/**
 * kcs_message_is_watchdog() - does it keep the machine from being reset?
 * @request: the request
 *
 * Context: any.
 * Return: true for Reset and Set Watchdog Timer (IPMI 2.0 rev 1.1, 27.5, 27.6).
 */
bool kcs_message_is_watchdog(const struct kcs_msg *request)
{
	return request->bytes[0] >> 2 == KCS_NETFN_APP &&
	       (request->bytes[1] == CMD_RESET_WATCHDOG ||
		request->bytes[1] == CMD_SET_WATCHDOG);
}

/**
 * kcs_message_is_maintenance() - may it take long?
 * @request: the request
 *
 * Context: any.
 * Return: true for firmware commands: NetFn 08h, and those of HPM.1 R1.0 that
 * change firmware or ask how far that is: 30h to 38h.
 */
bool kcs_message_is_maintenance(const struct kcs_msg *request)
{
	u8 netfn = request->bytes[0] >> 2;

	return netfn == NETFN_FIRMWARE ||
	       (netfn == KCS_NETFN_GROUP && request->len > KCS_MSG_REQUEST_MIN &&
		request->bytes[KCS_MSG_REQUEST_MIN] == KCS_GROUP_PICMG &&
		request->bytes[1] >= CMD_ABORT_UPGRADE &&
		request->bytes[1] <= CMD_MANUAL_ROLLBACK);
}
