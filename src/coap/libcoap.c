/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both roles share: one libcoap context on our loop, and how to send. */
#include "coap/libcoap.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>

#include "base/log.h"
#include "coap/address.h"
#include "coap/clock.h"
#include "coap/inside.h"
#include "coap/meter.h"
#include "coap/pdu.h"
#include "model/limits.h"
#include "model/status.h"

/* One pass takes one datagram of each socket; so many in a row before the rest of the loop has its
 * turn. */
#define PASSES_MAX 16
/* Where datagrams come one at a time, every so manieth turn looks whether they still do. */
#define TURNS_PER_LOOK 8
#define EVENTS_PER_PASS 10
/* libcoap's levels are syslog's; their names changed with 4.3.2. */
#define COAP_LEVEL_ALERT 1
#define COAP_LEVEL_WARNING 4

/* Whose call into libcoap is running: its log handler is told nothing of that. */
static LwCoap *current;

/* Calls into libcoap stand between these two. */
static LwCoap *enter(LwCoap *self)
{
        LwCoap *outer = current;

        self->inside++;
        current = self;
        lw_meter_set(&self->traffic);
        return outer;
}

static void release_leaving(LwCoap *self)
{
        for (guint i = 0; i < self->leaving->len; i++) {
                coap_session_t *session = g_ptr_array_index(self->leaving, i);

                /* A new transport may have come to the same session: then its messages are not ours
                 * to drop. */
                if (coap_session_get_app_data(session) == NULL)
                        coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
                coap_session_release(session);
        }
        g_ptr_array_set_size(self->leaving, 0);
}

static void arm_now(void *user);

static void coap_free_now(LwCoap *self)
{
        lw_driver_forget(self->driver, arm_now, self);
        /* References of ours go first: a session must not outlive its context. */
        release_leaving(self);
        g_ptr_array_free(self->leaving, TRUE);
        sd_event_source_disable_unref(self->source);
        if (self->context != NULL)
                coap_free_context(self->context);
        lw_handshake_clear(&self->handshake);
        g_free(self);
}

static void leave(LwCoap *self, LwCoap *outer)
{
        current = outer;
        lw_meter_set(outer != NULL ? &outer->traffic : NULL);
        if (self->inside > 1) {
                self->inside--;
                return;
        }
        /* Still counted as inside, so that nothing that this calls comes here again. */
        if (self->leaving->len > 0)
                release_leaving(self);
        if (self->closed)
                coap_free_now(self);
        else
                self->inside--;
}

/*
 * libcoap 4.3.1 tells nobody of an RST to a Non-confirmable message; it only logs its message id.
 * So its log is where we hear of it. From 4.3.4 on the nack handler is called, and finds the
 * message forgotten or forgets it first.
 */
static void on_log(coap_log_t level, const char *line)
{
        int failure = errno;
        uint16_t mid;

        if (lw_log_wanted(G_LOG_LEVEL_DEBUG))
                lw_log(G_LOG_LEVEL_DEBUG, "libcoap: %.*s", (int) strcspn(line, "\n"), line);
        if ((int) level == COAP_LEVEL_ALERT && current != NULL && lw_coap_parse_reset(line, &mid))
                lw_coap_recent_reset(&current->recent, mid, lw_driver_now(current->driver));
        errno = failure;
}

/* The context. */

/* Leaves the sockets that had something to read: the timer has been seen to. */
static int keep_readable(struct epoll_event *events, int count)
{
        int kept = 0;

        for (int i = 0; i < count; i++)
                if (events[i].data.ptr != NULL && events[i].events == EPOLLIN)
                        events[kept++] = events[i];
        return kept;
}

/*
 * libcoap reads one datagram from each socket. Where more than one comes at a time, the same
 * sockets are read again as long as one came that was for us, without asking the kernel first: the
 * one read that finds nothing costs less than a question each time. Where they come singly, that
 * read would be wasted each time. The sockets stay, as no session is released while we are inside.
 */
static void read_all(LwCoap *self, struct epoll_event *events, int count)
{
        bool again = self->crowded || ++self->turns % TURNS_PER_LOOK == 0;
        unsigned passes = 0, heard;

        do {
                heard = self->heard;
                coap_io_do_epoll(self->context, events, (size_t) count);
                count = keep_readable(events, count);
                passes++;
                /* it calls a read that finds nothing an error; resets are told at a level below */
                coap_set_log_level((coap_log_t) COAP_LEVEL_ALERT);
        } while (again && count > 0 && self->heard != heard && passes < PASSES_MAX &&
                        !self->closed);
        coap_set_log_level((coap_log_t) COAP_LEVEL_WARNING);
        if (again)
                self->crowded = passes > 2 || (passes == 2 && self->heard != heard);
}

static void tell_refused(const LwCoap *self)
{
        if (lw_meter_take_refusal() && !self->closed && self->role->refused != NULL)
                self->role->refused(self->user);
}

/* libcoap tells of messages that fail, and of none that is acknowledged: it only knows whether
 * there is anything left that it would have to repeat. */
static void tell_settled(LwCoap *self)
{
        if (!self->unsettled || self->closed || !coap_can_exit(self->context))
                return;
        self->unsettled = false;
        if (self->role->settled != NULL)
                self->role->settled(self->user);
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *user)
{
        LwCoap *self = user;
        LwCoap *outer = enter(self);

        (void) source;
        (void) revents;
        if (!self->closed) {
                struct epoll_event events[EVENTS_PER_PASS];
                int count = epoll_wait(fd, events, EVENTS_PER_PASS, 0);

                if (count > 0)
                        read_all(self, events, count);
        }
        tell_refused(self);
        tell_settled(self);
        leave(self, outer);
        return 0;
}

static void start_libcoap(void)
{
        static bool started;

        if (started)
                return;
        started = true;
        coap_startup();
        lw_handshake_start();
        coap_set_log_handler(on_log);
        /* Below this libcoap formats lines for each message. */
        coap_set_log_level((coap_log_t) COAP_LEVEL_WARNING);
}

LwCoap *lw_coap_new(
                LwDriver *driver, bool secure, const LwCoapRole *role, void *user, GError **error)
{
        LwCoap *self = g_new0(LwCoap, 1);
        LwCoap *outer;
        int r;

        start_libcoap();
        self->driver = driver;
        self->role = role;
        self->user = user;
        self->leaving = g_ptr_array_new();
        errno = 0;
        outer = enter(self);
        r = lw_coap_make_context(self, secure) ? 0 : errno == 0 ? -ENOMEM : -errno;
        if (r == 0) {
                lw_coap_check_clock(self->context);
                r = sd_event_add_io(lw_driver_event(driver), &self->source,
                                coap_context_get_coap_fd(self->context), EPOLLIN, on_readable,
                                self);
        }
        self->closed = r < 0;
        leave(self, outer);
        if (r < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "cannot make a CoAP context: %s", g_strerror(-r));
                return NULL;
        }
        return self;
}

void lw_coap_close(LwCoap *self)
{
        self->closed = true;
        sd_event_source_set_enabled(self->source, SD_EVENT_OFF);
        if (self->inside == 0)
                coap_free_now(self);
}

coap_context_t *lw_coap_context(const LwCoap *self)
{
        return self->context;
}

void lw_coap_set_manner(LwCoap *self, LwCoapManner manner)
{
        self->manner = manner;
}

LwHandshake *lw_coap_handshake(LwCoap *self)
{
        return &self->handshake;
}

LwTraffic lw_coap_traffic(const LwCoap *self)
{
        return self->traffic;
}

/* It repeats what is due, and may tell our owner so: thus from the loop, not from inside a call of
 * his. */
static void arm_now(void *user)
{
        LwCoap *self = user;
        LwCoap *outer = enter(self);
        coap_tick_t now;

        self->arming = false;
        coap_ticks(&now);
        coap_io_prepare_epoll(self->context, now);
        tell_refused(self);
        tell_settled(self);
        leave(self, outer);
}

void lw_coap_arm(LwCoap *self)
{
        if (self->inside > 0 || self->arming)
                return; /* libcoap does so itself when it returns to the loop */
        self->arming = true;
        lw_driver_defer(self->driver, arm_now, self);
}

void lw_coap_attach(LwCoap *self, LwCoapTransport *transport, coap_session_t *session)
{
        uint8_t token[LW_TOKEN_MAX];

        transport->coap = self;
        transport->session = session;
        coap_session_set_app_data(session, transport);
        coap_session_set_mtu(session, LW_MESSAGE_MAX);
        /* Our tokens are our own; should libcoap ever make one, it does not start at 1. */
        if (getrandom(token, sizeof(token), 0) == (ssize_t) sizeof(token))
                coap_session_init_token(session, sizeof(token), token);
}

void lw_coap_detach(LwCoapTransport *transport)
{
        LwCoap *self = transport->coap;
        LwCoap *outer;

        if (self == NULL)
                return;
        lw_coap_recent_forget(&self->recent, &transport->transport);
        coap_session_set_app_data(transport->session, NULL);
        outer = enter(self);
        g_ptr_array_add(self->leaving, coap_session_reference(transport->session));
        leave(self, outer);
        transport->coap = NULL;
        transport->session = NULL;
}

/* Sending. */

static coap_mid_t send_pdu(LwCoapTransport *peer, coap_pdu_t *pdu)
{
        LwCoap *self = peer->coap;
        LwCoap *outer = enter(self);
        coap_mid_t mid;

        errno = 0;
        mid = coap_send(peer->session, pdu);
        leave(self, outer);
        return mid;
}

bool lw_coap_send(
                LwTransport *transport, const LwMessage *message, uint16_t *ret_mid, GError **error)
{
        LwCoapTransport *peer = (LwCoapTransport *) transport;
        LwCoap *self = peer->coap;
        coap_mid_t mid = COAP_INVALID_MID;

        if (self == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "there is no connection yet");
                return false;
        }
        /* An ICMP error that waits on the socket fails the next send, and is thereby gone: so
         * twice. */
        for (unsigned try = 0; try < 2 && mid < 0; try++) {
                coap_pdu_t *pdu = lw_pdu_new(peer->session, message, peer->limit_bytes);

                if (pdu == NULL) {
                        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                        "a message of %zu bytes does not fit into the %u of the "
                                        "link",
                                        lw_message_size(message), peer->limit_bytes);
                        return false;
                }
                mid = send_pdu(peer, pdu);
        }
        if (mid < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot send: %s",
                                errno == 0 ? "libcoap does not take the message"
                                           : g_strerror(errno));
                return false;
        }
        if (message->type == LW_MESSAGE_CON) {
                self->unsettled = true;
                lw_coap_arm(self);
        } else if (message->type == LW_MESSAGE_NON) {
                lw_coap_recent_add(&self->recent, transport, (uint16_t) mid);
        }
        *ret_mid = (uint16_t) mid;
        return true;
}

uint16_t lw_coap_limit(const LwTransport *transport)
{
        return ((const LwCoapTransport *) transport)->limit_bytes;
}

char *lw_coap_address(const LwTransport *transport, LwTransportEnd end)
{
        const LwCoapTransport *peer = (const LwCoapTransport *) transport;

        if (peer->session == NULL)
                return NULL;
        return lw_address_text(end == LW_TRANSPORT_LOCAL
                                               ? coap_session_get_addr_local(peer->session)
                                               : coap_session_get_addr_remote(peer->session));
}

char *lw_coap_identity(const LwTransport *transport)
{
        const LwCoapTransport *peer = (const LwCoapTransport *) transport;
        GString *text;

        if (!peer->guarded)
                return peer->session != NULL ? lw_credentials_identity(peer->session) : NULL;
        text = g_string_new("oscore:");
        for (unsigned i = 0; i < peer->kid.length; i++)
                g_string_append_printf(text, "%02x", peer->kid.data[i]);
        return g_string_free(text, FALSE);
}

void lw_coap_secured(const LwTransport *transport, LwSecured *ret_secured)
{
        const LwCoapTransport *peer = (const LwCoapTransport *) transport;

        if (peer->coap == NULL)
                *ret_secured = (LwSecured){};
        else
                lw_handshake_report(&peer->coap->handshake, lw_tls_of(peer->session), ret_secured);
}

bool lw_coap_is_stream(const LwTransport *transport)
{
        const LwCoapTransport *peer = (const LwCoapTransport *) transport;

        return peer->session != NULL && COAP_PROTO_RELIABLE(coap_session_get_proto(peer->session));
}
