/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRemoteProvider: asks a service on the bus, by org.lwm2md.Provider1. */
#include "providers/remote/provider.h"

#include <string.h>

#include "base/log.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/answer.h"
#include "providers/remote/cache.h"
#include "providers/remote/inflow.h"
#include "providers/remote/mutation.h"
#include "providers/remote/pipe.h"
#include "providers/remote/watch.h"

struct LwRemoteProvider {
        LwProvider base;
        LwTree *tree;
        const LwRemoteEvents *events;
        void *user;
        LwDriver *driver;
        LwAsker *asker;
        LwInflows *inflows;
        LwWatch *watch;
        bool may_write, may_execute;
        GPtrArray *pipes; /* of LwPipe, of the answer that is being read; NULL: none */

        LwCache *cache;     /* NULL: each Read asks */
        uint64_t reports;   /* how many came; a cache trusts no answer that one overtook */
        GHashTable *warned; /* paths as text, "" for answers as a whole */
};

/* Mistakes of the service: once a resource and presence, else a loop fills the journal */

static void on_mistake(void *user, const LwPath *path, const char *what)
{
        LwRemoteProvider *self = user;
        char text[LW_PATH_TEXT_MAX] = "";

        if (path != NULL)
                lw_path_print(path, text);
        if (!g_hash_table_add(self->warned, g_strdup(text)))
                return;
        if (path != NULL)
                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_WARNING, LW_FIELD_PATH, text, "MESSAGE",
                                "%s answers %s wrongly: %s; leaving the value out, and saying "
                                "this once",
                                lw_asker_title(self->asker), text, what);
        else
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s, and saying this once",
                                lw_asker_title(self->asker), what);
}

/* Answers of Read */

/* Only resources are kept, and no answer that a report may have overtaken. */
static void keep(LwRemoteProvider *self, const LwQuestion *question, LwValues *values)
{
        if (self->cache == NULL || question->reports != self->reports)
                return;
        for (size_t i = 0; i < question->count; i++)
                if (question->parts[i].path.length != LW_LEVEL_RESOURCE)
                        return;
        for (size_t i = 0; i < question->count; i++)
                if (question->parts[i].outcome == LW_ANSWER_ABSENT)
                        lw_cache_put_nothing(self->cache, &question->parts[i].path);
        lw_cache_put(self->cache, values);
}

static bool has_values(const LwValues *values)
{
        return values != NULL && lw_values_count(values) > 0;
}

/* Pipes */

static bool on_pipe(void *user, const LwPath *path, int fd, GError **error)
{
        LwRemoteProvider *self = user;
        LwPipe *pipe;

        for (guint i = 0; self->pipes != NULL && i < self->pipes->len; i++)
                if (lw_path_equal(lw_pipe_path(self->pipes->pdata[i]), path))
                        return true; /* the answer is being read once more */
        if (self->pipes != NULL && self->pipes->len >= LW_PLUGIN_BLOBS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "an answer has at most %d pipes",
                                LW_PLUGIN_BLOBS_MAX);
                return false;
        }
        pipe = lw_pipe_new(self->driver, fd, path, error);
        if (pipe == NULL)
                return false;
        if (self->pipes == NULL)
                self->pipes = g_ptr_array_new_with_free_func((GDestroyNotify) lw_pipe_free);
        g_ptr_array_add(self->pipes, pipe);
        return true;
}

static bool add_piped(LwRemoteProvider *self, LwQuestion *question, LwPipe *pipe, GError **error)
{
        const LwPath *path = lw_pipe_path(pipe);
        const LwResourceDef *def = lw_registry_resource(
                        lw_tree_registry(self->tree), path->ids[0], path->ids[2]);
        g_autoptr(LwValues) values = lw_values_new();

        if (!lw_pipe_add(pipe, values, error) ||
                        !lw_resource_def_check(def, &lw_values_at(values, 0)->value, error))
                return false;
        lw_values_append(lw_call_values(question->call), values);
        return true;
}

/* One of them is at its end; the last ends the question. */
static void on_piped(void *user, LwPipe *pipe, const GError *error)
{
        LwQuestion *question = user;
        LwRemoteProvider *self = lw_asker_user(question->asker);
        g_autoptr(GError) own = error != NULL ? g_error_copy(error) : NULL;

        if (own == NULL && add_piped(self, question, pipe, &own)) {
                g_ptr_array_remove(question->pipes, pipe);
                if (question->pipes->len > 0)
                        return;
        } else {
                on_mistake(self, lw_pipe_path(pipe), own->message);
        }
        lw_asker_end(self->asker, question, own);
}

static bool start_pipes(LwQuestion *question, GError **error)
{
        for (guint i = 0; i < question->pipes->len; i++)
                if (!lw_pipe_start(question->pipes->pdata[i], on_piped, question, error))
                        return false;
        return true;
}

static const LwAnswerEvents answer_events = { on_mistake, on_pipe };

static GError *take_read(LwRemoteProvider *self, LwQuestion *question, sd_bus_message *reply,
                bool *ret_later)
{
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) failure = NULL;

        bool ok = lw_answer_read(reply, lw_tree_registry(self->tree), question->parts,
                        question->count, &answer_events, self, values, &failure);

        question->pipes = g_steal_pointer(&self->pipes);
        if (!ok)
                return g_error_new_literal(LW_ERROR, LW_STATUS_FAILED,
                                "the service behind this answers what cannot be understood");
        lw_values_append(lw_call_values(question->call), values);
        if (question->known != NULL)
                lw_values_append(lw_call_values(question->call), question->known);
        if (question->pipes != NULL) {
                *ret_later = start_pipes(question, &failure);
                return g_steal_pointer(&failure);
        }
        if (failure != NULL && !has_values(values) && !has_values(question->known))
                return lw_asker_explain(
                                self->asker, question, (LwStatus) failure->code, failure->message);
        keep(self, question, values);
        return NULL;
}

/* Answers of the others */

static GError *take_created(LwRemoteProvider *self, LwQuestion *question, sd_bus_message *reply)
{
        LwPath instance = question->target;
        GError *error = NULL;

        if (!lw_mutation_read_created(reply, question, &instance, &error)) {
                on_mistake(self, NULL, error->message);
                return error;
        }
        if (!self->events->created(self->user, &instance, question->known, &error))
                return error;
        lw_call_set_created(question->call, &instance);
        return NULL;
}

static GError *on_answer(void *user, LwQuestion *question, sd_bus_message *reply, bool *ret_later)
{
        LwRemoteProvider *self = user;

        switch (question->verb) {
        case LW_QUESTION_READ:
                return take_read(self, question, reply, ret_later);
        case LW_QUESTION_CREATE:
                return take_created(self, question, reply);
        case LW_QUESTION_DELETE:
                if (question->target.length == LW_LEVEL_INSTANCE)
                        self->events->deleted(self->user, &question->target);
                return NULL;
        case LW_QUESTION_WRITE:
        case LW_QUESTION_EXECUTE:
                return NULL;
        }
        g_assert_not_reached();
}

/* Nothing that was known of what it touched is known any more, and no answer that was under way is
 * kept. An Execute may change anything; what it does the service reports, as everything else. */
static void on_changed(void *user, const LwQuestion *question)
{
        LwRemoteProvider *self = user;

        self->reports++;
        if (self->cache != NULL && question->verb != LW_QUESTION_EXECUTE)
                lw_cache_drop_below(self->cache, &question->target);
}

/* Its turn has come: what is known by now needs not be asked. */
static bool on_begin(void *user, LwQuestion *question)
{
        LwRemoteProvider *self = user;
        size_t count = 0;

        question->reports = self->reports;
        if (question->verb != LW_QUESTION_READ || self->cache == NULL)
                return true;
        question->known = lw_values_new();
        for (size_t i = 0; i < question->count; i++)
                if (!lw_cache_read(self->cache, &question->parts[i].path, question->known))
                        question->parts[count++] = question->parts[i];
        question->count = count;
        if (count == 0)
                lw_values_append(lw_call_values(question->call), question->known);
        return count > 0;
}

static void on_wake(void *user)
{
        LwRemoteProvider *self = user;

        self->events->wake(self->user);
}

static const LwAskerEvents asker_events = {
        .begin = on_begin,
        .take = on_answer,
        .changed = on_changed,
        .wake = on_wake,
};

/* Verbs */

/* All of it from what is kept; false: nothing of it, as something is not, or may be changing. */
static bool read_kept(
                const LwRemoteProvider *self, const LwPath *paths, size_t count, LwValues *values)
{
        if (self->cache == NULL || lw_asker_is_changing(self->asker))
                return false;
        for (size_t i = 0; i < count; i++)
                if (!lw_cache_knows(self->cache, &paths[i]))
                        return false;
        for (size_t i = 0; i < count; i++)
                lw_cache_read(self->cache, &paths[i], values);
        return true;
}

static void provider_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;

        if (read_kept(self, paths, count, lw_call_values(call)))
                lw_call_succeed(call);
        else
                lw_asker_ask(self->asker, lw_question_new_read(call, paths, count));
}

static bool check_rights(const LwRemoteProvider *self, LwQuestionVerb verb, GError **error)
{
        if (verb == LW_QUESTION_EXECUTE ? self->may_execute : self->may_write)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                        "the grant of the service behind this says no to %s",
                        verb == LW_QUESTION_EXECUTE ? "Execute" : "Write");
        return false;
}

/* Takes the error of a question that could not be made. */
static void ask(LwProvider *provider, LwQuestion *question, LwCall *call, GError *error)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;
        g_autoptr(GError) owned = error;

        if (question != NULL && check_rights(self, question->verb, &owned)) {
                lw_asker_ask(self->asker, question);
        } else {
                lw_question_free(question);
                lw_call_fail(call, owned);
        }
}

static sd_bus *bus_of(LwProvider *provider)
{
        return lw_asker_bus(((LwRemoteProvider *) provider)->asker);
}

static void provider_write(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        GError *error = NULL;
        LwQuestion *question =
                        lw_mutation_write(bus_of(provider), call, target, replace, values, &error);

        ask(provider, question, call, error);
}

static void provider_execute(
                LwProvider *provider, const LwPath *path, const char *arguments, LwCall *call)
{
        GError *error = NULL;
        LwQuestion *question = lw_mutation_execute(bus_of(provider), call, path, arguments, &error);

        ask(provider, question, call, error);
}

static void provider_create(LwProvider *provider, const LwPath *instance, bool chosen,
                const LwValues *values, LwCall *call)
{
        GError *error = NULL;
        LwQuestion *question = lw_mutation_create(
                        bus_of(provider), call, instance, chosen, values, &error);

        ask(provider, question, call, error);
}

static void provider_delete(LwProvider *provider, const LwPath *path, LwCall *call)
{
        GError *error = NULL;
        LwQuestion *question = lw_mutation_delete(bus_of(provider), call, path, &error);

        ask(provider, question, call, error);
}

/* Large values */

static void on_whole(void *user, LwCall *call, const LwPath *path, int fd, uint64_t size)
{
        GError *error = NULL;
        LwQuestion *question = lw_mutation_write_file(bus_of(user), call, path, fd, size, &error);

        ask(user, question, call, error);
}

static void on_written(void *user, const LwPath *path)
{
        LwRemoteProvider *self = user;

        lw_tree_changed(self->tree, path);
}

static const LwInflowEvents inflow_events = { on_whole, on_written };

static LwSink *provider_receive(
                LwProvider *provider, const LwRequest *request, uint64_t size, GError **error)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;

        return check_rights(self, LW_QUESTION_WRITE, error)
                               ? lw_inflows_open(self->inflows, request, size, error)
                               : NULL;
}

/* Hints */

static void on_watched(void *user, const char *const *added, const char *const *dropped)
{
        LwRemoteProvider *self = user;
        sd_bus_message *m = NULL;
        int r;

        if (lw_asker_bus(self->asker) == NULL)
                return; /* the next service is told all */
        r = lw_asker_message(self->asker, "Observe", &m);
        if (r >= 0 && (r = sd_bus_message_append_strv(m, (char **) added)) >= 0 &&
                        (r = sd_bus_message_append_strv(m, (char **) dropped)) >= 0)
                r = lw_asker_tell(self->asker, m);
        if (r < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "%s: Observe cannot be sent: %s",
                                lw_asker_title(self->asker), g_strerror(-r));
        sd_bus_message_unref(m);
}

static void provider_observe(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;

        for (size_t i = 0; i < added_count; i++)
                lw_watch_add(self->watch, &added[i]);
        for (size_t i = 0; i < dropped_count; i++)
                lw_watch_drop(self->watch, &dropped[i]);
}

void lw_remote_provider_each_observed(const LwRemoteProvider *self, LwWatchEach each, void *data)
{
        lw_watch_each(self->watch, each, data);
}

LwUsec lw_remote_provider_deadline(const LwRemoteProvider *self)
{
        return lw_asker_deadline(self->asker);
}

void lw_remote_provider_run(LwRemoteProvider *self, LwNow now)
{
        lw_asker_run(self->asker, now);
}

/* Reports */

void lw_remote_provider_fill(LwRemoteProvider *self, LwValues *values)
{
        self->reports++;
        if (self->cache != NULL)
                lw_cache_put(self->cache, values);
        else
                lw_values_sort(values);
}

void lw_remote_provider_report(LwRemoteProvider *self, LwValues *values)
{
        LwPath last = LW_PATH_ROOT;

        lw_remote_provider_fill(self, values);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                LwPath resource = lw_path_prefix(&lw_values_at(values, i)->path, LW_LEVEL_RESOURCE);

                if (!lw_path_equal(&resource, &last))
                        lw_tree_changed(self->tree, &resource);
                last = resource;
        }
}

void lw_remote_provider_invalidate(LwRemoteProvider *self, const LwPath *resource)
{
        self->reports++;
        if (self->cache != NULL)
                lw_cache_drop(self->cache, resource);
        lw_tree_changed(self->tree, resource);
}

/* Life */

static const LwProviderOps ops = {
        .read = provider_read,
        .write = provider_write,
        .execute = provider_execute,
        .create = provider_create,
        .delete = provider_delete,
        .joins = true,
        .receive = provider_receive,
        .observe = provider_observe,
};

LwRemoteProvider *lw_remote_provider_new(
                LwTree *tree, LwDriver *driver, const LwRemoteEvents *events, void *user)
{
        LwRemoteProvider *self = g_new0(LwRemoteProvider, 1);

        self->base.ops = &ops;
        self->tree = tree;
        self->events = events;
        self->user = user;
        self->driver = driver;
        self->asker = lw_asker_new(driver, &asker_events, self);
        self->inflows = lw_inflows_new(&inflow_events, self);
        self->watch = lw_watch_new(driver, on_watched, self);
        self->may_write = self->may_execute = true;
        self->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return self;
}

void lw_remote_provider_free(LwRemoteProvider *self)
{
        if (self == NULL)
                return;
        lw_remote_provider_disconnect(self);
        lw_asker_free(self->asker);
        lw_inflows_free(self->inflows);
        lw_watch_free(self->watch);
        g_hash_table_unref(self->warned);
        g_free(self);
}

void lw_remote_provider_set_rights(LwRemoteProvider *self, bool may_write, bool may_execute)
{
        self->may_write = may_write;
        self->may_execute = may_execute;
}

LwProvider *lw_remote_provider_base(LwRemoteProvider *self)
{
        return &self->base;
}

void lw_remote_provider_connect(LwRemoteProvider *self, sd_bus *bus, const LwRemoteService *service)
{
        g_hash_table_remove_all(self->warned);
        lw_cache_free(self->cache);
        self->cache = service->keeps ? lw_cache_new() : NULL;
        lw_asker_connect(self->asker, bus, service);
        lw_watch_restart(self->watch);
}

void lw_remote_provider_give_up(LwRemoteProvider *self)
{
        lw_asker_give_up(self->asker);
}

void lw_remote_provider_disconnect(LwRemoteProvider *self)
{
        g_hash_table_remove_all(self->warned);
        g_clear_pointer(&self->cache, lw_cache_free); /* before anybody hears of it, and reads */
        lw_asker_disconnect(self->asker);
}
