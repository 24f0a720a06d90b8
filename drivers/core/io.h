/* SPDX-License-Identifier: GPL-2.0-only */
/* The real machine: its registers. Its clock is in kcs/io.h. */
#ifndef KCS_CORE_IO_H
#define KCS_CORE_IO_H

#include <kcs/io.h>

struct device;

struct kcs_io *kcs_io_claim(struct device *dev,
			    const struct kcs_location *location);

#endif /* KCS_CORE_IO_H */
