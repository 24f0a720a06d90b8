// SPDX-License-Identifier: GPL-2.0-only
/* How long to look away from a register that has not changed yet. */
#include "wait.h"

#define SPIN_TOTAL_US	1000	/* a slow BMC is not spun on byte after byte */
#define NAP_MIN_US	50	/* a shorter sleep costs more than it saves */
#define NAP_USUAL_US	1000	/* answers within 100 ms are found so late */
#define NAP_MAX_US	20000	/* bounds how late a stop request is noticed */

/**
 * kcs_wait_nap_us() - how long to sleep before the next look at Status
 * @waited_us: microseconds waited already
 * @spun_us: microseconds of this message spent spinning, in earlier waits
 *
 * Spins first, for a BMC that answers at once. Then sleeps a quarter of the
 * time waited, within its bounds: looking stays cheap, and an answer is found
 * 50 us late, or a quarter, or 1 ms. After 100 ms it is one part in a hundred:
 * such a BMC takes seconds, or for ever.
 *
 * Context: any.
 * Return: microseconds to sleep; 0 to look again at once.
 */
u32 kcs_wait_nap_us(u32 waited_us, u32 spun_us)
{
	u32 nap_us = waited_us / 4;

	if (waited_us < KCS_WAIT_SPIN_US && spun_us < SPIN_TOTAL_US)
		return 0;
	if (nap_us < NAP_MIN_US)
		return NAP_MIN_US;
	if (nap_us > NAP_USUAL_US)
		nap_us = NAP_USUAL_US;
	if (nap_us < waited_us / 100)
		nap_us = waited_us / 100;
	return nap_us > NAP_MAX_US ? NAP_MAX_US : nap_us;
}
