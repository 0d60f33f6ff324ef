/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels: ids that are remembered, as text and back, and the bound on them. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "providers/remote/labels.h"
#include "providers/suite.h"

static void expect_id(const LwLabels *labels, uint16_t object, const char *name, const char *label,
                int wanted)
{
        uint16_t id = 0;

        ck_assert_int_eq(lw_labels_find(labels, object, name, label, &id), wanted >= 0);
        if (wanted >= 0)
                ck_assert_int_eq(id, wanted);
}

START_TEST(object_name_and_label_make_the_key)
{
        g_autoptr(LwLabels) labels = lw_labels_new();

        ck_assert(lw_labels_keep(labels, 3303, 100, "kitchen", "oven"));
        ck_assert(lw_labels_keep(labels, 3303, 101, NULL, "oven"));
        ck_assert(lw_labels_keep(labels, 3304, 100, "kitchen", "oven"));
        expect_id(labels, 3303, "kitchen", "oven", 100);
        expect_id(labels, 3303, NULL, "oven", 101);
        expect_id(labels, 3304, "kitchen", "oven", 100);
        expect_id(labels, 3303, "cellar", "oven", -1);
        expect_id(labels, 3303, "oven", "kitchen", -1);
        ck_assert(lw_labels_has(labels, 3303, 101));
        ck_assert(!lw_labels_has(labels, 3303, 102));
        ck_assert(!lw_labels_has(labels, 3305, 100));
}
END_TEST

START_TEST(only_news_is_news)
{
        g_autoptr(LwLabels) labels = lw_labels_new();

        ck_assert(lw_labels_keep(labels, 3303, 100, "kitchen", "oven"));
        ck_assert(!lw_labels_keep(labels, 3303, 100, "kitchen", "oven"));
        ck_assert(lw_labels_keep(labels, 3303, 105, "kitchen", "oven")); /* another id */
        expect_id(labels, 3303, "kitchen", "oven", 105);
        ck_assert(!lw_labels_has(labels, 3303, 100));
        ck_assert(lw_labels_keep(labels, 3303, 105, "cellar", "oven")); /* another holder */
        expect_id(labels, 3303, "kitchen", "oven", -1);
        expect_id(labels, 3303, "cellar", "oven", 105);
}
END_TEST

START_TEST(who_was_used_longest_ago_is_forgotten)
{
        g_autoptr(LwLabels) labels = lw_labels_new();

        for (unsigned i = 0; i < LW_LABELS_MAX; i++) {
                g_autofree char *label = g_strdup_printf("l%u", i);

                ck_assert(lw_labels_keep(labels, 3303, (uint16_t) (100 + i), "x", label));
        }
        lw_labels_keep(labels, 3303, 100, "x", "l0");
        lw_labels_keep(labels, 3303, 50000, "x", "new");
        expect_id(labels, 3303, "x", "new", 50000);
        expect_id(labels, 3303, "x", "l0", 100);
        expect_id(labels, 3303, "x", "l1", -1);
        expect_id(labels, 3303, "x", "l2", 102);
}
END_TEST

static GBytes *bytes_of(const char *text)
{
        return g_bytes_new(text, strlen(text));
}

/* What is printed is what was read, in the order of use. */
static const char document[] = "/3303/100 oven kitchen\n"
                               "/3303/101 oven\n"
                               "/3304/100 hob kitchen\n";

START_TEST(the_document_is_read_as_it_was_written)
{
        g_autoptr(LwLabels) labels = lw_labels_new();
        g_autoptr(GBytes) text = bytes_of(document), printed = NULL;

        ck_assert(lw_labels_parse(labels, text, NULL));
        expect_id(labels, 3303, NULL, "oven", 101);
        expect_id(labels, 3304, "kitchen", "hob", 100);
        printed = lw_labels_print(labels);
        ck_assert(g_bytes_equal(printed, text));
}
END_TEST

/* A damaged line; what stands before it counts. */
static const char *const damaged[] = {
        "/3303/100\n",
        "/3303 oven\n",
        "/3303/100/1 oven\n",
        "/3303/70000 oven\n",
        "/3303/100 oven kitchen more\n",
        "/3303/100 o/ven\n",
        "/3303/100  kitchen\n",
        "\n\n",
        "oven",
};

START_TEST(a_damaged_line_ends_the_document)
{
        g_autofree char *text = g_strconcat("/3304/100 hob kitchen\n", damaged[_i], NULL);
        g_autoptr(LwLabels) labels = lw_labels_new();
        g_autoptr(GBytes) bytes = bytes_of(text);
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_labels_parse(labels, bytes, &error));
        ck_assert(strstr(error->message, "line 2") != NULL);
        expect_id(labels, 3304, "kitchen", "hob", 100);
        ck_assert(!lw_labels_has(labels, 3303, 100));
}
END_TEST

TCase *test_remote_labels(void)
{
        TCase *tcase = tcase_create("remote-labels");

        tcase_add_test(tcase, object_name_and_label_make_the_key);
        tcase_add_test(tcase, only_news_is_news);
        tcase_add_test(tcase, who_was_used_longest_ago_is_forgotten);
        tcase_add_test(tcase, the_document_is_read_as_it_was_written);
        tcase_add_loop_test(tcase, a_damaged_line_ends_the_document, 0, G_N_ELEMENTS(damaged));
        return tcase;
}
