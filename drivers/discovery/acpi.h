/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_ACPI_H
#define KCS_DISCOVERY_ACPI_H

struct device;

/* IPMI 2.0 rev 1.1, C3.1; SMBIOS has the same numbers. */
#define KCS_ACPI_KIND_KCS	1

/**
 * typedef kcs_acpi_visitor - called with a board device
 * @dev: the ACPI device
 * @context: as given to kcs_acpi_visit_boards()
 */
typedef void (*kcs_acpi_visitor)(struct device *dev, void *context);

int kcs_acpi_kind(struct device *dev);
void kcs_acpi_visit_boards(kcs_acpi_visitor visitor, void *context);
void kcs_acpi_report_boards(void);

#endif /* KCS_DISCOVERY_ACPI_H */
