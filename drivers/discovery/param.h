/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_PARAM_H
#define KCS_DISCOVERY_PARAM_H

int kcs_param_register(void);
void kcs_param_unregister(void);

#endif /* KCS_DISCOVERY_PARAM_H */
