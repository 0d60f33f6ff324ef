/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application/cbor: one value as one CBOR item. */
#include "codec/cbor-value.h"

#include "codec/cbor.h"
#include "codec/intake.h"
#include "model/status.h"

/* Tag 1, seconds since 1970. Source: RFC 8949, 3.4.2. */
#define TAG_EPOCH 0xc1

bool lw_cbor_encode(const LwValues *values, const LwPath *base G_GNUC_UNUSED,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        const LwValue *value = NULL;

        if (!lw_intake_only(values, &value, error))
                return false;
        /* The standard allows a Time with and without the tag; Leshan's decoder wants it. */
        if (value->type == LW_TYPE_TIME)
                lw_writer_u8(writer, TAG_EPOCH);
        return lw_cbor_write_value(writer, value, error);
}

/* The whole document: one value that is not null. */
static bool read_value(LwTokens *tokens, LwValue *ret_value, GError **error)
{
        LwToken token, end;

        if (!lw_tokens_next(tokens, &token, error))
                return false;
        if (token.kind != LW_TOKEN_VALUE || token.value.type == LW_TYPE_NONE) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "CBOR: a single value was expected, not null, an array or a map");
                return false;
        }
        *ret_value = token.value;
        return lw_tokens_next(tokens, &end, error); /* nothing but the end can follow */
}

bool lw_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error)
{
        LwIntake intake = lw_intake(how, ret_values);
        g_auto(LwCbor) cbor;
        LwValue value = {};

        lw_cbor_init(&cbor, data, length);
        switch (lw_intake_single(&intake, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        return read_value(&cbor.tokens, &value, error) &&
               lw_intake_add(&intake, &how->base, &value, error);
}
