/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 4: links, surveys and modems that the test makes up. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/files.h"
#include "providers/builtin/connectivity.h"
#include "providers/builtin/uplink.h"
#include "providers/fake-network.h"
#include "providers/suite.h"
#include "providers/world.h"

#define UP (IFF_UP | IFF_LOWER_UP)

static LwWorld world;
static LwTestFiles files;
static LwTestNetlink told;
static LwLinks *links;
static LwSurveyor *surveyor;
static LwSurvey survey;
static GPtrArray *modems;
static LwModemManager *manager;
static LwConnectivityObject *object;
static GString *wrong; /* error codes that came and went: "+4 -4 " */

static const LwTestLink eth0 = { 2, "eth0", NULL, ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 };
static const LwTestLink wlan0 = { 3, "wlan0", NULL, ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 };
static const LwTestLink wwan0 = { 4, "wwan0", NULL, ARPHRD_NONE, UP, 0, 0, 0, 0, 0, 0 };
static const LwTestLink docker0 = { 9, "docker0", "bridge", ARPHRD_ETHER, UP, 0, 0, 0, 0, 0, 0 };

static void hear(void)
{
        lw_links_take(links, told.data, told.length);
        told = (LwTestNetlink){};
}

static void have(const LwTestLink *link, const char *address, const char *gateway, uint32_t metric)
{
        lw_test_netlink_link(&told, RTM_NEWLINK, link);
        if (address != NULL)
                lw_test_netlink_address(&told, RTM_NEWADDR, link->index, address);
        if (gateway != NULL)
                lw_test_netlink_route(&told, RTM_NEWROUTE, link->index, gateway, metric);
        hear();
}

static void modem_free(void *data)
{
        lw_modem_free(data);
}

static LwModem *have_modem(void)
{
        LwModem *modem = lw_modem_new("/m/0");
        LwModemBearer *bearer = g_new0(LwModemBearer, 1);

        modem->state = 11;
        modem->technologies = LW_MODEM_LTE;
        modem->operator_code = g_strdup("26201");
        modem->quality = 77;
        bearer->path = g_strdup("/b/0");
        bearer->link = g_strdup("wwan0");
        bearer->apn = g_strdup("internet");
        bearer->is_connected = true;
        g_ptr_array_add(modem->bearers, bearer);
        g_ptr_array_add(modems, modem);
        return modem;
}

static void setup(void)
{
        wrong = g_string_new(NULL);
        lw_world_make(&world);
        lw_test_files_make(&files);
        lw_test_files_put(&files, "sys/class/net/wlan0/uevent", "DEVTYPE=wlan\n");
        lw_test_files_put(&files, "sys/class/net/wwan0/uevent", "DEVTYPE=wwan\n");
        links = lw_links_new();
        surveyor = lw_fake_surveyor_new();
        survey = (LwSurvey){ .taken = 1 };
        lw_fake_survey_set(surveyor, &survey);
        modems = g_ptr_array_new_with_free_func(modem_free);
        manager = lw_fake_modem_manager_new(modems);
}

static void on_wrong(void *user G_GNUC_UNUSED, LwErrorCause cause, bool holds)
{
        g_string_append_printf(wrong, "%c%d ", holds ? '+' : '-',
                        cause == LW_ERROR_SIGNAL_LOW     ? 4
                        : cause == LW_ERROR_CONNECTIVITY ? 7
                                                         : -1);
}

static void build(void)
{
        LwConnectivityParts parts = { world.tree, world.driver, NULL, links, surveyor, files.fd,
                { -80, -110 }, on_wrong, NULL };

        object = lw_connectivity_object_new(&parts);
        lw_connectivity_object_use_modems(object, manager);
        ck_assert(lw_connectivity_object_add(object, NULL));
        lw_connectivity_object_refresh(object, true);
        lw_fake_survey_answer(surveyor);
        lw_world_turn(&world);
        g_string_truncate(world.changes, 0);
}

static void teardown(void)
{
        lw_connectivity_object_free(object);
        lw_modem_manager_free(manager);
        g_ptr_array_unref(modems);
        lw_surveyor_free(surveyor);
        lw_links_free(links);
        g_clear_pointer(&survey.wlans, g_array_unref);
        lw_test_files_remove(&files);
        lw_world_clear(&world);
        g_string_free(wrong, TRUE);
}

/* Answered when the survey is. */
static void ask_and_expect(LwOperation operation, const char *path, const char *text)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, operation, path, NULL, &answer);
        if (answer.status == 0)
                lw_fake_survey_answer(surveyor);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_str_eq(answer.text, text);
}

static void expect(const char *path, const char *text)
{
        ask_and_expect(LW_OPERATION_READ, path, text);
}

START_TEST(a_cable)
{
        have(&eth0, "192.0.2.7", "192.0.2.1", 100);
        have(&docker0, "172.17.0.1", NULL, 0);
        have(&eth0, "2001:db8::7", "2001:db8::1", 1024);
        build();
        expect("/4/0", "/4/0/0=41 /4/0/1/0=41 /4/0/2=0 /4/0/4/0=192.0.2.7 /4/0/4/1=2001:db8::7 "
                       "/4/0/5/0=192.0.2.1 /4/0/5/1=2001:db8::1");
        ask_and_expect(LW_OPERATION_DISCOVER, "/4/0",
                        "</4/0>,</4/0/0>,</4/0/1>;dim=1,</4/0/2>,</4/0/4>;dim=2,</4/0/5>;dim=2");
        lw_world_expect(&world, LW_OPERATION_READ, "/4/0/8", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

static void have_signal(int8_t dbm)
{
        LwWlan wlan = { .link = 3, .has_signal = dbm != 0, .signal_dbm = dbm };

        g_clear_pointer(&survey.wlans, g_array_unref);
        survey.wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));
        g_array_append_val(survey.wlans, wlan);
}

START_TEST(a_wlan_beside_a_cable_that_is_better)
{
        have(&eth0, NULL, NULL, 0);
        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        have_signal(-61);
        build();
        expect("/4/0", "/4/0/0=21 /4/0/1/0=21 /4/0/1/1=41 /4/0/2=-61 /4/0/3=49 "
                       "/4/0/4/0=192.0.2.9 /4/0/5/0=192.0.2.1");
        /* the cable gets a route of a better metric */
        have(&eth0, "198.51.100.7", "198.51.100.1", 100);
        lw_connectivity_object_refresh(object, true);
        lw_fake_survey_answer(surveyor);
        lw_world_turn(&world);
        expect("/4/0", "/4/0/0=41 /4/0/1/0=21 /4/0/1/1=41 /4/0/2=0 /4/0/4/0=198.51.100.7 "
                       "/4/0/5/0=198.51.100.1");
}
END_TEST

/* The numbers of the kernel's wireless extensions. */
static const struct {
        int8_t dbm;
        const char *text;
} qualities[] = {
        { -40, "/4/0/3=70" },
        { -20, "/4/0/3=70" },
        { -110, "/4/0/3=0" },
        { -120, "/4/0/3=0" },
};

START_TEST(the_quality_of_a_wlan)
{
        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        have_signal(qualities[_i].dbm);
        build();
        expect("/4/0/3", qualities[_i].text);
}
END_TEST

START_TEST(a_modem)
{
        LwModem *modem = have_modem();

        have(&wwan0, "192.0.2.33", NULL, 0);
        lw_test_netlink_route(&told, RTM_NEWROUTE, 4, "192.0.2.34", 700);
        hear();
        modem->place = (LwModemPlace){ 262, 1, -1, 0x2b9305, 0x84cd };
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrp = -95;
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrq = -11;
        modem->signals[LW_MODEM_SIGNAL_LTE].snr = 7;
        build();
        expect("/4/0", "/4/0/0=6 /4/0/1/0=6 /4/0/2=-95 /4/0/3=-11 /4/0/4/0=192.0.2.33 "
                       "/4/0/5/0=192.0.2.34 /4/0/7/0=internet /4/0/8=2855685 /4/0/9=1 /4/0/10=262 "
                       "/4/0/11=7");
        ck_assert_uint_eq(lw_fake_modem_manager_located(manager), 1); /* at most every 5 s */
        modem->technologies = LW_MODEM_GSM;
        modem->place.lac = 0x84cd;
        lw_connectivity_object_refresh(object, false);
        lw_fake_survey_answer(surveyor);
        lw_world_turn(&world);
        expect("/4/0/0", "/4/0/0=0");
        expect("/4/0/12", "/4/0/12=33997");
}
END_TEST

/* Nothing leads out, but a modem is registered: that is the network there is. */
START_TEST(without_a_way_out_a_registered_modem_counts)
{
        have_modem();
        build();
        expect("/4/0", "/4/0/0=6 /4/0/1/0=6 /4/0/2=-65 /4/0/4= /4/0/7/0=internet /4/0/9=1 "
                       "/4/0/10=262");
}
END_TEST

START_TEST(a_host_without_a_network)
{
        build();
        expect("/4/0", "/4/0/1= /4/0/4=");
        lw_world_expect(&world, LW_OPERATION_READ, "/4/0/0", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

START_TEST(what_changes_is_told_and_nothing_else)
{
        have(&eth0, "192.0.2.7", "192.0.2.1", 100);
        build();
        lw_test_netlink_address(&told, RTM_NEWADDR, 2, "192.0.2.8");
        hear();
        lw_connectivity_object_refresh(object, true);
        lw_world_turn(&world);
        ck_assert_str_eq(world.changes->str, "/4/0/4 ");
        lw_fake_survey_answer(surveyor);
        lw_world_turn(&world);
        ck_assert_str_eq(world.changes->str, "/4/0/4 ");
}
END_TEST

static void turn_for(LwUsec usec)
{
        LwUsec begin = lw_driver_now(world.driver).boot;

        while (lw_driver_now(world.driver).boot - begin < usec)
                ck_assert_int_ge(
                                sd_event_run(lw_driver_event(world.driver), 100 * LW_USEC_PER_MSEC),
                                0);
}

/* A server that reads it first finds it, too, whatever others read meanwhile. */
START_TEST(utilization_is_there_without_a_read)
{
        uint32_t speed = 54;

        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        have_signal(-61);
        survey.links = links;
        survey.speeds = g_array_new(FALSE, FALSE, sizeof(speed));
        g_array_append_val(survey.speeds, speed);
        build();
        turn_for(900 * LW_USEC_PER_MSEC);
        survey.taken += 900 * LW_USEC_PER_MSEC;
        expect("/4/0/2", "/4/0/2=-61");
        turn_for(1100 * LW_USEC_PER_MSEC);
        survey.taken += 1100 * LW_USEC_PER_MSEC;
        lw_fake_survey_answer(surveyor);
        lw_world_turn(&world);
        expect("/4/0/6", "/4/0/6=0");
        g_clear_pointer(&survey.speeds, g_array_unref);
}
END_TEST

/* --- what is wrong --- */

static void note(void *data)
{
        (*(unsigned *) data)++;
}

START_TEST(a_weak_wlan_is_measured_by_who_looks)
{
        unsigned looked = 0;

        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        have_signal(-61);
        build();
        have_signal(-90);
        lw_connectivity_object_look(object, false, note, &looked);
        ck_assert_uint_eq(looked, 0); /* the worker asks the kernel */
        lw_fake_survey_answer(surveyor);
        ck_assert_uint_eq(looked, 1);
        ck_assert_str_eq(wrong->str, "+4 ");
        have_signal(-77);
        lw_connectivity_object_look(object, false, NULL, NULL);
        lw_fake_survey_answer(surveyor);
        ck_assert_str_eq(wrong->str, "+4 ");
        /* anew, it is not low: that takes less than 80 */
        lw_connectivity_object_look(object, true, NULL, NULL);
        lw_fake_survey_answer(surveyor);
        ck_assert_str_eq(wrong->str, "+4 -4 ");
        ck_assert_uint_eq(looked, 1);
}
END_TEST

START_TEST(a_weak_modem_tells_it_itself)
{
        LwModem *modem = have_modem();
        unsigned looked = 0;

        have(&wwan0, "192.0.2.33", NULL, 0);
        lw_test_netlink_route(&told, RTM_NEWROUTE, 4, "192.0.2.34", 700);
        hear();
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrp = -95;
        build();
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrp = -119;
        lw_connectivity_object_refresh(object, false);
        ck_assert_str_eq(wrong->str, "+4 ");
        lw_connectivity_object_look(object, false, note, &looked);
        ck_assert_uint_eq(looked, 1); /* nobody has to be asked */
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrp = -104;
        lw_connectivity_object_refresh(object, false);
        ck_assert_str_eq(wrong->str, "+4 -4 ");
}
END_TEST

/* What there is, and whether the network is lost, when somebody asks for it anew. */
static const struct {
        unsigned flags;
        const char *gateway;
        bool is_lost;
} ways[] = {
        { UP, "192.0.2.1", false },
        { IFF_UP, "192.0.2.1", true }, /* the cable is out: IPv4 keeps its routes */
        { UP, NULL, true },
        { 0, NULL, true },
};

START_TEST(without_a_way_out_the_network_is_lost)
{
        LwTestLink link = eth0;

        link.flags = ways[_i].flags;
        have(&link, "192.0.2.7", ways[_i].gateway, 100);
        build();
        ck_assert_str_eq(wrong->str, ""); /* it may be back in a moment */
        lw_connectivity_object_look(object, true, NULL, NULL);
        ck_assert_str_eq(wrong->str, ways[_i].is_lost ? "+7 " : "");
        have(&eth0, NULL, "192.0.2.1", 50);
        lw_connectivity_object_refresh(object, true);
        ck_assert_str_eq(wrong->str, ways[_i].is_lost ? "+7 -7 " : "");
}
END_TEST

/* Before the kernel has told of its links nobody knows. */
START_TEST(what_is_not_known_is_not_lost)
{
        LwConnectivityParts parts = { world.tree, world.driver, NULL, links, surveyor, files.fd,
                { -80, -110 }, on_wrong, NULL };

        object = lw_connectivity_object_new(&parts);
        lw_connectivity_object_refresh(object, false);
        lw_connectivity_object_look(object, true, NULL, NULL);
        ck_assert_str_eq(wrong->str, "");
        lw_connectivity_object_refresh(object, true);
        lw_connectivity_object_look(object, true, NULL, NULL);
        ck_assert_str_eq(wrong->str, "+7 ");
}
END_TEST

/* Local addresses of a session while eth0 has a carrier, and has none. */
static const struct {
        const char *local;
        bool with, without;
} carriers[] = {
        { "192.0.2.7:41000", true, false },
        { "[2001:db8::7]:41000", true, false },
        { "192.0.2.8:41000", false, false },
        { "127.0.0.1:41000", true, true },
        { "[::1]:41000", true, true },
        { "[fe80::1%eth0]:41000", true, true },
        { "169.254.1.1:41000", true, true },
        { "nonsense", false, false },
};

START_TEST(a_session_needs_its_link)
{
        LwTestLink link = eth0;

        have(&eth0, "192.0.2.7", NULL, 0);
        have(&eth0, "2001:db8::7", NULL, 0);
        ck_assert_int_eq(lw_uplink_carries(links, carriers[_i].local), carriers[_i].with);
        link.flags = IFF_UP;
        have(&link, NULL, NULL, 0);
        ck_assert_int_eq(lw_uplink_carries(links, carriers[_i].local), carriers[_i].without);
}
END_TEST

START_TEST(who_looks_is_answered_at_the_end)
{
        unsigned looked = 0;

        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        build();
        lw_connectivity_object_look(object, false, note, &looked);
        ck_assert_uint_eq(looked, 0);
        g_clear_pointer(&object, lw_connectivity_object_free);
        ck_assert_uint_eq(looked, 1);
}
END_TEST

START_TEST(reads_that_wait_are_answered_at_the_end)
{
        g_auto(LwAnswer) answer = {};

        have(&eth0, "192.0.2.7", NULL, 0);
        have(&eth0, NULL, "192.0.2.1", 0);
        build();
        lw_world_ask(&world, LW_OPERATION_READ, "/4/0/2", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        ck_assert_uint_eq(lw_fake_survey_waiting(surveyor), 1);
        g_clear_pointer(&object, lw_connectivity_object_free);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_fake_survey_waiting(surveyor), 0);
}
END_TEST

static const struct {
        const char *local;
        LwBearer bearer;
} sessions[] = {
        { NULL, LW_BEARER_ETHERNET }, /* the default route's */
        { "192.0.2.9:41000", LW_BEARER_WLAN },
        { "[2001:db8::9]:41000", LW_BEARER_WLAN },
        { "[fe80::1%wlan0]:41000", LW_BEARER_ETHERNET },
        { "127.0.0.1:41000", LW_BEARER_ETHERNET },
        { "nonsense", LW_BEARER_ETHERNET },
};

START_TEST(the_session_decides_before_the_routes)
{
        LwUplinkSources sources = { links, modems, sessions[_i].local, files.fd };

        have(&eth0, "192.0.2.7", "192.0.2.1", 100);
        have(&wlan0, "192.0.2.9", "192.0.2.1", 600);
        have(&wlan0, "2001:db8::9", NULL, 0);
        ck_assert_int_eq(lw_uplink(&sources).bearer, sessions[_i].bearer);
}
END_TEST

TCase *test_connectivity(void)
{
        TCase *tcase = tcase_create("connectivity");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_cable);
        tcase_add_test(tcase, a_wlan_beside_a_cable_that_is_better);
        tcase_add_loop_test(tcase, the_quality_of_a_wlan, 0, G_N_ELEMENTS(qualities));
        tcase_add_test(tcase, a_modem);
        tcase_add_test(tcase, without_a_way_out_a_registered_modem_counts);
        tcase_add_test(tcase, a_host_without_a_network);
        tcase_add_test(tcase, what_changes_is_told_and_nothing_else);
        tcase_add_test(tcase, utilization_is_there_without_a_read);
        tcase_add_test(tcase, a_weak_wlan_is_measured_by_who_looks);
        tcase_add_test(tcase, a_weak_modem_tells_it_itself);
        tcase_add_loop_test(tcase, without_a_way_out_the_network_is_lost, 0, G_N_ELEMENTS(ways));
        tcase_add_test(tcase, what_is_not_known_is_not_lost);
        tcase_add_loop_test(tcase, a_session_needs_its_link, 0, G_N_ELEMENTS(carriers));
        tcase_add_test(tcase, who_looks_is_answered_at_the_end);
        tcase_add_test(tcase, reads_that_wait_are_answered_at_the_end);
        tcase_add_loop_test(
                        tcase, the_session_decides_before_the_routes, 0, G_N_ELEMENTS(sessions));
        return tcase;
}
