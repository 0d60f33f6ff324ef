/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetwork: the links, addresses and routes of the host, and news of them. */
#include "host/network.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <glib.h>
#include <libmnl/libmnl.h>

#include "base/log.h"
#include "host/addresses.h"

#define QUIET_USEC LW_USEC_PER_SEC
#define LATEST_USEC (5 * LW_USEC_PER_SEC)

/* bytes: what the kernel puts into one read at most */
#define READ_MAX 32768

#define GROUPS                                                                                     \
        (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |               \
                        RTMGRP_IPV6_ROUTE)

/* What the kernel is asked for, one list after the other. */
static const uint16_t lists[] = { RTM_GETLINK, RTM_GETROUTE, RTM_GETADDR };

struct LwNetwork {
        LwDriver *driver;
        const LwNetworkEvents *events;
        void *user;
        struct mnl_socket *socket;
        sd_event_source *source;
        LwLinks *links;
        LwAddresses *addresses; /* from the last list on */
        LwUsec first;           /* change that was not told yet; LW_USEC_NEVER: none */
        LwUsec deadline;
};

/* Asks the kernel for the next list; it comes as messages like any other, then NLMSG_DONE. */
static int ask_for_next(LwNetwork *self)
{
        uint8_t buffer[NLMSG_SPACE(sizeof(struct ifinfomsg))] = {};
        struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
        unsigned next = lw_links_lists(self->links);

        if (next >= G_N_ELEMENTS(lists))
                return 0;
        message->nlmsg_type = lists[next];
        message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        /* The family stands first in each of the three headers, and AF_UNSPEC means all. */
        mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
        return mnl_socket_sendto(self->socket, message, message->nlmsg_len) < 0 ? -errno : 0;
}

static bool is_complete(const LwNetwork *self)
{
        return lw_links_lists(self->links) >= G_N_ELEMENTS(lists);
}

static void note_change(LwNetwork *self)
{
        LwUsec now = lw_driver_now(self->driver).boot;

        if (self->first == LW_USEC_NEVER)
                self->first = now;
        self->deadline = lw_usec_min(
                        lw_usec_add(now, QUIET_USEC), lw_usec_add(self->first, LATEST_USEC));
}

/* The kernel dropped messages for want of room: start over, and count it as a change. */
static void start_over(LwNetwork *self)
{
        int r;

        lw_links_reset(self->links);
        lw_addresses_reset(self->addresses);
        note_change(self);
        r = ask_for_next(self);
        if (r < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "asking for the addresses of this host failed: %s",
                                g_strerror(-r));
}

static void take(LwNetwork *self, const void *data, size_t length)
{
        unsigned before = lw_links_lists(self->links);
        bool was_complete = is_complete(self);
        bool noticed = lw_links_take(self->links, data, length);

        /* Routes of a list are no changes; whatever changes meanwhile is in the list of addresses
         * that follows. */
        if (before + 1 >= G_N_ELEMENTS(lists) && lw_addresses_take(self->addresses, data, length) &&
                        was_complete)
                note_change(self);
        if (lw_links_lists(self->links) != before && ask_for_next(self) < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "a list of the network links is missing, going on");
        if (is_complete(self) && (noticed || !was_complete) && self->events->noticed != NULL)
                self->events->noticed(self->user);
}

static int on_readable(sd_event_source *source G_GNUC_UNUSED, int fd G_GNUC_UNUSED,
                uint32_t events G_GNUC_UNUSED, void *user)
{
        LwNetwork *self = user;
        _Alignas(struct nlmsghdr) uint8_t buffer[READ_MAX];
        ssize_t length = mnl_socket_recvfrom(self->socket, buffer, sizeof(buffer));

        if (length < 0) {
                if (errno == ENOBUFS)
                        start_over(self);
                return 0;
        }
        take(self, buffer, (size_t) length);
        return 0;
}

static LwUsec deadline(void *user)
{
        const LwNetwork *self = user;

        return self->deadline;
}

static void run(void *user, LwNow now G_GNUC_UNUSED)
{
        LwNetwork *self = user;

        self->first = self->deadline = LW_USEC_NEVER;
        if (self->events->changed != NULL)
                self->events->changed(self->user);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

static int listen_to_kernel(LwNetwork *self)
{
        int r;

        self->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (self->socket == NULL || mnl_socket_bind(self->socket, GROUPS, MNL_SOCKET_AUTOPID) < 0)
                return -errno;
        r = sd_event_add_io(lw_driver_event(self->driver), &self->source,
                        mnl_socket_get_fd(self->socket), EPOLLIN, on_readable, self);
        return r < 0 ? r : ask_for_next(self);
}

int lw_network_new(LwDriver *driver, const LwNetworkEvents *events, void *user,
                LwNetwork **ret_network)
{
        LwNetwork *self = g_new0(LwNetwork, 1);
        int r;

        self->driver = driver;
        self->events = events;
        self->user = user;
        self->links = lw_links_new();
        self->addresses = lw_addresses_new();
        self->first = self->deadline = LW_USEC_NEVER;
        lw_driver_add(driver, &driver_client, self);
        r = listen_to_kernel(self);
        if (r < 0) {
                lw_network_free(self);
                return r;
        }
        *ret_network = self;
        return 0;
}

void lw_network_free(LwNetwork *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        sd_event_source_disable_unref(self->source);
        if (self->socket != NULL)
                mnl_socket_close(self->socket);
        lw_links_free(self->links);
        lw_addresses_free(self->addresses);
        g_free(self);
}

const LwLinks *lw_network_links(const LwNetwork *self)
{
        return self->links;
}
