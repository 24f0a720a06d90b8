/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_LINK_H
#define KCS_LINK_H

#include <kcs/io.h>
#include <kcs/regs.h>
#include <kcs/sm.h>
#include <linux/types.h>

/**
 * struct kcs_link - a register pair in use: the way to one BMC
 * @io: the registers
 * @clock: the time
 * @sm: the message on its way, or the last one
 * @status: the status byte last read
 * @dirty: the next message begins with the error exit; set by a transfer that
 *	ended badly, unless it began so itself
 * @hurry: set and cleared by anybody: end the message on its way, and each that
 *	follows, after a short grace
 * @stop: set by anybody, once: end the message on its way and take no other
 *
 * One message at a time; the owner serialises.
 */
struct kcs_link {
	struct kcs_io *io;
	struct kcs_clock *clock;
	struct kcs_sm sm;
	u8 status;
	bool dirty;
	bool hurry;
	bool stop;
};

/**
 * kcs_link_look() - read Status
 * @link: the link
 *
 * Context: the owner's; does not sleep.
 * Return: the status byte, which kcs_link.status keeps.
 */
static inline u8 kcs_link_look(struct kcs_link *link)
{
	struct kcs_io *io = link->io;

	link->status = io->ops->read(io, KCS_REG_STATUS);
	return link->status;
}

void kcs_link_question(struct kcs_msg *request, u8 cmd, const u8 *byte);
int kcs_link_transfer(struct kcs_link *link, const struct kcs_msg *request,
		      struct kcs_msg *reply, u64 deadline_us, const u32 *ended);
int kcs_link_try(struct kcs_link *link, const struct kcs_msg *request,
		 struct kcs_msg *reply);
int kcs_link_finish(struct kcs_link *link, u64 deadline_us, const u32 *ended);

#endif /* KCS_LINK_H */
