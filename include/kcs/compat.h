/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels this builds for, from 6.1 on. Each entry asks
 * the headers, since distributions backport, and names the kernel from which on
 * it is not needed any more.
 */
#ifndef KCS_COMPAT_H
#define KCS_COMPAT_H

/*
 * 6.18: the sender of an interface says whether it took the message; before, it
 * says nothing. Ours takes each, and tells later what became of it.
 */
#define KCS_COMPAT_SENT \
	typeof(((struct ipmi_smi_handlers *)0)->sender(NULL, NULL))

/* 7.2 has recv_msg for who asks with a message of ipmi_msghandler, not user_data. */
#ifdef KCS_HAS_RECV_MSG
#define kcs_compat_asker(msg)	((msg)->recv_msg)
#else
#define kcs_compat_asker(msg)	((msg)->user_data)
#endif

/* 6.13 has hrtimer_setup(), 6.15 nothing else; Kbuild looks for it. */
#ifdef KCS_HAS_HRTIMER_SETUP
#define kcs_compat_hrtimer_setup	hrtimer_setup
#else
#define kcs_compat_hrtimer_setup(timer, expired, clock, mode) \
({ \
	struct hrtimer *_timer = (timer); \
	\
	hrtimer_init(_timer, clock, mode); \
	_timer->function = (expired); \
})
#endif

#endif /* KCS_COMPAT_H */
