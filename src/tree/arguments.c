/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The argument list of Execute. */
#include "tree/arguments.h"

#include <string.h>

#include "model/status.h"

/* One argument of a list. */
typedef struct Argument {
        unsigned digit;
        const char *value; /* NULL: none */
        size_t length;
} Argument;

static bool is_value_char(char c)
{
        return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\';
}

/* Takes one argument from the front; where it stopped, or NULL when it is none. */
static const char *take(const char *at, const char *end, Argument *ret_argument)
{
        if (at == end || *at < '0' || *at > '9')
                return NULL;
        *ret_argument = (Argument){ .digit = (unsigned) (*at++ - '0') };
        if (at == end || *at != '=')
                return at;
        at++;
        if (at == end || *at++ != '\'')
                return NULL;
        ret_argument->value = at;
        while (at < end && is_value_char(*at))
                at++;
        if (at == end || *at != '\'')
                return NULL;
        ret_argument->length = (size_t) (at - ret_argument->value);
        return at + 1;
}

bool lw_arguments_check(const char *text, size_t length, GError **error)
{
        const char *at = text, *end = text + length;
        unsigned seen = 0;
        Argument argument;

        while (at < end) {
                const char *next = take(at, end, &argument);

                if (!next || (next < end && (*next != ',' || next + 1 == end))) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "the argument list is wrong from byte %zu on; it looks "
                                        "like 0,1='text'",
                                        (size_t) (at - text));
                        return false;
                }
                if (seen & 1u << argument.digit) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "argument %u is given twice", argument.digit);
                        return false;
                }
                seen |= 1u << argument.digit;
                at = next < end ? next + 1 : end;
        }
        return true;
}

char *lw_arguments_get(const char *text, unsigned digit)
{
        const char *end = text + strlen(text);
        Argument argument;

        while (text < end) {
                const char *next = take(text, end, &argument);

                if (!next)
                        return NULL;
                if (argument.digit == digit)
                        return g_strndup(argument.value ? argument.value : "", argument.length);
                text = next < end ? next + 1 : end;
        }
        return NULL;
}
