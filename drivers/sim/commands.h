/* SPDX-License-Identifier: GPL-2.0-only */
/* How the command tables of the simulated BMC are made. */
#ifndef KCS_SIM_COMMANDS_H
#define KCS_SIM_COMMANDS_H

#include "bmc.h"

/* Completion codes the simulated BMC gives (IPMI 2.0 rev 1.1, table 5-2) */
#define SIM_CC_EMPTY		0x80	/* of 06/33, 06/35: nothing there */
#define SIM_CC_NOT_SET		0x80	/* of 06/22, 06/59, 2C/03 */
#define SIM_CC_COMMAND		0xc1
#define SIM_CC_SPACE		0xc4
#define SIM_CC_LENGTH		0xc7
#define SIM_CC_RANGE		0xc9
#define SIM_CC_ABSENT		0xcb
#define SIM_CC_FIELD		0xcc

/**
 * struct sim_exchange - a request being answered
 * @bmc: by whom
 * @data: the bytes after the command
 * @len: how many
 * @reply: the reply, a bare 00h so far
 */
struct sim_exchange {
	struct sim_bmc *bmc;
	const u8 *data;
	u16 len;
	struct kcs_msg *reply;
};

/**
 * struct sim_entry - a command
 * @netfn: network function
 * @cmd: command
 * @min_len: fewer data bytes give C7h
 * @answer: does it, and returns the completion code
 */
struct sim_entry {
	u8 netfn;
	u8 cmd;
	u8 min_len;
	u8 (*answer)(struct sim_exchange *exchange);
};

/* Each table ends with an entry without a function. */
extern const struct sim_entry sim_app_commands[];
extern const struct sim_entry sim_power_commands[];
extern const struct sim_entry sim_storage_commands[];

void sim_storage_init(struct sim_bmc *bmc);

/**
 * sim_put() - add bytes to a reply
 * @exchange: the exchange
 * @bytes: what to add; what does not fit is left out
 * @len: how many
 *
 * Context: any.
 */
static inline void sim_put(struct sim_exchange *exchange, const void *bytes,
			   u16 len)
{
	struct kcs_msg *reply = exchange->reply;

	if (len > KCS_MSG_MAX - reply->len)
		len = KCS_MSG_MAX - reply->len;
	memcpy(&reply->bytes[reply->len], bytes, len);
	reply->len += len;
}

/**
 * sim_put_u8() - add a byte to a reply
 * @exchange: the exchange
 * @value: the byte
 *
 * Context: any.
 */
static inline void sim_put_u8(struct sim_exchange *exchange, u8 value)
{
	sim_put(exchange, &value, 1);
}

/**
 * sim_put_u16() - add a number to a reply, low byte first
 * @exchange: the exchange
 * @value: the number
 *
 * Context: any.
 */
static inline void sim_put_u16(struct sim_exchange *exchange, u16 value)
{
	sim_put_u8(exchange, value & 0xff);
	sim_put_u8(exchange, value >> 8);
}

/**
 * sim_put_u32() - add a number to a reply, low byte first
 * @exchange: the exchange
 * @value: the number
 *
 * Context: any.
 */
static inline void sim_put_u32(struct sim_exchange *exchange, u32 value)
{
	sim_put_u16(exchange, value & 0xffff);
	sim_put_u16(exchange, value >> 16);
}

/**
 * sim_get_u16() - a number of a request, low byte first
 * @data: where it is
 *
 * Context: any.
 * Return: the number.
 */
static inline u16 sim_get_u16(const u8 *data)
{
	return data[0] | data[1] << 8;
}

#endif /* KCS_SIM_COMMANDS_H */
