// SPDX-License-Identifier: GPL-2.0-only
/*
 * BMCs in the field, as far as their ways are known; where one is not known to
 * differ it does as the specification says. "linux" is the kernel's own BMC
 * side, kcs_bmc_cdev_ipmi; "ami" is MegaRAC; "aess" is Nuvoton's.
 */
#include "kcs.h"

const struct sim_personality sim_personalities[] = {
	{
		.name = "spec",
		.dummy = SIM_ALWAYS,
		.think = SIM_IBF,
		.abort_code = KCS_ERROR_ABORTED,
		.illegal = SIM_ERROR,
		.idle_data = SIM_LOST,
		.request_max = KCS_MSG_MAX,
		.reply_max = SIM_KCS_BUFFER,
		.cd = true,
	}, {
		.name = "qemu",
		.ibf = SIM_NEVER,
		.dummy = SIM_ALWAYS,
		.think = SIM_IBF,
		.restart = SIM_ERROR,
		.busy_write = SIM_LOST,
		.abort = SIM_ERROR_BARE,
		.abort_code = KCS_ERROR_ABORTED,
		.abort_keeps_error = true,
		.illegal = SIM_ERROR_BARE,
		.short_request = SIM_STALE,
		.idle_data = SIM_LOST,
		.request_max = 300,
		.too_long = 0xc6,
		.reply_max = 300,
	}, {
		.name = "openvmm",
		.ibf = SIM_NEVER,
		.dummy = SIM_ALWAYS,
		.think = SIM_NEVER,
		.abort = SIM_READ,
		.abort_code = KCS_ERROR_UNSPECIFIED,
		.illegal = SIM_ABORT,
		.short_request = SIM_ERROR,
		.idle_data = SIM_LOST,
		.request_max = SIM_KCS_BUFFER - 1,
		.reply_max = SIM_KCS_BUFFER,
		.cd = true,
	}, {
		.name = "linux",
		.dummy = SIM_ALWAYS,
		.think = SIM_READ,
		.late_obf = true,
		.abort_code = KCS_ERROR_ABORTED,
		.abort_keeps_error = true,
		.illegal = SIM_ERROR,
		.short_request = SIM_ERROR,
		.idle_data = SIM_ERROR,
		.request_max = 1000,
		.reply_max = 1000,
		.cd = true,
	}, {
		.name = "ami",
		.dummy = SIM_NEVER,
		.think = SIM_READ,
		.abort_code = KCS_ERROR_ABORTED,
		.abort_drops_reply = true,
		.illegal = SIM_ERROR_BARE,
		.idle_data = SIM_LOST,
		.request_max = KCS_MSG_MAX,
		.reply_max = SIM_KCS_BUFFER,
		.cd = true,
	}, {
		.name = "aess",
		.dummy = SIM_ALWAYS,
		.think = SIM_READ,
		.abort_code = KCS_ERROR_ABORTED,
		.illegal = SIM_ERROR,
		.idle_data = SIM_LOST,
		.request_max = 40,
		.reply_max = 40,
		.cd = true,
		.start = KCS_STATE_ERROR,
	},
	{}
};

/**
 * sim_kcs_personality() - find a personality
 * @name: its name
 *
 * Context: any.
 * Return: the personality, or NULL.
 */
const struct sim_personality *sim_kcs_personality(const char *name)
{
	const struct sim_personality *personality;

	for (personality = sim_personalities; personality->name; personality++)
		if (!strcmp(personality->name, name))
			return personality;
	return NULL;
}

/**
 * sim_delay_draw() - a time between two, the same ones for the same seed
 * @delay: between which
 * @random: the state of the generator (xorshift), not 0
 *
 * Context: any; the caller serialises.
 * Return: microseconds; the lower bound unless the upper one is above it.
 */
u32 sim_delay_draw(const struct sim_delay *delay, u32 *random)
{
	u32 span = delay->max_us - delay->min_us + 1, x = *random;

	if (delay->max_us <= delay->min_us)
		return delay->min_us;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*random = x;
	/* No span: all 32 bits are drawn from. */
	return delay->min_us + (span ? x % span : x);
}

/**
 * sim_kcs_init() - a BMC, powered on
 * @kcs: filled
 * @personality: its ways
 * @command: who answers requests
 * @bmc: passed to @command
 * @seed: for times that are drawn
 *
 * Takes writes at once and answers at once, until told otherwise.
 *
 * Context: any.
 */
void sim_kcs_init(struct sim_kcs *kcs, const struct sim_personality *personality,
		  sim_command command, void *bmc, u32 seed)
{
	memset(kcs, 0, sizeof(*kcs));
	kcs->personality = personality;
	kcs->command = command;
	kcs->bmc = bmc;
	kcs->random = seed ? seed : 1;
	kcs->state = personality->start;
}
