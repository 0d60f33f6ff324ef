/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions that change something: what the methods of Provider1 but Read are called with. */
#include "providers/remote/mutation.h"

#include <errno.h>
#include <string.h>

#include "bus/memfd.h"
#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/arguments.h"

/* Ends the arguments; `r` is how appending them went. */
static LwQuestion *complete(LwQuestion *question, int r, GError **error)
{
        if (r >= 0)
                r = lw_question_seal(question);
        if (r >= 0)
                return question;
        lw_question_free(question);
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the values cannot be sent to a service: %s",
                        g_strerror(-r));
        return NULL;
}

static LwQuestion *begin(sd_bus *bus, LwQuestionVerb verb, LwCall *call, const LwPath *target,
                GError **error)
{
        LwQuestion *question;

        if (bus != NULL) {
                question = lw_question_new(verb, call, target);
                if (lw_question_begin(question, bus) != NULL)
                        return question;
                lw_question_free(question);
        }
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "the service behind this is not running at the moment");
        return NULL;
}

static int append_values(sd_bus_message *m, const LwPath *target, const LwValues *values)
{
        g_autoptr(LwValues) sorted = lw_values_new();

        lw_values_append(sorted, values);
        return lw_variant_append_values(m, target, sorted);
}

/* Elements that go have no place among values: they are named beside them. */
static LwValues *take_removed(const LwValues *values, LwValues *kept)
{
        g_autoptr(LwValues) removed = lw_values_new();

        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                bool goes = entry->path.length == LW_LEVEL_RESOURCE_INSTANCE &&
                            entry->value.type == LW_TYPE_NONE;

                lw_values_add(goes ? removed : kept, &entry->path, &entry->value);
        }
        return lw_values_count(removed) > 0 ? g_steal_pointer(&removed) : NULL;
}

LwQuestion *lw_mutation_write(sd_bus *bus, LwCall *call, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        LwQuestion *question = begin(bus, LW_QUESTION_WRITE, call, target, error);
        g_autoptr(LwValues) kept = lw_values_new();
        int r;

        if (question == NULL)
                return NULL;
        question->known = take_removed(values, kept);
        lw_values_sort(kept);
        r = sd_bus_message_append(question->arguments, "s", replace ? "replace" : "update");
        if (r >= 0)
                r = lw_variant_append_values(question->arguments, target, kept);
        return complete(question, r, error);
}

static int append_file(sd_bus_message *m, const LwPath *path, int fd, uint64_t size)
{
        g_autoptr(LwValues) values = lw_values_new();
        char text[LW_PATH_TEXT_MAX];

        if (size < LW_BODY_MAX)
                return lw_memfd_add(fd, path, values, NULL)
                                       ? lw_variant_append_values(m, path, values)
                                       : -EIO;
        lw_path_print(path, text);
        return sd_bus_message_append(m, "a{sv}", 1, text, "h", fd);
}

LwQuestion *lw_mutation_write_file(sd_bus *bus, LwCall *call, const LwPath *path, int fd,
                uint64_t size, GError **error)
{
        LwQuestion *question = begin(bus, LW_QUESTION_WRITE, call, path, error);
        int r;

        if (question == NULL)
                return NULL;
        r = sd_bus_message_append(question->arguments, "s", "replace");
        if (r >= 0)
                r = append_file(question->arguments, path, fd, size);
        return complete(question, r, error);
}

static int append_arguments(sd_bus_message *m, const char *text)
{
        int r = sd_bus_message_open_container(m, 'a', "{ys}");

        for (unsigned digit = 0; r >= 0 && digit <= 9; digit++) {
                g_autofree char *value = lw_arguments_get(text, digit);

                if (value != NULL)
                        r = sd_bus_message_append(m, "{ys}", (int) digit, value);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

LwQuestion *lw_mutation_execute(sd_bus *bus, LwCall *call, const LwPath *path,
                const char *arguments, GError **error)
{
        LwQuestion *question = begin(bus, LW_QUESTION_EXECUTE, call, path, error);
        char text[LW_PATH_TEXT_MAX];
        int r;

        if (question == NULL)
                return NULL;
        lw_path_print(path, text);
        r = sd_bus_message_append(question->arguments, "s", text);
        if (r >= 0)
                r = append_arguments(question->arguments, arguments);
        return complete(question, r, error);
}

LwQuestion *lw_mutation_create(sd_bus *bus, LwCall *call, const LwPath *instance, bool chosen,
                const LwValues *values, GError **error)
{
        LwQuestion *question = begin(bus, LW_QUESTION_CREATE, call, instance, error);
        char text[LW_PATH_TEXT_MAX];
        int r;

        if (question == NULL)
                return NULL;
        question->chosen = chosen;
        question->known = lw_values_new();
        lw_values_append(question->known, values);
        lw_path_print(instance, text);
        r = sd_bus_message_append(question->arguments, "s", text);
        if (r >= 0)
                r = append_values(question->arguments, instance, values);
        return complete(question, r, error);
}

LwQuestion *lw_mutation_delete(sd_bus *bus, LwCall *call, const LwPath *path, GError **error)
{
        LwQuestion *question = begin(bus, LW_QUESTION_DELETE, call, path, error);
        char text[LW_PATH_TEXT_MAX];

        if (question == NULL)
                return NULL;
        lw_path_print(path, text);
        return complete(question, sd_bus_message_append(question->arguments, "s", text), error);
}

bool lw_mutation_read_created(sd_bus_message *reply, const LwQuestion *question,
                LwPath *ret_instance, GError **error)
{
        const LwPath *wanted = &question->target;
        const char *text;
        LwPath instance;

        if (!sd_bus_message_has_signature(reply, "s") ||
                        sd_bus_message_read(reply, "s", &text) < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "an answer of Create is not the path of an instance (s)");
                return false;
        }
        instance = *wanted;
        if (*text != '\0' && (!lw_path_parse(text, &instance, NULL) ||
                                             instance.length != LW_LEVEL_INSTANCE ||
                                             instance.ids[0] != wanted->ids[0])) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "an answer of Create is no instance of object %u", wanted->ids[0]);
                return false;
        }
        if (question->chosen && !lw_path_equal(&instance, wanted)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the service made another instance than /%u/%u", wanted->ids[0],
                                wanted->ids[1]);
                return false;
        }
        *ret_instance = instance;
        return true;
}
