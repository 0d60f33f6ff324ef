/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to operations and back: one table each way. */
#include "exchange/operation.h"

#include <string.h>

#include <glib.h>

#include "model/limits.h"
#include "model/path.h"
#include "model/status.h"

/* Options with no meaning in LwM2M that are answered by name. Source: RFC 7252, 5.10. */
#define OPTION_PROXY_URI 35
#define OPTION_PROXY_SCHEME 39

/* A query of Discover. Source: OMA LwM2M Core 1.2, 6.4.2 */
#define DEPTH_QUERY "depth="

/* What else than method and depth of the path decides. */
typedef enum Sign {
        PLAIN,     /* nothing */
        LINKS,     /* GET with Accept 40 */
        BEGIN,     /* Observe 0 */
        END,       /* Observe 1 */
        CONTENT,   /* PUT with Content-Format */
        ARGUMENTS, /* POST without Content-Format, or text */
        RECORDS,   /* POST with a format of several values */
} Sign;

#define DEPTH(n) (1u << (n))

/* Source: OMA LwM2M, "Transport bindings", mapping of operations to CoAP methods. */
static const struct Row {
        uint8_t method;
        uint8_t depths;
        Sign sign;
        LwOperation operation;
} rows[] = {
        /* clang-format off */
        { LW_METHOD_GET,    DEPTH(1) | DEPTH(2) | DEPTH(3) | DEPTH(4), PLAIN,   LW_OPERATION_READ              },
        { LW_METHOD_GET,    DEPTH(1) | DEPTH(2) | DEPTH(3),            LINKS,   LW_OPERATION_DISCOVER          },
        { LW_METHOD_GET,    DEPTH(1) | DEPTH(2) | DEPTH(3) | DEPTH(4), BEGIN,   LW_OPERATION_OBSERVE           },
        { LW_METHOD_GET,    DEPTH(1) | DEPTH(2) | DEPTH(3) | DEPTH(4), END,     LW_OPERATION_CANCEL            },
        { LW_METHOD_PUT,    DEPTH(2) | DEPTH(3) | DEPTH(4),            CONTENT, LW_OPERATION_WRITE             },
        { LW_METHOD_PUT,    DEPTH(1) | DEPTH(2) | DEPTH(3) | DEPTH(4), PLAIN,   LW_OPERATION_WRITE_ATTRIBUTES  },
        { LW_METHOD_POST,   DEPTH(1),                                  PLAIN,   LW_OPERATION_CREATE            },
        { LW_METHOD_POST,   DEPTH(2),                                  PLAIN,   LW_OPERATION_WRITE_UPDATE      },
        { LW_METHOD_POST,   DEPTH(3),                                  RECORDS, LW_OPERATION_WRITE_UPDATE      },
        { LW_METHOD_POST,   DEPTH(3),                                  ARGUMENTS, LW_OPERATION_EXECUTE         },
        { LW_METHOD_DELETE, DEPTH(2) | DEPTH(4),                       PLAIN,   LW_OPERATION_DELETE            },
        { LW_METHOD_FETCH,  DEPTH(0),                                  PLAIN,   LW_OPERATION_READ_COMPOSITE    },
        { LW_METHOD_FETCH,  DEPTH(0),                                  BEGIN,   LW_OPERATION_OBSERVE_COMPOSITE },
        { LW_METHOD_FETCH,  DEPTH(0),                                  END,     LW_OPERATION_CANCEL_COMPOSITE  },
        { LW_METHOD_IPATCH, DEPTH(0),                                  PLAIN,   LW_OPERATION_WRITE_COMPOSITE   },
}; /* clang-format on */

static bool is_records_format(int32_t format)
{
        return format == LW_FORMAT_TLV || format == LW_FORMAT_JSON ||
               format == LW_FORMAT_SENML_JSON || format == LW_FORMAT_SENML_CBOR ||
               format == LW_FORMAT_LWM2M_CBOR;
}

static bool allows_query(LwOperation operation)
{
        switch (operation) {
        case LW_OPERATION_DISCOVER:
        case LW_OPERATION_WRITE_ATTRIBUTES:
        case LW_OPERATION_OBSERVE:
        case LW_OPERATION_CANCEL:
        case LW_OPERATION_OBSERVE_COMPOSITE:
        case LW_OPERATION_CANCEL_COMPOSITE:
                return true;
        case LW_OPERATION_READ:
        case LW_OPERATION_WRITE:
        case LW_OPERATION_WRITE_UPDATE:
        case LW_OPERATION_EXECUTE:
        case LW_OPERATION_CREATE:
        case LW_OPERATION_DELETE:
        case LW_OPERATION_READ_COMPOSITE:
        case LW_OPERATION_WRITE_COMPOSITE:
                return false;
        }
        return false;
}

/* Messages to operations. */

/** Errors: 4.02 a critical option that is unknown, twice, or of a wrong length; 5.05 for a proxy's.
 */
static bool check_option(const LwOption *option, const LwOption *before, GError **error)
{
        bool twice = before && before->number == option->number;
        unsigned longest = 0;

        switch (option->number) {
        case LW_OPTION_URI_PATH:
        case LW_OPTION_URI_QUERY:
                twice = false;
                longest = 255;
                break;
        case LW_OPTION_URI_HOST:
                longest = 255;
                break;
        case LW_OPTION_URI_PORT:
        case LW_OPTION_ACCEPT:
                longest = 2;
                break;
        case LW_OPTION_BLOCK1:
        case LW_OPTION_BLOCK2:
                longest = 3;
                break;
        case OPTION_PROXY_URI:
        case OPTION_PROXY_SCHEME:
                g_set_error_literal(error, LW_ERROR, LW_STATUS_PROXYING, "this is not a proxy");
                return false;
        default:
                if ((option->number & 1) == 0)
                        return true;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "critical option %u is not understood here", option->number);
                return false;
        }
        if (twice || option->length > longest) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION, "option %u %s", option->number,
                                twice ? "is there twice" : "is too long");
                return false;
        }
        return true;
}

static bool check_options(const LwMessage *message, GError **error)
{
        const LwOption *before = NULL;

        for (unsigned i = 0; i < message->option_count; i++) {
                if (!check_option(&message->options[i], before, error))
                        return false;
                before = &message->options[i];
        }
        return true;
}

/** Errors: 4.04, as a path that cannot exist here. */
static bool parse_path(const LwMessage *message, LwPath *ret_path, GError **error)
{
        LwPath path = LW_PATH_ROOT;
        bool is_slash = false;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                uint16_t id;

                if (option->number != LW_OPTION_URI_PATH)
                        continue;
                if (is_slash || path.length == 4) {
                        g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                        is_slash ? "an empty path segment"
                                                 : "a path has at most four ids");
                        return false;
                }
                if (option->length == 0 && path.length == 0) {
                        is_slash = true; /* "/", if nothing follows */
                        continue;
                }
                if (!lw_id_parse((const char *) option->value, option->length, &id)) {
                        g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                        "a path segment is not an id, 0 to 65534");
                        return false;
                }
                path.ids[path.length++] = id;
        }
        *ret_path = path;
        return true;
}

/** An elective option of at most two bytes; one that is longer counts as absent. */
static int32_t find_format(const LwMessage *message, uint16_t number)
{
        uint32_t value;

        if (!lw_message_find_uint(message, number, &value) || value > UINT16_MAX)
                return LW_FORMAT_NONE;
        return (int32_t) value;
}

/** PLAIN, BEGIN or END. Source: RFC 7641, 2: other values count as absent. */
static Sign observe_sign(const LwMessage *message)
{
        uint32_t value;

        if (!lw_message_find_uint(message, LW_OPTION_OBSERVE, &value))
                return PLAIN;
        return value == 0 ? BEGIN : value == 1 ? END : PLAIN;
}

static Sign message_sign(const LwMessage *message, const LwRequest *request)
{
        switch (message->code) {
        case LW_METHOD_GET:
                return request->accept == LW_FORMAT_LINK ? LINKS : observe_sign(message);
        case LW_METHOD_FETCH:
                return observe_sign(message);
        case LW_METHOD_PUT:
                return request->format == LW_FORMAT_NONE ? PLAIN : CONTENT;
        case LW_METHOD_POST:
                if (request->path.length != LW_LEVEL_RESOURCE)
                        return PLAIN;
                if (request->format == LW_FORMAT_NONE || request->format == LW_FORMAT_TEXT)
                        return ARGUMENTS;
                return is_records_format(request->format) ? RECORDS : CONTENT;
        default:
                return PLAIN;
        }
}

/** Errors: 4.05; 4.15 for a POST to a resource in a format that neither Execute nor Write has. */
static bool find_operation(const LwMessage *message, const LwRequest *request,
                LwOperation *ret_operation, GError **error)
{
        Sign sign = message_sign(message, request);

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                const struct Row *row = &rows[i];

                if (row->method == message->code && row->sign == sign &&
                                (row->depths & DEPTH(request->path.length)) != 0) {
                        *ret_operation = row->operation;
                        return true;
                }
        }
        if (message->code == LW_METHOD_POST && sign == CONTENT)
                g_set_error(error, LW_ERROR, LW_STATUS_UNSUPPORTED_FORMAT,
                                "a POST to a resource is text/plain (Execute) or a format of "
                                "several values (Write), not %d",
                                request->format);
        else
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                "this method has no meaning for a path of %u ids",
                                request->path.length);
        return false;
}

static bool add_query(const LwOption *option, LwOperationScratch *scratch, size_t *used,
                LwRequest *request, GError **error)
{
        char *text = scratch->text + *used;

        if (option->length >= sizeof(scratch->text) - *used) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the queries are longer than %zu bytes in all",
                                sizeof(scratch->text) - 1);
                return false;
        }
        if (option->length > 0 && memchr(option->value, '\0', option->length)) {
                g_set_error_literal(
                                error, LW_ERROR, LW_STATUS_BAD_REQUEST, "a query has a zero byte");
                return false;
        }
        if (option->length > 0)
                memcpy(text, option->value, option->length);
        text[option->length] = '\0';
        *used += option->length + 1u;
        scratch->query[request->query_count++] = text;
        return true;
}

static bool parse_queries(const LwMessage *message, LwOperationScratch *scratch, LwRequest *request,
                GError **error)
{
        size_t used = 0;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];

                if (option->number != LW_OPTION_URI_QUERY)
                        continue;
                if (!allows_query(request->operation)) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s takes no query",
                                        lw_operation_name(request->operation));
                        return false;
                }
                if (!add_query(option, scratch, &used, request, error))
                        return false;
        }
        request->query = scratch->query;
        return true;
}

/** What is known of a request only when its operation is. Errors: 4.00. */
static bool check_request(const LwRequest *request, GError **error)
{
        if (request->operation == LW_OPERATION_DISCOVER && request->query_count > 0 &&
                        (request->query_count > 1 ||
                                        !g_str_has_prefix(request->query[0], DEPTH_QUERY))) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the only query of Discover is depth=0 to depth=3, once");
                return false;
        }
        if (request->operation == LW_OPERATION_WRITE_ATTRIBUTES && request->payload_length > 0) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a Write needs a Content-Format, Write-Attributes has no payload");
                return false;
        }
        return true;
}

bool lw_operation_parse(const LwMessage *message, LwOperationScratch *scratch,
                LwRequest *ret_request, GError **error)
{
        LwRequest request = {
                .format = find_format(message, LW_OPTION_CONTENT_FORMAT),
                .accept = find_format(message, LW_OPTION_ACCEPT),
                .payload = message->payload,
                .payload_length = message->payload_length,
        };

        if (!check_options(message, error) || !parse_path(message, &request.path, error) ||
                        !find_operation(message, &request, &request.operation, error) ||
                        !parse_queries(message, scratch, &request, error) ||
                        !check_request(&request, error))
                return false;
        ret_request->operation = request.operation;
        ret_request->path = request.path;
        ret_request->format = request.format;
        ret_request->accept = request.accept;
        ret_request->payload = request.payload;
        ret_request->payload_length = request.payload_length;
        ret_request->values = NULL;
        ret_request->paths = NULL;
        ret_request->path_count = 0;
        ret_request->query = request.query;
        ret_request->query_count = request.query_count;
        ret_request->unencoded = false;
        return true;
}

/* Operations to messages. */

/** The row that stands for an operation on this path in this format, or NULL. */
static const struct Row *row_of(const LwRequest *request)
{
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                const struct Row *row = &rows[i];
                bool arguments = request->format == LW_FORMAT_NONE ||
                                 request->format == LW_FORMAT_TEXT;

                if (row->operation != request->operation ||
                                (row->depths & DEPTH(request->path.length)) == 0)
                        continue;
                if ((row->sign == CONTENT && request->format == LW_FORMAT_NONE) ||
                                (row->sign == RECORDS && !is_records_format(request->format)) ||
                                (row->sign == ARGUMENTS && !arguments))
                        continue;
                return row;
        }
        return NULL;
}

/** Whether the message would be read as the same operation. */
static bool fits(const LwRequest *request, const struct Row *row)
{
        if (request->query_count > 0 && !allows_query(request->operation))
                return false;
        if (row->method == LW_METHOD_GET && row->sign != LINKS && request->accept == LW_FORMAT_LINK)
                return false;
        return request->operation != LW_OPERATION_WRITE_ATTRIBUTES ||
               request->format == LW_FORMAT_NONE;
}

static bool add_format(LwMessage *message, uint16_t number, int32_t format)
{
        return format == LW_FORMAT_NONE || lw_message_add_uint(message, number, (uint32_t) format);
}

bool lw_operation_compose(const LwRequest *request, LwMessage *ret_message, GError **error)
{
        const struct Row *row = row_of(request);
        bool added = true;

        if (!row || !fits(request, row)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s does not go with a path of %u ids in this format",
                                lw_operation_name(request->operation), request->path.length);
                return false;
        }
        lw_message_init(ret_message, LW_MESSAGE_CON, row->method);
        if (row->sign == BEGIN || row->sign == END)
                added = lw_message_add_uint(ret_message, LW_OPTION_OBSERVE, row->sign == END);
        added = added && lw_message_add_path(ret_message, LW_OPTION_URI_PATH, &request->path) &&
                add_format(ret_message, LW_OPTION_CONTENT_FORMAT, request->format) &&
                add_format(ret_message, LW_OPTION_ACCEPT,
                                row->sign == LINKS ? LW_FORMAT_LINK : request->accept);
        for (size_t i = 0; added && i < request->query_count; i++)
                added = lw_message_add_text(ret_message, LW_OPTION_URI_QUERY, request->query[i]);
        if (!added)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a message has at most %d options", LW_OPTIONS_MAX);
        return added;
}

void lw_operation_answer(const LwResponse *response, LwMessage *ret_message)
{
        lw_message_init(ret_message, LW_MESSAGE_ACK, lw_status_to_code(response->status));
        if (!lw_status_is_success(response->status))
                return;
        lw_message_add_path(ret_message, LW_OPTION_LOCATION_PATH, &response->location);
        if (response->format != LW_FORMAT_NONE && response->payload)
                lw_message_add_uint(
                                ret_message, LW_OPTION_CONTENT_FORMAT, (uint32_t) response->format);
}
