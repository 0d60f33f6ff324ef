/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The a{sv} of a method that asks a client for something. */
#include "testserver/options.h"

#include <string.h>

#include "codec/format.h"
#include "model/request.h"
#include "model/status.h"
#include "testserver/attributes.h"
#include "testserver/face-values.h"
#include "testserver/option-values.h"

/* Reads the content of one key's variant, which has been entered. */
typedef int (*ReadOption)(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error);

static int read_content_format(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return lw_test_read_format(m, signature, &self->format, error);
}

static int read_accept(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return lw_test_read_format(m, signature, &self->accept, error);
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
                return lw_test_wrong_type(error, "mode", "s 'replace' or s 'update'");
        return 0;
}

static int read_non(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        int value, r;

        if (strcmp(signature, "b") != 0)
                return lw_test_wrong_type(error, "non", "b true or b false");
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
        int r = lw_test_read_number(m, signature, &usec);

        if (r < 0)
                return r;
        if (r == 0 || usec == 0)
                return lw_test_wrong_type(error, "timeout_usec", "t microseconds, at least 1");
        self->timeout_usec = usec;
        return 0;
}

static int read_payload(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        GBytes *bytes = NULL;
        int r = lw_test_read_bytes(m, signature, &bytes, error);

        if (r < 0)
                return r;
        g_clear_pointer(&self->payload, g_bytes_unref);
        self->payload = bytes;
        return 0;
}

static int read_raw(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return lw_test_read_raw_options(m, signature, self->raw, error);
}

static int read_observe(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t number = 0;
        int r = lw_test_read_number(m, signature, &number);

        if (r < 0)
                return r;
        if (r == 0 || number > 0xffffff)
                return lw_test_wrong_type(error, "observe", "u 0 to 16777215");
        self->observe = (uint32_t) number;
        self->has_observe = true;
        return 0;
}

/* Opened at once, so that a mistake is told before anything is sent. */
static int read_file(sd_bus_message *m, const char *signature, LwTestFileOpen open_path,
                LwTestOptions *self, sd_bus_error *error)
{
        LwTestFile *file = NULL;
        int r = lw_test_read_file(m, signature, open_path, &file, error);

        if (r < 0)
                return r;
        lw_test_file_unref(self->file);
        self->file = file;
        return 0;
}

static int read_source(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return read_file(m, signature, lw_test_file_open, self, error);
}

static int read_target(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        return read_file(m, signature, lw_test_file_create, self, error);
}

static int read_block_size(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t number = 0;
        int r = lw_test_read_number(m, signature, &number);

        if (r < 0)
                return r;
        if (r == 0 || number < 16 || number > LW_BLOCK_SIZE || (number & (number - 1)) != 0)
                return lw_test_wrong_type(error, "block_size", "16, 32, 64, 128, 256, 512 or 1024");
        self->block_size = (uint16_t) number;
        return 0;
}

static int read_blocks(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        const void *numbers;
        size_t length;
        int r;

        if (strcmp(signature, "au") != 0)
                return lw_test_wrong_type(error, "blocks", "au, numbers of blocks, from 0 on");
        r = sd_bus_message_read_array(m, 'u', &numbers, &length);
        if (r < 0)
                return r;
        if (length == 0)
                return lw_test_wrong_type(error, "blocks", "one number or more");
        g_clear_pointer(&self->blocks, g_array_unref);
        self->blocks = g_array_new(false, false, sizeof(uint32_t));
        g_array_append_vals(self->blocks, numbers, (guint) (length / sizeof(uint32_t)));
        return 0;
}

static int read_depth(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t number = 0;
        int r = lw_test_read_number(m, signature, &number);

        if (r < 0)
                return r;
        if (r == 0)
                return lw_test_wrong_type(error, "depth", "a number; the standard has 0 to 3");
        g_ptr_array_add(self->queries, g_strdup_printf("depth=%" G_GUINT64_FORMAT, number));
        return 0;
}

static int read_attributes(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        if (strcmp(signature, "a{sv}") != 0)
                return lw_test_wrong_type(error, "attributes", "a{sv}, names to values");
        return lw_test_read_attributes(m, self->queries, error);
}

static int read_unset(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        if (strcmp(signature, "as") != 0)
                return lw_test_wrong_type(error, "unset", "as, names of attributes");
        return lw_test_read_unset(m, self->queries, error);
}

static int read_instance(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        uint64_t number = 0;
        int r = lw_test_read_number(m, signature, &number);

        if (r < 0)
                return r;
        if (r == 0 || number > LW_ID_MAX)
                return lw_test_wrong_type(error, "instance", "an id, 0 to 65534");
        self->instance = (uint16_t) number;
        self->has_instance = true;
        return 0;
}

static int read_remove(
                sd_bus_message *m, const char *signature, LwTestOptions *self, sd_bus_error *error)
{
        static const char right[] = "as, paths of resource instances";
        g_autoptr(LwValues) paths = lw_values_new();
        g_autoptr(GError) reason = NULL;

        if (strcmp(signature, "as") != 0 || !lw_test_read_paths(m, paths, &reason))
                return lw_test_wrong_type(error, "remove", right);
        for (size_t i = 0; i < lw_values_count(paths); i++)
                if (lw_values_at(paths, i)->path.length != LW_LEVEL_RESOURCE_INSTANCE)
                        return lw_test_wrong_type(error, "remove", right);
        lw_values_append(self->removed, paths);
        return 0;
}

/* clang-format off */
static const struct Key {
        const char *name;
        unsigned bit; /* 0: goes with all */
        ReadOption read;
} keys[] = {
        { "format",       LW_TEST_OPTION_FORMAT,     read_content_format },
        { "accept",       LW_TEST_OPTION_ACCEPT,     read_accept         },
        { "mode",         LW_TEST_OPTION_MODE,       read_mode           },
        { "non",          0,                         read_non            },
        { "timeout_usec", 0,                         read_timeout        },
        { "block_size",   0,                         read_block_size     },
        { "payload",      LW_TEST_OPTION_RAW,        read_payload        },
        { "observe",      LW_TEST_OPTION_RAW,        read_observe        },
        { "options",      LW_TEST_OPTION_RAW,        read_raw            },
        { "file",         LW_TEST_OPTION_SOURCE,     read_source         },
        { "file",         LW_TEST_OPTION_TARGET,     read_target         },
        { "blocks",       LW_TEST_OPTION_BLOCKS,     read_blocks         },
        { "depth",        LW_TEST_OPTION_DEPTH,      read_depth          },
        { "attributes",   LW_TEST_OPTION_ATTRIBUTES, read_attributes     },
        { "unset",        LW_TEST_OPTION_UNSET,      read_unset          },
        { "instance",     LW_TEST_OPTION_INSTANCE,   read_instance       },
        { "remove",       LW_TEST_OPTION_REMOVE,     read_remove         },
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
                .queries = g_ptr_array_new_with_free_func(g_free),
                .removed = lw_values_new(),
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
        g_ptr_array_add(self.queries, NULL); /* as lw_test_options_queries() has them */
        *ret_options = self;
        self = (LwTestOptions){};
        return 0;
}

void lw_test_options_clear(LwTestOptions *self)
{
        g_clear_pointer(&self->payload, g_bytes_unref);
        g_clear_pointer(&self->raw, g_array_unref);
        g_clear_pointer(&self->file, lw_test_file_unref);
        g_clear_pointer(&self->blocks, g_array_unref);
        g_clear_pointer(&self->queries, g_ptr_array_unref);
        g_clear_pointer(&self->removed, lw_values_free);
}

LwTestWay lw_test_options_way(const LwTestOptions *self, bool saves)
{
        return (LwTestWay){
                .non = self->non,
                .timeout_usec = self->timeout_usec,
                .block_size = self->block_size,
                .order = self->blocks,
                .save = saves ? self->file : NULL,
        };
}

char **lw_test_options_queries(const LwTestOptions *self)
{
        return self->queries->len > 1 ? (char **) self->queries->pdata : NULL;
}
