#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""DTLS with a peer that is neither ours nor libcoap: openssl's s_server and s_client, by the ciphers that LwM2M demands."""

import coap
from lib import check, run, same, wait_until
from pipe import Pipe, free_port, is_taken
from pki import Pki

KEY = "101112131415161718191a1b1c1d1e1f"
# of 3.2 and later the program has it at this level alone
CIPHER = "PSK-AES128-CCM8:@SECLEVEL=0"


def agent_at_s_server(bench, name, options, settings):
    port = free_port()
    server = Pipe("s_server", "-dtls1_2", "-accept", "127.0.0.1:%d" % port, "-quiet", *options)
    wait_until(lambda: is_taken(port), "s_server")
    agent = bench.agent("coaps://127.0.0.1:%d" % port, name=name, server=settings)
    register = server.receive(lambda message: message.code == coap.POST)
    same((register.code, register.path()), (coap.POST, "/rd"), "s_server gets the Register of " + name)
    server.send(coap.Message(type=coap.ACK, code=coap.code("2.01"), mid=register.mid, token=register.token, options=[
        (coap.LOCATION_PATH, b"rd"), (coap.LOCATION_PATH, b"1")]))
    agent.wait_line("^notice: registered at one")
    server.send(coap.Message(type=coap.CON, code=coap.GET, mid=77, token=b"ab", options=coap.path_options("/3/0/16")))
    answer = server.receive(lambda message: message.token == b"ab")
    same((answer.status, answer.payload), ("2.05", b"UT"), "its Read is answered")
    agent.signal(15)
    leaving = server.receive(lambda message: message.code == coap.DELETE)
    server.send(coap.Message(type=coap.ACK, code=coap.code("2.02"), mid=leaving.mid, token=leaving.token))
    same(agent.wait_end(), 0, "and it is taken leave of")
    server.close()


def by_key(bench):
    key = bench.directory / "one.key"
    key.write_text(KEY)
    key.chmod(0o600)
    agent_at_s_server(bench, "agent-key", ("-psk", KEY, "-nocert", "-cipher", CIPHER),
                      "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n" % key)


def by_certificates(bench):
    """s_server wants a certificate, too, and speaks by the cipher of the standard alone."""
    pki = Pki(bench.directory / "pki")
    pki.authority("ca")
    pki.certificate("server", "ca", "lwm2m.example", "DNS:lwm2m.example")
    pki.certificate("dev1", "ca")
    agent_at_s_server(bench, "agent-certificate", (
        "-cert", pki.file("server"), "-key", pki.key("server"), "-CAfile", pki.file("ca"), "-Verify", "1",
        "-verify_return_error", "-cipher", "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0"),
        "Security=x509\nCertificateFile=%s\nPrivateKeyFile=%s\nServerCertificateFile=%s\n"
        "CertificateUsage=trust-anchor\nSni=lwm2m.example\n" % (pki.file("dev1"), pki.key("dev1"), pki.file("ca")))


def s_client_at_test_server(bench):
    keys = bench.directory / "keys"
    keys.write_text("gateway %s dev1\n" % KEY)
    server = bench.server("--keys", str(keys), listen="coaps://127.0.0.1:0")
    for endpoint, status in (("dev2", "4.00"), ("dev1", "2.01")):
        client = Pipe("s_client", "-dtls1_2", "-connect", "127.0.0.1:%d" % server.port, "-psk", KEY, "-psk_identity",
                      "gateway", "-cipher", CIPHER, "-quiet")
        query = [(coap.URI_QUERY, text.encode()) for text in ("ep=" + endpoint, "lt=300", "lwm2m=1.1", "b=U")]
        client.send(coap.Message(type=coap.CON, code=coap.POST, mid=5, token=b"t", payload=b"</1/0>,</3/0>",
                                 options=[*coap.path_options("/rd"), (coap.CONTENT_FORMAT, b"\x28"), *query]))
        answer = client.receive(lambda message: message.token == b"t")
        same(answer.status, status, "s_client registers as %s with the key of dev1" % endpoint)
        client.close()
    check(server.is_registered(), "dev1 is there")
    same(server.clients(), ["dev1"], "and nobody else")


def main(bench):
    by_key(bench)
    by_certificates(bench)
    s_client_at_test_server(bench)


run(main)
