/* SPDX-License-Identifier: GPL-2.0-only */
/* One interface, as the rooms of the core share it. */
#ifndef KCS_CORE_HOST_H
#define KCS_CORE_HOST_H

#include "health.h"
#include "irq.h"
#include "link.h"
#include "queue.h"

#include <kcs/host.h>
#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct device;

/**
 * enum kcs_counter - what is counted of an interface
 * @KCS_COUNT_REQUESTS: requests handed in
 * @KCS_COUNT_ANSWERED: those that ended with a reply
 * @KCS_COUNT_TIMEOUTS: those that reached their deadline
 * @KCS_COUNT_ERRORS: those that ended otherwise, or were cancelled
 * @KCS_COUNT_REFUSED: those not taken: full queue, BMC known to be dead
 * @KCS_COUNT_RETRIES: tries beyond the first
 * @KCS_COUNT_PROBES: probes
 * @KCS_COUNT_RECOVERIES: probes that put an interface back into step
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
 * struct kcs_host - one interface
 * @ref: one for its discoverer, one for each user
 * @node: place in the list of interfaces, under its lock
 * @dev: for log lines; valid until kcs_host_remove() returns
 * @link: the way to the BMC; see @owned
 * @owned: bit 0: somebody uses @link: the work that runs on @wq, a request that is
 *	carried at once, or who takes the interface out of service
 * @lock: guards what follows, up to @queue, and the setting of kcs_link.stop but in a panic
 * @paused: the registers are left alone
 * @listening: @listener wants to hear
 * @expecting: somebody waits for what the BMC is going to say; set without the lock
 * @health: of the BMC
 * @next_round_us: no round of fetching before it
 * @listener: hears what the BMC has to say
 * @burst_until_us: others let firmware go first until then; set by the owner of @link
 * @queue: requests to serve
 * @counters: by &enum kcs_counter
 * @wq: ordered; runs @serve, @probe and @watch
 * @serve: takes the next request over the link
 * @probe: looks for the BMC, and gets in step with it
 * @reap: ends requests whose time is up while the link is busy with another
 * @watch: looks at Status for SMS_ATN
 * @events: fetches what it stands for, on a workqueue of the system
 * @calm: ends a storm of interrupts, on a workqueue of the system
 * @streak: rounds without a rest; in @events only
 * @events_enabled: the BMC was told to keep events, or cannot
 * @no_irq: the interrupt was found wanting
 * @irq_works: it was found working
 * @irq_enabled: the BMC was told to raise it
 * @irq_losses: self-tests in a row that the BMC did not answer
 * @irq: the registers and the clock of @link, and its interrupt
 * @carried: a request that was carried at once, but not to its end; the owner's
 * @carried_err: how far: see kcs_link_try()
 * @ill_status: the status byte after a probe that found nobody; in @probe only
 * @last_err: how what the log speaks of ended: the last question of a probe, or the
 *	request that failed last; the owner's, as what follows
 * @last: that question or request
 * @last_reply: its reply, when it had one
 * @why: in words; see kcs_probe_reason()
 * @log_limit: of lines in the log
 *
 * What is used most comes first: its code is shorter.
 */
struct kcs_host {
	struct kref ref;
	struct list_head node;
	struct device *dev;
	struct kcs_link link;
	unsigned long owned;

	spinlock_t lock;	/* what follows, and setting link.stop */
	bool paused;
	bool listening;
	bool expecting;
	struct kcs_health health;
	u64 next_round_us;
	struct kcs_listener *listener;
	u64 burst_until_us;
	struct kcs_queue queue;

	atomic64_t counters[KCS_COUNTERS];
	struct workqueue_struct *wq;
	struct delayed_work serve;
	struct delayed_work probe;
	struct delayed_work reap;
	struct delayed_work watch;
	struct work_struct events;
	struct work_struct calm;
	u32 streak;
	bool events_enabled;
	bool no_irq;
	bool irq_works;
	bool irq_enabled;
	u32 irq_losses;
	struct kcs_irq irq;
	struct kcs_request *carried;
	int carried_err;
	u8 ill_status;
	int last_err;
	struct kcs_msg last;
	struct kcs_msg last_reply;
	char why[200];
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
 * kcs_host_work() - have a function called later, for an interface
 * @delayed: a work of the interface
 * @function: the function
 *
 * For lockdep each of them is another one: they wait for different things.
 *
 * Context: any; before the interface is in service.
 */
#define kcs_host_work(delayed, function) do {				\
	static struct lock_class_key key;				\
	struct delayed_work *it = (delayed);				\
									\
	kcs_host_init_work(it, function);				\
	lockdep_init_map(&it->work.lockdep_map, #delayed, &key, 0);	\
} while (0)

/* host.c */
u64 kcs_host_now_us(const struct kcs_host *host);
bool kcs_host_may_transfer(const struct kcs_host *host);
void kcs_host_init_work(struct delayed_work *work, work_func_t function);
void kcs_host_tell(struct kcs_host *host, enum kcs_host_event event);

/* serve.c */
void kcs_serve_init(struct kcs_host *host);
void kcs_serve_stop(struct kcs_host *host);
void kcs_serve_soon(struct kcs_host *host);
void kcs_serve_flush(struct kcs_host *host, int err);
bool kcs_serve_in_burst(const struct kcs_host *host);
void kcs_serve_mind_burst(struct kcs_host *host,
			  const struct kcs_request *request);
void kcs_serve_conclude(struct kcs_host *host, struct kcs_request *request,
			int err);

/* direct.c */
void kcs_direct_settle(struct kcs_host *host);
bool kcs_direct_take(struct kcs_host *host, const struct kcs_request *request);
void kcs_direct_carry(struct kcs_host *host, struct kcs_request *request);
void kcs_direct_enter(struct kcs_host *host);
void kcs_direct_leave(struct kcs_host *host);

/* probe.c */
void kcs_probe_init(struct kcs_host *host);
void kcs_probe_soon(struct kcs_host *host);
const char *kcs_probe_reason(struct kcs_host *host);
void kcs_probe_report(struct kcs_host *host, enum kcs_health_state before);

/* events.c */
void kcs_events_init(struct kcs_host *host);
void kcs_events_stop(struct kcs_host *host);
void kcs_events_look(struct kcs_host *host);
void kcs_events_hurry(struct kcs_host *host);

/* trust.c */
void kcs_trust_init(struct kcs_host *host);
bool kcs_trust_test(struct kcs_host *host);
void kcs_trust_restore(struct kcs_host *host);
void kcs_trust_end(struct kcs_host *host);

/* sysfs.c */
int kcs_sysfs_create(struct kcs_host *host);
void kcs_sysfs_remove(struct kcs_host *host);

#endif /* KCS_CORE_HOST_H */
