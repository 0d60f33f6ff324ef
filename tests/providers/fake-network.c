/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surveys and modems as a test plays them: linked instead of host/survey and bus/modemmanager1. */
#include "providers/fake-network.h"

#include <check.h>

#define WAITERS_MAX 32

struct LwSurveyor {
        const LwSurvey *survey;
        struct {
                LwSurveyDone done;
                void *user;
        } waiters[WAITERS_MAX];
        unsigned count;
};

struct LwModemManager {
        GPtrArray *modems;
        unsigned located;
};

LwSurveyor *lw_fake_surveyor_new(void)
{
        return g_new0(LwSurveyor, 1);
}

void lw_surveyor_free(LwSurveyor *self)
{
        g_free(self);
}

void lw_fake_survey_set(LwSurveyor *self, const LwSurvey *survey)
{
        self->survey = survey;
}

unsigned lw_fake_survey_waiting(const LwSurveyor *self)
{
        return self->count;
}

void lw_surveyor_ask(LwSurveyor *self, LwUsec age_usec, LwSurveyDone done, void *user)
{
        (void) age_usec;
        ck_assert_uint_lt(self->count, WAITERS_MAX);
        self->waiters[self->count].done = done;
        self->waiters[self->count++].user = user;
}

void lw_surveyor_forget(LwSurveyor *self, void *user)
{
        unsigned kept = 0;

        for (unsigned i = 0; i < self->count; i++)
                if (self->waiters[i].user != user)
                        self->waiters[kept++] = self->waiters[i];
        self->count = kept;
}

void lw_fake_survey_answer(LwSurveyor *self)
{
        unsigned count = self->count;

        self->count = 0;
        for (unsigned i = 0; i < count; i++)
                self->waiters[i].done(self->waiters[i].user, self->survey);
}

const LwWlan *lw_survey_wlan(const LwSurvey *self, uint32_t link)
{
        for (guint i = 0; self->wlans != NULL && i < self->wlans->len; i++)
                if (g_array_index(self->wlans, LwWlan, i).link == link)
                        return &g_array_index(self->wlans, LwWlan, i);
        return NULL;
}

/* The first of the speeds is everybody's. */
uint64_t lw_survey_speed_kbit(const LwSurvey *self, uint32_t link)
{
        (void) link;
        return self->speeds == NULL ? 0
                                    : (uint64_t) g_array_index(self->speeds, uint32_t, 0) * 1000;
}

LwModemManager *lw_fake_modem_manager_new(GPtrArray *modems)
{
        LwModemManager *self = g_new0(LwModemManager, 1);

        self->modems = modems;
        return self;
}

void lw_modem_manager_free(LwModemManager *self)
{
        g_free(self);
}

const GPtrArray *lw_modem_manager_modems(const LwModemManager *self)
{
        return self->modems;
}

void lw_modem_manager_locate(
                LwModemManager *self, const LwModem *modem, LwModemLocated done, void *user)
{
        (void) modem;
        self->located++;
        done(user);
}

unsigned lw_fake_modem_manager_located(const LwModemManager *self)
{
        return self->located;
}
