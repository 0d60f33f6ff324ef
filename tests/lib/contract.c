/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwContract: one interface out of an introspection document, to be compared and checked. */
#include "lib/contract.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

/* An element that needs a <doc>, and a method or property that needs an <example>. */
typedef struct Element {
        char *name;
        bool has_doc, needs_example, has_example;
} Element;

static const char *value_of(const char *name, const char **names, const char **values)
{
        for (size_t i = 0; names[i] != NULL; i++) {
                if (strcmp(names[i], name) == 0)
                        return values[i];
        }
        return "";
}

static bool is_member(const char *element)
{
        return strcmp(element, "method") == 0 || strcmp(element, "property") == 0 ||
               strcmp(element, "signal") == 0;
}

static Element *innermost(const LwContract *self)
{
        return self->open->len > 0 ? g_ptr_array_index(self->open, self->open->len - 1) : NULL;
}

static void open_element(LwContract *self, const char *kind, const char *name)
{
        Element *element = g_new0(Element, 1);

        element->name = g_strdup_printf("%s %s", kind, name);
        element->needs_example = is_member(kind) || strcmp(kind, "interface") == 0;
        g_ptr_array_add(self->open, element);
}

static void close_element(LwContract *self)
{
        Element *element = innermost(self);

        if (!element->has_doc)
                g_ptr_array_add(self->lacks, g_strdup_printf("%s: no <doc>", element->name));
        if (element->needs_example && !element->has_example)
                g_ptr_array_add(self->lacks, g_strdup_printf("%s: no <example>", element->name));
        g_free(element->name);
        g_free(element);
        g_ptr_array_set_size(self->open, (int) self->open->len - 1);
}

static void begin_member(
                LwContract *self, const char *kind, const char **names, const char **values)
{
        g_string_printf(self->member, "%s %s", kind, value_of("name", names, values));
        if (strcmp(kind, "property") != 0)
                return;
        g_string_append_printf(self->member, " %s %s", value_of("type", names, values),
                        value_of("access", names, values));
        g_string_assign(self->emits, "true"); /* where nothing is said */
}

static void begin_argument(LwContract *self, const char **names, const char **values)
{
        g_string_append_printf(self->member, " %s:%s:%s", value_of("direction", names, values),
                        value_of("type", names, values), value_of("name", names, values));
}

static void begin_annotation(LwContract *self, const char **names, const char **values)
{
        const char *name = value_of("name", names, values);

        if (strcmp(name, "org.freedesktop.DBus.Property.EmitsChangedSignal") == 0)
                g_string_assign(self->emits, value_of("value", names, values));
        else
                g_string_append_printf(self->member, " %s", name);
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
                const char **values, void *user, GError **error)
{
        const char *name = value_of("name", names, values);
        LwContract *self = user;

        (void) context;
        (void) error;
        if (strcmp(element, "interface") == 0)
                self->inside = strcmp(name, self->interface) == 0;
        if (!self->inside)
                return;
        if (is_member(element))
                begin_member(self, element, names, values);
        else if (strcmp(element, "arg") == 0)
                begin_argument(self, names, values);
        else if (strcmp(element, "annotation") == 0)
                begin_annotation(self, names, values);
        if (strcmp(element, "interface") == 0 || is_member(element) || strcmp(element, "arg") == 0)
                open_element(self, element, name);
        else if (strcmp(element, "error") == 0)
                open_element(self, "an error of", name);
        if (strcmp(element, "word") == 0)
                g_ptr_array_add(self->words, g_strdup_printf("%s %s", self->member->str, name));
}

static void end_member(LwContract *self, const char *element)
{
        if (strcmp(element, "property") == 0)
                g_string_append_printf(self->member, " %s", self->emits->str);
        g_ptr_array_add(self->lines, g_strdup(self->member->str));
}

static void on_end(GMarkupParseContext *context, const char *element, void *user, GError **error)
{
        LwContract *self = user;

        (void) context;
        (void) error;
        if (!self->inside)
                return;
        if (is_member(element))
                end_member(self, element);
        if (strcmp(element, "interface") == 0 || is_member(element) ||
                        strcmp(element, "arg") == 0 || strcmp(element, "error") == 0)
                close_element(self);
        if (strcmp(element, "interface") == 0)
                self->inside = false;
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, void *user,
                GError **error)
{
        const char *element = g_markup_parse_context_get_element(context);
        LwContract *self = user;

        (void) length;
        (void) error;
        if (!self->inside || innermost(self) == NULL)
                return;
        if (strcmp(element, "doc") == 0)
                innermost(self)->has_doc = strspn(text, " \n") != strlen(text);
        else if (strcmp(element, "example") == 0)
                innermost(self)->has_example = g_str_has_prefix(text, "busctl ");
}

static int compare_lines(const void *a, const void *b)
{
        return strcmp(*(char *const *) a, *(char *const *) b);
}

void lw_contract_parse(LwContract *self, const char *interface, const char *text)
{
        static const GMarkupParser parser = {
                .start_element = on_start, .end_element = on_end, .text = on_text
        };
        GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, self, NULL);
        g_autoptr(GError) error = NULL;

        *self = (LwContract){
                .interface = interface,
                .lines = g_ptr_array_new_with_free_func(g_free),
                .member = g_string_new(NULL),
                .emits = g_string_new(NULL),
                .lacks = g_ptr_array_new_with_free_func(g_free),
                .open = g_ptr_array_new(),
                .words = g_ptr_array_new_with_free_func(g_free),
        };
        ck_assert_msg(g_markup_parse_context_parse(context, text, -1, &error) &&
                                        g_markup_parse_context_end_parse(context, &error),
                        "%s: %s", interface, error != NULL ? error->message : "");
        g_markup_parse_context_free(context);
        g_ptr_array_sort(self->lines, compare_lines);
        g_ptr_array_add(self->lines, NULL);
        g_ptr_array_add(self->lacks, NULL);
}

void lw_contract_clear(LwContract *self)
{
        g_ptr_array_unref(self->lines);
        g_string_free(self->member, true);
        g_string_free(self->emits, true);
        g_ptr_array_unref(self->lacks);
        g_ptr_array_unref(self->open);
        g_ptr_array_unref(self->words);
}

char *lw_contract_read(const char *interface)
{
        const char *root = getenv("srcdir");
        g_autofree char *name = g_strdup_printf("%s.xml", interface);
        g_autofree char *path = g_build_filename(root != NULL ? root : ".", "dbus", name, NULL);
        char *text = NULL;

        ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
        return text;
}

void lw_contract_check_shown(const char *interface, const char *shown)
{
        g_autofree char *text = lw_contract_read(interface);
        g_autofree char *promised_lines = NULL, *shown_lines = NULL;
        LwContract promised, seen;

        lw_contract_parse(&promised, interface, text);
        lw_contract_parse(&seen, interface, shown);
        promised_lines = g_strjoinv("\n", (char **) promised.lines->pdata);
        shown_lines = g_strjoinv("\n", (char **) seen.lines->pdata);
        ck_assert_str_ne(promised_lines, "");
        ck_assert_str_eq(shown_lines, promised_lines);
        lw_contract_clear(&promised);
        lw_contract_clear(&seen);
}

void lw_contract_check_explained(const char *interface)
{
        g_autofree char *text = lw_contract_read(interface);
        g_autofree char *lacks = NULL;
        LwContract document;

        lw_contract_parse(&document, interface, text);
        lacks = g_strjoinv("\n", (char **) document.lacks->pdata);
        ck_assert_str_eq(lacks, "");
        lw_contract_clear(&document);
}
