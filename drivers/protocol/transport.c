// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message over a register pair: the state machine says what to do with the
 * registers, the pace how long to look away from them. Below the engine, which
 * spends the time; pure.
 */
#include "transport.h"
#include "names.h"

#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define PAIR(t)	container_of(t, struct kcs_pair, transport)

static enum kcs_pace_phase pair_phase(const struct kcs_sm *sm)
{
	switch (sm->state) {
	case KCS_SM_WAIT_START:
	case KCS_SM_WAIT_WRITE_START:
	case KCS_SM_WAIT_WRITE_DATA:
	case KCS_SM_WAIT_WRITE_END:
		return KCS_PACE_WRITE;
	case KCS_SM_WAIT_REPLY:
		return sm->reply->len ? KCS_PACE_READ : KCS_PACE_THINK;
	default:
		return KCS_PACE_OTHER;
	}
}

static u16 pair_command(const struct kcs_sm *sm)
{
	return sm->request->bytes[0] << 8 | sm->request->bytes[1];
}

/*
 * Only a byte in Data_Out raises an interrupt. A BMC that writes no dummy bytes
 * raises none while it takes a request, and one that omits the last dummy byte
 * none when a reply ends: a sleep for it would last until it is taken for lost.
 */
static bool pair_expects_interrupt(const struct kcs_pair *pair)
{
	switch (pair_phase(&pair->sm)) {
	case KCS_PACE_WRITE:
		return pair->writes_dummies;
	case KCS_PACE_THINK:
		return true;
	case KCS_PACE_READ:
		return kcs_pace_expects_dummy(&pair->pace);
	default:
		return false;
	}
}

/*
 * The clock is read between two steps only. So the first look that shows nothing
 * asks for another step, whose time is when the wait began, to within a look.
 */
static u32 pair_wait(struct kcs_pair *pair, bool interrupt)
{
	struct kcs_sm *sm = &pair->sm;

	if (!pair->is_waiting) {
		pair->is_waiting = true;
		pair->is_timed = false;
		kcs_pace_begin(&pair->pace, pair_phase(sm), pair_command(sm));
		return KCS_STEP_POLL;
	}
	if (sm->state == KCS_SM_PAUSE) {
		kcs_pace_begin(&pair->pace, KCS_PACE_OTHER, 0);
		return KCS_SM_PAUSE_US;
	}
	return kcs_pace_next_us(&pair->pace, pair->now_us - pair->since_us,
				interrupt && pair_expects_interrupt(pair));
}

static void pair_progress(struct kcs_pair *pair)
{
	u64 waited_us = pair->is_timed ? pair->now_us - pair->since_us : 0;

	if (!pair->is_waiting)
		return;
	pair->is_waiting = false;
	if (kcs_pace_end(&pair->pace, waited_us))
		pair->transport.missed++;
}

/* Do what Status allows; false when it shows nothing. */
static bool pair_act(struct kcs_pair *pair)
{
	struct kcs_io *io = pair->io;
	struct kcs_action action;
	u32 waited_us = 0;
	u8 status;

	if (pair->is_waiting && pair->is_timed)
		waited_us = pair->now_us - pair->since_us;
	status = io->ops->read(io, KCS_REG_STATUS);
	pair->transport.status = status;
	action = kcs_sm_status(&pair->sm, status, waited_us);
	if (action.kind == KCS_ACTION_WAIT)
		return false;
	pair_progress(pair);
	if (action.kind == KCS_ACTION_READ_DATA)
		action = kcs_sm_data(&pair->sm, io->ops->read(io, KCS_REG_DATA));
	if (action.kind == KCS_ACTION_WRITE_DATA)
		io->ops->write(io, KCS_REG_DATA, action.value);
	else if (action.kind == KCS_ACTION_WRITE_CMD)
		io->ops->write(io, KCS_REG_CMD, action.value);
	return true;
}

static u32 pair_end(struct kcs_pair *pair)
{
	struct kcs_sm *sm = &pair->sm;

	pair->transport.result = sm->result;
	if (sm->result != -EINVAL)
		pair->transport.dirty = sm->dirty && !pair->began_dirty;
	if (sm->leftover)
		kcs_pace_dummy(&pair->pace, false);
	if (!sm->result) {
		kcs_pace_dummy(&pair->pace, sm->dummy_missing);
		pair->writes_dummies = sm->dummy_seen && !sm->dummy_lacking;
	}
	return KCS_STEP_DONE;
}

static u32 pair_step(struct kcs_transport *transport, u64 now_us, bool interrupt)
{
	struct kcs_pair *pair = PAIR(transport);

	pair->now_us = now_us;
	if (pair->is_waiting && !pair->is_timed) {
		pair->is_timed = true;
		pair->since_us = now_us;
	}
	while (pair->sm.state != KCS_SM_END)
		if (!pair_act(pair))
			return pair_wait(pair, interrupt);
	return pair_end(pair);
}

/*
 * The message after one that did not end cleanly begins with the error exit (IPMI
 * 2.0 rev 1.1, 9.15). Where that does not help either, the one after it begins
 * with WRITE_START, which is an abort as well: some BMCs never finish an error
 * exit, or drop the first reply after one.
 */
static void pair_begin(struct kcs_transport *transport,
		       const struct kcs_msg *request, struct kcs_msg *reply)
{
	struct kcs_pair *pair = PAIR(transport);

	pair->began_dirty = transport->dirty;
	pair->is_waiting = false;
	pair->pace.is_idle = transport->is_idle;
	kcs_sm_begin(&pair->sm, request, reply, transport->dirty);
	if (!kcs_pace_expects_dummy(&pair->pace))
		pair->sm.dummy_wait_us = 0;
}

static void pair_abandon(struct kcs_transport *transport)
{
	struct kcs_pair *pair = PAIR(transport);

	transport->dirty = pair->sm.dirty && !pair->began_dirty;
}

static u8 pair_look(struct kcs_transport *transport)
{
	struct kcs_io *io = PAIR(transport)->io;

	transport->status = io->ops->read(io, KCS_REG_STATUS);
	return transport->status;
}

static void pair_describe(const struct kcs_transport *transport, char *text,
			  size_t size)
{
	const struct kcs_sm *sm = &PAIR(transport)->sm;
	char status[KCS_NAMES_STATUS_SIZE];

	snprintf(text, size, "in %s, status 0x%02x [%s], last interface status code: %s",
		 kcs_names_sm_state(sm->state), transport->status,
		 kcs_names_status(status, sizeof(status), transport->status),
		 kcs_names_error_code(sm->error_code));
}

static const struct kcs_transport_ops pair_ops = {
	.begin = pair_begin,
	.step = pair_step,
	.abandon = pair_abandon,
	.look = pair_look,
	.describe = pair_describe,
};

/**
 * kcs_pair_init() - make a transport of a register pair
 * @pair: filled; nothing is known of the BMC's pace
 * @io: the registers
 */
void kcs_pair_init(struct kcs_pair *pair, struct kcs_io *io)
{
	*pair = (struct kcs_pair){ .transport.ops = &pair_ops, .io = io };
}
