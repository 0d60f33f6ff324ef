/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAuthorizer: may this caller do that: uid, then group, then polkit. */
#include "bus/authorize.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "base/log.h"
#include "base/time.h"
#include "bus/error.h"
#include "model/limits.h"

#define POLKIT_SERVICE "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define POLKIT_ALLOW_INTERACTION 1u

/* a person may have to find the password first */
#define INTERACTIVE_TIMEOUT_USEC (5 * 60 * LW_USEC_PER_SEC)
#define TIMEOUT_USEC (25 * LW_USEC_PER_SEC)

/* A message that waits for polkit, or whose answer waits until it is dispatched again. */
typedef struct Question {
        LwAuthorizer *authorizer;
        sd_bus_message *message;
        const char *action;
        uid_t uid;
        sd_bus_slot *slot;
        bool answered;
        sd_bus_error error; /* set: the answer is no */
} Question;

struct LwAuthorizer {
        LwCallers *callers;
        uid_t own_uid;
        gid_t people;
        sd_bus *bus;
        GPtrArray *questions; /* of Question, oldest first */
};

/* What uid and groups say */

static bool group_may(const char *action)
{
        static const char *const actions[] = { LW_ACTION_READ, LW_ACTION_UPDATE, LW_ACTION_SEND };

        for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
                if (strcmp(actions[i], action) == 0)
                        return true;
        }
        return false;
}

LwVerdict lw_verdict(const LwCaller *caller, const char *action, uid_t own_uid, gid_t people)
{
        if (caller->uid == 0 || caller->uid == own_uid)
                return LW_VERDICT_ALLOWED;
        if (people == LW_NO_GROUP || !group_may(action))
                return LW_VERDICT_ASK_POLKIT;
        for (size_t i = 0; i < caller->group_count; i++) {
                if (caller->groups[i] == people)
                        return LW_VERDICT_ALLOWED;
        }
        return LW_VERDICT_ASK_POLKIT;
}

/* What polkit says */

static void question_free(void *data)
{
        Question *self = data;

        sd_bus_slot_unref(self->slot);
        sd_bus_message_unref(self->message);
        sd_bus_error_free(&self->error);
        g_free(self);
}

static bool polkit_is_absent(const sd_bus_error *error)
{
        return lw_bus_error_status(error->name) == LW_STATUS_UNAVAILABLE ||
               g_str_has_prefix(error->name, "org.freedesktop.DBus.Error.Spawn.");
}

static void refuse(Question *self, const char *name, const char *message)
{
        sd_bus_error_set(&self->error, name, message);
}

static void read_answer(Question *self, sd_bus_message *m)
{
        int authorized, challenge;

        if (sd_bus_message_is_method_error(m, NULL)) {
                const sd_bus_error *error = sd_bus_message_get_error(m);

                refuse(self, SD_BUS_ERROR_ACCESS_DENIED,
                                polkit_is_absent(error) ? "polkit is not running; use root"
                                                        : error->message);
        } else if (sd_bus_message_enter_container(m, 'r', "bba{ss}") < 0 ||
                        sd_bus_message_read(m, "bb", &authorized, &challenge) < 0) {
                refuse(self, SD_BUS_ERROR_ACCESS_DENIED, "polkit's answer is not understood");
        } else if (!authorized && challenge &&
                        !sd_bus_message_get_allow_interactive_authorization(self->message)) {
                refuse(self, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                "polkit would ask a person, and the call does not allow it");
        } else if (!authorized) {
                refuse(self, SD_BUS_ERROR_ACCESS_DENIED, "polkit does not allow it");
        }
}

static int on_answer(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        Question *self = user;
        LwAuthorizer *authorizer = self->authorizer;

        (void) ret_error;
        self->slot = sd_bus_slot_unref(self->slot);
        self->answered = true;
        read_answer(self, m);
        if (sd_bus_message_rewind(self->message, true) < 0 ||
                        sd_bus_enqueue_for_read(authorizer->bus, self->message) < 0)
                g_ptr_array_remove(authorizer->questions, self);
        return 0;
}

/* CheckAuthorization((sa{sv}) subject, s action, a{ss} details, u flags, s cancellation) */
static int append_question(sd_bus_message *m, const Question *question, bool interactive)
{
        return sd_bus_message_append(m, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                        sd_bus_message_get_sender(question->message), question->action, 0,
                        interactive ? POLKIT_ALLOW_INTERACTION : 0u, "");
}

static int ask_polkit(Question *self)
{
        bool interactive = sd_bus_message_get_allow_interactive_authorization(self->message) > 0;
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(self->authorizer->bus, &m, POLKIT_SERVICE,
                        POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization");

        if (r >= 0)
                r = append_question(m, self, interactive);
        if (r >= 0)
                r = sd_bus_call_async(self->authorizer->bus, &self->slot, m, on_answer, self,
                                interactive ? INTERACTIVE_TIMEOUT_USEC : TIMEOUT_USEC);
        sd_bus_message_unref(m);
        return r;
}

/* An answer that nobody came for: its object went before the message was dispatched again. */
static void drop_stale(LwAuthorizer *self)
{
        for (guint i = 0; i < self->questions->len; i++) {
                const Question *question = g_ptr_array_index(self->questions, i);

                if (!question->answered)
                        continue;
                g_ptr_array_remove_index(self->questions, i);
                return;
        }
}

/* One user's open questions must not keep the others from asking theirs. */
static bool too_many(LwAuthorizer *self, uid_t uid)
{
        unsigned count = 0;

        if (self->questions->len >= LW_BUS_WAITING_MAX)
                drop_stale(self);
        for (guint i = 0; i < self->questions->len; i++) {
                const Question *question = g_ptr_array_index(self->questions, i);

                count += question->uid == uid;
        }
        return count >= LW_BUS_WAITING_USER_MAX || self->questions->len >= LW_BUS_WAITING_MAX;
}

static int put_question(LwAuthorizer *self, sd_bus_message *m, const char *action, uid_t uid,
                sd_bus_error *ret_error)
{
        Question *question;
        int r;

        if (too_many(self, uid))
                return sd_bus_error_set(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                "too many calls wait for their authorization; try again");
        question = g_new0(Question, 1);
        question->authorizer = self;
        question->message = sd_bus_message_ref(m);
        question->action = action;
        question->uid = uid;
        g_ptr_array_add(self->questions, question);
        r = ask_polkit(question);
        if (r < 0)
                g_ptr_array_remove(self->questions, question);
        return r < 0 ? r : 0;
}

static Question *find_question(const LwAuthorizer *self, const sd_bus_message *m)
{
        for (guint i = 0; i < self->questions->len; i++) {
                Question *question = g_ptr_array_index(self->questions, i);

                if (question->message == m)
                        return question;
        }
        return NULL;
}

static int take_answer(LwAuthorizer *self, Question *question, sd_bus_error *ret_error)
{
        int r = 1;

        if (!question->answered)
                return 0;
        if (sd_bus_error_is_set(&question->error))
                r = sd_bus_error_copy(ret_error, &question->error);
        g_ptr_array_remove(self->questions, question);
        return r;
}

int lw_authorizer_check(
                LwAuthorizer *self, sd_bus_message *m, const char *action, sd_bus_error *ret_error)
{
        Question *question = find_question(self, m);
        const LwCaller *caller;
        int r;

        if (question != NULL)
                return take_answer(self, question, ret_error);
        r = lw_callers_find(self->callers, m, &caller, ret_error);
        if (r <= 0)
                return r;
        switch (lw_verdict(caller, action, self->own_uid, self->people)) {
        case LW_VERDICT_ALLOWED:
                return 1;
        case LW_VERDICT_ASK_POLKIT:
                break;
        }
        return put_question(self, m, action, caller->uid, ret_error);
}

int lw_authorizer_caller(LwAuthorizer *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error)
{
        return lw_callers_find(self->callers, m, ret_caller, ret_error);
}

/* Life */

LwAuthorizer *lw_authorizer_new(void)
{
        LwAuthorizer *self = g_new0(LwAuthorizer, 1);
        const struct group *group = getgrnam(LW_PEOPLE_GROUP);

        self->callers = lw_callers_new();
        self->own_uid = getuid();
        self->people = group != NULL ? group->gr_gid : LW_NO_GROUP;
        self->questions = g_ptr_array_new_with_free_func(question_free);
        return self;
}

void lw_authorizer_free(LwAuthorizer *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->questions);
        lw_callers_free(self->callers);
        g_free(self);
}

void lw_authorizer_attach(LwAuthorizer *self, sd_bus *bus)
{
        self->bus = bus;
        lw_callers_attach(self->callers, bus);
}

void lw_authorizer_detach(LwAuthorizer *self)
{
        g_ptr_array_set_size(self->questions, 0);
        lw_callers_detach(self->callers);
        self->bus = NULL;
}
