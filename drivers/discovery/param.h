/* SPDX-License-Identifier: GPL-2.0-only */
/* Platform devices that parameters name: their data is a struct kcs_location. */
#ifndef KCS_DISCOVERY_PARAM_H
#define KCS_DISCOVERY_PARAM_H

#define KCS_PARAM_DEVICE	"kcs_param"

int kcs_param_register(void);
void kcs_param_unregister(void);

#endif /* KCS_DISCOVERY_PARAM_H */
