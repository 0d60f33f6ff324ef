/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as the kernel writes them on a netlink socket. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** LwTestNetlink: one read of a socket, as it grows; zeroed memory is an empty one. */
typedef struct LwTestNetlink {
        _Alignas(8) uint8_t data[8192];
        size_t length;
        size_t message; /* where the last one begins */
        size_t nest;    /* where the open attribute begins, 0: none is open */
} LwTestNetlink;

/** Begins a message with the header of its family. */
void lw_test_netlink_begin(LwTestNetlink *self, uint16_t type, const void *header, size_t size);
/** Adds an attribute to it. */
void lw_test_netlink_add(LwTestNetlink *self, uint16_t type, const void *data, size_t size);
void lw_test_netlink_add_text(LwTestNetlink *self, uint16_t type, const char *text);
void lw_test_netlink_add_u32(LwTestNetlink *self, uint16_t type, uint32_t value);
/** Attributes that follow are part of this one, until the end. */
void lw_test_netlink_open(LwTestNetlink *self, uint16_t type);
void lw_test_netlink_close(LwTestNetlink *self);

/** LwTestLink: what a message tells of a link; what is 0 or NULL is not told. */
typedef struct LwTestLink {
        uint32_t index;
        const char *name, *kind;
        uint16_t hardware; /* ARPHRD_* */
        uint32_t flags;    /* IFF_* */
        uint32_t lower, master;
        uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
} LwTestLink;

/** RTM_NEWLINK or RTM_DELLINK. */
void lw_test_netlink_link(LwTestNetlink *self, uint16_t type, const LwTestLink *link);
/** RTM_NEWADDR or RTM_DELADDR with an address of the whole world, "192.0.2.7" or "2001:db8::7". */
void lw_test_netlink_address(
                LwTestNetlink *self, uint16_t type, uint32_t link, const char *address);
/** RTM_NEWROUTE or RTM_DELROUTE: a default route; `gateway` "192.0.2.1" says the family. */
void lw_test_netlink_route(LwTestNetlink *self, uint16_t type, uint32_t link, const char *gateway,
                uint32_t metric);
