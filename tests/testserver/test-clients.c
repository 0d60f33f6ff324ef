/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/limits.h"
#include "testserver/clients.h"
#include "testserver/station.h"
#include "testserver/suite.h"

/* The path of a registration. Valid until the next call. */
static const char *place(const LwTestClient *client, const char *query)
{
        static char text[64];

        g_snprintf(text, sizeof(text), "/rd/%s%s", client->id, query);
        return text;
}

START_TEST(has_the_standards_defaults)
{
        g_autoptr(Station) station = station_new();
        const LwTestClient *client =
                        station_register(station, station_connect(station), "ep=dev1", "</3/0>");

        ck_assert_uint_eq(client->lifetime_seconds, 86400);
        ck_assert_int_eq(client->version, LW_VERSION_1_0);
        ck_assert_str_eq(client->binding, "U");
        ck_assert(!client->queue_mode);
        ck_assert_ptr_null(client->sms_number);
        ck_assert_int_eq(client->registered_real_usec, INT64_C(1700000000000000));
        ck_assert_uint_eq(client->expires, (1000 + 86400) * LW_USEC_PER_SEC);
}
END_TEST

START_TEST(replaces_the_same_endpoint)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        g_autofree char *first = g_strdup(place(client, ""));

        client = station_register(station, fake, "ep=dev1&lt=60", "</3/0>");
        ck_assert_uint_eq(lw_test_clients_count(station->clients), 1);
        ck_assert_str_ne(first, place(client, ""));
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, first, NULL), "4.04");
        ck_assert_str_eq(station_story(station), "registered dev1, replaced dev1, registered dev1");
        ck_assert_ptr_eq(lw_test_clients_find(station->clients, "dev1"), client);
}
END_TEST

START_TEST(expires_unless_updated)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1&lt=60", "</3/0>");

        station_register(station, fake, "ep=dev2&lt=61", "</3/0>");
        station_wait(station, 59);
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, place(client, ""), NULL),
                        "2.04");
        station_wait(station, 59);
        ck_assert_str_eq(station_story(station),
                        "registered dev1, registered dev2, updated dev1, expired dev2");
        station_wait(station, 1);
        ck_assert_str_eq(station_story(station), "expired dev1");
        ck_assert_uint_eq(lw_test_clients_deadline(station->clients), LW_USEC_NEVER);
}
END_TEST

/* A lifetime of 0 has no end since 1.2; before that it says nothing. */
START_TEST(knows_the_lifetime_without_end)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1&lt=0&lwm2m=1.2", "</3/0>");

        ck_assert_uint_eq(client->expires, LW_USEC_NEVER);
        client = station_register(station, fake, "ep=dev2&lt=0&lwm2m=1.1", "</3/0>");
        ck_assert_uint_eq(client->lifetime_seconds, 86400);
        station_wait(station, 90000);
        ck_assert_str_eq(station_story(station), "registered dev1, registered dev2, expired dev2");
}
END_TEST

START_TEST(takes_what_an_update_has)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(
                        station, fake, "ep=dev1&lt=60&lwm2m=1.1&b=US&Q&sms=1", "</3/0>");

        station_request(station, fake, LW_METHOD_POST, place(client, ""), NULL);
        ck_assert_uint_eq(client->lifetime_seconds, 60);
        ck_assert_str_eq(client->binding, "US");
        ck_assert(client->queue_mode);
        ck_assert_str_eq(client->sms_number, "1");
        ck_assert_uint_eq(lw_object_list_count(client->objects), 1);
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST,
                                         place(client, "?lt=120&b=U&sms=2"), "</1/0>,</3/0>"),
                        "2.04");
        ck_assert_uint_eq(client->lifetime_seconds, 120);
        ck_assert_str_eq(client->binding, "U");
        ck_assert(client->queue_mode);
        ck_assert_str_eq(client->sms_number, "2");
        ck_assert_uint_eq(lw_object_list_count(client->objects), 2);
        ck_assert_uint_eq(client->expires, (1000 + 120) * LW_USEC_PER_SEC);
}
END_TEST

/* In 1.0 queue mode is in the binding, and goes with it. */
START_TEST(follows_the_binding_of_1_0)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1&lwm2m=1.0&b=UQ", "</3/0>");

        ck_assert(client->queue_mode);
        station_request(station, fake, LW_METHOD_POST, place(client, "?b=U"), NULL);
        ck_assert(!client->queue_mode);
}
END_TEST

START_TEST(follows_an_update_to_another_address)
{
        g_autoptr(Station) station = station_new();
        LwFake *first = station_connect(station), *second = station_connect(station);
        LwTestClient *client = station_register(station, first, "ep=dev1", "</3/0>");

        ck_assert_str_eq(station_request(station, second, LW_METHOD_POST, place(client, ""), NULL),
                        "2.04");
        ck_assert_ptr_eq(client->peer, station->came);
        ck_assert_str_eq(station_story(station), "registered dev1, moved dev1");
        station_wait(station, 300);
        ck_assert(first->is_closed);
        ck_assert(!second->is_closed);
}
END_TEST

START_TEST(is_bounded)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);

        for (unsigned i = 0; i < LW_CLIENTS_MAX; i++) {
                char query[32];

                g_snprintf(query, sizeof(query), "ep=dev%u", i);
                station_register(station, fake, query, NULL);
        }
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=more", NULL),
                        "5.03");
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=dev7", NULL),
                        "2.01");
}
END_TEST

TCase *test_clients(void)
{
        TCase *tcase = tcase_create("clients");

        tcase_add_test(tcase, has_the_standards_defaults);
        tcase_add_test(tcase, replaces_the_same_endpoint);
        tcase_add_test(tcase, expires_unless_updated);
        tcase_add_test(tcase, knows_the_lifetime_without_end);
        tcase_add_test(tcase, takes_what_an_update_has);
        tcase_add_test(tcase, follows_the_binding_of_1_0);
        tcase_add_test(tcase, follows_an_update_to_another_address);
        tcase_add_test(tcase, is_bounded);
        return tcase;
}
