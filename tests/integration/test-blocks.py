#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bodies in blocks, both ways, and requests that come while they are under way."""

import coap
from lib import ForeignServer, check, run, same

TLV = (coap.CONTENT_FORMAT, coap.uint(coap.TLV))


def block(option, number, more, size):
    return (option, coap.uint(number << 4 | (8 if more else 0) | (size.bit_length() - 5)))


def get(server, path, number, size, *options):
    return server.ask(coap.GET, path, options=[block(coap.BLOCK2, number, False, size), *options])


def put(server, path, body, number, size, *options):
    part = body[number * size:(number + 1) * size]
    more = (number + 1) * size < len(body)
    return server.ask(coap.PUT, path, part, [block(coap.BLOCK1, number, more, size), TLV, *options])


def instance(lifetime, binding=b"U"):
    """/1/0 in TLV: Lifetime, Disable Timeout, Notification Storing, Binding, and one that a newer version may have."""
    return (bytes([0xc4, 1]) + lifetime.to_bytes(4, "big") + bytes([0xc4, 5, 0, 0, 1, 0]) + bytes([0xc1, 6, 1]) +
            bytes([0xc1, 7]) + binding + bytes([0xc8, 200, 40]) + bytes(40))


def lifetime(server):
    return int(server.ask(coap.GET, "/1/0/1").payload)


def test_answer(server):
    """Block2, with other requests between the blocks."""
    tlv = (coap.ACCEPT, coap.uint(coap.TLV))
    whole = server.ask(coap.GET, "/1/0", options=[tlv]).payload
    for size in (16, 32):
        body, number, etags = b"", 0, set()
        while True:
            answer = get(server, "/1/0", number, size, tlv)
            same(answer.status, "2.05", "block %d of %d bytes" % (number, size))
            got = answer.block(coap.BLOCK2)
            same((got[0], got[2], len(answer.payload) <= size), (number, size, True), "it is that block")
            body += answer.payload
            etags.add(answer.first(coap.ETAG))
            same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "a request between blocks is served")
            if not got[1]:
                break
            same(len(answer.payload), size, "which is full")
            number += 1
        same(body, whole, "the blocks are the body")
        check(len(etags) == 1 and (number == 0 or None not in etags), "they have one ETag")
    answer = get(server, "/1/0", 1000, 16, tlv)
    check(answer.status in ("4.00", "4.02"), "a block behind the end: %s" % answer.status)


def test_snapshot(server):
    """The body does not change between its blocks."""
    tlv = (coap.ACCEPT, coap.uint(coap.TLV))
    before = server.ask(coap.GET, "/1/0", options=[tlv]).payload
    body = get(server, "/1/0", 0, 16, tlv).payload
    same(server.ask(coap.PUT, "/1/0/1", b"70000", [(coap.CONTENT_FORMAT, b"")]).status, "2.04",
         "a Write between blocks")
    number = 1
    while len(body) < len(before):
        answer = get(server, "/1/0", number, 16, tlv)
        if not answer.payload:
            break
        body += answer.payload
        number += 1
    same(body, before, "the rest is of the same body")


def test_body(server):
    """Block1, with other requests between the blocks."""
    body = instance(80000)
    count = (len(body) + 15) // 16
    for number in range(count):
        answer = put(server, "/1/0", body, number, 16)
        last = number == count - 1
        same(answer.status, "2.04" if last else "2.31", "block %d of %d" % (number + 1, count))
        same(answer.block(coap.BLOCK1)[0], number, "is acknowledged by number")
        if not last:
            same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "a request between blocks is served")
            check(lifetime(server) != 80000, "and nothing is written yet")
    same(lifetime(server), 80000, "it is written whole")


def test_repeated(server):
    """The same block as the same message is the same block; blocks out of order are 4.08."""
    body = instance(81000)
    first = coap.Message(coap.CON, coap.PUT, server.next_mid(), b"\x51", coap.path_options("/1/0") + [
        block(coap.BLOCK1, 0, True, 16), TLV], body[:16])
    same(server.exchange(first, server.client).status, "2.31", "a first block")
    same(server.exchange(first, server.client).status, "2.31", "repeated")
    last = len(body) // 16
    for number in range(1, last + 1):
        answer = put(server, "/1/0", body, number, 16)
    same((answer.status, lifetime(server)), ("2.04", 81000), "it is written all the same")
    put(server, "/1/0", instance(82000), 0, 16)
    same(put(server, "/1/0", instance(82000), 2, 16).status, "4.08", "a block behind one that is missing")
    same(put(server, "/1/0", instance(82000), last, 16).status, "4.08", "and the last one")
    same(lifetime(server), 81000, "nothing is written")
    same(server.ask(coap.PUT, "/1/0/1", b"0", [block(coap.BLOCK1, 1, False, 16), (coap.CONTENT_FORMAT, b"")]).status,
         "4.08", "a block without a first one")


def test_too_large(server):
    answer = server.ask(coap.PUT, "/1/0", b"\0" * 1024, [
        block(coap.BLOCK1, 0, True, 1024), TLV, (coap.SIZE1, coap.uint(1 << 20))])
    same(answer.status, "4.13", "a body that says it is too large")
    body = bytes(70 * 1024)
    for number in range(70):
        answer = put(server, "/1/0", body, number, 1024)
        if answer.status != "2.31":
            break
    same(answer.status, "4.13", "a body that is too large")
    check(number <= 64, "is refused at the limit, at block %d" % number)
    same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "the agent goes on")


def test_bad_options(server):
    for option, text in (((coap.BLOCK1, b"\x07"), "Block1 with size 7"), ((coap.BLOCK2, b"\x07"), "Block2 with size 7"),
                         ((coap.BLOCK1, b"\0\0\0\x01"), "Block1 of four bytes")):
        method = coap.PUT if option[0] == coap.BLOCK1 else coap.GET
        try:
            answer = server.ask(method, "/1/0", b"x" if method == coap.PUT else b"",
                                [option] + ([TLV] if method == coap.PUT else []), seconds=3)
            check(answer.type == coap.RST or answer.status in ("4.00", "4.02", "2.05"),
                  "%s: %s" % (text, answer.status if answer.type != coap.RST else "RST"))
        except coap.Timeout:
            check(False, text + " is answered")


def test_large_operation(bench):
    """The product's two ends: a body larger than a message each way."""
    server = bench.server()
    agent = bench.agent(server.uri, name="large", endpoint="dev1")
    server.wait_client()
    status, _, _ = server.request("PUT", "/1/0/1", payload=b"9" * 5000, format="text")
    same(status, "4.00 Bad Request", "5000 bytes of digits reach the codec in blocks")
    agent.stop()


def main(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri)
    server.wait_registration()
    test_answer(server)
    test_snapshot(server)
    test_body(server)
    test_repeated(server)
    test_too_large(server)
    test_bad_options(server)
    with server.background():
        agent.stop()
    test_large_operation(bench)


run(main)
