// SPDX-License-Identifier: GPL-2.0-only
/*
 * What probes and requests say about a BMC, and what follows: are requests
 * sent, held or refused, and when is the next probe.
 *
 * After any failure the two sides may be out of step: the BMC finishes the old
 * request while the next one is on the wire, and its late reply can look like
 * the reply to that. Only the echoed command tells. So nothing is sent until a
 * probe, which asks different things in turn, got the right answers.
 */
#include "health.h"

#include <kcs/regs.h>
#include <linux/errno.h>

#define SECOND_US	1000000ull
#define CALM_US		(60 * SECOND_US)
#define FIRMWARE_US	(30 * SECOND_US)
#define EXCUSE_US	(300 * SECOND_US)
#define REST_MIN_US	SECOND_US
#define REST_MAX_US	(60 * SECOND_US)

#define NETFN_FIRMWARE	0x08
#define CMD_COLD_RESET	0x02
#define CMD_WARM_RESET	0x03

static bool is_reset(const struct kcs_msg *request)
{
	return request->bytes[0] >> 2 == KCS_NETFN_APP &&
	       (request->bytes[1] == CMD_COLD_RESET ||
		request->bytes[1] == CMD_WARM_RESET);
}

static void maintain(struct kcs_health *health, u64 now_us, u64 calm_us)
{
	health->state = KCS_HEALTH_MAINTENANCE;
	health->calm_us = now_us + calm_us;
	health->excuse_us = now_us + EXCUSE_US;
}

/* Out of step: hold requests until a probe, after a rest. */
static void hold(struct kcs_health *health, u64 probe_us)
{
	health->in_step = false;
	health->failures = 0;
	health->probe_us = probe_us;
}

/* -- Requests. ------------------------------------------------------------ */

/**
 * kcs_health_is_news() - may the BMC be another when it did as it was told?
 * @request: what it was told
 *
 * Context: any.
 * Return: true when kcs_health_answered() wants to know of completion code 00h.
 */
bool kcs_health_is_news(const struct kcs_msg *request)
{
	return is_reset(request) || request->bytes[0] >> 2 == NETFN_FIRMWARE;
}

/**
 * kcs_health_answered() - a request was answered
 * @health: the health
 * @request: the request
 * @reply: its reply
 * @now_us: the time
 *
 * C3h can be the word of an interface with a dead BMC behind it.
 *
 * Context: any; the owner serialises.
 */
void kcs_health_answered(struct kcs_health *health,
			 const struct kcs_msg *request,
			 const struct kcs_msg *reply, u64 now_us)
{
	u8 cc = kcs_msg_cc(reply);

	if (is_reset(request) && cc == KCS_CC_OK) {
		maintain(health, now_us, 0);
		hold(health, now_us + REST_MIN_US);
	} else if (request->bytes[0] >> 2 == NETFN_FIRMWARE &&
		   cc == KCS_CC_OK) {
		maintain(health, now_us, FIRMWARE_US);
		health->probe_us = health->calm_us;
	} else if (cc == KCS_CC_TIMEOUT) {
		hold(health, now_us);
	}
}

/**
 * kcs_health_failed() - a request was sent, and not answered
 * @health: the health
 * @request: the request
 * @err: why, see kcs_link_transfer()
 * @now_us: the time
 *
 * Giving a request up, or a reply longer than a message, is no fault of the
 * BMC, but leaves it out of step all the same.
 *
 * Context: any; the owner serialises.
 */
void kcs_health_failed(struct kcs_health *health, const struct kcs_msg *request,
		       int err, u64 now_us)
{
	if (err == -ENODEV || err == -EINVAL)
		return;
	hold(health, now_us);
	if (is_reset(request)) {
		maintain(health, now_us, 0);
		health->probe_us = now_us + REST_MIN_US;
	} else if (err != -ECANCELED && err != -EMSGSIZE &&
		   health->state != KCS_HEALTH_MAINTENANCE) {
		health->state = KCS_HEALTH_DEGRADED;
		health->calm_us = now_us + CALM_US;
	}
}

/**
 * kcs_health_doubted() - what was known may be true no more
 * @health: the health
 * @now_us: the time
 *
 * Context: any; the owner serialises.
 */
void kcs_health_doubted(struct kcs_health *health, u64 now_us)
{
	hold(health, now_us);
}

/* -- Probes. -------------------------------------------------------------- */

static void found_well(struct kcs_health *health, u64 now_us)
{
	bool calm = now_us >= health->calm_us;
	bool served = health->state == KCS_HEALTH_DEGRADED ||
		      health->state == KCS_HEALTH_MAINTENANCE;

	if (!served || calm)
		health->state = KCS_HEALTH_READY;
	health->in_step = true;
	health->failures = 0;
	health->probe_us = health->state == KCS_HEALTH_READY ?
			   KCS_HEALTH_NEVER : health->calm_us;
}

/* 1, 2, 4 ... seconds, unless it is known to be coming back. */
static u64 rest_us(const struct kcs_health *health)
{
	u64 rest_us = REST_MIN_US;
	u32 i;

	if (health->state == KCS_HEALTH_MAINTENANCE)
		return rest_us;
	for (i = 1; i < health->failures && rest_us < REST_MAX_US; i++)
		rest_us *= 2;
	return rest_us < REST_MAX_US ? rest_us : REST_MAX_US;
}

static void found_ill(struct kcs_health *health,
		      enum kcs_health_verdict verdict, u64 now_us)
{
	if (verdict == KCS_HEALTH_BUSY)
		maintain(health, now_us, 0);
	else if (verdict == KCS_HEALTH_FLOATING)
		health->state = KCS_HEALTH_ABSENT;
	else if (health->state != KCS_HEALTH_MAINTENANCE ||
		 now_us >= health->excuse_us)
		health->state = KCS_HEALTH_DEAD;
	health->in_step = false;
	health->failures++;
	health->probe_us = now_us + rest_us(health);
}

/**
 * kcs_health_probed() - a probe ended
 * @health: the health
 * @verdict: what it found
 * @now_us: the time
 *
 * Context: any; the owner serialises.
 */
void kcs_health_probed(struct kcs_health *health,
		       enum kcs_health_verdict verdict, u64 now_us)
{
	health->probed_us = now_us;
	if (verdict == KCS_HEALTH_UPDATING)
		maintain(health, now_us, FIRMWARE_US);
	if (verdict == KCS_HEALTH_ANSWERS || verdict == KCS_HEALTH_UPDATING)
		found_well(health, now_us);
	else
		found_ill(health, verdict, now_us);
}

/**
 * kcs_health_asked() - somebody asked, and was refused
 * @health: the health
 *
 * While there is demand, a probe rests no longer than a second.
 *
 * Context: any; the owner serialises.
 */
void kcs_health_asked(struct kcs_health *health)
{
	u64 soon_us = health->probed_us + REST_MIN_US;

	if (health->probe_us > soon_us)
		health->probe_us = soon_us;
}

/**
 * kcs_health_budget_ms() - how long may the next probe take?
 * @health: the health
 *
 * Requests are held during the first one.
 *
 * Context: any; the owner serialises.
 * Return: milliseconds.
 */
u32 kcs_health_budget_ms(const struct kcs_health *health)
{
	static const u32 budgets_ms[] = { 1500, 3000, 5000 };

	return budgets_ms[health->failures < 2 ? health->failures : 2];
}
