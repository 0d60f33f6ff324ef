/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/limits.h"
#include "testserver/peers.h"
#include "testserver/station.h"
#include "testserver/suite.h"

START_TEST(keeps_a_peer_for_the_exchange_lifetime)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);

        station_wait(station, 246);
        ck_assert(!fake->is_closed);
        station_request(station, fake, LW_METHOD_GET, "/rd", NULL);
        station_wait(station, 246);
        ck_assert(!fake->is_closed);
        station_wait(station, 2);
        ck_assert(fake->is_closed);
        ck_assert_uint_eq(lw_test_peers_count(station->peers), 0);
        ck_assert_uint_eq(lw_test_peers_deadline(station->peers), LW_USEC_NEVER);
}
END_TEST

START_TEST(keeps_the_peer_of_a_client)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);

        station_register(station, fake, "ep=dev1&lt=3600", "</3/0>");
        station_wait(station, 3000);
        ck_assert(!fake->is_closed);
        station_wait(station, 700);
        ck_assert_str_eq(station_story(station), "registered dev1, expired dev1");
        ck_assert(fake->is_closed);
}
END_TEST

START_TEST(drops_a_peer_that_is_lost)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);

        lw_fake_down(fake, "gone", station->now);
        ck_assert_uint_eq(lw_test_peers_deadline(station->peers), 0);
        station_wait(station, 0);
        ck_assert(fake->is_closed);
}
END_TEST

START_TEST(makes_room_for_the_newest)
{
        g_autoptr(Station) station = station_new();
        LwFake *first = station_connect(station);

        station_register(station, first, "ep=dev1", "</3/0>");
        station_wait(station, 1);
        for (unsigned i = 1; i < LW_PEERS_MAX; i++)
                station_connect(station);
        ck_assert(!first->is_closed);
        ck_assert(((LwFake *) g_ptr_array_index(station->fakes, 1))->is_closed);
        ck_assert_uint_lt(lw_test_peers_count(station->peers), LW_PEERS_MAX);
}
END_TEST

TCase *test_peers(void)
{
        TCase *tcase = tcase_create("peers");

        tcase_add_test(tcase, keeps_a_peer_for_the_exchange_lifetime);
        tcase_add_test(tcase, keeps_the_peer_of_a_client);
        tcase_add_test(tcase, drops_a_peer_that_is_lost);
        tcase_add_test(tcase, makes_room_for_the_newest);
        return tcase;
}
