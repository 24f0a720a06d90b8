/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_REGISTERS_H
#define KCS_DISCOVERY_REGISTERS_H

#include <kcs/io.h>

struct device;

struct kcs_io *kcs_registers_claim(struct device *dev,
				   const struct kcs_location *location);

#endif /* KCS_DISCOVERY_REGISTERS_H */
