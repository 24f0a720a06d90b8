/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BMC side of a KCS interface, behaving like one of several BMCs and, when
 * so configured, misbehaving. Pure: it is given each register access and the time.
 */
#ifndef KCS_SIM_KCS_H
#define KCS_SIM_KCS_H

#include "daemon.h"
#include "fault.h"

#include <kcs/msg.h>
#include <kcs/regs.h>
#include <linux/types.h>

/* Largest message the simulated BMC can hold, more than any host may send. */
#define SIM_KCS_BUFFER		2048

/**
 * enum sim_choice - how a BMC meets a situation that BMCs meet differently
 * @SIM_SPEC: as the specification says, or as most do where it is silent
 * @SIM_NEVER: not at all
 * @SIM_ALWAYS: always
 * @SIM_ERROR: by ERROR, with a byte in Data_Out
 * @SIM_ERROR_BARE: by ERROR, without one
 * @SIM_READ: by READ
 * @SIM_IBF: by IBF=1
 * @SIM_LOST: by dropping what came
 * @SIM_STALE: by answering what it was asked before
 * @SIM_ABORT: as an ABORT
 */
enum sim_choice {
	SIM_SPEC,
	SIM_NEVER,
	SIM_ALWAYS,
	SIM_ERROR,
	SIM_ERROR_BARE,
	SIM_READ,
	SIM_IBF,
	SIM_LOST,
	SIM_STALE,
	SIM_ABORT,
};

/**
 * struct sim_personality - one BMC's ways
 * @name: as it is chosen
 * @ibf: SIM_NEVER: a write is taken within the bus cycle; SIM_SPEC: later
 * @dummy: a dummy byte for each write taken: SIM_ALWAYS or SIM_NEVER
 * @think: what shows while it works: SIM_IBF (82h), SIM_READ (40h), or
 *	SIM_NEVER: it does not take time
 * @late_obf: in the read phase OBF rises only after IBF fell
 * @restart: WRITE_START in mid-transfer: SIM_SPEC (starts over) or SIM_ERROR
 * @busy_write: a write with IBF=1: SIM_SPEC (overwrites) or SIM_LOST
 * @abort: state after ABORT: SIM_SPEC (WRITE), SIM_ERROR_BARE, or SIM_READ,
 *	where bytes 00h and FFh follow
 * @abort_code: interface status code an ABORT gives
 * @abort_keeps_error: unless there was an error before, whose code it gives
 * @abort_drops_reply: after an ABORT while it works, the reply to the message
 *	that follows never comes
 * @illegal: an unknown control code: SIM_ERROR, SIM_ERROR_BARE or SIM_ABORT
 * @short_request: one byte: SIM_SPEC (length error), SIM_STALE or SIM_ERROR
 * @idle_data: a data byte in IDLE: SIM_LOST or SIM_ERROR
 * @request_max: longer ones meet @too_long
 * @too_long: SIM_SPEC (length error), or a completion code, C6h
 * @reply_max: longer ones become completion code CAh
 * @cd: the C/D bit is kept
 * @start: the state after power-on
 */
struct sim_personality {
	const char *name;
	enum sim_choice ibf;
	enum sim_choice dummy;
	enum sim_choice think;
	bool late_obf;
	enum sim_choice restart;
	enum sim_choice busy_write;
	enum sim_choice abort;
	u8 abort_code;
	bool abort_keeps_error;
	bool abort_drops_reply;
	enum sim_choice illegal;
	enum sim_choice short_request;
	enum sim_choice idle_data;
	u16 request_max;
	u8 too_long;
	u16 reply_max;
	bool cd;
	enum kcs_state start;
};

/* Ends with one without a name. */
extern const struct sim_personality sim_personalities[];

/* No time of a BMC is set to more than a minute, longer than any deadline. */
#define SIM_DELAY_MAX_US	60000000

/**
 * struct sim_delay - a time, drawn evenly between two
 * @min_us: at least
 * @max_us: at most, and at most %SIM_DELAY_MAX_US
 */
struct sim_delay {
	u32 min_us;
	u32 max_us;
};

/**
 * typedef sim_command - answer a request
 * @bmc: the BMC behind the interface
 * @request: NetFn/LUN, command, data
 * @reply: filled with NetFn/LUN, command, completion code, data
 */
typedef void (*sim_command)(void *bmc, const struct kcs_msg *request,
			    struct kcs_msg *reply);

/**
 * enum sim_phase - what the BMC expects next
 * @SIM_IDLE: WRITE_START
 * @SIM_WRITE: a request byte, or WRITE_END
 * @SIM_LAST: the last request byte
 * @SIM_THINK: its own answer
 * @SIM_REPLY: READ
 * @SIM_ABORTED: the 00h byte of an error exit
 * @SIM_CODE: READ, after the interface status code
 * @SIM_FAILED: ABORT
 */
enum sim_phase {
	SIM_IDLE,
	SIM_WRITE,
	SIM_LAST,
	SIM_THINK,
	SIM_REPLY,
	SIM_ABORTED,
	SIM_CODE,
	SIM_FAILED,
};

/**
 * struct sim_kcs - the BMC side of one interface
 * @personality: its ways; may be changed between messages
 * @byte: time it takes to take a write
 * @think: time it takes to answer a request
 * @trouble: what goes wrong; set it with sim_fault_set()
 * @command: who answers requests
 * @bmc: passed to @command
 * @attention: SMS_ATN, as the BMC wants it
 * @interrupts: the BMC may raise interrupts
 * @commands: requests answered
 */
struct sim_kcs {
	const struct sim_personality *personality;
	struct sim_delay byte;
	struct sim_delay think;
	struct sim_trouble trouble;
	sim_command command;
	void *bmc;
	bool attention;
	bool interrupts;
	u32 commands;

	/* private: */
	enum sim_phase phase;
	enum kcs_state state;
	bool ibf, obf, cd;
	u8 data_in, data_out, error_code;
	bool in_cmd;
	bool taking;		/* data_in waits to be taken ... */
	u64 take_us;		/* ... at this time */
	bool offering;		/* next_out waits to be offered ... */
	u64 offer_us;		/* ... at this time */
	u8 next_out;
	u64 think_us;		/* SIM_THINK ends, unless the daemon is behind */
	struct sim_daemon daemon;
	struct kcs_msg late;	/* what the daemon answers */
	bool drop_reply;
	u16 handshake;
	u32 random;
	u16 rx_len, tx_len, tx_pos;
	struct kcs_msg request;
	struct kcs_msg reply;
	u8 tx[SIM_KCS_BUFFER];
};

void sim_kcs_init(struct sim_kcs *kcs, const struct sim_personality *personality,
		  sim_command command, void *bmc, u32 seed);
u8 sim_kcs_read(struct sim_kcs *kcs, enum kcs_reg reg, u64 now_us);
void sim_kcs_write(struct sim_kcs *kcs, enum kcs_reg reg, u8 value, u64 now_us);
void sim_kcs_call(struct sim_kcs *kcs);
bool sim_kcs_irq(struct sim_kcs *kcs, u64 now_us);
u64 sim_kcs_next_us(const struct sim_kcs *kcs);
u32 sim_delay_draw(const struct sim_delay *delay, u32 *random);
const struct sim_personality *sim_kcs_personality(const char *name);

#endif /* KCS_SIM_KCS_H */
