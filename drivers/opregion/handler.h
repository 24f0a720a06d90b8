/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_HANDLER_H
#define KCS_HANDLER_H

#include <linux/acpi.h>

struct kcs_opregion;

struct kcs_opregion *kcs_opregion_create(acpi_handle node);
void kcs_opregion_destroy(struct kcs_opregion *opregion);

#endif /* KCS_HANDLER_H */
