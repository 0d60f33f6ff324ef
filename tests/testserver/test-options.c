/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/bus-pair.h"
#include "model/request.h"
#include "testserver/operations.h"
#include "testserver/options.h"
#include "testserver/suite.h"

#define ALL                                                                                        \
        (LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_MODE | LW_TEST_OPTION_RAW)

static LwPair pair;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
}

static void teardown(void)
{
        lw_pair_clear(&pair);
}

/* An a{sv} of one entry or none, ready to be read. */
static sd_bus_message *make(const char *key, const char *type, uint64_t number, const char *text)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(
                                         pair.ours, &m, NULL, "/", "org.lwm2md.Test", "Test"),
                        0);
        if (key == NULL)
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 0), 0);
        else if (type[0] == 's')
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, text), 0);
        else if (type[0] == 't' || type[0] == 'x')
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, number), 0);
        else
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, (int) number), 0);
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        return m;
}

static int read_one(unsigned allowed, sd_bus_message *m, LwTestOptions *ret_options)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = lw_test_options_read(m, allowed, ret_options, &error);

        if (r < 0)
                ck_assert(sd_bus_error_has_name(&error, SD_BUS_ERROR_INVALID_ARGS));
        sd_bus_error_free(&error);
        sd_bus_message_unref(m);
        return r;
}

START_TEST(has_defaults)
{
        g_auto(LwTestOptions) options = {};

        ck_assert_int_ge(read_one(0, make(NULL, NULL, 0, NULL), &options), 0);
        ck_assert_int_eq(options.format, LW_FORMAT_NONE);
        ck_assert_int_eq(options.accept, LW_FORMAT_NONE);
        ck_assert(!options.update && !options.non && !options.has_observe);
        ck_assert_uint_eq(options.timeout_usec, LW_TEST_TIMEOUT_USEC);
}
END_TEST

static const struct {
        const char *key, *type;
        uint64_t number;
        const char *text;
        unsigned allowed;
        bool ok;
} cases[] = {
        { "format", "s", 0, "tlv", ALL, true },
        { "format", "s", 0, "11542", ALL, true },
        { "format", "q", 11542, NULL, ALL, true },
        { "format", "i", 11542, NULL, ALL, true },
        { "format", "t", 11542, NULL, ALL, true },
        { "format", "s", 0, "bogus", ALL, false },
        { "format", "i", (uint64_t) -1, NULL, ALL, false },
        { "format", "t", 65536, NULL, ALL, false },
        { "format", "b", 1, NULL, ALL, false },
        { "format", "s", 0, "tlv", LW_TEST_OPTION_ACCEPT, false },
        { "mode", "s", 0, "update", ALL, true },
        { "mode", "s", 0, "replace", ALL, true },
        { "mode", "s", 0, "both", ALL, false },
        { "mode", "u", 1, NULL, ALL, false },
        { "non", "b", 1, NULL, 0, true },
        { "non", "s", 0, "yes", 0, false },
        { "timeout_usec", "t", 1, NULL, 0, true },
        { "timeout_usec", "u", 1000, NULL, 0, true },
        { "timeout_usec", "t", 0, NULL, 0, false },
        { "timeout_usec", "s", 0, "1s", 0, false },
        { "observe", "u", 0, NULL, ALL, true },
        { "observe", "u", 0x1000000, NULL, ALL, false },
        { "payload", "s", 0, "x", ALL, true },
        { "payload", "u", 0, NULL, ALL, false },
        { "options", "s", 0, "x", ALL, false },
        { "bogus", "s", 0, "x", ALL, false },
        { "block_size", "q", 16, NULL, 0, true },
        { "block_size", "t", 1024, NULL, 0, true },
        { "block_size", "q", 8, NULL, 0, false },
        { "block_size", "q", 100, NULL, 0, false },
        { "block_size", "u", 2048, NULL, 0, false },
        { "block_size", "s", 0, "64", 0, false },
        { "depth", "y", 3, NULL, LW_TEST_OPTION_DEPTH, true },
        { "depth", "s", 0, "3", LW_TEST_OPTION_DEPTH, false },
        { "depth", "y", 3, NULL, ALL, false },
        { "instance", "q", 65534, NULL, LW_TEST_OPTION_INSTANCE, true },
        { "instance", "q", 65535, NULL, LW_TEST_OPTION_INSTANCE, false },
        { "instance", "s", 0, "7", LW_TEST_OPTION_INSTANCE, false },
        { "blocks", "s", 0, "0", LW_TEST_OPTION_BLOCKS, false },
        { "attributes", "s", 0, "pmin=1", LW_TEST_OPTION_ATTRIBUTES, false },
        { "unset", "s", 0, "pmin", LW_TEST_OPTION_UNSET, false },
        { "remove", "s", 0, "/3/0/7/1", LW_TEST_OPTION_REMOVE, false },
        { "file", "s", 0, "/nowhere/image", LW_TEST_OPTION_SOURCE, false },
        { "file", "s", 0, "/nowhere/image", LW_TEST_OPTION_TARGET, false },
        { "file", "s", 0, "/etc/passwd", ALL, false },
        { "file", "s", 0, "/etc/passwd", LW_TEST_OPTION_SOURCE, true },
        { "file", "u", 0, NULL, LW_TEST_OPTION_SOURCE, false },
};

START_TEST(is_strict)
{
        g_auto(LwTestOptions) options = {};
        int r = read_one(cases[_i].allowed,
                        make(cases[_i].key, cases[_i].type, cases[_i].number, cases[_i].text),
                        &options);

        ck_assert_msg((r >= 0) == cases[_i].ok, "%s %s", cases[_i].key, cases[_i].type);
}
END_TEST

START_TEST(reads_numbers_of_any_width)
{
        g_auto(LwTestOptions) options = {};

        ck_assert_int_ge(read_one(ALL, make("format", "n", LW_FORMAT_SENML_CBOR, NULL), &options),
                        0);
        ck_assert_int_eq(options.format, LW_FORMAT_SENML_CBOR);
}
END_TEST

/* An a{sv} of one entry that is an array. */
static sd_bus_message *make_array(const char *key, const char *type, const char *text)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(
                                         pair.ours, &m, NULL, "/", "org.lwm2md.Test", "Test"),
                        0);
        if (strcmp(type, "au") == 0)
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, 3, 0, 2, 1), 0);
        else if (strcmp(type, "as") == 0)
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, 1, text), 0);
        else
                ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, key, type, 1, text, "u", 10),
                                0);
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        return m;
}

START_TEST(reads_queries)
{
        g_auto(LwTestOptions) options = {}, none = {}, depth = {};
        char **queries;

        ck_assert_int_ge(read_one(LW_TEST_OPTION_ATTRIBUTES,
                                         make_array("attributes", "a{sv}", "pmin"), &options),
                        0);
        queries = lw_test_options_queries(&options);
        ck_assert_str_eq(queries[0], "pmin=10");
        ck_assert_ptr_null(queries[1]);
        ck_assert_int_ge(read_one(ALL, make(NULL, NULL, 0, NULL), &none), 0);
        ck_assert_ptr_null(lw_test_options_queries(&none));
        ck_assert_int_ge(read_one(LW_TEST_OPTION_DEPTH, make("depth", "u", 2, NULL), &depth), 0);
        ck_assert_str_eq(lw_test_options_queries(&depth)[0], "depth=2");
}
END_TEST

START_TEST(reads_the_order_of_blocks)
{
        g_auto(LwTestOptions) options = {};
        LwTestWay way;

        ck_assert_int_ge(
                        read_one(LW_TEST_OPTION_BLOCKS, make_array("blocks", "au", NULL), &options),
                        0);
        way = lw_test_options_way(&options, false);
        ck_assert_uint_eq(way.order->len, 3);
        ck_assert_uint_eq(g_array_index(way.order, uint32_t, 1), 2);
}
END_TEST

static const struct {
        const char *path;
        bool ok;
} removed[] = { { "/3/0/7/1", true }, { "/3/0/7", false }, { "3/0/7/1", false } };

START_TEST(reads_what_is_to_be_removed)
{
        g_auto(LwTestOptions) options = {};
        int r = read_one(LW_TEST_OPTION_REMOVE, make_array("remove", "as", removed[_i].path),
                        &options);

        ck_assert_int_eq(r >= 0, removed[_i].ok);
        if (r >= 0)
                ck_assert_uint_eq(lw_values_count(options.removed), 1);
}
END_TEST

/* A descriptor of a program is a file as good as a path. */
START_TEST(reads_a_descriptor)
{
        int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwBlob) blob = NULL;
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(
                                         pair.ours, &m, NULL, "/", "org.lwm2md.Test", "Test"),
                        0);
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "file", "h", fd), 0);
        close(fd);
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ck_assert_int_ge(read_one(LW_TEST_OPTION_SOURCE, m, &options), 0);
        blob = lw_test_file_blob(options.file, NULL);
        ck_assert_uint_gt(lw_blob_size(blob), 0);
        ck_assert_ptr_null(lw_test_options_way(&options, false).save);
        ck_assert_ptr_eq(lw_test_options_way(&options, true).save, options.file);
}
END_TEST

TCase *test_options(void)
{
        TCase *tcase = tcase_create("options");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, has_defaults);
        tcase_add_loop_test(tcase, is_strict, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, reads_numbers_of_any_width);
        tcase_add_test(tcase, reads_queries);
        tcase_add_test(tcase, reads_the_order_of_blocks);
        tcase_add_loop_test(tcase, reads_what_is_to_be_removed, 0, G_N_ELEMENTS(removed));
        tcase_add_test(tcase, reads_a_descriptor);
        return tcase;
}
