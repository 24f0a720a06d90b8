// SPDX-License-Identifier: GPL-2.0-only
#include "sm_bench.h"

const u8 sm_device_id[] = {
	0x1c, 0x01, 0x00, 0x20, 0x00, 0x00, 0x00, 0x02,
	0x07, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/**
 * sm_bench_create() - the state machine on an empty script
 * @test: the test; owns it
 *
 * Return: the bench.
 */
struct sm_bench *sm_bench_create(struct kunit *test)
{
	struct sm_bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->script = script_create(test);
	bench->dummy_wait_us = KCS_SM_DUMMY_WAIT_US;
	KUNIT_ASSERT_EQ(test, kcs_msg_request(&bench->request, 0x06, 0x01,
					      NULL, 0), 0);
	return bench;
}

static void act(struct script *script, struct kcs_action action)
{
	if (action.kind == KCS_ACTION_WRITE_DATA)
		script->io.ops->write(&script->io, KCS_REG_DATA, action.value);
	else if (action.kind == KCS_ACTION_WRITE_CMD)
		script->io.ops->write(&script->io, KCS_REG_CMD, action.value);
}

/**
 * sm_bench_run() - send the request
 * @bench: the bench
 * @dirty: begin with the error exit
 */
void sm_bench_run(struct sm_bench *bench, bool dirty)
{
	struct script *script = bench->script;
	struct kcs_sm *sm = &bench->sm;
	struct kcs_action action;
	u32 waited_us = 0;

	kcs_sm_begin(sm, &bench->request, &bench->reply, dirty);
	sm->dummy_wait_us = bench->dummy_wait_us;
	bench->visited |= BIT(sm->state);
	while (sm->state != KCS_SM_END && !script->off) {
		u8 status = script->io.ops->read(&script->io, KCS_REG_STATUS);
		bool waits;

		action = kcs_sm_status(sm, status, waited_us);
		bench->visited |= BIT(sm->state);
		waits = action.kind == KCS_ACTION_WAIT;
		if (action.kind == KCS_ACTION_READ_DATA) {
			u8 byte = script->io.ops->read(&script->io, KCS_REG_DATA);

			action = kcs_sm_data(sm, byte);
		}
		bench->visited |= BIT(sm->state);
		act(script, action);
		script->now_us++;
		waited_us = waits ? waited_us + 1 : action.kind == KCS_ACTION_WAIT;
	}
	script_expect_done(script);
}

/**
 * sm_expect_device_id() - fail the test unless the reply arrived
 * @test: the test
 * @bench: the bench
 */
void sm_expect_device_id(struct kunit *test, struct sm_bench *bench)
{
	KUNIT_EXPECT_EQ(test, bench->sm.result, 0);
	KUNIT_ASSERT_EQ(test, (size_t)bench->reply.len, sizeof(sm_device_id));
	KUNIT_EXPECT_EQ(test, 0, memcmp(bench->reply.bytes, sm_device_id,
					sizeof(sm_device_id)));
}

/**
 * sm_expect_failure() - fail the test unless the message failed
 * @test: the test
 * @bench: the bench
 * @err: how
 * @dirty: the next message begins with the error exit
 */
void sm_expect_failure(struct kunit *test, struct sm_bench *bench, int err,
		       bool dirty)
{
	KUNIT_EXPECT_EQ(test, bench->sm.result, err);
	KUNIT_EXPECT_EQ(test, bench->sm.dirty, dirty);
}
