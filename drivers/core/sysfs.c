// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be seen of an interface, beside its device in sysfs:
 *
 *	kcs/health	unknown, ready, degraded, maintenance, dead, absent
 *	kcs/requests	and the other counters, see &enum kcs_counter
 */
#include "host.h"
#include "names.h"

#include <linux/device.h>
#include <linux/sysfs.h>

static bool is_of(struct kcs_host *host, const void *dev)
{
	return host->dev == dev;
}

static ssize_t show(struct device *dev, struct device_attribute *attr, char *text);

static struct device_attribute health = __ATTR(health, 0444, show, NULL);

static struct device_attribute counters[KCS_COUNTERS] = {
	[KCS_COUNT_REQUESTS] = __ATTR(requests, 0444, show, NULL),
	[KCS_COUNT_ANSWERED] = __ATTR(answered, 0444, show, NULL),
	[KCS_COUNT_TIMEOUTS] = __ATTR(timeouts, 0444, show, NULL),
	[KCS_COUNT_ERRORS] = __ATTR(errors, 0444, show, NULL),
	[KCS_COUNT_REFUSED] = __ATTR(refused, 0444, show, NULL),
	[KCS_COUNT_RETRIES] = __ATTR(retries, 0444, show, NULL),
	[KCS_COUNT_PROBES] = __ATTR(probes, 0444, show, NULL),
	[KCS_COUNT_RECOVERIES] = __ATTR(recoveries, 0444, show, NULL),
	[KCS_COUNT_ROUNDS] = __ATTR(attention_rounds, 0444, show, NULL),
};

static ssize_t show(struct device *dev, struct device_attribute *attr, char *text)
{
	struct kcs_host *host = kcs_host_find(is_of, dev);
	ssize_t len;

	if (!host)
		return -ENODEV;
	if (attr == &health)
		len = sysfs_emit(text, "%s\n",
				 kcs_names_health(READ_ONCE(host->health.state)));
	else
		len = sysfs_emit(text, "%lld\n",
				 atomic64_read(&host->counters[attr - counters]));
	kcs_host_put(host);
	return len;
}

static struct attribute *attributes[] = {
	&health.attr,
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
	.name = "kcs",
	.attrs = attributes,
};

/**
 * kcs_sysfs_create() - show an interface
 * @host: the interface, in the list of interfaces
 *
 * Context: may sleep.
 * Return: 0; %-ENOMEM; %-EEXIST when the device has an interface already.
 */
int kcs_sysfs_create(struct kcs_host *host)
{
	return sysfs_create_group(&host->dev->kobj, &group);
}

/**
 * kcs_sysfs_remove() - show it no more; nobody looks after return
 * @host: the interface
 *
 * Context: may sleep.
 */
void kcs_sysfs_remove(struct kcs_host *host)
{
	sysfs_remove_group(&host->dev->kobj, &group);
}
