/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values to D-Bus and back: every type both ways, widths, ranges, text, arrays. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "bus/memfd.h"
#include "bus/variant.h"
#include "lib/bus-pair.h"
#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"

static LwPair pair;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
}

static void teardown(void)
{
        lw_pair_clear(&pair);
}

static sd_bus_message *new_message(void)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(pair.ours, &m, "a.b", "/", "a.b", "C"), 0);
        return m;
}

/* As it is for whoever gets it. */
static void send_and_receive(sd_bus_message *m)
{
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
}

static const LwPath resource_path = LW_PATH_RESOURCE(3, 0, 9);

static LwResourceDef definition(LwType type, bool multiple)
{
        static char name[] = "Thing";

        return (LwResourceDef){
                .id = 9, .type = (uint8_t) type, .multiple = multiple, .name = name
        };
}

/* Scalars, as the design's table of values has them */

/* clang-format off */
static const struct {
        LwValue value;
        const char *contents;
} scalars[] = {
        { { .type = LW_TYPE_STRING, .text = "Gr\xc3\xbc\xc3\x9f", .length = 6 }, "s" },
        { { .type = LW_TYPE_STRING, .text = "", .length = 0 },                   "s" },
        { { .type = LW_TYPE_CORELNK, .text = "</3/0>", .length = 6 },            "s" },
        { { .type = LW_TYPE_INTEGER, .integer = INT64_MIN },                     "x" },
        { { .type = LW_TYPE_INTEGER, .integer = INT64_MAX },                     "x" },
        { { .type = LW_TYPE_TIME, .integer = 1700000000 },                       "x" },
        { { .type = LW_TYPE_UNSIGNED, .unsigned_integer = UINT64_MAX },          "t" },
        { { .type = LW_TYPE_FLOAT, .number = -0.25 },                            "d" },
        { { .type = LW_TYPE_FLOAT, .number = INFINITY },                         "d" },
        { { .type = LW_TYPE_BOOLEAN, .boolean = true },                          "b" },
        { { .type = LW_TYPE_BOOLEAN, .boolean = false },                         "b" },
        { { .type = LW_TYPE_OPAQUE, .data = (const uint8_t *) "\0\1\xff", .length = 3 }, "ay" },
        { { .type = LW_TYPE_OPAQUE, .data = (const uint8_t *) "", .length = 0 }, "ay" },
        { { .type = LW_TYPE_OBJLNK, .link = { 65535, 65535 } },                  "(qq)" },
        { { .type = LW_TYPE_OBJLNK, .link = { 66, 0 } },                         "(qq)" },
};
/* clang-format on */

START_TEST(a_scalar_comes_back)
{
        LwResourceDef def = definition((LwType) scalars[_i].value.type, false);
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();
        const char *contents;
        char type;

        ck_assert_int_ge(lw_variant_append(m, &scalars[_i].value), 0);
        send_and_receive(m);
        ck_assert_int_gt(sd_bus_message_peek_type(m, &type, &contents), 0);
        ck_assert_int_eq(type, 'v');
        ck_assert_str_eq(contents, scalars[_i].contents);
        ck_assert(lw_variant_read(m, &resource_path, &def, LW_VARIANT_STRICT, values, NULL));
        ck_assert_uint_eq(lw_values_count(values), 1);
        ck_assert(lw_path_equal(&lw_values_at(values, 0)->path, &resource_path));
        ck_assert(lw_value_equal(&lw_values_at(values, 0)->value, &scalars[_i].value));
        sd_bus_message_unref(m);
}
END_TEST

/* What is taken for which type; `number` is the value for all of the number types */

#define STRICT LW_VARIANT_STRICT
#define PERSON LW_VARIANT_PERSON

/* clang-format off */
static const struct {
        LwVariantReader reader;
        LwType type;
        const char *contents;
        union { uint8_t y; int16_t n; uint16_t q; int32_t i; uint32_t u; int64_t x; uint64_t t;
                double d; int b; const char *s; } given;
        bool ok;
        LwValue wanted;
} inputs[] = {
        { STRICT, LW_TYPE_INTEGER, "y", { .y = 255 },        true,  { .type = LW_TYPE_INTEGER, .integer = 255 } },
        { STRICT, LW_TYPE_INTEGER, "n", { .n = -32768 },     true,  { .type = LW_TYPE_INTEGER, .integer = -32768 } },
        { STRICT, LW_TYPE_INTEGER, "q", { .q = 65535 },      true,  { .type = LW_TYPE_INTEGER, .integer = 65535 } },
        { STRICT, LW_TYPE_INTEGER, "i", { .i = -5 },         true,  { .type = LW_TYPE_INTEGER, .integer = -5 } },
        { STRICT, LW_TYPE_INTEGER, "u", { .u = UINT32_MAX }, true,  { .type = LW_TYPE_INTEGER, .integer = UINT32_MAX } },
        { STRICT, LW_TYPE_INTEGER, "t", { .t = INT64_MAX },  true,  { .type = LW_TYPE_INTEGER, .integer = INT64_MAX } },
        { STRICT, LW_TYPE_INTEGER, "t", { .t = (uint64_t) INT64_MAX + 1 }, false, {} },
        { STRICT, LW_TYPE_INTEGER, "d", { .d = 5.0 },        false, {} },
        { STRICT, LW_TYPE_INTEGER, "b", { .b = 1 },          false, {} },
        { STRICT, LW_TYPE_INTEGER, "s", { .s = "5" },        false, {} },
        { STRICT, LW_TYPE_TIME,    "i", { .i = 86400 },      true,  { .type = LW_TYPE_TIME, .integer = 86400 } },
        { STRICT, LW_TYPE_UNSIGNED, "i", { .i = 7 },         true,  { .type = LW_TYPE_UNSIGNED, .unsigned_integer = 7 } },
        { STRICT, LW_TYPE_UNSIGNED, "i", { .i = -1 },        false, {} },
        { STRICT, LW_TYPE_UNSIGNED, "x", { .x = INT64_MAX }, true,  { .type = LW_TYPE_UNSIGNED, .unsigned_integer = INT64_MAX } },
        { STRICT, LW_TYPE_FLOAT,   "i", { .i = -3 },         true,  { .type = LW_TYPE_FLOAT, .number = -3 } },
        { STRICT, LW_TYPE_FLOAT,   "t", { .t = 23 },         true,  { .type = LW_TYPE_FLOAT, .number = 23 } },
        { STRICT, LW_TYPE_FLOAT,   "s", { .s = "2.5" },      false, {} },
        { STRICT, LW_TYPE_BOOLEAN, "i", { .i = 1 },          false, {} },
        { STRICT, LW_TYPE_BOOLEAN, "s", { .s = "1" },        false, {} },
        { STRICT, LW_TYPE_STRING,  "i", { .i = 1 },          false, {} },
        { STRICT, LW_TYPE_OPAQUE,  "s", { .s = "AAE=" },     false, {} },
        { STRICT, LW_TYPE_OBJLNK,  "s", { .s = "3:0" },      false, {} },
        { STRICT, LW_TYPE_OBJLNK,  "u", { .u = 3 },          false, {} },
        { PERSON, LW_TYPE_INTEGER, "y", { .y = 9 },          true,  { .type = LW_TYPE_INTEGER, .integer = 9 } },
        { PERSON, LW_TYPE_INTEGER, "s", { .s = "-5" },       true,  { .type = LW_TYPE_INTEGER, .integer = -5 } },
        { PERSON, LW_TYPE_INTEGER, "s", { .s = "five" },     false, {} },
        { PERSON, LW_TYPE_INTEGER, "s", { .s = "" },         false, {} },
        { PERSON, LW_TYPE_INTEGER, "d", { .d = 5.0 },        false, {} },
        { PERSON, LW_TYPE_UNSIGNED, "s", { .s = "18446744073709551615" }, true, { .type = LW_TYPE_UNSIGNED, .unsigned_integer = UINT64_MAX } },
        { PERSON, LW_TYPE_UNSIGNED, "s", { .s = "-1" },      false, {} },
        { PERSON, LW_TYPE_FLOAT,   "s", { .s = "-23.5" },    true,  { .type = LW_TYPE_FLOAT, .number = -23.5 } },
        { PERSON, LW_TYPE_BOOLEAN, "s", { .s = "1" },        true,  { .type = LW_TYPE_BOOLEAN, .boolean = true } },
        { PERSON, LW_TYPE_BOOLEAN, "s", { .s = "yes" },      false, {} },
        { PERSON, LW_TYPE_TIME,    "s", { .s = "1700000000" }, true, { .type = LW_TYPE_TIME, .integer = 1700000000 } },
        { PERSON, LW_TYPE_STRING,  "s", { .s = "-5" },       true,  { .type = LW_TYPE_STRING, .text = "-5", .length = 2 } },
        { PERSON, LW_TYPE_OPAQUE,  "s", { .s = "AAH/" },     true,  { .type = LW_TYPE_OPAQUE, .data = (const uint8_t *) "\0\1\xff", .length = 3 } },
        { PERSON, LW_TYPE_OPAQUE,  "s", { .s = "not base64" }, false, {} },
        { PERSON, LW_TYPE_OBJLNK,  "s", { .s = "3:0" },      true,  { .type = LW_TYPE_OBJLNK, .link = { 3, 0 } } },
        { PERSON, LW_TYPE_OBJLNK,  "s", { .s = "3" },        false, {} },
};
/* clang-format on */

static void append_given(sd_bus_message *m, const char *contents, const void *given, const char *s)
{
        ck_assert_int_ge(sd_bus_message_open_container(m, 'v', contents), 0);
        ck_assert_int_ge(sd_bus_message_append_basic(m, contents[0], *contents == 's' ? s : given),
                        0);
        ck_assert_int_ge(sd_bus_message_close_container(m), 0);
}

START_TEST(takes_what_fits_the_type_and_no_more)
{
        LwResourceDef def = definition(inputs[_i].type, false);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        sd_bus_message *m = new_message();
        bool ok;

        append_given(m, inputs[_i].contents, &inputs[_i].given, inputs[_i].given.s);
        send_and_receive(m);
        ok = lw_variant_read(m, &resource_path, &def, inputs[_i].reader, values, &error);
        ck_assert_msg(ok == inputs[_i].ok, "%s", error != NULL ? error->message : "was taken");
        if (ok)
                ck_assert(lw_value_equal(&lw_values_at(values, 0)->value, &inputs[_i].wanted));
        else
                ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        sd_bus_message_unref(m);
}
END_TEST

/* Arrays */

static bool read_array(const LwResourceDef *def, const LwPath *path, const uint16_t *ids,
                size_t count, LwValues *values, GError **error)
{
        sd_bus_message *m = new_message();
        bool ok;

        ck_assert_int_ge(sd_bus_message_open_container(m, 'v', "a{qv}"), 0);
        ck_assert_int_ge(sd_bus_message_open_container(m, 'a', "{qv}"), 0);
        for (size_t i = 0; i < count; i++)
                ck_assert_int_ge(sd_bus_message_append(m, "{qv}", ids[i], "i", (int) i), 0);
        sd_bus_message_close_container(m);
        sd_bus_message_close_container(m);
        send_and_receive(m);
        ok = lw_variant_read(m, path, def, LW_VARIANT_STRICT, values, error);
        if (ok)
                ck_assert_int_gt(sd_bus_message_at_end(m, true), 0);
        sd_bus_message_unref(m);
        return ok;
}

START_TEST(an_array_lies_at_its_resource_instances)
{
        static const uint16_t ids[] = { 7, 0, 65534 };
        LwResourceDef def = definition(LW_TYPE_INTEGER, true);
        g_autoptr(LwValues) values = lw_values_new();

        ck_assert(read_array(&def, &resource_path, ids, G_N_ELEMENTS(ids), values, NULL));
        ck_assert_uint_eq(lw_values_count(values), 3);
        for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
                LwPath path = LW_PATH_RESOURCE_INSTANCE(3, 0, 9, ids[i]);

                ck_assert_int_eq(lw_values_find(values, &path)->value.integer, (int) i);
        }
}
END_TEST

START_TEST(an_empty_array_is_an_entry_without_value)
{
        LwResourceDef def = definition(LW_TYPE_INTEGER, true);
        g_autoptr(LwValues) values = lw_values_new();

        ck_assert(read_array(&def, &resource_path, NULL, 0, values, NULL));
        ck_assert_uint_eq(lw_values_count(values), 1);
        ck_assert(lw_path_equal(&lw_values_at(values, 0)->path, &resource_path));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_NONE);
}
END_TEST

static const struct {
        const char *why;
        bool multiple;
        LwPath path;
        uint16_t ids[2];
        size_t count;
} bad_arrays[] = {
        { "twice the same", true, LW_PATH_RESOURCE(3, 0, 9), { 4, 4 }, 2 },
        { "65535 is reserved", true, LW_PATH_RESOURCE(3, 0, 9), { 65535 }, 1 },
        { "not multiple", false, LW_PATH_RESOURCE(3, 0, 9), { 0 }, 1 },
        { "one element was addressed", true, LW_PATH_RESOURCE_INSTANCE(3, 0, 9, 0), { 0 }, 1 },
};

START_TEST(refuses_an_array)
{
        LwResourceDef def = definition(LW_TYPE_INTEGER, bad_arrays[_i].multiple);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;

        ck_assert_msg(!read_array(&def, &bad_arrays[_i].path, bad_arrays[_i].ids,
                                      bad_arrays[_i].count, values, &error),
                        "%s", bad_arrays[_i].why);
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(a_single_value_is_no_array)
{
        LwResourceDef def = definition(LW_TYPE_INTEGER, true);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "i", 5), 0);
        send_and_receive(m);
        ck_assert(!lw_variant_read(m, &resource_path, &def, LW_VARIANT_PERSON, values, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "/3/0/9/0"));
        sd_bus_message_unref(m);
}
END_TEST

START_TEST(what_nobody_knows_is_left_to_the_tree)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{sv}", 1, "k", "i", 5), 0);
        send_and_receive(m);
        ck_assert(lw_variant_read(m, &resource_path, NULL, LW_VARIANT_PERSON, values, NULL));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_NONE);
        sd_bus_message_unref(m);
}
END_TEST

/* a{sv} */

static const struct {
        LwPath target;
        const char *printed; /* keys, each with the contents of its variant */
} answers[] = {
        { LW_PATH_OBJECT(3), "/3/0/0=s /3/0/6=a{qv}2 /3/0/7=a{qv}0 /3/1/0=s " },
        { LW_PATH_RESOURCE_INSTANCE(3, 0, 6, 1), "/3/0/6/1=x " },
};

static void add_answer(LwValues *values, const LwPath *target)
{
        static const struct {
                LwPath path;
                LwValue value;
        } rows[] = {
                { LW_PATH_RESOURCE_INSTANCE(3, 0, 6, 1),
                                { .type = LW_TYPE_INTEGER, .integer = 5 } },
                { LW_PATH_INSTANCE(3, 2), { .type = LW_TYPE_NONE } },
                { LW_PATH_RESOURCE(3, 1, 0), { .type = LW_TYPE_STRING, .text = "b", .length = 1 } },
                { LW_PATH_RESOURCE(3, 0, 7), { .type = LW_TYPE_NONE } },
                { LW_PATH_RESOURCE_INSTANCE(3, 0, 6, 0),
                                { .type = LW_TYPE_INTEGER, .integer = 1 } },
                { LW_PATH_RESOURCE(3, 0, 0), { .type = LW_TYPE_STRING, .text = "a", .length = 1 } },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                if (lw_path_contains(target, &rows[i].path))
                        lw_values_add(values, &rows[i].path, &rows[i].value);
        }
}

static void print_variant(sd_bus_message *m, GString *text)
{
        const char *contents;
        size_t count = 0;

        ck_assert_int_gt(sd_bus_message_peek_type(m, NULL, &contents), 0);
        g_string_append(text, contents);
        if (strcmp(contents, "a{qv}") != 0) {
                ck_assert_int_ge(sd_bus_message_skip(m, "v"), 0);
                return;
        }
        sd_bus_message_enter_container(m, 'v', "a{qv}");
        sd_bus_message_enter_container(m, 'a', "{qv}");
        for (; sd_bus_message_at_end(m, false) == 0; count++)
                ck_assert_int_ge(sd_bus_message_skip(m, "{qv}"), 0);
        sd_bus_message_exit_container(m);
        sd_bus_message_exit_container(m);
        g_string_append_printf(text, "%zu", count);
}

START_TEST(an_answer_gathers_arrays_under_their_resource)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();
        const char *key;

        add_answer(values, &answers[_i].target);
        ck_assert_int_ge(lw_variant_append_values(m, &answers[_i].target, values), 0);
        send_and_receive(m);
        ck_assert_str_eq(sd_bus_message_get_signature(m, true), "a{sv}");
        sd_bus_message_enter_container(m, 'a', "{sv}");
        while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
                sd_bus_message_read(m, "s", &key);
                g_string_append_printf(text, "%s=", key);
                print_variant(m, text);
                g_string_append_c(text, ' ');
                sd_bus_message_exit_container(m);
        }
        ck_assert_str_eq(text->str, answers[_i].printed);
        sd_bus_message_unref(m);
}
END_TEST

/* Large values */

START_TEST(from_64_kib_on_opaque_travels_as_a_sealed_memfd)
{
        size_t length = LW_BODY_MAX - 1 + (size_t) _i;
        g_autofree uint8_t *data = g_malloc0(length);
        g_autoptr(LwBlob) blob = lw_blob_new_copy(data, length);
        LwValue plain = lw_value_data(data, length), large = lw_value_blob(blob);
        const char *contents;

        for (int i = 0; i < 2; i++) {
                sd_bus_message *m = new_message();

                ck_assert_int_ge(lw_variant_append(m, i == 0 ? &plain : &large), 0);
                send_and_receive(m);
                ck_assert_int_gt(sd_bus_message_peek_type(m, NULL, &contents), 0);
                ck_assert_str_eq(contents, _i == 0 ? "ay" : "h");
                sd_bus_message_unref(m);
        }
}
END_TEST

static bool read_descriptor(int fd, GError **error)
{
        LwResourceDef def = definition(LW_TYPE_OPAQUE, false);
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();
        bool ok;

        ck_assert_int_ge(sd_bus_message_append(m, "v", "h", fd), 0);
        send_and_receive(m);
        ok = lw_variant_read(m, &resource_path, &def, LW_VARIANT_STRICT, values, error);
        if (ok)
                ck_assert_mem_eq(lw_values_at(values, 0)->value.data, "image", 5);
        sd_bus_message_unref(m);
        return ok;
}

START_TEST(takes_a_sealed_memfd_and_no_other_descriptor)
{
        g_autoptr(LwBlob) blob = lw_blob_new_copy("image", 5);
        g_autoptr(GError) error = NULL;
        int sealed = lw_memfd_new(blob, NULL);
        int ends[2];

        ck_assert_int_ge(sealed, 0);
        ck_assert(read_descriptor(sealed, NULL));
        close(sealed);
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert(!read_descriptor(ends[0], &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        close(ends[0]);
        close(ends[1]);
}
END_TEST

START_TEST(more_bytes_than_a_body_are_refused)
{
        LwResourceDef def = definition(LW_TYPE_OPAQUE, false);
        g_autofree uint8_t *data = g_malloc0(LW_BODY_MAX + 1);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        sd_bus_message *m = new_message();

        sd_bus_message_open_container(m, 'v', "ay");
        sd_bus_message_append_array(m, 'y', data, LW_BODY_MAX + 1);
        sd_bus_message_close_container(m);
        send_and_receive(m);
        ck_assert(!lw_variant_read(m, &resource_path, &def, LW_VARIANT_STRICT, values, &error));
        ck_assert_int_eq(error->code, LW_STATUS_TOO_LARGE);
        sd_bus_message_unref(m);
}
END_TEST

TCase *test_variant(void);
TCase *test_variant(void)
{
        TCase *tcase = tcase_create("variant");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, a_scalar_comes_back, 0, G_N_ELEMENTS(scalars));
        tcase_add_loop_test(tcase, takes_what_fits_the_type_and_no_more, 0, G_N_ELEMENTS(inputs));
        tcase_add_test(tcase, an_array_lies_at_its_resource_instances);
        tcase_add_test(tcase, an_empty_array_is_an_entry_without_value);
        tcase_add_loop_test(tcase, refuses_an_array, 0, G_N_ELEMENTS(bad_arrays));
        tcase_add_test(tcase, a_single_value_is_no_array);
        tcase_add_test(tcase, what_nobody_knows_is_left_to_the_tree);
        tcase_add_loop_test(tcase, an_answer_gathers_arrays_under_their_resource, 0,
                        G_N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, from_64_kib_on_opaque_travels_as_a_sealed_memfd, 0, 2);
        tcase_add_test(tcase, takes_a_sealed_memfd_and_no_other_descriptor);
        tcase_add_test(tcase, more_bytes_than_a_body_are_refused);
        return tcase;
}
