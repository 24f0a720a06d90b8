// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BMC's global enables (IPMI 2.0 rev 1.1, 22.1 and 22.2), one word: whether it
 * keeps events for us, and whether it may interrupt. Read, changed in the bits that
 * are ours, written whole, and put back as they were found. The self-test of the
 * interrupt belongs to it: an interrupt is used once it came when it should.
 *
 * A BMC that restarts forgets the word and says nothing. So it is read again after
 * a failure, beside a request after a while without one, every few seconds while a
 * program asks for events, and when an interrupt is missing.
 */
#include "host.h"
#include "request.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#define OURS	(IPMI_BMC_RCV_MSG_INTR | IPMI_BMC_EVT_MSG_INTR | IPMI_BMC_EVT_MSG_BUFF)

#define SECOND_US	1000000ull

/* After a failure, until they are asked for again. */
#define AGAIN_US	SECOND_US

/* What was read is trusted so long while messages go by, or events are wanted. */
#define STALE_US	(4 * SECOND_US)

/* Messages in a row whose interrupt did not come. */
#define MISSED_MAX	3

/* Self-tests, a second apart: a busy CPU may be late for a whole message. */
#define TESTS_MAX	3

/* Interrupts for nothing in a self-test, which looks at Status less often. */
#define TEST_USELESS_MAX	500

/* Reads in a row that found them lost. */
#define LOSSES_MAX	3

/* Restoring them must not delay a shutdown or rmmod for longer. */
#define RESTORE_US	(SECOND_US / 2)

static bool irq_is_wanted(const struct kcs_host *host)
{
	return host->irq.number && !host->enables.irq_given_up;
}

static bool is_wanted(const struct kcs_host *host)
{
	return irq_is_wanted(host) || host->attention.listener;
}

/* The word that the BMC is to have: the bits of others as they are. */
static u8 wanted_word(const struct kcs_host *host, u8 word)
{
	const struct kcs_enables *enables = &host->enables;

	word = (word & ~OURS) | (enables->original & OURS);
	if (irq_is_wanted(host))
		word |= IPMI_BMC_RCV_MSG_INTR;
	if (host->attention.listener)
		word |= IPMI_BMC_EVT_MSG_BUFF;
	if (host->attention.listener && irq_is_wanted(host))
		word |= IPMI_BMC_EVT_MSG_INTR;
	return word;
}

/* The BMC may still have bits that were set for a purpose that is gone. */
static bool is_changed(const struct kcs_enables *enables)
{
	return enables->has_original && (enables->word ^ enables->original) & OURS;
}

static bool is_stale(const struct kcs_host *host, u64 now_us)
{
	const struct kcs_enables *enables = &host->enables;

	return enables->is_stale ||
	       now_us < host->attention.asked_us + STALE_US;
}

/**
 * kcs_enables_due_us() - return when the global enables are to be seen to
 * @host: the interface
 *
 * Context: kcs_host.lock held.
 * Return: the time; %U64_MAX for not at all.
 */
u64 kcs_enables_due_us(struct kcs_host *host)
{
	struct kcs_enables *enables = &host->enables;

	lockdep_assert_held(&host->lock);
	if (enables->is_busy || enables->is_refused ||
	    !kcs_host_may_transfer(host))
		return U64_MAX;
	if (!enables->is_known)
		return is_wanted(host) || is_changed(enables) ? enables->next_us :
								U64_MAX;
	if (wanted_word(host, enables->word) != enables->word ||
	    (irq_is_wanted(host) && !enables->irq_tested))
		return enables->next_us;
	if (is_wanted(host) && !READ_ONCE(enables->is_slow) &&
	    is_stale(host, kcs_host_now_us(host)))
		return max(enables->checked_us + STALE_US, enables->next_us);
	return U64_MAX;
}

/**
 * kcs_enables_doubt() - the BMC may have lost its global enables
 * @host: the interface
 *
 * Context: kcs_host.lock held.
 */
void kcs_enables_doubt(struct kcs_host *host)
{
	lockdep_assert_held(&host->lock);
	host->enables.is_known = false;
}

/* -- The interrupt. ------------------------------------------------------- */

static void drop_irq(struct kcs_host *host, const char *why)
{
	unsigned long flags;

	lockdep_assert_held(&host->registers);
	if (host->enables.irq_given_up)
		return;
	dev_info(host->dev.parent, "IRQ %d: %s, falling back to polling\n",
		 host->irq.number, why);
	kcs_irq_free(&host->irq);
	spin_lock_irqsave(&host->lock, flags);
	host->enables.irq_given_up = true;
	spin_unlock_irqrestore(&host->lock, flags);
}

static void give_up_irq(struct kcs_host *host, const char *why)
{
	rt_mutex_lock(&host->registers);
	drop_irq(host, why);
	rt_mutex_unlock(&host->registers);
}

static void request_irq_once(struct kcs_host *host)
{
	int err;

	if (!irq_is_wanted(host) || host->irq.is_on)
		return;
	err = kcs_irq_request(&host->irq, dev_name(&host->dev));
	if (err)
		drop_irq(host, err == -EBUSY ? "used by another device" :
					       "not available");
}

/**
 * kcs_enables_check_irq() - see whether the interrupt is still worth having
 * @host: the interface
 *
 * Context: the engine, kcs_host.registers held; may sleep.
 */
void kcs_enables_check_irq(struct kcs_host *host)
{
	struct kcs_transport *transport = host->transport;
	unsigned long flags;

	lockdep_assert_held(&host->registers);
	if (!host->irq.is_on)
		return;
	if (READ_ONCE(host->irq.storm))
		drop_irq(host, "spurious interrupt storm");
	if (READ_ONCE(host->irq.calls) != host->irq_calls)
		host->irq_missed = 0;	/* late is not lost */
	host->irq_calls = READ_ONCE(host->irq.calls);
	if (!transport->missed)
		return;
	transport->missed = 0;
	if (++host->irq_missed == MISSED_MAX)
		drop_irq(host, "interrupts are lost");
	spin_lock_irqsave(&host->lock, flags);
	kcs_enables_doubt(host);
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}

/* -- Reading, writing, testing. ------------------------------------------- */

static void enables_finish(struct kcs_host *host, bool is_known)
{
	struct kcs_enables *enables = &host->enables;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	enables->is_busy = false;
	enables->is_known = is_known;
	enables->next_us = kcs_host_now_us(host);
	if (!is_known || (irq_is_wanted(host) && !enables->irq_tested))
		enables->next_us += AGAIN_US;
	spin_unlock_irqrestore(&host->lock, flags);
	kcs_wake_up(&host->work);
}

/* Do without them. */
static void refuse(struct kcs_host *host)
{
	unsigned long flags;

	if (irq_is_wanted(host))
		give_up_irq(host, "cannot be enabled in the BMC");
	spin_lock_irqsave(&host->lock, flags);
	host->enables.is_refused = true;
	spin_unlock_irqrestore(&host->lock, flags);
	enables_finish(host, false);
}

/* A completion code that says "not now" is no refusal. */
static void judge_code(struct kcs_host *host, struct kcs_request *request)
{
	u8 cc = kcs_msg_cc(kcs_request_reply(request));
	bool later = cc == IPMI_NODE_BUSY_ERR || cc == IPMI_TIMEOUT_ERR ||
		     cc == IPMI_DEVICE_IN_FW_UPDATE_ERR ||
		     cc == IPMI_DEVICE_IN_INIT_ERR;

	if (later)
		enables_finish(host, false);
	else
		refuse(host);
}

/* The reply if the BMC did as it was told; otherwise what follows is done. */
static const struct kcs_msg *take_reply(struct kcs_host *host,
					struct kcs_request *request, u16 len)
{
	const struct kcs_msg *reply = kcs_request_reply(request);

	if (kcs_request_err(request)) {
		enables_finish(host, false);
		return NULL;
	}
	if (kcs_msg_cc(reply) != IPMI_CC_NO_ERROR || reply->len < len) {
		judge_code(host, request);
		return NULL;
	}
	return reply;
}

static void ask(struct kcs_host *host, u8 cmd, const u8 *byte, bool tests_irq,
		kcs_request_done done)
{
	struct kcs_request *request = kcs_submit_own(host, cmd, byte, done);

	if (!request) {
		enables_finish(host, false);
		return;
	}
	request->tests_irq = tests_irq;
	kcs_submit_send(host, request);
}

static void on_tested(struct kcs_request *request, void *context)
{
	struct kcs_host *host = context;
	unsigned long flags;

	if (kcs_request_err(request)) {
		enables_finish(host, false);
		return;
	}
	if (READ_ONCE(host->irq.storm) ||
	    READ_ONCE(host->irq.useless) >= TEST_USELESS_MAX) {
		give_up_irq(host, "spurious interrupt storm");
	} else if (READ_ONCE(host->irq.bytes) == host->enables.irq_bytes) {
		if (++host->enables.irq_tests == TESTS_MAX)
			give_up_irq(host, "does not come in a self-test");
	} else {
		dev_info(host->dev.parent, "IRQ %d works\n", host->irq.number);
		WRITE_ONCE(host->irq.is_trusted, true);
		spin_lock_irqsave(&host->lock, flags);
		host->enables.irq_tested = true;
		spin_unlock_irqrestore(&host->lock, flags);
	}
	enables_finish(host, true);
}

/* Each byte of the reply is to bring an interrupt. */
static void test_irq(struct kcs_host *host)
{
	host->enables.irq_bytes = READ_ONCE(host->irq.bytes);
	ask(host, IPMI_GET_DEVICE_ID_CMD, NULL, true, on_tested);
}

static void settle(struct kcs_host *host)
{
	if (irq_is_wanted(host) && !host->enables.irq_tested)
		test_irq(host);
	else
		enables_finish(host, true);
}

static void on_written(struct kcs_request *request, void *context)
{
	struct kcs_host *host = context;
	unsigned long flags;

	if (!take_reply(host, request, KCS_MSG_REPLY_MIN))
		return;
	spin_lock_irqsave(&host->lock, flags);
	if (!host->stop && !host->paused)	/* they were restored since */
		host->enables.word = request->msg.bytes[KCS_MSG_REQUEST_MIN];
	spin_unlock_irqrestore(&host->lock, flags);
	settle(host);
}

/* One that loses them each time does not keep them: it is left alone. */
static bool is_lost_for_good(struct kcs_host *host, u8 word)
{
	struct kcs_enables *enables = &host->enables;

	if (!enables->has_original ||
	    !((word ^ enables->word) & enables->word & OURS)) {
		enables->losses = 0;
		return false;
	}
	atomic_inc(&host->restarts);
	if (++enables->losses < LOSSES_MAX)
		dev_notice(host->dev.parent,
			   "BMC lost its global enables, it restarted unnoticed: %02xh instead of %02xh; restoring them\n",
			   word, enables->word);
	else
		dev_notice(host->dev.parent,
			   "BMC does not keep its global enables; leaving them alone\n");
	return enables->losses >= LOSSES_MAX;
}

static void on_read(struct kcs_request *request, void *context)
{
	struct kcs_host *host = context;
	struct kcs_enables *enables = &host->enables;
	const struct kcs_msg *reply = take_reply(host, request,
						 KCS_MSG_REPLY_MIN + 1);
	unsigned long flags;
	u8 word, wanted;

	if (!reply)
		return;
	word = reply->bytes[KCS_MSG_REPLY_MIN];
	if (is_lost_for_good(host, word)) {
		refuse(host);
		return;
	}
	spin_lock_irqsave(&host->lock, flags);
	if (!enables->has_original)
		enables->original = word;
	enables->has_original = true;
	enables->word = word;
	enables->is_stale = false;
	enables->checked_us = kcs_host_now_us(host);
	wanted = wanted_word(host, word);
	spin_unlock_irqrestore(&host->lock, flags);
	if (wanted == word)
		settle(host);
	else
		ask(host, IPMI_SET_BMC_GLOBAL_ENABLES_CMD, &wanted, false, on_written);
}

/**
 * kcs_enables_start() - see to the global enables
 * @host: the interface, see kcs_enables_due_us()
 *
 * Context: the engine, kcs_host.registers held.
 */
void kcs_enables_start(struct kcs_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->enables.is_busy = true;
	spin_unlock_irqrestore(&host->lock, flags);
	request_irq_once(host);
	ask(host, IPMI_GET_BMC_GLOBAL_ENABLES_CMD, NULL, false, on_read);
}

/**
 * kcs_enables_note_message() - a request went by
 * @host: the interface
 * @took_us: how long it was in flight
 *
 * If the last one was long ago the BMC may have restarted meanwhile. One that is
 * slow, in an update of its firmware for instance, is left alone.
 *
 * Context: kcs_host.registers held.
 */
void kcs_enables_note_message(struct kcs_host *host, u64 took_us)
{
	struct kcs_enables *enables = &host->enables;

	WRITE_ONCE(enables->is_slow, took_us > SECOND_US);
	if (host->irq.is_on && (host->transport->missed || READ_ONCE(host->irq.storm)))
		kcs_wake_up(&host->work);	/* see kcs_enables_check_irq() */
	if (READ_ONCE(enables->is_stale) || !READ_ONCE(enables->is_known) ||
	    READ_ONCE(enables->is_busy) || !(READ_ONCE(enables->word) & OURS))
		return;
	WRITE_ONCE(enables->is_stale, true);
	kcs_wake_up(&host->work);
}

/* The reply to a write may have been lost, or is not looked at yet. */
static bool may_be_changed(const struct kcs_enables *enables)
{
	return is_changed(enables) ||
	       (enables->has_original && !enables->is_refused &&
		(enables->is_busy || !enables->is_known));
}

/**
 * kcs_enables_restore() - put the global enables back as they were found
 * @host: the interface, out of service
 *
 * Leaves the BMC between two messages.
 *
 * Context: kcs_host.registers held; may sleep, for a second at most.
 */
void kcs_enables_restore(struct kcs_host *host)
{
	struct kcs_enables *enables = &host->enables;
	unsigned long flags;
	bool changed;
	u8 word;

	lockdep_assert_held(&host->registers);
	spin_lock_irqsave(&host->lock, flags);
	word = (enables->word & ~OURS) | (enables->original & OURS);
	changed = may_be_changed(enables);
	spin_unlock_irqrestore(&host->lock, flags);
	if (host->health.state == KCS_HEALTH_UNKNOWN || host->health.refuses ||
	    !(changed || host->transport->dirty))
		return;
	if (changed)
		kcs_msg_app(&host->last, IPMI_SET_BMC_GLOBAL_ENABLES_CMD, &word);
	else
		kcs_msg_app(&host->last, IPMI_GET_DEVICE_ID_CMD, NULL);
	/* Some BMCs drop the first reply after an error exit. */
	if (!kcs_exchange(host, kcs_host_now_us(host) + RESTORE_US, KCS_DRIVER_LAST) ||
	    !kcs_exchange(host, kcs_host_now_us(host) + RESTORE_US, KCS_DRIVER_LAST))
		enables->word = word;
	enables->is_known = false;
}
