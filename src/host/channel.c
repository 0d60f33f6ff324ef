/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channels of the kernel's sensors: what a file in sysfs measures, and its number. */
#include "host/channel.h"

#include <math.h>
#include <string.h>

/* characters: the kernel prints no longer ones */
#define NUMBER_MAX 63

typedef struct Type {
        const char *word;
        LwQuantity quantity;
        double factor;
} Type;

/* clang-format off */
static const Type hwmon_types[] = {
        { "temp",     LW_QUANTITY_TEMPERATURE, 1e-3 },
        { "in",       LW_QUANTITY_VOLTAGE,     1e-3 },
        { "curr",     LW_QUANTITY_CURRENT,     1e-3 },
        { "power",    LW_QUANTITY_POWER,       1e-6 },
        { "humidity", LW_QUANTITY_HUMIDITY,    1e-3 },
        { "fan",      LW_QUANTITY_RATE,        1    },
        { "freq",     LW_QUANTITY_FREQUENCY,   1    },
};

static const Type iio_types[] = {
        { "temp",                   LW_QUANTITY_TEMPERATURE,   1e-3 },
        { "voltage",                LW_QUANTITY_VOLTAGE,       1e-3 },
        { "current",                LW_QUANTITY_CURRENT,       1e-3 },
        { "power",                  LW_QUANTITY_POWER,         1e-3 },
        { "humidityrelative",       LW_QUANTITY_HUMIDITY,      1e-3 },
        { "illuminance",            LW_QUANTITY_ILLUMINANCE,   1    },
        { "pressure",               LW_QUANTITY_PRESSURE,      1e3  },
        { "accel",                  LW_QUANTITY_ACCELERATION,  1    },
        { "anglvel",                LW_QUANTITY_ROTATION,      1    },
        { "magn",                   LW_QUANTITY_MAGNETIC,      1e-4 }, /* gauss */
        { "concentration",          LW_QUANTITY_CONCENTRATION, 1e4  }, /* percent */
        { "ph",                     LW_QUANTITY_ACIDITY,       1    },
        { "electricalconductivity", LW_QUANTITY_CONDUCTIVITY,  1    },
        { "distance",               LW_QUANTITY_DISTANCE,      1    },
};
/* clang-format on */

bool lw_quantity_has_axes(LwQuantity quantity)
{
        return quantity == LW_QUANTITY_ACCELERATION || quantity == LW_QUANTITY_ROTATION ||
               quantity == LW_QUANTITY_MAGNETIC;
}

static const Type *find_type(const Type *types, size_t count, const char *word, size_t length)
{
        for (size_t i = 0; i < count; i++)
                if (strlen(types[i].word) == length && memcmp(types[i].word, word, length) == 0)
                        return &types[i];
        return NULL;
}

bool lw_channel_file_of_hwmon(const char *file, LwChannelFile *ret)
{
        size_t word = strspn(file, G_CSET_a_2_z);
        size_t digits = strspn(file + word, G_CSET_DIGITS);
        const Type *type = find_type(hwmon_types, G_N_ELEMENTS(hwmon_types), file, word);
        const char *rest = file + word + digits;

        /* Some meters of power know the mean of a time and nothing else. */
        if (type == NULL || digits == 0 || digits > 4 ||
                        (strcmp(rest, "_input") != 0 &&
                                        (type->quantity != LW_QUANTITY_POWER ||
                                                        strcmp(rest, "_average") != 0)))
                return false;
        *ret = (LwChannelFile){
                .quantity = type->quantity, .factor = type->factor, .name_length = word + digits
        };
        return true;
}

/* What stands behind the type: a number of digits, and a modifier that names an axis or else. */
static bool take_rest(const char *rest, LwChannelFile *file)
{
        size_t length = strlen(rest);

        if (!lw_quantity_has_axes(file->quantity))
                return strspn(rest, G_CSET_a_2_z G_CSET_DIGITS "_-") == length;
        if (length < 2 || rest[length - 2] != '_' || rest[length - 1] < 'x' ||
                        strspn(rest, G_CSET_DIGITS) != length - 2 || rest[length - 1] > 'z')
                return false;
        file->axis = (unsigned) (rest[length - 1] - 'x');
        file->name_length -= 2;
        return true;
}

bool lw_channel_file_of_iio(const char *file, LwChannelFile *ret)
{
        static const char prefix[] = "in_";
        const char *suffix = strrchr(file, '_');
        const char *word = file + strlen(prefix);
        g_autofree char *rest = NULL;
        LwChannelFile found = {};
        const Type *type;
        size_t length;

        if (!g_str_has_prefix(file, prefix) || suffix < word)
                return false;
        found.is_raw = strcmp(suffix, "_raw") == 0;
        if (!found.is_raw && strcmp(suffix, "_input") != 0)
                return false;
        length = strspn(word, G_CSET_a_2_z);
        type = find_type(iio_types, G_N_ELEMENTS(iio_types), word, length);
        if (type == NULL || word + length > suffix)
                return false;
        found.quantity = type->quantity;
        found.factor = type->factor;
        found.name_length = (size_t) (suffix - file);
        rest = g_strndup(word + length, (size_t) (suffix - word) - length);
        if (!take_rest(rest, &found))
                return false;
        *ret = found;
        return true;
}

double lw_channel_scale(double number, double factor)
{
        return factor < 1 ? number / round(1 / factor) : number * factor;
}

static bool take_number(const char **text, double *ret_number)
{
        const char *start = *text + strspn(*text, " \t");
        size_t length = strspn(start, G_CSET_DIGITS "+-.eE");
        char *end;

        if (length == 0)
                return false;
        *ret_number = g_ascii_strtod(start, &end);
        *text = end;
        return end == start + length && isfinite(*ret_number);
}

bool lw_channel_parse_number(const char *text, size_t length, double *ret_number)
{
        char copy[NUMBER_MAX + 1];
        const char *rest = copy;

        if (length == 0 || length > NUMBER_MAX || memchr(text, '\0', length) != NULL)
                return false;
        memcpy(copy, text, length);
        copy[length] = '\0';
        return take_number(&rest, ret_number) && rest[strspn(rest, " \t\n")] == '\0';
}

bool lw_channel_parse_range(
                const char *text, size_t length, double *ret_minimum, double *ret_maximum)
{
        char copy[4 * NUMBER_MAX];
        const char *rest = copy + 1;
        double minimum, step, maximum;

        if (length < 2 || length >= sizeof(copy) || text[0] != '[')
                return false;
        memcpy(copy, text, length);
        copy[length] = '\0';
        if (!take_number(&rest, &minimum) || !take_number(&rest, &step) ||
                        !take_number(&rest, &maximum) || rest[strspn(rest, " ")] != ']' ||
                        minimum > maximum)
                return false;
        *ret_minimum = minimum;
        *ret_maximum = maximum;
        return true;
}
