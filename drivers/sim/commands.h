/* SPDX-License-Identifier: GPL-2.0-only */
/* How the command tables of the simulated BMC are made. */
#ifndef KCS_SIM_COMMANDS_H
#define KCS_SIM_COMMANDS_H

#include "bmc.h"

/* Completion codes the simulated BMC gives (IPMI 2.0 rev 1.1, table 5-2) */
#define SIM_CC_EMPTY		0x80	/* of 06/33, 06/35: nothing there */
#define SIM_CC_NOT_SET		0x80	/* of 06/22, 06/59, 0C/02, 00/09, 2C/03 */
#define SIM_CC_MISMATCH		0x80	/* of 06/47: not the password */
#define SIM_CC_NO_SESSIONS	0x82	/* of 06/40, 06/41: not on this channel */
#define SIM_CC_NAK		0x83	/* of 06/34: no such controller */
#define SIM_CC_BUSY		0xc0
#define SIM_CC_COMMAND		0xc1
#define SIM_CC_SPACE		0xc4
#define SIM_CC_RESERVATION	0xc5
#define SIM_CC_LENGTH		0xc7
#define SIM_CC_RANGE		0xc9
#define SIM_CC_ABSENT		0xcb
#define SIM_CC_FIELD		0xcc

#define SIM_ADDRESS		0x20	/* the BMC's on the IPMB */
#define SIM_GROUP_DCMI		0xdc
#define SIM_DCMI_PERIOD		0x01	/* of a rolling average: a second */

/* Message flags (22.4) */
#define SIM_FLAG_MESSAGE	0x01
#define SIM_FLAG_EVENT		0x02
#define SIM_FLAG_WATCHDOG	0x08

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

/**
 * struct sim_event - what an event says (29.3, and 32.1 from byte 8)
 * @generator: slave address or software ID
 * @revision: of the event message format
 * @sensor_type: sensor type
 * @number: sensor number
 * @type: event type, bit 7 for a deassertion
 * @data: event data
 */
struct sim_event {
	u8 generator;
	u8 revision;
	u8 sensor_type;
	u8 number;
	u8 type;
	u8 data[3];
};

#define SIM_EVENT_REVISION	0x04

/* The last entry of each table has no function. */
extern const struct sim_entry sim_app_commands[];
extern const struct sim_entry sim_chassis_commands[];
extern const struct sim_entry sim_dcmi_commands[];
extern const struct sim_entry sim_event_commands[];
extern const struct sim_entry sim_fru_commands[];
extern const struct sim_entry sim_message_commands[];
extern const struct sim_entry sim_param_commands[];
extern const struct sim_entry sim_power_commands[];
extern const struct sim_entry sim_sdr_commands[];
extern const struct sim_entry sim_sel_commands[];
extern const struct sim_entry sim_sensor_commands[];
extern const struct sim_entry sim_user_commands[];
extern const struct sim_entry sim_watchdog_commands[];

void sim_chassis_init(struct sim_bmc *bmc);
void sim_dcmi_init(struct sim_bmc *bmc);
void sim_fru_init(struct sim_bmc *bmc);
void sim_param_init(struct sim_bmc *bmc);
void sim_sensor_init(struct sim_bmc *bmc);
void sim_user_init(struct sim_bmc *bmc);

void sim_event_raise(struct sim_bmc *bmc, const struct sim_event *event);
bool sim_sel_add(struct sim_bmc *bmc, const u8 *record);
void sim_watchdog_advance(struct sim_bmc *bmc);
u64 sim_watchdog_next_ms(const struct sim_bmc *bmc);
const struct sim_param *sim_param_find(const struct sim_params *params, u8 selector);
bool sim_param_set(struct sim_params *params, u8 selector, const void *bytes, u16 len);

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

/**
 * sim_get_u32() - a number of a request, low byte first
 * @data: where it is
 *
 * Context: any.
 * Return: the number.
 */
static inline u32 sim_get_u32(const u8 *data)
{
	return sim_get_u16(data) | (u32)sim_get_u16(&data[2]) << 16;
}

/**
 * sim_checksum() - the byte that makes the sum of all of them zero
 * @bytes: the bytes
 * @len: how many
 *
 * Context: any.
 * Return: the byte.
 */
static inline u8 sim_checksum(const u8 *bytes, u16 len)
{
	u8 sum = 0;

	while (len--)
		sum += *bytes++;
	return -sum;
}

/**
 * sim_check_group() - begin a DCMI exchange, which names its group both ways
 * @exchange: the exchange
 *
 * Context: any.
 * Return: the completion code.
 */
static inline u8 sim_check_group(struct sim_exchange *exchange)
{
	if (exchange->data[0] != SIM_GROUP_DCMI)
		return SIM_CC_FIELD;
	sim_put_u8(exchange, SIM_GROUP_DCMI);
	return IPMI_CC_NO_ERROR;
}

#endif /* KCS_SIM_COMMANDS_H */
