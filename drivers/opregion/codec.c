// SPDX-License-Identifier: GPL-2.0-only
/*
 * AML's buffer to an IPMI message and back. What AML gets to see:
 *
 *   the BMC answered           status 00h  data: completion code, rest
 *   its answer is a bare C3h   status 10h  data: C3h, a time-out of the BMC's own
 *   no answer by the deadline  status 10h  data: C3h
 *   anything else              status 07h  data: FFh
 *
 * A completion code is in data[0] whatever happened, and no byte of the
 * request is left in the buffer: AML that looks at one thing only, be it the
 * status or the code, sees a failure where there is one.
 */
#include "codec.h"

#include <kcs/regs.h>

/**
 * kcs_codec_request() - from AML's buffer to a request
 * @address: NetFn in bits 15:8, command in bits 7:0; region offset plus field
 *	offset
 * @buffer: %KCS_CODEC_BUFFER_SIZE bytes; @buffer[1] says how many data bytes
 *	the request has, and is not to be trusted
 * @request: filled on success
 *
 * Context: any.
 * Return: 0; %-EMSGSIZE when the length is over 64; %-EINVAL when the NetFn is
 * odd (a reply's) or over 3Fh.
 */
int kcs_codec_request(u64 address, const u8 *buffer, struct kcs_msg *request)
{
	u8 length = buffer[KCS_CODEC_LENGTH];

	if (address >> 8 > KCS_NETFN_MAX)
		return -EINVAL;
	if (length > KCS_CODEC_DATA_MAX)
		return -EMSGSIZE;
	return kcs_msg_request(request, address >> 8, address & 0xff,
			       &buffer[KCS_CODEC_DATA], length);
}

static void answer(u8 *buffer, u8 status, const u8 *data, u8 length)
{
	memset(buffer, 0, KCS_CODEC_BUFFER_SIZE);
	buffer[KCS_CODEC_STATUS] = status;
	buffer[KCS_CODEC_LENGTH] = length;
	memcpy(&buffer[KCS_CODEC_DATA], data, length);
}

/**
 * kcs_codec_failure() - tell AML that there is no reply
 * @buffer: %KCS_CODEC_BUFFER_SIZE bytes, all written
 * @err: why, a negative errno
 *
 * Context: any.
 */
void kcs_codec_failure(u8 *buffer, int err)
{
	bool timeout = err == -ETIMEDOUT || err == -EHOSTDOWN;
	u8 cc = timeout ? KCS_CC_TIMEOUT : KCS_CC_UNSPECIFIED;

	answer(buffer, timeout ? KCS_CODEC_TIMEOUT : KCS_CODEC_FAILURE, &cc, 1);
}

/**
 * kcs_codec_reply() - from a reply to AML's buffer
 * @buffer: %KCS_CODEC_BUFFER_SIZE bytes, all written
 * @reply: the reply; data after a completion code other than 00h is passed on
 *	like any other
 *
 * A reply that does not fit is a failure: half of one could be taken for a
 * whole one. One too short to have a completion code is a failure, too.
 *
 * Context: any.
 */
void kcs_codec_reply(u8 *buffer, const struct kcs_msg *reply)
{
	u16 length = reply->len - KCS_MSG_REQUEST_MIN;
	bool bmc_timeout;

	if (reply->len < KCS_MSG_REPLY_MIN) {
		kcs_codec_failure(buffer, -EBADMSG);
		return;
	}
	if (length > KCS_CODEC_DATA_MAX) {
		kcs_codec_failure(buffer, -EMSGSIZE);
		return;
	}
	bmc_timeout = length == 1 && kcs_msg_cc(reply) == KCS_CC_TIMEOUT;
	answer(buffer, bmc_timeout ? KCS_CODEC_TIMEOUT : KCS_CODEC_OK,
	       &reply->bytes[KCS_MSG_REQUEST_MIN], length);
}
