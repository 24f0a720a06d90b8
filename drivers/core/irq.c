// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt only ever makes things faster: it ends a nap early. All else is
 * as without one, so a lost interrupt costs no more than the nap it would have
 * ended, and one that never comes is the same as none.
 *
 * The interrupt line stays up until Data_Out is read (IPMI 2.0 rev 1.1, 9.10).
 * So the handler reads it, and keeps the byte for the link, to which OBF stays
 * set until it has read it, too.
 */
#include "irq.h"

#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

/* How long an interrupt may take to come, in a self-test. */
#define PATIENCE_US	200

/* Who wakes up for another reason looks at Status early: no harm. */
static void wait_for_ring(struct kcs_irq *irq, u32 us)
{
	ktime_t time = ns_to_ktime((u64)us * NSEC_PER_USEC);
	DEFINE_WAIT(entry);

	prepare_to_wait(&irq->wait, &entry, TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(irq->rang))
		schedule_hrtimeout(&time, HRTIMER_MODE_REL);
	finish_wait(&irq->wait, &entry);
	WRITE_ONCE(irq->rang, false);
}

/* -- Registers. ----------------------------------------------------------- */

static u8 irq_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct kcs_irq *irq = container_of(io, struct kcs_irq, io);
	unsigned long flags;
	u8 value;

	if (reg == KCS_REG_STATUS && READ_ONCE(irq->patient))
		wait_for_ring(irq, PATIENCE_US);
	spin_lock_irqsave(&irq->lock, flags);
	if (reg == KCS_REG_DATA && irq->taken) {
		irq->taken = false;
		value = irq->byte;
	} else {
		value = irq->registers->ops->read(irq->registers, reg);
		if (reg == KCS_REG_DATA)
			irq->polled = true;
		else if (value & KCS_STATUS_OBF)
			irq->taken = false;	/* written over */
		else if (irq->taken)
			value |= KCS_STATUS_OBF;
	}
	spin_unlock_irqrestore(&irq->lock, flags);
	return value;
}

static void irq_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct kcs_irq *irq = container_of(io, struct kcs_irq, io);
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	irq->registers->ops->write(irq->registers, reg, value);
	spin_unlock_irqrestore(&irq->lock, flags);
}

static const struct kcs_io_ops irq_io_ops = {
	.read = irq_read,
	.write = irq_write,
};

/* -- Time. ---------------------------------------------------------------- */

static u64 irq_now_us(struct kcs_clock *clock)
{
	struct kcs_irq *irq = container_of(clock, struct kcs_irq, clock);

	return irq->time->ops->now_us(irq->time);
}

static void irq_nap_us(struct kcs_clock *clock, u32 us)
{
	struct kcs_irq *irq = container_of(clock, struct kcs_irq, clock);

	if (us && READ_ONCE(irq->on))
		wait_for_ring(irq, us);
	else
		irq->time->ops->nap_us(irq->time, us);
}

static const struct kcs_clock_ops irq_clock_ops = {
	.now_us = irq_now_us,
	.nap_us = irq_nap_us,
};

/* -- The interrupt. ------------------------------------------------------- */

static void count_useless(struct kcs_irq *irq)
{
	if (!irq->useless || time_after(jiffies, irq->window + HZ)) {
		irq->useless = 0;
		irq->window = jiffies;
	}
	if (++irq->useless >= KCS_IRQ_STORM)
		irq->storm = true;
}

/**
 * kcs_irq_ring() - there was an interrupt
 * @irq: the interrupt
 *
 * Two register accesses at most. A byte that comes before the last one was fetched
 * is one for nothing: the BMC has to wait for the link. In a storm such interrupts
 * are not ours, so that the kernel shuts the line if nobody else does.
 *
 * Context: hard interrupt, or any.
 * Return: true when it was ours: Status shows a byte or SMS_ATN, or the link was
 * faster.
 */
bool kcs_irq_ring(struct kcs_irq *irq)
{
	struct kcs_io *io = irq->registers;
	unsigned long flags;
	bool ours, byte, fresh;
	u8 status;

	spin_lock_irqsave(&irq->lock, flags);
	status = io->ops->read(io, KCS_REG_STATUS);
	byte = status & KCS_STATUS_OBF && status != KCS_FLOATING;
	irq->attention = status & KCS_STATUS_SMS_ATN && !byte &&
			 status != KCS_FLOATING;
	fresh = byte && !irq->taken;
	ours = fresh || irq->polled || ((byte || irq->attention) && !irq->storm);
	if (byte) {
		irq->byte = io->ops->read(io, KCS_REG_DATA);
		irq->taken = true;
		irq->bytes++;
	}
	if (!fresh && !irq->polled)
		count_useless(irq);
	irq->polled = false;
	if (ours)
		WRITE_ONCE(irq->rang, true);
	spin_unlock_irqrestore(&irq->lock, flags);
	if (ours)
		wake_up(&irq->wait);
	return ours;
}

/**
 * kcs_irq_hold() - have the registers alone, without interrupts
 * @irq: the interrupt; the caller is the link's owner, between two messages
 *
 * For a few accesses: otherwise there would be an interrupt for each byte.
 *
 * Context: any; with the lock held after return.
 * Return: what kcs_irq_release() wants.
 */
unsigned long kcs_irq_hold(struct kcs_irq *irq)
	__acquires(&irq->lock)
{
	unsigned long flags;

	spin_lock_irqsave(&irq->lock, flags);
	irq->taken = false;	/* a byte of no message */
	return flags;
}

/**
 * kcs_irq_release() - the counterpart of kcs_irq_hold()
 * @irq: the interrupt
 * @flags: what that returned
 *
 * Context: with the lock held, not so after return.
 */
void kcs_irq_release(struct kcs_irq *irq, unsigned long flags)
	__releases(&irq->lock)
{
	irq->polled = true;
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * kcs_irq_init() - put an interrupt beside registers and a clock
 * @irq: filled
 * @io: the registers
 * @clock: the clock
 * @number: of the interrupt, 0 for none
 *
 * Context: any.
 */
void kcs_irq_init(struct kcs_irq *irq, struct kcs_io *io,
		  struct kcs_clock *clock, int number)
{
	irq->io.ops = &irq_io_ops;
	irq->clock.ops = &irq_clock_ops;
	irq->registers = io;
	irq->time = clock;
	irq->number = number;
	spin_lock_init(&irq->lock);
	init_waitqueue_head(&irq->wait);
}
