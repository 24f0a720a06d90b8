// SPDX-License-Identifier: GPL-2.0-only
/* How long to look away from a register that has not changed yet. */
#include "wait.h"

#define SPIN_US		20	/* most handshakes of an idle BMC end within it */
#define NAP_MIN_US	50	/* a shorter sleep costs more than it saves */
#define NAP_MAX_US	1000	/* bounds how late a stop request is noticed */

/**
 * kcs_wait_nap_us() - how long to sleep before the next look at Status
 * @waited_us: microseconds waited already
 *
 * Spins first, for a BMC that answers at once. Then sleeps a quarter of the
 * time waited, within its bounds: looking stays cheap, and an answer is found
 * 50 us late, or a quarter, or 1 ms.
 *
 * Context: any.
 * Return: microseconds to sleep; 0 to look again at once.
 */
u32 kcs_wait_nap_us(u32 waited_us)
{
	u32 nap_us = waited_us / 4;

	if (waited_us < SPIN_US)
		return 0;
	if (nap_us < NAP_MIN_US)
		return NAP_MIN_US;
	return nap_us > NAP_MAX_US ? NAP_MAX_US : nap_us;
}
