/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links and what they are made of. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include "host/bearer.h"
#include "host/suite.h"
#include "lib/files.h"
#include "lib/netlink.h"

static const struct {
        uint16_t hardware;
        const char *kind, *devtype;
        LwBearer bearer;
} cases[] = {
        { ARPHRD_ETHER, "", "", LW_BEARER_ETHERNET },
        { ARPHRD_ETHER, "", "dsa", LW_BEARER_ETHERNET },
        { ARPHRD_ETHER, "", "wlan", LW_BEARER_WLAN },
        { ARPHRD_ETHER, "", "wwan", LW_BEARER_CELLULAR },
        { ARPHRD_NONE, "", "wwan", LW_BEARER_CELLULAR },
        { ARPHRD_NONE, "wwan", "", LW_BEARER_CELLULAR },
        { ARPHRD_RAWIP, "rmnet", "", LW_BEARER_CELLULAR },
        { ARPHRD_ETHER, "", "bluetooth", LW_BEARER_BLUETOOTH },
        { ARPHRD_IEEE802154, "", "", LW_BEARER_IEEE802154 },
        { ARPHRD_ATM, "", "", LW_BEARER_DSL },
        { ARPHRD_ETHER, "veth", "", LW_BEARER_ETHERNET },
        { ARPHRD_ETHER, "dummy", "", LW_BEARER_NONE },
        { ARPHRD_NONE, "wireguard", "wireguard", LW_BEARER_NONE },
        { ARPHRD_NONE, "tun", "", LW_BEARER_NONE },
        { ARPHRD_CAN, "", "", LW_BEARER_NONE },
        { ARPHRD_PPP, "", "ppp", LW_BEARER_NONE },
};

START_TEST(hardware_kind_and_type_tell)
{
        LwLink link = { .index = 2, .hardware = cases[_i].hardware };

        g_strlcpy(link.kind, cases[_i].kind, sizeof(link.kind));
        ck_assert_int_eq(lw_bearer(&link, cases[_i].devtype), cases[_i].bearer);
}
END_TEST

START_TEST(loopback_is_none)
{
        LwLink link = { .index = 1, .hardware = ARPHRD_LOOPBACK, .is_loopback = true };

        ck_assert_int_eq(lw_bearer(&link, ""), LW_BEARER_NONE);
}
END_TEST

static const struct {
        const char *uevent, *devtype;
} uevents[] = {
        { "DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n", "wlan" },
        { "INTERFACE=wwan0\nDEVTYPE=wwan", "wwan" },
        { "INTERFACE=eth0\nIFINDEX=2\n", "" },
        { "XDEVTYPE=wlan\n", "" },
        { "", "" },
};

START_TEST(the_type_stands_in_the_uevent_file)
{
        g_autofree char *devtype = lw_bearer_devtype(uevents[_i].uevent);

        ck_assert_str_eq(devtype, uevents[_i].devtype);
}
END_TEST

#define UP (IFF_UP | IFF_LOWER_UP)

static const LwTestLink stack[] = {
        { 2, "eth0", NULL, ARPHRD_ETHER, UP, 0, 10, 0, 0, 0, 0 },
        { 3, "wlan0", NULL, ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 },
        { 4, "wlan0.7", "vlan", ARPHRD_ETHER, UP, 3, 0, 0, 0, 0, 0 },
        { 10, "br0", "bridge", ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 },
        { 11, "docker0", "bridge", ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 },
        { 12, "veth1", "veth", ARPHRD_ETHER, UP, 0, 11, 0, 0, 0, 0 },
        { 13, "loop", "vlan", ARPHRD_ETHER, UP, 14, 0, 0, 0, 0, 0 },
        { 14, "loop2", "vlan", ARPHRD_ETHER, UP, 13, 0, 0, 0, 0, 0 },
};

static const struct {
        uint32_t link, ground;
        LwBearer bearer;
} depths[] = {
        { 2, 2, LW_BEARER_ETHERNET }, { 4, 3, LW_BEARER_WLAN }, { 10, 2, LW_BEARER_ETHERNET },
        { 11, 11, LW_BEARER_NONE }, /* its port leads into a container */
        { 13, 13, LW_BEARER_NONE }, /* what no kernel makes ends all the same */
};

START_TEST(what_lies_below_is_found)
{
        g_autoptr(LwLinks) links = lw_links_new();
        LwTestNetlink told = {};
        const LwLink *ground;
        LwTestFiles files;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "sys/class/net/wlan0/uevent", "DEVTYPE=wlan\n");
        for (size_t i = 0; i < G_N_ELEMENTS(stack); i++)
                lw_test_netlink_link(&told, RTM_NEWLINK, &stack[i]);
        lw_links_take(links, told.data, told.length);
        ck_assert_int_eq(lw_bearer_of(links, lw_links_find(links, depths[_i].link), files.fd,
                                         &ground),
                        depths[_i].bearer);
        ck_assert_uint_eq(ground->index, depths[_i].ground);
        lw_test_files_remove(&files);
}
END_TEST

TCase *test_bearer(void)
{
        TCase *tcase = tcase_create("bearer");

        tcase_add_loop_test(tcase, hardware_kind_and_type_tell, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, loopback_is_none);
        tcase_add_loop_test(tcase, the_type_stands_in_the_uevent_file, 0, G_N_ELEMENTS(uevents));
        tcase_add_loop_test(tcase, what_lies_below_is_found, 0, G_N_ELEMENTS(depths));
        return tcase;
}
