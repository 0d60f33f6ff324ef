/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values from D-Bus. */
#include <errno.h>
#include <string.h>

#include "bus/memfd.h"
#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"

#define ARRAY "a{qv}"

/* One value on its way in. */
typedef struct Intake {
        sd_bus_message *m;
        const LwResourceDef *def;
        LwVariantReader reader;
        LwValues *values;
} Intake;

static bool malformed(int r, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "the message cannot be read: %s",
                        g_strerror(-r));
        return false;
}

/* What would have been right, for the message. */
static const char *wanted(LwType type)
{
        switch (type) {
        case LW_TYPE_NONE:
                return "nothing";
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return "a string (s)";
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return "an integer (x, or any other width)";
        case LW_TYPE_UNSIGNED:
                return "an unsigned integer (t, or any other width)";
        case LW_TYPE_FLOAT:
                return "a number (d, or any integer)";
        case LW_TYPE_BOOLEAN:
                return "a boolean (b)";
        case LW_TYPE_OPAQUE:
                return "bytes (ay, or h: a sealed memfd)";
        case LW_TYPE_OBJLNK:
                return "an object link ((qq))";
        }
        g_assert_not_reached();
}

static bool wrong_type(const Intake *self, const char *contents, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "resource %u (%s) is %s%s, not '%s'",
                        self->def->id, self->def->name, wanted((LwType) self->def->type),
                        self->reader == LW_VARIANT_PERSON ? " or text (s)" : "", contents);
        return false;
}

static bool too_large(const Intake *self, size_t limit, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                        "a value of resource %u (%s) has at most %zu bytes", self->def->id,
                        self->def->name, limit);
        return false;
}

/* Any integer of D-Bus as one of ours; 0 when `type` is none of them. */
static int read_integer(sd_bus_message *m, char type, LwValue *ret_value)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
        } number = {};
        int r;

        if (strchr("ynqiuxt", type) == NULL)
                return 0;
        r = sd_bus_message_read_basic(m, type, &number);
        if (r < 0)
                return r;
        *ret_value = type == 'y'   ? lw_value_integer(number.y)
                     : type == 'n' ? lw_value_integer(number.n)
                     : type == 'q' ? lw_value_integer(number.q)
                     : type == 'i' ? lw_value_integer(number.i)
                     : type == 'u' ? lw_value_integer(number.u)
                     : type == 'x' ? lw_value_integer(number.x)
                                   : lw_value_unsigned(number.t);
        return 1;
}

static bool take_number(
                const Intake *self, const LwPath *path, const char *contents, GError **error)
{
        LwType type = (LwType) self->def->type;
        LwValue given, value;
        int r;

        if (strcmp(contents, "d") == 0 && type == LW_TYPE_FLOAT) {
                value = lw_value_float(0);
                r = sd_bus_message_read_basic(self->m, 'd', &value.number);
        } else {
                r = contents[1] == '\0' ? read_integer(self->m, contents[0], &given) : 0;
                if (r == 0)
                        return wrong_type(self, contents, error);
                if (r > 0 && !lw_value_convert(&given, type, &value, error))
                        return false;
        }
        if (r < 0)
                return malformed(r, error);
        lw_values_add(self->values, path, &value);
        return true;
}

static bool take_boolean(
                const Intake *self, const LwPath *path, const char *contents, GError **error)
{
        LwValue value;
        int given, r;

        if (strcmp(contents, "b") != 0)
                return wrong_type(self, contents, error);
        r = sd_bus_message_read_basic(self->m, 'b', &given);
        if (r < 0)
                return malformed(r, error);
        value = lw_value_boolean(given != 0);
        lw_values_add(self->values, path, &value);
        return true;
}

static bool take_link(const Intake *self, const LwPath *path, const char *contents, GError **error)
{
        uint16_t object, instance;
        LwValue value;
        int r;

        if (strcmp(contents, "(qq)") != 0)
                return wrong_type(self, contents, error);
        r = sd_bus_message_read(self->m, "(qq)", &object, &instance);
        if (r < 0)
                return malformed(r, error);
        value = lw_value_link(object, instance);
        lw_values_add(self->values, path, &value);
        return true;
}

/* A string, or what a person typed for another type. */
static bool take_text(const Intake *self, const LwPath *path, GError **error)
{
        LwType type = (LwType) self->def->type;
        g_autoptr(GBytes) storage = NULL;
        const char *text;
        size_t length;
        LwValue value;
        int r = sd_bus_message_read_basic(self->m, 's', &text);

        if (r < 0)
                return malformed(r, error);
        length = strlen(text);
        if (type != LW_TYPE_OPAQUE && length > LW_STRING_MAX)
                return too_large(self, LW_STRING_MAX, error);
        if (!lw_value_parse(text, length, type, &value, &storage, error))
                return false;
        if (type == LW_TYPE_OPAQUE && value.length > LW_BODY_MAX)
                return too_large(self, LW_BODY_MAX, error);
        lw_values_add(self->values, path, &value);
        return true;
}

static bool take_opaque(
                const Intake *self, const LwPath *path, const char *contents, GError **error)
{
        g_autoptr(GBytes) bytes = NULL;
        const void *data;
        size_t length;
        LwValue value;
        int r, fd;

        if (strcmp(contents, "ay") == 0) {
                r = sd_bus_message_read_array(self->m, 'y', &data, &length);
                if (r < 0)
                        return malformed(r, error);
        } else if (strcmp(contents, "h") == 0) {
                r = sd_bus_message_read_basic(self->m, 'h', &fd);
                if (r < 0)
                        return malformed(r, error);
                if (self->reader == LW_VARIANT_STRICT)
                        return lw_memfd_add(fd, path, self->values, error);
                bytes = lw_memfd_read(fd, error);
                if (bytes == NULL)
                        return false;
                data = g_bytes_get_data(bytes, &length);
        } else {
                return wrong_type(self, contents, error);
        }
        if (length > LW_BODY_MAX)
                return too_large(self, LW_BODY_MAX, error);
        value = lw_value_data(data, length);
        lw_values_add(self->values, path, &value);
        return true;
}

static bool take_value(const Intake *self, const LwPath *path, const char *contents, GError **error)
{
        LwType type = (LwType) self->def->type;
        bool is_text = strcmp(contents, "s") == 0;

        if (is_text && self->reader == LW_VARIANT_PERSON)
                return take_text(self, path, error);
        switch (type) {
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return is_text ? take_text(self, path, error) : wrong_type(self, contents, error);
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_FLOAT:
        case LW_TYPE_TIME:
                return take_number(self, path, contents, error);
        case LW_TYPE_BOOLEAN:
                return take_boolean(self, path, contents, error);
        case LW_TYPE_OPAQUE:
                return take_opaque(self, path, contents, error);
        case LW_TYPE_OBJLNK:
                return take_link(self, path, contents, error);
        case LW_TYPE_NONE:
                break;
        }
        return wrong_type(self, contents, error);
}

/* One variant, which is not an array of ours. */
static bool take_variant(const Intake *self, const LwPath *path, GError **error)
{
        const char *contents;
        int r = sd_bus_message_peek_type(self->m, NULL, &contents);

        if (r < 0 || (r = sd_bus_message_enter_container(self->m, 'v', contents)) < 0)
                return malformed(r, error);
        if (!take_value(self, path, contents, error))
                return false;
        r = sd_bus_message_exit_container(self->m);
        return r >= 0 ? true : malformed(r, error);
}

static bool take_element(const Intake *self, const LwPath *resource, uint8_t *seen, GError **error)
{
        LwPath path;
        uint16_t id;
        int r = sd_bus_message_read(self->m, "q", &id);

        if (r < 0)
                return malformed(r, error);
        if (id > LW_ID_MAX || (seen[id / 8] & 1 << id % 8) != 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "resource instance %u of resource %u (%s) %s", id, self->def->id,
                                self->def->name, id > LW_ID_MAX ? "cannot be" : "is given twice");
                return false;
        }
        seen[id / 8] |= (uint8_t) (1 << id % 8);
        path = lw_path_child(resource, id);
        return take_variant(self, &path, error);
}

/* The elements of an array; the id is the key, so none can come twice. */
static bool take_elements(const Intake *self, const LwPath *resource, GError **error)
{
        uint8_t seen[(UINT16_MAX + 1) / 8] = {};
        LwValue none = lw_value_none();
        size_t count = 0;
        int r = sd_bus_message_enter_container(self->m, 'a', "{qv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(self->m, 'e', "qv")) > 0) {
                if (!take_element(self, resource, seen, error))
                        return false;
                r = sd_bus_message_exit_container(self->m);
                count++;
        }
        if (r < 0 || (r = sd_bus_message_exit_container(self->m)) < 0)
                return malformed(r, error);
        if (count == 0)
                lw_values_add(self->values, resource, &none);
        return true;
}

static bool take_array(const Intake *self, const LwPath *path, GError **error)
{
        int r;

        if (!self->def->multiple || path->length != LW_LEVEL_RESOURCE) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "resource %u (%s) takes one value here, not an array",
                                self->def->id, self->def->name);
                return false;
        }
        r = sd_bus_message_enter_container(self->m, 'v', ARRAY);
        if (r < 0)
                return malformed(r, error);
        if (!take_elements(self, path, error))
                return false;
        r = sd_bus_message_exit_container(self->m);
        return r >= 0 ? true : malformed(r, error);
}

static bool skip_variant(const Intake *self, const LwPath *path, GError **error)
{
        LwValue none = lw_value_none();
        int r = sd_bus_message_skip(self->m, "v");

        if (r < 0)
                return malformed(r, error);
        lw_values_add(self->values, path, &none);
        return true;
}

bool lw_variant_read(sd_bus_message *m, const LwPath *path, const LwResourceDef *def,
                LwVariantReader reader, LwValues *values, GError **error)
{
        Intake intake = { .m = m, .def = def, .reader = reader, .values = values };
        const char *contents;
        char type;
        int r;

        if (def == NULL || def->type == LW_TYPE_NONE)
                return skip_variant(&intake, path, error);
        r = sd_bus_message_peek_type(m, &type, &contents);
        if (r <= 0 || type != 'v')
                return malformed(r < 0 ? r : -EBADMSG, error);
        if (strcmp(contents, ARRAY) == 0)
                return take_array(&intake, path, error);
        if (def->multiple && path->length == LW_LEVEL_RESOURCE) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "resource %u (%s) is an array: write all of it (" ARRAY
                                "), or one element at /%u/%u/%u/0",
                                def->id, def->name, path->ids[0], path->ids[1], path->ids[2]);
                return false;
        }
        return take_variant(&intake, path, error);
}
