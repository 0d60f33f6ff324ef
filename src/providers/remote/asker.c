/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAsker: questions to one service, in their order and in time. */
#include "providers/remote/asker.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/quote.h"
#include "bus/error.h"
#include "model/limits.h"
#include "model/status.h"

/* A separate response later than this is of no use to a server. */
#define ANSWER_USEC (60 * LW_USEC_PER_SEC)
/* What a service that must be started has for start and answer together. */
#define START_USEC (20 * LW_USEC_PER_SEC)

struct LwAsker {
        LwDriver *driver;
        const LwAskerEvents *events;
        void *user;

        sd_bus *bus; /* NULL: there is no service */
        char *owner, *path, *title;
        LwUsec timeout_usec;

        GQueue asked;     /* of LwQuestion, on the bus */
        GQueue waiting;   /* of LwQuestion, oldest first */
        GQueue later;     /* of LwQuestion: answered, not ended */
        unsigned reads;   /* among `waiting` */
        bool is_changing; /* one that changes something is on the bus */
};

static bool is_read(const LwQuestion *question)
{
        return question->verb == LW_QUESTION_READ;
}

static unsigned waiting_changes(const LwAsker *self)
{
        return self->waiting.length - self->reads;
}

/* Ends */

/* Ends a question that is in no queue any more; the last thing to do with it. */
static void finish(LwQuestion *question, const GError *error)
{
        LwCall *call = question->call;

        lw_question_free(question);
        if (error != NULL)
                lw_call_fail(call, error);
        else
                lw_call_succeed(call);
}

static void finish_unavailable(LwQuestion *question, const char *why)
{
        g_autoptr(GError) error = g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, why);

        finish(question, error);
}

GError *lw_asker_explain(
                const LwAsker *self, const LwQuestion *question, LwStatus status, const char *text)
{
        g_autofree char *quoted = lw_quote(text, strlen(text));

        lw_log(G_LOG_LEVEL_DEBUG, "%s: %s: %s: %s", self->title, lw_question_member(question),
                        lw_status_text(status), quoted);
        if (lw_call_server(question->call) == LW_SERVER_LOCAL)
                return g_error_new(LW_ERROR, (int) status, "%s says: %s", self->title, quoted);
        return g_error_new(LW_ERROR, (int) status, "the service behind this answers %s",
                        lw_status_text(status));
}

static GError *explain_error(
                const LwAsker *self, const LwQuestion *question, const sd_bus_error *bus_error)
{
        LwStatus status = lw_bus_error_status(bus_error->name);

        /* the bus has a bound on calls under way, as we have */
        if (strcmp(bus_error->name, SD_BUS_ERROR_LIMITS_EXCEEDED) == 0)
                status = LW_STATUS_UNAVAILABLE;
        return lw_asker_explain(self, question, status,
                        bus_error->message != NULL ? bus_error->message : bus_error->name);
}

/* It was not asked, and is in no queue. */
static void put_off(LwAsker *self, LwQuestion *question, const char *why)
{
        if (is_read(question) && self->owner != NULL)
                self->events->put_off(self->user, question);
        finish_unavailable(question, why);
}

/* Asking */

static void ask_next(LwAsker *self);

/* It is not on the bus any more. */
static void unask(LwAsker *self, LwQuestion *question)
{
        g_queue_unlink(&self->asked, &question->link);
        if (is_read(question))
                return;
        self->is_changing = false;
        self->events->changed(self->user, question);
}

static int on_reply(sd_bus_message *m, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        LwQuestion *question = user;
        LwAsker *self = question->asker;
        const sd_bus_error *bus_error = sd_bus_message_get_error(m);
        bool is_later = false;
        g_autoptr(GError) error =
                        bus_error != NULL ? explain_error(self, question, bus_error)
                                          : self->events->take(self->user, question, m, &is_later);

        unask(self, question);
        if (is_later)
                g_queue_push_tail_link(&self->later, &question->link);
        ask_next(self);
        if (self->waiting.length == 0)
                self->events->idle(self->user);
        if (!is_later)
                finish(question, error);
        return 0;
}

int lw_asker_message(const LwAsker *self, const char *member, sd_bus_message **ret_message)
{
        return sd_bus_message_new_method_call(
                        self->bus, ret_message, NULL, self->path, LW_PROVIDER_INTERFACE, member);
}

static int send_question(LwAsker *self, LwQuestion *question)
{
        LwUsec now = lw_driver_now(self->driver).boot;
        LwUsec left = question->deadline > now ? question->deadline - now : 1;
        sd_bus_message *m = NULL;
        int r = lw_asker_message(self, lw_question_member(question), &m);

        if (r >= 0 && (r = sd_bus_message_set_destination(m, self->owner)) >= 0 &&
                        (r = lw_question_append(question, m, left)) >= 0)
                r = sd_bus_call_async(self->bus, &question->slot, m, on_reply, question, left);
        sd_bus_message_unref(m);
        return r;
}

static void ask(LwAsker *self, LwQuestion *question)
{
        int r;

        if (!self->events->begin(self->user, question)) {
                finish(question, NULL);
                return;
        }
        g_queue_push_tail_link(&self->asked, &question->link);
        self->is_changing |= !is_read(question);
        r = send_question(self, question);
        if (r >= 0)
                return;
        lw_log(G_LOG_LEVEL_DEBUG, "%s: %s cannot be sent: %s", self->title,
                        lw_question_member(question), g_strerror(-r));
        unask(self, question);
        finish_unavailable(question, "the service behind this cannot be asked");
}

/* The first that waits may go. */
static bool is_free(const LwAsker *self)
{
        const LwQuestion *first = self->waiting.head->data;

        return !self->is_changing && (!is_read(first) || self->asked.length < LW_PLUGIN_CALLS_MAX);
}

static LwQuestion *pop(LwAsker *self)
{
        LwQuestion *question = g_queue_pop_head_link(&self->waiting)->data;

        self->reads -= is_read(question);
        return question;
}

static void ask_next(LwAsker *self)
{
        while (self->owner != NULL && self->waiting.length > 0 && is_free(self))
                ask(self, pop(self));
}

void lw_asker_ask(LwAsker *self, LwQuestion *question)
{
        question->asker = self;
        if (self->bus == NULL) {
                finish_unavailable(
                                question, "the service behind this is not running at the moment");
                return;
        }
        if (is_read(question) ? self->reads >= LW_PLUGIN_WAITING_MAX
                              : waiting_changes(self) >= LW_PLUGIN_MUTATIONS_MAX) {
                put_off(self, question, "too many requests wait for this service");
                return;
        }
        question->deadline = lw_usec_add(lw_driver_now(self->driver).boot,
                        self->owner != NULL ? self->timeout_usec
                                            : MAX(self->timeout_usec, START_USEC));
        self->reads += is_read(question);
        g_queue_push_tail_link(&self->waiting, &question->link);
        if (self->owner == NULL)
                self->events->wake(self->user);
        else
                ask_next(self);
}

void lw_asker_end(LwAsker *self, LwQuestion *question, const GError *error)
{
        g_queue_unlink(&self->later, &question->link);
        finish(question, error);
}

int lw_asker_tell(LwAsker *self, sd_bus_message *m)
{
        int r = self->owner != NULL ? sd_bus_message_set_destination(m, self->owner) : -ENOTCONN;

        if (r >= 0)
                r = sd_bus_message_set_expect_reply(m, false);
        return r < 0 ? r : sd_bus_send(self->bus, m, NULL);
}

/* Time */

/* Those from before the service was woken have longer than those behind them. */
static LwQuestion *first_due(const GQueue *queue)
{
        LwQuestion *first = NULL;

        for (const GList *link = queue->head; link != NULL; link = link->next) {
                LwQuestion *question = link->data;

                if (first == NULL || question->deadline < first->deadline)
                        first = question;
        }
        return first;
}

static LwUsec deadline_of(const LwQuestion *question)
{
        return question != NULL ? question->deadline : LW_USEC_NEVER;
}

LwUsec lw_asker_deadline(const LwAsker *self)
{
        return lw_usec_min(deadline_of(first_due(&self->waiting)),
                        deadline_of(first_due(&self->later)));
}

void lw_asker_run(LwAsker *self, LwNow now)
{
        static const char why[] = "the service behind this does not answer in time";
        LwQuestion *question;

        while (deadline_of(question = first_due(&self->later)) <= now.boot) {
                g_queue_unlink(&self->later, &question->link);
                finish_unavailable(question, why);
        }
        while (deadline_of(question = first_due(&self->waiting)) <= now.boot) {
                g_queue_unlink(&self->waiting, &question->link);
                self->reads -= is_read(question);
                put_off(self, question, why);
        }
}

void lw_asker_give_up(LwAsker *self)
{
        for (unsigned count = self->waiting.length; count > 0 && self->waiting.length > 0; count--)
                finish_unavailable(pop(self), "the service behind this cannot be started");
}

/* Life */

LwAsker *lw_asker_new(LwDriver *driver, const LwAskerEvents *events, void *user)
{
        LwAsker *self = g_new0(LwAsker, 1);

        self->driver = driver;
        self->events = events;
        self->user = user;
        g_queue_init(&self->asked);
        g_queue_init(&self->waiting);
        g_queue_init(&self->later);
        return self;
}

void lw_asker_free(LwAsker *self)
{
        if (self == NULL)
                return;
        lw_asker_disconnect(self);
        g_free(self);
}

sd_bus *lw_asker_bus(const LwAsker *self)
{
        return self->bus;
}

const char *lw_asker_title(const LwAsker *self)
{
        return self->title;
}

void *lw_asker_user(const LwAsker *self)
{
        return self->user;
}

bool lw_asker_is_changing(const LwAsker *self)
{
        return self->is_changing || waiting_changes(self) > 0;
}

unsigned lw_asker_later_count(const LwAsker *self)
{
        return self->later.length;
}

/* What waits is for this service, which sleeps or is there already. */
static bool is_awaited(const LwAsker *self, sd_bus *bus, const LwRemoteService *service)
{
        return self->bus == bus && strcmp(self->path, service->path) == 0 &&
               (self->owner == NULL || g_strcmp0(self->owner, service->owner) == 0);
}

static void replace_text(char **text, const char *with)
{
        g_free(*text);
        *text = g_strdup(with);
}

void lw_asker_connect(LwAsker *self, sd_bus *bus, const LwRemoteService *service)
{
        if (self->bus != NULL && !is_awaited(self, bus, service))
                lw_asker_disconnect(self);
        self->bus = bus;
        replace_text(&self->owner, service->owner);
        replace_text(&self->path, service->path);
        replace_text(&self->title, service->title);
        self->timeout_usec = lw_usec_min(service->timeout_usec, ANSWER_USEC);
        ask_next(self);
}

void lw_asker_disconnect(LwAsker *self)
{
        static const char why[] = "the service behind this has gone";
        GList *link;

        self->bus = NULL; /* first: whoever hears of a failure may ask again */
        self->is_changing = false;
        while ((link = g_queue_pop_head_link(&self->asked)) != NULL ||
                        (link = g_queue_pop_head_link(&self->later)) != NULL)
                finish_unavailable(link->data, why);
        while (self->waiting.length > 0)
                finish_unavailable(pop(self), why);
        g_clear_pointer(&self->owner, g_free);
        g_clear_pointer(&self->path, g_free);
        g_clear_pointer(&self->title, g_free);
}
