/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of attributes. */
#include <string.h>

#include "lib/suite.h"
#include "model/attributes.h"
#include "model/status.h"

TCase *test_attributes(void);

/* Queries stand in one string, '&' between them. */
static bool parse(const char *text, LwAttributes *ret_attributes, GError **error)
{
        g_auto(GStrv) query = g_strsplit(text, "&", -1);

        return lw_attributes_parse(
                        (const char *const *) query, g_strv_length(query), ret_attributes, error);
}

static LwAttributes of(const char *text)
{
        LwAttributes attributes = {};

        ck_assert(parse(text, &attributes, NULL));
        return attributes;
}

/* All that is set, as it would be set. */
static void check_text(const LwAttributes *attributes, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++) {
                char value[LW_ATTRIBUTE_TEXT_MAX];

                lw_attributes_print(attributes, (LwAttribute) i, value);
                if (!lw_attributes_has(attributes, (LwAttribute) i)) {
                        ck_assert_str_eq(value, "");
                        continue;
                }
                g_string_append_printf(text, "%s%s=%s", text->len > 0 ? "&" : "",
                                lw_attribute_name((LwAttribute) i), value);
        }
        ck_assert_str_eq(text->str, expected);
}

static const struct {
        const char *query, *printed;
} good[] = {
        { "", "" },
        { "pmin=0", "pmin=0" },
        { "pmax=4294967295", "pmax=4294967295" },
        { "pmax=60&pmin=10", "pmin=10&pmax=60" },
        { "gt=45&lt=20&st=2.5", "gt=45&lt=20&st=2.5" },
        /* the grammar of the standard shows no sign, which is an oversight */
        { "gt=-0.5&lt=-5", "gt=-0.5&lt=-5" },
        { "st=0", "st=0" },
        { "st=1e-3", "st=0.001" },
        { "epmin=1&epmax=2", "epmin=1&epmax=2" },
        { "edge=0&con=1", "edge=0&con=1" },
        { "edge=1&con=0", "edge=1&con=0" },
        { "hqmax=5", "hqmax=5" },
        { "pmin&pmax=5", "pmax=5" },
};

START_TEST(parses_and_prints)
{
        g_auto(GStrv) query = g_strsplit(good[_i].query, "&", -1);
        size_t count = good[_i].query[0] == '\0' ? 0 : g_strv_length(query);
        LwAttributes attributes;

        ck_assert(lw_attributes_parse((const char *const *) query, count, &attributes, NULL));
        check_text(&attributes, good[_i].printed);
}
END_TEST

static const struct {
        const char *query, *reason;
} bad[] = {
        { "pmin=", "pmin must be a whole number" },
        { "pmin=-1", "pmin must be" },
        { "pmin=1.5", "pmin must be" },
        { "pmin=1 ", "pmin must be" },
        { "pmin=4294967296", "0 to 4294967295" },
        { "pmax=x", "pmax must be" },
        { "gt=", "gt must be a number" },
        { "gt=inf", "gt must be a number" },
        { "gt=nan", "gt must be a number" },
        { "gt=1e999", "gt must be a number" },
        { "st=-1", "not negative" },
        { "edge=2", "0 or 1" },
        { "edge=", "0 or 1" },
        { "edge=01", "0 or 1" },
        { "con=true", "0 or 1" },
        { "hqmax=-1", "hqmax must be" },
        { "dim=3", "'dim' is not an attribute" },
        { "ver=1.1", "'ver' is not an attribute" },
        { "PMIN=1", "'PMIN' is not an attribute" },
        { "pmi", "'pmi' is not an attribute" },
        { "pminx=1", "'pminx' is not an attribute" },
        { "=1", "'' is not an attribute" },
        { "pmin=1&pmin=2", "pmin is there twice" },
        { "pmin&pmin=2", "pmin is there twice" },
        { "pmin=2&pmin", "pmin is there twice" },
};

START_TEST(refuses_what_it_does_not_know_or_cannot_read)
{
        LwAttributes attributes = { .pmin = 99 };
        g_autoptr(GError) error = NULL;

        ck_assert(!parse(bad[_i].query, &attributes, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, bad[_i].reason) != NULL, "%s", error->message);
        ck_assert_uint_eq(attributes.pmin, 99);
}
END_TEST

static const struct {
        const char *there, *change, *result;
} changes[] = {
        { "pmin=1", "pmax=2", "pmin=1&pmax=2" },
        { "pmin=1", "pmin=2", "pmin=2" },
        { "pmin=1&pmax=2", "pmin", "pmax=2" },
        { "pmin=1&pmax=2", "pmin=0", "pmin=0&pmax=2" },
        { "pmin=1", "gt", "pmin=1" }, /* what is not set can be unset */
        { "gt=1&lt=0&edge=1", "gt=7.5&lt&edge", "gt=7.5" },
};

START_TEST(changes_what_is_named_and_no_more)
{
        LwAttributes attributes = of(changes[_i].there), change = of(changes[_i].change);

        lw_attributes_apply(&attributes, &change);
        check_text(&attributes, changes[_i].result);
        ck_assert_uint_eq(attributes.unset, 0);
}
END_TEST

START_TEST(inherits_each_attribute_for_itself)
{
        LwAttributes own = of("pmin=1&gt=5"), above = of("pmin=7&pmax=9&con=1");

        lw_attributes_inherit(&own, &above);
        check_text(&own, "pmin=1&pmax=9&gt=5&con=1");
}
END_TEST

/* Source: OMA LwM2M Core 1.2, 5.1.2: which levels and types, and rules among values. */
static const struct {
        const char *set;
        LwLevel level;
        LwType type; /* of the resource, LW_TYPE_NONE: no definition */
        unsigned operations;
        LwStatus status; /* 0: may stand */
} checks[] = {
        { "pmin=1&pmax=2&epmin=1&epmax=2&con=1&hqmax=3", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, 0 },
        { "pmin=1&pmax=2&epmin=1&epmax=2&con=1&hqmax=3", LW_LEVEL_INSTANCE, LW_TYPE_NONE, 0, 0 },
        { "gt=1", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "lt=1", LW_LEVEL_INSTANCE, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "st=1", LW_LEVEL_INSTANCE, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "edge=1", LW_LEVEL_INSTANCE, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "gt=45&lt=20&st=10", LW_LEVEL_RESOURCE, LW_TYPE_INTEGER, LW_READABLE, 0 },
        { "gt=45", LW_LEVEL_RESOURCE, LW_TYPE_FLOAT, LW_READABLE, 0 },
        { "gt=45", LW_LEVEL_RESOURCE, LW_TYPE_UNSIGNED, LW_READABLE, 0 },
        { "st=45", LW_LEVEL_RESOURCE, LW_TYPE_TIME, LW_READABLE, 0 },
        { "gt=45", LW_LEVEL_RESOURCE_INSTANCE, LW_TYPE_INTEGER, LW_READABLE, 0 },
        { "gt=45", LW_LEVEL_RESOURCE, LW_TYPE_STRING, LW_READABLE, LW_STATUS_BAD_REQUEST },
        { "st=45", LW_LEVEL_RESOURCE, LW_TYPE_BOOLEAN, LW_READABLE, LW_STATUS_BAD_REQUEST },
        { "edge=0", LW_LEVEL_RESOURCE, LW_TYPE_BOOLEAN, LW_READABLE, 0 },
        { "edge=0", LW_LEVEL_RESOURCE, LW_TYPE_INTEGER, LW_READABLE, LW_STATUS_BAD_REQUEST },
        { "pmin=1", LW_LEVEL_RESOURCE, LW_TYPE_STRING, LW_READABLE, 0 },
        { "pmin=1", LW_LEVEL_RESOURCE, LW_TYPE_STRING, LW_WRITABLE, LW_STATUS_NOT_PERMITTED },
        { "pmin=1", LW_LEVEL_RESOURCE, LW_TYPE_NONE, LW_EXECUTABLE, LW_STATUS_NOT_PERMITTED },
        { "pmin", LW_LEVEL_RESOURCE, LW_TYPE_STRING, LW_WRITABLE, 0 }, /* nothing is left */
        { "lt=20&gt=20", LW_LEVEL_RESOURCE, LW_TYPE_FLOAT, LW_READABLE, LW_STATUS_BAD_REQUEST },
        { "lt=21&gt=20", LW_LEVEL_RESOURCE, LW_TYPE_FLOAT, LW_READABLE, LW_STATUS_BAD_REQUEST },
        { "lt=20&gt=40&st=10", LW_LEVEL_RESOURCE, LW_TYPE_FLOAT, LW_READABLE,
                        LW_STATUS_BAD_REQUEST },
        { "lt=20&gt=40&st=9.9", LW_LEVEL_RESOURCE, LW_TYPE_FLOAT, LW_READABLE, 0 },
        { "epmin=5&epmax=5", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "epmin=6&epmax=5", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, LW_STATUS_BAD_REQUEST },
        { "epmin=4&epmax=5", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, 0 },
        { "pmin=60&pmax=5", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, 0 }, /* pmax then does not count */
        { "pmax=0", LW_LEVEL_OBJECT, LW_TYPE_NONE, 0, 0 },
};

START_TEST(stands_where_it_may)
{
        LwResourceDef def = {
                .type = checks[_i].type,
                .operations = (uint8_t) checks[_i].operations,
        };
        bool above = checks[_i].level < LW_LEVEL_RESOURCE;
        LwAttributes set = of(checks[_i].set);
        g_autoptr(GError) error = NULL;
        bool stands = lw_attributes_check(&set, checks[_i].level, above ? NULL : &def, &error);

        ck_assert_int_eq(stands, checks[_i].status == 0);
        if (!stands)
                ck_assert_msg(g_error_matches(error, LW_ERROR, (int) checks[_i].status), "%s",
                                error->message);
}
END_TEST

TCase *test_attributes(void)
{
        TCase *tcase = tcase_create("attributes");

        tcase_add_loop_test(tcase, parses_and_prints, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(
                        tcase, refuses_what_it_does_not_know_or_cannot_read, 0, G_N_ELEMENTS(bad));
        tcase_add_loop_test(tcase, changes_what_is_named_and_no_more, 0, G_N_ELEMENTS(changes));
        tcase_add_test(tcase, inherits_each_attribute_for_itself);
        tcase_add_loop_test(tcase, stands_where_it_may, 0, G_N_ELEMENTS(checks));
        return tcase;
}
