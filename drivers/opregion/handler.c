// SPDX-License-Identifier: GPL-2.0-only
/*
 * What AML gets from an IPMI region (ACPI 6.0, 5.5.2.4.3). ACPICA calls from any
 * task, any number at a time, with no lock of ours held, and with the ACPI
 * Global Lock held where the field says Lock; see anchor.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "anchor.h"
#include "codec.h"
#include "consumers.h"

#include <kcs/host.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

/* Long enough to attach, if no _REG takes its time before it calls us. */
#define SETTLE_WAIT_MS	50

/**
 * struct kcs_opregion - the regions, served
 * @dying: calls fail at once; set under @lock
 * @lock: guards @calls
 * @calls: the calls that wait for the BMC
 * @settle: attaches to the anchor, and probes consumers again when a BMC is
 *	ready
 * @settled: it is attached, which a first call shows as well, or cannot be
 * @attached: it is attached; written by @settle
 * @ready: hears of BMCs that become ready
 */
static struct kcs_opregion {
	bool dying;
	spinlock_t lock;	/* calls, setting dying */
	struct list_head calls;
	struct work_struct settle;
	struct completion settled;
	bool attached;
	struct notifier_block ready;
} opregion;

/**
 * struct call - a call that waits for the BMC
 * @node: place in &kcs_opregion.calls
 * @request: what it waits for
 */
struct call {
	struct list_head node;
	struct kcs_request *request;
};

/* -- A call. -------------------------------------------------------------- */

static bool call_enter(struct call *call)
{
	bool alive;

	spin_lock(&opregion.lock);
	alive = !opregion.dying;
	if (alive)
		list_add_tail(&call->node, &opregion.calls);
	spin_unlock(&opregion.lock);
	return alive;
}

static void call_leave(struct call *call)
{
	spin_lock(&opregion.lock);
	list_del(&call->node);
	spin_unlock(&opregion.lock);
}

static int wait_for_bmc(struct kcs_request *request)
{
	struct call call = { .request = request };
	struct kcs_host *host;
	int err;

	host = kcs_host_get_first();
	if (!host)
		return -ENODEV;
	if (call_enter(&call)) {
		kcs_host_submit(host, request);
		err = kcs_request_wait(request);
		call_leave(&call);
	} else {
		err = -ESHUTDOWN;
	}
	kcs_host_put(host);
	return err;
}

static int ask_bmc(u64 address, u8 *buffer)
{
	struct kcs_request *request;
	struct kcs_msg msg;
	int err;

	err = kcs_codec_request(address, buffer, &msg);
	if (err)
		return err;
	request = kcs_request_create(&msg, KCS_CLASS_AML, KCS_HOST_TIMEOUT_MS);
	if (!request)
		return -ENOMEM;
	err = wait_for_bmc(request);
	if (!err)
		kcs_codec_reply(buffer, kcs_request_reply(request));
	kcs_request_put(request);
	return err;
}

static void settled(void)
{
	if (!completion_done(&opregion.settled))
		complete_all(&opregion.settled);
}

static void on_write(u64 address, u8 *buffer)
{
	int err;

	settled();
	err = ask_bmc(address, buffer);
	if (err)
		kcs_codec_failure(buffer, err);
}

/* There is no request to send. */
static void on_read(u64 address, u8 *buffer)
{
	settled();
	kcs_codec_failure(buffer, -EOPNOTSUPP);
}

static const struct kcs_anchor_ops anchor_ops = {
	.write = on_write,
	.read = on_read,
};

/* -- Coming and going. ---------------------------------------------------- */

static bool bmc_ready(void)
{
	struct kcs_host *host = kcs_host_get_first();
	bool ready = host && kcs_host_is_ready(host);

	if (host)
		kcs_host_put(host);
	return ready;
}

/*
 * Attaching may run the _REG methods of all regions, and they may wait for the
 * BMC; so it is done here and not in the module's init.
 */
static void settle(struct work_struct *work)
{
	if (!opregion.attached)
		opregion.attached = !kcs_anchor_attach(&anchor_ops);
	settled();
	if (opregion.attached && bmc_ready())
		kcs_consumers_probe_again();
}

static int on_event(struct notifier_block *nb, unsigned long event, void *host)
{
	if (event == KCS_HOST_READY)
		queue_work(system_unbound_wq, &opregion.settle);
	return NOTIFY_OK;
}

/* All calls, and those to come, end with a failure AML can see. */
static void turn_away(void)
{
	struct call *call;

	spin_lock(&opregion.lock);
	opregion.dying = true;
	list_for_each_entry(call, &opregion.calls, node)
		kcs_request_end(call->request, -ESHUTDOWN);
	spin_unlock(&opregion.lock);
}

/* -- The module. ---------------------------------------------------------- */

/* Waits until the regions are served, but not for slow _REG methods. */
static int __init kcs_opregion_init(void)
{
	spin_lock_init(&opregion.lock);
	INIT_LIST_HEAD(&opregion.calls);
	INIT_WORK(&opregion.settle, settle);
	init_completion(&opregion.settled);
	opregion.ready.notifier_call = on_event;

	kcs_host_notify(&opregion.ready);
	queue_work(system_unbound_wq, &opregion.settle);
	wait_for_completion_timeout(&opregion.settled,
				    msecs_to_jiffies(SETTLE_WAIT_MS));
	return 0;
}
module_init(kcs_opregion_init);

/*
 * First nobody waits for the BMC any more, then nobody is inside. A call that
 * waits when _REG methods are still being run ends, too.
 */
static void __exit kcs_opregion_exit(void)
{
	kcs_host_unnotify(&opregion.ready);
	turn_away();
	cancel_work_sync(&opregion.settle);
	kcs_anchor_detach();
}
module_exit(kcs_opregion_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region over KCS");
MODULE_LICENSE("GPL");
