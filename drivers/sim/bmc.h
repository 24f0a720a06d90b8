/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BMC behind a simulated interface: what ipmitool and the AML of power
 * meters ask for. It keeps what it is told. Pure.
 */
#ifndef KCS_SIM_BMC_H
#define KCS_SIM_BMC_H

#include <kcs/msg.h>
#include <linux/types.h>

#define SIM_SEL_MAX		64
#define SIM_SEL_RECORD		16
#define SIM_INFO_MAX		16
#define SIM_INFO_SIZE		32
#define SIM_FRU_SIZE		256
#define SIM_SENSORS		4

/**
 * struct sim_info - a System Info parameter
 * @selector: which, 0 for none
 * @len: bytes in use
 * @bytes: its value
 */
struct sim_info {
	u8 selector;
	u8 len;
	u8 bytes[SIM_INFO_SIZE];
};

/**
 * struct sim_bmc - a BMC
 * @watts: the power it measures
 * @now_s: its clock, for the log; the owner keeps it
 * @enables: global enables (IPMI 2.0 rev 1.1, 22.1)
 * @flags: message flags (22.4): bit 0 receive queue, 1 event buffer, 3 watchdog
 * @message: the receive queue, one message of @message_len bytes
 * @message_len: 0 when it is empty
 * @event: the event message buffer, if @flags says so
 * @watchdog: timer use, actions, pre-timeout, flags, count (27.6)
 * @watchdog_set: it was ever set
 * @info: System Info parameters
 * @sel: the log
 * @sel_count: records in it
 * @sel_reservation: the current reservation
 * @limit_watts: power limit
 * @limit_active: it is enforced
 * @fru: the FRU inventory
 * @readings: raw sensor readings
 * @resets: cold and warm resets it was asked for
 * @flag_reads: times its message flags were read
 */
struct sim_bmc {
	u16 watts;
	u32 now_s;
	u8 enables;
	u8 flags;
	u8 message[64];
	u8 message_len;
	u8 event[16];
	u8 watchdog[6];
	bool watchdog_set;
	struct sim_info info[SIM_INFO_MAX];
	u8 sel[SIM_SEL_MAX][SIM_SEL_RECORD];
	u16 sel_count;
	u16 sel_reservation;
	u16 limit_watts;
	bool limit_active;
	u8 fru[SIM_FRU_SIZE];
	u8 readings[SIM_SENSORS];
	u32 resets;
	u32 flag_reads;
};

void sim_bmc_init(struct sim_bmc *bmc, u16 watts);
void sim_bmc_command(void *bmc, const struct kcs_msg *request,
		     struct kcs_msg *reply);
bool sim_bmc_attention(const struct sim_bmc *bmc);

#endif /* KCS_SIM_BMC_H */
