/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLabelKeeper: labels that outlive a restart, and answers that wait until they do. */
#include "providers/remote/label-keeper.h"

#include "base/log.h"

/* The document that keeps labels. */
#define DOCUMENT "instances"
#define VERSION 1

struct LwLabelKeeper {
        LwState *state;
        LwLabels *labels;
        GPtrArray *unsaved; /* of Reply */
};

typedef struct Reply {
        LwLabelKeeper *keeper;
        sd_bus_message *message;
} Reply;

static void reply_free(void *data)
{
        Reply *self = data;

        sd_bus_message_unref(self->message);
        g_free(self);
}

static void on_saved(void *user, const GError *error)
{
        Reply *reply = user;

        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "the instance ids of services are not kept over a restart: %s",
                                error->message);
        sd_bus_send(NULL, reply->message, NULL);
        g_ptr_array_remove(reply->keeper->unsaved, reply);
}

/* Whether there is something to save. */
static bool keep(LwLabels *labels, const char *name, const LwClaims *claims)
{
        bool is_news = false;

        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const LwClaim *claim = lw_claims_at(claims, i);

                if (claim->label != NULL)
                        is_news |= lw_labels_keep(labels, claim->path.ids[0], claim->path.ids[1],
                                        name, claim->label);
        }
        return is_news;
}

int lw_label_keeper_reply(LwLabelKeeper *self, const char *name, const LwClaims *claims,
                sd_bus_message *message)
{
        g_autoptr(GBytes) text = NULL;
        Reply *reply;

        if (!keep(self->labels, name, claims)) {
                int r = sd_bus_send(NULL, message, NULL);

                sd_bus_message_unref(message);
                return r < 0 ? r : 1;
        }
        reply = g_new(Reply, 1);
        *reply = (Reply){ self, message };
        g_ptr_array_add(self->unsaved, reply);
        text = lw_labels_print(self->labels);
        lw_state_save(self->state, DOCUMENT, VERSION, text, on_saved, reply);
        return 1;
}

const LwLabels *lw_label_keeper_labels(const LwLabelKeeper *self)
{
        return self->labels;
}

/* Life */

static LwLabels *load_labels(LwState *state)
{
        g_autoptr(GBytes) text = lw_state_load(state, DOCUMENT, VERSION);
        LwLabels *labels = lw_labels_new();
        g_autoptr(GError) error = NULL;

        if (text != NULL && !lw_labels_parse(labels, text, &error))
                lw_log(G_LOG_LEVEL_WARNING, "the document " DOCUMENT ": %s; ignoring the rest",
                                error->message);
        return labels;
}

LwLabelKeeper *lw_label_keeper_new(LwState *state)
{
        LwLabelKeeper *self = g_new0(LwLabelKeeper, 1);

        self->state = state;
        self->labels = load_labels(state);
        self->unsaved = g_ptr_array_new_with_free_func(reply_free);
        return self;
}

void lw_label_keeper_free(LwLabelKeeper *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->unsaved);
        lw_labels_free(self->labels);
        g_free(self);
}
