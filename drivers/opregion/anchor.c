// SPDX-License-Identifier: GPL-2.0-only
/*
 * The function that ACPICA calls for address space 7, IPMI; it stays when
 * kcs_opregion goes.
 *
 * ACPICA looks at a handler once more after a call of it returned, and waits for
 * nobody when the handler is removed: a call in that moment reads freed memory,
 * and no order of things in a module can exclude it. So the handler is not
 * removed. It is a few lines in a module of its own that stays loaded, and what
 * it does is attached to it and detached from it, under SRCU.
 *
 * It is installed on \_SB: firmware declares its regions anywhere below, not
 * only under the IPI0001 device, and \_SB leaves the root to the kernel's
 * acpi_ipmi, whichever of the two comes first. ACPICA does not tell a handler
 * whose region it is called for, but on which device it was installed, and takes
 * the nearest one; so it is installed on devices below \_SB, too, where that
 * makes a difference. Devices of a table that is unloaded again are not looked
 * after: firmware's tables stay.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "anchor.h"
#include "codec.h"

#include <linux/acpi.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/workqueue.h>

/* Long enough to install, if no _REG takes its time before it calls us. */
#define COVER_WAIT_MS	20

/**
 * struct scope - a device on which the handler is, or is about to be
 * @node: place in the list of them
 * @device: the device
 * @install: installs the handler; the _REG methods it runs may take long
 * @up: the handler is installed, as a first call shows, too; or cannot be
 * @err: why not; valid after @install
 */
struct scope {
	struct list_head node;
	acpi_handle device;
	struct work_struct install;
	struct completion up;
	int err;
};

DEFINE_STATIC_SRCU(callers);	/* read-held by each call */
static const struct kcs_anchor_ops __rcu *attached;
static DEFINE_MUTEX(lock);	/* guards scopes and pinned */
static LIST_HEAD(scopes);
static bool pinned;
static acpi_handle sb;

static void set_up(struct scope *scope)
{
	if (!completion_done(&scope->up))
		complete_all(&scope->up);
}

/* Status 07h, completion code FFh; what follows is the caller's. */
static void answer_failure(u8 *buffer)
{
	buffer[KCS_CODEC_STATUS] = KCS_CODEC_FAILURE;
	buffer[KCS_CODEC_LENGTH] = 1;
	buffer[KCS_CODEC_DATA] = 0xff;
}

/**
 * kcs_anchor_call() - answer a call
 * @scope: where the handler is installed, as given to kcs_anchor_cover()
 * @is_write: whether the field was written
 * @address: NetFn << 8 | command
 * @buffer: %KCS_CODEC_BUFFER_SIZE bytes; for a read there may be only 8
 *
 * A read has no request to send; ACPICA passes it on all the same, with an empty
 * buffer, or with an integer where the field is not a plain one.
 *
 * Context: may sleep.
 */
void kcs_anchor_call(void *scope, bool is_write, u64 address, u8 *buffer)
{
	const struct kcs_anchor_ops *ops;
	int srcu;

	if (!is_write)
		answer_failure(buffer);
	srcu = srcu_read_lock(&callers);
	ops = srcu_dereference(attached, &callers);
	if (is_write && ops) {
		ops->write(scope, address, buffer);
	} else if (is_write) {
		memset(buffer, 0, KCS_CODEC_BUFFER_SIZE);
		answer_failure(buffer);
	} else if (ops) {
		ops->read(address, buffer);
	}
	srcu_read_unlock(&callers, srcu);
}

/*
 * AML cannot catch an ACPICA exception, so a failure is a status in the buffer,
 * and AE_OK is returned whatever happened.
 *
 * Only a unit of a plain Field comes with a buffer of 66 bytes, which ACPICA
 * allocates. One of a BankField, or a register of an IndexField or a BankField,
 * comes with 8: when written, those of a variable on ACPICA's stack, and nothing
 * else tells them apart; when read, those or an allocated integer.
 */
static acpi_status handle(u32 function, acpi_physical_address address,
			  u32 bit_width, u64 *value, void *handler_context,
			  void *region_context)
{
	struct scope *scope = handler_context;

	set_up(scope);
	if (object_is_on_stack(value))
		return AE_TYPE;
	kcs_anchor_call(scope->device, (function & ACPI_IO_MASK) == ACPI_WRITE,
			address, (u8 *)value);
	return AE_OK;
}

/* -- Staying. ------------------------------------------------------------- */

/* Not while it is being unloaded: then all is removed in a moment. */
static void set_pinned(bool pin)
{
	if (pin && !pinned)
		pinned = try_module_get(THIS_MODULE);
	if (!pin && pinned) {
		module_put(THIS_MODULE);
		pinned = false;
	}
}

static bool is_installed(void)
{
	struct scope *scope;

	list_for_each_entry(scope, &scopes, node)
		if (!READ_ONCE(scope->err))
			return true;
	return false;
}

static int pinned_set(const char *text, const struct kernel_param *param)
{
	bool pin;
	int err = kstrtobool(text, &pin);

	if (err)
		return err;
	mutex_lock(&lock);
	if (is_installed())
		set_pinned(pin);
	else
		err = -ENODEV;
	mutex_unlock(&lock);
	return err;
}

static const struct kernel_param_ops pinned_ops = {
	.set = pinned_set,
	.get = param_get_bool,
};
module_param_cb(pinned, &pinned_ops, &pinned, 0644);
MODULE_PARM_DESC(pinned, "cannot be unloaded; N to unload it when no AML runs");

/* -- Installing. ---------------------------------------------------------- */

static void install(struct work_struct *work)
{
	struct scope *scope = container_of(work, struct scope, install);
	acpi_status status;

	status = acpi_install_address_space_handler(scope->device,
						    ACPI_ADR_SPACE_IPMI, handle,
						    NULL, scope);
	/* It may be installed all the same, on less than it should be. */
	if (ACPI_FAILURE(status))
		acpi_remove_address_space_handler(scope->device,
						  ACPI_ADR_SPACE_IPMI, handle);
	WRITE_ONCE(scope->err, ACPI_FAILURE(status) ? -EBUSY : 0);
	mutex_lock(&lock);
	if (!scope->err)
		set_pinned(true);
	mutex_unlock(&lock);
	if (scope->err)
		acpi_handle_err(scope->device,
				"no IPMI region handler: installing it failed: %s\n",
				acpi_format_exception(status));
	else if (scope->device == sb)
		pr_info("IPMI region handler installed on \\_SB, until reboot\n");
	set_up(scope);
}

static struct scope *find(acpi_handle device)
{
	struct scope *scope;

	list_for_each_entry(scope, &scopes, node)
		if (scope->device == device)
			return scope;
	return NULL;
}

static struct scope *add(acpi_handle device)
{
	struct scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL);

	if (!scope)
		return NULL;
	scope->device = device;
	scope->err = -EBUSY;
	INIT_WORK(&scope->install, install);
	init_completion(&scope->up);
	list_add_tail(&scope->node, &scopes);
	return scope;
}

/**
 * kcs_anchor_sb() - the device below which all others are
 *
 * Context: any.
 * Return: the ACPI handle of \\_SB.
 */
void *kcs_anchor_sb(void)
{
	return sb;
}
EXPORT_SYMBOL_GPL(kcs_anchor_sb);

/**
 * kcs_anchor_cover() - answer the regions of a device and of all below it
 * @scope: the ACPI handle of the device
 *
 * The first time, and after it failed, this installs the handler, which runs the
 * _REG methods of the regions; they are answered already, and are not waited for.
 *
 * Context: may sleep, a fiftieth of a second.
 * Return: 0, also when it is still being installed; %-ENOMEM; %-EBUSY when ACPICA
 * does not take the handler. If it does not in the end, the log says so.
 */
int kcs_anchor_cover(void *scope)
{
	struct scope *found;
	int err;

	mutex_lock(&lock);
	found = find(scope) ?: add(scope);
	if (found && found->err == -EBUSY) {
		reinit_completion(&found->up);
		found->err = -EINPROGRESS;
		queue_work(system_long_wq, &found->install);
	}
	mutex_unlock(&lock);
	if (!found)
		return -ENOMEM;
	wait_for_completion_timeout(&found->up, msecs_to_jiffies(COVER_WAIT_MS));
	err = READ_ONCE(found->err);
	return err == -EINPROGRESS ? 0 : err;
}
EXPORT_SYMBOL_GPL(kcs_anchor_cover);

/**
 * kcs_anchor_attach() - answer AML
 * @ops: who answers; nobody else does
 *
 * Context: may sleep.
 */
void kcs_anchor_attach(const struct kcs_anchor_ops *ops)
{
	rcu_assign_pointer(attached, ops);
	mutex_lock(&lock);
	if (is_installed())
		set_pinned(true);
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(kcs_anchor_attach);

/**
 * kcs_anchor_detach() - answer no more
 *
 * After return nobody is inside what was attached; AML gets failures.
 *
 * Context: may sleep, as long as calls on their way take.
 */
void kcs_anchor_detach(void)
{
	rcu_assign_pointer(attached, NULL);
	synchronize_srcu(&callers);
}
EXPORT_SYMBOL_GPL(kcs_anchor_detach);

/* -- The module. ---------------------------------------------------------- */

static int __init kcs_anchor_init(void)
{
	if (ACPI_FAILURE(acpi_get_handle(NULL, "\\_SB", &sb))) {
		pr_err("no \\_SB in the ACPI namespace\n");
		return -ENODEV;
	}
	return 0;
}
module_init(kcs_anchor_init);

/*
 * Calls still come while the handler is removed, and removing it runs _REG
 * methods; they fail without sleeping. The RCU-tasks grace period covers one
 * that had picked up our address and was not inside yet, and the return
 * instruction of one that was.
 */
static void __exit kcs_anchor_exit(void)
{
	struct scope *scope, *next;
	LIST_HEAD(gone);

	/* The file of pinned is still there. */
	mutex_lock(&lock);
	list_splice_init(&scopes, &gone);
	mutex_unlock(&lock);
	list_for_each_entry(scope, &gone, node) {
		flush_work(&scope->install);
		if (!scope->err)
			acpi_remove_address_space_handler(scope->device,
							  ACPI_ADR_SPACE_IPMI,
							  handle);
	}
	synchronize_srcu(&callers);
	synchronize_rcu_tasks();
	list_for_each_entry_safe(scope, next, &gone, node)
		kfree(scope);
	pr_info("IPMI region handler removed; regions below \\_SB have none until acpi_ipmi is reloaded\n");
}
module_exit(kcs_anchor_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region: what stays");
MODULE_LICENSE("GPL");
