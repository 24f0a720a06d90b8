// SPDX-License-Identifier: GPL-2.0-only
#include "sim_rows.h"

/**
 * sim_rows_create() - a BMC that measures 187 W, at time 0
 * @test: the test
 *
 * Return: the BMC, freed with the test.
 */
struct sim_bmc *sim_rows_create(struct kunit *test)
{
	struct sim_bmc *bmc = kunit_kzalloc(test, sizeof(*bmc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bmc);
	sim_bmc_init(bmc, 187);
	return bmc;
}

/**
 * sim_rows_ask() - one exchange
 * @test: the test
 * @bmc: the BMC
 * @netfn: network function
 * @cmd: command
 * @data: data
 * @len: how many bytes
 * @reply: the reply
 *
 * Return: its completion code.
 */
u8 sim_rows_ask(struct kunit *test, struct sim_bmc *bmc, u8 netfn, u8 cmd,
		const u8 *data, u16 len, struct kcs_msg *reply)
{
	struct kcs_msg request;

	KUNIT_ASSERT_EQ(test, 0, kcs_msg_request(&request, netfn, cmd, data, len));
	sim_bmc_command(bmc, &request, reply);
	KUNIT_EXPECT_TRUE(test, kcs_msg_answers(reply, &request));
	return kcs_msg_cc(reply);
}

/**
 * sim_rows_run() - all exchanges of a table, one after the other
 * @test: the test
 * @bmc: the BMC
 * @rows: the table
 * @count: how many
 */
void sim_rows_run(struct kunit *test, struct sim_bmc *bmc, const struct sim_row *rows,
		  size_t count)
{
	struct kcs_msg reply;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct sim_row *row = &rows[i];

		sim_rows_ask(test, bmc, row->netfn, row->cmd, row->request, row->len,
			     &reply);
		KUNIT_EXPECT_EQ_MSG(test, reply.len - 2, row->reply_len,
				    "row %zu: %02x %02x", i, row->netfn, row->cmd);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(&reply.bytes[2], row->reply, row->shown),
				    "row %zu: %02x %02x -> %02x %02x %02x", i, row->netfn,
				    row->cmd, reply.bytes[2], reply.bytes[3],
				    reply.bytes[4]);
	}
}
