// SPDX-License-Identifier: GPL-2.0-only
/* Settings of the simulated BMC: what is taken, what is refused, and any text. */
#include "../drivers/sim/sim.h"

#include <kunit/test.h>

#define FUZZ_TEXTS	20000
#define SEED		1

/**
 * struct settings_row - a text for a setting, and what comes of it
 * @name: the setting
 * @text: the text
 * @err: what sim_settings_set() returns
 */
struct settings_row {
	const char *name;
	const char *text;
	int err;
};

static const struct settings_row settings_rows[] = {
	{ "byte_us", "0", 0 },
	{ "byte_us", "5-20", 0 },
	{ "byte_us", "60000000", 0 },
	{ "byte_us", "60000000-60000000", 0 },
	{ "byte_us", "60000001", -ERANGE },
	{ "byte_us", "0-60000001", -ERANGE },
	{ "byte_us", "0-4294967295", -ERANGE },
	{ "byte_us", "4294967296", -ERANGE },
	{ "byte_us", "0-4294967296", -ERANGE },
	{ "byte_us", "4294967297-5", -ERANGE },
	{ "byte_us", "5-1", -ERANGE },
	{ "byte_us", "", -EINVAL },
	{ "byte_us", "-", -EINVAL },
	{ "byte_us", "-5", -EINVAL },
	{ "byte_us", "5-", -EINVAL },
	{ "byte_us", "1-2-3", -EINVAL },
	{ "byte_us", "5us", -EINVAL },
	{ "think_us", "0-4294967295", -ERANGE },
	{ "think_us", "7000000", 0 },
	{ "watts", "65535", 0 },
	{ "watts", "65536", -ERANGE },
	{ "watts", "-1", -EINVAL },
	{ "watts", "", -EINVAL },
	{ "sensor", "1=95", 0 },
	{ "sensor", "5=auto", 0 },
	{ "sensor", "0=95", -ERANGE },
	{ "sensor", "6=95", -ERANGE },
	{ "sensor", "1=256", -ERANGE },
	{ "sensor", "1", -EINVAL },
	{ "sensor", "1=", -EINVAL },
	{ "sensor", "=auto", -EINVAL },
	{ "sensor", "1=automatic", -EINVAL },
	{ "personality", "ami", 0 },
	{ "personality", "AMI", -EINVAL },
	{ "personality", "", -EINVAL },
	{ "fault", "silence", 0 },
	{ "fault", "none", 0 },
	{ "fault", "", -EINVAL },
	{ "fault", "silent", -EINVAL },
	{ "fault", "error byte=65534 states=15 times=1000000", 0 },
	{ "fault", "error byte=65535", -ERANGE },
	{ "fault", "error states=16", -ERANGE },
	{ "fault", "error times=1000001", -ERANGE },
	{ "fault", "error after_ms=3600000 for_ms=3600000", 0 },
	{ "fault", "error after_ms=3600001", -ERANGE },
	{ "fault", "error for_ms=4294968", -ERANGE },
	{ "fault", "code code=ff command=3fff", 0 },
	{ "fault", "code code=100", -ERANGE },
	{ "fault", "code command=4000", -ERANGE },
	{ "fault", "code code=-1", -EINVAL },
	{ "fault", "code code=", -EINVAL },
	{ "fault", "code code", -EINVAL },
	{ "fault", "code =1", -EINVAL },
	{ "fault", "code nonsense=1", -EINVAL },
	{ "fault", "  silence", -EINVAL },
	{ "counters", "1", -EPERM },
	{ "nonsense", "1", -ENOENT },
};

static struct sim *create(struct kunit *test)
{
	struct sim *sim = kunit_kzalloc(test, sizeof(*sim), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sim);
	spin_lock_init(&sim->lock);
	sim_bmc_init(&sim->bmc, 187);
	sim_kcs_init(&sim->kcs, sim_personalities, sim_bmc_command, &sim->bmc, SEED);
	return sim;
}

static void settings_refuse_what_is_out_of_range(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings_rows); i++) {
		const struct settings_row *row = &settings_rows[i];

		KUNIT_EXPECT_EQ_MSG(test, row->err,
				    sim_settings_set(create(test), row->name, row->text),
				    "%s '%s'", row->name, row->text);
	}
}

static void refused_setting_changes_nothing(struct kunit *test)
{
	struct sim *sim = create(test);

	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "byte_us", "3-7"), 0);
	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "fault", "code code=c1 command=2c02"), 0);
	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "byte_us", "9-8"), -ERANGE);
	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "watts", "70000"), -ERANGE);
	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "sensor", "1=900"), -ERANGE);
	KUNIT_EXPECT_EQ(test, sim_settings_set(sim, "fault", "silence times=x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, sim->kcs.byte.min_us, 3u);
	KUNIT_EXPECT_EQ(test, sim->kcs.byte.max_us, 7u);
	KUNIT_EXPECT_EQ(test, sim->bmc.watts, 187);
	KUNIT_EXPECT_FALSE(test, sim->bmc.sensors[0].is_fixed);
	KUNIT_EXPECT_EQ(test, (int)sim->kcs.trouble.fault.kind, (int)SIM_FAULT_CODE);
	KUNIT_EXPECT_EQ(test, sim->kcs.trouble.fault.code, 0xc1);
	KUNIT_EXPECT_EQ(test, sim->kcs.trouble.fault.command, 0x2c02);
	KUNIT_EXPECT_EQ(test, sim->kcs.trouble.fault.byte, SIM_ANY_BYTE);
}

/* xorshift: the same texts in each run. */
static u32 draw(u32 *random, u32 below)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random % below;
}

/* Of words that mean something, so that some are taken. */
static void make_text(char *text, size_t size, u32 *random)
{
	static const char * const words[] = {
		"0", "1", "9", "-", "4294967295", "4294967296", "60000000", " ",
		"=", "silence", "error", "late", "byte", "states", "command",
		"auto", "after_ms", "for_ms", "times", "code", "f", "x", "+", "\n", "\xff",
	};
	u32 count = draw(random, 9);

	*text = '\0';
	while (count--)
		strlcat(text, words[draw(random, ARRAY_SIZE(words))], size);
}

static void any_text_leaves_settings_in_range(struct kunit *test)
{
	static const char * const names[] = {
		"byte_us", "think_us", "watts", "fault", "sensor",
	};
	struct sim *sim = create(test);
	u32 random = SEED, taken = 0, i;
	char text[80];

	for (i = 0; i < FUZZ_TEXTS; i++) {
		make_text(text, sizeof(text), &random);
		if (!sim_settings_set(sim, names[draw(&random, ARRAY_SIZE(names))], text))
			taken++;
		KUNIT_ASSERT_LE(test, sim->kcs.byte.min_us, sim->kcs.byte.max_us);
		KUNIT_ASSERT_LE(test, sim->kcs.byte.max_us, SIM_DELAY_MAX_US);
		KUNIT_ASSERT_LE(test, sim->kcs.think.max_us, SIM_DELAY_MAX_US);
		KUNIT_ASSERT_LE(test, sim_delay_draw(&sim->kcs.byte, &random),
				sim->kcs.byte.max_us);
		KUNIT_ASSERT_LE(test, sim->kcs.trouble.fault.states, 15);
	}
	KUNIT_EXPECT_GT(test, taken, FUZZ_TEXTS / 100);
}

static struct kunit_case settings_cases[] = {
	KUNIT_CASE(settings_refuse_what_is_out_of_range),
	KUNIT_CASE(refused_setting_changes_nothing),
	KUNIT_CASE(any_text_leaves_settings_in_range),
	{}
};

static struct kunit_suite settings_suite = {
	.name = "kcs_sim_settings",
	.test_cases = settings_cases,
};

kunit_test_suite(settings_suite);
