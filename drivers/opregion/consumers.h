/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_CONSUMERS_H
#define KCS_CONSUMERS_H

int kcs_consumers_open(const char *words);
void kcs_consumers_close(void);
void kcs_consumers_probe_again(void);

#endif /* KCS_CONSUMERS_H */
