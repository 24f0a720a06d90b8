// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message from a CPU that is dying. Nothing else runs any more, and nothing
 * it held will ever be given back: so no lock, no sleep, no timekeeping; time is
 * what udelay() makes pass.
 */
#include "host.h"

#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>

/* A nap of a quarter of the time waited saves nobody anything here. */
#define PANIC_NAP_MAX_US	100

/**
 * struct panic_clock - time that only passes in naps
 * @clock: what the link sees
 * @now_us: the time
 */
struct panic_clock {
	struct kcs_clock clock;
	u64 now_us;
};

static u64 panic_now_us(struct kcs_clock *clock)
{
	return container_of(clock, struct panic_clock, clock)->now_us;
}

static void panic_nap_us(struct kcs_clock *clock, u32 us)
{
	us = clamp_t(u32, us, 1, PANIC_NAP_MAX_US);
	udelay(us);
	container_of(clock, struct panic_clock, clock)->now_us += us;
}

static const struct kcs_clock_ops panic_clock_ops = {
	.now_us = panic_now_us,
	.nap_us = panic_nap_us,
};

/**
 * kcs_host_panic_transfer() - send a request and fetch its reply, in a panic
 * @host: the interface; it serves nobody else any more
 * @request: what to send
 * @reply: where the reply goes; meaningful on success only
 * @budget_ms: how long it may take, from here
 *
 * Takes the registers over whatever state a message on its way left them in:
 * the first half of the time begins with the error exit, the second, if need
 * be, with WRITE_START (IPMI 2.0 rev 1.1, 9.15).
 *
 * Context: a panic, or any other in which no other CPU serves the interface;
 * spins, takes no lock. The registers of kcs_sim do take one.
 * Return: 0; otherwise see kcs_link_transfer().
 */
int kcs_host_panic_transfer(struct kcs_host *host, const struct kcs_msg *request,
			    struct kcs_msg *reply, u32 budget_ms)
{
	struct panic_clock panic = { .clock.ops = &panic_clock_ops };
	struct kcs_link link = {
		.io = host->irq.registers, .clock = &panic.clock, .dirty = true,
	};
	u64 budget_us = (u64)budget_ms * USEC_PER_MSEC;
	int err;

	WRITE_ONCE(host->link.stop, true);
	err = kcs_link_transfer(&link, request, reply, budget_us / 2, NULL);
	if (err && err != -EINVAL)
		err = kcs_link_transfer(&link, request, reply, budget_us, NULL);
	return err;
}
EXPORT_SYMBOL_GPL(kcs_host_panic_transfer);
