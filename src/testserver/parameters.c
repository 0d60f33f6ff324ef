/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one Register or Update says: its query and its object list. */
#include "testserver/parameters.h"

#include <string.h>

#include "model/limits.h"
#include "model/status.h"

/* Transports of all versions, and the Q of 1.0. Source: OMA LwM2M Core 1.2, "Binding". */
#define BINDING_LETTERS "UTSNMHQ"

/* Parses one value into its place; what is wrong with it is the error. */
typedef bool (*ReadValue)(LwParameters *self, const char *value, GError **error);

typedef struct Parameter {
        const char *name;
        ReadValue read;
        bool bare; /* stands without "=value" */
} Parameter;

static bool refuse(GError **error, const char *name, const char *value, const char *right)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s=%s: %s", name, value, right);
        return false;
}

static bool read_endpoint(LwParameters *self, const char *value, GError **error)
{
        if (strlen(value) > LW_ENDPOINT_MAX)
                return refuse(error, "ep", value, "an endpoint name has at most 255 bytes");
        self->endpoint = g_strdup(value);
        return true;
}

static bool read_lifetime(LwParameters *self, const char *value, GError **error)
{
        guint64 seconds;

        /* GLib would take "+5" */
        if (!g_ascii_isdigit(value[0]) ||
                        !g_ascii_string_to_unsigned(value, 10, 0, UINT32_MAX, &seconds, NULL))
                return refuse(error, "lt", value, "a lifetime is decimal seconds up to 4294967295");
        self->lifetime_seconds = (uint32_t) seconds;
        self->has_lifetime = true;
        return true;
}

/* Digits without a leading zero; gives where they end, NULL if there are none. */
static const char *skip_number(const char *text)
{
        const char *end = text;

        while (g_ascii_isdigit(*end))
                end++;
        return end == text || (*text == '0' && end - text > 1) ? NULL : end;
}

static bool read_version(LwParameters *self, const char *value, GError **error)
{
        const char *dot = skip_number(value);
        const char *end = dot != NULL && *dot == '.' ? skip_number(dot + 1) : NULL;

        if (end == NULL || *end != '\0')
                return refuse(error, "lwm2m", value, "a version is major.minor, as in 1.1");
        if (!lw_version_parse(value, &self->version)) {
                g_set_error(error, LW_ERROR, LW_STATUS_PRECONDITION_FAILED,
                                "lwm2m=%s: 1.0, 1.1 and 1.2 are supported", value);
                return false;
        }
        self->has_version = true;
        return true;
}

static bool read_binding(LwParameters *self, const char *value, GError **error)
{
        for (const char *letter = value; *letter != '\0'; letter++)
                if (strchr(BINDING_LETTERS, *letter) == NULL || strchr(letter + 1, *letter) != NULL)
                        return refuse(error, "b", value,
                                        "a binding is made of " BINDING_LETTERS ", each once");
        self->binding = g_strdup(value);
        self->queue_mode |= strchr(value, 'Q') != NULL;
        return true;
}

static bool read_queue_mode(
                LwParameters *self, const char *value G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        self->queue_mode = true;
        return true;
}

/* Since 1.2 this may be an external identifier, so anything goes. */
static bool read_sms_number(LwParameters *self, const char *value, GError **error G_GNUC_UNUSED)
{
        self->sms_number = g_strdup(value);
        return true;
}

static bool read_profile(LwParameters *self, const char *value, GError **error G_GNUC_UNUSED)
{
        self->profile = g_strdup(value);
        return true;
}

/* clang-format off */
static const Parameter parameters[] = {
        { "ep",    read_endpoint,   false },
        { "lt",    read_lifetime,   false },
        { "lwm2m", read_version,    false },
        { "b",     read_binding,    false },
        { "Q",     read_queue_mode, true  },
        { "sms",   read_sms_number, false },
        { "pid",   read_profile,    false },
};
/* clang-format on */

/* Reads one Uri-Query option. `seen` has a bit for each parameter that was there. */
static bool read_option(LwParameters *self, const char *text, unsigned *seen, GError **error)
{
        const char *equals = strchr(text, '=');
        size_t length = equals != NULL ? (size_t) (equals - text) : strlen(text);

        for (size_t i = 0; i < G_N_ELEMENTS(parameters); i++) {
                const Parameter *parameter = &parameters[i];

                if (strlen(parameter->name) != length ||
                                strncmp(parameter->name, text, length) != 0)
                        continue;
                if (*seen & 1u << i)
                        return refuse(error, parameter->name, equals != NULL ? equals + 1 : "",
                                        "the parameter stands there twice");
                *seen |= 1u << i;
                if (parameter->bare && equals != NULL)
                        return refuse(error, parameter->name, equals + 1, "the flag has no value");
                if (!parameter->bare && (equals == NULL || equals[1] == '\0'))
                        return refuse(error, parameter->name, "", "a value is needed");
                return parameter->read(self, equals != NULL ? equals + 1 : "", error);
        }
        g_ptr_array_add(self->others, g_strdup(text));
        return true;
}

static bool read_query(LwParameters *self, const LwMessage *message, GError **error)
{
        unsigned seen = 0;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                g_autofree char *text = NULL;

                if (option->number != LW_OPTION_URI_QUERY)
                        continue;
                if (!g_utf8_validate((const char *) option->value, option->length, NULL)) {
                        g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "a query parameter is not UTF-8, or has a NUL in it");
                        return false;
                }
                text = g_strndup((const char *) option->value, option->length);
                if (!read_option(self, text, &seen, error))
                        return false;
        }
        return true;
}

static bool read_payload(LwParameters *self, const LwMessage *message, GError **error)
{
        const LwOption *option = lw_message_find(message, LW_OPTION_CONTENT_FORMAT);
        uint32_t format;

        if (option != NULL && (!lw_message_find_uint(message, LW_OPTION_CONTENT_FORMAT, &format) ||
                                              format != LW_FORMAT_LINK)) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "an object list has Content-Format 40, link format");
                return false;
        }
        if (message->payload_length == 0)
                return true;
        self->objects = lw_object_list_parse(
                        (const char *) message->payload, message->payload_length, error);
        return self->objects != NULL;
}

bool lw_parameters_parse(const LwMessage *message, LwParameters *ret_parameters, GError **error)
{
        g_auto(LwParameters) self = { .others = g_ptr_array_new_with_free_func(g_free) };

        if (!read_query(&self, message, error) || !read_payload(&self, message, error))
                return false;
        *ret_parameters = self;
        self = (LwParameters){};
        return true;
}

void lw_parameters_clear(LwParameters *self)
{
        g_free(self->endpoint);
        g_free(self->binding);
        g_free(self->sms_number);
        g_free(self->profile);
        g_clear_pointer(&self->others, g_ptr_array_unref);
        lw_object_list_free(self->objects);
        *self = (LwParameters){};
}
