/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Link format, read, written and read again. */
#include <string.h>

#include "codec/link.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool write_again(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error G_GNUC_UNUSED)
{
        LwWriter *writer = user;

        g_assert(target[0] == '/' && g_utf8_validate(target, -1, NULL));
        lw_link_write(writer, target);
        for (size_t i = 0; i < count; i++) {
                g_assert(names[i][0] != '\0' && g_utf8_validate(names[i], -1, NULL));
                g_assert(!values[i] || g_utf8_validate(values[i], -1, NULL));
                if (values[i])
                        lw_link_write_quoted(writer, names[i], values[i]);
                else
                        lw_link_write_token(writer, names[i], NULL);
        }
        return true;
}

static bool parse(const uint8_t *data, size_t size, LwWriter *writer)
{
        g_autoptr(GError) error = NULL;

        if (lw_link_parse((const char *) data, size, write_again, writer, &error))
                return true;
        g_assert(error->domain == LW_ERROR);
        g_assert(error->code == LW_STATUS_BAD_REQUEST || error->code == LW_STATUS_TOO_LARGE);
        return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_auto(LwWriter) first = {}, second = {};

        if (!parse(data, size, &first))
                return 0;
        g_assert(parse(first.data, first.length, &second));
        g_assert(first.length == second.length);
        g_assert(first.length == 0 || memcmp(first.data, second.data, first.length) == 0);
        return 0;
}
