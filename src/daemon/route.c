/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which address of ours the system would use towards a peer. */
#include "daemon/route.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

/* "[::1]:5683" into its two parts. */
static bool split(const char *text, char **ret_host, char **ret_port)
{
        const char *colon = strrchr(text, ':');
        bool bracketed = text[0] == '[' && colon && colon > text && colon[-1] == ']';

        if (!colon)
                return false;
        *ret_host = bracketed ? g_strndup(text + 1, (size_t) (colon - text - 2))
                              : g_strndup(text, (size_t) (colon - text));
        *ret_port = g_strdup(colon + 1);
        return true;
}

static struct addrinfo *resolve(const char *text)
{
        struct addrinfo hints = {
                .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                .ai_socktype = SOCK_DGRAM,
        };
        g_autofree char *host = NULL, *port = NULL;
        struct addrinfo *found = NULL;

        if (!split(text, &host, &port) || getaddrinfo(host, port, &hints, &found) != 0)
                return NULL;
        return found;
}

/* The host part of a socket's own address. */
static bool source_of(int fd, char host[static NI_MAXHOST])
{
        struct sockaddr_storage address;
        socklen_t length = sizeof(address);

        return getsockname(fd, (struct sockaddr *) &address, &length) == 0 &&
               getnameinfo((struct sockaddr *) &address, length, host, NI_MAXHOST, NULL, 0,
                               NI_NUMERICHOST) == 0;
}

/* Whether the system would leave from `host`. A datagram socket that is connected has asked for its
 * route. */
static bool leaves_from(int fd, const struct addrinfo *peer, const char *host)
{
        char chosen[NI_MAXHOST];

        if (connect(fd, peer->ai_addr, peer->ai_addrlen) < 0)
                return false;
        return !source_of(fd, chosen) || strcmp(host, chosen) == 0;
}

/* Whether `host` is an address of this host. */
static bool is_ours(int fd, const char *host)
{
        g_autofree char *local = strchr(host, ':') ? g_strdup_printf("[%s]:0", host)
                                                   : g_strdup_printf("%s:0", host);
        struct addrinfo *address = resolve(local);
        bool ours = !address || bind(fd, address->ai_addr, address->ai_addrlen) == 0 ||
                    errno != EADDRNOTAVAIL;

        if (address)
                freeaddrinfo(address);
        return ours;
}

bool lw_route_is_current(const char *local, const char *remote, bool fixed)
{
        g_autofree char *host = NULL, *port = NULL;
        struct addrinfo *peer = resolve(remote);
        bool current = true;
        int fd;

        if (!peer)
                return true;
        fd = socket(peer->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && split(local, &host, &port))
                current = fixed ? is_ours(fd, host) : leaves_from(fd, peer, host);
        if (fd >= 0)
                close(fd);
        freeaddrinfo(peer);
        return current;
}
