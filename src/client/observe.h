/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Observe and Cancel, single and composite: what a server asks of its observer. */
#pragma once

#include "client/observer.h"
#include "exchange/exchange.h"
#include "exchange/message.h"
#include "model/request.h"

/**
 * An Observe or Cancel, of one path or of several, that came as `message` over the observer's
 * connection; answers `ticket`, perhaps later.
 *
 * Answers: as the Read of the same path; also 4.00 for an Observe without token or with attributes
 * that cannot stand there, which belong to this observation alone (1.2); 4.13 and 5.03 for limits.
 * Source: OMA LwM2M Core 1.2, Information Reporting; RFC 7641.
 */
void lw_observe_request(LwObserver *observer, const LwMessage *message, const LwRequest *request,
                LwTicket ticket);
