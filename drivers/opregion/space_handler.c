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
 * makes a difference. A table may be unloaded and come again, with its devices
 * anywhere in memory: they are known by their paths.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "space_handler.h"
#include "codec.h"

#include <kcs/version.h>
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
 * @path: of the device
 * @device: the device, when it was last covered
 * @install: installs the handler; the _REG methods it runs may take long
 * @up: the handler is installed, as a first call shows, too; or cannot be
 * @is_installed: it was, at the end of @install
 * @err: why not; %-EINPROGRESS until then
 */
struct scope {
	struct list_head node;
	char *path;
	acpi_handle device;
	struct work_struct install;
	struct completion up;
	bool is_installed;
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
	kcs_anchor_call(READ_ONCE(scope->device), (function & ACPI_IO_MASK) == ACPI_WRITE,
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
		if (READ_ONCE(scope->is_installed))
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
	acpi_handle device = scope->device;
	acpi_status status;
	bool was_there;

	status = acpi_install_address_space_handler(device, ACPI_ADR_SPACE_IPMI,
						    handle, NULL, scope);
	was_there = status == AE_SAME_HANDLER;
	/* It may be installed all the same, on less than it should be. */
	if (ACPI_FAILURE(status) && !was_there)
		acpi_remove_address_space_handler(device, ACPI_ADR_SPACE_IPMI,
						  handle);
	WRITE_ONCE(scope->is_installed, ACPI_SUCCESS(status) || was_there);
	mutex_lock(&lock);
	if (scope->is_installed)
		set_pinned(true);
	mutex_unlock(&lock);
	if (!scope->is_installed)
		pr_err("%s: no IPMI region handler: installing it failed: %s\n",
		       scope->path, acpi_format_exception(status));
	else if (device == sb && !was_there)
		pr_info("IPMI region handler installed on \\_SB, until reboot\n");
	WRITE_ONCE(scope->err, scope->is_installed ? 0 : -EBUSY);
	set_up(scope);
}

static struct scope *find(const char *path)
{
	struct scope *scope;

	list_for_each_entry(scope, &scopes, node)
		if (!strcmp(scope->path, path))
			return scope;
	return NULL;
}

static void scope_free(struct scope *scope)
{
	kfree(scope->path);
	kfree(scope);
}

static struct scope *add(const char *path)
{
	struct scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL);

	if (!scope)
		return NULL;
	scope->path = kstrdup(path, GFP_KERNEL);
	if (!scope->path) {
		kfree(scope);
		return NULL;
	}
	INIT_WORK(&scope->install, install);
	init_completion(&scope->up);
	list_add_tail(&scope->node, &scopes);
	return scope;
}

/* Installed again it stays; on a device that went and came it is installed anew. */
static struct scope *begin(acpi_handle device, const char *path)
{
	struct scope *scope;

	mutex_lock(&lock);
	scope = find(path) ?: add(path);
	if (scope && scope->err != -EINPROGRESS) {
		WRITE_ONCE(scope->device, device);
		reinit_completion(&scope->up);
		scope->err = -EINPROGRESS;
		queue_work(system_long_wq, &scope->install);
	}
	mutex_unlock(&lock);
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
 * @device: its ACPI handle
 *
 * Installing the handler runs the _REG methods of the regions; they are answered
 * already, and are not waited for.
 *
 * Context: may sleep, a fiftieth of a second.
 * Return: 0, also when it is still being installed; %-ENOMEM; %-ENODEV for what is
 * no device; %-EBUSY when ACPICA does not take the handler. If it does not in the
 * end, the log says so.
 */
int kcs_anchor_cover(void *device)
{
	struct acpi_buffer path = { .length = ACPI_ALLOCATE_BUFFER };
	struct scope *scope;
	int err;

	if (ACPI_FAILURE(acpi_get_name(device, ACPI_FULL_PATHNAME, &path)))
		return -ENODEV;
	scope = begin(device, path.pointer);
	ACPI_FREE(path.pointer);
	if (!scope)
		return -ENOMEM;
	wait_for_completion_timeout(&scope->up, msecs_to_jiffies(COVER_WAIT_MS));
	err = READ_ONCE(scope->err);
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

static void uninstall(const struct scope *scope)
{
	acpi_handle device;

	if (scope->is_installed &&
	    ACPI_SUCCESS(acpi_get_handle(NULL, scope->path, &device)))
		acpi_remove_address_space_handler(device, ACPI_ADR_SPACE_IPMI,
						  handle);
}

/*
 * Calls still come while the handler is removed, and removing it runs _REG
 * methods; they fail without sleeping. The RCU-tasks grace period covers one
 * that had picked up our address and was not inside yet, and the return
 * instruction of one that was.
 */
static void __exit kcs_anchor_exit(void)
{
	struct scope *scope, *next;
	bool was_installed;
	LIST_HEAD(gone);

	/* The file of pinned is still there. */
	mutex_lock(&lock);
	was_installed = is_installed();
	list_splice_init(&scopes, &gone);
	mutex_unlock(&lock);
	list_for_each_entry(scope, &gone, node) {
		flush_work(&scope->install);
		uninstall(scope);
	}
	synchronize_srcu(&callers);
	synchronize_rcu_tasks();
	list_for_each_entry_safe(scope, next, &gone, node)
		scope_free(scope);
	if (was_installed)
		pr_info("IPMI region handler removed; regions below \\_SB have none until acpi_ipmi is reloaded\n");
}
module_exit(kcs_anchor_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region: what stays");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
