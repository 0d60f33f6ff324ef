#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Where the agent leaves from, and which of a server's addresses it takes, over every kind of link: Interface= whose
address changes, LocalAddress= and LocalPort=, a name whose first address is dead, and one that means another later.

All of it in a network namespace with a file of hosts of the script's own.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

from lib import BusError, check, run, same, wait_until

SCHEMES = ("coap", "coaps", "coap+tcp", "coaps+tcp")
SERVER, OTHER_SERVER, DEAD = "192.0.2.1", "192.0.2.9", "2001:db8:dead::1"
FIRST, SECOND = "192.0.2.7", "192.0.2.8"
KEY = "000102030405060708090a0b0c0d0e0f"
HOSTS = pathlib.Path("/etc/hosts")
# What a person would set on a link like this; silence is noticed soon.
QUICK = "AckTimeout=1s\nMaxRetransmit=1\n"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def make_network():
    ip("link", "set", "lo", "up")
    for address in (SERVER, OTHER_SERVER):
        ip("address", "add", address + "/32", "dev", "lo")
    for name in ("eth0", "eth1"):
        ip("link", "add", name, "type", "veth", "peer", "name", name + "-far")
        for end in (name, name + "-far"):
            ip("link", "set", end, "up")
    ip("address", "add", FIRST + "/24", "dev", "eth0")
    # what goes to the dead address arrives at the other end, which is nobody's
    ip("address", "add", "2001:db8:dead::7/64", "dev", "eth0", "nodad")
    ip("neigh", "add", DEAD, "lladdr", "02:00:00:00:00:01", "dev", "eth0")


class Scheme:
    """A test server at an address, and what an agent needs to speak with it."""

    def __init__(self, bench, scheme):
        self.bench, self.scheme, self.starts, self.port = bench, scheme, 0, 0
        self.secure = scheme.startswith("coaps")
        self.lines = QUICK
        if self.secure:
            self.lines += "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n" % (bench.directory / "one.key")

    def start(self, address=SERVER):
        """Anew at the same port."""
        self.starts += 1
        options = ("--keys", str(self.bench.directory / "keys")) if self.secure else ()
        server = self.bench.server(*options, listen="%s://%s:%d" % (self.scheme, address, self.port),
                                   name="server-%s-%d" % (self.scheme, self.starts))
        self.port = server.port
        return server

    def agent(self, host, lines, name):
        return self.bench.agent("%s://%s:%d" % (self.scheme, host, self.port), server=self.lines + lines,
                                name="agent-%s-%s" % (name, self.scheme))


def is_from(server, address):
    try:
        return server.property("Address").rsplit(":", 1)[0] == address
    except BusError:
        return False


def interface(bench, kind):
    """The address of the interface goes, and another one comes."""
    server = kind.start()
    agent = kind.agent(SERVER, "Interface=eth0\n", "interface")
    server.wait_client()
    check(is_from(server, FIRST), "%s: from the address of the interface" % kind.scheme)
    location = server.property("Location")
    ip("address", "del", FIRST + "/24", "dev", "eth0")
    ip("address", "add", SECOND + "/24", "dev", "eth0")
    moved = time.monotonic()
    wait_until(lambda: is_from(server, SECOND), "the next address of the interface", 60)
    check(time.monotonic() - moved < 20, "from its next address after %.1f s" % (time.monotonic() - moved))
    wait_until(lambda: agent.server("State") == "registered", "the answer")
    same(server.property("Location"), location, "the same registration")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read")
    agent.stop()
    server.stop()
    ip("address", "del", SECOND + "/24", "dev", "eth0")
    ip("address", "add", FIRST + "/24", "dev", "eth0")


def without_address(bench, kind):
    """An interface that has no address yet: said, and registered when it has one."""
    server = kind.start()
    agent = kind.agent(SERVER, "Interface=eth1\n", "later")
    words = "the interface 'eth1' has no IPv4 address now"
    agent.wait_line(words)
    wait_until(lambda: words in agent.server("LastError")[1], "LastError")
    ip("address", "add", "198.51.100.7/24", "dev", "eth1")
    server.wait_client(60)
    check(is_from(server, "198.51.100.7"), "%s: registered when the interface has an address" % kind.scheme)
    agent.stop()
    server.stop()
    ip("address", "del", "198.51.100.7/24", "dev", "eth1")


def local(bench, kind):
    """A source address and a port of our own, which stay over a new connection."""
    server = kind.start()
    ip("address", "add", "192.0.2.20/32", "dev", "eth0")
    agent = kind.agent(SERVER, "LocalAddress=192.0.2.20\nLocalPort=45671\nLifetime=20\n", "local")
    server.wait_client()
    same(server.property("Address"), "192.0.2.20:45671", "%s: the address and port that are configured" % kind.scheme)
    server.kill()
    server = kind.start()
    server.wait_client(90)
    same(server.property("Address"), "192.0.2.20:45671", "the same after the server was killed")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read")
    agent.stop()
    server.stop()
    ip("address", "del", "192.0.2.20/32", "dev", "eth0")


def names(bench, kind):
    """The first address of a name is dead; later the name means another."""
    HOSTS.write_text("%s lwm2m.example\n%s lwm2m.example\n" % (DEAD, SERVER))
    server = kind.start()
    begin = time.monotonic()
    agent = kind.agent("lwm2m.example", "Lifetime=20\n", "names")
    server.wait_client(60)
    took = time.monotonic() - begin
    check(took < 12, "%s: registered at the second address after %.1f s" % (kind.scheme, took))
    HOSTS.write_text("%s lwm2m.example\n" % OTHER_SERVER)
    server.kill()
    server = kind.start(OTHER_SERVER)
    server.wait_client(90)
    check(agent.server("Address").startswith(OTHER_SERVER), "registered where the name leads by then")
    agent.stop()
    server.stop()


def main(bench):
    make_network()
    (bench.directory / "keys").write_text("gateway %s\n" % KEY)
    key = bench.directory / "one.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    for scheme in SCHEMES:
        kind = Scheme(bench, scheme)
        interface(bench, kind)
        local(bench, kind)
        names(bench, kind)
    without_address(bench, Scheme(bench, "coap"))
    without_address(bench, Scheme(bench, "coaps+tcp"))


def in_namespace():
    """Begins anew in namespaces of its own, or skips."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
        print("skipped: needs root, ip and unshare")
        sys.exit(77)
    unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
    hosts = ["sh", "-c", "mount -t tmpfs none /mnt && touch /mnt/hosts && mount --bind /mnt/hosts /etc/hosts && "
             'exec "$@"', "sh"]
    if subprocess.run([*unshare, *hosts, "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: no namespaces here")
        sys.exit(77)
    os.environ["LWM2MD_NAMESPACE"] = "yes"
    os.execvp("unshare", [*unshare, *hosts, sys.executable, *sys.argv])


if __name__ == "__main__":
    if "LWM2MD_NAMESPACE" not in os.environ:
        in_namespace()
    run(main)
