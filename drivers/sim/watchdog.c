// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watchdog timer of the simulated BMC (IPMI 2.0 rev 1.1, chapter 27). It runs,
 * warns and expires; the action it would take is an event, and not taken.
 */
#include "commands.h"
#include "sensor.h"

#include <linux/limits.h>
#include <linux/minmax.h>

/* Bytes of a setting */
#define USE		0
#define ACTIONS		1
#define PRE_TIMEOUT_S	2
#define CLEAR		3
#define COUNT		4

/* Timer use */
#define USE_NUMBER	0x07
#define USE_RUNNING	0x40	/* in a request: do not stop it */
#define USE_NOT_LOGGED	0x80

/* Timer actions */
#define ACTION_NUMBER	0x07
#define PRE_ACTION(b)	((b) >> 4 & 0x07)
#define PRE_ACTION_MESSAGE	3	/* an interrupt of the system interface */

/* The event of a watchdog 2 sensor (table 42-3) */
#define EVENT_WARNED	0x08
#define EVENT_DETAILS	0xc0	/* data byte 2 has the interrupt and the use */

/* A count is in tenths of a second. */
#define COUNT_MS	100

static u32 initial_ms(const struct sim_watchdog *watchdog)
{
	return sim_get_u16(&watchdog->setting[COUNT]) * COUNT_MS;
}

static u32 elapsed_ms(const struct sim_bmc *bmc)
{
	const struct sim_watchdog *watchdog = &bmc->watchdog;
	u64 ms = bmc->now_ms - watchdog->started_ms;

	return min_t(u64, ms, initial_ms(watchdog));
}

/* The time from start to pre-timeout; U32_MAX without a pre-timeout interrupt. */
static u32 warning_ms(const struct sim_watchdog *watchdog)
{
	u32 pre_ms = watchdog->setting[PRE_TIMEOUT_S] * 1000;

	if (!PRE_ACTION(watchdog->setting[ACTIONS]) || watchdog->has_warned ||
	    pre_ms > initial_ms(watchdog))
		return U32_MAX;
	return initial_ms(watchdog) - pre_ms;
}

static void report_watchdog(struct sim_bmc *bmc, u8 offset)
{
	const u8 *setting = bmc->watchdog.setting;
	const struct sim_event event = {
		.generator = SIM_ADDRESS,
		.revision = SIM_EVENT_REVISION,
		.sensor_type = SIM_SENSOR_WATCHDOG,
		.number = SIM_NUMBER_WATCHDOG,
		.type = SIM_TYPE_DISCRETE,
		.data = { EVENT_DETAILS | offset,
			  PRE_ACTION(setting[ACTIONS]) << 4 | (setting[USE] & USE_NUMBER),
			  0xff },
	};

	if (!(setting[USE] & USE_NOT_LOGGED))
		sim_event_raise(bmc, &event);
}

static void warn(struct sim_bmc *bmc)
{
	bmc->watchdog.has_warned = true;
	if (PRE_ACTION(bmc->watchdog.setting[ACTIONS]) == PRE_ACTION_MESSAGE)
		bmc->flags |= SIM_FLAG_WATCHDOG;
	report_watchdog(bmc, EVENT_WARNED);
}

static void expire(struct sim_bmc *bmc)
{
	struct sim_watchdog *watchdog = &bmc->watchdog;

	watchdog->is_running = false;
	watchdog->expired |= 1 << (watchdog->setting[USE] & USE_NUMBER);
	watchdog->expiries++;
	report_watchdog(bmc, watchdog->setting[ACTIONS] & ACTION_NUMBER);
}

/**
 * sim_watchdog_advance() - the watchdog does what the time has brought
 * @bmc: the BMC, whose time went on
 *
 * Context: any; the caller serialises.
 */
void sim_watchdog_advance(struct sim_bmc *bmc)
{
	struct sim_watchdog *watchdog = &bmc->watchdog;

	if (!watchdog->is_running)
		return;
	if (elapsed_ms(bmc) >= warning_ms(watchdog))
		warn(bmc);
	if (elapsed_ms(bmc) >= initial_ms(watchdog))
		expire(bmc);
}

/**
 * sim_watchdog_next_ms() - when the watchdog does something by itself
 * @bmc: the BMC
 *
 * Context: any; the caller serialises.
 * Return: the time; %U64_MAX for never.
 */
u64 sim_watchdog_next_ms(const struct sim_bmc *bmc)
{
	const struct sim_watchdog *watchdog = &bmc->watchdog;

	if (!watchdog->is_running)
		return U64_MAX;
	return watchdog->started_ms + min(warning_ms(watchdog), initial_ms(watchdog));
}

static void start(struct sim_bmc *bmc)
{
	bmc->watchdog.is_running = true;
	bmc->watchdog.has_warned = false;
	bmc->watchdog.started_ms = bmc->now_ms;
}

static u8 reset_watchdog(struct sim_exchange *exchange)
{
	if (!exchange->bmc->watchdog.is_set)
		return SIM_CC_NOT_SET;
	start(exchange->bmc);
	return IPMI_CC_NO_ERROR;
}

/* Stops it, unless that is not wanted; then it counts from the new value on. */
static u8 set_watchdog(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	struct sim_watchdog *watchdog = &bmc->watchdog;
	bool is_running = watchdog->is_running && exchange->data[USE] & USE_RUNNING;

	memcpy(watchdog->setting, exchange->data, sizeof(watchdog->setting));
	watchdog->setting[USE] &= USE_NUMBER | USE_NOT_LOGGED;
	watchdog->expired &= ~watchdog->setting[CLEAR];
	watchdog->is_set = true;
	watchdog->is_running = false;
	if (is_running)
		start(bmc);
	return IPMI_CC_NO_ERROR;
}

static u8 get_watchdog(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	const struct sim_watchdog *watchdog = &bmc->watchdog;
	u32 left_ms = initial_ms(watchdog);

	if (watchdog->is_running)
		left_ms -= elapsed_ms(bmc);
	sim_put_u8(exchange, watchdog->setting[USE] |
			     (watchdog->is_running ? USE_RUNNING : 0));
	sim_put(exchange, &watchdog->setting[ACTIONS], 2);
	sim_put_u8(exchange, watchdog->expired);
	sim_put(exchange, &watchdog->setting[COUNT], 2);
	sim_put_u16(exchange, left_ms / COUNT_MS);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_watchdog_commands[] = {
	{ 0x06, 0x22, 0, reset_watchdog },
	{ 0x06, 0x24, 6, set_watchdog },
	{ 0x06, 0x25, 0, get_watchdog },
	{}
};
