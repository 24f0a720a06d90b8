// SPDX-License-Identifier: GPL-2.0-only
/* The region's buffer: one row for each sentence of the status mapping. */
#include "../drivers/opregion/codec.h"

#include <kunit/test.h>

#define FILL	0xa5	/* what a buffer holds where a row does not say */

/**
 * struct request_row - what AML passes, and the request it makes
 * @name: the row
 * @address: region offset plus field offset
 * @length: the length byte
 * @data: the first data bytes
 * @err: what is expected, or
 * @wire: the first bytes of the request, and
 * @wire_len: its length
 */
struct request_row {
	const char *name;
	u64 address;
	u8 length;
	u8 data[4];
	int err;
	u8 wire[6];
	u16 wire_len;
};

static const struct request_row request_rows[] = {
	{ "no data", 0x0601, 0, {}, 0, { 0x18, 0x01 }, 2 },
	{ "one byte", 0x062e, 1, { 0x09 }, 0, { 0x18, 0x2e, 0x09 }, 3 },
	{ "DCMI power reading", 0x2c02, 4, { 0xdc, 1, 0, 0 }, 0,
	  { 0xb0, 0x02, 0xdc, 1, 0, 0 }, 6 },
	{ "Dell power reading", 0x30b3, 2, { 0x0a, 0 }, 0,
	  { 0xc0, 0xb3, 0x0a, 0 }, 4 },
	{ "Set System Info", 0x0658, 2, { 0xc4, 1 }, 0,
	  { 0x18, 0x58, 0xc4, 1 }, 4 },
	{ "command 00h", 0x0400, 0, {}, 0, { 0x10, 0x00 }, 2 },
	{ "command FFh", 0x04ff, 0, {}, 0, { 0x10, 0xff }, 2 },
	{ "NetFn 00h", 0x0002, 0, {}, 0, { 0x00, 0x02 }, 2 },
	{ "largest NetFn", 0x3e01, 0, {}, 0, { 0xf8, 0x01 }, 2 },
	{ "63 bytes", 0x0601, 63, { 1 }, 0, { 0x18, 0x01, 1 }, 65 },
	{ "64 bytes", 0x0601, 64, { 1 }, 0, { 0x18, 0x01, 1 }, 66 },
	{ "65 bytes", 0x0601, 65, {}, -EINVAL },
	{ "255 bytes", 0x0601, 255, {}, -EINVAL },
	{ "a reply's NetFn", 0x0701, 0, {}, -EINVAL },
	{ "odd NetFn 3Fh", 0x3f01, 0, {}, -EINVAL },
	{ "NetFn 40h", 0x4001, 0, {}, -EINVAL },
	{ "NetFn FFh", 0xff01, 0, {}, -EINVAL },
	{ "NetFn 106h", 0x10601, 0, {}, -EINVAL },
	{ "address over 32 bits", 0x100000601ull, 0, {}, -EINVAL },
	{ "largest address", U64_MAX, 0, {}, -EINVAL },
	{ "bad NetFn and length", 0x4001, 65, {}, -EINVAL },
};

static void request_is_what_aml_passed(struct kunit *test)
{
	u8 buffer[KCS_CODEC_BUFFER_SIZE];
	struct kcs_msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(request_rows); i++) {
		const struct request_row *row = &request_rows[i];

		memset(buffer, FILL, sizeof(buffer));
		buffer[1] = row->length;
		memcpy(&buffer[2], row->data, sizeof(row->data));
		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    kcs_codec_request(row->address, buffer, &msg),
				    "%s", row->name);
		if (row->err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, msg.len, row->wire_len, "%s", row->name);
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(msg.bytes, row->wire,
					   min_t(size_t, row->wire_len, 3)),
				    "%s", row->name);
		if (row->wire_len > 6)
			KUNIT_EXPECT_EQ_MSG(test, msg.bytes[row->wire_len - 1],
					    (u8)FILL, "%s", row->name);
		else
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(msg.bytes, row->wire,
						   row->wire_len), "%s", row->name);
	}
}

/**
 * struct reply_row - what the BMC said, and what AML sees
 * @name: the row
 * @len: bytes of the reply, NetFn and command included
 * @bytes: its first bytes
 * @status: the status byte expected
 * @length: the length byte expected
 * @first: the first data byte expected
 * @err: the errno that becomes it, 0 for the reply itself
 */
struct reply_row {
	const char *name;
	u16 len;
	u8 bytes[6];
	u8 status;
	u8 length;
	u8 first;
	int err;
};

static const struct reply_row reply_rows[] = {
	{ "bare success", 3, { 0x1c, 0x58, 0x00 }, 0x00, 1, 0x00 },
	{ "bare C1h", 3, { 0x1c, 0x58, 0xc1 }, 0x00, 1, 0xc1 },
	{ "bare D4h", 3, { 0x1c, 0x58, 0xd4 }, 0x00, 1, 0xd4 },
	{ "bare FFh", 3, { 0x1c, 0x58, 0xff }, 0x00, 1, 0xff },
	{ "bare C3h, the BMC's own time-out", 3, { 0x1c, 0x58, 0xc3 }, 0x10, 1, 0xc3 },
	{ "success with data", 6, { 0x1c, 0x01, 0x00, 1, 2, 3 }, 0x00, 4, 0x00 },
	{ "80h with data, DCMI's no limit", 6, { 0xb4, 3, 0x80, 0xdc, 0, 0 },
	  0x00, 4, 0x80 },
	{ "C3h with data", 4, { 0xb4, 3, 0xc3, 0xdc }, 0x00, 2, 0xc3 },
	{ "64 bytes", 66, { 0xc4, 0xee, 0x00 }, 0x00, 64, 0x00 },
	{ "65 bytes", 67, { 0xc4, 0xee, 0x00 }, 0x07, 1, 0xff, -EMSGSIZE },
	{ "longest message", KCS_MSG_MAX, { 0xc4, 0xee, 0x00 }, 0x07, 1, 0xff, -EMSGSIZE },
	{ "no completion code", 2, { 0x1c, 0x01 }, 0x07, 1, 0xff, -EBADMSG },
	{ "one byte", 1, { 0x1c }, 0x07, 1, 0xff, -EBADMSG },
	{ "nothing", 0, {}, 0x07, 1, 0xff, -EBADMSG },
};

/* Every byte of the buffer is written: no request may look like an answer. */
static void expect_buffer(struct kunit *test, const char *name, const u8 *buffer,
			  u8 status, u8 length, u8 first)
{
	size_t i;

	KUNIT_EXPECT_EQ_MSG(test, buffer[0], status, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, buffer[1], length, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, buffer[2], first, "%s", name);
	for (i = 2 + length; i < KCS_CODEC_BUFFER_SIZE; i++)
		KUNIT_EXPECT_EQ_MSG(test, buffer[i], 0, "%s, byte %zu", name, i);
	KUNIT_EXPECT_EQ_MSG(test, buffer[KCS_CODEC_BUFFER_SIZE], (u8)FILL,
			    "%s writes past the buffer", name);
}

static void reply_reaches_aml_as_the_table_says(struct kunit *test)
{
	u8 buffer[KCS_CODEC_BUFFER_SIZE + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reply_rows); i++) {
		const struct reply_row *row = &reply_rows[i];
		struct kcs_msg reply;
		int err;

		memset(&reply, 0x5a, sizeof(reply));
		memcpy(reply.bytes, row->bytes, sizeof(row->bytes));
		reply.len = row->len;
		memset(buffer, FILL, sizeof(buffer));
		err = kcs_codec_reply(buffer, &reply);
		KUNIT_EXPECT_EQ_MSG(test, err, row->err, "%s", row->name);
		if (err)
			kcs_codec_failure(buffer, err);
		expect_buffer(test, row->name, buffer, row->status, row->length,
			      row->first);
		if (row->status == KCS_CODEC_OK)
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(&buffer[2], &reply.bytes[2],
						   row->length), "%s", row->name);
	}
}

static void failure_sets_status_and_completion_code(struct kunit *test)
{
	static const struct {
		const char *name;
		int err;
		u8 status, first;
	} rows[] = {
		{ "deadline", -ETIMEDOUT, 0x10, 0xc3 },
		{ "BMC dead", -EHOSTDOWN, 0x10, 0xc3 },
		{ "no interface", -ENODEV, 0x07, 0xff },
		{ "handler going away", -ESHUTDOWN, 0x07, 0xff },
		{ "BMC error", -EIO, 0x07, 0xff },
		{ "foreign reply", -EBADMSG, 0x07, 0xff },
		{ "too long", -EMSGSIZE, 0x07, 0xff },
		{ "bad NetFn", -EINVAL, 0x07, 0xff },
		{ "queue full", -EBUSY, 0x07, 0xff },
		{ "no memory", -ENOMEM, 0x07, 0xff },
		{ "read access", -EOPNOTSUPP, 0x07, 0xff },
		{ "denied", -EACCES, 0x00, 0xd4 },
		{ "caller killed", -EINTR, 0x07, 0xff },
	};
	u8 buffer[KCS_CODEC_BUFFER_SIZE + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(buffer, FILL, sizeof(buffer));
		kcs_codec_failure(buffer, rows[i].err);
		expect_buffer(test, rows[i].name, buffer, rows[i].status, 1,
			      rows[i].first);
	}
}

static struct kunit_case codec_cases[] = {
	KUNIT_CASE(request_is_what_aml_passed),
	KUNIT_CASE(reply_reaches_aml_as_the_table_says),
	KUNIT_CASE(failure_sets_status_and_completion_code),
	{}
};

static struct kunit_suite codec_suite = {
	.name = "kcs_codec",
	.test_cases = codec_cases,
};

kunit_test_suite(codec_suite);
