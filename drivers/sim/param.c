// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration parameters of the simulated BMC: a store, and those of the system
 * (IPMI 2.0 rev 1.1, 22.14) and of its LAN channel (23.1, 23.2) in it.
 */
#include "commands.h"

#include <linux/kernel.h>

#define REVISION	0x11
#define ONLY_REVISION	0x80	/* of the first byte of a question */

/* System Info: the parameters that are strings come in blocks of 16 bytes. */
#define INFO_FIRMWARE	1
#define INFO_NAME	2
#define INFO_LAST_TEXT	5

#define LAN_CHANNEL	1

/**
 * struct preset - a parameter that a new BMC has
 * @selector: which
 * @len: bytes in use
 * @bytes: its value
 */
struct preset {
	u8 selector;
	u8 len;
	u8 bytes[SIM_PARAM_SIZE];
};

/* Set selector 0, encoding ASCII, length, text. */
static const struct preset info_presets[] = {
	{ INFO_FIRMWARE, 17, { 0, 0, 4, '2', '.', '3', '4' } },
	{ INFO_NAME, 17, { 0, 0, 7, 'k', 'c', 's', '-', 's', 'i', 'm' } },
};

static const struct preset boot_presets[] = {
	{ 0, 1, { 0 } },		/* set in progress: no */
	{ 5, 5, { 0 } },		/* boot flags */
};

static const struct preset lan_presets[] = {
	{ 0, 1, { 0 } },		/* set in progress: no */
	{ 1, 1, { 0x14 } },		/* authentication: MD5, password */
	{ 2, 5, { 0x14, 0x14, 0x14, 0x14, 0 } },
	{ 3, 4, { 192, 0, 2, 10 } },	/* address (RFC 5737) */
	{ 4, 1, { 0x01 } },		/* a static one */
	{ 5, 6, { 0x02, 0x6b, 0x63, 0x73, 0x00, 0x01 } },
	{ 6, 4, { 255, 255, 255, 0 } },
	{ 7, 3, { 0x40, 0x40, 0x10 } },	/* IPv4 header */
	{ 10, 1, { 0x02 } },		/* ARP responses */
	{ 11, 1, { 0x02 } },		/* gratuitous ARP interval */
	{ 12, 4, { 192, 0, 2, 1 } },	/* default gateway */
	{ 13, 6, { 0x02, 0x6b, 0x63, 0x73, 0x00, 0x02 } },
	{ 14, 4, { 0 } },		/* backup gateway */
	{ 15, 6, { 0 } },
	{ 16, 18, { 'p', 'u', 'b', 'l', 'i', 'c' } },
	{ 20, 2, { 0 } },		/* no VLAN */
	{ 21, 1, { 0 } },
	{ 22, 1, { 2 } },		/* cipher suites ... */
	{ 23, 3, { 0, 3, 17 } },	/* ... these */
	{ 24, 9, { 0, 0x44 } },		/* ... for administrators */
};

/* The set selector, the first byte of a string, distinguishes it, too. */
static bool is_param(const struct sim_param *param, u8 selector, int set)
{
	return param->is_set && param->selector == selector &&
	       (set < 0 || param->bytes[0] == set);
}

static int find_place(const struct sim_params *params, u8 selector, int set)
{
	int i;

	for (i = 0; i < SIM_PARAMS_MAX; i++)
		if (is_param(&params->list[i], selector, set))
			return i;
	return -ENOENT;
}

static int find_free(const struct sim_params *params)
{
	int i;

	for (i = 0; i < SIM_PARAMS_MAX; i++)
		if (!params->list[i].is_set)
			return i;
	return -ENOSPC;
}

static bool put_param(struct sim_params *params, u8 selector, int set,
		      const void *bytes, u8 len)
{
	int place = find_place(params, selector, set);

	if (place < 0)
		place = find_free(params);
	if (place < 0)
		return false;
	params->list[place] = (struct sim_param){
		.is_set = true, .selector = selector, .len = len,
	};
	memcpy(params->list[place].bytes, bytes, len);
	return true;
}

/**
 * sim_param_find() - find a parameter
 * @params: the parameters
 * @selector: which
 *
 * Context: any; the caller serialises.
 * Return: the parameter; NULL for one that is not set.
 */
const struct sim_param *sim_param_find(const struct sim_params *params, u8 selector)
{
	int place = find_place(params, selector, -1);

	return place < 0 ? NULL : &params->list[place];
}

/**
 * sim_param_set() - set a parameter
 * @params: the parameters
 * @selector: which
 * @bytes: its value
 * @len: how many bytes
 *
 * Context: any; the caller serialises.
 * Return: true unless it is too long, or there is no place for it.
 */
bool sim_param_set(struct sim_params *params, u8 selector, const void *bytes, u16 len)
{
	return len <= SIM_PARAM_SIZE && put_param(params, selector, -1, bytes, len);
}

static int info_set(u8 selector, u8 set)
{
	return selector && selector <= INFO_LAST_TEXT ? set : -1;
}

static u8 set_info(struct sim_exchange *exchange)
{
	u8 selector = exchange->data[0];
	u16 len = exchange->len - 1;

	if (len > SIM_PARAM_SIZE)
		return SIM_CC_RANGE;
	if (!put_param(&exchange->bmc->info, selector,
		       info_set(selector, exchange->data[1]), &exchange->data[1], len))
		return SIM_CC_SPACE;
	return IPMI_CC_NO_ERROR;
}

/* Request: flags, parameter, set, block. */
static u8 get_info(struct sim_exchange *exchange)
{
	u8 selector = exchange->data[1];
	const struct sim_params *params = &exchange->bmc->info;
	int place = find_place(params, selector, info_set(selector, exchange->data[2]));

	if (place < 0)
		return SIM_CC_NOT_SET;
	sim_put_u8(exchange, REVISION);
	if (!(exchange->data[0] & ONLY_REVISION))
		sim_put(exchange, params->list[place].bytes, params->list[place].len);
	return IPMI_CC_NO_ERROR;
}

static bool is_lan(u8 channel)
{
	return (channel & 0x0f) == LAN_CHANNEL;
}

/* Request: channel, parameter, data. */
static u8 set_lan(struct sim_exchange *exchange)
{
	if (!is_lan(exchange->data[0]))
		return SIM_CC_FIELD;
	if (!sim_param_set(&exchange->bmc->lan, exchange->data[1], &exchange->data[2],
			   exchange->len - 2))
		return SIM_CC_SPACE;
	return IPMI_CC_NO_ERROR;
}

/* Request: channel and flag, parameter, set, block. */
static u8 get_lan(struct sim_exchange *exchange)
{
	const struct sim_param *param = sim_param_find(&exchange->bmc->lan,
						       exchange->data[1]);

	if (!is_lan(exchange->data[0]))
		return SIM_CC_FIELD;
	if (!param)
		return SIM_CC_NOT_SET;
	sim_put_u8(exchange, REVISION);
	if (!(exchange->data[0] & ONLY_REVISION))
		sim_put(exchange, param->bytes, param->len);
	return IPMI_CC_NO_ERROR;
}

static void preset(struct sim_params *params, const struct preset *presets, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put_param(params, presets[i].selector, -1, presets[i].bytes,
			  presets[i].len);
}

/**
 * sim_param_init() - the parameters of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_param_init(struct sim_bmc *bmc)
{
	preset(&bmc->info, info_presets, ARRAY_SIZE(info_presets));
	preset(&bmc->lan, lan_presets, ARRAY_SIZE(lan_presets));
	preset(&bmc->boot, boot_presets, ARRAY_SIZE(boot_presets));
}

const struct sim_entry sim_param_commands[] = {
	{ 0x06, 0x58, 2, set_info },
	{ 0x06, 0x59, 4, get_info },
	{ 0x0c, 0x01, 3, set_lan },
	{ 0x0c, 0x02, 4, get_lan },
	{}
};
