/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AddServer, RemoveServer and Reload, from the message to what the daemon is told, and back. */
#define _GNU_SOURCE 1 /* memfd_create, pipe2 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bus/authorize.h"
#include "control/stage.h"
#include "lib/suite.h"
#include "model/limits.h"

/* One key with one value, as a person or a program gives it. */
static const struct {
        const char *key;
        const char *type;
        const char *string; /* of s */
        double number;      /* of all others */
        const char *outcome;
        const char *settings; /* what the daemon gets */
} values[] = {
        { "Uri", "s", "coap://lwm2m.example.com", 0, "ok", "Uri=coap://lwm2m.example.com " },
        { "Uri", "s", "  coap://x ", 0, "ok", "Uri=coap://x " },
        { "Uri", "s", "", 0, "ok", "" },
        { "Uri", "s", "coap://x\nSecurity=nosec", 0, "InvalidArgs", NULL },
        { "ShortServerId", "q", NULL, 65534, "ok", "ShortServerId=65534 " },
        { "ShortServerId", "y", NULL, 255, "ok", "ShortServerId=255 " },
        { "ShortServerId", "n", NULL, -5, "ok", "ShortServerId=-5 " },
        { "Lifetime", "i", NULL, -300, "ok", "Lifetime=-300 " },
        { "Lifetime", "u", NULL, 4294967295, "ok", "Lifetime=4294967295 " },
        { "Lifetime", "x", NULL, -4294967296, "ok", "Lifetime=-4294967296 " },
        { "Lifetime", "t", NULL, 4294967296, "ok", "Lifetime=4294967296 " },
        { "NotificationStoring", "b", NULL, 1, "ok", "NotificationStoring=yes " },
        { "NotificationStoring", "b", NULL, 0, "ok", "NotificationStoring=no " },
        { "AckTimeout", "d", NULL, 1.5, "ok", "AckTimeout=1.5 " },
        { "Uri", "o", "/path", 0, "InvalidArgs", NULL },
        { "PskKey", "s", "00112233", 0, "InvalidArgs", NULL },
        { "PskKey", "u", NULL, 1, "InvalidArgs", NULL },
        { "PrivateKey", "s", "MC4CAQ", 0, "InvalidArgs", NULL },
        { "PskKeyFile", "s", "/etc/lwm2md/one.key", 0, "ok", "PskKeyFile=/etc/lwm2md/one.key " },
};

static const char *add(size_t i)
{
        const char *key = values[i].key, *type = values[i].type;
        double number = values[i].number;

        if (strchr("so", *type) != NULL)
                return stage_call("AddServer", "a{sv}", 1, key, type, values[i].string);
        if (*type == 'd')
                return stage_call("AddServer", "a{sv}", 1, key, type, number);
        if (strchr("xt", *type) != NULL)
                return stage_call("AddServer", "a{sv}", 1, key, type,
                                number < 0 ? (uint64_t) (int64_t) number : (uint64_t) number);
        return stage_call("AddServer", "a{sv}", 1, key, type,
                        number < 0 ? (unsigned) (int) number : (unsigned) number);
}

START_TEST(a_value_is_taken_as_people_type_it)
{
        ck_assert_str_eq(add((size_t) _i), values[_i].outcome);
        ck_assert_pstr_eq(stage.settings, values[_i].settings);
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
}
END_TEST

START_TEST(a_server_has_many_keys_each_once)
{
        const char *path;

        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 2, "Uri", "s", "coap://x",
                                         "ShortServerId", "u", 102),
                        "ok");
        ck_assert_str_eq(stage.settings, "Uri=coap://x ShortServerId=102 ");
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "o", &path), 0);
        ck_assert_str_eq(path, "/org/lwm2md/server/102");
        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 2, "Uri", "s", "coap://x", "Uri", "s",
                                         "coap://y"),
                        "InvalidArgs");
}
END_TEST

START_TEST(a_key_as_bytes_is_refused)
{
        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 1, "PskKey", "ay", 2, 0xca, 0xfe),
                        "InvalidArgs");
        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 1, "Uri", "ay", 1, 0x41), "InvalidArgs");
        ck_assert_ptr_null(stage.settings);
}
END_TEST

/* So many bytes in a memfd, or a pipe. */
static const struct {
        const char *key;
        int bytes; /* -1: a pipe */
        const char *outcome, *settings;
} descriptors[] = {
        { "PskKey", 3, "ok", "!PskKey=6b6b6b " },
        { "PskKey", 0, "InvalidArgs", NULL },
        { "PskKey", LW_PSK_KEY_MAX + 1, "InvalidArgs", NULL },
        { "PskKey", -1, "InvalidArgs", NULL },
        { "PrivateKey", 3, "ok", "!PrivateKey=a2tr " },
        { "PrivateKey", LW_PRIVATE_KEY_MAX + 1, "InvalidArgs", NULL },
        { "Certificate", 2, "ok", "!Certificate=a2s= " },
        { "Certificate", LW_CERTIFICATE_PASSED_MAX + 1, "InvalidArgs", NULL },
        { "ServerCertificate", 1, "ok", "!ServerCertificate=aw== " },
        { "PublicKey", 1, "ok", "!PublicKey=aw== " },
        { "ServerPublicKey", 1, "ok", "!ServerPublicKey=aw== " },
        { "CertificateFile", 1, "InvalidArgs", NULL },
};

START_TEST(a_key_comes_in_a_file)
{
        int pair[2] = { -1, -1 };
        static char bytes[LW_CERTIFICATE_PASSED_MAX + 1];

        memset(bytes, 'k', sizeof(bytes));
        if (descriptors[_i].bytes < 0) {
                ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
        } else {
                pair[0] = memfd_create("key", MFD_CLOEXEC);
                ck_assert_int_eq(write(pair[0], bytes, (size_t) descriptors[_i].bytes),
                                descriptors[_i].bytes);
        }
        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 1, descriptors[_i].key, "h", pair[0]),
                        descriptors[_i].outcome);
        ck_assert_pstr_eq(stage.settings, descriptors[_i].settings);
        close(pair[0]);
        if (pair[1] >= 0)
                close(pair[1]);
}
END_TEST

START_TEST(what_went_wrong_is_told)
{
        static const struct {
                LwStatus status;
                const char *outcome;
        } ends[] = {
                { LW_STATUS_BAD_REQUEST, "InvalidArgs" },
                { LW_STATUS_PRECONDITION_FAILED, "AlreadyExists" },
                { LW_STATUS_TOO_LARGE, "LimitExceeded" },
                { LW_STATUS_FAILED, "Failed" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
                stage.fails_with = ends[i].status;
                ck_assert_str_eq(stage_call("AddServer", "a{sv}", 1, "Uri", "s", "coap://x"),
                                ends[i].outcome);
                ck_assert_str_eq(stage_call("RemoveServer", "o", STAGE_SERVER_PATH),
                                ends[i].outcome);
        }
}
END_TEST

START_TEST(a_server_is_removed_by_its_path)
{
        ck_assert_str_eq(stage_call("RemoveServer", "o", "/org/lwm2md/server/102"), "NoSuchServer");
        ck_assert_str_eq(stage_call("RemoveServer", "o", "/org/lwm2md"), "NoSuchServer");
        ck_assert_uint_eq(stage.removals, 0);
        ck_assert_str_eq(stage_call("RemoveServer", "o", STAGE_SERVER_PATH), "ok");
        ck_assert_uint_eq(stage.removals, 1);
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
}
END_TEST

START_TEST(the_answer_waits_until_it_is_safe)
{
        stage.waits = true;
        stage_begin("RemoveServer", "o", STAGE_SERVER_PATH);
        ck_assert_uint_eq(stage_ended(), 0);
        stage.done(stage.data, 101, NULL);
        stage_settle();
        ck_assert_uint_eq(stage_ended(), 1);
}
END_TEST

START_TEST(a_reload_tells_what_was_refused)
{
        const char *file, *line, *what;

        ck_assert_str_eq(stage_call("Reload", ""), "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
        ck_assert_uint_eq(stage.reloads, 1);
        ck_assert_int_gt(sd_bus_message_enter_container(stage_reply(), 'a', "(sss)"), 0);
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "(sss)", &file, &line, &what), 0);
        ck_assert_str_eq(file, "a.conf");
        ck_assert_str_eq(line, "7");
        ck_assert_str_eq(what, "wrong; right");
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "(sss)", &file, &line, &what), 0);
        ck_assert_str_eq(line, "");
        ck_assert_int_eq(sd_bus_message_read(stage_reply(), "(sss)", &file, &line, &what), 0);
}
END_TEST

START_TEST(who_may_not_does_nothing)
{
        stage.denied = true;
        ck_assert_str_eq(stage_call("AddServer", "a{sv}", 0), "AccessDenied");
        ck_assert_str_eq(stage_call("RemoveServer", "o", STAGE_SERVER_PATH), "AccessDenied");
        ck_assert_str_eq(stage_call("Reload", ""), "AccessDenied");
        ck_assert_ptr_null(stage.settings);
        ck_assert_uint_eq(stage.removals + stage.reloads, 0);
}
END_TEST

TCase *test_provision(void);
TCase *test_provision(void)
{
        TCase *tcase = tcase_create("provision");

        tcase_add_checked_fixture(tcase, stage_setup, stage_teardown);
        tcase_add_loop_test(tcase, a_value_is_taken_as_people_type_it, 0, G_N_ELEMENTS(values));
        tcase_add_test(tcase, a_server_has_many_keys_each_once);
        tcase_add_test(tcase, a_key_as_bytes_is_refused);
        tcase_add_loop_test(tcase, a_key_comes_in_a_file, 0, G_N_ELEMENTS(descriptors));
        tcase_add_test(tcase, what_went_wrong_is_told);
        tcase_add_test(tcase, a_server_is_removed_by_its_path);
        tcase_add_test(tcase, the_answer_waits_until_it_is_safe);
        tcase_add_test(tcase, a_reload_tells_what_was_refused);
        tcase_add_test(tcase, who_may_not_does_nothing);
        return tcase;
}
