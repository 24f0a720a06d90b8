/* SPDX-License-Identifier: GPL-2.0-only */
/* What may go wrong with a simulated BMC, and when it does. Pure. */
#ifndef KCS_SIM_FAULT_H
#define KCS_SIM_FAULT_H

#include <kcs/msg.h>
#include <kcs/regs.h>
#include <linux/types.h>

/**
 * enum sim_fault_kind - what goes wrong
 * @SIM_FAULT_NONE: nothing
 * @SIM_FAULT_OBF_NEVER: OBF is not seen any more
 * @SIM_FAULT_IBF_STUCK: IBF is always seen
 * @SIM_FAULT_LATE_DUMMY: write-phase dummy bytes come after IBF fell
 * @SIM_FAULT_ERROR: ERROR at a byte, with OBF
 * @SIM_FAULT_ERROR_BARE: ERROR at a byte, without OBF
 * @SIM_FAULT_NETFN: a reply with another NetFn
 * @SIM_FAULT_COMMAND: a reply with another command
 * @SIM_FAULT_LONG: a reply with 300 bytes more
 * @SIM_FAULT_SHORT: a reply with one byte less
 * @SIM_FAULT_REPLY_0: a reply of no byte
 * @SIM_FAULT_REPLY_1: a reply of one byte
 * @SIM_FAULT_REPLY_2: a reply of two bytes
 * @SIM_FAULT_CODE: a bare completion code instead of the reply
 * @SIM_FAULT_FLOATING: both registers read FFh
 * @SIM_FAULT_RESET: the BMC loses all it was doing
 * @SIM_FAULT_SILENCE: nothing is taken and nothing given
 * @SIM_FAULT_ATN_STUCK: SMS_ATN is always seen
 * @SIM_FAULT_EVENTS: the event buffer never empties
 * @SIM_FAULT_IRQ_LOST: no interrupt is raised
 * @SIM_FAULT_IRQ_STUCK: the interrupt is always raised
 * @SIM_FAULT_IRQ_SPURIOUS: an interrupt at each status read, for nothing
 * @SIM_FAULT_NO_LAST_DUMMY: IDLE without the last dummy byte
 * @SIM_FAULT_NO_END: the reply never ends
 * @SIM_FAULT_LATE: a request takes %SIM_DAEMON_LATE_US longer, and is finished
 *	and answered even if the host has begun another one meanwhile
 * @SIM_FAULT_KINDS: how many there are
 */
enum sim_fault_kind {
	SIM_FAULT_NONE,
	SIM_FAULT_OBF_NEVER,
	SIM_FAULT_IBF_STUCK,
	SIM_FAULT_LATE_DUMMY,
	SIM_FAULT_ERROR,
	SIM_FAULT_ERROR_BARE,
	SIM_FAULT_NETFN,
	SIM_FAULT_COMMAND,
	SIM_FAULT_LONG,
	SIM_FAULT_SHORT,
	SIM_FAULT_REPLY_0,
	SIM_FAULT_REPLY_1,
	SIM_FAULT_REPLY_2,
	SIM_FAULT_CODE,
	SIM_FAULT_FLOATING,
	SIM_FAULT_RESET,
	SIM_FAULT_SILENCE,
	SIM_FAULT_ATN_STUCK,
	SIM_FAULT_EVENTS,
	SIM_FAULT_IRQ_LOST,
	SIM_FAULT_IRQ_STUCK,
	SIM_FAULT_IRQ_SPURIOUS,
	SIM_FAULT_NO_LAST_DUMMY,
	SIM_FAULT_NO_END,
	SIM_FAULT_LATE,
	SIM_FAULT_KINDS,
};

#define SIM_ANY_BYTE		0xffff
#define SIM_ANY_COMMAND		0xffff

/**
 * struct sim_fault - what goes wrong, and when
 * @kind: what
 * @byte: at which handshake since the last WRITE_START or ABORT, from 0, or
 *	%SIM_ANY_BYTE
 * @states: in which states, a bit for each, or 0 for any
 * @command: NetFn << 8 | command, or %SIM_ANY_COMMAND
 * @from_us: not before this moment
 * @for_us: for how long after the first time; 0 for ever
 * @times: how often; 0 without limit
 * @code: the completion code of SIM_FAULT_CODE
 */
struct sim_fault {
	enum sim_fault_kind kind;
	u16 byte;
	u8 states;
	u16 command;
	u64 from_us;
	u32 for_us;
	u32 times;
	u8 code;
};

/**
 * sim_reply() - begin a reply
 * @request: what is answered
 * @reply: becomes a bare completion code
 * @code: the completion code
 *
 * Context: any.
 */
static inline void sim_reply(const struct kcs_msg *request,
			     struct kcs_msg *reply, u8 code)
{
	reply->bytes[0] = request->bytes[0] | 1 << 2;
	reply->bytes[1] = request->bytes[1];
	reply->bytes[2] = code;
	reply->len = KCS_MSG_REPLY_MIN;
}

/**
 * struct sim_moment - where a BMC is when it asks whether something goes wrong
 * @now_us: the time
 * @handshake: bytes taken since the last WRITE_START or ABORT
 * @state: its state
 * @command: NetFn << 8 | command of the last request
 */
struct sim_moment {
	u64 now_us;
	u16 handshake;
	enum kcs_state state;
	u16 command;
};

/**
 * struct sim_trouble - a fault, and what became of it
 * @fault: the fault; its kind is SIM_FAULT_NONE once it is over
 * @hits: how often it struck
 * @latched: it struck or began to last, ...
 * @latch_us: ... at this time
 */
struct sim_trouble {
	struct sim_fault fault;
	u32 hits;

	/* private: */
	bool latched;
	u64 latch_us;
};

void sim_fault_set(struct sim_trouble *trouble, const struct sim_fault *fault);
bool sim_fault_strikes(struct sim_trouble *trouble, enum sim_fault_kind kind,
		       const struct sim_moment *moment);
bool sim_fault_lasts(struct sim_trouble *trouble, enum sim_fault_kind kind,
		     const struct sim_moment *moment);
u16 sim_fault_reply(struct sim_trouble *trouble,
		    const struct sim_moment *moment, struct kcs_msg *reply);
const char *sim_fault_name(enum sim_fault_kind kind);

#endif /* KCS_SIM_FAULT_H */
