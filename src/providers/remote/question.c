/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwQuestion: one call of org.lwm2md.Provider1, from the request to its end. */
#include "providers/remote/question.h"

#include <stdlib.h>

static int compare_parts(const void *a, const void *b)
{
        return lw_path_compare(
                        &((const LwAnswerPart *) a)->path, &((const LwAnswerPart *) b)->path);
}

LwQuestion *lw_question_new(LwQuestionVerb verb, LwCall *call, const LwPath *target)
{
        LwQuestion *self = g_new0(LwQuestion, 1);

        self->verb = verb;
        self->call = call;
        self->target = *target;
        self->link.data = self;
        return self;
}

LwQuestion *lw_question_new_read(LwCall *call, const LwPath *paths, size_t count)
{
        LwQuestion *self = lw_question_new(LW_QUESTION_READ, call, &LW_PATH_ROOT);

        self->parts = g_new0(LwAnswerPart, count);
        self->count = count;
        for (size_t i = 0; i < count; i++)
                self->parts[i].path = paths[i];
        if (count > 1)
                qsort(self->parts, count, sizeof(*self->parts), compare_parts);
        return self;
}

void lw_question_free(LwQuestion *self)
{
        if (self == NULL)
                return;
        sd_bus_slot_unref(self->slot);
        sd_bus_message_unref(self->arguments);
        lw_values_free(self->known);
        lw_pipes_free(self->pipes);
        g_free(self->parts);
        g_free(self);
}

const char *lw_question_member(const LwQuestion *self)
{
        switch (self->verb) {
        case LW_QUESTION_READ:
                return "Read";
        case LW_QUESTION_WRITE:
                return "Write";
        case LW_QUESTION_EXECUTE:
                return "Execute";
        case LW_QUESTION_CREATE:
                return "Create";
        case LW_QUESTION_DELETE:
                return "Delete";
        }
        g_assert_not_reached();
}

sd_bus_message *lw_question_begin(LwQuestion *self, sd_bus *bus)
{
        /* the service may not be there yet: whom it goes to is said when it is sent */
        if (sd_bus_message_new_signal(bus, &self->arguments, "/", "org.lwm2md.Copy", "Copy") < 0)
                return NULL;
        return self->arguments;
}

int lw_question_seal(LwQuestion *self)
{
        return sd_bus_message_seal(self->arguments, 1, 0);
}

static int append_paths(sd_bus_message *m, const LwQuestion *self)
{
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (size_t i = 0; r >= 0 && i < self->count; i++) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&self->parts[i].path, text);
                r = sd_bus_message_append_basic(m, 's', text);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_removed(sd_bus_message *m, const LwValues *removed)
{
        g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
        int r;

        for (size_t i = 0; i < lw_values_count(removed); i++) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&lw_values_at(removed, i)->path, text);
                g_ptr_array_add(paths, g_strdup(text));
        }
        g_ptr_array_add(paths, NULL);
        if ((r = sd_bus_message_open_container(m, 'e', "sv")) < 0 ||
                        (r = sd_bus_message_append(m, "s", "removed")) < 0 ||
                        (r = sd_bus_message_open_container(m, 'v', "as")) < 0 ||
                        (r = sd_bus_message_append_strv(m, (char **) paths->pdata)) < 0 ||
                        (r = sd_bus_message_close_container(m)) < 0)
                return r;
        return sd_bus_message_close_container(m);
}

/* What is peculiar to one verb: the node that the server wrote to and the elements that go, and
 * whether it chose the id. */
static int append_peculiar(sd_bus_message *m, const LwQuestion *self)
{
        char text[LW_PATH_TEXT_MAX];

        int r;

        if (self->verb == LW_QUESTION_CREATE)
                return sd_bus_message_append(m, "{sv}", "chosen", "b", (int) self->chosen);
        if (self->verb != LW_QUESTION_WRITE)
                return 0;
        lw_path_print(&self->target, text);
        r = sd_bus_message_append(m, "{sv}", "target", "s", text);
        return r < 0 || self->known == NULL ? r : append_removed(m, self->known);
}

static int append_context(sd_bus_message *m, const LwQuestion *self, LwUsec left_usec)
{
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "server", "q",
                        (int) lw_call_server(self->call), "operation", "s",
                        lw_operation_name(lw_call_operation(self->call)), "deadline_usec", "t",
                        (uint64_t) left_usec);
        if (r >= 0)
                r = append_peculiar(m, self);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int lw_question_append(LwQuestion *self, sd_bus_message *m, LwUsec left_usec)
{
        int r = self->verb == LW_QUESTION_READ ? append_paths(m, self)
                                               : sd_bus_message_copy(m, self->arguments, true);

        return r < 0 ? r : append_context(m, self, left_usec);
}
