/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as text, the same in every locale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "-9223372036854775808" or "18446744073709551615" and the NUL */
#define LW_INTEGER_TEXT_MAX 21
/* "-0." with 307 zeros and 17 digits behind it, and the NUL */
#define LW_FLOAT_TEXT_MAX 352

/*
 * The printers write a NUL and give the number of characters before it.
 */
size_t lw_number_print_integer(int64_t value, char text[static LW_INTEGER_TEXT_MAX]);
size_t lw_number_print_unsigned(uint64_t value, char text[static LW_INTEGER_TEXT_MAX]);
/**
 * The shortest decimal that reads back as the same double, always without exponent: 23.5, 100,
 * 0.00000000006667. `value` is finite.
 * Source: OMA LwM2M Core 1.1, appendix C: a Float in text is a decimal number.
 */
size_t lw_number_print_float(double value, char text[static LW_FLOAT_TEXT_MAX]);

/*
 * The parsers take all `length` characters or none: digits, with '-' before them where the type has
 * a sign. No '+', no white space, no base but ten, nothing outside the type's range.
 */
bool lw_number_parse_integer(const char *text, size_t length, int64_t *ret_value);
bool lw_number_parse_unsigned(const char *text, size_t length, uint64_t *ret_value);
/** Also "1.5" and, as some servers write it, "1.5e-3"; never an infinity. */
bool lw_number_parse_float(const char *text, size_t length, double *ret_value);
