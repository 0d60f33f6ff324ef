/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPipes: the opaque values of one answer that come through pipes. */
#include "providers/remote/pipes.h"

#include "model/limits.h"
#include "model/status.h"

struct LwPipes {
        LwDriver *driver;
        GPtrArray *all; /* of LwPipe, those that are not at their end */
        const LwPipesEvents *events;
        void *user;
};

LwPipes *lw_pipes_new(LwDriver *driver)
{
        LwPipes *self = g_new0(LwPipes, 1);

        self->driver = driver;
        self->all = g_ptr_array_new_with_free_func((GDestroyNotify) lw_pipe_free);
        return self;
}

void lw_pipes_free(LwPipes *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->all);
        g_free(self);
}

bool lw_pipes_add(LwPipes *self, int fd, const LwPath *path, GError **error)
{
        LwPipe *pipe;

        for (guint i = 0; i < self->all->len; i++)
                if (lw_path_equal(lw_pipe_path(self->all->pdata[i]), path))
                        return true; /* the answer is being read once more */
        if (self->all->len >= LW_PLUGIN_BLOBS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "an answer has at most %d pipes",
                                LW_PLUGIN_BLOBS_MAX);
                return false;
        }
        pipe = lw_pipe_new(self->driver, fd, path, error);
        if (pipe != NULL)
                g_ptr_array_add(self->all, pipe);
        return pipe != NULL;
}

bool lw_pipes_is_empty(const LwPipes *self)
{
        return self->all->len == 0;
}

static void on_end(void *user, LwPipe *pipe, const GError *error)
{
        LwPipes *self = user;
        LwPath path = *lw_pipe_path(pipe);
        g_autoptr(GError) own = error != NULL ? g_error_copy(error) : NULL;

        if (own == NULL && self->events->came(self->user, pipe, &own)) {
                g_ptr_array_remove(self->all, pipe);
                if (self->all->len > 0)
                        return;
        }
        self->events->ended(self->user, own != NULL ? &path : NULL, own);
}

bool lw_pipes_start(LwPipes *self, const LwPipesEvents *events, void *user, GError **error)
{
        self->events = events;
        self->user = user;
        for (guint i = 0; i < self->all->len; i++)
                if (!lw_pipe_start(self->all->pdata[i], on_end, self, error))
                        return false;
        return true;
}
