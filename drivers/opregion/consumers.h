/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_CONSUMERS_H
#define KCS_CONSUMERS_H

void kcs_consumers_probe_again(const char *ids);

#endif /* KCS_CONSUMERS_H */
