// SPDX-License-Identifier: GPL-2.0-only
/* The simulated BMC: finds the command, and answers what concerns itself. */
#include "bmc.h"
#include "commands.h"
#include "fault.h"

#include <kcs/regs.h>

#define FLAG_MESSAGE	0x01
#define FLAG_EVENT	0x02

static u8 get_device_id(struct sim_exchange *exchange)
{
	static const u8 id[] = {
		0x20, 0x81, 0x02, 0x34, 0x02, 0xbf, 0x57, 0x01, 0x00, 0xcd, 0xab,
	};

	sim_put(exchange, id, sizeof(id));
	return IPMI_CC_NO_ERROR;
}

/* Cold or warm: it is back at once, with what it keeps over a reset. */
static u8 take_reset(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	bmc->resets++;
	bmc->enables = 0;
	bmc->flags = 0;
	bmc->message_len = 0;
	bmc->watchdog_set = false;
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

static u8 clear_flags(struct sim_exchange *exchange)
{
	exchange->bmc->flags &= ~exchange->data[0];
	if (exchange->data[0] & FLAG_MESSAGE)
		exchange->bmc->message_len = 0;
	return IPMI_CC_NO_ERROR;
}

static u8 get_flags(struct sim_exchange *exchange)
{
	exchange->bmc->flag_reads++;
	sim_put_u8(exchange, exchange->bmc->flags);
	return IPMI_CC_NO_ERROR;
}

static u8 get_message(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	if (!bmc->message_len)
		return SIM_CC_EMPTY;
	sim_put(exchange, bmc->message, bmc->message_len);
	bmc->message_len = 0;
	bmc->flags &= ~FLAG_MESSAGE;
	return IPMI_CC_NO_ERROR;
}

/* To nobody: what is sent comes back through the receive queue. */
static u8 send_message(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	if (exchange->len > sizeof(bmc->message))
		return SIM_CC_SPACE;
	memcpy(bmc->message, exchange->data, exchange->len);
	bmc->message_len = exchange->len;
	bmc->flags |= FLAG_MESSAGE;
	return IPMI_CC_NO_ERROR;
}

static u8 read_event(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	if (!(bmc->flags & FLAG_EVENT))
		return SIM_CC_EMPTY;
	sim_put(exchange, bmc->event, sizeof(bmc->event));
	bmc->flags &= ~FLAG_EVENT;
	return IPMI_CC_NO_ERROR;
}

static u8 reset_watchdog(struct sim_exchange *exchange)
{
	return exchange->bmc->watchdog_set ? IPMI_CC_NO_ERROR : SIM_CC_NOT_SET;
}

static u8 set_watchdog(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	memcpy(bmc->watchdog, exchange->data, sizeof(bmc->watchdog));
	bmc->watchdog_set = true;
	return IPMI_CC_NO_ERROR;
}

static u8 get_watchdog(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	sim_put(exchange, bmc->watchdog, sizeof(bmc->watchdog));
	sim_put(exchange, &bmc->watchdog[4], 2);	/* it stands still */
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

/* The parameter, or a free place for it; NULL when there is neither. */
static struct sim_info *find_info(struct sim_bmc *bmc, u8 selector, bool add)
{
	int i;

	for (i = 0; i < SIM_INFO_MAX; i++)
		if (bmc->info[i].selector == selector)
			return &bmc->info[i];
	return add ? find_info(bmc, 0, false) : NULL;
}

static u8 set_info(struct sim_exchange *exchange)
{
	u8 selector = exchange->data[0];
	u16 len = exchange->len - 1;
	struct sim_info *info;

	if (!selector || len > SIM_INFO_SIZE)
		return SIM_CC_RANGE;
	info = find_info(exchange->bmc, selector, true);
	if (!info)
		return SIM_CC_SPACE;
	info->selector = selector;
	info->len = len;
	memcpy(info->bytes, &exchange->data[1], len);
	return IPMI_CC_NO_ERROR;
}

static u8 get_info(struct sim_exchange *exchange)
{
	u8 selector = exchange->data[1];
	struct sim_info *info;

	info = selector ? find_info(exchange->bmc, selector, false) : NULL;
	if (!info)
		return SIM_CC_NOT_SET;
	sim_put_u8(exchange, 0x11);	/* parameter revision */
	if (!(exchange->data[0] & 0x80))
		sim_put(exchange, info->bytes, info->len);
	return IPMI_CC_NO_ERROR;
}

static u8 get_chassis_status(struct sim_exchange *exchange)
{
	sim_put_u32(exchange, 0x00000021);	/* power on, policy: last state */
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
	{ 0x00, 0x01, 0, get_chassis_status },
	{ 0x06, 0x01, 0, get_device_id },
	{ 0x06, 0x02, 0, take_reset },
	{ 0x06, 0x03, 0, take_reset },
	{ 0x06, 0x04, 0, get_self_test },
	{ 0x06, 0x22, 0, reset_watchdog },
	{ 0x06, 0x24, 6, set_watchdog },
	{ 0x06, 0x25, 0, get_watchdog },
	{ 0x06, 0x2e, 1, set_enables },
	{ 0x06, 0x2f, 0, get_enables },
	{ 0x06, 0x30, 1, clear_flags },
	{ 0x06, 0x31, 0, get_flags },
	{ 0x06, 0x33, 0, get_message },
	{ 0x06, 0x34, 1, send_message },
	{ 0x06, 0x35, 0, read_event },
	{ 0x06, 0x37, 0, get_guid },
	{ 0x06, 0x57, 1, get_capabilities },
	{ 0x06, 0x58, 2, set_info },
	{ 0x06, 0x59, 4, get_info },
	{ 0x30, 0xe0, 2, to_order },
	{ 0x30, 0xee, 0, echo },
	{}
};

static const struct sim_entry *find(u8 netfn, u8 cmd)
{
	static const struct sim_entry * const tables[] = {
		sim_app_commands, sim_power_commands, sim_storage_commands, NULL,
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
 * sim_bmc_attention() - does the BMC want SMS_ATN?
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
	sim_storage_init(bmc);
}
