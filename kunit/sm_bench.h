/* SPDX-License-Identifier: GPL-2.0-only */
/* The state machine on a script, a look at Status a microsecond. */
#ifndef KCS_SM_BENCH_H
#define KCS_SM_BENCH_H

#include "../drivers/protocol/sm.h"
#include "script.h"

/**
 * struct sm_bench - the core on a script
 * @script: the BMC
 * @sm: the core
 * @dummy_wait_us: %KCS_SM_DUMMY_WAIT_US, unless a test sets another
 * @request: Get Device ID, unless a test sets another
 * @reply: the reply
 * @visited: a bit for each state entered
 */
struct sm_bench {
	struct script *script;
	struct kcs_sm sm;
	u32 dummy_wait_us;
	struct kcs_msg request;
	struct kcs_msg reply;
	u32 visited;
};

/*
 * A pause counts from the status byte before it, and ends with the status byte
 * after it; a look takes 1 us.
 */
#define PAUSE(v)	STAY(v, KCS_SM_PAUSE_US - 1)

/* The reply to Get Device ID. */
extern const u8 sm_device_id[14];

struct sm_bench *sm_bench_create(struct kunit *test);
void sm_bench_run(struct sm_bench *bench, bool dirty);
void sm_expect_device_id(struct kunit *test, struct sm_bench *bench);
void sm_expect_failure(struct kunit *test, struct sm_bench *bench, int err,
		       bool dirty);

#endif /* KCS_SM_BENCH_H */
