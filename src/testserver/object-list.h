/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObjectList: the objects and instances that a client registered, read from link format. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"

/** LwObjectLink: an object or instance of the list, with the object's version if there was one. */
typedef struct LwObjectLink {
        LwPath path;
        char *version; /* NULL: none given */
} LwObjectLink;

/**
 * LwObjectList: what stands in the payload of Register and Update.
 *
 * Shape:  links as they came, each path once; `prefix` are the segments of the alternate path,
 * decoded, without any for the root; `formats` are the numbers of ct=, as they came. Attributes
 * that we do not know and links that are neither object nor instance are left out. Source: OMA
 * LwM2M Core 1.1, "Register", "Alternate Path"; RFC 6690.
 */
typedef struct LwObjectList LwObjectList;

/** Errors: 4.00 where it is not link format, 4.13 beyond LW_LINKS_MAX. */
LwObjectList *lw_object_list_parse(const char *text, size_t length, GError **error);
/** A list without anything in it. */
LwObjectList *lw_object_list_new(void);
void lw_object_list_free(LwObjectList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObjectList, lw_object_list_free)

size_t lw_object_list_count(const LwObjectList *self);
const LwObjectLink *lw_object_list_at(const LwObjectList *self, size_t index);
/** The link at exactly `path`, or NULL. */
const LwObjectLink *lw_object_list_find(const LwObjectList *self, const LwPath *path);

/** Segments of the alternate path, NULL-terminated; none for the root. */
char *const *lw_object_list_prefix(const LwObjectList *self);
/** The numbers of ct=, `ret_count` of them. */
const uint16_t *lw_object_list_formats(const LwObjectList *self, size_t *ret_count);
