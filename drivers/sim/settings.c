// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be changed of a simulated BMC while it runs:
 *
 *	/sys/kernel/debug/kcs_sim/personality	spec, qemu, openvmm, linux, ami, aess
 *	                          byte_us	"5" or "5-20": time to take a write
 *	                          think_us	the same: time to answer
 *	                          watts		the power it measures
 *	                          fault		"silence", "error byte=3 times=1", ...
 *	                          counters	commands, hits of the fault, breaches
 */
#include "sim.h"

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/parser.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* -- Parsing. ------------------------------------------------------------- */

static int set_delay(struct sim *sim, struct sim_delay *delay, const char *text)
{
	struct sim_delay read;
	unsigned long flags;
	char end;
	int found = sscanf(text, "%u-%u%c", &read.min_us, &read.max_us, &end);

	if (found == 1 && !kstrtou32(text, 10, &read.min_us))
		read.max_us = read.min_us;
	else if (found != 2 || read.min_us > read.max_us)
		return -EINVAL;
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
	return kstrtou16(text, 10, &sim->bmc.watts);
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

static const match_table_t fault_options = {
	{ OPT_BYTE, "byte=%u" },	/* handshake since WRITE_START or ABORT */
	{ OPT_STATES, "states=%u" },	/* a bit for each KCS state */
	{ OPT_COMMAND, "command=%x" },	/* NetFn and command, 4 digits */
	{ OPT_AFTER, "after_ms=%u" },	/* from now */
	{ OPT_FOR, "for_ms=%u" },	/* from its first hit */
	{ OPT_TIMES, "times=%u" },
	{ OPT_CODE, "code=%x" },	/* of the fault "code" */
	{ -1, NULL }
};

static int set_fault_option(struct sim_fault *read, char *word)
{
	substring_t args[MAX_OPT_ARGS];
	int option = match_token(word, fault_options, args);
	int value, err;

	if (option < 0)
		return -EINVAL;
	if (option == OPT_COMMAND || option == OPT_CODE)
		err = match_hex(&args[0], &value);
	else
		err = match_int(&args[0], &value);
	if (err || value < 0)
		return -EINVAL;
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
	return 0;
}

/* -- debugfs. ------------------------------------------------------------- */

/**
 * struct setting - a file that changes something
 * @name: the file
 * @set: parses a text, in process context; 0 or a negative errno
 * @show: prints what holds
 */
struct setting {
	const char *name;
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
	int rule;

	seq_printf(file, "commands: %u\n", sim->kcs.commands);
	seq_printf(file, "fault hits: %u\n", sim->kcs.trouble.hits);
	seq_printf(file, "get message flags: %u\n", sim->bmc.flag_reads);
	seq_printf(file, "breaches: %u\n", sim_monitor_total(&sim->monitor));
	for (rule = 0; rule < SIM_RULES; rule++)
		if (sim->monitor.breaches[rule])
			seq_printf(file, "%s: %u\n", sim_monitor_rule(rule),
				   sim->monitor.breaches[rule]);
}

static const struct setting settings[] = {
	{ "personality", set_ways, show_ways },
	{ "byte_us", set_byte, show_byte },
	{ "think_us", set_think, show_think },
	{ "watts", set_watts, show_watts },
	{ "fault", set_fault, show_fault },
	{ "counters", NULL, show_counters },
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
 * Context: may sleep.
 * Return: 0; %-EINVAL when @text is not understood; %-EPERM for a setting that
 * cannot be changed; %-ENOENT for none; %-ENOMEM.
 */
int sim_settings_set(struct sim *sim, const char *name, const char *text)
{
	const struct setting *setting = find(name);

	if (!setting)
		return -ENOENT;
	return setting->set ? setting->set(sim, text) : -EPERM;
}

static int setting_show(struct seq_file *file, void *unused)
{
	const struct setting *setting = find(file->file->f_path.dentry->d_name.name);

	if (!setting)
		return -ENOENT;
	setting->show(file->private, file);
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
 * sim_settings_remove() - remove the files; nobody uses them after return
 * @sim: the simulated BMC
 *
 * Context: may sleep.
 */
void sim_settings_remove(struct sim *sim)
{
	debugfs_remove(sim->debugfs);
}
