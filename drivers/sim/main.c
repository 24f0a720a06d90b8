// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated BMC on a machine: its registers are handed to kcs_host as if they
 * were hardware. Module parameters say how it begins; files in debugfs change
 * it while it runs, and show what the host did wrong:
 *
 *	/sys/kernel/debug/kcs_sim/personality	spec, qemu, openvmm, linux, ami, aess
 *	                          byte_us	"5" or "5-20": time to take a write
 *	                          think_us	the same: time to answer
 *	                          watts		the power it measures
 *	                          fault		"silence", "error byte=3 times=1", ...
 *	                          counters	commands, hits of the fault, breaches
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "bmc.h"
#include "kcs.h"
#include "monitor.h"

#include <kcs/host.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/parser.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static char *personality = "spec";
module_param(personality, charp, 0444);
MODULE_PARM_DESC(personality, "whose ways: spec, qemu, openvmm, linux, ami, aess (spec)");

static char *byte_us = "0";
module_param(byte_us, charp, 0444);
MODULE_PARM_DESC(byte_us, "microseconds to take a byte, N or MIN-MAX (0)");

static char *think_us = "0";
module_param(think_us, charp, 0444);
MODULE_PARM_DESC(think_us, "microseconds to answer a request, N or MIN-MAX (0)");

static ushort watts = 187;
module_param(watts, ushort, 0444);
MODULE_PARM_DESC(watts, "power it measures (187)");

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "what goes wrong from the start, see debugfs (none)");

static uint seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the times that are drawn (1)");

/**
 * struct sim - a simulated BMC in service
 * @io: its registers, as kcs_host sees them
 * @lock: guards @kcs, @bmc and @monitor
 * @kcs: its side of the interface
 * @bmc: the BMC
 * @monitor: watches the host
 * @pdev: the device the interface belongs to
 * @host: the interface
 * @debugfs: its files
 */
struct sim {
	struct kcs_io io;
	spinlock_t lock;	/* kcs, bmc, monitor */
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	struct platform_device *pdev;
	struct kcs_host *host;
	struct dentry *debugfs;
};

static u64 now_us(void)
{
	return ktime_to_us(ktime_get());
}

/* -- Registers. ----------------------------------------------------------- */

static u8 sim_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct sim *sim = container_of(io, struct sim, io);
	u64 at_us;
	u8 value;

	spin_lock(&sim->lock);
	at_us = now_us();
	sim->kcs.attention = sim_bmc_attention(&sim->bmc);
	value = sim_kcs_read(&sim->kcs, reg, at_us);
	sim_monitor_read(&sim->monitor, reg, value, at_us);
	spin_unlock(&sim->lock);
	return value;
}

static void sim_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct sim *sim = container_of(io, struct sim, io);
	u64 at_us;

	spin_lock(&sim->lock);
	at_us = now_us();
	sim->bmc.now_s = ktime_get_real_seconds();
	sim_monitor_write(&sim->monitor, reg, value, at_us);
	sim_kcs_write(&sim->kcs, reg, value, at_us);
	spin_unlock(&sim->lock);
}

static const struct kcs_io_ops sim_io_ops = {
	.read = sim_read,
	.write = sim_write,
};

/* -- Settings, from parameters and from debugfs. -------------------------- */

static int set_delay(struct sim *sim, struct sim_delay *delay, const char *text)
{
	struct sim_delay read;
	char end;
	int found = sscanf(text, "%u-%u%c", &read.min_us, &read.max_us, &end);

	if (found == 1 && !kstrtou32(text, 10, &read.min_us))
		read.max_us = read.min_us;
	else if (found != 2 || read.min_us > read.max_us)
		return -EINVAL;
	spin_lock(&sim->lock);
	*delay = read;
	spin_unlock(&sim->lock);
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

	if (!found)
		return -EINVAL;
	spin_lock(&sim->lock);
	sim->kcs.personality = found;
	spin_unlock(&sim->lock);
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
		read->from_us = now_us() + (u64)value * USEC_PER_MSEC;
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
	spin_lock(&sim->lock);
	sim_fault_set(&sim->kcs.trouble, &read);
	spin_unlock(&sim->lock);
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

/* There is one simulated BMC; its files only need to know which setting. */
static struct sim *the_sim;

static int setting_show(struct seq_file *file, void *unused)
{
	const struct setting *setting = file->private;

	setting->show(the_sim, file);
	return 0;
}

static int setting_open(struct inode *inode, struct file *file)
{
	return single_open(file, setting_show, inode->i_private);
}

static ssize_t setting_write(struct file *file, const char __user *from,
			     size_t size, loff_t *pos)
{
	const struct setting *setting = file_inode(file)->i_private;
	char *text;
	int err;

	if (!setting->set)
		return -EPERM;
	if (size > 256)
		return -EINVAL;
	text = memdup_user_nul(from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = setting->set(the_sim, strim(text));
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

static void create_files(struct sim *sim)
{
	size_t i;

	sim->debugfs = debugfs_create_dir("kcs_sim", NULL);
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		debugfs_create_file(settings[i].name,
				    settings[i].set ? 0600 : 0400, sim->debugfs,
				    (void *)&settings[i], &setting_fops);
}

/* -- The module. ---------------------------------------------------------- */

static int configure(struct sim *sim)
{
	const struct {
		const char *name, *value;
		int (*set)(struct sim *sim, const char *text);
	} parameters[] = {
		{ "byte_us", byte_us, set_byte },
		{ "think_us", think_us, set_think },
		{ "fault", fault, set_fault },
	};
	const struct sim_personality *found = sim_kcs_personality(personality);
	size_t i;

	if (!found) {
		pr_err("personality '%s' is not one of spec, qemu, openvmm, linux, ami, aess\n",
		       personality);
		return -EINVAL;
	}
	sim_bmc_init(&sim->bmc, watts);
	sim_kcs_init(&sim->kcs, found, sim_bmc_command, &sim->bmc, seed);
	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		if (!parameters[i].set(sim, parameters[i].value))
			continue;
		pr_err("%s='%s' is not understood\n", parameters[i].name,
		       parameters[i].value);
		return -EINVAL;
	}
	return 0;
}

static int serve(struct sim *sim)
{
	sim->pdev = platform_device_register_simple("kcs_sim",
						    PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(sim->pdev))
		return PTR_ERR(sim->pdev);
	sim->host = kcs_host_create(&sim->pdev->dev, &sim->io, &kcs_clock_system);
	if (IS_ERR(sim->host)) {
		platform_device_unregister(sim->pdev);
		return PTR_ERR(sim->host);
	}
	create_files(sim);
	return 0;
}

static int __init kcs_sim_init(void)
{
	struct sim *sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	int err;

	if (!sim)
		return -ENOMEM;
	sim->io.ops = &sim_io_ops;
	spin_lock_init(&sim->lock);
	the_sim = sim;
	err = configure(sim);
	if (!err)
		err = serve(sim);
	if (err)
		kfree(sim);
	return err;
}
module_init(kcs_sim_init);

static void __exit kcs_sim_exit(void)
{
	debugfs_remove(the_sim->debugfs);
	kcs_host_remove(the_sim->host);
	platform_device_unregister(the_sim->pdev);
	kfree(the_sim);
}
module_exit(kcs_sim_exit);

MODULE_DESCRIPTION("Simulated BMC behind a KCS interface");
MODULE_LICENSE("GPL");
