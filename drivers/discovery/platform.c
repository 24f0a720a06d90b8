// SPDX-License-Identifier: GPL-2.0-only
/*
 * Platform devices: ACPI's IPI0001, a parameter's, and those that the kernel makes of
 * SMBIOS. Above interface.c; no lock.
 *
 * A kernel with IPMI_HANDLER, as a module too, has the decoder of SMBIOS type 38 built
 * in (IPMI_DMI_DECODE). At boot, before ACPI's devices, it makes a "dmi-ipmi-si" of
 * each record: its registers are the resources, what else it says are properties.
 * So there is one in any order of modules, udev loads a driver for it, and no two
 * drivers can have it. A decoder of our own would have to add all that. A base
 * of 0 makes no device, but a line of the kernel's: "ipmi:dmi: Base address is zero".
 */
#include "acpi.h"
#include "interface.h"
#include "param_device.h"
#include "platform.h"

#include <linux/acpi.h>
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/string.h>

/* The kernel's device, and its properties. */
#define SMBIOS_DEVICE	"dmi-ipmi-si"
#define SMBIOS_TYPE	"ipmi-type"
#define SMBIOS_SIZE	"reg-size"
#define SMBIOS_SHIFT	"reg-shift"

/**
 * enum rank - whose word counts where several name one interface, best first
 * @RANK_PARAMETER: the administrator's
 * @RANK_ACPI: it knows the interrupt, and which AML belongs to the interface
 * @RANK_SMBIOS: all others; also what an administrator gives the driver by name
 */
enum rank {
	RANK_PARAMETER,
	RANK_ACPI,
	RANK_SMBIOS,
};

/* Matches _HID and _CID. */
static const struct acpi_device_id kcs_platform_ids[] = {
	{ "IPI0001" },
	{}
};
MODULE_DEVICE_TABLE(acpi, kcs_platform_ids);

/*
 * Not from id_entry: the last driver that was compared with the device sets it. A
 * parameter's device may have an ACPI companion, too.
 */
static enum rank rank_of(struct platform_device *pdev)
{
	if (!strcmp(pdev->name, KCS_PARAM_DEVICE))
		return RANK_PARAMETER;
	return has_acpi_companion(&pdev->dev) ? RANK_ACPI : RANK_SMBIOS;
}

/* -- What it is. ---------------------------------------------------------- */

static u8 smbios_type(struct device *dev)
{
	u8 type = 0;

	device_property_read_u8(dev, SMBIOS_TYPE, &type);
	return type;
}

static int kind_of(struct platform_device *pdev)
{
	switch (rank_of(pdev)) {
	case RANK_ACPI:
		return kcs_acpi_kind(&pdev->dev);
	case RANK_SMBIOS:
		return smbios_type(&pdev->dev);
	default:
		return KCS_ACPI_KIND_KCS;
	}
}

static bool is_kcs(struct platform_device *pdev)
{
	return kind_of(pdev) == KCS_ACPI_KIND_KCS;
}

static int judge_kind(struct platform_device *pdev, struct kcs_finding *finding)
{
	static const char * const names[] = {
		[2] = "SMIC", [3] = "BT", [4] = "SSIF",
	};
	int kind = kind_of(pdev);

	if (kind == KCS_ACPI_KIND_KCS)
		return 0;
	if (kind < 0)
		strscpy(finding->verdict, "its kind is unknown: _IFT fails",
			sizeof(finding->verdict));
	else if (kind < ARRAY_SIZE(names) && names[kind])
		snprintf(finding->verdict, sizeof(finding->verdict), "%s, not KCS",
			 names[kind]);
	else
		snprintf(finding->verdict, sizeof(finding->verdict),
			 "of kind %d, not 1 (KCS)", kind);
	return min(kind, 0) ?: -ENODEV;
}

/* -- Where it is. --------------------------------------------------------- */

static int platform_locate(struct platform_device *pdev,
			   struct kcs_location *location)
{
	u8 size = 1, shift = 0;
	int err;

	if (rank_of(pdev) == RANK_PARAMETER) {
		*location = *(const struct kcs_location *)dev_get_platdata(&pdev->dev);
		return 0;
	}
	/* Without the property it keeps its value. */
	device_property_read_u8(&pdev->dev, SMBIOS_SIZE, &size);
	device_property_read_u8(&pdev->dev, SMBIOS_SHIFT, &shift);
	*location = (struct kcs_location){ .size_bytes = size, .shift_bits = shift };
	err = kcs_location_decode(pdev->resource, pdev->num_resources, location);
	if (err)
		return err;
	if (rank_of(pdev) == RANK_SMBIOS)
		kcs_location_mend(location);
	return kcs_location_check(location);
}

static const char *location_fault(int err)
{
	switch (err) {
	case -ENODEV:
		return "no I/O port, no memory";
	case -ENXIO:
		return "the base address is 0";
	default:
		return "out of range";
	}
}

static int judge_location(int located, struct kcs_finding *finding)
{
	if (located)
		snprintf(finding->verdict, sizeof(finding->verdict),
			 "no usable registers: %s", location_fault(located));
	return located;
}

static void report_mended(struct platform_device *pdev,
			  const struct kcs_location *location)
{
	if (rank_of(pdev) == RANK_SMBIOS && !location->is_memory &&
	    platform_get_resource(pdev, IORESOURCE_MEM, 0))
		dev_info(&pdev->dev, "SMBIOS gives memory at 0x%llx, where none of a device can be; taken for an I/O port\n",
			 location->base);
}

/**
 * struct named - an interface, as one table names it
 * @location: where it is
 * @rank: whose word that is
 */
struct named {
	struct kcs_location location;
	enum rank rank;
};

static struct platform_driver kcs_platform_driver;

/**
 * kcs_platform_is_candidate() - test whether a table may name an interface by a device
 * @dev: a platform device
 *
 * As the bus compares, but without a trace in the device. What an administrator would
 * give the driver by an override is one once it has it.
 *
 * Return: true when it is one of ACPI's, SMBIOS' or a parameter's, or ours already.
 */
bool kcs_platform_is_candidate(struct device *dev)
{
	const char *name = to_platform_device(dev)->name;

	return acpi_match_device(kcs_platform_ids, dev) ||
	       !strcmp(name, SMBIOS_DEVICE) || !strcmp(name, KCS_PARAM_DEVICE) ||
	       READ_ONCE(dev->driver) == &kcs_platform_driver.driver;
}

static int names_better(struct device *dev, const void *context)
{
	struct platform_device *pdev = to_platform_device(dev);
	const struct named *named = context;
	struct kcs_location location;

	return kcs_platform_is_candidate(dev) && rank_of(pdev) < named->rank &&
	       !platform_locate(pdev, &location) &&
	       kcs_location_overlaps(&location, &named->location) && is_kcs(pdev);
}

static struct device *find_better(const struct named *named)
{
	return bus_find_device(&platform_bus_type, NULL, named, names_better);
}

/**
 * kcs_platform_find_acpi() - find the ACPI device that names an interface
 * @location: where it is
 *
 * Context: may sleep.
 * Return: the IPI0001 platform device, or one of an earlier parameter, to be dropped
 * with put_device(); NULL when there is none.
 */
struct device *kcs_platform_find_acpi(const struct kcs_location *location)
{
	const struct named named = { *location, RANK_SMBIOS };

	return find_better(&named);
}

/*
 * A server has its interface in ACPI and in SMBIOS. The device of the other one is
 * asked for what it says, not for its driver: that may be about to come, or have
 * been taken away on purpose. The device itself goes only with its ACPI table, which
 * no machine unloads in service, or by hotmod; then this one is to be bound by hand.
 */
static int judge_rank(struct platform_device *pdev, struct kcs_finding *finding)
{
	const struct named named = { finding->location, rank_of(pdev) };
	struct device *better = find_better(&named);

	if (!better)
		return 0;
	snprintf(finding->verdict, sizeof(finding->verdict), "same as %s",
		 dev_name(better));
	put_device(better);
	return -EALREADY;
}

/**
 * kcs_platform_judge() - decide whether a device is an interface to be taken
 * @pdev: the device
 * @finding: what it says, and why not, are written here
 *
 * Context: may sleep.
 * Return: 0 when it is; %-EALREADY when one whose word counts more names the same
 * interface; %-ENODEV when it is of another kind, or has no address; %-EIO when its
 * kind is not known; what kcs_location_check() returns.
 */
int kcs_platform_judge(struct platform_device *pdev, struct kcs_finding *finding)
{
	static const char * const sources[] = {
		[RANK_PARAMETER] = "parameter", [RANK_ACPI] = "ACPI", [RANK_SMBIOS] = "SMBIOS",
	};
	int located, err = 0;

	*finding = (struct kcs_finding){ .source = sources[rank_of(pdev)] };
	located = platform_locate(pdev, &finding->location);
	if (!located)
		err = judge_rank(pdev, finding);
	if (!err)
		err = judge_kind(pdev, finding);
	return err ?: judge_location(located, finding);
}

/*
 * Without an interrupt, or with one that cannot be had, the interface polls. So it does
 * where the interrupt's controller has no driver yet, and does not defer: it does not
 * need the interrupt, a controller may never come, the machine would be without its BMC
 * until then, and ipmi_si, which is loaded next and does not wait either, would take the
 * interface. Lost is an interrupt that could be had later; binding the device again
 * finds it.
 */
static int find_interrupt(struct platform_device *pdev, bool *is_shared)
{
	const struct resource *line = platform_get_resource(pdev, IORESOURCE_IRQ, 0);
	int irq = 0;

	/* A parameter that names none means none, whatever its ACPI companion has. */
	if (line || rank_of(pdev) != RANK_PARAMETER)
		irq = platform_get_irq_optional(pdev, 0);
	/* ACPI says so; a line that SMBIOS or a parameter names may be another's, too. */
	*is_shared = rank_of(pdev) != RANK_ACPI ||
		     (line && line->flags & IORESOURCE_IRQ_SHAREABLE);
	if (irq == -EPROBE_DEFER)
		dev_notice(&pdev->dev, "interrupt: no driver has its controller yet; polling\n");
	return max(irq, 0);
}

/* -- The driver. ---------------------------------------------------------- */

static int kcs_platform_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct kcs_finding finding;
	int err = kcs_platform_judge(pdev, &finding), irq;
	bool irq_is_shared;

	if (err == -EALREADY) {
		dev_dbg(dev, "%s, and served there\n", finding.verdict);
		return -ENODEV;
	}
	if (err) {
		dev_notice(dev, "%s; interface left alone\n", finding.verdict);
		return err;
	}
	report_mended(pdev, &finding.location);
	irq = find_interrupt(pdev, &irq_is_shared);
	return kcs_interface_start(dev, &finding.location, irq, irq_is_shared);
}

static void kcs_platform_shutdown(struct platform_device *pdev)
{
	kcs_interface_shutdown(&pdev->dev);
}

static const struct platform_device_id kcs_platform_names[] = {
	{ SMBIOS_DEVICE },
	{ KCS_PARAM_DEVICE },
	{}
};
MODULE_DEVICE_TABLE(platform, kcs_platform_names);

static struct platform_driver kcs_platform_driver = {
	.probe = kcs_platform_probe,
	.shutdown = kcs_platform_shutdown,
	.id_table = kcs_platform_names,
	.driver = {
		.name = "kcs_host",
		.acpi_match_table = kcs_platform_ids,
		.pm = pm_sleep_ptr(&kcs_interface_pm),
	},
};

static int report_taken(struct device *dev, void *unused)
{
	struct kcs_finding finding;

	if (dev->driver != &kcs_platform_driver.driver && kcs_platform_is_candidate(dev) &&
	    !kcs_platform_judge(to_platform_device(dev), &finding))
		kcs_interface_report_taken(dev, &kcs_platform_driver.driver);
	return 0;
}

static int names_kcs(struct device *dev, void *least)
{
	struct platform_device *pdev = to_platform_device(dev);
	struct kcs_location location;

	return kcs_platform_is_candidate(dev) && rank_of(pdev) >= *(enum rank *)least &&
	       !platform_locate(pdev, &location) && is_kcs(pdev);
}

/**
 * kcs_platform_names_kcs() - test whether a table or a parameter names an interface
 *
 * Context: may sleep.
 * Return: true when a platform device is one.
 */
bool kcs_platform_names_kcs(void)
{
	enum rank least = RANK_PARAMETER;

	return bus_for_each_dev(&platform_bus_type, NULL, &least, names_kcs);
}

/**
 * kcs_platform_smbios_names_kcs() - test whether SMBIOS names an interface
 *
 * Context: may sleep.
 * Return: true when a platform device of SMBIOS is one.
 */
bool kcs_platform_smbios_names_kcs(void)
{
	enum rank least = RANK_SMBIOS;

	return bus_for_each_dev(&platform_bus_type, NULL, &least, names_kcs);
}

/**
 * kcs_platform_register() - take the interfaces that are platform devices
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
