/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a handshake came to nothing, and what helps. */
#include "coap/failure.h"

#include <openssl/ssl.h>

#define WRONG_KEY                                                                                  \
        "the key is probably not the one that the server has for this identity; compare "          \
        "PskIdentity= and the key at both ends"
#define NOT_TAKEN "%s does not take our certificate: "

/* Alerts that name a cause, for sessions by certificates. NULL: none of these. */
static const char *certificate_cause(int alert)
{
        switch (alert) {
        case SSL_AD_UNKNOWN_CA:
                return NOT_TAKEN "it does not know the authority that made it; have the server "
                                 "trust that, or get a certificate from one that it trusts";
        case SSL_AD_CERTIFICATE_EXPIRED:
                return NOT_TAKEN "it has expired, or the server's clock is wrong; renew it, and "
                                 "name the new one by CertificateFile=";
        case SSL_AD_CERTIFICATE_REVOKED:
                return NOT_TAKEN "it was revoked; get another one";
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_ACCESS_DENIED:
                return NOT_TAKEN "compare CertificateFile= with what the server has for this "
                                 "host, and look into its log";
        case SSL_AD_UNRECOGNIZED_NAME:
                return "%s has no certificate for the name that it was asked for; correct Uri= or "
                       "Sni=";
        case SSL_AD_DECRYPT_ERROR:
                return "%s refused the %s handshake: our private key is probably not that of the "
                       "certificate; compare PrivateKeyFile= and CertificateFile=";
        case SSL_AD_HANDSHAKE_FAILURE:
        case SSL_AD_INSUFFICIENT_SECURITY:
        case SSL_AD_CERTIFICATE_REQUIRED:
                return "%s refused the %s handshake: it takes no certificates, wants one that we "
                       "do not have, or has no cipher in common with us; look at its settings and "
                       "at Ciphers=";
        }
        return NULL;
}

#define RAW_KEY_NOT_TAKEN                                                                          \
        "%s does not take our raw public key: give the server the one that belongs to "            \
        "PrivateKeyFile=, as 'openssl pkey -pubout' writes it, or use the private key whose "      \
        "public one it has"

static const char *raw_key_cause(int alert)
{
        switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_DECRYPT_ERROR:
                return RAW_KEY_NOT_TAKEN;
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_EXTENSION:
        case SSL_AD_ILLEGAL_PARAMETER:
        case SSL_AD_HANDSHAKE_FAILURE:
        case SSL_AD_INSUFFICIENT_SECURITY:
                return "%s refused the %s handshake: it has or takes no raw public keys (RFC "
                       "7250), or has no cipher in common with us; look at its settings and at "
                       "Ciphers=, or use Security=x509 or psk";
        }
        return NULL;
}

static const char *key_cause(int alert)
{
        switch (alert) {
        case SSL_AD_UNKNOWN_PSK_IDENTITY:
                return "%s does not know the identity of PskIdentity=; add it to the server, or "
                       "write the one that it has";
        case SSL_AD_BAD_RECORD_MAC:
        case SSL_AD_DECRYPT_ERROR:
                return "%s refused the %s handshake: " WRONG_KEY;
        case SSL_AD_HANDSHAKE_FAILURE:
        case SSL_AD_INSUFFICIENT_SECURITY:
                return "%s refused the %s handshake: it takes no pre-shared keys, or no cipher "
                       "that is offered; look at its settings and at Ciphers=";
        }
        return NULL;
}

static const char *cause_of(LwSecurity security, int alert)
{
        switch (security) {
        case LW_SECURITY_PSK:
                return key_cause(alert);
        case LW_SECURITY_RPK:
                return raw_key_cause(alert);
        case LW_SECURITY_X509:
        case LW_SECURITY_NOSEC:
                return certificate_cause(alert);
        }
        return NULL;
}

static const char *protocol_of(const LwHandshake *handshake)
{
        return handshake->is_stream ? "TLS" : "DTLS";
}

/* Alerts that name a cause, whatever the server is proved by. */
static const char *protocol_cause(int alert)
{
        switch (alert) {
        case SSL_AD_PROTOCOL_VERSION:
                return "%s refused the %s handshake: it does not speak version 1.2; get it a newer "
                       "one";
        case SSL_AD_NO_APPLICATION_PROTOCOL:
                return "%s refused the %s handshake: it does not speak CoAP there; look at the "
                       "port in Uri=";
        }
        return NULL;
}

/* The first %s of the formats above is the address, a second one the protocol. */
static char *fill(const char *format, const char *address, const char *protocol)
{
        g_auto(GStrv) parts = g_strsplit(format, "%s", 3);

        if (parts[2] == NULL)
                return g_strconcat(parts[0], address, parts[1], NULL);
        return g_strconcat(parts[0], address, parts[1], protocol, parts[2], NULL);
}

static char *silence(const LwHandshake *handshake, const char *address, bool heard)
{
        if (!heard)
                return g_strdup_printf("%s does not answer the DTLS handshake: no server is there, "
                                       "or a firewall is between; look at Uri= and at the server",
                                address);
        if (handshake->security == LW_SECURITY_PSK)
                return g_strdup_printf("%s fell silent in the DTLS handshake: " WRONG_KEY, address);
        return g_strdup_printf("%s fell silent in the DTLS handshake: it may not take our %s, or "
                               "datagrams of that size are lost on the way; look into the server's "
                               "log",
                        address,
                        handshake->security == LW_SECURITY_RPK ? "raw public key" : "certificate");
}

char *lw_credentials_failure(const LwHandshake *handshake, const char *address, bool heard)
{
        const char *cause;

        if (handshake->verdict.reason != NULL)
                return g_strdup_printf("%s was refused: %s", address, handshake->verdict.reason);
        if (handshake->unusable)
                return g_strdup_printf("no handshake with %s can be made: OpenSSL cannot use the "
                                       "%s, or none of Ciphers=, by this system's security level; "
                                       "choose others",
                                address,
                                handshake->security == LW_SECURITY_RPK ? "raw key"
                                                                       : "certificate and its key");
        if (handshake->alert == 0) /* A server drops what it cannot decrypt. RFC 6347, 4.1.2.7. */
                return silence(handshake, address, heard);
        cause = cause_of(handshake->security, handshake->alert);
        if (cause == NULL)
                cause = protocol_cause(handshake->alert);
        if (cause != NULL)
                return fill(cause, address, protocol_of(handshake));
        return g_strdup_printf("%s refused the %s handshake (alert %d, '%s'); look into the "
                               "server's log",
                        address, protocol_of(handshake), handshake->alert,
                        SSL_alert_desc_string_long(handshake->alert));
}
