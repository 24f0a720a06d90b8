/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting that learns: how long one BMC takes, and so how long to look away. Pure:
 * it is given the times at which Status was looked at.
 */
#ifndef KCS_PACE_H
#define KCS_PACE_H

#include <linux/types.h>

/* A wait expected to be shorter is spent polling. */
#define KCS_PACE_POLL_US	30

/* So long past the expected moment an interrupt is taken for lost. */
#define KCS_PACE_LOST_US	16000u

/* Commands whose think times are known at a time. */
#define KCS_PACE_COMMANDS	16

/* Messages in a row without a last dummy byte: it is not waited for any more. */
#define KCS_PACE_DUMMIES_MISSED	2

/**
 * enum kcs_pace_phase - what is waited for
 * @KCS_PACE_WRITE: a byte to be taken
 * @KCS_PACE_THINK: the first byte of the reply
 * @KCS_PACE_READ: another byte of the reply
 * @KCS_PACE_OTHER: what is too rare to be learned
 */
enum kcs_pace_phase {
	KCS_PACE_WRITE,
	KCS_PACE_THINK,
	KCS_PACE_READ,
	KCS_PACE_OTHER,
};

/**
 * struct kcs_estimate - how long something takes
 * @mean_q4: the mean, in sixteenths of a microsecond
 * @dev_q4: the mean deviation from it, likewise
 * @early: waits in a row that had ended before the first look after a sleep
 * @known: there was one to learn from
 */
struct kcs_estimate {
	u32 mean_q4;
	u32 dev_q4;
	u8 early;
	bool known;
};

/**
 * struct kcs_pace - what is known of a BMC's pace, and the wait in progress
 * @write: time to take a byte
 * @read: time to offer the next one
 * @think: time to answer, per command
 * @command: NetFn/LUN << 8 | command of each @think; newest at @newest
 * @newest: index of the command added last
 * @overshoot: how much longer than asked for this machine sleeps
 * @dummies_missed: messages in a row without a last dummy byte
 * @is_idle: nobody waits: sleeps grow fast, and long
 * @estimate: of the wait in progress; NULL for none to learn
 * @unready_us: when Status last showed nothing, in microseconds waited
 * @asked_us: length of the last sleep, 0 for none
 * @asked_at_us: when it began
 * @woke_us: when the last sleep ended
 * @sleeps: how many there were
 * @interrupt: the first one was to be ended by an interrupt
 */
struct kcs_pace {
	struct kcs_estimate write;
	struct kcs_estimate read;
	struct kcs_estimate think[KCS_PACE_COMMANDS];
	u16 command[KCS_PACE_COMMANDS];
	u8 newest;
	struct kcs_estimate overshoot;
	u8 dummies_missed;
	bool is_idle;

	/* private: the wait in progress */
	struct kcs_estimate *estimate;
	u32 unready_us;
	u32 asked_us;
	u32 asked_at_us;
	u32 woke_us;
	u32 sleeps;
	bool interrupt;
};

void kcs_pace_begin(struct kcs_pace *pace, enum kcs_pace_phase phase,
		    u16 command);
u32 kcs_pace_next_us(struct kcs_pace *pace, u32 waited_us, bool interrupt);
bool kcs_pace_end(struct kcs_pace *pace, u32 waited_us);
void kcs_pace_dummy(struct kcs_pace *pace, bool missing);

/**
 * kcs_pace_expects_dummy() - test whether the last dummy byte is worth waiting for
 * @pace: the pace
 *
 * Return: false for a BMC that was seen not to write it.
 */
static inline bool kcs_pace_expects_dummy(const struct kcs_pace *pace)
{
	return pace->dummies_missed < KCS_PACE_DUMMIES_MISSED;
}

#endif /* KCS_PACE_H */
