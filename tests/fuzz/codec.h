/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the targets of the codecs share: definitions, a request to decode for, the way there and
 * back. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "codec/format.h"
#include "model/limits.h"
#include "model/status.h"

/* Objects 1 and 3 with a resource of each type, its id, and at 100 more an array of each. */
static inline LwRegistry *fuzz_registry(void)
{
        static LwRegistry *registry;
        const int types = LW_TYPE_CORELNK + 1;

        if (registry)
                return registry;
        registry = lw_registry_new(NULL, NULL);
        for (uint16_t object = 1; object <= 3; object += 2) {
                LwObjectDef *def = g_new0(LwObjectDef, 1);

                def->id = object;
                def->multiple = true;
                def->name = g_strdup("Fuzz");
                def->resource_count = 2 * (size_t) types;
                def->resources = g_new0(LwResourceDef, def->resource_count);
                for (int i = 0; i < 2 * types; i++)
                        def->resources[i] = (LwResourceDef){
                                .id = (uint16_t) (i < types ? i : 100 + i - types),
                                .type = (uint8_t) (i % types),
                                .multiple = i >= types,
                                .name = g_strdup("Fuzz"),
                                .units = g_strdup(""),
                        };
                lw_registry_add(registry, def);
        }
        return registry;
}

/* The request that the first byte of an input stands for: its path in five bits, then its flags. */
static inline LwDecode fuzz_request(uint8_t choice)
{
        static const LwPath bases[] = {
                { { 0 }, 0 },
                { { 3 }, 1 },
                { { 3, 0 }, 2 },
                { { 3, 0, 1 }, 3 },
                { { 3, 0, 2 }, 3 },
                { { 3, 0, 3 }, 3 },
                { { 3, 0, 4 }, 3 },
                { { 3, 0, 5 }, 3 },
                { { 3, 0, 6 }, 3 },
                { { 3, 0, 7 }, 3 },
                { { 3, 0, 8 }, 3 },
                { { 3, 0, 9 }, 3 },
                { { 3, 0, 102 }, 3 },
                { { 3, 0, 102, 1 }, 4 },
                { { 3, 0, 0 }, 3 },
                { { 9, 0, 1 }, 3 },
        };

        return (LwDecode){
                .base = bases[choice % G_N_ELEMENTS(bases)],
                .registry = fuzz_registry(),
                .keep_unknown = choice & 0x20,
                .paths_only = choice & 0x40,
                .nulls = choice & 0x80,
        };
}

/* A refusal is one of those that the codecs promise, and says why. */
static inline void fuzz_check_error(const GError *error)
{
        g_assert(error && error->domain == LW_ERROR && error->message[0] != '\0');
        g_assert(error->code == LW_STATUS_BAD_REQUEST || error->code == LW_STATUS_NOT_FOUND ||
                        error->code == LW_STATUS_NOT_PERMITTED ||
                        error->code == LW_STATUS_TOO_LARGE ||
                        error->code == LW_STATUS_UNSUPPORTED_FORMAT);
        g_assert(g_utf8_validate(error->message, -1, NULL));
}

static inline bool fuzz_has_times(const LwValues *values)
{
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (lw_values_time(values, i) != 0)
                        return true;
        return false;
}

/* Writes values; false where they cannot be: a NaN in text, a value and an array at one place. */
static inline bool fuzz_encode(
                int32_t format, const LwValues *values, const LwDecode *how, LwWriter *writer)
{
        g_autoptr(GError) error = NULL;

        if (how->paths_only)
                return lw_format_encode_paths(format, values, writer, NULL);
        if (lw_format_encode(format, values, &how->base, how->registry, writer, &error))
                return true;
        g_assert(error->code == LW_STATUS_NOT_ACCEPTABLE || error->code == LW_STATUS_FAILED);
        return false;
}

/* Reads, writes, reads what was written, writes that: the second writing is the first. */
static inline void fuzz_there_and_back(
                int32_t format, const uint8_t *data, size_t size, const LwDecode *how)
{
        g_autoptr(LwValues) values = lw_values_new(), again = lw_values_new();
        g_auto(LwWriter) first = {}, second = {};
        g_autoptr(GError) error = NULL;

        if (!lw_format_decode(format, data, size, how, values, &error)) {
                fuzz_check_error(error);
                return;
        }
        g_assert(!error);
        lw_values_sort(values); /* as all that is written */
        if (!fuzz_encode(format, values, how, &first))
                return;
        if (!lw_format_decode(format, first.data, first.length, how, again, &error)) {
                g_printerr("what was written cannot be read: %s\n", error->message);
                abort();
        }
        g_assert(fuzz_encode(format, again, how, &second));
        if (fuzz_has_times(values))
                return; /* as doubles they may lose a microsecond */
        g_assert(first.length == second.length);
        g_assert(first.length == 0 || memcmp(first.data, second.data, first.length) == 0);
}
