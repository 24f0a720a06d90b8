// SPDX-License-Identifier: GPL-2.0-only
/* The simulated BMC against scripts: one test for each way that BMCs differ in. */
#include "../drivers/sim/kcs.h"
#include "script.h"

#include <kunit/test.h>

/* The statuses below, without the C/D bit: one test looks at that. */
#define BITS	((u8)~KCS_STATUS_CD)

static void answer_ok(void *bmc, const struct kcs_msg *request,
		      struct kcs_msg *reply)
{
	sim_reply(request, reply, IPMI_CC_NO_ERROR);
	reply->bytes[reply->len++] = 0x77;
}

static struct sim_kcs *create(struct kunit *test, const char *personality)
{
	struct sim_kcs *kcs = kunit_kzalloc(test, sizeof(*kcs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, kcs);
	KUNIT_ASSERT_NOT_NULL(test, sim_kcs_personality(personality));
	sim_kcs_init(kcs, sim_kcs_personality(personality), answer_ok, NULL, 1);
	return kcs;
}

/* The host does as the script says, an access each microsecond. */
static void play(struct kunit *test, struct sim_kcs *kcs, u64 *now_us,
		 const char *name, const struct script_step *steps, size_t count)
{
	size_t i;
	u8 value;

	for (i = 0; i < count; i++) {
		++*now_us;
		switch (steps[i].kind) {
		case SCRIPT_STATUS:
			value = sim_kcs_read(kcs, KCS_REG_STATUS, *now_us) & BITS;
			KUNIT_EXPECT_EQ_MSG(test, value, steps[i].value,
					    "%s, step %zu: status %02x", name, i, value);
			break;
		case SCRIPT_STAY:
			*now_us += steps[i].us;
			break;
		case SCRIPT_DATA:
			value = sim_kcs_read(kcs, KCS_REG_DATA, *now_us);
			KUNIT_EXPECT_EQ_MSG(test, value, steps[i].value,
					    "%s, step %zu: data %02x", name, i, value);
			break;
		case SCRIPT_WRITE_CMD:
			sim_kcs_write(kcs, KCS_REG_CMD, steps[i].value, *now_us);
			break;
		default:
			sim_kcs_write(kcs, KCS_REG_DATA, steps[i].value, *now_us);
		}
	}
}

/* Time passes. */
#define LATER(us)	STAY(0, us)

#define PLAY(test, kcs, now_us, ...)					\
	play(test, kcs, now_us, (kcs)->personality->name,		\
	     (const struct script_step[]){ __VA_ARGS__ },		\
	     ARRAY_SIZE(((const struct script_step[]){ __VA_ARGS__ })))

/* Get Device ID, up to the last byte. */
#define REQUEST		C(0x61), W(0x18), C(0x62), W(0x01)

struct zoo_row {
	const char *personality;
	u8 count;
	struct script_step steps[16];
};

static void play_rows(struct kunit *test, const struct zoo_row *rows, size_t count,
		      u32 byte_us, u32 think_us)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct sim_kcs *kcs = create(test, rows[i].personality);
		u64 now_us = 0;

		kcs->byte.min_us = byte_us;
		kcs->think.min_us = think_us;
		play(test, kcs, &now_us, rows[i].personality, rows[i].steps,
		     rows[i].count);
	}
}

static void ibf_and_dummy_byte_after_a_write(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 5, { C(0x61), S(0x02), LATER(9), S(0x81), D(0x00) } },
		{ "qemu", 2, { C(0x61), S(0x81) } },
		{ "openvmm", 2, { C(0x61), S(0x81) } },
		{ "linux", 4, { C(0x61), S(0x02), LATER(9), S(0x81) } },
		{ "ami", 4, { C(0x61), S(0x02), LATER(9), S(0x80) } },
		{ "aess", 4, { C(0x61), S(0xc2), LATER(9), S(0x81) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 5, 0);
}

static void what_shows_while_the_bmc_works(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 8, { REQUEST, S(0x83), LATER(50), S(0x41), D(0x1c) } },
		{ "qemu", 8, { REQUEST, S(0x83), LATER(50), S(0x41), D(0x1c) } },
		{ "openvmm", 6, { REQUEST, S(0x41), D(0x1c) } },
		{ "linux", 8, { REQUEST, S(0x41), D(0x00), S(0x40), LATER(50) } },
		{ "ami", 8, { REQUEST, S(0x40), LATER(50), S(0x41), D(0x1c) } },
		{ "aess", 9, { REQUEST, D(0x00), S(0x40), LATER(50), S(0x41), D(0x1c) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 40);
}

static void obf_rises_with_or_after_ibf_in_the_read_phase(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 9, { REQUEST, S(0x41), D(0x1c), W(0x68), S(0x41), D(0x01) } },
		{ "linux", 10, { REQUEST, D(0x00), LATER(9), D(0x1c), W(0x68),
				 S(0x40), LATER(9) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void write_start_in_mid_transfer(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 5, { C(0x61), W(0x18), D(0x00), C(0x61), S(0x81) } },
		{ "qemu", 5, { C(0x61), W(0x18), D(0x00), C(0x61), S(0xc1) } },
		{ "qemu", 6, { REQUEST, C(0x61), S(0xc1) } },
		{ "openvmm", 5, { C(0x61), W(0x18), D(0x00), C(0x61), S(0x81) } },
		{ "linux", 6, { REQUEST, C(0x61), S(0x81) } },
		{ "ami", 6, { REQUEST, C(0x61), S(0x81) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void write_with_ibf_set_is_lost_or_overwrites(struct kunit *test)
{
	/* Both write while the BMC works; one then sees the abort. */
	static const struct zoo_row rows[] = {
		{ "qemu", 8, { REQUEST, C(0x60), LATER(50), S(0x41), D(0x1c) } },
		{ "spec", 7, { REQUEST, C(0x60), LATER(50), S(0x81) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 40);
}

static void state_and_code_of_an_abort(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 9, { C(0x60), S(0x81), D(0x00), W(0x00), S(0x41), D(0x01),
			       W(0x68), S(0x01), D(0x00) } },
		{ "qemu", 7, { C(0x60), S(0xc0), W(0x00), S(0x41), D(0x01), W(0x68),
			       S(0x01) } },
		{ "openvmm", 8, { C(0x60), S(0x41), D(0x00), W(0x00), S(0x41), D(0xff),
				  W(0x68), S(0x01) } },
		{ "linux", 8, { C(0x60), S(0x81), D(0x00), W(0x00), S(0x40), LATER(9),
				S(0x41), D(0x01) } },
		{ "ami", 5, { C(0x60), S(0x80), W(0x00), S(0x41), D(0x01) } },
		/* An error before the abort: its code is kept, or not. */
		{ "linux", 7, { C(0x6f), D(0x00), C(0x60), W(0x00), LATER(9), S(0x41),
				D(0x02) } },
		{ "qemu", 5, { C(0x6f), C(0x60), W(0x00), S(0x41), D(0x02) } },
		{ "spec", 5, { C(0x6f), C(0x60), W(0x00), S(0x41), D(0x01) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void bmc_may_drop_its_reply_after_an_abort(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "ami", 12, { REQUEST, C(0x60), W(0x00), D(0x01), W(0x68), REQUEST } },
		{ "spec", 9, { REQUEST, LATER(50), S(0x41), D(0x1c), W(0x68), S(0x41) } },
	};
	struct sim_kcs *kcs = create(test, "ami");
	u64 now_us = 0;

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 40);
	kcs->think.min_us = 40;
	PLAY(test, kcs, &now_us, REQUEST, C(0x60), W(0x00), D(0x01), W(0x68), D(0x00),
	     REQUEST, LATER(1000), S(0x40), C(0x61), W(0x18), C(0x62), W(0x01),
	     LATER(50), S(0x41), D(0x1c));
}

static void unknown_control_code(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 2, { C(0x63), S(0xc1) } },
		{ "qemu", 2, { C(0x63), S(0xc0) } },
		{ "openvmm", 3, { C(0x63), S(0x41), D(0x00) } },
		{ "linux", 2, { C(0x63), S(0xc1) } },
		{ "ami", 2, { C(0x63), S(0xc0) } },
		/* WRITE_END outside a message is one, too. */
		{ "spec", 2, { C(0x62), S(0xc1) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void message_of_one_byte(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 7, { C(0x61), C(0x62), W(0x18), S(0xc1), C(0x60), W(0x00),
			       S(0x41) } },
		{ "openvmm", 4, { C(0x61), C(0x62), W(0x18), S(0xc1) } },
		{ "linux", 9, { C(0x61), C(0x62), W(0x18), S(0xc1), C(0x60), W(0x00),
				LATER(9), S(0x41), D(0x01) } },
		/* The command of the message before is answered with C7h. */
		{ "qemu", 16, { REQUEST, D(0x1c), C(0x60), W(0x00), W(0x68),
				C(0x61), C(0x62), W(0x18), D(0x1c), W(0x68), D(0x01),
				W(0x68), D(0xc7) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void data_byte_in_idle(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 2, { W(0x68), S(0x00) } },
		{ "qemu", 2, { W(0x68), S(0x00) } },
		{ "linux", 2, { W(0x68), S(0xc1) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void data_byte_where_there_is_no_place_for_it(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "spec", 6, { REQUEST, W(0x67), S(0xc1) } },	/* not READ */
		{ "spec", 3, { C(0x63), W(0x00), S(0xc1) } },	/* in ERROR */
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void bmc_may_start_in_error(struct kunit *test)
{
	static const struct zoo_row rows[] = {
		{ "aess", 3, { S(0xc0), C(0x61), S(0x81) } },
		{ "spec", 1, { S(0x00) } },
	};

	play_rows(test, rows, ARRAY_SIZE(rows), 0, 0);
}

static void send_long(struct kunit *test, struct sim_kcs *kcs, u64 *now_us, u32 len)
{
	PLAY(test, kcs, now_us, C(0x61), W(0xc0), W(0xee));
	while (len-- > 3)
		PLAY(test, kcs, now_us, W(0x55));
	PLAY(test, kcs, now_us, C(0x62), W(0x55), LATER(9));
}

static void request_too_long(struct kunit *test)
{
	static const struct {
		const char *personality;
		u32 len;
		u8 status;
	} rows[] = {
		{ "spec", KCS_MSG_MAX, 0x41 }, { "spec", KCS_MSG_MAX + 1, 0xc1 },
		{ "aess", 40, 0x41 }, { "aess", 41, 0xc1 },
		{ "spec", 3000, 0xc1 }, { "openvmm", KCS_MSG_MAX + 1, 0xc1 },
	};
	struct sim_kcs *kcs = create(test, "qemu");
	u64 now_us = 0;
	size_t i;

	send_long(test, kcs, &now_us, 301);
	PLAY(test, kcs, &now_us, D(0xc4), W(0x68), D(0xee), W(0x68), D(0xc6));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		kcs = create(test, rows[i].personality);
		send_long(test, kcs, &now_us, rows[i].len);
		PLAY(test, kcs, &now_us, S(rows[i].status));
	}
}

static void answer_long(void *bmc, const struct kcs_msg *request,
			struct kcs_msg *reply)
{
	sim_reply(request, reply, IPMI_CC_NO_ERROR);
	memset(&reply->bytes[3], 0x66, KCS_MSG_MAX - 3);
	reply->len = KCS_MSG_MAX;
}

static void reply_too_long_for_the_bmc(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "aess");
	u64 now_us = 0;

	kcs->command = answer_long;
	PLAY(test, kcs, &now_us, REQUEST, D(0x1c), W(0x68), D(0x01), W(0x68), D(0xca),
	     W(0x68), S(0x01));
}

static void cd_bit_follows_the_last_write(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");

	sim_kcs_write(kcs, KCS_REG_CMD, 0x61, 1);
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_STATUS, 2), 0x89);
	sim_kcs_write(kcs, KCS_REG_DATA, 0x18, 3);
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_STATUS, 4), 0x81);
	kcs = create(test, "qemu");
	sim_kcs_write(kcs, KCS_REG_CMD, 0x61, 1);
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_STATUS, 2), 0x81);
}

static void interrupt_is_up_while_a_byte_waits(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");
	const struct sim_fault lost = { .kind = SIM_FAULT_IRQ_LOST,
					.byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND };
	const struct sim_fault stuck = { .kind = SIM_FAULT_IRQ_STUCK,
					 .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND };
	const struct sim_fault spurious = { .kind = SIM_FAULT_IRQ_SPURIOUS, .times = 1,
					    .byte = SIM_ANY_BYTE,
					    .command = SIM_ANY_COMMAND };

	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, 1));
	sim_kcs_write(kcs, KCS_REG_CMD, 0x61, 2);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, 3));
	kcs->interrupts = true;
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, 4));
	sim_fault_set(&kcs->trouble, &lost);
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, 5));
	sim_fault_set(&kcs->trouble, &stuck);
	sim_kcs_read(kcs, KCS_REG_DATA, 6);
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, 7));
	sim_fault_set(&kcs->trouble, &spurious);
	KUNIT_EXPECT_TRUE(test, sim_kcs_irq(kcs, 8));
	KUNIT_EXPECT_FALSE(test, sim_kcs_irq(kcs, 9));
}

static void attention_is_shown(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");

	kcs->attention = true;
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_STATUS, 1), 0x04);
}

static void drawn_times_stay_in_range_and_repeat(struct kunit *test)
{
	u32 at_us[2][64];
	int run, i;

	for (run = 0; run < 2; run++) {
		struct sim_kcs *kcs = create(test, "spec");
		u64 now_us = 0;

		kcs->byte.min_us = 10;
		kcs->byte.max_us = 30;
		for (i = 0; i < 64; i++) {
			u64 start_us = ++now_us;

			sim_kcs_write(kcs, KCS_REG_CMD, 0x61, now_us);
			while (sim_kcs_read(kcs, KCS_REG_STATUS, now_us) & 0x02)
				now_us++;
			at_us[run][i] = now_us - start_us;
			KUNIT_EXPECT_GE(test, at_us[run][i], 10u);
			KUNIT_EXPECT_LE(test, at_us[run][i], 30u);
		}
	}
	KUNIT_EXPECT_EQ(test, 0, memcmp(at_us[0], at_us[1], sizeof(at_us[0])));
	KUNIT_EXPECT_NE(test, at_us[0][0], at_us[0][1]);
}

/* -- Faults: when they strike, and how long they last. -------------------- */

static const struct sim_fault silence_any = {
	.kind = SIM_FAULT_SILENCE, .byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND,
};

static void silent_bmc_answers_after_its_time(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");
	struct sim_fault silence = silence_any;
	u64 now_us = 0;

	silence.byte = 2;
	silence.for_us = 100;
	sim_fault_set(&kcs->trouble, &silence);
	PLAY(test, kcs, &now_us, C(0x61), W(0x18), C(0x62), S(0x83), LATER(200), S(0x81),
	     W(0x01), S(0x41));
}

static void floating_bus_reads_ones_and_takes_nothing(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");
	struct sim_fault floating = silence_any;
	u64 now_us = 0;

	floating.kind = SIM_FAULT_FLOATING;
	floating.for_us = 10;
	sim_fault_set(&kcs->trouble, &floating);
	PLAY(test, kcs, &now_us, S(0xf7), D(0xff), C(0x61), LATER(20), S(0x00));
}

static void events_never_end_under_their_fault(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");
	struct sim_fault events = silence_any;
	u64 now_us = 0;
	int i;

	events.kind = SIM_FAULT_EVENTS;
	sim_fault_set(&kcs->trouble, &events);
	for (i = 0; i < 2; i++) {
		PLAY(test, kcs, &now_us, C(0x61), W(0x18), C(0x62), W(0x31), S(0x45),
		     D(0x1c), W(0x68), D(0x31), W(0x68), D(0x00), W(0x68), D(0x02),
		     W(0x68), S(0x05), D(0x00));
		PLAY(test, kcs, &now_us, C(0x61), W(0x18), C(0x62), W(0x35),
		     D(0x1c), W(0x68), D(0x35), W(0x68), D(0x00), W(0x68), D(0x55),
		     C(0x61), W(0x18), C(0x62), W(0x01), D(0x1c), C(0x60), W(0x00),
		     W(0x68));
	}
}

static void every_name_is_found_and_no_other(struct kunit *test)
{
	const struct sim_personality *personality;
	int kind;

	for (personality = sim_personalities; personality->name; personality++)
		KUNIT_EXPECT_TRUE(test, sim_kcs_personality(personality->name) ==
				  personality);
	KUNIT_EXPECT_NULL(test, sim_kcs_personality("unknown"));
	for (kind = 0; kind < SIM_FAULT_KINDS; kind++)
		KUNIT_EXPECT_NOT_NULL(test, sim_fault_name(kind));
	KUNIT_EXPECT_NULL(test, sim_fault_name(SIM_FAULT_KINDS));
}

static void seed_zero_works(struct kunit *test)
{
	struct sim_kcs *kcs = create(test, "spec");

	sim_kcs_init(kcs, sim_kcs_personality("spec"), answer_ok, NULL, 0);
	kcs->byte.max_us = 30;
	sim_kcs_write(kcs, KCS_REG_CMD, 0x61, 1);
	KUNIT_EXPECT_EQ(test, sim_kcs_read(kcs, KCS_REG_STATUS, 100), 0x89);
}

/* First come, first served, each after its time, until it has too many. */
static void daemon_answers_all_it_took_in_order(struct kunit *test)
{
	struct sim_daemon *daemon = kunit_kzalloc(test, sizeof(*daemon), GFP_KERNEL);
	struct kcs_msg msg;
	u8 i;

	KUNIT_ASSERT_NOT_NULL(test, daemon);
	KUNIT_EXPECT_FALSE(test, sim_daemon_next(daemon, &msg, 1000));
	for (i = 0; i < SIM_DAEMON_MAX + 1; i++) {
		KUNIT_ASSERT_EQ(test, kcs_msg_request(&msg, 0x30, i, NULL, 0), 0);
		sim_daemon_add(daemon, &msg, 100 + i, 10);
	}
	for (i = 0; i < SIM_DAEMON_MAX; i++) {
		KUNIT_EXPECT_TRUE(test, sim_daemon_is_busy(daemon));
		KUNIT_EXPECT_FALSE(test, sim_daemon_next(daemon, &msg, 109 + 10 * i));
		KUNIT_EXPECT_TRUE(test, sim_daemon_next(daemon, &msg, 110 + 10 * i));
		KUNIT_EXPECT_EQ(test, msg.bytes[1], i);
	}
	KUNIT_EXPECT_FALSE(test, sim_daemon_is_busy(daemon));
	/* One that comes when it has nothing to do starts at once. */
	sim_daemon_add(daemon, &msg, 500, 10);
	sim_daemon_add(daemon, &msg, 600, 10);
	KUNIT_EXPECT_TRUE(test, sim_daemon_next(daemon, &msg, 510));
	KUNIT_EXPECT_TRUE(test, sim_daemon_next(daemon, &msg, 610));
}

static struct kunit_case sim_cases[] = {
	KUNIT_CASE(ibf_and_dummy_byte_after_a_write),
	KUNIT_CASE(what_shows_while_the_bmc_works),
	KUNIT_CASE(obf_rises_with_or_after_ibf_in_the_read_phase),
	KUNIT_CASE(write_start_in_mid_transfer),
	KUNIT_CASE(write_with_ibf_set_is_lost_or_overwrites),
	KUNIT_CASE(state_and_code_of_an_abort),
	KUNIT_CASE(bmc_may_drop_its_reply_after_an_abort),
	KUNIT_CASE(unknown_control_code),
	KUNIT_CASE(message_of_one_byte),
	KUNIT_CASE(data_byte_in_idle),
	KUNIT_CASE(data_byte_where_there_is_no_place_for_it),
	KUNIT_CASE(bmc_may_start_in_error),
	KUNIT_CASE(request_too_long),
	KUNIT_CASE(reply_too_long_for_the_bmc),
	KUNIT_CASE(cd_bit_follows_the_last_write),
	KUNIT_CASE(interrupt_is_up_while_a_byte_waits),
	KUNIT_CASE(attention_is_shown),
	KUNIT_CASE(drawn_times_stay_in_range_and_repeat),
	KUNIT_CASE(silent_bmc_answers_after_its_time),
	KUNIT_CASE(floating_bus_reads_ones_and_takes_nothing),
	KUNIT_CASE(events_never_end_under_their_fault),
	KUNIT_CASE(every_name_is_found_and_no_other),
	KUNIT_CASE(seed_zero_works),
	KUNIT_CASE(daemon_answers_all_it_took_in_order),
	{}
};

static struct kunit_suite sim_suite = {
	.name = "kcs_sim",
	.test_cases = sim_cases,
};

kunit_test_suite(sim_suite);
