/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A state document, as a crash or a disk may have left it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "io/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken for a document is one: its first line and its content make the same file again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const names[] = { "accounts", "registrations-101" };

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                for (unsigned version = 0; version < 3; version++) {
                        g_autoptr(GBytes) file = g_bytes_new(data, size);
                        g_autoptr(GError) error = NULL;
                        g_autoptr(GBytes) content = lw_state_parse(file, names[i], version, &error);
                        g_autofree char *header =
                                        g_strdup_printf("lwm2md %s %u\n", names[i], version);
                        size_t length;
                        const void *bytes;

                        g_assert((content == NULL) == (error != NULL));
                        if (content == NULL)
                                continue;
                        bytes = g_bytes_get_data(content, &length);
                        g_assert(strlen(header) + length == size);
                        g_assert(memcmp(data, header, strlen(header)) == 0);
                        g_assert(length == 0 || memcmp(data + strlen(header), bytes, length) == 0);
                }
        }
        return 0;
}
