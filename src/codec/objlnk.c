/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An object link as text, "66:0". */
#include "codec/objlnk.h"

#include <string.h>

#include "model/number.h"

static size_t append(char *text, unsigned id)
{
        char digits[LW_INTEGER_TEXT_MAX];
        size_t count = lw_number_print_unsigned(id, digits);

        memcpy(text, digits, count + 1);
        return count;
}

size_t lw_objlnk_print(LwObjlnk link, char text[static LW_OBJLNK_TEXT_MAX])
{
        size_t length = append(text, link.object);

        text[length++] = ':';
        return length + append(text + length, link.instance);
}
