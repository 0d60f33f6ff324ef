/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M CBOR, written. */
#include "codec/cbor.h"
#include "codec/lwm2m-cbor.h"
#include "model/status.h"

static bool fail(const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE, "LwM2M CBOR: %s", what);
        return false;
}

/* A provider's mistake: no key could tell the two apart. */
static bool fail_mixed(const LwPath *path, GError **error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                        "%s has a value of its own and values below it", text);
        return false;
}

/** Run: neighbours in a list of values, from `begin` to before `end`, and where they go. */
typedef struct Run {
        const LwValues *values;
        size_t begin, end;
        LwWriter *writer;
} Run;

static const LwEntry *entry_at(const Run *run, size_t index)
{
        return lw_values_at(run->values, index);
}

/* The entries from `begin` on that share the first `level` ids with the first of them. */
static Run take_run(const Run *run, size_t begin, unsigned level)
{
        const LwPath *first = &entry_at(run, begin)->path;
        LwPath shared = lw_path_prefix(first, MIN(level, first->length));
        Run taken = *run;

        taken.begin = begin;
        for (taken.end = begin + 1; taken.end < run->end; taken.end++)
                if (!lw_path_contains(&shared, &entry_at(run, taken.end)->path))
                        break;
        return taken;
}

/* How many ids its entries have at `level`, where they lie behind each other. */
static size_t count_ids(const Run *run, unsigned level)
{
        size_t count = 1;

        for (size_t i = run->begin + 1; i < run->end; i++)
                count += entry_at(run, i)->path.ids[level] != entry_at(run, i - 1)->path.ids[level];
        return count;
}

/* The first `length` ids as one key. */
static void write_key(LwWriter *writer, const LwPath *path, unsigned length)
{
        if (length > 1)
                lw_cbor_write_array(writer, length);
        for (unsigned i = 0; i < length; i++)
                lw_cbor_write_integer(writer, path->ids[i]);
}

/* Leaves out entries that say "empty" at `level`, which is true only if nothing follows. */
static bool skip_empty(Run *run, unsigned level)
{
        while (run->begin < run->end) {
                const LwEntry *entry = entry_at(run, run->begin);

                if (entry->path.length > level || entry->value.type != LW_TYPE_NONE)
                        return true;
                run->begin++;
        }
        return false;
}

static bool write_leaf(const Run *run, GError **error)
{
        const LwEntry *entry = entry_at(run, run->begin);

        if (run->end - run->begin == 1)
                return lw_cbor_write_value(run->writer, &entry->value, error);
        if (entry_at(run, run->begin + 1)->path.length == entry->path.length)
                return fail("there are several values of one path, and no times", error);
        return fail_mixed(&entry->path, error);
}

/*
 * What stands below a key of `level` ids: a value, or a map that has the next ids as keys. It calls
 * itself for these, as deep as a path has levels.
 */
static bool write_node(Run run, unsigned level, GError **error)
{
        if (!skip_empty(&run, level)) {
                lw_cbor_write_map(run.writer, 0);
                return true;
        }
        if (entry_at(&run, run.begin)->path.length <= level)
                return write_leaf(&run, error);
        lw_cbor_write_map(run.writer, count_ids(&run, level));
        while (run.begin < run.end) {
                Run child = take_run(&run, run.begin, level + 1);

                lw_cbor_write_integer(run.writer, entry_at(&run, run.begin)->path.ids[level]);
                if (!write_node(child, level + 1, error))
                        return false;
                run.begin = child.end;
        }
        return true;
}

/* Leaves out entries at the begin that say "empty" of what is not. */
static void skip_wrong(Run *run)
{
        for (; run->end - run->begin > 1; run->begin++) {
                const LwEntry *entry = entry_at(run, run->begin);

                if (entry->value.type != LW_TYPE_NONE ||
                                !lw_path_contains(
                                                &entry->path, &entry_at(run, run->begin + 1)->path))
                        return;
        }
}

/* Of entries in one instance, how many ids their key has: all of the only one, else what they
 * share.
 */
static unsigned key_length(const Run *run)
{
        const LwPath *first = &entry_at(run, run->begin)->path;

        if (run->end - run->begin == 1)
                return first->length;
        return first->length > LW_LEVEL_INSTANCE && count_ids(run, LW_LEVEL_INSTANCE) == 1
                               ? LW_LEVEL_RESOURCE
                               : LW_LEVEL_INSTANCE;
}

static bool write_composite(const Run *all, GError **error)
{
        size_t count = 0;

        for (size_t i = all->begin; i < all->end; count++)
                i = take_run(all, i, LW_LEVEL_INSTANCE).end;
        lw_cbor_write_map(all->writer, count);
        for (size_t i = all->begin; i < all->end;) {
                Run run = take_run(all, i, LW_LEVEL_INSTANCE);
                unsigned length;

                skip_wrong(&run);
                length = key_length(&run);
                write_key(all->writer, &entry_at(&run, run.begin)->path, length);
                if (!write_node(run, length, error))
                        return false;
                i = run.end;
        }
        return true;
}

static bool is_single(LwRegistry *registry, uint16_t object, uint16_t resource)
{
        const LwResourceDef *def = lw_registry_resource(registry, object, resource);

        return def && !def->multiple;
}

/* A Create without id is clear if one of its outermost keys has a value, so that all are resources,
 * or if none of its elements could be a resource of an instance. */
static bool is_clear(const Run *all, LwRegistry *registry)
{
        bool clear = true;

        for (size_t i = all->begin; i < all->end; i++) {
                const LwEntry *entry = entry_at(all, i);
                const LwPath *path = &entry->path;

                if (path->length == LW_LEVEL_RESOURCE && entry->value.type != LW_TYPE_NONE)
                        return true;
                if (path->length == LW_LEVEL_RESOURCE_INSTANCE)
                        clear = clear && !is_single(registry, path->ids[0], path->ids[3]);
        }
        return clear;
}

static bool is_unchosen(const Run *all, size_t index)
{
        return entry_at(all, index)->path.ids[1] == LW_INSTANCE_UNCHOSEN;
}

/* Whether there is a form for all of it. */
static bool can_carry(const Run *all, LwRegistry *registry, GError **error)
{
        for (size_t i = all->begin; i < all->end; i++) {
                const LwEntry *entry = entry_at(all, i);

                if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE &&
                                entry->value.type == LW_TYPE_NONE)
                        return fail("an element needs a value", error);
                if (lw_values_time(all->values, i) != 0)
                        return fail("there are no times; use SenML", error);
                if (is_unchosen(all, i) != is_unchosen(all, all->begin))
                        return fail("an id that is left open stands beside others", error);
        }
        return all->begin == all->end || !is_unchosen(all, all->begin) || is_clear(all, registry) ||
               fail("arrays alone could be instances where the id is left open; use TLV", error);
}

bool lw_lwm2m_cbor_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error)
{
        Run all = { values, 0, lw_values_count(values), writer };

        if (!can_carry(&all, registry, error))
                return false;
        if (!skip_empty(&all, base->length)) {
                lw_cbor_write_map(writer, 0);
                return true;
        }
        if (base->length == LW_LEVEL_ROOT)
                return write_composite(&all, error);
        if (is_unchosen(&all, all.begin))
                return write_node(all, LW_LEVEL_INSTANCE, error);
        lw_cbor_write_map(writer, 1);
        write_key(writer, base, base->length);
        return write_node(all, base->length, error);
}
