/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The a{sv} of a method that asks a client for something. */
#include "testserver/options.h"

#include <string.h>

#include "codec/format.h"
#include "model/request.h"
#include "testserver/operations.h"

/* Reads the content of one key's variant, which has been entered. */
typedef int (*ReadOption)(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error);

static int wrong_type(sd_bus_error *error, const char *key, const char *right)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s wants %s", key, right);
}

/* Numbers come in any width. Returns 1, or 0 for what is no number from 0 on. */
static int read_number(sd_bus_message *m, const char *signature, uint64_t *ret_number)
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
static int read_format(
                sd_bus_message *m, const char *signature, int32_t *ret_format, sd_bus_error *error)
{
        static const char right[] = "a format: text, opaque, cbor, tlv, senml-json, senml-cbor, "
                                    "link or its number";
        uint64_t number;
        const char *text;
        int r;

        if (strcmp(signature, "s") == 0) {
                r = sd_bus_message_read_basic(m, 's', &text);
                if (r < 0)
                        return r;
                return lw_format_parse(text, ret_format)
                                       ? 0
                                       : wrong_type(error, "format or accept", right);
        }
        r = read_number(m, signature, &number);
        if (r < 0)
                return r;
        if (r == 0 || number > UINT16_MAX)
                return wrong_type(error, "format or accept", right);
        *ret_format = (int32_t) number;
        return 0;
}

static int read_content_format(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return read_format(m, signature, &self->format, error);
}

static int read_accept(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return read_format(m, signature, &self->accept, error);
}

static int read_mode(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        const char *text = "";
        int r = 0;

        if (strcmp(signature, "s") == 0)
                r = sd_bus_message_read_basic(m, 's', &text);
        if (r < 0)
                return r;
        self->update = strcmp(text, "update") == 0;
        if (!self->update && strcmp(text, "replace") != 0)
                return wrong_type(error, "mode", "s 'replace' or s 'update'");
        return 0;
}

static int read_non(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        int value, r;

        if (strcmp(signature, "b") != 0)
                return wrong_type(error, "non", "b true or b false");
        r = sd_bus_message_read_basic(m, 'b', &value);
        if (r < 0)
                return r;
        self->non = value != 0;
        return 0;
}

static int read_timeout(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t usec = 0;
        int r = read_number(m, signature, &usec);

        if (r < 0)
                return r;
        if (r == 0 || usec == 0)
                return wrong_type(error, "timeout_usec", "t microseconds, at least 1");
        self->timeout_usec = usec;
        return 0;
}

static int read_observe(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t number = 0;
        int r = read_number(m, signature, &number);

        if (r < 0)
                return r;
        if (r == 0 || number > 0xffffff)
                return wrong_type(error, "observe", "u 0 to 16777215");
        self->observe = (uint32_t) number;
        self->has_observe = true;
        return 0;
}

static int read_payload(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
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
                return wrong_type(error, "payload", "s text or ay bytes");
        }
        if (r < 0)
                return r;
        g_clear_pointer(&self->payload, g_bytes_unref);
        self->payload = g_bytes_new(data, length);
        return 0;
}

static int read_raw(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        int r;

        if (strcmp(signature, "a(qay)") != 0)
                return wrong_type(error, "options", "a(qay), numbers and values");
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
                g_array_append_val(self->raw, option);
                r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* clang-format off */
static const struct Key {
        const char *name;
        unsigned bit; /* 0: goes with all */
        ReadOption read;
} keys[] = {
        { "format",       LW_TEST_OPTION_FORMAT, read_content_format },
        { "accept",       LW_TEST_OPTION_ACCEPT, read_accept         },
        { "mode",         LW_TEST_OPTION_MODE,   read_mode           },
        { "non",          0,                     read_non            },
        { "timeout_usec", 0,                     read_timeout        },
        { "payload",      LW_TEST_OPTION_RAW,    read_payload        },
        { "observe",      LW_TEST_OPTION_RAW,    read_observe        },
        { "options",      LW_TEST_OPTION_RAW,    read_raw            },
};
/* clang-format on */

static int read_key(sd_bus_message *m, unsigned allowed, const char *name, LwTestOptions *self,
                sd_bus_error *error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
                const char *signature;
                char type;
                int r;

                if (strcmp(keys[i].name, name) != 0 || (keys[i].bit & ~allowed) != 0)
                        continue;
                r = sd_bus_message_peek_type(m, &type, &signature);
                if (r < 0)
                        return r;
                r = sd_bus_message_enter_container(m, 'v', signature);
                if (r < 0)
                        return r;
                r = keys[i].read(m, signature, self, error);
                return r < 0 ? r : sd_bus_message_exit_container(m);
        }
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                        "the option '%s' is not known to this method", name);
}

static void raw_option_clear(void *data)
{
        LwTestRawOption *option = data;

        g_bytes_unref(option->value);
}

int lw_test_options_read(sd_bus_message *m, unsigned allowed, LwTestOptions *ret_options,
                sd_bus_error *error)
{
        g_auto(LwTestOptions) self = {
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .timeout_usec = LW_TEST_TIMEOUT_USEC,
                .raw = g_array_new(false, false, sizeof(LwTestRawOption)),
        };
        int r;

        g_array_set_clear_func(self.raw, raw_option_clear);
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r > 0) {
                const char *name;

                r = sd_bus_message_enter_container(m, 'e', "sv");
                if (r <= 0)
                        break;
                r = sd_bus_message_read_basic(m, 's', &name);
                if (r < 0)
                        break;
                r = read_key(m, allowed, name, &self, error);
                if (r < 0)
                        break;
                r = sd_bus_message_exit_container(m);
        }
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        *ret_options = self;
        self = (LwTestOptions){};
        return 0;
}

void lw_test_options_clear(LwTestOptions *self)
{
        g_clear_pointer(&self->payload, g_bytes_unref);
        g_clear_pointer(&self->raw, g_array_unref);
}
