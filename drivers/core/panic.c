// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message from a CPU that is dying. Nothing else runs any more, and nothing
 * that was held is given back: no lock, no sleep, no timekeeping; time is what
 * udelay() makes pass.
 */
#include "host.h"

#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>

/* Nothing else could use the CPU. */
#define PANIC_SLEEP_MAX_US	100

static int panic_run(struct kcs_pair *pair, u64 *now_us, u64 deadline_us)
{
	struct kcs_transport *transport = &pair->transport;
	u32 us;

	for (;;) {
		us = transport->ops->step(transport, *now_us, false);
		if (us == KCS_STEP_DONE)
			return transport->result;
		if (*now_us >= deadline_us) {
			transport->ops->abandon(transport);
			return -ETIMEDOUT;
		}
		us = clamp_t(u32, us, 1, PANIC_SLEEP_MAX_US);
		udelay(us);
		*now_us += us;
	}
}

/**
 * kcs_host_panic_transfer() - send a request and fetch its reply, in a panic
 * @host: the interface; it serves nothing else any more
 * @request: what to send
 * @reply: where the reply goes; meaningful on success only
 * @budget_ms: how long it may take, from here
 *
 * Takes the registers over whatever state a message in flight left them in: the
 * first half of the time begins with the error exit, the second, if need be, with
 * WRITE_START (IPMI 2.0 rev 1.1, 9.15).
 *
 * Context: a panic, or any other in which no other CPU serves the interface;
 * spins, takes no lock. The registers of kcs_sim do take one.
 * Return: 0; %-ENODEV for an interface without registers; %-ETIMEDOUT; otherwise
 * see kcs_exchange_run().
 */
int kcs_host_panic_transfer(struct kcs_host *host, const struct kcs_msg *request,
			    struct kcs_msg *reply, u32 budget_ms)
{
	u64 budget_us = (u64)budget_ms * USEC_PER_MSEC;
	struct kcs_pair pair;
	u64 now_us = 0;
	int err;

	if (!host->irq.registers)
		return -ENODEV;
	WRITE_ONCE(host->stop, true);
	kcs_pair_init(&pair, host->irq.registers);
	pair.transport.dirty = true;
	pair.transport.ops->begin(&pair.transport, request, reply);
	err = panic_run(&pair, &now_us, budget_us / 2);
	if (!err || err == -EINVAL)
		return err;
	pair.transport.ops->begin(&pair.transport, request, reply);
	return panic_run(&pair, &now_us, budget_us);
}
EXPORT_SYMBOL_GPL(kcs_host_panic_transfer);
