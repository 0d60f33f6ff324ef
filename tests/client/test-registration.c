/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state machine of Register, Update and De-register, without a network. */
#include <glib.h>

#include "client/registration.h"
#include "client/suite.h"

#define SECOND LW_USEC_PER_SEC

static LwRegistration registration;
static LwNow now;

static void setup(void)
{
        now = (LwNow){ .boot = 1000 * SECOND, .real_usec = 1700000000 * (int64_t) SECOND };
        lw_registration_init(&registration, LW_VERSION_1_2, 42);
}

static LwRegistrationAction on(LwRegistrationEvent event)
{
        return lw_registration_step(&registration, event, now);
}

/* What the owner does when it sends: it notes the lifetime that it tells. */
static void registered(uint32_t lifetime)
{
        ck_assert_int_eq(on(LW_REGISTRATION_ON_START), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
        registration.lifetime_seconds = lifetime;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_NOTHING);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_REGISTERED);
}

START_TEST(registers)
{
        registered(300);
        ck_assert(registration.registered);
        ck_assert_int_eq(registration.registered_real_usec, now.real_usec);
}
END_TEST

/* Refresh at half of a short lifetime, 93 s (MAX_TRANSMIT_WAIT) before the end of a long one. */
static const struct {
        uint32_t lifetime;
        uint64_t refresh; /* seconds after the Register; UINT64_MAX: never */
} refreshes[] = {
        { 1, 0 },
        { 20, 10 },
        { 185, 92 },
        { 186, 93 },
        { 300, 207 },
        { 86400, 86307 },
        { UINT32_MAX, UINT32_MAX - UINT64_C(93) },
        { 0, UINT64_MAX },
};

START_TEST(updates_before_the_lifetime_ends)
{
        LwUsec due;

        registered(refreshes[_i].lifetime);
        due = lw_registration_deadline(&registration);
        if (refreshes[_i].refresh == UINT64_MAX) {
                ck_assert_uint_eq(due, LW_USEC_NEVER);
                return;
        }
        ck_assert_uint_eq((due - now.boot) / SECOND, refreshes[_i].refresh);
        now.boot = due;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_SEND_UPDATE);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_NOTHING);
        ck_assert_uint_ge(lw_registration_deadline(&registration), due);
}
END_TEST

START_TEST(tries_again_for_ever_with_jitter)
{
        LwUsec bound = 5 * SECOND;

        on(LW_REGISTRATION_ON_START);
        for (unsigned i = 0; i < 200; i++) {
                LwUsec delay;

                ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
                ck_assert_int_eq(on(LW_REGISTRATION_ON_SILENT), LW_REGISTRATION_CLOSE);
                delay = lw_registration_deadline(&registration) - now.boot;
                ck_assert_uint_le(delay, bound);
                ck_assert_uint_gt(delay, 0);
                bound = MIN(bound * 2, 900 * SECOND);
                now.boot += delay;
                ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_OPEN);
        }
        ck_assert_uint_eq(bound, 900 * SECOND);
}
END_TEST

START_TEST(two_hosts_do_not_try_together)
{
        LwRegistration other;

        lw_registration_init(&other, LW_VERSION_1_2, 43);
        for (unsigned i = 0; i < 3; i++) {
                on(i == 0 ? LW_REGISTRATION_ON_START : LW_REGISTRATION_ON_DEADLINE);
                lw_registration_step(&other,
                                i == 0 ? LW_REGISTRATION_ON_START : LW_REGISTRATION_ON_DEADLINE,
                                now);
                on(LW_REGISTRATION_ON_DOWN);
                lw_registration_step(&other, LW_REGISTRATION_ON_DOWN, now);
                ck_assert_uint_ne(registration.deadline, other.deadline);
        }
}
END_TEST

START_TEST(steps_down_to_the_version_of_the_server)
{
        on(LW_REGISTRATION_ON_START);
        on(LW_REGISTRATION_ON_UP);
        ck_assert_int_eq(registration.version, LW_VERSION_1_2);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_OLDER), LW_REGISTRATION_SEND_REGISTER);
        ck_assert_int_eq(registration.version, LW_VERSION_1_1);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_OLDER), LW_REGISTRATION_SEND_REGISTER);
        ck_assert_int_eq(registration.version, LW_VERSION_1_0);
        /* there is none below: a failure like others, and the next round begins at the top */
        ck_assert_int_eq(on(LW_REGISTRATION_ON_OLDER), LW_REGISTRATION_CLOSE);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_WAITING);
        ck_assert_int_eq(registration.version, LW_VERSION_1_2);
}
END_TEST

START_TEST(registers_anew_when_the_server_lost_us)
{
        registered(300);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_TRIGGER), LW_REGISTRATION_SEND_UPDATE);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_REFUSED), LW_REGISTRATION_SEND_REGISTER);
        ck_assert(!registration.registered);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_NOTHING);
        ck_assert(registration.registered);
}
END_TEST

START_TEST(connects_anew_when_an_update_is_not_answered)
{
        registered(300);
        on(LW_REGISTRATION_ON_TRIGGER);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_SILENT), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_UPDATE);
        /* nor there: the server is away, but its registration holds until the lifetime is over */
        ck_assert_int_eq(on(LW_REGISTRATION_ON_SILENT), LW_REGISTRATION_CLOSE);
        ck_assert(registration.registered);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_UPDATE);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_SILENT), LW_REGISTRATION_CLOSE);
        now.boot += 300 * SECOND;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
}
END_TEST

START_TEST(updates_from_a_new_address)
{
        registered(300);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_MOVED), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_UPDATE);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_NOTHING);
}
END_TEST

START_TEST(registers_from_a_new_address_when_the_lifetime_has_passed)
{
        registered(300);
        on(LW_REGISTRATION_ON_MOVED);
        now.boot += 300 * SECOND;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
}
END_TEST

START_TEST(a_change_during_an_update_is_told_by_the_next)
{
        registered(300);
        on(LW_REGISTRATION_ON_CHANGED);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_CHANGED), LW_REGISTRATION_NOTHING);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_SEND_UPDATE);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_NOTHING);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_REGISTERED);
}
END_TEST

START_TEST(stays_away_when_it_is_disabled)
{
        registered(300);
        registration.disable_seconds = 60;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DISABLE), LW_REGISTRATION_SEND_DEREGISTER);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_CLOSE);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_DISABLED);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_CHANGED), LW_REGISTRATION_NOTHING);
        ck_assert_uint_eq(lw_registration_deadline(&registration), now.boot + 60 * SECOND);
        now.boot += 60 * SECOND;
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
}
END_TEST

START_TEST(stays_away_until_it_is_wanted)
{
        registered(300);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEREGISTER), LW_REGISTRATION_SEND_DEREGISTER);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_ACCEPTED), LW_REGISTRATION_CLOSE);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_DISABLED);
        ck_assert_uint_eq(lw_registration_deadline(&registration), LW_USEC_NEVER);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_TRIGGER), LW_REGISTRATION_NOTHING);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_MOVED), LW_REGISTRATION_NOTHING);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_REGISTER), LW_REGISTRATION_OPEN);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_UP), LW_REGISTRATION_SEND_REGISTER);
        ck_assert(!registration.away);
}
END_TEST

/* Events from START on, as the indices of enums; what the last one asks for, and where it ends. */
static const struct {
        LwRegistrationEvent events[6]; /* START ends them */
        LwRegistrationAction action;
        LwRegistrationState state;
} wishes[] = {
        /* Register is told to who is registered, connects those who are not */
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_ACCEPTED, LW_REGISTRATION_ON_REGISTER },
                        LW_REGISTRATION_SEND_REGISTER, LW_REGISTRATION_REGISTERING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_ACCEPTED, LW_REGISTRATION_ON_TRIGGER,
                          LW_REGISTRATION_ON_REGISTER },
                        LW_REGISTRATION_SEND_REGISTER, LW_REGISTRATION_REGISTERING },
        { { LW_REGISTRATION_ON_DOWN, LW_REGISTRATION_ON_REGISTER }, LW_REGISTRATION_OPEN,
                        LW_REGISTRATION_CONNECTING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_REGISTER }, LW_REGISTRATION_NOTHING,
                        LW_REGISTRATION_REGISTERING },
        /* no Update in its place, though the server holds a registration */
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_ACCEPTED, LW_REGISTRATION_ON_MOVED,
                          LW_REGISTRATION_ON_REGISTER, LW_REGISTRATION_ON_UP },
                        LW_REGISTRATION_SEND_REGISTER, LW_REGISTRATION_REGISTERING },
        /* a Register under way is taken back once its answer is there */
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_DEREGISTER }, LW_REGISTRATION_NOTHING,
                        LW_REGISTRATION_WITHDRAWING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_DEREGISTER, LW_REGISTRATION_ON_ACCEPTED },
                        LW_REGISTRATION_SEND_DEREGISTER, LW_REGISTRATION_LEAVING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_DEREGISTER, LW_REGISTRATION_ON_SILENT },
                        LW_REGISTRATION_CLOSE, LW_REGISTRATION_DISABLED },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_DEREGISTER, LW_REGISTRATION_ON_REGISTER,
                          LW_REGISTRATION_ON_ACCEPTED },
                        LW_REGISTRATION_NOTHING, LW_REGISTRATION_REGISTERED },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_STOP }, LW_REGISTRATION_NOTHING,
                        LW_REGISTRATION_ENDING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_STOP, LW_REGISTRATION_ON_ACCEPTED },
                        LW_REGISTRATION_SEND_DEREGISTER, LW_REGISTRATION_STOPPING },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_STOP, LW_REGISTRATION_ON_REFUSED },
                        LW_REGISTRATION_CLOSE, LW_REGISTRATION_STOPPED },
        { { LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_STOP, LW_REGISTRATION_ON_DEADLINE },
                        LW_REGISTRATION_CLOSE, LW_REGISTRATION_STOPPED },
        { { LW_REGISTRATION_ON_DEREGISTER }, LW_REGISTRATION_CLOSE, LW_REGISTRATION_DISABLED },
        { { LW_REGISTRATION_ON_DOWN, LW_REGISTRATION_ON_DEREGISTER }, LW_REGISTRATION_CLOSE,
                        LW_REGISTRATION_DISABLED },
        { { LW_REGISTRATION_ON_DEREGISTER, LW_REGISTRATION_ON_STOP }, LW_REGISTRATION_CLOSE,
                        LW_REGISTRATION_STOPPED },
};

START_TEST(does_what_a_person_wishes)
{
        LwRegistrationAction action = on(LW_REGISTRATION_ON_START);

        registration.lifetime_seconds = 300;
        for (size_t i = 0; wishes[_i].events[i] != LW_REGISTRATION_ON_START; i++)
                action = on(wishes[_i].events[i]);
        ck_assert_int_eq(action, wishes[_i].action);
        ck_assert_int_eq(registration.state, wishes[_i].state);
}
END_TEST

START_TEST(waits_a_moment_for_the_answer_to_a_register)
{
        on(LW_REGISTRATION_ON_START);
        on(LW_REGISTRATION_ON_UP);
        on(LW_REGISTRATION_ON_STOP);
        ck_assert_uint_gt(lw_registration_deadline(&registration), now.boot);
        ck_assert_uint_lt(lw_registration_deadline(&registration), now.boot + 2 * SECOND);
}
END_TEST

START_TEST(ends_within_two_seconds_though_nobody_answers)
{
        registered(300);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_STOP), LW_REGISTRATION_SEND_DEREGISTER);
        ck_assert_uint_lt(lw_registration_deadline(&registration), now.boot + 2 * SECOND);
        ck_assert_int_eq(on(LW_REGISTRATION_ON_DEADLINE), LW_REGISTRATION_CLOSE);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_STOPPED);
}
END_TEST

/* Every event in every state, in random order: it always ends when it is told to, and stays so. */
START_TEST(survives_any_order_of_events)
{
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32) _i + 1);

        on(LW_REGISTRATION_ON_START);
        for (unsigned i = 0; i < 20000; i++) {
                on((LwRegistrationEvent) g_rand_int_range(
                                random, LW_REGISTRATION_ON_UP, LW_REGISTRATION_ON_DISABLE + 1));
                registration.lifetime_seconds = (uint32_t) g_rand_int_range(random, 0, 1000);
                now.boot += (LwUsec) g_rand_int_range(random, 0, 1000000000);
                if (lw_registration_deadline(&registration) <= now.boot)
                        on(LW_REGISTRATION_ON_DEADLINE);
                ck_assert_int_ne(registration.state, LW_REGISTRATION_STOPPED);
                ck_assert_int_le(registration.version, registration.highest);
        }
        on(LW_REGISTRATION_ON_STOP);
        if (registration.state == LW_REGISTRATION_STOPPING ||
                        registration.state == LW_REGISTRATION_ENDING)
                on(LW_REGISTRATION_ON_DEADLINE);
        ck_assert_int_eq(registration.state, LW_REGISTRATION_STOPPED);
        ck_assert_uint_eq(lw_registration_deadline(&registration), LW_USEC_NEVER);
}
END_TEST

TCase *test_registration(void)
{
        TCase *tcase = tcase_create("registration");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_test(tcase, registers);
        tcase_add_loop_test(tcase, updates_before_the_lifetime_ends, 0, G_N_ELEMENTS(refreshes));
        tcase_add_test(tcase, tries_again_for_ever_with_jitter);
        tcase_add_test(tcase, two_hosts_do_not_try_together);
        tcase_add_test(tcase, steps_down_to_the_version_of_the_server);
        tcase_add_test(tcase, registers_anew_when_the_server_lost_us);
        tcase_add_test(tcase, connects_anew_when_an_update_is_not_answered);
        tcase_add_test(tcase, updates_from_a_new_address);
        tcase_add_test(tcase, registers_from_a_new_address_when_the_lifetime_has_passed);
        tcase_add_test(tcase, a_change_during_an_update_is_told_by_the_next);
        tcase_add_test(tcase, stays_away_when_it_is_disabled);
        tcase_add_test(tcase, stays_away_until_it_is_wanted);
        tcase_add_loop_test(tcase, does_what_a_person_wishes, 0, G_N_ELEMENTS(wishes));
        tcase_add_test(tcase, waits_a_moment_for_the_answer_to_a_register);
        tcase_add_test(tcase, ends_within_two_seconds_though_nobody_answers);
        tcase_add_loop_test(tcase, survives_any_order_of_events, 0, 10);
        return tcase;
}
