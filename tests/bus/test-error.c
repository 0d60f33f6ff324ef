/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error names: dbus/errors.xml and the table in the code say the same. */
#include <stdlib.h>
#include <string.h>

#include "bus/error.h"
#include "lib/suite.h"

/* One <error> of the list. */
typedef struct Listed {
        char *name;
        int status; /* 0: none */
} Listed;

static GArray *listed; /* of Listed */
static char *prefix;

static void on_element(GMarkupParseContext *context, const char *element, const char **names,
                const char **values, void *user, GError **error)
{
        Listed entry = {};

        (void) context;
        (void) user;
        (void) error;
        for (size_t i = 0; names[i] != NULL; i++) {
                if (strcmp(names[i], "prefix") == 0)
                        prefix = g_strdup(values[i]);
                else if (strcmp(names[i], "name") == 0)
                        entry.name = g_strconcat(prefix, values[i], NULL);
                else if (strcmp(names[i], "status") == 0)
                        entry.status = atoi(values[i]);
        }
        if (strcmp(element, "error") == 0)
                g_array_append_val(listed, entry);
}

static void setup(void)
{
        static const GMarkupParser parser = { .start_element = on_element };
        const char *root = getenv("srcdir");
        g_autofree char *path =
                        g_build_filename(root != NULL ? root : ".", "dbus", "errors.xml", NULL);
        g_autofree char *text = NULL;
        g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);

        listed = g_array_new(false, false, sizeof(Listed));
        ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
        ck_assert(g_markup_parse_context_parse(context, text, -1, NULL));
}

static void teardown(void)
{
        for (guint i = 0; i < listed->len; i++)
                g_free(g_array_index(listed, Listed, i).name);
        g_array_unref(listed);
        g_free(prefix);
}

static const Listed *find_status(int status)
{
        for (guint i = 0; i < listed->len; i++) {
                if (g_array_index(listed, Listed, i).status == status)
                        return &g_array_index(listed, Listed, i);
        }
        return NULL;
}

static bool is_listed(const char *name)
{
        for (guint i = 0; i < listed->len; i++) {
                if (strcmp(g_array_index(listed, Listed, i).name, name) == 0)
                        return true;
        }
        return false;
}

START_TEST(every_listed_status_has_its_name_and_back)
{
        unsigned with_status = 0;

        for (guint i = 0; i < listed->len; i++) {
                const Listed *entry = &g_array_index(listed, Listed, i);

                if (entry->status == 0)
                        continue;
                with_status++;
                ck_assert_str_eq(lw_bus_error_name((LwStatus) entry->status), entry->name);
                ck_assert_int_eq(lw_bus_error_status(entry->name), entry->status);
        }
        ck_assert_uint_ge(with_status, 10);
}
END_TEST

START_TEST(every_status_gets_a_listed_name)
{
        for (int status = 400; status < 600; status++) {
                const char *name = lw_bus_error_name((LwStatus) status);
                const Listed *entry = find_status(status);

                ck_assert_msg(is_listed(name), "%s for %d is not listed", name, status);
                if (entry == NULL)
                        ck_assert_str_eq(name, status < 500 ? LW_BUS_ERROR "BadRequest"
                                                            : LW_BUS_ERROR "Failed");
        }
}
END_TEST

START_TEST(names_without_a_status_are_listed)
{
        static const char *const names[] = { LW_BUS_ERROR_LIMIT_EXCEEDED,
                LW_BUS_ERROR_NOT_REGISTERED, LW_BUS_ERROR_NO_SUCH_SERVER };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                ck_assert_msg(is_listed(names[i]), "%s is not listed", names[i]);
}
END_TEST

static const struct {
        const char *name;
        LwStatus status;
} services[] = {
        { "org.lwm2md.Error.NotFound", LW_STATUS_NOT_FOUND },
        { "org.freedesktop.DBus.Error.UnknownMethod", LW_STATUS_NOT_PERMITTED },
        { "org.freedesktop.DBus.Error.NoReply", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.ServiceUnknown", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.NameHasNoOwner", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.Disconnected", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.AccessDenied", LW_STATUS_FAILED },
        { "org.lwm2md.Error.LimitExceeded", LW_STATUS_FAILED },
        { "com.example.Broken", LW_STATUS_FAILED },
        { NULL, LW_STATUS_FAILED },
};

START_TEST(a_services_error_becomes_a_response_code)
{
        ck_assert_int_eq(lw_bus_error_status(services[_i].name), services[_i].status);
}
END_TEST

START_TEST(an_error_keeps_its_message)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) back = NULL;

        g_set_error(&error, LW_ERROR, LW_STATUS_TOO_LARGE, "that is %d too many", 3);
        ck_assert_int_lt(lw_bus_error_set(&bus_error, error), 0);
        ck_assert_str_eq(bus_error.name, "org.lwm2md.Error.TooLarge");
        ck_assert_str_eq(bus_error.message, "that is 3 too many");
        lw_bus_error_to_gerror(&bus_error, &back);
        ck_assert(g_error_matches(back, LW_ERROR, LW_STATUS_TOO_LARGE));
        ck_assert_str_eq(back->message, error->message);
        sd_bus_error_free(&bus_error);
}
END_TEST

START_TEST(a_status_without_diagnostic_says_its_own_words)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;

        lw_bus_error_set_status(&bus_error, LW_STATUS_NOT_FOUND, NULL);
        ck_assert_str_eq(bus_error.message, lw_status_text(LW_STATUS_NOT_FOUND));
        sd_bus_error_free(&bus_error);
}
END_TEST

TCase *test_error(void);
TCase *test_error(void)
{
        TCase *tcase = tcase_create("error");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, every_listed_status_has_its_name_and_back);
        tcase_add_test(tcase, every_status_gets_a_listed_name);
        tcase_add_test(tcase, names_without_a_status_are_listed);
        tcase_add_loop_test(
                        tcase, a_services_error_becomes_a_response_code, 0, G_N_ELEMENTS(services));
        tcase_add_test(tcase, an_error_keeps_its_message);
        tcase_add_test(tcase, a_status_without_diagnostic_says_its_own_words);
        return tcase;
}
