/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Observations against a model of the rules: random attributes and values, step by step. */
#include <math.h>
#include <string.h>

#include "client/scene.h"
#include "client/suite.h"

/* A step is a quarter of a second: periods are whole seconds, so that all falls on steps. */
#define STEPS 100000
#define STEP_USEC (SECOND / 4)
#define SENSORS 8

/* One observation as the rules have it, in steps. Every step looks at all of it. */
typedef struct Model {
        double value, told;
        long pmin, pmax, epmin, epmax; /* 0: none */
        bool has_gt, has_lt, has_st;
        double gt, lt, st;
        long told_at, looked_at, changed, waits_until; /* -1: does not wait */
        char expected[64];
} Model;

static Scene scene;
static Model models[SENSORS];
static GRand *dice;

static long roll(long from, long to)
{
        return g_rand_int_range(dice, (gint32) from, (gint32) to);
}

static bool crosses(double a, double b, double limit)
{
        return a <= limit ? b > limit || (a == limit && b < limit) : b < limit;
}

static bool is_met(const Model *self)
{
        double moved = self->value > self->told ? self->value - self->told
                                                : self->told - self->value;

        if (self->value == self->told)
                return false;
        if (!self->has_gt && !self->has_lt && !self->has_st)
                return true;
        return (self->has_gt && crosses(self->told, self->value, self->gt)) ||
               (self->has_lt && crosses(self->told, self->value, self->lt)) ||
               (self->has_st && moved >= self->st);
}

static void model_tell(Model *self, long now)
{
        self->told = self->value;
        self->told_at = now;
        self->waits_until = -1;
        g_snprintf(self->expected, sizeof(self->expected), "%g", self->value);
}

/* What the rules want in this step. */
static void model_step(Model *self, long now)
{
        bool full = self->pmax > 0 && self->pmax >= self->pmin && now - self->told_at >= self->pmax;
        bool ripe = self->waits_until >= 0 && now >= self->waits_until;
        bool look = full || ripe || (self->epmax > 0 && now - self->looked_at >= self->epmax);

        self->expected[0] = '\0';
        if (self->changed && self->waits_until < 0 && now - self->looked_at >= self->epmin)
                look = true;
        if (!look)
                return;
        self->looked_at = now;
        self->changed = false;
        if (full || ripe)
                model_tell(self, now);
        else if (self->waits_until < 0 && is_met(self) && now - self->told_at >= self->pmin)
                model_tell(self, now);
        else if (self->waits_until < 0 && is_met(self))
                self->waits_until = self->told_at + self->pmin;
}

/* New attributes, at the resource, the instance or the object: for a sensor of its own they are the
 * same. */
static void set_attributes(unsigned index)
{
        Model *self = &models[index];
        g_autoptr(GString) query = g_string_new("con=0");
        g_autofree char *path = g_strdup_printf("/5000/%u/0", index);

        self->pmin = 4 * roll(0, 12);
        self->pmax = 4 * roll(0, 30);
        self->epmin = roll(0, 3) == 0 ? 4 * roll(1, 5) : 0;
        self->epmax = roll(0, 3) == 0 ? 4 * roll(6, 20) : 0;
        self->has_gt = roll(0, 3) == 0;
        self->has_lt = roll(0, 3) == 0;
        self->has_st = roll(0, 3) == 0;
        self->gt = (double) roll(50, 80);
        self->lt = (double) roll(10, 40);
        self->st = (double) roll(1, 30);
        g_string_append_printf(query, "&pmin=%ld&pmax=%ld", self->pmin / 4, self->pmax / 4);
        if (self->epmin > 0)
                g_string_append_printf(query, "&epmin=%ld", self->epmin / 4);
        if (self->epmax > 0)
                g_string_append_printf(query, "&epmax=%ld", self->epmax / 4);
        if (self->has_gt)
                g_string_append_printf(query, "&gt=%g", self->gt);
        if (self->has_lt)
                g_string_append_printf(query, "&lt=%g", self->lt);
        if (self->has_st)
                g_string_append_printf(query, "&st=%g", self->st);
        scene_attributes(&scene, path, query->str);
}

static void observe(unsigned index, long now)
{
        g_autofree char *path = g_strdup_printf("/5000/%u/0", index);
        char token[2] = { (char) ('a' + index), '\0' };
        Model *self = &models[index];

        set_attributes(index);
        scene_observe(&scene, token, path, NULL, -1);
        scene_run(&scene);
        lw_fake_forget(scene_fake(&scene));
        self->told = self->value;
        self->told_at = self->looked_at = now;
        self->waits_until = -1;
        self->changed = false;
}

static void change(unsigned index)
{
        g_autofree char *path = g_strdup_printf("/5000/%u/0", index);
        LwPath changed = LW_PATH_RESOURCE(5000, index, 0);

        models[index].value = (double) roll(0, 100);
        models[index].changed = true;
        scene_put(&scene, path, lw_value_float(models[index].value));
        lw_tree_changed(scene.tree, &changed);
}

/* Exactly what the models expect, in whatever order. */
static void check(long step)
{
        size_t expected = 0;

        for (unsigned i = 0; i < SENSORS; i++)
                expected += models[i].expected[0] != '\0';
        for (size_t i = 0; i < lw_fake_count(scene_fake(&scene)); i++) {
                const LwMessage *message = lw_fake_sent(scene_fake(&scene), i);
                Model *model = &models[message->token[0] - 'a'];

                ck_assert_msg(strlen(model->expected) == message->payload_length &&
                                                memcmp(model->expected, message->payload,
                                                                message->payload_length) == 0,
                                "step %ld, sensor %u: '%.*s' in place of '%s'", step,
                                (unsigned) (model - models), (int) message->payload_length,
                                (const char *) message->payload, model->expected);
        }
        ck_assert_msg(lw_fake_count(scene_fake(&scene)) == expected,
                        "step %ld: %zu notifications in place of %zu", step,
                        lw_fake_count(scene_fake(&scene)), expected);
        lw_fake_forget(scene_fake(&scene));
}

START_TEST(tells_what_the_rules_want_none_early_none_missing)
{
        unsigned told = 0;

        scene_setup(&scene, SENSORS);
        dice = g_rand_new_with_seed(20260101);
        for (unsigned i = 0; i < SENSORS; i++) {
                change(i);
                observe(i, 0);
        }
        for (long step = 1; step <= STEPS; step++) {
                scene.now.boot += STEP_USEC;
                scene.now.real_usec += (int64_t) STEP_USEC;
                if (roll(0, 3) == 0)
                        change((unsigned) roll(0, SENSORS));
                for (unsigned i = 0; i < SENSORS; i++) {
                        model_step(&models[i], step);
                        told += models[i].expected[0] != '\0';
                }
                scene_run(&scene);
                check(step);
                if (roll(0, 200) == 0)
                        observe((unsigned) roll(0, SENSORS), step);
        }
        ck_assert_uint_gt(told, STEPS / 20);
        g_rand_free(dice);
        scene_teardown(&scene);
}
END_TEST

TCase *test_observer_rules(void)
{
        TCase *tcase = tcase_create("observer-rules");

        tcase_set_timeout(tcase, 300); /* with sanitizers, on a machine that is busy */
        tcase_add_test(tcase, tells_what_the_rules_want_none_early_none_missing);
        return tcase;
}
