/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes as a person gives them. */
#include "testserver/attributes.h"

#include <string.h>

#include "model/value.h"

/* A Uri-Query option has at most this. Source: RFC 7252, 5.10. */
#define QUERY_MAX 255

static int wrong(sd_bus_error *error, const char *name, const char *what)
{
        return sd_bus_error_setf(
                        error, SD_BUS_ERROR_INVALID_ARGS, "the attribute '%s' %s", name, what);
}

static int check_name(const char *name, sd_bus_error *error)
{
        if (name[0] == '\0' || strchr(name, '=') != NULL)
                return wrong(error, name, "must have a name without '='");
        return 0;
}

/* Any basic type of D-Bus that is a number, as text; NULL for another, or when it is not finite. */
static char *print_number(sd_bus_message *m, char type, int *ret_r)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
                double d;
                int b;
        } value = {};
        g_autoptr(GString) text = g_string_new(NULL);
        LwValue number;

        *ret_r = sd_bus_message_read_basic(m, type, &value);
        if (*ret_r < 0)
                return NULL;
        number = type == 'y'   ? lw_value_integer(value.y)
                 : type == 'n' ? lw_value_integer(value.n)
                 : type == 'q' ? lw_value_integer(value.q)
                 : type == 'i' ? lw_value_integer(value.i)
                 : type == 'u' ? lw_value_integer(value.u)
                 : type == 'x' ? lw_value_integer(value.x)
                 : type == 't' ? lw_value_unsigned(value.t)
                 : type == 'b' ? lw_value_boolean(value.b != 0)
                               : lw_value_float(value.d);
        if (!lw_value_print(&number, text, NULL))
                return NULL;
        return g_string_free(g_steal_pointer(&text), false);
}

/* The content of a variant that has been entered. */
static int print_value(sd_bus_message *m, const char *name, char type, char **ret_text,
                sd_bus_error *error)
{
        const char *given;
        int r;

        if (type == 's') {
                r = sd_bus_message_read_basic(m, 's', &given);
                if (r >= 0)
                        *ret_text = g_strdup(given);
                return r;
        }
        if (strchr("ynqiuxtdb", type) == NULL)
                return wrong(error, name, "must be a number, a boolean or a string");
        *ret_text = print_number(m, type, &r);
        if (r >= 0 && *ret_text == NULL)
                return wrong(error, name, "must be a finite number");
        return r;
}

static int add_query(GPtrArray *queries, const char *name, char *query, sd_bus_error *error)
{
        if (strlen(query) > QUERY_MAX) {
                g_free(query);
                return wrong(error, name, "must have at most 255 bytes with its value");
        }
        g_ptr_array_add(queries, query);
        return 0;
}

/* Gives 1 for an attribute, 0 behind the last, or a negative errno. */
static int read_attribute(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error)
{
        g_autofree char *text = NULL;
        const char *name, *contents;
        int r = sd_bus_message_enter_container(m, 'e', "sv");

        if (r <= 0)
                return r;
        if ((r = sd_bus_message_read_basic(m, 's', &name)) < 0 ||
                        (r = check_name(name, error)) < 0 ||
                        (r = sd_bus_message_peek_type(m, NULL, &contents)) < 0)
                return r;
        if (strlen(contents) != 1)
                return wrong(error, name, "must be a number, a boolean or a string");
        if ((r = sd_bus_message_enter_container(m, 'v', contents)) < 0 ||
                        (r = print_value(m, name, contents[0], &text, error)) < 0 ||
                        (r = add_query(queries, name, g_strconcat(name, "=", text, NULL), error)) <
                                        0 ||
                        (r = sd_bus_message_exit_container(m)) < 0)
                return r;
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}

int lw_test_read_attributes(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r > 0)
                r = read_attribute(m, queries, error);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int lw_test_read_unset(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error)
{
        const char *name;
        int r = sd_bus_message_enter_container(m, 'a', "s");

        while (r >= 0 && (r = sd_bus_message_read_basic(m, 's', &name)) > 0) {
                r = check_name(name, error);
                if (r >= 0)
                        r = add_query(queries, name, g_strdup(name), error);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}
