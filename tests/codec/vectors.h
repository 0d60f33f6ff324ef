/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wire vectors from tests/data: values and the bytes that they are on the wire. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "codec/format.h"

/** Vector: one block of a file, which says itself what its words mean. */
typedef struct Vector {
        char *title; /* "tlv.hex: the comment above it" */
        int32_t format;
        LwDecode how;
        bool decode_only;
        LwValues *values;
        GByteArray *bytes;
} Vector;

/** All vectors of a file of tests/data, an array of Vector *. The registry is a part of `how`. */
GPtrArray *vectors_load(const char *file, LwRegistry *registry);

/**
 * Reads "/3/0/9 = 100" into `values`, in the type of its definition, and "/3/0/9:string = x" in the
 * one that it says; "/3/0/7" is an entry without a value.
 */
void vectors_add_value(LwValues *values, LwRegistry *registry, const char *text);

/** The same of many, separated by " | ". */
LwValues *vectors_values(LwRegistry *registry, const char *text);

/** Fails the test, with `title`, where the two lists are not the same. */
void vectors_compare(const char *title, const LwValues *found, const LwValues *expected);

/** Bytes from "c1 09 64". */
GByteArray *vectors_bytes(const char *hex);

/**
 * What comes of bytes: 0 when they can be read, else the status of the error, which must have a
 * message. `hex` is "c1 09 64", or a text that begins with a quote: "'[{}]".
 */
int vectors_status(int32_t format, const char *base, const char *hex, const LwDecode *how);
