/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the configuration: numbers, yes and no, time spans. */
#include "daemon/config-value.h"

#include <string.h>

#include <glib.h>

/* Source: E.164: a number has at most 15 digits. */
#define SMS_NUMBER_MAX 15

bool lw_config_parse_number(
                const char *value, uint64_t minimum, uint64_t maximum, uint64_t *ret_number)
{
        guint64 number;

        /* GLib takes a sign and white space, we do not. */
        if (!g_ascii_isdigit(value[0]) ||
                        !g_ascii_string_to_unsigned(value, 10, minimum, maximum, &number, NULL))
                return false;
        *ret_number = number;
        return true;
}

bool lw_config_parse_boolean(const char *value, bool *ret_boolean)
{
        static const char *const words[][2] = { { "no", "yes" }, { "false", "true" },
                { "off", "on" }, { "0", "1" } };

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                for (size_t k = 0; k < 2; k++)
                        if (g_ascii_strcasecmp(value, words[i][k]) == 0) {
                                *ret_boolean = k == 1;
                                return true;
                        }
        return false;
}

bool lw_config_parse_span(const char *value, LwUsec *ret_usec)
{
        static const struct {
                const char *unit;
                LwUsec usec;
        } units[] = {
                { "", LW_USEC_PER_SEC },
                { "s", LW_USEC_PER_SEC },
                { "ms", LW_USEC_PER_MSEC },
                { "min", 60 * LW_USEC_PER_SEC },
        };
        size_t digits = strspn(value, "0123456789.");
        g_autofree char *text = g_strndup(value, digits);
        const char *unit = value + digits + strspn(value + digits, " ");
        char *end;
        double number = g_ascii_strtod(text, &end);

        if (digits == 0 || *end != '\0' || !g_ascii_isdigit(text[0]) || number > 1e6)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
                if (strcmp(unit, units[i].unit) == 0) {
                        *ret_usec = (LwUsec) (number * (double) units[i].usec + 0.5);
                        return true;
                }
        return false;
}

bool lw_config_is_sms_number(const char *text)
{
        size_t digits = strspn(text, "0123456789");

        return digits > 0 && digits <= SMS_NUMBER_MAX && text[digits] == '\0';
}
