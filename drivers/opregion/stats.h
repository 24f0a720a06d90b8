/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_STATS_H
#define KCS_STATS_H

#include <linux/types.h>

/**
 * enum kcs_stat - what is counted of AML's calls
 * @KCS_STAT_CALLS: all of them
 * @KCS_STAT_ANSWERED: those the BMC answered, with whatever completion code
 * @KCS_STAT_JOINED: of these, those that shared a transfer on its way
 * @KCS_STAT_KEPT: and those that got a reply kept from another
 * @KCS_STAT_TIMEOUTS: those no BMC answered in time
 * @KCS_STAT_FAILURES: those that failed otherwise
 * @KCS_STAT_MALFORMED: no request, or one no BMC could be sent
 * @KCS_STAT_OVERSIZED: the reply did not fit into AML's buffer
 * @KCS_STAT_DENIED: denied by the policy
 * @KCS_STAT_LOCKED: calls whose command a field declares Lock
 * @KCS_STAT_LOCKED_MAX_US: the longest of these; AML may hold it for longer, over
 *	several calls
 * @KCS_STATS: how many there are
 */
enum kcs_stat {
	KCS_STAT_CALLS,
	KCS_STAT_ANSWERED,
	KCS_STAT_JOINED,
	KCS_STAT_KEPT,
	KCS_STAT_TIMEOUTS,
	KCS_STAT_FAILURES,
	KCS_STAT_MALFORMED,
	KCS_STAT_OVERSIZED,
	KCS_STAT_DENIED,
	KCS_STAT_LOCKED,
	KCS_STAT_LOCKED_MAX_US,
	KCS_STATS,
};

int kcs_stats_create(void);
void kcs_stats_remove(void);
void kcs_stats_count(enum kcs_stat stat);
void kcs_stats_locked(u32 us);

#endif /* KCS_STATS_H */
