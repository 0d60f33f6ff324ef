/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Observe and Cancel, single and composite. */
#include "client/observe.h"

#include "client/connection.h"
#include "client/payload.h"
#include "codec/format.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/dispatch.h"

/* What an Observe-Composite may be sent with. Source: OMA LwM2M Core 1.2, Observe-Composite. */
#define COMPOSITE_ATTRIBUTES                                                                       \
        (LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMIN) | LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMAX) |               \
                        LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_EPMIN) |                                     \
                        LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_EPMAX) | LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_CON))

/* An Observe or Cancel whose providers are being asked. */
typedef struct Asking {
        LwObserver *observer; /* valid while the connection is open */
        LwConnection *connection;
        LwTicket ticket;
        LwObservation *observation; /* NULL: a Cancel */
        LwNow now;                  /* when it came */
} Asking;

/* The one that is being asked just now: its answer is not late. */
static const Asking *current;

static bool is_observe(LwOperation operation)
{
        return operation == LW_OPERATION_OBSERVE || operation == LW_OPERATION_OBSERVE_COMPOSITE;
}

static bool is_composite(LwOperation operation)
{
        return operation == LW_OPERATION_OBSERVE_COMPOSITE ||
               operation == LW_OPERATION_CANCEL_COMPOSITE;
}

static bool refuse(GError **error, LwStatus status, const char *what)
{
        g_set_error_literal(error, LW_ERROR, (int) status, what);
        return false;
}

/* Puts the values into the answer in the format that was chosen, and begins the observation. */
static bool begin(Asking *asking, LwResponse *response, uint32_t *ret_sequence, GError **error)
{
        LwObservation *observation = asking->observation;
        LwRegistry *registry = lw_tree_registry(lw_observer_tree(asking->observer));
        LwObservation *same = lw_observer_find(
                        asking->observer, observation->token, observation->token_length);

        lw_values_forget_times(response->values); /* the first answer is about now */
        response->payload = lw_payload_encode(response->format, response->values,
                        lw_observation_path(observation), registry, error);
        if (!response->payload)
                return false;
        observation->format = response->format;
        if (same)
                observation->sequence = same->sequence; /* the numbers of a token only grow */
        lw_observation_tell(observation, response->values, response->payload, asking->now);
        *ret_sequence = lw_observation_next(observation);
        return true;
}

static void on_asked(void *user, LwResponse *response)
{
        g_autofree Asking *asking = user;
        bool late = asking != current;
        g_autoptr(LwConnection) connection = asking->connection;
        g_autoptr(LwObservation) observation = asking->observation;
        uint32_t sequence = LW_NO_SEQUENCE;
        g_autoptr(GError) error = NULL;

        if (!lw_connection_exchange(connection))
                return;
        if (observation && response->values && !begin(asking, response, &sequence, &error)) {
                g_auto(LwResponse) failure = lw_response_error(error);

                lw_connection_answer(connection, asking->ticket, &failure, LW_NO_SEQUENCE);
                return;
        }
        lw_connection_answer(connection, asking->ticket, response, sequence);
        if (sequence != LW_NO_SEQUENCE)
                lw_observer_add(asking->observer, g_steal_pointer(&observation), late);
}

static bool may_observe(const LwObserver *observer, const LwMessage *message, GError **error)
{
        if (message->token_length == 0)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "Observe needs a token of at least one byte");
        if (lw_observer_count(observer) < LW_OBSERVATIONS_MAX)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "%u observations are held already; cancel some", LW_OBSERVATIONS_MAX);
        return false;
}

/* Attributes of this observation alone. Errors: 4.00, 4.05. */
static bool read_query(const LwObserver *observer, const LwRequest *request,
                LwAttributes *ret_attributes, GError **error)
{
        const LwPath *path = &request->path;
        LwRegistry *registry = lw_tree_registry(lw_observer_tree(observer));
        const LwResourceDef *resource = NULL;

        if (request->version < LW_VERSION_1_2)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "an Observe takes attributes since LwM2M 1.2 only; use "
                                "Write-Attributes");
        if (!lw_attributes_parse(request->query, request->query_count, ret_attributes, error))
                return false;
        if (ret_attributes->unset)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "an attribute of an Observe must have a value");
        if (is_composite(request->operation))
                return !(ret_attributes->set & ~COMPOSITE_ATTRIBUTES) ||
                       refuse(error, LW_STATUS_BAD_REQUEST,
                                       "the attributes of an Observe-Composite are pmin, pmax, "
                                       "epmin, epmax and con");
        if (path->length >= LW_LEVEL_RESOURCE)
                resource = lw_registry_resource(registry, path->ids[0], path->ids[2]);
        return lw_attributes_check(ret_attributes, (LwLevel) path->length, resource, error);
}

/* The paths of a composite request, in order. Errors: 4.00, 4.05, 4.13, 4.15. */
static bool read_paths(const LwObserver *observer, const LwRequest *request, LwValues *ret_paths,
                GError **error)
{
        LwDecode how = {
                .registry = lw_tree_registry(lw_observer_tree(observer)),
                .paths_only = true,
        };

        if (request->version < LW_VERSION_1_1)
                return refuse(error, LW_STATUS_NOT_PERMITTED,
                                "composite operations exist since LwM2M 1.1");
        if (request->format == LW_FORMAT_NONE)
                return refuse(error, LW_STATUS_BAD_REQUEST, "the Content-Format is missing");
        if (!lw_format_decode(request->format, request->payload, request->payload_length, &how,
                            ret_paths, error))
                return false;
        if (lw_values_count(ret_paths) == 0)
                return refuse(error, LW_STATUS_BAD_REQUEST, "the list of paths is empty");
        if (lw_values_count(ret_paths) > LW_OBSERVED_PATHS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "one Observe-Composite names at most %d paths",
                                LW_OBSERVED_PATHS_MAX);
                return false;
        }
        lw_values_sort(ret_paths);
        return true;
}

static LwObservation *make(const LwObserver *observer, const LwMessage *message,
                const LwRequest *request, const LwValues *paths, GError **error)
{
        g_autoptr(LwObservation) observation = NULL;
        LwAttributes query = {};

        if (!may_observe(observer, message, error) ||
                        (request->query_count > 0 && !read_query(observer, request, &query, error)))
                return NULL;
        observation = lw_observation_new(message, request, paths);
        if (query.set)
                observation->query = g_memdup2(&query, sizeof(query));
        return g_steal_pointer(&observation);
}

static bool prepare(LwObserver *observer, const LwMessage *message, const LwRequest *request,
                LwObservation **ret_observation, GError **error)
{
        g_autoptr(LwValues) paths = NULL;

        if (is_composite(request->operation)) {
                paths = lw_values_new();
                if (!read_paths(observer, request, paths, error))
                        return false;
        }
        if (is_observe(request->operation)) {
                *ret_observation = make(observer, message, request, paths, error);
                return *ret_observation != NULL;
        }
        lw_observer_cancel(observer, message, paths);
        return true;
}

void lw_observe_request(LwObserver *observer, const LwMessage *message, const LwRequest *request,
                LwTicket ticket)
{
        LwConnection *connection = lw_observer_connection(observer);
        LwObservation *observation = NULL;
        g_autoptr(GError) error = NULL;
        LwRequest question = *request;
        Asking *asking;

        if (!connection)
                return;
        if (!prepare(observer, message, request, &observation, &error)) {
                g_auto(LwResponse) response = lw_response_error(error);

                lw_connection_answer(connection, ticket, &response, LW_NO_SEQUENCE);
                return;
        }
        asking = g_new(Asking, 1);
        *asking = (Asking){
                .observer = observer,
                .connection = lw_connection_ref(connection),
                .ticket = ticket,
                .observation = observation,
                .now = request->now,
        };
        question.query = NULL;
        question.query_count = 0;
        question.unencoded = observation != NULL;
        current = asking;
        lw_dispatch(lw_observer_tree(observer), &question, on_asked, asking);
        current = NULL;
}
