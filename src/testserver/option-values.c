/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of options, each from a variant that has been entered. */
#include "testserver/option-values.h"

#include <string.h>

#include "codec/format.h"
#include "model/request.h"

int lw_test_wrong_type(sd_bus_error *error, const char *key, const char *right)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s wants %s", key, right);
}

int lw_test_read_number(sd_bus_message *m, const char *signature, uint64_t *ret_number)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
        } value;
        int64_t number;
        int r;

        if (strlen(signature) != 1 || strchr("ynqiuxt", signature[0]) == NULL)
                return 0;
        r = sd_bus_message_read_basic(m, signature[0], &value);
        if (r < 0)
                return r;
        switch (signature[0]) {
        case 'y':
                number = value.y;
                break;
        case 'n':
                number = value.n;
                break;
        case 'q':
                number = value.q;
                break;
        case 'i':
                number = value.i;
                break;
        case 'u':
                number = value.u;
                break;
        case 'x':
                number = value.x;
                break;
        default:
                number = (int64_t) MIN(value.t, (uint64_t) INT64_MAX);
        }
        if (number < 0)
                return 0;
        *ret_number = (uint64_t) number;
        return 1;
}

/* A word as "tlv", or a number, as text or as it is. */
int lw_test_read_format(
                sd_bus_message *m, const char *signature, int32_t *ret_format, sd_bus_error *error)
{
        static const char right[] = "a format: text, link, opaque, cbor, senml-json, senml-cbor, "
                                    "etch-json, etch-cbor, tlv, json, lwm2m-cbor or its number";
        uint64_t number;
        const char *text;
        int r;

        if (strcmp(signature, "s") == 0) {
                r = sd_bus_message_read_basic(m, 's', &text);
                if (r < 0)
                        return r;
                return lw_format_parse(text, ret_format)
                                       ? 0
                                       : lw_test_wrong_type(error, "format or accept", right);
        }
        r = lw_test_read_number(m, signature, &number);
        if (r < 0)
                return r;
        if (r == 0 || number > UINT16_MAX)
                return lw_test_wrong_type(error, "format or accept", right);
        *ret_format = (int32_t) number;
        return 0;
}

int lw_test_read_bytes(
                sd_bus_message *m, const char *signature, GBytes **ret_bytes, sd_bus_error *error)
{
        const void *data;
        size_t length;
        int r;

        if (strcmp(signature, "s") == 0) {
                const char *text;

                r = sd_bus_message_read_basic(m, 's', &text);
                data = text;
                length = r < 0 ? 0 : strlen(text);
        } else if (strcmp(signature, "ay") == 0) {
                r = sd_bus_message_read_array(m, 'y', &data, &length);
        } else {
                return lw_test_wrong_type(error, "payload", "s text or ay bytes");
        }
        if (r < 0)
                return r;
        *ret_bytes = g_bytes_new(data, length);
        return 0;
}

int lw_test_read_raw_options(
                sd_bus_message *m, const char *signature, GArray *options, sd_bus_error *error)
{
        int r;

        if (strcmp(signature, "a(qay)") != 0)
                return lw_test_wrong_type(error, "options", "a(qay), numbers and values");
        r = sd_bus_message_enter_container(m, 'a', "(qay)");
        while (r > 0) {
                LwTestRawOption option = {};
                const void *data;
                size_t length;

                r = sd_bus_message_enter_container(m, 'r', "qay");
                if (r <= 0)
                        break;
                r = sd_bus_message_read_basic(m, 'q', &option.number);
                if (r >= 0)
                        r = sd_bus_message_read_array(m, 'y', &data, &length);
                if (r < 0)
                        break;
                option.value = g_bytes_new(data, length);
                g_array_append_val(options, option);
                r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int lw_test_read_file(sd_bus_message *m, const char *signature, LwTestFileOpen open_path,
                LwTestFile **ret_file, sd_bus_error *error)
{
        g_autoptr(GError) reason = NULL;
        LwTestFile *file;
        const char *path;
        int fd, r;

        if (strcmp(signature, "s") == 0) {
                r = sd_bus_message_read_basic(m, 's', &path);
                file = r < 0 ? NULL : open_path(path, &reason);
        } else if (strcmp(signature, "h") == 0) {
                r = sd_bus_message_read_basic(m, 'h', &fd);
                file = r < 0 ? NULL : lw_test_file_new(fd, &reason);
        } else {
                return lw_test_wrong_type(error, "file", "s an absolute path, or h a descriptor");
        }
        if (r < 0)
                return r;
        if (file == NULL)
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_INVALID_ARGS, "the file %s", reason->message);
        *ret_file = file;
        return 0;
}
