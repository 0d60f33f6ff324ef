/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCall: the promise to answer once. */
#include "tree/call.h"

#include <stdarg.h>

#include "base/spare.h"

struct LwCall {
        LwOperation operation;
        LwVersion version;
        uint16_t server;
        LwNow now;
        LwValues *values;
        LwPath created;
        LwCallDone done;
        void *user;
};

static LwSpare spare;

LwCall *lw_call_new(const LwRequest *request, LwValues *values, LwCallDone done, void *user)
{
        LwCall *self = lw_spare_take(&spare, sizeof(*self));

        *self = (LwCall){
                .operation = request->operation,
                .version = request->version,
                .server = request->server,
                .now = request->now,
                .values = values,
                .done = done,
                .user = user,
        };
        return self;
}

LwOperation lw_call_operation(const LwCall *self)
{
        return self->operation;
}

uint16_t lw_call_server(const LwCall *self)
{
        return self->server;
}

LwVersion lw_call_version(const LwCall *self)
{
        return self->version;
}

LwNow lw_call_now(const LwCall *self)
{
        return self->now;
}

LwValues *lw_call_values(LwCall *self)
{
        return self->values;
}

void lw_call_set_created(LwCall *self, const LwPath *instance)
{
        self->created = *instance;
}

LwPath lw_call_created(const LwCall *self)
{
        return self->created;
}

void lw_call_succeed(LwCall *self)
{
        self->done(self->user, self, NULL);
        lw_spare_give(&spare, self);
}

void lw_call_fail(LwCall *self, const GError *error)
{
        self->done(self->user, self, error);
        lw_spare_give(&spare, self);
}

void lw_call_fail_status(LwCall *self, LwStatus status, const char *format, ...)
{
        g_autoptr(GError) error = NULL;
        va_list arguments;

        va_start(arguments, format);
        error = g_error_new_valist(LW_ERROR, (int) status, format, arguments);
        va_end(arguments);
        lw_call_fail(self, error);
}
