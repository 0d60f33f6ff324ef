/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "model/status.h"
#include "testserver/parameters.h"
#include "testserver/suite.h"

/* One parameter on its own: the status of its refusal, or 0. Source: OMA LwM2M Core, "Register". */
static const struct {
        const char *query;
        int status;
} strictness[] = {
        { "ep=urn:imei:490154203237518", 0 },
        { "ep=\xc3\xa9=&?", 0 },
        { "ep=", 400 },
        { "ep", 400 },
        { "ep=\xff", 400 },
        { "lt=1", 0 },
        { "lt=4294967295", 0 },
        { "lt=4294967296", 400 },
        { "lt=", 400 },
        { "lt=+1", 400 },
        { "lt=-1", 400 },
        { "lt= 1", 400 },
        { "lt=1s", 400 },
        { "lt=1.5", 400 },
        { "lwm2m=1.0", 0 },
        { "lwm2m=1.1", 0 },
        { "lwm2m=1.2", 0 },
        { "lwm2m=1.3", 412 },
        { "lwm2m=10.0", 412 },
        { "lwm2m=1", 400 },
        { "lwm2m=1.", 400 },
        { "lwm2m=.1", 400 },
        { "lwm2m=1.1.1", 400 },
        { "lwm2m=01.1", 400 },
        { "lwm2m=1.01", 400 },
        { "lwm2m=v1.1", 400 },
        { "b=U", 0 },
        { "b=UQS", 0 },
        { "b=UTSNMH", 0 },
        { "b=u", 400 },
        { "b=UU", 400 },
        { "b=X", 400 },
        { "b=", 400 },
        { "Q", 0 },
        { "Q=", 400 },
        { "Q=1", 400 },
        { "q", 0 }, /* none of the standard's */
        { "sms=4915112345678", 0 },
        { "sms=", 400 },
        { "pid=6:27354b9a", 0 },
        { "color=green", 0 },
        { "color", 0 },
        { "=x", 0 },
};

static void add_query(LwMessage *message, const char *text)
{
        ck_assert(lw_message_add_text(message, LW_OPTION_URI_QUERY, text));
}

START_TEST(is_strict)
{
        g_auto(LwParameters) parameters = {};
        g_autoptr(GError) error = NULL;
        LwMessage message;
        bool ok;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        add_query(&message, strictness[_i].query);
        ok = lw_parameters_parse(&message, &parameters, &error);
        ck_assert_msg(ok == (strictness[_i].status == 0), "%s", strictness[_i].query);
        if (!ok)
                ck_assert_int_eq(lw_status_of_error(error), strictness[_i].status);
}
END_TEST

START_TEST(refuses_each_parameter_twice)
{
        static const char *const queries[] = { "ep=a", "lt=1", "lwm2m=1.1", "b=U", "Q", "sms=1",
                "pid=a" };
        g_auto(LwParameters) parameters = {};
        g_autoptr(GError) error = NULL;
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        add_query(&message, queries[_i]);
        add_query(&message, queries[_i]);
        ck_assert(!lw_parameters_parse(&message, &parameters, &error));
        ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(reads_all)
{
        static const char *const queries[] = { "ep=dev1", "lt=300", "lwm2m=1.1", "b=UQS", "sms=49",
                "pid=6:1234abcd", "x=y", "z" };
        g_auto(LwParameters) parameters = {};
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        for (size_t i = 0; i < G_N_ELEMENTS(queries); i++)
                add_query(&message, queries[i]);
        ck_assert(lw_parameters_parse(&message, &parameters, NULL));
        ck_assert_str_eq(parameters.endpoint, "dev1");
        ck_assert(parameters.has_lifetime);
        ck_assert_uint_eq(parameters.lifetime_seconds, 300);
        ck_assert(parameters.has_version);
        ck_assert_int_eq(parameters.version, LW_VERSION_1_1);
        ck_assert_str_eq(parameters.binding, "UQS");
        ck_assert(parameters.queue_mode);
        ck_assert_str_eq(parameters.sms_number, "49");
        ck_assert_str_eq(parameters.profile, "6:1234abcd");
        ck_assert_uint_eq(parameters.others->len, 2);
        ck_assert_str_eq(g_ptr_array_index(parameters.others, 1), "z");
        ck_assert_ptr_null(parameters.objects);
}
END_TEST

START_TEST(reads_nothing)
{
        g_auto(LwParameters) parameters = {};
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        ck_assert(lw_parameters_parse(&message, &parameters, NULL));
        ck_assert_ptr_null(parameters.endpoint);
        ck_assert(!parameters.has_lifetime && !parameters.has_version && !parameters.queue_mode);
        ck_assert_uint_eq(parameters.others->len, 0);
}
END_TEST

/* The payload is link format, or there is none. */
static const struct {
        int32_t format;
        const char *payload;
        bool ok;
} payloads[] = {
        { LW_FORMAT_LINK, "</3/0>", true },
        { LW_FORMAT_NONE, "</3/0>", true },
        { LW_FORMAT_LINK, "", true },
        { LW_FORMAT_TEXT, "</3/0>", false },
        { LW_FORMAT_TEXT, "", false },
        { LW_FORMAT_LINK, "rubbish", false },
};

START_TEST(takes_link_format_alone)
{
        g_auto(LwParameters) parameters = {};
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        if (payloads[_i].format != LW_FORMAT_NONE)
                lw_message_add_uint(
                                &message, LW_OPTION_CONTENT_FORMAT, (uint32_t) payloads[_i].format);
        message.payload = (const uint8_t *) payloads[_i].payload;
        message.payload_length = strlen(payloads[_i].payload);
        ck_assert_int_eq(lw_parameters_parse(&message, &parameters, NULL), payloads[_i].ok);
}
END_TEST

TCase *test_parameters(void)
{
        TCase *tcase = tcase_create("parameters");

        tcase_add_loop_test(tcase, is_strict, 0, G_N_ELEMENTS(strictness));
        tcase_add_loop_test(tcase, refuses_each_parameter_twice, 0, 7);
        tcase_add_test(tcase, reads_all);
        tcase_add_test(tcase, reads_nothing);
        tcase_add_loop_test(tcase, takes_link_format_alone, 0, G_N_ELEMENTS(payloads));
        return tcase;
}
