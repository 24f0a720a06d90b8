// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a policy says of commands, for scripts/aml-lint. The only argument is the
 * policy; each line of the input is a NetFn and a command, hexadecimal, and is
 * answered with a line:
 *
 *	allowed
 *	denied
 *	depends LIST	allowed with these first data bytes, such as
 *			"none,00-04,dc"; none is a request without data
 *
 * A word that is none is printed to stderr, and the exit status is 2.
 */
#include "../../../drivers/opregion/policy.h"

#include <stdio.h>

/* A request without data, and one for each first data byte. */
#define REQUESTS	257

static bool allows(const struct kcs_policy *policy, u8 netfn, u8 cmd, int which)
{
	struct kcs_msg request = {
		.len = KCS_MSG_REQUEST_MIN + (which > 0),
		.bytes = { netfn << 2, cmd, which - 1 },
	};

	return kcs_policy_allows(policy, &request);
}

static void print_depends(const bool *allowed)
{
	const char *before = " ";
	int first, last;

	printf("depends");
	if (allowed[0]) {
		printf(" none");
		before = ",";
	}
	for (first = 1; first < REQUESTS; first = last + 1) {
		for (last = first; last < REQUESTS && allowed[last]; last++)
			;
		if (last == first)
			continue;
		printf("%s%02x", before, first - 1);
		if (last - first > 1)
			printf("-%02x", last - 2);
		before = ",";
	}
	printf("\n");
}

static void answer(const struct kcs_policy *policy, u8 netfn, u8 cmd)
{
	bool allowed[REQUESTS];
	int i, count = 0;

	for (i = 0; i < REQUESTS; i++) {
		allowed[i] = allows(policy, netfn, cmd, i);
		count += allowed[i];
	}
	if (count == REQUESTS)
		printf("allowed\n");
	else if (!count)
		printf("denied\n");
	else
		print_depends(allowed);
}

int main(int argc, char **argv)
{
	struct kcs_policy policy;
	const char *bad;
	unsigned int netfn, cmd;

	if (argc != 2)
		return 3;
	if (kcs_policy_parse(&policy, argv[1], &bad)) {
		fprintf(stderr, "%.*s", (int)strcspn(bad, ", \n"), bad);
		return 2;
	}
	while (scanf("%x %x", &netfn, &cmd) == 2) {
		if (netfn > KCS_NETFN_MAX || cmd > 0xff)
			return 3;
		answer(&policy, netfn, cmd);
	}
	return feof(stdin) ? 0 : 3;
}
