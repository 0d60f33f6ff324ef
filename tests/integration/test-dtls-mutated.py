#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Flights of DTLS and of TLS that somebody on the way changes, drops, repeats and invents: agent and server live, and the agent
registers when it is over.

LWM2MD_FUZZ_SECONDS says how long; LWM2MD_FUZZ_SEED repeats what happened.
"""

import os
import random
import select
import socket
import threading
import time

SECONDS = float(os.environ.get("LWM2MD_FUZZ_SECONDS", "15"))
SEED = int(os.environ.get("LWM2MD_FUZZ_SEED", "1"))
os.environ.setdefault("LWM2MD_TEST_LIMIT", str(int(SECONDS) + 240))

from lib import AGENT, BusError, check, run, wait_until  # noqa: E402
from pki import Pki  # noqa: E402

DATAGRAMS, STREAMS = range(101, 113), range(113, 119)
SERVERS = [*DATAGRAMS, *STREAMS]
GROWTH_KIB = 16 * 1024  # sessions that end now and not a minute ago, and what the heap leaves between them


class Road(threading.Thread):
    """A road to the server on which what is sent suffers, while `rough`."""

    KIND = socket.SOCK_DGRAM

    def __init__(self, port, seed):
        super().__init__(daemon=True)
        self.random, self.server = random.Random(seed), ("127.0.0.1", port)
        self.front = socket.socket(socket.AF_INET, self.KIND)
        self.front.bind(("127.0.0.1", 0))
        self.port = self.front.getsockname()[1]
        self.ways, self.seen, self.rough, self.mutated = {}, [], True, 0
        self.start()

    def mutate(self, data):
        """The datagrams that come instead of this one."""
        dice = self.random
        self.seen = (self.seen + [data])[-64:]
        if not self.rough or dice.random() < 0.7:
            return [data]
        self.mutated += 1
        kind = dice.randrange(8)
        changed = bytearray(data)
        if kind == 0:
            return []
        if kind == 1:
            return [data, data]
        if kind == 2:
            return [dice.choice(self.seen), data]
        if kind == 3:
            return [data[:dice.randrange(len(data))], data]
        if kind == 4:
            return [bytes(dice.randrange(256) for _ in range(dice.randrange(1, 200))), data]
        if kind == 5:
            other = dice.choice(self.seen)
            cut = dice.randrange(min(len(data), len(other)))
            return [data[:cut] + other[cut:]]
        for _ in range(dice.randrange(1, 4)):
            # the heads of records and of messages more often than what is in them
            place = dice.randrange(min(len(changed), 40)) if kind == 6 else dice.randrange(len(changed))
            changed[place] = dice.choice([0, 1, 0xff, dice.randrange(256)])
        return [bytes(changed)] if dice.random() < 0.5 else [bytes(changed), data]

    def way(self, client):
        if client not in self.ways:
            self.ways[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.ways[client].connect(self.server)
            while len(self.ways) > 32:
                self.ways.pop(next(iter(self.ways))).close()
        return self.ways[client]

    def carry(self, ready):
        if ready is self.front:
            data, client = self.front.recvfrom(4096)
            for each in self.mutate(data) if data else []:
                self.way(client).send(each)
            return
        data = ready.recv(4096)
        for client, way in self.ways.items():
            if way is ready:
                for each in self.mutate(data) if data else []:
                    self.front.sendto(each, client)

    def run(self):
        while True:
            for ready in select.select([self.front, *self.ways.values()], [], [], 0.1)[0]:
                try:
                    self.carry(ready)
                except OSError:
                    continue


class Channel(Road):
    """The same for a stream: what was read at a time is changed as a datagram would be."""

    KIND = socket.SOCK_STREAM

    def end(self, *sockets):
        for each in sockets:
            self.ways.pop(each, None)
            each.close()

    def carry(self, ready):
        if ready is self.front:
            client = self.front.accept()[0]
            way = socket.create_connection(self.server, timeout=2)
            self.ways[client], self.ways[way] = way, client
            return
        other = self.ways.get(ready)
        if other is None:  # it ended in this turn
            return
        try:
            data = ready.recv(4096)
            for each in self.mutate(data) if data else []:
                other.sendall(each)
        except OSError:
            data = b""
        if not data:
            self.end(ready, other)

    def run(self):
        self.front.listen(16)
        while True:
            for ready in select.select([self.front, *self.ways], [], [], 0.1)[0]:
                try:
                    self.carry(ready)
                except OSError:
                    continue


def memory_kib(pid):
    with open("/proc/%d/status" % pid) as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def configure(bench, pki, roads):
    key = bench.directory / "one.key"
    key.write_text("00112233")
    key.chmod(0o600)
    ours = "Security=x509\nCertificateFile=%s\nPrivateKeyFile=%s\nServerCertificateFile=" % (
        pki.file("dev1"), pki.key("dev1"))
    kinds = [
        "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n" % key,
        "%s%s\nCertificateUsage=2\n" % (ours, pki.file("ca")),
        "%s%s\nCiphers=0xC0AE\n" % (ours, pki.file("server")),
    ]
    return "[Agent]\nEndpointName=dev1\nLogLevel=warning\n" + "".join(
        "[Server s%d]\nUri=%s://127.0.0.1:%d\nShortServerId=%d\nLifetime=300\nAckTimeout=1s\nMaxRetransmit=1\n%s\n" %
        (ssid, "coaps" if ssid in DATAGRAMS else "coaps+tcp", road.port, ssid, kinds[ssid % 3]) for ssid, road in zip(SERVERS, roads))


def main(bench):
    pki = Pki(bench.directory / "pki")
    pki.authority("ca")
    pki.certificate("server", "ca", names="IP:127.0.0.1")
    pki.certificate("dev1", "ca")
    keys = bench.directory / "keys"
    keys.write_text("gateway 00112233\n")
    server = bench.server("--listen", "coaps+tcp://127.0.0.1:0", "--keys", str(keys), "--certificates", str(pki.directory),
                          listen="coaps://127.0.0.1:0")
    streams = int(server.wait_line(r"listening at coaps\+tcp://\S+:(\d+)").group(1))
    roads = [Road(server.port, SEED + ssid) for ssid in DATAGRAMS]
    channels = [Channel(streams, SEED + ssid) for ssid in STREAMS]
    roads += channels
    # the address sanitizer keeps what was freed, a quarter of a GiB of it, if it is not told otherwise
    agent = bench.agent_with(configure(bench, pki, roads), environment={
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"})
    bench.wait_name(AGENT)
    end = time.monotonic() + SECONDS
    warm = None
    while time.monotonic() < end:
        for ssid in SERVERS:
            bench.call(AGENT, "/org/lwm2md/server/%d" % ssid, "org.lwm2md.Server1", "Register")
        time.sleep(0.4)
        check(agent.is_running(), "the agent lives") if not agent.is_running() else None
        if warm is None and time.monotonic() > end - SECONDS * 0.7:
            warm = memory_kib(agent.pid)
    for name, some in (("datagrams", roads[:len(DATAGRAMS)]), ("pieces of streams", channels)):
        mutated = sum(road.mutated for road in some)
        check(mutated > SECONDS, "%d %s were changed" % (mutated, name))
    grown = memory_kib(agent.pid) - warm
    check(grown < GROWTH_KIB, "it has grown by %d KiB" % grown)
    for road in roads:
        road.rough = False

    def is_registered(ssid):
        try:
            if agent.server("State", ssid) == "registered":
                return True
            bench.call(AGENT, "/org/lwm2md/server/%d" % ssid, "org.lwm2md.Server1", "Register")
        except BusError:
            pass
        time.sleep(2)
        return False
    for ssid in SERVERS:
        wait_until(lambda ssid=ssid: is_registered(ssid), "registered at %d" % ssid, 60)
        check(True, "registered at %d when it is over" % ssid)
    check(server.is_running(), "the server lives, too")


run(main)
