/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLinks: the network links of the host, their addresses and default routes, as rtnetlink tells
 * them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* bytes, the NUL included. Source: IFNAMSIZ. */
#define LW_LINK_NAME_MAX 16

/** LwLinkCounters: what a link carried since it is there. Source: struct rtnl_link_stats64. */
typedef struct LwLinkCounters {
        uint64_t rx_bytes, tx_bytes;
        uint64_t rx_packets, tx_packets;
} LwLinkCounters;

/**
 * LwLink: one network interface.
 *
 * Shape:  `hardware` is one of ARPHRD_*; `kind` is that of a virtual one ("bridge", "veth"), else
 *         "". `lower` is the link that it stands on, `master` the one that it is a port of; 0:
 *         none.
 */
typedef struct LwLink {
        uint32_t index;
        uint32_t lower, master;
        uint16_t hardware;
        bool is_loopback;
        bool is_elsewhere; /* `lower` is in another network namespace */
        bool is_up;        /* switched on, and there is a carrier */
        bool has_counters;
        char name[LW_LINK_NAME_MAX];
        char kind[LW_LINK_NAME_MAX];
        LwLinkCounters counters;
} LwLink;

/** LwHostAddress: an address that can be used beyond the host. AF_INET has 4 bytes, the rest is 0.
 */
typedef struct LwHostAddress {
        uint32_t link;
        uint8_t family;
        uint8_t bytes[16];
} LwHostAddress;

/** LwDefaultRoute: the way out of the host; the one of the lowest metric is taken. */
typedef struct LwDefaultRoute {
        uint32_t link;
        uint32_t metric;
        uint8_t family;         /* of the destination */
        uint8_t gateway_family; /* AF_UNSPEC: the link itself leads there, as one to a modem does */
        uint8_t gateway[16];
} LwDefaultRoute;

/**
 * LwLinks: all that there is at the moment.
 *
 * Shape:  links by ascending index, addresses and routes as they came. Addresses count once they
 *         are usable (duplicate address detection is over), those of the link alone not at all.
 * Source: rtnetlink(7).
 */
typedef struct LwLinks LwLinks;

LwLinks *lw_links_new(void);
void lw_links_free(LwLinks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwLinks, lw_links_free)

/**
 * Takes what one read of a netlink socket gave: messages one after the other, aligned as they came.
 * True when anything but counters is other than before.
 */
bool lw_links_take(LwLinks *self, const void *data, size_t length);
/** How many of the lists that the kernel was asked for have ended. */
unsigned lw_links_lists(const LwLinks *self);
/** Forgets all, before the kernel is asked again. */
void lw_links_reset(LwLinks *self);

size_t lw_links_count(const LwLinks *self);
const LwLink *lw_links_at(const LwLinks *self, size_t i);
/** NULL: there is none. */
const LwLink *lw_links_find(const LwLinks *self, uint32_t index);

/** Links that went with the last lw_links_take(), with what they carried until then. */
size_t lw_links_gone_count(const LwLinks *self);
const LwLink *lw_links_gone_at(const LwLinks *self, size_t i);

size_t lw_links_address_count(const LwLinks *self);
const LwHostAddress *lw_links_address_at(const LwLinks *self, size_t i);
/** "192.0.2.1" or "2001:db8::1"; caller frees. */
char *lw_host_address_print(uint8_t family, const uint8_t *bytes);

size_t lw_links_route_count(const LwLinks *self);
const LwDefaultRoute *lw_links_route_at(const LwLinks *self, size_t i);
