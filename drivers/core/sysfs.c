// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be seen of an interface in /sys/class/kcs/kcsN:
 *
 *	health		unknown, ready, degraded, restricted, maintenance, dead, absent
 *	requests	and the other counters, see &enum kcs_counter
 */
#include "host.h"

#include <linux/sysfs.h>

static struct kcs_host *sysfs_host(struct device *dev)
{
	return container_of(dev, struct kcs_host, dev);
}

static ssize_t health_show(struct device *dev, struct device_attribute *attr,
			   char *text)
{
	return sysfs_emit(text, "%s\n",
			  kcs_health_name(READ_ONCE(sysfs_host(dev)->health.state)));
}
static DEVICE_ATTR_RO(health);

static ssize_t counter_show(struct device *dev, struct device_attribute *attr,
			    char *text);

static struct device_attribute counters[KCS_COUNTERS] = {
	[KCS_COUNT_REQUESTS] = __ATTR(requests, 0444, counter_show, NULL),
	[KCS_COUNT_ANSWERED] = __ATTR(answered, 0444, counter_show, NULL),
	[KCS_COUNT_TIMEOUTS] = __ATTR(timeouts, 0444, counter_show, NULL),
	[KCS_COUNT_ERRORS] = __ATTR(errors, 0444, counter_show, NULL),
	[KCS_COUNT_REFUSED] = __ATTR(refused, 0444, counter_show, NULL),
	[KCS_COUNT_RETRIES] = __ATTR(retries, 0444, counter_show, NULL),
	[KCS_COUNT_PROBES] = __ATTR(probes, 0444, counter_show, NULL),
	[KCS_COUNT_RECOVERIES] = __ATTR(recoveries, 0444, counter_show, NULL),
	[KCS_COUNT_ROUNDS] = __ATTR(attention_rounds, 0444, counter_show, NULL),
};

static ssize_t counter_show(struct device *dev, struct device_attribute *attr,
			    char *text)
{
	return sysfs_emit(text, "%lld\n",
			  atomic64_read(&sysfs_host(dev)->counters[attr - counters]));
}

static struct attribute *attributes[] = {
	&dev_attr_health.attr,
	&counters[KCS_COUNT_REQUESTS].attr,
	&counters[KCS_COUNT_ANSWERED].attr,
	&counters[KCS_COUNT_TIMEOUTS].attr,
	&counters[KCS_COUNT_ERRORS].attr,
	&counters[KCS_COUNT_REFUSED].attr,
	&counters[KCS_COUNT_RETRIES].attr,
	&counters[KCS_COUNT_PROBES].attr,
	&counters[KCS_COUNT_RECOVERIES].attr,
	&counters[KCS_COUNT_ROUNDS].attr,
	NULL
};

static const struct attribute_group group = {
	.attrs = attributes,
};

const struct attribute_group *kcs_sysfs_groups[] = { &group, NULL };
