/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The format of what is sent to a client, where nobody says which. */
#include "testserver/choice.h"

#include "codec/format.h"

/* Whether a Write has one value, and this is all that its path can have. */
static bool is_single(const LwTestAsk *ask, LwRegistry *registry)
{
        const LwResourceDef *def;

        if (ask->operation != LW_OPERATION_WRITE || lw_values_count(ask->values) != 1 ||
                        !lw_path_equal(&lw_values_at(ask->values, 0)->path, &ask->path) ||
                        lw_values_at(ask->values, 0)->value.type == LW_TYPE_NONE)
                return false;
        def = lw_registry_resource(registry, ask->path.ids[0], ask->path.ids[2]);
        return def == NULL || !def->multiple || ask->path.length == LW_LEVEL_RESOURCE_INSTANCE;
}

static bool lists(const LwTestClient *client, int32_t format)
{
        size_t count;
        const uint16_t *formats = lw_object_list_formats(client->objects, &count);

        for (size_t i = 0; i < count; i++)
                if (formats[i] == format)
                        return true;
        return false;
}

/* The first of `wanted`, ended by LW_FORMAT_NONE, that the client listed and we can write; none:
 * the first. */
static int32_t first_listed(const LwTestClient *client, const int32_t *wanted)
{
        for (const int32_t *format = wanted; *format != LW_FORMAT_NONE; format++)
                if (lists(client, *format) && lw_codec_find(*format) != NULL)
                        return *format;
        return wanted[0];
}

static int32_t choose_several(const LwTestClient *client)
{
        static const int32_t since_1_1[] = { LW_FORMAT_SENML_CBOR, LW_FORMAT_SENML_JSON,
                LW_FORMAT_TLV, LW_FORMAT_NONE };
        static const int32_t since_1_2[] = { LW_FORMAT_SENML_CBOR, LW_FORMAT_SENML_JSON,
                LW_FORMAT_LWM2M_CBOR, LW_FORMAT_TLV, LW_FORMAT_NONE };

        switch (client->version) {
        case LW_VERSION_1_0:
                return LW_FORMAT_TLV;
        case LW_VERSION_1_1:
                return first_listed(client, since_1_1);
        case LW_VERSION_1_2:
                return first_listed(client, since_1_2);
        }
        return LW_FORMAT_SENML_CBOR;
}

static bool removes(const LwValues *values)
{
        for (size_t i = 0; values != NULL && i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE &&
                                entry->value.type == LW_TYPE_NONE)
                        return true;
        }
        return false;
}

/* A client that lists SenML in JSON alone has the same for ETCH, if it does not say. */
static int32_t choose_composite(const LwTestAsk *ask, const LwTestClient *client)
{
        static const int32_t plain[] = { LW_FORMAT_SENML_CBOR, LW_FORMAT_SENML_JSON,
                LW_FORMAT_NONE };
        static const int32_t etch[] = { LW_FORMAT_ETCH_CBOR, LW_FORMAT_ETCH_JSON, LW_FORMAT_NONE };
        bool is_json = first_listed(client, plain) == LW_FORMAT_SENML_JSON;

        if (client->version != LW_VERSION_1_2 && !removes(ask->values))
                return is_json ? LW_FORMAT_SENML_JSON : LW_FORMAT_SENML_CBOR;
        if (lists(client, LW_FORMAT_ETCH_CBOR) || lists(client, LW_FORMAT_ETCH_JSON))
                return first_listed(client, etch);
        return is_json ? LW_FORMAT_ETCH_JSON : LW_FORMAT_ETCH_CBOR;
}

static int32_t choose_create(const LwTestAsk *ask, const LwTestClient *client)
{
        const LwEntry *first =
                        lw_values_count(ask->values) > 0 ? lw_values_at(ask->values, 0) : NULL;

        if (first == NULL || first->path.length < LW_LEVEL_RESOURCE ||
                        first->path.ids[1] == LW_INSTANCE_UNCHOSEN)
                return LW_FORMAT_TLV;
        return choose_several(client);
}

static int32_t choose_write(const LwTestAsk *ask, const LwTestClient *client, LwRegistry *registry)
{
        if (ask->content != NULL)
                return LW_FORMAT_OPAQUE;
        if (!is_single(ask, registry))
                return choose_several(client);
        return lw_values_at(ask->values, 0)->value.type == LW_TYPE_OPAQUE ? LW_FORMAT_OPAQUE
                                                                          : LW_FORMAT_TEXT;
}

int32_t lw_test_choose_format(
                const LwTestAsk *ask, const LwTestClient *client, LwRegistry *registry)
{
        switch (ask->operation) {
        case LW_OPERATION_WRITE:
        case LW_OPERATION_WRITE_UPDATE:
                return choose_write(ask, client, registry);
        case LW_OPERATION_CREATE:
                return choose_create(ask, client);
        case LW_OPERATION_READ_COMPOSITE:
        case LW_OPERATION_WRITE_COMPOSITE:
        case LW_OPERATION_OBSERVE_COMPOSITE:
        case LW_OPERATION_CANCEL_COMPOSITE:
                return choose_composite(ask, client);
        case LW_OPERATION_EXECUTE:
                return ask->arguments != NULL && ask->arguments[0] != '\0' ? LW_FORMAT_TEXT
                                                                           : LW_FORMAT_NONE;
        case LW_OPERATION_READ:
        case LW_OPERATION_DISCOVER:
        case LW_OPERATION_WRITE_ATTRIBUTES:
        case LW_OPERATION_DELETE:
        case LW_OPERATION_OBSERVE:
        case LW_OPERATION_CANCEL:
                break;
        }
        return LW_FORMAT_NONE;
}
