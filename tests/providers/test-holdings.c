/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHoldings: edits, each whole or not at all, and the document. */
#include <string.h>

#include "lib/files.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/holdings.h"
#include "providers/suite.h"
#include "providers/world.h"

#define OBJECT 19

static LwWorld world;

static void setup(void)
{
        lw_world_make(&world);
}

static void teardown(void)
{
        lw_world_clear(&world);
}

/* All of it, as a Read of everything that it could have. */
static char *text_of(const LwHoldings *holdings)
{
        g_autofree uint16_t *ids = lw_holdings_instances(holdings);
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < lw_holdings_instance_count(holdings); i++) {
                LwPath instance = LW_PATH_INSTANCE(OBJECT, ids[i]);
                g_autoptr(LwValues) values = lw_values_new();

                for (uint16_t resource = 0; resource < 6; resource++) {
                        LwPath path = lw_path_child(&instance, resource);

                        lw_holdings_read(holdings, &path, values);
                }
                if (lw_values_count(values) == 0)
                        g_string_append_printf(text, "%s/19/%u=", i == 0 ? "" : " ", ids[i]);
                lw_world_print(values, text);
        }
        return g_string_free(text, false);
}

static void expect(const LwHoldings *holdings, const char *expected)
{
        g_autofree char *text = text_of(holdings);

        ck_assert_str_eq(text, expected);
}

/* Makes the instances that the values name, one after the other. */
static LwHoldings *make(const char *text)
{
        g_autoptr(LwValues) values = lw_world_values(&world, text);
        LwHoldings *holdings = lw_holdings_new(OBJECT);

        for (size_t i = 0; i < lw_values_count(values); i++) {
                LwPath instance = lw_path_prefix(&lw_values_at(values, i)->path, LW_LEVEL_INSTANCE);
                g_autoptr(LwHoldings) before = holdings;
                g_autoptr(LwValues) one = lw_values_new();

                lw_values_add(one, &lw_values_at(values, i)->path, &lw_values_at(values, i)->value);
                holdings = lw_holdings_has(before, &instance)
                                           ? lw_holdings_write(before, &instance, false, one, NULL)
                                           : lw_holdings_create(before, &instance, one, NULL);
                ck_assert_ptr_nonnull(holdings);
        }
        return holdings;
}

#define TWO "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA=="

static const struct {
        const char *before, *target;
        bool replace;
        const char *values;
        LwStatus status; /* 0: it is done */
        const char *after;
} writes[] = {
        /* a single value */
        { TWO, "/19/0/1", true, "/19/0/1=5", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=5 /19/0/3=meter /19/7/0/0=BA==" },
        { TWO, "/19/7/2", true, "/19/7/2=1000", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA== "
                        "/19/7/2=1000" },
        /* an array: replaced, merged, emptied */
        { TWO, "/19/0/0", true, "/19/0/0/1=Bw==", 0,
                        "/19/0/0/1=Bw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA==" },
        { TWO, "/19/0/0", false, "/19/0/0/3=Bw== /19/0/0/9=CA==", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Bw== /19/0/0/9=CA== /19/0/1=2 /19/0/3=meter "
                        "/19/7/0/0=BA==" },
        { TWO, "/19/0/0", true, "/19/0/0=", 0, "/19/0/0= /19/0/1=2 /19/0/3=meter /19/7/0/0=BA==" },
        { TWO, "/19/0/0", false, "/19/0/0=", 0, TWO },
        /* an instance: what is not named goes, or stays */
        { TWO, "/19/0", true, "/19/0/0/5=CQ== /19/0/4=text", 0,
                        "/19/0/0/5=CQ== /19/0/4=text /19/7/0/0=BA==" },
        { TWO, "/19/0", false, "/19/0/0/5=CQ== /19/0/4=text", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/0/5=CQ== /19/0/1=2 /19/0/3=meter "
                        "/19/0/4=text /19/7/0/0=BA==" },
        { TWO, "/19/0", true, "/19/0=", 0, "/19/0= /19/7/0/0=BA==" },
        { TWO, "/19/0", true, "", 0, "/19/0= /19/7/0/0=BA==" },
        { TWO, "/19/0", false, "", 0, TWO },
        { "/19/0=", "/19/0", false, "/19/0/0/5=CQ==", 0, "/19/0/0/5=CQ==" },
        /* an element: it must be there */
        { TWO, "/19/0/0/3", true, "/19/0/0/3=Bw==", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Bw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA==" },
        { TWO, "/19/0/0/3", false, "/19/0/0/3=Bw==", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Bw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA==" },
        { TWO, "/19/0/0/4", true, "/19/0/0/4=Bw==", LW_STATUS_NOT_FOUND, NULL },
        { TWO, "/19/0/0/4", false, "/19/0/0/4=Bw==", LW_STATUS_NOT_FOUND, NULL },
        /* several instances at once, one of them not there */
        { TWO, "/19", false, "/19/0/1=6 /19/7/1=7", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=6 /19/0/3=meter /19/7/0/0=BA== "
                        "/19/7/1=7" },
        { TWO, "/19", false, "/19/0/1=6 /19/8/1=7", LW_STATUS_NOT_FOUND, NULL },
        { TWO, "/19/8/1", true, "/19/8/1=6", LW_STATUS_NOT_FOUND, NULL },
        /* elements taken away, one of which is not there */
        { TWO, "/19", false, "/19/0/0/3 /19/7/0/0 /19/7/0/1", 0,
                        "/19/0/0/0=AQI= /19/0/1=2 /19/0/3=meter /19/7/0=" },
        /* the last of equal ones counts */
        { TWO, "/19/7", false, "/19/7/1=6 /19/7/1=7", 0,
                        "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=2 /19/0/3=meter /19/7/0/0=BA== "
                        "/19/7/1=7" },
};

START_TEST(writes_all_or_nothing)
{
        g_autoptr(LwHoldings) before = make(writes[_i].before);
        g_autoptr(LwValues) values = lw_world_values(&world, writes[_i].values);
        g_autoptr(GError) error = NULL;
        g_autoptr(LwHoldings) after = NULL;
        LwPath target;

        expect(before, writes[_i].before);
        ck_assert(lw_path_parse(writes[_i].target, &target, NULL));
        after = lw_holdings_write(before, &target, writes[_i].replace, values, &error);
        expect(before, writes[_i].before);
        if (writes[_i].status != 0) {
                ck_assert_ptr_null(after);
                ck_assert_int_eq(error->code, writes[_i].status);
                return;
        }
        ck_assert_ptr_nonnull(after);
        expect(after, writes[_i].after);
        ck_assert(lw_holdings_equal(before, after) == !strcmp(writes[_i].before, writes[_i].after));
}
END_TEST

static const struct {
        const char *before, *path;
        LwStatus status;
        const char *after;
} deletes[] = {
        { TWO, "/19/0", 0, "/19/7/0/0=BA==" },
        { TWO, "/19/0/0/3", 0, "/19/0/0/0=AQI= /19/0/1=2 /19/0/3=meter /19/7/0/0=BA==" },
        /* the array stays */
        { TWO, "/19/7/0/0", 0, "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=2 /19/0/3=meter /19/7/0=" },
        { TWO, "/19/0/0/4", LW_STATUS_NOT_FOUND, NULL },
        { TWO, "/19/1", LW_STATUS_NOT_FOUND, NULL },
        { "", "/19/0", LW_STATUS_NOT_FOUND, NULL },
};

START_TEST(deletes_instances_and_elements)
{
        g_autoptr(LwHoldings) before = make(deletes[_i].before);
        g_autoptr(GError) error = NULL;
        g_autoptr(LwHoldings) after = NULL;
        LwPath path;

        ck_assert(lw_path_parse(deletes[_i].path, &path, NULL));
        after = lw_holdings_delete(before, &path, &error);
        expect(before, deletes[_i].before);
        if (deletes[_i].status != 0) {
                ck_assert_ptr_null(after);
                ck_assert_int_eq(error->code, deletes[_i].status);
                return;
        }
        expect(after, deletes[_i].after);
}
END_TEST

START_TEST(creates_at_the_instance_that_is_said)
{
        g_autoptr(LwHoldings) before = make(TWO);
        g_autoptr(LwValues) values =
                        lw_world_values(&world, "/19/0/0/65534=AQI= /19/0/3=gas /19/0/0/0=");
        g_autoptr(LwHoldings) after =
                        lw_holdings_create(before, &LW_PATH_INSTANCE(OBJECT, 3), values, NULL);

        expect(after, "/19/0/0/0=AQI= /19/0/0/3=Aw== /19/0/1=2 /19/0/3=meter "
                      "/19/3/0/0= /19/3/0/65534=AQI= /19/3/3=gas /19/7/0/0=BA==");
}
END_TEST

START_TEST(reads_what_is_asked_for_alone)
{
        static const struct {
                const char *path, *values;
        } reads[] = {
                { "/19/0/0", "/19/0/0/0=AQI= /19/0/0/3=Aw==" },
                { "/19/0/0/3", "/19/0/0/3=Aw==" },
                { "/19/0/0/4", "" },
                { "/19/0/3", "/19/0/3=meter" },
                { "/19/0/2", "" },
                { "/19/1/0", "" },
        };
        g_autoptr(LwHoldings) holdings = make(TWO);

        for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
                g_autoptr(LwValues) values = lw_values_new();
                g_autoptr(GString) text = g_string_new(NULL);
                LwPath path;

                ck_assert(lw_path_parse(reads[i].path, &path, NULL));
                lw_holdings_read(holdings, &path, values);
                lw_world_print(values, text);
                ck_assert_str_eq(text->str, reads[i].values);
        }
}
END_TEST

/* --- limits --- */

static LwHoldings *write_bytes(
                const LwHoldings *before, uint16_t element, size_t length, LwStatus *ret_status)
{
        LwPath path = LW_PATH_RESOURCE_INSTANCE(OBJECT, 0, 0, element);
        LwPath array = lw_path_prefix(&path, LW_LEVEL_RESOURCE);
        g_autofree uint8_t *data = g_malloc0(length + 1);
        g_autoptr(LwValues) values = lw_values_new();
        LwValue value = lw_value_data(data, length);
        g_autoptr(GError) error = NULL;
        LwHoldings *after;

        lw_values_add(values, &path, &value);
        after = lw_holdings_write(before, &array, false, values, &error);
        *ret_status = error != NULL ? (LwStatus) error->code : 0;
        return after;
}

START_TEST(a_value_has_a_limit)
{
        g_autoptr(LwHoldings) before = make("/19/0="), after = NULL, large = NULL;
        LwStatus status;

        large = write_bytes(before, 0, LW_BODY_MAX + 1, &status);
        ck_assert_ptr_null(large);
        ck_assert_int_eq(status, LW_STATUS_TOO_LARGE);
        after = write_bytes(before, 0, LW_BODY_MAX, &status);
        ck_assert_ptr_nonnull(after);
}
END_TEST

START_TEST(all_values_have_a_limit)
{
        LwHoldings *holdings = make("/19/0=");
        LwStatus status = 0;
        uint16_t element;

        for (element = 0; status == 0 && element < 1000; element++) {
                g_autoptr(LwHoldings) after = write_bytes(holdings, element, LW_BODY_MAX, &status);

                if (after == NULL)
                        break;
                lw_holdings_free(holdings);
                holdings = g_steal_pointer(&after);
        }
        ck_assert_int_eq(status, LW_STATUS_TOO_LARGE);
        ck_assert_uint_eq(element, LW_STORED_MAX / LW_BODY_MAX - 1); /* entries count, too */
        lw_holdings_free(holdings);
}
END_TEST

START_TEST(instances_have_a_limit)
{
        LwHoldings *holdings = lw_holdings_new(OBJECT);
        g_autoptr(LwValues) none = lw_values_new();
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i <= LW_STORED_INSTANCES_MAX; i++) {
                g_autoptr(LwHoldings) after = lw_holdings_create(
                                holdings, &LW_PATH_INSTANCE(OBJECT, 60000 - i), none, &error);

                ck_assert((after != NULL) == (i < LW_STORED_INSTANCES_MAX));
                if (after == NULL)
                        break;
                lw_holdings_free(holdings);
                holdings = g_steal_pointer(&after);
        }
        ck_assert_int_eq(error->code, LW_STATUS_TOO_LARGE);
        ck_assert_uint_eq(lw_holdings_instance_count(holdings), LW_STORED_INSTANCES_MAX);
        lw_holdings_free(holdings);
}
END_TEST

static bool fail_to_read(void *user G_GNUC_UNUSED, uint64_t offset G_GNUC_UNUSED,
                uint8_t *ret_data G_GNUC_UNUSED, size_t length G_GNUC_UNUSED, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "gone");
        return false;
}

START_TEST(blobs_are_taken_into_memory)
{
        static const struct {
                uint64_t size;
                bool readable;
                LwStatus status;
        } blobs[] = {
                { 4, true, 0 },
                { 4, false, LW_STATUS_FAILED },
                { LW_BODY_MAX + 1, false, LW_STATUS_TOO_LARGE },
        };
        g_autoptr(LwHoldings) before = make("/19/0=");

        for (size_t i = 0; i < G_N_ELEMENTS(blobs); i++) {
                g_autoptr(LwBlob) blob =
                                blobs[i].readable ? lw_blob_new_copy("abcd", 4)
                                                  : lw_blob_new_reader(blobs[i].size, fail_to_read,
                                                                    NULL, NULL);
                LwPath path = LW_PATH_RESOURCE_INSTANCE(OBJECT, 0, 0, 1);
                LwPath instance = LW_PATH_INSTANCE(OBJECT, 0);
                g_autoptr(LwValues) values = lw_values_new();
                g_autoptr(LwHoldings) after = NULL;
                g_autoptr(GError) error = NULL;
                LwValue value = lw_value_blob(blob);

                lw_values_add(values, &path, &value);
                after = lw_holdings_write(before, &instance, false, values, &error);
                ck_assert_int_eq(error != NULL ? error->code : 0, (int) blobs[i].status);
                if (after != NULL)
                        expect(after, "/19/0/0/1=YWJjZA==");
        }
}
END_TEST

/* --- the document --- */

static const char *const documents[] = {
        "",
        TWO,
        "/19/0= /19/1/0= /19/65534/0/65534=",
        "/19/0/1=255 /19/0/2=-1 /19/0/3= /19/0/5=65535",
        "/19/300/0/0=AAECAwQFBgcICQ== /19/300/2=9223372036854775807",
};

START_TEST(a_document_is_read_back)
{
        g_autoptr(LwHoldings) holdings = make(documents[_i]), again = NULL;
        g_autoptr(GBytes) document = lw_holdings_print(holdings, world.registry, NULL);
        g_autoptr(GBytes) second = NULL;

        expect(holdings, documents[_i]);
        ck_assert_ptr_nonnull(document);
        again = lw_holdings_parse(OBJECT, document, world.registry, NULL);
        ck_assert_ptr_nonnull(again);
        expect(again, documents[_i]);
        ck_assert(lw_holdings_equal(holdings, again));
        second = lw_holdings_print(again, world.registry, NULL);
        ck_assert(g_bytes_equal(document, second));
}
END_TEST

/* OMA LwM2M TLV, by hand: the instance 2 with the array 0 of the elements 0 (01 02) and 3 (03), and
 * the resource 3 ("gas"). */
#define BY_HAND "\x08\x02\x0e\x87\x00\x42\x00\x01\x02\x41\x03\x03\xc3\x03gas"

START_TEST(a_document_is_tlv)
{
        g_autoptr(GBytes) document = g_bytes_new_static(BY_HAND, sizeof(BY_HAND) - 1);
        g_autoptr(LwHoldings) holdings = lw_holdings_parse(OBJECT, document, world.registry, NULL);
        g_autoptr(GBytes) again = NULL;

        ck_assert_ptr_nonnull(holdings);
        expect(holdings, "/19/2/0/0=AQI= /19/2/0/3=Aw== /19/2/3=gas");
        again = lw_holdings_print(holdings, world.registry, NULL);
        ck_assert(g_bytes_equal(document, again));
}
END_TEST

static const struct {
        const char *bytes;
        size_t length;
} damaged[] = {
        { BY_HAND, sizeof(BY_HAND) - 2 },          /* cut off */
        { "\xc3\x03gas", 5 },                      /* a resource without an instance */
        { "\x05\x02\xc3\x00gas", 7 },              /* a single value where an array belongs */
        { "\x03\x02\xc1\x01", 4 },                 /* a resource without its value */
        { "\x06\x02\xc4\x01\x01\x02\x03\x04", 8 }, /* priority 16909060 */
        { "garbage", 7 },
};

START_TEST(a_damaged_document_is_none)
{
        g_autoptr(GBytes) document = g_bytes_new_static(damaged[_i].bytes, damaged[_i].length);
        g_autoptr(GError) error = NULL;
        g_autoptr(LwHoldings) holdings =
                        lw_holdings_parse(OBJECT, document, world.registry, &error);

        ck_assert_ptr_null(holdings);
        ck_assert_uint_gt(strlen(error->message), 0);
}
END_TEST

TCase *test_holdings(void)
{
        TCase *tcase = tcase_create("holdings");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, writes_all_or_nothing, 0, G_N_ELEMENTS(writes));
        tcase_add_loop_test(tcase, deletes_instances_and_elements, 0, G_N_ELEMENTS(deletes));
        tcase_add_test(tcase, creates_at_the_instance_that_is_said);
        tcase_add_test(tcase, reads_what_is_asked_for_alone);
        tcase_add_test(tcase, a_value_has_a_limit);
        tcase_add_test(tcase, all_values_have_a_limit);
        tcase_add_test(tcase, instances_have_a_limit);
        tcase_add_test(tcase, blobs_are_taken_into_memory);
        tcase_add_loop_test(tcase, a_document_is_read_back, 0, G_N_ELEMENTS(documents));
        tcase_add_test(tcase, a_document_is_tlv);
        tcase_add_loop_test(tcase, a_damaged_document_is_none, 0, G_N_ELEMENTS(damaged));
        return tcase;
}
