/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree with the product's own definitions, and requests to it as a server or this host makes
 * them. */
#include "providers/world.h"

#include <string.h>

#include <check.h>

#include "codec/format.h"
#include "lib/files.h"
#include "model/definition-xml.h"

static GBytes *load(void *user G_GNUC_UNUSED, uint16_t object)
{
        bool is_example = object == LW_WORLD_EXAMPLE;
        g_autofree char *name = g_strdup_printf(
                        "data/%s/%u.xml", is_example ? "examples" : "objects", object);

        if (object == 8 || object == LW_WORLD_UNDEFINED || object / 1000 == 20)
                return NULL;
        return lw_test_source_file(name);
}

LwObjectDef *lw_world_definition(uint16_t object)
{
        g_autoptr(GBytes) bytes = load(NULL, object);
        size_t length;
        const char *text = g_bytes_get_data(bytes, &length);
        LwObjectDef *def = lw_definition_xml_parse(text, length, NULL);

        ck_assert_ptr_nonnull(def);
        return def;
}

static void on_changed(void *user, const LwPath *path)
{
        LwWorld *self = user;
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_string_append_printf(self->changes, "%s ", text);
}

static void on_restructured(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED,
                bool added G_GNUC_UNUSED)
{
}

static const LwTreeListener listener = {
        .changed = on_changed,
        .restructured = on_restructured,
};

void lw_world_make(LwWorld *self)
{
        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->registry = lw_registry_new(load, NULL);
        self->tree = lw_tree_new(self->registry);
        self->changes = g_string_new(NULL);
        lw_tree_add_listener(self->tree, &listener, self);
}

void lw_world_clear(LwWorld *self)
{
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
        g_string_free(self->changes, true);
}

void lw_answer_clear(LwAnswer *self)
{
        g_free(self->text);
        *self = (LwAnswer){};
}

void lw_world_print(const LwValues *values, GString *text)
{
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                char path[LW_PATH_TEXT_MAX];

                lw_path_print(&entry->path, path);
                g_string_append_printf(text, "%s%s=", text->len == 0 ? "" : " ", path);
                ck_assert(entry->value.type == LW_TYPE_NONE ||
                                lw_value_print(&entry->value, text, NULL));
        }
}

void lw_world_on_answer(void *user, LwResponse *response)
{
        LwAnswer *answer = user;
        GString *text = g_string_new(response->diagnostic);

        ck_assert_int_eq(answer->status, 0); /* once */
        answer->status = response->status;
        if (response->values != NULL)
                lw_world_print(response->values, text);
        if (response->payload != NULL)
                g_string_append_len(text, (const char *) lw_blob_data(response->payload),
                                (gssize) lw_blob_size(response->payload));
        answer->text = g_string_free(text, false);
}

static void parse_value(LwWorld *self, const char *text, const LwPath *path, LwValues *values)
{
        const LwResourceDef *def = lw_registry_resource(self->registry, path->ids[0], path->ids[2]);
        g_autoptr(GBytes) storage = NULL;
        LwValue value = lw_value_none();

        if (text != NULL && path->length >= LW_LEVEL_RESOURCE &&
                        def->multiple == (path->length == LW_LEVEL_RESOURCE_INSTANCE))
                ck_assert(lw_value_parse(
                                text, strlen(text), (LwType) def->type, &value, &storage, NULL));
        lw_values_add(values, path, &value);
}

LwValues *lw_world_values(LwWorld *self, const char *text)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        LwValues *values = lw_values_new();

        for (size_t i = 0; words[i] != NULL && words[i][0] != '\0'; i++) {
                char *equals = strchr(words[i], '=');
                char *star = strchr(words[i], '*'); /* an instance that nobody chose */
                LwPath path;

                if (equals != NULL)
                        *equals++ = '\0';
                if (star != NULL)
                        *star = '0';
                ck_assert(lw_path_parse(words[i], &path, NULL));
                if (star != NULL)
                        path.ids[1] = LW_INSTANCE_UNCHOSEN;
                parse_value(self, equals, &path, values);
        }
        return values;
}

void lw_world_ask(LwWorld *self, LwOperation operation, const char *path, const char *text,
                LwAnswer *answer)
{
        bool is_write = operation == LW_OPERATION_WRITE || operation == LW_OPERATION_WRITE_UPDATE ||
                        operation == LW_OPERATION_CREATE;
        g_autoptr(LwValues) values = is_write ? lw_world_values(self, text) : NULL;
        LwRequest request = { .operation = operation,
                .server = LW_SERVER_LOCAL,
                .version = LW_VERSION_1_2,
                .format = text == NULL || is_write ? LW_FORMAT_NONE : LW_FORMAT_TEXT,
                .accept = LW_FORMAT_NONE,
                .payload = is_write ? NULL : (const uint8_t *) text,
                .payload_length = text == NULL || is_write ? 0 : strlen(text),
                .values = values,
                .now = lw_driver_now(self->driver) };

        ck_assert(lw_path_parse(path, &request.path, NULL));
        lw_dispatch(self->tree, &request, lw_world_on_answer, answer);
}

void lw_world_expect(LwWorld *self, LwOperation operation, const char *path, const char *text,
                LwStatus status, const char *expected)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(self, operation, path, text, &answer);
        ck_assert_msg(answer.status == status, "%s %s: %d %s", lw_operation_name(operation), path,
                        answer.status, answer.text);
        if (expected != NULL)
                ck_assert_str_eq(answer.text, expected);
}

void lw_world_turn(LwWorld *self)
{
        ck_assert_int_ge(sd_event_run(lw_driver_event(self->driver), 0), 0);
}

void lw_world_work(LwWorld *self)
{
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
}
