// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of interfaces, /sys/kernel/debug/kcs/discovery: who names one, where, and
 * what was made of it. Above the drivers, whose judgement it asks for when it is read:
 * it cannot differ from theirs. The lock of each device is held for its line.
 */
#include "acpi.h"
#include "interface.h"
#include "pci.h"
#include "platform.h"
#include "table.h"

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/string.h>

static struct dentry *folder;

/* The drivers of both buses have the name of the module. */
static bool is_ours(const struct device *dev)
{
	return dev->driver && !strcmp(dev->driver->name, KBUILD_MODNAME);
}

static void show_verdict(struct seq_file *table, const struct device *dev,
			 const struct kcs_finding *finding)
{
	if (is_ours(dev))
		seq_puts(table, "taken\n");
	else if (*finding->verdict)
		seq_printf(table, "%s\n", finding->verdict);
	else if (dev->driver)
		seq_printf(table, "belongs to driver %s\n", dev->driver->name);
	else
		seq_printf(table, "no driver has it; see /proc/%s for other users\n",
			   finding->location.is_memory ? "iomem" : "ioports");
}

static void show_line(struct seq_file *table, const struct device *dev,
		      const struct kcs_finding *finding, int irq)
{
	const struct kcs_location *location = &finding->location;

	seq_printf(table, "%-9s %-15s ", finding->source, dev_name(dev));
	if (location->spacing_bytes)
		seq_printf(table, "%-6s %#10llx %7u %4u ",
			   location->is_memory ? "memory" : "ports", location->base,
			   location->spacing_bytes, location->size_bytes);
	else
		seq_printf(table, "%-6s %10s %7s %4s ", "-", "-", "-", "-");
	if (irq > 0)
		seq_printf(table, "%4d ", irq);
	else
		seq_printf(table, "%4s ", "-");
	show_verdict(table, dev, finding);
}

static int show_platform(struct device *dev, void *table)
{
	struct platform_device *pdev = to_platform_device(dev);
	const struct resource *line;
	struct kcs_finding finding;

	if (!kcs_platform_is_candidate(dev))
		return 0;
	line = platform_get_resource(pdev, IORESOURCE_IRQ, 0);
	device_lock(dev);
	kcs_platform_judge(pdev, &finding);
	show_line(table, dev, &finding, line ? line->start : 0);
	device_unlock(dev);
	return 0;
}

static void show_board(struct device *dev, void *table)
{
	static const struct kcs_finding finding = {
		.source = "ACPI",
		.verdict = "board device (PNP0C01 or PNP0C02) of the kernel's driver system",
	};

	show_line(table, dev, &finding, 0);
}

static void show_functions(struct seq_file *table)
{
	struct kcs_finding finding;
	struct pci_dev *pdev = NULL;

	while ((pdev = pci_get_class(PCI_CLASS_SERIAL_IPMI_KCS, pdev))) {
		device_lock(&pdev->dev);
		kcs_pci_judge(pdev, &finding);
		show_line(table, &pdev->dev, &finding, pci_irq_vector(pdev, 0));
		device_unlock(&pdev->dev);
	}
}

static int discovery_show(struct seq_file *table, void *unused)
{
	seq_printf(table, "%-9s %-15s %-6s %10s %7s %4s %4s verdict\n", "# source",
		   "device", "where", "base", "spacing", "size", "irq");
	bus_for_each_dev(&platform_bus_type, NULL, table, show_platform);
	kcs_acpi_visit_boards(show_board, table);
	if (IS_ENABLED(CONFIG_PCI))
		show_functions(table);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(discovery);

/**
 * kcs_table_create() - make the file of the table
 *
 * Context: may sleep.
 */
void kcs_table_create(void)
{
	folder = debugfs_create_dir("kcs", NULL);
	debugfs_create_file("discovery", 0400, folder, NULL, &discovery_fops);
}

/**
 * kcs_table_remove() - remove it, once it is not being read
 *
 * Context: may sleep.
 */
void kcs_table_remove(void)
{
	debugfs_remove(folder);
}
