/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAddresses: the addresses and default routes of the host, as rtnetlink tells them. */
#include "host/addresses.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "host/netlink.h"

/* A kernel has some thousands at the very most; what comes above is not counted. */
#define ADDRESSES_MAX 16384

typedef struct Address {
        uint32_t link;
        uint8_t family;
        uint8_t length; /* of `bytes`, the rest is 0 */
        uint8_t bytes[16];
} Address;

struct LwAddresses {
        GHashTable *known; /* of Address, as a set */
};

static guint address_hash(gconstpointer key)
{
        const uint8_t *bytes = key;
        guint hash = 5381;

        for (size_t i = 0; i < sizeof(Address); i++)
                hash = hash * 33 + bytes[i];
        return hash;
}

static gboolean address_equal(gconstpointer a, gconstpointer b)
{
        return memcmp(a, b, sizeof(Address)) == 0;
}

LwAddresses *lw_addresses_new(void)
{
        LwAddresses *self = g_new0(LwAddresses, 1);

        self->known = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
        return self;
}

void lw_addresses_free(LwAddresses *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->known);
        g_free(self);
}

size_t lw_addresses_count(const LwAddresses *self)
{
        return g_hash_table_size(self->known);
}

void lw_addresses_reset(LwAddresses *self)
{
        g_hash_table_remove_all(self->known);
}

/* The attribute of a type behind a header of `offset` bytes, or NULL. */
static const struct nlattr *find_attribute(
                const struct nlmsghdr *message, size_t offset, uint16_t type)
{
        const struct nlattr *attribute;

        mnl_attr_for_each(attribute, message, offset)
        {
                if (mnl_attr_get_type(attribute) == type)
                        return attribute;
        }
        return NULL;
}

/* On a point-to-point link IFA_ADDRESS is the other end, and IFA_LOCAL ours. */
static bool read_address(const struct nlmsghdr *message, const struct ifaddrmsg *header,
                Address *ret_address)
{
        const struct nlattr *attribute = find_attribute(message, sizeof(*header), IFA_LOCAL);
        Address address = {};

        if (attribute == NULL)
                attribute = find_attribute(message, sizeof(*header), IFA_ADDRESS);
        if (attribute == NULL || mnl_attr_get_payload_len(attribute) > sizeof(address.bytes))
                return false;
        address.link = header->ifa_index;
        address.family = header->ifa_family;
        address.length = (uint8_t) mnl_attr_get_payload_len(attribute);
        memcpy(address.bytes, mnl_attr_get_payload(attribute), address.length);
        *ret_address = address;
        return true;
}

static bool take_address(LwAddresses *self, const struct nlmsghdr *message)
{
        const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
        Address address;

        if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
                        (header->ifa_family != AF_INET && header->ifa_family != AF_INET6) ||
                        header->ifa_scope >= RT_SCOPE_LINK ||
                        !read_address(message, header, &address))
                return false;
        if (message->nlmsg_type == RTM_DELADDR)
                return g_hash_table_remove(self->known, &address);
        /* Failed or not yet finished duplicate address detection: the next message tells the
         * outcome. */
        if (header->ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
                return false;
        if (lw_addresses_count(self) >= ADDRESSES_MAX)
                return false;
        return g_hash_table_add(self->known, g_memdup2(&address, sizeof(address)));
}

/* Another default route makes the kernel choose another source address. */
static bool is_default_route(const struct nlmsghdr *message)
{
        const struct rtmsg *header = mnl_nlmsg_get_payload(message);

        return mnl_nlmsg_get_payload_len(message) >= sizeof(*header) && header->rtm_dst_len == 0 &&
               header->rtm_table == RT_TABLE_MAIN && header->rtm_type == RTN_UNICAST &&
               !(header->rtm_flags & RTM_F_CLONED);
}

bool lw_addresses_take(LwAddresses *self, const void *data, size_t length)
{
        LwNetlink messages = lw_netlink(data, length);
        const struct nlmsghdr *message;
        bool changed = false;

        while ((message = lw_netlink_next(&messages)) != NULL) {
                switch (message->nlmsg_type) {
                case RTM_NEWADDR:
                case RTM_DELADDR:
                        changed = take_address(self, message) || changed;
                        break;
                case RTM_NEWROUTE:
                case RTM_DELROUTE:
                        changed = is_default_route(message) || changed;
                        break;
                }
        }
        return changed;
}
