// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices whose AML needs the BMC, and whose drivers gave up because they
 * looked before it was there. The power meter's driver evaluates _PMC once, in
 * its probe; nothing else would make it try again.
 *
 * One whose driver was taken away, by an admin's unbind, has not failed: it is left
 * alone until somebody binds it. What happened before this was loaded is not known,
 * and is taken for a failure.
 */
#include "consumers.h"
#include "space_handler.h"

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#define IDS_MAX		8

/**
 * struct freed - a device whose driver was taken away
 * @node: place in the list of them
 * @dev: the device; dropped when it goes
 */
struct freed {
	struct list_head node;
	const struct device *dev;
};

static char ids[IDS_MAX][ACPI_ID_LEN];
static u32 id_count;

/* Drivers are of ACPI devices themselves, whose bus is not exported, or platform's. */
static struct acpi_device *on_acpi_bus;

static DEFINE_MUTEX(lock);	/* guards freed_devices */
static LIST_HEAD(freed_devices);

/* -- Whose driver was taken away. ----------------------------------------- */

static struct freed *freed_find(const struct device *dev)
{
	struct freed *freed;

	list_for_each_entry(freed, &freed_devices, node)
		if (freed->dev == dev)
			return freed;
	return NULL;
}

static bool is_freed(const struct device *dev)
{
	bool is;

	mutex_lock(&lock);
	is = freed_find(dev);
	mutex_unlock(&lock);
	return is;
}

static void forget(const struct device *dev)
{
	struct freed *freed;

	mutex_lock(&lock);
	freed = freed_find(dev);
	if (freed)
		list_del(&freed->node);
	mutex_unlock(&lock);
	kfree(freed);
}

static void remember(const struct device *dev)
{
	struct freed *freed = kzalloc(sizeof(*freed), GFP_KERNEL);

	forget(dev);
	if (!freed)
		return;
	freed->dev = dev;
	mutex_lock(&lock);
	list_add(&freed->node, &freed_devices);
	mutex_unlock(&lock);
}

static int on_bus(struct notifier_block *nb, unsigned long event, void *dev)
{
	if (event == BUS_NOTIFY_UNBOUND_DRIVER)
		remember(dev);
	else if (event == BUS_NOTIFY_BOUND_DRIVER ||
		 event == BUS_NOTIFY_DRIVER_NOT_BOUND ||
		 event == BUS_NOTIFY_REMOVED_DEVICE)
		forget(dev);
	return NOTIFY_OK;
}

static struct notifier_block platform_events = { .notifier_call = on_bus };
static struct notifier_block acpi_events = { .notifier_call = on_bus };

/* -- Probing again. ------------------------------------------------------- */

/* One that has its driver is left alone; one that is refused again stays without. */
static void probe_again(struct device *dev)
{
	if (dev && !is_freed(dev) && device_attach(dev) <= 0)
		dev_dbg(dev, "still without driver\n");
}

static void offer(struct acpi_device *device)
{
	struct device *node = bus_find_device_by_acpi_dev(&platform_bus_type, device);

	probe_again(&device->dev);
	probe_again(node);
	put_device(node);
}

/**
 * kcs_consumers_probe_again() - offer devices without driver to their driver
 *
 * One that has its driver is left alone; one whose driver is not loaded waits
 * for it as any device does.
 *
 * Context: may sleep, for as long as the AML of the devices does.
 */
void kcs_consumers_probe_again(void)
{
	struct acpi_device *device;
	u32 i;

	for (i = 0; i < id_count; i++)
		for_each_acpi_dev_match(device, ids[i], NULL, -1)
			offer(device);
}

/* -- Coming and going. ---------------------------------------------------- */

/* What is too long is no ID, and what is too much is left out. */
static void read_ids(const char *words)
{
	size_t length;

	id_count = 0;
	for (; *words; words += length + (words[length] == ',')) {
		length = strcspn(words, ",");
		if (length && length < ACPI_ID_LEN && id_count < IDS_MAX)
			snprintf(ids[id_count++], ACPI_ID_LEN, "%.*s",
				 (int)length, words);
	}
}

/**
 * kcs_consumers_open() - begin
 * @words: ACPI device IDs, separated by commas
 *
 * Context: may sleep.
 * Return: 0; %-ENODEV when \\_SB is no device; else why the driver model refuses.
 */
int kcs_consumers_open(const char *words)
{
	int err;

	read_ids(words);
	on_acpi_bus = acpi_get_acpi_dev(kcs_anchor_sb());
	if (!on_acpi_bus)
		return -ENODEV;
	err = bus_register_notifier(&platform_bus_type, &platform_events);
	if (err)
		goto err_platform;
	err = bus_register_notifier(on_acpi_bus->dev.bus, &acpi_events);
	if (err)
		goto err_acpi;
	return 0;

err_acpi:
	bus_unregister_notifier(&platform_bus_type, &platform_events);
err_platform:
	acpi_put_acpi_dev(on_acpi_bus);
	return err;
}

/**
 * kcs_consumers_close() - the counterpart of kcs_consumers_open()
 *
 * Context: may sleep; kcs_consumers_probe_again() is not running.
 */
void kcs_consumers_close(void)
{
	struct freed *freed, *next;

	bus_unregister_notifier(on_acpi_bus->dev.bus, &acpi_events);
	bus_unregister_notifier(&platform_bus_type, &platform_events);
	acpi_put_acpi_dev(on_acpi_bus);
	list_for_each_entry_safe(freed, next, &freed_devices, node)
		kfree(freed);
	INIT_LIST_HEAD(&freed_devices);
}
