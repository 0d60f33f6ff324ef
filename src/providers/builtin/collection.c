/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCollection: what the links carried between a start and a stop. */
#include "providers/builtin/collection.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <string.h>

#include "model/limits.h"

#define GROUP "Collection"
#define LINK_GROUP "Link "

/* What was seen of one link. */
typedef struct Seen {
        uint32_t index;
        LwLinkCounters counters;
} Seen;

struct LwCollection {
        char *boot;
        bool is_running;
        LwTotals totals;
        GArray *seen; /* of Seen */
};

LwCollection *lw_collection_new(const char *boot)
{
        LwCollection *self = g_new0(LwCollection, 1);

        self->boot = g_strdup(boot);
        self->seen = g_array_new(FALSE, FALSE, sizeof(Seen));
        return self;
}

void lw_collection_free(LwCollection *self)
{
        if (self == NULL)
                return;
        g_free(self->boot);
        g_array_unref(self->seen);
        g_free(self);
}

bool lw_collection_is_running(const LwCollection *self)
{
        return self->is_running;
}

const LwTotals *lw_collection_totals(const LwCollection *self)
{
        return &self->totals;
}

/*
 * Links that carry to and from this host, each byte once: hardware, and a virtual card that is no
 * port of a bridge of ours. Tunnels, bridges and VLANs carry what these carry.
 */
static bool counts(const LwLink *link)
{
        return link->has_counters && !link->is_loopback &&
               (link->kind[0] == '\0' || strcmp(link->kind, "wwan") == 0 ||
                               strcmp(link->kind, "rmnet") == 0 ||
                               (strcmp(link->kind, "veth") == 0 && link->master == 0));
}

static Seen *find(LwCollection *self, uint32_t index)
{
        for (guint i = 0; i < self->seen->len; i++)
                if (g_array_index(self->seen, Seen, i).index == index)
                        return &g_array_index(self->seen, Seen, i);
        return NULL;
}

/*
 * What a counter has more than before. One that is smaller has wrapped, if it has 32 bits and was
 * far up, or it began anew: some drivers do that when the link is switched off.
 */
static uint64_t gain(uint64_t before, uint64_t now)
{
        if (now >= before)
                return now - before;
        if (before <= UINT32_MAX && before > UINT32_MAX / 4 * 3 && now < UINT32_MAX / 4)
                return now + (UINT64_C(1) << 32) - before;
        return now;
}

/* The kernel counts frames; IP begins behind the header of each. */
static uint64_t ip_bytes(const LwLink *link, uint64_t bytes, uint64_t packets)
{
        uint64_t headers = link->hardware == ARPHRD_ETHER ? packets * ETH_HLEN : 0;

        return bytes > headers ? bytes - headers : 0;
}

static void add(LwCollection *self, const LwLink *link, const LwLinkCounters *before)
{
        const LwLinkCounters *now = &link->counters;
        uint64_t rx_packets = gain(before->rx_packets, now->rx_packets);
        uint64_t tx_packets = gain(before->tx_packets, now->tx_packets);

        self->totals.rx_packets += rx_packets;
        self->totals.tx_packets += tx_packets;
        self->totals.rx_bytes += ip_bytes(link, gain(before->rx_bytes, now->rx_bytes), rx_packets);
        self->totals.tx_bytes += ip_bytes(link, gain(before->tx_bytes, now->tx_bytes), tx_packets);
}

static void see(LwCollection *self, const LwLink *link)
{
        Seen *seen = find(self, link->index);
        Seen first = { link->index, link->counters };

        if (seen != NULL)
                seen->counters = link->counters;
        else if (self->seen->len < LW_HOST_LINKS_MAX)
                g_array_append_val(self->seen, first);
}

void lw_collection_start(LwCollection *self, const LwLinks *links)
{
        self->is_running = true;
        self->totals = (LwTotals){};
        g_array_set_size(self->seen, 0);
        for (size_t i = 0; i < lw_links_count(links); i++)
                if (counts(lw_links_at(links, i)))
                        see(self, lw_links_at(links, i));
}

void lw_collection_count(LwCollection *self, const LwLinks *links)
{
        for (size_t i = 0; self->is_running && i < lw_links_count(links); i++) {
                const LwLink *link = lw_links_at(links, i);
                const Seen *seen = find(self, link->index);

                if (!counts(link))
                        continue;
                add(self, link, seen != NULL ? &seen->counters : &(LwLinkCounters){});
                see(self, link);
        }
}

void lw_collection_count_gone(LwCollection *self, const LwLink *link)
{
        Seen *seen = find(self, link->index);

        if (!self->is_running || !counts(link))
                return;
        add(self, link, seen != NULL ? &seen->counters : &(LwLinkCounters){});
        if (seen != NULL) /* the next link of this index is another one */
                g_array_remove_index(
                                self->seen, (guint) (seen - (Seen *) (void *) self->seen->data));
}

void lw_collection_count_sms(LwCollection *self, uint64_t sent, uint64_t received)
{
        if (!self->is_running)
                return;
        self->totals.sms_sent += sent;
        self->totals.sms_received += received;
}

void lw_collection_stop(LwCollection *self)
{
        self->is_running = false;
        g_array_set_size(self->seen, 0);
}

/* --- as a document --- */

static const char *const total_keys[] = { "RxBytes", "TxBytes", "RxPackets", "TxPackets", "SmsSent",
        "SmsReceived" };

static uint64_t *total_at(LwTotals *totals, size_t i)
{
        uint64_t *const places[] = { &totals->rx_bytes, &totals->tx_bytes, &totals->rx_packets,
                &totals->tx_packets, &totals->sms_sent, &totals->sms_received };

        return places[i];
}

static uint64_t *counter_at(LwLinkCounters *counters, size_t i)
{
        uint64_t *const places[] = { &counters->rx_bytes, &counters->tx_bytes,
                &counters->rx_packets, &counters->tx_packets };

        return places[i];
}

void lw_collection_print(const LwCollection *self, GKeyFile *document)
{
        LwTotals totals = self->totals;

        g_key_file_set_string(document, GROUP, "Boot", self->boot);
        g_key_file_set_boolean(document, GROUP, "Running", self->is_running);
        for (size_t i = 0; i < G_N_ELEMENTS(total_keys); i++)
                g_key_file_set_uint64(document, GROUP, total_keys[i], *total_at(&totals, i));
        for (guint i = 0; i < self->seen->len; i++) {
                Seen seen = g_array_index(self->seen, Seen, i);
                g_autofree char *group = g_strdup_printf(LINK_GROUP "%u", seen.index);

                for (size_t k = 0; k < 4; k++)
                        g_key_file_set_uint64(document, group, total_keys[k],
                                        *counter_at(&seen.counters, k));
        }
}

static void parse_seen(LwCollection *self, GKeyFile *document, const char *group)
{
        Seen seen = {};
        guint64 index;

        if (!g_str_has_prefix(group, LINK_GROUP) ||
                        !g_ascii_string_to_unsigned(group + strlen(LINK_GROUP), 10, 1, UINT32_MAX,
                                        &index, NULL) ||
                        self->seen->len >= LW_HOST_LINKS_MAX)
                return;
        seen.index = (uint32_t) index;
        for (size_t k = 0; k < 4; k++)
                *counter_at(&seen.counters, k) =
                                g_key_file_get_uint64(document, group, total_keys[k], NULL);
        g_array_append_val(self->seen, seen);
}

void lw_collection_parse(LwCollection *self, GKeyFile *document)
{
        g_autofree char *boot = g_key_file_get_string(document, GROUP, "Boot", NULL);
        g_auto(GStrv) groups = g_key_file_get_groups(document, NULL);

        self->is_running = g_key_file_get_boolean(document, GROUP, "Running", NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(total_keys); i++)
                *total_at(&self->totals, i) =
                                g_key_file_get_uint64(document, GROUP, total_keys[i], NULL);
        g_array_set_size(self->seen, 0);
        for (size_t i = 0;
                        self->is_running && g_strcmp0(boot, self->boot) == 0 && groups[i] != NULL;
                        i++)
                parse_seen(self, document, groups[i]);
}
