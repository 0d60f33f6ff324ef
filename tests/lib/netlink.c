/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as the kernel writes them on a netlink socket. */
#include "lib/netlink.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>

#include <check.h>

static void put(LwTestNetlink *self, const void *data, size_t size)
{
        ck_assert_uint_le(self->length + size + 8, sizeof(self->data));
        if (size > 0)
                memcpy(self->data + self->length, data, size);
        self->length += size;
        while (self->length % 4 != 0)
                self->data[self->length++] = 0;
}

/* The message, and the attribute that is open, reach to the end. */
static void measure(LwTestNetlink *self)
{
        uint32_t length = (uint32_t) (self->length - self->message);
        uint16_t nested = (uint16_t) (self->length - self->nest);

        memcpy(self->data + self->message, &length, sizeof(length));
        if (self->nest != 0)
                memcpy(self->data + self->nest, &nested, sizeof(nested));
}

void lw_test_netlink_begin(LwTestNetlink *self, uint16_t type, const void *header, size_t size)
{
        struct nlmsghdr message = { .nlmsg_type = type };

        self->message = self->length;
        self->nest = 0;
        put(self, &message, sizeof(message));
        put(self, header, size);
        measure(self);
}

void lw_test_netlink_add(LwTestNetlink *self, uint16_t type, const void *data, size_t size)
{
        struct nlattr attribute = { (uint16_t) (sizeof(attribute) + size), type };

        put(self, &attribute, sizeof(attribute));
        put(self, data, size);
        measure(self);
}

void lw_test_netlink_add_text(LwTestNetlink *self, uint16_t type, const char *text)
{
        lw_test_netlink_add(self, type, text, strlen(text) + 1);
}

void lw_test_netlink_add_u32(LwTestNetlink *self, uint16_t type, uint32_t value)
{
        lw_test_netlink_add(self, type, &value, sizeof(value));
}

void lw_test_netlink_open(LwTestNetlink *self, uint16_t type)
{
        size_t nest = self->length;

        lw_test_netlink_add(self, type, NULL, 0);
        self->nest = nest;
}

void lw_test_netlink_close(LwTestNetlink *self)
{
        self->nest = 0;
}

void lw_test_netlink_link(LwTestNetlink *self, uint16_t type, const LwTestLink *link)
{
        struct ifinfomsg header = {
                .ifi_type = link->hardware, .ifi_index = (int) link->index, .ifi_flags = link->flags
        };
        struct rtnl_link_stats64 stats = { .rx_packets = link->rx_packets,
                .tx_packets = link->tx_packets,
                .rx_bytes = link->rx_bytes,
                .tx_bytes = link->tx_bytes };

        lw_test_netlink_begin(self, type, &header, sizeof(header));
        lw_test_netlink_add_text(self, IFLA_IFNAME, link->name);
        if (link->lower != 0)
                lw_test_netlink_add_u32(self, IFLA_LINK, link->lower);
        if (link->master != 0)
                lw_test_netlink_add_u32(self, IFLA_MASTER, link->master);
        lw_test_netlink_add(self, IFLA_STATS64, &stats, sizeof(stats));
        if (link->kind == NULL)
                return;
        lw_test_netlink_open(self, IFLA_LINKINFO);
        lw_test_netlink_add_text(self, IFLA_INFO_KIND, link->kind);
        lw_test_netlink_close(self);
}

static size_t parse(const char *text, uint8_t bytes[static 16])
{
        bool is_six = strchr(text, ':') != NULL;

        ck_assert_int_eq(inet_pton(is_six ? AF_INET6 : AF_INET, text, bytes), 1);
        return is_six ? 16 : 4;
}

void lw_test_netlink_address(LwTestNetlink *self, uint16_t type, uint32_t link, const char *address)
{
        struct ifaddrmsg header = { .ifa_scope = RT_SCOPE_UNIVERSE, .ifa_index = link };
        uint8_t bytes[16];
        size_t size = parse(address, bytes);

        header.ifa_family = size == 4 ? AF_INET : AF_INET6;
        lw_test_netlink_begin(self, type, &header, sizeof(header));
        lw_test_netlink_add(self, IFA_ADDRESS, bytes, size);
}

void lw_test_netlink_route(LwTestNetlink *self, uint16_t type, uint32_t link, const char *gateway,
                uint32_t metric)
{
        struct rtmsg header = { .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST };
        uint8_t bytes[16];
        size_t size = parse(gateway, bytes);

        header.rtm_family = size == 4 ? AF_INET : AF_INET6;
        lw_test_netlink_begin(self, type, &header, sizeof(header));
        lw_test_netlink_add(self, RTA_GATEWAY, bytes, size);
        lw_test_netlink_add_u32(self, RTA_OIF, link);
        lw_test_netlink_add_u32(self, RTA_PRIORITY, metric);
}
