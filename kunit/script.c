// SPDX-License-Identifier: GPL-2.0-only
#include "script.h"

#include <linux/sched.h>

#define IBF	KCS_STATUS_IBF

static void leave_script(struct script *script, const char *what, u8 value)
{
	const struct script_step *step = &script->steps[script->at];

	if (script->off)
		return;
	script->off = true;
	if (script->at < script->count)
		KUNIT_FAIL(script->test,
			   "step %zu: host %s 0x%02x, expected kind %d value 0x%02x",
			   script->at, what, value, step->kind, step->value);
	else
		KUNIT_FAIL(script->test, "host %s 0x%02x after the script ended",
			   what, value);
}

static const struct script_step *next(struct script *script,
				      enum script_kind kind)
{
	struct script_step *step = &script->steps[script->at];

	if (script->off || script->at >= script->count || step->kind != kind)
		return NULL;
	script->at++;
	return step;
}

/* A SCRIPT_STAY whose time is over gives way to the step after it. */
static const struct script_step *staying(struct script *script)
{
	struct script_step *step = &script->steps[script->at];

	if (script->at >= script->count || step->kind != SCRIPT_STAY)
		return NULL;
	if (!script->stay_us)
		script->stay_us = script->now_us;
	if (step->us == U32_MAX || script->now_us - script->stay_us < step->us)
		return step;
	script->stay_us = 0;
	script->at++;
	return NULL;
}

static u8 script_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct script *script = container_of(io, struct script, io);
	const struct script_step *step;

	if (reg == KCS_REG_STATUS) {
		step = staying(script) ?: next(script, SCRIPT_STATUS);
		if (step)
			return step->value;
		leave_script(script, "reads status", 0);
		return IBF;
	}
	step = next(script, SCRIPT_DATA);
	if (step)
		return step->value;
	leave_script(script, "reads data", 0);
	return 0xff;
}

static void script_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct script *script = container_of(io, struct script, io);
	const struct script_step *step;

	step = next(script, reg == KCS_REG_CMD ? SCRIPT_WRITE_CMD :
						 SCRIPT_WRITE_DATA);
	if (!step || step->value != value)
		leave_script(script, reg == KCS_REG_CMD ? "writes command" :
							  "writes data", value);
}

static const struct kcs_io_ops script_io_ops = {
	.read = script_read,
	.write = script_write,
};

/* A submitter reads it while the engine lets it pass. */
static u64 script_now_us(struct kcs_clock *clock)
{
	struct script *script = container_of(clock, struct script, clock);

	script->clock_reads++;
	return READ_ONCE(script->now_us);
}

static void script_pass(struct script *script, u32 us)
{
	if (READ_ONCE(script->frozen))
		cond_resched();
	else
		WRITE_ONCE(script->now_us, script->now_us + us);
}

static void script_relax(struct kcs_clock *clock)
{
	script_pass(container_of(clock, struct script, clock), 1);
}

static void script_sleep_us(struct kcs_clock *clock, struct kcs_wake *wake, u32 us)
{
	struct script *script = container_of(clock, struct script, clock);

	script->naps++;
	script_pass(script, us);
}

static const struct kcs_clock_ops script_clock_ops = {
	.now_us = script_now_us,
	.relax = script_relax,
	.sleep_us = script_sleep_us,
};

/**
 * script_create() - a BMC with an empty script
 * @test: the test; owns the BMC
 *
 * Return: the BMC.
 */
struct script *script_create(struct kunit *test)
{
	struct script *script = kunit_kzalloc(test, sizeof(*script), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, script);
	script->steps = kunit_kcalloc(test, SCRIPT_STEPS_MAX + 1,
				      sizeof(*script->steps), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, script->steps);
	script->io.ops = &script_io_ops;
	script->clock.ops = &script_clock_ops;
	script->test = test;
	script->now_us = 1;
	return script;
}

/**
 * script_add() - add steps at the end; use SCRIPT()
 * @script: the BMC
 * @steps: what to add
 * @count: how many
 */
void script_add(struct script *script, const struct script_step *steps,
		size_t count)
{
	KUNIT_ASSERT_LE(script->test, script->count + count,
			(size_t)SCRIPT_STEPS_MAX);
	memcpy(&script->steps[script->count], steps, count * sizeof(*steps));
	script->count += count;
}

/**
 * script_add_request() - expect a request, taken without dummy bytes
 * @script: the BMC
 * @msg: the request
 */
void script_add_request(struct script *script, const struct kcs_msg *msg)
{
	u16 i;

	SCRIPT(script, S(0x00), C(0x61));
	for (i = 0; i < msg->len - 1; i++)
		SCRIPT(script, S(0x80), W(msg->bytes[i]));
	SCRIPT(script, S(0x80), C(0x62), S(0x80), W(msg->bytes[i]));
}

/**
 * script_add_reply() - give a reply, with its last dummy byte
 * @script: the BMC
 * @bytes: the reply
 * @len: how many bytes
 */
void script_add_reply(struct script *script, const u8 *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		SCRIPT(script, S(0x41), D(bytes[i]), W(0x68));
	SCRIPT(script, S(0x01), D(0x00));
}

/**
 * script_add_exchange() - expect a request and give a reply
 * @script: the BMC
 * @msg: the request
 * @reply: the reply
 * @len: how many bytes
 */
void script_add_exchange(struct script *script, const struct kcs_msg *msg,
			 const u8 *reply, size_t len)
{
	script_add_request(script, msg);
	script_add_reply(script, reply, len);
}

/**
 * script_add_abort() - expect an error exit from its ABORT on, the way of the
 * specification
 * @script: the BMC
 * @code: the interface status code it gives
 */
void script_add_abort(struct script *script, u8 code)
{
	SCRIPT(script, C(0x60), S(0x80), W(0x00), S(0x41), D(code), W(0x68),
	       S(0x01), D(0x00));
}

/**
 * script_expect_done() - fail the test unless the script was played to its end
 * @script: the BMC
 */
void script_expect_done(struct script *script)
{
	KUNIT_EXPECT_FALSE(script->test, script->off);
	KUNIT_EXPECT_EQ(script->test, script->at, script->count);
}
