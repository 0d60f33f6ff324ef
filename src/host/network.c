/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetwork: says when the host has other addresses than before. */
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

#define GROUPS (RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

struct LwNetwork {
        LwDriver *driver;
        LwNetworkChanged changed;
        void *user;
        struct mnl_socket *socket;
        sd_event_source *source;
        LwAddresses *addresses;
        LwUsec first; /* change that was not told yet; LW_USEC_NEVER: none */
        LwUsec deadline;
};

/* Asks the kernel for all addresses; they come as messages like any other, then NLMSG_DONE. */
static int ask_for_all(LwNetwork *self)
{
        uint8_t buffer[NLMSG_SPACE(sizeof(struct ifaddrmsg))] = {};
        struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

        message->nlmsg_type = RTM_GETADDR;
        message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        mnl_nlmsg_put_extra_header(message, sizeof(struct ifaddrmsg));
        return mnl_socket_sendto(self->socket, message, message->nlmsg_len) < 0 ? -errno : 0;
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

        lw_addresses_reset(self->addresses);
        note_change(self);
        r = ask_for_all(self);
        if (r < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "asking for the addresses of this host failed: %s",
                                g_strerror(-r));
}

static int on_readable(sd_event_source *source G_GNUC_UNUSED, int fd G_GNUC_UNUSED,
                uint32_t events G_GNUC_UNUSED, void *user)
{
        LwNetwork *self = user;
        _Alignas(struct nlmsghdr) uint8_t buffer[READ_MAX];
        ssize_t length = mnl_socket_recvfrom(self->socket, buffer, sizeof(buffer));
        bool is_news;

        if (length < 0) {
                if (errno == ENOBUFS)
                        start_over(self);
                return 0;
        }
        is_news = lw_addresses_is_complete(self->addresses);
        if (lw_addresses_take(self->addresses, buffer, (size_t) length) && is_news)
                note_change(self);
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
        self->changed(self->user);
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
        return r < 0 ? r : ask_for_all(self);
}

int lw_network_new(LwDriver *driver, LwNetworkChanged changed, void *user, LwNetwork **ret_network)
{
        LwNetwork *self = g_new0(LwNetwork, 1);
        int r;

        self->driver = driver;
        self->changed = changed;
        self->user = user;
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
        lw_addresses_free(self->addresses);
        g_free(self);
}
