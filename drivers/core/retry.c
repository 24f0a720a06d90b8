// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which requests are repeated, and after which back-off. Pure.
 *
 * A completion code that says "not now" means the command was not executed, so
 * any command may be repeated. When it is not known whether it was, only a
 * command that changes nothing is, once.
 */
#include "retry.h"

#include <kcs/command.h>
#include <kcs/regs.h>
#include <linux/errno.h>

#define BACKOFF_MIN_MS	10
#define BACKOFF_MAX_MS	500

/* Asked twice, it does nothing else than asked once. Its LUN is the one known. */
static bool is_repeatable(const struct kcs_msg *request)
{
	return !(request->bytes[0] & 3) &&
	       kcs_command_flags(request) & KCS_COMMAND_READS;
}

/* 10, 20, 40 ... ms */
static u32 back_off_ms(u32 tries)
{
	u32 ms = BACKOFF_MIN_MS;

	while (--tries && ms < BACKOFF_MAX_MS)
		ms *= 2;
	return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

static bool says_not_now(u8 cc)
{
	return cc == IPMI_NODE_BUSY_ERR || cc == IPMI_DEVICE_IN_FW_UPDATE_ERR ||
	       cc == IPMI_DEVICE_IN_INIT_ERR;
}

/**
 * kcs_retry_backoff_ms() - return the back-off before another try of a request
 * @request: the request
 * @tries: how often it was sent, 1 at least
 * @tries_max: how often it may be while the BMC says "not now"
 * @err: how that ended, 0 or a negative errno
 * @cc: the completion code, when @err is 0
 *
 * Return: the back-off in milliseconds, as far as the deadline
 * allows; %KCS_RETRY_NEVER when it is not repeated.
 */
u32 kcs_retry_backoff_ms(const struct kcs_msg *request, u32 tries, u32 tries_max,
			 int err, u8 cc)
{
	bool lost = err == -EIO || err == -EBADMSG;

	if (!err && says_not_now(cc) && tries < tries_max)
		return back_off_ms(tries);
	if ((lost || (!err && cc == IPMI_TIMEOUT_ERR)) && tries == 1 &&
	    is_repeatable(request))
		return 0;
	return KCS_RETRY_NEVER;
}
