// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces that the administrator names, by the parameters of ipmi_si:
 *
 *	type=kcs ports=0xca8 regspacings=4 irqs=10
 *
 * Each becomes a platform device for platform.c to take. Above platform.c; no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "location.h"
#include "param.h"
#include "platform.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/property.h>
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

static struct platform_device *devices[2 * VALUES_MAX];
static unsigned int device_count;

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

/*
 * The registers are no resources of the device: as such they would become the parents
 * of what another table or driver has there, and take that along when they go.
 *
 * Where ACPI names the interface, too, its device is the companion: regions below it are
 * served by this interface. It is set before the device is added, which makes the driver
 * core take a reference, and after ACPI's own device was: the companion's IDs match the
 * first device only, so no other driver takes this one for an IPI0001.
 */
static struct platform_device *param_device(const struct kcs_location *location,
					    unsigned int irq)
{
	const struct resource line = DEFINE_RES_IRQ(irq);
	struct device *named = kcs_platform_find_acpi(location);
	const struct platform_device_info info = {
		.fwnode = named ? dev_fwnode(named) : NULL,
		.name = KCS_PARAM_DEVICE,
		.id = device_count,
		.res = &line,
		.num_res = irq ? 1 : 0,
		.data = location,
		.size_data = sizeof(*location),
	};
	struct platform_device *pdev = platform_device_register_full(&info);

	put_device(named);
	return pdev;
}

static int param_add(unsigned int number, u64 base, bool is_memory)
{
	struct kcs_location location = {
		.base = base,
		.is_memory = is_memory,
		.size_bytes = regsizes[number] ?: 1,
		.shift_bits = regshifts[number],
	};
	struct platform_device *pdev;
	int err;

	location.spacing_bytes = regspacings[number] ?: location.size_bytes;
	err = kcs_location_check(&location);
	pdev = err ? ERR_PTR(err) : param_device(&location, irqs[number]);
	if (IS_ERR(pdev)) {
		pr_err("%s=0x%llx: no interface can be there, with regspacings=%u regsizes=%u regshifts=%u: %pe\n",
		       is_memory ? "addrs" : "ports", base, location.spacing_bytes,
		       location.size_bytes, location.shift_bits, pdev);
		return PTR_ERR(pdev);
	}
	devices[device_count++] = pdev;
	return 0;
}

/**
 * kcs_param_register() - make a device of each interface that parameters name
 *
 * Context: may sleep.
 * Return: 0; %-EINVAL or %-ERANGE for what cannot be, named in the log; %-ENOMEM; or why
 * the driver model refuses.
 */
int kcs_param_register(void)
{
	unsigned int number;
	int err = check_types();

	if (!err)
		err = check_counts();
	forget_earlier();
	for (number = 0; !err && number < VALUES_MAX; number++) {
		if (ports[number])
			err = param_add(number, ports[number], false);
		if (!err && addrs[number])
			err = param_add(number, addrs[number], true);
	}
	if (err)
		kcs_param_unregister();
	return err;
}

/**
 * kcs_param_unregister() - remove those devices
 *
 * Context: may sleep.
 */
void kcs_param_unregister(void)
{
	while (device_count)
		platform_device_unregister(devices[--device_count]);
}
