#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that are proved by certificates: each usage and matching type, and each refusal with its cause and remedy."""

import re
import subprocess

from bus import BusError, Variant
from lib import TEST_SERVER, TREE, check, program, run, same, wait_until
from x509 import NAME, anchor, make_pki, section, start_agent, wait_error

def works(bench, pki, server):
    """The whole way, and what is shown of it."""
    agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(
        pki, more="Ciphers=TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8")), "agent")
    server.wait_client()
    same(server.read("/3/0/16")[0], "2.05 Content", "Read")
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write")
    same(server.observe("/3/0/13")[0], "2.05 Content", "Observe")
    same(server.execute("/1/0/8"), "2.04 Changed", "Execute")
    same(agent.server("Security"), "x509", "Server1.Security")
    same(agent.server("Cipher"), "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "Server1.Cipher")
    same(agent.server("PeerSubject"), "CN=" + NAME, "Server1.PeerSubject")
    agent.stop()
    server.wait_no_client()


def usages(bench, pki, server):
    """Every usage and matching type, from PEM and DER, with and without a trust store; all of them at once."""
    certificate, key = pki.der("dev1")
    store = "TrustAnchorFile=%s\n" % pki.file("root")
    rows = {
        "domain-issued": "ServerCertificateFile=%s\n" % pki.file("server"),
        "domain-issued-3": "ServerCertificateFile=%s\nCertificateUsage=3\n" % pki.der("server")[0],
        "sha256": "ServerCertificateFile=%s\nMatchingType=sha256\n" % pki.digest("server", "sha256"),
        "sha384": "ServerCertificateFile=%s\nMatchingType=sha384\n" % pki.digest("server", "sha384"),
        "sha512": "ServerCertificateFile=%s\nMatchingType=sha512\n" % pki.file("server"),
        "trust-anchor": anchor(pki),
        "trust-anchor-intermediate": anchor(pki, "intermediate"),
        "trust-anchor-digest": "ServerCertificateFile=%s\nCertificateUsage=trust-anchor\nMatchingType=sha256\n" %
                               pki.digest("intermediate", "sha256"),
        "ca-constraint": store + "ServerCertificateFile=%s\nCertificateUsage=ca-constraint\n" % pki.file("intermediate"),
        "service": store + "ServerCertificateFile=%s\nCertificateUsage=1\n" % pki.file("server"),
        "store": store,
        "sni": anchor(pki, more="Sni=%s\n" % NAME),
    }
    text = "".join(section(name, 110 + number, server.uri, pki, more) for number, (name, more) in enumerate(rows.items()))
    text += ("[Server der]\nUri=%s\nShortServerId=140\nSecurity=x509\nCertificateFile=%s\nPrivateKeyFile=%s\n%s\n" %
             (server.uri, certificate, key, anchor(pki)))
    agent = start_agent(bench, text, "usages")
    for number, name in enumerate([*rows, "der"]):
        ssid = 140 if name == "der" else 110 + number
        # all are one endpoint: each Register replaces the one before, and each is answered 2.01
        wait_until(lambda ssid=ssid: agent.server("State", ssid) == "registered", name + " registers")
        check(True, name + " registers")
    agent.kill()


def refusals(bench, pki, server):
    """The server shows what it should not."""
    words = {
        "unknown-ca": "comes from an authority that is not trusted here, 'CN=stranger'",
        "expired": "the server's certificate has expired: 'CN=%s' on 2021-01-01" % NAME,
        "wrong-host": "is that of 'other.example', not of '127.0.0.1'; write the name that it has into Uri= or Sni=",
        "wrong-usage": "its key usage forbids it; give the server one with the extended key usage serverAuth",
    }
    agent = None
    for name, text in words.items():
        server.misbehave(certificate=name)
        agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(pki)), "refusing-" + name)
        wait_error(agent, text)
        check(agent.server("State") in ("waiting", "connecting"), "and there is no registration")
        agent.stop()
    server.misbehave(certificate="twin")
    agent = start_agent(bench, section("one", 101, server.uri, pki, "ServerCertificateFile=%s\n" % pki.file("server")) +
                        section("two", 102, server.uri, pki, "ServerCertificateFile=%s\n" % pki.file("root")) +
                        section("three", 103, server.uri, pki, anchor(pki, more="Sni=third.example\n")) +
                        section("four", 104, server.uri, pki), "pinned")
    wait_error(agent, "is not the one that is given; name its own by ServerCertificateFile=")
    wait_error(agent, "if that is its authority's, write CertificateUsage=trust-anchor", 102)
    wait_error(agent, "not of 'third.example'", 103)
    wait_error(agent, "comes from an authority that is not trusted here", 104)
    server.misbehave(certificate="server")
    wait_until(lambda: agent.server("State") == "registered", "registered when the certificate is right again", 240)
    check(True, "what was mended at the server is noticed without a restart")
    agent.stop()
    try:
        server.misbehave(certificate="none")
    except BusError as error:
        same(error.name, "org.freedesktop.DBus.Error.InvalidArgs", "a certificate that is not there is refused")


def refused_by_server(bench, pki, server):
    """The server does not take ours: alerts."""
    agent = start_agent(bench, section("outsider", 101, server.uri, pki, anchor(pki), "outsider") +
                        section("old", 102, server.uri, pki, anchor(pki), "old") +
                        section("other", 103, server.uri, pki, anchor(pki), "dev2"), "refused")
    wait_error(agent, "does not take our certificate: it does not know the authority that made it")
    wait_error(agent, "does not take our certificate: it has expired", 102)
    wait_error(agent, "the certificate is that of another endpoint", 103)
    same(agent.call("Read", "s", "/1/0/11")[0], {"/1/0/11": 48}, "/1/x/11 is unknown_ca")
    same(agent.call("Read", "s", "/1/1/11")[0], {"/1/1/11": 45}, "/1/x/11 is certificate_expired")
    check(agent.server("NextUpdateUsec") > 0 or agent.server("State") != "waiting", "it is tried again, later")
    agent.stop()


def misbehaviour(bench, pki, server):
    """Deaf, RST, lost sessions: the agent finds back."""
    quick = "AckTimeout=1s\nMaxRetransmit=1\n"
    agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(pki, more=quick)), "patient")
    server.wait_client()
    for how in ("deaf", "reset"):
        server.misbehave(**{how: Variant("b", True)})
        agent.call("Update")
        wait_until(lambda: agent.server("State") != "registered", how + " is noticed")
        wait_until(lambda: agent.server("State") in ("waiting", "connecting", "registering"), how, 60)
        server.misbehave(**{how: Variant("b", False)})
        wait_until(lambda: agent.server("State") == "registered", "registered after " + how, 90)
        check(True, "%s is survived" % how)
    server.misbehave(lose_sessions=Variant("b", True))
    agent.call("Update")

    def answers():
        try:
            return server.read("/3/0/16")[0] == "2.05 Content"
        except BusError:
            return False
    wait_until(answers, "a new session", 90)
    check(True, "lost sessions are survived")
    agent.stop()


def resumption(bench, pki, server):
    """A session is resumed over a reconnect and a restart: the registration holds, there is no second Register."""
    agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(pki)), "resuming")
    location = agent.wait_line('registered at one .* as "([^"]+)"').group(1)
    wait_until(lambda: (agent.state / "dtls-sessions").exists(), "the session is kept")
    same((agent.state / "dtls-sessions").stat().st_mode & 0o777, 0o600, "for the agent alone")
    server.wait_line("dev1 registered at " + location)
    registers = sum("dev1 registered at" in line for line in server.lines)
    check(registers > 0, "there was a Register")
    wait_until(lambda: (agent.state / "session-101").exists(), "the registration is kept")
    agent.kill()
    agent = start_agent(bench, section("one", 101, server.uri, pki, anchor(pki)), "resuming")
    wait_until(lambda: agent.server("State") == "registered", "registered after a crash")
    same(server.property("Location"), location, "it is the same registration")
    same(agent.server("PeerSubject"), "CN=" + NAME, "the certificate is known from the session")
    same(sum("dev1 registered at" in line for line in server.lines), registers, "there was no other Register")
    agent.stop()


def check_config(bench, pki):
    rows = {
        "good": (section("one", 101, "coaps://127.0.0.1", pki, anchor(pki)), "The configuration is good: 1 server"),
        "other-key": (section("one", 101, "coaps://127.0.0.1", pki).replace(str(pki.key("dev1")), str(pki.key("dev2"))),
                      "the private key is not that of the certificate"),
        "expired": (section("one", 101, "coaps://127.0.0.1", pki, "", "old"), "the certificate expired on 2021-01-01; renew it"),
        "anchor-expired": (section("one", 101, "coaps://127.0.0.1", pki, anchor(pki, "expired")),
                           "the server's certificate expired on 2021-01-01"),
        "no-certificate": (section("one", 101, "coaps://127.0.0.1", pki, "TrustAnchorFile=%s\n" % pki.key("dev1")),
                           "it holds no certificate that can be read"),
    }
    for name, (text, words) in rows.items():
        path = bench.directory / ("check-%s.conf" % name)
        path.write_text("[Agent]\nEndpointName=dev1\n" + text)
        done = subprocess.run([program("lwm2md"), "--check-config", "--config", str(path), "--data-directory",
                               str(TREE / "data")], capture_output=True, text=True, timeout=60, check=False)
        check(words in done.stdout + done.stderr, "--check-config of %s says '%s': %s" % (name, words, done.stderr.strip()))
        same(done.returncode, 0 if name == "good" else 1, "its exit status")


def no_key_is_shown(bench, pki):
    """Not one line of what a private key is made of."""
    words = set()
    for path in pki.directory.glob("*.key"):
        words.update(line for line in path.read_text().splitlines() if not line.startswith("---"))
    check(len(words) > 20, "there are keys to look for")
    for process in bench.processes:
        for line in process.lines:
            for word in words:
                check(word not in line, "a key in the output of " + process.name) if word in line else None
    check(not any(re.search(r"sentinel", line) for process in bench.processes for line in process.lines), "nothing is shown")


def main(bench):
    pki = make_pki(bench)
    check_config(bench, pki)
    server = bench.server("--certificates", str(pki.directory), listen="coaps://127.0.0.1:0")
    works(bench, pki, server)
    usages(bench, pki, server)
    refused_by_server(bench, pki, server)
    resumption(bench, pki, server)
    misbehaviour(bench, pki, server)
    refusals(bench, pki, server)
    check(bench.get(TEST_SERVER, "/org/lwm2md/TestServer", "org.lwm2md.TestServer1", "Listening") == [server.uri], "it lives")
    no_key_is_shown(bench, pki)


run(main)
