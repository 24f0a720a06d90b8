/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_IOPORT_H
#define SHIM_IOPORT_H

#include <linux/types.h>

#define IORESOURCE_IO	0x100
#define IORESOURCE_MEM	0x200
#define IORESOURCE_IRQ	0x400

struct resource {
	u64 start, end;
	unsigned long flags;
};

static inline unsigned long resource_type(const struct resource *resource)
{
	return resource->flags & 0x1f00;
}

#endif /* SHIM_IOPORT_H */
