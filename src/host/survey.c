/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSurveyor: asks the kernel what cannot be heard by listening: counters, speeds, radio signals.
 */
#include "host/survey.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <libmnl/libmnl.h>

#include "base/log.h"
#include "io/file.h"

/* bytes: what the kernel puts into one read at most */
#define READ_MAX 32768

/* Seconds for one message: the kernel answers at once, or a driver hangs. */
#define TIMEOUT_SECONDS 2

typedef struct Waiter {
        LwSurveyDone done;
        void *user;
} Waiter;

/* A survey under way; the worker's while it runs. */
typedef struct Job {
        LwSurveyor *surveyor; /* not touched by the worker */
        int root_fd;
        LwSurvey survey;
} Job;

struct LwSurveyor {
        LwWorker *worker;
        int root_fd;
        LwSurvey survey; /* the last one */
        GArray *waiters; /* of Waiter */
        Job *job;        /* NULL: nothing is under way */
};

/* --- in the worker --- */

static struct mnl_socket *open_socket(int protocol)
{
        struct mnl_socket *socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
        struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };

        if (socket == NULL)
                return NULL;
        if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
                        setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &timeout,
                                        sizeof(timeout)) < 0) {
                mnl_socket_close(socket);
                return NULL;
        }
        return socket;
}

static bool ask_for_links(struct mnl_socket *socket)
{
        uint8_t buffer[NLMSG_SPACE(sizeof(struct ifinfomsg))] = {};
        struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

        message->nlmsg_type = RTM_GETLINK;
        message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
        return mnl_socket_sendto(socket, message, message->nlmsg_len) >= 0;
}

static LwLinks *survey_links(void)
{
        struct mnl_socket *socket = open_socket(NETLINK_ROUTE);
        _Alignas(struct nlmsghdr) uint8_t buffer[READ_MAX];
        g_autoptr(LwLinks) links = lw_links_new();
        ssize_t length = -1;

        if (socket == NULL)
                return NULL;
        if (ask_for_links(socket))
                while (lw_links_lists(links) == 0 &&
                                (length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer))) > 0)
                        lw_links_take(links, buffer, (size_t) length);
        mnl_socket_close(socket);
        return lw_links_lists(links) > 0 ? g_steal_pointer(&links) : NULL;
}

static bool ask_wireless(struct mnl_socket *socket, uint16_t family, uint8_t command,
                uint16_t flags, uint32_t link)
{
        uint8_t buffer[256] = {};
        struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
        struct genlmsghdr *header;

        message->nlmsg_type = family;
        message->nlmsg_flags = (uint16_t) (NLM_F_REQUEST | flags);
        header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
        header->cmd = command;
        header->version = family == GENL_ID_CTRL ? 2 : 0;
        if (family == GENL_ID_CTRL)
                mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, NL80211_GENL_NAME);
        if (link != 0)
                mnl_attr_put_u32(message, NL80211_ATTR_IFINDEX, link);
        return mnl_socket_sendto(socket, message, message->nlmsg_len) >= 0;
}

static void survey_wlans_on(struct mnl_socket *socket, GArray *wlans)
{
        _Alignas(struct nlmsghdr) uint8_t buffer[READ_MAX];
        uint16_t family = 0;
        ssize_t length;

        if (ask_wireless(socket, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, 0) &&
                        (length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer))) > 0)
                family = lw_nl80211_family(buffer, (size_t) length);
        if (family == 0) /* a kernel without WLAN */
                return;
        if (!ask_wireless(socket, family, NL80211_CMD_GET_INTERFACE, NLM_F_DUMP, 0))
                return;
        while ((length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer))) > 0)
                if (lw_nl80211_take(wlans, family, buffer, (size_t) length))
                        break;
        for (guint i = 0; i < wlans->len; i++) {
                uint32_t link = g_array_index(wlans, LwWlan, i).link;

                if (!ask_wireless(socket, family, NL80211_CMD_GET_STATION, NLM_F_DUMP, link))
                        return;
                while ((length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer))) > 0)
                        if (lw_nl80211_take(wlans, family, buffer, (size_t) length))
                                break;
        }
}

static GArray *survey_wlans(void)
{
        GArray *wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));
        struct mnl_socket *socket = open_socket(NETLINK_GENERIC);

        if (socket == NULL)
                return wlans;
        survey_wlans_on(socket, wlans);
        mnl_socket_close(socket);
        return wlans;
}

/* "1000\n" of sys/class/net/eth0/speed; "-1" and EINVAL are what links without a carrier say. */
static uint32_t read_speed(int root_fd, const char *name)
{
        g_autofree char *path = g_strdup_printf("sys/class/net/%s/speed", name);
        g_autofree char *line = NULL;
        guint64 speed;

        if (strchr(name, '/') != NULL || lw_file_read_line(root_fd, path, &line) < 0 ||
                        !g_ascii_string_to_unsigned(line, 10, 1, G_MAXINT32, &speed, NULL))
                return 0;
        return (uint32_t) speed;
}

static GArray *survey_speeds(int root_fd, const LwLinks *links)
{
        GArray *speeds = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        for (size_t i = 0; i < lw_links_count(links); i++) {
                const LwLink *link = lw_links_at(links, i);
                uint32_t speed = link->is_up && !link->is_loopback && link->kind[0] == '\0'
                                                 ? read_speed(root_fd, link->name)
                                                 : 0;

                g_array_append_val(speeds, speed);
        }
        return speeds;
}

static void run(void *data)
{
        Job *job = data;

        job->survey.links = survey_links();
        job->survey.wlans = survey_wlans();
        job->survey.speeds = job->survey.links == NULL
                                             ? g_array_new(FALSE, FALSE, sizeof(uint32_t))
                                             : survey_speeds(job->root_fd, job->survey.links);
}

/* --- in the loop --- */

static void survey_clear(LwSurvey *self)
{
        lw_links_free(self->links);
        g_clear_pointer(&self->wlans, g_array_unref);
        g_clear_pointer(&self->speeds, g_array_unref);
        *self = (LwSurvey){ .taken = LW_USEC_NEVER };
}

/* Who is told may ask again, or forget: nobody is told twice. */
static void tell_all(LwSurveyor *self)
{
        guint count = self->waiters->len;

        for (; count > 0 && self->waiters->len > 0; count--) {
                Waiter waiter = g_array_index(self->waiters, Waiter, 0);

                g_array_remove_index(self->waiters, 0);
                waiter.done(waiter.user, &self->survey);
        }
}

static void on_done(void *data, bool cancelled)
{
        g_autofree Job *job = data;
        LwSurveyor *self = job->surveyor;

        if (cancelled || self == NULL) {
                survey_clear(&job->survey);
                return;
        }
        survey_clear(&self->survey);
        self->survey = job->survey;
        self->survey.taken = lw_driver_now(lw_worker_driver(self->worker)).boot;
        self->job = NULL;
        tell_all(self);
}

static bool begin(LwSurveyor *self)
{
        Job *job = g_new0(Job, 1);

        *job = (Job){ .surveyor = self, .root_fd = self->root_fd };
        job->survey.begun = lw_driver_now(lw_worker_driver(self->worker)).boot;
        if (lw_worker_add(self->worker, run, on_done, job)) {
                self->job = job;
                return true;
        }
        g_free(job);
        return false;
}

void lw_surveyor_ask(LwSurveyor *self, LwUsec age_usec, LwSurveyDone done, void *user)
{
        LwUsec now = lw_driver_now(lw_worker_driver(self->worker)).boot;
        Waiter waiter = { done, user };

        if ((self->survey.taken != LW_USEC_NEVER && now - self->survey.taken <= age_usec) ||
                        (self->job == NULL && !begin(self))) {
                done(user, &self->survey);
                return;
        }
        g_array_append_val(self->waiters, waiter);
}

void lw_surveyor_forget(LwSurveyor *self, void *user)
{
        for (guint i = self->waiters->len; i-- > 0;)
                if (g_array_index(self->waiters, Waiter, i).user == user)
                        g_array_remove_index(self->waiters, i);
}

LwSurveyor *lw_surveyor_new(LwWorker *worker, int root_fd)
{
        LwSurveyor *self = g_new0(LwSurveyor, 1);

        self->worker = worker;
        self->root_fd = root_fd;
        self->survey.taken = LW_USEC_NEVER;
        self->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
        return self;
}

void lw_surveyor_free(LwSurveyor *self)
{
        if (self == NULL)
                return;
        if (self->job != NULL)
                self->job->surveyor = NULL;
        survey_clear(&self->survey);
        g_array_unref(self->waiters);
        g_free(self);
}

/* --- what it says --- */

const LwWlan *lw_survey_wlan(const LwSurvey *self, uint32_t link)
{
        for (guint i = 0; self->wlans != NULL && i < self->wlans->len; i++)
                if (g_array_index(self->wlans, LwWlan, i).link == link)
                        return &g_array_index(self->wlans, LwWlan, i);
        return NULL;
}

uint64_t lw_survey_speed_kbit(const LwSurvey *self, uint32_t link)
{
        const LwWlan *wlan = lw_survey_wlan(self, link);

        if (wlan != NULL)
                return wlan->rate_kbit;
        for (size_t i = 0; self->links != NULL && i < lw_links_count(self->links); i++)
                if (lw_links_at(self->links, i)->index == link && i < self->speeds->len)
                        return (uint64_t) g_array_index(self->speeds, uint32_t, i) * 1000;
        return 0;
}
