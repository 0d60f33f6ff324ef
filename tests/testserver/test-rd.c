/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "testserver/rd.h"
#include "testserver/station.h"
#include "testserver/suite.h"

/* Register with MID 1, token 4a, ep=dev1, lt=300, lwm2m=1.1, b=U, </1/0>,</3/0>. RFC 7252, 3; OMA
 * LwM2M, 6.2. */
#define REGISTER                                                                                   \
        "41 02 00 01 4a b2 72 64 11 28 37 65 70 3d 64 65 76 31 06 6c 74 3d 33 30 30 09 6c 77 6d "  \
        "32 6d 3d 31 2e 31 03 62 3d 55 ff 3c 2f 31 2f 30 3e 2c 3c 2f 33 2f 30 3e"

/* "5a" for each byte of an id. */
static char *hex_of(const char *text)
{
        GString *hex = g_string_new(NULL);

        for (; *text != '\0'; text++)
                g_string_append_printf(hex, " %02x", (unsigned char) *text);
        return g_string_free(hex, false);
}

START_TEST(speaks_as_on_the_wire)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        g_autofree char *answer = g_strdup(station_datagram(station, fake, REGISTER));
        const LwTestClient *client = lw_test_clients_find(station->clients, "dev1");
        g_autofree char *id = NULL, *created = NULL, *update = NULL, *deregister = NULL;

        ck_assert_ptr_nonnull(client);
        ck_assert_uint_eq(client->lifetime_seconds, 300);
        id = hex_of(client->id);
        /* 2.01, Location-Path rd and an id of eight digits */
        created = g_strconcat("61 41 00 01 4a 82 72 64 08", id, NULL);
        ck_assert_str_eq(answer, created);
        /* the same message again: the same answer, and no other registration */
        ck_assert_str_eq(station_datagram(station, fake, REGISTER), created);
        ck_assert_str_eq(station_story(station), "registered dev1");
        update = g_strconcat("41 02 00 02 4b b2 72 64 08", id, NULL);
        ck_assert_str_eq(station_datagram(station, fake, update), "61 44 00 02 4b");
        deregister = g_strconcat("41 04 00 03 4c b2 72 64 08", id, NULL);
        ck_assert_str_eq(station_datagram(station, fake, deregister), "61 42 00 03 4c");
        ck_assert_str_eq(station_story(station), "updated dev1, deregistered dev1");
}
END_TEST

static const struct {
        uint8_t method;
        const char *path;
        const char *payload;
        const char *status;
} answers[] = {
        { LW_METHOD_POST, "/rd?ep=a", "</3/0>", "2.01" },
        { LW_METHOD_POST, "/rd?ep=a", NULL, "2.01" },
        { LW_METHOD_POST, "/rd?lt=300", "</3/0>", "4.00" },
        { LW_METHOD_POST, "/rd?ep=a&lwm2m=1.3", "</3/0>", "4.12" },
        { LW_METHOD_POST, "/rd?ep=a&pid=6:27354b9a", NULL, "4.09" },
        { LW_METHOD_POST, "/rd?ep=a&pid=6:27354b9a", "</3/0>", "2.01" },
        { LW_METHOD_POST, "/rd?ep=a", "</3/0", "4.00" },
        { LW_METHOD_POST, "/rd/none", NULL, "4.04" },
        { LW_METHOD_POST, "/rd/none?ep=a", NULL, "4.04" },
        { LW_METHOD_POST, "/rd/a/b", NULL, "4.04" },
        { LW_METHOD_POST, "/RD?ep=a", "</3/0>", "4.04" },
        { LW_METHOD_POST, "/bs?ep=a", NULL, "4.04" },
        { LW_METHOD_POST, "/dp", NULL, "4.04" },
        { LW_METHOD_DELETE, "/rd/none", NULL, "4.04" },
        { LW_METHOD_DELETE, "/rd", NULL, "4.05" },
        { LW_METHOD_GET, "/rd", NULL, "4.05" },
        { LW_METHOD_PUT, "/rd?ep=a", "</3/0>", "4.05" },
        { LW_METHOD_GET, "/rd/none", NULL, "4.05" },
};

START_TEST(answers_as_the_standard_says)
{
        g_autoptr(Station) station = station_new();

        ck_assert_str_eq(station_request(station, station_connect(station), answers[_i].method,
                                         answers[_i].path, answers[_i].payload),
                        answers[_i].status);
}
END_TEST

START_TEST(wants_confirmable_messages)
{
        g_autoptr(Station) station = station_new();
        const char *answer = station_datagram(station, station_connect(station),
                        "51 02 00 01 4a b2 72 64 47 65 70 3d 64 65 76 31");

        /* a NON answer, 4.00, the token; a diagnostic may follow */
        ck_assert_msg(strncmp(answer + 3, "80", 2) == 0, "%s", answer);
        ck_assert_uint_eq(lw_test_clients_count(station->clients), 0);
}
END_TEST

START_TEST(refuses_critical_options)
{
        g_autoptr(Station) station = station_new();
        const char *answer = station_datagram(station, station_connect(station),
                        "41 02 00 01 4a 11 78 a2 72 64 47 65 70 3d 64 65 76 31"); /* If-Match: x */

        ck_assert_msg(strncmp(answer, "61 82 00 01 4a", 14) == 0, "%s", answer);
}
END_TEST

START_TEST(misbehaves_as_told)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwMisbehaviour *how = &station->rd.misbehaviour;

        *how = (LwMisbehaviour){ .has_highest_version = true, .highest_version = LW_VERSION_1_0 };
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=a&lwm2m=1.1", NULL),
                        "4.12");
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=a&lwm2m=1.0", NULL),
                        "2.01");
        *how = (LwMisbehaviour){ .status = LW_STATUS_UNAVAILABLE };
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=a", NULL), "5.03");
        *how = (LwMisbehaviour){ .no_location = true };
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=a", NULL), "2.01");
        ck_assert_ptr_null(lw_message_find(lw_fake_last(fake), LW_OPTION_LOCATION_PATH));
        *how = (LwMisbehaviour){ .silent = true };
        ck_assert_str_eq(station_request(station, fake, LW_METHOD_POST, "/rd?ep=a", NULL), "");
        ck_assert(lw_test_clients_forget(station->clients, "a"));
        ck_assert(!lw_test_clients_forget(station->clients, "a"));
}
END_TEST

TCase *test_rd(void)
{
        TCase *tcase = tcase_create("rd");

        tcase_add_test(tcase, speaks_as_on_the_wire);
        tcase_add_loop_test(tcase, answers_as_the_standard_says, 0, G_N_ELEMENTS(answers));
        tcase_add_test(tcase, wants_confirmable_messages);
        tcase_add_test(tcase, refuses_critical_options);
        tcase_add_test(tcase, misbehaves_as_told);
        return tcase;
}
