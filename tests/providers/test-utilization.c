/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUtilization: the share of a link's speed that is used. */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include "lib/netlink.h"
#include "providers/builtin/utilization.h"
#include "providers/suite.h"

/* One after the other on a link of 100 Mbit/s, which are 12.5 million bytes a second. */
static const struct {
        LwUsec taken;
        uint64_t rx_bytes, tx_bytes;
        uint32_t speed;
        int percent;
} looks[] = {
        { 1000000, 5000000, 0, 100, -1 },
        { 3000000, 17500000, 100, 100, 50 },       /* half of 2 s */
        { 3500000, 90000000, 100, 100, 50 },       /* too soon after the last */
        { 4000000, 17500000, 12500100, 100, 100 }, /* the busier direction */
        { 5000000, 17500000, 12500100, 100, 0 },
        { 6000000, 99500000, 12500100, 100, 100 }, /* never above */
        { 7000000, 100, 0, 100, -1 },              /* it began anew */
        { 8000000, 1250100, 0, 100, 10 },
        { 9000000, 1250100, 0, 0, -1 }, /* the speed is not known any more */
        { 10000000, 1250100, 0, 100, -1 },
};

START_TEST(percent_since_the_last_look)
{
        LwUtilization utilization = {};

        for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
                g_autoptr(LwLinks) links = lw_links_new();
                g_autoptr(GArray) speeds = g_array_new(FALSE, FALSE, sizeof(uint32_t));
                LwSurvey survey = { 0, looks[i].taken, links, NULL, speeds };
                LwTestNetlink told = {};

                lw_test_netlink_link(&told, RTM_NEWLINK,
                                &(LwTestLink){ .index = 2,
                                                .name = "eth0",
                                                .hardware = ARPHRD_ETHER,
                                                .rx_bytes = looks[i].rx_bytes,
                                                .tx_bytes = looks[i].tx_bytes });
                lw_links_take(links, told.data, told.length);
                g_array_append_val(speeds, looks[i].speed);
                ck_assert_msg(lw_utilization_take(&utilization, &survey, 2) == looks[i].percent,
                                "look %zu", i);
        }
}
END_TEST

START_TEST(without_an_answer_or_a_link_nothing_is_known)
{
        g_autoptr(LwLinks) links = lw_links_new();
        LwUtilization utilization = {};

        ck_assert_int_eq(lw_utilization_take(
                                         &utilization, &(LwSurvey){ 0, 1, links, NULL, NULL }, 2),
                        -1);
        ck_assert_int_eq(
                        lw_utilization_take(&utilization, &(LwSurvey){ 0, 1, NULL, NULL, NULL }, 2),
                        -1);
}
END_TEST

TCase *test_utilization(void)
{
        TCase *tcase = tcase_create("utilization");

        tcase_add_test(tcase, percent_since_the_last_look);
        tcase_add_test(tcase, without_an_answer_or_a_link_nothing_is_known);
        return tcase;
}
