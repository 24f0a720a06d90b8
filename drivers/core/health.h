/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_HEALTH_H
#define KCS_HEALTH_H

#include <kcs/msg.h>
#include <linux/types.h>

/* No probe is due. */
#define KCS_HEALTH_NEVER	(~0ull)

/**
 * enum kcs_health_state - what is known of a BMC
 * @KCS_HEALTH_UNKNOWN: nothing yet
 * @KCS_HEALTH_READY: it answers
 * @KCS_HEALTH_DEGRADED: it answers, but failed a request in the last minute
 * @KCS_HEALTH_MAINTENANCE: it is busy with itself: starting, resetting, or
 *	getting new firmware
 * @KCS_HEALTH_DEAD: it does not answer
 * @KCS_HEALTH_ABSENT: nothing is there; the bus floats
 * @KCS_HEALTH_STATES: how many there are
 */
enum kcs_health_state {
	KCS_HEALTH_UNKNOWN,
	KCS_HEALTH_READY,
	KCS_HEALTH_DEGRADED,
	KCS_HEALTH_MAINTENANCE,
	KCS_HEALTH_DEAD,
	KCS_HEALTH_ABSENT,
	KCS_HEALTH_STATES,
};

/**
 * enum kcs_health_verdict - what a probe found
 * @KCS_HEALTH_ANSWERS: a BMC that answers what it is asked
 * @KCS_HEALTH_UPDATING: one that does, and says that it is being updated
 * @KCS_HEALTH_BUSY: one that answers that it is not ready
 * @KCS_HEALTH_SILENT: none that answers
 * @KCS_HEALTH_FLOATING: none at all
 */
enum kcs_health_verdict {
	KCS_HEALTH_ANSWERS,
	KCS_HEALTH_UPDATING,
	KCS_HEALTH_BUSY,
	KCS_HEALTH_SILENT,
	KCS_HEALTH_FLOATING,
};

/**
 * struct kcs_health - a BMC's health, and what follows from it
 * @state: in a word
 * @in_step: requests may be sent: the last probe was answered, and since then
 *	every request
 * @failures: probes in a row without such an answer
 * @probe_us: when to probe next
 *
 * The owner serialises.
 */
struct kcs_health {
	enum kcs_health_state state;
	bool in_step;
	u32 failures;
	u64 probe_us;

	/* private: */
	u64 probed_us;	/* when the last probe ended */
	u64 calm_us;	/* without another failure it is ready from here on */
	u64 excuse_us;	/* silence is not death until here */
};

void kcs_health_probed(struct kcs_health *health,
		       enum kcs_health_verdict verdict, u64 now_us);
bool kcs_health_is_news(const struct kcs_msg *request);
void kcs_health_answered(struct kcs_health *health,
			 const struct kcs_msg *request,
			 const struct kcs_msg *reply, u64 now_us);
void kcs_health_failed(struct kcs_health *health, const struct kcs_msg *request,
		       int err, u64 now_us);
void kcs_health_doubted(struct kcs_health *health, u64 now_us);
void kcs_health_asked(struct kcs_health *health);
u32 kcs_health_budget_ms(const struct kcs_health *health);

/**
 * kcs_health_refuses() - do requests fail at once?
 * @health: the health
 *
 * Otherwise they are sent if it is in step, and held until the next probe if
 * not.
 *
 * Context: any; the owner serialises.
 * Return: true when the last probe found nobody to send them to.
 */
static inline bool kcs_health_refuses(const struct kcs_health *health)
{
	return health->failures;
}

#endif /* KCS_HEALTH_H */
