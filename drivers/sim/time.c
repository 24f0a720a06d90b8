// SPDX-License-Identifier: GPL-2.0-only
/* The time of a simulated BMC in service. Below its line, settings and registers. */
#include "sim.h"

#include <linux/ktime.h>

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
