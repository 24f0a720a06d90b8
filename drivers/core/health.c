// SPDX-License-Identifier: GPL-2.0-only
/*
 * What requests and questions say about a BMC, and the plan that follows: are
 * requests sent, held or refused; what is asked next, and when. Pure.
 *
 * After a failure the two sides may be out of step: the BMC finishes the old
 * request while the next one is on the wire, and its late reply can look like the
 * reply to that. Only the echoed command tells. So requests are held until a
 * search got two right answers in a row to two different questions, Get Self Test
 * and Get Device ID. A BMC that is one reply behind would answer a repeated
 * question rightly for ever.
 */
#include "health.h"

#include <kcs/command.h>
#include <kcs/regs.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#define MS_US		1000ull
#define SECOND_US	1000000ull
#define CALM_US		(60 * SECOND_US)
#define FIRMWARE_US	(30 * SECOND_US)
#define EXCUSE_US	(300 * SECOND_US)

/* Between two searches for a BMC that is not there. */
#define PAUSE_MIN_US	SECOND_US
#define PAUSE_MAX_US	(60 * SECOND_US)

/* Between two questions of a search: after an error exit a BMC needs a moment. */
#define RETRY_MIN_US	(10 * MS_US)
#define RETRY_MAX_US	(160 * MS_US)
#define BUSY_MAX_US	(500 * MS_US)

/* For a question while in step: as long as for any request. */
#define CHECK_MS	5000

/* Searches in a row in which an odd completion code means "not ready yet". */
#define ODD_SEARCHES_MAX	120

static u32 budget_ms(const struct kcs_health *health)
{
	static const u32 budgets_ms[] = { 1500, 3000, 5000 };

	return budgets_ms[min(health->searches, 2u)];
}

/* Doubled for each of @times, within bounds. */
static u64 grown_us(u64 us, u32 times, u64 max_us)
{
	while (times-- && us < max_us)
		us *= 2;
	return min(us, max_us);
}

static void maintain(struct kcs_health *health, u64 now_us, u64 calm_us)
{
	health->state = KCS_HEALTH_MAINTENANCE;
	health->calm_us = now_us + calm_us;
	health->excuse_us = now_us + EXCUSE_US;
}

/* Ask from @at_us on. The verdict waits for those who wait now: @horizon_us. */
static void search(struct kcs_health *health, u64 at_us, u64 horizon_us)
{
	health->in_step = false;
	health->is_asking = false;
	health->right = 0;
	health->attempts = 0;
	health->extended = false;
	health->question = KCS_CMD_GET_SELF_TEST;
	health->question_us = at_us;
	health->verdict_us = max(at_us + budget_ms(health) * MS_US, horizon_us);
}

static void lose_step(struct kcs_health *health, u64 at_us, u64 horizon_us)
{
	health->refuses = false;
	health->searches = 0;
	search(health, at_us, horizon_us);
}

static void degrade(struct kcs_health *health, u64 now_us)
{
	if (health->state == KCS_HEALTH_MAINTENANCE)
		return;
	health->state = KCS_HEALTH_DEGRADED;
	health->calm_us = now_us + CALM_US;
}

/* -- Requests. ------------------------------------------------------------ */

/* One question, while requests are sent as before. */
static void check(struct kcs_health *health, u64 at_us)
{
	health->question = IPMI_GET_DEVICE_ID_CMD;
	health->question_us = at_us;
}

/**
 * kcs_health_answered() - note that a request was answered
 * @health: the health
 * @command: KCS_COMMAND_* flags of the request
 * @cc: the completion code of the reply
 * @now_us: the time
 * @horizon_us: latest deadline of the requests that wait
 *
 * C3h can be the word of an interface with a dead BMC behind it: one question, at
 * most once a second, tells. For a message that the BMC passed on it is the word of another.
 */
void kcs_health_answered(struct kcs_health *health, u32 command, u8 cc,
			 u64 now_us, u64 horizon_us)
{
	if (command & KCS_COMMAND_RESET && cc == IPMI_CC_NO_ERROR) {
		maintain(health, now_us, 0);
		lose_step(health, now_us + SECOND_US, horizon_us);
	} else if (command & KCS_COMMAND_LONG && cc == IPMI_CC_NO_ERROR) {
		maintain(health, now_us, FIRMWARE_US);
		check(health, health->calm_us);
	} else if (cc == IPMI_TIMEOUT_ERR && !(command & KCS_COMMAND_CARRIES)) {
		check(health, min(max(now_us, health->checked_us + SECOND_US),
				  health->question_us));
	}
}

/**
 * kcs_health_failed() - note that a request was sent, and not answered
 * @health: the health
 * @command: KCS_COMMAND_* flags of the request
 * @err: why, a negative errno
 * @now_us: the time
 * @horizon_us: latest deadline of the requests that wait
 *
 * Giving a message up for a suspend, or a reply longer than a message, is no fault
 * of the BMC, but leaves it out of step all the same.
 */
void kcs_health_failed(struct kcs_health *health, u32 command, int err,
		       u64 now_us, u64 horizon_us)
{
	if (err == -ENODEV || err == -EINVAL)
		return;
	if (command & KCS_COMMAND_RESET) {
		maintain(health, now_us, 0);
		lose_step(health, now_us + SECOND_US, horizon_us);
		return;
	}
	if (err != -ECANCELED && err != -EMSGSIZE)
		degrade(health, now_us);
	lose_step(health, now_us + RETRY_MIN_US, horizon_us);
}

/**
 * kcs_health_doubted() - note that what was known may not hold any more
 * @health: the health
 * @now_us: the time
 */
void kcs_health_doubted(struct kcs_health *health, u64 now_us)
{
	lose_step(health, now_us, 0);
}

/* -- Verdicts. ------------------------------------------------------------ */

static void found(struct kcs_health *health, u64 now_us)
{
	bool calm = now_us >= health->calm_us;
	bool stays = health->state == KCS_HEALTH_DEGRADED ||
		     health->state == KCS_HEALTH_MAINTENANCE;

	if (health->searches)
		health->excuse_us = 0;
	if (health->updating)
		maintain(health, now_us, FIRMWARE_US);
	else if (!stays || calm)
		health->state = health->denied ? KCS_HEALTH_RESTRICTED :
						 KCS_HEALTH_READY;
	health->in_step = true;
	health->refuses = false;
	health->searches = 0;
	health->checked_us = now_us;
	health->attempts = 0;
	check(health, KCS_HEALTH_NEVER);
	if (health->state == KCS_HEALTH_RESTRICTED)
		health->question_us = now_us + CALM_US;
	else if (health->state != KCS_HEALTH_READY)
		health->question_us = max(health->calm_us, now_us + SECOND_US);
}

/* 1, 2, 4 ... seconds, unless it is known to be coming back. */
static u64 pause_us(const struct kcs_health *health)
{
	if (health->state == KCS_HEALTH_MAINTENANCE || health->is_demanded)
		return PAUSE_MIN_US;
	return grown_us(PAUSE_MIN_US, health->searches - 1, PAUSE_MAX_US);
}

static void not_found(struct kcs_health *health, u64 now_us)
{
	health->refuses = true;
	health->searches++;
	health->searched_us = now_us;
	health->calm_us = now_us;
	search(health, now_us + pause_us(health), 0);
	health->is_demanded = false;
}

/**
 * kcs_health_floated() - note that the bus floats: both registers read FFh
 * @health: the health
 * @now_us: the time
 */
void kcs_health_floated(struct kcs_health *health, u64 now_us)
{
	health->state = KCS_HEALTH_ABSENT;
	not_found(health, now_us);
}

/* No BMC was found, and the next search has not begun. */
static bool is_pausing(const struct kcs_health *health)
{
	return health->refuses && !health->is_asking && !health->attempts &&
	       !health->right;
}

/**
 * kcs_health_stirred() - note that Status changed while no BMC was found
 * @health: the health
 * @now_us: the time
 */
void kcs_health_stirred(struct kcs_health *health, u64 now_us)
{
	if (is_pausing(health))
		search(health, now_us, 0);
	else
		health->is_demanded = health->refuses;
}

/**
 * kcs_health_demanded() - note that a request was refused
 * @health: the health
 * @now_us: the time
 *
 * While there is demand, the pause between two searches is a second at most.
 */
void kcs_health_demanded(struct kcs_health *health, u64 now_us)
{
	u64 soon_us = max(health->searched_us + PAUSE_MIN_US, now_us);

	health->is_demanded = health->refuses;
	if (is_pausing(health) && health->question_us > soon_us)
		search(health, soon_us, 0);
}

/* -- Questions. ----------------------------------------------------------- */

static bool is_busy_code(u8 cc)
{
	return cc == IPMI_NODE_BUSY_ERR || cc == IPMI_DEVICE_IN_FW_UPDATE_ERR ||
	       cc == IPMI_DEVICE_IN_INIT_ERR;
}

/* Some give odd codes while they start; one that always does is an answer. */
static bool says_not_yet(const struct kcs_health *health, u8 cc)
{
	if (is_busy_code(cc))
		return true;
	return health->question == IPMI_GET_DEVICE_ID_CMD &&
	       cc != IPMI_CC_NO_ERROR && cc != KCS_CC_PRIVILEGE &&
	       health->searches < ODD_SEARCHES_MAX;
}

/* IPMI 2.0 rev 1.1, 20.1: bit 7 of the first firmware byte. */
static bool says_updating(const struct kcs_msg *reply)
{
	return reply->len > KCS_MSG_REPLY_MIN + 2 && reply->bytes[5] & 0x80;
}

static void next_question(struct kcs_health *health, u64 at_us)
{
	health->question ^= KCS_CMD_GET_SELF_TEST ^ IPMI_GET_DEVICE_ID_CMD;
	health->question_us = at_us;
}

static void on_silence(struct kcs_health *health, u64 now_us, u64 horizon_us)
{
	if (health->in_step) {
		degrade(health, now_us);
		lose_step(health, now_us + RETRY_MIN_US, horizon_us);
		return;
	}
	health->right = 0;
	if (now_us >= health->verdict_us) {
		health->state = now_us < health->excuse_us ?
				KCS_HEALTH_MAINTENANCE : KCS_HEALTH_DEAD;
		not_found(health, now_us);
		return;
	}
	next_question(health, now_us + grown_us(RETRY_MIN_US, health->attempts,
						RETRY_MAX_US));
	health->attempts++;
}

/* It repeats like any request. */
static void on_busy(struct kcs_health *health, u64 now_us)
{
	if (health->in_step) {
		found(health, now_us);
		return;
	}
	health->right = 0;
	if (now_us >= health->verdict_us) {
		maintain(health, now_us, 0);
		not_found(health, now_us);
		return;
	}
	health->question_us = now_us + grown_us(RETRY_MIN_US, health->attempts,
						BUSY_MAX_US);
	health->attempts++;
}

/*
 * The time for a verdict is for silence: a BMC that is slow gets it once more. Only
 * once: one that fails every other question would never get a verdict.
 */
static void extend(struct kcs_health *health, u64 now_us)
{
	if (health->extended)
		return;
	health->extended = true;
	health->verdict_us = max(health->verdict_us,
				 now_us + budget_ms(health) * MS_US);
}

static void on_answer(struct kcs_health *health, const struct kcs_msg *reply,
		      u64 now_us)
{
	if (health->question == IPMI_GET_DEVICE_ID_CMD) {
		health->denied = kcs_msg_cc(reply) == KCS_CC_PRIVILEGE;
		health->updating = says_updating(reply);
	}
	extend(health, now_us);
	health->right++;
	if (health->in_step ||
	    (health->right > 1 && health->question == IPMI_GET_DEVICE_ID_CMD))
		found(health, now_us);
	else
		next_question(health, now_us);
}

/**
 * kcs_health_replied() - note how a question ended
 * @health: the health
 * @err: 0, or why there is no reply
 * @reply: the reply, when @err is 0
 * @now_us: the time
 * @horizon_us: latest deadline of the requests that wait
 */
void kcs_health_replied(struct kcs_health *health, int err,
			const struct kcs_msg *reply, u64 now_us,
			u64 horizon_us)
{
	health->is_asking = false;
	if (err == -ENODEV)
		return;
	if (err || kcs_msg_cc(reply) == IPMI_TIMEOUT_ERR)
		on_silence(health, now_us, horizon_us);
	else if (says_not_yet(health, kcs_msg_cc(reply)))
		on_busy(health, now_us);
	else
		on_answer(health, reply, now_us);
}

/**
 * kcs_health_question_ms() - return how long the next question may take
 * @health: the health
 *
 * A reply may get lost, so at first half of a search's time is left for the next
 * question; a slow BMC gets more from one to the other.
 *
 * Return: milliseconds.
 */
u32 kcs_health_question_ms(const struct kcs_health *health)
{
	u32 ms = budget_ms(health) / 2;

	if (health->in_step)
		return CHECK_MS;
	return max(ms, 750u << min(health->attempts / 2, 2u));
}

/**
 * kcs_health_name() - return a BMC's health in a word
 * @state: the health
 *
 * Return: a constant string.
 */
const char *kcs_health_name(enum kcs_health_state state)
{
	static const char * const names[KCS_HEALTH_STATES] = {
		[KCS_HEALTH_UNKNOWN] = "unknown",
		[KCS_HEALTH_READY] = "ready",
		[KCS_HEALTH_DEGRADED] = "degraded",
		[KCS_HEALTH_RESTRICTED] = "restricted",
		[KCS_HEALTH_MAINTENANCE] = "maintenance",
		[KCS_HEALTH_DEAD] = "dead",
		[KCS_HEALTH_ABSENT] = "absent",
	};

	return state < KCS_HEALTH_STATES ? names[state] : "unknown";
}

/**
 * kcs_health_init() - nothing is known of a BMC: search for it
 * @health: filled
 * @now_us: the time
 */
void kcs_health_init(struct kcs_health *health, u64 now_us)
{
	*health = (struct kcs_health){};
	search(health, now_us, 0);
}
