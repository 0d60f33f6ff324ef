/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes paths: what parses prints as it was, as each path has one text. */
#include <string.h>

#include <glib.h>

#include "model/path.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *) data;
        g_autoptr(GError) error = NULL;
        char printed[LW_PATH_TEXT_MAX];
        LwPath path, again;

        if (!lw_path_parse_bytes(text, size, &path, &error)) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
                return 0;
        }
        g_assert_cmpmem(printed, lw_path_print(&path, printed), text, size);
        g_assert_true(lw_path_parse(printed, &again, NULL));
        g_assert_true(lw_path_equal(&path, &again));
        g_assert_cmpint(lw_path_compare(&path, &again), ==, 0);
        g_assert_true(lw_path_contains(&LW_PATH_ROOT, &path));
        if (path.length > 0) {
                LwPath parent = lw_path_prefix(&path, path.length - 1u);

                g_assert_true(lw_path_contains(&parent, &path));
                g_assert_cmpint(lw_path_compare(&parent, &path), <, 0);
                again = lw_path_child(&parent, path.ids[path.length - 1]);
                g_assert_cmpmem(&again, sizeof(again), &path, sizeof(path));
        }
        return 0;
}
