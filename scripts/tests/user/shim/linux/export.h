/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_EXPORT_H
#define SHIM_EXPORT_H

#define EXPORT_SYMBOL_GPL(name)

#endif
