// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMS_ATN: the BMC has something to say (IPMI 2.0 rev 1.1, 9.6, 22.4 ff.). What
 * it is, and how often it is believed.
 *
 * In a round the message flags are read and what they name is fetched, all as
 * requests of the background class: whoever else asks comes first. A BMC that
 * holds SMS_ATN up for nothing gets four rounds a second; one that always has
 * one more event gets a rest after twenty.
 */
#include "host.h"

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/limits.h>

#define FLAG_MESSAGE		0x01
#define FLAG_EVENT		0x02
#define FLAG_PRETIMEOUT		0x08
#define FLAGS_OEM		0xe0

/* Between two rounds, unless the first one fetched all there was. */
#define ROUND_REST_MS		250

/* Between two looks at Status, when nothing else looks; when it is urgent. */
#define WATCH_MS		250
#define WATCH_URGENT_MS		10

/* Messages, and events, fetched in a round. */
#define DRAIN_MAX		10

/* Rounds without a rest. */
#define STREAK_MAX		20

/* -- Asking. -------------------------------------------------------------- */

/* The caller drops the request, whose reply has completion code 00h. */
static struct kcs_request *ask(struct kcs_host *host, u8 cmd, const u8 *byte)
{
	struct kcs_request *request;
	struct kcs_msg msg;

	if (!READ_ONCE(host->listening))
		return NULL;
	kcs_link_question(&msg, cmd, byte);
	request = kcs_request_create(&msg, KCS_CLASS_BACKGROUND,
				     KCS_HOST_TIMEOUT_MS, GFP_KERNEL);
	if (!request)
		return NULL;
	kcs_host_submit(host, request);
	if (!kcs_request_wait(request) &&
	    kcs_msg_cc(kcs_request_reply(request)) == KCS_CC_OK)
		return request;
	kcs_request_put(request);
	return NULL;
}

/* The first byte of the answer, 0 if it has none; -1 without an answer. */
static int ask_byte(struct kcs_host *host, u8 cmd, const u8 *byte)
{
	struct kcs_request *request = ask(host, cmd, byte);
	const struct kcs_msg *reply;
	int answer = 0;

	if (!request)
		return -1;
	reply = kcs_request_reply(request);
	if (reply->len > KCS_MSG_REPLY_MIN)
		answer = reply->bytes[KCS_MSG_REPLY_MIN];
	kcs_request_put(request);
	return answer;
}

static void clear_flags(struct kcs_host *host, u8 flags)
{
	ask_byte(host, KCS_CMD_CLEAR_FLAGS, &flags);
}

/* Fetches one after the other; returns how many there were. */
static u32 drain(struct kcs_host *host, u8 cmd,
		 void (*hear)(struct kcs_listener *listener,
			      const struct kcs_msg *reply))
{
	struct kcs_request *request;
	u32 count;

	for (count = 0; count < DRAIN_MAX; count++) {
		request = ask(host, cmd, NULL);
		if (!request)
			break;
		hear(host->listener, kcs_request_reply(request));
		kcs_request_put(request);
	}
	return count;
}

/*
 * Events reach the event buffer only where the BMC was told so, and it forgets
 * in a reset. One that does not know the command has no event buffer.
 */
static void enable_events(struct kcs_host *host)
{
	int answer = ask_byte(host, KCS_CMD_GET_ENABLES, NULL);
	u8 enables = answer | KCS_ENABLE_EVENTS;

	if (answer < 0)
		return;
	if (READ_ONCE(host->irq_enabled))
		enables |= KCS_ENABLE_INTERRUPT | KCS_ENABLE_EVENT_INTERRUPT;
	ask_byte(host, KCS_CMD_SET_ENABLES, &enables);
}

/* -- Rounds. -------------------------------------------------------------- */

/* True when something was fetched, and nothing was left. */
static bool run_round(struct kcs_host *host)
{
	struct kcs_listener *listener = host->listener;
	int flags = ask_byte(host, KCS_CMD_GET_FLAGS, NULL);
	u32 messages = 0, events = 0;

	if (flags < 0)
		return false;
	if (flags & FLAG_PRETIMEOUT) {
		listener->pretimeout(listener);
		clear_flags(host, FLAG_PRETIMEOUT);
	}
	if (flags & FLAG_MESSAGE)
		messages = drain(host, KCS_CMD_GET_MESSAGE, listener->message);
	if (flags & FLAG_EVENT)
		events = drain(host, KCS_CMD_READ_EVENT, listener->event);
	if (flags & FLAGS_OEM) {
		listener->oem(listener, flags & FLAGS_OEM);
		clear_flags(host, flags & FLAGS_OEM);
	}
	return messages + events && messages < DRAIN_MAX && events < DRAIN_MAX;
}

static void events(struct work_struct *work)
{
	struct kcs_host *host = container_of(work, struct kcs_host, events);
	u64 rest_us = ROUND_REST_MS * USEC_PER_MSEC;
	unsigned long flags;

	if (!READ_ONCE(host->events_enabled)) {
		WRITE_ONCE(host->events_enabled, true);
		enable_events(host);
	}
	if (run_round(host) && ++host->streak < STREAK_MAX)
		rest_us = 0;
	else
		host->streak = 0;
	spin_lock_irqsave(&host->lock, flags);
	host->next_round_us = kcs_host_now_us(host) + rest_us;
	kcs_host_count(host, KCS_COUNT_ROUNDS);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_events_look() - see whether the BMC wants attention
 * @host: the interface; its link has just read Status
 *
 * Context: the owner of the link; does not sleep.
 */
void kcs_events_look(struct kcs_host *host)
{
	unsigned long flags;

	if (!(host->link.status & KCS_STATUS_SMS_ATN) &&
	    READ_ONCE(host->events_enabled))
		return;
	spin_lock_irqsave(&host->lock, flags);
	if (host->listening && host->health.in_step &&
	    kcs_host_now_us(host) >= host->next_round_us) {
		host->next_round_us = U64_MAX;	/* until this one ends */
		queue_work(system_long_wq, &host->events);
	}
	spin_unlock_irqrestore(&host->lock, flags);
}

static void watch(struct work_struct *work)
{
	struct kcs_host *host = container_of(to_delayed_work(work),
					     struct kcs_host, watch);
	unsigned long flags;

	kcs_direct_enter(host);
	if (kcs_host_may_transfer(host)) {
		kcs_link_look(&host->link);
		kcs_events_look(host);
	}
	kcs_direct_leave(host);
	spin_lock_irqsave(&host->lock, flags);
	if (host->listening && !host->paused)
		queue_delayed_work(host->wq, &host->watch,
				   msecs_to_jiffies(READ_ONCE(host->expecting) ?
						    WATCH_URGENT_MS : WATCH_MS));
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * kcs_events_hurry() - look at Status now
 * @host: the interface
 *
 * Context: any; until the interface's workqueue goes.
 */
void kcs_events_hurry(struct kcs_host *host)
{
	mod_delayed_work(host->wq, &host->watch, 0);
}

/**
 * kcs_host_expect() - somebody waits for what the BMC is going to say, or no more
 * @host: the interface
 * @expecting: somebody does
 *
 * The answer of a controller behind the BMC, say. While somebody waits, Status is
 * looked at for SMS_ATN a hundred times a second, else four times. An interrupt,
 * where there is one, is faster than both.
 *
 * Context: any; between kcs_host_listen() and kcs_host_unlisten().
 */
void kcs_host_expect(struct kcs_host *host, bool expecting)
{
	WRITE_ONCE(host->expecting, expecting);
	kcs_events_hurry(host);
}
EXPORT_SYMBOL_GPL(kcs_host_expect);

/* -- Listening. ----------------------------------------------------------- */

/**
 * kcs_host_listen() - hear what the BMC has to say
 * @host: the interface
 * @listener: who hears it, until kcs_host_unlisten()
 *
 * Without a listener nothing is fetched: what nobody wants stays in the BMC.
 *
 * Context: any.
 * Return: 0; %-EBUSY when somebody listens already; %-ENODEV when the interface
 * is gone.
 */
int kcs_host_listen(struct kcs_host *host, struct kcs_listener *listener)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&host->lock, flags);
	if (host->link.stop) {
		err = -ENODEV;
	} else if (host->listener) {
		err = -EBUSY;
	} else {
		host->listener = listener;
		host->events_enabled = false;
		host->listening = true;
		host->next_round_us = 0;
		host->expecting = false;
		queue_delayed_work(host->wq, &host->watch, 0);
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return err;
}
EXPORT_SYMBOL_GPL(kcs_host_listen);

/**
 * kcs_host_unlisten() - hear no more
 * @host: the interface; it may be gone already
 *
 * After return the listener is not called any more.
 *
 * Context: may sleep, as long as a request may take.
 */
void kcs_host_unlisten(struct kcs_host *host)
{
	unsigned long flags;

	kcs_events_stop(host);
	spin_lock_irqsave(&host->lock, flags);
	host->listener = NULL;
	spin_unlock_irqrestore(&host->lock, flags);
}
EXPORT_SYMBOL_GPL(kcs_host_unlisten);

/**
 * kcs_events_stop() - fetch no more; nothing runs after return
 * @host: the interface
 *
 * Context: may sleep, as long as a request may take.
 */
void kcs_events_stop(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->listening = false;
	spin_unlock_irqrestore(&host->lock, flags);
	cancel_delayed_work_sync(&host->watch);
	cancel_work_sync(&host->events);
}

/**
 * kcs_events_init() - nobody listens
 * @host: the interface
 *
 * Context: any.
 */
void kcs_events_init(struct kcs_host *host)
{
	INIT_WORK(&host->events, events);
	kcs_host_work(&host->watch, watch);
}
