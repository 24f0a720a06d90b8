// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices whose AML needs the BMC, and whose drivers gave up because they
 * looked before it was there. The power meter's driver evaluates _PMC once, in
 * its probe; nothing else would make it try again.
 */
#include "consumers.h"

#include <linux/acpi.h>
#include <linux/device.h>

/**
 * kcs_consumers_probe_again() - offer unbound power meters to their driver
 *
 * A meter that has its driver is left alone; one whose driver is not loaded
 * waits for it as any device does.
 *
 * Context: may sleep, for as long as the AML of the meters does.
 */
void kcs_consumers_probe_again(void)
{
	struct acpi_device *meter;

	for_each_acpi_dev_match(meter, "ACPI000D", NULL, -1)
		if (device_attach(&meter->dev) < 0)
			dev_dbg(&meter->dev, "power meter still without driver\n");
}
