/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time zone: names, offsets, compiled files. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "host/suite.h"
#include "host/zone.h"
#include "lib/files.h"

static const struct {
        const char *target;
        const char *name;
} links[] = {
        { "/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin" },
        { "../usr/share/zoneinfo/Etc/UTC", "Etc/UTC" },
        { "/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo" },
        { "/usr/share/zoneinfo/America/Argentina/Ushuaia", "America/Argentina/Ushuaia" },
        { "zoneinfo/UTC", "UTC" },
        { "/usr/share/zoneinfo/", NULL },
        { "/usr/share/myzoneinfo/Europe/Berlin", NULL },
        { "/etc/some-file", NULL },
        { "", NULL },
};

START_TEST(a_link_names_its_zone)
{
        ck_assert_pstr_eq(lw_zone_of_link(links[_i].target), links[_i].name);
}
END_TEST

static const struct {
        int32_t seconds;
        const char *text;
} offsets[] = {
        { 0, "+00:00" },
        { 7200, "+02:00" },
        { -12600, "-03:30" },
        { 20700, "+05:45" },
        { 50400, "+14:00" },
        { -1172, "-00:19" }, /* Amsterdam before 1937 had seconds */
        { INT32_MAX, "+25:00" },
        { -INT32_MAX, "-25:00" },
};

START_TEST(an_offset_has_hours_and_minutes)
{
        char text[LW_ZONE_OFFSET_TEXT_MAX];

        lw_zone_print_offset(offsets[_i].seconds, text);
        ck_assert_str_eq(text, offsets[_i].text);
}
END_TEST

/* What a compiled file has in its second block; type 1 is two hours east, type 0 one. */
typedef struct Content {
        int64_t times[3];
        uint8_t types[3];
        size_t count;
        const char *rule;
} Content;

static void write_header(LwWriter *writer, char version, size_t times, size_t types)
{
        lw_writer_text(writer, "TZif");
        lw_writer_u8(writer, (uint8_t) version);
        lw_writer_put(writer, (uint8_t[15]){ 0 }, 15);
        lw_writer_uint(writer, 0, 4); /* UT indicators */
        lw_writer_uint(writer, 0, 4); /* standard indicators */
        lw_writer_uint(writer, 0, 4); /* leap seconds */
        lw_writer_uint(writer, times, 4);
        lw_writer_uint(writer, types, 4);
        lw_writer_uint(writer, 4, 4); /* bytes of names */
}

static void write_types(LwWriter *writer)
{
        lw_writer_put(writer, "\0\0\x0e\x10\0\0", 6); /* 3600 s, standard, name 0 */
        lw_writer_put(writer, "\0\0\x1c\x20\1\0", 6); /* 7200 s, summer */
        lw_writer_put(writer, "XXX", 4);
}

/* RFC 8536, 3: a first block without transitions, then the second with 64 bits, then the rule. */
static GBytes *compile(const Content *content)
{
        g_auto(LwWriter) writer = {};

        write_header(&writer, '2', 0, 2);
        write_types(&writer);
        write_header(&writer, '2', content->count, 2);
        for (size_t i = 0; i < content->count; i++)
                lw_writer_uint(&writer, (uint64_t) content->times[i], 8);
        lw_writer_put(&writer, content->types, content->count);
        write_types(&writer);
        lw_writer_text(&writer, "\n");
        lw_writer_text(&writer, content->rule);
        lw_writer_text(&writer, "\n");
        return lw_writer_steal(&writer);
}

static bool offset_at(GBytes *bytes, int64_t when, int32_t *ret_seconds)
{
        size_t length;
        const uint8_t *data = g_bytes_get_data(bytes, &length);

        return lw_zone_offset(data, length, when, ret_seconds);
}

/* 1000 s: to two hours; 2000 s: back to one; from 3000 s on the rule, three hours. */
static const Content with_transitions = { { 1000, 2000, 3000 }, { 1, 0, 1 }, 3, "XXX-3" };
static const struct {
        int64_t when;
        int32_t seconds;
} moments[] = {
        { INT64_MIN, 3600 },
        { 999, 3600 },
        { 1000, 7200 },
        { 1999, 7200 },
        { 2000, 3600 },
        { 2999, 3600 },
        { 3000, 10800 },
        { INT64_MAX, 10800 },
};

START_TEST(transitions_hold_until_the_rule_does)
{
        g_autoptr(GBytes) bytes = compile(&with_transitions);
        int32_t seconds = -1;

        ck_assert(offset_at(bytes, moments[_i].when, &seconds));
        ck_assert_int_eq(seconds, moments[_i].seconds);
}
END_TEST

START_TEST(without_a_rule_the_last_transition_holds)
{
        Content content = with_transitions;
        g_autoptr(GBytes) bytes = NULL;
        int32_t seconds = -1;

        content.rule = "";
        bytes = compile(&content);
        ck_assert(offset_at(bytes, 5000, &seconds));
        ck_assert_int_eq(seconds, 7200);
}
END_TEST

START_TEST(a_file_with_a_damaged_rule_is_no_zone)
{
        g_autoptr(GBytes) bytes = compile(&(Content){ .rule = "CET" });
        int32_t seconds;

        ck_assert(!offset_at(bytes, 1711846800, &seconds));
}
END_TEST

START_TEST(a_cut_file_is_no_zone)
{
        g_autoptr(GBytes) bytes = compile(&with_transitions);
        int32_t seconds;

        for (size_t length = 0; length < g_bytes_get_size(bytes); length++)
                ck_assert(!lw_zone_offset(g_bytes_get_data(bytes, NULL), length, 5000, &seconds));
}
END_TEST

/* RFC 8536, B.1, cut to its first block and without leap seconds: version 1, UTC. */
static const char utc[] =
                "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1"
                "\0\0\0\4\0\0\0\0\0\0UTC\0\0\0";

START_TEST(the_first_version_has_no_rule)
{
        int32_t seconds = -1;

        ck_assert(lw_zone_offset((const uint8_t *) utc, sizeof(utc) - 1, 1711846800, &seconds));
        ck_assert_int_eq(seconds, 0);
}
END_TEST

static void put_zone(const LwTestFiles *files, const char *name)
{
        g_autoptr(GBytes) bytes = compile(&(Content){ .rule = "CET-1CEST,M3.5.0,M10.5.0/3" });

        lw_test_files_put_bytes(
                        files, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

START_TEST(a_host_with_a_link)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwZone) zone = {};

        lw_test_files_make(&files);
        put_zone(&files, "usr/share/zoneinfo/Europe/Berlin");
        lw_test_files_link(&files, "etc/localtime", "/usr/share/zoneinfo/Europe/Berlin");
        lw_test_files_put(&files, "etc/timezone", "Asia/Tokyo\n"); /* stale */
        ck_assert_int_eq(lw_zone_read(files.fd, 1711846800, &zone), 0);
        ck_assert_str_eq(zone.name, "Europe/Berlin");
        ck_assert_int_eq(zone.offset_seconds, 7200);
}
END_TEST

START_TEST(a_host_with_a_copy)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwZone) zone = {};

        lw_test_files_make(&files);
        put_zone(&files, "etc/localtime");
        ck_assert_int_eq(lw_zone_read(files.fd, 1711846799, &zone), 0);
        ck_assert_ptr_null(zone.name);
        ck_assert_int_eq(zone.offset_seconds, 3600);
        lw_test_files_put(&files, "etc/timezone", "Europe/Berlin\n");
        ck_assert_int_eq(lw_zone_read(files.fd, 1711846799, &zone), 0);
        ck_assert_str_eq(zone.name, "Europe/Berlin");
}
END_TEST

START_TEST(a_host_without_a_zone_is_in_utc)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwZone) zone = {};

        lw_test_files_make(&files);
        g_setenv("TZ", "Asia/Tokyo", true); /* does not count */
        ck_assert_int_eq(lw_zone_read(files.fd, 1711846800, &zone), 0);
        ck_assert_str_eq(zone.name, "UTC");
        ck_assert_int_eq(zone.offset_seconds, 0);
}
END_TEST

START_TEST(a_damaged_zone_is_told)
{
        g_auto(LwTestFiles) files = {};
        LwZone zone = {};

        lw_test_files_make(&files);
        lw_test_files_put(&files, "etc/localtime", "Europe/Berlin\n");
        ck_assert_int_eq(lw_zone_read(files.fd, 1711846800, &zone), -EBADMSG);
}
END_TEST

TCase *test_zone(void)
{
        TCase *tcase = tcase_create("zone");

        tcase_add_loop_test(tcase, a_link_names_its_zone, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, an_offset_has_hours_and_minutes, 0, G_N_ELEMENTS(offsets));
        tcase_add_loop_test(tcase, transitions_hold_until_the_rule_does, 0, G_N_ELEMENTS(moments));
        tcase_add_test(tcase, without_a_rule_the_last_transition_holds);
        tcase_add_test(tcase, a_file_with_a_damaged_rule_is_no_zone);
        tcase_add_test(tcase, a_cut_file_is_no_zone);
        tcase_add_test(tcase, the_first_version_has_no_rule);
        tcase_add_test(tcase, a_host_with_a_link);
        tcase_add_test(tcase, a_host_with_a_copy);
        tcase_add_test(tcase, a_host_without_a_zone_is_in_utc);
        tcase_add_test(tcase, a_damaged_zone_is_told);
        return tcase;
}
