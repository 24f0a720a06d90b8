/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A link to a simulated BMC, watched, in virtual time: an access to a register
 * takes 1 us, and otherwise time passes in naps.
 */
#ifndef KCS_BENCH_H
#define KCS_BENCH_H

#include "../drivers/core/link.h"
#include "../drivers/sim/bmc.h"
#include "../drivers/sim/kcs.h"
#include "../drivers/sim/monitor.h"

#include <kunit/test.h>

#define BENCH_DEADLINE_US	1000000

/**
 * struct sim_bench - all of it
 * @io: the registers, as the link sees them
 * @clock: the time
 * @link: the host
 * @kcs: the BMC's side
 * @bmc: the BMC
 * @monitor: watches the host
 * @now_us: the time
 * @arm: a fault to set when the core first enters @arm_state
 * @arm_state: that state
 * @armed: it was set
 * @request: what the host sends next
 * @reply: what it got last
 */
struct sim_bench {
	struct kcs_io io;
	struct kcs_clock clock;
	struct kcs_link link;
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	u64 now_us;
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
