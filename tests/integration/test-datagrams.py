#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Random and mutated datagrams at the running agent, and a tenth of them at the test server: they neither crash nor
leak nor grow, and serve afterwards.

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


def drain(endpoint):
    """Takes what there is, without a thought: Registers and Updates are answered."""
    while True:
        try:
            if endpoint.pump(0) is None:
                break
        except coap.Malformed:
            check(False, "what the program sends is CoAP")
    del endpoint.log[:]


def is_alive(process, ask):
    """
    It answers a good request. One with the message id of a random datagram is a repetition of that to it, and a
    random RST may have hit an Update, so that the agent registers again: hence some patience.
    """
    deadline = time.monotonic() + 30
    while process.is_running() and time.monotonic() < deadline:
        try:
            if ask():
                return True
        except coap.Timeout:
            time.sleep(0.1)
    return False


def flood(process, count, good, send, endpoint, ask):
    """Sends them in bursts; the answer behind each shows that it was read, and did not overflow a socket."""
    chance, sent, start_memory = random.Random(SEED), 0, None
    while sent < count:
        burst = []
        while len(burst) < BURST:
            data = chance.randbytes(chance.randrange(0, 200)) if chance.random() < 0.2 else spoil(
                chance, chance.choice(good))
            if not is_farewell(data):
                burst.append(data)
        for data in burst:
            send(data)
        sent += len(burst)
        drain(endpoint)
        if not is_alive(process, ask):
            print("the last datagrams were:", *(data.hex() for data in burst), sep="\n")
            check(False, "%s answers after %d datagrams" % (process.name, sent))
        if start_memory is None and sent >= count // 10:
            start_memory = memory(process)
    check(True, "%s answers after %d datagrams" % (process.name, sent))
    grown = memory(process) - start_memory
    check(grown < GROWTH, "it has grown by %d KiB since the first tenth" % grown)


def test_agent(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, server="Lifetime=86400")
    server.wait_registration()
    flood(agent, COUNT, seeds(), lambda data: server.send(data, server.client), server, lambda: server.ask(
        coap.GET, "/3/0/16", options=[(coap.ACCEPT, b"")], seconds=10).payload == b"UT")
    print("it registered %d times" % len(server.registrations))
    with server.background():
        agent.stop(60)
    same(agent.wait_end(), 0, "it ends with 0")


def test_server(bench):
    server, client = bench.server(), bench.endpoint()
    answer = client.request(coap.POST, "/rd?ep=dev1", server.address, b"</3/0>", [(coap.CONTENT_FORMAT, b"\x28")])
    location = "/" + "/".join(part.decode() for part in answer.all(coap.LOCATION_PATH))
    good = [coap.Message(coap.CON, method, 1, b"\x0a\x0b", coap.path_options(path) + [(coap.CONTENT_FORMAT, b"\x28")] +
                         options, payload).encode() for method, path, options, payload in (
        (coap.POST, "/rd?ep=dev2&lt=300&lwm2m=1.1&b=UQ&Q&sms=49&x=y", [],
         b'</lwm2m>;rt="oma.lwm2m";ct="60 110",</lwm2m/1>;ver=1.1,</lwm2m/3/0>'),
        (coap.POST, "/rd?ep=dev3", [block(coap.BLOCK1, 0, True, 2)], b"</3/0>," * 9 + b"<"),
        (coap.POST, location + "?lt=60", [], b"</1/0>,</3/0>"), (coap.DELETE, "/rd/none", [], b""),
        (coap.GET, "/rd", [], b""))]
    flood(server, COUNT // 10, good, lambda data: client.send(data, server.address), client, lambda: client.request(
        coap.GET, "/rd", server.address, seconds=10).status == "4.05")
    server.stop(60)
    same(server.wait_end(), 0, "it ends with 0")


def main(bench):
    print("seed %d, %d datagrams" % (SEED, COUNT))
    # ASan keeps what was freed, which looks like growth
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
    test_agent(bench)
    test_server(bench)


run(main)
