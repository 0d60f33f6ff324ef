/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every codec against the wire vectors of tests/data, in both directions. */
#include <string.h>

#include <check.h>

#include "codec/format.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_vectors(void);

static const char *const files[] = {
        "text.hex",
        "opaque.hex",
        "cbor.hex",
        "tlv.hex",
        "senml-json.hex",
        "senml-cbor.hex",
        "etch-json.hex",
        "etch-cbor.hex",
        "lwm2m-json.hex",
        "lwm2m-cbor.hex",
};

static LwRegistry *known, *nothing;
static GPtrArray *vectors;

static void load(void)
{
        known = codec_registry_new();
        nothing = lw_registry_new(NULL, NULL);
        vectors = vectors_load(files[0], known);
}

static void drop(void)
{
        g_ptr_array_unref(vectors);
        lw_registry_free(known);
        lw_registry_free(nothing);
}

static void use_file(int index)
{
        g_ptr_array_unref(vectors);
        vectors = vectors_load(files[index], known);
        /* what is to be kept as it shows itself must not be known */
        for (unsigned i = 0; i < vectors->len; i++) {
                Vector *vector = vectors->pdata[i];

                if (vector->how.keep_unknown)
                        vector->how.registry = nothing;
        }
}

START_TEST(bytes_become_values)
{
        use_file(_i);
        for (unsigned i = 0; i < vectors->len; i++) {
                const Vector *vector = vectors->pdata[i];
                g_autoptr(LwValues) values = lw_values_new();
                g_autoptr(GError) error = NULL;

                ck_assert_msg(lw_format_decode(vector->format, vector->bytes->data,
                                              vector->bytes->len, &vector->how, values, &error),
                                "%s: %s", vector->title, error ? error->message : "");
                vectors_compare(vector->title, values, vector->values);
        }
}
END_TEST

static void encode(const Vector *vector, LwWriter *writer)
{
        g_autoptr(GError) error = NULL;
        bool ok = vector->how.paths_only
                                  ? lw_format_encode_paths(
                                                    vector->format, vector->values, writer, &error)
                                  : lw_format_encode(vector->format, vector->values,
                                                    &vector->how.base, known, writer, &error);

        ck_assert_msg(ok, "%s: %s", vector->title, error ? error->message : "");
}

START_TEST(values_become_bytes)
{
        use_file(_i);
        for (unsigned i = 0; i < vectors->len; i++) {
                const Vector *vector = vectors->pdata[i];
                g_auto(LwWriter) writer = {};

                if (vector->decode_only)
                        continue;
                encode(vector, &writer);
                ck_assert_msg(writer.length == vector->bytes->len,
                                "%s: %zu bytes instead of %u: %.*s", vector->title, writer.length,
                                vector->bytes->len, (int) writer.length, (char *) writer.data);
                if (writer.length > 0)
                        ck_assert_msg(memcmp(writer.data, vector->bytes->data, writer.length) == 0,
                                        "%s: other bytes: %.*s", vector->title, (int) writer.length,
                                        (char *) writer.data);
        }
}
END_TEST

/* Also where others would write them otherwise. */
START_TEST(values_come_back_from_our_bytes)
{
        use_file(_i);
        for (unsigned i = 0; i < vectors->len; i++) {
                const Vector *vector = vectors->pdata[i];
                g_autoptr(LwValues) values = lw_values_new();
                g_autoptr(GError) error = NULL;
                g_auto(LwWriter) writer = {};

                encode(vector, &writer);
                ck_assert_msg(lw_format_decode(vector->format, writer.data, writer.length,
                                              &vector->how, values, &error),
                                "%s: %s", vector->title, error ? error->message : "");
                vectors_compare(vector->title, values, vector->values);
        }
}
END_TEST

/* Of a vector that is cut short nothing but an answer with a reason may come, or less than the
 * whole. */
START_TEST(a_cut_is_an_error_or_less)
{
        use_file(_i);
        for (unsigned i = 0; i < vectors->len; i++) {
                const Vector *vector = vectors->pdata[i];

                for (unsigned length = 0; length < vector->bytes->len; length++) {
                        g_autoptr(LwValues) values = lw_values_new();
                        g_autoptr(GError) error = NULL;
                        /* so that a sanitizer sees a step beyond */
                        g_autofree uint8_t *cut = g_memdup2(vector->bytes->data, length);

                        if (lw_format_decode(vector->format, cut, length, &vector->how, values,
                                            &error)) {
                                ck_assert_uint_le(lw_values_count(values),
                                                MAX(lw_values_count(vector->values), 1));
                                continue;
                        }
                        ck_assert_ptr_nonnull(error);
                        ck_assert_msg(error->domain == LW_ERROR &&
                                                        error->code == LW_STATUS_BAD_REQUEST,
                                        "%s, cut to %u: %s", vector->title, length, error->message);
                }
        }
}
END_TEST

TCase *test_vectors(void)
{
        TCase *tcase = tcase_create("vectors");

        tcase_add_checked_fixture(tcase, load, drop);
        tcase_add_loop_test(tcase, bytes_become_values, 0, G_N_ELEMENTS(files));
        tcase_add_loop_test(tcase, values_become_bytes, 0, G_N_ELEMENTS(files));
        tcase_add_loop_test(tcase, values_come_back_from_our_bytes, 0, G_N_ELEMENTS(files));
        tcase_add_loop_test(tcase, a_cut_is_an_error_or_less, 0, G_N_ELEMENTS(files));
        return tcase;
}
