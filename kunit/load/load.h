/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traffic for the tests on a machine: some threads do the same thing over and
 * over, and it is measured how long it takes and how it ends.
 *
 *	exec 3<>/sys/kernel/debug/NAME/run
 *	echo "threads=8 ms=2000" >&3; cat <&3
 *
 * Other files beside it answer in the same way.
 */
#ifndef KCS_LOAD_H
#define KCS_LOAD_H

#include <linux/atomic.h>
#include <linux/types.h>

#define LOAD_SAMPLES_MAX	0x100000
#define LOAD_ERRORS_MAX		16
#define LOAD_TEXT_SIZE		1024

/**
 * struct load - a run
 * @threads: how many
 * @ms: for how long
 * @count: how many times at most, in all; 0 without limit
 * @rest_us: what each thread rests between two times, at most; drawn
 * @timeout_ms: deadline of a request
 * @class: its class, see &enum kcs_class
 * @netfn: its network function
 * @cmd: its command
 * @size: its data bytes
 * @method: the AML method to evaluate
 * @expect: what it must return, 0 for anything
 * @end_ns: when the run ends
 * @begun: times begun
 * @sampled: latencies in @us, if there is room
 * @us: latencies of those that succeeded
 * @slowest_us: the longest of all, whether it succeeded or not
 * @errors: how often each errno came
 * @foreign: replies that were somebody else's
 * @value: what the method returned last
 */
struct load {
	u32 threads, ms, count, rest_us, timeout_ms, class;
	u32 netfn, cmd, size;
	char method[64];
	u32 expect;

	u64 end_ns;
	atomic_t begun, sampled, foreign;
	u32 *us;
	atomic_t slowest_us;
	struct {
		atomic_t err, times;
	} errors[LOAD_ERRORS_MAX];
	u64 value;
};

/**
 * typedef load_once - do it once
 * @load: the run
 * @thread: number of the thread
 * @serial: number of the time
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
typedef int (*load_once)(struct load *load, u32 thread, u32 serial);

/**
 * struct load_file - a file that answers what is written to it
 * @answer: @words is what was written, without blanks around it; @text, of
 *	%LOAD_TEXT_SIZE bytes, is what reads back; 0 or a negative errno
 */
struct load_file {
	int (*answer)(char *words, char *text);
};

int load_create(const char *name, load_once once);
void load_add(const char *name, const struct load_file *file);
void load_remove(void);

#endif /* KCS_LOAD_H */
