/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where GLib's structured log goes: the journal, or plain lines on stderr. */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* The log has one level and one place in a process, as GLib's own writer has. */
static GLogLevelFlags least = G_LOG_LEVEL_INFO;
static bool to_journal;
static bool started;

/* G_LOG_LEVEL_ERROR aborts the process, so what people call an error is GLib's critical. */
static const struct {
        const char *name;
        GLogLevelFlags level;
} levels[] = {
        { "error", G_LOG_LEVEL_CRITICAL },
        { "warning", G_LOG_LEVEL_WARNING },
        { "notice", G_LOG_LEVEL_MESSAGE },
        { "info", G_LOG_LEVEL_INFO },
        { "debug", G_LOG_LEVEL_DEBUG },
};

bool lw_log_level_parse(const char *text, GLogLevelFlags *ret_level)
{
        for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
                if (strcmp(text, levels[i].name) != 0)
                        continue;
                *ret_level = levels[i].level;
                return true;
        }
        return false;
}

static const char *level_name(GLogLevelFlags level)
{
        for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
                if ((level & G_LOG_LEVEL_MASK) <= levels[i].level)
                        return levels[i].name;
        return "debug";
}

void lw_log_set_level(GLogLevelFlags level)
{
        least = level & G_LOG_LEVEL_MASK;
}

bool lw_log_wanted(GLogLevelFlags level)
{
        /* the more severe, the lower the bit */
        return (level & G_LOG_LEVEL_MASK) <= least;
}

static void write_line(GLogLevelFlags level, const GLogField *fields, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const char *text = fields[i].value;

                if (strcmp(fields[i].key, "MESSAGE") != 0)
                        continue;
                fprintf(stderr, "%s: %.*s\n", level_name(level),
                                (int) (fields[i].length < 0 ? (gssize) strlen(text)
                                                            : fields[i].length),
                                text);
                fflush(stderr);
        }
}

static GLogWriterOutput write_entry(
                GLogLevelFlags level, const GLogField *fields, gsize count, gpointer user)
{
        if (!lw_log_wanted(level))
                return G_LOG_WRITER_HANDLED;
        /* a journal that just restarts is no reason to lose the line */
        if (!to_journal ||
                        g_log_writer_journald(level, fields, count, user) != G_LOG_WRITER_HANDLED)
                write_line(level, fields, count);
        return G_LOG_WRITER_HANDLED;
}

void lw_log_start(GLogLevelFlags level)
{
        lw_log_set_level(level);
        to_journal = g_log_writer_is_journald(fileno(stderr));
        /* GLib takes a writer once and for all */
        if (!started)
                g_log_set_writer_func(write_entry, NULL, NULL);
        started = true;
}
