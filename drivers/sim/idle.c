// SPDX-License-Identifier: GPL-2.0-only
/* What the BMC side of KCS does without a register access, for its interrupt line. */
#include "kcs.h"

#include <linux/limits.h>
#include <linux/minmax.h>

/**
 * sim_kcs_call() - the BMC wants an interrupt outside a message
 * @kcs: the BMC
 *
 * It offers a byte in IDLE (IPMI 2.0 rev 1.1, 9.10). In a message the last dummy
 * byte does the same.
 *
 * Context: any; the caller serialises.
 */
void sim_kcs_call(struct sim_kcs *kcs)
{
	if (!kcs->interrupts || kcs->phase != SIM_IDLE)
		return;
	kcs->data_out = 0;
	kcs->obf = true;
}

/**
 * sim_kcs_next_us() - when something happens by itself
 * @kcs: the BMC
 *
 * Context: any; the caller serialises.
 * Return: when the next write is taken, the next answer is ready or the next byte
 * is offered; %U64_MAX for never.
 */
u64 sim_kcs_next_us(const struct sim_kcs *kcs)
{
	u64 next_us = kcs->phase == SIM_THINK ? kcs->think_us : U64_MAX;

	if (kcs->taking)
		next_us = min(next_us, kcs->take_us);
	if (kcs->offering)
		next_us = min(next_us, kcs->offer_us);
	if (sim_daemon_is_busy(&kcs->daemon))
		next_us = min(next_us, kcs->daemon.due_us[0]);
	return next_us;
}
