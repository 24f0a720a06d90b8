// SPDX-License-Identifier: GPL-2.0-only
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>

/* -- Time. ---------------------------------------------------------------- */

/**
 * engine_now_us() - the time of an engine
 * @engine: the engine
 *
 * Return: microseconds.
 */
u64 engine_now_us(struct engine *engine)
{
	/* Pairs with time_set(). */
	if (smp_load_acquire(&engine->time) == ENGINE_FLOWS)
		return ktime_to_us(ktime_get()) + atomic64_read(&engine->ahead_us);
	return atomic64_read(&engine->quarters) / 4;
}

static void time_set(struct engine *engine, enum engine_time time)
{
	u64 now_us = engine_now_us(engine);

	if (time == ENGINE_FLOWS)
		atomic64_set(&engine->ahead_us, now_us - ktime_to_us(ktime_get()));
	else if (engine->time == ENGINE_FLOWS)
		atomic64_set(&engine->quarters, now_us * 4);
	/* Pairs with engine_now_us(). */
	smp_store_release(&engine->time, time);
}

/**
 * engine_freeze() - time stands still, and so does all that waits for it
 * @engine: the engine
 */
void engine_freeze(struct engine *engine)
{
	time_set(engine, ENGINE_STANDS);
}

/**
 * engine_step() - time passes for what the interface does only
 * @engine: the engine
 */
void engine_step(struct engine *engine)
{
	time_set(engine, ENGINE_STEPS);
}

/**
 * engine_thaw() - time flows again
 * @engine: the engine
 */
void engine_thaw(struct engine *engine)
{
	time_set(engine, ENGINE_FLOWS);
}

static void time_spend(struct engine *engine, u64 us)
{
	if (engine->time == ENGINE_FLOWS)
		atomic64_add(us, &engine->ahead_us);
	else
		atomic64_add(us * 4, &engine->quarters);
}

/**
 * engine_pass() - time passes, whatever it does otherwise
 * @engine: the engine
 * @us: microseconds
 */
void engine_pass(struct engine *engine, u64 us)
{
	time_spend(engine, us);
	if (engine->host)
		kcs_wake_up(&engine->host->work);
}

/* -- The interrupt. ------------------------------------------------------- */

static bool line_is_up(struct engine *engine)
{
	struct kcs_host *host = READ_ONCE(engine->host);
	unsigned long flags;
	bool up;

	if (!host || engine->irq_is_quiet || !READ_ONCE(host->irq.is_on) ||
	    READ_ONCE(host->irq.is_masked))
		return false;
	spin_lock_irqsave(&engine->lock, flags);
	engine->kcs.interrupts = engine->bmc.enables & 0x01;
	up = sim_kcs_irq(&engine->kcs, engine_now_us(engine));
	spin_unlock_irqrestore(&engine->lock, flags);
	return up;
}

/**
 * engine_raise() - the interrupt comes, whatever its line shows
 * @engine: the engine, with an interrupt
 */
void engine_raise(struct engine *engine)
{
	WRITE_ONCE(engine->raised, engine->raised + 1);
	generic_handle_irq_safe(engine->irq);
}

/* One that is stuck comes again before anything else can run. */
static void line_raise(struct engine *engine)
{
	int more = engine->kcs.trouble.fault.kind == SIM_FAULT_IRQ_STUCK ? 100 : 0;

	do
		engine_raise(engine);
	while (more-- && !READ_ONCE(engine->host->irq.is_masked));
}

/* A level: it comes again as long as it is up, but not for ever. */
static int line_thread(void *data)
{
	struct engine *engine = data;
	/* What shares a line cannot mask it, and there is one CPU for both. */
	int most = engine->irq_is_shared ? 200 : 2 * KCS_IRQ_STORM;
	int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < most && line_is_up(engine); i++)
			line_raise(engine);
		usleep_range(20, 40);
	}
	return 0;
}

static void line_open(struct kunit *test)
{
	struct engine *engine = test->priv;

	if (!engine->has_irq || engine->irq)
		return;
	engine->irq = irq_alloc_desc(0);
	KUNIT_ASSERT_GT(test, engine->irq, 0);
	irq_set_chip_and_handler(engine->irq, &dummy_irq_chip, handle_simple_irq);
	engine->line = kthread_run(line_thread, engine, "kcs_line");
	KUNIT_ASSERT_FALSE(test, IS_ERR(engine->line));
}

static void line_stop(struct engine *engine)
{
	if (!IS_ERR_OR_NULL(engine->line))
		kthread_stop(engine->line);
	engine->line = NULL;
}

static void line_close(struct engine *engine)
{
	if (engine->irq > 0)
		irq_free_desc(engine->irq);
	engine->irq = 0;
}

/* -- The clock. ----------------------------------------------------------- */

static u64 clock_now_us(struct kcs_clock *clock)
{
	return engine_now_us(container_of(clock, struct engine, clock));
}

static void clock_relax(struct kcs_clock *clock)
{
	struct engine *engine = container_of(clock, struct engine, clock);

	if (engine->time != ENGINE_FLOWS)
		time_spend(engine, 1);
	cond_resched();
}

/* An interrupt ends it: the longer it lasts the less exactly. */
static void sleep_interruptibly(struct engine *engine, struct kcs_wake *wake,
				u32 us)
{
	u32 spent_us = 0, part_us;

	while (spent_us < us && !READ_ONCE(wake->pending)) {
		part_us = min(us - spent_us, 2 + spent_us / 256);
		time_spend(engine, part_us);
		spent_us += part_us;
		if (line_is_up(engine))
			engine_raise(engine);
		cond_resched();
	}
}

static void clock_sleep_us(struct kcs_clock *clock, struct kcs_wake *wake, u32 us)
{
	struct engine *engine = container_of(clock, struct engine, clock);

	WRITE_ONCE(engine->sleeps, engine->sleeps + 1);
	if (engine->time == ENGINE_STANDS)
		usleep_range(50, 100);
	else if (engine->irq)
		sleep_interruptibly(engine, wake, us);
	else if (!READ_ONCE(wake->pending))
		time_spend(engine, us);
	cond_resched();
}

/* Time passes in sleeps only: the thread is to come and sleep. */
static void clock_wake_us(struct kcs_clock *clock, struct kcs_wake *wake, u32 us)
{
	struct engine *engine = container_of(clock, struct engine, clock);

	engine->wake_us = us;
	if (!engine->is_left_alone)
		kcs_wake_up(wake);
}

static const struct kcs_clock_ops engine_clock_ops = {
	.now_us = clock_now_us,
	.relax = clock_relax,
	.sleep_us = clock_sleep_us,
	.wake_us = clock_wake_us,
};

/* -- The registers. ------------------------------------------------------- */

static void arm_fault(struct engine *engine)
{
	const struct kcs_host *host = READ_ONCE(engine->host);

	if (engine->armed || engine->arm.kind == SIM_FAULT_NONE || !host ||
	    host->pair.sm.state != engine->arm_state)
		return;
	sim_fault_set(&engine->kcs.trouble, &engine->arm);
	engine->armed = true;
}

/* Returns the time of the access. */
static u64 count_access(struct engine *engine)
{
	engine->accesses++;
	if (engine->time == ENGINE_STEPS)
		atomic64_inc(&engine->quarters);
	return engine_now_us(engine);
}

static u8 engine_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct engine *engine = container_of(io, struct engine, io);
	unsigned long flags;
	u64 now_us;
	u8 value;

	engine_note_context(engine);
	spin_lock_irqsave(&engine->lock, flags);
	now_us = count_access(engine);
	engine->looks += reg == KCS_REG_STATUS;
	arm_fault(engine);
	engine->kcs.attention = sim_bmc_attention(&engine->bmc) &&
				!engine->hides_attention;
	value = sim_kcs_read(&engine->kcs, reg, now_us);
	sim_monitor_read(&engine->monitor, reg, value, now_us);
	spin_unlock_irqrestore(&engine->lock, flags);
	return value;
}

static void engine_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct engine *engine = container_of(io, struct engine, io);
	unsigned long flags;
	u64 now_us;

	engine_note_context(engine);
	spin_lock_irqsave(&engine->lock, flags);
	now_us = count_access(engine);
	engine->writes++;
	sim_monitor_write(&engine->monitor, reg, value, now_us);
	sim_kcs_write(&engine->kcs, reg, value, now_us);
	spin_unlock_irqrestore(&engine->lock, flags);
}

static const struct kcs_io_ops engine_io_ops = {
	.read = engine_read,
	.write = engine_write,
};

/* -- Coming and going. ---------------------------------------------------- */

/**
 * engine_create() - an engine without an interface yet
 * @test: the test
 * @name: of the device that its interfaces belong to
 *
 * Return: the engine, for engine_destroy(); its memory is the test's.
 */
struct engine *engine_create(struct kunit *test, const char *name)
{
	struct engine *engine = kunit_kzalloc(test, sizeof(*engine), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, engine);
	engine->dev = root_device_register(name);
	KUNIT_ASSERT_FALSE(test, IS_ERR(engine->dev));
	engine->io.ops = &engine_io_ops;
	engine->clock.ops = &engine_clock_ops;
	engine->class = KCS_CLASS_USER;
	spin_lock_init(&engine->lock);
	return engine;
}

/**
 * engine_init() - an engine as test->priv, without an interface yet
 * @test: the test
 *
 * Return: 0.
 */
int engine_init(struct kunit *test)
{
	test->priv = engine_create(test, "kcs_engine");
	return 0;
}

/**
 * engine_stop() - take the interface down, if there is one
 * @engine: the engine
 */
void engine_stop(struct engine *engine)
{
	struct kcs_host *host = engine->host;

	if (!host)
		return;
	line_stop(engine);
	kcs_host_remove(host);
	WRITE_ONCE(engine->host, NULL);
	line_close(engine);
}

/**
 * engine_destroy() - the counterpart of engine_create()
 * @engine: the engine
 */
void engine_destroy(struct engine *engine)
{
	engine_stop(engine);
	engine_end_stretches();
	root_device_unregister(engine->dev);
}

/**
 * engine_exit() - the counterpart of engine_init()
 * @test: the test
 */
void engine_exit(struct kunit *test)
{
	if (test->priv)
		engine_destroy(test->priv);
}

static void bmc_start(struct engine *engine, const struct sim_personality *personality,
		      enum sim_fault_kind kind)
{
	const struct sim_fault fault = {
		.kind = kind, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
	};

	sim_bmc_init(&engine->bmc, 187);
	engine->bmc.enables = 0;	/* what a test enables is seen to be its own */
	sim_kcs_init(&engine->kcs, personality, sim_bmc_command, &engine->bmc, 1);
	engine->kcs.byte.max_us = 5;
	engine->kcs.think.max_us = 300;
	memset(&engine->monitor, 0, sizeof(engine->monitor));
	engine->arm.kind = SIM_FAULT_NONE;
	engine->armed = false;
	engine->accesses = 0;
	engine->looks = 0;
	engine->writes = 0;
	engine->stretch = 0;
	engine->longest_stretch = 0;
	engine->unpreemptible = 0;
	engine->sleeps = 0;
	engine->raised = 0;
	engine->hides_attention = false;
	sim_fault_set(&engine->kcs.trouble, &fault);
}

/**
 * engine_start_with() - a new BMC, and an interface to it
 * @test: the test
 * @personality: how the BMC behaves
 * @kind: its fault from the beginning on
 */
void engine_start_with(struct kunit *test,
		       const struct sim_personality *personality,
		       enum sim_fault_kind kind)
{
	struct engine *engine = test->priv;
	struct kcs_host_setup setup = { .io = &engine->io, .clock = &engine->clock };
	struct kcs_host *host;

	engine_stop(engine);
	bmc_start(engine, personality, kind);
	line_open(test);
	setup.irq = engine->irq;
	setup.irq_is_shared = engine->irq_is_shared;
	host = kcs_host_create(engine->dev, &setup);
	KUNIT_ASSERT_FALSE(test, IS_ERR(host));
	WRITE_ONCE(engine->host, host);
}

/**
 * engine_start() - a new BMC without a fault, and an interface to it
 * @test: the test
 * @personality: how the BMC behaves
 */
void engine_start(struct kunit *test, const struct sim_personality *personality)
{
	engine_start_with(test, personality, SIM_FAULT_NONE);
}

/**
 * engine_start_ready() - a new BMC, and an interface that has found it
 * @test: the test
 * @personality: how the BMC behaves, by name
 */
void engine_start_ready(struct kunit *test, const char *personality)
{
	struct engine *engine = test->priv;

	engine_start(test, sim_kcs_personality(personality));
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_ASSERT_TRUE(test, engine_settle(engine));
}
