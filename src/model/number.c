/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as text, the same in every locale. */
#include "model/number.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <glib.h>

#include "model/limits.h"

/* Integers below this and powers of ten up to 10^22 are exact as doubles, so one multiplication or
 * division of the two is rounded once and therefore correctly. Source: Clinger, "How to Read
 * Floating Point Numbers Accurately", 1990. It does not hold where doubles are computed with more
 * precision than they are stored. */
#define EXACT_MAX UINT64_C(1000000000000000)
#define EXACT_DIGITS 15
#define EXACT_POWER 22

static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
        1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

G_STATIC_ASSERT(G_N_ELEMENTS(powers) == EXACT_POWER + 1);

static size_t print_digits(uint64_t value, char *text)
{
        char digits[LW_INTEGER_TEXT_MAX];
        size_t count = 0;

        do {
                digits[count++] = (char) ('0' + value % 10);
                value /= 10;
        } while (value > 0);
        for (size_t i = 0; i < count; i++)
                text[i] = digits[count - 1 - i];
        text[count] = '\0';
        return count;
}

size_t lw_number_print_integer(int64_t value, char text[static LW_INTEGER_TEXT_MAX])
{
        size_t sign = 0;

        if (value < 0)
                text[sign++] = '-';
        /* the magnitude of the smallest integer is no int64_t, but fits unsigned arithmetic */
        return sign + print_digits(value < 0 ? -(uint64_t) value : (uint64_t) value, text + sign);
}

size_t lw_number_print_unsigned(uint64_t value, char text[static LW_INTEGER_TEXT_MAX])
{
        return print_digits(value, text);
}

/* `count` digits with the point behind the first `whole` of them, which may lie outside of them. */
static size_t place_point(const char *digits, int count, int whole, char *text)
{
        char *at = text;

        if (whole <= 0) {
                *at++ = '0';
                *at++ = '.';
                for (; whole < 0; whole++)
                        *at++ = '0';
                whole = -1;
        }
        for (int i = 0; i < count; i++) {
                if (i == whole)
                        *at++ = '.';
                *at++ = digits[i];
        }
        for (; count < whole; count++)
                *at++ = '0';
        *at = '\0';
        return (size_t) (at - text);
}

/* The few decimals that most measured values have: 23.5 is 235 / 10. */
static size_t print_short(double value, char *text)
{
        for (int decimals = 0; decimals <= EXACT_DIGITS && FLT_EVAL_METHOD == 0; decimals++) {
                double scaled = value * powers[decimals] + 0.5;
                char digits[LW_INTEGER_TEXT_MAX];
                uint64_t whole;
                size_t count;

                if (scaled >= (double) EXACT_MAX)
                        return 0;
                whole = (uint64_t) scaled;
                if ((double) whole / powers[decimals] != value)
                        continue;
                count = print_digits(whole, digits);
                return place_point(digits, (int) count, (int) count - decimals, text);
        }
        return 0;
}

static size_t print_any(double value, char *text)
{
        /* 15 digits always survive, 17 always suffice; a subnormal number has fewer */
        int precision = value < DBL_MIN ? 1 : 15;
        char printed[32], format[8], digits[17];
        int count = 0, exponent;

        do {
                g_snprintf(format, sizeof(format), "%%.%de", precision - 1);
                g_ascii_formatd(printed, sizeof(printed), format, value);
        } while (g_ascii_strtod(printed, NULL) != value && precision++ < 17);

        exponent = (int) g_ascii_strtoll(strchr(printed, 'e') + 1, NULL, 10);
        for (const char *at = printed; *at != 'e'; at++)
                if (*at != '.')
                        digits[count++] = *at;
        while (count > 1 && digits[count - 1] == '0')
                count--;
        return place_point(digits, count, exponent + 1, text);
}

size_t lw_number_print_float(double value, char text[static LW_FLOAT_TEXT_MAX])
{
        size_t sign = 0, length;

        g_assert(isfinite(value));
        if (signbit(value)) {
                text[sign++] = '-';
                value = -value;
        }
        length = print_short(value, text + sign);
        if (length == 0)
                length = print_any(value, text + sign);
        return sign + length;
}

bool lw_number_parse_unsigned(const char *text, size_t length, uint64_t *ret_value)
{
        uint64_t value = 0;

        if (length == 0)
                return false;
        for (size_t i = 0; i < length; i++) {
                if (!g_ascii_isdigit(text[i]) || __builtin_mul_overflow(value, 10, &value) ||
                                __builtin_add_overflow(value, text[i] - '0', &value))
                        return false;
        }
        *ret_value = value;
        return true;
}

bool lw_number_parse_integer(const char *text, size_t length, int64_t *ret_value)
{
        bool negative = length > 0 && text[0] == '-';
        uint64_t value;

        if (!lw_number_parse_unsigned(text + negative, length - negative, &value) ||
                        value > (uint64_t) INT64_MAX + negative)
                return false;
        *ret_value = (int64_t) (negative ? -value : value);
        return true;
}

/* A decimal number taken apart: `mantissa` times ten to the `exponent`. */
typedef struct Decimal {
        uint64_t mantissa;
        int exponent;
        bool negative;
        bool exact; /* nothing was left out of `mantissa` */
} Decimal;

/* Adds the digits at `*at`; false when there are none. */
static bool take_digits(const char **at, const char *end, bool fraction, Decimal *decimal)
{
        const char *start = *at;

        for (; *at < end && g_ascii_isdigit(**at); (*at)++) {
                if (decimal->mantissa >= EXACT_MAX / 10) {
                        decimal->exact = false;
                        continue;
                }
                decimal->mantissa = decimal->mantissa * 10 + (uint64_t) (**at - '0');
                decimal->exponent -= fraction;
        }
        return *at > start;
}

static bool take_apart(const char *text, size_t length, Decimal *decimal)
{
        const char *at = text, *end = text + length;

        *decimal = (Decimal){ .exact = true };
        if (at < end && *at == '-') {
                decimal->negative = true;
                at++;
        }
        if (!take_digits(&at, end, false, decimal))
                return false;
        if (at < end && *at == '.') {
                at++;
                if (!take_digits(&at, end, true, decimal))
                        return false;
        }
        if (at < end && (*at == 'e' || *at == 'E')) {
                Decimal power = { .exact = true };
                bool negative;

                at++;
                negative = at < end && *at == '-';
                if (at < end && (*at == '-' || *at == '+'))
                        at++;
                if (!take_digits(&at, end, false, &power))
                        return false;
                if (power.mantissa > LW_NUMBER_MAX)
                        decimal->exact = false;
                else
                        decimal->exponent += (int) power.mantissa * (negative ? -1 : 1);
        }
        return at == end;
}

bool lw_number_parse_float(const char *text, size_t length, double *ret_value)
{
        char copy[LW_NUMBER_MAX + 1];
        Decimal decimal;
        double value;

        if (length > LW_NUMBER_MAX || !take_apart(text, length, &decimal))
                return false;
        if (decimal.exact && ABS(decimal.exponent) <= EXACT_POWER && FLT_EVAL_METHOD == 0) {
                value = (double) decimal.mantissa;
                if (decimal.exponent < 0)
                        value /= powers[-decimal.exponent];
                else
                        value *= powers[decimal.exponent];
                *ret_value = decimal.negative ? -value : value;
                return true;
        }
        memcpy(copy, text, length);
        copy[length] = '\0';
        value = g_ascii_strtod(copy, NULL);
        if (!isfinite(value))
                return false;
        *ret_value = value;
        return true;
}
