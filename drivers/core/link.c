// SPDX-License-Identifier: GPL-2.0-only
/* One message over one register pair, by a deadline: core, registers, clock. */
#include "link.h"
#include "wait.h"

#include <linux/compiler.h>

/* A cancelled message may end by itself for so long: that costs no recovery. */
#define CANCEL_GRACE_US	100000

/* Enough for a power reading from a BMC that answers at once. */
#define TRY_LOOKS		100
#define TRY_LOOKS_IN_VAIN	20

/**
 * struct wait - waiting for the BMC, from one register action to the next
 * @began: the status byte was not there at the first look
 * @since_us: when that was
 * @waited_us: how long since
 * @spun_us: spent spinning, in all waits of the message
 * @deadline_us: when to give up
 * @cancelled: the message is; @deadline_us may be nearer
 */
struct wait {
	bool began;
	u64 since_us;
	u32 waited_us;
	u32 spun_us;
	u64 deadline_us;
	bool cancelled;
};

/**
 * kcs_link_question() - write a request about the interface itself
 * @request: where to
 * @cmd: command of NetFn App
 * @byte: the only byte after it; NULL for none
 *
 * Context: any.
 */
void kcs_link_question(struct kcs_msg *request, u8 cmd, const u8 *byte)
{
	request->bytes[0] = KCS_NETFN_APP << 2;
	request->bytes[1] = cmd;
	request->len = KCS_MSG_REQUEST_MIN;
	if (byte)
		request->bytes[request->len++] = *byte;
}

static bool given_up(const struct kcs_link *link, const u32 *ended)
{
	return READ_ONCE(link->hurry) || (ended && READ_ONCE(*ended));
}

static int check_cancel(const struct kcs_link *link, struct wait *wait,
			const u32 *ended, u64 now_us)
{
	if (!wait->cancelled && given_up(link, ended)) {
		wait->cancelled = true;
		if (wait->deadline_us > now_us + CANCEL_GRACE_US)
			wait->deadline_us = now_us + CANCEL_GRACE_US;
	}
	if (now_us < wait->deadline_us)
		return 0;
	return wait->cancelled ? -ECANCELED : -ETIMEDOUT;
}

/* The clock is read only when there is something to wait for. */
static int wait_more(struct kcs_link *link, struct wait *wait, const u32 *ended)
{
	struct kcs_clock *clock = link->clock;
	u64 now_us = clock->ops->now_us(clock);
	u32 nap_us;
	int err;

	if (READ_ONCE(link->stop))
		return -ENODEV;
	err = check_cancel(link, wait, ended, now_us);
	if (err)
		return err;
	if (!wait->began) {
		wait->began = true;
		wait->since_us = now_us;
	}
	wait->waited_us = now_us - wait->since_us;

	nap_us = kcs_wait_nap_us(wait->waited_us, wait->spun_us);
	if (nap_us > wait->deadline_us - now_us)
		nap_us = wait->deadline_us - now_us;
	clock->ops->nap_us(clock, nap_us);
	return 0;
}

static void wait_over(struct wait *wait)
{
	wait->spun_us += wait->waited_us < KCS_WAIT_SPIN_US ? wait->waited_us :
							      KCS_WAIT_SPIN_US;
	wait->began = false;
	wait->waited_us = 0;
}

/* False when there is nothing to do but to wait. */
static bool step(struct kcs_link *link, u32 waited_us)
{
	struct kcs_io *io = link->io;
	struct kcs_action action;

	action = kcs_sm_status(&link->sm, kcs_link_look(link), waited_us);
	if (action.kind == KCS_ACTION_READ_DATA)
		action = kcs_sm_data(&link->sm, io->ops->read(io, KCS_REG_DATA));
	switch (action.kind) {
	case KCS_ACTION_WRITE_DATA:
		io->ops->write(io, KCS_REG_DATA, action.value);
		return true;
	case KCS_ACTION_WRITE_CMD:
		io->ops->write(io, KCS_REG_CMD, action.value);
		return true;
	default:
		return action.kind == KCS_ACTION_END;
	}
}

static int run(struct kcs_link *link, u64 deadline_us, const u32 *ended)
{
	struct wait wait = { .deadline_us = deadline_us };
	int err;

	while (link->sm.state != KCS_SM_END) {
		if (step(link, wait.waited_us)) {
			wait_over(&wait);
			continue;
		}
		err = wait_more(link, &wait, ended);
		if (err)
			return err;
	}
	return link->sm.result;
}

/**
 * kcs_link_transfer() - send a request and fetch its reply
 * @link: the way to the BMC
 * @request: what to send
 * @reply: where the reply goes; meaningful on success only
 * @deadline_us: when to give up, by the link's clock
 * @ended: not zero once nobody wants the reply any more; NULL when somebody
 *	always does
 *
 * A transfer that did not end cleanly leaves the link dirty, and the next one
 * begins with the error exit (IPMI 2.0 rev 1.1, 9.15). Where that does not help
 * either, the one after it begins with WRITE_START, which is an abort as well:
 * some BMCs never finish an error exit, or drop the first reply after one.
 *
 * Context: may sleep, as far as the link's clock does. One at a time.
 * Return: 0; %-ETIMEDOUT at the deadline; %-ECANCELED when @ended rose, or
 * kcs_link.hurry did, and the BMC did not finish at once; %-ENODEV when the link
 * was stopped; %-EINVAL, %-EIO, %-EBADMSG or %-EMSGSIZE, see &struct kcs_sm.
 */
int kcs_link_transfer(struct kcs_link *link, const struct kcs_msg *request,
		      struct kcs_msg *reply, u64 deadline_us, const u32 *ended)
{
	bool began_dirty = link->dirty;
	int err;

	if (READ_ONCE(link->stop))
		return -ENODEV;
	kcs_sm_begin(&link->sm, request, reply, link->dirty);
	err = run(link, deadline_us, ended);
	if (err != -EINVAL)
		link->dirty = link->sm.dirty && !began_dirty;
	return err;
}

/**
 * kcs_link_try() - send a request and fetch its reply, if that goes at once
 * @link: the way to the BMC; not dirty
 * @request: what to send
 * @reply: where the reply goes; meaningful on success only
 *
 * Looks at Status %TRY_LOOKS times at most, %TRY_LOOKS_IN_VAIN of them in vain:
 * on the hardware that is some 100 us.
 *
 * Context: any; does not sleep, nor ask the clock. One at a time.
 * Return: 0; %-EAGAIN when kcs_link_finish() has to do the rest, and must; other
 * errors as of kcs_link_transfer().
 */
int kcs_link_try(struct kcs_link *link, const struct kcs_msg *request,
		 struct kcs_msg *reply)
{
	u32 looks, in_vain = 0;

	kcs_sm_begin(&link->sm, request, reply, false);
	for (looks = 0; link->sm.state != KCS_SM_END; looks++) {
		if (looks == TRY_LOOKS || in_vain == TRY_LOOKS_IN_VAIN)
			return -EAGAIN;
		in_vain += !step(link, 0);
	}
	link->dirty = link->sm.dirty;
	return link->sm.result;
}

/**
 * kcs_link_finish() - go on where kcs_link_try() left off
 * @link: the way to the BMC
 * @deadline_us: see kcs_link_transfer()
 * @ended: see kcs_link_transfer()
 *
 * Context: may sleep, as far as the link's clock does. One at a time.
 * Return: see kcs_link_transfer().
 */
int kcs_link_finish(struct kcs_link *link, u64 deadline_us, const u32 *ended)
{
	int err = run(link, deadline_us, ended);

	link->dirty = link->sm.dirty;
	return err;
}
