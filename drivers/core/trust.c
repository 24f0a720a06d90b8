// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the interrupt worth having? It is asked for, the BMC is told to raise it,
 * and then it must come when it should; otherwise, or when it comes for nothing
 * without end, the interface polls, with one line in the log.
 */
#include "host.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/interrupt.h>

#define CMD_SET_ENABLES		0x2e
#define CMD_GET_ENABLES		0x2f

/* Bit 0 of the global enables lets KCS interrupt (22.1). */
#define ENABLE_INTERRUPTS	0x01

/* Quick commands all; rmmod waits for two. */
#define ASK_TIMEOUT_US		500000

static irqreturn_t on_interrupt(int number, void *data)
{
	struct kcs_host *host = data;
	bool ours = kcs_irq_ring(&host->irq);

	if (READ_ONCE(host->irq.storm))
		queue_work(system_unbound_wq, &host->calm);
	return IRQ_RETVAL(ours);
}

/* -- What the BMC is told. ------------------------------------------------ */

static int ask(struct kcs_link *link, u8 cmd, const u8 *data, size_t len,
	       struct kcs_msg *reply)
{
	u64 now_us = link->clock->ops->now_us(link->clock);
	struct kcs_msg request;
	int err;

	err = kcs_msg_request(&request, KCS_NETFN_APP, cmd, data, len);
	if (!err)
		err = kcs_link_transfer(link, &request, reply,
					now_us + ASK_TIMEOUT_US, NULL);
	if (!err && kcs_msg_cc(reply) != KCS_CC_OK)
		err = -EOPNOTSUPP;
	return err;
}

static int enable(struct kcs_link *link, bool on)
{
	struct kcs_msg reply;
	u8 enables;
	int err;

	err = ask(link, CMD_GET_ENABLES, NULL, 0, &reply);
	if (err)
		return err;
	if (reply.len <= KCS_MSG_REPLY_MIN)
		return -EOPNOTSUPP;
	enables = reply.bytes[KCS_MSG_REPLY_MIN] & ~ENABLE_INTERRUPTS;
	if (on)
		enables |= ENABLE_INTERRUPTS;
	return ask(link, CMD_SET_ENABLES, &enables, 1, &reply);
}

/* Each byte of the reply should bring one. */
static int hear(struct kcs_host *host)
{
	u32 before = READ_ONCE(host->irq.bytes);
	struct kcs_msg reply;
	int err;

	err = enable(&host->link, true);
	if (!err)
		err = ask(&host->link, KCS_CMD_GET_DEVICE_ID, NULL, 0, &reply);
	if (!err && READ_ONCE(host->irq.bytes) == before)
		err = -ENOMSG;
	return err;
}

/* -- Having it, and not. -------------------------------------------------- */

static void give_up(struct kcs_host *host, const char *why)
{
	dev_info(host->dev, "IRQ %d %s; polling\n", host->irq.number, why);
	kcs_trust_end(host);
}

/**
 * kcs_trust_test() - have the interrupt, if it is worth it
 * @host: the interface, whose BMC has come or come back
 *
 * A BMC that was reset has forgotten that it may interrupt.
 *
 * Context: on the interface's workqueue.
 * Return: 0, with an interrupt or without; otherwise the BMC was asked and did
 * not answer, see kcs_link_transfer().
 */
int kcs_trust_test(struct kcs_host *host)
{
	struct kcs_irq *irq = &host->irq;
	bool again = irq->on;
	int err;

	if (!irq->number || READ_ONCE(host->no_irq))
		return 0;
	if (!again && request_irq(irq->number, on_interrupt, IRQF_SHARED,
				  dev_name(host->dev), host)) {
		give_up(host, "is not to be had");
		return 0;
	}
	set_bit(0, &irq->on);
	err = hear(host);
	if (err == -EOPNOTSUPP)
		give_up(host, "cannot be enabled in the BMC");
	else if (err == -ENOMSG)
		give_up(host, "does not come in a self-test");
	else if (!err && !again)
		dev_info(host->dev, "IRQ %d works\n", irq->number);
	return err == -EOPNOTSUPP || err == -ENOMSG ? 0 : err;
}

/* A storm may keep one CPU busy; this runs on another. */
static void calm(struct work_struct *work)
{
	struct kcs_host *host = container_of(work, struct kcs_host, calm);

	if (host->irq.on)
		give_up(host, "comes for nothing without end");
}

/**
 * kcs_trust_end() - have no interrupt any more
 * @host: the interface
 *
 * Context: may sleep.
 */
void kcs_trust_end(struct kcs_host *host)
{
	WRITE_ONCE(host->no_irq, true);
	if (test_and_clear_bit(0, &host->irq.on))
		free_irq(host->irq.number, host);
}

/**
 * kcs_trust_restore() - tell the BMC to interrupt no more
 * @host: the interface, out of service
 *
 * Context: may sleep.
 */
void kcs_trust_restore(struct kcs_host *host)
{
	struct kcs_link link = {
		.io = host->link.io, .clock = host->link.clock,
		.dirty = host->link.dirty,
	};

	if (host->irq.on && host->health.in_step)
		enable(&link, false);
}

/**
 * kcs_trust_init() - no interrupt yet
 * @host: the interface
 *
 * Context: any.
 */
void kcs_trust_init(struct kcs_host *host)
{
	INIT_WORK(&host->calm, calm);
}
