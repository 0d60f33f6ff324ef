#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Read of an object with 1 000 instances of 8 resources: in blocks, given up half-way, begun anew, beside others."""

import os
import time

import coap
from bus import Variant
from lib import AGENT, ForeignServer, check, run, same, wait_until
from plugin import Service

INSTANCES = 1000
RESOURCES = [5518, 5601, 5602, 5603, 5604, 5700, 5701, 6042]
FORMATS = (("SenML CBOR", coap.SENML_CBOR), ("SenML JSON", coap.SENML_JSON), ("TLV", coap.TLV))
# The agent may grow by this much while it holds an answer of 8 000 resources, and what it was made of.
GROWTH_MAX = 8 * 1024 * 1024


def values(number):
    """What the service says of one instance."""
    base = "/3303/%d/" % number
    plain = {5601: -10.5, 5602: 40.25, 5603: -40.0, 5604: 125.0, 5700: 20 + number / 8}
    return {base + "5518": Variant("x", 1700000000 + number), base + "5701": "Cel", base + "6042": Variant("x", 23),
            **{base + str(id): value for id, value in plain.items()}}


def offer(bench):
    """All instances with their values; what the agent does not keep of them it asks for, once a Read."""
    service = Service(bench)
    service.answer = lambda paths, context: {path: values(int(path.split("/")[2]))[path] for path in paths}
    first = {path: value for number in range(INSTANCES) for path, value in values(number).items()}
    service.register({"/3303/%d" % number: RESOURCES for number in range(INSTANCES)}, name="thermometers",
                     cache="notify", values=first)
    return service


class Memory:
    """What the agent holds, in KiB."""

    def __init__(self, agent):
        self.path = "/proc/%d/" % agent.process.pid

    def now(self, name):
        with open(self.path + "status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(name + ":"))

    def cpu(self):
        """Seconds of processor time."""
        with open(self.path + "stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def get(server, path, format, number=None, size=1024, **keywords):
    """One block; without a number a plain GET."""
    options = [(coap.ACCEPT, coap.uint(format))]
    if number is not None:
        options.append((coap.BLOCK2, coap.uint(number << 4 | (size.bit_length() - 5))))
    return server.ask(coap.GET, path, options=options, **keywords)


class Transfer:
    """A Read in blocks that goes on as far as it is told."""

    def __init__(self, server, path, format, size=1024):
        self.server, self.path, self.format, self.size = server, path, format, size
        self.body, self.etag, self.total, self.number, self.more = b"", None, None, 0, True

    def step(self):
        answer = get(self.server, self.path, self.format, self.number, self.size)
        block = answer.block(coap.BLOCK2)
        if answer.status != "2.05" or block is None or block[0] != self.number:
            raise AssertionError("block %d: %r" % (self.number, answer))
        if self.number == 0:
            self.etag, self.total = answer.first(coap.ETAG), answer.number(coap.SIZE2)
        if answer.first(coap.ETAG) != self.etag or (block[1] and len(answer.payload) != self.size):
            raise AssertionError("block %d: another ETag, or not full: %r" % (self.number, answer))
        self.body += answer.payload
        self.more = block[1]
        self.number += 1

    def run(self, count=None):
        """So many blocks, or all."""
        while self.more and (count is None or count > 0):
            self.step()
            count = None if count is None else count - 1
        return self


def test_whole(server, service, memory, name, format):
    """From the first block to the last, measured."""
    asked = len(service.reads)
    begin, cpu = time.monotonic(), memory.cpu()
    transfer = Transfer(server, "/3303", format).run()
    seconds, cpu = time.monotonic() - begin, memory.cpu() - cpu
    same(len(transfer.body), transfer.total, "%s: as many bytes as Size2 says" % name)
    check(transfer.etag is not None, "the blocks have one ETag")
    print("# %s: %d bytes in %d blocks of 1024: %.3f s, %.0f blocks/s, agent's CPU %.2f s, VmRSS %d KiB, VmHWM %d KiB" % (
        name, len(transfer.body), transfer.number, seconds, transfer.number / seconds, cpu,
        memory.now("VmRSS"), memory.now("VmHWM")))
    check(len(service.reads) <= asked + 1, "the service was asked at most once, not for each block")
    return transfer.body


def count_tlv(body):
    """(instances, resources) of an object in TLV."""
    def entries(data):
        at = 0
        while at < len(data):
            head, at = data[at], at + 1 + (2 if data[at] & 0x20 else 1)
            width = head >> 3 & 3
            length = int.from_bytes(data[at:at + width], "big") if width else head & 7
            at += width
            yield head >> 6, data[at:at + length]
            at += length
    instances = list(entries(body))
    return len(instances), sum(len(list(entries(content))) for _, content in instances)


def test_first(server, memory):
    """A Read that knows nothing of blocks gets the first one of 1024 bytes."""
    before = memory.now("VmRSS")
    answer = get(server, "/3303", coap.TLV)
    same((answer.status, answer.block(coap.BLOCK2), len(answer.payload)), ("2.05", (0, True, 1024), 1024),
         "a plain GET is answered with a first block")
    check(answer.number(coap.SIZE2) > 40000, "which says how much there is: %d bytes" % answer.number(coap.SIZE2))
    return before


def test_abandoned(server, service):
    """Given up half-way; the second try is of what is true then."""
    half = Transfer(server, "/3303", coap.TLV).run(22)
    same((half.number, half.more), (22, True), "half of a Read")
    service.update({"/3303/100/5700": 77.5})
    again = Transfer(server, "/3303", coap.TLV)
    again.run(1)
    check(again.etag != half.etag, "from block 0 anew: the value has changed, and so has the ETag")
    again.run()
    same(count_tlv(again.body), (INSTANCES, INSTANCES * len(RESOURCES)), "the second try is whole")
    check(half.body[:1024] == again.body[:1024] and half.body != again.body[:len(half.body)], "and has the new value")
    old = get(server, "/3303", coap.TLV, half.number)
    check(old.first(coap.ETAG) == again.etag, "a straggler of the first try gets blocks of the second, and can tell by the ETag")


def test_beside(server, service):
    """Other requests, other Reads of the same and of other paths and formats, and a Write, between the blocks."""
    body = bytes([0xc4, 1]) + (70000).to_bytes(4, "big")
    transfers = [Transfer(server, "/3303", coap.TLV), Transfer(server, "/3303", coap.SENML_CBOR, 512),
                 Transfer(server, "/1", coap.TLV, 16)]
    rounds = 0
    while any(transfer.more for transfer in transfers):
        for transfer in transfers:
            if transfer.more:
                transfer.step()
        if rounds % 50 == 10:
            same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "a Read of one resource between blocks")
            same(get(server, "/3303/7/5701", coap.TEXT).payload, b"Cel", "one of the same object")
            same(server.ask(coap.POST, "/1/0", body, [(coap.CONTENT_FORMAT, coap.uint(coap.TLV))]).status, "2.04",
                 "a Write")
            service.update({"/3303/500/5700": float(rounds)})
        rounds += 1
    check(rounds > 100, "three Reads went on beside each other for %d rounds" % rounds)
    same(count_tlv(transfers[0].body), (INSTANCES, INSTANCES * len(RESOURCES)), "each has its own body")
    check(len(transfers[1].body) == transfers[1].total, "whatever changed meanwhile")


def test_observed(server, service):
    """A notification is a first block; the rest is fetched without Observe, of the same snapshot."""
    token = b"\x0b"
    observe = coap.Message(coap.CON, coap.GET, server.next_mid(), token, coap.path_options("/3303") + [
        (coap.OBSERVE, b""), (coap.ACCEPT, coap.uint(coap.TLV))])
    answer = server.exchange(observe, server.client)
    check(answer.number(coap.OBSERVE) is not None and answer.block(coap.BLOCK2)[:2] == (0, True),
          "Observe is answered with a first block")
    for value in (1.5, 2.5):
        service.update({"/3303/3/5700": value})
        notified = server.wait(lambda message: message.token == token and message.code, what="a notification")
        check(notified.number(coap.OBSERVE) is not None and notified.first(coap.ETAG) != answer.first(coap.ETAG),
              "a notification has an ETag of its own")
        body, number = notified.payload, 1
        while True:
            part = get(server, "/3303", coap.TLV, number)
            if part.first(coap.ETAG) != notified.first(coap.ETAG) or part.number(coap.OBSERVE) is not None:
                raise AssertionError("block %d of a notification: %r" % (number, part))
            body += part.payload
            number += 1
            if not part.block(coap.BLOCK2)[1]:
                break
        same(len(body), notified.number(coap.SIZE2), "the rest is fetched in %d blocks" % (number - 1))
        answer = notified
    cancel = coap.Message(coap.CON, coap.GET, server.next_mid(), token, coap.path_options("/3303") + [
        (coap.OBSERVE, b"\x01"), (coap.ACCEPT, coap.uint(coap.TLV))])
    same(server.exchange(cancel, server.client).number(coap.OBSERVE), None, "Cancel")


def test_product(server, other):
    """The product's own server reads all of it."""
    begin = time.monotonic()
    with server.background():
        status, found = other.read("/3303")
    same((status, len(found)), ("2.05 Content", INSTANCES * len(RESOURCES)), "lwm2m-testserver has all values")
    print("# in %.2f s, bus included" % (time.monotonic() - begin))


def test_any_order(server):
    """Any block of a snapshot, in any order and size; one behind the end is an error."""
    whole = Transfer(server, "/3303", coap.TLV).run()
    for number, size in ((40, 1024), (3, 1024), (9, 64), (80, 512), (0, 16), (40, 1024)):
        answer = get(server, "/3303", coap.TLV, number, size)
        check(answer.status == "2.05" and answer.payload == whole.body[number * size:(number + 1) * size],
              "block %d of %d bytes" % (number, size))
    same(get(server, "/3303", coap.TLV, 5000).status, "4.02", "a block behind the end")


def test_repeated(server):
    """A message that comes twice is not a second Read."""
    request = coap.Message(coap.CON, coap.GET, server.next_mid(), b"\x77", coap.path_options("/1") + [
        (coap.ACCEPT, coap.uint(coap.TLV)), (coap.BLOCK2, b"")])
    first = server.exchange(request, server.client)
    same(first.block(coap.BLOCK2), (0, True, 16), "a first block")
    same(server.ask(coap.POST, "/1/0", bytes([0xc4, 1, 0, 1, 0, 0]), [(coap.CONTENT_FORMAT, coap.uint(coap.TLV))]).status,
         "2.04", "a Write")
    again = server.exchange(request, server.client)
    check(again.encode() == first.encode(), "the same message gets the same answer, byte for byte")
    check(get(server, "/1", coap.TLV, 0, 16).first(coap.ETAG) != first.first(coap.ETAG), "a new one gets what is true now")


def main(bench):
    server = ForeignServer(bench)
    other = bench.server()
    agent = bench.agent(server.uri, sections="\n[Server other]\nUri=%s\nShortServerId=102\n" % other.uri)
    server.wait_registration()
    bench.wait_name(AGENT)
    memory = Memory(agent)
    idle = memory.now("VmRSS")
    with server.background():
        service = offer(bench)
        wait_until(lambda: server.updates, "the Update with 1 000 instances")
        wait_until(lambda: "/3303/999" in other.property("Objects"), "the Update at the other server")
    links = memory.now("VmRSS")
    print("# VmRSS %d KiB without the instances, %d with them" % (idle, links))
    before = test_first(server, memory)
    for name, format in FORMATS:
        body = test_whole(server, service, memory, name, format)
    same(count_tlv(body), (INSTANCES, INSTANCES * len(RESOURCES)), "instances and resources")
    test_abandoned(server, service)
    test_beside(server, service)
    test_observed(server, service)
    test_product(server, other)
    test_any_order(server)
    test_repeated(server)
    grown = memory.now("VmHWM") - before
    print("# the agent grew by %d KiB at most" % grown)
    if memory.now("VmSize") < 1 << 30:  # KiB; with the address sanitizer it is more, and memory says nothing
        check(grown * 1024 <= GROWTH_MAX, "its memory is bounded")
    service.close()
    with server.background():
        agent.stop()


run(main)
