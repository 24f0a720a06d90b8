// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of ipmi_msghandler on their way, where a VM cannot look: what is known at
 * the moment in which one is returned, and a machine that is dying. The suite brings a
 * message handler and a system state of its own, and is built where the kernel has no
 * message handler.
 */
#include "../drivers/bridge/smi.h"
#include "engine.h"

#include <kunit/test.h>
#include <linux/ipmi_smi.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>

/**
 * struct handler - the message handler
 * @smi: the interface
 * @msg: its message
 * @returned: how often that came back
 * @was_known: its request was, then
 * @was_held: interrupts were off, then
 * @writes: to registers, before a message was sent
 */
static struct handler {
	struct kcs_smi smi;
	struct ipmi_smi_msg msg;
	u32 returned;
	bool was_known;
	bool was_held;
	u32 writes;
} handler;

static enum system_states machine_state;

static void handler_received(struct ipmi_smi *intf, struct ipmi_smi_msg *msg)
{
	handler.was_known = READ_ONCE(handler.smi.request) &&
			    READ_ONCE(handler.smi.carried) == msg;
	handler.was_held = irqs_disabled();
	/* Pairs with is_returned(). */
	smp_store_release(&handler.returned, handler.returned + 1);
}

#define ipmi_smi_msg_received	handler_received
#define system_state		machine_state
#include "../drivers/bridge/sender.c"
#undef system_state
#undef ipmi_smi_msg_received

/* NetFn, command, WRITE_START and WRITE_END. */
#define ECHO_WRITES	4

static void handler_start(struct kunit *test)
{
	struct engine *engine = test->priv;

	machine_state = SYSTEM_RUNNING;
	handler = (struct handler){ .smi.host = engine->host };
	spin_lock_init(&handler.smi.lock);
}

static void handler_send(void)
{
	handler.msg.data[0] = 0x30 << 2;	/* echo */
	handler.msg.data[1] = 0xee;
	handler.msg.data_size = 2;
	handler.msg.rsp_size = 0;
	kcs_sender_send(&handler.smi, &handler.msg);
}

static bool is_returned(struct engine *engine)
{
	/* Pairs with handler_received(). */
	return smp_load_acquire(&handler.returned);
}

static bool is_sent(struct engine *engine)
{
	return READ_ONCE(engine->writes) == handler.writes + ECHO_WRITES;
}

static u8 returned_code(struct kunit *test)
{
	KUNIT_ASSERT_GE(test, handler.msg.rsp_size, 3);
	return handler.msg.rsp[2];
}

/* Otherwise a panic in that moment sends an answered message again, or loses it. */
static void message_is_known_until_it_is_returned(struct kunit *test)
{
	engine_start_ready(test, "spec");
	handler_start(test);
	handler_send();
	KUNIT_ASSERT_TRUE(test, engine_until(test->priv, is_returned));
	KUNIT_EXPECT_TRUE(test, handler.was_known);
	KUNIT_EXPECT_EQ(test, handler.was_held, !IS_ENABLED(CONFIG_PREEMPT_RT));
	KUNIT_EXPECT_EQ(test, returned_code(test), 0);
	kcs_sender_drain(&handler.smi);
	KUNIT_EXPECT_NULL(test, handler.smi.request);
	KUNIT_EXPECT_NULL(test, handler.smi.msg);
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
}

static void message_in_a_panic_waits_for_poll(struct kunit *test)
{
	engine_start_ready(test, "spec");
	handler_start(test);
	kcs_sender_set_run_to_completion(&handler.smi, true);
	handler_send();
	KUNIT_EXPECT_EQ(test, handler.returned, 0);
	kcs_sender_poll(&handler.smi);
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
	KUNIT_EXPECT_EQ(test, returned_code(test), 0);
	kcs_sender_poll(&handler.smi);
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
}

/* It may have reached the BMC: it is returned, and not sent. */
static void message_in_flight_is_not_sent_again(struct kunit *test)
{
	struct engine *engine = test->priv;

	engine_start_ready(test, "spec");
	handler_start(test);
	engine_set_pace(engine, 0, 1000000);
	engine_freeze(engine);
	handler.writes = engine->writes;
	handler_send();
	KUNIT_ASSERT_TRUE(test, engine_until(engine, is_sent));
	KUNIT_ASSERT_EQ(test, handler.returned, 0);
	kcs_sender_set_run_to_completion(&handler.smi, true);
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
	KUNIT_EXPECT_NE(test, returned_code(test), 0);
	KUNIT_EXPECT_EQ_MSG(test, handler.smi.failed, 0, "it was tried again");
	KUNIT_EXPECT_EQ(test, engine->writes, handler.writes + ECHO_WRITES);
	engine_thaw(engine);
	kcs_sender_close(&handler.smi);
	kcs_sender_drain(&handler.smi);
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
}

/* As one does that is silent: there may be 200 messages. */
static void bmc_that_errs_costs_a_panic_two_messages(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 accesses, message;

	engine_start_ready(test, "spec");
	handler_start(test);
	engine_set_fault(engine, SIM_FAULT_ERROR, 0);
	kcs_sender_set_run_to_completion(&handler.smi, true);
	for (message = 1; message <= FAILED_MAX + 2; message++) {
		accesses = engine->accesses;
		handler_send();
		kcs_sender_poll(&handler.smi);
		KUNIT_EXPECT_EQ(test, handler.returned, message);
		KUNIT_EXPECT_NE(test, returned_code(test), 0);
		KUNIT_EXPECT_EQ(test, engine->accesses != accesses,
				message <= FAILED_MAX);
	}
}

/*
 * The interface is paused by then, and ipmi_poweroff waits for the answer: with
 * interrupts on until its message is back, with interrupts off it polls. A program's
 * message is not to be told from its own: no CPU may be stopped with one in hand.
 */
static void power_off_is_sent_by_a_paused_interface(struct kunit *test)
{
	struct engine *engine = test->priv;
	unsigned long flags;

	engine_start_ready(test, "spec");
	handler_start(test);
	kcs_host_pause(engine->host);
	machine_state = SYSTEM_POWER_OFF;
	engine->accesses = 0;
	engine->stretch = 0;
	engine->longest_stretch = 0;
	handler_send();
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
	KUNIT_EXPECT_EQ(test, returned_code(test), 0);
	KUNIT_EXPECT_GE(test, engine->accesses, ECHO_WRITES);
	KUNIT_EXPECT_EQ(test, engine->longest_stretch,
			IS_ENABLED(CONFIG_PREEMPT_RT) ? 0 : engine->accesses);

	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {	/* there the BMC's lock sleeps */
		local_irq_save(flags);
		handler_send();
		KUNIT_EXPECT_EQ(test, handler.returned, 1);
		kcs_sender_poll(&handler.smi);
		local_irq_restore(flags);
		KUNIT_EXPECT_EQ(test, handler.returned, 2);
		KUNIT_EXPECT_EQ(test, returned_code(test), 0);
	}
	kcs_host_resume(engine->host);
}

/* Before it is paused a program's message goes its way: another may be in flight. */
static void power_off_leaves_a_working_interface_alone(struct kunit *test)
{
	engine_start_ready(test, "spec");
	handler_start(test);
	machine_state = SYSTEM_POWER_OFF;
	KUNIT_EXPECT_FALSE(test, kcs_sender_is_polled(&handler.smi));
	handler_send();
	KUNIT_ASSERT_TRUE(test, engine_until(test->priv, is_returned));
	KUNIT_EXPECT_EQ(test, returned_code(test), 0);
	kcs_sender_drain(&handler.smi);
}

/* Polled only where interrupts are off: the next kernel finds an idle BMC. */
static void restart_fails_what_comes_after_the_pause(struct kunit *test)
{
	struct engine *engine = test->priv;
	u32 accesses;

	engine_start_ready(test, "spec");
	handler_start(test);
	kcs_host_pause(engine->host);
	machine_state = SYSTEM_RESTART;
	accesses = engine->accesses;
	handler_send();
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
	KUNIT_EXPECT_EQ(test, returned_code(test), 0xff);
	KUNIT_EXPECT_EQ(test, engine->accesses, accesses);
	kcs_sender_drain(&handler.smi);
	kcs_host_resume(engine->host);
}

static void closed_interface_returns_messages(struct kunit *test)
{
	engine_start_ready(test, "spec");
	handler_start(test);
	kcs_sender_close(&handler.smi);
	handler_send();
	KUNIT_EXPECT_EQ(test, handler.returned, 1);
	KUNIT_EXPECT_EQ(test, returned_code(test), 0xff);
	kcs_sender_drain(&handler.smi);
}

static u8 ask_who_it_is(struct kunit *test, struct ipmi_recv_msg *asker)
{
	handler.returned = 0;
	kcs_compat_asker(&handler.msg) = asker;
	handler.msg.data[0] = IPMI_NETFN_APP_REQUEST << 2;
	handler.msg.data[1] = IPMI_GET_DEVICE_ID_CMD;
	handler.msg.data_size = 2;
	kcs_sender_send(&handler.smi, &handler.msg);
	KUNIT_ASSERT_TRUE(test, engine_until(test->priv, is_returned));
	kcs_sender_drain(&handler.smi);
	return returned_code(test);
}

/* A program is told that the BMC is gone; the handler, for an attribute, who it was. */
static void own_question_is_answered_from_memory(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct ipmi_recv_msg asker = {}, program = { .user = (struct ipmi_user *)engine };

	engine_start_ready(test, "spec");
	handler_start(test);
	KUNIT_EXPECT_EQ(test, ask_who_it_is(test, &asker), 0);
	engine_set_fault(engine, SIM_FAULT_FLOATING, 0);
	KUNIT_EXPECT_EQ(test, ask_who_it_is(test, &asker), 0);
	KUNIT_EXPECT_NE(test, ask_who_it_is(test, &program), 0);
}

/* A heartbeat may wait behind any message. */
static void message_is_short_while_a_watchdog_runs(struct kunit *test)
{
	static const struct {
		u32 command;
		u32 ms;
	} rows[] = {
		{ 0, KCS_HOST_TIMEOUT_MS },
		{ KCS_COMMAND_LONG, KCS_MESSAGE_MAINTENANCE_MS },
		{ KCS_COMMAND_WATCHDOG, KCS_HOST_TIMEOUT_MS },
		{ KCS_COMMAND_LONG, KCS_HOST_TIMEOUT_MS },
	};
	size_t i;

	engine_start_ready(test, "spec");
	handler_start(test);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, time_for(&handler.smi, rows[i].command),
				    rows[i].ms, "row %zu", i);
	kcs_sender_set_maintenance_mode(&handler.smi, true);
	KUNIT_EXPECT_EQ(test, time_for(&handler.smi, 0), KCS_HOST_TIMEOUT_MS);
	handler.smi.petted = jiffies - WATCHED_S * HZ;
	KUNIT_EXPECT_EQ(test, time_for(&handler.smi, 0), KCS_MESSAGE_MAINTENANCE_MS);
}

static struct kunit_case sender_cases[] = {
	KUNIT_CASE(message_is_known_until_it_is_returned),
	KUNIT_CASE(message_in_a_panic_waits_for_poll),
	KUNIT_CASE(message_in_flight_is_not_sent_again),
	KUNIT_CASE(bmc_that_errs_costs_a_panic_two_messages),
	KUNIT_CASE(power_off_is_sent_by_a_paused_interface),
	KUNIT_CASE(power_off_leaves_a_working_interface_alone),
	KUNIT_CASE(restart_fails_what_comes_after_the_pause),
	KUNIT_CASE(closed_interface_returns_messages),
	KUNIT_CASE(own_question_is_answered_from_memory),
	KUNIT_CASE(message_is_short_while_a_watchdog_runs),
	{}
};

static struct kunit_suite sender_suite = {
	.name = "kcs_sender",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = sender_cases,
};

kunit_test_suite(sender_suite);
