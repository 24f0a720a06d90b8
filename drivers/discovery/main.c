// SPDX-License-Identifier: GPL-2.0-only
/* The module kcs_host: the class of interfaces, and where they are looked for. */
#include "acpi.h"
#include "param.h"
#include "pci.h"
#include "platform.h"
#include "table.h"
#include "../core/host.h"

#include <kcs/version.h>
#include <linux/kconfig.h>
#include <linux/module.h>

/* What parameters name comes first: it counts most. */
static int discovery_start(void)
{
	int err = kcs_param_register();

	if (err)
		return err;
	err = kcs_platform_register();
	if (err)
		goto err_platform;
	err = IS_ENABLED(CONFIG_PCI) ? kcs_pci_register() : 0;
	if (err)
		goto err_pci;
	if (!kcs_platform_smbios_names_kcs())
		kcs_acpi_report_boards();
	kcs_table_create();
	return 0;

err_pci:
	kcs_platform_unregister();
err_platform:
	kcs_param_unregister();
	return err;
}

static void discovery_stop(void)
{
	kcs_table_remove();
	if (IS_ENABLED(CONFIG_PCI))
		kcs_pci_unregister();
	kcs_platform_unregister();
	kcs_param_unregister();
}

static int __init kcs_host_init(void)
{
	int err = kcs_class_register();

	if (err || !IS_ENABLED(CONFIG_ACPI))
		return err;
	err = discovery_start();
	if (err)
		kcs_class_unregister();
	return err;
}
module_init(kcs_host_init);

static void __exit kcs_host_exit(void)
{
	if (IS_ENABLED(CONFIG_ACPI))
		discovery_stop();
	kcs_class_unregister();
}
module_exit(kcs_host_exit);

MODULE_DESCRIPTION("KCS IPMI system interface");
MODULE_SOFTDEP("post: kcs_opregion");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
