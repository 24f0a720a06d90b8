/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_ATTENTION_H
#define KCS_ATTENTION_H

#include <kcs/host.h>
#include <linux/types.h>

struct kcs_host;

/**
 * struct kcs_attention - what the BMC calls for, and who listens
 * @listener: is told; NULL for none
 * @interest: what it waits for
 * @listens: it waits for something: the interrupt is wanted between messages
 * @is_called: SMS_ATN was seen, or its interrupt came
 * @is_owed: a round is wanted whatever Status shows: the first for a listener, or one
 *	that had to wait
 * @is_busy: a round is in progress
 * @flags: message flags of the round that were not served yet
 * @fetched: messages or events fetched for the flag being served
 * @productive: the round fetched something, and left nothing
 * @streak: productive rounds in a row, with SMS_ATN set between them
 * @calls: calls of the listener in progress
 * @next_round_us: no round begins before it
 * @round_us: when the last round ended
 * @looked_us: when Status was last looked at
 * @asked_us: when a program last asked for events
 *
 * Protected by kcs_host.lock; @flags, @fetched and @productive belong to the round.
 */
struct kcs_attention {
	struct kcs_listener *listener;
	enum kcs_interest interest;
	bool listens;
	bool is_called;
	bool is_owed;
	bool is_busy;
	u8 flags;
	u32 fetched;
	bool productive;
	u32 streak;
	u32 calls;
	u64 next_round_us;
	u64 round_us;
	u64 looked_us;
	u64 asked_us;
};

u64 kcs_attention_due_us(const struct kcs_host *host, u64 now_us);
void kcs_attention_step(struct kcs_host *host, u64 now_us);
bool kcs_attention_is_armed(const struct kcs_host *host);
void kcs_attention_look(struct kcs_host *host, u8 status);

#endif /* KCS_ATTENTION_H */
