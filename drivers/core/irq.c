// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt only ends a sleep. All else is as without one, so a lost interrupt
 * costs no more than the sleep it would have ended.
 *
 * The line stays up until Data_Out is read (IPMI 2.0 rev 1.1, 9.10). So the
 * handler reads it, and keeps the byte for the transport, to which OBF stays set
 * until it has read it, too. A line that is not shared is masked while the
 * registers are polled: otherwise each byte would bring an interrupt that ends no
 * sleep. @lock is the only one that is held with interrupts off, for two accesses.
 */
#include "irq.h"
#include "clock.h"

#include <kcs/regs.h>
#include <linux/jiffies.h>

/* How long an interrupt may take to come, in a self-test. */
#define PATIENCE_US	200

/* -- Registers. ----------------------------------------------------------- */

/* The handler leaves the registers alone, and took nothing out of them before. */
static bool irq_is_quiet(const struct kcs_irq *irq)
{
	return READ_ONCE(irq->is_masked) && !READ_ONCE(irq->taken);
}

static u8 irq_read_locked(struct kcs_irq *irq, enum kcs_reg reg)
{
	u8 value;

	lockdep_assert_held(&irq->lock);
	if (reg == KCS_REG_DATA && irq->taken) {
		irq->taken = false;
		return irq->byte;
	}
	value = irq->registers->ops->read(irq->registers, reg);
	if (reg == KCS_REG_DATA)
		irq->polled = true;
	else if (value & KCS_STATUS_OBF)
		irq->taken = false;	/* overwritten */
	else if (irq->taken)
		value |= KCS_STATUS_OBF;
	return value;
}

static u8 irq_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct kcs_irq *irq = container_of(io, struct kcs_irq, io);
	unsigned long flags;
	u8 value;

	if (irq_is_quiet(irq))
		return irq->registers->ops->read(irq->registers, reg);
	if (reg == KCS_REG_STATUS && READ_ONCE(irq->patient))
		kcs_wake_sleep(irq->progress, PATIENCE_US);
	spin_lock_irqsave(&irq->lock, flags);
	value = irq_read_locked(irq, reg);
	spin_unlock_irqrestore(&irq->lock, flags);
	return value;
}

static void irq_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct kcs_irq *irq = container_of(io, struct kcs_irq, io);
	unsigned long flags;

	if (irq_is_quiet(irq)) {
		irq->registers->ops->write(irq->registers, reg, value);
		return;
	}
	spin_lock_irqsave(&irq->lock, flags);
	irq->registers->ops->write(irq->registers, reg, value);
	spin_unlock_irqrestore(&irq->lock, flags);
}

static const struct kcs_io_ops irq_io_ops = {
	.read = irq_read,
	.write = irq_write,
};

/* -- The handler. --------------------------------------------------------- */

static void irq_count_useless(struct kcs_irq *irq)
{
	if (!irq->useless || time_after(jiffies, irq->window + HZ)) {
		irq->useless = 0;
		irq->window = jiffies;
	}
	if (++irq->useless >= KCS_IRQ_STORM)
		WRITE_ONCE(irq->storm, true);
}

static void irq_mask_locked(struct kcs_irq *irq)
{
	lockdep_assert_held(&irq->lock);
	if (irq->is_masked || irq->is_shared || !irq->is_on)
		return;
	irq->is_masked = true;
	disable_irq_nosync(irq->number);
}

/*
 * Outside a message OBF in IDLE, or SMS_ATN, is the BMC's call for attention (9.6);
 * one of IPMI 1.0 does not show SMS_ATN for all of it. The line of a call stays up
 * until it was answered, so it is masked until then.
 */
static bool irq_take(struct kcs_irq *irq, u8 status)
{
	bool byte = status & KCS_STATUS_OBF;
	bool fresh = byte && !irq->taken;
	bool call = !irq->in_message &&
		    (status & KCS_STATUS_SMS_ATN ||
		     (byte && kcs_status_state(status) == KCS_STATE_IDLE));
	bool is_ours = fresh || irq->polled || ((byte || call) && !irq->storm);

	if (byte) {
		irq->byte = irq->registers->ops->read(irq->registers, KCS_REG_DATA);
		irq->taken = true;
		irq->bytes++;
		irq->calls += irq->is_shared;
	}
	if (call) {
		WRITE_ONCE(irq->attention, true);
		irq_mask_locked(irq);
	}
	if (!fresh && !irq->polled && !irq->is_masked)
		irq_count_useless(irq);
	return is_ours;
}

/* On a shared line what shows nothing of ours is another device's business. */
static bool irq_take_nothing(struct kcs_irq *irq)
{
	bool polled = irq->polled;

	if (!polled && !irq->is_shared)
		irq_count_useless(irq);
	return polled;
}

/**
 * kcs_irq_handle() - handle an interrupt
 * @number: its number
 * @data: the &struct kcs_irq
 *
 * Two register accesses at most. In a storm interrupts are not ours, so that the
 * kernel shuts a shared line if nothing else does; our own is masked.
 *
 * Context: hard interrupt.
 * Return: IRQ_HANDLED when it was ours: Status shows a byte or SMS_ATN, or the
 * transport was faster; else IRQ_NONE.
 */
irqreturn_t kcs_irq_handle(int number, void *data)
{
	struct kcs_irq *irq = data;
	unsigned long flags;
	bool is_ours, shows, ends_sleep;
	u8 status;

	spin_lock_irqsave(&irq->lock, flags);
	irq->calls += !irq->is_shared;
	if (irq->is_masked) {
		spin_unlock_irqrestore(&irq->lock, flags);
		return IRQ_HANDLED;	/* it was on its way when the line was masked */
	}
	status = irq->registers->ops->read(irq->registers, KCS_REG_STATUS);
	shows = status != KCS_FLOATING &&
		status & (KCS_STATUS_OBF | KCS_STATUS_SMS_ATN);
	is_ours = shows ? irq_take(irq, status) : irq_take_nothing(irq);
	irq->polled = false;
	if (irq->storm)
		irq_mask_locked(irq);
	spin_unlock_irqrestore(&irq->lock, flags);

	/* That of a byte which was polled does not. */
	ends_sleep = is_ours && shows;
	if (ends_sleep)
		kcs_wake_up(irq->progress);
	/* @is_left is read after the wake-up: see exchange_leave(). */
	if ((ends_sleep && READ_ONCE(irq->is_left)) || READ_ONCE(irq->attention) ||
	    READ_ONCE(irq->storm))
		kcs_wake_up(irq->work);
	return IRQ_RETVAL(is_ours);
}

/* -- The engine's side. --------------------------------------------------- */

/**
 * kcs_irq_mask() - have no interrupt while the registers are polled
 * @irq: the interrupt; nothing happens where its line may be another's, too
 */
void kcs_irq_mask(struct kcs_irq *irq)
{
	unsigned long flags;

	if (!irq->is_on || READ_ONCE(irq->is_masked))
		return;
	spin_lock_irqsave(&irq->lock, flags);
	if (!irq->patient)
		irq_mask_locked(irq);
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * kcs_irq_unmask() - have interrupts again
 * @irq: the interrupt
 */
void kcs_irq_unmask(struct kcs_irq *irq)
{
	unsigned long flags;
	bool was_masked;

	if (!READ_ONCE(irq->is_masked))
		return;
	spin_lock_irqsave(&irq->lock, flags);
	was_masked = irq->is_masked;
	irq->is_masked = false;
	spin_unlock_irqrestore(&irq->lock, flags);
	if (was_masked)
		enable_irq(irq->number);
}

/**
 * kcs_irq_begin_message() - the registers are used for a message from here on
 * @irq: the interrupt
 */
void kcs_irq_begin_message(struct kcs_irq *irq)
{
	unsigned long flags;

	if (!irq->is_on)
		return;
	spin_lock_irqsave(&irq->lock, flags);
	irq->in_message = true;
	irq->taken = false;	/* a byte of no message */
	if (!irq->patient)
		irq_mask_locked(irq);
	spin_unlock_irqrestore(&irq->lock, flags);
	if (irq->patient)
		kcs_irq_unmask(irq);
}

/**
 * kcs_irq_end_message() - the message ended
 * @irq: the interrupt; its line stays masked until kcs_irq_unmask()
 *
 * The interrupt of a byte that was polled may still come.
 */
void kcs_irq_end_message(struct kcs_irq *irq)
{
	unsigned long flags;

	if (!irq->is_on)
		return;
	spin_lock_irqsave(&irq->lock, flags);
	irq->in_message = false;
	irq->polled = true;
	spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * kcs_irq_request() - have the interrupt
 * @irq: the interrupt
 * @name: as /proc/interrupts shows it
 *
 * Context: may sleep.
 * Return: 0; else why the kernel refuses, see request_irq().
 */
int kcs_irq_request(struct kcs_irq *irq, const char *name)
{
	int err;

	if (irq->is_on)
		return 0;
	irq->is_masked = false;
	irq->storm = false;
	irq->useless = 0;
	err = request_irq(irq->number, kcs_irq_handle,
			  irq->is_shared ? IRQF_SHARED : 0, name, irq);
	irq->is_on = !err;
	return err;
}

/**
 * kcs_irq_free() - have the interrupt no more
 * @irq: the interrupt
 *
 * Context: may sleep.
 */
void kcs_irq_free(struct kcs_irq *irq)
{
	irq->is_trusted = false;
	if (!irq->is_on)
		return;
	irq->is_on = false;
	kcs_irq_unmask(irq);
	free_irq(irq->number, irq);
}

/**
 * kcs_irq_init() - put an interrupt beside registers
 * @irq: filled
 * @io: the registers
 * @number: of the interrupt, 0 for none
 * @is_shared: other devices may use its line
 * @progress: ends the sleep of who waits in mid-message
 * @work: ends the sleep of the engine
 */
void kcs_irq_init(struct kcs_irq *irq, struct kcs_io *io, int number,
		  bool is_shared, struct kcs_wake *progress,
		  struct kcs_wake *work)
{
	*irq = (struct kcs_irq){
		.io.ops = &irq_io_ops, .registers = io, .number = number,
		.is_shared = is_shared, .progress = progress, .work = work,
	};
	spin_lock_init(&irq->lock);
}
