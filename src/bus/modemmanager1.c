/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwModemManager: what ModemManager tells of modems, followed by its signals. */
#include "bus/modemmanager1.h"

#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "bus/call.h"
#include "model/limits.h"

#define SERVICE "org.freedesktop.ModemManager1"
#define ROOT "/org/freedesktop/ModemManager1"
#define PROPERTIES "org.freedesktop.DBus.Properties"

#define TIMEOUT_USEC (10 * LW_USEC_PER_SEC)
/* Whoever reads the cell waits for it. */
#define LOCATE_TIMEOUT_USEC (2 * LW_USEC_PER_SEC)

/* MM_SMS_STATE_SENT */
#define SMS_SENT 5

struct LwModemManager {
        LwBus *bus;
        void (*changed)(void *user);
        void *user;
        GPtrArray *modems; /* of LwModem, by path */
        GPtrArray *slots;  /* of sd_bus_slot */
};

/* A call under way about one modem, or one of its bearers. */
typedef struct Question {
        LwModemManager *manager;
        char *path;
        LwModemLocated done;
        void *user;
} Question;

static void modem_free(void *data)
{
        lw_modem_free(data);
}

static void slot_free(void *data)
{
        sd_bus_slot_unref(data);
}

static void tell(LwModemManager *self)
{
        self->changed(self->user);
}

/* --- modems --- */

const GPtrArray *lw_modem_manager_modems(const LwModemManager *self)
{
        return self->modems;
}

static LwModem *find_modem(const LwModemManager *self, const char *path)
{
        for (guint i = 0; i < self->modems->len; i++) {
                LwModem *modem = self->modems->pdata[i];

                if (strcmp(modem->path, path) == 0)
                        return modem;
        }
        return NULL;
}

static int compare_modems(const void *a, const void *b)
{
        const LwModem *const *first = a, *const *second = b;

        return strcmp((*first)->path, (*second)->path);
}

static LwModem *take_modem(LwModemManager *self, const char *path)
{
        LwModem *modem = find_modem(self, path);

        if (modem != NULL || self->modems->len >= LW_MODEMS_MAX)
                return modem;
        modem = lw_modem_new(path);
        g_ptr_array_add(self->modems, modem);
        g_ptr_array_sort(self->modems, compare_modems);
        return modem;
}

static LwModemBearer *find_bearer(const LwModemManager *self, const char *path)
{
        for (guint i = 0; i < self->modems->len; i++) {
                const LwModem *modem = self->modems->pdata[i];

                for (guint k = 0; k < modem->bearers->len; k++) {
                        LwModemBearer *bearer = modem->bearers->pdata[k];

                        if (strcmp(bearer->path, path) == 0)
                                return bearer;
                }
        }
        return NULL;
}

/* --- calls --- */

static Question *question_new(LwModemManager *self, const char *path)
{
        Question *question = g_new0(Question, 1);

        question->manager = self;
        question->path = g_strdup(path);
        return question;
}

static void question_free(Question *self)
{
        g_free(self->path);
        g_free(self);
}

static void on_bearer(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        Question *question = user;
        LwModemManager *self = question->manager;
        LwModemBearer *bearer = find_bearer(self, question->path);

        (void) error; /* it went, and the list of bearers says so */
        if (reply != NULL && bearer != NULL) {
                lw_modem_bearer_read(bearer, reply);
                tell(self);
        }
        question_free(question);
}

/* Bearers are no part of the managed objects: each new one is asked for. */
static void ask_for_bearers(LwModemManager *self, LwModem *modem)
{
        if (!modem->has_new_bearers)
                return;
        modem->has_new_bearers = false;
        for (guint i = 0; i < modem->bearers->len; i++) {
                const LwModemBearer *bearer = modem->bearers->pdata[i];
                LwBusMethod method = {
                        .destination = SERVICE,
                        .path = bearer->path,
                        .interface = PROPERTIES,
                        .member = "GetAll",
                        .timeout_usec = TIMEOUT_USEC,
                };

                lw_bus_call(self->bus, &method, on_bearer, question_new(self, bearer->path), "s",
                                SERVICE ".Bearer");
        }
}

static void on_located(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        Question *question = user;
        LwModem *modem = find_modem(question->manager, question->path);

        if (reply == NULL)
                lw_log(G_LOG_LEVEL_DEBUG,
                                "ModemManager does not tell the cell: %s, going on without",
                                error->message != NULL ? error->message : error->name);
        else if (modem != NULL)
                lw_modem_read_location(modem, reply);
        question->done(question->user);
        question_free(question);
}

void lw_modem_manager_locate(
                LwModemManager *self, const LwModem *modem, LwModemLocated done, void *user)
{
        Question *question = question_new(self, modem->path);
        LwBusMethod method = {
                .destination = SERVICE,
                .path = question->path,
                .interface = SERVICE ".Modem.Location",
                .member = "GetLocation",
                .timeout_usec = LOCATE_TIMEOUT_USEC,
        };

        question->done = done;
        question->user = user;
        lw_bus_call(self->bus, &method, on_located, question, "");
}

/* --- what is told --- */

/* a{sa{sv}}: the interfaces of one object. */
static int read_interfaces(LwModemManager *self, const char *path, sd_bus_message *m)
{
        LwModem *modem = take_modem(self, path);
        int r = sd_bus_message_enter_container(m, 'a', "{sa{sv}}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sa{sv}")) > 0) {
                const char *interface;

                if ((r = sd_bus_message_read(m, "s", &interface)) < 0)
                        return r;
                r = modem == NULL ? sd_bus_message_skip(m, "a{sv}")
                                  : lw_modem_read(modem, interface, m);
                if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                return r;
        if (modem != NULL)
                ask_for_bearers(self, modem);
        return 0;
}

static int read_managed(LwModemManager *self, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}")) > 0) {
                const char *path;

                if ((r = sd_bus_message_read(m, "o", &path)) < 0 ||
                                (r = read_interfaces(self, path, m)) < 0 ||
                                (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        return r;
}

static void on_managed(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        LwModemManager *self = user;

        if (reply == NULL)
                lw_log(G_LOG_LEVEL_DEBUG, "ModemManager is not asked for modems: %s",
                                error->message != NULL ? error->message : error->name);
        else if (read_managed(self, reply) < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "ModemManager's objects are not a{oa{sa{sv}}}, ignoring");
        if (self->modems->len > 0)
                tell(self);
}

static void ask_for_modems(LwModemManager *self)
{
        static const LwBusMethod method = {
                .destination = SERVICE,
                .path = ROOT,
                .interface = "org.freedesktop.DBus.ObjectManager",
                .member = "GetManagedObjects",
                .timeout_usec = TIMEOUT_USEC,
        };

        lw_bus_call(self->bus, &method, on_managed, self, "");
}

static int on_interfaces_added(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwModemManager *self = user;
        const char *path;

        (void) ret_error;
        if (sd_bus_message_read(m, "o", &path) >= 0 && read_interfaces(self, path, m) >= 0)
                tell(self);
        return 0;
}

/* A modem that loses its main interface is gone. */
static int on_interfaces_removed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwModemManager *self = user;
        const char *path, *interface;
        bool gone = false;
        LwModem *modem;

        (void) ret_error;
        if (sd_bus_message_read(m, "o", &path) < 0 ||
                        sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &interface) > 0)
                gone = gone || strcmp(interface, SERVICE ".Modem") == 0;
        modem = find_modem(self, path);
        if (gone && modem != NULL) {
                g_ptr_array_remove(self->modems, modem);
                tell(self);
        }
        return 0;
}

/* A message of ours was sent: its state says so. We do not know whose modem's it is, unless there
 * is one alone. */
static void note_sms(LwModemManager *self, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *name, *contents;
                uint32_t state = 0;
                char type;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0 ||
                                (r = sd_bus_message_peek_type(m, &type, &contents)) < 0)
                        return;
                if (strcmp(name, "State") == 0 && strcmp(contents, "u") == 0)
                        r = sd_bus_message_read(m, "v", "u", &state);
                else
                        r = sd_bus_message_skip(m, "v");
                if (state == SMS_SENT && self->modems->len > 0)
                        ((LwModem *) self->modems->pdata[0])->sms_sent++;
                if (r < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return;
        }
        tell(self);
}

static int on_properties_changed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwModemManager *self = user;
        const char *path = sd_bus_message_get_path(m), *interface;
        LwModemBearer *bearer;
        LwModem *modem;

        (void) ret_error;
        if (path == NULL || sd_bus_message_read(m, "s", &interface) < 0)
                return 0;
        modem = find_modem(self, path);
        bearer = find_bearer(self, path);
        if (strcmp(interface, SERVICE ".Sms") == 0) {
                note_sms(self, m);
        } else if (modem != NULL) {
                lw_modem_read(modem, interface, m);
                ask_for_bearers(self, modem);
                tell(self);
        } else if (bearer != NULL && strcmp(interface, SERVICE ".Bearer") == 0) {
                lw_modem_bearer_read(bearer, m);
                tell(self);
        }
        return 0;
}

static int on_message_added(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwModemManager *self = user;
        const char *path = sd_bus_message_get_path(m), *message;
        LwModem *modem = path == NULL ? NULL : find_modem(self, path);
        int received;

        (void) ret_error;
        if (modem != NULL && sd_bus_message_read(m, "ob", &message, &received) >= 0 && received) {
                modem->sms_received++;
                tell(self);
        }
        return 0;
}

static void forget_modems(LwModemManager *self)
{
        bool any = self->modems->len > 0;

        g_ptr_array_set_size(self->modems, 0);
        if (any)
                tell(self);
}

/* It started anew, or ended: what it told is over. */
static int on_owner(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwModemManager *self = user;
        const char *name, *before, *after;

        (void) ret_error;
        if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0)
                return 0;
        forget_modems(self);
        if (after[0] != '\0')
                ask_for_modems(self);
        return 0;
}

/* --- the bus --- */

static void on_attach(void *user, sd_bus *bus)
{
        static const struct {
                const char *rule;
                sd_bus_message_handler_t handler;
        } matches[] = {
                { "type='signal',sender='" SERVICE "',path='" ROOT
                  "',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesAdded'",
                                on_interfaces_added },
                { "type='signal',sender='" SERVICE "',path='" ROOT
                  "',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesRemoved'",
                                on_interfaces_removed },
                { "type='signal',sender='" SERVICE "',path_namespace='" ROOT
                  "',interface='" PROPERTIES "',member='PropertiesChanged'",
                                on_properties_changed },
                { "type='signal',sender='" SERVICE "',path_namespace='" ROOT "',interface='" SERVICE
                  ".Modem.Messaging',member='Added'",
                                on_message_added },
                { "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                  "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" SERVICE "'",
                                on_owner },
        };
        LwModemManager *self = user;

        for (size_t i = 0; i < G_N_ELEMENTS(matches); i++) {
                sd_bus_slot *slot = NULL;

                if (sd_bus_add_match_async(bus, &slot, matches[i].rule, matches[i].handler, NULL,
                                    self) >= 0)
                        g_ptr_array_add(self->slots, slot);
        }
        ask_for_modems(self);
}

static void on_detach(void *user, sd_bus *bus)
{
        LwModemManager *self = user;

        (void) bus;
        g_ptr_array_set_size(self->slots, 0);
        forget_modems(self);
}

LwModemManager *lw_modem_manager_new(LwBus *bus, void (*changed)(void *user), void *user)
{
        static const LwBusUser bus_user = { on_attach, on_detach };
        LwModemManager *self = g_new0(LwModemManager, 1);

        self->bus = bus;
        self->changed = changed;
        self->user = user;
        self->modems = g_ptr_array_new_with_free_func(modem_free);
        self->slots = g_ptr_array_new_with_free_func(slot_free);
        lw_bus_add_user(bus, &bus_user, self);
        return self;
}

void lw_modem_manager_free(LwModemManager *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->slots);
        g_ptr_array_unref(self->modems);
        g_free(self);
}
