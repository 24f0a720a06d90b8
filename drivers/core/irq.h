/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_IRQ_H
#define KCS_IRQ_H

#include <kcs/io.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* Interrupts for nothing, within a second, that are a storm. */
#define KCS_IRQ_STORM	10000

/**
 * struct kcs_irq - registers and a clock with an interrupt
 * @io: the registers, as the link sees them
 * @clock: the clock, as the link sees it: an interrupt ends a nap
 * @registers: the registers themselves
 * @time: the clock itself
 * @number: of the interrupt, 0 for none
 * @on: bit 0: it is requested
 * @patient: before each look at Status it is given time to come
 * @lock: guards what follows, and the registers
 * @taken: @byte was taken out of Data_Out, for the link
 * @byte: it
 * @polled: the link took a byte itself, whose interrupt may still come
 * @attention: the last interrupt was for SMS_ATN
 * @rang: there was an interrupt since the last nap
 * @bytes: interrupts that brought a byte
 * @useless: interrupts for nothing, since @window
 * @window: when that count began, in jiffies
 * @storm: there were too many
 * @wait: where naps are slept
 */
struct kcs_irq {
	struct kcs_io io;
	struct kcs_clock clock;
	struct kcs_io *registers;
	struct kcs_clock *time;
	int number;
	unsigned long on;
	bool patient;
	spinlock_t lock;	/* what follows, and the registers */
	bool taken;
	u8 byte;
	bool polled;
	bool attention;
	bool rang;
	u32 bytes;
	u32 useless;
	unsigned long window;
	bool storm;
	wait_queue_head_t wait;
};

void kcs_irq_init(struct kcs_irq *irq, struct kcs_io *io,
		  struct kcs_clock *clock, int number);
bool kcs_irq_ring(struct kcs_irq *irq);
unsigned long kcs_irq_hold(struct kcs_irq *irq);
void kcs_irq_release(struct kcs_irq *irq, unsigned long flags);

#endif /* KCS_IRQ_H */
