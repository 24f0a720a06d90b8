/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_REQUEST_H
#define KCS_REQUEST_H

#include <kcs/host.h>
#include <kcs/msg.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/time64.h>

/**
 * struct kcs_request - a message on its way, and what became of it
 * @ref: one for the creator, one while an interface has it
 * @node: place in the queue of the interface; protected by kcs_host.lock
 * @class: which requests it goes before
 * @command: KCS_COMMAND_* flags of its command
 * @timeout_ms: from submission to the deadline
 * @deadline_us: the deadline, by the clock of the interface
 * @deadline_jiffies: the same by the kernel's, for who waits
 * @not_before_us: it backs off until then, before another try
 * @tries: how often it was sent
 * @sleeps: sleeps in mid-message, of all tries
 * @polls: steps without a sleep in between, likewise
 * @wire_us: time from the start of its message to the end, likewise
 * @tests_irq: it is the interrupt's self-test
 * @ended: not zero once it was completed or cancelled
 * @done: complete once it ended
 * @on_done: called then
 * @context: for @on_done
 * @err: how it ended; valid once @done is complete
 * @msg: what to send
 * @reply: the reply; written by the interface only, valid if @err is 0
 */
struct kcs_request {
	struct kref ref;
	struct list_head node;
	enum kcs_class class;
	u32 command;
	u32 timeout_ms;
	u64 deadline_us;
	unsigned long deadline_jiffies;
	u64 not_before_us;
	u32 tries;
	u32 sleeps;
	u32 polls;
	u64 wire_us;
	bool tests_irq;
	u32 ended;
	struct completion done;
	kcs_request_done on_done;
	void *context;
	int err;
	struct kcs_msg msg;
	struct kcs_msg reply;
};

/**
 * kcs_request_ended() - test whether a request was completed or cancelled
 * @request: the request
 *
 * Return: true once it was, or is about to be complete.
 */
static inline bool kcs_request_ended(const struct kcs_request *request)
{
	return READ_ONCE(request->ended);
}

/**
 * kcs_request_submitted_us() - return when a request was submitted
 * @request: a request that was admitted
 *
 * Return: microseconds, by the clock of the interface.
 */
static inline u64 kcs_request_submitted_us(const struct kcs_request *request)
{
	return request->deadline_us - (u64)request->timeout_ms * USEC_PER_MSEC;
}

#endif /* KCS_REQUEST_H */
