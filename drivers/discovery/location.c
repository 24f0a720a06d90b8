// SPDX-License-Identifier: GPL-2.0-only
/*
 * From resources, as ACPI, SMBIOS, PCI or a parameter gives them, to the two
 * registers of an interface. Ground of the discovery; no lock.
 */
#include "location.h"

#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/limits.h>
#include <linux/minmax.h>

/* Registers lie at most so far apart; a larger distance is another device's. */
#define SPACING_MAX	255

static bool is_address(const struct resource *resource)
{
	return resource_type(resource) == IORESOURCE_IO ||
	       resource_type(resource) == IORESOURCE_MEM;
}

/**
 * kcs_location_decode() - read the registers from the resources of a device
 * @resources: in order of its table
 * @count: how many
 * @location: @size_bytes is the caller's; base and spacing are filled
 *
 * The first address descriptor gives the base (IPMI 2.0 rev 1.1, C3): its minimum,
 * for that is what the hardware decodes even where firmware writes a larger
 * maximum. The next one of the same kind, if it is above, is the other register,
 * and their distance the spacing; without it the registers are adjacent.
 *
 * Return: 0; %-ENODEV without an address.
 */
int kcs_location_decode(const struct resource *resources, u32 count,
			struct kcs_location *location)
{
	const struct resource *data = NULL, *status = NULL;
	u32 i;

	for (i = 0; i < count && !status; i++) {
		if (!is_address(&resources[i]))
			continue;
		if (!data)
			data = &resources[i];
		else if (resource_type(&resources[i]) == resource_type(data))
			status = &resources[i];
	}
	if (!data)
		return -ENODEV;
	location->base = data->start;
	location->is_memory = resource_type(data) == IORESOURCE_MEM;
	location->spacing_bytes = location->size_bytes;
	if (status && status->start > data->start)
		location->spacing_bytes =
			min_t(u64, status->start - data->start, U32_MAX);
	return 0;
}

/**
 * kcs_location_mend() - take memory where no device can be for an I/O port
 * @location: as SMBIOS gives it
 *
 * Some records of type 38 lack the bit that says "I/O" (SMBIOS 3, 7.39: bit 0 of
 * the base address), and give CA2h or CA8h. The first 64 KiB of memory are RAM.
 *
 * Return: true when @location was changed.
 */
bool kcs_location_mend(struct kcs_location *location)
{
	bool is_port = location->is_memory && location->base <= U16_MAX;

	if (is_port)
		location->is_memory = false;
	return is_port;
}

static bool has_valid_width(const struct kcs_location *location)
{
	u8 size = location->size_bytes;

	return size == 1 || size == 2 || size == 4 ||
	       (size == 8 && location->is_memory);
}

static bool is_aligned(const struct kcs_location *location)
{
	u32 mask = location->size_bytes - 1;

	return !location->is_memory ||
	       !((location->base | location->spacing_bytes) & mask);
}

/**
 * kcs_location_check() - test whether registers can be there
 * @location: where
 *
 * Return: 0; %-ENXIO when the base is 0, which tables have for "none"; %-EINVAL when
 * no register has that width, its byte lies outside of it, or it is not aligned;
 * %-ERANGE when the registers overlap, are too far apart, or leave the address space.
 */
int kcs_location_check(const struct kcs_location *location)
{
	u64 last = location->is_memory ? U64_MAX : U16_MAX, length;

	if (!location->base)
		return -ENXIO;
	if (!has_valid_width(location) || !is_aligned(location) ||
	    location->shift_bits + 8 > location->size_bytes * 8)
		return -EINVAL;
	if (location->spacing_bytes < location->size_bytes ||
	    location->spacing_bytes > SPACING_MAX)
		return -ERANGE;
	length = location->spacing_bytes + location->size_bytes;
	return location->base > last - (length - 1) ? -ERANGE : 0;
}

static bool registers_meet(const struct kcs_location *a, u64 at_a,
			   const struct kcs_location *b, u64 at_b)
{
	return at_a < at_b ? at_b - at_a < a->size_bytes : at_a - at_b < b->size_bytes;
}

/**
 * kcs_location_overlaps() - test whether two interfaces have a register in common
 * @a: where the one is
 * @b: where the other is
 *
 * If they do they are one: tables differ in what they know of spacing, and some give
 * the address of the second register. What lies between two registers may be another's.
 *
 * Return: true when they do.
 */
bool kcs_location_overlaps(const struct kcs_location *a,
			   const struct kcs_location *b)
{
	u64 status_a = a->base + a->spacing_bytes, status_b = b->base + b->spacing_bytes;

	return a->is_memory == b->is_memory &&
	       (registers_meet(a, a->base, b, b->base) ||
		registers_meet(a, a->base, b, status_b) ||
		registers_meet(a, status_a, b, b->base) ||
		registers_meet(a, status_a, b, status_b));
}
