/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ranges of definitions, from text to bounds. */
#include "model/range.h"

#include "model/limits.h"
#include "model/number.h"
#include "model/status.h"

/* "-90", "0.5" from the front of `*at`. */
static bool take_number(const char **at, double *ret_number)
{
        const char *start, *end;

        while (g_ascii_isspace(**at))
                (*at)++;
        start = end = *at;
        end += *end == '-';
        while (g_ascii_isdigit(*end))
                end++;
        if (*end == '.' && g_ascii_isdigit(end[1]))
                for (end++; g_ascii_isdigit(*end);)
                        end++;
        if (!lw_number_parse_float(start, (size_t) (end - start), ret_number))
                return false;
        for (*at = end; g_ascii_isspace(**at);)
                (*at)++;
        return true;
}

/* Whether nothing follows, or the unit that the bound of such a value has. */
static bool ends_well(const char *rest, LwType type)
{
        if (*rest == '\0')
                return true;
        return !lw_type_is_number(type) &&
               (g_ascii_strcasecmp(rest, "bytes") == 0 || g_ascii_strcasecmp(rest, "byte") == 0);
}

static bool take_choices(const char *at, double first, LwResourceDef *self, GError **error)
{
        double choices[LW_RANGE_CHOICES_MAX] = { first };
        size_t count = 1;

        for (; *at == ','; count++) {
                at++;
                if (count == LW_RANGE_CHOICES_MAX) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "a range lists more than %d values", LW_RANGE_CHOICES_MAX);
                        return false;
                }
                if (!take_number(&at, &choices[count]))
                        return true;
        }
        if (!ends_well(at, self->type))
                return true;
        self->choices = g_memdup2(choices, count * sizeof(*choices));
        self->choice_count = (uint8_t) count;
        return true;
}

bool lw_range_parse(const char *text, LwResourceDef *self, GError **error)
{
        bool is_number = lw_type_is_number(self->type);
        const char *at = text;
        double minimum, maximum;

        if (self->type == LW_TYPE_NONE || self->type == LW_TYPE_BOOLEAN ||
                        self->type == LW_TYPE_OBJLNK || !take_number(&at, &minimum))
                return true;
        if (*at == ',')
                return take_choices(at, minimum, self, error);
        if (*at == '-' || g_str_has_prefix(at, "..")) {
                at += g_str_has_prefix(at, "...") ? 3 : *at == '.' ? 2 : 1;
                if (!take_number(&at, &maximum))
                        return true;
        } else if (!is_number) {
                maximum = minimum;
                minimum = 0;
        } else {
                return true;
        }
        if (!ends_well(at, self->type) || minimum > maximum)
                return true;
        self->has_range = true;
        self->minimum = minimum;
        self->maximum = maximum;
        return true;
}
