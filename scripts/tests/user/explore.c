// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that can happen to one message: at each step the BMC shows any status
 * byte, gives any data byte, and takes no time or a long time.
 *
 * States that differ only in what cannot matter later are one: of the reply, its
 * length and whether its first two bytes are right. Status bits the core does
 * not look at are checked not to matter. States and steps form a graph; each
 * step is checked against the rules, and the graph for having no circle but
 * waiting, which the caller bounds.
 */
#include "../../../drivers/protocol/sm.h"

#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

/* Longer than any wait the core bounds by itself. */
#define LONG_US		10000000u

#define TABLE_SIZE	(1u << 22)

/**
 * struct state - a state of the core, and what the rules need of its past
 * @sm: the core; its pointers are not kept
 * @reply_len: bytes of the reply
 * @right: bit 0, 1: the first, second byte of the reply is the right one
 * @received: the BMC has the whole request
 * @aborted: ABORT was written, and nothing since that allows another
 * @dummy_seen: a write was followed by a dummy byte
 * @dummy_lacking: a write was not
 */
struct state {
	struct kcs_sm sm;
	u16 reply_len;
	u8 right;
	bool received;
	bool aborted;
	bool dummy_seen;
	bool dummy_lacking;
};

enum colour { WHITE, GREY, BLACK };

/**
 * struct node - a state in the table
 * @state: the state
 * @used: the place is taken
 * @colour: of the search
 * @longest: register accesses from here to the end, at most, without waiting
 */
struct node {
	struct state state;
	bool used;
	u8 colour;
	u32 longest;
};

static struct node *table;
static u32 states;
static unsigned long long steps;
static struct kcs_msg request;

/* -- Findings. ------------------------------------------------------------ */

static void violation(const struct state *state, const char *what)
{
	printf("violation: %s (state %d, %u of %u bytes sent, reply of %u)\n",
	       what, state->sm.state, state->sm.sent, request.len,
	       state->reply_len);
	exit(1);
}

static void demand(bool ok, const struct state *state, const char *what)
{
	if (!ok)
		violation(state, what);
}

/* -- From state to core and back. ----------------------------------------- */

static void unpack(const struct state *state, struct kcs_sm *sm,
		   struct kcs_msg *reply)
{
	*sm = state->sm;
	sm->request = &request;
	sm->reply = reply;
	reply->len = state->reply_len;
	/* LUN 0, which the request is not for. */
	reply->bytes[0] = state->right & 1 ? (request.bytes[0] | 1 << 2) & ~3 : 0xee;
	reply->bytes[1] = state->right & 2 ? request.bytes[1] : ~request.bytes[1];
}

static void pack(struct state *state, const struct kcs_sm *sm,
		 const struct kcs_msg *reply)
{
	state->sm = *sm;
	state->sm.request = NULL;
	state->sm.reply = NULL;
	state->sm.error_code = 0;
	state->sm.dummy_missing = false;
	state->sm.leftover = false;
	/* Only the time since the mark counts, and every time is tried. */
	state->sm.waited_us = 0;
	state->sm.mark_us = 0;
	state->reply_len = reply->len;
	state->right = 0;
	if (reply->len > 0 && reply->bytes[0] >> 2 == (request.bytes[0] >> 2 | 1))
		state->right |= 1;
	if (reply->len > 1 && reply->bytes[1] == request.bytes[1])
		state->right |= 2;
}

static u32 hash(const struct state *state)
{
	const u8 *bytes = (const u8 *)state;
	u32 hash = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof(*state); i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

static struct node *find(const struct state *state)
{
	u32 at = hash(state) % TABLE_SIZE;

	while (table[at].used) {
		if (!memcmp(&table[at].state, state, sizeof(*state)))
			return &table[at];
		at = (at + 1) % TABLE_SIZE;
	}
	if (++states > TABLE_SIZE / 2) {
		printf("violation: more than %u states\n", states - 1);
		exit(1);
	}
	table[at].used = true;
	table[at].state = *state;
	return &table[at];
}

/* -- Rules. --------------------------------------------------------------- */

/* In which state of the BMC the core may write, or read, from a state of its own. */
static void check_bmc_state(const struct state *from, struct kcs_action action,
			    u8 status)
{
	enum kcs_state bmc = kcs_status_state(status);

	switch (from->sm.state) {
	case KCS_SM_WAIT_WRITE_START:
	case KCS_SM_WAIT_WRITE_DATA:
	case KCS_SM_WAIT_WRITE_END:
		demand(bmc == KCS_STATE_WRITE || action.value == KCS_CTRL_ABORT,
		       from, "request byte outside the WRITE state");
		break;
	case KCS_SM_WAIT_REPLY:
		demand(bmc == KCS_STATE_READ || action.value == KCS_CTRL_ABORT,
		       from, "reply byte outside the READ state");
		break;
	default:
		break;
	}
}

static void check_write(struct state *state, struct kcs_action action, u8 status)
{
	demand(!(status & KCS_STATUS_IBF), state, "write with IBF=1");
	if (action.kind == KCS_ACTION_WRITE_DATA) {
		demand(action.value != KCS_CTRL_READ ||
		       kcs_status_state(status) != KCS_STATE_IDLE ||
		       state->sm.state != KCS_SM_WAIT_REPLY, state,
		       "READ after IDLE");
		return;
	}
	switch (action.value) {
	case KCS_CTRL_WRITE_START:
		demand(!state->received, state, "received request sent again");
		state->aborted = false;
		break;
	case KCS_CTRL_ABORT:
		demand(!state->aborted, state, "error exit repeated without rest");
		state->aborted = true;
		break;
	case KCS_CTRL_WRITE_END:
		break;
	default:
		violation(state, "unknown control code");
	}
}

static bool is_write_phase(const struct state *state)
{
	return state->sm.state == KCS_SM_WAIT_WRITE_START ||
	       state->sm.state == KCS_SM_WAIT_WRITE_DATA ||
	       state->sm.state == KCS_SM_WAIT_WRITE_END;
}

static void note_dummy(struct state *next, const struct state *from, bool read,
		       u8 status)
{
	if (!is_write_phase(from))
		return;
	if (read)
		next->dummy_seen = true;
	else if (!(status & KCS_STATUS_IBF) &&
		 kcs_status_state(status) == KCS_STATE_WRITE)
		next->dummy_lacking = true;
}

/* A byte of the reply phase is kept, unless it can be a dummy byte come late. */
static void check_dropped(const struct state *from, struct kcs_action action,
			  u8 byte)
{
	if (from->sm.state != KCS_SM_WAIT_REPLY || action.kind != KCS_ACTION_WAIT)
		return;
	demand(!byte && !from->reply_len && from->dummy_seen && from->dummy_lacking,
	       from, "reply byte dropped");
}

static void check_end(const struct state *state, const struct kcs_msg *reply)
{
	switch (state->sm.result) {
	case 0:
		demand(state->received, state, "success before the request was sent");
		demand(kcs_msg_answers(reply, &request), state,
		       "reply to another request delivered");
		break;
	case -EBADMSG:
		demand(state->right != 3 || reply->len < KCS_MSG_REPLY_MIN, state,
		       "reply to the request refused");
		break;
	case -EIO:
	case -EMSGSIZE:
		break;
	default:
		violation(state, "result that is not documented");
	}
}

/* -- The search. ---------------------------------------------------------- */

static u32 search(struct node *node);

/* One step further; returns accesses from there to the end. */
static u32 follow(const struct node *from, const struct kcs_sm *sm,
		  const struct kcs_msg *reply, struct kcs_action action,
		  u8 status, bool read)
{
	struct state next = from->state;
	struct node *to;

	steps++;
	pack(&next, sm, reply);
	note_dummy(&next, &from->state, read, status);
	demand(next.sm.sent <= request.len, &next, "sent past the request");
	demand(reply->len <= KCS_MSG_MAX, &next, "reply past its buffer");
	if (action.kind == KCS_ACTION_WRITE_CMD ||
	    action.kind == KCS_ACTION_WRITE_DATA) {
		check_bmc_state(&from->state, action, status);
		check_write(&next, action, status);
	}
	if (next.sm.sent == request.len)
		next.received = true;
	if (next.sm.state == KCS_SM_PAUSE)
		next.aborted = false;
	if (next.sm.state == KCS_SM_END) {
		demand(action.kind == KCS_ACTION_END, &next, "end without END");
		check_end(&next, reply);
		return 0;
	}
	demand(action.kind != KCS_ACTION_END, &next, "END without end");
	to = find(&next);
	if (to == from) {
		demand(action.kind == KCS_ACTION_WAIT, &next, "circle");
		return 0;
	}
	return search(to);
}

static u32 longer(u32 a, u32 b)
{
	return a > b ? a : b;
}

/* A byte that leads where the one before it led is a step, but not a new one. */
static u32 try_data(const struct node *node, const struct kcs_sm *sm,
		    const struct kcs_msg *reply, u8 status)
{
	struct kcs_msg after_reply = { .len = reply->len };
	struct kcs_action action, action_before = {};
	struct state packed, before = {};
	struct kcs_sm after;
	u32 longest = 0, byte;

	demand(status & KCS_STATUS_OBF && !(status & KCS_STATUS_IBF),
	       &node->state, "Data_Out read without OBF=1 and IBF=0");
	for (byte = 0; byte <= 0xff; byte++) {
		after = *sm;
		after.reply = &after_reply;
		after_reply.len = reply->len;
		memcpy(after_reply.bytes, reply->bytes, 2);
		action = kcs_sm_data(&after, byte);
		demand(action.kind != KCS_ACTION_READ_DATA, &node->state,
		       "two reads for one status");
		check_dropped(&node->state, action, byte);
		packed = node->state;
		pack(&packed, &after, &after_reply);
		if (byte && !memcmp(&packed, &before, sizeof(packed)) &&
		    !memcmp(&action, &action_before, sizeof(action))) {
			steps++;
			continue;
		}
		longest = longer(longest, follow(node, &after, &after_reply,
						 action, status, true));
		before = packed;
		action_before = action;
	}
	return longest + 1;
}

/* Bits other than state, IBF and OBF must not matter. */
static void check_other_bits(const struct node *node, const struct kcs_sm *sm,
			     struct kcs_action action, u8 status, u32 waited_us)
{
	u32 other;

	for (other = 0; other <= 0x3c; other += 4) {
		static struct kcs_msg reply;
		struct kcs_action same;
		struct kcs_sm after;

		unpack(&node->state, &after, &reply);
		same = kcs_sm_status(&after, status | other, waited_us);
		after.reply = sm->reply;
		demand(same.kind == action.kind && same.value == action.value &&
		       !memcmp(&after, sm, sizeof(after)), &node->state,
		       "a status bit matters that should not");
	}
}

static u32 try_status(const struct node *node, u8 status, u32 waited_us)
{
	struct kcs_action action;
	struct kcs_msg reply = { .len = 0 };
	struct kcs_sm sm;

	unpack(&node->state, &sm, &reply);
	action = kcs_sm_status(&sm, status, waited_us);
	check_other_bits(node, &sm, action, status, waited_us);
	if (action.kind == KCS_ACTION_READ_DATA)
		return 1 + try_data(node, &sm, &reply, status);
	return 1 + (action.kind != KCS_ACTION_WAIT) +
	       follow(node, &sm, &reply, action, status, false);
}

static u32 search(struct node *node)
{
	u32 status, longest = 0;

	if (node->colour == BLACK)
		return node->longest;
	demand(node->colour == WHITE, &node->state, "circle");
	node->colour = GREY;
	for (status = 0; status <= 0xff; status++) {
		if (status & ~0xc3)
			continue;
		longest = longer(longest, try_status(node, status, 0));
		longest = longer(longest, try_status(node, status, LONG_US));
	}
	node->colour = BLACK;
	node->longest = longest;
	return longest;
}

static void explore(u16 len, bool dirty)
{
	struct kcs_msg reply = {};
	struct state first;
	struct kcs_sm sm;
	u32 longest;

	memset(table, 0, TABLE_SIZE * sizeof(*table));
	states = 0;
	steps = 0;
	memset(&first, 0, sizeof(first));
	request.len = len;
	kcs_sm_begin(&sm, &request, &reply, dirty);
	pack(&first, &sm, &reply);
	longest = search(find(&first));
	printf("request of %3u bytes, %s: %u states, %llu steps, at most %u accesses\n",
	       len, dirty ? "dirty" : "clean", states, steps, longest);
}

/* With an argument: longer requests, too. */
int main(int count, char **arguments)
{
	static const u16 lengths[] = { 2, 3, 6, KCS_MSG_MAX };
	size_t i, lengths_used = count > 1 ? ARRAY_SIZE(lengths) : 1;

	(void)arguments;

	table = malloc(TABLE_SIZE * sizeof(*table));
	if (!table)
		return 1;
	for (i = 0; i < KCS_MSG_MAX; i++)
		request.bytes[i] = i * 4;
	request.bytes[0] = 0x06 << 2 | 1;
	for (i = 0; i < lengths_used; i++) {
		explore(lengths[i], false);
		explore(lengths[i], true);
	}
	printf("every path ends, within its buffers and the rules\n");
	free(table);
	return 0;
}
