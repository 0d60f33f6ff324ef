/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what the host says in small pieces: the kind of a link, the cell of a modem, an
 * entry of the journal, an address, a collection and a log that were saved; and as a zone or an
 * offset that a server writes. */
#include <stdint.h>
#include <string.h>

#include "bus/modemmanager1.h"
#include "host/bearer.h"
#include "host/journal-text.h"
#include "providers/builtin/collection.h"
#include "providers/builtin/device-clock.h"
#include "providers/builtin/log-book.h"
#include "providers/builtin/uplink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_link(const char *text)
{
        g_autofree char *devtype = lw_bearer_devtype(text);
        LwLink link = { .index = 1 };

        g_assert(devtype != NULL && strchr(devtype, '\n') == NULL);
        g_assert(lw_bearer(&link, devtype) >= LW_BEARER_CELLULAR);
}

static void try_place(const char *text)
{
        LwModemPlace place;

        if (!lw_modem_place_parse(text, &place))
                return;
        g_assert(place.mcc >= -1 && place.mnc >= -1 && place.lac >= -1 && place.cell >= -1 &&
                        place.tac >= -1);
}

/* Whatever a program logs is one line of text. */
static void try_entry(const uint8_t *data, size_t size, const char *source)
{
        LwJournalEntry entry = { .real_usec = 1767323045678901,
                .priority = size % 8,
                .source = source,
                .text = (const char *) data,
                .text_length = size };
        g_autofree char *line = lw_journal_entry_print(&entry);
        size_t length = strlen(line);

        g_assert(g_utf8_validate(line, -1, NULL));
        g_assert(strchr(line, '\n') == line + length - 1);
}

static void try_address(const char *text)
{
        g_autoptr(LwLinks) nothing = lw_links_new();

        lw_uplink_carries(nothing, text);
}

/* Numbers that are damaged may come out as others, but then they stay. */
static void try_collection(const uint8_t *data, size_t size)
{
        g_autoptr(GKeyFile) document = g_key_file_new(), printed = g_key_file_new();
        g_autoptr(LwCollection) first = lw_collection_new("boot"),
                                second = lw_collection_new("boot");

        if (!g_key_file_load_from_data(document, (const char *) data, size, G_KEY_FILE_NONE, NULL))
                return;
        lw_collection_parse(first, document);
        lw_collection_print(first, printed);
        lw_collection_parse(second, printed);
        g_assert(lw_collection_is_running(first) == lw_collection_is_running(second));
        g_assert(memcmp(lw_collection_totals(first), lw_collection_totals(second),
                                 sizeof(LwTotals)) == 0);
}

/* What is printed is read as it was. */
static void try_log_book(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) document = g_bytes_new_static(data, size), printed = NULL, again = NULL;
        LwLogBook first, second;

        if (!lw_log_book_parse(&first, document, NULL))
                return;
        g_assert(first.count <= LW_EVENT_LOG_SPANS_MAX);
        printed = lw_log_book_print(&first);
        g_assert(lw_log_book_parse(&second, printed, NULL));
        again = lw_log_book_print(&second);
        g_assert(g_bytes_equal(printed, again));
}

static void try_clock(const char *text)
{
        g_autoptr(LwClockDraft) draft = lw_clock_draft_new();
        LwValue value = lw_value_string(text);

        lw_clock_draft_offset(draft, &value, NULL);
        lw_clock_draft_zone(draft, &value, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *) data, size);

        try_link(text);
        try_place(text);
        try_entry(data, size, g_utf8_validate(text, -1, NULL) ? text : NULL);
        try_address(text);
        try_collection(data, size);
        try_log_book(data, size);
        try_clock(text);
        return 0;
}
