/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLabels: which instance id a label had last, so that it has it again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/**
 * LwLabels: instance ids by object, name of the service and label; LW_LABELS_MAX of them, then the
 * one that was used longest ago is forgotten.
 *
 * As text, what is kept in state, a line each: "/3303/100 oven kitchen", path, label and name,
 * which is absent for a service without one.
 */
typedef struct LwLabels LwLabels;

LwLabels *lw_labels_new(void);
void lw_labels_free(LwLabels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwLabels, lw_labels_free)

/** The id that the label had; `name` may be NULL. False: none. */
bool lw_labels_find(const LwLabels *self, uint16_t object, const char *name, const char *label,
                uint16_t *ret_instance);
/** Whether the instance is kept for a label. */
bool lw_labels_has(const LwLabels *self, uint16_t object, uint16_t instance);
/** Keeps it, as used last. True when that is news, so that it should be saved. */
bool lw_labels_keep(LwLabels *self, uint16_t object, uint16_t instance, const char *name,
                const char *label);

/** Whether `text` is fit for a label or a name: 1 to 64 letters, digits, '.', '_' and '-'. */
bool lw_labels_is_word(const char *text);

GBytes *lw_labels_print(const LwLabels *self);
/** Keeps all that `text` has. Errors: 5.00 naming the first line that is none; those before it are
 * kept. */
bool lw_labels_parse(LwLabels *self, GBytes *text, GError **error);
