/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCallers: who asks, by what the bus says of them. */
#include "bus/caller.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "base/time.h"
#include "bus/error.h"
#include "model/limits.h"

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define ASK_TIMEOUT_USEC (25 * LW_USEC_PER_SEC)

/* One unique name. */
typedef struct Entry {
        LwCallers *callers;
        char *name;
        LwCaller caller;
        bool known;        /* the bus has answered */
        GQueue waiting;    /* of sd_bus_message, until it has */
        sd_bus_slot *slot; /* the question */
        sd_bus_slot *gone; /* NameOwnerChanged */
        GList link;        /* in LwCallers.order */
} Entry;

struct LwCallers {
        sd_bus *bus;
        GHashTable *entries; /* name to Entry */
        GQueue order;        /* of Entry; who asked last stands first */
        size_t waiting;      /* messages in all entries */
};

/* What the bus says */

void lw_caller_clear(LwCaller *self)
{
        g_free(self->groups);
        *self = (LwCaller){};
}

static int read_groups(sd_bus_message *m, LwCaller *ret_caller)
{
        const void *groups;
        size_t bytes;
        int r = sd_bus_message_enter_container(m, 'v', "au");

        if (r < 0)
                return r;
        r = sd_bus_message_read_array(m, 'u', &groups, &bytes);
        if (r < 0)
                return r;
        g_free(ret_caller->groups);
        ret_caller->groups = g_memdup2(groups, bytes);
        ret_caller->group_count = bytes / sizeof(gid_t);
        return sd_bus_message_exit_container(m);
}

static int read_credential(sd_bus_message *m, LwCaller *ret_caller, bool *ret_has_uid)
{
        const char *key;
        uint32_t number;
        int r = sd_bus_message_read(m, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "UnixGroupIDs") == 0)
                return read_groups(m, ret_caller);
        if (strcmp(key, "UnixUserID") != 0 && strcmp(key, "ProcessID") != 0)
                return sd_bus_message_skip(m, "v");
        r = sd_bus_message_read(m, "v", "u", &number);
        if (r < 0)
                return r;
        if (*key == 'P') {
                ret_caller->pid = (pid_t) number;
        } else {
                ret_caller->uid = number;
                *ret_has_uid = true;
        }
        return 0;
}

int lw_caller_read(sd_bus_message *m, LwCaller *ret_caller)
{
        LwCaller caller = {};
        bool has_uid = false;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_credential(m, &caller, &has_uid);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0 && !has_uid)
                r = -ENODATA;
        if (r < 0) {
                lw_caller_clear(&caller);
                return r == -ENODATA ? r : -EBADMSG;
        }
        *ret_caller = caller;
        return 0;
}

/* Entries */

static void entry_free(void *data)
{
        Entry *self = data;
        sd_bus_message *m;

        self->callers->waiting -= self->waiting.length;
        while ((m = g_queue_pop_head(&self->waiting)) != NULL)
                sd_bus_message_unref(m);
        g_queue_unlink(&self->callers->order, &self->link);
        sd_bus_slot_unref(self->slot);
        sd_bus_slot_unref(self->gone);
        lw_caller_clear(&self->caller);
        g_free(self->name);
        g_free(self);
}

/* All that waited go their way: dispatched again, or refused. */
static void release(Entry *self, const sd_bus_error *error)
{
        sd_bus_message *m;

        while ((m = g_queue_pop_head(&self->waiting)) != NULL) {
                self->callers->waiting--;
                if (error != NULL)
                        sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED,
                                        "the bus does not say who you are: %s", error->message);
                else if (sd_bus_message_rewind(m, true) >= 0)
                        sd_bus_enqueue_for_read(self->callers->bus, m);
                sd_bus_message_unref(m);
        }
}

static int on_credentials(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        static const sd_bus_error unreadable =
                        SD_BUS_ERROR_MAKE_CONST(SD_BUS_ERROR_FAILED, "its answer has no user id");
        Entry *self = user;
        const sd_bus_error *error = NULL;

        (void) ret_error;
        self->slot = sd_bus_slot_unref(self->slot);
        if (sd_bus_message_is_method_error(m, NULL))
                error = sd_bus_message_get_error(m);
        else if (lw_caller_read(m, &self->caller) < 0)
                error = &unreadable;
        self->known = error == NULL;
        release(self, error);
        if (!self->known)
                g_hash_table_remove(self->callers->entries, self->name);
        return 0;
}

static int on_owner_changed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        Entry *self = user;

        (void) m; /* a unique name is never given again: any change is its end */
        (void) ret_error;
        g_hash_table_remove(self->callers->entries, self->name);
        return 0;
}

/* The match goes out first: a name that ends between the two is then an error of the second. */
static int ask(Entry *self)
{
        g_autofree char *match = g_strdup_printf("type='signal',sender='" DBUS_SERVICE
                                                 "',path='" DBUS_PATH "',interface='" DBUS_SERVICE
                                                 "',member='NameOwnerChanged',arg0='%s'",
                        self->name);
        sd_bus_message *m = NULL;
        int r = sd_bus_add_match_async(
                        self->callers->bus, &self->gone, match, on_owner_changed, NULL, self);

        if (r >= 0)
                r = sd_bus_message_new_method_call(self->callers->bus, &m, DBUS_SERVICE, DBUS_PATH,
                                DBUS_SERVICE, "GetConnectionCredentials");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", self->name);
        if (r >= 0)
                r = sd_bus_call_async(self->callers->bus, &self->slot, m, on_credentials, self,
                                ASK_TIMEOUT_USEC);
        sd_bus_message_unref(m);
        return r;
}

/* Who asked longest ago and waits for nothing. */
static void make_room(LwCallers *self)
{
        for (GList *link = self->order.tail; link != NULL; link = link->prev) {
                Entry *entry = link->data;

                if (!entry->known)
                        continue;
                g_hash_table_remove(self->entries, entry->name);
                return;
        }
}

static Entry *entry_new(LwCallers *self, const char *name)
{
        Entry *entry = g_new0(Entry, 1);

        if (g_hash_table_size(self->entries) >= LW_BUS_CALLERS_MAX)
                make_room(self);
        entry->callers = self;
        entry->name = g_strdup(name);
        entry->link.data = entry;
        g_queue_push_head_link(&self->order, &entry->link);
        g_hash_table_insert(self->entries, entry->name, entry);
        return entry;
}

int lw_callers_find(LwCallers *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error)
{
        const char *name = sd_bus_message_get_sender(m);
        Entry *entry;
        int r;

        if (name == NULL)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                                "the message does not say who sent it");
        entry = g_hash_table_lookup(self->entries, name);
        if (entry != NULL && entry->known) {
                g_queue_unlink(&self->order, &entry->link);
                g_queue_push_head_link(&self->order, &entry->link);
                *ret_caller = &entry->caller;
                return 1;
        }
        if (self->waiting >= LW_BUS_WAITING_MAX)
                return sd_bus_error_set(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                "too many calls wait for their authorization; try again");
        if (entry == NULL) {
                entry = entry_new(self, name);
                r = ask(entry);
                if (r < 0) {
                        g_hash_table_remove(self->entries, name);
                        return r;
                }
        }
        g_queue_push_tail(&entry->waiting, sd_bus_message_ref(m));
        self->waiting++;
        return 0;
}

size_t lw_callers_count(const LwCallers *self)
{
        return g_hash_table_size(self->entries);
}

/* Life */

LwCallers *lw_callers_new(void)
{
        LwCallers *self = g_new0(LwCallers, 1);

        self->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
        g_queue_init(&self->order);
        return self;
}

void lw_callers_free(LwCallers *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->entries);
        g_free(self);
}

void lw_callers_attach(LwCallers *self, sd_bus *bus)
{
        self->bus = bus;
}

void lw_callers_detach(LwCallers *self)
{
        g_hash_table_remove_all(self->entries);
        self->bus = NULL;
}
