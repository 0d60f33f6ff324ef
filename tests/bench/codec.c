/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make bench: what the codecs cost, each format that carries more than one value, both ways.
 *
 * The document is an object with a resource of each type in many instances, whose values differ.
 * Time is processor time, the least of many rounds, in which all formats take turns, so that what
 * else the machine does falls out. Heap is what malloc() has given and not taken back at its
 * highest, beyond what was there before the call, without the bytes that are read or written; the
 * list of values that decoding makes counts. Where realloc() moves a block, old and new count both.
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "codec/format.h"

#define INSTANCES 1250
#define RESOURCES 8
#define OBJECT 30000
#define ROUNDS 400
/* ns, ns, bytes; and how many times longer ten times as much may take */
#define DECODE_BAR 250
#define ENCODE_BAR 150
#define HEAP_BAR 64
#define GROWTH_BAR 11

static const LwType types[RESOURCES] = {
        LW_TYPE_STRING,
        LW_TYPE_INTEGER,
        LW_TYPE_UNSIGNED,
        LW_TYPE_FLOAT,
        LW_TYPE_BOOLEAN,
        LW_TYPE_OPAQUE,
        LW_TYPE_TIME,
        LW_TYPE_OBJLNK,
};

static const struct {
        int32_t format;
        const char *name;
} formats[] = {
        { LW_FORMAT_TLV, "TLV" },
        { LW_FORMAT_SENML_JSON, "SenML JSON" },
        { LW_FORMAT_SENML_CBOR, "SenML CBOR" },
        { LW_FORMAT_JSON, "LwM2M JSON" },
        { LW_FORMAT_LWM2M_CBOR, "LwM2M CBOR" },
};

/* Heap: glibc's own functions under other names, and what they have given. */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static size_t heap, heap_peak;

static void note_given(void *block)
{
        heap += block ? malloc_usable_size(block) : 0;
        heap_peak = MAX(heap_peak, heap);
}

void *malloc(size_t size)
{
        void *block = __libc_malloc(size);

        note_given(block);
        return block;
}

void *calloc(size_t count, size_t size)
{
        void *block = __libc_calloc(count, size);

        note_given(block);
        return block;
}

void *realloc(void *old, size_t size)
{
        size_t before = old ? malloc_usable_size(old) : 0;
        void *block = __libc_realloc(old, size);

        if (block == old)
                heap -= before;
        note_given(block);
        if (block != old)
                heap -= before;
        return block;
}

void free(void *block)
{
        heap -= block ? malloc_usable_size(block) : 0;
        __libc_free(block);
}

/* Documents */

static LwRegistry *make_registry(void)
{
        LwRegistry *registry = lw_registry_new(NULL, NULL);
        LwObjectDef *def = g_new0(LwObjectDef, 1);

        def->id = OBJECT;
        def->major = 1;
        def->multiple = true;
        def->name = g_strdup("Bench");
        def->resource_count = RESOURCES;
        def->resources = g_new0(LwResourceDef, RESOURCES);
        for (size_t i = 0; i < RESOURCES; i++)
                def->resources[i] = (LwResourceDef){
                        .id = (uint16_t) i,
                        .type = (uint8_t) types[i],
                        .operations = LW_READABLE | LW_WRITABLE,
                        .name = g_strdup("Bench"),
                        .units = g_strdup(""),
                };
        lw_registry_add(registry, def);
        return registry;
}

static LwValue make_value(LwType type, uint32_t seed, char text[static 32])
{
        switch (type) {
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                g_snprintf(text, 32, "Sensor %u", seed % 10007);
                return lw_value_string(text);
        case LW_TYPE_INTEGER:
                return lw_value_integer((int64_t) (seed % 200000) - 100000);
        case LW_TYPE_UNSIGNED:
                return lw_value_unsigned(seed);
        case LW_TYPE_FLOAT:
                return lw_value_float((double) (seed % 100000) / 100);
        case LW_TYPE_BOOLEAN:
                return lw_value_boolean(seed & 1);
        case LW_TYPE_OPAQUE:
                memcpy(text, &seed, sizeof(seed));
                memcpy(text + sizeof(seed), &seed, sizeof(seed));
                return lw_value_data(text, 2 * sizeof(seed));
        case LW_TYPE_TIME:
                return lw_value_time(1700000000 + seed % 100000000);
        case LW_TYPE_OBJLNK:
                return lw_value_link((uint16_t) (seed % 40000), (uint16_t) (seed % 100));
        case LW_TYPE_NONE:
                break;
        }
        return lw_value_none();
}

static LwValues *make_values(size_t instances)
{
        LwValues *values = lw_values_new();
        uint32_t seed = 1;

        for (size_t i = 0; i < instances; i++) {
                for (size_t r = 0; r < RESOURCES; r++) {
                        LwPath path = LW_PATH_RESOURCE(OBJECT, i, r);
                        char text[32];
                        LwValue value;

                        seed = seed * 1664525 + 1013904223;
                        value = make_value(types[r], seed >> 4, text);
                        lw_values_add(values, &path, &value);
                }
        }
        return values;
}

/* Figures */

/* Case: one format with one document. */
typedef struct Case {
        int32_t format;
        LwRegistry *registry;
        LwValues *values;
        LwWriter bytes;
} Case;

static void encode(const Case *self, LwWriter *writer)
{
        LwPath base = LW_PATH_OBJECT(OBJECT);

        if (!lw_format_encode(self->format, self->values, &base, self->registry, writer, NULL))
                abort();
}

static void encode_once(const Case *self)
{
        g_auto(LwWriter) writer = {};

        encode(self, &writer);
}

static void decode_once(const Case *self)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwDecode how = { .base = LW_PATH_OBJECT(OBJECT), .registry = self->registry };

        if (!lw_format_decode(self->format, self->bytes.data, self->bytes.length, &how, values,
                            NULL) ||
                        lw_values_count(values) != lw_values_count(self->values))
                abort();
}

static double seconds_used(void)
{
        struct timespec now;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* Seconds that one call took at least, with the large document and with the small one. */
typedef struct Least {
        double large, small;
} Least;

/* Row: a format with its figures. */
typedef struct Row {
        const char *name;
        Case large, small;
        Least decoding, encoding;
} Row;

static double time_calls(const Case *self, void (*once)(const Case *self), size_t calls)
{
        double start = seconds_used();

        for (size_t i = 0; i < calls; i++)
                once(self);
        return (seconds_used() - start) / (double) calls;
}

/* One round of both documents, for as much work each. */
static void measure_time(const Row *self, void (*once)(const Case *self), Least *least)
{
        size_t calls = lw_values_count(self->large.values) / lw_values_count(self->small.values);

        least->large = MIN(least->large, time_calls(&self->large, once, 1));
        least->small = MIN(least->small, time_calls(&self->small, once, calls));
}

/* The most that one call has of the heap, less `without` bytes. */
static size_t measure_heap(const Case *self, void (*once)(const Case *self), size_t without)
{
        size_t before = heap;

        heap_peak = heap;
        once(self);
        return heap_peak - before > without ? heap_peak - before - without : 0;
}

static unsigned over;

static void print_figure(
                const char *name, const char *what, double value, const char *unit, double bar)
{
        g_autofree char *text = g_strdup_printf("%s, %s", name, what);
        bool ok = value <= bar;

        printf("%-44s %9.2f %-4s bar <= %6.2f   %s\n", text, value, unit, bar, ok ? "ok" : "over");
        over += !ok;
}

static void print_row(const Row *self)
{
        double count = (double) lw_values_count(self->large.values);

        print_figure(self->name, "decode, per resource", self->decoding.large / count * 1e9, "ns",
                        DECODE_BAR);
        print_figure(self->name, "encode, per resource", self->encoding.large / count * 1e9, "ns",
                        ENCODE_BAR);
        print_figure(self->name, "decode, 10 000 to 1 000",
                        self->decoding.large / self->decoding.small, "x", GROWTH_BAR);
        print_figure(self->name, "encode, 10 000 to 1 000",
                        self->encoding.large / self->encoding.small, "x", GROWTH_BAR);
        print_figure(self->name, "decode, peak heap per resource",
                        (double) measure_heap(&self->large, decode_once, 0) / count, "B", HEAP_BAR);
        print_figure(self->name, "encode, peak heap per resource",
                        (double) measure_heap(&self->large, encode_once, self->large.bytes.length) /
                                        count,
                        "B", HEAP_BAR);
}

int main(void)
{
        g_autoptr(LwRegistry) registry = make_registry();
        g_autoptr(LwValues) large = make_values(INSTANCES);
        g_autoptr(LwValues) small = make_values(INSTANCES / 10);
        Row rows[G_N_ELEMENTS(formats)];

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                rows[i] = (Row){
                        .name = formats[i].name,
                        .large = { formats[i].format, registry, large, {} },
                        .small = { formats[i].format, registry, small, {} },
                        .decoding = { INFINITY, INFINITY },
                        .encoding = { INFINITY, INFINITY },
                };
                encode(&rows[i].large, &rows[i].large.bytes);
                encode(&rows[i].small, &rows[i].small.bytes);
        }
        for (unsigned round = 0; round < ROUNDS; round++) {
                for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                        measure_time(&rows[i], decode_once, &rows[i].decoding);
                        measure_time(&rows[i], encode_once, &rows[i].encoding);
                }
        }
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                print_row(&rows[i]);
                lw_writer_clear(&rows[i].large.bytes);
                lw_writer_clear(&rows[i].small.bytes);
        }
        printf("%u over its bar\n", over);
        return over ? EXIT_FAILURE : EXIT_SUCCESS;
}
