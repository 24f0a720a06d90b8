// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests by three accesses whether a KCS interface has its Status register at an
 * address. Above nothing, below pci.c; no lock, and no waiting.
 */
#include "spacing.h"

#include <kcs/io.h>
#include <kcs/regs.h>

/* Those of SMBIOS (SMBIOS 3, 7.39: base address modifier). */
const u8 kcs_spacings[KCS_SPACINGS] = { 1, 4, 16 };

/**
 * kcs_spacing_responds() - test whether Status is where a register pair has it
 * @io: the pair
 *
 * An idle Status reads 00h, and so may what lies between registers: a write has to
 * tell them apart. It is GET_STATUS/ABORT, with which each error exit begins (IPMI 2.0
 * rev 1.1, 9.15), so a BMC loses nothing but an unfinished message. It sets C/D at once
 * (table 9-2), or IBF, or the state. The next message completes the error exit.
 *
 * Nothing is written while IBF is set, which covers FFh, where nothing responds. What
 * returns the written byte is memory, or the charge of the bus. Data_Out is not read.
 *
 * Context: any; the caller serialises all accesses to the registers.
 * Return: true when the write changes what is read, and to another value.
 */
bool kcs_spacing_responds(struct kcs_io *io)
{
	u8 before = io->ops->read(io, KCS_REG_STATUS), after;

	if (before & KCS_STATUS_IBF)
		return false;
	io->ops->write(io, KCS_REG_CMD, KCS_CTRL_ABORT);
	after = io->ops->read(io, KCS_REG_STATUS);
	return after != before && after != KCS_CTRL_ABORT;
}
