// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces as devices of class kcs: how they come, sleep, and go. Above all else
 * in the core.
 */
#include "host.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* A BMC that comes and goes all the time does not fill the log. */
#define LOG_PERIOD_S	600
#define LOG_LINES	20

/* A message in flight may end by itself so long after kcs_host_pause(). */
#define PAUSE_GRACE_US	500000

static DEFINE_MUTEX(find_lock);	/* serialises calls of kcs_host_match */
static DEFINE_IDA(numbers);

static struct kcs_host *to_host(struct device *dev)
{
	return container_of(dev, struct kcs_host, dev);
}

static void host_release(struct device *dev)
{
	put_device(dev->parent);
	kfree(to_host(dev));
}

static struct class kcs_class = {
	.name = "kcs",
	.dev_groups = kcs_sysfs_groups,
	.dev_release = host_release,
};

/**
 * kcs_host_get() - take a reference to an interface
 * @host: the interface
 *
 * It keeps the memory, not the hardware: see kcs_host_remove().
 *
 * Return: @host.
 */
struct kcs_host *kcs_host_get(struct kcs_host *host)
{
	get_device(&host->dev);
	return host;
}
EXPORT_SYMBOL_GPL(kcs_host_get);

/**
 * kcs_host_put() - drop a reference to an interface
 * @host: the interface
 */
void kcs_host_put(struct kcs_host *host)
{
	put_device(&host->dev);
}
EXPORT_SYMBOL_GPL(kcs_host_put);

/* -- Coming. -------------------------------------------------------------- */

static void host_init(struct kcs_host *host, const struct kcs_host_setup *setup)
{
	host->clock = setup->clock;
	kcs_wake_init(&host->work);
	kcs_wake_init(&host->progress);
	kcs_irq_init(&host->irq, setup->io, setup->irq, setup->irq_is_shared,
		     &host->progress, &host->work);
	kcs_pair_init(&host->pair, setup->irq ? &host->irq.io : setup->io);
	host->transport = setup->transport ?: &host->pair.transport;
	host->transport->host = host;
	host->firmware_handle = setup->firmware_handle;
	rt_mutex_init(&host->registers);
	spin_lock_init(&host->lock);
	kcs_queue_init(&host->queue);
	kcs_health_init(&host->health, kcs_host_now_us(host));
	ratelimit_state_init(&host->log_limit, LOG_PERIOD_S * HZ, LOG_LINES);
}

static int host_name(struct kcs_host *host)
{
	int number = ida_alloc(&numbers, GFP_KERNEL), err;

	if (number < 0)
		return number;
	host->dev.id = number;
	err = dev_set_name(&host->dev, "kcs%d", number);
	if (err)
		ida_free(&numbers, number);
	return err;
}

/* From here on its memory goes with its last reference. */
static struct kcs_host *host_alloc(struct device *parent,
				   const struct kcs_host_setup *setup)
{
	struct kcs_host *host = kzalloc(sizeof(*host), GFP_KERNEL);
	int err;

	if (!host)
		return ERR_PTR(-ENOMEM);
	device_initialize(&host->dev);
	host->dev.class = &kcs_class;
	host->dev.parent = get_device(parent);
	host_init(host, setup);
	err = host_name(host);
	if (!err)
		return host;
	put_device(&host->dev);
	return ERR_PTR(err);
}

/**
 * kcs_host_create() - put an interface into service
 * @parent: the device it belongs to
 * @setup: what it is made of
 *
 * Returns before the BMC was asked anything; requests are taken at once.
 *
 * Context: may sleep.
 * Return: the interface, to be taken down with kcs_host_remove();
 * %ERR_PTR(-ENOMEM); or why the driver model or the scheduler refuses.
 */
struct kcs_host *kcs_host_create(struct device *parent,
				 const struct kcs_host_setup *setup)
{
	struct kcs_host *host = host_alloc(parent, setup);
	int err;

	if (IS_ERR(host))
		return host;
	host->thread = kthread_create(kcs_engine_thread, host, "%s",
				      dev_name(&host->dev));
	err = PTR_ERR_OR_ZERO(host->thread);
	if (err)
		goto err_thread;
	err = device_add(&host->dev);
	if (err)
		goto err_add;
	kcs_report_event(host, KCS_HOST_ADDED);
	wake_up_process(host->thread);
	return host;

err_add:
	kthread_stop(host->thread);
err_thread:
	ida_free(&numbers, host->dev.id);
	put_device(&host->dev);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(kcs_host_create);

/* -- Going. --------------------------------------------------------------- */

/* No request is taken any more; the one in flight ends. */
static void host_stop(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	WRITE_ONCE(host->stop, true);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->progress);
	kcs_wake_up(&host->work);
	kthread_stop(host->thread);
}

/**
 * kcs_host_remove() - take an interface out of service
 * @host: the interface; the caller's reference is dropped
 *
 * New requests are refused, the one in flight is given up, those that wait end
 * without having been sent, all with %-ENODEV. The BMC is left between two
 * messages, with its global enables as they were found. After return nothing
 * touches the registers or the clock.
 *
 * Context: may sleep, for two seconds at most.
 */
void kcs_host_remove(struct kcs_host *host)
{
	host_stop(host);
	kcs_submit_flush(host, -ENODEV);
	kcs_report_event(host, KCS_HOST_REMOVED);
	kcs_engine_quiesce(host, true);
	kcs_wake_forget(&host->work);
	device_del(&host->dev);
	ida_free(&numbers, host->dev.id);
	put_device(&host->dev);
}
EXPORT_SYMBOL_GPL(kcs_host_remove);

/* -- Sleeping. ------------------------------------------------------------ */

/**
 * kcs_host_pause() - leave the hardware alone, for a suspend or a shutdown
 * @host: the interface
 *
 * The message in flight has half a second to end. Requests fail at once, those that
 * wait as well, with %-EHOSTDOWN: firmware asks during a suspend, and after
 * shutdown. The BMC is left as by kcs_host_remove().
 *
 * Context: may sleep, for two seconds at most.
 */
void kcs_host_pause(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	WRITE_ONCE(host->pause_end_us, kcs_host_now_us(host) + PAUSE_GRACE_US);
	WRITE_ONCE(host->paused, true);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->progress);
	kcs_submit_flush(host, -EHOSTDOWN);
	kcs_engine_quiesce(host, false);
	WRITE_ONCE(host->quiet, true);
}

/**
 * kcs_host_is_quiet() - test whether kcs_host_pause() is through
 * @host: the interface
 *
 * Then kcs_host_panic_transfer() is all that may touch the registers.
 *
 * Context: any.
 * Return: true until kcs_host_resume().
 */
bool kcs_host_is_quiet(const struct kcs_host *host)
{
	return READ_ONCE(host->quiet);
}
EXPORT_SYMBOL_GPL(kcs_host_is_quiet);

/**
 * kcs_host_resume() - go on after kcs_host_pause()
 * @host: the interface
 *
 * What the machine or the BMC did meanwhile is not known: a search comes next.
 *
 * Context: any.
 */
void kcs_host_resume(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	WRITE_ONCE(host->quiet, false);
	WRITE_ONCE(host->paused, false);
	kcs_enables_doubt(host);
	kcs_health_doubted(&host->health, kcs_host_now_us(host));
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}

/* -- Finding. ------------------------------------------------------------- */

/**
 * struct wanted - what kcs_host_find() looks for
 * @match: says which; NULL for all of them
 * @context: for @match
 */
struct wanted {
	kcs_host_match match;
	const void *context;
};

static int host_matches(struct device *dev, const void *data)
{
	const struct wanted *wanted = data;
	struct kcs_host *host = to_host(dev);

	return !READ_ONCE(host->stop) &&
	       (!wanted->match || wanted->match(host, wanted->context));
}

/**
 * kcs_host_find() - return the interface found first of those that match
 * @match: says which; NULL for all of them
 * @context: for @match
 *
 * Context: may sleep.
 * Return: the interface, to be dropped with kcs_host_put(); NULL when there is
 * none.
 */
struct kcs_host *kcs_host_find(kcs_host_match match, const void *context)
{
	const struct wanted wanted = { match, context };
	struct device *dev;

	mutex_lock(&find_lock);
	dev = class_find_device(&kcs_class, NULL, &wanted, host_matches);
	mutex_unlock(&find_lock);
	return dev ? to_host(dev) : NULL;
}
EXPORT_SYMBOL_GPL(kcs_host_find);

/**
 * kcs_host_is_absent() - test whether nothing is at the registers
 * @host: the interface
 *
 * Context: any.
 * Return: true while Status reads FFh.
 */
bool kcs_host_is_absent(const struct kcs_host *host)
{
	return READ_ONCE(host->health.state) == KCS_HEALTH_ABSENT;
}
EXPORT_SYMBOL_GPL(kcs_host_is_absent);

/**
 * kcs_host_exists() - test whether there is an interface that matches
 * @match: says which; NULL for all of them
 * @context: for @match
 *
 * Context: may sleep.
 * Return: true when there is one at least.
 */
bool kcs_host_exists(kcs_host_match match, const void *context)
{
	struct kcs_host *host = kcs_host_find(match, context);

	if (host)
		kcs_host_put(host);
	return host;
}
EXPORT_SYMBOL_GPL(kcs_host_exists);

static int host_belongs_to(struct device *dev, const void *parent)
{
	return dev->parent == parent;
}

/**
 * kcs_host_drives() - test whether a device has an interface
 * @dev: the hardware device
 *
 * Context: may sleep.
 * Return: true while kcs_host_create() has made one for it that is not gone; one
 * that is going is not.
 */
bool kcs_host_drives(const struct device *dev)
{
	struct device *found = class_find_device(&kcs_class, NULL, dev, host_belongs_to);

	put_device(found);
	return found;
}
EXPORT_SYMBOL_GPL(kcs_host_drives);

/**
 * kcs_host_device() - return the hardware device of an interface
 * @host: the interface
 *
 * Return: the device, valid as long as the caller's reference to @host.
 */
struct device *kcs_host_device(const struct kcs_host *host)
{
	return host->dev.parent;
}
EXPORT_SYMBOL_GPL(kcs_host_device);

/**
 * kcs_host_firmware_handle() - return what firmware calls an interface
 * @host: the interface
 *
 * Return: the handle of its device in the namespace; NULL when firmware does not know it.
 */
void *kcs_host_firmware_handle(const struct kcs_host *host)
{
	return host->firmware_handle;
}
EXPORT_SYMBOL_GPL(kcs_host_firmware_handle);

/**
 * kcs_host_has_registers() - test whether an interface is driven here
 * @host: the interface
 *
 * Return: true when it is; false when another driver has the registers.
 */
bool kcs_host_has_registers(const struct kcs_host *host)
{
	return host->transport == &host->pair.transport;
}
EXPORT_SYMBOL_GPL(kcs_host_has_registers);

/* -- The class. ----------------------------------------------------------- */

/**
 * kcs_class_register() - make the class that interfaces belong to
 *
 * Context: may sleep; before the first interface.
 * Return: 0; else why the driver model refuses.
 */
int kcs_class_register(void)
{
	return class_register(&kcs_class);
}

/**
 * kcs_class_unregister() - the counterpart of kcs_class_register()
 *
 * Context: may sleep; no interface is left.
 */
void kcs_class_unregister(void)
{
	class_unregister(&kcs_class);
}
