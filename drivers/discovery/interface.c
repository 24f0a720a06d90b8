// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a location to an interface in service, and back: what the drivers of all
 * buses have in common. Above registers.c, below them. Its lock guards the list of them.
 */
#include "interface.h"
#include "registers.h"

#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pm.h>

/**
 * struct interface - an interface whose registers are claimed
 * @node: in @interfaces; protected by @interfaces_lock
 * @dev: the device it belongs to
 * @location: its registers
 */
struct interface {
	struct list_head node;
	struct device *dev;
	struct kcs_location location;
};

static LIST_HEAD(interfaces);
static DEFINE_MUTEX(interfaces_lock);

static void interface_forget(void *data)
{
	struct interface *interface = data;

	mutex_lock(&interfaces_lock);
	list_del(&interface->node);
	mutex_unlock(&interfaces_lock);
}

/* It is forgotten before its registers are released. */
static int interface_note(struct device *dev, const struct kcs_location *location)
{
	struct interface *interface = devm_kzalloc(dev, sizeof(*interface), GFP_KERNEL);

	if (!interface)
		return -ENOMEM;
	interface->dev = dev;
	interface->location = *location;
	mutex_lock(&interfaces_lock);
	list_add(&interface->node, &interfaces);
	mutex_unlock(&interfaces_lock);
	return devm_add_action_or_reset(dev, interface_forget, interface);
}

/**
 * kcs_interface_find() - find the device whose interface has one of these registers
 * @location: the registers
 *
 * Context: may sleep.
 * Return: the device, to be dropped with put_device(); %NULL when none is in service.
 */
struct device *kcs_interface_find(const struct kcs_location *location)
{
	struct interface *interface;
	struct device *found = NULL;

	mutex_lock(&interfaces_lock);
	list_for_each_entry(interface, &interfaces, node)
		if (kcs_location_overlaps(&interface->location, location))
			found = interface->dev;
	get_device(found);
	mutex_unlock(&interfaces_lock);
	return found;
}

/**
 * kcs_interface_locate() - return where the interface of a device is
 * @dev: the device
 * @location: filled, if it is in service
 *
 * Context: may sleep.
 * Return: true when it is.
 */
bool kcs_interface_locate(const struct device *dev, struct kcs_location *location)
{
	struct interface *interface;
	bool found = false;

	mutex_lock(&interfaces_lock);
	list_for_each_entry(interface, &interfaces, node) {
		if (interface->dev != dev)
			continue;
		*location = interface->location;
		found = true;
	}
	mutex_unlock(&interfaces_lock);
	return found;
}

static void remove_host(void *host)
{
	kcs_host_remove(host);
}

static int create_host(struct device *dev, const struct kcs_host_setup *setup)
{
	struct kcs_host *host = kcs_host_create(dev, setup);
	int err;

	if (IS_ERR(host))
		return PTR_ERR(host);
	err = devm_add_action_or_reset(dev, remove_host, host);
	if (!err)
		dev_set_drvdata(dev, host);
	return err;
}

/**
 * kcs_interface_start() - put an interface into service
 * @dev: the device it belongs to; it goes with its driver
 * @location: its registers
 * @irq: its interrupt; 0 for none
 * @irq_is_shared: other devices may use that line
 *
 * Status is not read first: a BMC that is late reads FFh, as one that is not there.
 * The interface reports itself "absent" then, in one line, and keeps searching and its
 * registers, at the cost of one read of Status every few seconds: to release them would
 * give a late BMC to another driver.
 *
 * Context: may sleep.
 * Return: 0; %-EBUSY when a register is claimed; %-ENOMEM; or why the driver model
 * or the scheduler refuses.
 */
int kcs_interface_start(struct device *dev, const struct kcs_location *location,
			int irq, bool irq_is_shared)
{
	struct kcs_host_setup setup = {
		.firmware_handle = ACPI_HANDLE(dev),
		.clock = &kcs_clock_system,
		.irq = irq,
		.irq_is_shared = irq_is_shared,
	};
	int err;

	setup.io = kcs_registers_claim(dev, location);
	if (IS_ERR(setup.io))
		return PTR_ERR(setup.io);
	err = interface_note(dev, location) ?: create_host(dev, &setup);
	if (!err)
		dev_info(dev, "KCS interface at %s 0x%llx and 0x%llx\n",
			 location->is_memory ? "memory" : "I/O ports",
			 location->base, location->base + location->spacing_bytes);
	return err;
}

static int interface_suspend(struct device *dev)
{
	kcs_host_pause(dev_get_drvdata(dev));
	return 0;
}

static int interface_resume(struct device *dev)
{
	kcs_host_resume(dev_get_drvdata(dev));
	return 0;
}

DEFINE_SIMPLE_DEV_PM_OPS(kcs_interface_pm, interface_suspend, interface_resume);

/**
 * kcs_interface_shutdown() - leave the BMC between two messages
 * @dev: the device
 *
 * Also before kexec: the next kernel finds it so.
 *
 * Context: may sleep, for two seconds at most.
 */
void kcs_interface_shutdown(struct device *dev)
{
	kcs_host_pause(dev_get_drvdata(dev));
}

/**
 * kcs_interface_report_taken() - say which driver has an interface, if not ours
 * @dev: the device
 * @ours: the driver that would take it
 *
 * Another driver came first, and the user would wonder why nothing happens.
 *
 * Context: may sleep; the device is not locked.
 */
void kcs_interface_report_taken(struct device *dev, const struct device_driver *ours)
{
	device_lock(dev);
	if (dev->driver && dev->driver != ours)
		dev_notice(dev,
			   "KCS interface belongs to driver %s; unbind it there and bind it to kcs_host to use it\n",
			   dev->driver->name);
	device_unlock(dev);
}
