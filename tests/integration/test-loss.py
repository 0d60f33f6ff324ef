#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
A network that loses datagrams, and a server that loses its memory.

Between the agent and the test server stands a relay that drops datagrams by a seeded generator. With LWM2MD_LOSS_FULL=1
bodies have 64 KiB and time-outs are the standard's, which takes some minutes; else they are small. With
LWM2MD_LOSS_NFT=1 nftables drops them in a network namespace, by the kernel's random numbers, and there is no relay.
"""

import os
import random
import re
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time

FULL = os.environ.get("LWM2MD_LOSS_FULL") == "1"
if FULL:
    os.environ.setdefault("LWM2MD_TEST_LIMIT", "1500")

from lib import BusError, Variant, check, run, same, wait_until

SEED = int(os.environ.get("LWM2MD_LOSS_SEED", "7252"))
KEY = "000102030405060708090a0b0c0d0e0f"
# Of the 64 KiB that a joined body may have, what is around the value takes some bytes.
BODY = 65500 if FULL else 4000
# How long the test server waits for the end of it.
PATIENT = {"timeout_usec": Variant("t", 240000000)}
SLOW = "" if FULL else "AckTimeout=1s\n"


class Relay:
    """Passes datagrams between whoever comes and one server, but for some."""

    def __init__(self, port, seed):
        self.target = ("127.0.0.1", port)
        self.chance = random.Random(seed)
        self.loss = 0.0
        self.passed, self.lost = 0, 0
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.front, selectors.EVENT_READ, None)
        self.backs = {}  # address of a client to the socket that stands for it
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.front.getsockname()[1]

    def work(self):
        while not self.ended.is_set():
            for key, _ in self.selector.select(0.1):
                try:
                    data, address = key.fileobj.recvfrom(65536)
                except OSError:
                    continue
                if self.chance.random() < self.loss:
                    self.lost += 1
                    continue
                self.passed += 1
                self.forward(key, data, address)

    def forward(self, key, data, address):
        try:
            if key.data is not None:
                self.front.sendto(data, key.data)
                return
            if address not in self.backs:
                back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                back.connect(self.target)
                self.backs[address] = back
                self.selector.register(back, selectors.EVENT_READ, address)
            self.backs[address].send(data)
        except OSError:  # ICMP from an earlier datagram
            pass

    def close(self):
        self.ended.set()
        self.thread.join(5)
        for back in [self.front, *self.backs.values()]:
            back.close()


class Filter:
    """The same by the kernel: what comes from the server's port, and what goes to it, is dropped at random."""

    def __init__(self, port, _):
        self.port, self.chance = port, 0.0
        self.before = (0, 0)  # what the rules had counted that are gone
        self.write()

    def write(self):
        """Replaces all rules."""
        port = self.port if self.chance > 0 else 0  # it takes no chance of none
        rules = "".join("udp %sport %d numgen random mod 1000 < %d counter drop\nudp %sport %d counter\n" %
                        (way, port, max(1, round(self.chance * 1000)), way, self.port) for way in "ds")
        subprocess.run(["nft", "-f", "-"], check=True, text=True, input=(
            "table ip loss\ndelete table ip loss\n"
            "table ip loss {\nchain come {\ntype filter hook input priority 0\n%s}\n}\n" % rules))

    @property
    def loss(self):
        return self.chance

    @loss.setter
    def loss(self, chance):
        self.before = (self.lost, self.passed)
        self.chance = chance
        self.write()

    def count(self, which):
        """The packets of each second rule."""
        text = subprocess.run(["nft", "list", "table", "ip", "loss"], check=True, capture_output=True, text=True).stdout
        return self.before[which] + sum(int(each) for each in re.findall(r"counter packets (\d+)", text)[which::2])

    @property
    def lost(self):
        return self.count(0)

    @property
    def passed(self):
        return self.count(1)

    def close(self):
        subprocess.run(["nft", "delete", "table", "ip", "loss"], check=True)


def in_namespace():
    """Begins anew in a network namespace of its own, or skips."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "unshare"))):
        print("skipped: needs root, ip, nft and unshare")
        sys.exit(77)
    os.environ["LWM2MD_LOSS_NFT"] = "inside"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def state(agent):
    try:
        return agent.server("State")
    except BusError:
        return None


def patiently(ask, what):
    """At 30 % a message is lost five times in a row now and then: then a person asks again."""
    for _ in range(4):
        answer = ask()
        if answer[0].startswith("2."):
            return answer
    check(False, what)


def timed(relay, what, limit, do):
    passed, lost, begin = relay.passed, relay.lost, time.monotonic()
    result = do()
    took = time.monotonic() - begin
    check(took < limit, "%s: %.0f s, %d datagrams of %d lost" %
          (what, took, relay.lost - lost, relay.lost - lost + relay.passed - passed))
    return result


def bodies(bench, scheme, options, lines):
    """10 % each way: a large body to the agent, and back."""
    server = bench.server(*options, listen="%s://127.0.0.1:0" % scheme, name="server-" + scheme)
    relay = Road(server.port, SEED)
    agent = bench.agent("%s://127.0.0.1:%d" % (scheme, relay.port), server=lines + SLOW, name="agent-" + scheme)
    server.wait_client()
    relay.loss = 0.1
    data = random.Random(1).randbytes(BODY)
    values = {"0": Variant("a{qv}", {0: Variant("ay", data)})}
    same(timed(relay, "%d bytes to the agent, %s" % (BODY, scheme), 240, lambda: server.call(
        "Create", "sa{sv}a{sv}", "/19", values, {"instance": Variant("q", 7), **PATIENT}, seconds=300)[:2]),
        ["2.01 Created", "/19/7"], "they arrived")
    status, got = timed(relay, "and back", 240, lambda: server.call(
        "Read", "sa{sv}", "/19/7/0/0", PATIENT, seconds=300)[:2])
    check(status == "2.05 Content" and bytes(got["/19/7/0/0"]) == data, "and are the same")
    relay.loss = 0.0
    agent.stop()
    server.stop()
    relay.close()


def signs(bench, scheme, options, lines):
    """30 % each way: Register, Read, Update."""
    server = bench.server(*options, listen="%s://127.0.0.1:0" % scheme, name="server-30-" + scheme)
    relay = Road(server.port, SEED + 1)
    relay.loss = 0.3
    agent = bench.agent("%s://127.0.0.1:%d" % (scheme, relay.port), server=lines + SLOW, name="agent-30-" + scheme)
    timed(relay, "Register, " + scheme, 300, lambda: server.wait_client(300))
    wait_until(lambda: state(agent) == "registered", "the answer to it", 300)
    timed(relay, "Read", 300, lambda: patiently(lambda: server.read("/3/0/16"), "Read is answered"))

    def update():
        before = sum(1 for line in server.lines if "dev1 updated" in line)
        agent.call("Update")
        wait_until(lambda: state(agent) == "registered" and
                   sum(1 for line in server.lines if "dev1 updated" in line) > before, "the Update", 300)
    timed(relay, "Update", 300, update)
    relay.loss = 0.0
    agent.stop()
    server.stop()
    relay.close()


def forgetful(bench, keys, lines):
    """The server is killed under an established DTLS session, and comes back without it."""
    server = bench.server("--keys", str(keys), listen="coaps://127.0.0.1:0", name="server-forgets")
    agent = bench.agent(server.uri, server=lines + "Lifetime=16\nAckTimeout=1s\nMaxRetransmit=1\n",
                        name="agent-forgotten")
    server.wait_client()
    port = server.port
    server.kill()
    server = bench.server("--keys", str(keys), listen="coaps://127.0.0.1:%d" % port, name="server-again")
    begin = time.monotonic()
    server.wait_client(60)
    # the Update after 8 s, its answer that does not come in 15 s, and a handshake
    check(True, "registered again by itself, after %.0f s" % (time.monotonic() - begin))
    same(server.read("/3/0/16")[0], "2.05 Content", "Read after that")
    agent.stop()
    server.stop()


def main(bench):
    keys = bench.directory / "keys"
    keys.write_text("gateway %s\n" % KEY)
    key = bench.directory / "one.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    psk = "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n" % key
    print("seed %d" % SEED)
    forgetful(bench, keys, psk)
    signs(bench, "coap", [], "")
    bodies(bench, "coap", [], "")
    bodies(bench, "coaps", ["--keys", str(keys)], psk)
    if FULL:  # a handshake may take minutes by itself
        signs(bench, "coaps", ["--keys", str(keys)], psk)


NFT = os.environ.get("LWM2MD_LOSS_NFT")
Road = Filter if NFT else Relay
if NFT == "1":
    in_namespace()
if NFT:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
run(main)
