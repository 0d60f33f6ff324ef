/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGrants: the files providers.d/NAME.grant, and who may provide by them. */
#include "providers/remote/grants.h"

#include "base/log.h"
#include "base/time.h"
#include "model/limits.h"
#include "providers/remote/directory.h"

#define SUFFIX ".grant"
#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define UNIT_PREFIX SYSTEMD_PATH "/unit"
/* The caller waits, and gives up after sd-bus's 25 s. */
#define UNIT_USEC (5 * LW_USEC_PER_SEC)

struct LwGrants {
        GPtrArray *all; /* of LwGrant */
        sd_bus *bus;    /* NULL: there is none */
        GPtrArray *questions;
};

/* A message whose caller's unit is being asked for, or is known and waits for its handler. */
typedef struct Question {
        LwGrants *grants;
        sd_bus_message *message;
        sd_bus_slot *slot;
        bool is_answered;
        char *unit; /* NULL: none */
} Question;

static void question_free(void *data)
{
        Question *self = data;

        sd_bus_slot_unref(self->slot);
        sd_bus_message_unref(self->message);
        g_free(self->unit);
        g_free(self);
}

static void grant_free(void *data)
{
        lw_grant_unref(data);
}

LwGrants *lw_grants_new(void)
{
        LwGrants *self = g_new0(LwGrants, 1);

        self->all = g_ptr_array_new_with_free_func(grant_free);
        self->questions = g_ptr_array_new_with_free_func(question_free);
        return self;
}

void lw_grants_free(LwGrants *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->all);
        g_ptr_array_unref(self->questions);
        g_free(self);
}

void lw_grants_set_bus(LwGrants *self, sd_bus *bus)
{
        g_ptr_array_set_size(self->questions, 0);
        self->bus = bus;
}

/* Files */

void lw_grants_add(LwGrants *self, LwGrant *grant)
{
        g_ptr_array_add(self->all, grant);
}

static bool load_file(void *user, const char *name, GBytes *bytes, GError **error)
{
        LwGrant *grant = lw_grant_parse(name, g_bytes_get_data(bytes, NULL),
                        g_bytes_get_size(bytes), lw_directory_find_user, error);

        if (grant != NULL)
                lw_grants_add(user, grant);
        return grant != NULL;
}

void lw_grants_load(LwGrants *self, const char *const *directories)
{
        g_ptr_array_set_size(self->all, 0);
        lw_directory_each(directories, SUFFIX, LW_GRANTS_MAX, load_file, self);
}

/* Units */

static int on_unit(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        Question *self = user;
        LwGrants *grants = self->grants;
        const char *path;

        (void) ret_error;
        self->slot = sd_bus_slot_unref(self->slot);
        self->is_answered = true;
        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "o", &path) >= 0)
                sd_bus_path_decode(path, UNIT_PREFIX, &self->unit);
        if (sd_bus_message_rewind(self->message, true) < 0 ||
                        sd_bus_enqueue_for_read(grants->bus, self->message) < 0)
                g_ptr_array_remove(grants->questions, self);
        return 0;
}

static Question *find_question(const LwGrants *self, const sd_bus_message *m)
{
        for (guint i = 0; i < self->questions->len; i++) {
                Question *question = self->questions->pdata[i];

                if (question->message == m && question->is_answered)
                        return question;
        }
        return NULL;
}

static int send_question(LwGrants *self, Question *question, pid_t pid)
{
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(
                        self->bus, &m, SYSTEMD, SYSTEMD_PATH, SYSTEMD ".Manager", "GetUnitByPID");

        if (r >= 0 && (r = sd_bus_message_append(m, "u", (uint32_t) pid)) >= 0)
                r = sd_bus_call_async(self->bus, &question->slot, m, on_unit, question, UNIT_USEC);
        sd_bus_message_unref(m);
        return r;
}

/* 1: systemd cannot be asked, so that there is no unit. */
static int ask_unit(LwGrants *self, sd_bus_message *m, pid_t pid)
{
        Question *question;

        if (pid <= 0 || self->questions->len >= LW_BUS_WAITING_MAX)
                return 1;
        question = g_new0(Question, 1);
        question->grants = self;
        question->message = sd_bus_message_ref(m);
        g_ptr_array_add(self->questions, question);
        if (send_question(self, question, pid) >= 0)
                return 0;
        g_ptr_array_remove(self->questions, question);
        return 1;
}

/* Looking */

static void tell_missing(const LwGrant *grant, const LwPath *missing)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(missing, text);
        lw_log(G_LOG_LEVEL_INFO, "the grant '%s' does not cover %s", grant->name, text);
}

static LwGrant *search(const LwGrants *self, uid_t uid, const char *unit, const LwClaims *claims,
                const LwTree *tree, bool *ret_needs_unit)
{
        for (guint i = 0; i < self->all->len; i++) {
                LwGrant *grant = self->all->pdata[i];
                LwPath missing;

                if (grant->uid != uid)
                        continue;
                if (!lw_grant_covers(grant, claims, tree, &missing))
                        tell_missing(grant, &missing);
                else if (grant->unit == NULL || g_strcmp0(grant->unit, unit) == 0)
                        return lw_grant_ref(grant);
                else
                        *ret_needs_unit = true;
        }
        return NULL;
}

int lw_grants_find(LwGrants *self, sd_bus_message *m, uid_t uid, pid_t pid, const LwClaims *claims,
                const LwTree *tree, LwGrant **ret_grant)
{
        Question *question = find_question(self, m);
        bool needs_unit = false;

        *ret_grant = search(self, uid, question != NULL ? question->unit : NULL, claims, tree,
                        &needs_unit);
        if (question != NULL)
                g_ptr_array_remove(self->questions, question);
        else if (*ret_grant == NULL && needs_unit)
                return ask_unit(self, m, pid);
        return 1;
}

/* Refusing */

/* The first that a grant would have to name: "/3303/7/5700", or an object. */
static LwPath first_of(const LwClaims *claims)
{
        const LwClaim *claim = lw_claims_at(claims, 0);

        return claim->count > 0 ? lw_path_child(&claim->path, claim->resources[0]) : claim->path;
}

static int refuse_unknown(uid_t uid, const LwPath *path, sd_bus_error *ret_error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                        "user %u may not provide %s: write a file NAME" SUFFIX " of the lines "
                        "[Grant], User=%u and Objects=%u to /etc/lwm2md/providers.d and reload "
                        "lwm2md, or have polkit allow org.lwm2md.register-provider",
                        (unsigned) uid, text, (unsigned) uid, path->ids[0]);
}

int lw_grants_refuse(const LwGrants *self, uid_t uid, const LwClaims *claims, const LwTree *tree,
                sd_bus_error *ret_error)
{
        LwPath missing = first_of(claims);
        const LwGrant *close = NULL; /* the one that is missed by the least */
        char text[LW_PATH_TEXT_MAX];

        for (guint i = 0; i < self->all->len; i++) {
                const LwGrant *grant = self->all->pdata[i];
                LwPath path;

                if (grant->uid != uid)
                        continue;
                if (lw_grant_covers(grant, claims, tree, &path))
                        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                                        "the grant '%s' is for the unit %s, to which the caller "
                                        "does not belong, and polkit does not allow it",
                                        grant->name, grant->unit);
                if (close != NULL)
                        continue;
                close = grant;
                missing = path;
        }
        if (close == NULL)
                return refuse_unknown(uid, &missing, ret_error);
        lw_path_print(&missing, text);
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                        "the grant '%s' does not cover %s, and polkit does not allow it: add it to "
                        "its Objects= and reload lwm2md",
                        close->name, text);
}

LwGrant *lw_grants_renew(const LwGrants *self, const LwGrant *former, const LwClaims *claims,
                const LwTree *tree)
{
        for (guint i = 0; i < self->all->len; i++) {
                LwGrant *grant = self->all->pdata[i];
                LwPath missing;

                if (grant->uid == former->uid &&
                                (grant->unit == NULL ||
                                                g_strcmp0(grant->unit, former->unit) == 0) &&
                                lw_grant_covers(grant, claims, tree, &missing))
                        return lw_grant_ref(grant);
        }
        return NULL;
}
