// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which interface serves a region? From the region upwards, the first of these
 * that is met says it:
 *
 *	a device in the admin's map
 *	an IPI0001 device
 *
 * If neither is: the IPI0001 device with the same _UID as the power meter of the
 * region, else the interface that was the first when one was first asked for.
 * ACPICA tells where the handler is installed and not whose region it is, so "from
 * the region" means from there.
 *
 * An IPI0001 device without an interface, because it has none or has lost it,
 * serves nobody, and nobody stands in for the first: another BMC would give wrong
 * answers.
 *
 * It is asked for each call, so interfaces may come and go. What was found is
 * remembered until one does: walking the namespace costs more than a message.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "route.h"
#include "anchor.h"

#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

/* After load, a call waits so long for an interface to be found. */
#define GRACE_MS	1000

#define MAP_MAX		16

/* Scopes whose interface is remembered. */
#define KNOWN_MAX	8

/**
 * struct mapping - a line of the admin's map
 * @device: the device above the regions
 * @interface: _UID or device name of the interface
 */
struct mapping {
	acpi_handle device;
	const char *interface;
};

/**
 * struct known - what was found for a scope
 * @scope: the device above the regions
 * @host: the interface; a reference is held
 */
struct known {
	acpi_handle scope;
	struct kcs_host *host;
};

static struct mapping map[MAP_MAX];
static u32 map_count;
static char *map_text;		/* what the lines point into */
static const char *first;	/* device name; guarded by the list of interfaces */
static u64 opened_ms;
static bool closed;
static atomic_t changes = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(changed);

static DEFINE_SPINLOCK(known_lock);	/* known, known_count */
static struct known known[KNOWN_MAX];
static u32 known_count;

static const struct acpi_device_id interface_ids[] = {
	{ "IPI0001" },
	{}
};

/* -- Whose. --------------------------------------------------------------- */

static bool is_companion(struct kcs_host *host, const void *handle)
{
	return ACPI_HANDLE(kcs_host_device(host)) == handle;
}

static bool has_name(struct kcs_host *host, const void *name)
{
	struct device *dev = kcs_host_device(host);
	struct acpi_device *device = ACPI_COMPANION(dev);
	const char *uid = device ? acpi_device_uid(device) : NULL;

	return (uid && !strcmp(uid, name)) || !strcmp(dev_name(dev), name);
}

static bool is_first(struct kcs_host *host, const void *unused)
{
	const char *name = dev_name(kcs_host_device(host));

	if (!first)
		first = kstrdup(name, GFP_KERNEL);
	return first && !strcmp(name, first);
}

static const char *mapped_to(acpi_handle device)
{
	u32 i;

	for (i = 0; i < map_count; i++)
		if (map[i].device == device)
			return map[i].interface;
	return NULL;
}

static bool is_interface(acpi_handle handle)
{
	struct acpi_device *device = acpi_get_acpi_dev(handle);
	bool is = device && !acpi_match_device_ids(device, interface_ids);

	acpi_put_acpi_dev(device);
	return is;
}

static acpi_handle interface_with_uid_of(acpi_handle handle)
{
	struct acpi_device *device = acpi_get_acpi_dev(handle);
	struct acpi_device *interface = NULL;
	acpi_handle found = NULL;

	if (device && acpi_device_uid(device))
		interface = acpi_dev_get_first_match_dev(interface_ids[0].id,
							 acpi_device_uid(device),
							 -1);
	if (interface)
		found = interface->handle;
	acpi_dev_put(interface);
	acpi_put_acpi_dev(device);
	return found;
}

static struct kcs_host *find(acpi_handle scope)
{
	acpi_handle above = scope, interface;

	do {
		const char *name = mapped_to(above);

		if (name)
			return kcs_host_find(has_name, name);
		if (is_interface(above))
			return kcs_host_find(is_companion, above);
	} while (ACPI_SUCCESS(acpi_get_parent(above, &above)));
	interface = interface_with_uid_of(scope);
	return interface ? kcs_host_find(is_companion, interface) :
			   kcs_host_find(is_first, NULL);
}

/* -- What was found before. ----------------------------------------------- */

static struct kcs_host *route_recall(acpi_handle scope)
{
	struct kcs_host *host = NULL;
	u32 i;

	spin_lock(&known_lock);
	for (i = 0; i < known_count && !host; i++)
		if (known[i].scope == scope)
			host = kcs_host_get(known[i].host);
	spin_unlock(&known_lock);
	return host;
}

/* @seen: kcs_route_changed() was called so often before the search. */
static void route_remember(acpi_handle scope, struct kcs_host *host, int seen)
{
	spin_lock(&known_lock);
	if (known_count < KNOWN_MAX && seen == atomic_read(&changes))
		known[known_count++] = (struct known){ scope, kcs_host_get(host) };
	spin_unlock(&known_lock);
}

static void route_forget(void)
{
	struct known old[KNOWN_MAX];
	u32 count;

	spin_lock(&known_lock);
	count = known_count;
	memcpy(old, known, sizeof(old));
	known_count = 0;
	spin_unlock(&known_lock);
	while (count--)
		kcs_host_put(old[count].host);
}

static u64 route_now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

/**
 * kcs_route_wait() - the interface that serves a region
 * @scope: the device above the region, as the anchor tells it
 * @timeout_ms: how long the call may take; less what was waited here
 *
 * In the first moments after load there may be none yet, and it is waited for.
 *
 * Context: may sleep, GRACE_MS at most.
 * Return: the interface, to be dropped with kcs_host_put(); NULL when there is
 * none.
 */
struct kcs_host *kcs_route_wait(void *scope, u32 *timeout_ms)
{
	struct kcs_host *host = route_recall(scope);
	u64 began_ms, end_ms;

	if (host)
		return host;
	began_ms = route_now_ms();
	end_ms = min(opened_ms + GRACE_MS, began_ms + *timeout_ms);
	for (;;) {
		int seen = atomic_read(&changes);
		u64 time_ms = route_now_ms();

		host = find(scope);
		if (host)
			route_remember(scope, host, seen);
		if (host || time_ms >= end_ms || READ_ONCE(closed))
			break;
		wait_event_timeout(changed, atomic_read(&changes) != seen,
				   msecs_to_jiffies(end_ms - time_ms));
	}
	*timeout_ms -= min_t(u64, *timeout_ms, route_now_ms() - began_ms);
	return host;
}

/**
 * kcs_route_changed() - an interface came or went, or none is waited for any more
 *
 * Context: process context.
 */
void kcs_route_changed(void)
{
	atomic_inc(&changes);
	route_forget();
	wake_up_all(&changed);
}

/* -- Where the handler is to be. ------------------------------------------ */

static acpi_status cover_interface(acpi_handle handle, u32 level, void *context,
				   void **value)
{
	kcs_anchor_cover(handle);
	return AE_OK;
}

/* Those that have the _UID of an interface. */
static acpi_status cover_consumer(acpi_handle handle, u32 level, void *context,
				  void **value)
{
	if (interface_with_uid_of(handle))
		kcs_anchor_cover(handle);
	return AE_OK;
}

/**
 * kcs_route_cover() - have the handler wherever it makes a difference
 *
 * To be called again when there are new interfaces. \_SB comes last, so that
 * _REG methods below the others are answered by their own interfaces.
 *
 * Context: may sleep.
 * Return: 0; why the handler is not on \_SB, see kcs_anchor_cover().
 */
int kcs_route_cover(void)
{
	u32 i;

	acpi_get_devices(interface_ids[0].id, cover_interface, NULL, NULL);
	for (i = 0; i < map_count; i++)
		kcs_anchor_cover(map[i].device);
	acpi_get_devices("ACPI000D", cover_consumer, NULL, NULL);
	return kcs_anchor_cover(kcs_anchor_sb());
}

/* -- The admin's map. ----------------------------------------------------- */

static int read_mapping(char *word)
{
	char *path = strsep(&word, "=");
	acpi_object_type type;
	char *full;
	acpi_status status;

	if (!word || !*word || !*path || map_count == MAP_MAX) {
		pr_err("map: \"%s\" is not DEVICE=INTERFACE, or one too many\n", path);
		return -EINVAL;
	}
	full = kasprintf(GFP_KERNEL, "\\%s", path + (*path == '\\'));
	if (!full)
		return -ENOMEM;
	status = acpi_get_handle(NULL, full, &map[map_count].device);
	if (ACPI_SUCCESS(status))
		status = acpi_get_type(map[map_count].device, &type);
	if (ACPI_SUCCESS(status) && type != ACPI_TYPE_DEVICE)
		status = AE_TYPE;
	if (ACPI_SUCCESS(status))
		map[map_count++].interface = word;
	else
		pr_err("map: no device %s: %s\n", full, acpi_format_exception(status));
	kfree(full);
	return ACPI_SUCCESS(status) ? 0 : -ENODEV;
}

/**
 * kcs_route_open() - begin
 * @words: the admin's map: DEVICE=INTERFACE, separated by commas; an absolute
 *	ACPI path, and the _UID or device name of the interface that serves the
 *	regions at and below it. May be empty.
 *
 * Context: may sleep.
 * Return: 0; %-ENOMEM; %-EINVAL for words that are no map, %-ENODEV for a device
 * that does not exist, both named in the log.
 */
int kcs_route_open(const char *words)
{
	char *rest, *word;
	int err = 0;

	opened_ms = route_now_ms();
	map_text = kstrdup(words, GFP_KERNEL);
	if (!map_text)
		return -ENOMEM;
	rest = strim(map_text);
	while (!err && (word = strsep(&rest, ",")))
		if (*word)
			err = read_mapping(word);
	if (err)
		kfree(map_text);
	return err;
}

/**
 * kcs_route_close() - nobody waits for an interface any more
 *
 * Context: any; the map stays until kcs_route_free().
 */
void kcs_route_close(void)
{
	WRITE_ONCE(closed, true);
	kcs_route_changed();
}

/**
 * kcs_route_free() - forget the map
 *
 * Context: any; nobody asks for a route any more.
 */
void kcs_route_free(void)
{
	kfree(map_text);
	kfree(first);
}
