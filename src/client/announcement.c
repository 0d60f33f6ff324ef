/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAnnouncement: what a server is told of us. */
#include "client/announcement.h"

#include <string.h>

#include "model/request.h"

void lw_announcement_clear(LwAnnouncement *self)
{
        g_free(self->binding);
        lw_blob_unref(self->links);
        *self = (LwAnnouncement){};
}

/* From 1.1 on queue mode is a parameter of its own and no letter. Source: OMA LwM2M Core 1.1,
 * Bindings. */
static char *binding_of(const LwAccount *account, LwVersion version)
{
        g_autoptr(GString) letters = g_string_new(NULL);

        for (const char *c = account->binding; *c; c++) {
                if (*c != 'Q')
                        g_string_append_c(letters, *c);
                /* "UQ", "UQS": of the transport that is in use */
                if (c == account->binding && account->queue_mode && version == LW_VERSION_1_0)
                        g_string_append_c(letters, 'Q');
        }
        return g_string_free(g_steal_pointer(&letters), FALSE);
}

void lw_announcement_make(LwAnnouncement *self, const LwAccount *account, const LwTree *tree,
                LwVersion version)
{
        g_auto(LwWriter) writer = {};
        g_autoptr(GBytes) bytes = NULL;

        lw_announcement_clear(self);
        lw_tree_write_links(tree, &writer);
        bytes = lw_writer_steal(&writer);
        self->lifetime_seconds = account->lifetime_seconds;
        self->binding = binding_of(account, version);
        self->version = version;
        self->links = lw_blob_new(bytes);
}

void lw_announcement_move(LwAnnouncement *self, LwAnnouncement *from)
{
        lw_announcement_clear(self);
        *self = *from;
        *from = (LwAnnouncement){};
}

static bool links_equal(const LwAnnouncement *a, const LwAnnouncement *b)
{
        if (!a->links || !b->links)
                return a->links == b->links;
        return lw_blob_size(a->links) == lw_blob_size(b->links) &&
               memcmp(lw_blob_data(a->links), lw_blob_data(b->links), lw_blob_size(a->links)) == 0;
}

bool lw_announcement_equal(const LwAnnouncement *a, const LwAnnouncement *b)
{
        return a->lifetime_seconds == b->lifetime_seconds &&
               g_strcmp0(a->binding, b->binding) == 0 && links_equal(a, b);
}

static void add_lifetime(const LwAnnouncement *self, LwAnnouncementText *text, LwMessage *message)
{
        g_snprintf(text->lifetime, sizeof(text->lifetime), "lt=%u", self->lifetime_seconds);
        lw_message_add_text(message, LW_OPTION_URI_QUERY, text->lifetime);
}

static void add_binding(const LwAnnouncement *self, LwAnnouncementText *text, LwMessage *message)
{
        g_snprintf(text->binding, sizeof(text->binding), "b=%s", self->binding);
        lw_message_add_text(message, LW_OPTION_URI_QUERY, text->binding);
}

static void add_links(LwMessage *message)
{
        lw_message_add_uint(message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_LINK);
}

/* In the order and with the parameters that the strictest servers want. */
void lw_announcement_register(const LwAnnouncement *self, const LwAccount *account,
                const char *endpoint, LwAnnouncementText *text, LwMessage *ret_message)
{
        lw_message_init(ret_message, LW_MESSAGE_CON, LW_METHOD_POST);
        for (char **segment = account->peer.uri.segments; segment && *segment; segment++)
                lw_message_add_text(ret_message, LW_OPTION_URI_PATH, *segment);
        lw_message_add_text(ret_message, LW_OPTION_URI_PATH, "rd");
        add_links(ret_message);
        g_snprintf(text->endpoint, sizeof(text->endpoint), "ep=%s", endpoint);
        lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, text->endpoint);
        add_lifetime(self, text, ret_message);
        g_snprintf(text->version, sizeof(text->version), "lwm2m=%s",
                        lw_version_text(self->version));
        lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, text->version);
        add_binding(self, text, ret_message);
        if (account->queue_mode && self->version > LW_VERSION_1_0)
                lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, "Q");
        if (account->sms_number) {
                g_snprintf(text->sms, sizeof(text->sms), "sms=%s", account->sms_number);
                lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, text->sms);
        }
        for (char **query = account->peer.uri.query; query && *query; query++)
                lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, *query);
}

static void start_at(const char *const *location, uint8_t method, LwMessage *message)
{
        lw_message_init(message, LW_MESSAGE_CON, method);
        for (; location && *location; location++)
                lw_message_add_text(message, LW_OPTION_URI_PATH, *location);
}

LwBlob *lw_announcement_update(const LwAnnouncement *self, const LwAnnouncement *known,
                const char *const *location, LwAnnouncementText *text, LwMessage *ret_message)
{
        start_at(location, LW_METHOD_POST, ret_message);
        if (self->lifetime_seconds != known->lifetime_seconds)
                add_lifetime(self, text, ret_message);
        if (g_strcmp0(self->binding, known->binding) != 0)
                add_binding(self, text, ret_message);
        if (links_equal(self, known))
                return NULL;
        add_links(ret_message);
        return self->links;
}

void lw_announcement_deregister(const char *const *location, LwMessage *ret_message)
{
        start_at(location, LW_METHOD_DELETE, ret_message);
}
