/* SPDX-License-Identifier: GPL-2.0-only */
/* Exchanges with the simulated BMC: a request, and the reply it must give. */
#ifndef KCS_KUNIT_SIM_ROWS_H
#define KCS_KUNIT_SIM_ROWS_H

#include "../drivers/sim/bmc.h"

#include <kunit/test.h>

#define HEX(...)	{ __VA_ARGS__ }
#define REPLY(...)	sizeof((const u8[]){ __VA_ARGS__ }), { __VA_ARGS__ }

/**
 * struct sim_row - one exchange; rows build on those before
 * @netfn: network function
 * @cmd: command
 * @len: bytes of @request after NetFn and command
 * @request: data
 * @reply_len: bytes after NetFn and command expected
 * @shown: how many of them @reply has
 * @reply: the first of them
 */
struct sim_row {
	u8 netfn, cmd;
	u8 len;
	u8 request[22];
	u8 reply_len;
	u8 shown;
	u8 reply[20];
};

struct sim_bmc *sim_rows_create(struct kunit *test);
u8 sim_rows_ask(struct kunit *test, struct sim_bmc *bmc, u8 netfn, u8 cmd,
		const u8 *data, u16 len, struct kcs_msg *reply);
void sim_rows_run(struct kunit *test, struct sim_bmc *bmc, const struct sim_row *rows,
		  size_t count);

#endif /* KCS_KUNIT_SIM_ROWS_H */
