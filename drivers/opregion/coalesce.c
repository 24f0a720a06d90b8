// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that ask for the same thing at the same time share one transfer.
 *
 * Only what is known to read, and to read the same twice, is shared. A transfer
 * is joined while it has no reply yet: an interface carries one message at a
 * time, so whatever was written before somebody joined is written already when
 * the transfer begins. A reply is kept for others only where the admin said so,
 * and no longer than until anybody, a program as well, sent another command of the
 * same network function, or the BMC was lost or may have restarted.
 */
#include "coalesce.h"

#include <kcs/command.h>
#include <kcs/host.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/**
 * struct flight - a transfer, and the calls that wait for it
 * @node: place in the list of them, newest last
 * @host: over which interface
 * @msg: what is asked
 * @request: on its way, or over
 * @deadline_ms: when it ends at the latest
 * @users: calls that use it
 * @is_read: others may join it
 * @kept: it was answered with 00h, and is good for others until
 * @until_ms: this time, as long as
 * @epoch: kcs_host_epoch() is what it was before it was asked
 */
struct flight {
	struct list_head node;
	struct kcs_host *host;
	struct kcs_msg msg;
	struct kcs_request *request;
	u64 deadline_ms;
	u32 users;
	bool is_read, kept;
	u64 until_ms;
	u32 epoch;
};

static DEFINE_SPINLOCK(lock);	/* guards what follows and all flights */
static LIST_HEAD(flights);
static bool closed = true;

static u32 epoch_of(const struct flight *flight)
{
	return kcs_host_epoch(flight->host, flight->msg.bytes[0] >> 2);
}

static bool is_read(const struct kcs_msg *request)
{
	return kcs_command_flags(request) & KCS_COMMAND_SHARED;
}

/* -- Flights. ------------------------------------------------------------- */

/* Also passes while the machine sleeps. */
static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static void flight_free(struct flight *flight)
{
	kcs_request_put(flight->request);
	kcs_host_put(flight->host);
	kfree(flight);
}

static void free_all(struct list_head *list)
{
	struct flight *flight, *next;

	list_for_each_entry_safe(flight, next, list, node)
		flight_free(flight);
}

static struct flight *flight_create(struct kcs_host *host,
				    const struct kcs_msg *request,
				    u32 timeout_ms)
{
	struct flight *flight = kzalloc(sizeof(*flight), GFP_KERNEL);

	if (!flight)
		return NULL;
	flight->request = kcs_request_create(request, KCS_CLASS_AML, timeout_ms, GFP_KERNEL);
	if (!flight->request) {
		kfree(flight);
		return NULL;
	}
	flight->host = kcs_host_get(host);
	flight->msg = *request;
	flight->deadline_ms = now_ms() + timeout_ms;
	flight->users = 1;
	flight->is_read = is_read(request);
	flight->epoch = epoch_of(flight);
	return flight;
}

static bool is_good(const struct flight *flight)
{
	return flight->kept && !closed && now_ms() < flight->until_ms &&
	       kcs_host_is_ready(flight->host) && flight->epoch == epoch_of(flight);
}

/* One that may end much sooner than the caller would wait is none for him. */
static bool can_join(const struct flight *flight, u32 timeout_ms, u32 keep_ms)
{
	if (!flight->is_read)
		return false;
	if (kcs_request_is_over(flight->request))
		return keep_ms && is_good(flight);
	return now_ms() + timeout_ms / 4 * 3 <= flight->deadline_ms;
}

/* Drops what nobody uses, and no longer can or should. */
static void sweep(struct list_head *gone)
{
	struct flight *flight, *next;
	u32 kept = 0;

	list_for_each_entry_safe_reverse(flight, next, &flights, node)
		if (!flight->users &&
		    (!is_good(flight) || ++kept > KCS_COALESCE_KEPT_MAX))
			list_move(&flight->node, gone);
}

/* -- A call. -------------------------------------------------------------- */

static struct flight *join(struct kcs_host *host, const struct kcs_msg *request,
			   u32 timeout_ms, u32 keep_ms, int *how)
{
	struct flight *flight, *found = NULL;

	spin_lock(&lock);
	list_for_each_entry(flight, &flights, node)
		if (flight->host == host && flight->msg.len == request->len &&
		    !memcmp(flight->msg.bytes, request->bytes, request->len) &&
		    can_join(flight, timeout_ms, keep_ms))
			found = flight;
	if (found) {
		found->users++;
		*how = found->kept ? KCS_COALESCE_KEPT : KCS_COALESCE_JOINED;
	}
	spin_unlock(&lock);
	return found;
}

static struct flight *start(struct kcs_host *host, const struct kcs_msg *request,
			    u32 timeout_ms)
{
	struct flight *flight = flight_create(host, request, timeout_ms);
	bool refused;

	if (!flight)
		return ERR_PTR(-ENOMEM);
	spin_lock(&lock);
	refused = closed;
	if (!refused)
		list_add_tail(&flight->node, &flights);
	spin_unlock(&lock);
	if (refused) {
		flight_free(flight);
		return ERR_PTR(-ESHUTDOWN);
	}
	kcs_host_execute(host, flight->request);
	return flight;
}

/* The last one to give up waiting cancels it; nothing is called when it ends. */
static void leave(struct flight *flight, int err, u32 keep_ms)
{
	bool good = !err &&
		    !kcs_msg_cc(kcs_request_reply(flight->request));
	LIST_HEAD(gone);

	spin_lock(&lock);
	if (flight->is_read && good && !flight->kept && keep_ms) {
		flight->kept = true;
		flight->until_ms = now_ms() + keep_ms;
	}
	if (!--flight->users && err)
		kcs_request_end(flight->request, err);
	sweep(&gone);
	spin_unlock(&lock);
	free_all(&gone);
}

/**
 * kcs_coalesce_transfer() - ask the BMC, or hear what it tells another
 * @host: the interface
 * @request: what to ask, on behalf of firmware
 * @reply: filled on success
 * @timeout_ms: how long it may take; one that is joined may end after three
 *	quarters of it
 * @keep_ms: how long a reply that may be shared is good for others; 0 for none
 *
 * Context: may sleep, for @timeout_ms at most. A caller that is being killed waits
 * to the end: a power meter keeps what the method returns, for its other readers.
 * Return: &enum kcs_coalesce_how; %-ENOMEM; %-ESHUTDOWN when nothing is open; or why
 * there is no reply, see kcs_request_wait().
 */
int kcs_coalesce_transfer(struct kcs_host *host, const struct kcs_msg *request,
			  struct kcs_msg *reply, u32 timeout_ms, u32 keep_ms)
{
	struct flight *flight = NULL;
	int how = KCS_COALESCE_OWN;
	int err;

	if (is_read(request))
		flight = join(host, request, timeout_ms, keep_ms, &how);
	if (!flight)
		flight = start(host, request, timeout_ms);
	if (IS_ERR(flight))
		return PTR_ERR(flight);
	err = kcs_request_await(flight->request, timeout_ms);
	if (!err)
		err = kcs_request_err(flight->request);
	if (!err)
		*reply = *kcs_request_reply(flight->request);
	leave(flight, err, keep_ms);
	return err ?: how;
}

/**
 * kcs_coalesce_open() - begin
 *
 * Context: process context.
 */
void kcs_coalesce_open(void)
{
	spin_lock(&lock);
	closed = false;
	spin_unlock(&lock);
}

/**
 * kcs_coalesce_close() - end all transfers, and take no more
 *
 * Context: process context.
 */
void kcs_coalesce_close(void)
{
	struct flight *flight;
	LIST_HEAD(gone);

	spin_lock(&lock);
	closed = true;
	list_for_each_entry(flight, &flights, node)
		kcs_request_end(flight->request, -ESHUTDOWN);
	sweep(&gone);
	spin_unlock(&lock);
	free_all(&gone);
}
