// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which interface serves a region? From the region upwards, the first of these
 * that is met says it:
 *
 *	a device in the admin's map
 *	an IPI0001 device that is a KCS interface, or one of another kind (SSIF, BT, SMIC)
 *	that kcs_via_ipmi has made usable
 *
 * If neither is: the first interface; until it was ready once, the first at whose
 * registers there is something.
 * ACPICA tells where the handler is installed and not whose region it is, so "from
 * the region" means from there. A _UID says nothing: it is unique among devices of
 * the same _HID only (ACPI 6.0, 6.1.12).
 *
 * One that has lost its interface, or is another driver's, serves nobody, and nobody
 * stands in for the first: another BMC would give wrong answers.
 *
 * It is asked for each call, so interfaces may come and go. What was found is
 * remembered until one does: walking the namespace costs more than a message.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "route.h"
#include "space_handler.h"

#include <kcs/host.h>
#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define IFT_KCS		1	/* IPMI 2.0 rev 1.1, C3.1 */

#define MAP_MAX		16

/* Scopes whose interface is remembered. */
#define KNOWN_MAX	8

/**
 * struct mapping - a line of the admin's map
 * @path: of the device above the regions: its table may go, and come again
 * @interface: _UID or device name of the interface
 */
struct mapping {
	char *path;
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

/**
 * struct first - the first interface, by what it keeps when its driver changes
 * @handle: of its device in the namespace, NULL for none
 * @name: of its device, which counts without a @handle only: that of one of
 *	kcs_via_ipmi has a number that the next one may get
 */
struct first {
	acpi_handle handle;
	char name[];
};

static struct mapping map[MAP_MAX];
static u32 map_count;
static char *map_text;		/* what the lines point into */
static const struct first *first;	/* once it is known; set once */
static atomic_t changes = ATOMIC_INIT(0);

static DEFINE_SPINLOCK(known_lock);	/* known, known_count, usable, usable_count */
static struct known known[KNOWN_MAX];
static u32 known_count;

/* Devices of other kinds that have an interface, or had one. */
static acpi_handle usable[KNOWN_MAX];
static u32 usable_count;

static const struct acpi_device_id interface_ids[] = {
	{ "IPI0001" },
	{}
};

/* -- Whose. --------------------------------------------------------------- */

static bool is_companion(struct kcs_host *host, const void *handle)
{
	return kcs_host_firmware_handle(host) == handle;
}

static bool has_name(struct kcs_host *host, const void *name)
{
	struct acpi_device *device =
		acpi_get_acpi_dev(kcs_host_firmware_handle(host));
	const char *uid = device ? acpi_device_uid(device) : NULL;
	bool has = (uid && !strcmp(uid, name)) ||
		   !strcmp(dev_name(kcs_host_device(host)), name);

	acpi_put_acpi_dev(device);
	return has;
}

/* Until the first is known, what reads FFh is passed over: a table may be wrong. */
static bool may_be_first(struct kcs_host *host, const void *unused)
{
	const struct first *known = READ_ONCE(first);

	if (!known)
		return !kcs_host_is_absent(host);
	if (known->handle || kcs_host_firmware_handle(host))
		return kcs_host_firmware_handle(host) == known->handle;
	return !strcmp(dev_name(kcs_host_device(host)), known->name);
}

static void note_first(struct kcs_host *host)
{
	const char *name = dev_name(kcs_host_device(host));
	size_t size = strlen(name) + 1;
	struct first *new = kzalloc(struct_size(new, name, size), GFP_KERNEL);

	if (!new)
		return;
	new->handle = kcs_host_firmware_handle(host);
	memcpy(new->name, name, size);
	if (cmpxchg(&first, NULL, new))
		kfree(new);
}

/*
 * It is known once it was ready, and keeps its name when it goes: no region is served
 * by another BMC then. One that stands in for one that was never there is not it.
 */
static struct kcs_host *find_first(void)
{
	struct kcs_host *host = kcs_host_find(may_be_first, NULL), *oldest;

	if (READ_ONCE(first))
		return host;
	oldest = kcs_host_find(NULL, NULL);
	if (!host || !oldest)
		return host ?: oldest;
	if (host == oldest && kcs_host_is_ready(host))
		note_first(host);
	kcs_host_put(oldest);
	return host;
}

static acpi_handle mapped_device(const struct mapping *mapping)
{
	acpi_handle device;

	return ACPI_SUCCESS(acpi_get_handle(NULL, mapping->path, &device)) ?
	       device : NULL;
}

static const char *mapped_to(acpi_handle device)
{
	u32 i;

	for (i = 0; i < map_count; i++)
		if (mapped_device(&map[i]) == device)
			return map[i].interface;
	return NULL;
}

/* Without _IFT it is taken for KCS, as it is when it is looked for. */
static bool is_kcs(acpi_handle handle)
{
	unsigned long long ift = IFT_KCS;

	acpi_evaluate_integer(handle, "_IFT", NULL, &ift);
	return ift == IFT_KCS;
}

static bool is_usable_locked(acpi_handle handle)
{
	u32 i;

	lockdep_assert_held(&known_lock);
	for (i = 0; i < usable_count; i++)
		if (usable[i] == handle)
			return true;
	return false;
}

static bool is_usable(acpi_handle handle)
{
	bool is;

	spin_lock(&known_lock);
	is = is_usable_locked(handle);
	spin_unlock(&known_lock);
	return is;
}

static void note_usable(acpi_handle handle)
{
	spin_lock(&known_lock);
	if (usable_count < KNOWN_MAX && !is_usable_locked(handle))
		usable[usable_count++] = handle;
	spin_unlock(&known_lock);
}

/*
 * Regions below one of another kind are as those of nobody, as for acpi_ipmi, unless
 * it is, or was, usable.
 */
static bool is_interface(acpi_handle handle)
{
	struct acpi_device *device = acpi_get_acpi_dev(handle);
	bool is = device && !acpi_match_device_ids(device, interface_ids) &&
		  (is_kcs(handle) || is_usable(handle));

	acpi_put_acpi_dev(device);
	return is;
}

static struct kcs_host *find(acpi_handle scope)
{
	acpi_handle above = scope;

	do {
		const char *name = mapped_to(above);

		if (name)
			return kcs_host_find(has_name, name);
		if (is_interface(above))
			return kcs_host_find(is_companion, above);
	} while (ACPI_SUCCESS(acpi_get_parent(above, &above)));
	return find_first();
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

/**
 * kcs_route_find() - the interface that serves a region
 * @scope: the device above the region, as the anchor tells it
 *
 * Context: may sleep.
 * Return: the interface, to be dropped with kcs_host_put(); NULL when there is
 * none.
 */
struct kcs_host *kcs_route_find(void *scope)
{
	struct kcs_host *host = route_recall(scope);
	int seen;

	if (host)
		return host;
	seen = atomic_read(&changes);
	host = find(scope);
	/* Before the first is known another may stand in for it. */
	if (host && READ_ONCE(first))
		route_remember(scope, host, seen);
	return host;
}

/**
 * kcs_route_changed() - an interface came or went
 *
 * Context: process context.
 */
void kcs_route_changed(void)
{
	atomic_inc(&changes);
	route_forget();
}

/* -- Where the handler is to be. ------------------------------------------ */

static acpi_status cover_interface(acpi_handle handle, u32 level, void *context,
				   void **value)
{
	if (kcs_host_exists(is_companion, handle)) {
		if (!is_kcs(handle))
			note_usable(handle);
		kcs_anchor_cover(handle);
	}
	return AE_OK;
}

/**
 * kcs_route_cover() - have the handler wherever it makes a difference
 *
 * To be called again when there are new interfaces. \_SB comes last, so that _REG
 * methods below the others are answered by their own interfaces.
 *
 * Context: may sleep.
 */
void kcs_route_cover(void)
{
	acpi_handle device;
	u32 i;

	acpi_get_devices(interface_ids[0].id, cover_interface, NULL, NULL);
	for (i = 0; i < map_count; i++) {
		device = mapped_device(&map[i]);
		if (device)
			kcs_anchor_cover(device);
	}
	kcs_anchor_cover(kcs_anchor_sb());
	kcs_route_changed();
}

/* -- The admin's map. ----------------------------------------------------- */

static int check_device(const char *path)
{
	acpi_object_type type;
	acpi_handle device;
	acpi_status status;

	status = acpi_get_handle(NULL, (char *)path, &device);
	if (ACPI_SUCCESS(status))
		status = acpi_get_type(device, &type);
	if (ACPI_SUCCESS(status) && type != ACPI_TYPE_DEVICE)
		status = AE_TYPE;
	if (ACPI_SUCCESS(status))
		return 0;
	pr_err("map: no device %s: %s\n", path, acpi_format_exception(status));
	return -ENODEV;
}

static int read_mapping(char *word)
{
	char *path = strsep(&word, "=");
	struct mapping *mapping;

	if (!word || !*word || !*path || map_count == MAP_MAX) {
		pr_err("map: \"%s\" is not DEVICE=INTERFACE, or one too many\n", path);
		return -EINVAL;
	}
	mapping = &map[map_count];
	mapping->path = kasprintf(GFP_KERNEL, "\\%s", path + (*path == '\\'));
	if (!mapping->path)
		return -ENOMEM;
	mapping->interface = word;
	map_count++;
	return check_device(mapping->path);
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

	map_text = kstrdup(words, GFP_KERNEL);
	if (!map_text)
		return -ENOMEM;
	rest = strim(map_text);
	while (!err && (word = strsep(&rest, ",")))
		if (*word)
			err = read_mapping(word);
	if (err)
		kcs_route_free();
	return err;
}

/**
 * kcs_route_free() - forget the map, and what was found
 *
 * Context: may sleep; nobody asks for a route any more.
 */
void kcs_route_free(void)
{
	route_forget();
	while (map_count)
		kfree(map[--map_count].path);
	kfree(map_text);
	kfree(first);
}
