#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many services at once, many instances of one, and one that comes and goes: nothing grows."""

import os
import time

from bus import Variant
from lib import AGENT, check, run, same
from plugin import Service

CYCLES = int(os.environ.get("LWM2MD_TEST_CYCLES", "300"))
# With sanitizers what was freed is kept for a while: so little that growth is seen.
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}


def held(agent):
    """Descriptors, and KiB of private memory."""
    with open("/proc/%d/status" % agent.pid) as status:
        memory = next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))
    return len(os.listdir("/proc/%d/fd" % agent.pid)), memory


def come_and_go(bench, count):
    for _ in range(count):
        service = Service(bench)
        service.register({"/3303/*guest": [5700]}, name="guest")
        service.connection.socket.shutdown(2)
        service.close()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri, environment=ENVIRONMENT)
    server.wait_client()
    bench.wait_name(AGENT)

    big = Service(bench)
    began = time.monotonic()
    big.register({"/3303/%d" % number: [5601, 5602, 5700, 5701] for number in range(1000)}, name="big")
    print("1000 instances take %.0f ms" % ((time.monotonic() - began) * 1000))
    big.unregister()
    big.close()

    come_and_go(bench, CYCLES // 3)
    descriptors, memory = held(agent)
    come_and_go(bench, CYCLES - CYCLES // 3)
    now = held(agent)
    same(now[0], descriptors, "as many descriptors after %d registrations" % CYCLES)
    check(now[1] <= memory + 1024, "and no more memory: %d KiB, then %d KiB" % (memory, now[1]))

    services = []
    for number in range(63):  # and the guest, whose place is kept
        service = Service(bench)
        service.answer = lambda paths, context, value=float(number): {path: Variant("d", value) for path in paths}
        service.register({"/3303/%d" % (2000 + number): [5700]}, name="service%d" % number)
        services.append(service)
    same(agent.call("Read", "s", "/3303")[0],
         {"/3303/%d/5700" % (2000 + number): float(number) for number in range(63)}, "all are read at once")
    same([len(service.reads) for service in services], [1] * 63, "each by one call")
    for service in services:
        service.close()


run(main)
