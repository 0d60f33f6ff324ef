/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wire vectors from tests/data: values and the bytes that they are on the wire. */
#include "codec/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/time.h"
#include "lib/files.h"
#include "model/status.h"

static LwType type_of(LwRegistry *registry, const LwPath *path, const char *name)
{
        const LwResourceDef *def = lw_registry_resource(registry, path->ids[0], path->ids[2]);

        for (int type = LW_TYPE_NONE; name && type <= LW_TYPE_CORELNK; type++)
                if (g_str_equal(lw_type_name((LwType) type), name))
                        return (LwType) type;
        ck_assert_msg(!name, "no type is called %s", name);
        ck_assert_msg(def, "no definition of /%u/%u/%u", path->ids[0], path->ids[1], path->ids[2]);
        return (LwType) def->type;
}

/* A path, also one below the instance whose id a Create leaves open, which is none. */
static LwPath parse_path(const char *text)
{
        LwPath path = {};
        int count;

        if (lw_path_parse(text, &path, NULL))
                return path;
        count = sscanf(text, "/%hu/65535/%hu/%hu", &path.ids[0], &path.ids[2], &path.ids[3]);
        ck_assert_msg(count >= 2, "'%s' is no path", text);
        path.ids[1] = LW_INSTANCE_UNCHOSEN;
        path.length = (uint16_t) (count + 1);
        return path;
}

void vectors_add_value(LwValues *values, LwRegistry *registry, const char *text)
{
        g_auto(GStrv) sides = g_strsplit(text, " = ", 2);
        g_auto(GStrv) place = g_strsplit(sides[0], ":", 2);
        g_autoptr(GBytes) storage = NULL;
        g_autoptr(GError) error = NULL;
        LwValue value = lw_value_none();
        LwPath path;

        path = parse_path(place[0]);
        if (sides[1])
                ck_assert_msg(lw_value_parse(sides[1], strlen(sides[1]),
                                              type_of(registry, &path, place[1]), &value, &storage,
                                              &error),
                                "%s: %s", text, error ? error->message : "");
        lw_values_add(values, &path, &value);
}

LwValues *vectors_values(LwRegistry *registry, const char *text)
{
        g_auto(GStrv) parts = g_strsplit(text, " | ", -1);
        LwValues *values = lw_values_new();

        for (char **part = parts; *part; part++)
                vectors_add_value(values, registry, *part);
        return values;
}

void vectors_compare(const char *title, const LwValues *found, const LwValues *expected)
{
        ck_assert_msg(lw_values_count(found) == lw_values_count(expected),
                        "%s: %zu values instead of %zu", title, lw_values_count(found),
                        lw_values_count(expected));
        for (size_t i = 0; i < lw_values_count(expected); i++) {
                const LwEntry *is = lw_values_at(found, i), *should = lw_values_at(expected, i);

                ck_assert_msg(lw_path_equal(&is->path, &should->path),
                                "%s: value %zu has another path", title, i);
                ck_assert_msg(lw_value_equal(&is->value, &should->value),
                                "%s: value %zu is another one", title, i);
                ck_assert_msg(lw_values_time(found, i) == lw_values_time(expected, i),
                                "%s: value %zu has another time, %" G_GINT64_FORMAT, title, i,
                                lw_values_time(found, i));
        }
}

static void append_hex(GByteArray *bytes, const char *hex)
{
        for (const char *at = hex; *at; at++) {
                int high = g_ascii_xdigit_value(at[0]);
                uint8_t byte;

                if (*at == ' ')
                        continue;
                ck_assert_msg(high >= 0 && g_ascii_isxdigit(at[1]), "'%s' is not hex", hex);
                byte = (uint8_t) (high << 4 | g_ascii_xdigit_value(at[1]));
                g_byte_array_append(bytes, &byte, 1);
                at++;
        }
}

GByteArray *vectors_bytes(const char *hex)
{
        GByteArray *bytes = g_byte_array_new();

        append_hex(bytes, hex);
        return bytes;
}

int vectors_status(int32_t format, const char *base, const char *hex, const LwDecode *how)
{
        g_autoptr(GByteArray) bytes = hex[0] == '\'' ? g_byte_array_new() : vectors_bytes(hex);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwDecode here = *how;

        if (hex[0] == '\'')
                g_byte_array_append(bytes, (const uint8_t *) hex + 1, (guint) strlen(hex + 1));
        ck_assert(lw_path_parse(base, &here.base, NULL));
        if (lw_format_decode(format, bytes->data, bytes->len, &here, values, &error)) {
                ck_assert_ptr_null(error);
                return 0;
        }
        ck_assert_ptr_nonnull(error);
        ck_assert_uint_eq(error->domain, LW_ERROR);
        ck_assert_str_ne(error->message, "");
        return error->code;
}

static void vector_free(void *data)
{
        Vector *self = data;

        g_free(self->title);
        lw_values_free(self->values);
        g_byte_array_unref(self->bytes);
        g_free(self);
}

/* A line without its first word, if that is `word`. */
static const char *after(const char *line, const char *word)
{
        size_t length = strlen(word);

        if (strncmp(line, word, length) != 0 || (line[length] != ' ' && line[length] != '\0'))
                return NULL;
        return line[length] == ' ' ? line + length + 1 : "";
}

static void read_line(Vector *self, const char *line)
{
        const char *rest;

        if ((rest = after(line, "base")))
                ck_assert(lw_path_parse(rest, &self->how.base, NULL));
        else if ((rest = after(line, "value")))
                vectors_add_value(self->values, self->how.registry, rest);
        else if ((rest = after(line, "time")))
                lw_values_set_time(self->values, lw_values_count(self->values) - 1,
                                strtoll(rest, NULL, 10) * (int64_t) LW_USEC_PER_SEC);
        else if ((rest = after(line, "text")))
                g_byte_array_append(self->bytes, (const uint8_t *) rest, (guint) strlen(rest));
        else if (after(line, "way decode:"))
                self->decode_only = true;
        else if (after(line, "keep"))
                self->how.keep_unknown = true;
        else if (after(line, "paths"))
                self->how.paths_only = true;
        else if (after(line, "nulls"))
                self->how.nulls = true;
        else if (!after(line, "empty"))
                append_hex(self->bytes, line);
}

static Vector *vector_new(const char *file, const char *title, int32_t format, LwRegistry *registry)
{
        Vector *self = g_new0(Vector, 1);

        self->title = g_strdup_printf("%s: %s", file, title);
        self->format = format;
        self->how.registry = registry;
        self->values = lw_values_new();
        self->bytes = g_byte_array_new();
        return self;
}

GPtrArray *vectors_load(const char *file, LwRegistry *registry)
{
        g_autofree char *name = g_strdup_printf("tests/data/%s", file);
        g_autoptr(GBytes) content = lw_test_source_file(name);
        g_autofree char *text =
                        g_strndup(g_bytes_get_data(content, NULL), g_bytes_get_size(content));
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        GPtrArray *vectors = g_ptr_array_new_with_free_func(vector_free);
        const char *comment = "";
        int32_t format = LW_FORMAT_NONE;
        Vector *vector = NULL;

        for (char **line = lines; *line; line++) {
                if (after(*line, "#"))
                        comment = after(*line, "#");
                else if (after(*line, "format"))
                        format = atoi(after(*line, "format"));
                else if (**line == '\0')
                        vector = NULL;
                else {
                        if (!vector) {
                                vector = vector_new(file, comment, format, registry);
                                g_ptr_array_add(vectors, vector);
                        }
                        read_line(vector, *line);
                }
        }
        ck_assert_uint_gt(vectors->len, 0);
        return vectors;
}
