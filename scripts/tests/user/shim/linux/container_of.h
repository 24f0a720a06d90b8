/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_CONTAINER_OF_H
#define SHIM_CONTAINER_OF_H

#include <linux/types.h>

#endif
