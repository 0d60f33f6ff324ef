/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCollection: what links carried, over all that can happen to them. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include "lib/netlink.h"
#include "providers/builtin/collection.h"
#include "providers/suite.h"

#define UP (IFF_UP | IFF_LOWER_UP)

static LwCollection *collection;
static LwLinks *links;

static void setup(void)
{
        collection = lw_collection_new("boot-1");
        links = lw_links_new();
}

static void teardown(void)
{
        lw_collection_free(collection);
        lw_links_free(links);
}

static void tell(uint16_t type, const LwTestLink *link)
{
        LwTestNetlink told = {};

        lw_test_netlink_link(&told, type, link);
        lw_links_take(links, told.data, told.length);
}

/* A link without frame headers, so that its bytes are those of IP. */
static void carry(uint32_t index, uint64_t rx_bytes, uint64_t tx_bytes)
{
        tell(RTM_NEWLINK, &(LwTestLink){ .index = index,
                                          .name = "wwan0",
                                          .hardware = ARPHRD_NONE,
                                          .flags = UP,
                                          .rx_bytes = rx_bytes,
                                          .tx_bytes = tx_bytes });
}

static void expect(uint64_t rx_bytes, uint64_t tx_bytes)
{
        ck_assert_uint_eq(lw_collection_totals(collection)->rx_bytes, rx_bytes);
        ck_assert_uint_eq(lw_collection_totals(collection)->tx_bytes, tx_bytes);
}

START_TEST(what_came_before_the_start_and_after_the_stop_does_not_count)
{
        carry(2, 1000, 500);
        lw_collection_count(collection, links);
        expect(0, 0);
        lw_collection_start(collection, links);
        carry(2, 1500, 700);
        lw_collection_count(collection, links);
        expect(500, 200);
        carry(2, 1600, 700);
        lw_collection_count(collection, links);
        lw_collection_stop(collection);
        carry(2, 9000, 9000);
        lw_collection_count(collection, links);
        expect(600, 200);
        lw_collection_start(collection, links);
        expect(0, 0);
}
END_TEST

START_TEST(links_come_and_go)
{
        lw_collection_start(collection, links);
        carry(5, 300, 30); /* it came meanwhile: all that it carried is new */
        lw_collection_count(collection, links);
        expect(300, 30);
        tell(RTM_DELLINK, &(LwTestLink){ .index = 5,
                                          .name = "wwan0",
                                          .hardware = ARPHRD_NONE,
                                          .flags = UP,
                                          .rx_bytes = 450,
                                          .tx_bytes = 45 });
        lw_collection_count_gone(collection, lw_links_gone_at(links, 0));
        expect(450, 45);
        carry(5, 10, 1); /* another one of the same index */
        lw_collection_count(collection, links);
        expect(460, 46);
}
END_TEST

static const struct {
        uint64_t before, after, gain;
} wraps[] = {
        { UINT32_MAX - 99, 100, 200 }, /* 32 bits are full */
        { 5000, 100, 100 },            /* the driver began anew */
        { (UINT64_C(1) << 33), 100, 100 },
        { UINT32_MAX, (UINT64_C(1) << 32) + 9, 10 },
};

START_TEST(counters_that_wrap_or_begin_anew)
{
        carry(2, wraps[_i].before, 0);
        lw_collection_start(collection, links);
        carry(2, wraps[_i].after, 0);
        lw_collection_count(collection, links);
        expect(wraps[_i].gain, 0);
}
END_TEST

static const struct {
        LwTestLink link;
        uint64_t rx_bytes;
} kinds[] = {
        { { 2, "eth0", NULL, ARPHRD_ETHER, UP, 0, 0, 1140, 0, 10, 0 }, 1000 },
        { { 2, "eth0", NULL, ARPHRD_ETHER, UP, 0, 0, 100, 0, 10, 0 }, 0 },
        { { 2, "wwan0", "wwan", ARPHRD_NONE, UP, 0, 0, 1140, 0, 10, 0 }, 1140 },
        { { 2, "eth0", "veth", ARPHRD_ETHER, UP, 0, 0, 1140, 0, 10, 0 }, 1000 },
        { { 2, "veth1", "veth", ARPHRD_ETHER, UP, 0, 9, 1140, 0, 10, 0 }, 0 },
        { { 2, "br0", "bridge", ARPHRD_ETHER, UP, 0, 0, 1140, 0, 10, 0 }, 0 },
        { { 2, "wg0", "wireguard", ARPHRD_NONE, UP, 0, 0, 1140, 0, 10, 0 }, 0 },
        { { 2, "lo", NULL, ARPHRD_LOOPBACK, UP | IFF_LOOPBACK, 0, 0, 1140, 0, 10, 0 }, 0 },
};

START_TEST(each_byte_counts_once)
{
        lw_collection_start(collection, links);
        tell(RTM_NEWLINK, &kinds[_i].link);
        lw_collection_count(collection, links);
        expect(kinds[_i].rx_bytes, 0);
}
END_TEST

static const struct {
        const char *boot;
        uint64_t carried, total;
} restarts[] = {
        { "boot-1", 1800, 800 }, /* the agent was away: nothing is lost */
        { "boot-2", 300, 800 },  /* the host was: the links began anew */
};

START_TEST(a_collection_survives)
{
        g_autoptr(GKeyFile) document = g_key_file_new();

        carry(2, 1000, 0);
        lw_collection_start(collection, links);
        carry(2, 1500, 0);
        lw_collection_count(collection, links);
        lw_collection_count_sms(collection, 2, 3);
        lw_collection_print(collection, document);
        lw_collection_free(collection);
        lw_links_reset(links);

        collection = lw_collection_new(restarts[_i].boot);
        lw_collection_parse(collection, document);
        ck_assert(lw_collection_is_running(collection));
        carry(2, restarts[_i].carried, 0);
        lw_collection_count(collection, links);
        expect(restarts[_i].total, 0);
        ck_assert_uint_eq(lw_collection_totals(collection)->sms_sent, 2);
        ck_assert_uint_eq(lw_collection_totals(collection)->sms_received, 3);
}
END_TEST

TCase *test_collection(void)
{
        TCase *tcase = tcase_create("collection");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_came_before_the_start_and_after_the_stop_does_not_count);
        tcase_add_test(tcase, links_come_and_go);
        tcase_add_loop_test(tcase, counters_that_wrap_or_begin_anew, 0, G_N_ELEMENTS(wraps));
        tcase_add_loop_test(tcase, each_byte_counts_once, 0, G_N_ELEMENTS(kinds));
        tcase_add_loop_test(tcase, a_collection_survives, 0, G_N_ELEMENTS(restarts));
        return tcase;
}
