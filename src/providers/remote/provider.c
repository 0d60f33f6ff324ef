/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRemoteProvider: asks a service on the bus, by org.lwm2md.Provider1. */
#include "providers/remote/provider.h"

#include "base/log.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/answer.h"
#include "providers/remote/arrears.h"
#include "providers/remote/inflow.h"
#include "providers/remote/knowledge.h"
#include "providers/remote/mistakes.h"
#include "providers/remote/mutation.h"
#include "providers/remote/pipes.h"
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
        LwKnowledge *knowledge;
        LwMistakes *mistakes;
        LwArrears *arrears;
        bool may_write, may_execute;
        LwPipes *pipes; /* of the answer that is being read; NULL: none */
};

/* Answers of Read */

static void on_mistake(void *user, const LwPath *path, const char *what)
{
        LwRemoteProvider *self = user;

        lw_mistakes_tell(self->mistakes, lw_asker_title(self->asker), path, what);
}

static bool has_values(const LwValues *values)
{
        return values != NULL && lw_values_count(values) > 0;
}

/* Pipes */

static bool on_pipe(void *user, const LwPath *path, int fd, GError **error)
{
        LwRemoteProvider *self = user;

        if (self->pipes == NULL)
                self->pipes = lw_pipes_new(self->driver);
        if (lw_pipes_add(self->pipes, fd, path, error))
                return true;
        if (lw_pipes_is_empty(self->pipes)) /* then there is nothing to wait for */
                g_clear_pointer(&self->pipes, lw_pipes_free);
        return false;
}

static bool on_piped(void *user, const LwPipe *pipe, GError **error)
{
        LwQuestion *question = user;
        LwRemoteProvider *self = lw_asker_user(question->asker);
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

static void on_pipes_ended(void *user, const LwPath *path, const GError *error)
{
        LwQuestion *question = user;
        LwRemoteProvider *self = lw_asker_user(question->asker);

        if (error != NULL)
                on_mistake(self, path, error->message);
        lw_asker_end(self->asker, question, error);
}

static const LwPipesEvents pipes_events = { on_piped, on_pipes_ended };

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
        if (question->pipes != NULL && lw_asker_later_count(self->asker) >= LW_PLUGIN_STREAMS_MAX)
                return g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the service behind this sends other large values at the moment");
        lw_values_append(lw_call_values(question->call), values);
        if (question->known != NULL)
                lw_values_append(lw_call_values(question->call), question->known);
        if (question->pipes != NULL) {
                *ret_later = lw_pipes_start(question->pipes, &pipes_events, question, &failure);
                return g_steal_pointer(&failure);
        }
        if (failure != NULL && !has_values(values) && !has_values(question->known))
                return lw_asker_explain(
                                self->asker, question, (LwStatus) failure->code, failure->message);
        lw_knowledge_keep(self->knowledge, question, values);
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

static void on_changed(void *user, const LwQuestion *question)
{
        LwRemoteProvider *self = user;

        lw_knowledge_change(self->knowledge, question);
}

static bool on_begin(void *user, LwQuestion *question)
{
        LwRemoteProvider *self = user;

        return question->verb != LW_QUESTION_READ || lw_knowledge_begin(self->knowledge, question);
}

static void on_put_off(void *user, const LwQuestion *question)
{
        LwRemoteProvider *self = user;

        lw_arrears_add(self->arrears, question);
}

static void on_idle(void *user)
{
        LwRemoteProvider *self = user;

        lw_arrears_settle(self->arrears);
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
        .put_off = on_put_off,
        .idle = on_idle,
        .wake = on_wake,
};

/* Verbs */

static void provider_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;

        /* what is known may be changing: then it is the asker's to say when */
        if (!lw_asker_is_changing(self->asker) &&
                        lw_knowledge_read(self->knowledge, paths, count, lw_call_values(call)))
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
        lw_knowledge_report(self->knowledge, values);
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
        lw_knowledge_drop(self->knowledge, resource);
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
        self->watch = lw_watch_new(driver, self->asker);
        self->may_write = self->may_execute = true;
        self->knowledge = lw_knowledge_new();
        self->mistakes = lw_mistakes_new();
        self->arrears = lw_arrears_new(tree);
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
        lw_knowledge_free(self->knowledge);
        lw_mistakes_free(self->mistakes);
        lw_arrears_free(self->arrears);
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
        lw_mistakes_forget(self->mistakes);
        lw_knowledge_restart(self->knowledge, service->keeps);
        lw_asker_connect(self->asker, bus, service);
        lw_watch_restart(self->watch);
}

void lw_remote_provider_give_up(LwRemoteProvider *self)
{
        lw_asker_give_up(self->asker);
}

void lw_remote_provider_disconnect(LwRemoteProvider *self)
{
        lw_mistakes_forget(self->mistakes);
        lw_arrears_forget(self->arrears);
        lw_knowledge_restart(self->knowledge, false); /* before anybody hears of it, and reads */
        lw_asker_disconnect(self->asker);
}
