/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes of which nothing stays behind in memory. */
#include "base/secret.h"

#include <string.h>

typedef struct Secret {
        size_t length;
        unsigned char bytes[];
} Secret;

void lw_secret_free(void *data, size_t length)
{
        if (data == NULL)
                return;
        explicit_bzero(data, length);
        g_free(data);
}

static void wipe(void *data)
{
        Secret *self = data;

        lw_secret_free(self, sizeof(*self) + self->length);
}

GBytes *lw_secret_new(const void *data, size_t length)
{
        Secret *self = g_malloc(sizeof(*self) + length);

        self->length = length;
        if (length > 0)
                memcpy(self->bytes, data, length);
        return g_bytes_new_with_free_func(self->bytes, length, wipe, self);
}

void lw_secret_wipe(GBytes *bytes)
{
        size_t length;
        const void *data = g_bytes_get_data(bytes, &length);

        if (length > 0)
                explicit_bzero((void *) data, length);
}
