// SPDX-License-Identifier: GPL-2.0-only
/* The simulated BMC: finds the command, and answers what concerns itself. */
#include "bmc.h"
#include "commands.h"
#include "fault.h"

/* Logs events, and does nothing else by itself (22.1). */
#define ENABLES_AT_START	IPMI_BMC_SYS_LOG

static u8 get_device_id(struct sim_exchange *exchange)
{
	static const u8 id[] = {
		0x20, 0x81, 0x02, 0x34, 0x02, 0xbf, 0x57, 0x01, 0x00, 0xcd, 0xab,
	};

	sim_put(exchange, id, sizeof(id));
	return IPMI_CC_NO_ERROR;
}

/* Cold or warm: the BMC answers again at once, with what it stores. */
static u8 take_reset(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	bmc->resets++;
	bmc->enables = ENABLES_AT_START;
	bmc->flags = 0;
	bmc->message_len = 0;
	memset(&bmc->watchdog, 0, sizeof(bmc->watchdog));
	return IPMI_CC_NO_ERROR;
}

static u8 get_self_test(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, 0x0055);
	return IPMI_CC_NO_ERROR;
}

static u8 get_guid(struct sim_exchange *exchange)
{
	static const u8 guid[16] = "kcs-simulated-01";

	sim_put(exchange, guid, sizeof(guid));
	return IPMI_CC_NO_ERROR;
}

static u8 set_enables(struct sim_exchange *exchange)
{
	exchange->bmc->enables = exchange->data[0];
	return IPMI_CC_NO_ERROR;
}

static u8 get_enables(struct sim_exchange *exchange)
{
	sim_put_u8(exchange, exchange->bmc->enables);
	return IPMI_CC_NO_ERROR;
}

static u8 get_capabilities(struct sim_exchange *exchange)
{
	static const u8 kcs[] = { 0x00, 0x00, 255 };

	if ((exchange->data[0] & 0xf) != 1)
		return SIM_CC_FIELD;
	sim_put(exchange, kcs, sizeof(kcs));
	return IPMI_CC_NO_ERROR;
}

/* Not a BMC's: gives back what it gets. */
static u8 echo(struct sim_exchange *exchange)
{
	sim_put(exchange, exchange->data, exchange->len);
	return IPMI_CC_NO_ERROR;
}

/* Not a BMC's either: the completion code asked for, and 01h, 02h, ... */
static u8 to_order(struct sim_exchange *exchange)
{
	u8 i;

	for (i = 0; i < exchange->data[1]; i++)
		sim_put_u8(exchange, i + 1);
	return exchange->data[0];
}

const struct sim_entry sim_app_commands[] = {
	{ 0x06, 0x01, 0, get_device_id },
	{ 0x06, 0x02, 0, take_reset },
	{ 0x06, 0x03, 0, take_reset },
	{ 0x06, 0x04, 0, get_self_test },
	{ 0x06, 0x08, 0, get_guid },
	{ 0x06, 0x2e, 1, set_enables },
	{ 0x06, 0x2f, 0, get_enables },
	{ 0x06, 0x37, 0, get_guid },
	{ 0x06, 0x57, 1, get_capabilities },
	{ 0x30, 0xe0, 2, to_order },
	{ 0x30, 0xee, 0, echo },
	{}
};

static const struct sim_entry *find(u8 netfn, u8 cmd)
{
	static const struct sim_entry * const tables[] = {
		sim_app_commands, sim_chassis_commands, sim_dcmi_commands,
		sim_event_commands, sim_fru_commands, sim_message_commands,
		sim_param_commands, sim_power_commands, sim_sdr_commands,
		sim_sel_commands, sim_sensor_commands, sim_user_commands,
		sim_watchdog_commands, NULL,
	};
	const struct sim_entry * const *table;
	const struct sim_entry *entry;

	for (table = tables; *table; table++)
		for (entry = *table; entry->answer; entry++)
			if (entry->netfn == netfn && entry->cmd == cmd)
				return entry;
	return NULL;
}

/**
 * sim_bmc_command() - answer a request; a &typedef sim_command
 * @bmc: the &struct sim_bmc
 * @request: the request, of two bytes at least
 * @reply: filled
 *
 * Context: any; the caller serialises.
 */
void sim_bmc_command(void *bmc, const struct kcs_msg *request,
		     struct kcs_msg *reply)
{
	struct sim_exchange exchange = {
		.bmc = bmc,
		.data = &request->bytes[KCS_MSG_REQUEST_MIN],
		.len = request->len - KCS_MSG_REQUEST_MIN,
		.reply = reply,
	};
	const struct sim_entry *entry = find(request->bytes[0] >> 2,
					     request->bytes[1]);

	sim_reply(request, reply, IPMI_CC_NO_ERROR);
	if (!entry)
		reply->bytes[2] = SIM_CC_COMMAND;
	else if (exchange.len < entry->min_len)
		reply->bytes[2] = SIM_CC_LENGTH;
	else
		reply->bytes[2] = entry->answer(&exchange);
}

/**
 * sim_bmc_attention() - test whether the BMC wants SMS_ATN
 * @bmc: the BMC
 *
 * Context: any; the caller serialises.
 * Return: true while a message flag is set (IPMI 2.0 rev 1.1, 9.6).
 */
bool sim_bmc_attention(const struct sim_bmc *bmc)
{
	return bmc->flags;
}

/**
 * sim_bmc_calls() - what the BMC may interrupt for
 * @bmc: the BMC
 *
 * For a message and for an event if its global enables let it (22.1), for the
 * pre-timeout as the watchdog was set (27.6).
 *
 * Context: any; the caller serialises.
 * Return: the message flags that are so.
 */
u8 sim_bmc_calls(const struct sim_bmc *bmc)
{
	u8 enabled = bmc->enables & (SIM_FLAG_MESSAGE | SIM_FLAG_EVENT);

	return bmc->flags & (enabled | SIM_FLAG_WATCHDOG);
}

/**
 * sim_bmc_advance() - the time went on
 * @bmc: the BMC
 * @now_ms: milliseconds since some fixed moment, never going back
 *
 * Context: any; the caller serialises.
 */
void sim_bmc_advance(struct sim_bmc *bmc, u64 now_ms)
{
	bmc->now_ms = now_ms;
	sim_watchdog_advance(bmc);
}

/**
 * sim_bmc_next_ms() - when the BMC does something by itself
 * @bmc: the BMC
 *
 * Context: any; the caller serialises.
 * Return: the time, for sim_bmc_advance(); %U64_MAX for never.
 */
u64 sim_bmc_next_ms(const struct sim_bmc *bmc)
{
	return sim_watchdog_next_ms(bmc);
}

/**
 * sim_bmc_init() - a BMC, powered on
 * @bmc: filled
 * @watts: the power it measures
 *
 * Context: any.
 */
void sim_bmc_init(struct sim_bmc *bmc, u16 watts)
{
	memset(bmc, 0, sizeof(*bmc));
	bmc->watts = watts;
	bmc->enables = ENABLES_AT_START;
	sim_chassis_init(bmc);
	sim_dcmi_init(bmc);
	sim_fru_init(bmc);
	sim_param_init(bmc);
	sim_sensor_init(bmc);
	sim_user_init(bmc);
}
