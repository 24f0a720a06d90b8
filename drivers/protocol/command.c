// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of IPMI commands (IPMI 2.0 rev 1.1, appendix G; DCMI 1.5, table
 * 7-1; HPM.1 R1.0). What a command of a group or of an OEM means depends on its
 * first data byte, too. Set System Info is not a read: it caps power on Dell's.
 */
#include <kcs/command.h>

#include <kcs/regs.h>
#include <linux/export.h>

#define ANY	(-1)
#define END	0xff

#define NETFN_OEM	0x30
#define DELL_POWER	0x0a

#define READS	KCS_COMMAND_READS
#define SHARED	(KCS_COMMAND_READS | KCS_COMMAND_SHARED)

/* It keeps the machine from being reset, and resets it when it expires. */
#define WATCHDOG	(KCS_COMMAND_WATCHDOG | KCS_COMMAND_POWER)

/**
 * struct row - commands of a network function
 * @netfn: network function of the request
 * @first: first command
 * @last: last command
 * @data: first data byte, or ANY
 * @flags: what is known of them
 */
struct row {
	u8 netfn, first, last;
	s16 data;
	u8 flags;
};

/* The first row that matches counts; what power meters ask for comes first. */
static const struct row rows[] = {
	{ 0x2c, 0x02, 0x03, KCS_GROUP_DCMI, SHARED },	/* DCMI power, its limit */
	{ NETFN_OEM, 0xb3, 0xb3, DELL_POWER, SHARED },	/* Dell: power */
	{ 0x06, 0x01, 0x01, ANY, SHARED },	/* Get Device ID */
	{ 0x06, 0x59, 0x59, ANY, SHARED },	/* Get System Info Parameters */
	{ 0x06, 0x22, 0x22, ANY, WATCHDOG },	/* Reset Watchdog */
	{ 0x06, 0x24, 0x24, ANY, WATCHDOG },	/* Set Watchdog */
	{ 0x00, 0x02, 0x03, ANY, KCS_COMMAND_POWER },	/* Chassis Control, Reset */
	{ 0x04, 0x02, 0x02, ANY, KCS_COMMAND_POWER },	/* Platform Event: a filter acts */
	{ 0x04, 0x12, 0x12, ANY, KCS_COMMAND_POWER },	/* Set PEF Configuration */
	{ 0x2c, 0x04, 0x05, KCS_GROUP_DCMI, KCS_COMMAND_POWER },	/* limit: may end in off */
	{ 0x2c, 0x04, 0x04, KCS_GROUP_PICMG, KCS_COMMAND_POWER },	/* FRU Control */
	{ 0x2c, 0x0c, 0x0c, KCS_GROUP_PICMG, KCS_COMMAND_POWER },	/* FRU Activation */
	{ 0x2c, 0x11, 0x11, KCS_GROUP_PICMG, KCS_COMMAND_POWER },	/* Set Power Level */
	{ 0x06, 0x02, 0x03, ANY, KCS_COMMAND_RESET },	/* Cold, Warm Reset */
	{ 0x06, 0x34, 0x34, ANY, KCS_COMMAND_CARRIES },	/* Send Message */
	{ 0x06, 0x52, 0x52, ANY, KCS_COMMAND_CARRIES },	/* Master Write-Read */
	{ 0x02, 0x20, 0x21, ANY, KCS_COMMAND_CARRIES },	/* ICMB: Bridge Request, Message */
	{ 0x08, 0x00, 0xff, ANY, KCS_COMMAND_LONG },	/* Firmware */
	{ 0x2c, 0x30, 0x38, KCS_GROUP_PICMG, KCS_COMMAND_LONG },	/* HPM.1 upgrade */
	{ 0x00, 0x00, 0x01, ANY, READS },	/* Get Chassis Capabilities, Status */
	{ 0x00, 0x07, 0x07, ANY, READS },	/* Get System Restart Cause */
	{ 0x00, 0x09, 0x09, ANY, READS },	/* Get System Boot Options */
	{ 0x00, 0x0f, 0x0f, ANY, READS },	/* Get POH Counter */
	{ 0x04, 0x01, 0x01, ANY, READS },	/* Get Event Receiver */
	{ 0x04, 0x10, 0x10, ANY, READS },	/* Get PEF Capabilities */
	{ 0x04, 0x13, 0x13, ANY, READS },	/* Get PEF Configuration Parameters */
	{ 0x04, 0x15, 0x15, ANY, READS },	/* Get Last Processed Event ID */
	{ 0x04, 0x20, 0x21, ANY, READS },	/* Get Device SDR Info, Get Device SDR */
	{ 0x04, 0x23, 0x23, ANY, READS },	/* Get Sensor Reading Factors */
	{ 0x04, 0x25, 0x25, ANY, READS },	/* Get Sensor Hysteresis */
	{ 0x04, 0x27, 0x27, ANY, READS },	/* Get Sensor Threshold */
	{ 0x04, 0x29, 0x29, ANY, READS },	/* Get Sensor Event Enable */
	{ 0x04, 0x2b, 0x2b, ANY, READS },	/* Get Sensor Event Status */
	{ 0x04, 0x2d, 0x2d, ANY, READS },	/* Get Sensor Reading */
	{ 0x04, 0x2f, 0x2f, ANY, READS },	/* Get Sensor Type */
	{ 0x06, 0x04, 0x04, ANY, READS },	/* Get Self Test Results */
	{ 0x06, 0x07, 0x0d, ANY, READS },	/* power state, GUID, what is supported */
	{ 0x06, 0x25, 0x25, ANY, READS },	/* Get Watchdog Timer */
	{ 0x06, 0x2f, 0x2f, ANY, READS },	/* Get BMC Global Enables */
	{ 0x06, 0x31, 0x31, ANY, READS },	/* Get Message Flags */
	{ 0x06, 0x37, 0x37, ANY, READS },	/* Get System GUID */
	{ 0x06, 0x41, 0x42, ANY, READS },	/* Get Channel Access, Info */
	{ 0x06, 0x57, 0x57, ANY, READS },	/* Get System Interface Capabilities */
	{ 0x0a, 0x10, 0x11, ANY, READS },	/* Get FRU Info, Read FRU Data */
	{ 0x0a, 0x20, 0x21, ANY, READS },	/* SDR: Info, Allocation */
	{ 0x0a, 0x23, 0x23, ANY, READS },	/* Get SDR */
	{ 0x0a, 0x28, 0x28, ANY, READS },	/* Get SDR Repository Time */
	{ 0x0a, 0x40, 0x41, ANY, READS },	/* SEL: Info, Allocation */
	{ 0x0a, 0x43, 0x43, ANY, READS },	/* Get SEL Entry */
	{ 0x0a, 0x48, 0x48, ANY, READS },	/* Get SEL Time */
	{ 0x0a, 0x5a, 0x5a, ANY, READS },	/* Get Auxiliary Log Status */
	{ 0x0a, 0x5c, 0x5c, ANY, READS },	/* Get SEL Time UTC Offset */
	{ 0x0c, 0x02, 0x02, ANY, READS },	/* Get LAN Configuration Parameters */
	{ 0x2c, 0x01, 0x01, KCS_GROUP_DCMI, READS },	/* Get DCMI Capabilities */
	{ 0x2c, 0x06, 0x07, KCS_GROUP_DCMI, READS },	/* Asset Tag, Sensor Info */
	{ 0x2c, 0x09, 0x09, KCS_GROUP_DCMI, READS },	/* Get MC ID String */
	{ 0x2c, 0x0c, 0x0c, KCS_GROUP_DCMI, READS },	/* Get Thermal Limit */
	{ 0x2c, 0x10, 0x10, KCS_GROUP_DCMI, READS },	/* Get Temperature Readings */
	{ 0x2c, 0x13, 0x13, KCS_GROUP_DCMI, READS },	/* Get DCMI Configuration */
	{ END }
};

static bool row_matches(const struct row *row, u8 netfn, u8 cmd, s16 data)
{
	return row->netfn == netfn && cmd >= row->first && cmd <= row->last &&
	       (row->data == ANY || row->data == data);
}

/**
 * kcs_command_flags() - what is known of a request's command
 * @request: the request, two bytes at least
 *
 * The LUN is not looked at: the commands are those of LUN 0.
 *
 * Return: KCS_COMMAND_* flags, 0 for a command that is not known.
 */
u32 kcs_command_flags(const struct kcs_msg *request)
{
	u8 netfn = request->bytes[0] >> 2, cmd = request->bytes[1];
	s16 data = request->len > KCS_MSG_REQUEST_MIN ?
		   request->bytes[KCS_MSG_REQUEST_MIN] : ANY - 1;
	const struct row *row;

	for (row = rows; row->netfn != END; row++)
		if (row_matches(row, netfn, cmd, data))
			return row->flags;
	return 0;
}
EXPORT_SYMBOL_GPL(kcs_command_flags);
