/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each operation is on the wire. Source: RFC 7252, 3; OMA LwM2M Core and Transport 1.0 to 1.2.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/format.h"
#include "lib/coap-wire.h"
#include "model/limits.h"
#include "model/status.h"
#include "testserver/ask.h"
#include "testserver/station.h"
#include "testserver/suite.h"

#define V1_0 "ep=dev1&lwm2m=1.0"
#define V1_1 "ep=dev1&lwm2m=1.1"
#define V1_2 "ep=dev1&lwm2m=1.2"

/* A format in a row, where 0 says that there is none. */
#define GIVEN(format) ((format) + 1)

/*
 * Row: an operation and its datagram.
 *
 * values: "/1/0/1=i60 /1/0/6=b1", i integer, b Boolean, s string, o opaque in the same letters, "-"
 *         nothing; "*" for an id that the client chooses. paths, queries: with spaces between them.
 * hex:    all but the first byte, of version, type and length of the token, and the message id.
 */
static const struct Row {
        const char *query, *objects;
        LwOperation operation;
        const char *path, *values, *paths, *queries, *arguments;
        int32_t format, accept;
        const char *hex;
} rows[] = {
        /* clang-format off */
        /* Read, Discover, Observe */
        { .query = V1_1, .operation = LW_OPERATION_READ, .path = "/3/0/9",
                .hex = "01 b1 33 01 30 01 39" },
        { .query = V1_1, .operation = LW_OPERATION_READ, .path = "/3/0/7/1", .accept = GIVEN(LW_FORMAT_TLV),
                .hex = "01 b1 33 01 30 01 37 01 31 62 2d 16" },
        { .query = V1_2, .operation = LW_OPERATION_READ, .path = "/3", .accept = GIVEN(LW_FORMAT_LWM2M_CBOR),
                .hex = "01 b1 33 62 2d 18" },
        { .query = V1_1, .operation = LW_OPERATION_READ, .path = "/3", .accept = GIVEN(LW_FORMAT_TEXT),
                .hex = "01 b1 33 60" },
        { .query = V1_2, .operation = LW_OPERATION_DISCOVER, .path = "/3",
                .hex = "01 b1 33 61 28" },
        { .query = V1_2, .operation = LW_OPERATION_DISCOVER, .path = "/3", .queries = "depth=1",
                .hex = "01 b1 33 47 64 65 70 74 68 3d 31 21 28" },
        { .query = V1_2, .operation = LW_OPERATION_OBSERVE, .path = "/3/0/9", .queries = "pmin=10",
                .hex = "01 60 51 33 01 30 01 39 47 70 6d 69 6e 3d 31 30" },
        { .query = V1_2, .operation = LW_OPERATION_CANCEL, .path = "/3/0/9",
                .hex = "01 61 01 51 33 01 30 01 39" },

        /* Write-Attributes, Execute, Delete */
        { .query = V1_1, .operation = LW_OPERATION_WRITE_ATTRIBUTES, .path = "/3/0/9", .queries = "pmin=10 gt",
                .hex = "03 b1 33 01 30 01 39 47 70 6d 69 6e 3d 31 30 02 67 74" },
        { .query = V1_1, .operation = LW_OPERATION_EXECUTE, .path = "/3/0/4",
                .hex = "02 b1 33 01 30 01 34" },
        { .query = V1_1, .operation = LW_OPERATION_EXECUTE, .path = "/3/0/4", .arguments = "",
                .hex = "02 b1 33 01 30 01 34" },
        { .query = V1_1, .operation = LW_OPERATION_EXECUTE, .path = "/3/0/4", .arguments = "2='10.3'",
                .hex = "02 b1 33 01 30 01 34 10 ff 32 3d 27 31 30 2e 33 27" },
        { .query = V1_1, .operation = LW_OPERATION_DELETE, .path = "/3303/7",
                .hex = "04 b4 33 33 30 33 01 37" },
        { .query = V1_2, .operation = LW_OPERATION_DELETE, .path = "/3/0/7/1",
                .hex = "04 b1 33 01 30 01 37 01 31" },

        /* Write: one value as text, in every version */
        { .query = V1_0, .operation = LW_OPERATION_WRITE, .path = "/1/0/1", .values = "/1/0/1=i300",
                .hex = "03 b1 31 01 30 01 31 10 ff 33 30 30" },
        { .query = V1_2, .operation = LW_OPERATION_WRITE, .path = "/1/0/1", .values = "/1/0/1=i-750",
                .hex = "03 b1 31 01 30 01 31 10 ff 2d 37 35 30" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE, .path = "/3/0/7/1", .values = "/3/0/7/1=i5",
                .hex = "03 b1 33 01 30 01 37 01 31 10 ff 35" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE, .path = "/5/0/0", .values = "/5/0/0=oab",
                .hex = "03 b1 35 01 30 01 30 11 2a ff 61 62" },
        /* in other formats */
        { .query = V1_1, .operation = LW_OPERATION_WRITE, .path = "/1/0/1", .values = "/1/0/1=i86400", .format = GIVEN(LW_FORMAT_CBOR),
                .hex = "03 b1 31 01 30 01 31 11 3c ff 1a 00 01 51 80" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE, .path = "/5/0/0", .values = "/5/0/0=oab", .format = GIVEN(LW_FORMAT_TEXT),
                .hex = "03 b1 35 01 30 01 30 10 ff 59 57 49 3d" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE, .path = "/1/0/1", .values = "/1/0/1=i300", .format = GIVEN(LW_FORMAT_TLV),
                .hex = "03 b1 31 01 30 01 31 12 2d 16 ff c2 01 01 2c" },
        /* several: TLV in 1.0, SenML CBOR since */
        { .query = V1_0, .operation = LW_OPERATION_WRITE, .path = "/1/0", .values = "/1/0/6=b1 /1/0/1=i60",
                .hex = "03 b1 31 01 30 12 2d 16 ff c1 01 3c c1 06 01" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE_UPDATE, .path = "/1/0", .values = "/1/0/6=b1 /1/0/1=i60",
                .hex = "02 b1 31 01 30 11 70 ff 82 a3 21 65 2f 31 2f 30 2f 00 61 31 02 18 3c a2 00 61 36 04 f5" },
        { .query = V1_0, .operation = LW_OPERATION_WRITE, .path = "/3/0/7", .values = "/3/0/7/0=i3800",
                .hex = "03 b1 33 01 30 01 37 12 2d 16 ff 84 07 42 00 0e d8" },
        { .query = V1_2, .operation = LW_OPERATION_WRITE_UPDATE, .path = "/3/0/7", .values = "/3/0/7/0=i3800 /3/0/7/1=i5000",
                .hex = "02 b1 33 01 30 01 37 11 70 ff 82 a3 21 67 2f 33 2f 30 2f 37 2f 00 61 30 02 19 0e d8 a2 00 61 31 02 19 13 88" },
        { .query = V1_0, .operation = LW_OPERATION_WRITE, .path = "/3/0/7", .values = "/3/0/7=-",
                .hex = "03 b1 33 01 30 01 37 12 2d 16 ff 80 07" },
        /* what the client lists comes first */
        { .query = V1_1, .objects = "</>;ct=\"60 110\",</1/0>", .operation = LW_OPERATION_WRITE, .path = "/1/0", .values = "/1/0/6=b1",
                .hex = "03 b1 31 01 30 11 6e ff 5b 7b 22 62 6e 22 3a 22 2f 31 2f 30 2f 22 2c 22 6e 22 3a 22 36 22 2c 22 76 62 22 3a 74 72 75 65 7d 5d" },
        { .query = V1_1, .objects = "</>;ct=11542,</1/0>", .operation = LW_OPERATION_WRITE, .path = "/1/0", .values = "/1/0/1=i60",
                .hex = "03 b1 31 01 30 12 2d 16 ff c1 01 3c" },

        /* Create */
        { .query = V1_0, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "/3303/*/5750=sa",
                .hex = "02 b4 33 33 30 33 12 2d 16 ff e1 16 76 61" },
        { .query = V1_2, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "/3303/*/5750=sa",
                .hex = "02 b4 33 33 30 33 12 2d 16 ff e1 16 76 61" },
        { .query = V1_0, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "/3303/7/5750=sa",
                .hex = "02 b4 33 33 30 33 12 2d 16 ff 04 07 e1 16 76 61" },
        { .query = V1_1, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "/3303/7/5750=sa",
                .hex = "02 b4 33 33 30 33 11 70 ff 81 a3 21 66 2f 33 33 30 33 2f 00 66 37 2f 35 37 35 30 03 61 61" },
        { .query = V1_1, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "/3303/7=-",
                .hex = "02 b4 33 33 30 33 12 2d 16 ff 00 07" },
        { .query = V1_1, .operation = LW_OPERATION_CREATE, .path = "/3303", .values = "",
                .hex = "02 b4 33 33 30 33 12 2d 16" },

        /* Composite: SenML in 1.1, SenML-ETCH in 1.2 */
        { .query = V1_1, .operation = LW_OPERATION_READ_COMPOSITE, .path = "/", .paths = "/1 /3/0/9",
                .hex = "05 c1 70 ff 82 a1 00 62 2f 31 a1 00 66 2f 33 2f 30 2f 39" },
        { .query = V1_2, .operation = LW_OPERATION_READ_COMPOSITE, .path = "/", .paths = "/1 /3/0/9", .accept = GIVEN(LW_FORMAT_SENML_CBOR),
                .hex = "05 c2 01 42 51 70 ff 82 a1 00 62 2f 31 a1 00 66 2f 33 2f 30 2f 39" },
        { .query = V1_2, .operation = LW_OPERATION_READ_COMPOSITE, .path = "/", .paths = "/", .format = GIVEN(LW_FORMAT_SENML_JSON),
                .hex = "05 c1 6e ff 5b 7b 22 6e 22 3a 22 2f 22 7d 5d" },
        { .query = V1_2, .operation = LW_OPERATION_OBSERVE_COMPOSITE, .path = "/", .paths = "/3/0/0", .queries = "pmin=10",
                .hex = "05 60 62 01 42 37 70 6d 69 6e 3d 31 30 ff 81 a1 00 66 2f 33 2f 30 2f 30" },
        { .query = V1_1, .operation = LW_OPERATION_CANCEL_COMPOSITE, .path = "/", .paths = "/3/0/0",
                .hex = "05 61 01 61 70 ff 81 a1 00 66 2f 33 2f 30 2f 30" },
        { .query = V1_2, .objects = "</>;ct=110,</1/0>", .operation = LW_OPERATION_READ_COMPOSITE, .path = "/", .paths = "/3/0/0",
                .hex = "05 c2 01 40 ff 5b 7b 22 6e 22 3a 22 2f 33 2f 30 2f 30 22 7d 5d" },
        { .query = V1_2, .operation = LW_OPERATION_WRITE_COMPOSITE, .path = "/", .values = "/1/0/1=i60 /3311/0/5850=b0",
                .hex = "07 c2 01 42 ff 82 a2 00 66 2f 31 2f 30 2f 31 02 18 3c a2 00 6c 2f 33 33 31 31 2f 30 2f 35 38 35 30 04 f4" },
        { .query = V1_1, .operation = LW_OPERATION_WRITE_COMPOSITE, .path = "/", .values = "/2/0/2/127=-",
                .hex = "07 c2 01 42 ff 81 a2 00 6a 2f 32 2f 30 2f 32 2f 31 32 37 02 f6" },
        { .query = V1_2, .operation = LW_OPERATION_WRITE_COMPOSITE, .path = "/", .values = "/2/0/2/127=-", .format = GIVEN(LW_FORMAT_ETCH_JSON),
                .hex = "07 c2 01 40 ff 5b 7b 22 6e 22 3a 22 2f 32 2f 30 2f 32 2f 31 32 37 22 2c 22 76 22 3a 6e 75 6c 6c 7d 5d" },
        /* clang-format on */
};

static LwPath path_of(const char *text)
{
        g_auto(GStrv) ids = g_strsplit(text + 1, "/", -1);
        LwPath path = LW_PATH_ROOT;

        for (char **id = ids; text[1] != '\0' && *id != NULL; id++)
                path.ids[path.length++] = **id == '*' ? LW_INSTANCE_UNCHOSEN : (uint16_t) atoi(*id);
        return path;
}

static LwValue value_of(const char *text)
{
        switch (text[0]) {
        case 'i':
                return lw_value_integer(atoi(text + 1));
        case 'b':
                return lw_value_boolean(text[1] == '1');
        case 's':
                return lw_value_string(text + 1);
        case 'o':
                return lw_value_data(text + 1, strlen(text + 1));
        default:
                return lw_value_none();
        }
}

static LwValues *values_of(const char *text)
{
        LwValues *values = lw_values_new();
        g_auto(GStrv) words = g_strsplit(text, " ", -1);

        for (char **word = words; *word != NULL; word++) {
                char *equals = strchr(*word, '=');
                LwValue value = value_of(equals != NULL ? equals + 1 : "-");
                LwPath path;

                if (equals != NULL)
                        *equals = '\0';
                path = path_of(*word);
                lw_values_add(values, &path, &value);
        }
        return values;
}

/* The datagram without its first byte and message id. */
static char *print_datagram(const LwTestAsked *asked)
{
        uint8_t data[1024], payload[512];
        GString *hex = g_string_new(NULL);
        LwMessage message;
        size_t length;

        lw_message_copy_head(&message, &asked->message);
        if (asked->body != NULL) {
                message.payload_length = lw_blob_size(asked->body);
                ck_assert(lw_blob_read(asked->body, 0, payload, message.payload_length, NULL));
                message.payload = payload;
        }
        length = lw_coap_wire_encode(&message, data, sizeof(data));
        for (size_t i = 1; i < length; i++)
                if (i != 2 && i != 3)
                        g_string_append_printf(hex, "%s%02x", i == 1 ? "" : " ", data[i]);
        return g_string_free(hex, false);
}

START_TEST(is_this_on_the_wire)
{
        const struct Row *row = &rows[_i];
        g_autoptr(Station) station = station_new();
        LwTestClient *client = station_register(station, station_connect(station), row->query,
                        row->objects != NULL ? row->objects : "</1/0>,</3/0>");
        g_autoptr(LwValues) values = row->values != NULL && row->values[0] != '\0'
                                                     ? values_of(row->values)
                                                     : lw_values_new();
        g_autoptr(LwValues) paths = row->paths != NULL ? values_of(row->paths) : NULL;
        g_auto(GStrv) queries = row->queries != NULL ? g_strsplit(row->queries, " ", -1) : NULL;
        g_auto(LwTestAsked) asked = {};
        g_autofree char *hex = NULL;
        LwTestAsk ask = {
                .operation = row->operation,
                .path = path_of(row->path),
                .values = row->values != NULL ? values : NULL,
                .paths = paths,
                .queries = queries,
                .arguments = row->arguments,
                .format = row->format - 1,
                .accept = row->accept - 1,
        };

        ck_assert(lw_test_ask_compose(&ask, client, station->registry, &asked, NULL));
        hex = print_datagram(&asked);
        ck_assert_str_eq(hex, row->hex);
}
END_TEST

/* What cannot be said. */
static const struct {
        LwOperation operation;
        const char *path, *values;
        int32_t format;
        LwStatus status;
} refused[] = {
        { LW_OPERATION_READ, "/", NULL, LW_FORMAT_NONE, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_DELETE, "/3", NULL, LW_FORMAT_NONE, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_CREATE, "/3/0", "", LW_FORMAT_NONE, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE_UPDATE, "/1/0/1", "/1/0/1=i1", LW_FORMAT_TEXT, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=i1", LW_FORMAT_LINK, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=i1", 9999, LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=i1", LW_FORMAT_OPAQUE, LW_STATUS_NOT_ACCEPTABLE },
        { LW_OPERATION_WRITE, "/1/0", "/1/0/1=i1 /1/0/6=b1", LW_FORMAT_TEXT,
                        LW_STATUS_NOT_ACCEPTABLE },
        { LW_OPERATION_CREATE, "/3303", "/3303/*/5750=sa", LW_FORMAT_SENML_CBOR,
                        LW_STATUS_NOT_ACCEPTABLE },
        { LW_OPERATION_WRITE_COMPOSITE, "/", "/1/0/1=i1", LW_FORMAT_TLV, LW_STATUS_NOT_ACCEPTABLE },
};

START_TEST(is_refused)
{
        g_autoptr(Station) station = station_new();
        LwTestClient *client =
                        station_register(station, station_connect(station), V1_2, "</1/0>,</3/0>");
        g_autoptr(LwValues) values = refused[_i].values != NULL && refused[_i].values[0] != '\0'
                                                     ? values_of(refused[_i].values)
                                                     : NULL;
        g_auto(LwTestAsked) asked = {};
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = {
                .operation = refused[_i].operation,
                .path = path_of(refused[_i].path),
                .values = values,
                .format = refused[_i].format,
                .accept = LW_FORMAT_NONE,
        };

        if (ask.operation == LW_OPERATION_CREATE && values == NULL)
                ask.values = values = lw_values_new();
        ck_assert(!lw_test_ask_compose(&ask, client, station->registry, &asked, &error));
        ck_assert_int_eq(lw_status_of_error(error), refused[_i].status);
}
END_TEST

static bool read_nothing(void *user G_GNUC_UNUSED, uint64_t offset G_GNUC_UNUSED,
                uint8_t *ret_data G_GNUC_UNUSED, size_t length G_GNUC_UNUSED,
                GError **error G_GNUC_UNUSED)
{
        ck_abort_msg("the content is read");
        return false;
}

/* Content of a gigabyte is neither read nor copied; one block more cannot be numbered. */
START_TEST(content_is_bounded_by_the_number_of_its_blocks)
{
        static const uint64_t most = (UINT64_C(1) << 20) * 16;
        g_autoptr(Station) station = station_new();
        LwTestClient *client = station_register(station, station_connect(station), V1_1, "</5/0>");
        g_autoptr(LwBlob) content =
                        lw_blob_new_reader(most + (uint64_t) _i, read_nothing, NULL, NULL);
        g_auto(LwTestAsked) asked = {};
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = {
                .operation = LW_OPERATION_WRITE,
                .path = LW_PATH_RESOURCE(5, 0, 0),
                .content = content,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .way = { .block_size = 16 },
        };

        ck_assert_int_eq(lw_test_ask_compose(&ask, client, station->registry, &asked, &error),
                        _i == 0);
        if (_i == 1)
                ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_TOO_LARGE);
}
END_TEST

START_TEST(has_a_subject)
{
        g_autoptr(LwValues) paths = values_of("/3/0/9 / /1");
        LwTestAsk single = { .path = LW_PATH_RESOURCE(3, 0, 9) }, several = { .paths = paths };
        g_auto(LwTestAsk) kept = lw_test_ask_keep(&several);
        g_autofree char *one = lw_test_ask_subject(&single);
        g_autofree char *many = lw_test_ask_subject(&kept);

        ck_assert_str_eq(one, "/3/0/9");
        ck_assert_str_eq(many, "/3/0/9 / /1");
}
END_TEST

TCase *test_ask(void)
{
        TCase *tcase = tcase_create("ask");

        tcase_add_loop_test(tcase, is_this_on_the_wire, 0, G_N_ELEMENTS(rows));
        tcase_add_loop_test(tcase, is_refused, 0, G_N_ELEMENTS(refused));
        tcase_add_loop_test(tcase, content_is_bounded_by_the_number_of_its_blocks, 0, 2);
        tcase_add_test(tcase, has_a_subject);
        return tcase;
}
