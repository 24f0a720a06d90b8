/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_ROUTE_H
#define KCS_ROUTE_H

#include <linux/types.h>

struct kcs_host;

int kcs_route_open(const char *words);
void kcs_route_free(void);
void kcs_route_cover(void);
void kcs_route_changed(void);
struct kcs_host *kcs_route_find(void *scope);

#endif /* KCS_ROUTE_H */
