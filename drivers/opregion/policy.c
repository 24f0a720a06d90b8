// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which commands AML may send; see policy.h for the words.
 *
 * "monitor-only" is a list of what is let through and not of what is denied: an
 * OEM command that nobody here knows could do anything. A reservation takes
 * another's away, and Set System Info sets a power cap on Dell's machines. Of OEM
 * commands it has Dell's power reading only; others are to be added by those who
 * know their machine.
 *
 * "no-power" is the other way round: what is known to switch the machine off, or to
 * reset it, at once or when a timer or an event says so.
 *
 * Send Message, Master Write-Read and those of the ICMB carry what no rule can see,
 * to the BMC itself as well: where any command is denied they are, too.
 */
#include "policy.h"

#include <kcs/command.h>
#include <kcs/digit.h>
#include <kcs/regs.h>

/**
 * kcs_policy_allows() - may AML send a request?
 * @policy: the policy
 * @request: the request
 *
 * A rule with a data byte does not speak of a request without data. A request
 * that carries another is denied where any is, unless a rule lets it through.
 *
 * Context: any.
 * Return: true when it may.
 */
bool kcs_policy_allows(const struct kcs_policy *policy,
		       const struct kcs_msg *request)
{
	u8 netfn = request->bytes[0] >> 2, cmd = request->bytes[1];
	u16 data = request->len > KCS_MSG_REQUEST_MIN ?
		   request->bytes[KCS_MSG_REQUEST_MIN] : KCS_POLICY_ANY;
	bool denies = policy->preset == KCS_POLICY_NO_POWER;
	u32 flags = kcs_command_flags(request);
	u32 i;

	for (i = policy->count; i--;) {
		if (policy->rules[i].netfn == netfn &&
		    (policy->rules[i].cmd == KCS_POLICY_ANY ||
		     policy->rules[i].cmd == cmd) &&
		    (policy->rules[i].data == KCS_POLICY_ANY ||
		     policy->rules[i].data == data))
			return policy->rules[i].allow;
		denies |= !policy->rules[i].allow;
	}
	if (denies && flags & KCS_COMMAND_CARRIES)
		return false;
	switch (policy->preset) {
	case KCS_POLICY_ALL:
		return true;
	case KCS_POLICY_MONITOR:
		return flags & KCS_COMMAND_READS;
	case KCS_POLICY_NO_POWER:
		return !(flags & KCS_COMMAND_POWER);
	default:
		return false;
	}
}

/* -- Reading. ------------------------------------------------------------- */

static bool ends_word(char c)
{
	return !c || c == ',' || c == ' ' || c == '\n';
}

/* One or two digits; returns how many characters, 0 for none. */
static size_t read_byte(const char *text, u16 *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < 2 && kcs_digit(text[i]) >= 0; i++)
		*value = *value << 4 | kcs_digit(text[i]);
	return i;
}

/* Returns where the rule ends, NULL when it is none. */
static const char *read_rule(struct kcs_policy *policy, const char *text)
{
	u16 netfn, cmd = KCS_POLICY_ANY, data = KCS_POLICY_ANY;
	bool allow = *text++ == '+';
	size_t size = read_byte(text, &netfn);

	if (!size || text[size] != '/' || netfn > KCS_NETFN_MAX || netfn & 1)
		return NULL;
	text += size + 1;
	size = *text == '*' ? 1 : read_byte(text, &cmd);
	if (!size)
		return NULL;
	text += size;
	if (*text == ':') {
		size = read_byte(++text, &data);
		if (!size)
			return NULL;
		text += size;
	}
	if (!ends_word(*text) || policy->count == KCS_POLICY_RULES_MAX)
		return NULL;
	policy->rules[policy->count].netfn = netfn;
	policy->rules[policy->count].cmd = cmd;
	policy->rules[policy->count].data = data;
	policy->rules[policy->count].allow = allow;
	policy->count++;
	return text;
}

/* Returns where the word ends, NULL when it is none. */
static const char *read_preset(struct kcs_policy *policy, const char *text)
{
	static const char * const names[] = {
		[KCS_POLICY_ALL] = "all",
		[KCS_POLICY_NONE] = "none",
		[KCS_POLICY_MONITOR] = "monitor-only",
		[KCS_POLICY_NO_POWER] = "no-power",
		NULL
	};
	size_t i;

	for (i = 0; names[i]; i++) {
		size_t length = strlen(names[i]);

		if (strncmp(text, names[i], length) || !ends_word(text[length]))
			continue;
		policy->preset = i;
		policy->count = 0;
		return text + length;
	}
	return NULL;
}

/**
 * kcs_policy_parse() - read a policy in words
 * @policy: filled on success; otherwise it allows nothing
 * @text: the words; none means all
 * @bad: set to the first word that is none, or one too many
 *
 * Context: any.
 * Return: 0; %-EINVAL.
 */
int kcs_policy_parse(struct kcs_policy *policy, const char *text,
		     const char **bad)
{
	memset(policy, 0, sizeof(*policy));
	while (*text) {
		*bad = text;
		if (*text == '+' || *text == '-')
			text = read_rule(policy, text);
		else if (ends_word(*text))
			text++;
		else
			text = read_preset(policy, text);
		if (!text) {
			policy->preset = KCS_POLICY_NONE;
			policy->count = 0;
			return -EINVAL;
		}
	}
	return 0;
}
