/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_REQUEST_H
#define KCS_REQUEST_H

#include <kcs/host.h>
#include <kcs/msg.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>

/**
 * struct kcs_request - a message on its way, and what became of it
 * @ref: one for the creator, one while an interface has it
 * @node: place in the queue of the interface, under its lock
 * @class: whose turn comes first
 * @client: who shares turns with himself only
 * @turn: place among the clients of the class
 * @timeout_ms: from submission to the deadline
 * @deadline_us: the deadline, by the clock of the interface
 * @not_before_us: it rests until then, before another try
 * @tries: how often it was sent
 * @ended: not zero once somebody ended it
 * @done: complete once it ended
 * @on_done: called then
 * @context: for @on_done
 * @err: how it ended; valid once @done is complete
 * @msg: what to send
 * @reply: the reply; only the interface writes it, nobody reads it unless
 *	@err is 0
 */
struct kcs_request {
	struct kref ref;
	struct list_head node;
	enum kcs_class class;
	const void *client;
	u64 turn;
	u32 timeout_ms;
	u64 deadline_us;
	u64 not_before_us;
	u32 tries;
	u32 ended;
	struct completion done;
	kcs_request_done on_done;
	void *context;
	int err;
	struct kcs_msg msg;
	struct kcs_msg reply;
};

/**
 * kcs_request_ended() - did a request end?
 * @request: the request
 *
 * Context: any.
 * Return: true once it has, or is about to be complete.
 */
static inline bool kcs_request_ended(const struct kcs_request *request)
{
	return READ_ONCE(request->ended);
}

#endif /* KCS_REQUEST_H */
