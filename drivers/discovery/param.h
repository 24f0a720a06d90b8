/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a platform device tells what ACPI does not: the properties are those that the
 * kernel gives its "dmi-ipmi-si" devices.
 */
#ifndef KCS_DISCOVERY_PARAM_H
#define KCS_DISCOVERY_PARAM_H

#define KCS_PARAM_DEVICE	"kcs_param"
#define KCS_PARAM_TYPE		"ipmi-type"
#define KCS_PARAM_SIZE		"reg-size"
#define KCS_PARAM_SHIFT		"reg-shift"

#define KCS_PARAM_IS_KCS	1	/* of KCS_PARAM_TYPE; 2 is SMIC, 3 BT */

int kcs_param_register(void);
void kcs_param_unregister(void);

#endif /* KCS_DISCOVERY_PARAM_H */
