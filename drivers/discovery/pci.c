// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI functions of class 0C07h, programming interface 01h: KCS registers at base
 * address register 0 (IPMI 2.0 rev 1.1, C4). Above interface.c; no lock.
 */
#include "interface.h"
#include "pci.h"
#include "platform.h"
#include "registers.h"
#include "spacing.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/string.h>

/*
 * A server's BMC may be a PCI function and stand in ACPI or SMBIOS as well, at other
 * addresses: two interfaces of one BMC, with one word of global enables and one receive
 * queue. Only an administrator knows of a second BMC.
 */
static bool with_pci;
module_param(with_pci, bool, 0444);
MODULE_PARM_DESC(with_pci, "take PCI functions also where ACPI, SMBIOS or a parameter names an interface, which may be the same BMC's (N)");

/* Says that it is KCS, and is not: a "virtual IPMI device". */
#define REALTEK_VIRTUAL_IPMI	0x816c

static const struct pci_device_id kcs_pci_impostors[] = {
	{ PCI_VDEVICE(REALTEK, REALTEK_VIRTUAL_IPMI) },
	{}
};

static bool fits(struct pci_dev *pdev, u32 spacing_bytes)
{
	return pci_resource_len(pdev, 0) > spacing_bytes;
}

/*
 * Each register is a byte, and the next one follows: C4 knows of nothing else. Another
 * spacing is known once pci_find_spacing() has found it.
 */
static int pci_locate(struct pci_dev *pdev, struct kcs_location *location)
{
	int err;

	if (kcs_interface_locate(&pdev->dev, location))
		return 0;
	*location = (struct kcs_location){ .size_bytes = 1 };
	err = kcs_location_decode(&pdev->resource[0], 1, location);
	if (!err && !fits(pdev, location->spacing_bytes))
		err = -ERANGE;
	return err ?: kcs_location_check(location);
}

/**
 * kcs_pci_judge() - decide whether a function is an interface to be taken
 * @pdev: the function
 * @finding: what it says, and why not, are written here
 *
 * Context: may sleep.
 * Return: 0 when it is; %-ENODEV when it is not KCS, may be what another table names,
 * or has no address; what kcs_location_check() returns.
 */
int kcs_pci_judge(struct pci_dev *pdev, struct kcs_finding *finding)
{
	const char *why = NULL;
	int err;

	*finding = (struct kcs_finding){ .source = "PCI" };
	err = pci_locate(pdev, &finding->location);
	if (pci_match_id(kcs_pci_impostors, pdev))
		why = "left alone: it says that it is KCS, and is not";
	else if (!with_pci && kcs_platform_names_kcs())
		why = "left alone without with_pci=1: one named elsewhere may be this BMC's";
	if (why)
		strscpy(finding->verdict, why, sizeof(finding->verdict));
	else if (err)
		snprintf(finding->verdict, sizeof(finding->verdict),
			 "left alone: no usable registers at %pR", &pdev->resource[0]);
	return why ? -ENODEV : err;
}

/* -- Spacing. ------------------------------------------------------------- */

static int pci_try_spacing(struct pci_dev *pdev, const struct kcs_location *location)
{
	void *group = devres_open_group(&pdev->dev, NULL, GFP_KERNEL);
	struct kcs_io *io;
	int err;

	if (!group)
		return -ENOMEM;
	io = kcs_registers_claim(&pdev->dev, location);
	err = PTR_ERR_OR_ZERO(io);
	if (!err && !kcs_spacing_responds(io))
		err = -ENXIO;
	devres_release_group(&pdev->dev, group);
	return err;
}

/*
 * A function has no place for its spacing, and some BMCs have the registers 4 or 16
 * bytes apart. Where none responds, the BMC may be late: then C4 counts.
 */
static int pci_find_spacing(struct pci_dev *pdev, struct kcs_location *location)
{
	struct kcs_location tried = *location;
	int i, err;

	if (!fits(pdev, kcs_spacings[1]))
		return 0;
	for (i = 0; i < KCS_SPACINGS && fits(pdev, kcs_spacings[i]); i++) {
		tried.spacing_bytes = kcs_spacings[i];
		err = pci_try_spacing(pdev, &tried);
		if (err == -ENXIO)
			continue;
		if (!err)
			*location = tried;
		return err;
	}
	dev_notice(&pdev->dev, "no Status register responds in %pR; taking the byte after the data register\n",
		   &pdev->resource[0]);
	return 0;
}

/* -- The driver. ---------------------------------------------------------- */

/* Without an interrupt the interface polls. Messages need the device to be a master. */
static int pci_interrupt(struct pci_dev *pdev)
{
	if (pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES) < 1)
		return 0;
	if (pdev->msi_enabled || pdev->msix_enabled)
		pci_set_master(pdev);
	return pci_irq_vector(pdev, 0);
}

static int kcs_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct kcs_finding finding;
	int err = kcs_pci_judge(pdev, &finding), irq;

	if (err) {
		dev_notice(&pdev->dev, "interface %s\n", finding.verdict);
		return err;
	}
	err = pcim_enable_device(pdev);
	if (err) {
		dev_err(&pdev->dev, "cannot be enabled; interface left alone\n");
		return err;
	}
	err = pci_find_spacing(pdev, &finding.location);
	if (err)
		return err;
	irq = pci_interrupt(pdev);
	return kcs_interface_start(&pdev->dev, &finding.location, max(irq, 0),
				   !pdev->msi_enabled && !pdev->msix_enabled);
}

static void kcs_pci_shutdown(struct pci_dev *pdev)
{
	kcs_interface_shutdown(&pdev->dev);
}

static const struct pci_device_id kcs_pci_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_SERIAL_IPMI_KCS, ~0) },
	{}
};
MODULE_DEVICE_TABLE(pci, kcs_pci_ids);

static struct pci_driver kcs_pci_driver = {
	.name = "kcs_host",
	.id_table = kcs_pci_ids,
	.probe = kcs_pci_probe,
	.shutdown = kcs_pci_shutdown,
	.driver.pm = pm_sleep_ptr(&kcs_interface_pm),
};

/**
 * kcs_pci_register() - take the interfaces that are PCI functions
 *
 * Context: may sleep.
 * Return: 0; else why the driver model refuses.
 */
int kcs_pci_register(void)
{
	struct pci_dev *pdev = NULL;
	int err = pci_register_driver(&kcs_pci_driver);

	if (err)
		return err;
	while ((pdev = pci_get_class(PCI_CLASS_SERIAL_IPMI_KCS, pdev)))
		kcs_interface_report_taken(&pdev->dev, &kcs_pci_driver.driver);
	return 0;
}

/**
 * kcs_pci_unregister() - give them back
 *
 * Context: may sleep.
 */
void kcs_pci_unregister(void)
{
	pci_unregister_driver(&kcs_pci_driver);
}
