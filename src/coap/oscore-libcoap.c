/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions with OSCORE, by libcoap. */
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "coap/meter.h"
#include "coap/options.h"
#include "coap/oscore.h"

/* How often libcoap tells how far its numbers are. */
#define TOLD_EVERY 64
/* So many messages of the peer may come in disorder. Source: RFC 8613, 3.2.2. */
#define REPLAY_WINDOW 32

bool lw_oscore_is_built_in(void)
{
        return coap_oscore_is_supported() == 1;
}

/* libcoap has taken the numbers below `next`. It wants 1 for "saved". */
static int on_numbers(uint64_t next, void *user)
{
        LwOscoreSend *self = user;

        self->next = next;
        self->used(self->user);
        return 1;
}

static void add_bytes(GString *text, const char *key, const LwOscoreBytes *bytes)
{
        g_string_append_printf(text, "%s,hex,\"", key);
        for (unsigned i = 0; i < bytes->length; i++)
                g_string_append_printf(text, "%02x", bytes->data[i]);
        g_string_append(text, "\"\n");
}

/*
 * libcoap takes a context as text. The echo of appendix B.1.2 makes a peer's requests fresh after a
 * start of ours, when nothing is known of those that came before: it takes one round trip, once.
 * B.2, which makes new keys at each start, would want the same from the server; numbers that are
 * kept need nothing from it.
 */
static coap_oscore_conf_t *configure(const LwOscore *oscore, LwOscoreSend *send)
{
        /* All of it fits: the text is not moved, and no copy of the secret stays behind. */
        GString *text = g_string_sized_new(2048);
        coap_oscore_conf_t *conf;

        add_bytes(text, "master_secret", &oscore->secret);
        if (oscore->salt.length > 0)
                add_bytes(text, "master_salt", &oscore->salt);
        if (oscore->context.length > 0)
                add_bytes(text, "id_context", &oscore->context);
        add_bytes(text, "sender_id", &oscore->sender);
        add_bytes(text, "recipient_id", &oscore->recipient);
        g_string_append_printf(text,
                        "replay_window,integer,%d\n"
                        "ssn_freq,integer,%d\n"
                        "aead_alg,integer,10\n"
                        "hkdf_alg,integer,-10\n"
                        "rfc8613_b_1_2,bool,true\n"
                        "rfc8613_b_2,bool,false\n",
                        REPLAY_WINDOW, TOLD_EVERY);
        conf = coap_new_oscore_conf((coap_str_const_t){ text->len, (const uint8_t *) text->str },
                        on_numbers, send, send->next);
        explicit_bzero(text->str, text->allocated_len);
        g_string_free(text, TRUE);
        return conf;
}

coap_session_t *lw_oscore_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwOscore *oscore, LwOscoreSend *send)
{
        coap_oscore_conf_t *conf = configure(oscore, send);

        /* the session, or its absence, takes it */
        return conf == NULL ? NULL
                            : coap_new_client_session_oscore(
                                              context, local, remote, COAP_PROTO_UDP, conf);
}

bool lw_oscore_serve(coap_context_t *context, const LwOscore *oscore, LwOscoreSend *send)
{
        coap_oscore_conf_t *conf = configure(oscore, send);

        return conf != NULL && coap_context_oscore_server(context, conf) == 1;
}

/* --- what was read ---------------------------------------------------------------------------- */

/* The first byte of the option. Source: RFC 8613, 6.1. */
#define PARTIAL_IV_LENGTH 0x07
#define HAS_KID 0x08
#define HAS_KID_CONTEXT 0x10
#define HEADER_BYTES 4

/* On the socket of a server libcoap reads with recvmsg(), which counts nothing. */
ssize_t lw_noted_receive(int fd, struct msghdr *message, int flags) __asm__("recvmsg")
                __attribute__((visibility("default"), used));

ssize_t lw_noted_receive(int fd, struct msghdr *message, int flags)
{
        ssize_t received = syscall(SYS_recvmsg, fd, message, flags);

        if (received > 0 && message->msg_iovlen == 1)
                lw_meter_note(message->msg_iov[0].iov_base, (size_t) received);
        return received;
}

static void read_kid(const LwOption *option, LwOscoreBytes *ret_kid)
{
        uint8_t flags = option->length > 0 ? option->value[0] : 0;
        size_t at = 1 + (flags & PARTIAL_IV_LENGTH);

        if (!(flags & HAS_KID))
                return;
        if (flags & HAS_KID_CONTEXT && at < option->length)
                at += 1 + (size_t) option->value[at];
        if (at > option->length || option->length - at > LW_OSCORE_ID_MAX)
                return;
        ret_kid->length = (uint8_t) (option->length - at);
        memcpy(ret_kid->data, option->value + at, ret_kid->length);
}

bool lw_oscore_was_protected(LwOscoreBytes *ret_kid)
{
        size_t length;
        const uint8_t *data = lw_meter_last(&length);
        const LwOption *option;
        LwMessage outer;
        size_t token;

        *ret_kid = (LwOscoreBytes){};
        if (length < HEADER_BYTES)
                return false;
        token = data[0] & 15;
        lw_message_init(&outer, LW_MESSAGE_CON, data[1]);
        if (token > LW_TOKEN_MAX || length < HEADER_BYTES + token ||
                        !lw_options_read(data + HEADER_BYTES + token, data + length, &outer))
                return false;
        option = lw_message_find(&outer, LW_OPTION_OSCORE);
        if (option == NULL)
                return false;
        read_kid(option, ret_kid);
        return true;
}
