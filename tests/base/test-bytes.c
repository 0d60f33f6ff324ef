/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the byte reader and writer. */
#include <string.h>

#include "base/bytes.h"
#include "lib/suite.h"

TCase *test_bytes(void);

static const uint8_t wire[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09 };

static const struct {
        size_t width;
        uint64_t value;
} widths[] = {
        { 1, 0x01 },
        { 2, 0x0102 },
        { 3, 0x010203 },
        { 4, 0x01020304 },
        { 7, 0x01020304050607 },
        { 8, 0x0102030405060708 },
};

START_TEST(reads_big_endian)
{
        LwReader reader = lw_reader(wire, sizeof(wire));
        uint64_t value;

        ck_assert(lw_reader_uint(&reader, widths[_i].width, &value));
        ck_assert_uint_eq(value, widths[_i].value);
        ck_assert_uint_eq(reader.left, sizeof(wire) - widths[_i].width);
        ck_assert_ptr_eq(reader.data, wire + widths[_i].width);
}
END_TEST

START_TEST(reads_nothing_where_too_little_is_left)
{
        size_t width = widths[_i].width;
        LwReader reader = lw_reader(wire, width - 1);
        const uint8_t *taken = NULL;
        uint64_t value = 99;

        ck_assert(!lw_reader_uint(&reader, width, &value));
        ck_assert(!lw_reader_take(&reader, width, &taken));
        ck_assert_uint_eq(value, 99);
        ck_assert_ptr_null(taken);
        ck_assert_ptr_eq(reader.data, wire);
        ck_assert_uint_eq(reader.left, width - 1);
}
END_TEST

START_TEST(reads_bytes_one_by_one)
{
        LwReader reader = lw_reader(wire, 2);
        uint8_t value = 0;

        ck_assert(lw_reader_u8(&reader, &value));
        ck_assert_uint_eq(value, 1);
        ck_assert(lw_reader_u8(&reader, &value));
        ck_assert_uint_eq(value, 2);
        ck_assert(!lw_reader_u8(&reader, &value));
        ck_assert_uint_eq(value, 2);
}
END_TEST

START_TEST(takes_a_slice_of_what_it_reads)
{
        LwReader reader = lw_reader(wire, sizeof(wire)), nothing = lw_reader(NULL, 0);
        const uint8_t *taken;

        ck_assert(lw_reader_take(&reader, 4, &taken));
        ck_assert_ptr_eq(taken, wire);
        ck_assert_uint_eq(reader.left, sizeof(wire) - 4);
        ck_assert(lw_reader_take(&nothing, 0, &taken));
}
END_TEST

START_TEST(writes_big_endian)
{
        g_auto(LwWriter) writer = {};

        lw_writer_uint(&writer, widths[_i].value, widths[_i].width);
        ck_assert_uint_eq(writer.length, widths[_i].width);
        ck_assert_mem_eq(writer.data, wire, writer.length);
}
END_TEST

START_TEST(writes_what_fits_the_width_alone)
{
        g_auto(LwWriter) writer = {};

        lw_writer_uint(&writer, 0x12345, 2);
        ck_assert_uint_eq(writer.length, 2);
        ck_assert_mem_eq(writer.data, "\x23\x45", 2);
}
END_TEST

START_TEST(grows_and_keeps_all)
{
        g_auto(LwWriter) writer = {};
        g_autoptr(GBytes) bytes = NULL;
        const uint8_t *data;
        size_t length;

        for (unsigned i = 0; i < 1000; i++)
                lw_writer_uint(&writer, i, 4);
        lw_writer_u8(&writer, 0xff);
        lw_writer_text(&writer, "end");
        lw_writer_put(&writer, NULL, 0);
        memcpy(lw_writer_reserve(&writer, 2), "ab", 2);
        writer.length += 2;

        bytes = lw_writer_steal(&writer);
        ck_assert_ptr_null(writer.data);
        ck_assert_uint_eq(writer.length, 0);
        data = g_bytes_get_data(bytes, &length);
        ck_assert_uint_eq(length, 4006);
        for (unsigned i = 0; i < 1000; i++)
                ck_assert_uint_eq(data[i * 4 + 2] << 8 | data[i * 4 + 3], i);
        ck_assert_mem_eq(data + 4000,
                        "\xff"
                        "endab",
                        6);
}
END_TEST

START_TEST(gives_no_bytes_when_nothing_was_written)
{
        g_auto(LwWriter) writer = {};
        g_autoptr(GBytes) bytes = lw_writer_steal(&writer);

        ck_assert_uint_eq(g_bytes_get_size(bytes), 0);
}
END_TEST

TCase *test_bytes(void)
{
        TCase *tcase = tcase_create("bytes");

        tcase_add_loop_test(tcase, reads_big_endian, 0, G_N_ELEMENTS(widths));
        tcase_add_loop_test(tcase, reads_nothing_where_too_little_is_left, 0, G_N_ELEMENTS(widths));
        tcase_add_test(tcase, reads_bytes_one_by_one);
        tcase_add_test(tcase, takes_a_slice_of_what_it_reads);
        tcase_add_loop_test(tcase, writes_big_endian, 0, G_N_ELEMENTS(widths));
        tcase_add_test(tcase, writes_what_fits_the_width_alone);
        tcase_add_test(tcase, grows_and_keeps_all);
        tcase_add_test(tcase, gives_no_bytes_when_nothing_was_written);
        return tcase;
}
