#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""coaps+tcp, by certificates and by a key: all that a server does, and each refusal with its cause and remedy."""

import os
import socket
import threading

from bus import Variant
from lib import check, run, same, wait_until
from x509 import NAME, anchor, make_pki, section, start_agent, wait_error

KEY, OTHER = "000102030405060708090a0b0c0d0e0f", "ff" * 16
BODY = os.urandom(60000)


def works(bench, server, text, properties):
    """Register, Read, Write, Observe, bodies in blocks both ways, Update, a new connection, De-register."""
    agent = start_agent(bench, text, "agent-" + properties["Security"])
    server.wait_client()
    wait_until(lambda: agent.server("State") == "registered", "the answer to Register")
    for name, value in properties.items():
        check(agent.server(name).startswith(value), "Server1.%s is %s" % (name, agent.server(name)))
    same(agent.server("Binding"), "T", "Server1.Binding")
    same(server.read("/3/0/16"), ["2.05 Content", {"/3/0/16": "UT"}], "Read")
    same(server.observe("/1/0/1")[0], "2.05 Content", "Observe")
    signals = bench.monitor("org.lwm2md.TestServer")
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write")
    signals.wait("Notified")
    check(True, "the notification")
    values = {"0": Variant("a{qv}", {0: Variant("ay", BODY)})}
    same(server.create("/19", values, instance=7), ["2.01 Created", "/19/7"], "Create of 60 000 bytes, in blocks")
    check(bytes(server.read("/19/7/0/0")[1]["/19/7/0/0"]) == BODY, "which are read, in blocks")
    same(server.execute("/1/0/8"), "2.04 Changed", "Execute of the Update trigger")
    server.wait_line("dev1 updated")
    agent.stop()
    server.wait_no_client()
    check(True, "De-register")


def again(bench, server, text, restart):
    """The server is killed and comes back without memory: registered again, unaided."""
    agent = start_agent(bench, text, "agent-again")
    server.wait_client()
    wait_until(lambda: agent.server("State") == "registered", "registered")
    server.kill()
    wait_error(agent, "the peer closed the connection")
    server = restart()
    server.wait_client(60)
    same(server.read("/3/0/16")[0], "2.05 Content", "Read after the server was killed and came back")
    agent.stop()
    return server


def old_ciphers(bench, pki, server):
    """Suites of TLS 1.2 alone, in the order of the list."""
    agent = start_agent(bench, section("short", 101, server.uri, pki, anchor(pki)) +
                        "Ciphers=TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8\n" +
                        section("long", 102, server.uri, pki, anchor(pki)) +
                        "Ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8\n", "ciphers")
    for ssid, wanted in ((101, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"), (102, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")):
        wait_until(lambda ssid=ssid: agent.server("State", ssid) == "registered", "registered at %d" % ssid)
        same(agent.server("Cipher", ssid), wanted, "the cipher that the account names")
    agent.stop()


def refused_by_agent(bench, pki, server):
    """The server shows what it should not."""
    words = {
        "unknown-ca": "comes from an authority that is not trusted here, 'CN=stranger'",
        "expired": "the server's certificate has expired: 'CN=%s' on 2021-01-01" % NAME,
        "wrong-host": "is that of 'other.example', not of '127.0.0.1'; write the name that it has into Uri= or Sni=",
        "wrong-usage": "its key usage forbids it; give the server one with the extended key usage serverAuth",
    }
    for name, text in words.items():
        server.misbehave(certificate=name)
        agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(pki)), "refusing-" + name)
        wait_error(agent, text)
        check(agent.server("State") in ("waiting", "connecting"), "and there is no registration")
        check("DTLS" not in agent.server("LastError")[1], "nothing is said of datagrams")
        agent.stop()
    server.misbehave(certificate="server")


def refused_by_server(bench, pki, server):
    """The server does not take ours, which in TLS 1.3 is said when the handshake is over for the agent."""
    agent = start_agent(bench, section("outsider", 101, server.uri, pki, anchor(pki), "outsider") +
                        section("old", 102, server.uri, pki, anchor(pki), "old") +
                        section("other", 103, server.uri, pki, anchor(pki), "dev2"), "refused")
    wait_error(agent, "does not take our certificate: it does not know the authority that made it")
    wait_error(agent, "does not take our certificate: it has expired", 102)
    wait_error(agent, "the certificate is that of another endpoint", 103)
    same(agent.call("Read", "s", "/1/0/11")[0], {"/1/0/11": 48}, "/1/x/11 is unknown_ca")
    same(agent.call("Read", "s", "/1/1/11")[0], {"/1/1/11": 45}, "/1/x/11 is certificate_expired")
    agent.stop()


def refused_keys(bench, pki, server, psk):
    """A wrong key, an unknown identity; a server that has certificates alone."""
    agent = start_agent(bench, psk("key", 101, server.uri, "wrong.key") +
                        psk("identity", 102, server.uri, "good.key", "nobody"), "wrong")
    wait_error(agent, "refused the TLS handshake: the key is probably not the one that the server has for this "
               "identity; compare PskIdentity= and the key at both ends")
    wait_error(agent, "does not know the identity of PskIdentity=; add it to the server", 102)
    for line in agent.lines:
        if KEY in line or OTHER in line:
            check(False, "a key in: " + line)
    agent.stop()


class Wall(threading.Thread):
    """Takes connections, and answers each with the same bytes, or with its end."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.uri = "coaps+tcp://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                peer.sendall(self.answer)


def no_tls(bench, pki, psk):
    """What is there speaks no TLS, or breaks off; and nobody is there."""
    text = ""
    rows = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "TLS failed: wrong version number; look at the port in Uri="),
        (b"", "the peer closed the connection in the TLS handshake; look at the port in Uri="),
        (bytes.fromhex("15030300020228"), "refused the TLS handshake: it takes no pre-shared keys"),
        (bytes.fromhex("15030300020246"), "refused the TLS handshake: it does not speak version 1.2"),
        (bytes.fromhex("15030300020278"), "refused the TLS handshake: it does not speak CoAP there"),
    ]
    walls = [Wall(answer) for answer, _ in rows]
    for number, wall in enumerate(walls):
        text += psk("wall%d" % number, 101 + number, wall.uri, "good.key")
    text += psk("closed", 120, "coaps+tcp://127.0.0.1:9", "good.key")
    agent = start_agent(bench, text, "walls")
    for number, (_, words) in enumerate(rows):
        wait_error(agent, words, 101 + number)
    wait_error(agent, "cannot connect to 127.0.0.1:9: Connection refused", 120)
    agent.stop()
    for wall in walls:
        wall.socket.close()


def main(bench):
    pki = make_pki(bench)
    for name, key in (("good.key", KEY), ("wrong.key", OTHER)):
        (bench.directory / name).write_text(key + "\n")
        (bench.directory / name).chmod(0o600)
    (bench.directory / "keys").write_text("gateway %s dev1\n" % KEY)

    def psk(name, ssid, uri, key, identity="gateway"):
        return ("[Server %s]\nUri=%s\nShortServerId=%d\nLifetime=300\nSecurity=psk\nPskIdentity=%s\nPskKeyFile=%s\n" %
                (name, uri, ssid, identity, bench.directory / key))

    def start(options, port=0, name="server"):
        return bench.server(*options, listen="coaps+tcp://127.0.0.1:%d" % port, name=name)
    by_certificate = ("--certificates", str(pki.directory))
    server = start(by_certificate)
    text = section("one", 101, server.uri, pki, anchor(pki))
    works(bench, server, text, {"Security": "x509", "Cipher": "TLS_AES_", "PeerSubject": "CN=" + NAME})
    server = again(bench, server, text, lambda: start(by_certificate, server.port, "server-again"))
    old_ciphers(bench, pki, server)
    refused_by_agent(bench, pki, server)
    refused_by_server(bench, pki, server)
    server.stop()
    by_key = ("--keys", str(bench.directory / "keys"))
    server = start(by_key, name="server-psk")
    text = psk("one", 101, server.uri, "good.key")
    works(bench, server, text, {"Security": "psk", "Cipher": "TLS_", "PeerSubject": ""})
    server = again(bench, server, text, lambda: start(by_key, server.port, "server-psk-again"))
    refused_keys(bench, pki, server, psk)
    server.stop()
    no_tls(bench, pki, psk)


run(main)
