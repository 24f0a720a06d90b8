// SPDX-License-Identifier: GPL-2.0-only
/* In which context registers are touched, and how many in a row with interrupts off. */
#include "engine.h"

#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>

/**
 * struct opening - ends a stretch as soon as interrupts are on, each CPU its own
 * @work: runs then
 * @engine: whose stretch it is
 */
struct opening {
	struct irq_work work;
	struct engine *engine;
};

static void interrupts_are_on(struct irq_work *work)
{
	struct engine *engine = container_of(work, struct opening, work)->engine;

	if (READ_ONCE(engine->stretch_cpu) == raw_smp_processor_id())
		WRITE_ONCE(engine->stretch, 0);
}

static DEFINE_PER_CPU(struct opening, openings) = {
	.work = IRQ_WORK_INIT(interrupts_are_on),
};

/**
 * engine_end_stretches() - wait until no stretch is about to end
 *
 * Context: may sleep.
 */
void engine_end_stretches(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu(openings, cpu).work);
}

/**
 * engine_note_context() - count an access to a register by what the CPU may do meanwhile
 * @engine: the engine
 *
 * Context: any.
 */
void engine_note_context(struct engine *engine)
{
	int cpu = raw_smp_processor_id();

	if (irqs_disabled()) {
		if (cpu != engine->stretch_cpu)
			WRITE_ONCE(engine->stretch, 0);
		engine->stretch_cpu = cpu;
		WRITE_ONCE(engine->stretch, engine->stretch + 1);
		engine->longest_stretch = max(engine->longest_stretch, engine->stretch);
		this_cpu_write(openings.engine, engine);
		irq_work_queue(this_cpu_ptr(&openings.work));
	} else if (IS_ENABLED(CONFIG_PREEMPT_COUNT) && preempt_count()) {
		engine->unpreemptible++;
	}
}
