/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels this builds for, from 6.1 on. Each entry asks
 * the headers, since distributions backport, and names the kernel from which on
 * it is not needed any more.
 */
#ifndef KCS_COMPAT_H
#define KCS_COMPAT_H

#include <linux/version.h>

/*
 * 6.18: the sender of an interface says whether it took the message; before, it
 * says nothing. Ours takes each, and tells later what became of it.
 */
#define KCS_COMPAT_SENT \
	typeof(((struct ipmi_smi_handlers *)0)->sender(NULL, NULL))

/* 6.13: hrtimer_setup(). A version test, as it is no macro; the name is ours. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define kcs_compat_hrtimer_setup	hrtimer_setup
#else
#define kcs_compat_hrtimer_setup(timer, expired, clock, mode) \
	do { \
		hrtimer_init(timer, clock, mode); \
		(timer)->function = (expired); \
	} while (0)
#endif

#endif /* KCS_COMPAT_H */
