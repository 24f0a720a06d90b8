// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the simulated BMC (IPMI 2.0 rev 1.1, chapter 22): flags, the receive
 * queue, and a satellite controller on its IPMB, which answers through that queue.
 */
#include "commands.h"

#define SATELLITE	0x40	/* its address */
#define CHANNEL_IPMB	0x00
#define CHANNEL_MASK	0x0f

/* A message on the IPMB, between controllers (IPMB 1.0, 2.2) */
#define TO		0
#define NETFN		1
#define FROM		3
#define SEQUENCE	4
#define COMMAND		5
#define IPMB_MIN	7	/* the second checksum is the last byte */

static u8 clear_flags(struct sim_exchange *exchange)
{
	exchange->bmc->flags &= ~exchange->data[0];
	if (exchange->data[0] & SIM_FLAG_MESSAGE)
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
	bmc->flags &= ~SIM_FLAG_MESSAGE;
	return IPMI_CC_NO_ERROR;
}

/* -- The satellite controller. -------------------------------------------- */

static const u8 satellite_id[] = {
	0x30, 0x01, 0x01, 0x00, 0x02, 0x00, 0x57, 0x01, 0x00, 0x5a, 0xa5,
};

/* Puts the completion code and the data; returns how many bytes. */
static u8 answer_satellite(const u8 *request, u8 *reply)
{
	bool is_app = request[NETFN] >> 2 == IPMI_NETFN_APP_REQUEST;

	reply[0] = IPMI_CC_NO_ERROR;
	if (is_app && request[COMMAND] == IPMI_GET_DEVICE_ID_CMD) {
		memcpy(&reply[1], satellite_id, sizeof(satellite_id));
		return 1 + sizeof(satellite_id);
	}
	reply[0] = SIM_CC_COMMAND;
	return 1;
}

/* What Get Message gives of it begins with the NetFn: our address is left out. */
static void receive_reply(struct sim_bmc *bmc, const u8 *request)
{
	u8 head[2] = { request[FROM], (request[NETFN] | 1 << 2) & 0xfc };
	u8 *reply = &bmc->message[1];
	u8 len;

	head[1] |= request[SEQUENCE] & 0x03;	/* the LUN that asked */
	bmc->message[0] = CHANNEL_IPMB;
	reply[0] = head[1];
	reply[1] = sim_checksum(head, sizeof(head));
	reply[2] = request[TO];
	reply[3] = (request[SEQUENCE] & 0xfc) | (request[NETFN] & 0x03);
	reply[4] = request[COMMAND];
	len = 5 + answer_satellite(request, &reply[5]);
	reply[len] = sim_checksum(&reply[2], len - 2);
	bmc->message_len = 1 + len + 1;
	bmc->flags |= SIM_FLAG_MESSAGE;
}

/* Request: channel, message on it. */
static u8 send_message(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	const u8 *message = &exchange->data[1];
	u16 len = exchange->len - 1;

	if ((exchange->data[0] & CHANNEL_MASK) != CHANNEL_IPMB ||
	    sim_checksum(message, FROM) || sim_checksum(&message[FROM], len - FROM))
		return SIM_CC_FIELD;
	if (message[TO] != SATELLITE)
		return SIM_CC_NAK;
	if (bmc->flags & SIM_FLAG_MESSAGE)
		return SIM_CC_BUSY;
	receive_reply(bmc, message);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_message_commands[] = {
	{ 0x06, 0x30, 1, clear_flags },
	{ 0x06, 0x31, 0, get_flags },
	{ 0x06, 0x33, 0, get_message },
	{ 0x06, 0x34, 1 + IPMB_MIN, send_message },
	{}
};
