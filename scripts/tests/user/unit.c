// SPDX-License-Identifier: GPL-2.0-only
/* Runs the KUnit suites of the pure code as one program. */
#include <kunit/test.h>
#include <setjmp.h>
#include <stdlib.h>

#define SUITES_MAX	32

static struct kunit_suite *suites[SUITES_MAX];
static int suite_count;
static int passed, failed;
static jmp_buf abort_case;

void unit_register(struct kunit_suite *suite)
{
	if (suite_count == SUITES_MAX)
		abort();
	suites[suite_count++] = suite;
}

void unit_fail(struct kunit *test, bool abort, const char *file, int line,
	       const char *what)
{
	printf("    # %s:%d: expected %s\n", file, line, what);
	test->failures++;
	if (abort)
		longjmp(abort_case, 1);
}

void *unit_alloc(struct kunit *test, size_t size)
{
	void *memory = calloc(1, size);

	if (!memory || test->allocated == ARRAY_SIZE(test->allocations))
		abort();
	test->allocations[test->allocated++] = memory;
	return memory;
}

static void run_case(struct kunit_suite *suite, struct kunit_case *test_case,
		     const void *param, const char *text)
{
	static struct kunit test;

	memset(&test, 0, sizeof(test));
	test.param_value = param;
	if (!setjmp(abort_case)) {
		if (suite->init)
			suite->init(&test);
		test_case->run_case(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	while (test.allocated)
		free(test.allocations[--test.allocated]);
	if (test.failures)
		failed++;
	else
		passed++;
	printf("%s %s.%s%s%s\n", test.failures ? "not ok" : "ok", suite->name,
	       test_case->name, *text ? " " : "", text);
}

static void run_suite(struct kunit_suite *suite)
{
	struct kunit_case *test_case;

	for (test_case = suite->test_cases; test_case->run_case; test_case++) {
		char text[KUNIT_PARAM_DESC_SIZE] = "";
		const void *param = NULL;

		if (!test_case->generate_params) {
			run_case(suite, test_case, NULL, text);
			continue;
		}
		while ((param = test_case->generate_params(param, text)))
			run_case(suite, test_case, param, text);
	}
}

/* All suites, or those named. */
static bool is_wanted(const struct kunit_suite *suite, int count, char **names)
{
	int i;

	for (i = 1; i < count; i++)
		if (!strcmp(names[i], suite->name))
			return true;
	return count < 2;
}

int main(int count, char **names)
{
	int i;

	/* What was seen before a test that hangs is seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < suite_count; i++)
		if (is_wanted(suites[i], count, names))
			run_suite(suites[i]);
	return failed || !passed;
}
