// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ACPI says of an IPI0001 device besides its resources (IPMI 2.0 rev 1.1,
 * appendix C3). Below platform.c; no lock.
 */
#include "acpi.h"

#include <linux/acpi.h>
#include <linux/limits.h>
#include <linux/minmax.h>

/*
 * Without _IFT it is taken for KCS: some firmware leaves it out, and a BMC
 * that is none does not answer Get Device ID. Deviation from C3.1.
 */
static int interface_kind(acpi_handle handle)
{
	u64 ift = KCS_ACPI_KIND_KCS;
	acpi_status status = acpi_evaluate_integer(handle, "_IFT", NULL, &ift);

	if (ACPI_FAILURE(status) && status != AE_NOT_FOUND)
		return -EIO;
	return min_t(u64, ift, INT_MAX);
}

/**
 * kcs_acpi_kind() - tell which kind of interface an IPI0001 device says that it is
 * @dev: the device
 *
 * Context: may sleep.
 * Return: its _IFT: %KCS_ACPI_KIND_KCS, also when it says nothing; %-EIO when it
 * cannot be evaluated.
 */
int kcs_acpi_kind(struct device *dev)
{
	return interface_kind(ACPI_HANDLE(dev));
}

/**
 * struct visit - what is done with each board device
 * @visitor: the function
 * @context: for it
 */
struct visit {
	kcs_acpi_visitor visitor;
	void *context;
};

static acpi_status visit_board(acpi_handle handle, u32 level, void *context,
			       void **value)
{
	struct acpi_device *device = acpi_fetch_acpi_dev(handle);
	const struct visit *visit = context;

	if (device && acpi_is_pnp_device(device) &&
	    interface_kind(handle) == KCS_ACPI_KIND_KCS)
		visit->visitor(&device->dev, visit->context);
	return AE_OK;
}

/**
 * kcs_acpi_visit_boards() - visit the IPI0001 devices that no driver can have
 * @visitor: called with each
 * @context: for it
 *
 * Their compatible ID makes the kernel put them on the PNP bus, where its "system"
 * driver owns them.
 *
 * Context: may sleep.
 */
void kcs_acpi_visit_boards(kcs_acpi_visitor visitor, void *context)
{
	struct visit visit = { visitor, context };

	if (!acpi_disabled)
		acpi_get_devices("IPI0001", visit_board, &visit, NULL);
}

static void report_board(struct device *dev, void *unused)
{
	dev_notice(dev,
		   "IPI0001 is a board device (PNP0C01 or PNP0C02) too, and SMBIOS does not list it; name its registers by ports=\n");
}

/**
 * kcs_acpi_report_boards() - log which IPI0001 devices no driver can have
 *
 * SMBIOS names the same interface, as a rule: to be called when it does not.
 *
 * Context: may sleep.
 */
void kcs_acpi_report_boards(void)
{
	kcs_acpi_visit_boards(report_board, NULL);
}
