/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of a Send: how many bytes, what of them a server may see, and the message's payload. */
#include "client/send-payload.h"

#include "client/payload.h"
#include "tree/target.h"

/* What a record has beside its text and bytes. */
#define RECORD_BYTES 32

static uint64_t size_of(const LwValue *value)
{
        switch ((LwType) value->type) {
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return value->length;
        case LW_TYPE_OPAQUE:
                return value->is_blob ? lw_blob_size(value->blob) : value->length;
        case LW_TYPE_NONE:
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_FLOAT:
        case LW_TYPE_BOOLEAN:
        case LW_TYPE_TIME:
        case LW_TYPE_OBJLNK:
                return 0;
        }
        g_assert_not_reached();
}

uint64_t lw_send_payload_size(const LwValues *values)
{
        uint64_t size = 0;

        for (size_t i = 0; i < lw_values_count(values); i++)
                size += RECORD_BYTES + size_of(&lw_values_at(values, i)->value);
        return size;
}

static bool may_see(const LwTree *tree, uint16_t server, const LwPath *path)
{
        LwRequest request = {
                .operation = LW_OPERATION_READ,
                .server = server,
                .version = LW_VERSION_1_2,
                .path = *path,
        };
        LwTarget target;

        return lw_target_find(tree, &request,
                               LW_LEVELS(LW_LEVEL_RESOURCE, LW_LEVEL_RESOURCE_INSTANCE), &target,
                               NULL) &&
               target.resource->operations & LW_READABLE;
}

LwValues *lw_send_payload_filter(const LwValues *values, const LwTree *tree, uint16_t server)
{
        LwValues *seen = lw_values_new();

        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (entry->value.type == LW_TYPE_NONE || !may_see(tree, server, &entry->path))
                        continue;
                lw_values_add(seen, &entry->path, &entry->value);
                lw_values_set_time(seen, lw_values_count(seen) - 1, lw_values_time(values, i));
        }
        return seen;
}

/* The LwM2M CBOR of 1.2 has no times, and so no two values of one path. */
static bool fits_lwm2m_cbor(const LwValues *values, LwVersion version)
{
        if (version < LW_VERSION_1_2)
                return false;
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (lw_values_time(values, i) != 0 ||
                                (i > 0 && lw_path_equal(&lw_values_at(values, i - 1)->path,
                                                          &lw_values_at(values, i)->path)))
                        return false;
        return true;
}

/* What all names begin with: the path of the only one, else a node above all. */
static LwPath base_of(const LwValues *values)
{
        LwPath base = lw_values_at(values, 0)->path;
        size_t count = lw_values_count(values);

        if (count == 1)
                return base;
        if (base.length > LW_LEVEL_INSTANCE)
                base = lw_path_prefix(&base, LW_LEVEL_INSTANCE);
        for (size_t i = 1; i < count; i++)
                while (base.length > 0 && !lw_path_contains(&base, &lw_values_at(values, i)->path))
                        base = lw_path_prefix(&base, base.length - 1u);
        return base;
}

LwBlob *lw_send_payload_encode(const LwValues *values, int32_t wanted, LwVersion version,
                LwRegistry *registry, int32_t *ret_format, GError **error)
{
        LwPath base = base_of(values);

        *ret_format = wanted;
        if (wanted == LW_FORMAT_LWM2M_CBOR && fits_lwm2m_cbor(values, version))
                base = LW_PATH_ROOT;
        else if (wanted == LW_FORMAT_LWM2M_CBOR)
                *ret_format = LW_FORMAT_SENML_CBOR;
        return lw_payload_encode(*ret_format, values, &base, registry, error);
}
