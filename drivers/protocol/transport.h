/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_PROTOCOL_TRANSPORT_H
#define KCS_PROTOCOL_TRANSPORT_H

#include "pace.h"
#include "sm.h"

#include <kcs/io.h>
#include <kcs/transport.h>
#include <linux/types.h>

/**
 * struct kcs_pair - a register pair as a transport
 * @transport: what the engine sees
 * @io: the registers
 * @sm: the message in flight, or the last one
 * @pace: how long this BMC takes
 * @writes_dummies: all writes of the last answered request had a dummy byte
 * @began_dirty: the message began with the error exit
 * @is_waiting: Status showed nothing since the last register action
 * @is_timed: @since_us is known
 * @since_us: when the wait began
 * @now_us: the time, as the last step was told
 */
struct kcs_pair {
	struct kcs_transport transport;
	struct kcs_io *io;
	struct kcs_sm sm;
	struct kcs_pace pace;
	bool writes_dummies;
	bool began_dirty;
	bool is_waiting;
	bool is_timed;
	u64 since_us;
	u64 now_us;
};

void kcs_pair_init(struct kcs_pair *pair, struct kcs_io *io);

#endif /* KCS_PROTOCOL_TRANSPORT_H */
