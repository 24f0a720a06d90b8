/* SPDX-License-Identifier: GPL-2.0-only */
/* Platform devices that parameters name: their data is a struct kcs_location. */
#ifndef KCS_DISCOVERY_PARAM_DEVICE_H
#define KCS_DISCOVERY_PARAM_DEVICE_H

#include <linux/types.h>

#define KCS_PARAM_DEVICE	"kcs_param"

/* Twice what the parameters of a load can name; a loop of a script must not make more. */
#define KCS_PARAM_DEVICES_MAX	16

struct kcs_hotmod;
struct kcs_location;

int kcs_param_device_add(const struct kcs_location *location, u32 irq);
int kcs_param_device_remove(const struct kcs_hotmod *removal);
void kcs_param_device_close(void);

#endif /* KCS_DISCOVERY_PARAM_DEVICE_H */
