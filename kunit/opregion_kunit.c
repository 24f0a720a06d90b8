// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any call that AML can make, and any reply of a BMC to it. The calls go in where
 * those of ACPICA do; they reach a simulated BMC by the admin's map, which
 * scripts/kunit gives: kcs_opregion.map=_SB.PCI0=kcs_engine.
 *
 * Left out, for the time they take and not for what they do: resets of the BMC,
 * and the completion codes that have a command repeated.
 */
#include "../drivers/opregion/space_handler.h"
#include "../drivers/opregion/codec.h"
#include "engine.h"

#include <kunit/test.h>
#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#define CALLS_IN_A_CASE	20000

static uint random_calls = CALLS_IN_A_CASE;
module_param(random_calls, uint, 0444);
MODULE_PARM_DESC(random_calls, "how many, in cases of 20000");

static uint random_first = 1;
module_param(random_first, uint, 0444);
MODULE_PARM_DESC(random_first, "case to begin with: its number is its seed");

/**
 * struct call - a random call, and what the BMC said to it
 * @random: the dice
 * @is_write: it is a write
 * @address: NetFn and command
 * @sent: AML's buffer
 * @asked: the BMC was asked
 * @told: what it said
 * @answered: calls that got an answer, so far
 * @failed: and those that did not
 */
static struct call {
	struct rnd_state random;
	bool is_write;
	u64 address;
	u8 sent[KCS_CODEC_BUFFER_SIZE];
	bool asked;
	struct kcs_msg told;
	u32 answered, failed;
} call;

static u32 below(u32 limit)
{
	return prandom_u32_state(&call.random) % limit;
}

static bool one_in(u32 count)
{
	return !below(count);
}

/* Mostly short: each byte takes its time. */
static u32 size(u32 longest)
{
	return below((one_in(4) ? longest : 8) + 1);
}

static bool is_probe(const struct kcs_msg *request)
{
	return request->len == 2 && request->bytes[0] == 0x18 &&
	       (request->bytes[1] == 0x01 || request->bytes[1] == 0x04);
}

static u8 random_code(void)
{
	u8 code = one_in(2) ? 0 : below(256);

	return code == 0xc0 || code == 0xd1 || code == 0xd2 ? 0xcb : code;
}

/* The BMC: any reply, mostly to what was asked; but a probe gets the right one. */
static void tell_anything(void *bmc, const struct kcs_msg *request,
			  struct kcs_msg *reply)
{
	sim_bmc_command(bmc, request, reply);
	if (is_probe(request))
		return;
	prandom_bytes_state(&call.random, &reply->bytes[3], KCS_MSG_MAX - 3);
	reply->bytes[2] = random_code();
	reply->len = 3 + size(one_in(40) ? KCS_MSG_MAX - 3 : 66);
	if (one_in(100))
		reply->bytes[below(2)] ^= 1 << below(8);
	if (one_in(100))
		reply->len = below(4);
	call.asked = true;
	call.told = *reply;
}

static void draw(void)
{
	call.is_write = !one_in(4);
	call.address = below(0x40) << 8 | below(256);
	if (one_in(4))
		call.address = (u64)prandom_u32_state(&call.random) << below(33);
	else if (!one_in(3))
		call.address &= ~0x100ull;
	if (call.address == 0x0602 || call.address == 0x0603)
		call.address = 0x0601;
	prandom_bytes_state(&call.random, call.sent, sizeof(call.sent));
	if (!one_in(3))
		call.sent[KCS_CODEC_LENGTH] = size(KCS_CODEC_DATA_MAX);
	if (!call.sent[KCS_CODEC_LENGTH] && call.address >> 8 == 0x06)
		call.sent[KCS_CODEC_LENGTH] = 1;	/* not like a probe */
	call.asked = false;
}

static bool is_sound(void)
{
	return call.is_write && call.address <= 0x3fff &&
	       !(call.address & 0x100) &&
	       call.sent[KCS_CODEC_LENGTH] <= KCS_CODEC_DATA_MAX;
}

/* It echoes NetFn and command, with any LUN, and fits. */
static bool told_well(void)
{
	return call.asked && call.told.len >= 3 &&
	       call.told.len - 2 <= KCS_CODEC_DATA_MAX &&
	       call.told.bytes[0] >> 2 == (call.address >> 8 | 1) &&
	       call.told.bytes[1] == (u8)call.address;
}

static bool is_failure(const u8 *buffer, u8 status, u8 code)
{
	return buffer[0] == status && buffer[1] == 1 && buffer[2] == code;
}

static bool is_reply(const u8 *buffer)
{
	u8 length = call.told.len - 2;
	u8 status = length == 1 && call.told.bytes[2] == IPMI_TIMEOUT_ERR ?
		    KCS_CODEC_TIMEOUT : KCS_CODEC_OK;

	return buffer[0] == status && buffer[1] == length &&
	       !memcmp(&buffer[2], &call.told.bytes[2], length);
}

static bool is_right(const u8 *buffer)
{
	if (!is_sound())
		return !call.asked && is_failure(buffer, 0x07, 0xff);
	if (told_well() && is_reply(buffer))
		return true;
	return is_failure(buffer, 0x07, 0xff) || is_failure(buffer, 0x10, 0xc3);
}

static bool is_clean_behind(const u8 *buffer)
{
	return !memchr_inv(&buffer[2 + buffer[1]], 0,
			   KCS_CODEC_BUFFER_SIZE - 2 - buffer[1]);
}

static void random_call(struct kunit *test, acpi_handle scope)
{
	size_t length;
	u8 *buffer;

	draw();
	/* Of just its size, so that a byte too far is seen. */
	length = call.is_write ? KCS_CODEC_BUFFER_SIZE : 8;
	buffer = kmalloc(length, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	memcpy(buffer, call.sent, length);
	kcs_anchor_call(scope, call.is_write, call.address, buffer);
	if (!is_right(buffer) || (call.is_write && !is_clean_behind(buffer)))
		KUNIT_FAIL(test, "%llx, %u bytes: %3ph; told %d, %u bytes, %3ph",
			   call.address, call.sent[1], buffer, call.asked,
			   call.told.len, call.told.bytes);
	if (is_sound() && is_reply(buffer))
		call.answered++;
	else
		call.failed++;
	kfree(buffer);
}

static const void *next_case(const void *previous, char *text)
{
	unsigned long number = previous ? (unsigned long)previous + 1 :
					  max(random_first, 1u);

	if ((number - 1) * CALLS_IN_A_CASE >= random_calls)
		return NULL;
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "%lu", number);
	return (const void *)number;
}

static void any_call_gets_what_it_should(struct kunit *test)
{
	unsigned long number = (unsigned long)test->param_value;
	struct engine *engine = test->priv;
	acpi_handle scope;
	u32 i;

	KUNIT_ASSERT_EQ(test, AE_OK, acpi_get_handle(NULL, "\\_SB.PCI0", &scope));
	prandom_seed_state(&call.random, number);
	call.answered = 0;
	call.failed = 0;
	engine_freeze(engine);
	engine_start(test, sim_personalities);
	engine->kcs.command = tell_anything;
	engine_thaw(engine);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	for (i = 0; i < CALLS_IN_A_CASE; i++)
		random_call(test, scope);
	kunit_info(test, "%u random calls: %u answered, %u failed\n", i,
		   call.answered, call.failed);
	/* Did they come here at all? */
	KUNIT_EXPECT_GE(test, call.answered, i / 6);
	KUNIT_EXPECT_GE(test, call.failed, i / 10);
}

static struct kunit_case opregion_cases[] = {
	KUNIT_CASE_PARAM(any_call_gets_what_it_should, next_case),
	{}
};

static struct kunit_suite opregion_suite = {
	.name = "kcs_opregion",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = opregion_cases,
};

kunit_test_suite(opregion_suite);
