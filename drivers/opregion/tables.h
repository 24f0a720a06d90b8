/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_TABLES_H
#define KCS_TABLES_H

#include <linux/types.h>

int kcs_tables_open(void);
void kcs_tables_close(void);
void kcs_tables_report(void);
bool kcs_tables_takes_lock(u64 address);

#endif /* KCS_TABLES_H */
