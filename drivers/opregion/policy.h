/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which commands AML may send. A policy in words is a list, separated by commas
 * or spaces; of the words that speak of a command the last one counts:
 *
 *	all		every command; the default
 *	none		no command
 *	monitor-only	commands known to read only; see policy.c
 *	no-power	every command but those known to switch off or reset
 *	+NN/CC[:DD]	NetFn NN, command CC, first data byte DD, all
 *	-NN/CC[:DD]	hexadecimal; * for CC is every command; + lets
 *			through, - denies
 *
 * For instance "monitor-only,+30/c8" or "all -00/02 -00/03". Where anything is
 * denied, so are those that could carry it, unless a rule lets them through: Send
 * Message (06/34), Master Write-Read (06/52), ICMB (02/20, 02/21).
 */
#ifndef KCS_POLICY_H
#define KCS_POLICY_H

#include <kcs/msg.h>
#include <linux/types.h>

#define KCS_POLICY_RULES_MAX	32

/* Instead of a command or a data byte: any of them. */
#define KCS_POLICY_ANY		0x100

/**
 * enum kcs_policy_preset - what is allowed where no rule says otherwise
 * @KCS_POLICY_ALL: every command
 * @KCS_POLICY_NONE: no command
 * @KCS_POLICY_MONITOR: those known to read only
 * @KCS_POLICY_NO_POWER: all but those known to switch the machine off, or to reset it
 */
enum kcs_policy_preset {
	KCS_POLICY_ALL,
	KCS_POLICY_NONE,
	KCS_POLICY_MONITOR,
	KCS_POLICY_NO_POWER,
};

/**
 * struct kcs_policy - a policy that was read
 * @preset: where no rule says otherwise
 * @count: rules in use
 * @rules: of a rule, netfn, cmd or %KCS_POLICY_ANY, data (the first byte) or
 *	%KCS_POLICY_ANY, and whether it allows
 */
struct kcs_policy {
	enum kcs_policy_preset preset;
	u32 count;
	struct {
		u16 netfn, cmd, data;
		bool allow;
	} rules[KCS_POLICY_RULES_MAX];
};

int kcs_policy_parse(struct kcs_policy *policy, const char *text,
		     const char **bad);
bool kcs_policy_allows(const struct kcs_policy *policy,
		       const struct kcs_msg *request);

#endif /* KCS_POLICY_H */
