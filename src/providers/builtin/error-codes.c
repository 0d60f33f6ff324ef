/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwErrorCodes: what is wrong with this host, as the elements of /3/0/11. */
#include "providers/builtin/error-codes.h"

#include <string.h>

static const uint8_t codes[LW_ERROR_CAUSES] = {
        [LW_ERROR_BATTERY_LOW] = 1,
        [LW_ERROR_POWER_CUT] = 2,
        [LW_ERROR_SIGNAL_LOW] = 4,
        [LW_ERROR_MEMORY_LOW] = 5,
        [LW_ERROR_CONNECTIVITY] = 7,
        [LW_ERROR_BATTERY_DAMAGED] = 8,
        [LW_ERROR_SENSOR_FAULT] = 8,
        [LW_ERROR_LOCATION] = 3,
};

static bool is_raised(const LwErrorCodes *self, uint8_t code)
{
        for (unsigned i = 0; i < LW_ERROR_CAUSES; i++)
                if (self->holds[i] && codes[i] == code)
                        return true;
        return false;
}

/* There is an element for each cause, so that one is always free. */
static void put_code(LwErrorCodes *self, uint8_t code)
{
        unsigned free_element = LW_ERROR_CAUSES;

        for (unsigned i = LW_ERROR_CAUSES; i-- > 0;) {
                if (self->elements[i] == code)
                        return;
                if (self->elements[i] == 0)
                        free_element = i;
        }
        self->elements[free_element] = code;
}

static bool settle(LwErrorCodes *self, const LwErrorCodes *before)
{
        for (unsigned i = 0; i < LW_ERROR_CAUSES; i++)
                if (!is_raised(self, self->elements[i]))
                        self->elements[i] = 0;
        for (unsigned i = 0; i < LW_ERROR_CAUSES; i++)
                if (self->holds[i])
                        put_code(self, codes[i]);
        return memcmp(self->elements, before->elements, sizeof(self->elements)) != 0;
}

bool lw_error_codes_set(LwErrorCodes *self, LwErrorCause cause, bool holds)
{
        LwErrorCodes before = *self;

        self->holds[cause] = holds;
        return settle(self, &before);
}

bool lw_error_codes_reset(LwErrorCodes *self)
{
        LwErrorCodes before = *self;

        memset(self->elements, 0, sizeof(self->elements));
        return settle(self, &before);
}

int lw_error_codes_at(const LwErrorCodes *self, uint16_t element)
{
        bool is_empty = true;

        if (element >= LW_ERROR_CAUSES)
                return -1;
        for (unsigned i = 0; i < LW_ERROR_CAUSES; i++)
                is_empty = is_empty && self->elements[i] == 0;
        if (element == 0 && is_empty)
                return 0;
        return self->elements[element] == 0 ? -1 : self->elements[element];
}
