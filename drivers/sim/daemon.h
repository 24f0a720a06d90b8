/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program in a BMC that answers requests. It takes them as they come, and
 * does not hear that the host gave one up: what it owes, it delivers, to whoever
 * waits for a reply then. Pure.
 */
#ifndef KCS_SIM_DAEMON_H
#define KCS_SIM_DAEMON_H

#include <kcs/msg.h>
#include <linux/types.h>

#define SIM_DAEMON_MAX		8
#define SIM_DAEMON_LATE_US	2000000

/**
 * struct sim_daemon - requests taken and not answered yet
 * @count: how many
 * @due_us: when each is answered, first come, first served
 * @requests: they
 */
struct sim_daemon {
	u32 count;
	u64 due_us[SIM_DAEMON_MAX];
	struct kcs_msg requests[SIM_DAEMON_MAX];
};

bool sim_daemon_is_busy(const struct sim_daemon *daemon);
void sim_daemon_add(struct sim_daemon *daemon, const struct kcs_msg *request,
		    u64 now_us, u32 think_us);
bool sim_daemon_next(struct sim_daemon *daemon, struct kcs_msg *request,
		     u64 now_us);

#endif /* KCS_SIM_DAEMON_H */
