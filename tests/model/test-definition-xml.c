/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of object description files. */
#include <string.h>

#include "lib/suite.h"
#include "model/definition-xml.h"
#include "model/limits.h"
#include "model/status.h"

TCase *test_definition_xml(void);

#define HEAD "<LWM2M><Object ObjectType=\"MODefinition\">\n"
#define NAMES                                                                                      \
        "<Name>Pump</Name><ObjectID>26241</ObjectID>"                                              \
        "<MultipleInstances>Multiple</MultipleInstances><Mandatory>Optional</Mandatory>\n"
#define TAIL "</Object></LWM2M>\n"
#define ITEM(id, operations, type, rest)                                                           \
        "<Item ID=\"" id "\"><Name>n</Name>"                                                       \
        "<Operations>" operations "</Operations><MultipleInstances>Single</MultipleInstances>"     \
        "<Mandatory>Optional</Mandatory><Type>" type "</Type>" rest "</Item>\n"
#define OBJECT(items) HEAD NAMES "<Resources>" items "</Resources>" TAIL

static const char whole[] =
                "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                "<!-- a <comment> -->\r\n"
                "<!DOCTYPE LWM2M>\r\n"
                "<LWM2M xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\r\n"
                " <Object ObjectType=\"MODefinition\">\r\n"
                "  <Name> Pump &amp; Valve </Name>\r\n"
                "  <Description1><![CDATA[Moves <water>]]></Description1>\r\n"
                "  <ObjectID>26241</ObjectID>\r\n"
                "  <ObjectURN>urn:oma:lwm2m:x:26241:2.1</ObjectURN>\r\n"
                "  <LWM2MVersion>1.1</LWM2MVersion>\r\n"
                "  <ObjectVersion>2.1</ObjectVersion>\r\n"
                "  <MultipleInstances>Multiple</MultipleInstances>\r\n"
                "  <Mandatory>Optional</Mandatory>\r\n"
                "  <Resources>\r\n"
                "   <Item ID=\"5\"><Name>Speed</Name><Operations>RW</Operations>\r\n"
                "    "
                "<MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory</Mandatory>\r\n"
                "    <Type>Unsigned Integer</Type><RangeEnumeration>0..100</RangeEnumeration>\r\n"
                "    <Units>/100</Units><Description>How <b>fast</b></Description></Item>\r\n"
                "   <Item ID=\"1\"><Name><![CDATA[Keys]]></Name><Operations></Operations>\r\n"
                "    "
                "<MultipleInstances>Multiple</MultipleInstances><Mandatory>Optional</Mandatory>\r\n"
                "    <Type>Opaque</Type><RangeEnumeration>16,32</RangeEnumeration>\r\n"
                "    <Units></Units><Description/></Item>\r\n"
                "   <Item ID=\"3\"><Name>Stop</Name><Operations>E</Operations>\r\n"
                "    "
                "<MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory</Mandatory>\r\n"
                "    <Type></Type></Item>\r\n"
                "  </Resources>\r\n"
                "  <Description2></Description2>\r\n"
                " </Object>\r\n"
                "</LWM2M>\r\n";

static void check_pump(const LwObjectDef *def)
{
        ck_assert_uint_eq(def->id, 26241);
        ck_assert_uint_eq(def->major, 2);
        ck_assert_uint_eq(def->minor, 1);
        ck_assert(def->multiple);
        ck_assert(!def->mandatory);
        ck_assert_str_eq(def->name, "Pump & Valve");
        ck_assert_uint_eq(def->resource_count, 3);
}

START_TEST(parses_a_whole_file)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwObjectDef) def = lw_definition_xml_parse(whole, sizeof(whole) - 1, &error);
        const LwResourceDef *keys, *stop, *speed;

        ck_assert_msg(def != NULL, "%s", error != NULL ? error->message : "");
        check_pump(def);
        keys = &def->resources[0];
        stop = &def->resources[1];
        speed = &def->resources[2];

        ck_assert_uint_eq(keys->id, 1);
        ck_assert_str_eq(keys->name, "Keys");
        ck_assert_uint_eq(keys->type, LW_TYPE_OPAQUE);
        ck_assert_uint_eq(keys->operations, 0);
        ck_assert(keys->multiple && !keys->mandatory && !keys->has_range);
        ck_assert_uint_eq(keys->choice_count, 2);
        ck_assert(keys->choices[1] == 32);

        ck_assert_uint_eq(stop->id, 3);
        ck_assert_uint_eq(stop->type, LW_TYPE_NONE);
        ck_assert_uint_eq(stop->operations, LW_EXECUTABLE);
        ck_assert_str_eq(stop->units, "");

        ck_assert_uint_eq(speed->id, 5);
        ck_assert_uint_eq(speed->type, LW_TYPE_UNSIGNED);
        ck_assert_uint_eq(speed->operations, LW_READABLE | LW_WRITABLE);
        ck_assert(!speed->multiple && speed->mandatory && speed->has_range);
        ck_assert(speed->minimum == 0 && speed->maximum == 100);
        ck_assert_str_eq(speed->units, "/100");
}
END_TEST

static const struct {
        const char *document;
        LwType type;
        unsigned operations;
} variants[] = {
        { OBJECT(ITEM("0", "R", "String", "")), LW_TYPE_STRING, LW_READABLE },
        { OBJECT(ITEM("0", "W", "Integer", "")), LW_TYPE_INTEGER, LW_WRITABLE },
        { OBJECT(ITEM("0", "WR", "Float", "")), LW_TYPE_FLOAT, LW_READABLE | LW_WRITABLE },
        { OBJECT(ITEM("0", "R", "Boolean", "")), LW_TYPE_BOOLEAN, LW_READABLE },
        { OBJECT(ITEM("0", "R", "Time", "")), LW_TYPE_TIME, LW_READABLE },
        { OBJECT(ITEM("0", "R", "Objlnk", "")), LW_TYPE_OBJLNK, LW_READABLE },
        { OBJECT(ITEM("0", "R", "Corelnk", "")), LW_TYPE_CORELNK, LW_READABLE },
        { OBJECT(ITEM("0", "R", " unsigned integer\n", "")), LW_TYPE_UNSIGNED, LW_READABLE },
        { OBJECT(ITEM("0", "R", "", "")), LW_TYPE_NONE, LW_READABLE },
        { OBJECT(ITEM("0", "E", "String", "")), LW_TYPE_NONE, LW_EXECUTABLE },
        { OBJECT(ITEM("65534", "", "Opaque", "<x><Name>deep</Name></x>")), LW_TYPE_OPAQUE, 0 },
};

START_TEST(knows_types_and_operations)
{
        const char *document = variants[_i].document;
        g_autoptr(GError) error = NULL;
        g_autoptr(LwObjectDef) def = lw_definition_xml_parse(document, strlen(document), &error);

        ck_assert_msg(def != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_uint_eq(def->major, 1);
        ck_assert_uint_eq(def->minor, 0);
        ck_assert_uint_eq(def->resource_count, 1);
        ck_assert_uint_eq(def->resources[0].type, variants[_i].type);
        ck_assert_uint_eq(def->resources[0].operations, variants[_i].operations);
        ck_assert_str_eq(def->resources[0].name, "n");
}
END_TEST

START_TEST(may_have_no_resources)
{
        static const char document[] = OBJECT("");
        g_autoptr(LwObjectDef) def = lw_definition_xml_parse(document, strlen(document), NULL);

        ck_assert_ptr_nonnull(def);
        ck_assert_uint_eq(def->resource_count, 0);
        ck_assert_ptr_null(lw_object_def_find(def, 0));
}
END_TEST

#define ONE ITEM("1", "R", "String", "")
#define TOO_MANY "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"

static const struct {
        const char *document;
        const char *reason; /* in the message */
} bad[] = {
        { "", "XML" },
        { "   ", "XML" },
        { "not XML", "XML" },
        { "<LWM2M>", "XML" },
        { "<LWM2M><Object></LWM2M></Object>", "XML" },
        { OBJECT(ONE) "<", "XML" },
        { "<LWM2M>\xff</LWM2M>", "XML" },
        { "<LWM2M><a\xff></LWM2M>", "\\xff" },
        { "<html></html>", "'html', not 'LWM2M'" },
        { "<LWM2M></LWM2M>", "<Object> has no <Name>" },
        { HEAD TAIL, "<Object> has no <Name>" },
        { HEAD "<Name>n</Name>" TAIL, "no <ObjectID>" },
        { HEAD "<Name>n</Name><ObjectID>1</ObjectID>" TAIL, "no <MultipleInstances>" },
        { HEAD NAMES "<Name>m</Name>" TAIL, "<Name> stands here twice" },
        { HEAD "<ObjectID>65535</ObjectID>" TAIL, "not an object id from 0 to 65534" },
        { HEAD "<ObjectID></ObjectID>" TAIL, "not an object id from 0 to 65534" },
        { HEAD "<ObjectID>-1</ObjectID>" TAIL, "not an object id from 0 to 65534" },
        { HEAD NAMES "<ObjectVersion>1</ObjectVersion>" TAIL, "not an object version" },
        { HEAD NAMES "<ObjectVersion>1.256</ObjectVersion>" TAIL, "not an object version" },
        { HEAD NAMES "<ObjectVersion>1.1.1</ObjectVersion>" TAIL, "not an object version" },
        { HEAD "<MultipleInstances>Many</MultipleInstances>" TAIL,
                        "neither 'Multiple' nor 'Single'" },
        { HEAD "<Mandatory>Yes</Mandatory>" TAIL, "neither 'Mandatory' nor 'Optional'" },
        { OBJECT(ITEM("65535", "R", "String", "")), "has the ID '65535'" },
        { OBJECT(ITEM("x", "R", "String", "")), "has the ID 'x'" },
        { OBJECT("<Item></Item>"), "has the ID ''" },
        { OBJECT("<Item ID=\"1\"></Item>"), "<Item> has no <Name>" },
        { OBJECT(ITEM("1", "RX", "String", "")), "'RX' is not an operation" },
        { OBJECT(ITEM("1", "RR", "String", "")), "'RR' is not an operation" },
        { OBJECT(ITEM("1", "R", "Strin", "")), "'Strin' is not a data type" },
        { OBJECT(ITEM("1", "R", "String", "<Type>Float</Type>")), "<Type> stands here twice" },
        { OBJECT(ITEM("1", "R", "Integer", "<RangeEnumeration>" TOO_MANY "</RangeEnumeration>")),
                        "more than 32 values" },
        { OBJECT(ONE ITEM("2", "R", "String", "") ONE), "resource 1 is there twice" },
        { "<LWM2M><Object>" NAMES "</Object><Object></Object></LWM2M>", "second <Object>" },
};

START_TEST(refuses_what_is_no_definition)
{
        const char *document = bad[_i].document;
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_definition_xml_parse(document, strlen(document), &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, bad[_i].reason) != NULL, "%s", error->message);
        ck_assert_msg(g_str_has_prefix(error->message, "line "), "%s", error->message);
}
END_TEST

START_TEST(names_the_line)
{
        static const char document[] = HEAD "\n\n<ObjectID>x</ObjectID>" TAIL;
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_definition_xml_parse(document, strlen(document), &error));
        ck_assert_str_eq(error->message, "line 4: 'x' is not an object id from 0 to 65534");
}
END_TEST

START_TEST(bounds_the_number_of_resources)
{
        g_autoptr(GString) text = g_string_new(HEAD NAMES "<Resources>");
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i <= LW_DEFINITION_RESOURCES_MAX; i++)
                g_string_append_printf(text, ITEM("%u", "R", "String", ""), i);
        g_string_append(text, "</Resources>" TAIL);
        ck_assert_ptr_null(lw_definition_xml_parse(text->str, text->len, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_ptr_nonnull(strstr(error->message, "at most 1024 resources"));
}
END_TEST

START_TEST(bounds_the_size)
{
        g_autofree char *spaces = g_strnfill(LW_DEFINITION_MAX, ' ');
        g_autofree char *text = g_strconcat(OBJECT(""), spaces, NULL);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_definition_xml_parse(text, strlen(text), &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_ptr_nonnull(strstr(error->message, "at most 262144 bytes"));
}
END_TEST

START_TEST(bears_deep_nesting)
{
        g_autoptr(GString) text = g_string_new("<LWM2M>");

        while (text->len < LW_DEFINITION_MAX)
                g_string_append(text, "<a>");
        g_string_truncate(text, LW_DEFINITION_MAX);
        ck_assert_ptr_null(lw_definition_xml_parse(text->str, text->len, NULL));
}
END_TEST

START_TEST(bears_a_cut_at_any_byte)
{
        for (size_t length = 0; length < sizeof(whole) - 3; length++)
                ck_assert_ptr_null(lw_definition_xml_parse(whole, length, NULL));
}
END_TEST

TCase *test_definition_xml(void)
{
        TCase *tcase = tcase_create("definition-xml");

        tcase_add_test(tcase, parses_a_whole_file);
        tcase_add_loop_test(tcase, knows_types_and_operations, 0, G_N_ELEMENTS(variants));
        tcase_add_test(tcase, may_have_no_resources);
        tcase_add_loop_test(tcase, refuses_what_is_no_definition, 0, G_N_ELEMENTS(bad));
        tcase_add_test(tcase, names_the_line);
        tcase_add_test(tcase, bounds_the_number_of_resources);
        tcase_add_test(tcase, bounds_the_size);
        tcase_add_test(tcase, bears_deep_nesting);
        tcase_add_test(tcase, bears_a_cut_at_any_byte);
        return tcase;
}
