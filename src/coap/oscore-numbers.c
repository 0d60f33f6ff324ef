/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscoreNumbers: Sender Sequence Numbers over restarts: none is ever used twice. */
#include "coap/oscore-numbers.h"

#include <stdbool.h>

#include "base/log.h"
#include "model/status.h"

#define DOCUMENT "oscore"
#define VERSION 1
#define GROUP "Numbers"
/* Source: RFC 8613, 7.2.1: 2^40 - 1 in the nonces of AES-CCM-16-64-128. */
#define NUMBERS_END (((uint64_t) 1 << 40) - 1)
/* A context that nothing is known of may have been used before a state directory was lost, or an
 * older one restored. Where the clock stands right, counting from it leaves those numbers behind
 * us, unless we sent more than so many messages a second all the time. Enough for 500 years. */
#define NUMBERS_PER_SECOND 64
#define CLOCK_BEGIN 1735689600 /* 2025-01-01 */

/* A range that is not on the disk yet. */
typedef struct Question {
        LwOscoreNumbers *numbers;
        uint64_t first;
        LwOscoreReserved done; /* NULL: forgotten */
        void *user;
} Question;

struct LwOscoreNumbers {
        LwState *state;
        GKeyFile *next; /* digest of a context to the first number that is free */
        GPtrArray *questions;
};

LwOscoreNumbers *lw_oscore_numbers_new(LwState *state)
{
        LwOscoreNumbers *self = g_new0(LwOscoreNumbers, 1);
        g_autoptr(GBytes) bytes = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        self->state = state;
        self->questions = g_ptr_array_new_with_free_func(g_free);
        self->next = g_key_file_new();
        if (bytes != NULL && g_bytes_get_size(bytes) > 0 &&
                        !g_key_file_load_from_bytes(self->next, bytes, G_KEY_FILE_NONE, &error))
                lw_state_set_aside(state, DOCUMENT, error->message);
        return self;
}

static void on_saved(void *user, const GError *error)
{
        Question *question = user;
        LwOscoreReserved done = question->done;
        uint64_t first = question->first;
        void *asker = question->user;

        g_ptr_array_remove_fast(question->numbers->questions, question);
        if (done != NULL)
                done(asker, first, error);
}

void lw_oscore_numbers_free(LwOscoreNumbers *self)
{
        if (self == NULL)
                return;
        for (guint i = 0; i < self->questions->len; i++)
                lw_state_forget(self->state, on_saved, self->questions->pdata[i]);
        g_ptr_array_unref(self->questions);
        g_key_file_unref(self->next);
        g_free(self);
}

uint64_t lw_oscore_numbers_of_clock(void)
{
        int64_t seconds = g_get_real_time() / G_USEC_PER_SEC - CLOCK_BEGIN;

        return seconds > 0 ? (uint64_t) seconds * NUMBERS_PER_SECOND % (NUMBERS_END / 2) : 0;
}

/* The first number that is free; false with a reason when there is none. */
static bool find_first(const LwOscoreNumbers *self, const char *digest, uint64_t *ret_first,
                GError **error)
{
        g_auto(GStrv) known = g_key_file_get_keys(self->next, GROUP, NULL, NULL);

        *ret_first = lw_oscore_numbers_of_clock();
        if (known == NULL || !g_strv_contains((const char *const *) known, digest)) {
                if (known == NULL || g_strv_length(known) < LW_OSCORE_CONTEXTS_MAX)
                        return true;
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the sequence numbers of %d OSCORE contexts are kept, and no more "
                                "are; give every context a new Master Secret, and remove '%s' from "
                                "the state directory",
                                LW_OSCORE_CONTEXTS_MAX, DOCUMENT);
                return false;
        }
        *ret_first = g_key_file_get_uint64(self->next, GROUP, digest, error);
        if (*ret_first > 0 && *ret_first < NUMBERS_END - LW_OSCORE_RANGE)
                return true;
        g_clear_error(error);
        g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "the OSCORE context has no sequence numbers left; it needs a new Master "
                        "Secret");
        return false;
}

static void save(LwOscoreNumbers *self, Question *question)
{
        g_autoptr(GBytes) bytes = NULL;
        gsize length;
        char *text = g_key_file_to_data(self->next, &length, NULL);

        bytes = g_bytes_new_take(text, length);
        lw_state_save(self->state, DOCUMENT, VERSION, bytes, on_saved, question);
}

void lw_oscore_numbers_reserve(
                LwOscoreNumbers *self, const LwOscore *oscore, LwOscoreReserved done, void *user)
{
        g_autoptr(GError) error = NULL;
        char digest[LW_OSCORE_DIGEST_LENGTH];
        Question *question;
        uint64_t first;

        lw_oscore_digest(oscore, digest);
        if (!find_first(self, digest, &first, &error)) {
                done(user, 0, error);
                return;
        }
        question = g_new0(Question, 1);
        *question = (Question){ self, first, done, user };
        g_ptr_array_add(self->questions, question);
        g_key_file_set_uint64(self->next, GROUP, digest, first + LW_OSCORE_RANGE);
        save(self, question);
}

void lw_oscore_numbers_forget(LwOscoreNumbers *self, void *user)
{
        for (guint i = 0; i < self->questions->len; i++) {
                Question *question = self->questions->pdata[i];

                if (question->user == user)
                        question->done = NULL;
        }
}
