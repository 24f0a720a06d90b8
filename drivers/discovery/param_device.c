// SPDX-License-Identifier: GPL-2.0-only
/*
 * The platform devices of the interfaces that the administrator names, when the module
 * is loaded or later; platform.c takes them. Above platform.c, below param.c.
 *
 * Its lock guards the array of them, and is held while a device is probed or removed:
 * of the locks of the driver model it is the outer one. None of its readers is a driver.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hotmod.h"
#include "interface.h"
#include "param_device.h"
#include "platform.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>

static DEFINE_MUTEX(devices_lock);
static struct platform_device *devices[KCS_PARAM_DEVICES_MAX];
static bool is_closed;

static const char *space_name(const struct kcs_location *location)
{
	return location->is_memory ? "memory" : "I/O port";
}

static const struct kcs_location *location_of(const struct platform_device *pdev)
{
	return dev_get_platdata(&pdev->dev);
}

static u32 irq_of(struct platform_device *pdev)
{
	const struct resource *line = platform_get_resource(pdev, IORESOURCE_IRQ, 0);

	return line ? line->start : 0;
}

static struct platform_device **find_free(void)
{
	unsigned int i;

	lockdep_assert_held(&devices_lock);
	for (i = 0; i < KCS_PARAM_DEVICES_MAX; i++)
		if (!devices[i])
			return &devices[i];
	return NULL;
}

static struct platform_device *find_named(const struct kcs_location *location)
{
	unsigned int i;

	lockdep_assert_held(&devices_lock);
	for (i = 0; i < KCS_PARAM_DEVICES_MAX; i++)
		if (devices[i] && kcs_location_overlaps(location_of(devices[i]), location))
			return devices[i];
	return NULL;
}

/* What has these registers: a device of ours without a driver, too. */
static struct device *find_owner(const struct kcs_location *location)
{
	struct platform_device *named = find_named(location);

	return named ? get_device(&named->dev) : kcs_interface_find(location);
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
static struct platform_device *create_device(const struct kcs_location *location,
					     u32 irq, int id)
{
	const struct resource line = DEFINE_RES_IRQ(irq);
	struct device *named = kcs_platform_find_acpi(location);
	const struct platform_device_info info = {
		.fwnode = named ? dev_fwnode(named) : NULL,
		.name = KCS_PARAM_DEVICE,
		.id = id,
		.res = &line,
		.num_res = irq ? 1 : 0,
		.data = location,
		.size_data = sizeof(*location),
	};
	struct platform_device *pdev = platform_device_register_full(&info);

	put_device(named);
	return pdev;
}

static int add_device(const struct kcs_location *location, u32 irq)
{
	struct platform_device **slot = find_free(), *pdev;
	struct device *owner;

	if (is_closed)
		return -ENODEV;
	owner = find_owner(location);
	if (owner) {
		pr_err("%s 0x%llx: %s has these registers already; not added\n",
		       space_name(location), location->base, dev_name(owner));
		put_device(owner);
		return -EEXIST;
	}
	if (!slot) {
		pr_err("%s 0x%llx: parameters name %d interfaces already, as many as there may be; not added\n",
		       space_name(location), location->base, KCS_PARAM_DEVICES_MAX);
		return -ENOSPC;
	}
	pdev = create_device(location, irq, slot - devices);
	if (IS_ERR(pdev)) {
		pr_err("%s 0x%llx: the kernel makes no device of it: %pe; not added\n",
		       space_name(location), location->base, pdev);
		return PTR_ERR(pdev);
	}
	*slot = pdev;
	return 0;
}

/**
 * kcs_param_device_add() - make the device of an interface that the administrator names
 * @location: its registers; kcs_location_check() has passed it
 * @irq: its interrupt; 0 for none
 *
 * It stays where no driver takes it, as another has the registers: it can be bound later.
 *
 * Context: may sleep.
 * Return: 0; %-EEXIST when one of the registers is that of an interface in service, or of
 * one that a parameter names; %-ENOSPC when there are too many; %-ENODEV when the module
 * is being unloaded; %-ENOMEM; or why the driver model refuses. All but %-ENODEV are in
 * the log.
 */
int kcs_param_device_add(const struct kcs_location *location, u32 irq)
{
	int err;

	mutex_lock(&devices_lock);
	err = add_device(location, irq);
	mutex_unlock(&devices_lock);
	return err;
}

static struct platform_device **find_meant(const struct kcs_hotmod *removal)
{
	unsigned int i;

	lockdep_assert_held(&devices_lock);
	for (i = 0; i < KCS_PARAM_DEVICES_MAX; i++)
		if (devices[i] && kcs_hotmod_fits(removal, location_of(devices[i]),
						  irq_of(devices[i])))
			return &devices[i];
	return NULL;
}

/* What is there, as hotmod would name it. */
static int refuse_other(const struct kcs_location *location, struct platform_device *pdev)
{
	const struct kcs_location *found = location_of(pdev);

	pr_err("%s 0x%llx: %s is another, kcs,%s,0x%llx,rsp=%u,rsi=%u,rsh=%u,irq=%u; nothing removed\n",
	       space_name(location), location->base, dev_name(&pdev->dev),
	       found->is_memory ? "mem" : "i/o", found->base, found->spacing_bytes,
	       found->size_bytes, found->shift_bits, irq_of(pdev));
	return -ENODEV;
}

static int refuse_removal(const struct kcs_location *location)
{
	struct platform_device *other = find_named(location);
	struct device *owner;

	if (other)
		return refuse_other(location, other);
	owner = kcs_interface_find(location);
	if (!owner) {
		pr_err("%s 0x%llx: no interface is there; nothing removed\n",
		       space_name(location), location->base);
		return -ENODEV;
	}
	pr_err("%s 0x%llx: no parameter names %s, its table does; to take it from its driver: echo %s >/sys/bus/%s/drivers/kcs_host/unbind\n",
	       space_name(location), location->base, dev_name(owner), dev_name(owner),
	       owner->bus->name);
	put_device(owner);
	return -EPERM;
}

static int remove_device(const struct kcs_hotmod *removal)
{
	struct platform_device **slot = find_meant(removal);

	if (is_closed)
		return -ENODEV;
	if (!slot)
		return refuse_removal(&removal->location);
	dev_info(&(*slot)->dev, "removed by hotmod\n");
	platform_device_unregister(*slot);
	*slot = NULL;
	return 0;
}

/**
 * kcs_param_device_remove() - remove the device of an interface
 * @removal: which one; kcs_hotmod_fits() decides
 *
 * Its requests fail, as when it is unbound from its driver.
 *
 * Context: may sleep, for two seconds at most.
 * Return: 0; %-ENODEV when no parameter names such an interface, or the module is being
 * unloaded; %-EPERM when only a table names it. All but the unloading is in the log.
 */
int kcs_param_device_remove(const struct kcs_hotmod *removal)
{
	int err;

	mutex_lock(&devices_lock);
	err = remove_device(removal);
	mutex_unlock(&devices_lock);
	return err;
}

/**
 * kcs_param_device_close() - remove all devices, and refuse more
 *
 * The files of parameters outlive module_exit(): a write may come after this.
 *
 * Context: may sleep.
 */
void kcs_param_device_close(void)
{
	unsigned int i;

	mutex_lock(&devices_lock);
	is_closed = true;
	for (i = 0; i < KCS_PARAM_DEVICES_MAX; i++) {
		platform_device_unregister(devices[i]);
		devices[i] = NULL;
	}
	mutex_unlock(&devices_lock);
}
