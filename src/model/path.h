/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPath: the address of a node in the tree of objects. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define LW_ID_MAX 65534 /* 65535 is MAX_ID, which is reserved */

/** What `length` of a path says it addresses. */
typedef enum LwLevel {
        LW_LEVEL_ROOT = 0,
        LW_LEVEL_OBJECT = 1,
        LW_LEVEL_INSTANCE = 2,
        LW_LEVEL_RESOURCE = 3,
        LW_LEVEL_RESOURCE_INSTANCE = 4,
} LwLevel;

/**
 * LwPath: the address of a node, "/3", "/3/0", "/3/0/7" or "/3/0/7/1".
 *
 * Shape:  `length` ids (an LwLevel), outermost first; 0 is the root. Ids run 0..65534, and what
 *         lies behind `length` is 0, so that paths compare as bytes.
 * Owns:   nothing; copy it freely.
 * Source: OMA LwM2M Core 1.1, "Identifiers".
 */
typedef struct LwPath {
        uint16_t ids[4];
        uint16_t length;
} LwPath;

/* "/65534/65534/65534/65534" and the NUL */
#define LW_PATH_TEXT_MAX 25

#define LW_PATH_ROOT ((LwPath){ { 0 }, 0 })
#define LW_PATH_OBJECT(o) ((LwPath){ { (uint16_t) (o) }, 1 })
#define LW_PATH_INSTANCE(o, i) ((LwPath){ { (uint16_t) (o), (uint16_t) (i) }, 2 })
#define LW_PATH_RESOURCE(o, i, r)                                                                  \
        ((LwPath){ { (uint16_t) (o), (uint16_t) (i), (uint16_t) (r) }, 3 })
#define LW_PATH_RESOURCE_INSTANCE(o, i, r, n)                                                      \
        ((LwPath){ { (uint16_t) (o), (uint16_t) (i), (uint16_t) (r), (uint16_t) (n) }, 4 })

/**
 * From "/" or "/3/0/9": no sign, no leading zero, no trailing slash.
 * Errors: 4.00 with what is wrong.
 */
bool lw_path_parse(const char *text, LwPath *ret_path, GError **error);
/** The same from text that has no end of its own, as a SenML name has it. */
bool lw_path_parse_bytes(const char *text, size_t length, LwPath *ret_path, GError **error);
/**
 * Ids below `parent`: "9" or "6/0". False where the text is anything else, an empty one too, or has
 * too many of them.
 */
bool lw_path_parse_below(const LwPath *parent, const char *text, size_t length, LwPath *ret_path);
/** One id, "0" to "65534", as a Uri-Path option carries it. */
bool lw_id_parse(const char *text, size_t length, uint16_t *ret_id);

/** Writes "/3/0/9" ("/" for the root) and gives the number of characters without the NUL. */
size_t lw_path_print(const LwPath *self, char text[static LW_PATH_TEXT_MAX]);

/** The ids behind the first `level`: "9" or "6/0" for level 2; nothing if there are none. */
size_t lw_path_print_below(const LwPath *self, unsigned level, char text[static LW_PATH_TEXT_MAX]);

/** `parent` with one more id; `parent` is above the level of resource instances. */
static inline LwPath lw_path_child(const LwPath *parent, uint16_t id)
{
        LwPath path = *parent;

        g_assert(path.length < G_N_ELEMENTS(path.ids));
        path.ids[path.length++] = id;
        return path;
}
/** The first `length` ids of `self`. */
LwPath lw_path_prefix(const LwPath *self, unsigned length);

/** The ids as one number: its order is the order of the ids, the first one weighing most. */
static inline uint64_t lw_path_key(const LwPath *self)
{
        return (uint64_t) self->ids[0] << 48 | (uint64_t) self->ids[1] << 32 |
               (uint64_t) self->ids[2] << 16 | self->ids[3];
}

/** Order of a depth-first walk: parents before children, ids ascending. */
static inline int lw_path_compare(const LwPath *a, const LwPath *b)
{
        uint64_t key_a = lw_path_key(a), key_b = lw_path_key(b);

        /* what lies behind the length is 0: a parent's key is its first child's, or less */
        if (key_a != key_b)
                return key_a < key_b ? -1 : 1;
        return (int) a->length - (int) b->length;
}

static inline bool lw_path_equal(const LwPath *a, const LwPath *b)
{
        return lw_path_key(a) == lw_path_key(b) && a->length == b->length;
}

/** True when `self` is `inner` or above it. */
static inline bool lw_path_contains(const LwPath *self, const LwPath *inner)
{
        uint64_t mask = self->length == 0 ? 0 : UINT64_MAX << (64 - 16 * self->length);

        return self->length <= inner->length && lw_path_key(self) == (lw_path_key(inner) & mask);
}
