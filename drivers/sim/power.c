// SPDX-License-Identifier: GPL-2.0-only
/* Power, as DCMI 1.5 and vendors spell it. */
#include "commands.h"

#define MODE_NORMAL	0x01
#define MODE_ENHANCED	0x02

/* An enhanced reading is of a rolling average, of which there is one. */
static bool is_known(const u8 *request)
{
	return request[1] == MODE_NORMAL ||
	       (request[1] == MODE_ENHANCED && request[2] == SIM_DCMI_PERIOD);
}

static u8 get_power_reading(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	u8 code = sim_check_group(exchange);

	if (code)
		return code;
	if (!is_known(exchange->data))
		return SIM_CC_FIELD;
	sim_put_u16(exchange, bmc->watts);
	sim_put_u16(exchange, bmc->watts / 2);
	sim_put_u16(exchange, bmc->watts);
	sim_put_u16(exchange, bmc->watts);
	sim_put_u32(exchange, bmc->now_s);
	sim_put_u32(exchange, 1000);	/* sampled over this many ms */
	sim_put_u8(exchange, 0x40);	/* measuring */
	return IPMI_CC_NO_ERROR;
}

/* Without an active limit there is data all the same, after 80h. */
static u8 get_power_limit(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	u8 code = sim_check_group(exchange);

	if (code)
		return code;
	sim_put_u16(exchange, 0);
	sim_put_u8(exchange, 0);	/* exception action: none */
	sim_put_u16(exchange, bmc->dcmi.limit_watts);
	sim_put_u32(exchange, 1000);	/* correction time, ms */
	sim_put_u16(exchange, 0);
	sim_put_u16(exchange, 1);	/* sampled over this many s */
	return bmc->dcmi.limit_active ? IPMI_CC_NO_ERROR : SIM_CC_NOT_SET;
}

static u8 set_power_limit(struct sim_exchange *exchange)
{
	u8 code = sim_check_group(exchange);

	if (!code)
		exchange->bmc->dcmi.limit_watts = sim_get_u16(&exchange->data[5]);
	return code;
}

static u8 activate_power_limit(struct sim_exchange *exchange)
{
	u8 code = sim_check_group(exchange);

	if (!code)
		exchange->bmc->dcmi.limit_active = exchange->data[1];
	return code;
}

/* Dell's instantaneous power: watts, amperes / 10, three reserved bytes. */
static u8 get_dell_power(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, exchange->bmc->watts);
	sim_put_u16(exchange, exchange->bmc->watts / 23);
	sim_put(exchange, "\0\0", 3);
	return IPMI_CC_NO_ERROR;
}

/* The ACPI specification's example. */
static u8 get_example_power(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, exchange->bmc->watts);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_power_commands[] = {
	{ 0x2c, 0x02, 4, get_power_reading },
	{ 0x2c, 0x03, 3, get_power_limit },
	{ 0x2c, 0x04, 15, set_power_limit },
	{ 0x2c, 0x05, 4, activate_power_limit },
	{ 0x30, 0xb3, 2, get_dell_power },
	{ 0x30, 0xc8, 0, get_example_power },
	{}
};
