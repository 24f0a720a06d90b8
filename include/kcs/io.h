/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the protocol needs of a machine: two registers. Real hardware, a simulated
 * BMC and a test's script implement them.
 */
#ifndef KCS_IO_H
#define KCS_IO_H

#include <kcs/regs.h>
#include <linux/types.h>

struct kcs_io;

/**
 * struct kcs_io_ops - how to reach a register pair
 * @read: read Data_Out or Status
 * @write: write Data_In or Command
 *
 * Neither may fail or sleep; a register that is not there reads FFh. Both are
 * called with interrupts disabled, too.
 */
struct kcs_io_ops {
	u8 (*read)(struct kcs_io *io, enum kcs_reg reg);
	void (*write)(struct kcs_io *io, enum kcs_reg reg, u8 value);
};

/**
 * struct kcs_io - a register pair; embed it in what implements the operations
 * @ops: the operations
 */
struct kcs_io {
	const struct kcs_io_ops *ops;
};

#endif /* KCS_IO_H */
