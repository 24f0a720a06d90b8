// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module kcs_via_ipmi: an interface of ours for each one that another driver has
 * registered with ipmi_msghandler, so that firmware's requests get its deadlines. That
 * driver keeps the interface, and all else that it is used for.
 *
 * ipmi_msghandler tells with a lock held that it also takes in what kcs_ipmi calls. So
 * interfaces come and go in a work, which takes none of its locks. Only the user of one
 * that goes is destroyed at once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "via_transport.h"

#include <kcs/clock.h>
#include <kcs/host.h>
#include <kcs/version.h>
#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/ipmi.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

/**
 * struct via - an interface of another driver
 * @node: place in the list of them
 * @number: what ipmi_msghandler calls it: that of /dev/ipmiN
 * @firmware_handle: its device in firmware's namespace, NULL for none
 * @is_gone: it is to be removed; protected by @lock
 * @transport: its messages
 * @device: what @host belongs to
 * @host: the interface, NULL before it was made
 */
struct via {
	struct list_head node;
	int number;
	void *firmware_handle;
	bool is_gone;
	struct kcs_via_transport transport;
	struct platform_device *device;
	struct kcs_host *host;
};

static LIST_HEAD(vias);
static bool closing;
static DEFINE_MUTEX(lock);	/* guards vias, is_gone, closing */

/* -- An interface of ours. ------------------------------------------------ */

static int via_make_host(struct via *via)
{
	struct kcs_host_setup setup = {
		.transport = &via->transport.transport,
		.firmware_handle = via->firmware_handle,
		.clock = &kcs_clock_system,
	};
	struct kcs_host *host;

	via->device = platform_device_register_simple(KBUILD_MODNAME, via->number,
						      NULL, 0);
	if (IS_ERR(via->device))
		return PTR_ERR(via->device);
	host = kcs_host_create(&via->device->dev, &setup);
	if (!IS_ERR(host)) {
		via->host = host;
		return 0;
	}
	platform_device_unregister(via->device);
	return PTR_ERR(host);
}

static void via_mark_locked(struct via *via)
{
	lockdep_assert_held(&lock);
	kcs_via_transport_close(&via->transport);
	via->is_gone = true;
}

static void via_begin_service(struct via *via)
{
	int err = via_make_host(via);

	if (!err)
		return;
	pr_err("ipmi%d: no interface for firmware: %pe\n", via->number, ERR_PTR(err));
	mutex_lock(&lock);
	via_mark_locked(via);
	mutex_unlock(&lock);
}

/* It has no user any more. */
static void via_free(struct via *via)
{
	if (via->host) {
		kcs_host_remove(via->host);
		platform_device_unregister(via->device);
	}
	kfree(via);
}

/* -- The work. ------------------------------------------------------------ */

/* One that goes, taken out of the list. */
static struct via *via_next_gone(void)
{
	struct via *via, *gone = NULL;

	mutex_lock(&lock);
	list_for_each_entry(via, &vias, node)
		if (via->is_gone)
			gone = via;
	if (gone)
		list_del(&gone->node);
	mutex_unlock(&lock);
	return gone;
}

/* One that has no interface yet; only the work takes it out of the list. */
static struct via *via_next_new(void)
{
	struct via *via, *new = NULL;

	mutex_lock(&lock);
	list_for_each_entry(via, &vias, node)
		if (!new && !via->is_gone && !via->host)
			new = via;
	mutex_unlock(&lock);
	return new;
}

static void via_settle(struct work_struct *work)
{
	struct via *via;

	do {
		while ((via = via_next_gone()))
			via_free(via);
		via = via_next_new();
		if (via)
			via_begin_service(via);
	} while (via);
}

static DECLARE_WORK(settle_work, via_settle);

/* -- What ipmi_msghandler tells. ------------------------------------------ */

static void via_receive(struct ipmi_recv_msg *msg, void *via)
{
	kcs_via_transport_receive(&((struct via *)via)->transport, msg);
	ipmi_free_recv_msg(msg);
}

static const struct ipmi_user_hndl user_ops = { .ipmi_recv_hndl = via_receive };

/* Linux 6.1 may tell twice of one that comes while this is loaded. */
static bool is_known_locked(int number)
{
	struct via *via;

	lockdep_assert_held(&lock);
	list_for_each_entry(via, &vias, node)
		if (via->number == number && !via->is_gone)
			return true;
	return false;
}

static int via_add_locked(int number, struct device *dev)
{
	struct via *via = kzalloc(sizeof(*via), GFP_KERNEL);
	int err;

	if (!via)
		return -ENOMEM;
	via->number = number;
	via->firmware_handle = ACPI_HANDLE(dev);
	kcs_via_transport_init(&via->transport);
	err = ipmi_create_user(number, &user_ops, via, &via->transport.user);
	if (err)
		kfree(via);
	else
		list_add_tail(&via->node, &vias);
	return err;
}

/* Interfaces of ours serve firmware already, and would be reached by themselves. */
static void via_appeared(int number, struct device *dev)
{
	int err = 0;

	if (kcs_host_drives(dev))
		return;
	mutex_lock(&lock);
	if (!closing && !is_known_locked(number))
		err = via_add_locked(number, dev);
	mutex_unlock(&lock);
	if (err)
		pr_err("ipmi%d: not usable: %pe\n", number, ERR_PTR(err));
	queue_work(system_long_wq, &settle_work);
}

static void via_vanished(int number)
{
	struct via *via;

	mutex_lock(&lock);
	list_for_each_entry(via, &vias, node)
		if (via->number == number)
			via_mark_locked(via);
	mutex_unlock(&lock);
	queue_work(system_long_wq, &settle_work);
}

static struct ipmi_smi_watcher watcher = {
	.link = LIST_HEAD_INIT(watcher.link),
	.owner = THIS_MODULE,
	.new_smi = via_appeared,
	.smi_gone = via_vanished,
};

/* -- The module. ---------------------------------------------------------- */

static int __init kcs_via_ipmi_init(void)
{
	int err = ipmi_smi_watcher_register(&watcher);

	if (err)	/* Linux 7.2 has it in its list all the same */
		ipmi_smi_watcher_unregister(&watcher);
	else
		flush_work(&settle_work);
	return err;
}
module_init(kcs_via_ipmi_init);

/* An interface that goes meanwhile is still told of, and waits. */
static void __exit kcs_via_ipmi_exit(void)
{
	struct via *via;

	mutex_lock(&lock);
	closing = true;
	list_for_each_entry(via, &vias, node)
		via_mark_locked(via);
	mutex_unlock(&lock);
	ipmi_smi_watcher_unregister(&watcher);
	queue_work(system_long_wq, &settle_work);
	flush_work(&settle_work);
}
module_exit(kcs_via_ipmi_exit);

MODULE_DESCRIPTION("KCS requests over interfaces of other IPMI drivers");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
