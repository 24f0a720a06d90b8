/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A register pair to a simulated BMC, watched, in virtual time: an access to a
 * register takes a quarter of a microsecond, otherwise time passes in sleeps.
 */
#ifndef KCS_BENCH_H
#define KCS_BENCH_H

#include "../drivers/protocol/transport.h"
#include "../drivers/sim/bmc.h"
#include "../drivers/sim/kcs.h"
#include "../drivers/sim/monitor.h"

#include <kunit/test.h>

#define BENCH_DEADLINE_US	1000000

/**
 * struct sim_bench - all of it
 * @io: the registers, as the transport sees them
 * @pair: the host
 * @kcs: the BMC's side
 * @bmc: the BMC
 * @monitor: watches the host
 * @now_us: the time
 * @accesses: to registers
 * @overshoot: how much longer than asked the machine sleeps
 * @random: draws that
 * @spins: the host polls where it would sleep
 * @interrupt: one ends a sleep
 * @sleeps: of the host
 * @thinking_sleeps: those while the BMC thinks
 * @busy_us: time that the host did not sleep
 * @arm: a fault to set when the core first enters @arm_state
 * @arm_state: that state
 * @armed: it was set
 * @request: what the host sends next
 * @reply: what it got last
 */
struct sim_bench {
	struct kcs_io io;
	struct kcs_pair pair;
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	u64 now_us;
	u32 accesses;
	struct sim_delay overshoot;
	u32 random;
	bool spins;
	bool interrupt;
	u32 sleeps;
	u32 thinking_sleeps;
	u64 busy_us;
	struct sim_fault arm;
	enum kcs_sm_state arm_state;
	bool armed;
	struct kcs_msg request;
	struct kcs_msg reply;
};

struct sim_bench *sim_bench_create(struct kunit *test);
void sim_bench_start(struct sim_bench *bench,
		     const struct sim_personality *personality);
int sim_bench_transfer(struct sim_bench *bench);
const void *sim_bench_next(const void *previous, char *text);

#endif /* KCS_BENCH_H */
