/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated BMC as a module, shared by its registers and its settings. */
#ifndef KCS_SIM_SIM_H
#define KCS_SIM_SIM_H

#include "bmc.h"
#include "kcs.h"
#include "monitor.h"

#include <kcs/io.h>
#include <linux/spinlock.h>

struct dentry;
struct kcs_host;
struct platform_device;

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

int sim_settings_set(struct sim *sim, const char *name, const char *text);
void sim_settings_create(struct sim *sim);
void sim_settings_remove(struct sim *sim);

#endif /* KCS_SIM_SIM_H */
