/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwValue: one typed value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/blob.h"

/** The data types of the standard. Source: OMA LwM2M Core 1.1, "Data Types". */
typedef enum LwType {
        LW_TYPE_NONE, /* an executable; also "no value here" */
        LW_TYPE_STRING,
        LW_TYPE_INTEGER,
        LW_TYPE_UNSIGNED,
        LW_TYPE_FLOAT,
        LW_TYPE_BOOLEAN,
        LW_TYPE_OPAQUE,
        LW_TYPE_TIME,
        LW_TYPE_OBJLNK,
        LW_TYPE_CORELNK,
} LwType;

/** LwObjlnk: a link to an instance; 65535 stands for "none". */
typedef struct LwObjlnk {
        uint16_t object;
        uint16_t instance;
} LwObjlnk;

/**
 * LwValue: one typed value, or none.
 *
 * Shape:  `type` says which member holds: integer (INTEGER; TIME in seconds since 1970),
 *         unsigned_integer, number, boolean, link, text (STRING, CORELNK: UTF-8 with a NUL behind
 *         it and none inside, `length` bytes), data (OPAQUE, `length` bytes), or, when `is_blob`,
 *         blob.
 * Owns:   nothing. Text, data and blob belong to whoever made the value, mostly to an LwValues.
 */
typedef struct LwValue {
        union {
                int64_t integer;
                uint64_t unsigned_integer;
                double number;
                bool boolean;
                LwObjlnk link;
                const char *text;
                const uint8_t *data;
                LwBlob *blob;
        };
        uint32_t length;
        uint8_t type; /* LwType */
        bool is_blob;
} LwValue;

/* Constructors; lw_value_string() wants at most LW_STRING_MAX bytes. */
LwValue lw_value_string(const char *text);
LwValue lw_value_data(const void *data, size_t length);
LwValue lw_value_blob(LwBlob *blob);
static inline LwValue lw_value_none(void)
{
        return (LwValue){ .type = LW_TYPE_NONE };
}
static inline LwValue lw_value_integer(int64_t integer)
{
        return (LwValue){ .integer = integer, .type = LW_TYPE_INTEGER };
}
static inline LwValue lw_value_unsigned(uint64_t unsigned_integer)
{
        return (LwValue){ .unsigned_integer = unsigned_integer, .type = LW_TYPE_UNSIGNED };
}
static inline LwValue lw_value_time(int64_t seconds)
{
        return (LwValue){ .integer = seconds, .type = LW_TYPE_TIME };
}
static inline LwValue lw_value_float(double number)
{
        return (LwValue){ .number = number, .type = LW_TYPE_FLOAT };
}
static inline LwValue lw_value_boolean(bool boolean)
{
        return (LwValue){ .boolean = boolean, .type = LW_TYPE_BOOLEAN };
}
static inline LwValue lw_value_link(uint16_t object, uint16_t instance)
{
        return (LwValue){ .link = { object, instance }, .type = LW_TYPE_OBJLNK };
}

/** Same type and same value; NaN equals NaN, blobs by identity. */
bool lw_value_equal(const LwValue *a, const LwValue *b);

/**
 * The value as another type where nothing is lost: the number types and TIME into one another
 * (5.0 is an integer, 23 a float; a float takes the nearest it has), STRING and CORELNK, and
 * STRING "66:0" into OBJLNK. Text stays where it is.
 * Errors: 4.00 with both types and the value.
 */
bool lw_value_convert(const LwValue *self, LwType type, LwValue *ret_value, GError **error);

/**
 * From what a person types, as text/plain has it; opaque from base64 into `*ret_storage`, which
 * then owns the bytes and which no other type touches. `text` has `length` bytes; for STRING and
 * CORELNK it has a NUL behind it.
 * Source: OMA LwM2M Core 1.1, plain text and data types. Errors: 4.00 with what would be right.
 */
bool lw_value_parse(const char *text, size_t length, LwType type, LwValue *ret_value,
                GBytes **ret_storage, GError **error);
/**
 * The reverse, appended.
 * Errors: 4.06 for what has no text: NaN, infinities, nothing, a blob above LW_BODY_MAX; 5.00 for
 *         an unreadable blob.
 */
bool lw_value_print(const LwValue *self, GString *text, GError **error);

/** "66:0" into two numbers 0..65535. */
bool lw_objlnk_parse(const char *text, size_t length, LwObjlnk *ret_link);

/** "string", "integer", "unsigned integer" ... as messages say it. */
const char *lw_type_name(LwType type);
bool lw_type_is_number(LwType type);
