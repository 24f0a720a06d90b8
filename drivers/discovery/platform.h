/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PLATFORM_H
#define KCS_DISCOVERY_PLATFORM_H

#include <linux/types.h>

struct device;
struct kcs_finding;
struct kcs_location;
struct platform_device;

bool kcs_platform_is_candidate(struct device *dev);
struct device *kcs_platform_find_acpi(const struct kcs_location *location);
int kcs_platform_judge(struct platform_device *pdev, struct kcs_finding *finding);
bool kcs_platform_names_kcs(void);
bool kcs_platform_smbios_names_kcs(void);
int kcs_platform_register(void);
void kcs_platform_unregister(void);

#endif /* KCS_DISCOVERY_PLATFORM_H */
