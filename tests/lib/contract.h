/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwContract: one interface out of an introspection document, to be compared and checked. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/**
 * LwContract: what a document says of one interface: a line for each member, and what lacks its
 * words.
 *
 * Shape:  `lines` are sorted; a NULL stands behind the last of `lines` and of `lacks`.
 */
typedef struct LwContract {
        const char *interface;
        bool inside;
        GPtrArray *lines; /* of char: "method Read in:s:path out:a{sv}:values" */
        GString *member;  /* the one that is being read; empty between members */
        GString *emits;   /* of a property */
        GPtrArray *lacks; /* of char: what has no <doc> or no <example> */
        GPtrArray *open;  /* of what must be documented, while it is being read */
        GPtrArray *words; /* of char: "Member word" */
} LwContract;

/** Reads `text`, a document of dbus/ or an answer of Introspect; fails the test that it is not. */
void lw_contract_parse(LwContract *self, const char *interface, const char *text);
void lw_contract_clear(LwContract *self);

/** The text of dbus/INTERFACE.xml. Caller frees. */
char *lw_contract_read(const char *interface);

/** Fails the test unless `shown`, an answer of Introspect, says of the interface what dbus/ does.
 */
void lw_contract_check_shown(const char *interface, const char *shown);
/** Fails the test unless dbus/ explains every part of the interface. */
void lw_contract_check_explained(const char *interface);
