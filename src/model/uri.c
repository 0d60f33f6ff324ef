/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUri: the address of a server; the only place that takes one apart. */
#include "model/uri.h"

#include <string.h>

#include "base/quote.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/status.h"

/* Characters that stand for themselves beside letters and digits. Source: RFC
 * 3986, 2.2, 2.3, 3.3, 3.4 */
#define IN_SEGMENT "-._~!$&'()*+,;=:@"
#define IN_QUERY IN_SEGMENT "/?"

/* bytes: a host name. Source: RFC 1035, 2.3.4 */
#define HOST_MAX 253

static const struct {
        const char *name;
        uint16_t port;
        bool secure;
        bool stream;
} schemes[] = {
        [LW_SCHEME_COAP] = { "coap", 5683, false, false },
        [LW_SCHEME_COAPS] = { "coaps", 5684, true, false },
        [LW_SCHEME_COAP_TCP] = { "coap+tcp", 5683, false, true },
        [LW_SCHEME_COAPS_TCP] = { "coaps+tcp", 5684, true, true },
        [LW_SCHEME_HTTP] = { "http", 80, false, true },
        [LW_SCHEME_HTTPS] = { "https", 443, true, true },
};

const char *lw_scheme_name(LwScheme scheme)
{
        return schemes[scheme].name;
}

bool lw_scheme_is_secure(LwScheme scheme)
{
        return schemes[scheme].secure;
}

bool lw_scheme_is_stream(LwScheme scheme)
{
        return schemes[scheme].stream;
}

void lw_uri_clear(LwUri *self)
{
        g_free(self->host);
        g_strfreev(self->segments);
        g_strfreev(self->query);
        *self = (LwUri){};
}

/* Each step below returns NULL, or what is wrong and what would be right. */

static const char *take_scheme(const char **at, LwUri *uri)
{
        const char *end = strstr(*at, "://");

        for (size_t i = 0; end != NULL && i < G_N_ELEMENTS(schemes); i++) {
                size_t length = strlen(schemes[i].name);

                if (length != (size_t) (end - *at) ||
                                g_ascii_strncasecmp(*at, schemes[i].name, length) != 0)
                        continue;
                uri->scheme = (LwScheme) i;
                uri->port = schemes[i].port;
                *at = end + strlen("://");
                return NULL;
        }
        return "does not start with coap://, coaps://, coap+tcp://, coaps+tcp://, http:// or "
               "https://";
}

static bool made_of(const char *text, size_t length, const char *others)
{
        for (size_t i = 0; i < length; i++)
                if (!g_ascii_isalnum(text[i]) &&
                                (text[i] == '\0' || strchr(others, text[i]) == NULL))
                        return false;
        return true;
}

/* "2001:db8::1" or "fe80::1%25eth0", as it stands between brackets. Source: RFC 6874, 2 */
static const char *take_literal(const char *text, size_t length, LwUri *uri)
{
        const char *zone = memchr(text, '%', length);
        size_t address_length = zone != NULL ? (size_t) (zone - text) : length;
        g_autofree char *address = g_ascii_strdown(text, (gssize) address_length);

        if (strchr(address, ':') == NULL || !g_hostname_is_ip_address(address))
                return "has no IPv6 address in its brackets";
        if (zone == NULL) {
                uri->host = g_steal_pointer(&address);
                return NULL;
        }
        length -= address_length + 1;
        zone++;
        if (length > 2 && g_str_has_prefix(zone, "25")) {
                zone += 2;
                length -= 2;
        }
        if (length == 0 || !made_of(zone, length, "-._~"))
                return "has a zone that is no interface name, like [fe80::1%25eth0]";
        uri->host = g_strdup_printf("%s%%%.*s", address, (int) length, zone);
        return NULL;
}

static const char *take_host(const char **at, LwUri *uri)
{
        const char *text = *at;
        size_t length = strcspn(text, "/?#");

        if (memchr(text, '@', length) != NULL)
                return "has a user in it; credentials belong to the security mode";
        if (*text == '[') {
                const char *end = strchr(text, ']');

                if (end == NULL)
                        return "has '[' without ']'";
                *at = end + 1;
                return take_literal(text + 1, (size_t) (end - text - 1), uri);
        }
        length = strcspn(text, ":/?#");
        if (length == 0)
                return "names no host";
        if (length > HOST_MAX || !made_of(text, length, "-._"))
                return "has a host that is neither a name nor an address";
        uri->host = g_ascii_strdown(text, (gssize) length);
        *at = text + length;
        return NULL;
}

static const char *take_port(const char **at, LwUri *uri)
{
        size_t length;
        uint64_t port;

        if (**at != ':')
                return NULL;
        (*at)++;
        length = strcspn(*at, "/?#");
        if (length == 0)
                return NULL;
        if (!lw_number_parse_unsigned(*at, length, &port) || port == 0 || port > UINT16_MAX)
                return "has a port that is none from 1 to 65535; an IPv6 address stands in "
                       "brackets";
        uri->port = (uint16_t) port;
        *at += length;
        return NULL;
}

/* One segment or argument, percent-decoded, or NULL. */
static char *decode(const char *text, size_t length, const char *others)
{
        g_autoptr(GString) decoded = g_string_new(NULL);

        for (size_t i = 0; i < length; i++) {
                int high, low;

                if (text[i] != '%') {
                        if (!made_of(text + i, 1, others))
                                return NULL;
                        g_string_append_c(decoded, text[i]);
                        continue;
                }
                high = i + 2 < length ? g_ascii_xdigit_value(text[i + 1]) : -1;
                low = i + 2 < length ? g_ascii_xdigit_value(text[i + 2]) : -1;
                if (high < 0 || low < 0)
                        return NULL;
                g_string_append_c(decoded, (char) (high << 4 | low));
                i += 2;
        }
        if (!g_utf8_validate_len(decoded->str, decoded->len, NULL))
                return NULL;
        return g_string_free(g_steal_pointer(&decoded), FALSE);
}

static const char *split(const char *text, size_t length, char separator, const char *others,
                char ***ret_parts)
{
        g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
        const char *end = text + length;

        while (length > 0) {
                const char *next = memchr(text, separator, (size_t) (end - text));
                char *part = decode(text, (size_t) ((next != NULL ? next : end) - text), others);

                if (part == NULL)
                        return "has characters in its path or query that must be written as "
                               "percent-encoded UTF-8";
                g_ptr_array_add(parts, part);
                if (parts->len > LW_PATH_SEGMENTS_MAX)
                        return "has more than 16 segments or arguments";
                if (next == NULL)
                        break;
                text = next + 1;
        }
        g_ptr_array_add(parts, NULL);
        *ret_parts = (char **) g_ptr_array_free(g_steal_pointer(&parts), FALSE);
        return NULL;
}

/* Source: RFC 7252, 6.4: a lone "/" is no segment, an empty one between two "/" is. */
static const char *take_path(const char **at, LwUri *uri)
{
        size_t length = strcspn(*at, "?#");
        const char *wrong;

        if (length > 0 && **at != '/')
                return "has something else than a port or a path behind its host";
        wrong = split(*at + 1, length > 0 ? length - 1 : 0, '/', IN_SEGMENT, &uri->segments);
        if (wrong != NULL)
                return wrong;
        for (char **segment = uri->segments; *segment != NULL; segment++)
                if (strcmp(*segment, ".") == 0 || strcmp(*segment, "..") == 0)
                        return "has '.' or '..' in its path, which CoAP cannot carry";
        *at += length;
        return NULL;
}

static const char *take_query(const char **at, LwUri *uri)
{
        const char *text = *at + (**at == '?');
        size_t length = strcspn(text, "#");

        *at = text + length;
        if (**at == '#')
                return "has a fragment ('#'), which no request carries";
        return split(text, length, '&', IN_QUERY, &uri->query);
}

bool lw_uri_parse(const char *text, LwUri *ret_uri, GError **error)
{
        static const char *(*const steps[])(const char **, LwUri *) = {
                take_scheme,
                take_host,
                take_port,
                take_path,
                take_query,
        };
        const char *wrong = NULL, *at = text;
        size_t length = strlen(text);
        g_autofree char *quoted = NULL;

        *ret_uri = (LwUri){};
        if (length > LW_URI_MAX)
                wrong = "is longer than 255 bytes";
        for (size_t i = 0; wrong == NULL && i < G_N_ELEMENTS(steps); i++)
                wrong = steps[i](&at, ret_uri);
        if (wrong == NULL)
                return true;
        lw_uri_clear(ret_uri);
        /* what stands before an '@' may be a password */
        quoted = strchr(text, '@') == NULL ? lw_quote(text, length) : g_strdup("with '@'");
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "URI %s %s", quoted, wrong);
        return false;
}

char *lw_uri_authority(const LwUri *self)
{
        const char *zone;

        if (strchr(self->host, ':') == NULL)
                return g_strdup_printf("%s:%u", self->host, self->port);
        zone = strchr(self->host, '%');
        if (zone == NULL)
                return g_strdup_printf("[%s]:%u", self->host, self->port);
        return g_strdup_printf("[%.*s%%25%s]:%u", (int) (zone - self->host), self->host, zone + 1,
                        self->port);
}
