/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOutbox: the notifications to one server that wait, in order. */
#include "client/outbox.h"

#include "model/limits.h"

static size_t size_of(const LwParcel *parcel)
{
        return g_bytes_get_size(parcel->pack);
}

/* Takes a parcel off the queue and out of all accounts. */
static void drop(LwOutbox *self, GList *link)
{
        LwParcel *parcel = link->data;

        self->bytes -= size_of(parcel);
        self->flying -= parcel->flying;
        parcel->observation->waiting--;
        if (parcel->observation->live == parcel)
                parcel->observation->live = NULL;
        g_bytes_unref(parcel->pack);
        g_free(parcel);
        g_queue_delete_link(&self->parcels, link);
}

void lw_outbox_clear(LwOutbox *self)
{
        while (self->parcels.head)
                drop(self, self->parcels.head);
        self->dropped = 0;
}

/* The oldest that is not flying, of `observation` unless it is NULL. */
static GList *oldest(const LwOutbox *self, const LwObservation *observation)
{
        for (GList *link = self->parcels.head; link; link = link->next) {
                const LwParcel *parcel = link->data;

                if (!parcel->flying && (!observation || parcel->observation == observation))
                        return link;
        }
        return NULL;
}

/* The oldest that may go out. */
static GList *next_to_go(const LwOutbox *self)
{
        for (GList *link = self->parcels.head; link; link = link->next) {
                const LwParcel *parcel = link->data;

                if (!parcel->flying && !parcel->observation->resting)
                        return link;
        }
        return NULL;
}

static void make_room(LwOutbox *self)
{
        while (self->parcels.length > LW_NOTIFICATIONS_MAX ||
                        self->bytes > LW_NOTIFICATIONS_BYTES_MAX) {
                GList *link = oldest(self, NULL);

                if (!link)
                        return;
                self->dropped++;
                drop(self, link);
        }
}

void lw_outbox_add(LwOutbox *self, LwObservation *observation, GBytes *pack, int64_t real_usec,
                bool stored, unsigned history)
{
        LwParcel *parcel = g_new(LwParcel, 1);

        while (stored && observation->waiting >= history) {
                GList *link = oldest(self, observation);

                if (!link)
                        break;
                drop(self, link);
        }
        *parcel = (LwParcel){
                .observation = observation,
                .pack = g_bytes_ref(pack),
                .real_usec = real_usec,
                .stored = stored,
        };
        observation->waiting++;
        if (!stored)
                observation->live = parcel;
        self->bytes += size_of(parcel);
        g_queue_push_tail(&self->parcels, parcel);
        make_room(self);
}

bool lw_outbox_replace(
                LwOutbox *self, const LwObservation *observation, GBytes *pack, int64_t real_usec)
{
        LwParcel *parcel = observation->live;

        if (!parcel)
                return false;
        self->bytes += g_bytes_get_size(pack);
        self->bytes -= size_of(parcel);
        g_bytes_unref(parcel->pack);
        parcel->pack = g_bytes_ref(pack);
        parcel->real_usec = real_usec;
        return true;
}

void lw_outbox_shrink(LwOutbox *self, GList *link, GBytes *pack)
{
        LwParcel *parcel = link->data;

        if (g_bytes_get_size(pack) == 0) {
                drop(self, link);
                return;
        }
        self->bytes -= size_of(parcel) - g_bytes_get_size(pack);
        g_bytes_unref(parcel->pack);
        parcel->pack = g_bytes_ref(pack);
}

void lw_outbox_move(LwOutbox *self, LwObservation *from, LwObservation *to)
{
        for (GList *link = self->parcels.head; link && from->waiting > 0; link = link->next) {
                LwParcel *parcel = link->data;

                if (parcel->observation != from)
                        continue;
                parcel->observation = to;
                from->waiting--;
                to->waiting++;
        }
        from->live = NULL;
}

bool lw_outbox_drop(LwOutbox *self, LwObservation *observation)
{
        bool dropped = observation->waiting > 0;

        for (GList *link = self->parcels.head, *next; link && observation->waiting > 0;
                        link = next) {
                next = link->next;
                if (((LwParcel *) link->data)->observation == observation)
                        drop(self, link);
        }
        return dropped;
}

static void launch(LwOutbox *self, LwParcel *parcel)
{
        parcel->flying = true;
        self->flying++;
        if (parcel->observation->live == parcel)
                parcel->observation->live = NULL;
}

unsigned lw_outbox_launch(LwOutbox *self, bool (*has_time)(const LwObservation *observation),
                size_t bytes, LwParcel **ret_parcels, unsigned count)
{
        GList *link = next_to_go(self);
        const LwParcel *first;
        unsigned taken = 0;
        size_t used = 0;

        if (!link)
                return 0;
        first = link->data;
        for (; link && taken < count; link = link->next) {
                LwParcel *parcel = link->data;

                if (parcel->observation != first->observation || parcel->flying)
                        continue;
                if (taken > 0 && (!has_time(first->observation) || used + size_of(parcel) > bytes))
                        break;
                used += size_of(parcel);
                launch(self, parcel);
                ret_parcels[taken++] = parcel;
                if (!parcel->stored)
                        break; /* the present alone has no time */
        }
        return taken;
}

bool lw_outbox_land(LwOutbox *self)
{
        bool stored = false;

        for (GList *link = self->parcels.head, *next; link && self->flying > 0; link = next) {
                const LwParcel *parcel = link->data;

                next = link->next;
                if (!parcel->flying)
                        continue;
                stored |= parcel->stored;
                drop(self, link);
        }
        return stored;
}

void lw_outbox_return(LwOutbox *self)
{
        for (GList *link = self->parcels.head; link; link = link->next) {
                LwParcel *parcel = link->data;

                parcel->flying = false;
                parcel->stored = true;
                parcel->observation->live = NULL;
        }
        self->flying = 0;
}

const LwParcel *lw_outbox_flying(const LwOutbox *self)
{
        const LwParcel *newest = NULL;
        unsigned seen = 0;

        for (const GList *link = self->parcels.head; link && seen < self->flying;
                        link = link->next) {
                const LwParcel *parcel = link->data;

                if (!parcel->flying)
                        continue;
                newest = parcel;
                seen++;
        }
        return newest;
}
