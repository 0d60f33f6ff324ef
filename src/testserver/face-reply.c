/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A method call that waits for a client's answer, and the reply to it. */
#include "testserver/face-reply.h"

#include "bus/error.h"
#include "bus/variant.h"
#include "model/request.h"
#include "model/status.h"
#include "testserver/face-values.h"

LwTestCall *lw_test_call_new(
                sd_bus_message *m, LwTestClient *client, const LwPath *path, LwTestReply reply)
{
        LwTestCall *self = g_new0(LwTestCall, 1);

        self->message = sd_bus_message_ref(m);
        self->client = client;
        self->path = *path;
        self->reply = reply;
        return self;
}

void lw_test_call_free(LwTestCall *self)
{
        if (self == NULL)
                return;
        sd_bus_message_unref(self->message);
        g_free(self);
}

/* No answer at all is the one failure that has no response code: it has a name of its own. */
static void reply_error(sd_bus_message *message, const GError *error)
{
        LwStatus status = lw_status_of_error(error);

        sd_bus_reply_method_errorf(message,
                        status == LW_STATUS_TIMEOUT ? LW_BUS_ERROR "Timeout"
                                                    : lw_bus_error_name(status),
                        "%s", error->message);
}

/* A reply that cannot be sent has nobody who waits for it. */
void lw_test_call_done(void *user, const LwTestAnswer *answer, const GError *error)
{
        g_autoptr(LwTestCall) self = user;
        int r = 0;

        if (error != NULL)
                reply_error(self->message, error);
        else
                r = self->reply(self, answer);
        if (r < 0)
                sd_bus_reply_method_errno(self->message, r, NULL);
}

/* A reply that begins with the status, which is what all do. */
static int begin(const LwTestCall *call, const LwTestAnswer *answer, sd_bus_message **ret_reply)
{
        int r = sd_bus_message_new_method_return(call->message, ret_reply);

        return r < 0 ? r : sd_bus_message_append(*ret_reply, "s", lw_status_text(answer->status));
}

/* Sends what went well so far, with the diagnostic at its end. */
static int end(sd_bus_message *reply, const LwTestAnswer *answer, int r)
{
        g_autofree char *diagnostic = lw_test_answer_diagnostic(answer);

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", diagnostic);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

int lw_test_reply_status(const LwTestCall *call, const LwTestAnswer *answer)
{
        sd_bus_message *reply = NULL;
        int r = begin(call, answer, &reply);

        return end(reply, answer, r);
}

int lw_test_reply_values(const LwTestCall *call, const LwTestAnswer *answer)
{
        sd_bus_message *reply = NULL;
        int r = begin(call, answer, &reply);

        if (r >= 0)
                r = answer->values != NULL
                                    ? lw_variant_append_values(reply, &call->path, answer->values)
                                    : sd_bus_message_append(reply, "a{sv}", 0);
        return end(reply, answer, r);
}

int lw_test_reply_links(const LwTestCall *call, const LwTestAnswer *answer)
{
        bool has_links = answer->format == LW_FORMAT_LINK && lw_status_is_success(answer->status);
        g_auto(GStrv) links =
                        has_links ? lw_test_split_links((const char *) answer->message->payload,
                                                    answer->message->payload_length)
                                  : g_new0(char *, 1);
        sd_bus_message *reply = NULL;
        int r = begin(call, answer, &reply);

        if (r >= 0)
                r = sd_bus_message_append_strv(reply, links);
        return end(reply, answer, r);
}

/* A client need not say where, if it was told. Source: OMA LwM2M Core 1.1, "Create". */
int lw_test_reply_created(const LwTestCall *call, const LwTestAnswer *answer)
{
        g_autofree char *location = lw_test_answer_location(
                        answer, lw_object_list_prefix(call->client->objects));
        char asked[LW_PATH_TEXT_MAX];
        const char *created = location;
        sd_bus_message *reply = NULL;
        int r = begin(call, answer, &reply);

        if (answer->status == LW_STATUS_CREATED && location[0] == '\0' && call->asked.length > 0) {
                lw_path_print(&call->asked, asked);
                created = asked;
        }
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", created);
        return end(reply, answer, r);
}

int lw_test_reply_raw(const LwTestCall *call, const LwTestAnswer *answer)
{
        uint16_t format = answer->format == LW_FORMAT_NONE ? UINT16_MAX : (uint16_t) answer->format;
        sd_bus_message *reply = NULL;
        int r = begin(call, answer, &reply);

        if (r >= 0)
                r = sd_bus_message_append(reply, "q", format);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', answer->message->payload,
                                answer->message->payload_length);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}
