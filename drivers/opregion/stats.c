// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was counted of AML's calls, in /sys/module/kcs_opregion/calls/: a file
 * each, see &enum kcs_stat.
 */
#include "stats.h"

#include <linux/atomic.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static atomic_t stats[KCS_STATS];

/**
 * kcs_stats_count() - one more
 * @stat: of what
 *
 * Context: any.
 */
void kcs_stats_count(enum kcs_stat stat)
{
	atomic_inc(&stats[stat]);
}

/**
 * kcs_stats_locked() - a call may have held the ACPI Global Lock
 * @us: how long, in microseconds
 *
 * Context: any.
 */
void kcs_stats_locked(u32 us)
{
	int longest = atomic_read(&stats[KCS_STAT_LOCKED_MAX_US]);

	kcs_stats_count(KCS_STAT_LOCKED);
	while ((u32)longest < us &&
	       !atomic_try_cmpxchg(&stats[KCS_STAT_LOCKED_MAX_US], &longest, us))
		;
}

/* Only a module has a folder in /sys/module before it has parameters. */
#ifdef MODULE
static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *text);

static struct kobj_attribute files[KCS_STATS] = {
	[KCS_STAT_CALLS] = __ATTR(calls, 0444, stat_show, NULL),
	[KCS_STAT_ANSWERED] = __ATTR(answered, 0444, stat_show, NULL),
	[KCS_STAT_JOINED] = __ATTR(joined, 0444, stat_show, NULL),
	[KCS_STAT_KEPT] = __ATTR(kept, 0444, stat_show, NULL),
	[KCS_STAT_TIMEOUTS] = __ATTR(timeouts, 0444, stat_show, NULL),
	[KCS_STAT_FAILURES] = __ATTR(failures, 0444, stat_show, NULL),
	[KCS_STAT_MALFORMED] = __ATTR(malformed, 0444, stat_show, NULL),
	[KCS_STAT_OVERSIZED] = __ATTR(oversized, 0444, stat_show, NULL),
	[KCS_STAT_DENIED] = __ATTR(denied, 0444, stat_show, NULL),
	[KCS_STAT_LOCKED] = __ATTR(locked, 0444, stat_show, NULL),
	[KCS_STAT_LOCKED_MAX_US] = __ATTR(locked_max_us, 0444, stat_show, NULL),
};

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *text)
{
	return sysfs_emit(text, "%u\n", (u32)atomic_read(&stats[attr - files]));
}

static struct kobject *folder;

/**
 * kcs_stats_create() - show them
 *
 * Context: may sleep.
 * Return: 0; %-ENOMEM, or what sysfs says.
 */
int kcs_stats_create(void)
{
	int err = 0;
	size_t i;

	folder = kobject_create_and_add("calls", &THIS_MODULE->mkobj.kobj);
	if (!folder)
		return -ENOMEM;
	for (i = 0; !err && i < ARRAY_SIZE(files); i++)
		err = sysfs_create_file(folder, &files[i].attr);
	if (err)
		kobject_put(folder);
	return err;
}

/**
 * kcs_stats_remove() - show them no more
 *
 * Context: may sleep.
 */
void kcs_stats_remove(void)
{
	kobject_del(folder);
	kobject_put(folder);
}
#else
int kcs_stats_create(void)
{
	return 0;
}

void kcs_stats_remove(void)
{
}
#endif
