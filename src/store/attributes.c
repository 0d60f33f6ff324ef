/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributeKeeper: keeps the attributes that servers set. */
#include "store/attributes.h"

#include "base/log.h"

#define DOCUMENT "attributes"
#define VERSION 1

struct LwAttributeKeeper {
        LwState *state;
        LwTree *tree;
};

static void save(LwAttributeKeeper *self, LwStateDone done, void *data)
{
        g_autoptr(GBytes) document = lw_attribute_table_save(lw_tree_attributes(self->tree));

        lw_state_save(self->state, DOCUMENT, VERSION, document, done, data);
}

static void on_save(void *user, LwTreeSaved done, void *data)
{
        save(user, done, data);
}

static const LwTreeKeeper keeper = { .save_attributes = on_save };

LwAttributeKeeper *lw_attribute_keeper_new(LwState *state, LwTree *tree)
{
        LwAttributeKeeper *self = g_new(LwAttributeKeeper, 1);
        g_autoptr(GBytes) document = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        *self = (LwAttributeKeeper){ .state = state, .tree = tree };
        if (document && !lw_attribute_table_load(lw_tree_attributes(tree), document, &error))
                lw_log(G_LOG_LEVEL_WARNING,
                                "the stored attributes of observations cannot be read (%s), "
                                "starting without; servers may have to write them again",
                                error->message);
        lw_tree_set_keeper(tree, &keeper, self);
        return self;
}

void lw_attribute_keeper_free(LwAttributeKeeper *self)
{
        if (!self)
                return;
        lw_tree_set_keeper(self->tree, NULL, NULL);
        g_free(self);
}

static bool has_account(void *user, uint16_t server)
{
        return lw_client_server(user, server) != NULL;
}

void lw_attribute_keeper_prune(LwAttributeKeeper *self, const LwClient *client)
{
        if (lw_attribute_table_keep_servers(
                            lw_tree_attributes(self->tree), has_account, (void *) client))
                save(self, NULL, NULL);
}
