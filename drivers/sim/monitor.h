/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches the host's register accesses for breaches of the protocol, as far as
 * a BMC, or a reviewer beside it, can see them. Pure.
 */
#ifndef KCS_SIM_MONITOR_H
#define KCS_SIM_MONITOR_H

#include <kcs/regs.h>
#include <linux/types.h>

/**
 * enum sim_rule - what a host must not do
 * @SIM_RULE_BUSY: write without having seen IBF=0 since its last write
 * @SIM_RULE_EMPTY: read Data_Out without having seen OBF=1 since its last read
 * @SIM_RULE_IDLE_READ: write READ after IDLE was shown
 * @SIM_RULE_IDLE_DATA: write any other data byte in IDLE
 * @SIM_RULE_CODE: write a control code that does not exist
 * @SIM_RULE_ORDER: write WRITE_END or data where the protocol has no place for it
 * @SIM_RULE_REPEAT: send a request again that the BMC has all of, in one transfer
 * @SIM_RULE_HASTE: try the error exit again at once
 * @SIM_RULE_SPIN: look at Status without end and without a rest
 * @SIM_RULES: how many rules there are
 */
enum sim_rule {
	SIM_RULE_BUSY,
	SIM_RULE_EMPTY,
	SIM_RULE_IDLE_READ,
	SIM_RULE_IDLE_DATA,
	SIM_RULE_CODE,
	SIM_RULE_ORDER,
	SIM_RULE_REPEAT,
	SIM_RULE_HASTE,
	SIM_RULE_SPIN,
	SIM_RULES,
};

/* Between two tries of the error exit, at least. */
#define SIM_MONITOR_REST_US	1000

/* Looks at an unchanged Status within one millisecond, at most. */
#define SIM_MONITOR_LOOKS_MAX	2000

/**
 * enum sim_monitor_phase - where in a message the host is
 * @SIM_MONITOR_OUT: nowhere
 * @SIM_MONITOR_DATA: after WRITE_START
 * @SIM_MONITOR_LAST: after WRITE_END
 * @SIM_MONITOR_SENT: after the last byte
 * @SIM_MONITOR_ABORT: after ABORT
 * @SIM_MONITOR_ABORT_READ: after the 00h byte of the error exit
 */
enum sim_monitor_phase {
	SIM_MONITOR_OUT,
	SIM_MONITOR_DATA,
	SIM_MONITOR_LAST,
	SIM_MONITOR_SENT,
	SIM_MONITOR_ABORT,
	SIM_MONITOR_ABORT_READ,
};

/**
 * struct sim_monitor - one host, watched
 * @breaches: how often each rule was broken
 */
struct sim_monitor {
	u32 breaches[SIM_RULES];

	/* private: */
	enum sim_monitor_phase phase;
	u8 status;
	bool fresh;	/* a status byte was read since the last write */
	bool full;	/* the last status byte had OBF, and it was not read yet */
	bool told;	/* sim_monitor_transfer() is called for each request */
	bool received;	/* the request of this transfer went out to its last byte */
	bool aborted;
	u64 abort_us;
	u32 looks;
	u64 looks_us;
};

void sim_monitor_transfer(struct sim_monitor *monitor);
void sim_monitor_read(struct sim_monitor *monitor, enum kcs_reg reg, u8 value,
		      u64 now_us);
void sim_monitor_write(struct sim_monitor *monitor, enum kcs_reg reg, u8 value,
		       u64 now_us);
u32 sim_monitor_total(const struct sim_monitor *monitor);
const char *sim_monitor_rule(enum sim_rule rule);

#endif /* KCS_SIM_MONITOR_H */
