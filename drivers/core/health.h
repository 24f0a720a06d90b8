/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_HEALTH_H
#define KCS_HEALTH_H

#include <kcs/msg.h>
#include <linux/types.h>

/* Nothing is to be asked. */
#define KCS_HEALTH_NEVER	(~0ull)

/**
 * enum kcs_health_state - what is known of a BMC
 * @KCS_HEALTH_UNKNOWN: nothing yet
 * @KCS_HEALTH_READY: it answers
 * @KCS_HEALTH_DEGRADED: it answers, but failed a request in the last minute
 * @KCS_HEALTH_RESTRICTED: it answers, but its policy refuses Get Device ID
 * @KCS_HEALTH_MAINTENANCE: it is starting, was reset, or gets new firmware
 * @KCS_HEALTH_DEAD: it does not answer
 * @KCS_HEALTH_ABSENT: nothing is there; the bus floats
 * @KCS_HEALTH_STATES: how many there are
 */
enum kcs_health_state {
	KCS_HEALTH_UNKNOWN,
	KCS_HEALTH_READY,
	KCS_HEALTH_DEGRADED,
	KCS_HEALTH_RESTRICTED,
	KCS_HEALTH_MAINTENANCE,
	KCS_HEALTH_DEAD,
	KCS_HEALTH_ABSENT,
	KCS_HEALTH_STATES,
};

/**
 * struct kcs_health - a BMC's health, and the plan that follows from it
 * @state: in a word
 * @in_step: requests may be sent: the BMC gave the right answers to the last
 *	search, and to every request since
 * @refuses: new requests fail at once: the last search found no BMC
 * @question_us: when to ask the next question, %KCS_HEALTH_NEVER for none
 * @question: its command, of NetFn App
 * @is_asking: it is on the wire: nothing but its reply, or another failure,
 *	changes the plan
 * @is_demanded: a request was refused since the last search, or Status changed
 *	during this one
 * @right: right answers in a row, in this search
 * @attempts: questions in a row without one, in this search
 * @searches: searches in a row that found no BMC
 * @verdict_us: a search does not end without a BMC before it
 * @extended: @verdict_us was put off for an answer, in this search
 * @searched_us: when the last search ended
 * @calm_us: without another failure it is ready from here on
 * @excuse_us: until here silence is a restart, not death
 * @checked_us: when it was last asked while in step
 * @denied: it refused Get Device ID by its policy
 * @updating: it said that its firmware is being updated
 *
 * Protected by its owner's lock.
 */
struct kcs_health {
	enum kcs_health_state state;
	bool in_step;
	bool refuses;
	u64 question_us;
	u8 question;
	bool is_asking;
	bool is_demanded;

	/* private: */
	u32 right;
	u32 attempts;
	u32 searches;
	u64 verdict_us;
	bool extended;
	u64 searched_us;
	u64 calm_us;
	u64 excuse_us;
	u64 checked_us;
	bool denied;
	bool updating;
};

void kcs_health_init(struct kcs_health *health, u64 now_us);
void kcs_health_answered(struct kcs_health *health, u32 command, u8 cc,
			 u64 now_us, u64 horizon_us);
void kcs_health_failed(struct kcs_health *health, u32 command, int err,
		       u64 now_us, u64 horizon_us);
void kcs_health_doubted(struct kcs_health *health, u64 now_us);
void kcs_health_floated(struct kcs_health *health, u64 now_us);
void kcs_health_stirred(struct kcs_health *health, u64 now_us);
void kcs_health_demanded(struct kcs_health *health, u64 now_us);
void kcs_health_replied(struct kcs_health *health, int err,
			const struct kcs_msg *reply, u64 now_us,
			u64 horizon_us);
u32 kcs_health_question_ms(const struct kcs_health *health);
const char *kcs_health_name(enum kcs_health_state state);

#endif /* KCS_HEALTH_H */
