/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_IRQ_H
#define KCS_IRQ_H

#include <kcs/io.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct kcs_wake;

/* Interrupts for nothing, within a second, that are a storm. */
#define KCS_IRQ_STORM	10000

/**
 * struct kcs_irq - an interrupt beside a register pair
 * @io: the registers, as the transport sees them
 * @registers: the registers themselves
 * @progress: ends the sleep of who waits in mid-message
 * @work: ends the sleep of the engine
 * @is_left: the message in flight waits for the engine, which sleeps
 * @number: of the interrupt, 0 for none
 * @is_shared: other devices may use the line
 * @is_on: it is requested
 * @is_trusted: it came in a self-test, and since
 * @patient: self-test: before each look at Status it is given time to come
 * @lock: protects what follows, and the registers while it is on
 * @is_masked: the line is off, because the registers are being polled
 * @in_message: a byte in Data_Out belongs to a message
 * @taken: @byte was taken out of Data_Out for the transport
 * @byte: it
 * @polled: the transport took a byte itself, whose interrupt may still come
 * @attention: the BMC wants attention; cleared by the engine
 * @bytes: interrupts that brought a byte
 * @calls: interrupts that can only be this device's
 * @useless: interrupts for nothing, since @window
 * @window: when that count began, in jiffies
 * @storm: there were too many
 */
struct kcs_irq {
	struct kcs_io io;
	struct kcs_io *registers;
	struct kcs_wake *progress;
	struct kcs_wake *work;
	bool is_left;
	int number;
	bool is_shared;
	bool is_on;
	bool is_trusted;
	bool patient;
	spinlock_t lock;	/* what follows, and the registers */
	bool is_masked;
	bool in_message;
	bool taken;
	u8 byte;
	bool polled;
	bool attention;
	u32 bytes;
	u32 calls;
	u32 useless;
	unsigned long window;
	bool storm;
};

void kcs_irq_init(struct kcs_irq *irq, struct kcs_io *io, int number,
		  bool is_shared, struct kcs_wake *progress,
		  struct kcs_wake *work);
int kcs_irq_request(struct kcs_irq *irq, const char *name);
void kcs_irq_free(struct kcs_irq *irq);
irqreturn_t kcs_irq_handle(int number, void *irq);
void kcs_irq_begin_message(struct kcs_irq *irq);
void kcs_irq_end_message(struct kcs_irq *irq);
void kcs_irq_mask(struct kcs_irq *irq);
void kcs_irq_unmask(struct kcs_irq *irq);

#endif /* KCS_IRQ_H */
