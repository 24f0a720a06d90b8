// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the interrupt worth having? It is asked for, the BMC is told to raise it,
 * and then it must come when it should; otherwise, or when it comes for nothing
 * without end, the interface polls, with one line in the log.
 */
#include "host.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/limits.h>
#include <linux/minmax.h>

/* Quick commands all; rmmod waits for two. */
#define ASK_TIMEOUT_US		500000

/* Self-tests in a row in which the BMC did not answer. */
#define LOSSES_MAX		2

static irqreturn_t on_interrupt(int number, void *data)
{
	struct kcs_host *host = data;
	bool ours = kcs_irq_ring(&host->irq);

	if (ours && READ_ONCE(host->irq.attention))
		kcs_events_hurry(host);
	if (READ_ONCE(host->irq.storm))
		queue_work(system_long_wq, &host->calm);
	return IRQ_RETVAL(ours);
}

/* -- What the BMC is told. ------------------------------------------------ */

/* Takes the place of what a probe asked last. */
static int ask(struct kcs_host *host, struct kcs_link *link, u8 cmd,
	       const u8 *byte)
{
	u64 end_us = kcs_host_now_us(host) + ASK_TIMEOUT_US;
	int err;

	kcs_link_question(&host->last, cmd, byte);
	err = kcs_link_transfer(link, &host->last, &host->last_reply, end_us, NULL);
	if (!err && kcs_msg_cc(&host->last_reply) != KCS_CC_OK)
		err = -EOPNOTSUPP;
	return err;
}

static int enable(struct kcs_host *host, struct kcs_link *link, bool on)
{
	int err = ask(host, link, KCS_CMD_GET_ENABLES, NULL);
	u8 enables;

	if (err)
		return err;
	if (host->last_reply.len <= KCS_MSG_REPLY_MIN)
		return -EOPNOTSUPP;
	enables = host->last_reply.bytes[KCS_MSG_REPLY_MIN] & ~KCS_ENABLE_INTERRUPT;
	if (on)
		enables |= KCS_ENABLE_INTERRUPT;
	return ask(host, link, KCS_CMD_SET_ENABLES, &enables);
}

static int tell_bmc(struct kcs_host *host, struct kcs_link *link, bool on)
{
	int err = enable(host, link, on);

	if (!err)
		host->irq_enabled = on;
	return err;
}

/*
 * Each byte of the reply should bring one, if it is not polled for. Ends with Get
 * Device ID, as a probe does.
 */
static int hear(struct kcs_host *host)
{
	struct kcs_irq *irq = &host->irq;
	u32 before = READ_ONCE(irq->bytes);
	int err;

	err = tell_bmc(host, &host->link, true);
	if (err)
		return err;
	WRITE_ONCE(irq->patient, true);
	err = ask(host, &host->link, KCS_CMD_GET_DEVICE_ID, NULL);
	WRITE_ONCE(irq->patient, false);
	if (!err && READ_ONCE(irq->bytes) == before)
		err = -ENOMSG;
	return err;
}

/* -- Having it, and not. -------------------------------------------------- */

static void give_up(struct kcs_host *host, const char *why)
{
	dev_info(host->dev, "IRQ %d %s; polling\n", host->irq.number, why);
	kcs_trust_end(host);
}

static bool request(struct kcs_host *host)
{
	int err;

	if (host->irq.on)
		return true;
	err = request_irq(host->irq.number, on_interrupt, IRQF_SHARED,
			  dev_name(host->dev), host);
	if (err) {
		dev_info(host->dev, "IRQ %d is not available: %pe; polling\n",
			 host->irq.number, ERR_PTR(err));
		WRITE_ONCE(host->no_irq, true);
		return false;
	}
	set_bit(0, &host->irq.on);
	return true;
}

/* A BMC may be lost in the middle of the test once, by chance. */
static void judge(struct kcs_host *host, int err)
{
	if (!err) {
		if (!host->irq_works)
			dev_info(host->dev, "IRQ %d works\n", host->irq.number);
		host->irq_works = true;
		host->irq_losses = 0;
	} else if (err == -EOPNOTSUPP) {
		give_up(host, "cannot be enabled in the BMC");
	} else if (err == -ENOMSG) {
		give_up(host, "does not come in a self-test");
	} else if (err != -ENODEV && ++host->irq_losses == LOSSES_MAX) {
		give_up(host, "makes the BMC fail in a self-test");
	}
}

/**
 * kcs_trust_test() - have the interrupt, if it is worth it
 * @host: the interface, whose BMC has come or come back
 *
 * A BMC that was reset has forgotten that it may interrupt.
 *
 * Context: on the interface's workqueue.
 * Return: true when the probe has to ask again: the BMC may be out of step, or
 * kcs_host.last_reply is not that of Get Device ID any more.
 */
bool kcs_trust_test(struct kcs_host *host)
{
	if (!host->irq.number || (READ_ONCE(host->no_irq) && !host->irq_enabled))
		return false;
	if (!READ_ONCE(host->no_irq) && request(host)) {
		int err = hear(host);

		judge(host, err);
		if (!err)
			return false;
	}
	if (READ_ONCE(host->no_irq) && host->irq_enabled)
		tell_bmc(host, &host->link, false);
	return true;
}

/* A storm may keep one CPU busy; this runs on another, and then the probe. */
static void calm(struct work_struct *work)
{
	struct kcs_host *host = container_of(work, struct kcs_host, calm);
	unsigned long flags;

	if (!host->irq.on)
		return;
	give_up(host, "comes for nothing without end");
	spin_lock_irqsave(&host->lock, flags);
	kcs_health_doubted(&host->health, kcs_host_now_us(host));
	if (!host->link.stop && !host->paused)
		mod_delayed_work(host->wq, &host->probe, 0);
	spin_unlock_irqrestore(&host->lock, flags);
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

	if (host->irq_enabled && host->health.in_step)
		tell_bmc(host, &link, false);
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
