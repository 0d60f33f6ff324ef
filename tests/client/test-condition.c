/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of conditions: the rules of notification, without an observation around them. */
#include <math.h>

#include "client/condition.h"
#include "client/suite.h"

#define NEVER LW_USEC_NEVER
#define SECOND LW_USEC_PER_SEC

static LwAttributes of(const char *text)
{
        g_auto(GStrv) query = g_strsplit(text, "&", -1);
        LwAttributes attributes = {};

        if (text[0] != '\0')
                ck_assert(lw_attributes_parse((const char *const *) query, g_strv_length(query),
                                &attributes, NULL));
        return attributes;
}

static bool holds(const char *attributes, LwValue last, LwValue value)
{
        LwAttributes set = of(attributes);
        LwEntry entry = { .path = LW_PATH_RESOURCE(3, 0, 9), .value = last };
        LwSample sample = lw_sample_of(&entry);

        return lw_condition_holds(&set, &sample, &value);
}

/* Source: OMA LwM2M Core 1.0 and 1.1, 5.1.2, examples; the rest are limits. */
static const struct {
        const char *attributes;
        double last, value;
        bool holds;
} numbers[] = {
        { "gt=45&st=10", 20, 35, true },
        { "gt=45&st=10", 45, 50, true },
        { "gt=45&st=10", 50, 40, true },
        { "gt=45&st=10", 35, 20, true },
        { "gt=45&st=10", 20, 29, false },
        { "lt=20&gt=85&st=10", 17, 24, true },
        { "lt=20&gt=85&st=10", 75, 90, true },
        { "lt=20&gt=85&st=10", 50, 10, true },
        { "lt=20&gt=85&st=10", 87, 99, true },
        { "lt=20&gt=85&st=10", 50, 55, false },
        /* back over the limit, which the draft of 1.2 leaves out */
        { "gt=45&st=10", 48, 42, true },
        { "gt=45", 48, 42, true },
        { "lt=20", 17, 24, true },
        { "gt=4200", 4300, 4100, true },
        /* on the limit: it counts as where it comes from */
        { "gt=45", 40, 45, false },
        { "gt=45", 45, 46, true },
        { "gt=45", 45, 44, true },
        { "gt=45", 50, 45, false },
        { "lt=20", 25, 20, false },
        { "lt=20", 20, 19, true },
        { "lt=20", 20, 21, true },
        { "gt=45", 46, 90, false },
        { "lt=20", 19, 1, false },
        { "st=10", 0, 9.999, false },
        { "st=10", 0, 10, true },
        { "st=10", 0, -10, true },
        { "st=0", 5, 5.5, true },
        { "st=0", 5, 5, false }, /* no change at all */
        { "gt=-5", -10, 0, true },
        /* a set that no Write-Attributes would take, but levels can add up to: as it stands */
        { "gt=10&lt=20", 5, 15, true },
        /* edge is not for numbers, and without limits every change does */
        { "edge=1", 1, 2, true },
        { "", 1, 2, true },
        { "", 1, 1, false },
        { "pmin=5&pmax=60", 1, 2, true },
};

START_TEST(a_number_by_its_limits)
{
        ck_assert_int_eq(holds(numbers[_i].attributes, lw_value_float(numbers[_i].last),
                                         lw_value_float(numbers[_i].value)),
                        numbers[_i].holds);
        if (numbers[_i].last != floor(numbers[_i].last) ||
                        numbers[_i].value != floor(numbers[_i].value))
                return;
        ck_assert_int_eq(holds(numbers[_i].attributes, lw_value_integer((int64_t) numbers[_i].last),
                                         lw_value_integer((int64_t) numbers[_i].value)),
                        numbers[_i].holds);
        ck_assert_int_eq(holds(numbers[_i].attributes, lw_value_time((int64_t) numbers[_i].last),
                                         lw_value_time((int64_t) numbers[_i].value)),
                        numbers[_i].holds);
}
END_TEST

static const struct {
        const char *attributes;
        bool last, value, holds;
} booleans[] = {
        { "edge=1", false, true, true }, { "edge=1", true, false, false },
        { "edge=0", true, false, true }, { "edge=0", false, true, false },
        { "edge=0", true, true, false }, { "", false, true, true }, { "", true, false, true },
        { "gt=0", true, false, true }, /* limits are for numbers */
};

START_TEST(a_boolean_by_its_edge)
{
        ck_assert_int_eq(holds(booleans[_i].attributes, lw_value_boolean(booleans[_i].last),
                                         lw_value_boolean(booleans[_i].value)),
                        booleans[_i].holds);
}
END_TEST

START_TEST(anything_else_by_its_change)
{
        ck_assert(holds("gt=1&edge=1", lw_value_string("a"), lw_value_string("b")));
        ck_assert(!holds("", lw_value_string("a"), lw_value_string("a")));
        ck_assert(holds("", lw_value_string(""), lw_value_string("a")));
        ck_assert(holds("", lw_value_data("\0", 1), lw_value_data("\0\0", 2)));
        ck_assert(holds("", lw_value_link(3, 0), lw_value_link(3, 1)));
        ck_assert(!holds("", lw_value_link(3, 0), lw_value_link(3, 0)));
        ck_assert(!holds("", lw_value_float(NAN), lw_value_float(-NAN)));
        ck_assert(!holds("", lw_value_float(0.0), lw_value_float(-0.0)));
        /* numbers that a double cannot tell apart */
        ck_assert(holds("", lw_value_integer(INT64_MAX), lw_value_integer(INT64_MAX - 1)));
        ck_assert(holds("", lw_value_unsigned(UINT64_MAX), lw_value_unsigned(UINT64_MAX - 1)));
        ck_assert(holds("gt=9e18", lw_value_unsigned(1), lw_value_unsigned(UINT64_MAX)));
}
END_TEST

START_TEST(a_sample_knows_its_place)
{
        static const LwPath paths[] = { { { 3, 0, 9 }, 3 }, { { 3, 0, 7, 65534 }, 4 },
                { { 3, 0 }, 2 }, { { 65534, 65534, 65534, 65534 }, 4 } };
        LwEntry entry = { .path = paths[_i] };
        LwSample sample = lw_sample_of(&entry);
        LwPath path = lw_sample_path(&sample);

        ck_assert(lw_path_equal(&path, &paths[_i]));
        ck_assert_uint_eq(sizeof(sample), 16);
}
END_TEST

/* A sample gives back what it was made of; of texts and bytes it has a digest. */
static const struct {
        LwValue value;
        bool known;
} recalled[] = {
        { { .type = LW_TYPE_INTEGER, .integer = INT64_MIN }, true },
        { { .type = LW_TYPE_UNSIGNED, .unsigned_integer = UINT64_MAX }, true },
        { { .type = LW_TYPE_TIME, .integer = 1700000000 }, true },
        { { .type = LW_TYPE_FLOAT, .number = -0.1 }, true },
        { { .type = LW_TYPE_BOOLEAN, .boolean = true }, true },
        { { .type = LW_TYPE_OBJLNK, .link = { 3303, 65535 } }, true },
        { { .type = LW_TYPE_STRING, .data = (const uint8_t *) "abc", .length = 3 }, false },
        { { .type = LW_TYPE_OPAQUE, .data = (const uint8_t *) "abc", .length = 3 }, false },
};

START_TEST(a_sample_gives_its_value_back)
{
        LwEntry entry = { .path = LW_PATH_RESOURCE(3, 0, 9), .value = recalled[_i].value };
        LwSample sample = lw_sample_of(&entry), again;
        LwType type = (LwType) entry.value.type;
        LwValue value = {};

        ck_assert_int_eq(lw_sample_value(&sample, type, false, &value), recalled[_i].known);
        if (!recalled[_i].known) {
                /* Source: the test vectors of FNV-1a, 64 bits, for "abc" */
                ck_assert_uint_eq(sample.bits, UINT64_C(0xe71fa2190541574b));
                return;
        }
        ck_assert_int_eq(value.type, type);
        entry.value = value;
        again = lw_sample_of(&entry);
        ck_assert_uint_eq(again.bits, sample.bits);
}
END_TEST

START_TEST(a_sample_may_be_an_array_without_elements)
{
        LwEntry entry = { .path = LW_PATH_RESOURCE(3, 0, 6), .value = lw_value_none() };
        LwSample sample = lw_sample_of(&entry);
        LwValue value = lw_value_integer(1);

        ck_assert(lw_sample_value(&sample, LW_TYPE_INTEGER, true, &value));
        ck_assert_int_eq(value.type, LW_TYPE_NONE);
}
END_TEST

/* Source: OMA LwM2M Core 1.1, 5.1.2; Server object, resources 2 and 3. Seconds; -1: none. */
static const struct {
        const char *attributes;
        int64_t default_pmin, default_pmax, pmin, pmax, epmin, epmax;
} paces[] = {
        { "", -1, -1, 0, -1, 0, -1 },
        { "", 5, 60, 5, 60, 0, -1 },
        { "pmin=1", 5, 60, 1, 60, 0, -1 },
        { "pmax=10", 5, 60, 5, 10, 0, -1 },
        { "pmax=0", 5, 60, 5, -1, 0, -1 },
        { "", 5, 0, 5, -1, 0, -1 },
        { "pmin=10&pmax=10", -1, -1, 10, 10, 0, -1 },
        { "pmin=11&pmax=10", -1, -1, 11, -1, 0, -1 },
        { "pmin=100", -1, 60, 100, -1, 0, -1 },
        { "pmin=0", 5, -1, 0, -1, 0, -1 },
        { "epmin=2&epmax=20", -1, -1, 0, -1, 2, 20 },
        { "pmin=4294967295&pmax=4294967295", -1, -1, 4294967295, 4294967295, 0, -1 },
};

static LwUsec seconds(int64_t count)
{
        return count < 0 ? NEVER : (LwUsec) count * SECOND;
}

START_TEST(periods_come_from_attributes_and_defaults)
{
        LwAttributes attributes = of(paces[_i].attributes);
        LwPace pace = lw_pace_of(&attributes, (uint32_t) paces[_i].default_pmin,
                        (uint32_t) paces[_i].default_pmax);

        ck_assert_uint_eq(pace.pmin, seconds(paces[_i].pmin));
        ck_assert_uint_eq(pace.pmax, seconds(paces[_i].pmax));
        ck_assert_uint_eq(pace.epmin, seconds(paces[_i].epmin));
        ck_assert_uint_eq(pace.epmax, seconds(paces[_i].epmax));
}
END_TEST

/* When to look. Seconds; -1: never. */
static const struct {
        LwPace pace;
        int64_t sent, evaluated, ripe;
        bool changed;
        int64_t due;
} turns[] = {
        { { 0, NEVER, 0, NEVER }, 100, 100, -1, false, -1 },
        { { 0, NEVER, 0, NEVER }, 100, 100, -1, true, 100 },
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, 100, -1, true, 100 }, /* pmin is judged later */
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, 104, 110, false, 110 },
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, 104, 110, true, 110 },
        { { 0, 60 * SECOND, 0, NEVER }, 100, 150, -1, false, 160 },
        { { 0, 60 * SECOND, 0, NEVER }, 100, 150, -1, true, 150 },
        { { 0, NEVER, 5 * SECOND, NEVER }, 100, 103, -1, true, 108 },
        { { 0, NEVER, 5 * SECOND, NEVER }, 100, 103, -1, false, -1 },
        { { 0, NEVER, 5 * SECOND, 30 * SECOND }, 100, 103, -1, false, 133 },
        { { 0, 20 * SECOND, 5 * SECOND, 30 * SECOND }, 100, 103, -1, false, 120 },
        { { 10 * SECOND, 10 * SECOND, 0, NEVER }, 100, 103, 110, false, 110 },
        { { 0, NEVER - 1, 0, NEVER - 1 }, 100, 103, -1, false, -1 },
};

START_TEST(looks_when_something_can_come_of_it)
{
        LwProgress progress = {
                .sent = seconds(turns[_i].sent),
                .evaluated = seconds(turns[_i].evaluated),
                .ripe = seconds(turns[_i].ripe),
                .changed = turns[_i].changed,
        };

        ck_assert_uint_eq(lw_condition_due(&turns[_i].pace, &progress), seconds(turns[_i].due));
}
END_TEST

static const struct {
        LwPace pace;
        int64_t sent, ripe;
        bool met;
        int64_t now;
        LwDecision decision;
} judgements[] = {
        { { 0, NEVER, 0, NEVER }, 100, -1, false, 105, LW_DECISION_NOTHING },
        { { 0, NEVER, 0, NEVER }, 100, -1, true, 100, LW_DECISION_SEND },
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, -1, true, 109, LW_DECISION_WAIT },
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, -1, true, 110, LW_DECISION_SEND },
        /* once it waits it is sent, whatever has become of it */
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, 110, false, 109, LW_DECISION_WAIT },
        { { 10 * SECOND, NEVER, 0, NEVER }, 100, 110, false, 110, LW_DECISION_SEND },
        { { 0, 60 * SECOND, 0, NEVER }, 100, -1, false, 159, LW_DECISION_NOTHING },
        { { 0, 60 * SECOND, 0, NEVER }, 100, -1, false, 160, LW_DECISION_SEND },
        { { 60 * SECOND, 60 * SECOND, 0, NEVER }, 100, -1, true, 159, LW_DECISION_WAIT },
        { { 60 * SECOND, 60 * SECOND, 0, NEVER }, 100, 160, true, 160, LW_DECISION_SEND },
};

START_TEST(sends_waits_or_does_nothing)
{
        LwProgress progress = {
                .sent = seconds(judgements[_i].sent),
                .ripe = seconds(judgements[_i].ripe),
        };

        ck_assert_int_eq(lw_condition_judge(&judgements[_i].pace, &progress, judgements[_i].met,
                                         seconds(judgements[_i].now)),
                        judgements[_i].decision);
}
END_TEST

TCase *test_condition(void)
{
        TCase *tcase = tcase_create("condition");

        tcase_add_loop_test(tcase, a_number_by_its_limits, 0, G_N_ELEMENTS(numbers));
        tcase_add_loop_test(tcase, a_boolean_by_its_edge, 0, G_N_ELEMENTS(booleans));
        tcase_add_test(tcase, anything_else_by_its_change);
        tcase_add_loop_test(tcase, a_sample_gives_its_value_back, 0, G_N_ELEMENTS(recalled));
        tcase_add_test(tcase, a_sample_may_be_an_array_without_elements);
        tcase_add_loop_test(tcase, a_sample_knows_its_place, 0, 4);
        tcase_add_loop_test(
                        tcase, periods_come_from_attributes_and_defaults, 0, G_N_ELEMENTS(paces));
        tcase_add_loop_test(tcase, looks_when_something_can_come_of_it, 0, G_N_ELEMENTS(turns));
        tcase_add_loop_test(tcase, sends_waits_or_does_nothing, 0, G_N_ELEMENTS(judgements));
        return tcase;
}
