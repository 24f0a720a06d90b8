// SPDX-License-Identifier: GPL-2.0-only
/* Where an ACPI IPI0001 device is (IPMI 2.0 rev 1.1, appendix C3). */
#include "acpi.h"

#include <linux/acpi.h>
#include <linux/limits.h>
#include <linux/platform_device.h>

#define IFT_KCS		1

static const char *ift_name(u64 ift)
{
	static const char * const names[] = {
		[1] = "KCS", [2] = "SMIC", [3] = "BT", [4] = "SSIF",
	};

	return ift && ift < ARRAY_SIZE(names) ? names[ift] : "unknown";
}

/*
 * Without _IFT it is taken for KCS: some firmware leaves it out, and a BMC
 * that is none does not answer Get Device ID. Deviation from C3.1.
 */
static acpi_status interface_type(struct device *dev, u64 *ift)
{
	acpi_status status;

	*ift = IFT_KCS;
	status = acpi_evaluate_integer(ACPI_HANDLE(dev), "_IFT", NULL, ift);
	return status == AE_NOT_FOUND ? AE_OK : status;
}

/**
 * kcs_acpi_is_kcs() - test whether an IPI0001 device says that it is KCS
 * @dev: the device
 *
 * Context: may sleep.
 * Return: true when it does, or says nothing.
 */
bool kcs_acpi_is_kcs(struct device *dev)
{
	u64 ift;

	return ACPI_SUCCESS(interface_type(dev, &ift)) && ift == IFT_KCS;
}

static int check_interface_type(struct device *dev)
{
	u64 ift;
	acpi_status status = interface_type(dev, &ift);

	if (ACPI_FAILURE(status)) {
		dev_err(dev, "_IFT cannot be evaluated (%s); interface left alone\n",
			acpi_format_exception(status));
		return -EIO;
	}
	if (ift != IFT_KCS) {
		dev_info(dev, "_IFT is %llu (%s), not 1 (KCS); interface left alone\n",
			 ift, ift_name(ift));
		return -ENODEV;
	}
	return 0;
}

/**
 * kcs_acpi_decode() - registers from the resources of a device
 * @resources: its _CRS, in order
 * @count: how many
 * @location: filled on success
 *
 * The first I/O descriptor gives the base: its minimum, for that is what the
 * hardware decodes even where firmware writes a larger maximum. A second one
 * above it is the other register, and their distance the spacing; without one
 * the registers are adjacent.
 *
 * Context: any.
 * Return: 0; %-ENODEV without an I/O descriptor; %-ERANGE when the registers
 * do not fit into I/O space or are too far apart.
 */
int kcs_acpi_decode(const struct resource *resources, u32 count,
		    struct kcs_location *location)
{
	const struct resource *data = NULL, *status = NULL;
	u64 spacing;
	u32 i;

	for (i = 0; i < count; i++) {
		if (resource_type(&resources[i]) != IORESOURCE_IO)
			continue;
		if (!data)
			data = &resources[i];
		else if (!status)
			status = &resources[i];
	}
	if (!data)
		return -ENODEV;

	spacing = status && status->start > data->start ?
		  status->start - data->start : 1;
	if (spacing > U8_MAX || data->start + spacing > U16_MAX)
		return -ERANGE;
	location->port = data->start;
	location->spacing_bytes = spacing;
	return 0;
}

/**
 * kcs_acpi_locate() - find the registers of an IPI0001 device
 * @pdev: the device
 * @location: filled on success
 *
 * Says in the log why, when it fails.
 *
 * Context: may sleep.
 * Return: 0; %-ENODEV when it is not KCS or has no I/O port; %-EIO when its
 * _IFT fails; %-ERANGE, see kcs_acpi_decode().
 */
int kcs_acpi_locate(struct platform_device *pdev,
		    struct kcs_location *location)
{
	int err = check_interface_type(&pdev->dev);

	if (err)
		return err;
	err = kcs_acpi_decode(pdev->resource, pdev->num_resources, location);
	if (err)
		dev_err(&pdev->dev,
			"no usable I/O port among the %u resources of _CRS (%s); interface left alone\n",
			pdev->num_resources,
			err == -ERANGE ? "out of range" :
			"memory-mapped registers are not supported yet");
	return err;
}
