# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: over DTLS, by pre-shared keys and by certificates, with Californium's Scandium at the other end."""

import peer
from lib import BusError, Failed, wait_until
from pki import Pki

KEY, CIPHER = "000102030405060708090a0b0c0d0e0f", "TLS_PSK_WITH_AES_128_CCM_8"


def make(bench):
    """The directory that Secure.java reads."""
    pki = Pki(bench.directory / "pki")
    pki.authority("ca")
    # Scandium, which may be either end, wants both usages
    pki.certificate("server", "ca", "lwm2m.example", "DNS:lwm2m.example", "serverAuth,clientAuth")
    pki.certificate("dev1", "ca", "dev1")
    pki.authority("stranger")
    pki.certificate("outsider", "stranger", "dev1")
    (pki.directory / "clients").write_text("dev1 x509\ndev2 psk gateway %s\n" % KEY)
    for name, key in (("good", KEY), ("wrong", "ff" * 16)):
        (pki.directory / name).write_text(key)
        (pki.directory / name).chmod(0o600)
    return pki


def by_key(pki, name="good"):
    return "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\nCiphers=%s\n" % (pki.directory / name, CIPHER)


def by_certificate(pki, name="dev1", authority="ca"):
    return ("Security=x509\nCertificateFile=%s\nPrivateKeyFile=%s\nServerCertificateFile=%s\n"
            "CertificateUsage=trust-anchor\nSni=lwm2m.example\n" % (pki.file(name), pki.key(name), pki.file(authority)))


def start(table, stage, endpoint, name, settings):
    """An agent of that endpoint name; Leshan's answers are about it from now on."""
    table.leshan.endpoint = endpoint
    stage.agent = table.bench.agent_with(
        "[Agent]\nEndpointName=%s\n[Server one]\nUri=%s\nShortServerId=101\nLifetime=300\nVersion=1.1\n%s" %
        (endpoint, table.leshan.uri, settings), name=name)
    return stage.agent


def operations(table, stage, how, endpoint, settings, cipher):
    leshan = table.leshan
    before = leshan.mark()
    agent = start(table, stage, endpoint, "agent-" + how, settings)
    table.row(how, "Register", lambda: leshan.wait("registered", lambda event: event["endpoint"] == endpoint, before))
    table.row(how, "Read", lambda: table.expect({"code": "2.05"}, "read", "/3/0"))
    table.row(how, "Write", lambda: table.expect({"code": "2.04"}, "write", "/1/0", mode="update", format="tlv",
                                                 resources={"1": ["integer", 777]}))
    table.row(how, "Observe", lambda: table.expect({"code": "2.05"}, "observe", "/1/0/1"))
    table.row(how, "Execute", lambda: table.expect({"code": "2.04"}, "execute", "/1/0/8"))
    table.row(how, "Update, with the new lifetime", lambda: leshan.wait(
        "updated", lambda event: event["endpoint"] == endpoint and event["lifetime"] == 777, before))

    def is_used():
        if cipher not in agent.server("Cipher"):
            raise Failed("Cipher is " + agent.server("Cipher"))
    table.row(how, "by " + cipher, is_used)
    agent.stop()
    table.row(how, "De-register", lambda: leshan.wait(
        "unregistered", lambda event: event["endpoint"] == endpoint and not event["expired"], before))


def refused(table, stage, how, endpoint, settings, words):
    agent = start(table, stage, endpoint, "agent-" + how.replace(" ", "-"), settings)

    def is_told():
        try:
            return any(each in agent.server("LastError")[1] for each in words)
        except BusError:
            return False
    table.row("DTLS", how, lambda: wait_until(is_told, "LastError with %s" % (words,), 60))
    agent.stop()


def rows(table, stage):
    pki = make(table.bench)
    stage.agent.stop()  # else it keeps the name on the bus
    table.leshan.stop()
    table.leshan = peer.Leshan(table.bench, "leshan-secure", secure=pki.directory)
    operations(table, stage, "DTLS-PSK", "dev2", by_key(pki), CIPHER)
    operations(table, stage, "DTLS-X.509", "dev1", by_certificate(pki), "TLS_ECDHE_ECDSA_WITH_AES_")
    refused(table, stage, "wrong key", "dev2", by_key(pki, "wrong"), ["compare PskIdentity= and the key at both ends"])
    refused(table, stage, "unknown authority of the server", "dev1", by_certificate(pki, authority="stranger"),
            ["an authority that is not trusted here"])
    refused(table, stage, "unknown authority of the client", "dev1", by_certificate(pki, "outsider"),
            ["does not take our certificate"])
