// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breaches of the KCS protocol by the host. It is judged by what it has seen:
 * the last status byte it read, not what the BMC knows.
 */
#include "monitor.h"

static void breach(struct sim_monitor *monitor, enum sim_rule rule)
{
	monitor->breaches[rule]++;
}

/**
 * sim_monitor_transfer() - the host begins with another request
 * @monitor: the monitor
 *
 * Registers do not show where one request ends and the next begins: unless it
 * is told so, the monitor takes no repetition for a breach.
 *
 * Context: any; the caller serialises.
 */
void sim_monitor_transfer(struct sim_monitor *monitor)
{
	monitor->told = true;
	monitor->received = false;
	monitor->aborted = false;
}

static void look(struct sim_monitor *monitor, u8 status, u64 now_us)
{
	bool changed = status != monitor->status || !monitor->fresh;

	if (changed || now_us - monitor->looks_us > 1000) {
		monitor->looks = 0;
		monitor->looks_us = now_us;
	}
	if (++monitor->looks == SIM_MONITOR_LOOKS_MAX)
		breach(monitor, SIM_RULE_SPIN);
	monitor->status = status;
	monitor->fresh = true;
	monitor->full = status & KCS_STATUS_OBF && !(status & KCS_STATUS_IBF);
}

/**
 * sim_monitor_read() - the host read a register
 * @monitor: the monitor
 * @reg: which
 * @value: what it read
 * @now_us: when
 *
 * Context: any; the caller serialises.
 */
void sim_monitor_read(struct sim_monitor *monitor, enum kcs_reg reg, u8 value,
		      u64 now_us)
{
	if (reg == KCS_REG_STATUS) {
		look(monitor, value, now_us);
		return;
	}
	if (!monitor->full)
		breach(monitor, SIM_RULE_EMPTY);
	monitor->full = false;
}

static void write_command(struct sim_monitor *monitor, u8 code, u64 now_us)
{
	switch (code) {
	case KCS_CTRL_WRITE_START:
		monitor->aborted = false;
		monitor->phase = SIM_MONITOR_DATA;
		break;
	case KCS_CTRL_WRITE_END:
		if (monitor->phase != SIM_MONITOR_DATA)
			breach(monitor, SIM_RULE_ORDER);
		monitor->phase = SIM_MONITOR_LAST;
		break;
	case KCS_CTRL_ABORT:
		if (monitor->aborted &&
		    now_us - monitor->abort_us < SIM_MONITOR_REST_US)
			breach(monitor, SIM_RULE_HASTE);
		monitor->aborted = true;
		monitor->abort_us = now_us;
		monitor->phase = SIM_MONITOR_ABORT;
		break;
	default:
		breach(monitor, SIM_RULE_CODE);
	}
}

static void write_data(struct sim_monitor *monitor, u8 value)
{
	bool idle = kcs_status_state(monitor->status) == KCS_STATE_IDLE;

	switch (monitor->phase) {
	case SIM_MONITOR_DATA:
		break;
	case SIM_MONITOR_LAST:
		if (monitor->told && monitor->received)
			breach(monitor, SIM_RULE_REPEAT);
		monitor->received = true;
		monitor->phase = SIM_MONITOR_SENT;
		break;
	case SIM_MONITOR_ABORT:
		if (value)
			breach(monitor, SIM_RULE_ORDER);
		monitor->phase = SIM_MONITOR_ABORT_READ;
		break;
	case SIM_MONITOR_SENT:
	case SIM_MONITOR_ABORT_READ:
		if (value != KCS_CTRL_READ)
			breach(monitor, SIM_RULE_ORDER);
		else if (idle)
			breach(monitor, SIM_RULE_IDLE_READ);
		break;
	default:
		breach(monitor, value == KCS_CTRL_READ ? SIM_RULE_IDLE_READ :
							 SIM_RULE_IDLE_DATA);
	}
}

/**
 * sim_monitor_write() - the host writes a register
 * @monitor: the monitor
 * @reg: which
 * @value: what it writes
 * @now_us: when
 *
 * Context: any; the caller serialises.
 */
void sim_monitor_write(struct sim_monitor *monitor, enum kcs_reg reg, u8 value,
		       u64 now_us)
{
	if (!monitor->fresh || monitor->status & KCS_STATUS_IBF)
		breach(monitor, SIM_RULE_BUSY);
	if (reg == KCS_REG_CMD)
		write_command(monitor, value, now_us);
	else
		write_data(monitor, value);
	monitor->fresh = false;
}

/**
 * sim_monitor_total() - all breaches
 * @monitor: the monitor
 *
 * Context: any; the caller serialises.
 * Return: how many there were.
 */
u32 sim_monitor_total(const struct sim_monitor *monitor)
{
	u32 total = 0;
	int rule;

	for (rule = 0; rule < SIM_RULES; rule++)
		total += monitor->breaches[rule];
	return total;
}

/**
 * sim_monitor_rule() - a rule in words
 * @rule: the rule
 *
 * Context: any.
 * Return: a constant string, NULL for what is not a rule.
 */
const char *sim_monitor_rule(enum sim_rule rule)
{
	static const char * const names[SIM_RULES] = {
		[SIM_RULE_BUSY] = "write without IBF=0 seen",
		[SIM_RULE_EMPTY] = "Data_Out read without OBF=1 seen",
		[SIM_RULE_IDLE_READ] = "READ written after IDLE",
		[SIM_RULE_IDLE_DATA] = "data written outside a message",
		[SIM_RULE_CODE] = "unknown control code",
		[SIM_RULE_ORDER] = "byte out of order",
		[SIM_RULE_REPEAT] = "received request sent again",
		[SIM_RULE_HASTE] = "error exit repeated without a rest",
		[SIM_RULE_SPIN] = "Status polled without a rest",
	};

	return rule < SIM_RULES ? names[rule] : NULL;
}
