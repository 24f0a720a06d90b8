/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One interface, as the files of the core share it.
 *
 * Life of a request: kcs_host_submit() admits it (submit.c) and queues it
 * (queue.c), or, when nothing goes before it and the registers are free, its
 * submitter drives it. The engine (engine.c) takes the next one, and exchange.c
 * steps the transport (protocol/) with sleeps between the steps. What came of it
 * goes to health.c; a request that was not executed backs off and is queued again
 * (retry.c); any other is completed, after the registers are free.
 *
 * Lock order: @registers, then @lock, then kcs_irq.lock. Whoever holds @registers,
 * and nobody else, uses @transport; it is held in process context only, and may be
 * held over a sleep. No lock is held while a completion function, a listener or a
 * notifier is called.
 */
#ifndef KCS_CORE_HOST_H
#define KCS_CORE_HOST_H

#include "attention.h"
#include "clock.h"
#include "enables.h"
#include "health.h"
#include "irq.h"
#include "queue.h"
#include "../protocol/transport.h"

#include <kcs/host.h>
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/ratelimit.h>
#include <linux/rtmutex.h>
#include <linux/spinlock.h>

struct task_struct;

/**
 * enum kcs_counter - what is counted of an interface
 * @KCS_COUNT_REQUESTS: requests submitted
 * @KCS_COUNT_ANSWERED: those that ended with a reply
 * @KCS_COUNT_TIMEOUTS: those that reached their deadline
 * @KCS_COUNT_ERRORS: those that ended otherwise, or were cancelled
 * @KCS_COUNT_REFUSED: those not admitted: full queue, BMC known to be dead
 * @KCS_COUNT_RETRIES: tries beyond the first
 * @KCS_COUNT_PROBES: searches for the BMC
 * @KCS_COUNT_RECOVERIES: searches that put an interface back into step
 * @KCS_COUNT_ROUNDS: rounds of fetching what SMS_ATN stood for
 * @KCS_COUNTERS: how many there are
 */
enum kcs_counter {
	KCS_COUNT_REQUESTS,
	KCS_COUNT_ANSWERED,
	KCS_COUNT_TIMEOUTS,
	KCS_COUNT_ERRORS,
	KCS_COUNT_REFUSED,
	KCS_COUNT_RETRIES,
	KCS_COUNT_PROBES,
	KCS_COUNT_RECOVERIES,
	KCS_COUNT_ROUNDS,
	KCS_COUNTERS,
};

/**
 * enum kcs_news - what is told when no lock is held
 * @KCS_NEWS_HEALTH: kcs_health.state changed
 * @KCS_NEWS_READY: the BMC answers, which it did not before
 */
enum kcs_news {
	KCS_NEWS_HEALTH = 1,
	KCS_NEWS_READY = 2,
};

/**
 * struct kcs_host - the host side of one KCS system interface
 * @dev: of class kcs; its parent is the hardware, whose reference it holds
 * @clock: its time
 * @pair: its registers, as a transport
 * @transport: what carries its messages: @pair, unless it has no registers
 * @firmware_handle: its device in firmware's namespace, NULL for none
 * @irq: the interrupt beside the registers
 * @thread: the engine
 * @work: ends the sleep of @thread
 * @progress: ends the sleep of who waits in mid-message
 * @registers: held by whoever uses @transport; protects what follows, up to @why
 * @active: the request in flight
 * @sent_us: when it was sent
 * @left_end_us: until when it waits for the BMC, while kcs_irq.is_left
 * @irq_missed: messages in a row whose interrupt did not come
 * @irq_calls: kcs_irq.calls as of the last message
 * @quiet_status: Status after the last search that found no BMC
 * @watch_us: when to look at Status again, while there is no BMC
 * @last: the request or question that the log speaks of
 * @last_reply: its reply, if it had one
 * @last_err: how it ended
 * @why: the same in words
 * @lock: protects what follows, up to @news
 * @stop: the interface is being removed; set once
 * @paused: registers must not be touched
 * @pause_end_us: a message in flight is given up then
 * @quiet: paused, and nothing touches the registers any more
 * @health: of the BMC
 * @queue: requests to serve
 * @enables: global enables, and the self-test of the interrupt
 * @attention: what SMS_ATN stands for
 * @news: KCS_NEWS_* that were not told yet
 * @burst_until_us: firmware's next request is waited for until then; written with
 *	@registers held
 * @writes: by NetFn / 2, commands sent that are not known to read only; likewise
 * @restarts: how often the BMC may have restarted
 * @counters: by &enum kcs_counter
 * @log_limit: of lines in the log
 */
struct kcs_host {
	struct device dev;
	struct kcs_clock *clock;
	struct kcs_pair pair;
	struct kcs_transport *transport;
	void *firmware_handle;
	struct kcs_irq irq;
	struct task_struct *thread;
	struct kcs_wake work;
	struct kcs_wake progress;

	struct rt_mutex registers;	/* transport, active, last, why */
	struct kcs_request *active;
	u64 sent_us;
	u64 left_end_us;
	u32 irq_missed;
	u32 irq_calls;
	u8 quiet_status;
	u64 watch_us;
	struct kcs_msg last;
	struct kcs_msg last_reply;
	int last_err;
	char why[200];

	spinlock_t lock;	/* stop, paused, health, queue, enables, attention */
	bool stop;
	bool paused;
	u64 pause_end_us;
	bool quiet;
	struct kcs_health health;
	struct kcs_queue queue;
	struct kcs_enables enables;
	struct kcs_attention attention;
	u32 news;
	u64 burst_until_us;
	u32 writes[KCS_NETFN_MAX / 2 + 1];

	atomic_t restarts;
	atomic64_t counters[KCS_COUNTERS];
	struct ratelimit_state log_limit;
};

/**
 * kcs_host_count() - count what happened
 * @host: the interface
 * @counter: which
 *
 * Context: any.
 */
static inline void kcs_host_count(struct kcs_host *host,
				  enum kcs_counter counter)
{
	atomic64_inc(&host->counters[counter]);
}

/**
 * kcs_host_now_us() - return the time of an interface
 * @host: the interface
 *
 * Context: any.
 * Return: microseconds.
 */
static inline u64 kcs_host_now_us(const struct kcs_host *host)
{
	return host->clock->ops->now_us(host->clock);
}

/**
 * kcs_host_may_transfer() - test whether requests may be sent
 * @host: the interface
 *
 * Context: kcs_host.lock held, or what it says may change at once.
 * Return: true when the BMC is in step and the interface in service.
 */
static inline bool kcs_host_may_transfer(const struct kcs_host *host)
{
	return READ_ONCE(host->health.in_step) && !READ_ONCE(host->paused) &&
	       !READ_ONCE(host->stop);
}

/**
 * kcs_host_expects_irq() - test whether the interrupt may be waited for
 * @host: the interface
 *
 * Not of a BMC that may have restarted: it is to be told to interrupt before.
 *
 * Context: kcs_host.registers held, or what it says may change at once.
 * Return: true when it was proven, and is enabled in the BMC.
 */
static inline bool kcs_host_expects_irq(const struct kcs_host *host)
{
	return READ_ONCE(host->irq.is_on) && READ_ONCE(host->irq.is_trusted) &&
	       READ_ONCE(host->enables.is_known);
}

/* submit.c */
int kcs_submit_admit(struct kcs_host *host, struct kcs_request *request);
void kcs_submit_end(struct kcs_host *host, struct kcs_request *request, int err);
bool kcs_submit_again(struct kcs_host *host, struct kcs_request *request,
		      u64 not_before_us);
void kcs_submit_expire(struct kcs_host *host, u64 now_us);
void kcs_submit_flush(struct kcs_host *host, int err);
struct kcs_request *kcs_submit_own(struct kcs_host *host, u8 cmd,
				   const u8 *byte, kcs_request_done done);
void kcs_submit_send(struct kcs_host *host, struct kcs_request *request);

/**
 * enum kcs_driver - who drives a message, and so what it may do
 * @KCS_DRIVER_ENGINE: the engine: all
 * @KCS_DRIVER_SLEEPER: a submitter that may sleep; it leaves when it is killed
 * @KCS_DRIVER_PASSER: a submitter that may not: it leaves at the first sleep
 * @KCS_DRIVER_LAST: who takes the interface out of service: it is not stopped
 */
enum kcs_driver {
	KCS_DRIVER_ENGINE,
	KCS_DRIVER_SLEEPER,
	KCS_DRIVER_PASSER,
	KCS_DRIVER_LAST,
};

/* exchange.c */
void kcs_exchange_begin(struct kcs_host *host, const struct kcs_msg *request,
			struct kcs_msg *reply);
u64 kcs_exchange_end_us(const struct kcs_host *host);
int kcs_exchange_run(struct kcs_host *host, u64 deadline_us,
		     enum kcs_driver driver);
int kcs_exchange(struct kcs_host *host, u64 deadline_us, enum kcs_driver driver);
u8 kcs_exchange_look(struct kcs_host *host);

/* report.c */
void kcs_report_state(struct kcs_host *host, enum kcs_health_state before);
const char *kcs_report_reason(struct kcs_host *host);
void kcs_report_tell(struct kcs_host *host);
void kcs_report_event(struct kcs_host *host, enum kcs_host_event event);

/* recovery.c */
u64 kcs_recovery_due_us(const struct kcs_host *host);
void kcs_recovery_step(struct kcs_host *host);
void kcs_recovery_judge(struct kcs_host *host, struct kcs_request *request,
			int err);

/* engine.c */
int kcs_engine_thread(void *host);
void kcs_engine_quiesce(struct kcs_host *host, bool for_good);

/* host.c */
int kcs_class_register(void);
void kcs_class_unregister(void);

/* sysfs.c */
extern const struct attribute_group *kcs_sysfs_groups[];

#endif /* KCS_CORE_HOST_H */
