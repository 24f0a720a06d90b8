// SPDX-License-Identifier: GPL-2.0-only
/*
 * AML methods: those that return a number, evaluated as fast as they go, and any
 * without arguments, evaluated once.
 *
 *	exec 3<>/sys/kernel/debug/kcs_aml/eval
 *	echo '\_SB.PMI0.GPWR' >&3; cat <&3
 *
 * reads back one line: a buffer in hex, integer=0x.., or error=AE_..
 */
#include "load.h"

#include <linux/acpi.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

/* What fits into the line in hex. */
#define BUFFER_MAX	((LOAD_TEXT_SIZE - 2) / 2)

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
	if (load->expect && value != load->expect)
		atomic_inc(&load->foreign);
	return 0;
}

static void tell_error(acpi_status status, char *text)
{
	scnprintf(text, LOAD_TEXT_SIZE, "error=%s\n", acpi_format_exception(status));
}

static void tell_bytes(const u8 *bytes, u32 count, char *text)
{
	while (count--)
		text += sprintf(text, "%02x", *bytes++);
	strcpy(text, "\n");
}

static void tell(const union acpi_object *object, char *text)
{
	if (!object) {
		tell_error(AE_NULL_OBJECT, text);
	} else if (object->type == ACPI_TYPE_INTEGER) {
		scnprintf(text, LOAD_TEXT_SIZE, "integer=%#llx\n",
			  object->integer.value);
	} else if (object->type != ACPI_TYPE_BUFFER) {
		tell_error(AE_TYPE, text);
	} else if (object->buffer.length > BUFFER_MAX) {
		tell_error(AE_BUFFER_OVERFLOW, text);
	} else {
		tell_bytes(object->buffer.pointer, object->buffer.length, text);
	}
}

static int evaluate(char *path, char *text)
{
	struct acpi_buffer result = { ACPI_ALLOCATE_BUFFER };
	acpi_status status;

	if (*path != '\\')
		return -EINVAL;
	status = acpi_evaluate_object(NULL, path, NULL, &result);
	if (ACPI_FAILURE(status))
		tell_error(status, text);
	else
		tell(result.pointer, text);
	kfree(result.pointer);
	return 0;
}

static const struct load_file eval_file = { .answer = evaluate };

static int __init kcs_aml_init(void)
{
	int err = load_create("kcs_aml", once);

	if (!err)
		load_add("eval", &eval_file);
	return err;
}
module_init(kcs_aml_init);

static void __exit kcs_aml_exit(void)
{
	load_remove();
}
module_exit(kcs_aml_exit);

MODULE_DESCRIPTION("Test traffic from AML methods");
MODULE_LICENSE("GPL");
