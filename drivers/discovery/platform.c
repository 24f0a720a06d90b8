// SPDX-License-Identifier: GPL-2.0-only
/* From a located interface to one in service: claim, create, undo. */
#include "acpi.h"
#include "../core/host.h"
#include "../core/io.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static void remove_host(void *host)
{
	kcs_host_remove(host);
}

static int kcs_platform_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct kcs_location location;
	struct kcs_host *host;
	struct kcs_io *io;
	int err;

	err = kcs_acpi_locate(pdev, &location);
	if (err)
		return err;
	io = kcs_io_claim(dev, &location);
	if (IS_ERR(io))
		return PTR_ERR(io);
	host = kcs_host_create(dev, io, &kcs_io_clock);
	if (IS_ERR(host))
		return PTR_ERR(host);
	err = devm_add_action_or_reset(dev, remove_host, host);
	if (err)
		return err;
	dev_info(dev, "KCS interface at I/O ports 0x%x and 0x%x\n",
		 location.port, location.port + location.spacing_bytes);
	return 0;
}

/* Matches _HID and _CID. */
static const struct acpi_device_id kcs_platform_ids[] = {
	{ "IPI0001" },
	{}
};
MODULE_DEVICE_TABLE(acpi, kcs_platform_ids);

static struct platform_driver kcs_platform_driver = {
	.probe = kcs_platform_probe,
	.driver = {
		.name = "kcs_host",
		.acpi_match_table = kcs_platform_ids,
	},
};
module_platform_driver(kcs_platform_driver);
