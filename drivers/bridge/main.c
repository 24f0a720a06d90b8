// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which interfaces the message handler knows: they come and go as they do. Those that
 * kcs_via_ipmi made of what it knows already are left out.
 */
#include "smi.h"

#include <kcs/version.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>

/* Where a BMC is ready modprobe returns with /dev/ipmi0 there; most take 10 ms. */
#define SETTLE_MS	100

static LIST_HEAD(smis);
static bool closing;
static DEFINE_MUTEX(lock);	/* guards smis and closing */

/* Held over a removal: the device of an interface stays until that is through. */
static DEFINE_MUTEX(removal);

static struct kcs_smi *find(const struct kcs_host *host)
{
	struct kcs_smi *smi;

	list_for_each_entry(smi, &smis, node)
		if (smi->host == host)
			return smi;
	return NULL;
}

/* One that is being removed is not taken: nobody would say that it is gone. */
static bool on_ready(struct kcs_host *host)
{
	struct kcs_smi *smi;

	mutex_lock(&lock);
	smi = find(host);
	if (!smi && !closing && kcs_host_is_ready(host)) {
		smi = kcs_smi_create(host);
		if (smi)
			list_add_tail(&smi->node, &smis);
	}
	if (smi)
		kcs_smi_enroll(smi);
	mutex_unlock(&lock);
	return smi || !kcs_host_is_ready(host);
}

static void on_gone(struct kcs_host *host)
{
	struct kcs_smi *smi;

	mutex_lock(&removal);
	mutex_lock(&lock);
	smi = find(host);
	if (smi)
		list_del(&smi->node);
	mutex_unlock(&lock);
	if (smi)
		kcs_smi_remove(smi);
	mutex_unlock(&removal);
}

static int on_host(struct notifier_block *nb, unsigned long event, void *host)
{
	if (!kcs_host_has_registers(host))
		return NOTIFY_OK;
	if (event == KCS_HOST_READY)
		on_ready(host);
	else if (event == KCS_HOST_REMOVED)
		on_gone(host);
	return NOTIFY_OK;
}

static struct notifier_block events = { .notifier_call = on_host };

/* -- The module. ---------------------------------------------------------- */

static bool is_new(struct kcs_host *host, const void *unused)
{
	bool is_new;

	if (!kcs_host_has_registers(host))
		return false;
	mutex_lock(&lock);
	is_new = kcs_host_is_ready(host) && !find(host);
	mutex_unlock(&lock);
	return is_new;
}

static int __init kcs_ipmi_init(void)
{
	struct kcs_host *host;
	bool more = true;
	int err = kcs_host_notify(&events);

	if (err)
		return err;
	while (more && (host = kcs_host_find(is_new, NULL))) {
		more = on_ready(host);
		kcs_host_put(host);
	}
	kcs_smi_settle(SETTLE_MS);
	return 0;
}
module_init(kcs_ipmi_init);

static struct kcs_host *take_one(void)
{
	struct kcs_smi *smi;
	struct kcs_host *host = NULL;

	mutex_lock(&lock);
	closing = true;
	smi = list_first_entry_or_null(&smis, struct kcs_smi, node);
	if (smi)
		host = kcs_host_get(smi->host);
	mutex_unlock(&lock);
	return host;
}

/* An interface that goes meanwhile is still told of, and waits. */
static void __exit kcs_ipmi_exit(void)
{
	struct kcs_host *host;

	while ((host = take_one())) {
		on_gone(host);
		kcs_host_put(host);
	}
	kcs_host_unnotify(&events);
	/* Whoever ended the last request may still be on the way out of here. */
	synchronize_rcu_tasks();
}
module_exit(kcs_ipmi_exit);

MODULE_DESCRIPTION("KCS interfaces for ipmi_msghandler");
/* Linux 6.1 tells it twice of an interface that comes at the same time. */
MODULE_SOFTDEP("pre: ipmi_devintf");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
