/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam under the engine: something that carries one message at a time to a
 * BMC and fetches the reply. A register pair is one (drivers/protocol/transport.c).
 *
 * A transport does not wait and reads no clock. It is stepped with the time,
 * does what can be done now, and says how long nothing is to be expected.
 */
#ifndef KCS_TRANSPORT_H
#define KCS_TRANSPORT_H

#include <kcs/msg.h>
#include <linux/types.h>

struct kcs_host;
struct kcs_transport;

/* What step() returns besides microseconds to sleep. */
#define KCS_STEP_POLL	0u	/* step again at once */
#define KCS_STEP_DONE	(~0u)	/* the message ended, see kcs_transport.result */

/**
 * struct kcs_transport_ops - what a transport can do
 * @begin: start a message; @request and @reply must outlive it
 * @step: go on with the message. @interrupt: a sleep ends when the transport has
 *	something new. Returns %KCS_STEP_DONE, %KCS_STEP_POLL, or microseconds
 *	to sleep, at most, before the next step.
 * @abandon: the message is given up at its deadline; the next one puts the
 *	transport back into step
 * @look: the Status register as of now (table 9-2), 0 where there is none;
 *	between two messages only
 * @describe: write the state of the last message into a text, for the log
 *
 * All calls for one transport are serialised by its owner. @begin, @step and
 * @look are called in process context with interrupts on, and in a panic.
 */
struct kcs_transport_ops {
	void (*begin)(struct kcs_transport *transport,
		      const struct kcs_msg *request, struct kcs_msg *reply);
	u32 (*step)(struct kcs_transport *transport, u64 now_us, bool interrupt);
	void (*abandon)(struct kcs_transport *transport);
	u8 (*look)(struct kcs_transport *transport);
	void (*describe)(const struct kcs_transport *transport, char *text,
			 size_t size);
};

/**
 * struct kcs_transport - a transport; embed it in what implements the operations
 * @ops: the operations
 * @host: whose messages it carries; set by kcs_host_create()
 * @result: how the last message ended: 0, or a negative errno
 * @status: the Status register as last read, 0 where there is none
 * @dirty: the last message did not end cleanly; the next one resynchronises
 * @missed: sleeps that an interrupt should have ended, and did not
 * @is_idle: nobody waits for the message: it is looked at rarely
 */
struct kcs_transport {
	const struct kcs_transport_ops *ops;
	struct kcs_host *host;
	int result;
	u8 status;
	bool dirty;
	u32 missed;
	bool is_idle;
};

#endif /* KCS_TRANSPORT_H */
