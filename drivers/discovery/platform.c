// SPDX-License-Identifier: GPL-2.0-only
/* Platform devices: from a located interface to one in service, and back. */
#include "acpi.h"
#include "platform.h"
#include "registers.h"

#include <kcs/host.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>

static void remove_host(void *host)
{
	kcs_host_remove(host);
}

/* Without one, or with one that cannot be had, the interface polls. */
static int find_interrupt(struct platform_device *pdev,
			  struct kcs_host_setup *setup)
{
	const struct resource *line = platform_get_resource(pdev, IORESOURCE_IRQ, 0);
	int irq = platform_get_irq_optional(pdev, 0);

	if (irq == -EPROBE_DEFER)
		return irq;
	setup->irq = max(irq, 0);
	setup->irq_is_shared = line && line->flags & IORESOURCE_IRQ_SHAREABLE;
	return 0;
}

static int kcs_platform_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct kcs_host_setup setup = { .clock = &kcs_clock_system };
	struct kcs_location location;
	struct kcs_host *host;
	int err;

	err = kcs_acpi_locate(pdev, &location);
	if (err)
		return err;
	setup.io = kcs_registers_claim(dev, &location);
	if (IS_ERR(setup.io))
		return PTR_ERR(setup.io);
	err = find_interrupt(pdev, &setup);
	if (err)
		return err;
	host = kcs_host_create(dev, &setup);
	if (IS_ERR(host))
		return PTR_ERR(host);
	err = devm_add_action_or_reset(dev, remove_host, host);
	if (err)
		return err;
	platform_set_drvdata(pdev, host);
	dev_info(dev, "KCS interface at I/O ports 0x%x and 0x%x\n",
		 location.port, location.port + location.spacing_bytes);
	return 0;
}

static int kcs_platform_suspend(struct device *dev)
{
	kcs_host_pause(dev_get_drvdata(dev));
	return 0;
}

static int kcs_platform_resume(struct device *dev)
{
	kcs_host_resume(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(kcs_platform_pm, kcs_platform_suspend,
				kcs_platform_resume);

/* Also before kexec: the next kernel finds the BMC between two messages. */
static void kcs_platform_shutdown(struct platform_device *pdev)
{
	kcs_host_pause(platform_get_drvdata(pdev));
}

/* Matches _HID and _CID. */
static const struct acpi_device_id kcs_platform_ids[] = {
	{ "IPI0001" },
	{}
};
MODULE_DEVICE_TABLE(acpi, kcs_platform_ids);

static struct platform_driver kcs_platform_driver = {
	.probe = kcs_platform_probe,
	.shutdown = kcs_platform_shutdown,
	.driver = {
		.name = "kcs_host",
		.acpi_match_table = kcs_platform_ids,
		.pm = pm_sleep_ptr(&kcs_platform_pm),
	},
};

/* Another driver came first, and the user would wonder why nothing happens. */
static int report_taken(struct device *dev, void *unused)
{
	struct device_driver *ours = &kcs_platform_driver.driver;

	if (!dev->bus->match(dev, ours))
		return 0;
	device_lock(dev);
	if (dev->driver && dev->driver != ours && kcs_acpi_is_kcs(dev))
		dev_notice(dev,
			   "KCS interface belongs to driver %s; unbind it there and bind it to kcs_host to use it\n",
			   dev->driver->name);
	device_unlock(dev);
	return 0;
}

/**
 * kcs_platform_register() - take the interfaces that ACPI lists as platform devices
 *
 * Context: may sleep.
 * Return: 0; else why the driver model refuses.
 */
int kcs_platform_register(void)
{
	int err = platform_driver_register(&kcs_platform_driver);

	if (err)
		return err;
	return bus_for_each_dev(&platform_bus_type, NULL, NULL, report_taken);
}

/**
 * kcs_platform_unregister() - give them back
 *
 * Context: may sleep.
 */
void kcs_platform_unregister(void)
{
	platform_driver_unregister(&kcs_platform_driver);
}
