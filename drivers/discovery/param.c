// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parameters that name interfaces: those of ipmi_si.
 *
 *	type=kcs ports=0xca8 regspacings=4 irqs=10
 *	hotmod=add,kcs,i/o,0xca8,rsp=4,irq=10
 *
 * hotmod is also written while the module is loaded. Above param_device.c; no lock but
 * the kernel's for the parameters of a module, which is held in a write.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hotmod.h"
#include "location.h"
#include "param.h"
#include "param_device.h"

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#define VALUES_MAX	4	/* of each parameter; ipmi_si takes as many */

static char *type;
module_param(type, charp, 0444);
MODULE_PARM_DESC(type, "kind of each interface in ports= or addrs=: kcs (default)");

static unsigned int ports[VALUES_MAX], port_count;
module_param_hw_array(ports, uint, ioport, &port_count, 0444);
MODULE_PARM_DESC(ports, "I/O ports of interfaces that no table names, up to 4; 0 for none");

static unsigned long addrs[VALUES_MAX];
static unsigned int addr_count;
module_param_hw_array(addrs, ulong, iomem, &addr_count, 0444);
MODULE_PARM_DESC(addrs, "the same in memory");

static unsigned int irqs[VALUES_MAX], irq_count;
module_param_hw_array(irqs, uint, irq, &irq_count, 0444);
MODULE_PARM_DESC(irqs, "interrupt of each; 0 for none (default)");

static unsigned int regspacings[VALUES_MAX], spacing_count;
module_param_hw_array(regspacings, uint, other, &spacing_count, 0444);
MODULE_PARM_DESC(regspacings, "bytes between the two registers of each; 0 for as many as one has (default)");

static unsigned char regsizes[VALUES_MAX];
static unsigned int size_count;
module_param_hw_array(regsizes, byte, other, &size_count, 0444);
MODULE_PARM_DESC(regsizes, "bytes of a register of each: 1 (default), 2, 4, or in memory 8");

static unsigned char regshifts[VALUES_MAX];
static unsigned int shift_count;
module_param_hw_array(regshifts, byte, other, &shift_count, 0444);
MODULE_PARM_DESC(regshifts, "lowest bit of the byte in a register of each; 0 (default)");

/* -- hotmod. --------------------------------------------------------------- */

/* Of a word that is wrong, so much goes to the log. */
#define SHOWN_MAX	40

/* Until the module starts, what is to be done when it does; protected by kernel_param_lock(). */
static char *hotmod;
static bool is_started;

static int hotmod_check(const char *text)
{
	struct kcs_hotmod operation;
	unsigned int number = 0;
	const char *why;
	int length;

	do {
		why = kcs_hotmod_read(&text, &operation);
		number++;
	} while (!why && text);
	if (!why)
		return 0;
	length = min_t(size_t, strcspn(text, ",:\n"), SHOWN_MAX);
	pr_err("hotmod: operation %u: \"%*pE\" %s; nothing is changed\n", number, length,
	       text, why);
	return -EINVAL;
}

/* What fails does not undo what was done: a removal could not be undone. */
static int hotmod_apply(const char *text)
{
	struct kcs_hotmod operation;
	unsigned int number = 0;
	int err = 0;

	while (!err && text) {
		kcs_hotmod_read(&text, &operation);	/* hotmod_check() has passed it */
		number++;
		if (operation.is_removal)
			err = kcs_param_device_remove(&operation);
		else
			err = kcs_param_device_add(&operation.location, operation.irq);
	}
	if (err && (number > 1 || text))
		pr_err("hotmod: operation %u failed: %pe; those before it are done, those after it are not\n",
		       number, ERR_PTR(err));
	return err;
}

/* Files of parameters are there before module_init() runs, and after module_exit() has. */
static int hotmod_set(const char *text, const struct kernel_param *param)
{
	int err = hotmod_check(text);

	if (err)
		return err;
	return is_started ? hotmod_apply(text) : param_set_charp(text, param);
}

static const struct kernel_param_ops param_ops_hotmod = {
	.set = hotmod_set,
	.free = param_free_charp,
};

#define param_check_hotmod(name, value)	param_check_charp(name, value)

module_param_hw(hotmod, hotmod, other, 0200);
MODULE_PARM_DESC(hotmod, "add|remove,kcs,mem|i/o,ADDRESS[,rsp=N][,rsi=N][,rsh=N][,irq=N][,ipmb=N][:...], also while loaded");

/* -- What is named when the module is loaded. ------------------------------- */

/* A parameter may be given twice: what the first time said of more is still there. */
static void forget_earlier(void)
{
	memset(ports + port_count, 0, sizeof(*ports) * (VALUES_MAX - port_count));
	memset(addrs + addr_count, 0, sizeof(*addrs) * (VALUES_MAX - addr_count));
	memset(irqs + irq_count, 0, sizeof(*irqs) * (VALUES_MAX - irq_count));
	memset(regspacings + spacing_count, 0,
	       sizeof(*regspacings) * (VALUES_MAX - spacing_count));
	memset(regsizes + size_count, 0, sizeof(*regsizes) * (VALUES_MAX - size_count));
	memset(regshifts + shift_count, 0,
	       sizeof(*regshifts) * (VALUES_MAX - shift_count));
}

static int check_types(void)
{
	char *words = kstrdup(type ?: "", GFP_KERNEL), *rest = words, *word;
	int err = 0;

	if (!words)
		return -ENOMEM;
	while (!err && (word = strsep(&rest, ",")))
		if (*word && strcmp(word, "kcs")) {
			pr_err("type: \"%s\" is not kcs, the only kind there is\n", word);
			err = -EINVAL;
		}
	kfree(words);
	return err;
}

static int check_counts(void)
{
	unsigned int more = max(max(irq_count, spacing_count),
				max(size_count, shift_count));

	if (more <= max(port_count, addr_count))
		return 0;
	pr_err("irqs, regspacings, regsizes, regshifts: %u values, but ports and addrs name %u interfaces\n",
	       more, max(port_count, addr_count));
	return -EINVAL;
}

static int param_add(unsigned int number, u64 base, bool is_memory)
{
	struct kcs_location location = {
		.base = base,
		.is_memory = is_memory,
		.size_bytes = regsizes[number] ?: 1,
		.shift_bits = regshifts[number],
	};
	int err;

	location.spacing_bytes = regspacings[number] ?: location.size_bytes;
	err = kcs_location_check(&location);
	if (!err) {
		err = kcs_param_device_add(&location, irqs[number]);
		return err == -EEXIST ? 0 : err;	/* named twice: it is there */
	}
	pr_err("%s=0x%llx: no interface can be there, with regspacings=%u regsizes=%u regshifts=%u: %pe\n",
	       is_memory ? "addrs" : "ports", base, location.spacing_bytes,
	       location.size_bytes, location.shift_bits, ERR_PTR(err));
	return err;
}

static int param_add_all(void)
{
	unsigned int number;
	int err = 0;

	for (number = 0; !err && number < VALUES_MAX; number++) {
		if (ports[number])
			err = param_add(number, ports[number], false);
		if (!err && addrs[number])
			err = param_add(number, addrs[number], true);
	}
	return err;
}

/**
 * kcs_param_register() - make a device of each interface that parameters name
 *
 * From here on hotmod adds and removes such devices. An operation that fails is in the
 * log, and fails no load: it may have been written to the file of the parameter, which is
 * there before this runs.
 *
 * Context: may sleep.
 * Return: 0; %-EINVAL or %-ERANGE for what cannot be, named in the log; what
 * kcs_param_device_add() returns for it, but %-EEXIST.
 */
int kcs_param_register(void)
{
	int err = check_types();

	if (!err)
		err = check_counts();
	forget_earlier();
	if (!err)
		err = param_add_all();
	kernel_param_lock(THIS_MODULE);
	if (!err && hotmod)
		hotmod_apply(hotmod);
	is_started = true;
	kernel_param_unlock(THIS_MODULE);
	if (err)
		kcs_param_unregister();
	return err;
}

/**
 * kcs_param_unregister() - remove those devices, and let hotmod add none
 *
 * Context: may sleep.
 */
void kcs_param_unregister(void)
{
	kcs_param_device_close();
}
