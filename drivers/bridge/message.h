/* SPDX-License-Identifier: GPL-2.0-only */
/* The message handler's messages and ours: the same bytes, with a length. */
#ifndef KCS_MESSAGE_H
#define KCS_MESSAGE_H

#include <kcs/msg.h>
#include <linux/types.h>

/* Deadline of what gives the BMC new firmware, or is sent meanwhile. */
#define KCS_MESSAGE_MAINTENANCE_MS	60000

int kcs_message_request(struct kcs_msg *request, const u8 *data, size_t size);
size_t kcs_message_reply(u8 *data, const struct kcs_msg *reply);
size_t kcs_message_failure(u8 *data, const u8 *request, int err);

#endif /* KCS_MESSAGE_H */
