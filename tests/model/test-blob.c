/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of large values. */
#include <string.h>

#include "lib/suite.h"
#include "model/blob.h"
#include "model/status.h"

TCase *test_blob(void);

/* A source that counts up, and says when it is dropped. */
typedef struct Source {
        unsigned destroyed;
        bool fails;
} Source;

static bool count_up(void *user, uint64_t offset, uint8_t *ret_data, size_t length, GError **error)
{
        Source *source = user;

        if (source->fails) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the disk is gone");
                return false;
        }
        for (size_t i = 0; i < length; i++)
                ret_data[i] = (uint8_t) (offset + i);
        return true;
}

static void on_destroyed(void *user)
{
        ((Source *) user)->destroyed++;
}

START_TEST(holds_bytes)
{
        GBytes *bytes = g_bytes_new("0123456789", 10);
        g_autoptr(LwBlob) blob = lw_blob_new(bytes);
        uint8_t data[4];

        g_bytes_unref(bytes);
        ck_assert_uint_eq(lw_blob_size(blob), 10);
        ck_assert_mem_eq(lw_blob_data(blob), "0123456789", 10);
        ck_assert(lw_blob_read(blob, 6, data, 4, NULL));
        ck_assert_mem_eq(data, "6789", 4);
}
END_TEST

START_TEST(holds_a_copy)
{
        char data[] = "abc";
        g_autoptr(LwBlob) blob = lw_blob_new_copy(data, 3);

        memset(data, 'x', 3);
        ck_assert_uint_eq(lw_blob_size(blob), 3);
        ck_assert_mem_eq(lw_blob_data(blob), "abc", 3);
}
END_TEST

START_TEST(may_be_empty)
{
        g_autoptr(GBytes) bytes = g_bytes_new(NULL, 0);
        g_autoptr(LwBlob) blob = lw_blob_new(bytes), copy = lw_blob_new_copy(NULL, 0);

        ck_assert_uint_eq(lw_blob_size(blob), 0);
        ck_assert_ptr_nonnull(lw_blob_data(blob));
        ck_assert_ptr_nonnull(lw_blob_data(copy));
        ck_assert(lw_blob_read(blob, 0, NULL, 0, NULL));
}
END_TEST

START_TEST(reads_behind_a_callback)
{
        Source source = {};
        LwBlob *blob = lw_blob_new_reader(300, count_up, &source, on_destroyed);
        uint8_t data[3];

        ck_assert_ptr_null(lw_blob_data(blob));
        ck_assert(lw_blob_read(blob, 254, data, 3, NULL));
        ck_assert_mem_eq(data, "\xfe\xff\x00", 3);
        ck_assert_ptr_eq(lw_blob_ref(blob), blob);
        lw_blob_unref(blob);
        ck_assert_uint_eq(source.destroyed, 0);
        lw_blob_unref(blob);
        ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

START_TEST(hands_on_the_error_of_its_source)
{
        Source source = { .fails = true };
        g_autoptr(LwBlob) blob = lw_blob_new_reader(300, count_up, &source, NULL);
        g_autoptr(GError) error = NULL;
        uint8_t data[3];

        ck_assert(!lw_blob_read(blob, 0, data, 3, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_FAILED));
}
END_TEST

static const struct {
        uint64_t offset;
        size_t length;
        bool inside;
} ranges[] = {
        { 0, 10, true },
        { 10, 0, true },
        { 3, 7, true },
        { 0, 11, false },
        { 10, 1, false },
        { 11, 0, false },
        { UINT64_MAX, 2, false },
        { 2, SIZE_MAX, false },
};

START_TEST(refuses_what_lies_outside)
{
        g_autoptr(LwBlob) blob = lw_blob_new_copy("0123456789", 10);
        g_autoptr(GError) error = NULL;
        uint8_t data[10];

        ck_assert(lw_blob_read(blob, ranges[_i].offset, data, ranges[_i].length, &error) ==
                        ranges[_i].inside);
        if (!ranges[_i].inside)
                ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
}
END_TEST

START_TEST(may_be_none)
{
        ck_assert_ptr_null(lw_blob_ref(NULL));
        lw_blob_unref(NULL);
}
END_TEST

TCase *test_blob(void)
{
        TCase *tcase = tcase_create("blob");

        tcase_add_test(tcase, holds_bytes);
        tcase_add_test(tcase, holds_a_copy);
        tcase_add_test(tcase, may_be_empty);
        tcase_add_test(tcase, reads_behind_a_callback);
        tcase_add_test(tcase, hands_on_the_error_of_its_source);
        tcase_add_loop_test(tcase, refuses_what_lies_outside, 0, G_N_ELEMENTS(ranges));
        tcase_add_test(tcase, may_be_none);
        return tcase;
}
