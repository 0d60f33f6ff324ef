#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests of the agent's own that are longer than a block: Register and Update with 1 000 instances; small links."""

import coap
from lib import AGENT, ForeignServer, check, run, same, wait_until
from plugin import Service

INSTANCES = 1000


class BlockServer(ForeignServer):
    """
    Takes bodies in blocks. `wish`: the largest block that it takes, said in its first 2.31 (or in a 4.13 with
    `is_strict`). `forgets`: the block number at which it has forgotten the rest, once.
    """

    def __init__(self, bench, wish=1024, is_strict=False, forgets=None):
        super().__init__(bench)
        self.wish, self.is_strict, self.forgets = wish, is_strict, forgets
        self.body, self.bodies, self.blocks, self.largest = b"", [], [], 0

    def take(self, request, address):
        self.largest = max(self.largest, len(request.encode()))
        block = request.block(coap.BLOCK1)
        if block is None:
            return super().take(request, address)
        number, more, size = block
        self.blocks.append(block)
        if self.is_strict and size > self.wish:
            return self.answer_block("4.13", 0, False, self.wish)
        if number == 0:
            self.body = b""
        if number == self.forgets or number * size != len(self.body):
            self.forgets = None
            self.body = b""
            return self.answer_block("4.08", number, more, size)
        self.body += request.payload
        if more:
            return self.answer_block("2.31", number, True, min(size, self.wish))
        request.payload = self.body
        self.bodies.append(self.body)
        reply = super().take(request, address)
        reply.options.append((coap.BLOCK1, coap.uint(number << 4 | (size.bit_length() - 5))))
        return reply

    def answer_block(self, status, number, more, size):
        return coap.Message(code=coap.code(status), options=[
            (coap.BLOCK1, coap.uint(number << 4 | (8 if more else 0) | (size.bit_length() - 5)))])


def links(body):
    return [link.split(">")[0].strip("<") for link in body.decode().split(",")]


def offer(bench, number=INSTANCES):
    service = Service(bench)
    service.register({"/3303/%d" % each: [5700] for each in range(number)})
    return service


def check_links(body, what):
    there = links(body)
    check(all("/3303/%d" % number in there for number in range(INSTANCES)),
          "%s: all %d instances are in %d bytes" % (what, INSTANCES, len(body)))


def test_update(bench, what, sizes, **how):
    """An Update with all instances, at a server that takes it in its own way."""
    server = BlockServer(bench, **how)
    agent = bench.agent(server.uri)
    server.wait_registration()
    bench.wait_name(AGENT)
    with server.background():
        service = offer(bench)
        wait_until(lambda: server.bodies, "the Update with 1 000 instances")
        check_links(server.bodies[0], what)
        same(sorted({size for _, _, size in server.blocks}), sizes, "in blocks of these sizes")
        check(server.largest <= 1400, "no datagram is longer than %d bytes" % server.largest)
        service.close()
        agent.stop()
    return server


def test_register(bench):
    """A Register with all instances, as the server forgot the registration."""
    server = BlockServer(bench)
    agent = bench.agent(server.uri, name="again")
    server.wait_registration()
    bench.wait_name(AGENT)
    with server.background():
        service = offer(bench)
        wait_until(lambda: server.bodies, "the Update")
        server.refuse = lambda request: "4.04" if request.path() == server.location else None
        agent.call("Update")
        wait_until(lambda: len(server.bodies) > 1, "the Register")
        server.refuse = lambda request: None
        check_links(server.bodies[1], "Register")
        same(len(server.registrations), 2, "it is one Register")
        service.close()
        agent.stop()


def test_link(bench, mtu, size):
    """Mtu= is kept to, both ways."""
    server = BlockServer(bench)
    agent = bench.agent(server.uri, server="Mtu=%d" % mtu, name="mtu-%d" % mtu)
    server.wait_registration()
    bench.wait_name(AGENT)
    with server.background():
        service = offer(bench)
        wait_until(lambda: server.bodies, "the Update")
    check_links(server.bodies[-1], "Mtu=%d" % mtu)
    check(server.largest <= mtu, "the longest request has %d bytes" % server.largest)
    check(max(block[2] for block in server.blocks) == size, "in blocks of %d" % size)
    body, number, longest = b"", 0, 0
    while True:
        answer = server.ask(coap.GET, "/3303", options=[(coap.ACCEPT, coap.uint(coap.LINK))] + (
            [(coap.BLOCK2, coap.uint(number << 4 | (got[2].bit_length() - 5)))] if number else []))
        got = answer.block(coap.BLOCK2)
        longest = max(longest, len(answer.encode()))
        body += answer.payload
        number += 1
        if not got[1]:
            break
    same(len([link for link in links(body) if link.startswith("/3303/") and link.count("/") == 2]), INSTANCES,
         "Discover of the object, in %d blocks" % number)
    check(longest <= mtu, "its longest answer has %d bytes" % longest)
    answer = server.ask(coap.PUT, "/1/0", bytes(1024), [
        (coap.BLOCK1, b"\x0e"), (coap.CONTENT_FORMAT, coap.uint(coap.TLV))])
    same(answer.status, "2.31", "a block that is larger than the link takes is taken")
    check(answer.block(coap.BLOCK1)[2] <= mtu, "but smaller ones are asked for: %d" % answer.block(coap.BLOCK1)[2])
    service.close()
    with server.background():
        agent.stop()


def main(bench):
    test_update(bench, "Update", [1024])
    test_update(bench, "a server that wishes for 256 in its 2.31", [256, 1024], wish=256)
    server = test_update(bench, "a server that says 4.13 and 128", [128, 1024], wish=128, is_strict=True)
    same(server.blocks[:2], [(0, True, 1024), (0, True, 128)], "which is done at once")
    server = test_update(bench, "a server that forgets what it had", [1024], forgets=5)
    same([number for number, _, _ in server.blocks[:7]], [0, 1, 2, 3, 4, 5, 0], "4.08 begins anew")
    test_register(bench)
    test_link(bench, 600, 512)
    test_link(bench, 200, 128)


run(main)
