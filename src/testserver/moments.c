/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of one notification, moment by moment. */
#include "testserver/moments.h"

#include <glib.h>

static int compare(const void *a, const void *b)
{
        int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

        if (x == 0 || y == 0) /* the present comes last */
                return (x == 0) - (y == 0);
        return (x > y) - (x < y);
}

static void tell(const LwValues *values, int64_t real_usec, LwTestMoment each, void *user)
{
        g_autoptr(LwValues) some = lw_values_new();

        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (lw_values_time(values, i) == real_usec)
                        lw_values_add(some, &entry->path, &entry->value);
        }
        each(user, some, real_usec);
}

void lw_test_moments_each(const LwValues *values, LwTestMoment each, void *user)
{
        g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(int64_t));

        for (size_t i = 0; i < lw_values_count(values); i++) {
                int64_t time = lw_values_time(values, i);

                g_array_append_val(times, time);
        }
        g_array_sort(times, compare);
        for (guint i = 0; i < times->len; i++) {
                int64_t time = g_array_index(times, int64_t, i);

                if (i == 0 || time != g_array_index(times, int64_t, i - 1))
                        tell(values, time, each, user);
        }
        if (times->len == 0)
                tell(values, 0, each, user);
}
