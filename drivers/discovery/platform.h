/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PLATFORM_H
#define KCS_DISCOVERY_PLATFORM_H

int kcs_platform_register(void);
void kcs_platform_unregister(void);

#endif /* KCS_DISCOVERY_PLATFORM_H */
