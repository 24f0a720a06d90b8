/* SPDX-License-Identifier: GPL-2.0-only */
/* What discovery and tests use of this room: make an interface, remove it. */
#ifndef KCS_CORE_HOST_H
#define KCS_CORE_HOST_H

#include <kcs/host.h>
#include <kcs/io.h>

struct device;

struct kcs_host *kcs_host_create(struct device *dev, struct kcs_io *io,
				 struct kcs_clock *clock);
void kcs_host_remove(struct kcs_host *host);

#endif /* KCS_CORE_HOST_H */
