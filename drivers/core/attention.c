// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMS_ATN: the BMC calls for attention (IPMI 2.0 rev 1.1, 9.6, 22.4 ff.). In a round
 * the message flags are read and what they name is fetched, by requests of the
 * background class: all others go first. Above submission, below the engine.
 *
 * A round that fetched something may be followed by another at once; a BMC that
 * holds SMS_ATN up for nothing gets four rounds a second, and one that always has
 * one more event a pause after each twenty rounds.
 */
#include "host.h"
#include "request.h"

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/wait_bit.h>

#define FLAG_MESSAGE		0x01
#define FLAG_EVENT		0x02
#define FLAG_PRETIMEOUT		0x08
#define FLAGS_OEM		0xe0

#define MS_US			1000ull

/* Between two rounds, unless the first one fetched all there was. */
#define ROUND_PAUSE_US		(250 * MS_US)

/* Between two looks at Status; the second is for a reply that is waited for. */
#define LOOK_US			(250 * MS_US)
#define LOOK_REPLY_US		(10 * MS_US)

/* With a proven interrupt they only make up for one that was lost. */
#define LOOK_IRQ_US		(1000 * MS_US)
#define LOOK_IRQ_REPLY_US	(100 * MS_US)

/*
 * A program that asks for events does so once a second. A BMC that neither shows
 * SMS_ATN nor interrupts for them is asked for its flags as often.
 */
#define ASKED_US		(2500 * MS_US)
#define FLAGS_US		(1000 * MS_US)

/* Messages, and events, fetched in a round. */
#define FETCH_MAX		10

/* Productive rounds without a pause. */
#define STREAK_MAX		20

/* -- Calling the listener. ------------------------------------------------ */

static struct kcs_listener *listener_get(struct kcs_host *host)
{
	struct kcs_listener *listener;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	listener = host->attention.listener;
	if (listener)
		host->attention.calls++;
	spin_unlock_irqrestore(&host->lock, flags);
	return listener;
}

static void listener_put(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->attention.calls--;
	spin_unlock_irqrestore(&host->lock, flags);
	wake_up_var(&host->attention.calls);
}

/* -- A round. ------------------------------------------------------------- */

static void round_end(struct kcs_host *host)
{
	struct kcs_attention *attention = &host->attention;
	u64 now_us = kcs_host_now_us(host);
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	attention->is_busy = false;
	attention->round_us = now_us;
	attention->next_round_us = now_us;
	if (!attention->productive || ++attention->streak >= STREAK_MAX) {
		attention->next_round_us += ROUND_PAUSE_US;
		attention->streak = 0;
	}
	kcs_host_count(host, KCS_COUNT_ROUNDS);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}

static void round_ask(struct kcs_host *host, u8 cmd, const u8 *byte,
		      kcs_request_done done)
{
	struct kcs_request *request = kcs_submit_own(host, cmd, byte, done);

	if (request)
		kcs_submit_send(host, request);
	else
		round_end(host);
}

static void on_fetched(struct kcs_request *request, void *context);
static void on_cleared(struct kcs_request *request, void *context);

static void round_clear(struct kcs_host *host, u8 flags)
{
	host->attention.flags &= ~flags;
	round_ask(host, IPMI_CLEAR_MSG_FLAGS_CMD, &flags, on_cleared);
}

static void round_tell_flags(struct kcs_host *host, u8 flags)
{
	struct kcs_listener *listener = listener_get(host);

	if (!listener)
		return;
	if (flags & FLAG_PRETIMEOUT)
		listener->pretimeout(listener);
	else
		listener->oem(listener, flags);
	listener_put(host);
}

/* The next thing that the flags name. */
static void round_go_on(struct kcs_host *host)
{
	u8 flags = host->attention.flags;

	if (flags & FLAG_PRETIMEOUT) {
		round_tell_flags(host, FLAG_PRETIMEOUT);
		round_clear(host, FLAG_PRETIMEOUT);
	} else if (flags & FLAG_MESSAGE) {
		round_ask(host, IPMI_GET_MSG_CMD, NULL, on_fetched);
	} else if (flags & FLAG_EVENT) {
		round_ask(host, IPMI_READ_EVENT_MSG_BUFFER_CMD, NULL, on_fetched);
	} else if (flags & FLAGS_OEM) {
		round_tell_flags(host, flags & FLAGS_OEM);
		round_clear(host, flags & FLAGS_OEM);
	} else {
		round_end(host);
	}
}

static void on_cleared(struct kcs_request *request, void *context)
{
	if (kcs_request_err(request))
		round_end(context);
	else
		round_go_on(context);
}

static void round_deliver(struct kcs_host *host, bool is_message,
			  const struct kcs_msg *reply)
{
	struct kcs_listener *listener = listener_get(host);

	if (!listener)
		return;
	if (is_message)
		listener->message(listener, reply);
	else
		listener->event(listener, reply);
	listener_put(host);
}

/* More of them may be there; any completion code but 00h says: none. */
static void on_fetched(struct kcs_request *request, void *context)
{
	struct kcs_host *host = context;
	struct kcs_attention *attention = &host->attention;
	const struct kcs_msg *reply = kcs_request_reply(request);
	bool is_message = request->msg.bytes[1] == IPMI_GET_MSG_CMD;
	bool more = false;

	if (kcs_request_err(request)) {
		round_end(host);
		return;
	}
	if (kcs_msg_cc(reply) == IPMI_CC_NO_ERROR) {
		round_deliver(host, is_message, reply);
		more = ++attention->fetched < FETCH_MAX;
		attention->productive = more;
	}
	if (!more) {
		attention->flags &= ~(is_message ? FLAG_MESSAGE : FLAG_EVENT);
		attention->fetched = 0;
	}
	round_go_on(host);
}

static void on_flags(struct kcs_request *request, void *context)
{
	struct kcs_host *host = context;
	struct kcs_attention *attention = &host->attention;
	const struct kcs_msg *reply = kcs_request_reply(request);

	attention->productive = false;
	attention->fetched = 0;
	if (kcs_request_err(request) || kcs_msg_cc(reply) != IPMI_CC_NO_ERROR ||
	    reply->len <= KCS_MSG_REPLY_MIN) {
		round_end(host);
		return;
	}
	attention->flags = reply->bytes[KCS_MSG_REPLY_MIN];
	round_go_on(host);
}

/* -- When. ---------------------------------------------------------------- */

/* FFh is what both registers read where nothing responds. */
static bool is_call(u8 status)
{
	return status != KCS_FLOATING && status & KCS_STATUS_SMS_ATN;
}

/* IPMI 1.0 does not show SMS_ATN for all of it: a byte in IDLE is a call, too. */
static bool is_idle_byte(u8 status)
{
	return status & KCS_STATUS_OBF && !(status & KCS_STATUS_IBF) &&
	       kcs_status_state(status) == KCS_STATE_IDLE;
}

static bool is_asked(const struct kcs_attention *attention, u64 now_us)
{
	return attention->asked_us && now_us < attention->asked_us + ASKED_US;
}

static u64 look_us(const struct kcs_host *host, u64 now_us)
{
	const struct kcs_attention *attention = &host->attention;
	bool irq = kcs_host_expects_irq(host);

	if (attention->interest == KCS_INTEREST_REPLY)
		return irq ? LOOK_IRQ_REPLY_US : LOOK_REPLY_US;
	if (attention->interest == KCS_INTEREST_EVENTS || is_asked(attention, now_us))
		return irq ? LOOK_IRQ_US : LOOK_US;
	return U64_MAX;
}

/* By what was seen before now. */
static bool is_round_wanted(const struct kcs_host *host)
{
	return host->attention.is_called || host->attention.is_owed ||
	       READ_ONCE(host->irq.attention);
}

/**
 * kcs_attention_due_us() - return when attention is to be paid next
 * @host: the interface
 * @now_us: the time
 *
 * Context: kcs_host.lock held.
 * Return: the time; %U64_MAX for not at all.
 */
u64 kcs_attention_due_us(const struct kcs_host *host, u64 now_us)
{
	const struct kcs_attention *attention = &host->attention;
	u64 interval_us;

	lockdep_assert_held(&host->lock);
	if (!attention->listener || attention->is_busy ||
	    !kcs_host_may_transfer(host))
		return U64_MAX;
	if (is_round_wanted(host))
		return attention->next_round_us;
	interval_us = look_us(host, now_us);
	if (interval_us != U64_MAX)
		return attention->looked_us + interval_us;
	return attention->listens ? 0 : U64_MAX;	/* to stop that */
}

/**
 * kcs_attention_look() - see whether Status calls for attention
 * @host: the interface
 * @status: Status, after a message
 *
 * Context: kcs_host.registers held.
 */
void kcs_attention_look(struct kcs_host *host, u8 status)
{
	struct kcs_attention *attention = &host->attention;
	unsigned long flags;

	if (!is_call(status) && !READ_ONCE(attention->is_called) &&
	    !READ_ONCE(attention->streak))
		return;
	spin_lock_irqsave(&host->lock, flags);
	attention->is_called = is_call(status);
	if (!attention->is_called)
		attention->streak = 0;
	spin_unlock_irqrestore(&host->lock, flags);
	if (is_call(status))
		kcs_wake_up(&host->work);
}

static bool attention_listens_no_more(const struct kcs_attention *attention,
				      u64 now_us)
{
	return attention->interest == KCS_INTEREST_NONE &&
	       !is_asked(attention, now_us);
}

/* Look at Status; true when a round is to begin. */
static bool attention_check(struct kcs_host *host, u64 now_us)
{
	struct kcs_attention *attention = &host->attention;
	u8 status = 0;

	lockdep_assert_held(&host->lock);
	if (!is_round_wanted(host)) {
		attention->looked_us = now_us;
		status = kcs_exchange_look(host);
	}
	if (!is_round_wanted(host) && !is_call(status) && !is_idle_byte(status) &&
	    !(is_asked(attention, now_us) &&
	      now_us >= attention->round_us + FLAGS_US))
		return false;
	if (now_us < attention->next_round_us) {
		attention->is_owed = true;
		return false;
	}
	attention->is_busy = true;
	attention->is_called = false;
	attention->is_owed = false;
	WRITE_ONCE(host->irq.attention, false);
	return true;
}

/**
 * kcs_attention_step() - pay attention, if it is time
 * @host: the interface, see kcs_attention_due_us()
 * @now_us: the time
 *
 * Context: the engine, kcs_host.registers held.
 */
void kcs_attention_step(struct kcs_host *host, u64 now_us)
{
	unsigned long flags;
	bool begin;

	spin_lock_irqsave(&host->lock, flags);
	if (attention_listens_no_more(&host->attention, now_us))
		WRITE_ONCE(host->attention.listens, false);
	begin = attention_check(host, now_us);
	spin_unlock_irqrestore(&host->lock, flags);
	if (begin)
		round_ask(host, IPMI_GET_MSG_FLAGS_CMD, NULL, on_flags);
}

/**
 * kcs_attention_is_armed() - test whether an interrupt may call for attention
 * @host: the interface
 *
 * Not while a call is being answered: the line of one stays up until it was.
 *
 * Context: kcs_host.registers held.
 * Return: true when the interrupt is wanted between two messages.
 */
bool kcs_attention_is_armed(const struct kcs_host *host)
{
	const struct kcs_attention *attention = &host->attention;

	return READ_ONCE(attention->listens) && !READ_ONCE(attention->is_busy) &&
	       !READ_ONCE(attention->is_called) && !READ_ONCE(attention->is_owed) &&
	       !READ_ONCE(host->irq.attention);
}
