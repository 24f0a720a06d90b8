/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A BMC that follows a script to the letter: each register access must be the
 * next one written down, or the test fails. Time is virtual and passes in sleeps.
 */
#ifndef KCS_SCRIPT_H
#define KCS_SCRIPT_H

#include <kcs/clock.h>
#include <kcs/io.h>
#include <kcs/msg.h>
#include <kunit/test.h>

/**
 * enum script_kind - what the host is expected to do next
 * @SCRIPT_STATUS: read Status
 * @SCRIPT_STAY: read Status for a while
 * @SCRIPT_DATA: read Data_Out
 * @SCRIPT_WRITE_CMD: write Command
 * @SCRIPT_WRITE_DATA: write Data_In
 */
enum script_kind {
	SCRIPT_STATUS,
	SCRIPT_STAY,
	SCRIPT_DATA,
	SCRIPT_WRITE_CMD,
	SCRIPT_WRITE_DATA,
};

/**
 * struct script_step - one expected access
 * @kind: which
 * @value: what is read, or must be written
 * @us: how long a status byte stays
 */
struct script_step {
	enum script_kind kind;
	u8 value;
	u32 us;
};

#define S(v)		{ SCRIPT_STATUS, v }
#define STAY(v, us)	{ SCRIPT_STAY, v, us }
#define D(v)		{ SCRIPT_DATA, v }
#define C(v)		{ SCRIPT_WRITE_CMD, v }
#define W(v)		{ SCRIPT_WRITE_DATA, v }

/* Nothing but this status byte, to the end of the test. */
#define FOR_EVER(v)	STAY(v, U32_MAX)

#define SCRIPT_STEPS_MAX	8192

/**
 * struct script - the BMC, its registers and its time
 * @io: the registers
 * @clock: the time
 * @test: fails when the host leaves the script
 * @steps: the script
 * @count: steps in it
 * @at: the step that is next
 * @now_us: the time
 * @frozen: time stands still
 * @naps: sleeps
 * @clock_reads: how often the time was asked for
 * @stay_us: when the current SCRIPT_STAY began, or 0
 * @off: the host left the script; reported once
 */
struct script {
	struct kcs_io io;
	struct kcs_clock clock;
	struct kunit *test;
	struct script_step *steps;
	size_t count;
	size_t at;
	u64 now_us;
	bool frozen;
	u32 naps;
	u32 clock_reads;
	u64 stay_us;
	bool off;
};

struct script *script_create(struct kunit *test);
void script_add(struct script *script, const struct script_step *steps,
		size_t count);
void script_add_request(struct script *script, const struct kcs_msg *msg);
void script_add_reply(struct script *script, const u8 *bytes, size_t len);
void script_add_exchange(struct script *script, const struct kcs_msg *msg,
			 const u8 *reply, size_t len);
void script_add_abort(struct script *script, u8 code);
void script_expect_done(struct script *script);

#define SCRIPT(script, ...)						\
	script_add(script, (const struct script_step[]){ __VA_ARGS__ },	\
		   ARRAY_SIZE(((const struct script_step[]){ __VA_ARGS__ })))

#endif /* KCS_SCRIPT_H */
