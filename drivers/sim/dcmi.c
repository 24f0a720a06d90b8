// SPDX-License-Identifier: GPL-2.0-only
/*
 * DCMI 1.5 of the simulated BMC, but for its power commands: capabilities,
 * temperatures, thermal limits, asset tag, identifier, configuration.
 */
#include "commands.h"
#include "sensor.h"

#include <linux/kernel.h>

#define TEXT_PIECE_MAX	16
#define TEMPERATURES	3
#define LIMIT_SIZE	4	/* exception action, limit, time (2) */

/* A kind of temperature: its entity, in DCMI and in IPMI 2.0, and its sensor. */
static const struct {
	u8 dcmi_entity;
	u8 entity;
	u8 sensor;
} temperatures[TEMPERATURES] = {
	{ 0x40, 0x37, SIM_NUMBER_INLET_TEMP },
	{ 0x41, 0x03, SIM_NUMBER_CPU_TEMP },
	{ 0x42, 0x07, 0 },	/* baseboard: none */
};

/**
 * struct capability - a DCMI capability parameter (table 6-3)
 * @selector: which
 * @len: bytes in use
 * @bytes: its value
 */
struct capability {
	u8 selector;
	u8 len;
	u8 bytes[5];
};

static const struct capability capabilities[] = {
	/* power management; in-band and by LAN */
	{ 1, 3, { 0x00, 0x01, 0x05 } },
	/* SEL entries, no rollover; asset tag, GUID; inlet and CPU, each second */
	{ 2, 5, { SIM_SEL_MAX, 0x00, 0x05, 0x03, 0x01 } },
	/* the power controller is this one */
	{ 3, 2, { SIM_ADDRESS, 0x00 } },
	/* LAN channel 1, no other, no serial one */
	{ 4, 3, { 0x01, 0xff, 0xff } },
	/* one rolling average, of a second */
	{ 5, 2, { 0x01, SIM_DCMI_PERIOD } },
};

/* What each parameter begins with: DCMI 1.5, and the revision of parameters. */
static void put_conformance(struct sim_exchange *exchange)
{
	static const u8 conformance[] = { 0x01, 0x05, 0x02 };

	sim_put(exchange, conformance, sizeof(conformance));
}

static u8 get_dcmi_capabilities(struct sim_exchange *exchange)
{
	u8 code = sim_check_group(exchange);
	size_t i;

	if (code)
		return code;
	for (i = 0; i < ARRAY_SIZE(capabilities); i++)
		if (capabilities[i].selector == exchange->data[1])
			break;
	if (i == ARRAY_SIZE(capabilities))
		return SIM_CC_FIELD;
	put_conformance(exchange);
	sim_put(exchange, capabilities[i].bytes, capabilities[i].len);
	return IPMI_CC_NO_ERROR;
}

/* -- Temperatures. -------------------------------------------------------- */

static int find_temperature(u8 entity)
{
	int i;

	for (i = 0; i < TEMPERATURES; i++)
		if (temperatures[i].dcmi_entity == entity ||
		    temperatures[i].entity == entity)
			return i;
	return -ENOENT;
}

/* The sensor that a request asks for; 0 for none. Each entity has one instance. */
static u8 sensor_of(const struct sim_exchange *exchange)
{
	int kind = find_temperature(exchange->data[2]);

	if (kind < 0 || exchange->data[3] > 1)
		return 0;
	return temperatures[kind].sensor;
}

/* Begins the reply to a question for the sensors of an entity, temperatures only. */
static u8 begin_sensors(struct sim_exchange *exchange)
{
	u8 code = sim_check_group(exchange);

	if (code)
		return code;
	if (exchange->data[1] != 0x01)
		return SIM_CC_FIELD;
	sim_put_u8(exchange, !!sensor_of(exchange));	/* instances there are */
	sim_put_u8(exchange, !!sensor_of(exchange));	/* and in this reply */
	return IPMI_CC_NO_ERROR;
}

/* Request: group, sensor type, entity, instance (0: all), first instance. */
static u8 get_sensor_info(struct sim_exchange *exchange)
{
	u8 code = begin_sensors(exchange);

	if (!code && sensor_of(exchange))
		sim_put_u16(exchange, sensor_of(exchange));	/* its record ID */
	return code;
}

static u8 get_temperatures(struct sim_exchange *exchange)
{
	u8 code = begin_sensors(exchange), number = sensor_of(exchange);

	if (!code && number) {
		sim_put_u8(exchange, sim_sensor_reading(exchange->bmc, number) & 0x7f);
		sim_put_u8(exchange, 0x01);	/* instance */
	}
	return code;
}

/* Finds the limit of the entity that a request is of. */
static u8 begin_limit(struct sim_exchange *exchange, u8 **limit)
{
	u8 code = sim_check_group(exchange);
	int kind = find_temperature(exchange->data[1]);

	if (code)
		return code;
	if (kind < 0)
		return SIM_CC_FIELD;
	*limit = exchange->bmc->dcmi.thermal[kind];
	return IPMI_CC_NO_ERROR;
}

/* Request: group, entity, instance, action, limit, seconds (2). */
static u8 set_thermal_limit(struct sim_exchange *exchange)
{
	u8 *limit, code = begin_limit(exchange, &limit);

	if (!code)
		memcpy(limit, &exchange->data[3], LIMIT_SIZE);
	return code;
}

static u8 get_thermal_limit(struct sim_exchange *exchange)
{
	u8 *limit, code = begin_limit(exchange, &limit);

	if (!code)
		sim_put(exchange, limit, LIMIT_SIZE);
	return code;
}

/* -- Strings. ------------------------------------------------------------- */

/* Request: group, offset, count. */
static u8 get_text(struct sim_exchange *exchange, const struct sim_text *text)
{
	u8 code = sim_check_group(exchange);
	u8 offset = exchange->data[1], count = exchange->data[2];

	if (code)
		return code;
	if (count > TEXT_PIECE_MAX || offset + count > SIM_TEXT_MAX)
		return SIM_CC_RANGE;
	sim_put_u8(exchange, text->len);
	sim_put(exchange, &text->bytes[offset], count);
	return IPMI_CC_NO_ERROR;
}

/* Request: group, offset, count, bytes; what is behind them is gone. */
static u8 set_text(struct sim_exchange *exchange, struct sim_text *text)
{
	u8 code = sim_check_group(exchange);
	u8 offset = exchange->data[1], count = exchange->data[2];

	if (code)
		return code;
	if (count > TEXT_PIECE_MAX || offset + count > SIM_TEXT_MAX ||
	    count != exchange->len - 3)
		return SIM_CC_RANGE;
	text->len = offset + count;
	memset(&text->bytes[offset], 0, SIM_TEXT_MAX - offset);
	memcpy(&text->bytes[offset], &exchange->data[3], count);
	sim_put_u8(exchange, text->len);
	return IPMI_CC_NO_ERROR;
}

static u8 get_asset_tag(struct sim_exchange *exchange)
{
	return get_text(exchange, &exchange->bmc->dcmi.asset_tag);
}

static u8 set_asset_tag(struct sim_exchange *exchange)
{
	return set_text(exchange, &exchange->bmc->dcmi.asset_tag);
}

static u8 get_controller_id(struct sim_exchange *exchange)
{
	return get_text(exchange, &exchange->bmc->dcmi.controller_id);
}

static u8 set_controller_id(struct sim_exchange *exchange)
{
	return set_text(exchange, &exchange->bmc->dcmi.controller_id);
}

/* -- Configuration. ------------------------------------------------------- */

/* Request: group, parameter, set, data. */
static u8 set_config(struct sim_exchange *exchange)
{
	u8 code = sim_check_group(exchange);

	if (code)
		return code;
	if (!sim_param_find(&exchange->bmc->dcmi.config, exchange->data[1]))
		return SIM_CC_FIELD;
	if (!sim_param_set(&exchange->bmc->dcmi.config, exchange->data[1],
			   &exchange->data[3], exchange->len - 3))
		return SIM_CC_SPACE;
	return IPMI_CC_NO_ERROR;
}

static u8 get_config(struct sim_exchange *exchange)
{
	const struct sim_param *param;
	u8 code = sim_check_group(exchange);

	if (code)
		return code;
	param = sim_param_find(&exchange->bmc->dcmi.config, exchange->data[1]);
	if (!param)
		return SIM_CC_FIELD;
	put_conformance(exchange);
	sim_put(exchange, param->bytes, param->len);
	return IPMI_CC_NO_ERROR;
}

static void put_text(struct sim_text *text, const char *string)
{
	text->len = strlen(string);
	memcpy(text->bytes, string, text->len);
}

/**
 * sim_dcmi_init() - what DCMI keeps of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_dcmi_init(struct sim_bmc *bmc)
{
	/* DHCP: activation, discovery, and its timing: seconds. */
	static const u8 discovery[] = { 0x01 }, initial[] = { 4 };
	static const u8 contact[] = { 120, 0 }, retry[] = { 64, 0 };
	struct sim_dcmi *dcmi = &bmc->dcmi;

	put_text(&dcmi->asset_tag, "rack 1");
	put_text(&dcmi->controller_id, "kcs-sim");
	sim_param_set(&dcmi->config, 1, "\0", 1);
	sim_param_set(&dcmi->config, 2, discovery, sizeof(discovery));
	sim_param_set(&dcmi->config, 3, initial, sizeof(initial));
	sim_param_set(&dcmi->config, 4, contact, sizeof(contact));
	sim_param_set(&dcmi->config, 5, retry, sizeof(retry));
}

const struct sim_entry sim_dcmi_commands[] = {
	{ 0x2c, 0x01, 2, get_dcmi_capabilities },
	{ 0x2c, 0x06, 3, get_asset_tag },
	{ 0x2c, 0x07, 5, get_sensor_info },
	{ 0x2c, 0x08, 3, set_asset_tag },
	{ 0x2c, 0x09, 3, get_controller_id },
	{ 0x2c, 0x0a, 3, set_controller_id },
	{ 0x2c, 0x0b, 7, set_thermal_limit },
	{ 0x2c, 0x0c, 3, get_thermal_limit },
	{ 0x2c, 0x10, 5, get_temperatures },
	{ 0x2c, 0x12, 4, set_config },
	{ 0x2c, 0x13, 3, get_config },
	{}
};
