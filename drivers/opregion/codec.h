/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer AML exchanges with an IPMI operation region (ACPI 6.0,
 * 5.5.2.4.3): status, length, then 64 bytes of data, in and out.
 */
#ifndef KCS_CODEC_H
#define KCS_CODEC_H

#include <kcs/msg.h>
#include <linux/types.h>

#define KCS_CODEC_BUFFER_SIZE	66
#define KCS_CODEC_DATA_MAX	64

/* Offsets in the buffer */
#define KCS_CODEC_STATUS	0
#define KCS_CODEC_LENGTH	1
#define KCS_CODEC_DATA		2

/* Status byte: did the BMC answer? What it answered is in the data. */
#define KCS_CODEC_OK		0x00
#define KCS_CODEC_FAILURE	0x07
#define KCS_CODEC_TIMEOUT	0x10

int kcs_codec_request(u64 address, const u8 *buffer, struct kcs_msg *request);
int kcs_codec_reply(u8 *buffer, const struct kcs_msg *reply);
void kcs_codec_failure(u8 *buffer, int err);

#endif /* KCS_CODEC_H */
