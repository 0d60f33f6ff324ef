/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The definitions that the tests of the codecs go by. */
#include "codec/objects.h"

#define MULTIPLE true
#define SINGLE false

/* By object, then by resource. */
static const struct Resource {
        uint16_t object, id;
        LwType type;
        bool multiple;
} resources[] = {
        { 0, 0, LW_TYPE_STRING, SINGLE },
        { 0, 1, LW_TYPE_BOOLEAN, SINGLE },
        { 0, 2, LW_TYPE_INTEGER, SINGLE },
        { 0, 3, LW_TYPE_OPAQUE, SINGLE },
        { 0, 4, LW_TYPE_OPAQUE, SINGLE },
        { 0, 5, LW_TYPE_OPAQUE, SINGLE },
        { 0, 10, LW_TYPE_INTEGER, SINGLE },
        { 1, 0, LW_TYPE_INTEGER, SINGLE },
        { 1, 1, LW_TYPE_INTEGER, SINGLE },
        { 1, 2, LW_TYPE_INTEGER, SINGLE },
        { 1, 3, LW_TYPE_INTEGER, SINGLE },
        { 1, 5, LW_TYPE_INTEGER, SINGLE },
        { 1, 6, LW_TYPE_BOOLEAN, SINGLE },
        { 1, 7, LW_TYPE_STRING, SINGLE },
        { 2, 0, LW_TYPE_INTEGER, SINGLE },
        { 2, 1, LW_TYPE_INTEGER, SINGLE },
        { 2, 2, LW_TYPE_INTEGER, MULTIPLE },
        { 2, 3, LW_TYPE_INTEGER, SINGLE },
        { 3, 0, LW_TYPE_STRING, SINGLE },
        { 3, 1, LW_TYPE_STRING, SINGLE },
        { 3, 2, LW_TYPE_STRING, SINGLE },
        { 3, 3, LW_TYPE_STRING, SINGLE },
        { 3, 4, LW_TYPE_NONE, SINGLE },
        { 3, 6, LW_TYPE_INTEGER, MULTIPLE },
        { 3, 7, LW_TYPE_INTEGER, MULTIPLE },
        { 3, 8, LW_TYPE_INTEGER, MULTIPLE },
        { 3, 9, LW_TYPE_INTEGER, SINGLE },
        { 3, 10, LW_TYPE_INTEGER, SINGLE },
        { 3, 11, LW_TYPE_INTEGER, MULTIPLE },
        { 3, 13, LW_TYPE_TIME, SINGLE },
        { 3, 14, LW_TYPE_STRING, SINGLE },
        { 3, 16, LW_TYPE_STRING, SINGLE },
        { 4, 2, LW_TYPE_INTEGER, SINGLE },
        { 5, 0, LW_TYPE_OPAQUE, SINGLE },
        { 6, 0, LW_TYPE_FLOAT, SINGLE },
        { 6, 1, LW_TYPE_FLOAT, SINGLE },
        { 16, 0, LW_TYPE_STRING, MULTIPLE },
        { 19, 0, LW_TYPE_OPAQUE, MULTIPLE },
        { 65, 0, LW_TYPE_OBJLNK, MULTIPLE },
        { 65, 1, LW_TYPE_STRING, SINGLE },
        { 65, 2, LW_TYPE_INTEGER, SINGLE },
        { 72, 2, LW_TYPE_FLOAT, SINGLE },
        { 3303, 5700, LW_TYPE_FLOAT, SINGLE },
        { 3308, 5900, LW_TYPE_FLOAT, SINGLE },
        { 3311, 5850, LW_TYPE_BOOLEAN, SINGLE },
        { 3311, 5851, LW_TYPE_INTEGER, SINGLE },
        { TYPES_OBJECT, 0, LW_TYPE_OPAQUE, SINGLE },
        { TYPES_OBJECT, 1, LW_TYPE_INTEGER, SINGLE },
        { TYPES_OBJECT, 3, LW_TYPE_BOOLEAN, SINGLE },
        { TYPES_OBJECT, 4, LW_TYPE_TIME, SINGLE },
        { TYPES_OBJECT, 5, LW_TYPE_STRING, SINGLE },
        { TYPES_OBJECT, 6, LW_TYPE_OBJLNK, SINGLE },
        { TYPES_OBJECT, 7, LW_TYPE_CORELNK, SINGLE },
        { TYPES_OBJECT, 8, LW_TYPE_INTEGER, MULTIPLE },
        { TYPES_OBJECT, 10, LW_TYPE_STRING, MULTIPLE },
        { TYPES_OBJECT, 22, LW_TYPE_FLOAT, SINGLE },
        { TYPES_OBJECT, 23, LW_TYPE_UNSIGNED, SINGLE },
};

static LwObjectDef *define(const struct Resource *first, size_t count)
{
        LwObjectDef *def = g_new0(LwObjectDef, 1);

        def->id = first->object;
        def->major = 1;
        def->multiple = true;
        def->name = g_strdup_printf("Object %u", first->object);
        def->resources = g_new0(LwResourceDef, count);
        def->resource_count = count;
        for (size_t i = 0; i < count; i++)
                def->resources[i] = (LwResourceDef){
                        .id = first[i].id,
                        .type = (uint8_t) first[i].type,
                        .operations = first[i].type == LW_TYPE_NONE ? LW_EXECUTABLE
                                                                    : LW_READABLE | LW_WRITABLE,
                        .multiple = first[i].multiple,
                        /* what a battery level, 3/0/9, is bound to */
                        .has_range = first[i].object == 3 && first[i].id == 9,
                        .maximum = 100,
                        .name = g_strdup_printf("Resource %u", first[i].id),
                        .units = g_strdup(""),
                };
        return def;
}

LwRegistry *codec_registry_new(void)
{
        LwRegistry *registry = lw_registry_new(NULL, NULL);

        for (size_t begin = 0, end; begin < G_N_ELEMENTS(resources); begin = end) {
                for (end = begin; end < G_N_ELEMENTS(resources); end++)
                        if (resources[end].object != resources[begin].object)
                                break;
                lw_registry_add(registry, define(&resources[begin], end - begin));
        }
        return registry;
}
