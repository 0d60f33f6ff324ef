/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes attributes: queries, and the document of a table of them. The first byte says which. */
#include <string.h>

#include <glib.h>

#include "model/attributes.h"
#include "model/status.h"
#include "tree/attribute-table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool parse(const char *text, LwAttributes *ret_attributes, GError **error)
{
        g_auto(GStrv) query = g_strsplit(text, "&", -1);

        return lw_attributes_parse(
                        (const char *const *) query, g_strv_length(query), ret_attributes, error);
}

static char *print(const LwAttributes *attributes)
{
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++) {
                char value[LW_ATTRIBUTE_TEXT_MAX];

                if (!lw_attributes_has(attributes, (LwAttribute) i))
                        continue;
                lw_attributes_print(attributes, (LwAttribute) i, value);
                g_string_append_printf(text, "%s%s=%s", text->len > 0 ? "&" : "",
                                lw_attribute_name((LwAttribute) i), value);
        }
        return g_string_free(text, FALSE);
}

static void check_error(const GError *error)
{
        g_assert_true(error->domain == LW_ERROR);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

/* What is printed reads back as the same, and changes nothing where it is already. */
static void fuzz_queries(const char *text)
{
        g_autofree char *printed = NULL, *again = NULL;
        g_autoptr(GError) error = NULL;
        LwAttributes one, other = {}, both;

        if (!parse(text, &one, &error)) {
                check_error(error);
                return;
        }
        printed = print(&one);
        if (one.set)
                g_assert_true(parse(printed, &other, NULL));
        again = print(&other);
        g_assert_cmpstr(printed, ==, again);
        both = other;
        lw_attributes_apply(&both, &other);
        lw_attributes_inherit(&both, &one);
        g_assert_cmpint(both.set, ==, other.set);
        for (unsigned level = 1; level <= 4; level++)
                if (!lw_attributes_check(&one, (LwLevel) level, NULL, level == 1 ? &error : NULL) &&
                                level == 1)
                        check_error(error);
}

static void fuzz_document(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) document = g_bytes_new_static(data, size);
        g_autoptr(GBytes) saved = NULL, again = NULL;
        g_autoptr(LwAttributeTable) table = lw_attribute_table_new();
        g_autoptr(GError) error = NULL;

        if (!lw_attribute_table_load(table, document, &error)) {
                check_error(error);
                return;
        }
        saved = lw_attribute_table_save(table);
        g_assert_true(lw_attribute_table_load(table, saved, NULL));
        again = lw_attribute_table_save(table);
        g_assert_true(g_bytes_equal(saved, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = NULL;

        if (size == 0)
                return 0;
        if (data[0] == 'd') {
                fuzz_document(data + 1, size - 1);
                return 0;
        }
        text = g_strndup((const char *) data + 1, size - 1);
        fuzz_queries(text);
        return 0;
}
