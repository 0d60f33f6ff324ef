/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtnetlink tells of links, addresses and default routes. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "host/rtnetlink.h"
#include "host/suite.h"
#include "lib/netlink.h"
#include "model/limits.h"

#define UP (IFF_UP | IFF_LOWER_UP | IFF_RUNNING)

static LwTestNetlink told;
static LwLinks *links;

static void setup(void)
{
        links = lw_links_new();
}

static void teardown(void)
{
        lw_links_free(links);
}

/* Takes what was written, and begins anew. */
static bool take(void)
{
        bool news = lw_links_take(links, told.data, told.length);

        told = (LwTestNetlink){};
        return news;
}

static const LwTestLink lo = {
        .index = 1, .name = "lo", .hardware = ARPHRD_LOOPBACK, .flags = UP | IFF_LOOPBACK
};
static const LwTestLink eth0 = { .index = 2,
        .name = "eth0",
        .hardware = ARPHRD_ETHER,
        .flags = UP,
        .rx_bytes = 1000,
        .tx_bytes = 2000,
        .rx_packets = 10,
        .tx_packets = 20 };
static const LwTestLink vlan = { .index = 7,
        .name = "eth0.5",
        .kind = "vlan",
        .hardware = ARPHRD_ETHER,
        .flags = IFF_UP,
        .lower = 2,
        .master = 9 };

START_TEST(links_are_known_by_their_index)
{
        const LwLink *link;

        lw_test_netlink_link(&told, RTM_NEWLINK, &vlan);
        lw_test_netlink_link(&told, RTM_NEWLINK, &lo);
        lw_test_netlink_link(&told, RTM_NEWLINK, &eth0);
        ck_assert(take());
        ck_assert_uint_eq(lw_links_count(links), 3);
        ck_assert_uint_eq(lw_links_at(links, 0)->index, 1);
        ck_assert(lw_links_at(links, 0)->is_loopback);
        link = lw_links_find(links, 2);
        ck_assert_str_eq(link->name, "eth0");
        ck_assert_str_eq(link->kind, "");
        ck_assert(link->is_up && !link->is_loopback && link->has_counters);
        ck_assert_uint_eq(link->hardware, ARPHRD_ETHER);
        ck_assert_uint_eq(link->counters.rx_bytes, 1000);
        ck_assert_uint_eq(link->counters.tx_bytes, 2000);
        ck_assert_uint_eq(link->counters.rx_packets, 10);
        ck_assert_uint_eq(link->counters.tx_packets, 20);
        link = lw_links_find(links, 7);
        ck_assert_str_eq(link->kind, "vlan");
        ck_assert(!link->is_up); /* no carrier */
        ck_assert_uint_eq(link->lower, 2);
        ck_assert_uint_eq(link->master, 9);
        ck_assert_ptr_null(lw_links_find(links, 3));
}
END_TEST

START_TEST(counters_alone_are_no_news)
{
        LwTestLink more = eth0, down = eth0;

        lw_test_netlink_link(&told, RTM_NEWLINK, &eth0);
        ck_assert(take());
        more.rx_bytes = 5000;
        lw_test_netlink_link(&told, RTM_NEWLINK, &more);
        ck_assert(!take());
        ck_assert_uint_eq(lw_links_at(links, 0)->counters.rx_bytes, 5000);
        down.flags = IFF_UP;
        lw_test_netlink_link(&told, RTM_NEWLINK, &down);
        ck_assert(take());
}
END_TEST

START_TEST(a_link_that_goes_takes_all_of_its_own_along)
{
        LwTestLink last = eth0;

        lw_test_netlink_link(&told, RTM_NEWLINK, &eth0);
        lw_test_netlink_link(&told, RTM_NEWLINK, &lo);
        lw_test_netlink_address(&told, RTM_NEWADDR, 2, "192.0.2.7");
        lw_test_netlink_address(&told, RTM_NEWADDR, 1, "192.0.2.8");
        lw_test_netlink_route(&told, RTM_NEWROUTE, 2, "192.0.2.1", 100);
        take();
        last.rx_bytes = 9000;
        lw_test_netlink_link(&told, RTM_DELLINK, &last);
        ck_assert(take());
        ck_assert_uint_eq(lw_links_count(links), 1);
        ck_assert_uint_eq(lw_links_address_count(links), 1);
        ck_assert_uint_eq(lw_links_address_at(links, 0)->link, 1);
        ck_assert_uint_eq(lw_links_route_count(links), 0);
        ck_assert_uint_eq(lw_links_gone_count(links), 1);
        ck_assert_uint_eq(lw_links_gone_at(links, 0)->counters.rx_bytes, 9000);
        lw_test_netlink_link(&told, RTM_DELLINK, &last);
        ck_assert(!take());
        ck_assert_uint_eq(lw_links_gone_count(links), 0);
}
END_TEST

static const struct {
        const char *address;
        uint8_t family, scope;
        uint32_t flags;
        bool counts;
} addresses[] = {
        { "192.0.2.7", AF_INET, RT_SCOPE_UNIVERSE, 0, true },
        { "2001:db8::7", AF_INET6, RT_SCOPE_UNIVERSE, 0, true },
        { "fec0::7", AF_INET6, RT_SCOPE_SITE, 0, true },
        { "fe80::7", AF_INET6, RT_SCOPE_LINK, 0, false },
        { "127.0.0.1", AF_INET, RT_SCOPE_HOST, 0, false },
        { "2001:db8::8", AF_INET6, RT_SCOPE_UNIVERSE, IFA_F_TENTATIVE, false },
        { "2001:db8::9", AF_INET6, RT_SCOPE_UNIVERSE, IFA_F_DADFAILED, false },
};

START_TEST(addresses_that_can_be_used_count)
{
        struct ifaddrmsg *header;

        lw_test_netlink_address(&told, RTM_NEWADDR, 2, addresses[_i].address);
        header = (void *) (told.data + told.message + sizeof(struct nlmsghdr));
        header->ifa_scope = addresses[_i].scope;
        header->ifa_flags = (uint8_t) addresses[_i].flags;
        ck_assert(take() == addresses[_i].counts);
        ck_assert_uint_eq(lw_links_address_count(links), addresses[_i].counts);
        if (addresses[_i].counts) {
                const LwHostAddress *address = lw_links_address_at(links, 0);
                g_autofree char *text = lw_host_address_print(address->family, address->bytes);

                ck_assert_str_eq(text, addresses[_i].address);
        }
}
END_TEST

START_TEST(an_address_comes_and_goes_once)
{
        lw_test_netlink_address(&told, RTM_NEWADDR, 2, "192.0.2.7");
        ck_assert(take());
        lw_test_netlink_address(&told, RTM_NEWADDR, 2, "192.0.2.7");
        ck_assert(!take());
        lw_test_netlink_address(&told, RTM_DELADDR, 2, "192.0.2.7");
        ck_assert(take());
        ck_assert_uint_eq(lw_links_address_count(links), 0);
        lw_test_netlink_address(&told, RTM_DELADDR, 2, "192.0.2.7");
        ck_assert(!take());
}
END_TEST

/* What a modem's link has: the other end is IFA_ADDRESS. */
START_TEST(of_a_point_to_point_link_the_near_end_counts)
{
        lw_test_netlink_address(&told, RTM_NEWADDR, 2, "198.51.100.1");
        lw_test_netlink_add(&told, IFA_LOCAL, "\xc0\x00\x02\x07", 4);
        take();
        ck_assert_mem_eq(lw_links_address_at(links, 0)->bytes, "\xc0\x00\x02\x07", 4);
}
END_TEST

START_TEST(default_routes_and_no_others)
{
        struct rtmsg *header;

        lw_test_netlink_route(&told, RTM_NEWROUTE, 2, "192.0.2.1", 100);
        lw_test_netlink_route(&told, RTM_NEWROUTE, 3, "2001:db8::1", 1024);
        lw_test_netlink_route(&told, RTM_NEWROUTE, 4, "192.0.2.9", 0);
        header = (void *) (told.data + told.message + sizeof(struct nlmsghdr));
        header->rtm_dst_len = 24;
        lw_test_netlink_route(&told, RTM_NEWROUTE, 4, "192.0.2.9", 0);
        header = (void *) (told.data + told.message + sizeof(struct nlmsghdr));
        header->rtm_type = RTN_UNREACHABLE;
        ck_assert(take());
        ck_assert_uint_eq(lw_links_route_count(links), 2);
        ck_assert_uint_eq(lw_links_route_at(links, 0)->link, 2);
        ck_assert_uint_eq(lw_links_route_at(links, 0)->metric, 100);
        ck_assert_uint_eq(lw_links_route_at(links, 1)->gateway_family, AF_INET6);
        lw_test_netlink_route(&told, RTM_DELROUTE, 2, "192.0.2.1", 100);
        ck_assert(take());
        ck_assert_uint_eq(lw_links_route_count(links), 1);
}
END_TEST

/* IPv4 by way of an IPv6 router, and a route with two hops: RTA_VIA and RTA_MULTIPATH. */
START_TEST(routes_in_their_other_forms)
{
        static const uint8_t via[18] = { AF_INET6, 0, 0x20, 1, 0xd, 0xb8, [17] = 1 };
        struct rtmsg header = {
                .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST
        };
        struct {
                struct rtnexthop hop;
                struct nlattr attribute;
                uint8_t gateway[4];
        } hops[2] = {
                { { sizeof(hops[0]), 0, 0, 5 }, { 8, RTA_GATEWAY }, { 192, 0, 2, 1 } },
                { { sizeof(hops[0]), 0, 0, 6 }, { 8, RTA_GATEWAY }, { 192, 0, 2, 2 } },
        };

        lw_test_netlink_begin(&told, RTM_NEWROUTE, &header, sizeof(header));
        lw_test_netlink_add_u32(&told, RTA_OIF, 3);
        lw_test_netlink_add(&told, RTA_VIA, via, sizeof(via));
        lw_test_netlink_begin(&told, RTM_NEWROUTE, &header, sizeof(header));
        lw_test_netlink_add(&told, RTA_MULTIPATH, hops, sizeof(hops));
        take();
        ck_assert_uint_eq(lw_links_route_count(links), 2);
        ck_assert_uint_eq(lw_links_route_at(links, 0)->gateway_family, AF_INET6);
        ck_assert_mem_eq(lw_links_route_at(links, 0)->gateway, via + 2, 16);
        ck_assert_uint_eq(lw_links_route_at(links, 1)->link, 5);
        ck_assert_mem_eq(lw_links_route_at(links, 1)->gateway, "\xc0\0\2\1", 4);
}
END_TEST

START_TEST(the_end_of_each_list_counts)
{
        lw_test_netlink_begin(&told, NLMSG_DONE, NULL, 0);
        lw_test_netlink_begin(&told, NLMSG_ERROR, NULL, 0);
        ck_assert(!take());
        ck_assert_uint_eq(lw_links_lists(links), 2);
        lw_links_reset(links);
        ck_assert_uint_eq(lw_links_lists(links), 0);
}
END_TEST

START_TEST(a_cut_message_tells_nothing)
{
        lw_test_netlink_link(&told, RTM_NEWLINK, &eth0);
        for (size_t length = 0; length < told.length; length++)
                ck_assert(!lw_links_take(links, told.data, length));
        ck_assert_uint_eq(lw_links_count(links), 0);
}
END_TEST

START_TEST(there_are_no_more_links_than_the_limit)
{
        for (uint32_t i = 1; i <= LW_HOST_LINKS_MAX + 1; i++) {
                LwTestLink link = eth0;

                link.index = i;
                lw_test_netlink_link(&told, RTM_NEWLINK, &link);
                take();
        }
        ck_assert_uint_eq(lw_links_count(links), LW_HOST_LINKS_MAX);
}
END_TEST

TCase *test_rtnetlink(void)
{
        TCase *tcase = tcase_create("rtnetlink");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, links_are_known_by_their_index);
        tcase_add_test(tcase, counters_alone_are_no_news);
        tcase_add_test(tcase, a_link_that_goes_takes_all_of_its_own_along);
        tcase_add_loop_test(tcase, addresses_that_can_be_used_count, 0, G_N_ELEMENTS(addresses));
        tcase_add_test(tcase, an_address_comes_and_goes_once);
        tcase_add_test(tcase, of_a_point_to_point_link_the_near_end_counts);
        tcase_add_test(tcase, default_routes_and_no_others);
        tcase_add_test(tcase, routes_in_their_other_forms);
        tcase_add_test(tcase, the_end_of_each_list_counts);
        tcase_add_test(tcase, a_cut_message_tells_nothing);
        tcase_add_test(tcase, there_are_no_more_links_than_the_limit);
        return tcase;
}
