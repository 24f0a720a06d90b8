/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host side of the KCS protocol, one message at a time (IPMI 2.0 rev 1.1,
 * 9.7 to 9.15). Pure: it is fed status and data bytes and the time spent
 * waiting, and says which register to touch next.
 */
#ifndef KCS_SM_H
#define KCS_SM_H

#include <kcs/msg.h>
#include <kcs/regs.h>
#include <linux/types.h>

/* A missing last dummy byte is waited for this long after IDLE, then excused. */
#define KCS_SM_DUMMY_WAIT_US	2000

/* Rest between two tries of the error exit: a retry must not spin. */
#define KCS_SM_PAUSE_US		10000

/* Error exits in a row before the host does without; no number in 9.15. */
#define KCS_SM_ABORTS_MAX	3

/* How long READ may show in an error exit before its status code is there. */
#define KCS_SM_CODE_WAIT_US	100000

/* How often one message is sent when the BMC errs before it has all of it. */
#define KCS_SM_SENDS_MAX	3

/* Reply bytes read past KCS_MSG_MAX before the host gives up and aborts. */
#define KCS_SM_DRAIN_MAX	1024

/**
 * enum kcs_sm_state - named by what the host waits for
 * @KCS_SM_WAIT_START: IBF=0, to write WRITE_START
 * @KCS_SM_WAIT_WRITE_START: WRITE_START to be taken
 * @KCS_SM_WAIT_WRITE_DATA: a request byte to be taken
 * @KCS_SM_WAIT_WRITE_END: WRITE_END to be taken
 * @KCS_SM_WAIT_REPLY: the next reply byte, or the end of the reply
 * @KCS_SM_WAIT_DUMMY: the dummy byte that follows IDLE
 * @KCS_SM_WAIT_ABORT: IBF=0, to write ABORT
 * @KCS_SM_WAIT_ABORT_TAKEN: ABORT to be taken
 * @KCS_SM_WAIT_ABORT_READ: READ, after the 00h byte
 * @KCS_SM_WAIT_ABORT_CODE: the interface status code
 * @KCS_SM_WAIT_ABORT_IDLE: IDLE, after the status code
 * @KCS_SM_WAIT_ABORT_DUMMY: the dummy byte that follows that IDLE
 * @KCS_SM_PAUSE: time to pass before the next try of the error exit
 * @KCS_SM_END: nothing: the message ended, kcs_sm.result says how
 * @KCS_SM_STATES: how many states there are
 */
enum kcs_sm_state {
	KCS_SM_WAIT_START,
	KCS_SM_WAIT_WRITE_START,
	KCS_SM_WAIT_WRITE_DATA,
	KCS_SM_WAIT_WRITE_END,
	KCS_SM_WAIT_REPLY,
	KCS_SM_WAIT_DUMMY,
	KCS_SM_WAIT_ABORT,
	KCS_SM_WAIT_ABORT_TAKEN,
	KCS_SM_WAIT_ABORT_READ,
	KCS_SM_WAIT_ABORT_CODE,
	KCS_SM_WAIT_ABORT_IDLE,
	KCS_SM_WAIT_ABORT_DUMMY,
	KCS_SM_PAUSE,
	KCS_SM_END,
	KCS_SM_STATES,
};

/**
 * enum kcs_action_kind - what to do with the registers
 * @KCS_ACTION_WAIT: nothing; come back with a fresh status byte
 * @KCS_ACTION_READ_DATA: read Data_Out and pass the byte to kcs_sm_data()
 * @KCS_ACTION_WRITE_DATA: write Data_In
 * @KCS_ACTION_WRITE_CMD: write Command
 * @KCS_ACTION_END: nothing; the message ended
 */
enum kcs_action_kind {
	KCS_ACTION_WAIT,
	KCS_ACTION_READ_DATA,
	KCS_ACTION_WRITE_DATA,
	KCS_ACTION_WRITE_CMD,
	KCS_ACTION_END,
};

/**
 * struct kcs_action - one register action
 * @kind: which
 * @value: the byte to write, for the two kinds that write
 */
struct kcs_action {
	enum kcs_action_kind kind;
	u8 value;
};

/**
 * struct kcs_sm - one message on its way
 * @state: what the host waits for
 * @result: after %KCS_SM_END: 0; %-EINVAL for a request too short or too long
 *	for IPMI; %-EIO when the BMC reported an error or the
 *	error exit failed; %-EBADMSG when the reply is not one to this request;
 *	%-EMSGSIZE when the reply is longer than %KCS_MSG_MAX
 * @dirty: after the end: the next message must begin with the error exit
 * @error_code: the interface status code of the last error exit
 * @request: the message to send
 * @reply: where the reply goes
 * @sent: bytes of @request handed to the BMC
 * @drained: reply bytes dropped because @reply was full
 * @sends: times the message was begun
 * @aborts: error exits tried in a row
 * @dummy_wait_us: a missing last dummy byte is waited for so long after IDLE;
 *	%KCS_SM_DUMMY_WAIT_US unless the owner knows better
 * @dummy_missing: it did not come
 * @leftover: a byte was left in Data_Out before the message
 * @dummy_seen: a write of this message was followed by a dummy byte
 * @dummy_lacking: a write of this message was not, as far as was seen
 * @stale_dropped: a stale 00h before the reply was dropped
 * @after_pause: the state that follows %KCS_SM_PAUSE
 * @waited_us: time since the last register action, at the last status byte
 * @mark_us: when IDLE or READ was seen, or the pause began, in microseconds
 *	waited
 */
struct kcs_sm {
	enum kcs_sm_state state;
	int result;
	bool dirty;
	u8 error_code;
	u32 dummy_wait_us;
	bool dummy_missing;
	bool leftover;
	bool dummy_seen;
	bool dummy_lacking;

	/* private: */
	const struct kcs_msg *request;
	struct kcs_msg *reply;
	u16 sent;
	u16 drained;
	u8 sends;
	u8 aborts;
	bool stale_dropped;
	enum kcs_sm_state after_pause;
	u32 waited_us;
	u32 mark_us;
};

void kcs_sm_begin(struct kcs_sm *sm, const struct kcs_msg *request,
		  struct kcs_msg *reply, bool dirty);
struct kcs_action kcs_sm_status(struct kcs_sm *sm, u8 status, u32 waited_us);
struct kcs_action kcs_sm_data(struct kcs_sm *sm, u8 byte);

#endif /* KCS_SM_H */
