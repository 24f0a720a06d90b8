// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the firmware of this machine may ask of a BMC, as its tables say: which
 * commands, from where, and whether ACPICA takes the Global Lock for the call, which
 * it tells nobody. It is to be read in /sys/kernel/debug/kcs_opregion/firmware.
 *
 * Tables that come later are not looked at. A command that one field declares Lock
 * and another does not is taken for one with it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tables.h"
#include "aml.h"

#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#define FIELDS_MAX	512

/* Of NetFn << 8 | command. */
#define ADDRESSES	0x4000

/**
 * struct kcs_tables - what was found
 * @aml: the regions
 * @count: fields in use
 * @is_partial: there was more than fits
 * @fields: their commands
 */
struct kcs_tables {
	struct kcs_aml aml;
	u32 count;
	bool is_partial;
	struct kcs_aml_field fields[FIELDS_MAX];
};

static struct kcs_tables *found;
static struct dentry *folder;
static DECLARE_BITMAP(locked, ADDRESSES);
static bool any_locked;	/* nothing is known of some */
static atomic_t reported;

static void note_field(const struct kcs_aml_field *field, void *context)
{
	struct kcs_tables *tables = context;

	if (tables->count == FIELDS_MAX) {
		tables->is_partial = true;
		return;
	}
	tables->fields[tables->count++] = *field;
	if (!field->lock)
		return;
	if (field->address < ADDRESSES)
		__set_bit(field->address, locked);
	else if (field->address == KCS_AML_UNKNOWN)
		any_locked = true;
}

static void scan_table(struct kcs_tables *tables,
		       const struct acpi_table_header *table, bool fields)
{
	const u8 *code = (const u8 *)(table + 1);
	size_t size = table->length - sizeof(*table);

	if (fields)
		kcs_aml_find_fields(&tables->aml, code, size, note_field, tables);
	else
		kcs_aml_find_regions(&tables->aml, code, size);
}

/* @fields: regions first, in all tables. */
static void read_tables(struct kcs_tables *tables, bool fields)
{
	static const char * const signatures[] = { ACPI_SIG_DSDT, ACPI_SIG_SSDT };
	struct acpi_table_header *table;
	acpi_status status;
	size_t i;
	u32 number;

	for (i = 0; i < ARRAY_SIZE(signatures); i++) {
		for (number = 1; ; number++) {
			status = acpi_get_table((char *)signatures[i], number, &table);
			if (ACPI_FAILURE(status))
				break;
			if (table->length > sizeof(*table))
				scan_table(tables, table, fields);
			acpi_put_table(table);
			cond_resched();
		}
		tables->is_partial |= status != AE_NOT_FOUND;
	}
}

/**
 * kcs_tables_report() - say which regions the handler does not serve
 *
 * It is on \_SB: on the root acpi_ipmi could not be loaded any more. To be called
 * once there is a handler; said once.
 *
 * Context: may sleep.
 */
void kcs_tables_report(void)
{
	u32 i, count = 0;

	for (i = 0; i < found->aml.count; i++)
		count += strncmp(found->aml.regions[i].path, "\\_SB_.", 6) != 0;
	if (count && !atomic_xchg(&reported, 1))
		pr_info("firmware has %u IPMI regions outside of \\_SB; acpi_ipmi, with kcs_ipmi loaded before, serves them\n",
			count);
}

/* -- To be read. ---------------------------------------------------------- */

/* As they are written: without the underscores that fill a segment. */
static void show_path(struct seq_file *file, const char *path)
{
	const char *end;

	seq_putc(file, *path++);
	while (*path) {
		for (end = path + 4; end > path + 1 && end[-1] == '_'; end--)
			;
		seq_write(file, path, end - path);
		path += 4;
		if (*path)
			seq_putc(file, *path++);
	}
}

static int firmware_show(struct seq_file *file, void *unused)
{
	u32 i;

	seq_puts(file, "# region field NetFn command lock\n");
	for (i = 0; i < found->count; i++) {
		const struct kcs_aml_field *field = &found->fields[i];

		show_path(file, field->region->path);
		if (field->address == KCS_AML_UNKNOWN)
			seq_printf(file, " %s ? ?", field->name);
		else
			seq_printf(file, " %s %02llX %02llX", field->name,
				   field->address >> 8, field->address & 0xff);
		seq_printf(file, " %s\n", field->lock ? "Lock" : "NoLock");
	}
	if (found->is_partial || found->aml.overflow)
		seq_puts(file, "# and more\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(firmware);

/* -- Asking. -------------------------------------------------------------- */

/**
 * kcs_tables_takes_lock() - test whether a call may hold the ACPI Global Lock
 * @address: NetFn << 8 | command
 *
 * Context: any.
 * Return: true when a field of that command, or one whose command is not known, is
 * declared Lock (ACPI 6.0, 19.6.46).
 */
bool kcs_tables_takes_lock(u64 address)
{
	return any_locked || (address < ADDRESSES && test_bit(address, locked));
}

/**
 * kcs_tables_open() - read the tables
 *
 * Context: may sleep.
 * Return: 0; %-ENOMEM.
 */
int kcs_tables_open(void)
{
	found = kvzalloc(sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	bitmap_zero(locked, ADDRESSES);
	any_locked = false;
	atomic_set(&reported, 0);
	read_tables(found, false);
	read_tables(found, true);
	any_locked |= found->is_partial || found->aml.overflow;
	folder = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("firmware", 0400, folder, NULL, &firmware_fops);
	return 0;
}

/**
 * kcs_tables_close() - forget them
 *
 * Context: may sleep.
 */
void kcs_tables_close(void)
{
	debugfs_remove(folder);
	kvfree(found);
}
