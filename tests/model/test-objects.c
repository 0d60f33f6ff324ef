/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the object files that we ship, and of those of the OMA where $LWM2MD_OBJECTS names them.
 */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "lib/suite.h"
#include "model/definition-xml.h"

TCase *test_objects(void);

/* The versions of LwM2M 1.2; the counts are those of the tables of the standard. */
static const struct {
        uint16_t id;
        unsigned major, minor, resources;
        bool multiple, mandatory;
        const char *name;
} ours[] = {
        { 0, 1, 2, 31, true, true, "LWM2M Security" },
        { 1, 1, 2, 28, true, true, "LwM2M Server" },
        { 2, 1, 1, 4, true, false, "LwM2M Access Control" },
        { 3, 1, 2, 23, false, true, "Device" },
        { 4, 1, 3, 14, false, false, "Connectivity Monitoring" },
        { 5, 1, 2, 14, false, false, "Firmware Update" },
        { 6, 1, 0, 7, false, false, "Location" },
        { 7, 1, 0, 9, false, false, "Connectivity Statistics" },
        { 16, 1, 0, 4, true, false, "Portfolio" },
        { 19, 1, 0, 6, true, false, "BinaryAppDataContainer" },
        { 3303, 1, 1, 12, true, false, "Temperature" },
        { 10241, 1, 0, 4, true, false, "HostDeviceInfo" },
        { 3301, 1, 1, 12, true, false, "Illuminance" },
        { 3304, 1, 1, 12, true, false, "Humidity" },
        { 3313, 1, 1, 11, true, false, "Accelerometer" },
        { 3314, 1, 1, 10, true, false, "Magnetometer" },
        { 3315, 1, 1, 12, true, false, "Barometer" },
        { 3316, 1, 1, 13, true, false, "Voltage" },
        { 3317, 1, 1, 13, true, false, "Current" },
        { 3318, 1, 1, 13, true, false, "Frequency" },
        { 3325, 1, 1, 13, true, false, "Concentration" },
        { 3326, 1, 1, 13, true, false, "Acidity" },
        { 3327, 1, 1, 13, true, false, "Conductivity" },
        { 3328, 1, 1, 13, true, false, "Power" },
        { 3330, 1, 1, 13, true, false, "Distance" },
        { 3334, 1, 1, 18, true, false, "Gyrometer" },
        { 3346, 1, 1, 13, true, false, "Rate" },
};

static LwObjectDef *read_definition(const char *directory, const char *name)
{
        g_autofree char *file = g_build_filename(directory, name, NULL);
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;
        LwObjectDef *def;
        size_t length;

        ck_assert_msg(g_file_get_contents(file, &text, &length, &error), "%s",
                        error != NULL ? error->message : "");
        def = lw_definition_xml_parse(text, length, &error);
        ck_assert_msg(def != NULL, "%s: %s", file, error != NULL ? error->message : "");
        return def;
}

static LwObjectDef *read_ours(uint16_t id)
{
        const char *source = g_getenv("srcdir");
        g_autofree char *directory =
                        g_build_filename(source != NULL ? source : ".", "data", "objects", NULL);
        g_autofree char *name = g_strdup_printf("%u.xml", id);

        return read_definition(directory, name);
}

START_TEST(describes_our_objects)
{
        g_autoptr(LwObjectDef) def = read_ours(ours[_i].id);

        ck_assert_uint_eq(def->id, ours[_i].id);
        ck_assert_uint_eq(def->major, ours[_i].major);
        ck_assert_uint_eq(def->minor, ours[_i].minor);
        ck_assert_uint_eq(def->resource_count, ours[_i].resources);
        ck_assert(def->multiple == ours[_i].multiple);
        ck_assert(def->mandatory == ours[_i].mandatory);
        ck_assert_str_eq(def->name, ours[_i].name);
        for (size_t i = 0; i < def->resource_count; i++) {
                const LwResourceDef *resource = &def->resources[i];

                /* what is executed has no value, everything else has a type */
                ck_assert((resource->operations == LW_EXECUTABLE) ==
                                (resource->type == LW_TYPE_NONE));
                ck_assert((resource->operations == 0) == (def->id == 0));
                ck_assert_uint_eq(strlen(resource->name) > 0, true);
        }
}
END_TEST

/* Samples that decide what a server may do; the whole is compared below. */
static const struct {
        uint16_t object, resource;
        LwType type;
        unsigned operations;
        bool multiple, mandatory;
        double minimum, maximum; /* both 0: none */
} samples[] = {
        { 0, 0, LW_TYPE_STRING, 0, false, true, 0, 255 },
        { 0, 7, LW_TYPE_OPAQUE, 0, false, false, 6, 6 },
        { 0, 16, LW_TYPE_UNSIGNED, 0, true, false, 0, 0 },
        { 1, 0, LW_TYPE_INTEGER, LW_READABLE, false, true, 1, 65534 },
        { 1, 1, LW_TYPE_INTEGER, LW_READABLE | LW_WRITABLE, false, true, 0, 0 },
        { 1, 7, LW_TYPE_STRING, LW_READABLE | LW_WRITABLE, false, true, 0, 0 },
        { 1, 8, LW_TYPE_NONE, LW_EXECUTABLE, false, true, 0, 0 },
        { 1, 22, LW_TYPE_STRING, LW_READABLE | LW_WRITABLE, false, false, 0, 0 },
        { 2, 2, LW_TYPE_INTEGER, LW_READABLE | LW_WRITABLE, true, false, 0, 31 },
        { 3, 4, LW_TYPE_NONE, LW_EXECUTABLE, false, true, 0, 0 },
        { 3, 11, LW_TYPE_INTEGER, LW_READABLE, true, true, 0, 32 },
        { 3, 13, LW_TYPE_TIME, LW_READABLE | LW_WRITABLE, false, false, 0, 0 },
        { 3, 22, LW_TYPE_OBJLNK, LW_READABLE, true, false, 0, 0 },
        { 4, 4, LW_TYPE_STRING, LW_READABLE, true, true, 0, 0 },
        { 5, 0, LW_TYPE_OPAQUE, LW_WRITABLE, false, true, 0, 0 },
        { 5, 13, LW_TYPE_UNSIGNED, LW_READABLE | LW_WRITABLE, false, false, 0, 0 },
        { 6, 0, LW_TYPE_FLOAT, LW_READABLE, false, true, 0, 0 },
        { 7, 6, LW_TYPE_NONE, LW_EXECUTABLE, false, true, 0, 0 },
        { 16, 0, LW_TYPE_STRING, LW_READABLE | LW_WRITABLE, true, true, 0, 0 },
        { 16, 3, LW_TYPE_INTEGER, LW_READABLE, false, false, 0, 2 },
        { 19, 0, LW_TYPE_OPAQUE, LW_READABLE | LW_WRITABLE, true, true, 0, 0 },
        { 19, 1, LW_TYPE_INTEGER, LW_READABLE | LW_WRITABLE, false, false, 0, 255 },
        { 19, 3, LW_TYPE_STRING, LW_READABLE | LW_WRITABLE, false, false, 0, 32 },
        { 3303, 5700, LW_TYPE_FLOAT, LW_READABLE, false, true, 0, 0 },
        { 3303, 6050, LW_TYPE_FLOAT, LW_READABLE, false, false, 0, 1 },
};

START_TEST(describes_our_resources)
{
        g_autoptr(LwObjectDef) def = read_ours(samples[_i].object);
        const LwResourceDef *resource = lw_object_def_find(def, samples[_i].resource);

        ck_assert_ptr_nonnull(resource);
        ck_assert_uint_eq(resource->type, samples[_i].type);
        ck_assert_uint_eq(resource->operations, samples[_i].operations);
        ck_assert(resource->multiple == samples[_i].multiple);
        ck_assert(resource->mandatory == samples[_i].mandatory);
        ck_assert(resource->has_range == (samples[_i].maximum != 0));
        ck_assert(resource->minimum == samples[_i].minimum);
        ck_assert(resource->maximum == samples[_i].maximum);
}
END_TEST

/* Prints what differs, and says how much does. */
static unsigned compare_resources(const LwObjectDef *mine, const LwObjectDef *theirs)
{
        unsigned differences = 0;

        for (size_t i = 0; i < mine->resource_count; i++) {
                const LwResourceDef *a = &mine->resources[i];
                const LwResourceDef *b = lw_object_def_find(theirs, a->id);

                if (b != NULL && a->type == b->type && a->operations == b->operations &&
                                a->multiple == b->multiple && a->mandatory == b->mandatory)
                        continue;
                printf("/%u/x/%u (%s) differs: type %u, %d; operations %u, %d; multiple %d, %d; "
                       "mandatory %d, %d\n",
                                mine->id, a->id, a->name, a->type, b != NULL ? b->type : -1,
                                a->operations, b != NULL ? b->operations : -1, a->multiple,
                                b != NULL ? b->multiple : -1, a->mandatory,
                                b != NULL ? b->mandatory : -1);
                differences++;
        }
        fflush(stdout);
        return differences;
}

START_TEST(agrees_with_the_published_objects)
{
        const char *directory = g_getenv("LWM2MD_OBJECTS");
        g_autoptr(LwObjectDef) mine = NULL, theirs = NULL;
        g_autofree char *name = g_strdup_printf("%u.xml", ours[_i].id);

        if (directory == NULL)
                return;
        mine = read_ours(ours[_i].id);
        theirs = read_definition(directory, name);
        ck_assert_uint_eq(mine->major, theirs->major);
        ck_assert_uint_eq(mine->minor, theirs->minor);
        ck_assert_uint_eq(mine->resource_count, theirs->resource_count);
        ck_assert(mine->multiple == theirs->multiple);
        ck_assert(mine->mandatory == theirs->mandatory);
        ck_assert_uint_eq(compare_resources(mine, theirs), 0);
}
END_TEST

START_TEST(reads_the_published_objects)
{
        const char *path = g_getenv("LWM2MD_OBJECTS"), *name;
        g_autoptr(GDir) directory = NULL;
        unsigned count = 0;

        if (path == NULL)
                return;
        directory = g_dir_open(path, 0, NULL);
        ck_assert_ptr_nonnull(directory);
        while ((name = g_dir_read_name(directory)) != NULL) {
                g_autoptr(LwObjectDef) def = NULL;
                g_autofree char *expected = NULL;

                /* 3303.xml is an object; Common.xml and others are lists for people */
                if (!g_ascii_isdigit(name[0]) || !g_str_has_suffix(name, ".xml"))
                        continue;
                def = read_definition(path, name);
                expected = g_strdup_printf("%u.xml", def->id);
                ck_assert_str_eq(name, expected);
                count++;
        }
        printf("%u published objects read\n", count);
        ck_assert_uint_gt(count, 0);
}
END_TEST

TCase *test_objects(void)
{
        TCase *tcase = tcase_create("objects");

        tcase_add_loop_test(tcase, describes_our_objects, 0, G_N_ELEMENTS(ours));
        tcase_add_loop_test(tcase, describes_our_resources, 0, G_N_ELEMENTS(samples));
        tcase_add_loop_test(tcase, agrees_with_the_published_objects, 0, G_N_ELEMENTS(ours));
        tcase_add_test(tcase, reads_the_published_objects);
        return tcase;
}
