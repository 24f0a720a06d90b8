// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of ipmi_msghandler on their way to the BMC and back.
 *
 * The message handler gives one message at a time, from any context, and gets
 * every one back, with a completion code where there was no reply. It gives none
 * a deadline; here each has one. Up to 6.15 it runs in a tasklet, from 6.16 on in a
 * work; neither matters here, as nothing of it is waited for.
 */
#include "sender.h"
#include "message.h"
#include "smi.h"

#include <kcs/command.h>
#include <kcs/compat.h>
#include <kcs/host.h>
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>

/* In a panic, or when the machine is switched off by its BMC. */
#define POLLED_MS	500

/* Messages in a row without a reply, until no more time is lost. */
#define FAILED_MAX	2

/* A heartbeat of the watchdog is expected so long after one. */
#define WATCHED_S	600

#define TIMEOUT_MIN_MS	100

static uint timeout_ms = KCS_HOST_TIMEOUT_MS;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms,
		 "how long a program's request may take, 100 to 60000 (5000)");

/* -- There and back. ------------------------------------------------------ */

/*
 * A CPU is stopped where interrupts are on. PREEMPT_RT has them on: the message
 * handler's locks sleep there.
 */
static unsigned long hold_cpu(void)
{
	unsigned long flags = 0;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_save(flags);
	return flags;
}

static void release_cpu(unsigned long flags)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_restore(flags);
}

/*
 * A CPU may be stopped anywhere here, but not between the last two steps: until the
 * very end the message is known.
 */
static void give_back(struct kcs_smi *smi, struct ipmi_smi_msg *msg, int err,
		      const struct kcs_msg *reply)
{
	unsigned long flags;

	if (err)
		msg->rsp_size = kcs_message_failure(msg->rsp, msg->data, err);
	else
		msg->rsp_size = kcs_message_reply(msg->rsp, reply);
	flags = hold_cpu();
	if (cmpxchg(&smi->msg, msg, NULL) == msg)
		ipmi_smi_msg_received(smi->intf, msg);
	release_cpu(flags);
}

/* The request that carries a message; an older one is on its way out. */
static struct kcs_request *carry(struct kcs_smi *smi, struct kcs_request *request,
				 struct ipmi_smi_msg *msg)
{
	struct kcs_request *older;

	lockdep_assert_held(&smi->lock);
	older = smi->request;
	WRITE_ONCE(smi->carried, msg);
	WRITE_ONCE(smi->request, request);
	return older;
}

static void put_down(struct kcs_smi *smi, struct kcs_request *request)
{
	unsigned long flags;
	bool is_held;

	spin_lock_irqsave(&smi->lock, flags);
	is_held = smi->request == request;
	if (is_held)
		carry(smi, NULL, NULL);
	spin_unlock_irqrestore(&smi->lock, flags);
	if (is_held)
		kcs_request_put(request);
}

/* Who the BMC is, asked by the message handler itself: for an attribute, say. */
static bool is_its_own_question(const struct ipmi_smi_msg *msg)
{
	const struct ipmi_recv_msg *asker = kcs_compat_asker(msg);

	return asker && !asker->user && msg->data_size == KCS_MSG_REQUEST_MIN &&
	       msg->data[0] == IPMI_NETFN_APP_REQUEST << 2 &&
	       msg->data[1] == IPMI_GET_DEVICE_ID_CMD;
}

/*
 * The handler asks anew for each reader of an attribute, and writes a line for each
 * failure. While the BMC does not answer it hears what the BMC said last; programs,
 * which want to know whether it answers, do not.
 */
static void give_identity(struct kcs_smi *smi, struct ipmi_smi_msg *msg, int err,
			  const struct kcs_msg *reply)
{
	if (!err && kcs_msg_cc(reply) == IPMI_CC_NO_ERROR)
		smi->identity = *reply;
	if (smi->identity.len)
		give_back(smi, msg, 0, &smi->identity);
	else
		give_back(smi, msg, err, reply);
}

/* Until its message was returned a request is known: it is not sent again. */
static void on_done(struct kcs_request *request, void *context)
{
	struct kcs_smi *smi = context;
	struct ipmi_smi_msg *msg = READ_ONCE(smi->msg);
	const struct kcs_msg *reply = kcs_request_reply(request);
	int err = kcs_request_err(request);

	/* Up to 6.15 the handler's tasklet runs here then, not in a thread. */
	local_bh_disable();
	if (msg && is_its_own_question(msg))
		give_identity(smi, msg, err, reply);
	else if (msg)
		give_back(smi, msg, err, reply);
	put_down(smi, request);
	/* What was read of smi was read before it may be gone. */
	if (atomic_dec_and_test(&smi->riding))
		wake_up_var(&smi->riding);
	local_bh_enable();
}

/* A heartbeat may wait behind any message: the handler gives one at a time. */
static bool is_watched(const struct kcs_smi *smi)
{
	return smi->is_petted && time_before(jiffies, smi->petted + WATCHED_S * HZ);
}

static u32 time_for(struct kcs_smi *smi, u32 command)
{
	u32 ms = clamp(READ_ONCE(timeout_ms), TIMEOUT_MIN_MS,
		       KCS_MESSAGE_MAINTENANCE_MS);

	if (command & KCS_COMMAND_WATCHDOG) {
		smi->is_petted = true;
		smi->petted = jiffies;
	}
	if (is_watched(smi))
		return min(ms, KCS_HOST_TIMEOUT_MS);
	return READ_ONCE(smi->maintenance) || command & KCS_COMMAND_LONG ?
	       KCS_MESSAGE_MAINTENANCE_MS : ms;
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
	struct kcs_request *request, *older = NULL;
	unsigned long flags;
	int err = kcs_message_request(&smi->wire, msg->data, msg->data_size);

	if (err)
		return err;
	request = new_request(smi, &smi->wire);
	if (!request)
		return -ENOMEM;
	spin_lock_irqsave(&smi->lock, flags);
	if (!smi->leaving) {
		older = carry(smi, kcs_request_get(request), msg);
		atomic_inc(&smi->riding);
	} else {
		err = -ENODEV;
	}
	spin_unlock_irqrestore(&smi->lock, flags);
	if (older)
		kcs_request_put(older);
	if (!err)
		kcs_host_submit(smi->host, request);
	kcs_request_put(request);
	return err;
}

/* Before a restart the next kernel is to find the BMC between two messages. */
static bool is_switched_off(const struct kcs_smi *smi)
{
	if (system_state == SYSTEM_RESTART)
		return irqs_disabled();
	return (system_state == SYSTEM_HALT || system_state == SYSTEM_POWER_OFF) &&
	       (irqs_disabled() || kcs_host_is_quiet(smi->host));
}

/**
 * kcs_sender_is_polled() - test whether messages wait for kcs_sender_poll()
 * @smi: the interface
 *
 * Context: any.
 * Return: true in a panic, and when the machine is being switched off.
 */
bool kcs_sender_is_polled(const struct kcs_smi *smi)
{
	return READ_ONCE(smi->polled) || is_switched_off(smi);
}

/* What was handed in before may have reached the BMC, and is not sent twice. */
static int transfer_polled(struct kcs_smi *smi, const struct ipmi_smi_msg *msg,
			   struct kcs_msg *reply)
{
	struct kcs_msg wire;
	int err;

	if (READ_ONCE(smi->request) && READ_ONCE(smi->carried) == msg)
		return -ECANCELED;
	if (smi->failed >= FAILED_MAX)
		return -ETIMEDOUT;
	err = kcs_message_request(&wire, msg->data, msg->data_size);
	if (err)
		return err;
	err = kcs_host_panic_transfer(smi->host, &wire, reply, POLLED_MS);
	smi->failed = err ? smi->failed + 1 : 0;
	return err;
}

/* Where interrupts are on nobody need poll; with them off nobody else can help. */
static bool is_parked(const struct kcs_smi *smi)
{
	return READ_ONCE(smi->polled) || irqs_disabled();
}

/*
 * A program's message while the machine is switched off. Were its CPU stopped with the
 * message in hand, the one that switches off would wait for ever: after the return the
 * handler gives the next message from a tasklet, for which interrupts have to be on.
 */
static void transfer_unstopped(struct kcs_smi *smi)
{
	unsigned long flags = hold_cpu();

	kcs_sender_poll(smi);
	release_cpu(flags);
}

/**
 * kcs_sender_send() - take a message of the message handler
 * @send_info: the &struct kcs_smi
 * @msg: the message; there is one at a time
 *
 * It is given back by ipmi_smi_msg_received(), which may be before return.
 *
 * Context: any; up to 6.15 softirq mostly, since then process context mostly.
 * Return: 0 where something is returned: each message is taken.
 */
KCS_COMPAT_SENT kcs_sender_send(void *send_info, struct ipmi_smi_msg *msg)
{
	struct kcs_smi *smi = send_info;
	int err = 0;

	WRITE_ONCE(smi->msg, msg);
	if (!kcs_sender_is_polled(smi))
		err = hand_in(smi, msg);
	else if (!is_parked(smi))
		transfer_unstopped(smi);
	if (err)
		give_back(smi, msg, err, NULL);
	return (KCS_COMPAT_SENT)0;
}

/**
 * kcs_sender_poll() - get the message on its way done, where nothing else will
 * @send_info: the &struct kcs_smi
 *
 * Where nothing else runs any more no lock is taken: whoever has it is stopped.
 * Otherwise what is on its way needs no help. Each message is returned, so that who
 * polls until it is does not poll for ever.
 *
 * Context: any.
 */
void kcs_sender_poll(void *send_info)
{
	struct kcs_smi *smi = send_info;
	struct ipmi_smi_msg *msg = READ_ONCE(smi->msg);
	struct kcs_msg reply;

	if (msg && kcs_sender_is_polled(smi))
		give_back(smi, msg, transfer_polled(smi, msg, &reply), &reply);
}

/**
 * kcs_sender_set_run_to_completion() - do nothing any more but in kcs_sender_poll()
 * @send_info: the &struct kcs_smi
 * @on: there is a panic
 *
 * Context: any.
 */
void kcs_sender_set_run_to_completion(void *send_info, bool on)
{
	struct kcs_smi *smi = send_info;

	WRITE_ONCE(smi->polled, on);
	kcs_sender_poll(smi);
}

/**
 * kcs_sender_set_maintenance_mode() - be patient with a BMC that gets new firmware
 * @send_info: the &struct kcs_smi
 * @on: it does
 *
 * Context: any.
 */
void kcs_sender_set_maintenance_mode(void *send_info, bool on)
{
	struct kcs_smi *smi = send_info;

	WRITE_ONCE(smi->maintenance, on);
}

/**
 * kcs_sender_close() - give the message on its way back, and take no other
 * @smi: the interface; see kcs_sender_drain()
 *
 * Context: any.
 */
void kcs_sender_close(struct kcs_smi *smi)
{
	struct kcs_request *request;
	unsigned long flags;

	spin_lock_irqsave(&smi->lock, flags);
	smi->leaving = true;
	request = carry(smi, NULL, NULL);
	spin_unlock_irqrestore(&smi->lock, flags);
	if (!request)
		return;
	kcs_request_end(request, -ENODEV);
	kcs_request_put(request);
}

/**
 * kcs_sender_drain() - wait for the end of what was handed in
 * @smi: the interface
 *
 * Context: may sleep, as long as a request may take.
 */
void kcs_sender_drain(struct kcs_smi *smi)
{
	wait_var_event(&smi->riding, !atomic_read_acquire(&smi->riding));
}
