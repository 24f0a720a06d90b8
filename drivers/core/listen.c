// SPDX-License-Identifier: GPL-2.0-only
/* Who is told what the BMC calls for, and how urgently. Above attention.c. */
#include "host.h"

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/wait_bit.h>

static bool is_calling(struct kcs_host *host)
{
	unsigned long flags;
	bool calling;

	spin_lock_irqsave(&host->lock, flags);
	calling = host->attention.calls;
	spin_unlock_irqrestore(&host->lock, flags);
	return calling;
}

/**
 * kcs_host_listen() - be told what the BMC calls for
 * @host: the interface
 * @listener: who is told, until kcs_host_unlisten()
 *
 * Without a listener nothing is fetched: it stays in the BMC.
 *
 * Return: 0; %-EBUSY when there is a listener already; %-ENODEV when the interface
 * is going.
 */
int kcs_host_listen(struct kcs_host *host, struct kcs_listener *listener)
{
	struct kcs_attention *attention = &host->attention;
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&host->lock, flags);
	if (host->stop) {
		err = -ENODEV;
	} else if (attention->listener) {
		err = -EBUSY;
	} else {
		attention->listener = listener;
		attention->interest = KCS_INTEREST_NONE;
		WRITE_ONCE(attention->listens, false);
		attention->asked_us = 0;
		attention->next_round_us = 0;
		attention->is_owed = true;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
	return err;
}
EXPORT_SYMBOL_GPL(kcs_host_listen);

/**
 * kcs_host_unlisten() - be told no more
 * @host: the interface; it may be gone already
 *
 * After return the listener is not called any more.
 *
 * Context: may sleep, as long as the listener does.
 */
void kcs_host_unlisten(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->attention.listener = NULL;
	spin_unlock_irqrestore(&host->lock, flags);
	wait_var_event(&host->attention.calls, !is_calling(host));
	kcs_wake_up(&host->work);
}
EXPORT_SYMBOL_GPL(kcs_host_unlisten);

/**
 * kcs_host_expect() - say what the listener waits for
 * @host: the interface
 * @interest: what
 *
 * Context: any; between kcs_host_listen() and kcs_host_unlisten().
 */
void kcs_host_expect(struct kcs_host *host, enum kcs_interest interest)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->attention.interest = interest;
	WRITE_ONCE(host->attention.listens, interest != KCS_INTEREST_NONE);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}
EXPORT_SYMBOL_GPL(kcs_host_expect);

/**
 * kcs_host_poll_events() - ask for events that the BMC may not call for
 * @host: the interface
 *
 * To be called once a second while a program waits for events.
 *
 * Context: any.
 */
void kcs_host_poll_events(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->attention.asked_us = kcs_host_now_us(host);
	WRITE_ONCE(host->attention.listens, true);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}
EXPORT_SYMBOL_GPL(kcs_host_poll_events);
