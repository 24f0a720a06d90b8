// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU time that the whole machine spends while something runs, in ns:
 *
 *	cpu_busy FILE WORDS		write WORDS to FILE, print what reads back
 *	cpu_busy -- PROGRAM ARGUMENT...	run a program
 *
 * Prints "busy_ns=... elapsed_ns=... " before the answer of FILE, or after the
 * output of PROGRAM. Busy time is the time of all CPUs minus their idle time as
 * /proc/timer_list has it: the kernel adds it up in ns, without sampling, and
 * interrupts that come while a CPU is idle do not count as idle.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* /proc/timer_list of a small machine, a few KiB for each CPU. */
#define LIST_SIZE		(1 << 18)

/**
 * struct moment - what the clocks of the machine show at one time
 * @at_ns: CLOCK_MONOTONIC
 * @idle_ns: idle time since boot, all CPUs together
 */
struct moment {
	long long at_ns, idle_ns;
};

static char list[LIST_SIZE];

static void fail(const char *what)
{
	fprintf(stderr, "cpu_busy: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void run_on(int first, int last)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	while (first <= last)
		CPU_SET(first++, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		fail("sched_setaffinity");
}

/* An idle CPU adds its idle time up when it wakes, so each is woken first. */
static void wake_all(int count)
{
	int cpu;

	for (cpu = 0; cpu < count; cpu++)
		run_on(cpu, cpu);
	run_on(0, count - 1);
}

static void read_list(void)
{
	int fd = open("/proc/timer_list", O_RDONLY);
	ssize_t size, at = 0;

	if (fd < 0)
		fail("/proc/timer_list");
	while ((size = read(fd, list + at, LIST_SIZE - 1 - at)) > 0)
		at += size;
	list[at] = '\0';
	close(fd);
}

/* Sum of all lines such as "  .idle_sleeptime : 1234 nsecs"; iowait is idle, too. */
static long long sum_of(const char *name)
{
	const char *line = list, *colon;
	long long sum = 0;
	int found = 0;

	while ((line = strstr(line, name))) {
		line += strlen(name);
		colon = strchr(line, ':');
		if (!colon)
			break;
		sum += atoll(colon + 1);
		found++;
	}
	if (!found) {
		fprintf(stderr, "cpu_busy: no %s in /proc/timer_list\n", name);
		exit(1);
	}
	return sum;
}

static struct moment look(int cpus)
{
	struct moment moment;

	wake_all(cpus);
	moment.at_ns = now_ns();
	read_list();
	moment.idle_ns = sum_of(".idle_sleeptime") + sum_of(".iowait_sleeptime");
	return moment;
}

static long long busy_ns(const struct moment *from, const struct moment *to, int cpus)
{
	return cpus * (to->at_ns - from->at_ns) - (to->idle_ns - from->idle_ns);
}

static int run(char **argv)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (!child) {
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	if (waitpid(child, &status, 0) != child)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), program, fd = -1, status = 0;
	struct moment first, from, to;
	char answer[1024];
	ssize_t size = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: cpu_busy FILE WORDS, or cpu_busy -- PROGRAM ARGUMENT...\n");
		return 2;
	}
	program = !strcmp(argv[1], "--");
	if (!program && (fd = open(argv[1], O_RDWR)) < 0)
		fail(argv[1]);
	/* The first look warms caches; the next two tell what a look costs. */
	look(cpus);
	first = look(cpus);
	from = look(cpus);
	if (program)
		status = run(argv + 2);
	else if (write(fd, argv[2], strlen(argv[2])) < 0)
		fail(argv[2]);
	to = look(cpus);
	printf("busy_ns=%lld elapsed_ns=%lld ",
	       busy_ns(&from, &to, cpus) - busy_ns(&first, &from, cpus),
	       to.at_ns - from.at_ns);
	if (!program && (size = pread(fd, answer, sizeof(answer), 0)) < 0)
		fail("reading back");
	printf("%.*s", (int)size, answer);
	if (program)
		printf("\n");
	return status;
}
