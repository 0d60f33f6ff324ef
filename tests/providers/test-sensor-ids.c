/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Instance ids of sensors, kept as text. */
#include <string.h>

#include "model/limits.h"
#include "providers/builtin/sensor-ids.h"
#include "providers/suite.h"

static const struct {
        const char *text, *problem; /* NULL: none */
} documents[] = {
        { "", NULL },
        { "/3303/0 pci0000:00/i2c.0/-0048/lm75/temp1\n", NULL },
        { "/3303/0 a/temp1\n/3303/1 a/temp2\n/3316/0 a/in0\n", NULL },
        { "/3303/0 a/temp1 oven%20%C3%A4\n", NULL },
        { "/3303/32768 thermal/x\n", NULL },
        { "x\n", "line 1 is not an instance with its sensor" },
        { "/3303/0 a\n/3303 b\n", "line 2 is not an instance with its sensor" },
        { "/3303/0 a\n\n/3303/1 b\n", "line 2 is not an instance with its sensor" },
        { "/3303/0\n", "line 1 is not an instance with its sensor" },
        { "/3303/0 \n", "line 1 is not an instance with its sensor" },
        { "/3303/0 a%b\n", "line 1 is not an instance with its sensor" },
        { "/3303/0 a b c\n", "line 1 is not an instance with its sensor" },
        { "/3303/0 a %ff\n", "line 1 is not an instance with its sensor" },
        { "/3303/0 a %zz\n", "line 1 is not an instance with its sensor" },
};

START_TEST(what_is_printed_is_read)
{
        g_autoptr(GBytes) text = g_bytes_new_static(documents[_i].text, strlen(documents[_i].text));
        g_autoptr(LwSensorIds) ids = lw_sensor_ids_new();
        g_autoptr(GBytes) printed = NULL;
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(lw_sensor_ids_parse(ids, text, &error), documents[_i].problem == NULL);
        if (documents[_i].problem != NULL) {
                ck_assert_str_eq(error->message, documents[_i].problem);
                return;
        }
        printed = lw_sensor_ids_print(ids);
        ck_assert(g_bytes_equal(text, printed));
}
END_TEST

START_TEST(a_sensor_has_the_id_that_it_had)
{
        g_autoptr(LwSensorIds) ids = lw_sensor_ids_new();
        uint16_t id = 9;

        ck_assert(!lw_sensor_ids_find(ids, 3303, "a", &id));
        ck_assert(lw_sensor_ids_keep(ids, 3303, 0, "a"));
        ck_assert(!lw_sensor_ids_keep(ids, 3303, 0, "a"));
        ck_assert(lw_sensor_ids_keep(ids, 3304, 0, "a"));
        ck_assert(lw_sensor_ids_find(ids, 3303, "a", &id) && id == 0);
        ck_assert(lw_sensor_ids_has(ids, 3303, 0) && !lw_sensor_ids_has(ids, 3303, 1));
        lw_sensor_ids_set_text(ids, 3303, 0, "oven");
        ck_assert_str_eq(lw_sensor_ids_text(ids, 3303, 0), "oven");
        ck_assert_ptr_null(lw_sensor_ids_text(ids, 3304, 0));
        /* another one takes the id, and the first is forgotten with what it was called */
        ck_assert(lw_sensor_ids_keep(ids, 3303, 0, "b"));
        ck_assert(!lw_sensor_ids_find(ids, 3303, "a", &id));
        ck_assert_ptr_null(lw_sensor_ids_text(ids, 3303, 0));
}
END_TEST

START_TEST(who_was_used_longest_ago_is_forgotten)
{
        g_autoptr(LwSensorIds) ids = lw_sensor_ids_new();
        uint16_t id;

        for (unsigned i = 0; i <= LW_SENSOR_IDS_MAX; i++) {
                g_autofree char *key = g_strdup_printf("k%u", i);

                lw_sensor_ids_keep(ids, 3303, (uint16_t) i, key);
                lw_sensor_ids_keep(ids, 3303, 0, "k0");
        }
        ck_assert(lw_sensor_ids_find(ids, 3303, "k0", &id));
        ck_assert(!lw_sensor_ids_find(ids, 3303, "k1", &id));
        ck_assert(lw_sensor_ids_find(ids, 3303, "k2", &id));
}
END_TEST

TCase *test_sensor_ids(void)
{
        TCase *tcase = tcase_create("sensor-ids");

        tcase_add_loop_test(tcase, what_is_printed_is_read, 0, G_N_ELEMENTS(documents));
        tcase_add_test(tcase, a_sensor_has_the_id_that_it_had);
        tcase_add_test(tcase, who_was_used_longest_ago_is_forgotten);
        return tcase;
}
