// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which requests are worth a repetition, and after which rest.
 *
 * A completion code that says "not now" means the command was not executed, so
 * any command may be repeated. When it is not known whether it was, only a
 * command that changes nothing is.
 */
#include "retry.h"

#include <kcs/regs.h>
#include <linux/errno.h>

#define REST_MIN_MS	10
#define REST_MAX_MS	500

/* The first data byte says whose command it is: in other groups they write. */
static bool is_dcmi(const struct kcs_msg *request)
{
	return request->len > KCS_MSG_REQUEST_MIN &&
	       request->bytes[KCS_MSG_REQUEST_MIN] == KCS_GROUP_DCMI;
}

/* Asked twice, they do nothing else than asked once. */
static bool is_harmless(const struct kcs_msg *request)
{
	static const struct {
		u8 netfn, cmd;
	} harmless[] = {
		{ 0x00, 0x00 },	/* Get Chassis Capabilities */
		{ 0x00, 0x01 },	/* Get Chassis Status */
		{ 0x04, 0x27 },	/* Get Sensor Thresholds */
		{ 0x04, 0x2d },	/* Get Sensor Reading */
		{ 0x06, 0x01 },	/* Get Device ID */
		{ 0x06, 0x08 },	/* Get Device GUID */
		{ 0x06, 0x25 },	/* Get Watchdog Timer */
		{ 0x06, 0x2f },	/* Get BMC Global Enables */
		{ 0x06, 0x31 },	/* Get Message Flags */
		{ 0x06, 0x37 },	/* Get System GUID */
		{ 0x06, 0x57 },	/* Get System Interface Capabilities */
		{ 0x06, 0x59 },	/* Get System Info Parameters */
		{ 0x0a, 0x10 },	/* Get FRU Inventory Area Info */
		{ 0x0a, 0x11 },	/* Read FRU Data */
		{ 0x0a, 0x20 },	/* Get SDR Repository Info */
		{ 0x0a, 0x40 },	/* Get SEL Info */
		{ 0x0a, 0x48 },	/* Get SEL Time */
		{ 0x2c, 0x01 },	/* DCMI: Get Capabilities */
		{ 0x2c, 0x02 },	/* DCMI: Get Power Reading */
		{ 0x2c, 0x03 },	/* DCMI: Get Power Limit */
		{ KCS_NETFN_MAX },
	}, *entry;

	for (entry = harmless; entry->netfn != KCS_NETFN_MAX; entry++)
		if (request->bytes[0] == entry->netfn << 2 &&
		    request->bytes[1] == entry->cmd)
			return entry->netfn != KCS_NETFN_GROUP || is_dcmi(request);
	return false;
}

/* 10, 20, 40 ... ms */
static u32 back_off_ms(u32 tries)
{
	u32 rest_ms = REST_MIN_MS;

	while (--tries && rest_ms < REST_MAX_MS)
		rest_ms *= 2;
	return rest_ms < REST_MAX_MS ? rest_ms : REST_MAX_MS;
}

/**
 * kcs_retry_rest_ms() - is a request worth another try?
 * @request: the request
 * @tries: how often it was sent, 1 at least
 * @err: how that ended, 0 or a negative errno
 * @cc: the completion code, when @err is 0
 *
 * Context: any.
 * Return: the rest before the next try in milliseconds, as far as the deadline
 * allows; %KCS_RETRY_NEVER when it is not repeated.
 */
u32 kcs_retry_rest_ms(const struct kcs_msg *request, u32 tries, int err, u8 cc)
{
	bool lost = err == -EIO || err == -EBADMSG;

	if (!err && (cc == KCS_CC_BUSY || cc == KCS_CC_UPDATING ||
		     cc == KCS_CC_STARTING))
		return back_off_ms(tries);
	if ((lost || (!err && cc == KCS_CC_TIMEOUT)) && tries == 1 &&
	    is_harmless(request))
		return 0;
	return KCS_RETRY_NEVER;
}
