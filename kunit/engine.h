/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole interface on a simulated BMC. Its sleeps take no real time, so that a
 * fault which costs seconds costs the test none.
 */
#ifndef KCS_ENGINE_H
#define KCS_ENGINE_H

#include "../drivers/core/host.h"
#include "../drivers/core/request.h"
#include "../drivers/sim/bmc.h"
#include "../drivers/sim/kcs.h"
#include "../drivers/sim/monitor.h"
#include "bench.h"

struct kunit;
struct task_struct;

/**
 * enum engine_time - how time passes for an interface
 * @ENGINE_FLOWS: as real time does, and in sleeps
 * @ENGINE_STEPS: a quarter of a microsecond for each access to a register, one for
 *	each relax, and in sleeps
 * @ENGINE_STANDS: one microsecond for each relax only; a sleep is a real one of 50
 *	microseconds, and passes no time
 *
 * And by engine_pass(), always.
 */
enum engine_time {
	ENGINE_FLOWS,
	ENGINE_STEPS,
	ENGINE_STANDS,
};

/**
 * struct engine - an interface, its BMC and its time
 * @io: the registers
 * @clock: the time
 * @time: how it passes
 * @ahead_us: of real time, while it flows
 * @quarters: of a microsecond, while it does not
 * @lock: protects the BMC
 * @kcs: the BMC's side
 * @bmc: the BMC
 * @monitor: watches the host
 * @arm: a fault to set when the core enters @arm_state
 * @arm_state: that state
 * @armed: it was set
 * @accesses: to registers
 * @looks: at Status
 * @writes: to registers
 * @stretch: accesses in a row with interrupts off
 * @stretch_cpu: on this CPU
 * @longest_stretch: of those
 * @unpreemptible: accesses with preemption off, but interrupts on
 * @sleeps: of the host
 * @hides_attention: SMS_ATN is not shown
 * @has_irq: the next interface gets an interrupt
 * @irq_is_shared: other devices may use its line
 * @irq_is_quiet: the line does not come by itself
 * @irq: its number, 0 for none
 * @raised: how often it came
 * @wake_us: after which a timer was to wake the thread last
 * @is_left_alone: no timer wakes the thread of the interface
 * @line: raises it while the host does not sleep
 * @listener: what the BMC calls for
 * @heard: 1 for each message or event, 100 for a pre-timeout, 1000 for OEM flags
 * @class: of the requests that engine_request() makes
 * @ended_us: when a request ended, where a test notes it
 * @dev: what the interface belongs to
 * @host: the interface
 */
struct engine {
	struct kcs_io io;
	struct kcs_clock clock;
	enum engine_time time;
	atomic64_t ahead_us;
	atomic64_t quarters;
	spinlock_t lock;	/* kcs, bmc, monitor, arm, counts */
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	struct sim_fault arm;
	enum kcs_sm_state arm_state;
	bool armed;
	u32 accesses, looks, writes;
	u32 stretch, longest_stretch;
	int stretch_cpu;
	u32 unpreemptible;
	u32 sleeps;
	bool hides_attention;
	bool has_irq;
	bool irq_is_shared;
	bool irq_is_quiet;
	u32 wake_us;
	bool is_left_alone;
	int irq;
	u32 raised;
	struct task_struct *line;
	struct kcs_listener listener;
	atomic_t heard;
	enum kcs_class class;
	u64 ended_us;
	struct device *dev;
	struct kcs_host *host;
};

/**
 * engine_heard() - what the listener heard
 * @engine: the engine
 *
 * Return: see &struct engine.
 */
static inline u32 engine_heard(const struct engine *engine)
{
	return atomic_read(&engine->heard);
}

struct engine *engine_create(struct kunit *test, const char *name);
void engine_destroy(struct engine *engine);
int engine_init(struct kunit *test);
void engine_exit(struct kunit *test);
void engine_start(struct kunit *test, const struct sim_personality *personality);
void engine_start_with(struct kunit *test,
		       const struct sim_personality *personality,
		       enum sim_fault_kind kind);
void engine_start_ready(struct kunit *test, const char *personality);
void engine_stop(struct engine *engine);
void engine_set(struct engine *engine, const struct sim_fault *fault);
void engine_set_fault(struct engine *engine, enum sim_fault_kind kind, u8 code);
void engine_set_pace(struct engine *engine, u32 byte_us, u32 think_us);
void engine_raise(struct engine *engine);

/* engine_context.c */
void engine_note_context(struct engine *engine);
void engine_end_stretches(void);

u64 engine_now_us(struct engine *engine);
void engine_freeze(struct engine *engine);
void engine_step(struct engine *engine);
void engine_thaw(struct engine *engine);
void engine_pass(struct engine *engine, u64 us);

/**
 * typedef engine_condition - test whether what is waited for came to be
 * @engine: the engine
 *
 * Return: true when it has.
 */
typedef bool (*engine_condition)(struct engine *engine);

void engine_let_pass(struct engine *engine);
bool engine_until(struct engine *engine, engine_condition condition);
bool engine_await(struct engine *engine, enum kcs_health_state state);
bool engine_irq_is_judged(struct engine *engine);
bool engine_settle(struct engine *engine);
void engine_spend(struct engine *engine, u64 us);
void engine_listen(struct kunit *test, enum kcs_interest interest);
void engine_start_listening(struct kunit *test, enum kcs_interest interest);
void engine_set_flags(struct engine *engine, u8 flags);
u32 engine_count(const struct engine *engine, enum kcs_counter counter);

struct kcs_request *engine_request(struct kunit *test, u8 netfn, u8 cmd,
				   const u8 *data, size_t len, u32 timeout_ms);
struct kcs_request *engine_submit(struct kunit *test, u8 netfn, u8 cmd,
				  u32 timeout_ms);
int engine_end(struct kunit *test, struct kcs_request *request, u8 *cc);
int engine_ask(struct kunit *test, u8 netfn, u8 cmd, u8 *cc);

#endif /* KCS_ENGINE_H */
