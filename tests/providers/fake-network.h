/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surveys and modems as a test plays them: linked instead of host/survey and bus/modemmanager1. */
#pragma once

#include <stdbool.h>

#include "bus/modemmanager1.h"
#include "host/survey.h"
#include "lib/netlink.h"

/** What a survey says; the test's own. */
void lw_fake_survey_set(LwSurveyor *self, const LwSurvey *survey);
LwSurveyor *lw_fake_surveyor_new(void);
/** How many wait; they are told with what was set. */
unsigned lw_fake_survey_waiting(const LwSurveyor *self);
void lw_fake_survey_answer(LwSurveyor *self);

/** A ModemManager with these modems, of LwModem, the test's own. */
LwModemManager *lw_fake_modem_manager_new(GPtrArray *modems);
/** How often it was asked for a cell. */
unsigned lw_fake_modem_manager_located(const LwModemManager *self);
