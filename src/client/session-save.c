/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server and we agreed on, as a document; session.c says how it looks. */
#include <inttypes.h>

#include "client/session.h"

#define NOTHING "-"

static void put_text(GString *text, const char *word)
{
        g_autofree char *escaped = g_uri_escape_string(word, NULL, FALSE);

        g_string_append_printf(text, " %s", escaped);
}

static void put_bytes(GString *text, const void *data, size_t length)
{
        g_autofree char *encoded = g_base64_encode(length > 0 ? data : (const guchar *) "", length);

        g_string_append_printf(text, " %s", length > 0 ? encoded : NOTHING);
}

static void put_path(GString *text, const LwPath *path)
{
        char printed[LW_PATH_TEXT_MAX];

        lw_path_print(path, printed);
        g_string_append_printf(text, " %s", printed);
}

static void put_query(GString *text, const LwAttributes *query)
{
        char separator = ' ';

        for (unsigned i = 0; query && i < LW_ATTRIBUTE_COUNT; i++) {
                char value[LW_ATTRIBUTE_TEXT_MAX];

                if (!lw_attributes_has(query, (LwAttribute) i))
                        continue;
                lw_attributes_print(query, (LwAttribute) i, value);
                g_string_append_printf(text, "%c%s=%s", separator,
                                lw_attribute_name((LwAttribute) i), value);
                separator = '&';
        }
        if (!query)
                g_string_append(text, " " NOTHING);
}

static void put_samples(GString *text, const char *what, const LwSample *samples, unsigned count)
{
        for (unsigned i = 0; i < count; i++) {
                LwPath path = lw_sample_path(&samples[i]);

                g_string_append(text, what);
                put_path(text, &path);
                g_string_append_printf(text, " %" PRIu64 "\n", samples[i].bits);
        }
}

static void put_observation(void *user, const LwObservation *observation)
{
        GString *text = user;

        g_string_append(text, "observation");
        put_bytes(text, observation->token, observation->token_length);
        g_string_append_printf(text, " %u %u %d %u %" PRIu64 " %" PRId64 " %" PRId64,
                        observation->composite, observation->version, observation->format,
                        observation->sequence, observation->key, observation->sent_real_usec,
                        observation->got_real_usec);
        put_query(text, observation->query);
        for (unsigned i = 0; i < observation->watch_count; i++)
                put_path(text, &observation->watches[i].path);
        g_string_append_c(text, '\n');
        put_samples(text, "sample", observation->samples, observation->sample_count);
        if (observation->got)
                put_samples(text, "got", observation->got, observation->got_count);
        if (observation->resting)
                g_string_append(text, "rests\n");
}

static void put_parcel(void *user, const LwParcel *parcel)
{
        GString *text = user;
        size_t length;
        const void *data = g_bytes_get_data(parcel->pack, &length);

        if (!parcel->stored)
                return;
        g_string_append(text, parcel->observation->resting ? "missed" : "notification");
        put_bytes(text, parcel->observation->token, parcel->observation->token_length);
        g_string_append_printf(text, " %" PRId64, parcel->real_usec);
        put_bytes(text, data, length);
        g_string_append_c(text, '\n');
}

static void put_registration(GString *text, const LwSession *self)
{
        g_string_append_printf(text, " %u %u %" PRId64 " %" PRId64, (unsigned) self->version,
                        self->lifetime_seconds, self->expires_real_usec,
                        self->registered_real_usec);
        for (char *const *segment = self->location; *segment; segment++)
                put_text(text, *segment);
}

static void put_send(void *user, const LwSendItem *item)
{
        GString *text = user;
        size_t length;
        const void *data = g_bytes_get_data(item->pack, &length);

        g_string_append_printf(text, "send %" PRIu64 " %" PRId64 " %u", item->id, item->real_usec,
                        item->tries);
        put_bytes(text, data, length);
        g_string_append_c(text, '\n');
}

GBytes *lw_session_save(const LwSession *self, const LwObserver *observer, const LwSender *sender)
{
        GString *text = g_string_new(self->location ? "session" : "waiting");

        put_text(text, self->server);
        if (self->location)
                put_registration(text, self);
        g_string_append_c(text, '\n');
        lw_observer_show(observer, put_observation, put_parcel, text);
        lw_sender_show(sender, put_send, text);
        return g_string_free_to_bytes(text);
}
