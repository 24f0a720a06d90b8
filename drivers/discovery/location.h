/* SPDX-License-Identifier: GPL-2.0-only */
/* Where an interface is, whoever found it. Pure: values in, values out. */
#ifndef KCS_DISCOVERY_LOCATION_H
#define KCS_DISCOVERY_LOCATION_H

#include <linux/types.h>

struct resource;

/**
 * struct kcs_location - where the registers of an interface are
 * @base: address of Data_In/Data_Out: an I/O port, or a physical address
 * @spacing_bytes: distance from there to Command/Status
 * @size_bytes: width of each register: 1, 2, 4, and in memory 8
 * @shift_bits: lowest bit of the byte in the register
 * @is_memory: @base is a physical address
 */
struct kcs_location {
	u64 base;
	u32 spacing_bytes;
	u8 size_bytes;
	u8 shift_bits;
	bool is_memory;
};

int kcs_location_decode(const struct resource *resources, u32 count,
			struct kcs_location *location);
bool kcs_location_mend(struct kcs_location *location);
int kcs_location_check(const struct kcs_location *location);
bool kcs_location_overlaps(const struct kcs_location *a,
			   const struct kcs_location *b);

#endif /* KCS_DISCOVERY_LOCATION_H */
