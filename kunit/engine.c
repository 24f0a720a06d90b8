// SPDX-License-Identifier: GPL-2.0-only
#include "engine.h"

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

/**
 * engine_now_us() - the time of an engine
 * @engine: the engine
 *
 * Return: microseconds.
 */
u64 engine_now_us(struct engine *engine)
{
	u64 frozen_us = READ_ONCE(engine->frozen_us);

	return frozen_us ? frozen_us :
			   ktime_to_us(ktime_get()) + READ_ONCE(engine->ahead_us);
}

static u64 clock_now_us(struct kcs_clock *clock)
{
	return engine_now_us(container_of(clock, struct engine, clock));
}

static void engine_nap_us(struct kcs_clock *clock, u32 us)
{
	struct engine *engine = container_of(clock, struct engine, clock);

	WRITE_ONCE(engine->naps, engine->naps + 1);
	if (READ_ONCE(engine->frozen_us))
		usleep_range(50, 100);
	else
		WRITE_ONCE(engine->ahead_us, engine->ahead_us + us);
	cond_resched();
}

/**
 * engine_count() - what the interface counted
 * @engine: the engine
 * @counter: of what
 *
 * Return: how much.
 */
u32 engine_count(const struct engine *engine, enum kcs_counter counter)
{
	return atomic64_read(&engine->host->counters[counter]);
}

/**
 * engine_freeze() - time stands still, and so does all that waits for it
 * @engine: the engine
 */
void engine_freeze(struct engine *engine)
{
	WRITE_ONCE(engine->frozen_us, engine_now_us(engine));
}

/**
 * engine_thaw() - time goes on
 * @engine: the engine
 */
void engine_thaw(struct engine *engine)
{
	WRITE_ONCE(engine->ahead_us,
		   engine->frozen_us - ktime_to_us(ktime_get()));
	WRITE_ONCE(engine->frozen_us, 0);
}

/**
 * engine_pass() - time passes, and stands still again
 * @engine: the engine, frozen
 * @us: microseconds
 */
void engine_pass(struct engine *engine, u32 us)
{
	WRITE_ONCE(engine->frozen_us, engine->frozen_us + us);
}

static const struct kcs_clock_ops engine_clock_ops = {
	.now_us = clock_now_us,
	.nap_us = engine_nap_us,
};

static void arm_fault(struct engine *engine)
{
	if (engine->armed || engine->arm.kind == SIM_FAULT_NONE ||
	    !engine->host || engine->host->link.sm.state != engine->arm_state)
		return;
	sim_fault_set(&engine->kcs.trouble, &engine->arm);
	engine->armed = true;
}

static u8 engine_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct engine *engine = container_of(io, struct engine, io);
	unsigned long flags;
	u64 now_us = engine_now_us(engine);
	u8 value;

	spin_lock_irqsave(&engine->lock, flags);
	engine->accesses++;
	arm_fault(engine);
	engine->kcs.attention = sim_bmc_attention(&engine->bmc);
	value = sim_kcs_read(&engine->kcs, reg, now_us);
	sim_monitor_read(&engine->monitor, reg, value, now_us);
	spin_unlock_irqrestore(&engine->lock, flags);
	return value;
}

static void engine_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct engine *engine = container_of(io, struct engine, io);
	unsigned long flags;
	u64 now_us = engine_now_us(engine);

	spin_lock_irqsave(&engine->lock, flags);
	engine->accesses++;
	engine->writes++;
	sim_monitor_write(&engine->monitor, reg, value, now_us);
	sim_kcs_write(&engine->kcs, reg, value, now_us);
	spin_unlock_irqrestore(&engine->lock, flags);
}

static const struct kcs_io_ops engine_io_ops = {
	.read = engine_read,
	.write = engine_write,
};

/**
 * engine_init() - an engine as test->priv, without an interface yet
 * @test: the test
 *
 * Return: 0.
 */
int engine_init(struct kunit *test)
{
	struct engine *engine = kunit_kzalloc(test, sizeof(*engine), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, engine);
	engine->dev = root_device_register("kcs_engine");
	KUNIT_ASSERT_FALSE(test, IS_ERR(engine->dev));
	engine->io.ops = &engine_io_ops;
	engine->clock.ops = &engine_clock_ops;
	spin_lock_init(&engine->lock);
	test->priv = engine;
	return 0;
}

/**
 * engine_stop() - take the interface down, if there is one
 * @engine: the engine
 */
void engine_stop(struct engine *engine)
{
	struct kcs_host *host = engine->host;

	if (host)
		kcs_host_remove(host);
	engine->host = NULL;
}

/**
 * engine_exit() - the counterpart of engine_init()
 * @test: the test
 */
void engine_exit(struct kunit *test)
{
	struct engine *engine = test->priv;

	if (!engine)
		return;
	engine_stop(engine);
	root_device_unregister(engine->dev);
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
	const struct sim_fault fault = {
		.kind = kind, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
	};
	struct engine *engine = test->priv;
	struct kcs_host *host;

	engine_stop(engine);
	sim_bmc_init(&engine->bmc, 187);
	sim_kcs_init(&engine->kcs, personality, sim_bmc_command, &engine->bmc, 1);
	engine->kcs.byte.max_us = 5;
	engine->kcs.think.max_us = 300;
	memset(&engine->monitor, 0, sizeof(engine->monitor));
	engine->arm.kind = SIM_FAULT_NONE;
	engine->armed = false;
	engine->accesses = 0;
	engine->writes = 0;
	engine->naps = 0;
	sim_fault_set(&engine->kcs.trouble, &fault);
	host = kcs_host_create(engine->dev, &engine->io, &engine->clock, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(host));
	engine->host = host;
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
 * engine_set() - the BMC has this fault from now on
 * @engine: the engine
 * @fault: the fault
 */
void engine_set(struct engine *engine, const struct sim_fault *fault)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	sim_fault_set(&engine->kcs.trouble, fault);
	spin_unlock_irqrestore(&engine->lock, flags);
}

/**
 * engine_set_fault() - the BMC has a fault for ever, whatever it is asked
 * @engine: the engine
 * @kind: which, or none
 * @code: the completion code, for a fault that has one
 */
void engine_set_fault(struct engine *engine, enum sim_fault_kind kind, u8 code)
{
	const struct sim_fault fault = {
		.kind = kind, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
		.code = code,
	};

	engine_set(engine, &fault);
}

/**
 * engine_await() - wait until the interface has a health
 * @engine: the engine
 * @state: the health
 *
 * Return: false when it does not within 10 s of real time.
 */
bool engine_await(struct engine *engine, enum kcs_health_state state)
{
	unsigned long end = jiffies + 10 * HZ;

	while (READ_ONCE(engine->host->health.state) != state) {
		if (time_after(jiffies, end))
			return false;
		msleep(20);
	}
	return true;
}
