// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each interface as the kernel's ipmi_msghandler sees it: /dev/ipmiN, the IPMI
 * watchdog and power-off work on top of it unchanged.
 *
 * The message handler gives one message at a time, from any context, and gets
 * every one back, with a completion code where there was no reply. It gives none
 * a deadline; here each has one.
 *
 * An interface is registered when its BMC becomes ready, because registering
 * asks the BMC, and stays until it goes, however the BMC fares.
 */
#include "smi.h"
#include "message.h"

#include <kcs/command.h>
#include <kcs/compat.h>
#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/ipmi_smi.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* In a panic, or when the machine is switched off by its BMC. */
#define POLLED_MS	500

/* Messages in a row without an answer, until no more time is lost. */
#define SILENT_MAX	2

/* After the message handler could not learn who the BMC is. */
#define ENROLL_AGAIN_S	5

/* -- Messages. ------------------------------------------------------------ */

/* A CPU may be stopped anywhere here: until the very end the message is known. */
static void give_back(struct kcs_smi *smi, struct ipmi_smi_msg *msg, int err,
		      const struct kcs_msg *reply)
{
	if (err)
		msg->rsp_size = kcs_message_failure(msg->rsp, msg->data, err);
	else
		msg->rsp_size = kcs_message_reply(msg->rsp, reply);
	if (cmpxchg(&smi->msg, msg, NULL) == msg)
		ipmi_smi_msg_received(smi->intf, msg);
}

static struct kcs_request *take_request(struct kcs_smi *smi)
{
	struct kcs_request *request;
	unsigned long flags;

	spin_lock_irqsave(&smi->lock, flags);
	request = smi->request;
	smi->request = NULL;
	spin_unlock_irqrestore(&smi->lock, flags);
	return request;
}

static void on_done(struct kcs_request *request, void *context)
{
	struct kcs_smi *smi = context;
	struct kcs_request *held = take_request(smi);
	struct ipmi_smi_msg *msg = READ_ONCE(smi->msg);

	/* The handler's tasklet runs here then, not in a thread to be woken. */
	local_bh_disable();
	if (msg)
		give_back(smi, msg, kcs_request_err(request),
			  kcs_request_reply(request));
	if (held)
		kcs_request_put(held);
	/* What was read of smi was read before it may be gone. */
	smp_mb__before_atomic();
	atomic_dec(&smi->riding);
	local_bh_enable();
}

static u32 time_for(const struct kcs_smi *smi, u32 command)
{
	bool patient = READ_ONCE(smi->maintenance) || command & KCS_COMMAND_LONG;

	return patient && !(command & KCS_COMMAND_WATCHDOG) ?
	       KCS_MESSAGE_MAINTENANCE_MS : KCS_HOST_TIMEOUT_MS;
}

static struct kcs_request *new_request(struct kcs_smi *smi,
				       const struct kcs_msg *wire)
{
	u32 command = kcs_command_flags(wire);
	struct kcs_request *request;

	request = kcs_request_create(wire, command & KCS_COMMAND_WATCHDOG ?
				     KCS_CLASS_WATCHDOG : KCS_CLASS_USER,
				     time_for(smi, command), GFP_ATOMIC);
	if (request)
		kcs_request_set_done(request, on_done, smi);
	return request;
}

/* The message may be back, and the next one on its way, before it returns. */
static int hand_in(struct kcs_smi *smi, struct ipmi_smi_msg *msg)
{
	struct kcs_request *request;
	unsigned long flags;
	int err = kcs_message_request(&smi->wire, msg->data, msg->data_size);

	if (err)
		return err;
	request = new_request(smi, &smi->wire);
	if (!request)
		return -ENOMEM;
	spin_lock_irqsave(&smi->lock, flags);
	if (!smi->leaving) {
		smi->request = kcs_request_get(request);
		atomic_inc(&smi->riding);
	} else {
		err = -ENODEV;
	}
	spin_unlock_irqrestore(&smi->lock, flags);
	if (!err)
		kcs_host_submit(smi->host, request);
	kcs_request_put(request);
	return err;
}

/* In a panic, and when the machine is switched off with interrupts off. */
static bool is_polled(const struct kcs_smi *smi)
{
	return READ_ONCE(smi->polled) ||
	       (system_state > SYSTEM_RUNNING && irqs_disabled());
}

static KCS_COMPAT_SENT smi_sender(void *send_info, struct ipmi_smi_msg *msg)
{
	struct kcs_smi *smi = send_info;
	int err = 0;

	WRITE_ONCE(smi->msg, msg);
	if (!is_polled(smi))
		err = hand_in(smi, msg);
	if (err)
		give_back(smi, msg, err, NULL);
	return (KCS_COMPAT_SENT)0;
}

/* What was handed in before may have reached the BMC, and is not sent twice. */
static int transfer_polled(struct kcs_smi *smi, const struct ipmi_smi_msg *msg,
			   struct kcs_msg *reply)
{
	struct kcs_msg wire;
	int err;

	if (xchg(&smi->request, NULL))
		return -ECANCELED;
	if (smi->silent >= SILENT_MAX)
		return -ETIMEDOUT;
	err = kcs_message_request(&wire, msg->data, msg->data_size);
	if (!err)
		err = kcs_host_panic_transfer(smi->host, &wire, reply, POLLED_MS);
	smi->silent = err == -ETIMEDOUT ? smi->silent + 1 : 0;
	return err;
}

/*
 * Where nothing else runs any more no lock is taken: whoever has it is stopped.
 * Otherwise what is on its way needs no help.
 */
static void smi_poll(void *send_info)
{
	struct kcs_smi *smi = send_info;
	struct ipmi_smi_msg *msg = READ_ONCE(smi->msg);
	struct kcs_msg reply;

	if (msg && is_polled(smi))
		give_back(smi, msg, transfer_polled(smi, msg, &reply), &reply);
}

static void smi_set_run_to_completion(void *send_info, bool on)
{
	struct kcs_smi *smi = send_info;

	WRITE_ONCE(smi->polled, on);
	smi_poll(smi);
}

static void smi_set_maintenance_mode(void *send_info, bool on)
{
	struct kcs_smi *smi = send_info;

	WRITE_ONCE(smi->maintenance, on);
}

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
	local_bh_disable();	/* see on_done() */
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

/* After return the message handler hears nothing any more. */
static void smi_shutdown(void *send_info)
{
	struct kcs_smi *smi = send_info;

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

	if (!is_polled(smi))
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

	if (!is_polled(smi))
		kcs_host_expect(smi->host, interest_of(watch_mask));
}

static const struct ipmi_smi_handlers handlers = {
	.owner = THIS_MODULE,
	.start_processing = smi_start_processing,
	.shutdown = smi_shutdown,
	.get_smi_info = smi_get_info,
	.sender = smi_sender,
	.request_events = smi_request_events,
	.set_need_watch = smi_set_need_watch,
	.set_run_to_completion = smi_set_run_to_completion,
	.poll = smi_poll,
	.flush_messages = smi_poll,
	.set_maintenance_mode = smi_set_maintenance_mode,
};

/* An interface out of service has no device any more. */
static bool try_to_enroll(struct kcs_smi *smi)
{
	struct device *dev;
	int err;

	if (!kcs_host_is_ready(smi->host))
		return false;
	dev = kcs_host_device(smi->host);
	err = ipmi_register_smi(&handlers, smi, dev, 0);
	if (!err)
		return true;
	smi->intf = NULL;
	if (!smi->refused)
		dev_warn(dev, "no /dev/ipmi yet: ipmi_msghandler refuses: %pe; trying again every %u s\n",
			 ERR_PTR(err), ENROLL_AGAIN_S);
	smi->refused = true;
	return false;
}

static void enroll(struct work_struct *work)
{
	struct kcs_smi *smi = container_of(to_delayed_work(work), struct kcs_smi,
					   enroll);

	if (!smi->intf && !try_to_enroll(smi))
		queue_delayed_work(system_long_wq, &smi->enroll,
				   ENROLL_AGAIN_S * HZ);
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

/* Its messages come back, and no other is taken. */
static void turn_away(struct kcs_smi *smi)
{
	struct kcs_request *request;
	unsigned long flags;

	spin_lock_irqsave(&smi->lock, flags);
	smi->leaving = true;
	spin_unlock_irqrestore(&smi->lock, flags);
	request = take_request(smi);
	if (!request)
		return;
	kcs_request_end(request, -ENODEV);
	kcs_request_put(request);
}

/**
 * kcs_smi_remove() - unregister an interface
 * @smi: the interface; gone after return
 *
 * Context: may sleep; not as long as a request may take.
 */
void kcs_smi_remove(struct kcs_smi *smi)
{
	turn_away(smi);
	cancel_delayed_work_sync(&smi->enroll);
	/* They have ended: a few instructions are left of them. */
	while (atomic_read_acquire(&smi->riding))
		usleep_range(100, 200);
	if (smi->intf)
		ipmi_unregister_smi(smi->intf);
	kcs_host_put(smi->host);
	kfree(smi);
}
