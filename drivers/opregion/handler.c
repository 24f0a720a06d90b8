// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handler of ACPI address space 7, IPMI (ACPI 6.0, 5.5.2.4.3).
 *
 * It is installed on \_SB: firmware declares its regions anywhere below, not
 * only under the IPI0001 device, and \_SB leaves the root to the kernel's
 * acpi_ipmi, whichever of the two comes first.
 *
 * ACPICA calls it from any task, any number at a time, with no lock of ours
 * held, and with the ACPI Global Lock held where the field says Lock. It takes
 * no reference to this module, nor waits for callers when the handler is
 * removed; so every call runs in an SRCU read section, and removal waits for
 * it. See opregion_destroy().
 *
 * AML cannot catch an ACPICA exception, so a failure is a status in the buffer,
 * and the handler returns AE_OK whatever happened.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "codec.h"
#include "consumers.h"

#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/workqueue.h>

/* Long enough for an install, if no _REG takes its time before it calls us. */
#define SETTLE_WAIT_MS	50

/**
 * struct kcs_opregion - a handler on one node of the namespace
 * @node: where
 * @callers: read-held by each call
 * @dying: calls fail at once; set under @lock
 * @lock: guards @calls
 * @calls: the calls that wait for the BMC
 * @settle: installs the handler, and probes consumers again when a BMC is ready
 * @settled: the handler is installed, which a first call shows as well, or
 *	cannot be
 * @installed: the handler is installed; written by @settle
 * @ready: hears of BMCs that become ready
 */
struct kcs_opregion {
	acpi_handle node;
	struct srcu_struct callers;
	bool dying;
	spinlock_t lock;	/* calls, setting dying */
	struct list_head calls;
	struct work_struct settle;
	struct completion settled;
	bool installed;
	struct notifier_block ready;
};

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

static bool call_enter(struct kcs_opregion *opregion, struct call *call)
{
	bool alive;

	spin_lock(&opregion->lock);
	alive = !opregion->dying;
	if (alive)
		list_add_tail(&call->node, &opregion->calls);
	spin_unlock(&opregion->lock);
	return alive;
}

static void call_leave(struct kcs_opregion *opregion, struct call *call)
{
	spin_lock(&opregion->lock);
	list_del(&call->node);
	spin_unlock(&opregion->lock);
}

static int wait_for_bmc(struct kcs_opregion *opregion,
			struct kcs_request *request)
{
	struct call call = { .request = request };
	struct kcs_host *host;
	int err;

	host = kcs_host_get_first();
	if (!host)
		return -ENODEV;
	if (call_enter(opregion, &call)) {
		kcs_host_submit(host, request);
		err = kcs_request_wait(request);
		call_leave(opregion, &call);
	} else {
		err = -ESHUTDOWN;
	}
	kcs_host_put(host);
	return err;
}

static int ask_bmc(struct kcs_opregion *opregion, u64 address, u8 *buffer)
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
	err = wait_for_bmc(opregion, request);
	if (!err)
		kcs_codec_reply(buffer, kcs_request_reply(request));
	kcs_request_put(request);
	return err;
}

/*
 * A read has no request to send; ACPICA passes it on all the same, with an
 * empty buffer. Once the handler is dying nothing here sleeps, on which
 * opregion_destroy() relies.
 */
static acpi_status handle(u32 function, acpi_physical_address address,
			  u32 bit_width, u64 *value, void *handler_context,
			  void *region_context)
{
	struct kcs_opregion *opregion = handler_context;
	u8 *buffer = (u8 *)value;
	int srcu, err;

	srcu = srcu_read_lock(&opregion->callers);
	if (!completion_done(&opregion->settled))
		complete_all(&opregion->settled);
	if (READ_ONCE(opregion->dying))
		err = -ESHUTDOWN;
	else if ((function & ACPI_IO_MASK) != ACPI_WRITE)
		err = -EOPNOTSUPP;
	else
		err = ask_bmc(opregion, address, buffer);
	if (err)
		kcs_codec_failure(buffer, err);
	srcu_read_unlock(&opregion->callers, srcu);
	return AE_OK;
}

/* -- Coming and going. ---------------------------------------------------- */

static void install(struct kcs_opregion *opregion)
{
	acpi_status status;

	status = acpi_install_address_space_handler(opregion->node,
						    ACPI_ADR_SPACE_IPMI,
						    handle, NULL, opregion);
	if (ACPI_FAILURE(status)) {
		pr_err("no IPMI region handler: installing on \\_SB failed: %s\n",
		       acpi_format_exception(status));
		return;
	}
	opregion->installed = true;
	pr_info("IPMI region handler installed on \\_SB\n");
}

static void uninstall(struct kcs_opregion *opregion)
{
	acpi_remove_address_space_handler(opregion->node, ACPI_ADR_SPACE_IPMI,
					  handle);
	pr_info("IPMI region handler removed; regions below \\_SB have none until acpi_ipmi is reloaded\n");
}

static bool bmc_ready(void)
{
	struct kcs_host *host = kcs_host_get_first();
	bool ready = host && kcs_host_is_ready(host);

	if (host)
		kcs_host_put(host);
	return ready;
}

/*
 * Installing runs the _REG methods of all regions before it returns, and they
 * may wait for the BMC; so it is done here and not in the module's init.
 */
static void settle(struct work_struct *work)
{
	struct kcs_opregion *opregion = container_of(work, struct kcs_opregion,
						     settle);

	if (!opregion->installed)
		install(opregion);
	complete_all(&opregion->settled);
	if (opregion->installed && bmc_ready())
		kcs_consumers_probe_again();
}

static int on_event(struct notifier_block *nb, unsigned long event, void *host)
{
	struct kcs_opregion *opregion = container_of(nb, struct kcs_opregion,
						     ready);

	if (event == KCS_HOST_READY)
		queue_work(system_unbound_wq, &opregion->settle);
	return NOTIFY_OK;
}

/* All calls, and those to come, end with a failure AML can see. */
static void turn_away(struct kcs_opregion *opregion)
{
	struct call *call;

	spin_lock(&opregion->lock);
	WRITE_ONCE(opregion->dying, true);
	list_for_each_entry(call, &opregion->calls, node)
		kcs_request_end(call->request, -ESHUTDOWN);
	spin_unlock(&opregion->lock);
}

/**
 * opregion_create() - serve the IPMI regions below a node
 * @node: a device of the namespace
 *
 * Installs in the background, and waits until the handler is there, but not for
 * slow _REG methods.
 *
 * Context: may sleep.
 * Return: the handler, to be taken down with opregion_destroy();
 * %ERR_PTR(-ENOMEM).
 */
static struct kcs_opregion *opregion_create(acpi_handle node)
{
	struct kcs_opregion *opregion = kzalloc(sizeof(*opregion), GFP_KERNEL);
	int err;

	if (!opregion)
		return ERR_PTR(-ENOMEM);
	err = init_srcu_struct(&opregion->callers);
	if (err) {
		kfree(opregion);
		return ERR_PTR(err);
	}
	opregion->node = node;
	spin_lock_init(&opregion->lock);
	INIT_LIST_HEAD(&opregion->calls);
	INIT_WORK(&opregion->settle, settle);
	init_completion(&opregion->settled);
	opregion->ready.notifier_call = on_event;

	kcs_host_notify(&opregion->ready);
	queue_work(system_unbound_wq, &opregion->settle);
	wait_for_completion_timeout(&opregion->settled,
				    msecs_to_jiffies(SETTLE_WAIT_MS));
	return opregion;
}

/**
 * opregion_destroy() - serve no more
 * @opregion: the handler
 *
 * First nobody waits for the BMC any more; then nobody is inside; only then is
 * the handler removed, because ACPICA looks at it once more after a call
 * returned, and waits for nobody. Removing runs _REG methods, which may call
 * in again: those are turned away without sleeping, and waited for. Last, the
 * RCU-tasks grace period covers a caller that had picked up our address but
 * was not inside yet, and the return instruction of one that was.
 *
 * What no module can close: a call that ACPICA dispatches after we saw nobody
 * inside and before it has removed the handler returns at once, but ACPICA's
 * own look at the handler then races with its own freeing of it.
 *
 * Context: may sleep; bounded, since every call is.
 */
static void opregion_destroy(struct kcs_opregion *opregion)
{
	kcs_host_unnotify(&opregion->ready);
	turn_away(opregion);
	cancel_work_sync(&opregion->settle);
	synchronize_srcu(&opregion->callers);
	if (opregion->installed)
		uninstall(opregion);
	synchronize_srcu(&opregion->callers);
	synchronize_rcu_tasks();
	cleanup_srcu_struct(&opregion->callers);
	kfree(opregion);
}

/* -- The module. ---------------------------------------------------------- */

static struct kcs_opregion *opregion_of_sb;

static int __init kcs_opregion_init(void)
{
	acpi_handle sb;

	if (ACPI_FAILURE(acpi_get_handle(NULL, "\\_SB", &sb))) {
		pr_err("no \\_SB in the ACPI namespace\n");
		return -ENODEV;
	}
	opregion_of_sb = opregion_create(sb);
	return PTR_ERR_OR_ZERO(opregion_of_sb);
}
module_init(kcs_opregion_init);

static void __exit kcs_opregion_exit(void)
{
	opregion_destroy(opregion_of_sb);
}
module_exit(kcs_opregion_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region over KCS");
MODULE_LICENSE("GPL");
