/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parameter hotmod takes, in the words of ipmi_si. Pure: values in, values out.
 *
 *	add|remove,kcs,mem|i/o,ADDRESS[,rsp=N][,rsi=N][,rsh=N][,irq=N][,ipmb=N][:...]
 */
#ifndef KCS_DISCOVERY_HOTMOD_H
#define KCS_DISCOVERY_HOTMOD_H

#include "location.h"

#include <linux/types.h>

/**
 * enum kcs_hotmod_option - options of an operation
 * @KCS_HOTMOD_SPACING: rsp, bytes between the registers; 0 for as many as one has
 * @KCS_HOTMOD_SIZE: rsi, bytes of a register; 0 for 1
 * @KCS_HOTMOD_SHIFT: rsh, lowest bit of the byte in a register
 * @KCS_HOTMOD_IRQ: irq, 0 for none
 * @KCS_HOTMOD_IPMB: ipmb, address of the BMC; only that of a BMC is possible
 * @KCS_HOTMOD_OPTIONS: how many there are
 */
enum kcs_hotmod_option {
	KCS_HOTMOD_SPACING,
	KCS_HOTMOD_SIZE,
	KCS_HOTMOD_SHIFT,
	KCS_HOTMOD_IRQ,
	KCS_HOTMOD_IPMB,
	KCS_HOTMOD_OPTIONS,
};

/**
 * struct kcs_hotmod - an operation: an interface that comes or goes
 * @location: its registers; kcs_location_check() has passed it
 * @irq: its interrupt; 0 for none
 * @given: a bit for each enum kcs_hotmod_option that has to fit where one is removed
 * @is_removal: it goes
 */
struct kcs_hotmod {
	struct kcs_location location;
	u32 irq;
	u32 given;
	bool is_removal;
};

const char *kcs_hotmod_read(const char **text, struct kcs_hotmod *operation);
bool kcs_hotmod_fits(const struct kcs_hotmod *operation,
		     const struct kcs_location *location, u32 irq);

#endif /* KCS_DISCOVERY_HOTMOD_H */
