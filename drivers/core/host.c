// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interface: a queue of requests, a worker that takes them over the link
 * one by one, and a probe that looks for the BMC in the background.
 *
 * The worker and the probe run on one ordered workqueue, so the link has one
 * user at a time. kcs_host.lock guards the queue and, with it, the decision to
 * take no more requests (kcs_link.stop).
 */
#include "link.h"
#include "names.h"
#include "request.h"

#include <kcs/host.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

/*
 * The probe comes back after 1, 2, 4 ... seconds, at most this many. It waits
 * for an answer as long as it last rested, within the usual time: firmware's
 * requests wait behind it.
 */
#define PROBE_REST_MAX_S	60

/**
 * struct kcs_host - one interface
 * @ref: one for its discoverer, one for each user
 * @node: place in the list of interfaces, under its lock
 * @dev: for log lines; valid until kcs_host_remove() returns
 * @link: the way to the BMC; used on @wq only
 * @wq: ordered; runs @work and @probe
 * @work: serves the queue
 * @probe: asks for the device ID until there is an answer
 * @probe_rest_s: rest after the next probe, should it fail
 * @probe_reply: the device ID
 * @ready: the BMC answered Get Device ID
 * @lock: guards @queue, @queued and the setting of kcs_link.stop
 * @queue: requests to serve
 * @queued: how many
 */
struct kcs_host {
	struct kref ref;
	struct list_head node;
	struct device *dev;
	struct kcs_link link;
	struct workqueue_struct *wq;
	struct work_struct work;
	struct delayed_work probe;
	u32 probe_rest_s;
	struct kcs_msg probe_reply;
	bool ready;
	spinlock_t lock;	/* queue, queued, setting link.stop */
	struct list_head queue;
	u32 queued;
};

static LIST_HEAD(hosts);
static DEFINE_MUTEX(hosts_lock);	/* guards hosts */
static BLOCKING_NOTIFIER_HEAD(notifiers);

static u64 now_us(struct kcs_host *host)
{
	struct kcs_clock *clock = host->link.clock;

	return clock->ops->now_us(clock);
}

static u64 deadline_us(struct kcs_host *host, u32 timeout_ms)
{
	return now_us(host) + (u64)timeout_ms * USEC_PER_MSEC;
}

/* -- Serving requests. ---------------------------------------------------- */

static struct kcs_request *take(struct kcs_host *host)
{
	struct kcs_request *request;

	spin_lock(&host->lock);
	request = list_first_entry_or_null(&host->queue, struct kcs_request,
					   node);
	if (request) {
		list_del_init(&request->node);
		host->queued--;
	}
	spin_unlock(&host->lock);
	return request;
}

static void log_failure(struct kcs_host *host, const struct kcs_msg *msg, int err)
{
	struct kcs_link *link = &host->link;
	char status[KCS_NAMES_STATUS_SIZE];

	dev_dbg(host->dev,
		"NetFn %02xh command %02xh: %pe in %s, status 0x%02x [%s], last error: %s\n",
		msg->bytes[0] >> 2, msg->bytes[1], ERR_PTR(err),
		kcs_names_sm_state(link->sm.state), link->status,
		kcs_names_status(status, sizeof(status), link->status),
		kcs_names_error_code(link->sm.error_code));
}

static int serve(struct kcs_host *host, struct kcs_request *request)
{
	int err;

	if (now_us(host) >= request->deadline_us)
		return -ETIMEDOUT;
	err = kcs_link_transfer(&host->link, &request->msg, &request->reply,
				request->deadline_us);
	if (err) {
		log_failure(host, &request->msg, err);
		return err;
	}
	/* Somebody was served: no need to rest until the next probe. */
	if (!host->ready && kcs_msg_cc(&request->reply) == KCS_CC_OK)
		mod_delayed_work(host->wq, &host->probe, 0);
	return 0;
}

/* One request at a time, so that the probe gets its turn on the workqueue. */
static void serve_one(struct work_struct *work)
{
	struct kcs_host *host = container_of(work, struct kcs_host, work);
	struct kcs_request *request = take(host);

	if (!request)
		return;
	if (!kcs_request_ended(request))
		kcs_request_end(request, serve(host, request));
	kcs_request_put(request);
	queue_work(host->wq, &host->work);
}

static int enqueue(struct kcs_host *host, struct kcs_request *request)
{
	int err = 0;

	spin_lock(&host->lock);
	if (host->link.stop) {
		err = -ENODEV;
	} else if (host->queued >= KCS_HOST_QUEUE_MAX) {
		err = -EBUSY;
	} else {
		request->deadline_us = deadline_us(host, request->timeout_ms);
		kcs_request_get(request);
		list_add_tail(&request->node, &host->queue);
		host->queued++;
		queue_work(host->wq, &host->work);
	}
	spin_unlock(&host->lock);
	return err;
}

/**
 * kcs_host_submit() - hand a request to an interface
 * @host: the interface
 * @request: a request not submitted before; the caller keeps its reference
 *
 * The deadline counts from here. A request that cannot be taken ends at once:
 * kcs_request_wait() says why.
 *
 * Context: process context; does not sleep.
 */
void kcs_host_submit(struct kcs_host *host, struct kcs_request *request)
{
	int err = enqueue(host, request);

	if (err)
		kcs_request_end(request, err);
}
EXPORT_SYMBOL_GPL(kcs_host_submit);

/* -- Finding the BMC. ----------------------------------------------------- */

/* A BMC that is still booting answers with a completion code: not ready yet. */
static int get_device_id(struct kcs_host *host)
{
	u32 timeout_ms = min_t(u32, host->probe_rest_s * MSEC_PER_SEC,
			       KCS_HOST_TIMEOUT_MS);
	struct kcs_msg request;
	int err;

	err = kcs_msg_request(&request, KCS_NETFN_APP, KCS_CMD_GET_DEVICE_ID,
			      NULL, 0);
	if (err)
		return err;
	err = kcs_link_transfer(&host->link, &request, &host->probe_reply,
				deadline_us(host, timeout_ms));
	if (err)
		return err;
	return kcs_msg_cc(&host->probe_reply) == KCS_CC_OK ? 0 : -EAGAIN;
}

static void log_silence(struct kcs_host *host, int err)
{
	char status[KCS_NAMES_STATUS_SIZE];

	if (err == -EAGAIN)
		dev_info(host->dev,
			 "BMC not ready yet: Get Device ID gives completion code %02xh; trying on in the background\n",
			 kcs_msg_cc(&host->probe_reply));
	else
		dev_info(host->dev,
			 "BMC does not answer Get Device ID yet: %pe in %s, status 0x%02x [%s]; trying on in the background\n",
			 ERR_PTR(err), kcs_names_sm_state(host->link.sm.state),
			 host->link.status,
			 kcs_names_status(status, sizeof(status),
					  host->link.status));
}

/* IPMI 2.0 rev 1.1, 20.1: byte 3 is the completion code's successor. */
static void log_device_id(struct kcs_host *host)
{
	const u8 *id = &host->probe_reply.bytes[KCS_MSG_REPLY_MIN];

	if (host->probe_reply.len < KCS_MSG_REPLY_MIN + 11) {
		dev_info(host->dev, "BMC ready, with a short device ID\n");
		return;
	}
	dev_info(host->dev,
		 "BMC ready: device %02xh, firmware %u.%02x, IPMI %u.%u, manufacturer %06xh, product %04xh\n",
		 id[0], id[2] & 0x7f, id[3], id[4] & 0xf, id[4] >> 4,
		 id[6] | id[7] << 8 | id[8] << 16, id[9] | id[10] << 8);
}

static void probe(struct work_struct *work)
{
	struct kcs_host *host = container_of(to_delayed_work(work),
					     struct kcs_host, probe);
	int err = get_device_id(host);

	if (err == -ENODEV)
		return;
	if (err) {
		if (host->probe_rest_s == 1)
			log_silence(host, err);
		queue_delayed_work(host->wq, &host->probe,
				   host->probe_rest_s * HZ);
		host->probe_rest_s = min_t(u32, host->probe_rest_s * 2,
					   PROBE_REST_MAX_S);
		return;
	}
	log_device_id(host);
	WRITE_ONCE(host->ready, true);
	blocking_notifier_call_chain(&notifiers, KCS_HOST_READY, host);
}

/* -- Coming and going. ---------------------------------------------------- */

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

/**
 * kcs_host_create() - put an interface into service
 * @dev: the device it belongs to, for log lines
 * @io: its registers
 * @clock: its time, &kcs_clock_system on a machine
 *
 * Returns before the BMC was asked anything; requests are taken at once.
 *
 * Context: may sleep.
 * Return: the interface, to be taken down with kcs_host_remove();
 * %ERR_PTR(-ENOMEM).
 */
struct kcs_host *kcs_host_create(struct device *dev, struct kcs_io *io,
				 struct kcs_clock *clock)
{
	struct kcs_host *host = kzalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return ERR_PTR(-ENOMEM);
	host->wq = alloc_ordered_workqueue("kcs-%s", 0, dev_name(dev));
	if (!host->wq) {
		kfree(host);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&host->ref);
	host->dev = dev;
	host->link.io = io;
	host->link.clock = clock;
	spin_lock_init(&host->lock);
	INIT_LIST_HEAD(&host->queue);
	INIT_WORK(&host->work, serve_one);
	INIT_DELAYED_WORK(&host->probe, probe);
	host->probe_rest_s = 1;

	mutex_lock(&hosts_lock);
	list_add_tail(&host->node, &hosts);
	mutex_unlock(&hosts_lock);
	queue_delayed_work(host->wq, &host->probe, 0);
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
	mutex_lock(&hosts_lock);
	list_del(&host->node);
	mutex_unlock(&hosts_lock);

	spin_lock(&host->lock);
	WRITE_ONCE(host->link.stop, true);
	spin_unlock(&host->lock);

	/* A request served just now may still queue the probe; it ends at once. */
	cancel_delayed_work_sync(&host->probe);
	destroy_workqueue(host->wq);
	kcs_host_put(host);
}
EXPORT_SYMBOL_GPL(kcs_host_remove);

/**
 * kcs_host_get_first() - the interface found first
 *
 * Context: may sleep.
 * Return: the interface, to be dropped with kcs_host_put(); NULL when there is
 * none.
 */
struct kcs_host *kcs_host_get_first(void)
{
	struct kcs_host *host;

	mutex_lock(&hosts_lock);
	host = list_first_entry_or_null(&hosts, struct kcs_host, node);
	if (host)
		kcs_host_get(host);
	mutex_unlock(&hosts_lock);
	return host;
}
EXPORT_SYMBOL_GPL(kcs_host_get_first);

/**
 * kcs_host_is_ready() - did the BMC behind an interface answer?
 * @host: the interface
 *
 * Context: any.
 * Return: true once it answered Get Device ID.
 */
bool kcs_host_is_ready(const struct kcs_host *host)
{
	return READ_ONCE(host->ready);
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
