// SPDX-License-Identifier: GPL-2.0-only
#include "../drivers/core/health.h"
#include "../drivers/protocol/names.h"

#include <kunit/test.h>

static void every_state_has_a_name_of_its_own(struct kunit *test)
{
	int i, j;

	for (i = 0; i < KCS_SM_STATES; i++) {
		KUNIT_ASSERT_NOT_NULL(test, kcs_names_sm_state(i));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, kcs_names_sm_state(i),
					    kcs_names_sm_state(j));
	}
	KUNIT_EXPECT_STREQ(test, kcs_names_sm_state(KCS_SM_STATES), "unknown");
}

static void error_codes_are_named_as_the_table_does(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0x00), "no error");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0x01), "aborted by the host");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0x02), "illegal control code");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0x06), "length error");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0xc0), "OEM error");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0xfe), "OEM error");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0xff), "unspecified error");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0x03), "reserved code");
	KUNIT_EXPECT_STREQ(test, kcs_names_error_code(0xbf), "reserved code");
}

static void status_is_spelled_out(struct kunit *test)
{
	char text[KCS_NAMES_STATUS_SIZE];

	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, sizeof(text), 0x00), "IDLE");
	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, sizeof(text), 0x44),
			   "READ SMS_ATN");
	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, sizeof(text), 0x82),
			   "WRITE IBF");
	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, sizeof(text), 0xc9),
			   "ERROR C/D OBF");
	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, sizeof(text), 0xff),
			   "ERROR OEM2 OEM1 C/D SMS_ATN IBF OBF");
}

static void short_buffer_cuts_the_status(struct kunit *test)
{
	char text[KCS_NAMES_STATUS_SIZE];

	memset(text, 'x', sizeof(text));
	KUNIT_EXPECT_STREQ(test, kcs_names_status(text, 8, 0xff), "ERROR O");
	KUNIT_EXPECT_EQ(test, text[8], 'x');
}

static void health_has_a_name_of_its_own(struct kunit *test)
{
	int i, j;

	for (i = 0; i < KCS_HEALTH_STATES; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, kcs_health_name(i),
					    kcs_health_name(j));
	KUNIT_EXPECT_STREQ(test, kcs_health_name(KCS_HEALTH_DEAD), "dead");
	KUNIT_EXPECT_STREQ(test, kcs_health_name(KCS_HEALTH_STATES), "unknown");
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE(every_state_has_a_name_of_its_own),
	KUNIT_CASE(error_codes_are_named_as_the_table_does),
	KUNIT_CASE(status_is_spelled_out),
	KUNIT_CASE(short_buffer_cuts_the_status),
	KUNIT_CASE(health_has_a_name_of_its_own),
	{}
};

static struct kunit_suite names_suite = {
	.name = "kcs_names",
	.test_cases = names_cases,
};

kunit_test_suite(names_suite);
