/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of sockets: from text, to text, of an interface. */
#include "coap/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <glib.h>

static bool from_sockaddr(const struct sockaddr *from, coap_address_t *ret_address)
{
        coap_address_init(ret_address);
        if (from->sa_family == AF_INET) {
                memcpy(&ret_address->addr.sin, from, sizeof(struct sockaddr_in));
                ret_address->size = sizeof(struct sockaddr_in);
                return true;
        }
        if (from->sa_family == AF_INET6) {
                memcpy(&ret_address->addr.sin6, from, sizeof(struct sockaddr_in6));
                ret_address->size = sizeof(struct sockaddr_in6);
                return true;
        }
        return false;
}

bool lw_address_parse(const char *host, uint16_t port, coap_address_t *ret_address)
{
        /* AI_NUMERICHOST: no look-up; it is here for the zones, which inet_pton() does not know. */
        const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM };
        struct addrinfo *found;
        coap_address_t address;
        bool known;

        if (getaddrinfo(host, NULL, &hints, &found) != 0)
                return false;
        known = from_sockaddr(found->ai_addr, &address);
        freeaddrinfo(found);
        if (!known)
                return false;
        coap_address_set_port(&address, port);
        *ret_address = address;
        return true;
}

char *lw_address_text(const coap_address_t *address)
{
        const struct sockaddr_in6 *six = &address->addr.sin6;
        char text[INET6_ADDRSTRLEN] = "";
        char zone[IF_NAMESIZE + 1] = "";
        uint16_t port = coap_address_get_port(address);

        if (address->addr.sa.sa_family == AF_INET) {
                inet_ntop(AF_INET, &address->addr.sin.sin_addr, text, sizeof(text));
                return g_strdup_printf("%s:%u", text, port);
        }
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
                inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, sizeof(text));
                return g_strdup_printf("%s:%u", text, port);
        }
        inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof(text));
        if (six->sin6_scope_id != 0) {
                zone[0] = '%';
                if (if_indextoname(six->sin6_scope_id, zone + 1) == NULL)
                        g_snprintf(zone, sizeof(zone), "%%%u", six->sin6_scope_id);
        }
        return g_strdup_printf("[%s%s]:%u", text, zone, port);
}

static bool same_host(const coap_address_t *a, const coap_address_t *b)
{
        if (a->addr.sa.sa_family != b->addr.sa.sa_family)
                return false;
        if (a->addr.sa.sa_family == AF_INET)
                return a->addr.sin.sin_addr.s_addr == b->addr.sin.sin_addr.s_addr;
        return memcmp(&a->addr.sin6.sin6_addr, &b->addr.sin6.sin6_addr, sizeof(struct in6_addr)) ==
                               0 &&
               a->addr.sin6.sin6_scope_id == b->addr.sin6.sin6_scope_id;
}

bool lw_address_equal(const coap_address_t *a, const coap_address_t *b)
{
        return same_host(a, b) && coap_address_get_port(a) == coap_address_get_port(b);
}

void lw_address_any(int family, uint16_t port, coap_address_t *ret_address)
{
        coap_address_init(ret_address);
        ret_address->addr.sa.sa_family = (sa_family_t) family;
        ret_address->size = family == AF_INET ? sizeof(struct sockaddr_in)
                                              : sizeof(struct sockaddr_in6);
        coap_address_set_port(ret_address, port);
}

static bool is_link_local(const struct sockaddr *address)
{
        const struct sockaddr_in6 *six = (const void *) address;

        return address->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr);
}

bool lw_address_of_interface(const char *interface, const coap_address_t *remote, uint16_t port,
                coap_address_t *ret_address)
{
        const struct sockaddr *best = NULL;
        struct ifaddrs *all;
        bool found;

        if (getifaddrs(&all) < 0)
                return false;
        for (const struct ifaddrs *item = all; item != NULL; item = item->ifa_next) {
                if (item->ifa_addr == NULL || strcmp(item->ifa_name, interface) != 0 ||
                                item->ifa_addr->sa_family != remote->addr.sa.sa_family)
                        continue;
                if (best == NULL)
                        best = item->ifa_addr;
                if (is_link_local(item->ifa_addr) == is_link_local(&remote->addr.sa)) {
                        best = item->ifa_addr;
                        break;
                }
        }
        found = best != NULL && from_sockaddr(best, ret_address);
        freeifaddrs(all);
        if (found)
                coap_address_set_port(ret_address, port);
        return found;
}
