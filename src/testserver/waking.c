/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queue mode: which requests wait for their client to wake, and which of them goes next. */
#include "testserver/waking.h"

/* Whether `client` has a request to answer. */
static bool is_busy(const GPtrArray *all, const LwTestClient *client)
{
        for (guint i = 0; i < all->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(all, i);

                if (errand->client == client && errand->id != 0 && !errand->observing)
                        return true;
        }
        return false;
}

/* The first of those that wait for `client`, or NULL. */
static LwTestErrand *first_held(const GPtrArray *all, const LwTestClient *client)
{
        LwTestErrand *first = NULL;

        for (guint i = 0; i < all->len; i++) {
                LwTestErrand *errand = g_ptr_array_index(all, i);

                if (errand->held == NULL || errand->client != client)
                        continue;
                if (first == NULL || errand->held->number < first->held->number)
                        first = errand;
        }
        return first;
}

bool lw_test_waking_holds(const GPtrArray *all, const LwTestErrand *errand, LwNow now)
{
        const LwTestClient *client = errand->client;

        if (!lw_test_client_is_held(client))
                return false;
        return lw_test_client_sleeps(client, now) || first_held(all, client) != NULL ||
               is_busy(all, client);
}

unsigned lw_test_waking_count(const GPtrArray *all, const LwTestClient *client)
{
        unsigned count = 0;

        for (guint i = 0; i < all->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(all, i);

                count += errand->held != NULL && errand->client == client;
        }
        return count;
}

LwTestErrand *lw_test_waking_next(const GPtrArray *all, LwNow now)
{
        for (guint i = 0; i < all->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(all, i);

                if (errand->held != NULL && !lw_test_client_sleeps(errand->client, now) &&
                                !is_busy(all, errand->client))
                        return first_held(all, errand->client);
        }
        return NULL;
}

LwTestErrand *lw_test_waking_overdue(const GPtrArray *all, LwNow now)
{
        for (guint i = 0; i < all->len; i++) {
                LwTestErrand *errand = g_ptr_array_index(all, i);

                if (errand->held != NULL && errand->held->deadline <= now.boot)
                        return errand;
        }
        return NULL;
}

LwUsec lw_test_waking_deadline(const GPtrArray *all)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (guint i = 0; i < all->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(all, i);

                if (errand->held != NULL)
                        deadline = lw_usec_min(deadline, errand->held->deadline);
        }
        return deadline;
}
