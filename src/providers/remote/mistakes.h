/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMistakes: what a service does wrong, told to the journal once. */
#pragma once

#include <glib.h>

#include "model/path.h"

/** LwMistakes: remembers of what it told, so that a service in a loop does not fill the journal. */
typedef struct LwMistakes LwMistakes;

LwMistakes *lw_mistakes_new(void);
void lw_mistakes_free(LwMistakes *self);

/** `title` made one: with the value at `path`, or (NULL) otherwise. */
void lw_mistakes_tell(LwMistakes *self, const char *title, const LwPath *path, const char *what);
/** Whoever comes now starts anew. */
void lw_mistakes_forget(LwMistakes *self);
