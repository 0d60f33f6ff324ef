/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server and we agreed on, from a document. */
#include "client/session.h"

#include <inttypes.h>
#include <string.h>

#include "model/limits.h"
#include "model/number.h"
#include "model/status.h"

/*
 * A line each, words between blanks:
 *   session SERVER VERSION LIFETIME EXPIRES REGISTERED SEGMENT...
 *   observation TOKEN COMPOSITE VERSION FORMAT SEQUENCE KEY SENT GOT QUERY PATH...
 *   sample PATH BITS                       of the observation above
 *   got PATH BITS                          the same, where the server has another value
 *   rests                                  the observation above
 *   notification TOKEN TIME VALUES
 *   missed TOKEN TIME VALUES               the same, of an observation that rests
 *   send ID TIME TRIES VALUES
 * The first line is a session, or, without a registration, "waiting SERVER".
 * Numbers are decimal, times microseconds of real time, bytes base64, other text percent-encoded.
 */

/* Above any number that was sent since the document was, and still newer than those. Source: RFC
 * 7641, 3.4. */
#define SEQUENCE_LEAP (1u << 22)
#define SEQUENCE_MASK 0xffffffu
#define NOTHING "-"

void lw_session_clear(LwSession *self)
{
        g_clear_pointer(&self->server, g_free);
        g_clear_pointer(&self->location, g_strfreev);
}

/* Words: those of one line that are not read yet. Once one was wrong, all are. */
typedef struct Words {
        char **next;
        bool wrong;
} Words;

static const char *take(Words *self)
{
        if (!*self->next) {
                self->wrong = true;
                return "";
        }
        return *self->next++;
}

static uint64_t take_unsigned(Words *self, uint64_t most)
{
        const char *word = take(self);
        uint64_t value = 0;

        if (!lw_number_parse_unsigned(word, strlen(word), &value) || value > most)
                self->wrong = true;
        return self->wrong ? 0 : value;
}

static int64_t take_integer(Words *self, int64_t least, int64_t most)
{
        const char *word = take(self);
        int64_t value = 0;

        if (!lw_number_parse_integer(word, strlen(word), &value) || value < least || value > most)
                self->wrong = true;
        return self->wrong ? 0 : value;
}

static char *take_text(Words *self)
{
        char *text = g_uri_unescape_string(take(self), NULL);

        self->wrong |= text == NULL;
        return text;
}

static GBytes *take_bytes(Words *self)
{
        const char *word = take(self);
        size_t length = 0;
        guchar *data;

        if (g_str_equal(word, NOTHING))
                return g_bytes_new(NULL, 0);
        data = g_base64_decode(word, &length);
        self->wrong |= length == 0;
        return g_bytes_new_take(data, length);
}

static LwPath take_path(Words *self)
{
        LwPath path = {};

        self->wrong |= !lw_path_parse(take(self), &path, NULL);
        return path;
}

static void read_session(Words *words, LwSession *ret_session)
{
        g_autoptr(GStrvBuilder) segments = g_strv_builder_new();

        ret_session->version = (LwVersion) take_unsigned(words, LW_VERSION_1_2);
        ret_session->lifetime_seconds = (uint32_t) take_unsigned(words, UINT32_MAX);
        ret_session->expires_real_usec = take_integer(words, 0, INT64_MAX);
        ret_session->registered_real_usec = take_integer(words, 0, INT64_MAX);
        for (unsigned i = 0; !words->wrong && *words->next && i < LW_PATH_SEGMENTS_MAX; i++) {
                g_autofree char *segment = take_text(words);

                if (segment)
                        g_strv_builder_add(segments, segment);
        }
        ret_session->location = g_strv_builder_end(segments);
        words->wrong |= !ret_session->location[0] || *words->next;
}

static LwAttributes *take_query(Words *words)
{
        const char *word = take(words);
        g_auto(GStrv) queries = NULL;
        LwAttributes query;

        if (g_str_equal(word, NOTHING))
                return NULL;
        queries = g_strsplit(word, "&", LW_ATTRIBUTE_COUNT + 1);
        if (!lw_attributes_parse(
                            (const char *const *) queries, g_strv_length(queries), &query, NULL) ||
                        query.unset) {
                words->wrong = true;
                return NULL;
        }
        return g_memdup2(&query, sizeof(query));
}

/* As lw_observation_new() would have made it. */
static LwObservation *make(Words *words, LwMessage *message, bool composite, LwVersion version,
                LwAttributes *query, LwNow now)
{
        g_autoptr(LwValues) paths = lw_values_new();
        LwValue none = lw_value_none();
        LwRequest request = { .version = version, .now = now };
        LwObservation *observation;

        while (*words->next && lw_values_count(paths) < LW_OBSERVED_PATHS_MAX) {
                LwPath path = take_path(words);

                lw_values_add(paths, &path, &none);
        }
        if (lw_values_count(paths) == 0 || (!composite && lw_values_count(paths) > 1) ||
                        message->token_length == 0)
                words->wrong = true;
        if (words->wrong) {
                g_free(query);
                return NULL;
        }
        request.path = composite ? LW_PATH_ROOT : lw_values_at(paths, 0)->path;
        observation = lw_observation_new(message, &request, composite ? paths : NULL);
        observation->query = query;
        return observation;
}

/* How long ago that was; a clock that was set back makes it now. */
static LwUsec point(int64_t real_usec, LwNow now)
{
        LwUsec ago = real_usec < now.real_usec ? (LwUsec) (now.real_usec - real_usec) : 0;

        return ago < now.boot ? now.boot - ago : 0;
}

static LwObservation *read_observation(Words *words, LwNow now)
{
        g_autoptr(GBytes) token = take_bytes(words);
        bool composite = take_unsigned(words, 1);
        LwVersion version = (LwVersion) take_unsigned(words, LW_VERSION_1_2);
        int32_t format = (int32_t) take_integer(words, 0, UINT16_MAX);
        uint32_t sequence = (uint32_t) take_unsigned(words, SEQUENCE_MASK);
        uint64_t key = take_unsigned(words, UINT64_MAX);
        int64_t sent = take_integer(words, 0, INT64_MAX);
        int64_t got = take_integer(words, 0, INT64_MAX);
        LwAttributes *query = take_query(words);
        LwObservation *observation;
        LwMessage message;
        size_t length;
        const void *data = g_bytes_get_data(token, &length);

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        if (length > LW_TOKEN_MAX)
                words->wrong = true;
        else if (length > 0)
                memcpy(message.token, data, length);
        message.token_length = (uint8_t) MIN(length, LW_TOKEN_MAX);
        observation = make(words, &message, composite, version, query, now);
        if (!observation)
                return NULL;
        observation->format = format;
        observation->sequence = (sequence + SEQUENCE_LEAP) & SEQUENCE_MASK;
        observation->key = key;
        observation->sent_real_usec = sent;
        observation->got_real_usec = got;
        observation->progress.sent = observation->progress.evaluated = point(sent, now);
        observation->restored = true;
        observation->progress.changed = true;   /* who knows what happened meanwhile */
        observation->confirmed = LW_USEC_NEVER; /* the next one asks whether the server is there */
        return observation;
}

/* Loading: what is loaded into, and the observation whose samples are being read, until it is
 * whole. */
typedef struct Loading {
        LwObserver *observer;
        LwSender *sender;
        LwObservation *observation;
        GArray *samples, *got; /* of LwSample */
        unsigned count;        /* of observations */
        LwNow now;
} Loading;

static void finish_observation(Loading *self)
{
        LwObservation *observation = g_steal_pointer(&self->observation);
        unsigned count = self->samples->len;

        if (!observation)
                return;
        if (count == 1)
                observation->one = g_array_index(self->samples, LwSample, 0);
        else if (count > 1)
                observation->samples = g_memdup2(self->samples->data, count * sizeof(LwSample));
        if (count == 1)
                observation->samples = &observation->one;
        observation->sample_count = count;
        observation->got_count = self->got->len;
        if (self->got->len > 0)
                observation->got = g_memdup2(self->got->data, self->got->len * sizeof(LwSample));
        g_array_set_size(self->samples, 0);
        g_array_set_size(self->got, 0);
        lw_observer_take_back(self->observer, observation);
}

static void read_sample(const Loading *self, GArray *samples, Words *words)
{
        LwEntry entry = { .path = take_path(words) };
        LwSample sample = lw_sample_of(&entry);

        sample.bits = take_unsigned(words, UINT64_MAX);
        words->wrong |= !self->observation || samples->len >= LW_ENTRIES_MAX;
        if (!words->wrong)
                g_array_append_val(samples, sample);
}

static void read_notification(Loading *self, Words *words, bool resting)
{
        g_autoptr(GBytes) token = take_bytes(words);
        int64_t real_usec = take_integer(words, 1, INT64_MAX);
        g_autoptr(GBytes) pack = take_bytes(words);
        size_t length;
        const void *data = g_bytes_get_data(token, &length);
        LwObservation *observation = NULL;

        if (length > 0 && length <= LW_TOKEN_MAX)
                observation = lw_observer_find_back(self->observer, data, length, resting);
        words->wrong |= !observation;
        if (!words->wrong)
                lw_observer_restore(self->observer, observation, pack, real_usec);
}

static void read_send(Loading *self, Words *words)
{
        uint64_t id = take_unsigned(words, UINT64_MAX - 1);
        int64_t real_usec = take_integer(words, 1, INT64_MAX);
        unsigned tries = (unsigned) take_unsigned(words, UINT8_MAX);
        g_autoptr(GBytes) pack = take_bytes(words);

        words->wrong |= g_bytes_get_size(pack) == 0;
        if (!words->wrong)
                lw_sender_restore(self->sender, id, pack, real_usec, tries);
}

static void read_first(const char *what, Words *words, LwSession *ret_session)
{
        ret_session->server = take_text(words);
        if (g_str_equal(what, "session"))
                read_session(words, ret_session);
        else
                words->wrong |= !g_str_equal(what, "waiting");
}

static bool read_line(Loading *self, const char *line, LwSession *ret_session, bool first)
{
        g_auto(GStrv) split = g_strsplit(line, " ", LW_OBSERVED_PATHS_MAX + 16);
        Words words = { .next = split };
        const char *what = take(&words);

        if (first) {
                read_first(what, &words, ret_session);
        } else if (g_str_equal(what, "observation")) {
                finish_observation(self);
                if (self->count++ >= 2 * LW_OBSERVATIONS_MAX) /* as many may rest */
                        return false;
                self->observation = read_observation(&words, self->now);
        } else if (g_str_equal(what, "sample")) {
                read_sample(self, self->samples, &words);
        } else if (g_str_equal(what, "got")) {
                read_sample(self, self->got, &words);
        } else if (g_str_equal(what, "rests")) {
                words.wrong |= !self->observation;
                if (self->observation)
                        self->observation->resting = true;
        } else if (g_str_equal(what, "notification") || g_str_equal(what, "missed")) {
                finish_observation(self);
                read_notification(self, &words, g_str_equal(what, "missed"));
        } else if (g_str_equal(what, "send")) {
                finish_observation(self);
                read_send(self, &words);
        } else {
                return false;
        }
        return !words.wrong && !*words.next;
}

static bool read_lines(Loading *self, char **lines, LwSession *ret_session, GError **error)
{
        for (unsigned i = 0; lines[i]; i++) {
                if (i > 0 && lines[i][0] == '\0')
                        continue;
                if (read_line(self, lines[i], ret_session, i == 0))
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "line %u cannot be read",
                                i + 1);
                return false;
        }
        finish_observation(self);
        return true;
}

bool lw_session_load(LwSession *ret_session, LwObserver *observer, LwSender *sender,
                GBytes *document, LwNow now, GError **error)
{
        size_t length = g_bytes_get_size(document);
        const char *data = length > 0 ? g_bytes_get_data(document, NULL) : "";
        g_autofree char *text = g_strndup(data, length);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        Loading loading = { .observer = observer, .sender = sender, .now = now };
        LwSession session = {};
        bool loaded = false;

        loading.samples = g_array_new(FALSE, FALSE, sizeof(LwSample));
        loading.got = g_array_new(FALSE, FALSE, sizeof(LwSample));
        lw_observer_set_grace(observer, now);
        if (strlen(text) != length || !lines[0])
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "it is empty, or not text");
        else
                loaded = read_lines(&loading, lines, &session, error);
        lw_observation_free(loading.observation);
        g_array_unref(loading.samples);
        g_array_unref(loading.got);
        if (loaded) {
                *ret_session = session;
                return true;
        }
        lw_observer_clear(observer);
        lw_sender_clear(sender);
        lw_session_clear(&session);
        return false;
}
