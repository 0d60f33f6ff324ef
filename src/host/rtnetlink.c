/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLinks: the network links of the host, their addresses and default routes, as rtnetlink tells
 * them. */
#include "host/rtnetlink.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "host/netlink.h"
#include "model/limits.h"

struct LwLinks {
        GArray *links;     /* of LwLink, by ascending index */
        GArray *gone;      /* of LwLink: of the last messages */
        GArray *addresses; /* of LwHostAddress */
        GArray *routes;    /* of LwDefaultRoute */
        unsigned lists;
};

LwLinks *lw_links_new(void)
{
        LwLinks *self = g_new(LwLinks, 1);

        self->links = g_array_new(FALSE, FALSE, sizeof(LwLink));
        self->gone = g_array_new(FALSE, FALSE, sizeof(LwLink));
        self->addresses = g_array_new(FALSE, FALSE, sizeof(LwHostAddress));
        self->routes = g_array_new(FALSE, FALSE, sizeof(LwDefaultRoute));
        self->lists = 0;
        return self;
}

void lw_links_free(LwLinks *self)
{
        if (self == NULL)
                return;
        g_array_unref(self->links);
        g_array_unref(self->gone);
        g_array_unref(self->addresses);
        g_array_unref(self->routes);
        g_free(self);
}

void lw_links_reset(LwLinks *self)
{
        g_array_set_size(self->links, 0);
        g_array_set_size(self->gone, 0);
        g_array_set_size(self->addresses, 0);
        g_array_set_size(self->routes, 0);
        self->lists = 0;
}

unsigned lw_links_lists(const LwLinks *self)
{
        return self->lists;
}

/* --- links --- */

size_t lw_links_count(const LwLinks *self)
{
        return self->links->len;
}

const LwLink *lw_links_at(const LwLinks *self, size_t i)
{
        return &g_array_index(self->links, LwLink, i);
}

size_t lw_links_gone_count(const LwLinks *self)
{
        return self->gone->len;
}

const LwLink *lw_links_gone_at(const LwLinks *self, size_t i)
{
        return &g_array_index(self->gone, LwLink, i);
}

/* The place of a link, or the one where it would stand. */
static bool find(const LwLinks *self, uint32_t index, guint *ret_place)
{
        guint low = 0, high = self->links->len;

        while (low < high) {
                guint middle = low + (high - low) / 2;

                if (lw_links_at(self, middle)->index < index)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_place = low;
        return low < self->links->len && lw_links_at(self, low)->index == index;
}

const LwLink *lw_links_find(const LwLinks *self, uint32_t index)
{
        guint place;

        return find(self, index, &place) ? lw_links_at(self, place) : NULL;
}

/* Text that the kernel ends by a NUL, cut to what has room. */
static void read_name(const struct nlattr *attribute, char name[static LW_LINK_NAME_MAX])
{
        size_t length = MIN(mnl_attr_get_payload_len(attribute), LW_LINK_NAME_MAX - 1);

        memset(name, 0, LW_LINK_NAME_MAX);
        memcpy(name, mnl_attr_get_payload(attribute), length);
        if (!g_utf8_validate(name, -1, NULL))
                memset(name, 0, LW_LINK_NAME_MAX);
        else /* nothing behind the NUL: links are compared as bytes */
                memset(name + strlen(name), 0, LW_LINK_NAME_MAX - strlen(name));
}

static void read_kind(const struct nlattr *info, LwLink *link)
{
        const struct nlattr *attribute;

        mnl_attr_for_each_nested(attribute, info)
        {
                if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
                        read_name(attribute, link->kind);
        }
}

static void read_counters(const struct nlattr *attribute, LwLink *link)
{
        struct rtnl_link_stats64 stats;

        /* Longer ones come with newer kernels; these four are the first. */
        if (!lw_netlink_copy(attribute, &stats,
                            offsetof(struct rtnl_link_stats64, tx_bytes) + sizeof(stats.tx_bytes)))
                return;
        link->has_counters = true;
        link->counters = (LwLinkCounters){ .rx_bytes = stats.rx_bytes,
                .tx_bytes = stats.tx_bytes,
                .rx_packets = stats.rx_packets,
                .tx_packets = stats.tx_packets };
}

static void read_attribute(const struct nlattr *attribute, LwLink *link)
{
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_IFNAME:
                read_name(attribute, link->name);
                break;
        case IFLA_LINK:
                lw_netlink_copy(attribute, &link->lower, sizeof(link->lower));
                break;
        case IFLA_LINK_NETNSID:
                link->is_elsewhere = true;
                break;
        case IFLA_MASTER:
                lw_netlink_copy(attribute, &link->master, sizeof(link->master));
                break;
        case IFLA_LINKINFO:
                read_kind(attribute, link);
                break;
        case IFLA_STATS64:
                read_counters(attribute, link);
                break;
        }
}

/* Whether two links differ in more than what they carried. */
static bool differ(const LwLink *a, const LwLink *b)
{
        return a->lower != b->lower || a->master != b->master || a->hardware != b->hardware ||
               a->is_loopback != b->is_loopback || a->is_elsewhere != b->is_elsewhere ||
               a->is_up != b->is_up || memcmp(a->name, b->name, sizeof(a->name)) != 0 ||
               memcmp(a->kind, b->kind, sizeof(a->kind)) != 0;
}

static void forget_link(LwLinks *self, guint place)
{
        uint32_t index = lw_links_at(self, place)->index;

        g_array_remove_index(self->links, place);
        for (guint i = self->addresses->len; i-- > 0;)
                if (lw_links_address_at(self, i)->link == index)
                        g_array_remove_index(self->addresses, i);
        for (guint i = self->routes->len; i-- > 0;)
                if (lw_links_route_at(self, i)->link == index)
                        g_array_remove_index(self->routes, i);
}

static bool take_link(LwLinks *self, const struct nlmsghdr *message)
{
        const struct ifinfomsg *header = lw_netlink_header(message, sizeof(*header));
        const struct nlattr *attribute;
        bool known, news;
        LwLink link = {};
        guint place;

        /* A bridge tells of its ports in messages of its own family. */
        if (header == NULL || header->ifi_family != AF_UNSPEC || header->ifi_index <= 0)
                return false;
        link.index = (uint32_t) header->ifi_index;
        link.hardware = header->ifi_type;
        link.is_loopback = header->ifi_flags & IFF_LOOPBACK;
        link.is_up = (header->ifi_flags & (IFF_UP | IFF_LOWER_UP)) == (IFF_UP | IFF_LOWER_UP);
        mnl_attr_for_each(attribute, message, sizeof(*header))
        {
                read_attribute(attribute, &link);
        }
        known = find(self, link.index, &place);
        if (message->nlmsg_type == RTM_DELLINK) {
                if (known)
                        forget_link(self, place);
                if (known)
                        g_array_append_val(self->gone, link);
                return known;
        }
        if (!known && self->links->len >= LW_HOST_LINKS_MAX)
                return false;
        news = !known || differ(lw_links_at(self, place), &link);
        if (known)
                g_array_index(self->links, LwLink, place) = link;
        else
                g_array_insert_val(self->links, place, link);
        return news;
}

/* --- addresses --- */

size_t lw_links_address_count(const LwLinks *self)
{
        return self->addresses->len;
}

const LwHostAddress *lw_links_address_at(const LwLinks *self, size_t i)
{
        return &g_array_index(self->addresses, LwHostAddress, i);
}

static size_t length_of(uint8_t family)
{
        return family == AF_INET ? 4 : 16;
}

char *lw_host_address_print(uint8_t family, const uint8_t *bytes)
{
        char text[INET6_ADDRSTRLEN] = "";

        inet_ntop(family, bytes, text, sizeof(text));
        return g_strdup(text);
}

/* On a point-to-point link IFA_ADDRESS is the other end, and IFA_LOCAL ours. */
static bool read_address(
                const struct nlmsghdr *message, LwHostAddress *ret_address, uint32_t *ret_flags)
{
        const struct ifaddrmsg *header = lw_netlink_header(message, sizeof(*header));
        const struct nlattr *attribute, *local = NULL, *address = NULL;

        if (header == NULL || (header->ifa_family != AF_INET && header->ifa_family != AF_INET6) ||
                        header->ifa_scope >= RT_SCOPE_LINK)
                return false;
        *ret_flags = header->ifa_flags;
        memset(ret_address, 0, sizeof(*ret_address)); /* compared as bytes */
        ret_address->link = header->ifa_index;
        ret_address->family = header->ifa_family;
        mnl_attr_for_each(attribute, message, sizeof(*header))
        {
                if (mnl_attr_get_type(attribute) == IFA_LOCAL)
                        local = attribute;
                else if (mnl_attr_get_type(attribute) == IFA_ADDRESS)
                        address = attribute;
        }
        if (local == NULL)
                local = address;
        return local != NULL &&
               lw_netlink_copy(local, ret_address->bytes, length_of(header->ifa_family));
}

/* The place of an equal record of `size` bytes, or -1. */
static int place_of(const GArray *array, const void *record, size_t size)
{
        for (guint i = 0; i < array->len; i++)
                if (memcmp(array->data + i * size, record, size) == 0)
                        return (int) i;
        return -1;
}

/* Adds the record, or takes it away; whether that was any news. */
static bool settle(GArray *array, const void *record, size_t size, bool is_there, guint limit)
{
        int place = place_of(array, record, size);

        if (is_there == (place >= 0) || (is_there && array->len >= limit))
                return false;
        if (is_there)
                g_array_append_vals(array, record, 1);
        else
                g_array_remove_index(array, (guint) place);
        return true;
}

static bool take_address(LwLinks *self, const struct nlmsghdr *message)
{
        LwHostAddress address;
        uint32_t flags;

        if (!read_address(message, &address, &flags))
                return false;
        return settle(self->addresses, &address, sizeof(address),
                        message->nlmsg_type == RTM_NEWADDR &&
                                        !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)),
                        LW_HOST_ADDRESSES_MAX);
}

/* --- default routes --- */

size_t lw_links_route_count(const LwLinks *self)
{
        return self->routes->len;
}

const LwDefaultRoute *lw_links_route_at(const LwLinks *self, size_t i)
{
        return &g_array_index(self->routes, LwDefaultRoute, i);
}

static void read_gateway(const struct nlattr *attribute, uint8_t family, LwDefaultRoute *route)
{
        if (lw_netlink_copy(attribute, route->gateway, length_of(family)))
                route->gateway_family = family;
}

/* IPv4 by way of an IPv6 router. */
static void read_via(const struct nlattr *attribute, LwDefaultRoute *route)
{
        const uint8_t *payload = mnl_attr_get_payload(attribute);
        uint16_t family;

        if (!lw_netlink_copy(attribute, &family, sizeof(family)) || family != AF_INET6 ||
                        mnl_attr_get_payload_len(attribute) < sizeof(family) + length_of(AF_INET6))
                return;
        memcpy(route->gateway, payload + sizeof(family), length_of(AF_INET6));
        route->gateway_family = AF_INET6;
}

static void read_route_attribute(
                const struct nlattr *attribute, uint8_t family, LwDefaultRoute *route)
{
        switch (mnl_attr_get_type(attribute)) {
        case RTA_OIF:
                lw_netlink_copy(attribute, &route->link, sizeof(route->link));
                break;
        case RTA_PRIORITY:
                lw_netlink_copy(attribute, &route->metric, sizeof(route->metric));
                break;
        case RTA_GATEWAY:
                read_gateway(attribute, family, route);
                break;
        case RTA_VIA:
                read_via(attribute, route);
                break;
        }
}

/* Of several next hops the first. */
static void read_hops(const struct nlattr *hops, uint8_t family, LwDefaultRoute *route)
{
        const uint8_t *first = mnl_attr_get_payload(hops);
        const struct nlattr *attribute;
        struct rtnexthop hop;
        int left;

        if (!lw_netlink_copy(hops, &hop, sizeof(hop)) || hop.rtnh_len < sizeof(hop) ||
                        hop.rtnh_len > mnl_attr_get_payload_len(hops))
                return;
        route->link = (uint32_t) hop.rtnh_ifindex;
        attribute = (const struct nlattr *) (const void *) (first + sizeof(hop));
        left = (int) (hop.rtnh_len - sizeof(hop));
        while (mnl_attr_ok(attribute, left)) {
                read_route_attribute(attribute, family, route);
                left -= (int) MNL_ALIGN(attribute->nla_len);
                attribute = mnl_attr_next(attribute);
        }
}

static bool take_route(LwLinks *self, const struct nlmsghdr *message)
{
        const struct rtmsg *header = lw_netlink_header(message, sizeof(*header));
        const struct nlattr *attribute;
        LwDefaultRoute route;

        if (header == NULL || header->rtm_dst_len != 0 || header->rtm_table != RT_TABLE_MAIN ||
                        header->rtm_type != RTN_UNICAST || (header->rtm_flags & RTM_F_CLONED) ||
                        (header->rtm_family != AF_INET && header->rtm_family != AF_INET6))
                return false;
        memset(&route, 0, sizeof(route)); /* compared as bytes */
        route.family = header->rtm_family;
        mnl_attr_for_each(attribute, message, sizeof(*header))
        {
                if (mnl_attr_get_type(attribute) == RTA_MULTIPATH)
                        read_hops(attribute, header->rtm_family, &route);
                else
                        read_route_attribute(attribute, header->rtm_family, &route);
        }
        return settle(self->routes, &route, sizeof(route), message->nlmsg_type == RTM_NEWROUTE,
                        LW_HOST_ROUTES_MAX);
}

bool lw_links_take(LwLinks *self, const void *data, size_t length)
{
        LwNetlink messages = lw_netlink(data, length);
        const struct nlmsghdr *message;
        bool news = false;

        g_array_set_size(self->gone, 0);
        while ((message = lw_netlink_next(&messages)) != NULL) {
                switch (message->nlmsg_type) {
                case RTM_NEWLINK:
                case RTM_DELLINK:
                        news = take_link(self, message) || news;
                        break;
                case RTM_NEWADDR:
                case RTM_DELADDR:
                        news = take_address(self, message) || news;
                        break;
                case RTM_NEWROUTE:
                case RTM_DELROUTE:
                        news = take_route(self, message) || news;
                        break;
                case NLMSG_DONE:
                case NLMSG_ERROR: /* of our one request: there is no list */
                        self->lists++;
                        break;
                }
        }
        return news;
}
