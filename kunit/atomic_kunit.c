// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long interrupts and preemption are off, in accesses to registers. Not on User
 * mode Linux: it does not notice when interrupts are on again.
 */
#include "engine.h"

#include <kunit/test.h>

static void echo(struct kunit *test, const struct sim_personality *personality)
{
	struct engine *engine = test->priv;
	size_t len = min(64, personality->reply_max - KCS_MSG_REPLY_MIN);
	static const u8 data[64];
	struct kcs_request *request;

	request = engine_request(test, 0x30, 0xee, data, len, 5000);
	kcs_host_execute(engine->host, request);
	KUNIT_EXPECT_EQ_MSG(test, engine_end(test, request, NULL), 0, "%s",
			    personality->name);
}

/* The longest reply there is, while the interrupt is tested, trusted, and not used. */
static void stretches_are_short(struct kunit *test, bool has_irq)
{
	const struct sim_personality *personality;
	struct engine *engine = test->priv;

	for (personality = sim_personalities; personality->name; personality++) {
		engine->has_irq = has_irq;
		engine_start(test, personality);
		KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
		KUNIT_ASSERT_TRUE(test, !has_irq || engine_until(engine, engine_irq_is_judged));
		engine_listen(test, KCS_INTEREST_EVENTS);
		engine_set_flags(engine, 0x02);
		echo(test, personality);
		echo(test, personality);
		engine_spend(engine, 1000000);
		kcs_host_unlisten(engine->host);
		KUNIT_EXPECT_LE_MSG(test, engine->longest_stretch, 4u, "%s",
				    personality->name);
		KUNIT_EXPECT_EQ_MSG(test, engine->unpreemptible, 0u, "%s",
				    personality->name);
	}
}

static void own_interrupt_is_short(struct kunit *test)
{
	stretches_are_short(test, true);
}

static void shared_interrupt_is_short(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine->irq_is_shared = true;
	stretches_are_short(test, true);
}

static void polling_is_done_with_interrupts_on(struct kunit *test)
{
	stretches_are_short(test, false);
}

static struct kunit_case atomic_cases[] = {
	KUNIT_CASE(own_interrupt_is_short),
	KUNIT_CASE(shared_interrupt_is_short),
	KUNIT_CASE(polling_is_done_with_interrupts_on),
	{}
};

static struct kunit_suite atomic_suite = {
	.name = "kcs_atomic",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = atomic_cases,
};

kunit_test_suite(atomic_suite);
