// SPDX-License-Identifier: GPL-2.0-only
#include "bench.h"

static void arm_fault(struct sim_bench *bench)
{
	if (bench->arm.kind == SIM_FAULT_NONE || bench->armed ||
	    bench->link.sm.state != bench->arm_state)
		return;
	sim_fault_set(&bench->kcs.trouble, &bench->arm);
	bench->armed = true;
}

static u8 bench_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct sim_bench *bench = container_of(io, struct sim_bench, io);
	u8 value;

	arm_fault(bench);
	bench->now_us++;
	value = sim_kcs_read(&bench->kcs, reg, bench->now_us);
	sim_monitor_read(&bench->monitor, reg, value, bench->now_us);
	return value;
}

static void bench_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct sim_bench *bench = container_of(io, struct sim_bench, io);

	bench->now_us++;
	sim_monitor_write(&bench->monitor, reg, value, bench->now_us);
	sim_kcs_write(&bench->kcs, reg, value, bench->now_us);
}

static const struct kcs_io_ops bench_io_ops = {
	.read = bench_read,
	.write = bench_write,
};

static u64 bench_now_us(struct kcs_clock *clock)
{
	return container_of(clock, struct sim_bench, clock)->now_us;
}

static void bench_nap_us(struct kcs_clock *clock, u32 us)
{
	container_of(clock, struct sim_bench, clock)->now_us += us;
}

static const struct kcs_clock_ops bench_clock_ops = {
	.now_us = bench_now_us,
	.nap_us = bench_nap_us,
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
	bench->clock.ops = &bench_clock_ops;
	bench->link.io = &bench->io;
	bench->link.clock = &bench->clock;
	sim_bmc_init(&bench->bmc, 187);
	sim_kcs_init(&bench->kcs, personality, sim_bmc_command, &bench->bmc, 1);
	kcs_msg_request(&bench->request, 0x06, 0x01, NULL, 0);
}

/**
 * sim_bench_transfer() - send the request
 * @bench: the bench
 *
 * Return: what kcs_link_transfer() returns; the reply is in the bench.
 */
int sim_bench_transfer(struct sim_bench *bench)
{
	sim_monitor_transfer(&bench->monitor);
	return kcs_link_transfer(&bench->link, &bench->request, &bench->reply,
				 bench->now_us + BENCH_DEADLINE_US, NULL);
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
