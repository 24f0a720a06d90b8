// SPDX-License-Identifier: GPL-2.0-only
/* The time of a simulated BMC in service. Below its line, settings and registers. */
#include "sim.h"

#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

/**
 * sim_now_us() - the time, as the simulated BMC knows it
 *
 * Context: any.
 * Return: microseconds since some fixed moment.
 */
u64 sim_now_us(void)
{
	return ktime_to_us(ktime_get());
}

/**
 * sim_catch_up() - the BMC does what the time has brought
 * @sim: the simulated BMC
 * @now_us: the time
 *
 * Context: any, sim.lock held.
 */
void sim_catch_up(struct sim *sim, u64 now_us)
{
	u8 calls;

	lockdep_assert_held(&sim->lock);
	sim->bmc.now_s = ktime_get_real_seconds();
	sim_bmc_advance(&sim->bmc, div_u64(now_us, USEC_PER_MSEC));
	sim->kcs.attention = sim_bmc_attention(&sim->bmc);
	sim->kcs.interrupts = sim->line.number &&
			      sim->bmc.enables & IPMI_BMC_RCV_MSG_INTR;
	calls = sim_bmc_calls(&sim->bmc);
	if (calls & ~sim->calls)
		sim_kcs_call(&sim->kcs);
	sim->calls = calls;
}
