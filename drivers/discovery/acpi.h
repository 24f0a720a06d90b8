/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_ACPI_H
#define KCS_DISCOVERY_ACPI_H

#include <linux/types.h>

struct device;

bool kcs_acpi_is_kcs(struct device *dev);
int kcs_acpi_check_type(struct device *dev);
void kcs_acpi_report_boards(void);

#endif /* KCS_DISCOVERY_ACPI_H */
