/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An object link as text, "66:0". */
#pragma once

#include <stddef.h>

#include "model/value.h"

/* "65535:65535" and the NUL */
#define LW_OBJLNK_TEXT_MAX 12

/** Gives the number of characters before the NUL. The reverse is lw_objlnk_parse(). */
size_t lw_objlnk_print(LwObjlnk link, char text[static LW_OBJLNK_TEXT_MAX]);
