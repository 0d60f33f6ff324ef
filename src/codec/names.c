/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNames: what the values of a SenML or LwM2M JSON document are called. */
#include "codec/names.h"

#include "model/status.h"

LwNames lw_names(const LwValues *values, const LwPath *base)
{
        LwNames names = { .base = *base };

        if (base->length == LW_LEVEL_ROOT)
                return names;
        names.length = lw_path_print(base, names.text);
        names.whole = lw_values_count(values) == 0 ||
                      lw_path_equal(&lw_values_at(values, 0)->path, base);
        if (!names.whole)
                names.text[names.length++] = '/';
        return names;
}

static bool fail_unchosen(GError **error)
{
        g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                        "names cannot leave the id of an instance open; use TLV or LwM2M CBOR");
        return false;
}

/* A provider's mistake. */
static bool fail_mixed(const LwPath *base, GError **error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(base, text);
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                        "%s has a value of its own and values below it", text);
        return false;
}

bool lw_names_print(const LwNames *self, const LwPath *path, char text[static LW_PATH_TEXT_MAX],
                size_t *ret_length, GError **error)
{
        char *at = text;

        if (path->ids[1] > LW_ID_MAX)
                return fail_unchosen(error);
        if (self->base.length == LW_LEVEL_ROOT) {
                *ret_length = lw_path_print(path, text);
                return true;
        }
        if (self->whole && path->length > self->base.length)
                *at++ = '/'; /* what came first is empty, and its name was whole */
        at += lw_path_print_below(path, self->base.length, at);
        *ret_length = (size_t) (at - text);
        return self->whole || at > text || fail_mixed(&self->base, error);
}
