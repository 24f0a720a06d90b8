// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each interface as the kernel's ipmi_msghandler sees it: /dev/ipmiN, the IPMI
 * watchdog and power-off work on top of it unchanged.
 *
 * An interface is registered when its BMC becomes ready, because registering
 * asks the BMC, and stays until it goes, however the BMC fares.
 */
#include "smi.h"
#include "message.h"
#include "sender.h"

#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/device.h>
#include <linux/ipmi_smi.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

/* After the message handler could not learn who the BMC is, growing. */
#define ENROLL_AGAIN_S	5
#define ENROLL_AGAIN_MAX_S	60

/* Interfaces that were not tried to be registered yet. */
static atomic_t untried = ATOMIC_INIT(0);

/* -- What the BMC has to say. --------------------------------------------- */

static void hand_up(struct kcs_smi *smi, u8 cmd, const struct kcs_msg *reply)
{
	struct ipmi_smi_msg *msg = ipmi_alloc_smi_msg();

	if (!msg)
		return;
	msg->data[0] = IPMI_NETFN_APP_REQUEST << 2;
	msg->data[1] = cmd;
	msg->data_size = 2;
	msg->rsp_size = kcs_message_reply(msg->rsp, reply);
	local_bh_disable();	/* see sender.c */
	ipmi_smi_msg_received(smi->intf, msg);
	local_bh_enable();
}

static void on_message(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	hand_up(container_of(listener, struct kcs_smi, listener),
		IPMI_GET_MSG_CMD, reply);
}

static void on_event(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	hand_up(container_of(listener, struct kcs_smi, listener),
		IPMI_READ_EVENT_MSG_BUFFER_CMD, reply);
}

static void on_pretimeout(struct kcs_listener *listener)
{
	ipmi_smi_watchdog_pretimeout(container_of(listener, struct kcs_smi,
						  listener)->intf);
}

/* Nobody in the message handler wants these. */
static void on_oem(struct kcs_listener *listener, u8 flags)
{
}

/* -- Registering. --------------------------------------------------------- */

static int smi_start_processing(void *send_info, struct ipmi_smi *intf)
{
	struct kcs_smi *smi = send_info;

	smi->intf = intf;
	smi->listening = !kcs_host_listen(smi->host, &smi->listener);
	if (!smi->listening)
		dev_notice(kcs_host_device(smi->host),
			   "somebody else hears of events; programs will not\n");
	return 0;
}

/* After return the message handler hears nothing any more, and may be freed. */
static void smi_shutdown(void *send_info)
{
	struct kcs_smi *smi = send_info;

	kcs_sender_drain(smi);
	if (smi->listening)
		kcs_host_unlisten(smi->host);
	smi->listening = false;
}

static int smi_get_info(void *send_info, struct ipmi_smi_info *info)
{
	struct kcs_smi *smi = send_info;

	info->dev = get_device(kcs_host_device(smi->host));
	info->addr_info.acpi_info.acpi_handle = ACPI_HANDLE(info->dev);
	info->addr_src = ACPI_HANDLE(info->dev) ? SI_ACPI : SI_PLATFORM;
	return 0;
}

/* Once a second, while a program wants events. */
static void smi_request_events(void *send_info)
{
	struct kcs_smi *smi = send_info;

	if (!kcs_sender_is_polled(smi))
		kcs_host_poll_events(smi->host);
}

static enum kcs_interest interest_of(unsigned int watch_mask)
{
	if (watch_mask & IPMI_WATCH_MASK_CHECK_MESSAGES)
		return KCS_INTEREST_REPLY;
	return watch_mask ? KCS_INTEREST_EVENTS : KCS_INTEREST_NONE;
}

/* In a panic the locks may be those of a CPU that was stopped. */
static void smi_set_need_watch(void *send_info, unsigned int watch_mask)
{
	struct kcs_smi *smi = send_info;

	if (!kcs_sender_is_polled(smi))
		kcs_host_expect(smi->host, interest_of(watch_mask));
}

static const struct ipmi_smi_handlers handlers = {
	.owner = THIS_MODULE,
	.start_processing = smi_start_processing,
	.shutdown = smi_shutdown,
	.get_smi_info = smi_get_info,
	.sender = kcs_sender_send,
	.request_events = smi_request_events,
	.set_need_watch = smi_set_need_watch,
	.set_run_to_completion = kcs_sender_set_run_to_completion,
	.poll = kcs_sender_poll,
	.flush_messages = kcs_sender_poll,
	.set_maintenance_mode = kcs_sender_set_maintenance_mode,
};

static bool try_to_enroll(struct kcs_smi *smi)
{
	struct device *dev = kcs_host_device(smi->host);
	int err;

	if (!kcs_host_is_ready(smi->host))
		return false;
	err = ipmi_register_smi(&handlers, smi, dev, 0);
	if (!err)
		return true;
	smi->intf = NULL;
	if (!smi->again_s)
		dev_warn(dev, "no /dev/ipmi yet: ipmi_msghandler refuses: %pe; trying again\n",
			 ERR_PTR(err));
	return false;
}

static void note_tried(struct kcs_smi *smi)
{
	if (smi->is_tried)
		return;
	smi->is_tried = true;
	if (atomic_dec_and_test(&untried))
		wake_up_var(&untried);
}

static void enroll(struct work_struct *work)
{
	struct kcs_smi *smi = container_of(to_delayed_work(work), struct kcs_smi,
					   enroll);

	if (!smi->intf && !try_to_enroll(smi)) {
		smi->again_s = clamp(2 * smi->again_s, ENROLL_AGAIN_S,
				     ENROLL_AGAIN_MAX_S);
		queue_delayed_work(system_long_wq, &smi->enroll,
				   smi->again_s * HZ);
	}
	note_tried(smi);
}

/**
 * kcs_smi_settle() - wait until all interfaces were tried to be registered
 * @ms: for how long at most
 *
 * Context: may sleep.
 */
void kcs_smi_settle(u32 ms)
{
	wait_var_event_timeout(&untried, !atomic_read(&untried),
			       msecs_to_jiffies(ms));
}

/**
 * kcs_smi_create() - an interface that is not registered yet
 * @host: the interface
 *
 * Context: may sleep.
 * Return: it, to be dropped with kcs_smi_remove(); NULL without memory.
 */
struct kcs_smi *kcs_smi_create(struct kcs_host *host)
{
	struct kcs_smi *smi = kzalloc(sizeof(*smi), GFP_KERNEL);

	if (!smi)
		return NULL;
	smi->host = kcs_host_get(host);
	smi->listener.message = on_message;
	smi->listener.event = on_event;
	smi->listener.pretimeout = on_pretimeout;
	smi->listener.oem = on_oem;
	INIT_DELAYED_WORK(&smi->enroll, enroll);
	spin_lock_init(&smi->lock);
	atomic_inc(&untried);
	return smi;
}

/**
 * kcs_smi_enroll() - register an interface, if it is not yet
 * @smi: the interface, whose BMC is ready
 *
 * Context: any; registering asks the BMC, and is not waited for.
 */
void kcs_smi_enroll(struct kcs_smi *smi)
{
	mod_delayed_work(system_long_wq, &smi->enroll, 0);
}

/**
 * kcs_smi_remove() - unregister an interface
 * @smi: the interface; gone after return
 *
 * Nothing is handed up any more before the message handler forgets it: since 6.16
 * it would run what comes then.
 *
 * Context: may sleep; not as long as a request may take.
 */
void kcs_smi_remove(struct kcs_smi *smi)
{
	kcs_sender_close(smi);
	cancel_delayed_work_sync(&smi->enroll);
	note_tried(smi);
	smi_shutdown(smi);
	if (smi->intf)
		ipmi_unregister_smi(smi->intf);
	kcs_host_put(smi->host);
	kfree(smi);
}
