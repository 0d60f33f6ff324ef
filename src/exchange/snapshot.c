/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long answers whose further blocks a peer may still fetch. */
#include "exchange/snapshot.h"

#include <string.h>

#include <glib.h>

#include "exchange/token.h"

static LwUsec idle_end(const LwSnapshot *self)
{
        return lw_usec_add(self->used, lw_usec_from_seconds(LW_TRANSFER_IDLE_SECONDS));
}

static void drop(LwSnapshots *self, unsigned index)
{
        LwSnapshot *gone = &self->all[index];

        lw_kept_free(gone->head);
        lw_blob_unref(gone->body);
        *gone = self->all[--self->count];
}

void lw_snapshots_clear(LwSnapshots *self)
{
        while (self->count > 0)
                drop(self, self->count - 1);
}

void lw_snapshots_drop(LwSnapshots *self, LwKey key)
{
        for (unsigned i = self->count; i-- > 0;)
                if (self->all[i].key.whole == key.whole)
                        drop(self, i);
}

static unsigned longest_idle(const LwSnapshots *self)
{
        unsigned index = 0;

        for (unsigned i = 1; i < self->count; i++)
                if (self->all[i].turn < self->all[index].turn)
                        index = i;
        return index;
}

static uint64_t bytes_in_memory(const LwBlob *body)
{
        return lw_blob_data(body) ? lw_blob_size(body) : 0;
}

/** For one more, with this body. */
static void make_room(LwSnapshots *self, const LwBlob *body)
{
        uint64_t bytes = bytes_in_memory(body);

        for (unsigned i = 0; i < self->count; i++)
                bytes += bytes_in_memory(self->all[i].body);
        while (self->count == LW_SNAPSHOTS_MAX ||
                        (self->count > 0 && bytes > LW_SNAPSHOTS_BYTES_MAX)) {
                unsigned index = longest_idle(self);

                bytes -= bytes_in_memory(self->all[index].body);
                drop(self, index);
        }
}

static void set_etag(LwSnapshot *self, const LwMessage *head)
{
        const LwOption *option = lw_message_find(head, LW_OPTION_ETAG);
        const uint8_t *data = lw_blob_data(self->body);
        uint64_t tag;

        if (option && option->length > 0 && option->length <= sizeof(self->etag)) {
                self->etag_length = (uint8_t) option->length;
                memcpy(self->etag, option->value, option->length);
                return;
        }
        tag = data ? lw_key_hash(self->key.whole, data, (size_t) lw_blob_size(self->body))
                   : lw_token_new();
        self->etag_length = sizeof(tag);
        memcpy(self->etag, &tag, sizeof(tag));
}

const LwSnapshot *lw_snapshots_put(
                LwSnapshots *self, LwKey key, const LwMessage *head, LwBlob *body, LwNow now)
{
        static const uint16_t passing[] = { LW_OPTION_ETAG, LW_OPTION_OBSERVE, LW_OPTION_BLOCK2,
                LW_OPTION_SIZE2, LW_OPTION_BLOCK1 };
        LwSnapshot *added;
        LwMessage lasting;

        lw_snapshots_drop(self, key);
        make_room(self, body);
        lw_message_copy_head(&lasting, head);
        for (size_t i = 0; i < G_N_ELEMENTS(passing); i++)
                lw_message_remove(&lasting, passing[i]);
        added = &self->all[self->count++];
        *added = (LwSnapshot){
                .key = key,
                .head = lw_kept_new(&lasting),
                .body = lw_blob_ref(body),
                .used = now.boot,
                .turn = ++self->turns,
        };
        set_etag(added, head);
        return added;
}

const LwSnapshot *lw_snapshots_find(LwSnapshots *self, LwKey key, bool with_payload, LwNow now)
{
        LwSnapshot *found = NULL;

        lw_snapshots_expire(self, now);
        for (unsigned i = 0; i < self->count; i++) {
                LwSnapshot *each = &self->all[i];

                if (each->key.whole == key.whole) {
                        found = each;
                        break;
                }
                if (!with_payload && each->key.bare == key.bare &&
                                (!found || each->turn > found->turn))
                        found = each;
        }
        if (found) {
                found->used = now.boot;
                found->turn = ++self->turns;
        }
        return found;
}

LwUsec lw_snapshots_deadline(const LwSnapshots *self)
{
        return self->count == 0 ? LW_USEC_NEVER : idle_end(&self->all[longest_idle(self)]);
}

void lw_snapshots_expire(LwSnapshots *self, LwNow now)
{
        for (unsigned i = self->count; i-- > 0;)
                if (idle_end(&self->all[i]) <= now.boot)
                        drop(self, i);
}
