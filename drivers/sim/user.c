// SPDX-License-Identifier: GPL-2.0-only
/* Channels and users of the simulated BMC (IPMI 2.0 rev 1.1, 22.22 to 22.30). */
#include "commands.h"

#include <linux/kernel.h>

#define CHANNEL_IPMB	0
#define CHANNEL_LAN	1
#define CHANNEL_THIS	0x0e	/* the one that the request came by */
#define CHANNEL_SYSTEM	0x0f

#define ADMINISTRATOR	0x04
#define CHANGE_ACCESS	0x80	/* of Set User Access: bits 4 to 6 count */
#define MODES		0xc0	/* of channel access: where it goes, or comes from */
#define VENDOR		0x001bf2	/* the IPMI forum (table 22-28) */

/* Of Set User Password */
#define PASSWORD_DISABLE	0
#define PASSWORD_ENABLE		1
#define PASSWORD_SET		2
#define PASSWORD_OPERATION	0x03

/* -- Channels. ------------------------------------------------------------ */

static u8 channel_of(u8 byte)
{
	byte &= 0x0f;
	return byte == CHANNEL_THIS ? CHANNEL_SYSTEM : byte;
}

/**
 * struct channel - a channel
 * @number: its number
 * @medium: IPMB, LAN or system interface (table 6-3)
 * @protocol: of messages on it (table 6-2)
 * @sessions: bits 6 and 7: which sessions it has
 */
struct channel {
	u8 number;
	u8 medium;
	u8 protocol;
	u8 sessions;
};

static const struct channel channels[] = {
	{ CHANNEL_IPMB, 0x01, 0x01, 0x00 },
	{ CHANNEL_LAN, 0x04, 0x01, 0x80 },
	{ CHANNEL_SYSTEM, 0x0c, 0x05, 0x00 },
};

static u8 get_channel_info(struct sim_exchange *exchange)
{
	u8 number = channel_of(exchange->data[0]);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(channels); i++)
		if (channels[i].number == number)
			break;
	if (i == ARRAY_SIZE(channels))
		return SIM_CC_FIELD;
	sim_put(exchange, &channels[i], sizeof(channels[i]));
	sim_put_u16(exchange, VENDOR & 0xffff);
	sim_put_u8(exchange, VENDOR >> 16);
	sim_put_u16(exchange, 0);	/* no interrupts, or none of this channel */
	return IPMI_CC_NO_ERROR;
}

/* Request: channel, access mode, privilege limit. */
static u8 set_channel_access(struct sim_exchange *exchange)
{
	u8 *access = exchange->bmc->channel_access;

	if (channel_of(exchange->data[0]) != CHANNEL_LAN)
		return SIM_CC_NO_SESSIONS;
	if (exchange->data[1] & MODES)
		access[0] = exchange->data[1] & ~MODES;
	if (exchange->data[2] & MODES)
		access[1] = exchange->data[2] & ~MODES;
	return IPMI_CC_NO_ERROR;
}

static u8 get_channel_access(struct sim_exchange *exchange)
{
	if (channel_of(exchange->data[0]) != CHANNEL_LAN)
		return SIM_CC_NO_SESSIONS;
	sim_put(exchange, exchange->bmc->channel_access, 2);
	return IPMI_CC_NO_ERROR;
}

/* -- Users. --------------------------------------------------------------- */

/* The user that a byte names; NULL for none. */
static struct sim_user *user_of(struct sim_exchange *exchange, u8 byte)
{
	u8 number = byte & 0x3f;

	if (!number || number > SIM_USERS)
		return NULL;
	return &exchange->bmc->users[number - 1];
}

static u8 count_enabled(const struct sim_bmc *bmc)
{
	u8 count = 0;
	int i;

	for (i = 0; i < SIM_USERS; i++)
		count += bmc->users[i].is_enabled;
	return count;
}

/* Request: channel with the new bits, user, privilege limit. */
static u8 set_user_access(struct sim_exchange *exchange)
{
	struct sim_user *user = user_of(exchange, exchange->data[1]);

	if (!user)
		return SIM_CC_FIELD;
	user->access = (user->access & 0x70) | (exchange->data[2] & 0x0f);
	if (exchange->data[0] & CHANGE_ACCESS)
		user->access = (exchange->data[0] & 0x70) | (user->access & 0x0f);
	return IPMI_CC_NO_ERROR;
}

/* Request: channel, user. */
static u8 get_user_access(struct sim_exchange *exchange)
{
	const struct sim_user *user = user_of(exchange, exchange->data[1]);

	if (!user)
		return SIM_CC_FIELD;
	sim_put_u8(exchange, SIM_USERS);
	sim_put_u8(exchange, (user->is_enabled ? 0x40 : 0x80) |
			     count_enabled(exchange->bmc));
	sim_put_u8(exchange, 1);	/* users with a fixed name */
	sim_put_u8(exchange, user->access);
	return IPMI_CC_NO_ERROR;
}

/* The name of user 1 is fixed: none. */
static u8 set_user_name(struct sim_exchange *exchange)
{
	struct sim_user *user = user_of(exchange, exchange->data[0]);

	if (!user || user == exchange->bmc->users)
		return SIM_CC_FIELD;
	memcpy(user->name, &exchange->data[1], sizeof(user->name));
	return IPMI_CC_NO_ERROR;
}

static u8 get_user_name(struct sim_exchange *exchange)
{
	const struct sim_user *user = user_of(exchange, exchange->data[0]);

	if (!user)
		return SIM_CC_FIELD;
	sim_put(exchange, user->name, sizeof(user->name));
	return IPMI_CC_NO_ERROR;
}

static u8 store_password(struct sim_user *user, const u8 *password, u16 len)
{
	if (len > sizeof(user->password))
		return SIM_CC_LENGTH;
	memset(user->password, 0, sizeof(user->password));
	memcpy(user->password, password, len);
	return IPMI_CC_NO_ERROR;
}

static u8 test_password(const struct sim_user *user, const u8 *password, u16 len)
{
	struct sim_user other = {};
	u8 code = store_password(&other, password, len);

	if (code)
		return code;
	return memcmp(other.password, user->password, sizeof(other.password)) ?
	       SIM_CC_MISMATCH : IPMI_CC_NO_ERROR;
}

/* Request: user, operation, password. */
static u8 set_user_password(struct sim_exchange *exchange)
{
	struct sim_user *user = user_of(exchange, exchange->data[0]);
	u8 operation = exchange->data[1] & PASSWORD_OPERATION;

	if (!user)
		return SIM_CC_FIELD;
	switch (operation) {
	case PASSWORD_DISABLE:
	case PASSWORD_ENABLE:
		user->is_enabled = operation == PASSWORD_ENABLE;
		return IPMI_CC_NO_ERROR;
	case PASSWORD_SET:
		return store_password(user, &exchange->data[2], exchange->len - 2);
	default:
		return test_password(user, &exchange->data[2], exchange->len - 2);
	}
}

/**
 * sim_user_init() - channels and users of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_user_init(struct sim_bmc *bmc)
{
	struct sim_user *root = &bmc->users[1];

	bmc->channel_access[0] = 0x22;	/* always there, no alerts */
	bmc->channel_access[1] = ADMINISTRATOR;
	memcpy(root->name, "root", 4);
	root->is_enabled = true;
	root->access = 0x30 | ADMINISTRATOR;	/* may link and send messages */
}

const struct sim_entry sim_user_commands[] = {
	{ 0x06, 0x40, 3, set_channel_access },
	{ 0x06, 0x41, 2, get_channel_access },
	{ 0x06, 0x42, 1, get_channel_info },
	{ 0x06, 0x43, 3, set_user_access },
	{ 0x06, 0x44, 2, get_user_access },
	{ 0x06, 0x45, 17, set_user_name },
	{ 0x06, 0x46, 1, get_user_name },
	{ 0x06, 0x47, 2, set_user_password },
	{}
};
