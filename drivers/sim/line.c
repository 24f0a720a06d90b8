// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt line of a simulated BMC: a level, up while Data_Out holds a byte
 * and the BMC may interrupt (IPMI 2.0 rev 1.1, 9.10), or as a fault has it.
 *
 * A thread samples the line after each register access and whenever the BMC does
 * something by itself. It raises the interrupt until the line is down or masked.
 */
#include "sim.h"

#include <linux/err.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/numa.h>

/* Interrupts in a row, and the pause after them: one that is stuck leaves the CPU. */
#define BURST_MAX	256
#define PAUSE_US	20

/* Until what a fault holds up is looked for again. */
#define HELD_UP_US	1000

static bool is_up(struct sim *sim)
{
	unsigned long flags;
	u64 now_us;
	bool up;

	spin_lock_irqsave(&sim->lock, flags);
	now_us = sim_now_us();
	sim_catch_up(sim, now_us);
	up = sim_kcs_irq(&sim->kcs, now_us);
	spin_unlock_irqrestore(&sim->lock, flags);
	return up;
}

static ktime_t from_us(u64 us)
{
	return us < KTIME_MAX / NSEC_PER_USEC ? ns_to_ktime(us * NSEC_PER_USEC) : KTIME_MAX;
}

/* How long nothing happens by itself. */
static ktime_t idle_time(struct sim *sim)
{
	unsigned long flags;
	u64 now_us, next_us, next_ms;

	spin_lock_irqsave(&sim->lock, flags);
	now_us = sim_now_us();
	next_us = sim_kcs_next_us(&sim->kcs);
	next_ms = sim_bmc_next_ms(&sim->bmc);
	spin_unlock_irqrestore(&sim->lock, flags);
	if (next_ms < U64_MAX / USEC_PER_MSEC)
		next_us = min(next_us, next_ms * USEC_PER_MSEC);
	return from_us(next_us > now_us ? next_us - now_us : 0);
}

/*
 * Raises while the line is up; returns how long nothing happens by itself. What is due
 * and does not come is held up by a fault.
 */
static ktime_t raise(struct sim *sim)
{
	bool was_due = false;
	ktime_t time;
	int i;

	for (i = 0; i < BURST_MAX; i++) {
		if (READ_ONCE(sim->line.is_masked))
			return KTIME_MAX;
		if (is_up(sim)) {
			generic_handle_irq_safe(sim->line.number);
			continue;
		}
		time = idle_time(sim);
		if (time || was_due)
			return max(time, from_us(was_due ? HELD_UP_US : 0));
		was_due = true;
	}
	return from_us(PAUSE_US);
}

static bool is_due(struct sim_line *line)
{
	return READ_ONCE(line->is_stirred) || kthread_should_stop();
}

static int line_thread(void *data)
{
	struct sim *sim = data;
	struct sim_line *line = &sim->line;
	ktime_t time;

	while (!kthread_should_stop()) {
		/* Before the line is sampled: what comes after that is not missed. */
		smp_store_mb(line->is_stirred, false);
		time = raise(sim);
		wait_event_interruptible_hrtimeout(line->stir, is_due(line), time);
	}
	return 0;
}

/**
 * sim_line_stir() - the line may have changed
 * @sim: the simulated BMC; nothing happens where it has no interrupt
 *
 * Context: any; sim.lock not held.
 */
void sim_line_stir(struct sim *sim)
{
	struct sim_line *line = &sim->line;

	if (!line->number)
		return;
	WRITE_ONCE(line->is_stirred, true);
	/* Orders the store before the test for sleepers. */
	if (wq_has_sleeper(&line->stir))
		wake_up(&line->stir);
}

static void on_unmasked(struct irq_work *work)
{
	sim_line_stir(container_of(work, struct sim, line.unmasked));
}

/* Both are called with the lock of the interrupt's descriptor held. */
static void line_disable(struct irq_data *data)
{
	struct sim *sim = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(sim->line.is_masked, true);
}

static void line_enable(struct irq_data *data)
{
	struct sim *sim = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(sim->line.is_masked, false);
	irq_work_queue(&sim->line.unmasked);
}

static struct irq_chip line_chip = {
	.name = "kcs_sim",
	.irq_enable = line_enable,
	.irq_disable = line_disable,
};

/**
 * sim_line_create() - give a simulated BMC an interrupt
 * @sim: the simulated BMC, not in service yet
 *
 * Context: may sleep.
 * Return: 0; %-ENOMEM, %-EEXIST or %-ENOSPC when there is no interrupt number;
 * %-EINTR when the thread was not created.
 */
int sim_line_create(struct sim *sim)
{
	struct sim_line *line = &sim->line;
	/* Without an owner: the host that uses it would keep this module loaded. */
	int number = __irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE, NULL, NULL);

	if (number < 0)
		return number;
	irq_set_chip_and_handler(number, &line_chip, handle_simple_irq);
	irq_set_chip_data(number, sim);
	irq_modify_status(number, IRQ_NOREQUEST, IRQ_LEVEL | IRQ_NOPROBE);
	init_waitqueue_head(&line->stir);
	init_irq_work(&line->unmasked, on_unmasked);
	line->is_masked = true;
	line->number = number;
	line->thread = kthread_run(line_thread, sim, "kcs_sim_line");
	if (!IS_ERR(line->thread))
		return 0;
	line->number = 0;
	irq_free_desc(number);
	return PTR_ERR(line->thread);
}

/**
 * sim_line_remove() - take the interrupt away
 * @sim: the simulated BMC, not in service any more
 *
 * Context: may sleep.
 */
void sim_line_remove(struct sim *sim)
{
	struct sim_line *line = &sim->line;

	if (!line->number)
		return;
	kthread_stop(line->thread);
	irq_work_sync(&line->unmasked);
	irq_free_desc(line->number);
	line->number = 0;
}
