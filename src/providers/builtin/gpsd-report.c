/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gpsd reports, line by line. */
#include "providers/builtin/gpsd-report.h"

#include <math.h>
#include <string.h>

#include "base/time.h"
#include "codec/json.h"

/* Source: gpsd_json(5), TPV: 2 has latitude and longitude, 3 the altitude, too. */
#define MODE_2D 2
#define MODE_3D 3

/* What is gathered of one report. */
typedef struct Report {
        bool is_position;
        int64_t mode;
        double altitude_msl, altitude_hae, altitude_old;
        double error, error_north, error_east;
        LwFix fix;
} Report;

static bool read_number(const LwValue *value, double *ret_number)
{
        switch ((LwType) value->type) {
        case LW_TYPE_INTEGER:
                *ret_number = (double) value->integer;
                return true;
        case LW_TYPE_UNSIGNED:
                *ret_number = (double) value->unsigned_integer;
                return true;
        case LW_TYPE_FLOAT:
                *ret_number = value->number;
                return true;
        case LW_TYPE_NONE:
        case LW_TYPE_STRING:
        case LW_TYPE_BOOLEAN:
        case LW_TYPE_OPAQUE:
        case LW_TYPE_TIME:
        case LW_TYPE_OBJLNK:
        case LW_TYPE_CORELNK:
                return false;
        }
        return false;
}

/* "2005-06-08T10:34:48.283Z" */
static int64_t read_time(const char *text)
{
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);

        if (time == NULL)
                return 0;
        return g_date_time_to_unix(time) * (int64_t) LW_USEC_PER_SEC +
               g_date_time_get_microsecond(time);
}

static void take(Report *self, const char *key, const LwValue *value)
{
        const struct {
                const char *key;
                double *number;
        } numbers[] = {
                { "lat", &self->fix.latitude },
                { "lon", &self->fix.longitude },
                { "altMSL", &self->altitude_msl },
                { "altHAE", &self->altitude_hae },
                { "alt", &self->altitude_old },
                { "eph", &self->error },
                { "epx", &self->error_east },
                { "epy", &self->error_north },
                { "speed", &self->fix.speed },
                { "track", &self->fix.course },
                { "climb", &self->fix.climb },
        };

        /* no NUL stands behind the text of a token */
        g_autofree char *text = value->type == LW_TYPE_STRING
                                                ? g_strndup(value->text, value->length)
                                                : NULL;

        if (strcmp(key, "class") == 0)
                self->is_position = g_strcmp0(text, "TPV") == 0;
        else if (strcmp(key, "mode") == 0)
                self->mode = value->type == LW_TYPE_INTEGER ? value->integer : 0;
        else if (strcmp(key, "time") == 0 && text != NULL)
                self->fix.real_usec = read_time(text);
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
                if (strcmp(numbers[i].key, key) == 0)
                        read_number(value, numbers[i].number);
}

/* Keys and values in turn, up to the end of the one object that a line is. */
static bool read_report(LwTokens *tokens, Report *report)
{
        LwToken token;

        if (!lw_tokens_next(tokens, &token, NULL) || token.kind != LW_TOKEN_MAP)
                return false;
        for (;;) {
                g_autofree char *key = NULL;

                if (!lw_tokens_next(tokens, &token, NULL))
                        return false;
                if (token.kind == LW_TOKEN_CLOSE)
                        return lw_tokens_next(tokens, &token, NULL) && token.kind == LW_TOKEN_END;
                if (token.kind != LW_TOKEN_VALUE || token.value.type != LW_TYPE_STRING)
                        return false;
                key = g_strndup(token.value.text, token.value.length);
                if (!lw_tokens_next(tokens, &token, NULL))
                        return false;
                if (token.kind == LW_TOKEN_VALUE)
                        take(report, key, &token.value);
                else if (!lw_tokens_skip(tokens, &token, NULL))
                        return false;
        }
}

static double first_known(const double *values, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (isfinite(values[i]))
                        return values[i];
        return NAN;
}

bool lw_gpsd_report_parse(const char *line, size_t length, LwFix *ret_fix)
{
        Report report = { .fix = lw_fix(),
                .altitude_msl = NAN,
                .altitude_hae = NAN,
                .altitude_old = NAN,
                .error = NAN,
                .error_north = NAN,
                .error_east = NAN };
        g_auto(LwJson) json = {};

        lw_json_init(&json, (const uint8_t *) line, length);
        if (!read_report(&json.tokens, &report) || !report.is_position || report.mode < MODE_2D)
                return false;
        if (report.mode >= MODE_3D)
                report.fix.altitude =
                                first_known((double[]){ report.altitude_msl, report.altitude_old,
                                                            report.altitude_hae },
                                                3);
        else
                report.fix.climb = NAN;
        report.fix.radius = first_known(
                        (double[]){ report.error, hypot(report.error_north, report.error_east) },
                        2);
        if (!lw_fix_check(&report.fix))
                return false;
        *ret_fix = report.fix;
        return true;
}
