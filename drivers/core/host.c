// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces: how they come and go, and who hears of it. What one does in
 * between is in serve.c (requests), probe.c (the BMC), events.c (SMS_ATN) and
 * link.c (a message).
 */
#include "host.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>

static LIST_HEAD(hosts);
static DEFINE_MUTEX(hosts_lock);	/* guards hosts */
static BLOCKING_NOTIFIER_HEAD(notifiers);

static void host_free(struct kref *ref)
{
	kfree(container_of(ref, struct kcs_host, ref));
}

/**
 * kcs_host_get() - take a reference to an interface
 * @host: the interface
 *
 * It keeps the memory, not the hardware: see kcs_host_remove().
 *
 * Context: any.
 * Return: @host.
 */
struct kcs_host *kcs_host_get(struct kcs_host *host)
{
	kref_get(&host->ref);
	return host;
}
EXPORT_SYMBOL_GPL(kcs_host_get);

/**
 * kcs_host_put() - drop a reference to an interface
 * @host: the interface
 *
 * Context: any.
 */
void kcs_host_put(struct kcs_host *host)
{
	kref_put(&host->ref, host_free);
}
EXPORT_SYMBOL_GPL(kcs_host_put);

static void list_host(struct kcs_host *host)
{
	mutex_lock(&hosts_lock);
	list_add_tail(&host->node, &hosts);
	mutex_unlock(&hosts_lock);
}

static void unlist_host(struct kcs_host *host)
{
	mutex_lock(&hosts_lock);
	list_del(&host->node);
	mutex_unlock(&hosts_lock);
}

static struct kcs_host *host_alloc(struct device *dev, struct kcs_io *io,
				   struct kcs_clock *clock, int irq)
{
	struct kcs_host *host = kzalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return NULL;
	host->wq = alloc_ordered_workqueue("kcs-%s", WQ_MEM_RECLAIM,
					   dev_name(dev));
	if (!host->wq) {
		kfree(host);
		return NULL;
	}
	kref_init(&host->ref);
	host->dev = dev;
	kcs_irq_init(&host->irq, io, clock, irq);
	host->link.io = &host->irq.io;
	host->link.clock = &host->irq.clock;
	spin_lock_init(&host->lock);
	kcs_serve_init(host);
	kcs_probe_init(host);
	kcs_events_init(host);
	kcs_trust_init(host);
	return host;
}

/**
 * kcs_host_now_us() - the time of an interface
 * @host: the interface
 *
 * Context: any.
 * Return: microseconds.
 */
u64 kcs_host_now_us(const struct kcs_host *host)
{
	struct kcs_clock *clock = host->link.clock;

	return clock->ops->now_us(clock);
}

/**
 * kcs_host_may_transfer() - may the link be used for more than a probe?
 * @host: the interface
 *
 * Context: any; what it says may change at once, unless kcs_host.lock is held.
 * Return: true when the BMC is in step and the interface in service.
 */
bool kcs_host_may_transfer(const struct kcs_host *host)
{
	return host->health.in_step && !READ_ONCE(host->paused) &&
	       !READ_ONCE(host->link.stop);
}

/**
 * kcs_host_init_work() - the greater part of kcs_host_work()
 * @work: a work of the interface
 * @function: the function
 *
 * Context: any; before the interface is in service.
 */
void kcs_host_init_work(struct delayed_work *work, work_func_t function)
{
	INIT_DELAYED_WORK(work, function);
}

/* No request is taken any more. */
static void stop(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	WRITE_ONCE(host->link.stop, true);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_host_create() - put an interface into service
 * @dev: the device it belongs to, for log lines and its files in sysfs
 * @io: its registers
 * @clock: its time, &kcs_clock_system on a machine
 * @irq: its interrupt, 0 for none
 *
 * Returns before the BMC was asked anything; requests are taken at once.
 *
 * Context: may sleep.
 * Return: the interface, to be taken down with kcs_host_remove();
 * %ERR_PTR(-ENOMEM); %ERR_PTR(-EEXIST) when @dev has an interface already.
 */
struct kcs_host *kcs_host_create(struct device *dev, struct kcs_io *io,
				 struct kcs_clock *clock, int irq)
{
	struct kcs_host *host = host_alloc(dev, io, clock, irq);
	int err;

	if (!host)
		return ERR_PTR(-ENOMEM);
	list_host(host);
	err = kcs_sysfs_create(host);
	if (err) {
		unlist_host(host);
		stop(host);
		kcs_serve_stop(host);
		destroy_workqueue(host->wq);
		kcs_host_put(host);
		return ERR_PTR(err);
	}
	queue_delayed_work(host->wq, &host->probe, 0);
	kcs_host_tell(host, KCS_HOST_ADDED);
	return host;
}
EXPORT_SYMBOL_GPL(kcs_host_create);

/**
 * kcs_host_remove() - take an interface out of service
 * @host: the interface; the caller's reference is dropped
 *
 * New requests are refused, the one on its way ends within a nap, those in the
 * queue end without having been sent, all with %-ENODEV. After return nothing
 * touches the registers, the clock or the device.
 *
 * Context: may sleep.
 */
void kcs_host_remove(struct kcs_host *host)
{
	kcs_sysfs_remove(host);
	unlist_host(host);
	stop(host);
	cancel_delayed_work_sync(&host->probe);
	kcs_serve_flush(host, -ENODEV);
	kcs_host_tell(host, KCS_HOST_REMOVED);
	kcs_serve_stop(host);
	kcs_events_stop(host);
	kcs_trust_restore(host);
	kcs_trust_end(host);
	cancel_work_sync(&host->calm);
	destroy_workqueue(host->wq);
	kcs_host_put(host);
}
EXPORT_SYMBOL_GPL(kcs_host_remove);

/**
 * kcs_host_pause() - leave the hardware alone, for a sleep or a shutdown
 * @host: the interface
 *
 * The message on its way has a tenth of a second to end. Requests fail at once,
 * also those in the queue, with %-EHOSTDOWN: firmware asks during a suspend, and
 * after shutdown, and nobody would answer it.
 *
 * Context: may sleep.
 */
void kcs_host_pause(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->paused = true;
	WRITE_ONCE(host->link.hurry, true);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_direct_settle(host);
	cancel_delayed_work_sync(&host->watch);
	cancel_delayed_work_sync(&host->probe);
	cancel_delayed_work_sync(&host->serve);
	kcs_serve_flush(host, -EHOSTDOWN);
}

/**
 * kcs_host_resume() - go on after kcs_host_pause()
 * @host: the interface
 *
 * What the machine or the BMC did meanwhile is not known: the next thing is a
 * probe.
 *
 * Context: any.
 */
void kcs_host_resume(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->paused = false;
	WRITE_ONCE(host->link.hurry, false);
	kcs_health_doubted(&host->health, kcs_host_now_us(host));
	queue_delayed_work(host->wq, &host->probe, 0);
	if (host->listening)
		queue_delayed_work(host->wq, &host->watch, 0);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_host_tell() - call the notifiers
 * @host: the interface
 * @event: what happened to it
 *
 * Context: may sleep, as the notifiers do; no lock held.
 */
void kcs_host_tell(struct kcs_host *host, enum kcs_host_event event)
{
	blocking_notifier_call_chain(&notifiers, event, host);
}

/**
 * kcs_host_find() - the interface that was found first of those that match
 * @match: says which; NULL for all of them
 * @context: for @match
 *
 * Context: may sleep.
 * Return: the interface, to be dropped with kcs_host_put(); NULL when there is
 * none.
 */
struct kcs_host *kcs_host_find(kcs_host_match match, const void *context)
{
	struct kcs_host *host, *found = NULL;

	mutex_lock(&hosts_lock);
	list_for_each_entry(host, &hosts, node) {
		if (match && !match(host, context))
			continue;
		found = kcs_host_get(host);
		break;
	}
	mutex_unlock(&hosts_lock);
	return found;
}
EXPORT_SYMBOL_GPL(kcs_host_find);

/**
 * kcs_host_device() - the device of an interface
 * @host: the interface
 *
 * Context: any.
 * Return: the device, valid until the interface is removed; see
 * %KCS_HOST_REMOVED.
 */
struct device *kcs_host_device(const struct kcs_host *host)
{
	return host->dev;
}
EXPORT_SYMBOL_GPL(kcs_host_device);

/**
 * kcs_host_is_ready() - does the BMC behind an interface answer?
 * @host: the interface
 *
 * Context: any.
 * Return: true while requests are sent to it; false while nothing is known of
 * it, it is lost, or being looked for after a failure.
 */
bool kcs_host_is_ready(const struct kcs_host *host)
{
	return READ_ONCE(host->health.in_step);
}
EXPORT_SYMBOL_GPL(kcs_host_is_ready);

/**
 * kcs_host_notify() - hear of &enum kcs_host_event
 * @nb: the notifier; may sleep, but holds the interface up as long as it does
 *
 * What happened before is not told: look with kcs_host_is_ready().
 *
 * Context: may sleep.
 * Return: 0; %-EEXIST when @nb is registered already.
 */
int kcs_host_notify(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&notifiers, nb);
}
EXPORT_SYMBOL_GPL(kcs_host_notify);

/**
 * kcs_host_unnotify() - hear no more
 * @nb: a registered notifier; not running any more after return
 *
 * Context: may sleep.
 */
void kcs_host_unnotify(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&notifiers, nb);
}
EXPORT_SYMBOL_GPL(kcs_host_unnotify);

MODULE_DESCRIPTION("KCS IPMI system interface");
MODULE_SOFTDEP("post: kcs_opregion");
MODULE_LICENSE("GPL");
