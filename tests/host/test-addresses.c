/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtnetlink tells of addresses and default routes. */
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "host/addresses.h"
#include "host/suite.h"

/* One message of the kernel about an address, or about a route when `family` is 0. */
typedef struct Told {
        uint16_t type;
        uint8_t family, scope, flags;
        uint32_t link;
        const char *address; /* its bytes, 4 or 16 */
} Told;

/* A message as rtnetlink(7) lays it out, followed by nothing. */
static size_t write_address(uint8_t *buffer, const Told *told)
{
        size_t length = told->family == AF_INET ? 4 : 16;
        struct {
                struct nlmsghdr header;
                struct ifaddrmsg address;
                struct rtattr attribute;
                uint8_t bytes[16];
        } message = {
                .header = { .nlmsg_type = told->type },
                .address = { told->family, 24, told->flags, told->scope, told->link },
                .attribute = { (unsigned short) RTA_LENGTH(length), IFA_ADDRESS },
        };

        memcpy(message.bytes, told->address, length);
        message.header.nlmsg_len = (uint32_t) (sizeof(message) - 16 + length);
        memcpy(buffer, &message, message.header.nlmsg_len);
        return message.header.nlmsg_len;
}

static size_t write_route(uint8_t *buffer, uint16_t type, uint8_t prefix, uint8_t table)
{
        struct {
                struct nlmsghdr header;
                struct rtmsg route;
        } message = {
                .header = { sizeof(message), type, 0, 0, 0 },
                .route = { .rtm_family = AF_INET,
                                .rtm_dst_len = prefix,
                                .rtm_table = table,
                                .rtm_type = RTN_UNICAST },
        };

        memcpy(buffer, &message, sizeof(message));
        return sizeof(message);
}

#define V4 "\xc0\x00\x02\x07"
#define V4_OTHER "\xc0\x00\x02\x08"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7"

/* One after the other: what is told, whether it is news, and how many addresses are known then. */
static const struct {
        Told told;
        bool news;
        size_t count;
} story[] = {
        { { RTM_NEWADDR, AF_INET, RT_SCOPE_HOST, 0, 1, "\x7f\0\0\1" }, false, 0 },
        { { RTM_NEWADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4 }, true, 1 },
        { { RTM_NEWADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4 }, false, 1 },
        { { RTM_NEWADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 3, V4 }, true, 2 },
        { { RTM_NEWADDR, AF_INET6, RT_SCOPE_LINK, 0, 2, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1" },
                        false, 2 },
        /* duplicate address detection: only its end counts */
        { { RTM_NEWADDR, AF_INET6, RT_SCOPE_UNIVERSE, IFA_F_TENTATIVE, 2, V6 }, false, 2 },
        { { RTM_NEWADDR, AF_INET6, RT_SCOPE_UNIVERSE, 0, 2, V6 }, true, 3 },
        { { RTM_NEWADDR, AF_INET6, RT_SCOPE_UNIVERSE, 0, 2, V6 }, false, 3 },
        { { RTM_DELADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4_OTHER }, false, 3 },
        { { RTM_DELADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4 }, true, 2 },
        { { RTM_DELADDR, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4 }, false, 2 },
        { { RTM_NEWLINK, AF_INET, RT_SCOPE_UNIVERSE, 0, 2, V4 }, false, 2 },
};

START_TEST(only_changes_are_news)
{
        g_autoptr(LwAddresses) addresses = lw_addresses_new();
        _Alignas(4) uint8_t buffer[64];

        for (size_t i = 0; i < G_N_ELEMENTS(story); i++) {
                size_t length = write_address(buffer, &story[i].told);

                ck_assert_msg(lw_addresses_take(addresses, buffer, length) == story[i].news,
                                "message %zu", i);
                ck_assert_uint_eq(lw_addresses_count(addresses), story[i].count);
        }
        lw_addresses_reset(addresses);
        ck_assert_uint_eq(lw_addresses_count(addresses), 0);
}
END_TEST

START_TEST(messages_of_one_read_are_all_taken)
{
        g_autoptr(LwAddresses) addresses = lw_addresses_new();
        _Alignas(4) uint8_t buffer[256];
        size_t length = 0;

        for (size_t i = 0; i < 4; i++)
                length += write_address(buffer + length, &story[i].told);
        ck_assert(lw_addresses_take(addresses, buffer, length));
        ck_assert_uint_eq(lw_addresses_count(addresses), 2);
}
END_TEST

static const struct {
        uint16_t type;
        uint8_t prefix, table;
        bool news;
} routes[] = {
        { RTM_NEWROUTE, 0, RT_TABLE_MAIN, true },
        { RTM_DELROUTE, 0, RT_TABLE_MAIN, true },
        { RTM_NEWROUTE, 24, RT_TABLE_MAIN, false },
        { RTM_NEWROUTE, 0, RT_TABLE_LOCAL, false },
};

START_TEST(default_routes_are_news)
{
        g_autoptr(LwAddresses) addresses = lw_addresses_new();
        _Alignas(4) uint8_t buffer[64];
        size_t length = write_route(buffer, routes[_i].type, routes[_i].prefix, routes[_i].table);

        ck_assert_int_eq(lw_addresses_take(addresses, buffer, length), routes[_i].news);
}
END_TEST

START_TEST(a_length_beyond_all_bounds_is_none)
{
        g_autoptr(LwAddresses) addresses = lw_addresses_new();
        _Alignas(4) uint8_t buffer[64];
        size_t length = write_address(buffer, &story[1].told);

        memcpy(buffer, &(uint32_t){ 0xfe000014 }, sizeof(uint32_t));
        ck_assert(!lw_addresses_take(addresses, buffer, length));
}
END_TEST

START_TEST(a_cut_message_tells_nothing)
{
        _Alignas(4) uint8_t buffer[64];
        size_t whole = write_address(buffer, &story[1].told);

        for (size_t length = 0; length < whole; length++) {
                g_autoptr(LwAddresses) addresses = lw_addresses_new();
                uint32_t claimed = (uint32_t) length;

                ck_assert(!lw_addresses_take(addresses, buffer, length));
                if (length < sizeof(struct nlmsghdr))
                        continue;
                memcpy(buffer, &claimed, sizeof(claimed)); /* a message that is itself shorter */
                ck_assert(!lw_addresses_take(addresses, buffer, length));
                memcpy(buffer, &(uint32_t){ (uint32_t) whole }, sizeof(claimed));
        }
}
END_TEST

TCase *test_addresses(void)
{
        TCase *tcase = tcase_create("addresses");

        tcase_add_test(tcase, only_changes_are_news);
        tcase_add_test(tcase, messages_of_one_read_are_all_taken);
        tcase_add_loop_test(tcase, default_routes_are_news, 0, G_N_ELEMENTS(routes));
        tcase_add_test(tcase, a_length_beyond_all_bounds_is_none);
        tcase_add_test(tcase, a_cut_message_tells_nothing);
        return tcase;
}
