/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwValues: values with their paths, what travels between provider, codec and bus. */
#include "model/values.h"

#include <string.h>

/* What most Reads of one resource need lies in the list itself, so that they allocate once; that is
 * also why the text has an arena of our own and not a GStringChunk. */
#define FIRST_ENTRIES 4
#define FIRST_TEXT 64

#define CHUNK_MIN 512
#define CHUNK_MAX 32768

/* Below this many entries a walk is as fast as a binary search. */
#define FIND_WALKS 8

/* Text and data, which never move: chunks, the newest first. */
typedef struct Chunk {
        struct Chunk *next;
        size_t size;
        char data[];
} Chunk;

struct LwValues {
        LwEntry *entries; /* `first`, or allocated */
        int64_t *times;   /* NULL until one is set; else as many as `allocated` */
        size_t count;
        size_t allocated;
        bool ordered;   /* each path at least its predecessor's */
        bool has_blobs; /* references to give back */
        Chunk *chunks;
        char *room; /* of `first_text`, or of the newest chunk */
        size_t room_left;
        LwEntry first[FIRST_ENTRIES];
        char first_text[FIRST_TEXT];
};

G_STATIC_ASSERT(sizeof(LwEntry) == 32);

static void start_empty(LwValues *self)
{
        self->count = 0;
        self->ordered = true;
        self->has_blobs = false;
}

LwValues *lw_values_new(void)
{
        LwValues *self = g_malloc(sizeof(*self));

        start_empty(self);
        self->entries = self->first;
        self->times = NULL;
        self->allocated = FIRST_ENTRIES;
        self->chunks = NULL;
        self->room = self->first_text;
        self->room_left = FIRST_TEXT;
        return self;
}

static void drop_blobs(LwValues *self)
{
        if (!self->has_blobs)
                return;
        for (size_t i = 0; i < self->count; i++)
                if (self->entries[i].value.is_blob)
                        lw_blob_unref(self->entries[i].value.blob);
}

static void free_chunks(Chunk *chunk)
{
        while (chunk != NULL) {
                Chunk *next = chunk->next;

                g_free(chunk);
                chunk = next;
        }
}

void lw_values_free(LwValues *self)
{
        if (self == NULL)
                return;
        drop_blobs(self);
        free_chunks(self->chunks);
        if (self->entries != self->first)
                g_free(self->entries);
        g_free(self->times);
        g_free(self);
}

void lw_values_reset(LwValues *self)
{
        drop_blobs(self);
        start_empty(self);
        g_clear_pointer(&self->times, g_free);
        if (self->chunks == NULL) {
                self->room = self->first_text;
                self->room_left = FIRST_TEXT;
                return;
        }
        free_chunks(g_steal_pointer(&self->chunks->next));
        self->room = self->chunks->data;
        self->room_left = self->chunks->size;
}

static char *take_room(LwValues *self, size_t length)
{
        char *place;

        if (length > self->room_left) {
                size_t usual = self->chunks == NULL ? CHUNK_MIN
                                                    : MIN(self->chunks->size * 2, CHUNK_MAX);
                size_t size = MAX(usual, length);
                Chunk *chunk = g_malloc(sizeof(*chunk) + size);

                chunk->next = self->chunks;
                chunk->size = size;
                self->chunks = chunk;
                self->room = chunk->data;
                self->room_left = size;
        }
        place = self->room;
        self->room += length;
        self->room_left -= length;
        return place;
}

static void grow(LwValues *self)
{
        size_t allocated = self->allocated + self->allocated / 2;

        if (self->entries == self->first) {
                self->entries = g_new(LwEntry, allocated);
                memcpy(self->entries, self->first, sizeof(self->first));
        } else {
                self->entries = g_renew(LwEntry, self->entries, allocated);
        }
        if (self->times != NULL) {
                self->times = g_renew(int64_t, self->times, allocated);
                memset(self->times + self->allocated, 0,
                                (allocated - self->allocated) * sizeof(*self->times));
        }
        self->allocated = allocated;
}

/* The path comes as a copy, as the caller may have found it in this very list, which moves. */
static LwValue *add(LwValues *self, LwPath path)
{
        LwEntry *entry;

        if (self->count == self->allocated)
                grow(self);
        entry = &self->entries[self->count];
        if (self->ordered && self->count > 0 && lw_path_compare(&entry[-1].path, &path) > 0)
                self->ordered = false;
        entry->path = path;
        self->count++;
        return &entry->value;
}

/* A copy of text, with the NUL that LwValue promises behind it; data gets one too. */
static char *keep(LwValues *self, const void *data, size_t length)
{
        char *copy = take_room(self, length + 1);

        if (length > 0)
                memcpy(copy, data, length);
        copy[length] = '\0';
        return copy;
}

void lw_values_add(LwValues *self, const LwPath *path, const LwValue *value)
{
        LwValue copy = *value;

        if (copy.type == LW_TYPE_STRING || copy.type == LW_TYPE_CORELNK) {
                copy.text = keep(self, value->text, value->length);
        } else if (copy.type == LW_TYPE_OPAQUE && copy.is_blob) {
                lw_blob_ref(copy.blob);
                self->has_blobs = true;
        } else if (copy.type == LW_TYPE_OPAQUE) {
                copy.data = (const uint8_t *) keep(self, value->data, value->length);
        }
        *add(self, *path) = copy;
}

void lw_values_add_text(
                LwValues *self, const LwPath *path, LwType type, const char *text, size_t length)
{
        const char *copy = keep(self, text, length);

        *add(self, *path) = (LwValue){
                .text = copy,
                .length = (uint32_t) length,
                .type = (uint8_t) type,
        };
}

void lw_values_append(LwValues *self, const LwValues *from)
{
        size_t count = from->count;

        for (size_t i = 0; i < count; i++) {
                int64_t time = lw_values_time(from, i);

                lw_values_add(self, &from->entries[i].path, &from->entries[i].value);
                if (time != 0)
                        lw_values_set_time(self, self->count - 1, time);
        }
}

size_t lw_values_count(const LwValues *self)
{
        return self->count;
}

const LwEntry *lw_values_at(const LwValues *self, size_t index)
{
        g_assert(index < self->count);
        return &self->entries[index];
}

/* The first entry that is not below `path`, of entries in order. */
static size_t lower_bound(const LwValues *self, const LwPath *path)
{
        size_t low = 0, high = self->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (lw_path_compare(&self->entries[middle].path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const LwEntry *lw_values_find(const LwValues *self, const LwPath *path)
{
        bool search = self->ordered && self->count > FIND_WALKS;

        for (size_t i = search ? lower_bound(self, path) : 0; i < self->count; i++) {
                if (lw_path_equal(&self->entries[i].path, path))
                        return &self->entries[i];
                if (search)
                        break;
        }
        return NULL;
}

void lw_values_set_time(LwValues *self, size_t index, int64_t real_usec)
{
        g_assert(index < self->count);
        if (self->times == NULL)
                self->times = g_new0(int64_t, self->allocated);
        self->times[index] = real_usec;
}

int64_t lw_values_time(const LwValues *self, size_t index)
{
        g_assert(index < self->count);
        return self->times != NULL ? self->times[index] : 0;
}

static int compare_entries(const void *a, const void *b, void *user)
{
        const LwEntry *entries = user;
        uint32_t index_a = *(const uint32_t *) a, index_b = *(const uint32_t *) b;
        int order = lw_path_compare(&entries[index_a].path, &entries[index_b].path);

        return order != 0 ? order : index_a < index_b ? -1 : index_a > index_b;
}

void lw_values_sort(LwValues *self)
{
        g_autofree uint32_t *order = NULL;
        g_autofree LwEntry *entries = NULL;
        g_autofree int64_t *times = NULL;

        if (self->ordered)
                return;
        order = g_new(uint32_t, self->count);
        for (size_t i = 0; i < self->count; i++)
                order[i] = (uint32_t) i;
        g_qsort_with_data(order, (int) self->count, sizeof(*order), compare_entries, self->entries);

        entries = g_memdup2(self->entries, self->count * sizeof(*entries));
        for (size_t i = 0; i < self->count; i++)
                self->entries[i] = entries[order[i]];
        if (self->times != NULL) {
                times = g_memdup2(self->times, self->count * sizeof(*times));
                for (size_t i = 0; i < self->count; i++)
                        self->times[i] = times[order[i]];
        }
        self->ordered = true;
}
