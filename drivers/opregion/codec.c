// SPDX-License-Identifier: GPL-2.0-only
/*
 * AML's buffer to an IPMI message and back. What AML gets to see:
 *
 *   the BMC answered           status 00h  data: completion code, rest
 *   its answer is a bare C3h   status 10h  data: C3h, a time-out of the BMC's own
 *   no answer by the deadline  status 10h  data: C3h
 *   no BMC yet, or a dead one  status 10h  data: C3h
 *   denied by the policy       status 00h  data: D4h
 *   a reply of over 64 bytes   status 07h  data: FFh
 *   a length byte over 64      status 07h  data: FFh
 *   no NetFn of a request      status 07h  data: FFh
 *   a read without a write     status 07h  data: FFh
 *   anything else              status 07h  data: FFh
 *
 * The decisions behind it:
 *
 *   Status says whether the BMC answered, the completion code what: a bare code
 *   is an answer, and so are data after a code other than 00h (DCMI's "no active
 *   limit" is 80h with the limit).
 *   A completion code is in data[0] whatever happened, and no byte of the
 *   request is left in the buffer: AML that looks at one thing only, be it the
 *   status or the code, sees a failure where there is one.
 *   A denied command is answered as a BMC does that denies it.
 *   A reply that does not fit is a failure: half of one could be taken for a
 *   whole one. A length over 64 is one, too: ACPICA has no more to give.
 *   What of AML's buffer ACPICA did not get reads as zero, whatever length says.
 *   A field beyond the end of its region is served: ACPICA does not tell where
 *   that is, and the address says all. scripts/aml-lint finds it.
 *   The LUN is 0; the specification has no place for another.
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
 * Return: 0; %-EINVAL when the length is over 64, or the NetFn is odd (a
 * reply's) or over 3Fh.
 */
int kcs_codec_request(u64 address, const u8 *buffer, struct kcs_msg *request)
{
	u8 length = buffer[KCS_CODEC_LENGTH];

	if (address >> 8 > KCS_NETFN_MAX || length > KCS_CODEC_DATA_MAX)
		return -EINVAL;
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
	u8 status = KCS_CODEC_FAILURE, cc = IPMI_ERR_UNSPECIFIED;

	if (err == -ETIMEDOUT || err == -EHOSTDOWN) {
		status = KCS_CODEC_TIMEOUT;
		cc = IPMI_TIMEOUT_ERR;
	} else if (err == -EACCES) {
		status = KCS_CODEC_OK;
		cc = KCS_CC_PRIVILEGE;
	}
	answer(buffer, status, &cc, 1);
}

/**
 * kcs_codec_reply() - from a reply to AML's buffer
 * @buffer: %KCS_CODEC_BUFFER_SIZE bytes, all written on success
 * @reply: the reply; data after a completion code other than 00h is passed on
 *	like any other
 *
 * Context: any.
 * Return: 0; %-EMSGSIZE when it does not fit; %-EBADMSG when it is too short to
 * have a completion code.
 */
int kcs_codec_reply(u8 *buffer, const struct kcs_msg *reply)
{
	u16 length = reply->len - KCS_MSG_REQUEST_MIN;
	bool bmc_timeout;

	if (reply->len < KCS_MSG_REPLY_MIN)
		return -EBADMSG;
	if (length > KCS_CODEC_DATA_MAX)
		return -EMSGSIZE;
	bmc_timeout = length == 1 && kcs_msg_cc(reply) == IPMI_TIMEOUT_ERR;
	answer(buffer, bmc_timeout ? KCS_CODEC_TIMEOUT : KCS_CODEC_OK,
	       &reply->bytes[KCS_MSG_REQUEST_MIN], length);
	return 0;
}
