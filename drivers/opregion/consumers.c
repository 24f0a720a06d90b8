// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices whose AML needs the BMC, and whose drivers gave up because they
 * looked before it was there. The power meter's driver evaluates _PMC once, in
 * its probe; nothing else would make it try again.
 */
#include "consumers.h"

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/string.h>

/* True when it has its driver now; one that is refused again stays without. */
static bool probe_again(struct device *dev)
{
	return dev && device_attach(dev) > 0;
}

/* Drivers are of the ACPI device itself, or of its platform device. */
static void offer(const char *id)
{
	struct acpi_device *device;

	for_each_acpi_dev_match(device, id, NULL, -1) {
		struct device *node =
			bus_find_device_by_acpi_dev(&platform_bus_type, device);

		probe_again(&device->dev);
		probe_again(node);
		put_device(node);
	}
}

/**
 * kcs_consumers_probe_again() - offer devices without driver to their driver
 * @ids: ACPI device IDs, separated by commas
 *
 * One that has its driver is left alone; one whose driver is not loaded waits
 * for it as any device does.
 *
 * Context: may sleep, for as long as the AML of the devices does.
 */
void kcs_consumers_probe_again(const char *ids)
{
	char id[ACPI_ID_LEN];
	size_t length;

	for (; *ids; ids += length + (ids[length] == ',')) {
		length = strcspn(ids, ",");
		if (length < sizeof(id)) {
			snprintf(id, sizeof(id), "%.*s", (int)length, ids);
			offer(id);
		}
	}
}
