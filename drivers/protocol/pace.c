// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting that learns. For each phase of a message, and for each command while the
 * BMC thinks, a mean and a deviation are kept. A wait is one sleep to shortly
 * before the expected moment, a short poll, then growing sleeps.
 *
 * A wait found over at the first look after its sleep says only that the BMC was
 * faster: the mean shrinks then, faster from one to the next, and the overslept
 * time is never learned. How much longer than asked this machine sleeps is learned
 * as well, and taken off each sleep.
 */
#include "pace.h"

#include <linux/minmax.h>
#include <linux/string.h>

/* Polled after the first sleep: more would cost more than it gains. */
#define POLL_AFTER_US	25u

/* How much of what sleeps differ by is polled for, before what is expected. */
#define EARLY_US	3u

/*
 * Sleeps past the expected moment: a quarter of the delay, within bounds. After a
 * tenth of a second a hundredth: such a BMC takes seconds, or for ever.
 */
#define NAP_MIN_US	25u
#define NAP_USUAL_US	1000u
#define NAP_MAX_US	20000u

/* Where nobody waits each is three times as long as all before it. */
#define NAP_IDLE_MIN_US	10000u
#define NAP_IDLE_MAX_US	500000u

/* A gap between two looks that is as good as none. */
#define GRAIN_US	8

#define EARLY_MAX	5

/* -- Estimates. ----------------------------------------------------------- */

static u32 mean_us(const struct kcs_estimate *estimate)
{
	return estimate->mean_q4 >> 4;
}

static u32 dev_us(const struct kcs_estimate *estimate)
{
	return (estimate->dev_q4 + 15) >> 4;
}

static u32 distance(u32 a, u32 b)
{
	return a > b ? a - b : b - a;
}

/* One quarter of what is new. */
static void estimate_learn(struct kcs_estimate *estimate, u32 us)
{
	u32 sample_q4 = min(us, U32_MAX >> 4) << 4;
	u32 off_q4;

	estimate->early = 0;
	if (!estimate->known) {
		estimate->known = true;
		estimate->mean_q4 = sample_q4;
		estimate->dev_q4 = sample_q4 / 4;
		return;
	}
	off_q4 = distance(sample_q4, estimate->mean_q4);
	if (sample_q4 > estimate->mean_q4)
		estimate->mean_q4 += off_q4 / 4;
	else
		estimate->mean_q4 -= off_q4 / 4;
	if (off_q4 > estimate->dev_q4)
		estimate->dev_q4 += (off_q4 - estimate->dev_q4) / 4;
	else
		estimate->dev_q4 -= (estimate->dev_q4 - off_q4) / 4;
}

/* 1/64, then 1/32, 1/16 ... of the mean. */
static void estimate_shrink(struct kcs_estimate *estimate)
{
	estimate->mean_q4 -= (estimate->mean_q4 / 64) << estimate->early;
	if (estimate->early < EARLY_MAX)
		estimate->early++;
}

/* -- Beginning. ----------------------------------------------------------- */

static struct kcs_estimate *think_of(struct kcs_pace *pace, u16 command)
{
	u8 i;

	for (i = 0; i < KCS_PACE_COMMANDS; i++)
		if (pace->command[i] == command)
			return &pace->think[i];
	pace->newest = (pace->newest + 1) % KCS_PACE_COMMANDS;
	pace->command[pace->newest] = command;
	pace->think[pace->newest] = (struct kcs_estimate){};
	return &pace->think[pace->newest];
}

/**
 * kcs_pace_begin() - begin a wait
 * @pace: the pace
 * @phase: what is waited for
 * @command: NetFn/LUN << 8 | command, for %KCS_PACE_THINK
 */
void kcs_pace_begin(struct kcs_pace *pace, enum kcs_pace_phase phase,
		    u16 command)
{
	switch (phase) {
	case KCS_PACE_WRITE:
		pace->estimate = &pace->write;
		break;
	case KCS_PACE_THINK:
		pace->estimate = think_of(pace, command);
		break;
	case KCS_PACE_READ:
		pace->estimate = &pace->read;
		break;
	default:
		pace->estimate = NULL;
	}
	pace->unready_us = 0;
	pace->asked_us = 0;
	pace->sleeps = 0;
	pace->interrupt = false;
}

/* -- Waiting. ------------------------------------------------------------- */

/* A moment's preemption is no property of the machine's sleeps. */
static void learn_overshoot(struct kcs_pace *pace, u32 waited_us)
{
	u32 took_us = waited_us - pace->asked_at_us, most_us;

	if (!pace->asked_us || took_us < pace->asked_us)
		return;
	most_us = 4 * mean_us(&pace->overshoot) + 100;
	estimate_learn(&pace->overshoot, min(took_us - pace->asked_us, most_us));
}

static bool was_woken(const struct kcs_pace *pace, u32 waited_us)
{
	return pace->asked_us && waited_us - pace->asked_at_us < pace->asked_us;
}

/* A sleep that lasts about so long, with what this machine adds to it. */
static u32 sleep_of(const struct kcs_pace *pace, u32 us)
{
	u32 more_us = mean_us(&pace->overshoot);

	return us > more_us ? us - more_us : 1;
}

/* Past the expected moment, by what is to be expected or by more. */
static u32 nap_us(const struct kcs_pace *pace, u32 late_us, u32 dev_us)
{
	u32 us = clamp(late_us / 4, NAP_MIN_US, NAP_USUAL_US);

	if (pace->is_idle)
		return clamp(3 * late_us, NAP_IDLE_MIN_US, NAP_IDLE_MAX_US);
	us = max3(us, late_us / 100, dev_us);
	return sleep_of(pace, min(us, NAP_MAX_US));
}

static u32 next_unknown(const struct kcs_pace *pace, u32 waited_us, bool interrupt)
{
	if (waited_us < POLL_AFTER_US)
		return 0;
	if (interrupt && !pace->sleeps)
		return KCS_PACE_LOST_US;
	return nap_us(pace, waited_us, 0);
}

static u32 next_interrupted(const struct kcs_pace *pace, u32 waited_us)
{
	const struct kcs_estimate *estimate = pace->estimate;
	u32 until_us = mean_us(estimate) + KCS_PACE_LOST_US +
		       min(4 * dev_us(estimate), KCS_PACE_LOST_US / 4);

	if (until_us > waited_us)
		return until_us - waited_us;
	return nap_us(pace, waited_us - until_us, 0);
}

/*
 * How long before the expected moment to look again. What the wait and the sleep
 * itself deviate by is polled for if that is short, and left to naps if not.
 */
static u32 early_us(const struct kcs_pace *pace)
{
	u32 dev = dev_us(pace->estimate);

	return max(dev / 2, min(dev_us(&pace->overshoot), EARLY_US));
}

static u32 sleep_until_early_us(const struct kcs_pace *pace, u32 waited_us)
{
	u32 until_us = mean_us(pace->estimate);

	until_us -= min(until_us, early_us(pace));
	return until_us > waited_us ? sleep_of(pace, until_us - waited_us) : 1;
}

static u32 next_known(const struct kcs_pace *pace, u32 waited_us)
{
	u32 mean = mean_us(pace->estimate), dev = dev_us(pace->estimate);

	if (!pace->sleeps) {
		if (mean + dev <= KCS_PACE_POLL_US && waited_us < mean + 4 * dev + 10)
			return 0;
		return sleep_until_early_us(pace, waited_us);
	}
	if (waited_us - pace->woke_us < POLL_AFTER_US &&
	    waited_us < mean + 2 * dev && waited_us + POLL_AFTER_US > mean)
		return 0;
	return nap_us(pace, waited_us > mean ? waited_us - mean : 0, dev);
}

static u32 next_us(struct kcs_pace *pace, u32 waited_us, bool interrupt)
{
	const struct kcs_estimate *estimate = pace->estimate;

	if (!estimate || !estimate->known)
		return next_unknown(pace, waited_us, interrupt);
	if (interrupt &&
	    mean_us(estimate) + dev_us(estimate) > KCS_PACE_POLL_US)
		return next_interrupted(pace, waited_us);
	return next_known(pace, waited_us);
}

/**
 * kcs_pace_next_us() - return how long to look away from a Status that shows nothing
 * @pace: the pace
 * @waited_us: how long the wait has lasted, at the look that showed nothing
 * @interrupt: a proven interrupt ends a sleep
 *
 * With an interrupt there is one sleep, and a schedule only once the interrupt
 * must be taken for lost.
 *
 * Return: microseconds to sleep; 0 to look again at once.
 */
u32 kcs_pace_next_us(struct kcs_pace *pace, u32 waited_us, bool interrupt)
{
	u32 us;

	learn_overshoot(pace, waited_us);
	if (pace->asked_us)
		pace->woke_us = waited_us;
	pace->unready_us = waited_us;
	us = next_us(pace, waited_us, interrupt);
	pace->asked_us = us;
	pace->asked_at_us = waited_us;
	if (us) {
		pace->interrupt = interrupt && !pace->sleeps;
		pace->sleeps++;
	}
	return us;
}

/**
 * kcs_pace_end() - end a wait: Status shows what was waited for
 * @pace: the pace
 * @waited_us: how long the wait lasted, at the look that showed it
 *
 * Return: true when an interrupt should have ended the sleep before, and did not.
 */
bool kcs_pace_end(struct kcs_pace *pace, u32 waited_us)
{
	bool woken = was_woken(pace, waited_us);
	u32 gap_us = waited_us - pace->unready_us;

	learn_overshoot(pace, waited_us);
	if (pace->interrupt && pace->asked_us && !woken)
		return true;
	if (!pace->estimate)
		return false;
	if (woken)
		estimate_learn(pace->estimate, waited_us);
	else if (pace->sleeps == 1 && pace->asked_us && pace->estimate->known &&
		 gap_us > GRAIN_US)
		estimate_shrink(pace->estimate);
	else
		estimate_learn(pace->estimate, pace->unready_us + gap_us / 2);
	return false;
}

/**
 * kcs_pace_dummy() - learn whether the BMC writes the last dummy byte
 * @pace: the pace
 * @missing: it did not come; false when it came, if only later
 */
void kcs_pace_dummy(struct kcs_pace *pace, bool missing)
{
	if (!missing)
		pace->dummies_missed = 0;
	else if (pace->dummies_missed < KCS_PACE_DUMMIES_MISSED)
		pace->dummies_missed++;
}
