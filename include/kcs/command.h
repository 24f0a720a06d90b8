/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of IPMI commands: one table for the whole stack. */
#ifndef KCS_COMMAND_H
#define KCS_COMMAND_H

#include <kcs/msg.h>
#include <linux/types.h>

#define KCS_COMMAND_READS	0x01	/* changes nothing: may be repeated */
#define KCS_COMMAND_SHARED	0x02	/* reads the same for all who ask at a time */
#define KCS_COMMAND_WATCHDOG	0x04	/* keeps the machine from being reset */
#define KCS_COMMAND_LONG	0x08	/* firmware: may take a minute */
#define KCS_COMMAND_RESET	0x10	/* restarts the BMC */
#define KCS_COMMAND_CARRIES	0x20	/* carries another command */
#define KCS_COMMAND_POWER	0x40	/* can switch the machine off, or reset it */

u32 kcs_command_flags(const struct kcs_msg *request);

#endif /* KCS_COMMAND_H */
