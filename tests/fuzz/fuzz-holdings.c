/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document of an object that servers fill, as a crash or a disk may have left it. */
#include "fuzz/codec.h"
#include "providers/builtin/holdings.h"

#define OBJECT 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GBytes *print(const LwHoldings *holdings)
{
        g_autoptr(GError) error = NULL;
        GBytes *document = lw_holdings_print(holdings, fuzz_registry(), &error);

        if (document == NULL)
                g_error("what was read cannot be written: %s", error->message);
        return document;
}

/* Each instance can be read, written over with what it has, and deleted; then none is left. */
static void edit(const LwHoldings *holdings)
{
        g_autofree uint16_t *ids = lw_holdings_instances(holdings);
        g_autoptr(LwHoldings) left = lw_holdings_new(OBJECT);

        for (size_t i = 0; i < lw_holdings_instance_count(holdings); i++) {
                LwPath instance = LW_PATH_INSTANCE(OBJECT, ids[i]);
                g_autoptr(LwValues) values = lw_values_new();
                g_autoptr(LwHoldings) same = NULL, fewer = NULL, more = NULL;

                g_assert(lw_holdings_has(holdings, &instance));
                for (uint16_t resource = 0; resource < 200; resource++) {
                        LwPath path = lw_path_child(&instance, resource);

                        lw_holdings_read(holdings, &path, values);
                }
                same = lw_holdings_write(holdings, &instance, true, values, NULL);
                g_assert(same != NULL && lw_holdings_equal(same, holdings));
                fewer = lw_holdings_delete(holdings, &instance, NULL);
                g_assert(fewer != NULL && !lw_holdings_has(fewer, &instance));
                more = lw_holdings_create(left, &instance, values, NULL);
                g_assert(more != NULL);
                lw_holdings_free(left);
                left = g_steal_pointer(&more);
        }
        g_assert(lw_holdings_equal(left, holdings));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) input = g_bytes_new(data, size);
        g_autoptr(GError) error = NULL;
        g_autoptr(LwHoldings) holdings = lw_holdings_parse(OBJECT, input, fuzz_registry(), &error);
        g_autoptr(LwHoldings) again = NULL;
        g_autoptr(GBytes) first = NULL, second = NULL;

        if (holdings == NULL) {
                g_assert(error != NULL && error->message[0] != '\0');
                return 0;
        }
        first = print(holdings);
        again = lw_holdings_parse(OBJECT, first, fuzz_registry(), NULL);
        g_assert(again != NULL && lw_holdings_equal(holdings, again));
        second = print(again);
        g_assert(g_bytes_equal(first, second));
        edit(holdings);
        return 0;
}
