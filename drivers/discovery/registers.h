/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_DISCOVERY_REGISTERS_H
#define KCS_DISCOVERY_REGISTERS_H

#include "location.h"

#include <kcs/io.h>
#include <linux/compiler.h>

struct device;

/**
 * struct kcs_registers - a register pair of the machine
 * @io: what the protocol sees
 * @at: each register, mapped; not used where both are ports one byte wide
 * @port: I/O port of each register, where they are
 * @size_bytes: width of a register
 * @shift_bits: lowest bit of the byte in it
 */
struct kcs_registers {
	struct kcs_io io;
	void __iomem *at[2];
	u16 port[2];
	u8 size_bytes;
	u8 shift_bits;
};

void kcs_registers_map(struct kcs_registers *registers, void __iomem *data,
		       void __iomem *status, const struct kcs_location *location);
struct kcs_io *kcs_registers_claim(struct device *dev,
				   const struct kcs_location *location);

#endif /* KCS_DISCOVERY_REGISTERS_H */
