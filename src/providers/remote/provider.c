/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRemoteProvider: asks a service on the bus, by org.lwm2md.Provider1. */
#include "providers/remote/provider.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/quote.h"
#include "bus/error.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/answer.h"
#include "providers/remote/cache.h"

/* A separate response later than this is of no use to a server. */
#define ANSWER_USEC (60 * LW_USEC_PER_SEC)

struct LwRemoteProvider {
        LwProvider base;
        LwTree *tree;
        LwDriver *driver;

        sd_bus *bus; /* NULL: there is no service */
        char *owner, *path, *title;
        LwUsec timeout_usec;
        LwCache *cache;   /* NULL: each Read asks */
        uint64_t reports; /* how many came; a cache trusts no answer that one overtook */

        GQueue asked;       /* of Question, on the bus */
        GQueue waiting;     /* of Question, oldest first */
        GHashTable *warned; /* paths as text, "" for answers as a whole */
};

/* A Read, or what of it must be asked. */
typedef struct Question {
        LwRemoteProvider *provider;
        LwCall *call;
        LwValues *known; /* what needs not be asked; NULL: nothing */
        LwAnswerPart *parts;
        size_t count;
        LwUsec deadline;
        uint64_t reports; /* when it was sent */
        sd_bus_slot *slot;
        GList link;
} Question;

static void question_free(Question *self)
{
        sd_bus_slot_unref(self->slot);
        lw_values_free(self->known);
        g_free(self->parts);
        g_free(self);
}

/* Ends a question that is in no queue any more; the last thing to do with it. */
static void finish(Question *self, const GError *error)
{
        LwCall *call = self->call;

        question_free(self);
        if (error != NULL)
                lw_call_fail(call, error);
        else
                lw_call_succeed(call);
}

static void finish_unavailable(Question *self, const char *why)
{
        g_autoptr(GError) error = g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, why);

        finish(self, error);
}

/*
 * What becomes of a service's error. Its words are for this host: a server gets ours, as texts of
 * services may tell more than it should know.
 */
static GError *explain(const Question *self, LwStatus status, const char *text)
{
        g_autofree char *quoted = lw_quote(text, strlen(text));

        lw_log(G_LOG_LEVEL_DEBUG, "%s: Read: %s: %s", self->provider->title, lw_status_text(status),
                        quoted);
        if (lw_call_server(self->call) == LW_SERVER_LOCAL)
                return g_error_new(LW_ERROR, (int) status, "%s says: %s", self->provider->title,
                                quoted);
        return g_error_new(LW_ERROR, (int) status, "the service behind this answers %s",
                        lw_status_text(status));
}

static GError *explain_error(const Question *self, const sd_bus_error *bus_error)
{
        LwStatus status = lw_bus_error_status(bus_error->name);

        /* the bus has a bound on calls under way, as we have */
        if (strcmp(bus_error->name, SD_BUS_ERROR_LIMITS_EXCEEDED) == 0)
                status = LW_STATUS_UNAVAILABLE;
        return explain(self, status,
                        bus_error->message != NULL ? bus_error->message : bus_error->name);
}

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
                                self->title, text, what);
        else
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s, and saying this once", self->title, what);
}

/* Answers */

/* Only resources are kept, and no answer that a report may have overtaken. */
static void keep(LwRemoteProvider *self, const Question *question, LwValues *values)
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

/* NULL, or why nothing came of the question. */
static GError *take_answer(Question *question, sd_bus_message *reply)
{
        LwRemoteProvider *self = question->provider;
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) failure = NULL;

        if (!lw_answer_read(reply, lw_tree_registry(self->tree), question->parts, question->count,
                            on_mistake, self, values, &failure))
                return g_error_new_literal(LW_ERROR, LW_STATUS_FAILED,
                                "the service behind this answers what cannot be understood");
        lw_values_append(lw_call_values(question->call), values);
        if (question->known != NULL)
                lw_values_append(lw_call_values(question->call), question->known);
        if (failure != NULL && lw_values_count(values) == 0 &&
                        (question->known == NULL || lw_values_count(question->known) == 0))
                return explain(question, (LwStatus) failure->code, failure->message);
        keep(self, question, values);
        return NULL;
}

static void ask_next(LwRemoteProvider *self);

static int on_reply(sd_bus_message *m, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        Question *question = user;
        LwRemoteProvider *self = question->provider;
        const sd_bus_error *bus_error = sd_bus_message_get_error(m);
        g_autoptr(GError) error = bus_error != NULL ? explain_error(question, bus_error)
                                                    : take_answer(question, m);

        g_queue_unlink(&self->asked, &question->link);
        ask_next(self);
        finish(question, error);
        return 0;
}

/* Questions */

static int append_context(sd_bus_message *m, const Question *question, LwUsec left_usec)
{
        return sd_bus_message_append(m, "a{sv}", 3, "server", "q",
                        (int) lw_call_server(question->call), "operation", "s",
                        lw_operation_name(lw_call_operation(question->call)), "deadline_usec", "t",
                        (uint64_t) left_usec);
}

static int append_paths(sd_bus_message *m, const Question *question)
{
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (size_t i = 0; r >= 0 && i < question->count; i++) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&question->parts[i].path, text);
                r = sd_bus_message_append_basic(m, 's', text);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int send_question(LwRemoteProvider *self, Question *question)
{
        LwUsec now = lw_driver_now(self->driver).boot;
        LwUsec left = question->deadline > now ? question->deadline - now : 1;
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(
                        self->bus, &m, self->owner, self->path, LW_PROVIDER_INTERFACE, "Read");

        if (r >= 0 && (r = append_paths(m, question)) >= 0 &&
                        (r = append_context(m, question, left)) >= 0)
                r = sd_bus_call_async(self->bus, &question->slot, m, on_reply, question, left);
        sd_bus_message_unref(m);
        return r;
}

static void ask(LwRemoteProvider *self, Question *question)
{
        int r;

        question->reports = self->reports;
        g_queue_push_tail_link(&self->asked, &question->link);
        r = send_question(self, question);
        if (r >= 0)
                return;
        lw_log(G_LOG_LEVEL_DEBUG, "%s: Read cannot be sent: %s", self->title, g_strerror(-r));
        g_queue_unlink(&self->asked, &question->link);
        finish_unavailable(question, "the service behind this cannot be asked");
}

static void ask_next(LwRemoteProvider *self)
{
        while (self->waiting.length > 0 && self->asked.length < LW_PLUGIN_CALLS_MAX)
                ask(self, g_queue_pop_head_link(&self->waiting)->data);
}

static int compare_parts(const void *a, const void *b)
{
        return lw_path_compare(
                        &((const LwAnswerPart *) a)->path, &((const LwAnswerPart *) b)->path);
}

/* All of it from what is kept; false: nothing of it, as something is not. */
static bool read_kept(
                const LwRemoteProvider *self, const LwPath *paths, size_t count, LwValues *values)
{
        for (size_t i = 0; i < count; i++)
                if (self->cache == NULL || !lw_cache_knows(self->cache, &paths[i]))
                        return false;
        for (size_t i = 0; i < count; i++)
                lw_cache_read(self->cache, &paths[i], values);
        return true;
}

static Question *question_new(
                LwRemoteProvider *self, const LwPath *paths, size_t count, LwCall *call)
{
        Question *question = g_new0(Question, 1);

        question->provider = self;
        question->call = call;
        question->known = self->cache != NULL ? lw_values_new() : NULL;
        question->parts = g_new0(LwAnswerPart, count);
        question->deadline = lw_usec_add(lw_driver_now(self->driver).boot, self->timeout_usec);
        question->link.data = question;
        for (size_t i = 0; i < count; i++)
                if (self->cache == NULL || !lw_cache_read(self->cache, &paths[i], question->known))
                        question->parts[question->count++].path = paths[i];
        qsort(question->parts, question->count, sizeof(*question->parts), compare_parts);
        return question;
}

static void provider_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwRemoteProvider *self = (LwRemoteProvider *) provider;

        if (self->bus == NULL)
                lw_call_fail_status(call, LW_STATUS_UNAVAILABLE,
                                "the service behind this is not running at the moment");
        else if (read_kept(self, paths, count, lw_call_values(call)))
                lw_call_succeed(call);
        else if (self->asked.length < LW_PLUGIN_CALLS_MAX)
                ask(self, question_new(self, paths, count, call));
        else
                g_queue_push_tail_link(
                                &self->waiting, &question_new(self, paths, count, call)->link);
}

LwUsec lw_remote_provider_deadline(const LwRemoteProvider *self)
{
        const Question *first = self->waiting.length > 0 ? self->waiting.head->data : NULL;

        return first != NULL ? first->deadline : LW_USEC_NEVER;
}

void lw_remote_provider_run(LwRemoteProvider *self, LwNow now)
{
        while (lw_remote_provider_deadline(self) <= now.boot)
                finish_unavailable(g_queue_pop_head_link(&self->waiting)->data,
                                "the service behind this does not answer in time");
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

/* Verbs that are NULL are refused with 4.05. */
static const LwProviderOps ops = { .read = provider_read };

LwRemoteProvider *lw_remote_provider_new(LwTree *tree, LwDriver *driver)
{
        LwRemoteProvider *self = g_new0(LwRemoteProvider, 1);

        self->base.ops = &ops;
        self->tree = tree;
        self->driver = driver;
        self->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_queue_init(&self->asked);
        g_queue_init(&self->waiting);
        return self;
}

void lw_remote_provider_free(LwRemoteProvider *self)
{
        if (self == NULL)
                return;
        lw_remote_provider_disconnect(self);
        g_hash_table_unref(self->warned);
        g_free(self);
}

LwProvider *lw_remote_provider_base(LwRemoteProvider *self)
{
        return &self->base;
}

void lw_remote_provider_connect(LwRemoteProvider *self, sd_bus *bus, const LwRemoteService *service)
{
        lw_remote_provider_disconnect(self);
        self->bus = bus;
        self->owner = g_strdup(service->owner);
        self->path = g_strdup(service->path);
        self->title = g_strdup(service->title);
        self->timeout_usec = lw_usec_min(service->timeout_usec, ANSWER_USEC);
        self->cache = service->keeps ? lw_cache_new() : NULL;
}

void lw_remote_provider_disconnect(LwRemoteProvider *self)
{
        GList *link;

        self->bus = NULL; /* first: whoever hears of a failure may read again */
        g_hash_table_remove_all(self->warned);
        g_clear_pointer(&self->cache, lw_cache_free);
        while ((link = g_queue_pop_head_link(&self->asked)) != NULL ||
                        (link = g_queue_pop_head_link(&self->waiting)) != NULL)
                finish_unavailable(link->data, "the service behind this has gone");
        g_clear_pointer(&self->owner, g_free);
        g_clear_pointer(&self->path, g_free);
        g_clear_pointer(&self->title, g_free);
}
