// SPDX-License-Identifier: GPL-2.0-only
#include "bench.h"

#include <linux/minmax.h>

#define ACCESSES_PER_US	4

/* How soon after it rose an interrupt ends a sleep. */
#define STEP_US		2

static void arm_fault(struct sim_bench *bench)
{
	if (bench->arm.kind == SIM_FAULT_NONE || bench->armed ||
	    bench->pair.sm.state != bench->arm_state)
		return;
	sim_fault_set(&bench->kcs.trouble, &bench->arm);
	bench->armed = true;
}

static void count_access(struct sim_bench *bench)
{
	if (++bench->accesses % ACCESSES_PER_US == 0)
		bench->now_us++;
}

static u8 bench_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct sim_bench *bench = container_of(io, struct sim_bench, io);
	u8 value;

	arm_fault(bench);
	count_access(bench);
	value = sim_kcs_read(&bench->kcs, reg, bench->now_us);
	sim_monitor_read(&bench->monitor, reg, value, bench->now_us);
	return value;
}

static void bench_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct sim_bench *bench = container_of(io, struct sim_bench, io);

	count_access(bench);
	sim_monitor_write(&bench->monitor, reg, value, bench->now_us);
	sim_kcs_write(&bench->kcs, reg, value, bench->now_us);
}

static const struct kcs_io_ops bench_io_ops = {
	.read = bench_read,
	.write = bench_write,
};

/**
 * sim_bench_create() - a bench, to be started
 * @test: the test; owns it
 *
 * Return: the bench.
 */
struct sim_bench *sim_bench_create(struct kunit *test)
{
	struct sim_bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	return bench;
}

/**
 * sim_bench_start() - power on, with Get Device ID as the next request
 * @bench: the bench
 * @personality: the BMC's ways
 */
void sim_bench_start(struct sim_bench *bench,
		     const struct sim_personality *personality)
{
	memset(bench, 0, sizeof(*bench));
	bench->io.ops = &bench_io_ops;
	bench->random = 1;
	kcs_pair_init(&bench->pair, &bench->io);
	sim_bmc_init(&bench->bmc, 187);
	sim_kcs_init(&bench->kcs, personality, sim_bmc_command, &bench->bmc, 1);
	kcs_msg_request(&bench->request, 0x06, 0x01, NULL, 0);
}

static void bench_sleep(struct sim_bench *bench, u32 us)
{
	u64 end_us = bench->now_us + us +
		     sim_delay_draw(&bench->overshoot, &bench->random);
	bool thinking = bench->pair.sm.state == KCS_SM_WAIT_REPLY &&
			!bench->reply.len;

	bench->sleeps++;
	bench->thinking_sleeps += thinking;
	if (!bench->interrupt) {
		bench->now_us = end_us;
		return;
	}
	bench->kcs.interrupts = true;
	while (bench->now_us < end_us && !sim_kcs_irq(&bench->kcs, bench->now_us))
		bench->now_us += STEP_US;
}

/*
 * Status is read until it changes, as a driver that never sleeps does. The BMC
 * changes it at whole microseconds only, so one read in each finds the same moment.
 */
static void bench_spin(struct sim_bench *bench, u64 deadline_us)
{
	u8 status = bench->pair.transport.status;

	while (bench->now_us < deadline_us &&
	       sim_kcs_read(&bench->kcs, KCS_REG_STATUS, bench->now_us) == status) {
		bench->accesses += ACCESSES_PER_US - bench->accesses % ACCESSES_PER_US;
		bench->now_us++;
	}
}

/* KCS_STEP_DONE, or what to sleep before the deadline. */
static u32 bench_step(struct sim_bench *bench, u64 deadline_us)
{
	struct kcs_transport *transport = &bench->pair.transport;
	u64 before_us = bench->now_us;
	u32 us;

	us = transport->ops->step(transport, bench->now_us, bench->interrupt);
	bench->busy_us += bench->now_us - before_us;
	if (us == KCS_STEP_DONE || !us)
		return us;
	if (bench->spins) {
		bench_spin(bench, deadline_us);
		return 0;
	}
	return bench->now_us < deadline_us ?
	       min_t(u64, us, deadline_us - bench->now_us) : us;
}

/**
 * sim_bench_transfer() - send the request
 * @bench: the bench
 *
 * Return: how that ended, %-ETIMEDOUT at the deadline; the reply is in the bench.
 */
int sim_bench_transfer(struct sim_bench *bench)
{
	struct kcs_transport *transport = &bench->pair.transport;
	u64 deadline_us = bench->now_us + BENCH_DEADLINE_US;
	u32 us;

	sim_monitor_transfer(&bench->monitor);
	transport->ops->begin(transport, &bench->request, &bench->reply);
	for (;;) {
		us = bench_step(bench, deadline_us);
		if (us == KCS_STEP_DONE)
			return transport->result;
		if (bench->now_us >= deadline_us) {
			transport->ops->abandon(transport);
			return -ETIMEDOUT;
		}
		if (us)
			bench_sleep(bench, us);
	}
}

/**
 * sim_bench_next() - every personality, as a parameter of a test
 * @previous: the personality before, NULL at first
 * @text: becomes its name
 *
 * Return: the next one, NULL after the last.
 */
const void *sim_bench_next(const void *previous, char *text)
{
	const struct sim_personality *personality = previous;

	personality = personality ? personality + 1 : sim_personalities;
	if (!personality->name)
		return NULL;
	strscpy(text, personality->name, KUNIT_PARAM_DESC_SIZE);
	return personality;
}
