/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole interface on a simulated BMC. Its naps take no real time, so that a
 * fault which costs seconds costs the test none.
 */
#ifndef KCS_ENGINE_H
#define KCS_ENGINE_H

#include "../drivers/core/host.h"
#include "../drivers/sim/bmc.h"
#include "../drivers/sim/kcs.h"
#include "../drivers/sim/monitor.h"
#include "bench.h"

struct kunit;

/**
 * struct engine - an interface, its BMC and its time
 * @io: the registers
 * @clock: the time: real time, and all the naps
 * @lock: guards the BMC
 * @ahead_us: of real time: all the naps
 * @frozen_us: time stands still here, if not 0
 * @kcs: the BMC's side
 * @bmc: the BMC
 * @monitor: watches the host
 * @arm: a fault to set when the core enters @arm_state
 * @arm_state: that state
 * @armed: it was set
 * @accesses: to registers
 * @writes: to registers
 * @naps: of the host
 * @dev: what the interface belongs to
 * @host: the interface
 */
struct engine {
	struct kcs_io io;
	struct kcs_clock clock;
	spinlock_t lock;	/* kcs, bmc, monitor, arm, counts */
	s64 ahead_us;
	u64 frozen_us;
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	struct sim_fault arm;
	enum kcs_sm_state arm_state;
	bool armed;
	u32 accesses, writes;
	u32 naps;
	struct device *dev;
	struct kcs_host *host;
};

int engine_init(struct kunit *test);
void engine_exit(struct kunit *test);
void engine_start(struct kunit *test, const struct sim_personality *personality);
void engine_start_with(struct kunit *test,
		       const struct sim_personality *personality,
		       enum sim_fault_kind kind);
void engine_stop(struct engine *engine);
void engine_set(struct engine *engine, const struct sim_fault *fault);
void engine_set_fault(struct engine *engine, enum sim_fault_kind kind, u8 code);
bool engine_await(struct engine *engine, enum kcs_health_state state);
u64 engine_now_us(struct engine *engine);
u32 engine_count(const struct engine *engine, enum kcs_counter counter);
void engine_freeze(struct engine *engine);
void engine_thaw(struct engine *engine);
void engine_pass(struct engine *engine, u32 us);

#endif /* KCS_ENGINE_H */
