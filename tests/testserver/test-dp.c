/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what clients send by themselves. Source: OMA LwM2M Core 1.1 and 1.2, Send. */
#include <string.h>

#include "testserver/dp.h"
#include "testserver/station.h"
#include "testserver/suite.h"

#define OBJECTS "</1/0>,</3/0>,</6/0>,</3303/0>"
#define BELOW "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/6/0>"

#define JSON 110
#define CBOR 112
#define LWM2M_CBOR 11544

/* The worked example of a location: two records with whole names. */
#define LOCATION "[{\"n\":\"/6/0/0\",\"v\":43.61092},{\"n\":\"/6/0/1\",\"v\":3.87723}]"

static const struct {
        const char *query, *objects;
        int32_t format;
        const char *payload;
        size_t length; /* 0: that of the text */
        LwStatus status;
        const char *values; /* "PATH=VALUE@SECONDS " of each */
} sends[] = {
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, LOCATION, 0, LW_STATUS_CHANGED,
                        "/6/0/0=43.61092@0 /6/0/1=3.87723@0 " },
        { "ep=a&lwm2m=1.1", OBJECTS, CBOR, "\x81\xa2\x21\x66/1/0/1\x02\x19\x01\x2c", 0,
                        LW_STATUS_CHANGED, "/1/0/1=300@0 " },
        /* several of one resource, told apart by time; before 2^28 it counts from now */
        { "ep=a&lwm2m=1.1", OBJECTS, JSON,
                        "[{\"bn\":\"/3303/0/\",\"bt\":1600000000,\"n\":\"5700\",\"v\":1},"
                        "{\"n\":\"5700\",\"t\":10,\"v\":2}]",
                        0, LW_STATUS_CHANGED,
                        "/3303/0/5700=1@1600000000 /3303/0/5700=2@1600000010 " },
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, "[{\"n\":\"/3303/0/5700\",\"t\":-5,\"v\":1}]", 0,
                        LW_STATUS_CHANGED, "/3303/0/5700=1@1699999995 " },
        { "ep=a&lwm2m=1.2", OBJECTS, LWM2M_CBOR, "\xa1\x83\x01\x00\x01\x19\x01\x2c", 8,
                        LW_STATUS_CHANGED, "/1/0/1=300@0 " },
        { "ep=a&lwm2m=1.1", OBJECTS, LWM2M_CBOR, "\xa1\x83\x01\x00\x01\x19\x01\x2c", 8,
                        LW_STATUS_BAD_REQUEST, NULL },
        { "ep=a&lwm2m=1.1", BELOW, JSON, "[{\"n\":\"/lwm2m/6/0/0\",\"v\":1}]", 0, LW_STATUS_CHANGED,
                        "/6/0/0=1@0 " },
        { "ep=a&lwm2m=1.1", BELOW, JSON, "[{\"bn\":\"/lwm2m/6/\",\"n\":\"0/0\",\"v\":1}]", 0,
                        LW_STATUS_CHANGED, "/6/0/0=1@0 " },
        { "ep=a&lwm2m=1.1", BELOW, JSON, "[{\"n\":\"/6/0/0\",\"v\":1}]", 0, LW_STATUS_BAD_REQUEST,
                        NULL },
        { "ep=a&lwm2m=1.1", BELOW, JSON, "[{\"n\":\"/lwm2\",\"v\":1}]", 0, LW_STATUS_BAD_REQUEST,
                        NULL },
        /* what is not registered */
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, "[{\"n\":\"/6/1/0\",\"v\":1}]", 0, LW_STATUS_NOT_FOUND,
                        NULL },
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, "[{\"n\":\"/4/0/0\",\"v\":1}]", 0, LW_STATUS_NOT_FOUND,
                        NULL },
        /* what cannot be read, or is in another format */
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, "[{\"n\":\"/6/0/0\"", 0, LW_STATUS_BAD_REQUEST, NULL },
        { "ep=a&lwm2m=1.1", OBJECTS, JSON, "[{\"n\":\"6/0/0/0/0\",\"v\":1}]", 0,
                        LW_STATUS_BAD_REQUEST, NULL },
        { "ep=a&lwm2m=1.1", OBJECTS, 11542, "\xc1\x00\x01", 3, LW_STATUS_BAD_REQUEST, NULL },
        { "ep=a&lwm2m=1.1", OBJECTS, -1, LOCATION, 0, LW_STATUS_BAD_REQUEST, NULL },
        { "ep=a&lwm2m=1.0", OBJECTS, JSON, LOCATION, 0, LW_STATUS_BAD_REQUEST, NULL },
};

static void make(LwMessage *message, const char *path, int32_t format, const char *payload,
                size_t length)
{
        lw_message_init(message, LW_MESSAGE_CON, LW_METHOD_POST);
        lw_message_add_text(message, LW_OPTION_URI_PATH, path);
        if (format >= 0)
                lw_message_add_uint(message, LW_OPTION_CONTENT_FORMAT, (uint32_t) format);
        message->payload = (const uint8_t *) payload;
        message->payload_length = length;
}

static char *describe(const LwValues *values)
{
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < lw_values_count(values); i++) {
                char path[LW_PATH_TEXT_MAX];

                lw_path_print(&lw_values_at(values, i)->path, path);
                g_string_append_printf(text, "%s=", path);
                ck_assert(lw_value_print(&lw_values_at(values, i)->value, text, NULL));
                g_string_append_printf(text, "@%" G_GINT64_FORMAT " ",
                                lw_values_time(values, i) / 1000000);
        }
        return g_string_free(text, FALSE);
}

START_TEST(a_send_is_read_or_refused)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestPeer *peer = station->came;
        LwNow now = { .real_usec = 1700000000000000 };
        g_autoptr(LwValues) values = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        LwTestClient *client = NULL, *registered;
        LwMessage message;
        int32_t format;

        registered = station_register(station, fake, sends[_i].query, sends[_i].objects);
        make(&message, "dp", sends[_i].format, sends[_i].payload,
                        sends[_i].length > 0 ? sends[_i].length : strlen(sends[_i].payload));
        values = lw_test_dp_read(station->clients, peer, &message, station->registry, now, &client,
                        &format, &error);
        ck_assert_int_eq(values != NULL ? LW_STATUS_CHANGED : lw_status_of_error(error),
                        sends[_i].status);
        if (values == NULL)
                return;
        ck_assert_ptr_eq(client, registered);
        ck_assert_int_eq(format, sends[_i].format);
        text = describe(values);
        ck_assert_str_eq(text, sends[_i].values);
}
END_TEST

START_TEST(who_is_not_registered_sends_nothing)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        g_autoptr(GError) error = NULL;
        LwTestClient *client;
        LwMessage message;
        int32_t format;

        station_register(station, fake, "ep=a&lwm2m=1.1", OBJECTS);
        station_connect(station);
        make(&message, "dp", JSON, LOCATION, strlen(LOCATION));
        ck_assert_ptr_null(lw_test_dp_read(station->clients, station->came, &message,
                        station->registry, station->now, &client, &format, &error));
        ck_assert_int_eq(error->code, LW_STATUS_NOT_FOUND);
}
END_TEST

START_TEST(a_path_is_for_it_or_not)
{
        LwMessage message;

        make(&message, "dp", -1, NULL, 0);
        ck_assert(lw_test_dp_is_for(&message));
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "x");
        ck_assert(lw_test_dp_is_for(&message));
        make(&message, "dpx", -1, NULL, 0);
        ck_assert(!lw_test_dp_is_for(&message));
        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        ck_assert(!lw_test_dp_is_for(&message));
}
END_TEST

TCase *test_dp(void)
{
        TCase *tcase = tcase_create("dp");

        tcase_add_loop_test(tcase, a_send_is_read_or_refused, 0, G_N_ELEMENTS(sends));
        tcase_add_test(tcase, who_is_not_registered_sends_nothing);
        tcase_add_test(tcase, a_path_is_for_it_or_not);
        return tcase;
}
