// SPDX-License-Identifier: GPL-2.0-only
/* When something goes wrong with a simulated BMC, and for how long. */
#include "fault.h"

static bool armed(const struct sim_fault *fault, enum sim_fault_kind kind,
		  const struct sim_moment *moment)
{
	if (fault->kind != kind || moment->now_us < fault->from_us)
		return false;
	if (fault->byte != SIM_ANY_BYTE && fault->byte != moment->handshake)
		return false;
	if (fault->states && !(fault->states & BIT(moment->state)))
		return false;
	return fault->command == SIM_ANY_COMMAND ||
	       fault->command == moment->command;
}

static void latch(struct sim_trouble *trouble, u64 now_us)
{
	if (!trouble->latched)
		trouble->latch_us = now_us;
	trouble->latched = true;
}

/* Its time is up, if it has one and ever began. */
static bool over(struct sim_trouble *trouble, u64 now_us)
{
	struct sim_fault *fault = &trouble->fault;

	if (!trouble->latched || !fault->for_us ||
	    now_us - trouble->latch_us < fault->for_us)
		return false;
	fault->kind = SIM_FAULT_NONE;
	return true;
}

/**
 * sim_fault_strikes() - does a fault of the kind that strikes do so now?
 * @trouble: the fault there is
 * @kind: the fault asked for
 * @moment: where the BMC is
 *
 * Such a fault concerns one byte, one reply, one interrupt; each hit counts.
 *
 * Context: any; the caller serialises.
 * Return: true when it does.
 */
bool sim_fault_strikes(struct sim_trouble *trouble, enum sim_fault_kind kind,
		       const struct sim_moment *moment)
{
	struct sim_fault *fault = &trouble->fault;

	if (!armed(fault, kind, moment) || over(trouble, moment->now_us))
		return false;
	latch(trouble, moment->now_us);
	trouble->hits++;
	if (fault->times && !--fault->times)
		fault->kind = SIM_FAULT_NONE;
	return true;
}

/**
 * sim_fault_lasts() - does a fault of the kind that lasts apply now?
 * @trouble: the fault there is
 * @kind: the fault asked for
 * @moment: where the BMC is
 *
 * Such a fault begins once, wherever it is to begin, and from then on holds
 * everywhere until its time is up.
 *
 * Context: any; the caller serialises.
 * Return: true while it does.
 */
bool sim_fault_lasts(struct sim_trouble *trouble, enum sim_fault_kind kind,
		     const struct sim_moment *moment)
{
	if (trouble->fault.kind != kind || over(trouble, moment->now_us))
		return false;
	if (!trouble->latched) {
		if (!armed(&trouble->fault, kind, moment))
			return false;
		latch(trouble, moment->now_us);
		trouble->hits++;
	}
	return true;
}

/* Get Message Flags shows an event for ever, and reading it is no end of it. */
static void endless_events(const struct sim_moment *moment,
			   struct kcs_msg *reply)
{
	if (moment->command == (IPMI_NETFN_APP_REQUEST << 8 | 0x31)) {
		reply->bytes[2] = IPMI_CC_NO_ERROR;
		reply->bytes[3] = 0x02;
		reply->len = 4;
	} else if (moment->command == (IPMI_NETFN_APP_REQUEST << 8 | 0x35)) {
		reply->bytes[2] = IPMI_CC_NO_ERROR;
		memset(&reply->bytes[3], 0x55, 16);
		reply->len = 19;
	}
}

/**
 * sim_fault_reply() - what a fault makes of a reply
 * @trouble: the fault there is
 * @moment: where the BMC is
 * @reply: the reply, changed
 *
 * Context: any; the caller serialises.
 * Return: how many bytes the BMC sends past the end of the reply.
 */
u16 sim_fault_reply(struct sim_trouble *trouble,
		    const struct sim_moment *moment, struct kcs_msg *reply)
{
	u8 code = trouble->fault.code;

	if (sim_fault_lasts(trouble, SIM_FAULT_EVENTS, moment))
		endless_events(moment, reply);
	if (sim_fault_strikes(trouble, SIM_FAULT_CODE, moment)) {
		reply->bytes[2] = code;
		reply->len = KCS_MSG_REPLY_MIN;
	}
	if (sim_fault_strikes(trouble, SIM_FAULT_NETFN, moment))
		reply->bytes[0] ^= 0x40;
	if (sim_fault_strikes(trouble, SIM_FAULT_COMMAND, moment))
		reply->bytes[1] ^= 0x40;
	if (sim_fault_strikes(trouble, SIM_FAULT_SHORT, moment))
		reply->len--;
	if (sim_fault_strikes(trouble, SIM_FAULT_REPLY_0, moment))
		reply->len = 0;
	if (sim_fault_strikes(trouble, SIM_FAULT_REPLY_1, moment))
		reply->len = 1;
	if (sim_fault_strikes(trouble, SIM_FAULT_REPLY_2, moment))
		reply->len = 2;
	return sim_fault_strikes(trouble, SIM_FAULT_LONG, moment) ? 300 : 0;
}

/**
 * sim_fault_set() - let something go wrong
 * @trouble: the fault there is, which ends
 * @fault: what, and when; copied. SIM_FAULT_NONE for nothing.
 *
 * Context: any; the caller serialises.
 */
void sim_fault_set(struct sim_trouble *trouble, const struct sim_fault *fault)
{
	*trouble = (struct sim_trouble){ .fault = *fault };
}

/**
 * sim_fault_name() - a fault in words
 * @kind: the fault
 *
 * Context: any.
 * Return: a constant string, NULL for what is not a fault.
 */
const char *sim_fault_name(enum sim_fault_kind kind)
{
	static const char * const names[SIM_FAULT_KINDS] = {
		[SIM_FAULT_NONE] = "none",
		[SIM_FAULT_OBF_NEVER] = "obf_never",
		[SIM_FAULT_IBF_STUCK] = "ibf_stuck",
		[SIM_FAULT_LATE_DUMMY] = "late_dummy",
		[SIM_FAULT_ERROR] = "error",
		[SIM_FAULT_ERROR_BARE] = "error_bare",
		[SIM_FAULT_NETFN] = "netfn",
		[SIM_FAULT_COMMAND] = "command",
		[SIM_FAULT_LONG] = "long",
		[SIM_FAULT_SHORT] = "short",
		[SIM_FAULT_REPLY_0] = "reply_0",
		[SIM_FAULT_REPLY_1] = "reply_1",
		[SIM_FAULT_REPLY_2] = "reply_2",
		[SIM_FAULT_CODE] = "code",
		[SIM_FAULT_FLOATING] = "floating",
		[SIM_FAULT_RESET] = "reset",
		[SIM_FAULT_SILENCE] = "silence",
		[SIM_FAULT_ATN_STUCK] = "atn_stuck",
		[SIM_FAULT_EVENTS] = "events",
		[SIM_FAULT_IRQ_LOST] = "irq_lost",
		[SIM_FAULT_IRQ_STUCK] = "irq_stuck",
		[SIM_FAULT_IRQ_SPURIOUS] = "irq_spurious",
		[SIM_FAULT_NO_LAST_DUMMY] = "no_last_dummy",
		[SIM_FAULT_NO_END] = "no_end",
		[SIM_FAULT_LATE] = "late",
	};

	return kind < SIM_FAULT_KINDS ? names[kind] : NULL;
}
