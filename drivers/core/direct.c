// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request that comes while nothing else goes on is carried at once, by whoever
 * hands it in: no thread is woken, and there is no interrupt for each byte. As
 * soon as there is something to wait for, the workqueue does the rest.
 *
 * So the link has two kinds of users: the works on the interface's workqueue,
 * one at a time, and such a request. host->owned is the lock.
 */
#include "host.h"
#include "request.h"

#include <kcs/regs.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/wait_bit.h>

/**
 * kcs_direct_leave() - have used the link
 * @host: the interface
 *
 * Context: any; after kcs_direct_enter().
 */
void kcs_direct_leave(struct kcs_host *host)
{
	clear_and_wake_up_bit(0, &host->owned);
}

/**
 * kcs_direct_take() - is this the moment to carry a request at once?
 * @host: the interface
 * @request: the request
 *
 * Not between two requests of firmware's burst, see serve.c. Whoever carries one
 * is not preempted: others sleep until he is done, whatever their priority. So it
 * is not for a kernel that puts latency first.
 *
 * Context: host->lock held.
 * Return: true when the link is the caller's now, and preemption is off:
 * kcs_direct_carry() must follow.
 */
bool kcs_direct_take(struct kcs_host *host, const struct kcs_request *request)
{
	bool burst = request->class > KCS_CLASS_AML && kcs_serve_in_burst(host);

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || burst ||
	    !kcs_host_may_transfer(host) || !kcs_queue_is_empty(&host->queue) ||
	    test_and_set_bit_lock(0, &host->owned))
		return false;
	if (host->carried || host->link.dirty) {
		kcs_direct_leave(host);
		return false;
	}
	preempt_disable();
	return true;
}

static int try(struct kcs_host *host, struct kcs_request *request)
{
	unsigned long flags = kcs_irq_hold(&host->irq);
	int err;

	host->link.io = host->irq.registers;
	err = kcs_link_try(&host->link, &request->msg, &request->reply);
	host->link.io = &host->irq.io;
	kcs_irq_release(&host->irq, flags);
	return err;
}

/* There is nothing to learn from its end, nor to try again. */
static bool is_plain(const struct kcs_request *request, int err)
{
	return !err && !kcs_request_ended(request) &&
	       kcs_msg_cc(&request->reply) == KCS_CC_OK &&
	       !kcs_health_is_news(&request->msg);
}

/*
 * Over before the link is free: who joins it then cannot have sent something else
 * in between. A function that is called at the end may want the link itself.
 */
static void end_unheard(struct kcs_request *request)
{
	if (!request->on_done)
		kcs_request_end(request, 0);
}

/**
 * kcs_direct_carry() - carry a request, as far as that goes at once
 * @host: the interface, after kcs_direct_take()
 * @request: the request, whose reference is handed over
 *
 * Context: any; 200 register accesses at most with interrupts off, which is some
 * 100 us on the hardware. With preemption on after return.
 */
void kcs_direct_carry(struct kcs_host *host, struct kcs_request *request)
{
	bool plain;
	int err;

	request->tries++;
	err = try(host, request);
	plain = is_plain(request, err);
	if (plain) {
		kcs_host_count(host, KCS_COUNT_ANSWERED);
		kcs_serve_mind_burst(host, request);
		kcs_events_look(host);
		end_unheard(request);
	} else {
		host->carried_err = err;
		host->carried = request;
		kcs_serve_soon(host);
	}
	/* From here on the interface may be gone. */
	kcs_direct_leave(host);
	preempt_enable();
	if (plain) {
		kcs_request_end(request, 0);
		kcs_request_put(request);
	}
}

/**
 * kcs_direct_enter() - use the link
 * @host: the interface
 *
 * What was begun elsewhere is ended first.
 *
 * Context: may sleep, as long as a request may take.
 */
void kcs_direct_enter(struct kcs_host *host)
{
	struct kcs_request *request;
	int err;

	wait_on_bit_lock(&host->owned, 0, TASK_UNINTERRUPTIBLE);
	request = host->carried;
	if (!request)
		return;
	err = host->carried_err;
	if (err == -EAGAIN)
		err = kcs_link_finish(&host->link, request->deadline_us,
				      &request->ended);
	host->carried = NULL;
	kcs_serve_conclude(host, request, err);
}

/**
 * kcs_direct_settle() - end what was begun
 * @host: the interface, which takes no request any more
 *
 * Context: may sleep, as long as a request may take.
 */
void kcs_direct_settle(struct kcs_host *host)
{
	kcs_direct_enter(host);
	kcs_direct_leave(host);
}
