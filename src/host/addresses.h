/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAddresses: the addresses and default routes of the host, as rtnetlink tells them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/**
 * LwAddresses: what is known of them, to tell a change from a repetition: the kernel repeats an
 * IPv6 address at each router advertisement.
 *
 * Shape:  only addresses that reach beyond the host and the link count, and only once they can be
 * used (duplicate address detection is over). Source: rtnetlink(7).
 */
typedef struct LwAddresses LwAddresses;

LwAddresses *lw_addresses_new(void);
void lw_addresses_free(LwAddresses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwAddresses, lw_addresses_free)

/**
 * Takes what one read of a netlink socket gave: messages one after the other, aligned as they came.
 * What is damaged ends it; messages of other kinds are passed over. True when an address came or
 * went, or a default route did.
 */
bool lw_addresses_take(LwAddresses *self, const void *data, size_t length);
size_t lw_addresses_count(const LwAddresses *self);
/** Forgets all, before the kernel is asked for all of them again. */
void lw_addresses_reset(LwAddresses *self);
