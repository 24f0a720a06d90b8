/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_INTERFACE_H
#define KCS_DISCOVERY_INTERFACE_H

#include "location.h"

#include <linux/pm.h>

struct device;
struct device_driver;

extern const struct dev_pm_ops kcs_interface_pm;

int kcs_interface_start(struct device *dev, const struct kcs_location *location,
			int irq, bool irq_is_shared);
void kcs_interface_shutdown(struct device *dev);
void kcs_interface_report_taken(struct device *dev, const struct device_driver *ours);

#endif /* KCS_DISCOVERY_INTERFACE_H */
