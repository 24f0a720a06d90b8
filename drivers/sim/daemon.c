// SPDX-License-Identifier: GPL-2.0-only
#include "daemon.h"

/**
 * sim_daemon_is_busy() - does it owe an answer?
 * @daemon: the daemon
 *
 * Context: any; the caller serialises.
 * Return: true when it does.
 */
bool sim_daemon_is_busy(const struct sim_daemon *daemon)
{
	return daemon->count;
}

/**
 * sim_daemon_add() - take a request
 * @daemon: the daemon; drops the request when it has too many already
 * @request: the request
 * @now_us: the time
 * @think_us: how long it takes, once those before it are done
 *
 * Context: any; the caller serialises.
 */
void sim_daemon_add(struct sim_daemon *daemon, const struct kcs_msg *request,
		    u64 now_us, u32 think_us)
{
	u64 begin_us = now_us;

	if (daemon->count == SIM_DAEMON_MAX)
		return;
	if (daemon->count && daemon->due_us[daemon->count - 1] > now_us)
		begin_us = daemon->due_us[daemon->count - 1];
	daemon->requests[daemon->count] = *request;
	daemon->due_us[daemon->count++] = begin_us + think_us;
}

/**
 * sim_daemon_next() - is an answer ready?
 * @daemon: the daemon
 * @request: becomes the request that is answered
 * @now_us: the time
 *
 * Context: any; the caller serialises.
 * Return: true when one is; it is owed no more.
 */
bool sim_daemon_next(struct sim_daemon *daemon, struct kcs_msg *request,
		     u64 now_us)
{
	u32 i;

	if (!daemon->count || now_us < daemon->due_us[0])
		return false;
	*request = daemon->requests[0];
	daemon->count--;
	for (i = 0; i < daemon->count; i++) {
		daemon->requests[i] = daemon->requests[i + 1];
		daemon->due_us[i] = daemon->due_us[i + 1];
	}
	return true;
}
