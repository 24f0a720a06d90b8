/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_INTERFACE_H
#define KCS_DISCOVERY_INTERFACE_H

#include "location.h"

#include <linux/pm.h>

struct device;
struct device_driver;

/**
 * struct kcs_finding - what a table says of an interface, and what follows from it
 * @source: the table
 * @location: its registers; without spacing where the table names none
 * @verdict: why it is not to be taken, in words; empty where it is
 */
struct kcs_finding {
	const char *source;
	struct kcs_location location;
	char verdict[120];
};

extern const struct dev_pm_ops kcs_interface_pm;

struct device *kcs_interface_find(const struct kcs_location *location);
bool kcs_interface_locate(const struct device *dev, struct kcs_location *location);
int kcs_interface_start(struct device *dev, const struct kcs_location *location,
			int irq, bool irq_is_shared);
void kcs_interface_shutdown(struct device *dev);
void kcs_interface_report_taken(struct device *dev, const struct device_driver *ours);

#endif /* KCS_DISCOVERY_INTERFACE_H */
