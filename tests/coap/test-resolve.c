/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names to addresses, and the order to try them. */
#include <string.h>

#include <glib.h>

#include "coap/address.h"
#include "coap/resolve.h"
#include "lib/suite.h"

TCase *test_resolve(void);

static const struct {
        const char *given; /* 4 and 6: the families, in the order of the resolver */
        const char *tried; /* by place in `given` */
} orders[] = {
        { "", "" },
        { "4", "0" },
        { "44", "01" },
        { "66644", "03142" },
        { "44466", "03142" },
        { "4646", "0123" },
        { "6664", "0312" },
};

START_TEST(families_take_turns)
{
        const char *given = orders[_i].given;
        size_t count = strlen(given);
        coap_address_t addresses[LW_ADDRESSES_MAX];

        for (size_t i = 0; i < count; i++)
                ck_assert(lw_address_parse(given[i] == '4' ? "192.0.2.1" : "2001:db8::1",
                                (uint16_t) i, &addresses[i]));
        lw_resolve_order(addresses, count);
        for (size_t i = 0; i < count; i++)
                ck_assert_int_eq('0' + coap_address_get_port(&addresses[i]), orders[_i].tried[i]);
}
END_TEST

typedef struct Answer {
        LwDriver *driver;
        bool came;
        size_t count;
        char *first;
        char *reason;
} Answer;

static void on_resolved(
                void *user, const coap_address_t *addresses, size_t count, const char *reason)
{
        Answer *self = user;

        self->came = true;
        self->count = count;
        self->first = count == 0 ? NULL : lw_address_text(&addresses[0]);
        self->reason = g_strdup(reason);
        lw_driver_exit(self->driver, 0);
}

static const struct {
        const char *host;
        bool found;
} names[] = {
        { "localhost", true },
        /* A label of 64 letters: refused before any name server is asked. Source: RFC 1035, 2.3.4.
         */
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid", false },
};

START_TEST(names_come_back_from_the_worker)
{
        LwDriver *driver = lw_driver_new();
        LwWorker *worker = lw_worker_new(driver);
        Answer answer = { .driver = driver };

        ck_assert_ptr_nonnull(lw_resolve_start(worker, names[_i].host, 5683, on_resolved, &answer));
        ck_assert(!answer.came);
        ck_assert_int_eq(lw_driver_run(driver), 0);
        ck_assert(answer.came);
        ck_assert_int_eq(answer.count > 0, names[_i].found);
        ck_assert_int_eq(answer.reason == NULL, names[_i].found);
        if (names[_i].found)
                ck_assert(strcmp(answer.first, "127.0.0.1:5683") == 0 ||
                                strcmp(answer.first, "[::1]:5683") == 0);
        g_free(answer.first);
        g_free(answer.reason);
        lw_worker_free(worker);
        lw_driver_free(driver);
}
END_TEST

START_TEST(a_cancelled_look_up_is_silent)
{
        LwDriver *driver = lw_driver_new();
        LwWorker *worker = lw_worker_new(driver);
        Answer answer = { .driver = driver };
        LwResolve *resolve = lw_resolve_start(worker, "localhost", 5683, on_resolved, &answer);

        lw_resolve_cancel(resolve);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert(!answer.came);
        lw_worker_free(worker);
        lw_driver_free(driver);
}
END_TEST

TCase *test_resolve(void)
{
        TCase *tcase = tcase_create("resolve");

        tcase_add_loop_test(tcase, families_take_turns, 0, G_N_ELEMENTS(orders));
        tcase_add_loop_test(tcase, names_come_back_from_the_worker, 0, G_N_ELEMENTS(names));
        tcase_add_test(tcase, a_cancelled_look_up_is_silent);
        return tcase;
}
