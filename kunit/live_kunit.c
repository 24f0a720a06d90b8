// SPDX-License-Identifier: GPL-2.0-only
/*
 * On a machine: real registers with QEMU's ipmi-bmc-sim behind them, and the
 * AML of scripts/tests/acpi/spec.asl in its namespace.
 */
#include <kcs/host.h>
#include <kunit/test.h>
#include <linux/acpi.h>

#define EXCHANGES	200

/* Get Device ID of ipmi-bmc-sim, after the completion code. */
static const u8 device_id[] = {
	0x20, 0x00, 0x00, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static struct kcs_host *machine_host(struct kunit *test)
{
	struct kcs_host *host = kcs_host_find(NULL, NULL);

	KUNIT_ASSERT_NOT_NULL_MSG(test, host, "no KCS interface: is this QEMU with isa-ipmi-kcs?");
	return host;
}

/* Sends a command without data; the caller drops the request. */
static struct kcs_request *ask(struct kunit *test, u8 netfn, u8 cmd)
{
	struct kcs_host *host = machine_host(test);
	struct kcs_request *request;
	struct kcs_msg msg;

	KUNIT_EXPECT_EQ(test, kcs_msg_request(&msg, netfn, cmd, NULL, 0), 0);
	request = kcs_request_create(&msg, KCS_CLASS_USER, KCS_HOST_TIMEOUT_MS, GFP_KERNEL);
	if (request) {
		kcs_host_submit(host, request);
		KUNIT_EXPECT_EQ(test, kcs_request_wait(request), 0);
	}
	kcs_host_put(host);
	KUNIT_ASSERT_NOT_NULL(test, request);
	return request;
}

static void registers_give_the_device_id(struct kunit *test)
{
	int i;

	for (i = 0; i < EXCHANGES; i++) {
		struct kcs_request *request = ask(test, 0x06, 0x01);
		const struct kcs_msg *reply = kcs_request_reply(request);

		KUNIT_EXPECT_EQ(test, (size_t)reply->len, 3 + sizeof(device_id));
		KUNIT_EXPECT_EQ(test, reply->bytes[0], 0x1c);
		KUNIT_EXPECT_EQ(test, reply->bytes[1], 0x01);
		KUNIT_EXPECT_EQ(test, kcs_msg_cc(reply), IPMI_CC_NO_ERROR);
		KUNIT_EXPECT_EQ(test, 0, memcmp(&reply->bytes[3], device_id,
						sizeof(device_id)));
		kcs_request_put(request);
	}
}

static void unknown_command_is_answered_with_its_code(struct kunit *test)
{
	struct kcs_request *request = ask(test, 0x06, 0x52);

	KUNIT_EXPECT_EQ(test, kcs_request_reply(request)->len, 3);
	KUNIT_EXPECT_EQ(test, kcs_msg_cc(kcs_request_reply(request)), 0xc1);
	kcs_request_put(request);
}

static void bmc_is_found_ready(struct kunit *test)
{
	struct kcs_host *host = machine_host(test);

	/* The probe came first in the queue, so an answer to us follows its. */
	kcs_request_put(ask(test, 0x06, 0x01));
	KUNIT_EXPECT_TRUE(test, kcs_host_is_ready(host));
	kcs_host_put(host);
}

/* -- Through AML. --------------------------------------------------------- */

/* Evaluates a method that returns the region's buffer; copies it out. */
static void evaluate(struct kunit *test, const char *method, u8 *request,
		     u32 size, u8 buffer[66])
{
	union acpi_object argument = {
		.buffer = { ACPI_TYPE_BUFFER, size, request },
	};
	struct acpi_object_list arguments = { request ? 1 : 0, &argument };
	struct acpi_buffer result = { ACPI_ALLOCATE_BUFFER, NULL };
	union acpi_object *object;
	acpi_status status;

	memset(buffer, 0xee, 66);
	status = acpi_evaluate_object(NULL, (acpi_string)method, &arguments,
				      &result);
	KUNIT_ASSERT_EQ_MSG(test, status, AE_OK, "%s: %s", method,
			    acpi_format_exception(status));
	object = result.pointer;
	KUNIT_EXPECT_EQ(test, object->type, ACPI_TYPE_BUFFER);
	KUNIT_EXPECT_EQ(test, object->buffer.length, 66u);
	memcpy(buffer, object->buffer.pointer, min(object->buffer.length, 66u));
	kfree(result.pointer);
}

static void aml_gets_the_id_from_a_buffer_of_any_size(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 32, 66, 99 };
	u8 request[99] = {};
	u8 buffer[66];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		evaluate(test, "\\_SB.PMI0.GDID", request, sizes[i], buffer);
		KUNIT_EXPECT_EQ(test, buffer[0], 0x00);
		KUNIT_EXPECT_EQ(test, buffer[1], 1 + sizeof(device_id));
		KUNIT_EXPECT_EQ(test, buffer[2], IPMI_CC_NO_ERROR);
		KUNIT_EXPECT_EQ(test, 0, memcmp(&buffer[3], device_id,
						sizeof(device_id)));
		KUNIT_EXPECT_EQ(test, buffer[65], 0x00);
	}
}

static void aml_sees_a_length_over_64_fail(struct kunit *test)
{
	u8 request[66] = { 0, 65 };
	u8 buffer[66];

	evaluate(test, "\\_SB.PMI0.GDID", request, sizeof(request), buffer);
	KUNIT_EXPECT_EQ(test, buffer[0], 0x07);
	KUNIT_EXPECT_EQ(test, buffer[1], 1);
	KUNIT_EXPECT_EQ(test, buffer[2], 0xff);
	KUNIT_EXPECT_EQ(test, buffer[3], 0x00);
}

static void aml_sees_a_read_without_a_write_fail(struct kunit *test)
{
	u8 buffer[66];

	evaluate(test, "\\_SB.PMI0.REGB", NULL, 0, buffer);
	KUNIT_EXPECT_EQ(test, buffer[0], 0x07);
	KUNIT_EXPECT_EQ(test, buffer[1], 1);
	KUNIT_EXPECT_EQ(test, buffer[2], 0xff);
}

/* ipmi-bmc-sim has no such OEM command. */
static void aml_sees_a_bare_completion_code_as_an_answer(struct kunit *test)
{
	u8 buffer[66];

	evaluate(test, "\\_SB.PMI0.GPWR", NULL, 0, buffer);
	KUNIT_EXPECT_EQ(test, buffer[0], 0x00);
	KUNIT_EXPECT_EQ(test, buffer[1], 1);
	KUNIT_EXPECT_EQ(test, buffer[2], 0xc1);
	KUNIT_EXPECT_EQ(test, buffer[3], 0x00);
}

static void meter_without_the_command_has_no_reading(struct kunit *test)
{
	unsigned long long milliwatts = 0;
	acpi_status status;

	status = acpi_evaluate_integer(NULL, "\\_SB.PMI0._PMM", NULL, &milliwatts);
	KUNIT_EXPECT_EQ(test, status, AE_OK);
	KUNIT_EXPECT_EQ(test, milliwatts, 0xffffffffull);
}

static struct kunit_case live_cases[] = {
	KUNIT_CASE(registers_give_the_device_id),
	KUNIT_CASE(unknown_command_is_answered_with_its_code),
	KUNIT_CASE(bmc_is_found_ready),
	KUNIT_CASE(aml_gets_the_id_from_a_buffer_of_any_size),
	KUNIT_CASE(aml_sees_a_length_over_64_fail),
	KUNIT_CASE(aml_sees_a_read_without_a_write_fail),
	KUNIT_CASE(aml_sees_a_bare_completion_code_as_an_answer),
	KUNIT_CASE(meter_without_the_command_has_no_reading),
	{}
};

static struct kunit_suite live_suite = {
	.name = "kcs_live",
	.test_cases = live_cases,
};

kunit_test_suite(live_suite);
