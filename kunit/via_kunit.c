// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages over an interface of another driver, whatever that does with them. The suite
 * brings a message handler of its own, and is built where the kernel has none.
 */
#include "../drivers/bridge/via_transport.h"
#include "engine.h"

#include <kunit/test.h>
#include <linux/ipmi.h>

#define CODE_GIVEN_UP	0xff
#define CODE_ANY	0xc1

/**
 * struct driver - the other driver, behind the message handler
 * @via: the transport that it serves
 * @is_silent: it keeps what it gets until driver_return()
 * @err: what ipmi_request_settime() returns, 0 for taking the message
 * @code: the completion code of its replies
 * @code_of_id: that of its replies to Get Device ID
 * @extra: bytes after it
 * @shift: what its replies have as command is so much more
 * @taken: messages that it got
 * @destroyed: users
 * @serial: of the last one
 * @lun: its LUN
 * @request: it
 */
static struct driver {
	struct kcs_via_transport via;
	bool is_silent;
	int err;
	u8 code, code_of_id;
	u16 extra;
	u8 shift;
	u32 taken;
	u32 destroyed;
	long serial;
	u8 lun;
	struct kcs_msg request;
} driver;

static void driver_return(int recv_type, long serial)
{
	static u8 data[400];
	struct ipmi_recv_msg msg = {
		.recv_type = recv_type, .msgid = serial,
		.msg = {
			.netfn = driver.request.bytes[0] >> 2 | 1,
			.cmd = driver.request.bytes[1] + driver.shift,
			.data = data, .data_len = 1 + driver.extra,
		},
	};

	data[0] = driver.request.bytes[1] == IPMI_GET_DEVICE_ID_CMD ?
		  driver.code_of_id : driver.code;
	kcs_via_transport_receive(&driver.via, &msg);
}

static int driver_take(struct ipmi_user *user, struct ipmi_addr *addr, long serial,
		       struct kernel_ipmi_msg *msg, void *data, int priority,
		       int retries, unsigned int retry_ms)
{
	driver.taken++;
	if (driver.err)
		return driver.err;
	driver.serial = serial;
	driver.lun = ((struct ipmi_system_interface_addr *)addr)->lun;
	kcs_msg_request(&driver.request, msg->netfn, msg->cmd, msg->data,
			msg->data_len);
	if (!driver.is_silent)
		driver_return(IPMI_RESPONSE_RECV_TYPE, serial);
	return 0;
}

static void driver_forget(struct ipmi_user *user)
{
	driver.destroyed++;
}

#define ipmi_request_settime	driver_take
#define ipmi_destroy_user	driver_forget
#include "../drivers/bridge/via_transport.c"
#undef ipmi_destroy_user
#undef ipmi_request_settime

static void driver_start(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_host_setup setup = {
		.transport = &driver.via.transport, .clock = &engine->clock,
	};
	struct kcs_host *host;

	driver = (struct driver){ .extra = 15 };
	kcs_via_transport_init(&driver.via);
	driver.via.user = (struct ipmi_user *)&driver;
	host = kcs_host_create(engine->dev, &setup);
	KUNIT_ASSERT_FALSE(test, IS_ERR(host));
	WRITE_ONCE(engine->host, host);
	KUNIT_ASSERT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	driver.taken = 0;
}

static bool is_taken(struct engine *engine)
{
	return READ_ONCE(driver.taken);
}

static void request_is_carried_and_answered(struct kunit *test)
{
	static const u8 data[] = { 0xdc, 0x01, 0x00 };
	struct kcs_request *request;
	struct engine *engine = test->priv;

	driver_start(test);
	driver.extra = 3;
	request = engine_request(test, 0x2c, 0x02, data, sizeof(data), 5000);
	kcs_host_submit(engine->host, request);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	KUNIT_EXPECT_EQ(test, driver.request.len, 5);
	KUNIT_EXPECT_EQ(test, memcmp(&driver.request.bytes[2], data, sizeof(data)), 0);
	KUNIT_EXPECT_EQ(test, driver.lun, 0);
	KUNIT_EXPECT_EQ(test, kcs_request_reply(request)->len, 6);
	KUNIT_EXPECT_EQ(test, kcs_request_reply(request)->bytes[0], 0x2d << 2);
	kcs_request_put(request);
	KUNIT_EXPECT_FALSE(test, kcs_host_has_registers(engine->host));
	KUNIT_EXPECT_TRUE(test, kcs_host_drives(engine->dev));
}

static void request_is_carried_to_its_lun(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	driver_start(test);
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	request->msg.bytes[0] |= 2;
	kcs_host_submit(engine->host, request);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	KUNIT_EXPECT_EQ(test, driver.lun, 2);
	kcs_request_put(request);
}

static void completion_code_is_passed_on(struct kunit *test)
{
	u8 cc;

	driver_start(test);
	driver.code = CODE_ANY;
	driver.extra = 0;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, CODE_ANY);
	KUNIT_EXPECT_EQ(test, driver.taken, 1);
}

/* Whoever says it: the reply to another request is returned so, too. */
static void unspecified_error_starts_a_search(struct kunit *test)
{
	static const u8 codes[] = { IPMI_ERR_UNSPECIFIED, IPMI_BUS_ERR };
	struct engine *engine = test->priv;
	size_t i;
	u8 cc;

	driver_start(test);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		driver.taken = 0;
		driver.extra = 0;
		driver.code = codes[i];
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EIO);
		driver.extra = 15;
		driver.code = 0;
		KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
		KUNIT_EXPECT_EQ_MSG(test, driver.taken, 4, "two questions between");
	}
	KUNIT_EXPECT_EQ(test, engine->host->health.state, KCS_HEALTH_DEGRADED);
}

static void driver_that_gives_up_is_dead(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc;

	driver_start(test);
	driver.extra = 0;
	driver.code = CODE_GIVEN_UP;
	driver.code_of_id = CODE_GIVEN_UP;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EIO);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EHOSTDOWN);
	driver.code = 0;
	driver.code_of_id = 0;
	driver.extra = 15;
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
}

/* The driver has one message of ours, however often it is asked meanwhile. */
static void silent_driver_gets_one_message(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc;

	driver_start(test);
	driver.is_silent = true;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EHOSTDOWN);
	engine_spend(engine, 100 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, driver.taken, 1);
}

/* A dead interface is asked each half minute. What was lost is nobody's when it comes. */
static void lost_message_costs_minutes(struct kunit *test)
{
	struct engine *engine = test->priv;
	u64 start_us;
	long lost;
	u8 cc;

	driver_start(test);
	driver.is_silent = true;
	start_us = engine_now_us(engine);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	driver.is_silent = false;
	lost = driver.serial;
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_GE(test, engine_now_us(engine) - start_us, 120 * USEC_PER_SEC);
	KUNIT_EXPECT_LT(test, engine_now_us(engine) - start_us, 160 * USEC_PER_SEC);
	driver_return(IPMI_RESPONSE_RECV_TYPE, lost);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
}

/* Its late reply is not that to the next request, and says that it is back. */
static void late_reply_is_discarded_and_ends_the_outage(struct kunit *test)
{
	struct engine *engine = test->priv;
	u64 back_us;
	u8 cc;

	driver_start(test);
	driver.is_silent = true;
	driver.code = CODE_ANY;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	engine_spend(engine, 100 * USEC_PER_SEC);
	driver.is_silent = false;
	back_us = engine_now_us(engine);
	driver_return(IPMI_RESPONSE_RECV_TYPE, driver.serial);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_READY));
	KUNIT_EXPECT_LT(test, engine_now_us(engine) - back_us, 2 * USEC_PER_SEC);
	driver.code = 0;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xef, &cc), 0);
	KUNIT_EXPECT_EQ(test, cc, 0);
}

/* No timer wakes the engine for a message that its submitter left: its reply does. */
static void reply_wakes_the_engine(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	driver_start(test);
	engine_freeze(engine);
	engine->is_left_alone = true;
	driver.is_silent = true;
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	kcs_host_submit(engine->host, request);
	KUNIT_ASSERT_TRUE(test, engine_until(engine, is_taken));
	KUNIT_EXPECT_FALSE(test, kcs_request_is_over(request));
	driver_return(IPMI_RESPONSE_RECV_TYPE, driver.serial);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	engine_thaw(engine);
	kcs_request_put(request);
}

static void foreign_messages_are_discarded(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	driver_start(test);
	engine_freeze(engine);
	driver.is_silent = true;
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	kcs_host_submit(engine->host, request);
	KUNIT_ASSERT_TRUE(test, engine_until(engine, is_taken));
	driver_return(IPMI_ASYNC_EVENT_RECV_TYPE, driver.serial);
	driver_return(IPMI_CMD_RECV_TYPE, driver.serial);
	driver_return(IPMI_RESPONSE_RECV_TYPE, driver.serial - 1);
	KUNIT_EXPECT_FALSE(test, kcs_request_is_over(request));
	KUNIT_EXPECT_TRUE(test, driver.via.is_out);
	driver_return(IPMI_RESPONSE_RECV_TYPE, driver.serial);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	engine_thaw(engine);
	kcs_request_put(request);
}

/**
 * struct refused - what the message handler says, and what comes of it
 * @err: its errno
 * @end: how the request ends
 * @is_ready: the BMC is as well as before
 */
struct refused {
	int err, end;
	bool is_ready;
};

/* What the handler keeps for itself is no fault of the BMC; a driver that goes is one. */
static void refused_message_ends_its_request(struct kunit *test)
{
	static const struct refused rows[] = {
		{ -EINVAL, -EINVAL, true },
		{ -EMSGSIZE, -EINVAL, true },
		{ -ENODEV, -EIO, false },
		{ -EBUSY, -EIO, false },
		{ -ENOMEM, -EIO, false },
	};
	struct engine *engine = test->priv;
	size_t i;
	u8 cc;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		engine_stop(engine);
		driver_start(test);
		driver.err = rows[i].err;
		KUNIT_EXPECT_EQ_MSG(test, engine_ask(test, 0x06, 0x34, &cc),
				    rows[i].end, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, kcs_host_is_ready(engine->host),
				    rows[i].is_ready, "row %zu", i);
	}
}

/* Otherwise the engine asks without a pause for as long as the driver takes to go. */
static void driver_that_goes_is_asked_rarely(struct kunit *test)
{
	struct engine *engine = test->priv;
	u8 cc;

	driver_start(test);
	driver.err = -ENODEV;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EIO);
	KUNIT_EXPECT_TRUE(test, engine_await(engine, KCS_HEALTH_DEAD));
	driver.taken = 0;
	engine_spend(engine, 60 * USEC_PER_SEC);
	KUNIT_EXPECT_GT(test, driver.taken, 0);
	KUNIT_EXPECT_LT(test, driver.taken, 200);
}

static void reply_to_another_request_is_a_failure(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;

	driver_start(test);
	driver.shift = 1;
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	kcs_host_submit(engine->host, request);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -EBADMSG);
	kcs_request_put(request);
}

static void overlong_reply_is_a_failure(struct kunit *test)
{
	u8 cc;

	driver_start(test);
	driver.extra = KCS_MSG_MAX - KCS_MSG_REPLY_MIN;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), 0);
	driver.extra++;
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EBADMSG);
}

/* Of an interface that goes the user is gone before the requests to it are. */
static void closed_transport_sends_nothing(struct kunit *test)
{
	u8 cc;

	driver_start(test);
	kcs_via_transport_close(&driver.via);
	kcs_via_transport_close(&driver.via);
	KUNIT_EXPECT_EQ(test, driver.destroyed, 1);
	KUNIT_EXPECT_EQ(test, engine_ask(test, 0x30, 0xee, &cc), -EIO);
	KUNIT_EXPECT_EQ(test, driver.taken, 0);
}

/* The message is still with the driver when its interface is gone. */
static void interface_goes_before_its_message(struct kunit *test)
{
	struct engine *engine = test->priv;
	struct kcs_request *request;
	struct kcs_host *host;

	driver_start(test);
	engine_freeze(engine);
	driver.is_silent = true;
	host = kcs_host_get(engine->host);
	request = engine_request(test, 0x30, 0xee, NULL, 0, 5000);
	kcs_host_submit(engine->host, request);
	KUNIT_ASSERT_TRUE(test, engine_until(engine, is_taken));
	engine_stop(engine);
	KUNIT_EXPECT_EQ(test, kcs_request_wait(request), -ENODEV);
	KUNIT_EXPECT_TRUE(test, driver.via.is_out);
	driver_return(IPMI_RESPONSE_RECV_TYPE, driver.serial);
	KUNIT_EXPECT_FALSE(test, driver.via.is_out);
	KUNIT_EXPECT_FALSE(test, kcs_host_drives(engine->dev));
	engine_thaw(engine);
	kcs_request_put(request);
	kcs_host_put(host);
}

static struct kunit_case via_cases[] = {
	KUNIT_CASE(request_is_carried_and_answered),
	KUNIT_CASE(request_is_carried_to_its_lun),
	KUNIT_CASE(completion_code_is_passed_on),
	KUNIT_CASE(unspecified_error_starts_a_search),
	KUNIT_CASE(driver_that_gives_up_is_dead),
	KUNIT_CASE(silent_driver_gets_one_message),
	KUNIT_CASE(lost_message_costs_minutes),
	KUNIT_CASE(late_reply_is_discarded_and_ends_the_outage),
	KUNIT_CASE(reply_wakes_the_engine),
	KUNIT_CASE(foreign_messages_are_discarded),
	KUNIT_CASE(refused_message_ends_its_request),
	KUNIT_CASE(driver_that_goes_is_asked_rarely),
	KUNIT_CASE(reply_to_another_request_is_a_failure),
	KUNIT_CASE(overlong_reply_is_a_failure),
	KUNIT_CASE(closed_transport_sends_nothing),
	KUNIT_CASE(interface_goes_before_its_message),
	{}
};

static struct kunit_suite via_suite = {
	.name = "kcs_via",
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = via_cases,
};

kunit_test_suite(via_suite);
