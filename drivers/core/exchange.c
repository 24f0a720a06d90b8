// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message over the transport, by a deadline: the place where time is spent.
 * Above the transport, below recovery and engine; kcs_host.registers is held.
 */
#include "host.h"
#include "request.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

/* A submitter that may not sleep polls no longer than this in all. */
#define PASSER_US	100

/*
 * In a sleep it is seen so often whether a submitter must leave, and whether a
 * request that was queued meanwhile has reached its deadline.
 */
#define SLICE_US	100000ull

/**
 * kcs_exchange_begin() - begin a message
 * @host: the interface
 * @request: what to send; outlives the message
 * @reply: where the reply goes; outlives the message
 *
 * Context: kcs_host.registers held.
 */
void kcs_exchange_begin(struct kcs_host *host, const struct kcs_msg *request,
			struct kcs_msg *reply)
{
	struct kcs_transport *transport = host->transport;

	lockdep_assert_held(&host->registers);
	kcs_irq_begin_message(&host->irq);
	transport->ops->begin(transport, request, reply);
}

/**
 * kcs_exchange_end_us() - return until when the message in flight may take
 * @host: the interface, with a request in flight
 *
 * Its deadline; but a BMC gets its time, the usual one at most, however long the
 * request was queued.
 *
 * Context: kcs_host.registers held.
 * Return: the time, by the clock of the interface.
 */
u64 kcs_exchange_end_us(const struct kcs_host *host)
{
	const struct kcs_request *request = host->active;
	u32 least_ms = min_t(u32, request->timeout_ms, KCS_HOST_TIMEOUT_MS);
	u64 least_us = host->sent_us + (u64)least_ms * USEC_PER_MSEC;

	/* One that was hardly queued ends as if it had not been. */
	if (least_us < request->deadline_us + SLICE_US)
		return request->deadline_us;
	return least_us;
}

/* Why the message cannot go on, or 0. */
static int exchange_check(struct kcs_host *host, u64 now_us, u64 deadline_us,
			  enum kcs_driver driver)
{
	bool last = driver == KCS_DRIVER_LAST;

	if (READ_ONCE(host->stop) && !last)
		return -ENODEV;
	if (READ_ONCE(host->paused) && !last &&
	    now_us >= READ_ONCE(host->pause_end_us))
		return -ECANCELED;
	return now_us >= deadline_us ? -ETIMEDOUT : 0;
}

/* A submitter leaves when it is killed, or its request was cancelled. */
static bool sleeper_must_leave(const struct kcs_host *host)
{
	return fatal_signal_pending(current) ||
	       (host->active && kcs_request_ended(host->active));
}

static bool exchange_must_leave(const struct kcs_host *host,
				enum kcs_driver driver, u32 us, u64 spent_us)
{
	switch (driver) {
	case KCS_DRIVER_SLEEPER:
		return sleeper_must_leave(host);
	case KCS_DRIVER_PASSER:
		return us || spent_us >= PASSER_US;
	default:
		return false;
	}
}

/* Until when to sleep: not past the deadline of the message. */
static u64 sleep_end_us(const struct kcs_host *host, u32 us, u64 now_us,
			u64 deadline_us, enum kcs_driver driver)
{
	u64 end_us = min(now_us + us, deadline_us);

	if (READ_ONCE(host->paused) && driver != KCS_DRIVER_LAST)
		end_us = min(end_us, max(READ_ONCE(host->pause_end_us), now_us + 1));
	return end_us;
}

/* The deadline of a request that waited long comes before the end of its message. */
static bool is_outlasted(const struct kcs_host *host)
{
	return host->active && !kcs_request_ended(host->active) &&
	       kcs_exchange_end_us(host) > host->active->deadline_us;
}

/*
 * End the requests whose deadline has come, queued or on the wire. The BMC is not
 * to blame for time spent in the queue: its message goes on, and nobody waits.
 */
static void exchange_expire(struct kcs_host *host, u64 now_us)
{
	kcs_submit_expire(host, now_us);
	if (is_outlasted(host) && now_us >= host->active->deadline_us)
		kcs_request_end(host->active, -ETIMEDOUT);
}

/* The earliest deadline of those who wait. */
static u64 expiry_us(const struct kcs_host *host)
{
	u64 queued_us = READ_ONCE(host->queue.expiry_us);

	return is_outlasted(host) ? min(queued_us, host->active->deadline_us) : queued_us;
}

/* How long to sleep at once: not past the deadline of a request that waits. */
static u32 slice_us(const struct kcs_host *host, u64 end_us, u64 now_us)
{
	u64 slice_end_us = host->transport->is_idle ? end_us : now_us + SLICE_US;

	return min3(end_us, max(expiry_us(host), now_us + 1), slice_end_us) - now_us;
}

/* To the transport it is one sleep. */
static void exchange_sleep(struct kcs_host *host, u64 end_us, u64 now_us,
			   enum kcs_driver driver)
{
	if (host->active)
		host->active->sleeps++;
	kcs_irq_unmask(&host->irq);
	exchange_expire(host, now_us);
	while (now_us < end_us && !READ_ONCE(host->progress.pending)) {
		host->clock->ops->sleep_us(host->clock, &host->progress,
					   slice_us(host, end_us, now_us));
		now_us = kcs_host_now_us(host);
		exchange_expire(host, now_us);
		if (driver == KCS_DRIVER_SLEEPER && sleeper_must_leave(host))
			break;
	}
	kcs_irq_mask(&host->irq);
}

static void exchange_relax(struct kcs_host *host, enum kcs_driver driver)
{
	if (host->active)
		host->active->polls++;
	if (driver != KCS_DRIVER_PASSER)
		cond_resched();
	host->clock->ops->relax(host->clock);
}

/*
 * A submitter that may not sleep leaves a message that waits for the BMC to its
 * interrupt or to a timer: the engine is not woken only to sleep. An interrupt that
 * came since the last step did not see @is_left; it is pending then.
 */
static void exchange_leave(struct kcs_host *host, u32 us, u64 now_us,
			   u64 deadline_us)
{
	const struct kcs_clock_ops *ops = host->clock->ops;
	u64 end_us = sleep_end_us(host, us, now_us, deadline_us, KCS_DRIVER_PASSER);

	host->left_end_us = end_us;
	/* Before the look at what is pending; pairs with kcs_irq_handle(). */
	smp_store_mb(host->irq.is_left, true);
	kcs_irq_unmask(&host->irq);
	if (READ_ONCE(host->progress.pending) || !ops->wake_us)
		kcs_wake_up(&host->work);
	else
		ops->wake_us(host->clock, &host->work, slice_us(host, end_us, now_us));
}

/* Whatever woke the engine, to the transport it is still the same sleep. */
static void exchange_resume(struct kcs_host *host, enum kcs_driver driver)
{
	if (!host->irq.is_left)
		return;
	WRITE_ONCE(host->irq.is_left, false);
	kcs_wake_forget(&host->work);
	exchange_sleep(host, host->left_end_us, kcs_host_now_us(host), driver);
}

/**
 * kcs_exchange_run() - go on with a message until it ends
 * @host: the interface, after kcs_exchange_begin()
 * @deadline_us: when to give it up
 * @driver: who calls
 *
 * Context: kcs_host.registers held; may sleep unless @driver says otherwise.
 * Return: 0; %-EINPROGRESS when @driver left, and the engine must call again: it will
 * be woken where kcs_irq.is_left is set;
 * %-ETIMEDOUT at the deadline; %-ECANCELED for a suspend; %-ENODEV when the
 * interface is going; %-EINVAL, %-EIO, %-EBADMSG or %-EMSGSIZE, see &struct kcs_sm.
 */
int kcs_exchange_run(struct kcs_host *host, u64 deadline_us,
		     enum kcs_driver driver)
{
	struct kcs_transport *transport = host->transport;
	bool interrupt = kcs_host_expects_irq(host);
	u64 began_us, now_us;
	int err = 0;
	u32 us;

	exchange_resume(host, driver);
	began_us = kcs_host_now_us(host);
	now_us = began_us;
	for (;;) {
		kcs_wake_clear(&host->progress);
		us = transport->ops->step(transport, now_us, interrupt);
		if (us == KCS_STEP_DONE)
			break;
		err = exchange_check(host, now_us, deadline_us, driver);
		if (err)
			break;
		if (exchange_must_leave(host, driver, us, now_us - began_us)) {
			if (driver == KCS_DRIVER_PASSER && us)
				exchange_leave(host, us, now_us, deadline_us);
			return -EINPROGRESS;
		}
		if (us)
			exchange_sleep(host, sleep_end_us(host, us, now_us,
							  deadline_us, driver),
				       now_us, driver);
		else
			exchange_relax(host, driver);
		now_us = kcs_host_now_us(host);
	}
	if (err)
		transport->ops->abandon(transport);
	kcs_irq_end_message(&host->irq);
	return err ?: transport->result;
}

/**
 * kcs_exchange() - send kcs_host.last and fetch its reply
 * @host: the interface
 * @deadline_us: when to give up
 * @driver: %KCS_DRIVER_ENGINE or %KCS_DRIVER_LAST
 *
 * Context: kcs_host.registers held; may sleep.
 * Return: see kcs_exchange_run(); kept in kcs_host.last_err.
 */
int kcs_exchange(struct kcs_host *host, u64 deadline_us, enum kcs_driver driver)
{
	kcs_exchange_begin(host, &host->last, &host->last_reply);
	host->last_err = kcs_exchange_run(host, deadline_us, driver);
	return host->last_err;
}

/**
 * kcs_exchange_look() - read Status between two messages
 * @host: the interface
 *
 * Context: kcs_host.registers held.
 * Return: Status.
 */
u8 kcs_exchange_look(struct kcs_host *host)
{
	lockdep_assert_held(&host->registers);
	return host->transport->ops->look(host->transport);
}
