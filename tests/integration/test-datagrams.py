#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Random and mutated datagrams at the running agent: it neither crashes nor leaks nor grows, and serves afterwards.

test-datagrams.py [COUNT], or LWM2MD_DATAGRAMS; 5000 without either. LWM2MD_SEED repeats a run.
"""

import os
import random
import sys
import time

import coap
from lib import ForeignServer, check, run, same

COUNT = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LWM2MD_DATAGRAMS", "5000"))
SEED = int(os.environ.get("LWM2MD_SEED", time.time_ns() % 1000000))
BURST = 50
# KiB by which the agent may grow after the first tenth: its caches are full by then.
GROWTH = 16384

TLV, SENML, JSON = [(12, coap.uint(11542))], [(12, coap.uint(112))], [(12, coap.uint(110))]


def block(option, number, more, szx):
    return (option, coap.uint(number << 4 | (8 if more else 0) | szx))


def seeds():
    """Good requests, to be spoiled."""
    asks = [
        (coap.GET, "/3/0", b"", []), (coap.GET, "/3/0/16", b"", [(coap.ACCEPT, b"\x3c")]),
        (coap.GET, "/3", b"", [(coap.ACCEPT, coap.uint(40))]), (coap.GET, "/1/0/1", b"", [(coap.OBSERVE, b"")]),
        (coap.GET, "/1/0/1", b"", [(coap.OBSERVE, b"\x01")]), (coap.GET, "/1/0", b"", [block(coap.BLOCK2, 0, False, 0)]),
        (coap.PUT, "/1/0/6", b"1", [(12, b"")]), (coap.PUT, "/1/0/2", b"\xc1\x02\x05", TLV),
        (coap.POST, "/1/0", b"\x82\xa2\x00f/1/0/2\x02\x05\xa2\x00f/1/0/6\x04\xf5", SENML),
        (coap.POST, "/1/0", b'[{"bn":"/1/0/","n":"2","v":5},{"n":"6","vb":true}]', JSON),
        (coap.PUT, "/1/0", bytes(range(64)), TLV + [block(coap.BLOCK1, 0, True, 2), (coap.SIZE1, b"\xff")]),
        (coap.PUT, "/1/0", bytes(range(64)), TLV + [block(coap.BLOCK1, 1, False, 2)]),
        (coap.POST, "/1/0/8", b"0='U'", []), (coap.POST, "/3/0/12", b"", []), (coap.DELETE, "/3/0", b"", []),
        (coap.PUT, "/3/0/16?pmin=10&pmax=60", b"", []), (coap.FETCH, "/", b"\x81\xa1\x00f/3/0/0", SENML),
        (coap.IPATCH, "/", b"[]", JSON), (coap.GET, "/0", b"", []), (coap.GET, "/.well-known/core", b"", []),
    ]
    return [coap.Message(coap.CON, method, 1, b"\x0a\x0b", coap.path_options(path) + options, payload).encode()
            for method, path, payload, options in asks]


def spoil(chance, data):
    """A few changes of every kind that a network or an enemy would make."""
    data = bytearray(data)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif kind == 1 and data:
            data[at % len(data)] = chance.choice((0, 0xff, 0xd0, 0xe0, 0x7f, 0x80, chance.randrange(256)))
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            data[at:at] = chance.randbytes(chance.randrange(1, 9))
        elif kind == 4:
            del data[at:at + chance.randrange(1, 9)]
        else:
            data += chance.randbytes(chance.choice((1, 16, 300, 1400)))
    if len(data) >= 4:
        data[2:4] = chance.randbytes(2)  # else most would be repetitions
        if chance.random() < 0.7:
            data[0] = 0x40 | chance.choice((0x00, 0x00, 0x10, 0x20, 0x30)) | data[0] & 0x0f
    return bytes(data)


def is_farewell(data):
    """Disable (/1/0/4) sends the agent away for a day, as it should."""
    try:
        message = coap.Message.decode(data)
    except coap.Malformed:
        return False
    return message.code == coap.POST and [bytes(part) for part in message.all(coap.URI_PATH)][2:3] == [b"4"]


def memory(agent):
    """Private memory in KiB."""
    for line in open("/proc/%d/smaps_rollup" % agent.pid):
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    return 0


def drain(server):
    """Takes what there is, without a thought: Registers and Updates are answered."""
    while True:
        try:
            if server.pump(0) is None:
                return
        except coap.Malformed:
            check(False, "the agent sent what is no CoAP")
        if len(server.log) > 1000:
            del server.log[:]
            del server.updates[:]


def is_alive(server, agent):
    """
    It answers a good request. One with the message id of a random datagram is a repetition of that to the agent, and a
    random RST may have hit an Update of its own, so that it registers again: hence some patience.
    """
    deadline = time.monotonic() + 30
    while agent.is_running() and time.monotonic() < deadline:
        try:
            if server.ask(coap.GET, "/3/0/16", options=[(coap.ACCEPT, b"")], seconds=10).payload == b"U":
                return True
        except coap.Timeout:
            pass
        server.pump(0.1)
    return False


def main(bench):
    chance, good = random.Random(SEED), seeds()
    print("seed %d, %d datagrams" % (SEED, COUNT))
    server = ForeignServer(bench)
    # ASan keeps what was freed, which looks like growth
    quarantine = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"}
    agent = bench.agent(server.uri, server="Lifetime=86400", environment=quarantine)
    server.wait_registration()
    sent, start_memory, last = 0, None, []
    while sent < COUNT:
        for _ in range(BURST):
            data = chance.randbytes(chance.randrange(0, 200)) if chance.random() < 0.2 else spoil(
                chance, chance.choice(good))
            if is_farewell(data):
                continue
            last = (last + [data])[-2 * BURST:]
            server.send(data, server.client)
            sent += 1
        drain(server)
        # the answer shows that the burst was read, and did not overflow a socket
        if not is_alive(server, agent):
            print("the last datagrams were:", *(each.hex() for each in last), sep="\n")
            check(False, "the agent answers after %d datagrams" % sent)
        if start_memory is None and sent >= COUNT // 10:
            start_memory = memory(agent)
    drain(server)
    check(is_alive(server, agent), "the agent answers after %d datagrams" % sent)
    print("it registered %d times" % len(server.registrations))
    grown = memory(agent) - start_memory
    check(grown < GROWTH, "it has grown by %d KiB since the first tenth" % grown)
    with server.background():
        agent.stop(60)
    same(agent.wait_end(), 0, "it ends with 0")
    check(agent.sanitizer_report() is None, "no sanitizer complains")


run(main)
