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
 * acpi_ipmi, whichever of the two comes first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "anchor.h"
#include "codec.h"

#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>
#include <linux/string.h>

DEFINE_STATIC_SRCU(callers);	/* read-held by each call */
static const struct kcs_anchor_ops __rcu *attached;
static DEFINE_MUTEX(lock);	/* guards installed and pinned */
static acpi_handle sb;
static bool installed;
static bool pinned;

/* The answer of nobody: status 07h, completion code FFh. */
static void answer_failure(u8 *buffer)
{
	memset(buffer, 0, KCS_CODEC_BUFFER_SIZE);
	buffer[0] = KCS_CODEC_FAILURE;
	buffer[1] = 1;
	buffer[2] = 0xff;
}

/*
 * AML cannot catch an ACPICA exception, so a failure is a status in the buffer,
 * and AE_OK is returned whatever happened. A read has no request to send;
 * ACPICA passes it on all the same, with an empty buffer.
 */
static acpi_status handle(u32 function, acpi_physical_address address,
			  u32 bit_width, u64 *value, void *handler_context,
			  void *region_context)
{
	const struct kcs_anchor_ops *ops;
	u8 *buffer = (u8 *)value;
	int srcu;

	srcu = srcu_read_lock(&callers);
	ops = srcu_dereference(attached, &callers);
	if (!ops)
		answer_failure(buffer);
	else if ((function & ACPI_IO_MASK) == ACPI_WRITE)
		ops->write(address, buffer);
	else
		ops->read(address, buffer);
	srcu_read_unlock(&callers, srcu);
	return AE_OK;
}

/* -- Staying. ------------------------------------------------------------- */

static void set_pinned(bool pin)
{
	if (pin && !pinned)
		__module_get(THIS_MODULE);
	if (!pin && pinned)
		module_put(THIS_MODULE);
	pinned = pin;
}

static int pinned_set(const char *text, const struct kernel_param *param)
{
	bool pin;
	int err = kstrtobool(text, &pin);

	if (err)
		return err;
	mutex_lock(&lock);
	if (installed)
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

static int install(void)
{
	acpi_status status;

	status = acpi_install_address_space_handler(sb, ACPI_ADR_SPACE_IPMI,
						    handle, NULL, NULL);
	if (ACPI_FAILURE(status)) {
		pr_err("no IPMI region handler: installing on \\_SB failed: %s\n",
		       acpi_format_exception(status));
		return -EBUSY;
	}
	installed = true;
	set_pinned(true);
	pr_info("IPMI region handler installed on \\_SB, until reboot\n");
	return 0;
}

/**
 * kcs_anchor_attach() - answer AML
 * @ops: who answers; nobody else does
 *
 * The first time this installs the handler, which runs the _REG methods of all
 * IPMI regions before it returns; they are answered already.
 *
 * Context: may sleep, as long as these methods take.
 * Return: 0; %-EBUSY when ACPICA does not take the handler.
 */
int kcs_anchor_attach(const struct kcs_anchor_ops *ops)
{
	int err = 0;

	rcu_assign_pointer(attached, ops);
	mutex_lock(&lock);
	if (!installed)
		err = install();
	mutex_unlock(&lock);
	return err;
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
	if (installed)
		acpi_remove_address_space_handler(sb, ACPI_ADR_SPACE_IPMI, handle);
	synchronize_srcu(&callers);
	synchronize_rcu_tasks();
	pr_info("IPMI region handler removed; regions below \\_SB have none until acpi_ipmi is reloaded\n");
}
module_exit(kcs_anchor_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region: what stays");
MODULE_LICENSE("GPL");
