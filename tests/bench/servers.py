#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
make bench: what each further server costs the agent: private memory and descriptors, of 64 servers against one, without
security, over DTLS, TCP and TLS.
"""

import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from lib import AGENT, run, wait_until  # noqa: E402

SERVERS = 64
# KiB of each further server; TCP and TLS have no bar of their own, and are held to those of UDP and DTLS.
BARS = {"coap": 48, "coaps": 160, "coap+tcp": 48, "coaps+tcp": 160}
DESCRIPTORS = 4
KEY = "000102030405060708090a0b0c0d0e0f"


def private_kib(process):
    with open("/proc/%d/smaps_rollup" % process.pid) as rollup:
        return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty:"))


def measure(bench, scheme, count, lines):
    """(private KiB, descriptors) of an agent with so many servers."""
    name = "%s-%d" % (scheme, count)
    keys = bench.directory / "keys"
    server = bench.server("--keys", str(keys), listen="%s://127.0.0.1:0" % scheme, name="server-" + name)
    sections = "".join("[Server s%d]\nUri=%s\nShortServerId=%d\nLifetime=86400\n%s\n" %
                       (number, server.uri, 101 + number, lines) for number in range(1, count))
    agent = bench.agent(server.uri, name="agent-" + name, server="Lifetime=86400\n" + lines, sections=sections)
    bench.wait_name(AGENT)

    def all_registered():
        return all(bench.get(AGENT, "/org/lwm2md/server/%d" % (101 + number), "org.lwm2md.Server1", "State") ==
                   "registered" for number in range(count))
    wait_until(all_registered, "%d registrations" % count, 120)
    result = private_kib(agent), len(os.listdir("/proc/%d/fd" % agent.pid))
    agent.stop(30)
    server.stop()
    return result


def main(bench):
    (bench.directory / "keys").write_text("gateway %s\n" % KEY)
    key = bench.directory / "one.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    over = 0
    for scheme, bar in BARS.items():
        lines = "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s" % key if scheme.startswith("coaps") else ""
        one, many = measure(bench, scheme, 1, lines), measure(bench, scheme, SERVERS, lines)
        memory = (many[0] - one[0]) / (SERVERS - 1)
        descriptors = (many[1] - one[1]) / (SERVERS - 1)
        for what, value, unit, limit in (("memory", memory, "KiB", bar), ("descriptors", descriptors, "", DESCRIPTORS)):
            good = value <= limit
            over += not good
            print("%-10s each further server, %-12s %9.2f %-3s  bar <= %4d   %s" %
                  (scheme, what, value, unit, limit, "ok" if good else "over"))
    if over:
        raise SystemExit(1)


run(main)
