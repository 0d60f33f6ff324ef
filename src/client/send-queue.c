/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendQueue: what is to go to one server by Send, in order. */
#include "client/send-queue.h"

#include "model/limits.h"

static void drop(LwSendQueue *self, GList *link)
{
        LwSendItem *item = link->data;

        self->bytes -= g_bytes_get_size(item->pack);
        g_bytes_unref(item->pack);
        g_free(item);
        g_queue_delete_link(&self->items, link);
}

void lw_send_queue_init(LwSendQueue *self)
{
        *self = (LwSendQueue){};
        g_queue_init(&self->items);
}

void lw_send_queue_clear(LwSendQueue *self)
{
        while (self->items.head)
                drop(self, self->items.head);
        self->flying = 0;
}

LwSendItem *lw_send_queue_add(LwSendQueue *self, uint64_t id, GBytes *pack)
{
        LwSendItem *item = g_new(LwSendItem, 1);

        *item = (LwSendItem){ .id = id, .pack = g_bytes_ref(pack) };
        self->bytes += g_bytes_get_size(pack);
        g_queue_push_tail(&self->items, item);
        return item;
}

/* Few are flying, and they are the first. */
static GList *next_link(const LwSendQueue *self)
{
        return g_list_nth(self->items.head, self->flying);
}

const LwSendItem *lw_send_queue_next(const LwSendQueue *self)
{
        const GList *link = next_link(self);

        return link ? link->data : NULL;
}

const LwSendItem *lw_send_queue_excess(const LwSendQueue *self)
{
        if (self->items.length <= LW_SENDS_MAX && self->bytes <= LW_SENDS_BYTES_MAX)
                return NULL;
        return lw_send_queue_next(self);
}

void lw_send_queue_drop_next(LwSendQueue *self)
{
        GList *link = next_link(self);

        if (link)
                drop(self, link);
}

unsigned lw_send_queue_launch(LwSendQueue *self, bool together, size_t bytes, unsigned count)
{
        size_t used = 0;

        for (const GList *link = self->items.head; link && self->flying < count;
                        link = link->next) {
                const LwSendItem *item = link->data;

                used += g_bytes_get_size(item->pack);
                if (self->flying > 0 && (!together || used > bytes))
                        break;
                self->flying++;
        }
        return self->flying;
}

LwSendItem *lw_send_queue_flying(const LwSendQueue *self, unsigned index)
{
        return g_list_nth_data(self->items.head, index);
}

void lw_send_queue_land(LwSendQueue *self, unsigned count)
{
        for (; count > 0; count--, self->flying--)
                drop(self, self->items.head);
}

void lw_send_queue_return(LwSendQueue *self)
{
        for (const GList *link = self->items.head; self->flying > 0; link = link->next) {
                ((LwSendItem *) link->data)->late = true;
                self->flying--;
        }
}
