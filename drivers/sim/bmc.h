/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BMC behind a simulated interface: what ipmitool, FreeIPMI and the AML of
 * power meters ask for. It keeps what it is given. Pure: its owner provides the time.
 */
#ifndef KCS_SIM_BMC_H
#define KCS_SIM_BMC_H

#include <kcs/msg.h>
#include <linux/types.h>

#define SIM_SEL_MAX		64
#define SIM_SEL_RECORD		16
#define SIM_PARAMS_MAX		24
#define SIM_PARAM_SIZE		32
#define SIM_FRU_SIZE		256
#define SIM_SENSORS		6
#define SIM_THRESHOLDS		6
#define SIM_USERS		4
#define SIM_TEXT_MAX		64

/**
 * struct sim_param - a configuration parameter
 * @is_set: it has a value
 * @selector: which
 * @len: bytes in use
 * @bytes: its value
 */
struct sim_param {
	bool is_set;
	u8 selector;
	u8 len;
	u8 bytes[SIM_PARAM_SIZE];
};

/**
 * struct sim_params - configuration parameters of one kind
 * @list: the parameters, those that are set first
 */
struct sim_params {
	struct sim_param list[SIM_PARAMS_MAX];
};

/**
 * struct sim_sel - the system event log
 * @records: its records, the oldest first
 * @count: how many
 * @last_id: the ID of the record added last
 * @reservation: the last reservation
 * @is_reserved: it still holds
 * @has_overflowed: an event was lost because it was full
 * @added_s: when a record was added last
 * @erased_s: when it was erased last
 * @offset_s: its clock is ahead of the BMC's by this
 * @utc_minutes: from UTC to local time
 */
struct sim_sel {
	u8 records[SIM_SEL_MAX][SIM_SEL_RECORD];
	u16 count;
	u16 last_id;
	u16 reservation;
	bool is_reserved;
	bool has_overflowed;
	u32 added_s;
	u32 erased_s;
	u32 offset_s;
	u16 utc_minutes;
};

/**
 * struct sim_watchdog - the watchdog timer
 * @setting: timer use, actions, pre-timeout, flags to clear, count (27.6)
 * @is_set: it was set since the last reset
 * @is_running: it counts down ...
 * @started_ms: ... since then
 * @has_warned: the pre-timeout came in this countdown
 * @expired: a bit for each timer use that expired
 * @expiries: how often it expired
 */
struct sim_watchdog {
	u8 setting[6];
	bool is_set;
	bool is_running;
	u64 started_ms;
	bool has_warned;
	u8 expired;
	u32 expiries;
};

/**
 * struct sim_sensor - what a sensor measures
 * @is_fixed: its reading was set, ...
 * @fixed: ... to this raw value
 * @crossed: thresholds that it is beyond, a bit for each
 * @thresholds: raw, in the order of Get Sensor Thresholds (35.9)
 */
struct sim_sensor {
	bool is_fixed;
	u8 fixed;
	u8 crossed;
	u8 thresholds[SIM_THRESHOLDS];
};

/**
 * struct sim_user - a user of the LAN channel
 * @access: as Get User Access has it (22.27)
 * @is_enabled: may log in
 * @name: padded with zeroes
 * @password: the same
 */
struct sim_user {
	u8 access;
	bool is_enabled;
	u8 name[16];
	u8 password[20];
};

/**
 * struct sim_chassis - the chassis; requests to it are recorded, not executed
 * @policy: power restore policy
 * @cause: system restart cause
 * @identify_s: how long it identifies itself; 255 for ever
 * @controls: how often each Chassis Control was asked for
 */
struct sim_chassis {
	u8 policy;
	u8 cause;
	u8 identify_s;
	u32 controls[6];
};

/**
 * struct sim_text - a string that is read and written in pieces
 * @len: its length
 * @bytes: the string
 */
struct sim_text {
	u8 len;
	u8 bytes[SIM_TEXT_MAX];
};

/**
 * struct sim_dcmi - what DCMI keeps
 * @limit_watts: power limit
 * @limit_active: it is enforced
 * @asset_tag: asset tag
 * @controller_id: management controller identifier string
 * @thermal: for each kind of temperature: exception action, limit, time (2)
 * @config: configuration parameters
 */
struct sim_dcmi {
	u16 limit_watts;
	bool limit_active;
	struct sim_text asset_tag;
	struct sim_text controller_id;
	u8 thermal[3][4];
	struct sim_params config;
};

/**
 * struct sim_bmc - a BMC
 * @watts: the power it measures
 * @now_s: its clock, for the log; the owner keeps it
 * @now_ms: time for the watchdog; sim_bmc_advance() keeps it
 * @enables: global enables (IPMI 2.0 rev 1.1, 22.1)
 * @flags: message flags (22.4): bit 0 receive queue, 1 event buffer, 3 watchdog
 * @message: the receive queue, one message of @message_len bytes
 * @message_len: 0 when it is empty
 * @event: the event message buffer, if @flags says so
 * @receiver: event receiver: slave address and LUN
 * @watchdog: the watchdog timer
 * @info: System Info parameters
 * @lan: LAN configuration parameters
 * @boot: boot options
 * @channel_access: access mode and privilege limit of the LAN channel
 * @users: its users, from number 1
 * @sel: the log
 * @sdr_reservation: the current reservation of the SDR repository
 * @sensors: what each sensor measures
 * @chassis: the chassis
 * @dcmi: DCMI
 * @fru: the FRU inventory
 * @resets: cold and warm resets it was asked for
 * @flag_reads: times its message flags were read
 */
struct sim_bmc {
	u16 watts;
	u32 now_s;
	u64 now_ms;
	u8 enables;
	u8 flags;
	u8 message[64];
	u8 message_len;
	u8 event[SIM_SEL_RECORD];
	u8 receiver[2];
	struct sim_watchdog watchdog;
	struct sim_params info;
	struct sim_params lan;
	struct sim_params boot;
	u8 channel_access[2];
	struct sim_user users[SIM_USERS];
	struct sim_sel sel;
	u16 sdr_reservation;
	struct sim_sensor sensors[SIM_SENSORS];
	struct sim_chassis chassis;
	struct sim_dcmi dcmi;
	u8 fru[SIM_FRU_SIZE];
	u32 resets;
	u32 flag_reads;
};

void sim_bmc_init(struct sim_bmc *bmc, u16 watts);
void sim_bmc_command(void *bmc, const struct kcs_msg *request,
		     struct kcs_msg *reply);
bool sim_bmc_attention(const struct sim_bmc *bmc);
u8 sim_bmc_calls(const struct sim_bmc *bmc);
void sim_bmc_advance(struct sim_bmc *bmc, u64 now_ms);
u64 sim_bmc_next_ms(const struct sim_bmc *bmc);
void sim_sensor_fix(struct sim_bmc *bmc, u8 number, u8 raw);
void sim_sensor_release(struct sim_bmc *bmc, u8 number);

#endif /* KCS_SIM_BMC_H */
