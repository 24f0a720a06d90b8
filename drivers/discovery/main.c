// SPDX-License-Identifier: GPL-2.0-only
/* The module kcs_host: the class of interfaces, and where they are looked for. */
#include "platform.h"
#include "../core/host.h"

#include <kcs/version.h>
#include <linux/kconfig.h>
#include <linux/module.h>

static int __init kcs_host_init(void)
{
	int err = kcs_class_register();

	if (err || !IS_ENABLED(CONFIG_ACPI))
		return err;
	err = kcs_platform_register();
	if (err)
		kcs_class_unregister();
	return err;
}
module_init(kcs_host_init);

static void __exit kcs_host_exit(void)
{
	if (IS_ENABLED(CONFIG_ACPI))
		kcs_platform_unregister();
	kcs_class_unregister();
}
module_exit(kcs_host_exit);

MODULE_DESCRIPTION("KCS IPMI system interface");
MODULE_SOFTDEP("post: kcs_opregion");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
