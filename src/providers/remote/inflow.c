/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInflows: opaque values that servers write in blocks, and that a service gets whole. */
#include "providers/remote/inflow.h"

#include <unistd.h>

#include "bus/memfd.h"
#include "model/limits.h"
#include "model/status.h"

/* Each that is under way holds it, too: a peer may go on after the service has gone. */
struct LwInflows {
        unsigned count;
        const LwInflowEvents *events;
        void *user; /* NULL: gone */
};

/* One value on its way. */
typedef struct Inflow {
        LwSink base;
        LwInflows *all;
        LwRequest request; /* without what it points to */
        int fd;
        uint64_t length;
        LwSinkDone done; /* NULL: nobody waits for the end */
        void *done_user;
        bool is_whole;
} Inflow;

LwInflows *lw_inflows_new(const LwInflowEvents *events, void *user)
{
        LwInflows *self = g_rc_box_new0(LwInflows);

        self->events = events;
        self->user = user;
        return self;
}

void lw_inflows_free(LwInflows *self)
{
        self->user = NULL;
        g_rc_box_release(self);
}

static void inflow_free(Inflow *self)
{
        close(self->fd);
        self->all->count--;
        g_rc_box_release(self->all);
        g_free(self);
}

static void sink_append(
                LwSink *sink, const uint8_t *data, size_t length, LwSinkDone done, void *user)
{
        Inflow *self = (Inflow *) sink;
        g_autoptr(GError) error = NULL;

        self->length += length;
        if (self->length > LW_PLUGIN_BLOB_MAX)
                g_set_error(&error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "a service takes at most %d bytes", LW_PLUGIN_BLOB_MAX);
        else
                lw_memfd_append(self->fd, data, length, &error);
        done(user, error);
}

static void on_written(void *user, LwCall *call, const GError *error)
{
        Inflow *self = user;
        LwSinkDone done = self->done;
        void *done_user = self->done_user;

        (void) call;
        if (error == NULL && self->all->user != NULL)
                self->all->events->written(self->all->user, &self->request.path);
        inflow_free(self);
        if (done != NULL)
                done(done_user, error);
}

static void sink_finish(LwSink *sink, LwSinkDone done, void *user)
{
        Inflow *self = (Inflow *) sink;
        LwCall *call;

        self->done = done;
        self->done_user = user;
        self->is_whole = true;
        lw_memfd_seal(self->fd);
        call = lw_call_new(&self->request, NULL, on_written, self);
        if (self->all->user == NULL)
                lw_call_fail_status(
                                call, LW_STATUS_UNAVAILABLE, "the service behind this has gone");
        else
                self->all->events->whole(
                                self->all->user, call, &self->request.path, self->fd, self->length);
}

/* A Write that is under way goes on; nobody hears how it ends. */
static void sink_abort(LwSink *sink)
{
        Inflow *self = (Inflow *) sink;

        self->done = NULL;
        if (!self->is_whole)
                inflow_free(self);
}

static const LwSinkOps ops = { sink_append, sink_finish, sink_abort };

/* Errors: 4.13, 5.03. */
static bool check(const LwInflows *self, uint64_t size, GError **error)
{
        if (size > LW_PLUGIN_BLOB_MAX)
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "a service takes at most %d bytes", LW_PLUGIN_BLOB_MAX);
        else if (self->count >= LW_PLUGIN_BLOBS_MAX)
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the service behind this gets other large values at the moment");
        else
                return true;
        return false;
}

LwSink *lw_inflows_open(LwInflows *self, const LwRequest *request, uint64_t size, GError **error)
{
        Inflow *inflow;
        int fd;

        if (!check(self, size, error) || (fd = lw_memfd_open(error)) < 0)
                return NULL;
        inflow = g_new0(Inflow, 1);
        inflow->base.ops = &ops;
        inflow->all = g_rc_box_acquire(self);
        inflow->all->count++;
        inflow->request = (LwRequest){
                .operation = request->operation,
                .server = request->server,
                .version = request->version,
                .path = request->path,
                .now = request->now,
        };
        inflow->fd = fd;
        return &inflow->base;
}
