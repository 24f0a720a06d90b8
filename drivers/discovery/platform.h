/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PLATFORM_H
#define KCS_DISCOVERY_PLATFORM_H

#include <linux/types.h>

bool kcs_platform_names_kcs(void);
bool kcs_platform_smbios_names_kcs(void);
int kcs_platform_register(void);
void kcs_platform_unregister(void);

#endif /* KCS_DISCOVERY_PLATFORM_H */
