// SPDX-License-Identifier: GPL-2.0-only
/*
 * What AML gets from an IPMI region (ACPI 6.0, 5.5.2.4.3). ACPICA calls from any
 * task, any number at a time, with no lock of ours held, and with the ACPI
 * Global Lock held where the field says Lock; see space_handler.c.
 *
 * A request goes this way: codec, policy, route, coalesce, and then over kcs_host.
 * There is no other.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "handler.h"
#include "codec.h"
#include "coalesce.h"
#include "policy.h"
#include "route.h"
#include "stats.h"
#include "tables.h"

#include <kcs/host.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

#define TIMEOUT_MAX_MS	60000

static uint timeout_ms = KCS_HOST_TIMEOUT_MS;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "how long a call may take (5000)");

static uint lock_timeout_ms;
module_param(lock_timeout_ms, uint, 0644);
MODULE_PARM_DESC(lock_timeout_ms,
		 "how long one may take whose field is declared Lock, and which so holds the ACPI Global Lock, if shorter; 0 for the same (0)");

static uint keep_ms;
module_param(keep_ms, uint, 0644);
MODULE_PARM_DESC(keep_ms,
		 "how long a reading is good for others who ask the same; 0 for not at all (0)");

static struct kcs_policy rules;

/* -- A call. -------------------------------------------------------------- */

static u32 time_for(bool locked)
{
	u32 ms = clamp(READ_ONCE(timeout_ms), 1u, (uint)TIMEOUT_MAX_MS);
	u32 shorter_ms = READ_ONCE(lock_timeout_ms);

	return locked && shorter_ms ? min(ms, shorter_ms) : ms;
}

static int ask_bmc(void *scope, const struct kcs_msg *request,
		   struct kcs_msg *reply, u32 ms)
{
	struct kcs_host *host = kcs_route_find(scope);
	int how;

	if (!host)
		return -EHOSTDOWN;
	how = kcs_coalesce_transfer(host, request, reply, ms,
				    min(READ_ONCE(keep_ms), (uint)TIMEOUT_MAX_MS));
	kcs_host_put(host);
	return how;
}

static int answer(void *scope, u64 address, u8 *buffer, u32 ms)
{
	struct kcs_msg request, reply;
	int err, how;

	err = kcs_codec_request(address, buffer, &request);
	if (err)
		return err;
	if (!kcs_policy_allows(&rules, &request))
		return -EACCES;
	how = ask_bmc(scope, &request, &reply, ms);
	if (how < 0)
		return how;
	err = kcs_codec_reply(buffer, &reply);
	return err ?: how;
}

static enum kcs_stat stat_of(int how)
{
	switch (how) {
	case KCS_COALESCE_JOINED:
		return KCS_STAT_JOINED;
	case KCS_COALESCE_KEPT:
		return KCS_STAT_KEPT;
	case -ETIMEDOUT:
	case -EHOSTDOWN:
		return KCS_STAT_TIMEOUTS;
	case -EINVAL:
	case -EOPNOTSUPP:
		return KCS_STAT_MALFORMED;
	case -EMSGSIZE:
		return KCS_STAT_OVERSIZED;
	case -EACCES:
		return KCS_STAT_DENIED;
	default:
		return KCS_STAT_FAILURES;
	}
}

static void count(int how)
{
	kcs_stats_count(KCS_STAT_CALLS);
	if (how >= 0)
		kcs_stats_count(KCS_STAT_ANSWERED);
	if (how != KCS_COALESCE_OWN)
		kcs_stats_count(stat_of(how));
}

static void on_write(void *scope, u64 address, u8 *buffer)
{
	u64 began_ns = ktime_get_ns();
	bool locked = kcs_tables_takes_lock(address);
	u8 sent = buffer[KCS_CODEC_LENGTH];
	int how = answer(scope, address, buffer, time_for(locked));
	u32 us = div_u64(ktime_get_ns() - began_ns, NSEC_PER_USEC);

	if (how < 0)
		kcs_codec_failure(buffer, how);
	if (locked)
		kcs_stats_locked(us);
	count(how);
	trace_kcs_opregion_call(address, sent, buffer, how, us);
}

/* There is no request to send. */
static void on_read(u64 address, const u8 *buffer)
{
	count(-EOPNOTSUPP);
	trace_kcs_opregion_call(address, 0, buffer, -EOPNOTSUPP, 0);
}

const struct kcs_anchor_ops kcs_handler_ops = {
	.write = on_write,
	.read = on_read,
};

/**
 * kcs_handler_set_policy() - say which commands AML may send
 * @words: see kcs_policy_parse()
 *
 * Context: before the first call.
 * Return: 0; %-EINVAL, and a line in the log names the word.
 */
int kcs_handler_set_policy(const char *words)
{
	const char *bad;
	int err = kcs_policy_parse(&rules, words, &bad);

	if (err)
		pr_err("policy: \"%s\" is not a preset, a rule, or one too many\n",
		       bad);
	return err;
}
