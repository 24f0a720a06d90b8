// SPDX-License-Identifier: GPL-2.0-only
/* What tests do with an interface on a simulated BMC: wait, set faults, ask. */
#include "engine.h"

#include <kunit/test.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched.h>

/* Real time until a test gives up. */
#define PATIENCE	(20 * HZ)

/* What passes of its time at once, at most, while an interface waits. */
#define IDLE_STEP_US	250000

/* Its thread waits for work. Takes no lock that the thread could wait for instead. */
static bool is_waiting(struct kcs_host *host)
{
	/* Without the registers: what is missed now is seen the next time. */
	bool active = data_race(host->active);
	/* Likewise. */
	bool locked = data_race(rt_mutex_base_is_locked(&host->registers.rtmutex));

	return !active && !READ_ONCE(host->work.pending) && !locked &&
	       READ_ONCE(host->thread->__state) != TASK_RUNNING;
}

static bool is_idle(struct engine *engine)
{
	struct kcs_host *host = engine->host;
	unsigned long flags;
	bool busy = false;
	int class;

	spin_lock_irqsave(&host->lock, flags);
	for (class = 0; class < KCS_CLASSES; class++)
		busy |= host->queue.count[class];
	busy |= host->news || host->enables.is_busy || host->attention.is_busy ||
		!is_waiting(host);
	spin_unlock_irqrestore(&host->lock, flags);
	return !busy;
}

/* How long the interface has nothing to do: a millisecond at least. */
static u64 idle_us(struct engine *engine, u64 most_us)
{
	struct kcs_host *host = engine->host;
	u64 now_us = engine_now_us(engine), due_us = now_us + most_us;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	due_us = min3(due_us, host->health.question_us, host->queue.expiry_us);
	if (host->health.in_step)
		due_us = min(due_us, kcs_queue_due_us(&host->queue));
	spin_unlock_irqrestore(&host->lock, flags);
	return max(due_us, now_us + USEC_PER_MSEC) - now_us;
}

static void let_pass(struct engine *engine, u64 most_us)
{
	yield();	/* the tick of a machine without fine timers is long */
	if (engine->time != ENGINE_STANDS && is_waiting(engine->host))
		engine_pass(engine, idle_us(engine, most_us));
}

/**
 * engine_let_pass() - let time pass, if the interface waits for nothing else
 * @engine: the engine
 *
 * So that its pauses cost no real time. It does not where time stands still.
 */
void engine_let_pass(struct engine *engine)
{
	let_pass(engine, IDLE_STEP_US);
}

/**
 * engine_until() - wait until something came to be
 * @engine: the engine
 * @condition: what
 *
 * The interface's pauses cost no real time, unless its time stands still.
 *
 * Return: false when it does not, within 20 s of real time.
 */
bool engine_until(struct engine *engine, engine_condition condition)
{
	unsigned long end = jiffies + PATIENCE;

	while (!condition(engine)) {
		if (time_after(jiffies, end))
			return false;
		engine_let_pass(engine);
	}
	return true;
}

/**
 * engine_irq_is_judged() - test whether the interrupt is used, or given up
 * @engine: the engine, with an interrupt
 *
 * Return: true once it was tested.
 */
bool engine_irq_is_judged(struct engine *engine)
{
	const struct kcs_enables *enables = &engine->host->enables;

	return (READ_ONCE(enables->irq_tested) || READ_ONCE(enables->irq_given_up)) &&
	       !READ_ONCE(enables->is_busy);
}

/**
 * engine_settle() - wait until the interface has nothing to do
 * @engine: the engine
 *
 * No time of the interface passes for it.
 *
 * Return: false when it always has something, for 20 s of real time.
 */
bool engine_settle(struct engine *engine)
{
	unsigned long end = jiffies + PATIENCE;

	while (!is_idle(engine)) {
		if (time_after(jiffies, end))
			return false;
		yield();
	}
	return true;
}

/**
 * engine_await() - wait until the interface has a health
 * @engine: the engine
 * @state: the health
 *
 * Return: false when it does not, within 20 s of real time.
 */
bool engine_await(struct engine *engine, enum kcs_health_state state)
{
	unsigned long end = jiffies + PATIENCE;

	while (READ_ONCE(engine->host->health.state) != state) {
		if (time_after(jiffies, end))
			return false;
		engine_let_pass(engine);
	}
	return true;
}

/**
 * engine_spend() - let some time pass, a millisecond at once
 * @engine: the engine
 * @us: microseconds, at least
 *
 * However long that takes on a busy machine, as long as time passes at all.
 */
void engine_spend(struct engine *engine, u64 us)
{
	u64 now_us = engine_now_us(engine), end_us = now_us + us, before_us;
	unsigned long end = jiffies + PATIENCE;

	while (now_us < end_us && time_before(jiffies, end)) {
		before_us = now_us;
		let_pass(engine, USEC_PER_MSEC);
		now_us = engine_now_us(engine);
		if (now_us > before_us)
			end = jiffies + PATIENCE;
	}
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

/* -- The BMC. ------------------------------------------------------------- */

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
 * engine_set_pace() - the BMC takes its time from now on
 * @engine: the engine
 * @byte_us: for each byte
 * @think_us: for each request
 */
void engine_set_pace(struct engine *engine, u32 byte_us, u32 think_us)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	engine->kcs.byte = (struct sim_delay){ byte_us, byte_us };
	engine->kcs.think = (struct sim_delay){ think_us, think_us };
	spin_unlock_irqrestore(&engine->lock, flags);
}

/* -- What the BMC calls for. ---------------------------------------------- */

static struct engine *listener_engine(struct kcs_listener *listener)
{
	return container_of(listener, struct engine, listener);
}

static void hear(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	atomic_inc(&listener_engine(listener)->heard);
}

static void hear_pretimeout(struct kcs_listener *listener)
{
	atomic_add(100, &listener_engine(listener)->heard);
}

static void hear_oem(struct kcs_listener *listener, u8 flags)
{
	atomic_add(1000, &listener_engine(listener)->heard);
}

/**
 * engine_listen() - listen to what the BMC calls for, until kcs_host_unlisten()
 * @test: the test
 * @interest: what is waited for
 */
void engine_listen(struct kunit *test, enum kcs_interest interest)
{
	struct engine *engine = test->priv;

	engine->listener = (struct kcs_listener){ hear, hear, hear_pretimeout, hear_oem };
	atomic_set(&engine->heard, 0);
	KUNIT_ASSERT_EQ(test, kcs_host_listen(engine->host, &engine->listener), 0);
	kcs_host_expect(engine->host, interest);
}

/**
 * engine_start_listening() - a BMC that was found, an interface that listens, and
 * time that steps
 * @test: the test
 * @interest: what is waited for
 *
 * The first round is over.
 */
void engine_start_listening(struct kunit *test, enum kcs_interest interest)
{
	struct engine *engine = test->priv;

	engine_step(engine);
	engine_start_ready(test, "spec");
	engine_listen(test, interest);
	KUNIT_EXPECT_EQ(test, kcs_host_listen(engine->host, &engine->listener), -EBUSY);
	engine_spend(engine, USEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, engine_settle(engine));
	KUNIT_EXPECT_EQ(test, engine_heard(engine), 0u);
}

/**
 * engine_set_flags() - the BMC has something to fetch
 * @engine: the engine, between two messages
 * @flags: its message flags
 *
 * Where it may interrupt for them it offers a byte (IPMI 2.0 rev 1.1, 9.10).
 */
void engine_set_flags(struct engine *engine, u8 flags)
{
	unsigned long irq_flags;

	spin_lock_irqsave(&engine->lock, irq_flags);
	engine->bmc.message_len = flags & 0x01 ? 8 : 0;
	engine->bmc.flags = flags;
	if (flags & engine->bmc.enables & 0x03)
		engine->kcs.obf = true;
	spin_unlock_irqrestore(&engine->lock, irq_flags);
}

/* -- Requests. ------------------------------------------------------------ */

/**
 * engine_request() - a request of the class that is set
 * @test: the test
 * @netfn: network function
 * @cmd: command
 * @data: data bytes
 * @len: how many
 * @timeout_ms: how long it may take
 *
 * Return: the request, for kcs_request_put() or engine_end().
 */
struct kcs_request *engine_request(struct kunit *test, u8 netfn, u8 cmd,
				   const u8 *data, size_t len, u32 timeout_ms)
{
	const struct engine *engine = test->priv;
	struct kcs_request *request;
	struct kcs_msg msg;

	KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, netfn, cmd, data, len), 0);
	request = kcs_request_create(&msg, engine->class, timeout_ms, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, request);
	return request;
}

/**
 * engine_submit() - submit a request without data
 * @test: the test
 * @netfn: network function
 * @cmd: command
 * @timeout_ms: how long it may take
 *
 * Return: the request, for kcs_request_put() or engine_end().
 */
struct kcs_request *engine_submit(struct kunit *test, u8 netfn, u8 cmd,
				  u32 timeout_ms)
{
	struct engine *engine = test->priv;
	struct kcs_request *request = engine_request(test, netfn, cmd, NULL, 0,
						     timeout_ms);

	kcs_host_submit(engine->host, request);
	return request;
}

/**
 * engine_end() - wait for a request, and drop it
 * @test: the test
 * @request: the request
 * @cc: its completion code, if it has one; NULL for none
 *
 * The interface's pauses cost no real time, unless its time stands still.
 *
 * Return: how it ended.
 */
int engine_end(struct kunit *test, struct kcs_request *request, u8 *cc)
{
	struct engine *engine = test->priv;
	unsigned long end = jiffies + PATIENCE;
	int err;

	while (!kcs_request_is_over(request) && time_before(jiffies, end))
		engine_let_pass(engine);
	err = kcs_request_wait(request);
	if (!err && cc)
		*cc = kcs_msg_cc(kcs_request_reply(request));
	kcs_request_put(request);
	return err;
}

/**
 * engine_ask() - send a request without data, and wait for it
 * @test: the test
 * @netfn: network function
 * @cmd: command
 * @cc: its completion code, if it has one; NULL for none
 *
 * Return: how it ended.
 */
int engine_ask(struct kunit *test, u8 netfn, u8 cmd, u8 *cc)
{
	return engine_end(test, engine_submit(test, netfn, cmd, KCS_HOST_TIMEOUT_MS),
			  cc);
}
