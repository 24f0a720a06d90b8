// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host side of the KCS protocol (IPMI 2.0 rev 1.1, figures 9-6 and 9-7).
 *
 * A message takes the write phase, the read phase and, when the BMC errs, the
 * error exit. In each state the host waits for one thing; a status byte that
 * shows it leads to one register action and the next state:
 *
 *   START -61-> WRITE_START -data-> WRITE_DATA ... -62-> WRITE_END -last byte->
 *   REPLY -68-> REPLY ... (IDLE) DUMMY -> END
 *
 *   ABORT -60-> ABORT_TAKEN -00-> ABORT_READ -> ABORT_CODE -68-> ABORT_IDLE
 *   -> ABORT_DUMMY -> START or END
 *
 * Three rules hold throughout. Nothing is decided, read or written on a status
 * byte with IBF=1. Data_Out is read only when that same byte has OBF=1. A
 * message the BMC has not received to its last byte may be sent again; one
 * that it has is never sent twice, for it may have been obeyed.
 *
 * Every way ends: sends, error exits and reply bytes are counted here, and the
 * caller bounds the waiting by its deadline.
 */
#include "sm.h"

static struct kcs_action keep_waiting(void)
{
	return (struct kcs_action){ .kind = KCS_ACTION_WAIT };
}

static struct kcs_action read_data(void)
{
	return (struct kcs_action){ .kind = KCS_ACTION_READ_DATA };
}

static struct kcs_action write_data(struct kcs_sm *sm, u8 value,
				    enum kcs_sm_state next)
{
	sm->state = next;
	return (struct kcs_action){ KCS_ACTION_WRITE_DATA, value };
}

static struct kcs_action write_cmd(struct kcs_sm *sm, u8 value,
				   enum kcs_sm_state next)
{
	sm->state = next;
	return (struct kcs_action){ KCS_ACTION_WRITE_CMD, value };
}

static struct kcs_action finish(struct kcs_sm *sm, int result, bool dirty)
{
	sm->state = KCS_SM_END;
	sm->result = result;
	sm->dirty = dirty;
	return (struct kcs_action){ .kind = KCS_ACTION_END };
}

/* Rest before @next, so that no retry is a tight loop against a sick BMC. */
static struct kcs_action rest_then(struct kcs_sm *sm, enum kcs_sm_state next)
{
	sm->state = KCS_SM_PAUSE;
	sm->after_pause = next;
	sm->mark_us = sm->waited_us;
	return keep_waiting();
}

/*
 * A BMC raises OBF a moment after it shows IDLE, or never: some do not write
 * the last dummy byte at all. Deviation from 9.7, which waits for ever.
 */
static bool dummy_overdue(const struct kcs_sm *sm)
{
	return sm->waited_us - sm->mark_us >= sm->dummy_wait_us;
}

/* -- Error exit (figure 9-7). --------------------------------------------- */

static struct kcs_action abort_begin(struct kcs_sm *sm)
{
	return write_cmd(sm, KCS_CTRL_ABORT, KCS_SM_WAIT_ABORT_TAKEN);
}

/*
 * 9.15 lets software do without the error exit. WRITE_START is an abort as
 * well, so a message not begun yet is tried with it before all is given up.
 */
static struct kcs_action abort_failed(struct kcs_sm *sm)
{
	sm->aborts++;
	if (sm->aborts < KCS_SM_ABORTS_MAX)
		return rest_then(sm, KCS_SM_WAIT_ABORT);
	if (sm->aborts == KCS_SM_ABORTS_MAX && !sm->sends)
		return rest_then(sm, KCS_SM_WAIT_START);
	return finish(sm, -EIO, true);
}

/* The interface is clean again: send the message if that is safe. */
static struct kcs_action abort_done(struct kcs_sm *sm)
{
	bool received = sm->sent == sm->request->len;

	sm->aborts = 0;
	if (received)
		return finish(sm, sm->drained ? -EMSGSIZE : -EIO, false);
	if (sm->sends >= KCS_SM_SENDS_MAX)
		return finish(sm, -EIO, false);
	sm->sent = 0;
	if (sm->sends)
		return rest_then(sm, KCS_SM_WAIT_START);
	sm->state = KCS_SM_WAIT_START;
	return keep_waiting();
}

/*
 * The specification wants WRITE here. QEMU shows ERROR and OpenVMM READ, so
 * only the state after the 00h byte decides.
 */
static struct kcs_action abort_taken(struct kcs_sm *sm, u8 status)
{
	if (status & KCS_STATUS_OBF)
		return read_data();
	return write_data(sm, 0, KCS_SM_WAIT_ABORT_READ);
}

static struct kcs_action abort_code(struct kcs_sm *sm, u8 status)
{
	if (kcs_status_state(status) != KCS_STATE_READ)
		return abort_failed(sm);
	if (status & KCS_STATUS_OBF)
		return read_data();
	if (sm->waited_us - sm->mark_us >= KCS_SM_CODE_WAIT_US)
		return abort_failed(sm);
	return keep_waiting();
}

static struct kcs_action abort_read(struct kcs_sm *sm, u8 status)
{
	sm->state = KCS_SM_WAIT_ABORT_CODE;
	sm->mark_us = sm->waited_us;
	return abort_code(sm, status);
}

static struct kcs_action abort_dummy(struct kcs_sm *sm, u8 status)
{
	if (kcs_status_state(status) != KCS_STATE_IDLE)
		return abort_failed(sm);
	if (status & KCS_STATUS_OBF)
		return read_data();
	return dummy_overdue(sm) ? abort_done(sm) : keep_waiting();
}

static struct kcs_action abort_idle(struct kcs_sm *sm, u8 status)
{
	sm->state = KCS_SM_WAIT_ABORT_DUMMY;
	sm->mark_us = sm->waited_us;
	return abort_dummy(sm, status);
}

/* -- Write phase (figure 9-6, left). -------------------------------------- */

static struct kcs_action write_next(struct kcs_sm *sm)
{
	u16 left = sm->request->len - sm->sent;

	if (left == 1 && sm->state != KCS_SM_WAIT_WRITE_END)
		return write_cmd(sm, KCS_CTRL_WRITE_END, KCS_SM_WAIT_WRITE_END);
	return write_data(sm, sm->request->bytes[sm->sent++],
			  left == 1 ? KCS_SM_WAIT_REPLY : KCS_SM_WAIT_WRITE_DATA);
}

static struct kcs_action write_start(struct kcs_sm *sm)
{
	sm->sends++;
	return write_cmd(sm, KCS_CTRL_WRITE_START, KCS_SM_WAIT_WRITE_START);
}

static struct kcs_action write_status(struct kcs_sm *sm, u8 status)
{
	if (kcs_status_state(status) != KCS_STATE_WRITE)
		return abort_begin(sm);
	if (status & KCS_STATUS_OBF)
		return read_data();
	sm->dummy_lacking = true;
	return write_next(sm);
}

/* -- Read phase (figure 9-6, right). -------------------------------------- */

static struct kcs_action reply_done(struct kcs_sm *sm, bool dirty)
{
	if (sm->drained)
		return finish(sm, -EMSGSIZE, dirty);
	if (!kcs_msg_answers(sm->reply, sm->request))
		return finish(sm, -EBADMSG, true);
	return finish(sm, 0, dirty);
}

static struct kcs_action reply_dummy(struct kcs_sm *sm, u8 status)
{
	if (kcs_status_state(status) != KCS_STATE_IDLE)
		return reply_done(sm, true);
	if (status & KCS_STATUS_OBF)
		return read_data();
	if (!dummy_overdue(sm))
		return keep_waiting();
	sm->dummy_missing = true;
	return reply_done(sm, false);
}

static struct kcs_action reply_status(struct kcs_sm *sm, u8 status)
{
	switch (kcs_status_state(status)) {
	case KCS_STATE_READ:
		return status & KCS_STATUS_OBF ? read_data() : keep_waiting();
	case KCS_STATE_IDLE:
		sm->state = KCS_SM_WAIT_DUMMY;
		sm->mark_us = sm->waited_us;
		return reply_dummy(sm, status);
	default:
		return abort_begin(sm);
	}
}

/*
 * A dummy byte of the write phase may rise only after IBF fell (9.8), and be read
 * in place of the reply. A BMC whose dummy bytes were all seen, or that writes
 * none, owes none: its 00h is a reply, if a wrong one. Otherwise one such byte is
 * dropped, without READ: the BMC has yet to offer the first byte.
 */
static bool is_stale_dummy(const struct kcs_sm *sm, u8 byte)
{
	return !byte && !sm->reply->len && !sm->stale_dropped &&
	       sm->dummy_seen && sm->dummy_lacking;
}

static struct kcs_action reply_data(struct kcs_sm *sm, u8 byte)
{
	struct kcs_msg *reply = sm->reply;

	if (is_stale_dummy(sm, byte)) {
		sm->stale_dropped = true;
		return keep_waiting();
	}
	if (reply->len < KCS_MSG_MAX)
		reply->bytes[reply->len++] = byte;
	else if (++sm->drained > KCS_SM_DRAIN_MAX)
		return abort_begin(sm);
	return write_data(sm, KCS_CTRL_READ, KCS_SM_WAIT_REPLY);
}

/* -- Entry points. -------------------------------------------------------- */

/**
 * kcs_sm_begin() - start a message
 * @sm: the state machine, in any state
 * @request: what to send; must outlive the message
 * @reply: where the reply goes; must outlive the message
 * @dirty: begin with the error exit, because the last message did not end well
 *
 * A request too short or too long for IPMI ends at once with %-EINVAL.
 *
 * Context: any; the caller serialises all calls for one @sm.
 */
void kcs_sm_begin(struct kcs_sm *sm, const struct kcs_msg *request,
		  struct kcs_msg *reply, bool dirty)
{
	memset(sm, 0, sizeof(*sm));
	sm->request = request;
	sm->reply = reply;
	sm->dummy_wait_us = KCS_SM_DUMMY_WAIT_US;
	reply->len = 0;
	if (request->len < KCS_MSG_REQUEST_MIN || request->len > KCS_MSG_MAX) {
		finish(sm, -EINVAL, dirty);
		return;
	}
	sm->state = dirty ? KCS_SM_WAIT_ABORT : KCS_SM_WAIT_START;
	sm->dirty = true;
}

/**
 * kcs_sm_status() - go on with a status byte
 * @sm: the state machine
 * @status: the Status register, read just now
 * @waited_us: microseconds since the last register action other than reading
 *	Status
 *
 * Context: any; the caller serialises all calls for one @sm.
 * Return: the next register action. After %KCS_ACTION_READ_DATA, and only
 * then, the caller passes the byte to kcs_sm_data().
 */
struct kcs_action kcs_sm_status(struct kcs_sm *sm, u8 status, u32 waited_us)
{
	sm->waited_us = waited_us;
	if (sm->state == KCS_SM_PAUSE) {
		if (waited_us - sm->mark_us < KCS_SM_PAUSE_US)
			return keep_waiting();
		sm->state = sm->after_pause;
	}
	if (sm->state != KCS_SM_END && status & KCS_STATUS_IBF)
		return keep_waiting();

	switch (sm->state) {
	case KCS_SM_WAIT_START:
		return status & KCS_STATUS_OBF ? read_data() : write_start(sm);
	case KCS_SM_WAIT_WRITE_START:
	case KCS_SM_WAIT_WRITE_DATA:
	case KCS_SM_WAIT_WRITE_END:
		return write_status(sm, status);
	case KCS_SM_WAIT_REPLY:
		return reply_status(sm, status);
	case KCS_SM_WAIT_DUMMY:
		return reply_dummy(sm, status);
	case KCS_SM_WAIT_ABORT:
		return abort_begin(sm);
	case KCS_SM_WAIT_ABORT_TAKEN:
		return abort_taken(sm, status);
	case KCS_SM_WAIT_ABORT_READ:
		return abort_read(sm, status);
	case KCS_SM_WAIT_ABORT_CODE:
		return abort_code(sm, status);
	case KCS_SM_WAIT_ABORT_IDLE:
		return abort_idle(sm, status);
	case KCS_SM_WAIT_ABORT_DUMMY:
		return abort_dummy(sm, status);
	default:
		return (struct kcs_action){ .kind = KCS_ACTION_END };
	}
}

/**
 * kcs_sm_data() - go on with the byte read from Data_Out
 * @sm: the state machine, whose last action was %KCS_ACTION_READ_DATA
 * @byte: what was read
 *
 * The status byte that led here had IBF=0, and reading does not set it, so a
 * write may follow without another look at Status.
 *
 * Context: any; the caller serialises all calls for one @sm.
 * Return: the next register action, never %KCS_ACTION_READ_DATA.
 */
struct kcs_action kcs_sm_data(struct kcs_sm *sm, u8 byte)
{
	sm->waited_us = 0;
	switch (sm->state) {
	case KCS_SM_WAIT_START:
		sm->leftover = true;
		return write_start(sm);
	case KCS_SM_WAIT_WRITE_START:
	case KCS_SM_WAIT_WRITE_DATA:
	case KCS_SM_WAIT_WRITE_END:
		sm->dummy_seen = true;
		return write_next(sm);
	case KCS_SM_WAIT_REPLY:
		return reply_data(sm, byte);
	case KCS_SM_WAIT_DUMMY:
		return reply_done(sm, false);
	case KCS_SM_WAIT_ABORT_TAKEN:
		return write_data(sm, 0, KCS_SM_WAIT_ABORT_READ);
	case KCS_SM_WAIT_ABORT_CODE:
		sm->error_code = byte;
		return write_data(sm, KCS_CTRL_READ, KCS_SM_WAIT_ABORT_IDLE);
	case KCS_SM_WAIT_ABORT_DUMMY:
		return abort_done(sm);
	default:
		return (struct kcs_action){ .kind = KCS_ACTION_END };
	}
}
