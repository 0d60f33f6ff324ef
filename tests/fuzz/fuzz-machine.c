/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a string of the firmware: a fact stays one when it is read again. */
#include <stdint.h>
#include <string.h>

#include "host/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *fact = lw_machine_fact((const char *) data, size), *again = NULL;

        if (fact == NULL)
                return 0;
        g_assert(fact[0] != '\0' && g_utf8_validate(fact, -1, NULL));
        again = lw_machine_fact(fact, strlen(fact));
        g_assert(again != NULL && strcmp(again, fact) == 0);
        return 0;
}
