/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KCS registers, bits and codes (IPMI 2.0 rev 1.1, chapter 9), and the
 * what <linux/ipmi_msgdefs.h> does not name. No functions with state, no types of
 * the kernel beyond integers: every layer may include this.
 */
#ifndef KCS_REGS_H
#define KCS_REGS_H

#include <linux/bits.h>
#include <linux/ipmi_msgdefs.h>
#include <linux/types.h>

/**
 * enum kcs_reg - the two register addresses of a KCS interface (table 9-1)
 * @KCS_REG_DATA: Data_In when written, Data_Out when read; reading clears OBF
 * @KCS_REG_CMD: Command, for writing
 * @KCS_REG_STATUS: Status, for reading, at the same address
 */
enum kcs_reg {
	KCS_REG_DATA = 0,
	KCS_REG_CMD = 1,
	KCS_REG_STATUS = 1,
};

/* Status register (table 9-2) */
#define KCS_STATUS_OBF		BIT(0)	/* a byte waits in Data_Out */
#define KCS_STATUS_IBF		BIT(1)	/* the BMC has not read our last write */
#define KCS_STATUS_SMS_ATN	BIT(2)	/* the BMC has a message or an event */
#define KCS_STATUS_CD		BIT(3)	/* our last write went to Command */
#define KCS_STATUS_OEM1		BIT(4)
#define KCS_STATUS_OEM2		BIT(5)
#define KCS_STATUS_STATE	GENMASK(7, 6)

/**
 * enum kcs_state - what the BMC says it is doing: bits S1 and S0 (table 9-3)
 * @KCS_STATE_IDLE: no transfer
 * @KCS_STATE_READ: the BMC hands over a reply, or works on one
 * @KCS_STATE_WRITE: the BMC takes in a request
 * @KCS_STATE_ERROR: the BMC lost track, or was just reset
 *
 * Valid only when IBF=0 in the same status byte: a BMC changes its state while
 * IBF is still 1.
 */
enum kcs_state {
	KCS_STATE_IDLE = 0,
	KCS_STATE_READ = 1,
	KCS_STATE_WRITE = 2,
	KCS_STATE_ERROR = 3,
};

/**
 * kcs_status_state() - the state bits of a status byte
 * @status: the status byte
 *
 * Context: any.
 * Return: the state, which means something only when @status has IBF=0.
 */
static inline enum kcs_state kcs_status_state(u8 status)
{
	return status >> 6;
}

/* What both registers read where nothing responds at their addresses */
#define KCS_FLOATING		0xff

/* Control codes (table 9-4). READ goes to Data_In, the others to Command. */
#define KCS_CTRL_ABORT		0x60	/* GET_STATUS / ABORT */
#define KCS_CTRL_WRITE_START	0x61
#define KCS_CTRL_WRITE_END	0x62
#define KCS_CTRL_READ		0x68

/* Interface status codes, read in the error exit (table 9-5) */
#define KCS_ERROR_NONE		0x00
#define KCS_ERROR_ABORTED	0x01
#define KCS_ERROR_CONTROL	0x02
#define KCS_ERROR_LENGTH	0x06
#define KCS_ERROR_UNSPECIFIED	0xff

/* Completion codes (table 5-2) that <linux/ipmi_msgdefs.h> does not name */
#define KCS_CC_TOO_MUCH		0xca	/* cannot return that many bytes */
#define KCS_CC_PRIVILEGE	0xd4	/* refused by privilege or by the BMC's policy */

/* Groups of NetFn 2Ch; the first data byte says which */
#define KCS_NETFN_GROUP		0x2c
#define KCS_GROUP_PICMG		0x00
#define KCS_GROUP_DCMI		0xdc

/* NetFn App; <linux/ipmi_msgdefs.h> does not name it (20.4) */
#define KCS_CMD_GET_SELF_TEST	0x04

#endif /* KCS_REGS_H */
