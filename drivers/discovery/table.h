/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_TABLE_H
#define KCS_DISCOVERY_TABLE_H

void kcs_table_create(void);
void kcs_table_remove(void);

#endif /* KCS_DISCOVERY_TABLE_H */
