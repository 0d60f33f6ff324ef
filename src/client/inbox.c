/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInbox: what a server asks of us. */
#include "client/inbox.h"

#include "base/spare.h"
#include "client/observe.h"
#include "exchange/operation.h"
#include "model/status.h"
#include "tree/access.h"
#include "tree/dispatch.h"

/* A request that the tree is busy with. */
typedef struct Asking {
        LwInbox *inbox; /* valid while the connection is open */
        LwConnection *connection;
        LwTicket ticket;
        LwOperation operation;
        LwPath path;
} Asking;

static LwSpare spare;

static bool is_told(LwOperation operation)
{
        return operation != LW_OPERATION_READ && operation != LW_OPERATION_DISCOVER &&
               operation != LW_OPERATION_READ_COMPOSITE;
}

static bool is_observing(LwOperation operation)
{
        return operation == LW_OPERATION_OBSERVE || operation == LW_OPERATION_CANCEL ||
               operation == LW_OPERATION_OBSERVE_COMPOSITE ||
               operation == LW_OPERATION_CANCEL_COMPOSITE;
}

static void on_answer(void *user, LwResponse *response)
{
        Asking asking = *(Asking *) user;
        g_autoptr(LwConnection) connection = asking.connection;

        lw_spare_give(&spare, user);
        lw_connection_answer(connection, asking.ticket, response, LW_NO_SEQUENCE);
        if (lw_connection_exchange(connection) && is_told(asking.operation))
                asking.inbox->operated(asking.inbox->user, asking.operation, &asking.path,
                                response->status);
}

/*
 * A path into a closed object is refused as such, whatever else is wrong with the request: that
 * comes first in the standard's order.
 */
static bool check_open(const LwMessage *message, GError **error)
{
        const LwOption *first = lw_message_find(message, LW_OPTION_URI_PATH);
        uint16_t object;

        if (!first || !lw_id_parse((const char *) first->value, first->length, &object) ||
                        !lw_access_is_closed(object))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_UNAUTHORIZED,
                        "object %u holds credentials and is closed to servers", object);
        return false;
}

/* Nothing is served before the registration is complete. Source: OMA LwM2M Core 1.1, Register. */
static bool parse(const LwInbox *self, const LwMessage *message, LwOperationScratch *scratch,
                LwRequest *ret_request, LwNow now, GError **error)
{
        if (!self->open) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "not registered at this server");
                return false;
        }
        if (!check_open(message, error) ||
                        !lw_operation_parse(message, scratch, ret_request, error))
                return false;
        ret_request->server = self->ssid;
        ret_request->version = self->version;
        ret_request->now = now;
        return true;
}

static Asking *ask(LwInbox *self, const LwRequest *request, LwTicket ticket)
{
        Asking *asking = lw_spare_take(&spare, sizeof(*asking));

        *asking = (Asking){
                .inbox = self,
                .connection = lw_connection_ref(self->connection),
                .ticket = ticket,
                .operation = request->operation,
                .path = request->path,
        };
        return asking;
}

void lw_inbox_request(LwInbox *self, const LwMessage *message, LwTicket ticket, LwNow now)
{
        LwOperationScratch scratch;
        LwRequest request;
        g_autoptr(GError) error = NULL;

        if (!parse(self, message, &scratch, &request, now, &error)) {
                g_auto(LwResponse) response = lw_response_error(error);

                lw_connection_answer(self->connection, ticket, &response, LW_NO_SEQUENCE);
        } else if (is_observing(request.operation)) {
                lw_observe_request(self->observer, message, &request, ticket);
        } else {
                lw_dispatch(self->tree, &request, on_answer, ask(self, &request, ticket));
        }
}

LwSink *lw_inbox_receive(
                LwInbox *self, const LwMessage *first, uint64_t size, LwNow now, GError **error)
{
        LwOperationScratch scratch;
        LwRequest request;

        if (!parse(self, first, &scratch, &request, now, error))
                return NULL;
        return lw_dispatch_receive(self->tree, &request, size, error);
}
