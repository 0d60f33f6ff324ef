/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTcp: the bytes of one TCP connection, plain or within TLS. */
#include "coap/tcp.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "model/status.h"

/* The socket, for both. */

static ssize_t receive_some(LwTcp *self, void *buffer, size_t room)
{
        ssize_t length;

        do
                length = recv(self->fd, buffer, room, 0);
        while (length < 0 && errno == EINTR);
        if (length > 0)
                self->traffic.bytes_received += (uint64_t) length;
        return length;
}

static ssize_t send_some(LwTcp *self, const void *data, size_t length)
{
        ssize_t sent;

        do
                sent = send(self->fd, data, length, MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR);
        if (sent > 0)
                self->traffic.bytes_sent += (uint64_t) sent;
        return sent;
}

static bool would_wait(void)
{
        return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* OpenSSL's way to the socket: its own would raise SIGPIPE, and counts nothing. */

static int bio_read(BIO *bio, char *buffer, int room)
{
        ssize_t length = receive_some(BIO_get_data(bio), buffer, (size_t) room);

        BIO_clear_retry_flags(bio);
        if (length < 0 && would_wait())
                BIO_set_retry_read(bio);
        else if (length == 0)
                BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
        return (int) length;
}

static int bio_write(BIO *bio, const char *data, int length)
{
        ssize_t sent = send_some(BIO_get_data(bio), data, (size_t) length);

        BIO_clear_retry_flags(bio);
        if (sent < 0 && would_wait())
                BIO_set_retry_write(bio);
        return (int) sent;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
        (void) number;
        (void) pointer;
        if (command == BIO_CTRL_EOF)
                return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
        return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio)
{
        BIO_set_init(bio, 1);
        return 1;
}

static BIO_METHOD *socket_method(void)
{
        static BIO_METHOD *method;

        if (method != NULL)
                return method;
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
        BIO_meth_set_create(method, bio_create);
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_ctrl(method, bio_control);
        return method;
}

void lw_tcp_init(LwTcp *self, int fd, SSL *ssl)
{
        BIO *bio;

        *self = (LwTcp){ .fd = fd, .ssl = ssl };
        if (ssl == NULL)
                return;
        bio = BIO_new(socket_method());
        BIO_set_data(bio, self);
        SSL_set_bio(ssl, bio, bio);
        SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                          SSL_MODE_RELEASE_BUFFERS);
}

void lw_tcp_clear(LwTcp *self)
{
        if (self->ssl != NULL && SSL_is_init_finished(self->ssl))
                SSL_shutdown(self->ssl);
        SSL_free(self->ssl);
        if (self->fd >= 0)
                close(self->fd);
        self->ssl = NULL;
        self->fd = -1;
        ERR_clear_error();
}

/* Results. */

static LwTcpResult system_failure(const char *what, int failure, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "%s: %s", what, g_strerror(failure));
        return LW_TCP_FAILED;
}

/* What OpenSSL's answer means; `failure` is errno after it. */
static LwTcpResult judge(LwTcp *self, int result, int failure, GError **error)
{
        unsigned long code;

        switch (SSL_get_error(self->ssl, result)) {
        case SSL_ERROR_NONE:
                return LW_TCP_DONE;
        case SSL_ERROR_WANT_READ:
                return LW_TCP_WANTS_READ;
        case SSL_ERROR_WANT_WRITE:
                return LW_TCP_WANTS_WRITE;
        case SSL_ERROR_ZERO_RETURN:
                return LW_TCP_ENDED;
        case SSL_ERROR_SYSCALL:
                if (failure == 0)
                        return LW_TCP_ENDED;
                return system_failure("the TLS connection broke", failure, error);
        default:
                break;
        }
        code = ERR_peek_error();
        if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
                        ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
                return LW_TCP_ENDED;
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "TLS failed: %s",
                        code != 0 && ERR_reason_error_string(code) != NULL
                                        ? ERR_reason_error_string(code)
                                        : "no reason is given");
        return LW_TCP_FAILED;
}

LwTcpResult lw_tcp_shake(LwTcp *self, GError **error)
{
        int result;

        if (self->ssl == NULL)
                return LW_TCP_DONE;
        ERR_clear_error();
        errno = 0;
        result = SSL_do_handshake(self->ssl);
        return judge(self, result, errno, error);
}

LwTcpResult lw_tcp_read(
                LwTcp *self, uint8_t *buffer, size_t room, size_t *ret_length, GError **error)
{
        ssize_t length;
        int result;

        if (self->ssl != NULL) {
                ERR_clear_error();
                errno = 0;
                result = SSL_read_ex(self->ssl, buffer, room, ret_length);
                return result == 1 ? LW_TCP_DONE : judge(self, result, errno, error);
        }
        length = receive_some(self, buffer, room);
        if (length < 0)
                return would_wait() ? LW_TCP_WANTS_READ
                                    : system_failure("the connection broke", errno, error);
        *ret_length = (size_t) length;
        return length == 0 ? LW_TCP_ENDED : LW_TCP_DONE;
}

LwTcpResult lw_tcp_write(
                LwTcp *self, const uint8_t *data, size_t length, size_t *ret_length, GError **error)
{
        ssize_t sent;
        int result;

        if (self->ssl != NULL) {
                ERR_clear_error();
                errno = 0;
                result = SSL_write_ex(self->ssl, data, length, ret_length);
                return result == 1 ? LW_TCP_DONE : judge(self, result, errno, error);
        }
        sent = send_some(self, data, length);
        if (sent < 0)
                return would_wait() ? LW_TCP_WANTS_WRITE
                                    : system_failure("the connection broke", errno, error);
        *ret_length = (size_t) sent;
        return LW_TCP_DONE;
}

bool lw_tcp_has_more(const LwTcp *self)
{
        return self->ssl != NULL && SSL_pending(self->ssl) > 0;
}
