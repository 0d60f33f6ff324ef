/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service answers to Provider1.Read: values of what it was asked for, and what it could not
 * say. */
#include "providers/remote/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "bus/error.h"
#include "bus/memfd.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/pipe.h"
#include "providers/remote/report.h"

#define SIGNATURE "a{sv}a{s(ss)}"

/* An answer that is being read. */
typedef struct Reading {
        sd_bus_message *reply;
        LwRegistry *registry;
        LwAnswerPart *parts;
        size_t count;
        const LwAnswerEvents *events;
        void *user;
        LwValues *values;
        bool is_careful;
} Reading;

static int compare_parts(const void *a, const void *b)
{
        return lw_path_compare(
                        &((const LwAnswerPart *) a)->path, &((const LwAnswerPart *) b)->path);
}

/* The part that a key names, if it was asked for and not answered yet; else it is a mistake. */
static LwAnswerPart *find_part(const Reading *self, const char *key)
{
        LwAnswerPart wanted = {}, *part = NULL;

        if (lw_path_parse(key, &wanted.path, NULL))
                part = bsearch(&wanted, self->parts, self->count, sizeof(wanted), compare_parts);
        if (part != NULL && part->outcome == LW_ANSWER_ABSENT)
                return part;
        self->events->mistake(self->user, NULL,
                        part != NULL ? "a path is answered twice; keeping the first"
                                     : "a path is answered that was not asked for; leaving it out");
        return NULL;
}

/* A descriptor in the place of an opaque value; 0: it is something else, and nothing was read. */
static int read_descriptor(const Reading *self, sd_bus_message *m, const LwPath *path,
                LwValues *values, GError **error)
{
        const LwResourceDef *def = lw_registry_resource(self->registry, path->ids[0], path->ids[2]);
        const char *contents;
        int fd, r;

        if (def == NULL || def->type != LW_TYPE_OPAQUE ||
                        (def->multiple && path->length == LW_LEVEL_RESOURCE) ||
                        sd_bus_message_peek_type(m, NULL, &contents) <= 0 ||
                        strcmp(contents, "h") != 0)
                return 0;
        r = sd_bus_message_read(m, "v", "h", &fd);
        if (r < 0)
                return r;
        if (self->events->pipe != NULL && lw_pipe_is(fd))
                return self->events->pipe(self->user, path, fd, error) ? 1 : -EIO;
        if (!lw_memfd_add(fd, path, values, error))
                return -EIO;
        return lw_resource_def_check(def, &lw_values_at(values, lw_values_count(values) - 1)->value,
                               error)
                               ? 1
                               : -EIO;
}

/* One variant, from where the message stands. */
static bool read_variant(const Reading *self, sd_bus_message *m, const LwPath *path,
                LwValues *values, GError **error)
{
        int r = read_descriptor(self, m, path, values, error);

        return r > 0 || (r == 0 && lw_report_read_value(m, self->registry, path, values, error));
}

/*
 * sd-bus cannot pass over what it has read half: from the first mistake on each variant is read
 * from a copy, where it may break off.
 */
static bool read_copy(const Reading *self, const LwPath *path, LwValues *values, GError **error)
{
        sd_bus_message *copy = NULL;
        bool ok;
        int r = sd_bus_message_new_signal(
                        sd_bus_message_get_bus(self->reply), &copy, "/", "org.lwm2md.Copy", "Copy");

        if (r >= 0 && (r = sd_bus_message_copy(copy, self->reply, false)) >= 0)
                r = sd_bus_message_seal(copy, 1, 0);
        if (r < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "it cannot be read: %s",
                                g_strerror(-r));
        ok = r >= 0 && read_variant(self, copy, path, values, error);
        sd_bus_message_unref(copy);
        return ok;
}

/* One variant; -EAGAIN: it is bad, and the message cannot be read on. */
static int read_value(Reading *self, LwAnswerPart *part)
{
        g_autoptr(LwValues) values = self->is_careful ? lw_values_new() : NULL;
        g_autoptr(GError) error = NULL;

        if (!self->is_careful &&
                        !read_variant(self, self->reply, &part->path, self->values, &error))
                return -EAGAIN;
        if (self->is_careful && !read_copy(self, &part->path, values, &error)) {
                part->outcome = LW_ANSWER_BAD;
                self->events->mistake(self->user, &part->path, error->message);
                return 0;
        }
        if (self->is_careful)
                lw_values_append(self->values, values);
        part->outcome = LW_ANSWER_VALUE;
        return lw_values_count(self->values) > LW_ENTRIES_MAX ? -E2BIG : 0;
}

static int read_values(Reading *self)
{
        int r = sd_bus_message_enter_container(self->reply, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(self->reply, 'e', "sv")) > 0) {
                LwAnswerPart *part;
                const char *key;

                r = sd_bus_message_read(self->reply, "s", &key);
                if (r < 0)
                        return r;
                part = find_part(self, key);
                r = part != NULL ? read_value(self, part) : sd_bus_message_skip(self->reply, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(self->reply);
        }
        return r < 0 ? r : sd_bus_message_exit_container(self->reply);
}

static int read_failure(const Reading *self, GError **ret_failure)
{
        const char *key, *name, *message;
        sd_bus_error error = {};
        LwAnswerPart *part;
        int r = sd_bus_message_read(self->reply, "s(ss)", &key, &name, &message);

        if (r < 0)
                return r;
        part = find_part(self, key);
        if (part == NULL)
                return 0;
        part->outcome = LW_ANSWER_FAILED;
        error = (sd_bus_error){ .name = name, .message = message };
        if (*ret_failure == NULL)
                lw_bus_error_to_gerror(&error, ret_failure);
        return 0;
}

static int read_failures(const Reading *self, GError **ret_failure)
{
        int r = sd_bus_message_enter_container(self->reply, 'a', "{s(ss)}");

        while (r >= 0 && (r = sd_bus_message_enter_container(self->reply, 'e', "s(ss)")) > 0) {
                r = read_failure(self, ret_failure);
                if (r >= 0)
                        r = sd_bus_message_exit_container(self->reply);
        }
        return r;
}

bool lw_answer_read(sd_bus_message *reply, LwRegistry *registry, LwAnswerPart *parts, size_t count,
                const LwAnswerEvents *events, void *user, LwValues *values, GError **ret_failure)
{
        Reading self = { reply, registry, parts, count, events, user, values, false };
        g_autoptr(GError) failure = NULL;
        int r = -EBADMSG;

        if (sd_bus_message_has_signature(reply, SIGNATURE))
                r = read_values(&self);
        if (r == -EAGAIN) {
                for (size_t i = 0; i < count; i++)
                        parts[i].outcome = LW_ANSWER_ABSENT;
                lw_values_reset(values);
                self.is_careful = true;
                r = sd_bus_message_rewind(reply, true);
                if (r >= 0)
                        r = read_values(&self);
        }
        if (r >= 0)
                r = read_failures(&self, &failure);
        if (r < 0) {
                events->mistake(user, NULL,
                                r == -E2BIG ? "an answer of Read has more values than can be taken"
                                            : "an answer of Read is not " SIGNATURE);
                return false;
        }
        if (failure != NULL)
                g_propagate_error(ret_failure, g_steal_pointer(&failure));
        return true;
}
