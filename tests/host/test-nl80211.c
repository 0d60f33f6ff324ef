/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What nl80211 tells of WLAN interfaces and their signal. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>

#include "host/nl80211.h"
#include "host/suite.h"
#include "lib/netlink.h"

#define FAMILY 0x1c

static LwTestNetlink told;

static void begin(uint16_t type, uint8_t command)
{
        struct genlmsghdr header = { .cmd = command, .version = 1 };

        lw_test_netlink_begin(&told, type, &header, sizeof(header));
}

static void tell_interface(uint32_t link, uint32_t type)
{
        begin(FAMILY, NL80211_CMD_NEW_INTERFACE);
        lw_test_netlink_add_u32(&told, NL80211_ATTR_IFINDEX, link);
        lw_test_netlink_add_u32(&told, NL80211_ATTR_IFTYPE, type);
}

/* 0: not told. */
static void tell_station(uint32_t link, int8_t last, int8_t average)
{
        begin(FAMILY, NL80211_CMD_NEW_STATION);
        lw_test_netlink_add_u32(&told, NL80211_ATTR_IFINDEX, link);
        lw_test_netlink_open(&told, NL80211_ATTR_STA_INFO);
        if (last != 0)
                lw_test_netlink_add(&told, NL80211_STA_INFO_SIGNAL, &last, 1);
        if (average != 0)
                lw_test_netlink_add(&told, NL80211_STA_INFO_SIGNAL_AVG, &average, 1);
        lw_test_netlink_close(&told);
}

static void setup(void)
{
        told = (LwTestNetlink){};
}

START_TEST(the_family_has_the_id_that_nlctrl_says)
{
        uint16_t id = FAMILY;

        begin(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
        lw_test_netlink_add_text(&told, CTRL_ATTR_FAMILY_NAME, "nl80211");
        lw_test_netlink_add(&told, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
        ck_assert_uint_eq(lw_nl80211_family(told.data, told.length), FAMILY);
        setup();
        lw_test_netlink_begin(&told, NLMSG_ERROR, NULL, 0);
        ck_assert_uint_eq(lw_nl80211_family(told.data, told.length), 0);
}
END_TEST

static const struct {
        uint32_t type;
        bool is_station;
} types[] = {
        { NL80211_IFTYPE_STATION, true },
        { NL80211_IFTYPE_P2P_CLIENT, true },
        { NL80211_IFTYPE_AP, false },
        { NL80211_IFTYPE_MONITOR, false },
        { NL80211_IFTYPE_UNSPECIFIED, false },
};

START_TEST(interfaces_that_are_stations_count)
{
        g_autoptr(GArray) wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));

        tell_interface(3, types[_i].type);
        ck_assert(!lw_nl80211_take(wlans, FAMILY, told.data, told.length));
        ck_assert_uint_eq(wlans->len, types[_i].is_station);
}
END_TEST

static const struct {
        int8_t last, average;
        bool has_signal;
        int8_t dbm;
} signals[] = {
        { -52, -55, true, -55 },
        { -52, 0, true, -52 },
        { 0, 0, false, 0 },
};

START_TEST(the_signal_is_the_average_where_there_is_one)
{
        g_autoptr(GArray) wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));
        const LwWlan *wlan;

        tell_interface(3, NL80211_IFTYPE_STATION);
        tell_station(3, signals[_i].last, signals[_i].average);
        tell_station(9, -10, -10); /* of an interface that we do not know */
        lw_test_netlink_begin(&told, NLMSG_DONE, NULL, 0);
        ck_assert(lw_nl80211_take(wlans, FAMILY, told.data, told.length));
        wlan = &g_array_index(wlans, LwWlan, 0);
        ck_assert_uint_eq(wlan->link, 3);
        ck_assert(wlan->has_signal == signals[_i].has_signal);
        ck_assert_int_eq(wlan->signal_dbm, signals[_i].dbm);
        ck_assert_uint_eq(wlan->rate_kbit, 0);
}
END_TEST

START_TEST(the_rate_is_in_steps_of_100_kbit)
{
        g_autoptr(GArray) wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));
        uint16_t narrow = 540;
        uint8_t *info;

        tell_interface(3, NL80211_IFTYPE_STATION);
        begin(FAMILY, NL80211_CMD_NEW_STATION);
        lw_test_netlink_add_u32(&told, NL80211_ATTR_IFINDEX, 3);
        lw_test_netlink_open(&told, NL80211_ATTR_STA_INFO);
        info = told.data + told.length;
        lw_test_netlink_add(&told, NL80211_STA_INFO_TX_BITRATE, NULL, 0);
        lw_test_netlink_add(&told, NL80211_RATE_INFO_BITRATE, &narrow, sizeof(narrow));
        *(uint16_t *) (void *) info = 12; /* the rate lies in it */
        lw_nl80211_take(wlans, FAMILY, told.data, told.length);
        ck_assert_uint_eq(g_array_index(wlans, LwWlan, 0).rate_kbit, 54000);
}
END_TEST

START_TEST(messages_of_other_families_are_passed_over)
{
        g_autoptr(GArray) wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));

        tell_interface(3, NL80211_IFTYPE_STATION);
        ck_assert(!lw_nl80211_take(wlans, FAMILY + 1, told.data, told.length));
        ck_assert_uint_eq(wlans->len, 0);
}
END_TEST

TCase *test_nl80211(void)
{
        TCase *tcase = tcase_create("nl80211");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_test(tcase, the_family_has_the_id_that_nlctrl_says);
        tcase_add_loop_test(tcase, interfaces_that_are_stations_count, 0, G_N_ELEMENTS(types));
        tcase_add_loop_test(tcase, the_signal_is_the_average_where_there_is_one, 0,
                        G_N_ELEMENTS(signals));
        tcase_add_test(tcase, the_rate_is_in_steps_of_100_kbit);
        tcase_add_test(tcase, messages_of_other_families_are_passed_over);
        return tcase;
}
