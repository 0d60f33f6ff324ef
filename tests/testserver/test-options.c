/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

TCase *test_options(void)
{
        TCase *tcase = tcase_create("options");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, has_defaults);
        tcase_add_loop_test(tcase, is_strict, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, reads_numbers_of_any_width);
        return tcase;
}
