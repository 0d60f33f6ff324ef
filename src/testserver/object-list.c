/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects and instances that a client registered, read from link format. */
#include "testserver/object-list.h"

#include <string.h>

#include "codec/link.h"
#include "model/status.h"

/* Marks the root of the objects. Source: OMA LwM2M Core 1.1, "Alternate Path". */
#define ROOT_TYPE "oma.lwm2m"

/* One link as it was read, before we know what the root is. */
typedef struct Link {
        char *target;
        char *version;
} Link;

struct LwObjectList {
        GArray *links;   /* LwObjectLink */
        GArray *formats; /* uint16_t */
        char **prefix;
        GHashTable *places; /* LwPath within links (as text) to its index + 1 */
};

/* What the handler gathers. */
typedef struct Reading {
        GArray *links; /* Link */
        char *root;    /* target of the link with rt="oma.lwm2m" */
        GArray *formats;
} Reading;

static void link_clear(void *data)
{
        Link *link = data;

        g_free(link->target);
        g_free(link->version);
}

static void object_link_clear(void *data)
{
        LwObjectLink *link = data;

        g_free(link->version);
}

LwObjectList *lw_object_list_new(void)
{
        LwObjectList *self = g_new0(LwObjectList, 1);

        self->links = g_array_new(false, false, sizeof(LwObjectLink));
        g_array_set_clear_func(self->links, object_link_clear);
        self->formats = g_array_new(false, false, sizeof(uint16_t));
        self->prefix = g_new0(char *, 1);
        self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return self;
}

void lw_object_list_free(LwObjectList *self)
{
        if (self == NULL)
                return;
        g_array_unref(self->links);
        g_array_unref(self->formats);
        g_strfreev(self->prefix);
        g_hash_table_unref(self->places);
        g_free(self);
}

/* rt= may list several types, separated by spaces. */
static bool is_root_type(const char *types)
{
        g_auto(GStrv) words = g_strsplit(types, " ", -1);

        return g_strv_contains((const char *const *) words, ROOT_TYPE);
}

/* ct=110 or ct="60 110 112"; what is no number means nothing to us. */
static void read_formats(GArray *formats, const char *text)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);

        for (char **word = words; *word != NULL; word++) {
                guint64 number;
                uint16_t format;

                if (!g_ascii_string_to_unsigned(*word, 10, 0, UINT16_MAX, &number, NULL))
                        continue;
                format = (uint16_t) number;
                g_array_append_val(formats, format);
        }
}

static bool on_link(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error G_GNUC_UNUSED)
{
        Reading *reading = user;
        Link link = { .target = g_strdup(target) };
        bool is_root = false;

        for (size_t i = 0; i < count; i++) {
                if (values[i] == NULL)
                        continue;
                if (strcmp(names[i], "ver") == 0 && link.version == NULL)
                        link.version = g_strdup(values[i]);
                else if (strcmp(names[i], "rt") == 0 && is_root_type(values[i]))
                        is_root = true;
                else if (strcmp(names[i], "ct") == 0)
                        read_formats(reading->formats, values[i]);
        }
        if (is_root && reading->root == NULL)
                reading->root = g_strdup(target);
        g_array_append_val(reading->links, link);
        return true;
}

static LwObjectLink *find_or_add(LwObjectList *self, const LwPath *path)
{
        char text[LW_PATH_TEXT_MAX];
        LwObjectLink added = { .path = *path };
        guint place;

        lw_path_print(path, text);
        place = GPOINTER_TO_UINT(g_hash_table_lookup(self->places, text));
        if (place == 0) {
                g_array_append_val(self->links, added);
                place = self->links->len;
                g_hash_table_insert(self->places, g_strdup(text), GUINT_TO_POINTER(place));
        }
        return &g_array_index(self->links, LwObjectLink, place - 1);
}

/* Takes the version out of `link`. One on an instance is a known misprint: it is the object's. */
static void take_version(LwObjectList *self, Link *link, const LwPath *path)
{
        LwPath object = lw_path_prefix(path, LW_LEVEL_OBJECT);
        LwObjectLink *of_object = find_or_add(self, &object);

        if (of_object->version == NULL)
                of_object->version = g_steal_pointer(&link->version);
}

/* Links outside the root and those that are no object or instance are nothing to us. */
static void take_link(LwObjectList *self, Link *link, const char *root)
{
        size_t root_length = strcmp(root, "/") == 0 ? 0 : strlen(root);
        LwPath path;

        if (strncmp(link->target, root, root_length) != 0 || link->target[root_length] != '/')
                return;
        if (!lw_path_parse(link->target + root_length, &path, NULL))
                return;
        if (path.length != LW_LEVEL_OBJECT && path.length != LW_LEVEL_INSTANCE)
                return;
        if (link->version != NULL)
                take_version(self, link, &path);
        find_or_add(self, &path);
}

/* An alternate path with a number in it could not be told from an object. */
static bool check_root(char *const *segments, const char *root, GError **error)
{
        for (; *segments != NULL; segments++) {
                uint16_t id;

                if (**segments != '\0' && !lw_id_parse(*segments, strlen(*segments), &id))
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the alternate path '%s' has an empty or numeric segment", root);
                return false;
        }
        return true;
}

LwObjectList *lw_object_list_parse(const char *text, size_t length, GError **error)
{
        g_autoptr(LwObjectList) self = lw_object_list_new();
        g_autoptr(GArray) links = g_array_new(false, false, sizeof(Link));
        Reading reading = { .links = links, .formats = self->formats };
        g_autofree char *root = NULL;
        bool ok;

        g_array_set_clear_func(links, link_clear);
        ok = lw_link_parse(text, length, on_link, &reading, error);
        root = reading.root != NULL ? reading.root : g_strdup("/");
        if (!ok)
                return NULL;
        if (strcmp(root, "/") != 0) {
                g_strfreev(self->prefix);
                self->prefix = g_strsplit(root + 1, "/", -1);
        }
        if (!check_root(self->prefix, root, error))
                return NULL;
        for (guint i = 0; i < links->len; i++)
                take_link(self, &g_array_index(links, Link, i), root);
        return g_steal_pointer(&self);
}

size_t lw_object_list_count(const LwObjectList *self)
{
        return self->links->len;
}

const LwObjectLink *lw_object_list_at(const LwObjectList *self, size_t index)
{
        return &g_array_index(self->links, LwObjectLink, index);
}

const LwObjectLink *lw_object_list_find(const LwObjectList *self, const LwPath *path)
{
        char text[LW_PATH_TEXT_MAX];
        guint place;

        lw_path_print(path, text);
        place = GPOINTER_TO_UINT(g_hash_table_lookup(self->places, text));
        return place == 0 ? NULL : lw_object_list_at(self, place - 1);
}

char *const *lw_object_list_prefix(const LwObjectList *self)
{
        return self->prefix;
}

const uint16_t *lw_object_list_formats(const LwObjectList *self, size_t *ret_count)
{
        *ret_count = self->formats->len;
        return (const uint16_t *) (void *) self->formats->data;
}
