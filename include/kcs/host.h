/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The API of kcs_host.ko to the other modules: interfaces and requests.
 *
 *	request = kcs_request_create(&msg, KCS_CLASS_AML, 5000, GFP_KERNEL);
 *	kcs_host_execute(host, request);
 *	err = kcs_request_wait(request);
 *	if (!err)
 *		reply = kcs_request_reply(request);
 *	kcs_request_put(request);
 *
 * A request ends exactly once, no later than its deadline, which counts from its
 * submission. It is reference-counted and outlives its waiter; a reply that
 * arrives after it ended is discarded.
 */
#ifndef KCS_HOST_H
#define KCS_HOST_H

#include <kcs/clock.h>
#include <kcs/io.h>
#include <kcs/msg.h>
#include <linux/errno.h>
#include <linux/types.h>

struct device;
struct kcs_host;
struct kcs_request;
struct kcs_transport;
struct notifier_block;

/* The deadline of a request, unless there is a reason for another. */
#define KCS_HOST_TIMEOUT_MS	5000

/* Requests of a class waiting for one interface; one more ends with -EBUSY. */
#define KCS_HOST_QUEUE_MAX	128

/**
 * enum kcs_class - which requests go first; no class waits for ever
 * @KCS_CLASS_WATCHDOG: keeps the machine from being reset
 * @KCS_CLASS_AML: firmware, which may hold the ACPI Global Lock meanwhile
 * @KCS_CLASS_USER: programs
 * @KCS_CLASS_BACKGROUND: the driver's own
 * @KCS_CLASSES: how many there are
 *
 * Above them all is kcs_host_panic_transfer(), which waits for none of them.
 */
enum kcs_class {
	KCS_CLASS_WATCHDOG,
	KCS_CLASS_AML,
	KCS_CLASS_USER,
	KCS_CLASS_BACKGROUND,
	KCS_CLASSES,
};

/**
 * enum kcs_host_event - what notifiers are called for, with the &struct kcs_host
 * @KCS_HOST_ADDED: there is a new interface; requests are taken
 * @KCS_HOST_READY: the BMC behind an interface answers, which it did not before
 * @KCS_HOST_REMOVED: an interface is gone; requests to it fail with %-ENODEV
 */
enum kcs_host_event {
	KCS_HOST_ADDED,
	KCS_HOST_READY,
	KCS_HOST_REMOVED,
};

/**
 * enum kcs_interest - what a listener waits for, and so how often Status is read
 * @KCS_INTEREST_NONE: nothing: SMS_ATN is served when it happens to be seen
 * @KCS_INTEREST_EVENTS: events, messages, the watchdog: four times a second
 * @KCS_INTEREST_REPLY: the answer of a controller behind the BMC: a hundred times
 *
 * Where the interface has a proven interrupt, that comes first.
 */
enum kcs_interest {
	KCS_INTEREST_NONE,
	KCS_INTEREST_EVENTS,
	KCS_INTEREST_REPLY,
};

/**
 * struct kcs_listener - is told what a BMC calls for by SMS_ATN; embed it
 * @message: a message for the system software; the reply to Get Message
 * @event: an event; the reply to Read Event Message Buffer
 * @pretimeout: the watchdog is about to expire
 * @oem: OEM flags were set, bits 5 to 7
 *
 * Called one at a time, in process context with no lock held; they may sleep, but
 * must not call kcs_host_unlisten().
 */
struct kcs_listener {
	void (*message)(struct kcs_listener *listener,
			const struct kcs_msg *reply);
	void (*event)(struct kcs_listener *listener,
		      const struct kcs_msg *reply);
	void (*pretimeout)(struct kcs_listener *listener);
	void (*oem)(struct kcs_listener *listener, u8 flags);
};

/**
 * struct kcs_host_setup - what an interface is made of
 * @io: its registers; NULL with @transport
 * @transport: what carries its messages where it has no registers
 * @firmware_handle: the device of the interface in firmware's namespace, NULL for none
 * @clock: its time, &kcs_clock_system on a machine
 * @irq: its interrupt, 0 for none
 * @irq_is_shared: other devices may use that line
 */
struct kcs_host_setup {
	struct kcs_io *io;
	struct kcs_transport *transport;
	void *firmware_handle;
	struct kcs_clock *clock;
	int irq;
	bool irq_is_shared;
};

struct kcs_host *kcs_host_create(struct device *parent,
				 const struct kcs_host_setup *setup);
void kcs_host_remove(struct kcs_host *host);
void kcs_host_progress(struct kcs_host *host);
void kcs_host_stir(struct kcs_host *host);

/**
 * typedef kcs_host_match - test whether an interface is the one looked for
 * @host: an interface
 * @context: as given to kcs_host_find()
 *
 * Calls are serialised; it must not sleep long.
 *
 * Return: true when it is.
 */
typedef bool (*kcs_host_match)(struct kcs_host *host, const void *context);

struct kcs_host *kcs_host_find(kcs_host_match match, const void *context);
bool kcs_host_exists(kcs_host_match match, const void *context);
bool kcs_host_drives(const struct device *dev);
struct device *kcs_host_device(const struct kcs_host *host);
void *kcs_host_firmware_handle(const struct kcs_host *host);
bool kcs_host_has_registers(const struct kcs_host *host);
bool kcs_host_is_absent(const struct kcs_host *host);
bool kcs_host_is_ready(const struct kcs_host *host);
u32 kcs_host_epoch(const struct kcs_host *host, u8 netfn);
struct kcs_host *kcs_host_get(struct kcs_host *host);
void kcs_host_put(struct kcs_host *host);
int kcs_host_listen(struct kcs_host *host, struct kcs_listener *listener);
void kcs_host_unlisten(struct kcs_host *host);
void kcs_host_expect(struct kcs_host *host, enum kcs_interest interest);
void kcs_host_poll_events(struct kcs_host *host);
int kcs_host_notify(struct notifier_block *nb);
void kcs_host_unnotify(struct notifier_block *nb);

/**
 * typedef kcs_request_done - called when a request ended
 * @request: the request
 * @context: as given to kcs_request_set_done()
 *
 * In any context, but once only; after it the request may be freed, unless it has
 * another reference. It may submit a request, and must not wait for one: at a
 * deadline the wire is still in use by another message.
 */
typedef void (*kcs_request_done)(struct kcs_request *request, void *context);

void kcs_host_pause(struct kcs_host *host);
void kcs_host_resume(struct kcs_host *host);
bool kcs_host_is_quiet(const struct kcs_host *host);
int kcs_host_panic_transfer(struct kcs_host *host, const struct kcs_msg *request,
			    struct kcs_msg *reply, u32 budget_ms);

struct kcs_request *kcs_request_create(const struct kcs_msg *msg,
				       enum kcs_class class, u32 timeout_ms,
				       gfp_t gfp);
void kcs_request_set_done(struct kcs_request *request, kcs_request_done done,
			  void *context);
void kcs_host_submit(struct kcs_host *host, struct kcs_request *request);
void kcs_host_execute(struct kcs_host *host, struct kcs_request *request);
int kcs_request_wait(struct kcs_request *request);
int kcs_request_await(struct kcs_request *request, u32 timeout_ms);
bool kcs_request_end(struct kcs_request *request, int err);
int kcs_request_err(struct kcs_request *request);
const struct kcs_msg *kcs_request_reply(const struct kcs_request *request);
struct kcs_request *kcs_request_get(struct kcs_request *request);
void kcs_request_put(struct kcs_request *request);

/**
 * kcs_request_is_over() - test whether a request has ended
 * @request: the request
 *
 * Return: true when it has, and kcs_request_err() says how.
 */
static inline bool kcs_request_is_over(struct kcs_request *request)
{
	return kcs_request_err(request) != -EINPROGRESS;
}

#endif /* KCS_HOST_H */
