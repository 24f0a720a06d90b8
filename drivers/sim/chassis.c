// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chassis of the simulated BMC (IPMI 2.0 rev 1.1, chapter 28). The host runs, so
 * power is on; requests to the chassis are recorded, not executed.
 */
#include "commands.h"

#include <linux/kernel.h>

#define POWER_ON		0x01
#define POLICIES		3
#define POLICY_AS_BEFORE	1
#define POLICY_SAME		3	/* only says which there are */
#define IDENTIFY_SUPPORTED	0x40
#define IDENTIFY_TIMED		0x10
#define IDENTIFY_FOR_EVER	0x20
#define IDENTIFY_DEFAULT_S	15
#define CAUSE_CONTROL		0x01
#define BOOT_VERSION		0x01

/* Of Chassis Control */
#define CONTROL_CYCLE	2
#define CONTROL_RESET	3

static u8 get_chassis_capabilities(struct sim_exchange *exchange)
{
	sim_put_u8(exchange, 0x00);	/* no intrusion sensor, no lockout */
	sim_put_u8(exchange, SIM_ADDRESS);	/* FRU */
	sim_put_u8(exchange, SIM_ADDRESS);	/* SDR */
	sim_put_u8(exchange, SIM_ADDRESS);	/* SEL */
	sim_put_u8(exchange, SIM_ADDRESS);	/* system management */
	return IPMI_CC_NO_ERROR;
}

static u8 identify_state(const struct sim_chassis *chassis)
{
	if (!chassis->identify_s)
		return IDENTIFY_SUPPORTED;
	return IDENTIFY_SUPPORTED |
	       (chassis->identify_s == 0xff ? IDENTIFY_FOR_EVER : IDENTIFY_TIMED);
}

static u8 get_chassis_status(struct sim_exchange *exchange)
{
	const struct sim_chassis *chassis = &exchange->bmc->chassis;

	sim_put_u8(exchange, POWER_ON | chassis->policy << 5);
	sim_put_u8(exchange, 0x00);	/* no power event */
	sim_put_u8(exchange, identify_state(chassis));
	sim_put_u8(exchange, 0x00);	/* no front panel */
	return IPMI_CC_NO_ERROR;
}

static u8 control_chassis(struct sim_exchange *exchange)
{
	struct sim_chassis *chassis = &exchange->bmc->chassis;
	u8 control = exchange->data[0] & 0x0f;

	if (control >= ARRAY_SIZE(chassis->controls))
		return SIM_CC_FIELD;
	chassis->controls[control]++;
	if (control == CONTROL_CYCLE || control == CONTROL_RESET)
		chassis->cause = CAUSE_CONTROL;
	return IPMI_CC_NO_ERROR;
}

/* Without a time: the default; with bit 0 of the second byte: for ever. */
static u8 identify_chassis(struct sim_exchange *exchange)
{
	u8 s = exchange->len ? exchange->data[0] : IDENTIFY_DEFAULT_S;

	if (exchange->len > 1 && exchange->data[1] & 0x01)
		s = 0xff;
	exchange->bmc->chassis.identify_s = s;
	return IPMI_CC_NO_ERROR;
}

static u8 set_policy(struct sim_exchange *exchange)
{
	u8 policy = exchange->data[0] & 0x07;

	if (policy > POLICY_SAME)
		return SIM_CC_FIELD;
	if (policy != POLICY_SAME)
		exchange->bmc->chassis.policy = policy;
	sim_put_u8(exchange, (1 << POLICIES) - 1);
	return IPMI_CC_NO_ERROR;
}

static u8 get_cause(struct sim_exchange *exchange)
{
	sim_put_u8(exchange, exchange->bmc->chassis.cause);
	sim_put_u8(exchange, 0x0f);	/* by the system interface */
	return IPMI_CC_NO_ERROR;
}

/* Request: parameter, bit 7 for "invalid", data; without data only that bit is meant. */
static u8 set_boot_option(struct sim_exchange *exchange)
{
	if (exchange->len == 1)
		return IPMI_CC_NO_ERROR;
	if (!sim_param_set(&exchange->bmc->boot, exchange->data[0] & 0x7f,
			   &exchange->data[1], exchange->len - 1))
		return SIM_CC_SPACE;
	return IPMI_CC_NO_ERROR;
}

static u8 get_boot_option(struct sim_exchange *exchange)
{
	u8 selector = exchange->data[0] & 0x7f;
	const struct sim_param *param = sim_param_find(&exchange->bmc->boot, selector);

	if (!param)
		return SIM_CC_NOT_SET;
	sim_put_u8(exchange, BOOT_VERSION);
	sim_put_u8(exchange, selector);
	sim_put(exchange, param->bytes, param->len);
	return IPMI_CC_NO_ERROR;
}

/**
 * sim_chassis_init() - the chassis of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_chassis_init(struct sim_bmc *bmc)
{
	bmc->chassis.policy = POLICY_AS_BEFORE;
}

const struct sim_entry sim_chassis_commands[] = {
	{ 0x00, 0x00, 0, get_chassis_capabilities },
	{ 0x00, 0x01, 0, get_chassis_status },
	{ 0x00, 0x02, 1, control_chassis },
	{ 0x00, 0x04, 0, identify_chassis },
	{ 0x00, 0x06, 1, set_policy },
	{ 0x00, 0x07, 0, get_cause },
	{ 0x00, 0x08, 1, set_boot_option },
	{ 0x00, 0x09, 3, get_boot_option },
	{}
};
