// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be changed of a simulated BMC while it runs:
 *
 *	/sys/kernel/debug/kcs_sim/personality	spec, qemu, openvmm, linux, ami, aess
 *	                          byte_us	"5" or "5-20": time to take a write
 *	                          think_us	the same: time to answer
 *	                          watts		the power it measures
 *	                          sensor	"1=95" or "1=auto": what a sensor reads
 *	                          fault		"silence", "error byte=3 times=1", ...
 *	                          counters	commands, hits of the fault, breaches
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sensor.h"
#include "sim.h"

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/uaccess.h>

/* -- Parsing. ------------------------------------------------------------- */

static int set_delay(struct sim *sim, struct sim_delay *delay, const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL), *max = copy, *min;
	struct sim_delay read;
	unsigned long flags;
	int err;

	if (!copy)
		return -ENOMEM;
	min = strsep(&max, "-");
	err = kstrtou32(min, 10, &read.min_us);
	if (!err)
		err = kstrtou32(max ? max : min, 10, &read.max_us);
	kfree(copy);
	if (err)
		return err;
	if (read.min_us > read.max_us || read.max_us > SIM_DELAY_MAX_US)
		return -ERANGE;
	spin_lock_irqsave(&sim->lock, flags);
	*delay = read;
	spin_unlock_irqrestore(&sim->lock, flags);
	return 0;
}

static int set_byte(struct sim *sim, const char *text)
{
	return set_delay(sim, &sim->kcs.byte, text);
}

static int set_think(struct sim *sim, const char *text)
{
	return set_delay(sim, &sim->kcs.think, text);
}

static int set_watts(struct sim *sim, const char *text)
{
	u16 watts;
	int err = kstrtou16(text, 10, &watts);
	unsigned long flags;

	if (err)
		return err;
	spin_lock_irqsave(&sim->lock, flags);
	sim->bmc.watts = watts;
	spin_unlock_irqrestore(&sim->lock, flags);
	return 0;
}

/* N=RAW, or N=auto; the watchdog's sensor reads nothing. */
static int set_sensor(struct sim *sim, const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL), *value = copy;
	unsigned long flags;
	u8 number, raw = 0;
	bool is_auto;
	int err;

	if (!copy)
		return -ENOMEM;
	err = kstrtou8(strsep(&value, "="), 10, &number);
	is_auto = value && !strcmp(value, "auto");
	if (!err && !is_auto)
		err = value ? kstrtou8(value, 10, &raw) : -EINVAL;
	kfree(copy);
	if (err)
		return err;
	if (!number || number >= SIM_NUMBER_WATCHDOG)
		return -ERANGE;
	spin_lock_irqsave(&sim->lock, flags);
	sim_catch_up(sim, sim_now_us());
	if (is_auto)
		sim_sensor_release(&sim->bmc, number);
	else
		sim_sensor_fix(&sim->bmc, number, raw);
	spin_unlock_irqrestore(&sim->lock, flags);
	sim_line_stir(sim);
	return 0;
}

static int set_ways(struct sim *sim, const char *text)
{
	const struct sim_personality *found = sim_kcs_personality(text);
	unsigned long flags;

	if (!found)
		return -EINVAL;
	spin_lock_irqsave(&sim->lock, flags);
	sim->kcs.personality = found;
	spin_unlock_irqrestore(&sim->lock, flags);
	return 0;
}

enum { OPT_BYTE, OPT_STATES, OPT_COMMAND, OPT_AFTER, OPT_FOR, OPT_TIMES, OPT_CODE };

/* In milliseconds: so many microseconds fit into 32 bits. */
#define HOUR_MS		3600000

/**
 * struct fault_option - an option of a fault, NAME=NUMBER
 * @name: its name
 * @base: 10 or 16
 * @max: the largest number
 */
struct fault_option {
	const char *name;
	unsigned int base;
	u32 max;
};

static const struct fault_option fault_options[] = {
	[OPT_BYTE] = { "byte", 10, SIM_ANY_BYTE - 1 },	/* since WRITE_START or ABORT */
	[OPT_STATES] = { "states", 10, 15 },	/* a bit for each KCS state */
	[OPT_COMMAND] = { "command", 16, KCS_NETFN_MAX << 8 | 0xff },
	[OPT_AFTER] = { "after_ms", 10, HOUR_MS },	/* from now */
	[OPT_FOR] = { "for_ms", 10, HOUR_MS },	/* from its first hit */
	[OPT_TIMES] = { "times", 10, 1000000 },
	[OPT_CODE] = { "code", 16, 0xff },	/* of the fault "code" */
};

static void store_fault_option(struct sim_fault *read, int option, u32 value)
{
	switch (option) {
	case OPT_BYTE:
		read->byte = value;
		break;
	case OPT_STATES:
		read->states = value;
		break;
	case OPT_COMMAND:
		read->command = value;
		break;
	case OPT_AFTER:
		read->from_us = ktime_to_us(ktime_get()) + (u64)value * USEC_PER_MSEC;
		break;
	case OPT_FOR:
		read->for_us = value * USEC_PER_MSEC;
		break;
	case OPT_TIMES:
		read->times = value;
		break;
	default:
		read->code = value;
	}
}

static int set_fault_option(struct sim_fault *read, char *word)
{
	char *name = strsep(&word, "=");
	int option, err;
	u32 value;

	for (option = 0; option < ARRAY_SIZE(fault_options); option++)
		if (!strcmp(name, fault_options[option].name))
			break;
	if (option == ARRAY_SIZE(fault_options) || !word)
		return -EINVAL;
	err = kstrtou32(word, fault_options[option].base, &value);
	if (err)
		return err;
	if (value > fault_options[option].max)
		return -ERANGE;
	store_fault_option(read, option, value);
	return 0;
}

static int set_fault(struct sim *sim, const char *text)
{
	struct sim_fault read = {
		.byte = SIM_ANY_BYTE, .command = SIM_ANY_COMMAND, .code = 0xc0,
	};
	char *copy = kstrdup(text, GFP_KERNEL), *rest = copy, *word;
	unsigned long flags;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	word = strsep(&rest, " ");
	while (read.kind < SIM_FAULT_KINDS && strcmp(word, sim_fault_name(read.kind)))
		read.kind++;
	if (read.kind == SIM_FAULT_KINDS)
		err = -EINVAL;
	while (!err && (word = strsep(&rest, " ")))
		if (*word)
			err = set_fault_option(&read, word);
	kfree(copy);
	if (err)
		return err;
	spin_lock_irqsave(&sim->lock, flags);
	sim_fault_set(&sim->kcs.trouble, &read);
	spin_unlock_irqrestore(&sim->lock, flags);
	sim_line_stir(sim);
	return 0;
}

/* -- debugfs. ------------------------------------------------------------- */

/**
 * struct setting - a file that changes something
 * @name: the file
 * @range: what it takes, in words
 * @set: parses a text, in process context; 0 or a negative errno
 * @show: prints what holds
 */
struct setting {
	const char *name;
	const char *range;
	int (*set)(struct sim *sim, const char *text);
	void (*show)(struct sim *sim, struct seq_file *file);
};

static void show_byte(struct sim *sim, struct seq_file *file)
{
	seq_printf(file, "%u-%u\n", sim->kcs.byte.min_us, sim->kcs.byte.max_us);
}

static void show_think(struct sim *sim, struct seq_file *file)
{
	seq_printf(file, "%u-%u\n", sim->kcs.think.min_us, sim->kcs.think.max_us);
}

static void show_watts(struct sim *sim, struct seq_file *file)
{
	seq_printf(file, "%u\n", sim->bmc.watts);
}

static void show_sensor(struct sim *sim, struct seq_file *file)
{
	u8 number;

	for (number = 1; number < SIM_NUMBER_WATCHDOG; number++)
		seq_printf(file, "%u=%u %s\n", number,
			   sim_sensor_reading(&sim->bmc, number),
			   sim_sensor_models[number - 1].name);
}

static void show_ways(struct sim *sim, struct seq_file *file)
{
	seq_printf(file, "%s\n", sim->kcs.personality->name);
}

static void show_fault(struct sim *sim, struct seq_file *file)
{
	seq_printf(file, "%s\n", sim_fault_name(sim->kcs.trouble.fault.kind));
}

static void show_counters(struct sim *sim, struct seq_file *file)
{
	/* In the order of Chassis Control (28.3). */
	static const char * const controls[] = {
		"down", "up", "cycle", "reset", "interrupt", "shutdown",
	};
	size_t control;
	int rule;

	seq_printf(file, "commands: %u\n", sim->kcs.commands);
	seq_printf(file, "fault hits: %u\n", sim->kcs.trouble.hits);
	seq_printf(file, "get message flags: %u\n", sim->bmc.flag_reads);
	seq_printf(file, "watchdog expiries: %u\n", sim->bmc.watchdog.expiries);
	for (control = 0; control < ARRAY_SIZE(controls); control++)
		seq_printf(file, "chassis %s: %u\n", controls[control],
			   sim->bmc.chassis.controls[control]);
	seq_printf(file, "breaches: %u\n", sim_monitor_total(&sim->monitor));
	for (rule = 0; rule < SIM_RULES; rule++)
		if (sim->monitor.breaches[rule])
			seq_printf(file, "%s: %u\n", sim_monitor_rule(rule),
				   sim->monitor.breaches[rule]);
}

#define DELAY_RANGE	"N or MIN-MAX of 0 to " __stringify(SIM_DELAY_MAX_US) " us"
#define FAULT_RANGE	"a kind of fault with byte= below 65535, states= to 15, " \
			"command= to 3fff, after_ms= and for_ms= to 3600000, " \
			"times= to 1000000, code= to ff"

static const struct setting settings[] = {
	{ "personality", "one of spec, qemu, openvmm, linux, ami, aess",
	  set_ways, show_ways },
	{ "byte_us", DELAY_RANGE, set_byte, show_byte },
	{ "think_us", DELAY_RANGE, set_think, show_think },
	{ "watts", "0 to 65535", set_watts, show_watts },
	{ "sensor", "N=RAW or N=auto with N of 1 to 5 and RAW of 0 to 255",
	  set_sensor, show_sensor },
	{ "fault", FAULT_RANGE, set_fault, show_fault },
	{ "counters", NULL, NULL, show_counters },
};

static const struct setting *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	return NULL;
}

/**
 * sim_settings_set() - change a setting
 * @sim: the simulated BMC
 * @name: which, one of the files in debugfs
 * @text: to what
 *
 * What is refused changes nothing, and the log says what would be right.
 *
 * Context: may sleep.
 * Return: 0; %-EINVAL when @text is not understood; %-ERANGE when a number is
 * out of range; %-EPERM for a setting that cannot be changed; %-ENOENT for none;
 * %-ENOMEM.
 */
int sim_settings_set(struct sim *sim, const char *name, const char *text)
{
	const struct setting *setting = find(name);
	int err;

	if (!setting)
		return -ENOENT;
	if (!setting->set)
		return -EPERM;
	err = setting->set(sim, text);
	if (err == -EINVAL || err == -ERANGE)
		pr_err_ratelimited("%s '%s' is not %s\n", name, text, setting->range);
	return err;
}

static int setting_show(struct seq_file *file, void *unused)
{
	const struct setting *setting = find(file->file->f_path.dentry->d_name.name);
	struct sim *sim = file->private;
	unsigned long flags;

	if (!setting)
		return -ENOENT;
	/* Sensors move and the watchdog runs, though the host may ask nothing. */
	spin_lock_irqsave(&sim->lock, flags);
	sim_catch_up(sim, sim_now_us());
	setting->show(sim, file);
	spin_unlock_irqrestore(&sim->lock, flags);
	sim_line_stir(sim);
	return 0;
}

static int setting_open(struct inode *inode, struct file *file)
{
	return single_open(file, setting_show, inode->i_private);
}

static ssize_t setting_write(struct file *file, const char __user *from,
			     size_t size, loff_t *pos)
{
	struct sim *sim = file_inode(file)->i_private;
	char *text;
	int err;

	if (size > 256)
		return -EINVAL;
	text = memdup_user_nul(from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = sim_settings_set(sim, file->f_path.dentry->d_name.name, strim(text));
	kfree(text);
	return err ? err : size;
}

static const struct file_operations setting_fops = {
	.owner = THIS_MODULE,
	.open = setting_open,
	.read = seq_read,
	.write = setting_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * sim_settings_create() - make the files in debugfs
 * @sim: the simulated BMC, in service
 *
 * Context: may sleep.
 */
void sim_settings_create(struct sim *sim)
{
	size_t i;

	sim->debugfs = debugfs_create_dir("kcs_sim", NULL);
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		debugfs_create_file(settings[i].name,
				    settings[i].set ? 0600 : 0400, sim->debugfs,
				    sim, &setting_fops);
}

/**
 * sim_settings_remove() - remove the files; none is in use after return
 * @sim: the simulated BMC
 *
 * Context: may sleep.
 */
void sim_settings_remove(struct sim *sim)
{
	debugfs_remove(sim->debugfs);
}
