/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_SENDER_H
#define KCS_SENDER_H

#include <kcs/compat.h>
#include <linux/ipmi_smi.h>
#include <linux/types.h>

struct kcs_smi;

KCS_COMPAT_SENT kcs_sender_send(void *send_info, struct ipmi_smi_msg *msg);
bool kcs_sender_is_polled(const struct kcs_smi *smi);
void kcs_sender_poll(void *send_info);
void kcs_sender_set_run_to_completion(void *send_info, bool on);
void kcs_sender_set_maintenance_mode(void *send_info, bool on);
void kcs_sender_close(struct kcs_smi *smi);
void kcs_sender_drain(struct kcs_smi *smi);

#endif /* KCS_SENDER_H */
