/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUplink: by which link this host reaches its servers, and what there is to say of it. */
#include "providers/builtin/uplink.h"

#include <arpa/inet.h>
#include <string.h>

#include "providers/builtin/cellular.h"

enum {
        NETWORK_BEARER = 0,
        AVAILABLE_BEARERS = 1,
        SIGNAL_STRENGTH = 2,
        LINK_QUALITY = 3,
        IP_ADDRESSES = 4,
        ROUTERS = 5,
        UTILIZATION = 6,
        APN = 7,
        CELL_ID = 8,
        SMNC = 9,
        SMCC = 10,
        SIGNAL_SNR = 11,
        LAC = 12,
};

/* A WLAN's quality as the kernel reckons it for its wireless extensions: 0 at -110 dBm and below,
 * 70 at -40 dBm and above. */
#define WLAN_QUALITY_MAX 70
#define WLAN_QUALITY_ZERO_DBM (-110)

/* --- which link --- */

/* "[2001:db8::1]:5683" or "192.0.2.7:5683" as bytes. */
static bool parse_local(const char *text, uint8_t *ret_family, uint8_t bytes[static 16])
{
        const char *colon = strrchr(text, ':');
        bool is_six = text[0] == '[' && colon != NULL && colon > text + 1 && colon[-1] == ']';
        g_autofree char *host = NULL;
        char *zone;

        if (colon == NULL)
                return false;
        host = is_six ? g_strndup(text + 1, (size_t) (colon - text - 2))
                      : g_strndup(text, (size_t) (colon - text));
        zone = strchr(host, '%');
        if (zone != NULL)
                *zone = '\0';
        memset(bytes, 0, 16);
        *ret_family = is_six ? AF_INET6 : AF_INET;
        return inet_pton(*ret_family, host, bytes) == 1;
}

static const LwLink *link_of_address(
                const LwLinks *links, uint8_t family, const uint8_t bytes[static 16])
{
        for (size_t i = 0; i < lw_links_address_count(links); i++) {
                const LwHostAddress *address = lw_links_address_at(links, i);

                if (address->family == family && memcmp(address->bytes, bytes, 16) == 0)
                        return lw_links_find(links, address->link);
        }
        return NULL;
}

static const LwLink *link_of_session(const LwUplinkSources *sources)
{
        uint8_t family, bytes[16];

        if (sources->local == NULL || !parse_local(sources->local, &family, bytes))
                return NULL;
        return link_of_address(sources->links, family, bytes);
}

/* IPv4 before IPv6 where the metrics are equal, as theirs are counted apart. */
static const LwLink *link_of_default_route(const LwUplinkSources *sources)
{
        const LwDefaultRoute *best = NULL;

        for (size_t i = 0; i < lw_links_route_count(sources->links); i++) {
                const LwDefaultRoute *route = lw_links_route_at(sources->links, i);

                if (lw_links_find(sources->links, route->link) == NULL)
                        continue;
                if (best == NULL || route->family < best->family ||
                                (route->family == best->family && route->metric < best->metric))
                        best = route;
        }
        return best == NULL ? NULL : lw_links_find(sources->links, best->link);
}

/* The modem whose connection runs over a link of this name. */
static const LwModem *modem_of_link(const LwUplinkSources *sources, const char *name)
{
        for (guint i = 0; i < sources->modems->len; i++) {
                const LwModem *modem = sources->modems->pdata[i];

                for (guint k = 0; k < modem->bearers->len; k++) {
                        const LwModemBearer *bearer = modem->bearers->pdata[k];

                        if (bearer->is_connected && g_strcmp0(bearer->link, name) == 0)
                                return modem;
                }
        }
        return NULL;
}

static const LwModem *registered_modem(const LwUplinkSources *sources)
{
        for (guint i = 0; i < sources->modems->len; i++)
                if (lw_cellular_bearer(sources->modems->pdata[i]) != LW_BEARER_NONE)
                        return sources->modems->pdata[i];
        return NULL;
}

static bool settle(const LwUplinkSources *sources, const LwLink *link, LwUplink *ret_uplink)
{
        const LwLink *ground;
        const LwModem *modem;
        LwBearer bearer;

        if (link == NULL)
                return false;
        modem = modem_of_link(sources, link->name);
        bearer = lw_bearer_of(sources->links, link, sources->root_fd, &ground);
        if (bearer == LW_BEARER_CELLULAR && modem == NULL)
                modem = registered_modem(sources);
        if (modem != NULL)
                bearer = lw_cellular_bearer(modem);
        if (bearer < 0)
                return false;
        *ret_uplink = (LwUplink){ bearer, link->index, ground->index, modem };
        return true;
}

LwUplink lw_uplink(const LwUplinkSources *sources)
{
        LwUplink uplink = { .bearer = LW_BEARER_NONE };

        if (settle(sources, link_of_session(sources), &uplink) ||
                        settle(sources, link_of_default_route(sources), &uplink))
                return uplink;
        uplink.modem = registered_modem(sources);
        if (uplink.modem != NULL)
                uplink.bearer = lw_cellular_bearer(uplink.modem);
        return uplink;
}

/* --- whether there is one at all --- */

bool lw_uplink_has_route(const LwLinks *links)
{
        for (size_t i = 0; i < lw_links_route_count(links); i++) {
                const LwLink *link = lw_links_find(links, lw_links_route_at(links, i)->link);

                if (link != NULL && link->is_up)
                        return true;
        }
        return false;
}

/* Loopback, 169.254.0.0/16 and fe80::/10, which LwLinks leaves out. */
static bool is_local_scope(uint8_t family, const uint8_t *bytes)
{
        if (family == AF_INET)
                return bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254);
        return (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) ||
               memcmp(bytes, &in6addr_loopback, 16) == 0;
}

bool lw_uplink_carries(const LwLinks *links, const char *local)
{
        uint8_t family, bytes[16];
        const LwLink *link;

        if (!parse_local(local, &family, bytes))
                return false;
        link = link_of_address(links, family, bytes);
        return is_local_scope(family, bytes) || (link != NULL && link->is_up);
}

/* --- what to say of it --- */

static void add(LwValues *values, uint16_t resource, int64_t value)
{
        LwValue integer = lw_value_integer(value);

        lw_values_add(values, &LW_PATH_RESOURCE(4, 0, resource), &integer);
}

static LwPath element(uint16_t resource, uint16_t i)
{
        return lw_path_child(&LW_PATH_RESOURCE(4, 0, resource), i);
}

/* An array that has no elements is there all the same. */
static void add_none(LwValues *values, uint16_t resource)
{
        LwValue none = lw_value_none();

        lw_values_add(values, &LW_PATH_RESOURCE(4, 0, resource), &none);
}

/* Hardware that is up, and what modems are registered with. Virtual links are no bearers of their
 * own, unless they are the one in use. */
static void add_available(LwValues *values, const LwUplink *self, const LwUplinkSources *sources)
{
        bool there[LW_BEARER_DSL + 1] = {};
        uint16_t count = 0;

        if (self->bearer >= 0)
                there[self->bearer] = true;
        for (size_t i = 0; i < lw_links_count(sources->links); i++) {
                const LwLink *link = lw_links_at(sources->links, i), *ground;
                LwBearer bearer;

                if (!link->is_up || link->kind[0] != '\0')
                        continue;
                bearer = lw_bearer_of(sources->links, link, sources->root_fd, &ground);
                if (bearer >= 0 && modem_of_link(sources, link->name) == NULL)
                        there[bearer] = true;
        }
        for (guint i = 0; i < sources->modems->len; i++) {
                LwBearer bearer = lw_cellular_bearer(sources->modems->pdata[i]);

                if (bearer >= 0)
                        there[bearer] = true;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(there); i++) {
                LwPath path = element(AVAILABLE_BEARERS, count);
                LwValue value = lw_value_integer((int64_t) i);

                if (!there[i])
                        continue;
                lw_values_add(values, &path, &value);
                count++;
        }
        if (count == 0)
                add_none(values, AVAILABLE_BEARERS);
}

/* The standard wants it in every instance: a cable, which has no radio, says 0. */
static void add_signal(LwValues *values, const LwUplink *self, const LwUplinkMeasure *measure)
{
        int64_t value;

        if (self->modem != NULL) {
                if (lw_cellular_strength(self->modem, &value))
                        add(values, SIGNAL_STRENGTH, value);
                if (lw_cellular_quality(self->modem, &value))
                        add(values, LINK_QUALITY, value);
        } else if (self->bearer == LW_BEARER_WLAN && measure->has_signal) {
                add(values, SIGNAL_STRENGTH, measure->signal_dbm);
                add(values, LINK_QUALITY,
                                CLAMP(measure->signal_dbm - WLAN_QUALITY_ZERO_DBM, 0,
                                                WLAN_QUALITY_MAX));
        } else if (self->bearer >= LW_BEARER_ETHERNET) {
                add(values, SIGNAL_STRENGTH, 0);
        }
}

static void add_addresses(LwValues *values, const LwUplink *self, const LwLinks *links)
{
        uint16_t count = 0;

        for (size_t i = 0; self->link != 0 && i < lw_links_address_count(links); i++) {
                const LwHostAddress *address = lw_links_address_at(links, i);
                g_autofree char *text = lw_host_address_print(address->family, address->bytes);
                LwPath path = element(IP_ADDRESSES, count);
                LwValue value = lw_value_string(text);

                if (address->link != self->link)
                        continue;
                lw_values_add(values, &path, &value);
                count++;
        }
        if (count == 0)
                add_none(values, IP_ADDRESSES);
}

static void add_routers(LwValues *values, const LwUplink *self, const LwLinks *links)
{
        uint16_t count = 0;

        for (size_t i = 0; self->link != 0 && i < lw_links_route_count(links); i++) {
                const LwDefaultRoute *route = lw_links_route_at(links, i);
                g_autofree char *text = NULL;
                LwPath path = element(ROUTERS, count);
                LwValue value;

                if (route->link != self->link || route->gateway_family == AF_UNSPEC)
                        continue;
                text = lw_host_address_print(route->gateway_family, route->gateway);
                value = lw_value_string(text);
                lw_values_add(values, &path, &value);
                count++;
        }
}

static void add_apns(LwValues *values, const LwModem *modem)
{
        uint16_t count = 0;

        for (guint i = 0; modem != NULL && i < modem->bearers->len; i++) {
                const LwModemBearer *bearer = modem->bearers->pdata[i];
                LwPath path = element(APN, count);
                LwValue value;

                if (!bearer->is_connected || bearer->apn == NULL)
                        continue;
                value = lw_value_string(bearer->apn);
                lw_values_add(values, &path, &value);
                count++;
        }
}

static void add_cell(LwValues *values, const LwModem *modem)
{
        int64_t mcc, mnc, snr;

        if (modem == NULL)
                return;
        lw_cellular_network(modem, &mcc, &mnc);
        if (modem->place.cell >= 0)
                add(values, CELL_ID, modem->place.cell);
        if (mnc >= 0)
                add(values, SMNC, mnc);
        if (mcc >= 0)
                add(values, SMCC, mcc);
        if (lw_cellular_snr(modem, &snr))
                add(values, SIGNAL_SNR, snr);
        if (modem->place.lac >= 0)
                add(values, LAC, modem->place.lac);
}

LwValues *lw_uplink_values(const LwUplink *self, const LwUplinkSources *sources,
                const LwUplinkMeasure *measure)
{
        LwValues *values = lw_values_new();

        if (self->bearer >= 0)
                add(values, NETWORK_BEARER, self->bearer);
        add_available(values, self, sources);
        add_signal(values, self, measure);
        add_addresses(values, self, sources->links);
        add_routers(values, self, sources->links);
        if (measure->utilization >= 0)
                add(values, UTILIZATION, measure->utilization);
        add_apns(values, self->modem);
        add_cell(values, self->modem);
        return values;
}
