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
 * Send Message and Master Write-Read carry what no rule can see, to the BMC itself
 * as well: where any command is denied they are, too.
 */
#include "policy.h"

#include <kcs/regs.h>

/* Of the table below; no network function. */
#define END		0xff

#define NETFN_OEM	0x30
#define DELL_POWER	0x0a

/**
 * struct reads - commands of a NetFn that change nothing
 * @netfn: network function
 * @first: first command
 * @last: last command
 */
struct reads {
	u8 netfn, first, last;
};

/* IPMI 2.0 rev 1.1, appendix G; DCMI 1.5, table 7-1. */
static const struct reads monitor[] = {
	{ 0x00, 0x00, 0x01 },	/* Get Chassis Capabilities, Status */
	{ 0x00, 0x07, 0x07 },	/* Get System Restart Cause */
	{ 0x00, 0x09, 0x09 },	/* Get System Boot Options */
	{ 0x00, 0x0f, 0x0f },	/* Get POH Counter */
	{ 0x04, 0x01, 0x01 },	/* Get Event Receiver */
	{ 0x04, 0x10, 0x10 },	/* Get PEF Capabilities */
	{ 0x04, 0x13, 0x13 },	/* Get PEF Configuration Parameters */
	{ 0x04, 0x15, 0x15 },	/* Get Last Processed Event ID */
	{ 0x04, 0x20, 0x21 },	/* Get Device SDR Info, Get Device SDR */
	{ 0x04, 0x23, 0x23 },	/* Get Sensor Reading Factors */
	{ 0x04, 0x25, 0x25 },	/* Get Sensor Hysteresis */
	{ 0x04, 0x27, 0x27 },	/* Get Sensor Threshold */
	{ 0x04, 0x29, 0x29 },	/* Get Sensor Event Enable */
	{ 0x04, 0x2b, 0x2b },	/* Get Sensor Event Status */
	{ 0x04, 0x2d, 0x2d },	/* Get Sensor Reading */
	{ 0x04, 0x2f, 0x2f },	/* Get Sensor Type */
	{ 0x06, 0x01, 0x01 },	/* Get Device ID */
	{ 0x06, 0x04, 0x04 },	/* Get Self Test Results */
	{ 0x06, 0x07, 0x0d },	/* power state, GUID, what is supported */
	{ 0x06, 0x25, 0x25 },	/* Get Watchdog Timer */
	{ 0x06, 0x2f, 0x2f },	/* Get BMC Global Enables */
	{ 0x06, 0x31, 0x31 },	/* Get Message Flags */
	{ 0x06, 0x37, 0x37 },	/* Get System GUID */
	{ 0x06, 0x41, 0x42 },	/* Get Channel Access, Info */
	{ 0x06, 0x59, 0x59 },	/* Get System Info Parameters */
	{ 0x0a, 0x10, 0x11 },	/* Get FRU Inventory Area Info, Read FRU Data */
	{ 0x0a, 0x20, 0x21 },	/* SDR: Info, Allocation */
	{ 0x0a, 0x23, 0x23 },	/* Get SDR */
	{ 0x0a, 0x28, 0x28 },	/* Get SDR Repository Time */
	{ 0x0a, 0x40, 0x41 },	/* SEL: Info, Allocation */
	{ 0x0a, 0x43, 0x43 },	/* Get SEL Entry */
	{ 0x0a, 0x48, 0x48 },	/* Get SEL Time */
	{ 0x0a, 0x5a, 0x5a },	/* Get Auxiliary Log Status */
	{ 0x0a, 0x5c, 0x5c },	/* Get SEL Time UTC Offset */
	{ 0x0c, 0x02, 0x02 },	/* Get LAN Configuration Parameters */
	{ KCS_NETFN_GROUP, 0x01, 0x03 },	/* capabilities, power, its limit */
	{ KCS_NETFN_GROUP, 0x06, 0x07 },	/* Get Asset Tag, Sensor Info */
	{ KCS_NETFN_GROUP, 0x09, 0x09 },	/* Get MC ID String */
	{ KCS_NETFN_GROUP, 0x0c, 0x0c },	/* Get Thermal Limit */
	{ KCS_NETFN_GROUP, 0x10, 0x10 },	/* Get Temperature Readings */
	{ KCS_NETFN_GROUP, 0x13, 0x13 },	/* Get DCMI Configuration Parameters */
	{ NETFN_OEM, 0xb3, 0xb3 },	/* Dell: instantaneous power */
	{ END }
};

/* IPMI 2.0 rev 1.1, 22.7 and 22.11 */
static bool carries_others(u8 netfn, u8 cmd)
{
	return netfn == KCS_NETFN_APP && (cmd == 0x34 || cmd == 0x52);
}

static bool only_reads(u8 netfn, u8 cmd, u16 data)
{
	size_t i;

	if ((netfn == KCS_NETFN_GROUP && data != KCS_GROUP_DCMI) ||
	    (netfn == NETFN_OEM && data != DELL_POWER))
		return false;
	for (i = 0; monitor[i].netfn != END; i++)
		if (monitor[i].netfn == netfn && cmd >= monitor[i].first &&
		    cmd <= monitor[i].last)
			return true;
	return false;
}

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
	bool denies = false;
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
	if (policy->preset == KCS_POLICY_MONITOR)
		return only_reads(netfn, cmd, data);
	return policy->preset == KCS_POLICY_ALL &&
	       !(denies && carries_others(netfn, cmd));
}

/* -- Reading. ------------------------------------------------------------- */

static bool ends_word(char c)
{
	return !c || c == ',' || c == ' ' || c == '\n';
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One or two digits; returns how many characters, 0 for none. */
static size_t read_byte(const char *text, u16 *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < 2 && digit(text[i]) >= 0; i++)
		*value = *value << 4 | digit(text[i]);
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
