/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the objects say of themselves on the bus is what dbus/ says of them, and dbus/ explains it
 * all. */
#include <stdlib.h>
#include <string.h>

#include "control/server.h"
#include "control/stage.h"
#include "lib/suite.h"

/* One interface out of an introspection document: a line for each member, and what lacks its words.
 */
typedef struct Document {
        const char *interface;
        bool inside;
        GPtrArray *lines; /* of char: "method Read in:s:path out:a{sv}:values" */
        GString *member;  /* the one that is being read; empty between members */
        GString *emits;   /* of a property */
        GPtrArray *lacks; /* of char: what has no <doc> or no <example> */
        GPtrArray *open;  /* of Element: those that must be documented */
        GPtrArray *words; /* of char: "Member word" */
} Document;

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

static Element *innermost(const Document *self)
{
        return self->open->len > 0 ? g_ptr_array_index(self->open, self->open->len - 1) : NULL;
}

static void open_element(Document *self, const char *kind, const char *name)
{
        Element *element = g_new0(Element, 1);

        element->name = g_strdup_printf("%s %s", kind, name);
        element->needs_example = is_member(kind) || strcmp(kind, "interface") == 0;
        g_ptr_array_add(self->open, element);
}

static void close_element(Document *self)
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

static void begin_member(Document *self, const char *kind, const char **names, const char **values)
{
        g_string_printf(self->member, "%s %s", kind, value_of("name", names, values));
        if (strcmp(kind, "property") != 0)
                return;
        g_string_append_printf(self->member, " %s %s", value_of("type", names, values),
                        value_of("access", names, values));
        g_string_assign(self->emits, "true"); /* where nothing is said */
}

static void begin_argument(Document *self, const char **names, const char **values)
{
        g_string_append_printf(self->member, " %s:%s:%s", value_of("direction", names, values),
                        value_of("type", names, values), value_of("name", names, values));
}

static void begin_annotation(Document *self, const char **names, const char **values)
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
        Document *self = user;

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

static void end_member(Document *self, const char *element)
{
        if (strcmp(element, "property") == 0)
                g_string_append_printf(self->member, " %s", self->emits->str);
        g_ptr_array_add(self->lines, g_strdup(self->member->str));
}

static void on_end(GMarkupParseContext *context, const char *element, void *user, GError **error)
{
        Document *self = user;

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
        Document *self = user;

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

static void document_parse(Document *self, const char *interface, const char *text)
{
        static const GMarkupParser parser = {
                .start_element = on_start, .end_element = on_end, .text = on_text
        };
        GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, self, NULL);
        g_autoptr(GError) error = NULL;

        *self = (Document){
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

static void document_clear(Document *self)
{
        g_ptr_array_unref(self->lines);
        g_string_free(self->member, true);
        g_string_free(self->emits, true);
        g_ptr_array_unref(self->lacks);
        g_ptr_array_unref(self->open);
        g_ptr_array_unref(self->words);
}

/* Both sides */

static const struct {
        const char *path;
        const char *interface;
} objects[] = {
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE },
};

static char *read_contract(const char *interface)
{
        const char *root = getenv("srcdir");
        g_autofree char *name = g_strdup_printf("%s.xml", interface);
        g_autofree char *path = g_build_filename(root != NULL ? root : ".", "dbus", name, NULL);
        char *text = NULL;

        ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
        return text;
}

START_TEST(the_object_is_as_its_contract_says)
{
        g_autofree char *contract = read_contract(objects[_i].interface);
        g_autofree char *promised_lines = NULL;
        g_autofree char *shown_lines = NULL;
        Document promised, shown;
        const char *text;

        ck_assert_str_eq(stage_call_at(objects[_i].path, "org.freedesktop.DBus.Introspectable",
                                         "Introspect", ""),
                        "ok");
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "s", &text), 0);
        document_parse(&promised, objects[_i].interface, contract);
        document_parse(&shown, objects[_i].interface, text);
        ck_assert_uint_gt(promised.lines->len, 3);
        promised_lines = g_strjoinv("\n", (char **) promised.lines->pdata);
        shown_lines = g_strjoinv("\n", (char **) shown.lines->pdata);
        ck_assert_str_eq(shown_lines, promised_lines);
        document_clear(&promised);
        document_clear(&shown);
}
END_TEST

START_TEST(the_contract_explains_every_part)
{
        g_autofree char *contract = read_contract(objects[_i].interface);
        g_autofree char *lacks = NULL;
        Document document;

        document_parse(&document, objects[_i].interface, contract);
        lacks = g_strjoinv("\n", (char **) document.lacks->pdata);
        ck_assert_str_eq(lacks, "");
        document_clear(&document);
}
END_TEST

/* The words of a closed list are those that the code says, no more and no fewer */

static const char *manager_state(int i)
{
        return i <= LW_CLIENT_STOPPING ? lw_client_state_name((LwClientState) i) : NULL;
}

static const char *server_state(int i)
{
        if (i > LW_REGISTRATION_STOPPED + 1)
                return NULL;
        return i <= LW_REGISTRATION_STOPPED ? lw_registration_state_name((LwRegistrationState) i)
                                            : "resolving";
}

static const char *security(int i)
{
        return i <= LW_SECURITY_NOSEC ? lw_security_name((LwSecurity) i) : NULL;
}

/* Reads and Discovers are never signalled. */
static const char *operation(int i)
{
        if (i > LW_OPERATION_CANCEL_COMPOSITE + 1)
                return NULL;
        if (i > LW_OPERATION_CANCEL_COMPOSITE || i == LW_OPERATION_READ ||
                        i == LW_OPERATION_DISCOVER || i == LW_OPERATION_READ_COMPOSITE)
                return "left-out";
        return lw_operation_name((LwOperation) i);
}

static const struct {
        const char *interface;
        const char *member;
        const char *(*word)(int i); /* NULL behind the last */
} closed_lists[] = {
        { LW_MANAGER_INTERFACE, "property State s read", manager_state },
        { LW_SERVER_INTERFACE, "property State s read", server_state },
        { LW_SERVER_INTERFACE, "property Security s read", security },
        { LW_MANAGER_INTERFACE, "signal Operation :q:server :s:operation", operation },
};

START_TEST(a_closed_list_has_the_words_of_the_code)
{
        g_autofree char *text = read_contract(closed_lists[_i].interface);
        g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        unsigned listed = 0;
        const char *word;
        Document document;

        document_parse(&document, closed_lists[_i].interface, text);
        for (int i = 0; (word = closed_lists[_i].word(i)) != NULL; i++)
                g_hash_table_add(said, g_strdup_printf("%s %s", closed_lists[_i].member, word));
        for (guint i = 0; i < document.words->len; i++) {
                const char *line = g_ptr_array_index(document.words, i);

                if (!g_str_has_prefix(line, closed_lists[_i].member))
                        continue;
                listed++;
                ck_assert_msg(g_hash_table_contains(said, line), "nobody says '%s'", line);
        }
        ck_assert_uint_eq(listed, g_hash_table_size(said));
        document_clear(&document);
}
END_TEST

TCase *test_introspection(void);
TCase *test_introspection(void)
{
        TCase *tcase = tcase_create("introspection");

        tcase_add_checked_fixture(tcase, stage_setup, stage_teardown);
        tcase_add_loop_test(tcase, the_object_is_as_its_contract_says, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, the_contract_explains_every_part, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, a_closed_list_has_the_words_of_the_code, 0,
                        G_N_ELEMENTS(closed_lists));
        return tcase;
}
