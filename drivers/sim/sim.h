/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated BMC as a module, shared by its registers and its settings. */
#ifndef KCS_SIM_SIM_H
#define KCS_SIM_SIM_H

#include "bmc.h"
#include "kcs.h"
#include "monitor.h"

#include <kcs/io.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct dentry;
struct kcs_host;
struct platform_device;
struct task_struct;

/**
 * struct sim_line - the interrupt line of a simulated BMC
 * @number: of the interrupt; 0 without one
 * @is_masked: the host has disabled it
 * @is_stirred: the line may have changed since @thread sampled it
 * @stir: wakes @thread
 * @unmasked: stirs from where no lock may be taken
 * @thread: raises the interrupt while the line is up
 */
struct sim_line {
	int number;
	bool is_masked;
	bool is_stirred;
	wait_queue_head_t stir;
	struct irq_work unmasked;
	struct task_struct *thread;
};

/**
 * struct sim - a simulated BMC in service
 * @io: its registers, as kcs_host sees them
 * @lock: guards @kcs, @bmc, @calls and @monitor
 * @kcs: its side of the interface
 * @bmc: the BMC
 * @calls: message flags that the BMC has called for by an interrupt
 * @monitor: watches the host
 * @pdev: the device the interface belongs to
 * @host: the interface
 * @debugfs: its files
 * @line: its interrupt
 */
struct sim {
	struct kcs_io io;
	spinlock_t lock;	/* kcs, bmc, calls, monitor */
	struct sim_kcs kcs;
	struct sim_bmc bmc;
	u8 calls;
	struct sim_monitor monitor;
	struct platform_device *pdev;
	struct kcs_host *host;
	struct dentry *debugfs;
	struct sim_line line;
};

u64 sim_now_us(void);
void sim_catch_up(struct sim *sim, u64 now_us);
int sim_line_create(struct sim *sim);
void sim_line_remove(struct sim *sim);
void sim_line_stir(struct sim *sim);
int sim_settings_set(struct sim *sim, const char *name, const char *text);
void sim_settings_create(struct sim *sim);
void sim_settings_remove(struct sim *sim);

#endif /* KCS_SIM_SIM_H */
