// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated BMC on a machine: its registers are handed to kcs_host as if they
 * were hardware. Module parameters say how it begins, files in debugfs change
 * it while it runs; see settings.c.
 */
#include "sim.h"

#include <kcs/host.h>
#include <kcs/version.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

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

static bool irq;
module_param(irq, bool, 0444);
MODULE_PARM_DESC(irq, "the interface has an interrupt (N)");

/* -- Registers. ----------------------------------------------------------- */

static u8 sim_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct sim *sim = container_of(io, struct sim, io);
	unsigned long flags;
	u64 at_us;
	u8 value;

	spin_lock_irqsave(&sim->lock, flags);
	at_us = sim_now_us();
	sim_catch_up(sim, at_us);
	value = sim_kcs_read(&sim->kcs, reg, at_us);
	sim_monitor_read(&sim->monitor, reg, value, at_us);
	spin_unlock_irqrestore(&sim->lock, flags);
	sim_line_stir(sim);
	return value;
}

static void sim_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct sim *sim = container_of(io, struct sim, io);
	unsigned long flags;
	u64 at_us;

	spin_lock_irqsave(&sim->lock, flags);
	at_us = sim_now_us();
	sim_catch_up(sim, at_us);
	sim_monitor_write(&sim->monitor, reg, value, at_us);
	sim_kcs_write(&sim->kcs, reg, value, at_us);
	spin_unlock_irqrestore(&sim->lock, flags);
	sim_line_stir(sim);
}

static const struct kcs_io_ops sim_io_ops = {
	.read = sim_read,
	.write = sim_write,
};

/* -- The module. ---------------------------------------------------------- */

static int configure(struct sim *sim)
{
	const struct {
		const char *name, *value;
	} parameters[] = {
		{ "personality", personality }, { "byte_us", byte_us },
		{ "think_us", think_us }, { "fault", fault },
	};
	const struct sim_personality *found = sim_kcs_personality(personality);
	size_t i;
	int err = 0;

	sim_bmc_init(&sim->bmc, watts);
	sim_kcs_init(&sim->kcs, found ? found : sim_personalities, sim_bmc_command,
		     &sim->bmc, seed);
	for (i = 0; !err && i < ARRAY_SIZE(parameters); i++)
		err = sim_settings_set(sim, parameters[i].name, parameters[i].value);
	return err;
}

static int serve(struct sim *sim)
{
	const struct kcs_host_setup setup = {
		.io = &sim->io, .clock = &kcs_clock_system, .irq = sim->line.number,
	};

	sim->pdev = platform_device_register_simple("kcs_sim",
						    PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(sim->pdev))
		return PTR_ERR(sim->pdev);
	sim->host = kcs_host_create(&sim->pdev->dev, &setup);
	if (IS_ERR(sim->host)) {
		platform_device_unregister(sim->pdev);
		return PTR_ERR(sim->host);
	}
	sim_settings_create(sim);
	return 0;
}

static struct sim *the_sim;

static int __init kcs_sim_init(void)
{
	struct sim *sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	int err;

	if (!sim)
		return -ENOMEM;
	sim->io.ops = &sim_io_ops;
	spin_lock_init(&sim->lock);
	err = configure(sim);
	if (err)
		goto err_free;
	err = irq ? sim_line_create(sim) : 0;
	if (err)
		goto err_free;
	err = serve(sim);
	if (err)
		goto err_line;
	the_sim = sim;
	return 0;

err_line:
	sim_line_remove(sim);
err_free:
	kfree(sim);
	return err;
}
module_init(kcs_sim_init);

static void __exit kcs_sim_exit(void)
{
	sim_settings_remove(the_sim);
	kcs_host_remove(the_sim->host);
	platform_device_unregister(the_sim->pdev);
	sim_line_remove(the_sim);
	kfree(the_sim);
}
module_exit(kcs_sim_exit);

MODULE_DESCRIPTION("Simulated BMC behind a KCS interface");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
