/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as the tests of the pure code use, in user space: the very
 * same test files run under gcov, ASan and UBSan. See unit.c for the rest.
 */
#ifndef SHIM_KUNIT_TEST_H
#define SHIM_KUNIT_TEST_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <stdio.h>

#define KUNIT_PARAM_DESC_SIZE	128
#define GFP_KERNEL		0

struct kunit {
	void *priv;
	const void *param_value;
	int failures;
	void *allocations[4096];
	int allocated;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *previous, char *text);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

void unit_register(struct kunit_suite *suite);
void unit_fail(struct kunit *test, bool abort, const char *file, int line,
	       const char *what);
void *unit_alloc(struct kunit *test, size_t size);

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, params) \
	{ .run_case = fn, .name = #fn, .generate_params = params }

#define kunit_test_suite(suite)						\
	__attribute__((constructor)) static void register_suite(void)	\
	{								\
		unit_register(&(suite));				\
	}								\
	struct kunit_suite

#define kunit_kzalloc(test, size, gfp)		unit_alloc(test, size)
#define kunit_kcalloc(test, n, size, gfp)	unit_alloc(test, (n) * (size))
#define kunit_info(test, ...)			printf("    # " __VA_ARGS__)

#define UNIT_CHECK(test, abort, ok, what)				\
	do {								\
		if (!(ok))						\
			unit_fail(test, abort, __FILE__, __LINE__, what); \
	} while (0)

#define UNIT_CHECK_MSG(test, ok, what, ...)				\
	do {								\
		if (!(ok)) {						\
			unit_fail(test, false, __FILE__, __LINE__, what); \
			printf("    # " __VA_ARGS__);			\
			printf("\n");					\
		}							\
	} while (0)

#define KUNIT_FAIL(test, ...)	UNIT_CHECK_MSG(test, false, "fail", __VA_ARGS__)

#define KUNIT_EXPECT_EQ(t, a, b)	UNIT_CHECK(t, false, (a) == (b), #a " == " #b)
#define KUNIT_EXPECT_NE(t, a, b)	UNIT_CHECK(t, false, (a) != (b), #a " != " #b)
#define KUNIT_EXPECT_LE(t, a, b)	UNIT_CHECK(t, false, (a) <= (b), #a " <= " #b)
#define KUNIT_EXPECT_GE(t, a, b)	UNIT_CHECK(t, false, (a) >= (b), #a " >= " #b)
#define KUNIT_EXPECT_TRUE(t, a)		UNIT_CHECK(t, false, a, #a)
#define KUNIT_EXPECT_FALSE(t, a)	UNIT_CHECK(t, false, !(a), "!" #a)
#define KUNIT_EXPECT_NULL(t, a)		UNIT_CHECK(t, false, !(a), #a " == NULL")
#define KUNIT_EXPECT_NOT_NULL(t, a)	UNIT_CHECK(t, false, a, #a " != NULL")
#define KUNIT_EXPECT_STREQ(t, a, b)	UNIT_CHECK(t, false, !strcmp(a, b), #a " is " #b)
#define KUNIT_EXPECT_STRNEQ(t, a, b)	UNIT_CHECK(t, false, strcmp(a, b), #a " is not " #b)
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) \
	UNIT_CHECK_MSG(t, (a) == (b), #a " == " #b, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(t, a, b, ...) \
	UNIT_CHECK_MSG(t, (a) <= (b), #a " <= " #b, __VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(t, a, ...)	UNIT_CHECK_MSG(t, a, #a, __VA_ARGS__)
#define KUNIT_ASSERT_EQ(t, a, b)	UNIT_CHECK(t, true, (a) == (b), #a " == " #b)
#define KUNIT_ASSERT_LE(t, a, b)	UNIT_CHECK(t, true, (a) <= (b), #a " <= " #b)
#define KUNIT_ASSERT_NOT_NULL(t, a)	UNIT_CHECK(t, true, a, #a " != NULL")

#endif /* SHIM_KUNIT_TEST_H */
