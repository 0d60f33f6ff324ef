/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwModem: a modem out of the properties that ModemManager has for it. */
#include <math.h>
#include <string.h>

#include "bus/modemmanager1.h"

#define MODEM "org.freedesktop.ModemManager1.Modem"

/* Bounds: what no modem has more of. */
#define BEARERS_MAX 32
#define BANDS_MAX 256
#define TEXT_MAX 256

/* MMModemState: registered, disconnecting, connecting, connected. */
#define STATE_REGISTERED 8

/* MM_MODEM_LOCATION_SOURCE_3GPP_LAC_CI */
#define LOCATION_3GPP 1u

static const LwModemSignal unknown_signal = { NAN, NAN, NAN, NAN, NAN };
static const LwModemPlace unknown_place = { -1, -1, -1, -1, -1 };

static void bearer_free(void *data)
{
        LwModemBearer *self = data;

        g_free(self->path);
        g_free(self->link);
        g_free(self->apn);
        g_free(self);
}

LwModem *lw_modem_new(const char *path)
{
        LwModem *self = g_new0(LwModem, 1);

        self->path = g_strdup(path);
        self->quality = -1;
        self->bands = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        self->bearers = g_ptr_array_new_with_free_func(bearer_free);
        self->place = unknown_place;
        for (size_t i = 0; i < LW_MODEM_SIGNALS; i++)
                self->signals[i] = unknown_signal;
        return self;
}

void lw_modem_free(LwModem *self)
{
        if (self == NULL)
                return;
        g_free(self->path);
        g_free(self->operator_code);
        g_array_unref(self->bands);
        g_ptr_array_unref(self->bearers);
        g_free(self);
}

bool lw_modem_is_registered(const LwModem *self)
{
        return self->state >= STATE_REGISTERED;
}

/* --- values --- */

/* Opens the variant at hand when it holds `type`; else passes over it. 1: it is open. */
static int open_variant(sd_bus_message *m, const char *type)
{
        const char *contents;
        char kind;
        int r = sd_bus_message_peek_type(m, &kind, &contents);

        if (r <= 0 || kind != 'v')
                return r < 0 ? r : -EBADMSG;
        if (strcmp(contents, type) == 0)
                return sd_bus_message_enter_container(m, 'v', type);
        r = sd_bus_message_skip(m, "v");
        return r < 0 ? r : 0;
}

static int read_one(sd_bus_message *m, const char *type, void *ret_value)
{
        int r = open_variant(m, type);

        if (r <= 0)
                return r;
        r = sd_bus_message_read_basic(m, type[0], ret_value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* "" is "not known". */
static int read_text(sd_bus_message *m, char **where)
{
        const char *text = NULL;
        int r = read_one(m, "s", &text);

        if (r < 0 || text == NULL)
                return r;
        g_free(*where);
        *where = text[0] == '\0' || strlen(text) > TEXT_MAX ? NULL : g_strdup(text);
        return r;
}

static int read_bands(LwModem *self, sd_bus_message *m)
{
        const uint32_t *bands;
        size_t size;
        int r = open_variant(m, "au");

        if (r <= 0)
                return r;
        r = sd_bus_message_read_array(m, 'u', (const void **) &bands, &size);
        if (r < 0)
                return r;
        g_array_set_size(self->bands, 0);
        if (size > 0)
                g_array_append_vals(
                                self->bands, bands, (guint) MIN(size / sizeof(*bands), BANDS_MAX));
        return sd_bus_message_exit_container(m);
}

static int read_quality(LwModem *self, sd_bus_message *m)
{
        uint32_t percent;
        int recent;
        int r = open_variant(m, "(ub)");

        if (r <= 0)
                return r;
        r = sd_bus_message_read(m, "(ub)", &percent, &recent);
        if (r < 0)
                return r;
        self->quality = percent <= 100 ? (int) percent : -1;
        return sd_bus_message_exit_container(m);
}

static LwModemBearer *find_bearer(const LwModem *self, const char *path)
{
        for (guint i = 0; i < self->bearers->len; i++) {
                LwModemBearer *bearer = self->bearers->pdata[i];

                if (strcmp(bearer->path, path) == 0)
                        return bearer;
        }
        return NULL;
}

/* The bearers that are there now; of those that were, what is known is kept. */
static int read_bearers(LwModem *self, sd_bus_message *m)
{
        g_autoptr(GPtrArray) before = g_ptr_array_ref(self->bearers);
        const char *path;
        int r = open_variant(m, "ao");

        if (r <= 0)
                return r;
        r = sd_bus_message_enter_container(m, 'a', "o");
        if (r < 0)
                return r;
        g_ptr_array_unref(self->bearers);
        self->bearers = g_ptr_array_new_with_free_func(bearer_free);
        self->has_new_bearers = true;
        while ((r = sd_bus_message_read(m, "o", &path)) > 0) {
                LwModemBearer *bearer;

                if (self->bearers->len >= BEARERS_MAX || find_bearer(self, path) != NULL)
                        continue;
                bearer = g_new0(LwModemBearer, 1);
                bearer->path = g_strdup(path);
                for (guint i = 0; i < before->len; i++) {
                        LwModemBearer *old = before->pdata[i];

                        if (strcmp(old->path, path) != 0)
                                continue;
                        bearer->is_connected = old->is_connected;
                        bearer->link = g_steal_pointer(&old->link);
                        bearer->apn = g_steal_pointer(&old->apn);
                }
                g_ptr_array_add(self->bearers, bearer);
        }
        if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

/* --- Signal --- */

static int read_signal(LwModemSignal *signal, sd_bus_message *m)
{
        const struct {
                const char *name;
                double *value;
        } values[] = {
                { "rssi", &signal->rssi },
                { "rscp", &signal->rscp },
                { "rsrp", &signal->rsrp },
                { "rsrq", &signal->rsrq },
                { "snr", &signal->snr },
        };
        const char *name;
        int r = open_variant(m, "a{sv}");

        if (r <= 0)
                return r;
        *signal = unknown_signal;
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                double ignored, *value = &ignored;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0)
                        return r;
                for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
                        if (strcmp(values[i].name, name) == 0)
                                value = values[i].value;
                if ((r = read_one(m, "d", value)) < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

static int read_signals(LwModem *self, const char *name, sd_bus_message *m)
{
        static const char *const names[LW_MODEM_SIGNALS] = { "Gsm", "Umts", "Cdma", "Evdo", "Lte",
                "Nr5g" };

        for (size_t i = 0; i < LW_MODEM_SIGNALS; i++)
                if (strcmp(names[i], name) == 0)
                        return read_signal(&self->signals[i], m);
        return sd_bus_message_skip(m, "v");
}

/* --- Location --- */

static bool read_number(const char *text, unsigned base, int64_t *ret_number)
{
        guint64 number;

        if (text == NULL || !g_ascii_string_to_unsigned(text, base, 0, UINT32_MAX, &number, NULL))
                return false;
        *ret_number = (int64_t) number;
        return true;
}

bool lw_modem_place_parse(const char *text, LwModemPlace *ret_place)
{
        g_auto(GStrv) words = strlen(text) > TEXT_MAX ? NULL : g_strsplit(text, ",", 6);
        LwModemPlace place = unknown_place;
        guint count = words == NULL ? 0 : g_strv_length(words);

        if (count < 4 || !read_number(words[0], 10, &place.mcc) ||
                        !read_number(words[1], 10, &place.mnc) || place.mcc > 999 ||
                        place.mnc > 999)
                return false;
        read_number(words[2], 16, &place.lac);
        read_number(words[3], 16, &place.cell);
        if (count > 4)
                read_number(words[4], 16, &place.tac);
        /* 0 is what modems say that do not know; LTE has no LAC, and says 0 or FFFE. */
        if (place.lac == 0 || place.lac >= 0xfffe)
                place.lac = -1;
        if (place.cell == 0)
                place.cell = -1;
        *ret_place = place;
        return true;
}

int lw_modem_read_location(LwModem *self, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{uv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "uv")) > 0) {
                const char *text = NULL;
                uint32_t source;

                if ((r = sd_bus_message_read(m, "u", &source)) < 0)
                        return r;
                r = source == LOCATION_3GPP ? read_one(m, "s", &text) : sd_bus_message_skip(m, "v");
                if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
                if (text != NULL && !lw_modem_place_parse(text, &self->place))
                        self->place = unknown_place;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_location_property(LwModem *self, sd_bus_message *m)
{
        int r = open_variant(m, "a{uv}");

        if (r <= 0)
                return r;
        r = lw_modem_read_location(self, m);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* --- interfaces --- */

static int read_property(LwModem *self, const char *interface, const char *name, sd_bus_message *m)
{
        bool is_modem = strcmp(interface, MODEM) == 0;

        if (is_modem && strcmp(name, "State") == 0)
                return read_one(m, "i", &self->state);
        if (is_modem && strcmp(name, "AccessTechnologies") == 0)
                return read_one(m, "u", &self->technologies);
        if (is_modem && strcmp(name, "SignalQuality") == 0)
                return read_quality(self, m);
        if (is_modem && strcmp(name, "CurrentBands") == 0)
                return read_bands(self, m);
        if (is_modem && strcmp(name, "Bearers") == 0)
                return read_bearers(self, m);
        if (strcmp(interface, MODEM ".Modem3gpp") == 0 && strcmp(name, "OperatorCode") == 0)
                return read_text(m, &self->operator_code);
        if (strcmp(interface, MODEM ".Signal") == 0)
                return read_signals(self, name, m);
        if (strcmp(interface, MODEM ".Location") == 0 && strcmp(name, "Location") == 0)
                return read_location_property(self, m);
        return sd_bus_message_skip(m, "v");
}

int lw_modem_read(LwModem *self, const char *interface, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        if (strcmp(interface, MODEM ".Messaging") == 0)
                self->has_messages = true;
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *name;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0 ||
                                (r = read_property(self, interface, name, m)) < 0 ||
                                (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_bearer_settings(LwModemBearer *self, sd_bus_message *m)
{
        int r = open_variant(m, "a{sv}");

        if (r <= 0)
                return r;
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *name;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0)
                        return r;
                r = strcmp(name, "apn") == 0 ? read_text(m, &self->apn)
                                             : sd_bus_message_skip(m, "v");
                if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

int lw_modem_bearer_read(LwModemBearer *self, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *name;
                int connected;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0)
                        return r;
                if (strcmp(name, "Connected") == 0) {
                        connected = self->is_connected;
                        r = read_one(m, "b", &connected);
                        self->is_connected = connected;
                } else if (strcmp(name, "Interface") == 0) {
                        r = read_text(m, &self->link);
                } else if (strcmp(name, "Properties") == 0) {
                        r = read_bearer_settings(self, m);
                } else {
                        r = sd_bus_message_skip(m, "v");
                }
                if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}
