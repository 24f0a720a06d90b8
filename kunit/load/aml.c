// SPDX-License-Identifier: GPL-2.0-only
/* AML methods that return a number, evaluated as fast as they go. */
#include "load.h"

#include <linux/acpi.h>
#include <linux/module.h>

static int once(struct load *load, u32 thread, u32 serial)
{
	unsigned long long value;
	acpi_status status;

	status = acpi_evaluate_integer(NULL, load->method, NULL, &value);
	if (ACPI_FAILURE(status))
		return -EIO;
	if (value == 0xffffffff)
		return -ENODATA;
	load->value = value;
	return 0;
}

static int __init kcs_aml_init(void)
{
	return load_create("kcs_aml", once);
}
module_init(kcs_aml_init);

static void __exit kcs_aml_exit(void)
{
	load_remove();
}
module_exit(kcs_aml_exit);

MODULE_DESCRIPTION("Test traffic from AML methods");
MODULE_LICENSE("GPL");
