// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ACPI says of an IPI0001 device besides its resources (IPMI 2.0 rev 1.1,
 * appendix C3). Below platform.c; no lock.
 */
#include "acpi.h"

#include <linux/acpi.h>

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
static acpi_status interface_type(acpi_handle handle, u64 *ift)
{
	acpi_status status;

	*ift = IFT_KCS;
	status = acpi_evaluate_integer(handle, "_IFT", NULL, ift);
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

	return ACPI_SUCCESS(interface_type(ACPI_HANDLE(dev), &ift)) && ift == IFT_KCS;
}

/**
 * kcs_acpi_check_type() - test whether an IPI0001 device is KCS, and say if not
 * @dev: the device
 *
 * Context: may sleep.
 * Return: 0; %-ENODEV when it is another kind; %-EIO when its _IFT fails.
 */
int kcs_acpi_check_type(struct device *dev)
{
	u64 ift;
	acpi_status status = interface_type(ACPI_HANDLE(dev), &ift);

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

static acpi_status report_board(acpi_handle handle, u32 level, void *context,
				void **value)
{
	struct acpi_device *device = acpi_fetch_acpi_dev(handle);
	u64 ift;

	if (device && acpi_is_pnp_device(device) &&
	    ACPI_SUCCESS(interface_type(handle, &ift)) && ift == IFT_KCS)
		dev_notice(&device->dev,
			   "IPI0001 is a board device (PNP0C01 or PNP0C02) too, and SMBIOS does not list it; name its registers by ports=\n");
	return AE_OK;
}

/**
 * kcs_acpi_report_boards() - say which IPI0001 devices no driver can have
 *
 * Their compatible ID makes the kernel put them on the PNP bus, where its "system"
 * driver owns them. SMBIOS names the same interface, as a rule: to be called when
 * it does not.
 *
 * Context: may sleep.
 */
void kcs_acpi_report_boards(void)
{
	if (!acpi_disabled)
		acpi_get_devices("IPI0001", report_board, NULL, NULL);
}
