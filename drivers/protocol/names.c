// SPDX-License-Identifier: GPL-2.0-only
/* States, status bits and interface status codes in words. */
#include "names.h"

/**
 * kcs_names_sm_state() - a protocol state in words
 * @state: the state
 *
 * Context: any.
 * Return: a constant string, "unknown" for what is not a state.
 */
const char *kcs_names_sm_state(enum kcs_sm_state state)
{
	static const char * const names[KCS_SM_STATES] = {
		[KCS_SM_WAIT_START] = "WAIT_START",
		[KCS_SM_WAIT_WRITE_START] = "WAIT_WRITE_START",
		[KCS_SM_WAIT_WRITE_DATA] = "WAIT_WRITE_DATA",
		[KCS_SM_WAIT_WRITE_END] = "WAIT_WRITE_END",
		[KCS_SM_WAIT_REPLY] = "WAIT_REPLY",
		[KCS_SM_WAIT_DUMMY] = "WAIT_DUMMY",
		[KCS_SM_WAIT_ABORT] = "WAIT_ABORT",
		[KCS_SM_WAIT_ABORT_TAKEN] = "WAIT_ABORT_TAKEN",
		[KCS_SM_WAIT_ABORT_READ] = "WAIT_ABORT_READ",
		[KCS_SM_WAIT_ABORT_CODE] = "WAIT_ABORT_CODE",
		[KCS_SM_WAIT_ABORT_IDLE] = "WAIT_ABORT_IDLE",
		[KCS_SM_WAIT_ABORT_DUMMY] = "WAIT_ABORT_DUMMY",
		[KCS_SM_PAUSE] = "PAUSE",
		[KCS_SM_END] = "END",
	};

	return state < KCS_SM_STATES ? names[state] : "unknown";
}

/**
 * kcs_names_error_code() - an interface status code in words (table 9-5)
 * @code: what the error exit read
 *
 * Context: any.
 * Return: a constant string.
 */
const char *kcs_names_error_code(u8 code)
{
	switch (code) {
	case KCS_ERROR_NONE:
		return "no error";
	case KCS_ERROR_ABORTED:
		return "aborted by the host";
	case KCS_ERROR_CONTROL:
		return "illegal control code";
	case KCS_ERROR_LENGTH:
		return "length error";
	case 0xc0 ... 0xfe:
		return "OEM error";
	case KCS_ERROR_UNSPECIFIED:
		return "unspecified error";
	default:
		return "reserved code";
	}
}

/**
 * kcs_names_status() - a status byte in words, like "READ OBF SMS_ATN"
 * @text: where to
 * @size: size of @text; %KCS_NAMES_STATUS_SIZE holds every status
 * @status: the status byte
 *
 * Context: any.
 * Return: @text.
 */
const char *kcs_names_status(char *text, size_t size, u8 status)
{
	static const char * const states[] = { "IDLE", "READ", "WRITE", "ERROR" };
	static const struct {
		u8 bit;
		const char *name;
	} bits[] = {
		{ KCS_STATUS_OEM2, " OEM2" },
		{ KCS_STATUS_OEM1, " OEM1" },
		{ KCS_STATUS_CD, " C/D" },
		{ KCS_STATUS_SMS_ATN, " SMS_ATN" },
		{ KCS_STATUS_IBF, " IBF" },
		{ KCS_STATUS_OBF, " OBF" },
		{},
	}, *bit;

	strscpy(text, states[kcs_status_state(status)], size);
	for (bit = bits; bit->name; bit++)
		if (status & bit->bit)
			strlcat(text, bit->name, size);
	return text;
}
