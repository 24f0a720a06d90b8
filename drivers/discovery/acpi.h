/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_ACPI_H
#define KCS_DISCOVERY_ACPI_H

#include <kcs/io.h>

struct device;
struct platform_device;
struct resource;

int kcs_acpi_decode(const struct resource *resources, u32 count,
		    struct kcs_location *location);
bool kcs_acpi_is_kcs(struct device *dev);
int kcs_acpi_locate(struct platform_device *pdev,
		    struct kcs_location *location);

#endif /* KCS_DISCOVERY_ACPI_H */
