# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates good and bad, sections of the configuration that use them, and what is said when one is refused."""

from bus import BusError
from lib import AGENT, Failed, check, wait_until
from pki import Pki

NAME = "lwm2m.example"


def make_pki(bench):
    pki = Pki(bench.directory / "pki")
    pki.authority("root")
    pki.authority("intermediate", "root")
    pki.authority("stranger")
    names = "DNS:%s,IP:127.0.0.1" % NAME
    pki.certificate("server", "intermediate", NAME, names, "serverAuth")
    pki.certificate("twin", "intermediate", NAME, names, "serverAuth")
    pki.certificate("expired", "intermediate", NAME, names, "serverAuth", ends="20210101000000Z")
    pki.certificate("wrong-host", "intermediate", "other.example", "DNS:other.example", "serverAuth")
    pki.certificate("wrong-usage", "intermediate", NAME, names, "clientAuth")
    pki.certificate("unknown-ca", "stranger", NAME, names, "serverAuth")
    pki.certificate("dev1", "root")
    pki.certificate("dev2", "root")
    pki.certificate("outsider", "stranger", "dev1")
    pki.certificate("old", "root", "dev1", ends="20210101000000Z")
    for name in ("server", "twin", "expired", "wrong-host", "wrong-usage"):
        pki.chain(name, "intermediate")
    pki.file("ca").write_text(pki.file("root").read_text())
    return pki


def section(name, ssid, uri, pki, more="", ours="dev1"):
    return ("[Server %s]\nUri=%s\nShortServerId=%d\nLifetime=300\nSecurity=x509\nCertificateFile=%s\nPrivateKeyFile=%s\n%s\n" %
            (name, uri, ssid, pki.file(ours), pki.key(ours), more))


def anchor(pki, name="root", more=""):
    return "ServerCertificateFile=%s\nCertificateUsage=trust-anchor\n%s" % (pki.file(name), more)


def start_agent(bench, text, name):
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\nLogLevel=debug\n" + text, name=name)
    bench.wait_name(AGENT)
    return agent


def wait_error(agent, words, ssid=101, seconds=60):
    def is_told():
        try:
            return words in agent.server("LastError", ssid)[1]
        except BusError:
            return False
    try:
        wait_until(is_told, "the error '%s'" % words, seconds)
    except Failed:
        raise Failed("LastError of %d is %r, not %r" % (ssid, agent.server("LastError", ssid), words)) from None
    check(True, "LastError of %d says '%s'" % (ssid, words))
    wait_until(lambda: any(words in line for line in agent.lines), "the same in the journal")
    check(True, "so does the journal")
