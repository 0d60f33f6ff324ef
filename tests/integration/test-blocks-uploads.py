#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bodies in blocks of every operation that has one: beside each other, with gaps, repetitions and new beginnings."""

import json
import random

import coap
from coap import FETCH, GET, IPATCH, POST, PUT
from lib import ForeignServer, check, run, same, wait_until

JSON = [(coap.CONTENT_FORMAT, coap.uint(coap.SENML_JSON))]
PLAIN = [(coap.CONTENT_FORMAT, b"")]
SIZE = 16


def block(option, number, more, size=SIZE):
    return (option, coap.uint(number << 4 | (8 if more else 0) | (size.bit_length() - 5)))


def records(**values):
    """SenML JSON by path, "1_0_2": 5."""
    kinds = {int: "v", bool: "vb", str: "vs"}
    return json.dumps([{"n": "/" + path[1:].replace("_", "/"), kinds[type(value)]: value}
                       for path, value in values.items()]).encode()


class Upload:
    """One body that goes block by block; each answer is looked at."""

    def __init__(self, server, method, path, body, options, last, size=SIZE):
        self.server, self.method, self.path, self.options, self.size = server, method, path, options, size
        self.parts = [body[at:at + size] for at in range(0, len(body), size)]
        self.last, self.at, self.former = last, 0, None

    @property
    def done(self):
        return self.at == len(self.parts)

    def message(self, number):
        more = number < len(self.parts) - 1
        options = coap.path_options(self.path) + self.options + [block(coap.BLOCK1, number, more, self.size)]
        return coap.Message(coap.CON, self.method, self.server.next_mid(), b"", options, self.parts[number])

    def send(self, number):
        return self.server.exchange(self.message(number), self.server.client)

    def step(self):
        """The next block."""
        self.former = self.message(self.at)
        answer = self.server.exchange(self.former, self.server.client)
        wanted = self.last if self.at == len(self.parts) - 1 else "2.31"
        if answer.status != wanted or answer.block(coap.BLOCK1)[0] != self.at:
            raise AssertionError("%s block %d of %d: %r" % (self.path, self.at, len(self.parts), answer))
        self.at += 1
        return answer

    def repeat(self):
        """The message before once more, as the network may do it; its ACK, empty if the answer was a message of its own."""
        self.server.send(self.former, self.server.client)
        return self.server.wait(lambda message: message.mid == self.former.mid and message.type == coap.ACK)

    def run(self):
        while not self.done:
            answer = self.step()
        return answer


def read(server, path):
    return server.ask(GET, path).payload.decode()


def test_beside(server):
    """Four bodies at once, of four operations, in one thread of blocks."""
    def make():
        return [Upload(server, POST, "/1/0", records(_1_0_2=7, _1_0_3=60), JSON, "2.04"),
                Upload(server, PUT, "/1/0/1", b"9" * 100, PLAIN, "4.00"),
                Upload(server, IPATCH, "/", records(_1_0_6=False, _1_0_1=7200), JSON, "2.04"),
                Upload(server, FETCH, "/", b'[{"n":"/3/0/16"},{"n":"/1/0/2"},{"n":"/1/0/3"}]',
                       JSON + [(coap.ACCEPT, coap.uint(coap.SENML_JSON))], "2.05")]
    choice = random.Random(7959)
    before = read(server, "/1/0/2"), read(server, "/1/0/3"), read(server, "/1/0/1")
    uploads = make()
    rounds = repeated = gaps = 0
    while not all(upload.done for upload in uploads):
        upload = choice.choice([upload for upload in uploads if not upload.done])
        upload.step()
        rounds += 1
        if choice.random() < 0.3 and not upload.done:
            same(upload.repeat().status, "2.31", "block %d of %s comes twice" % (upload.at - 1, upload.path))
            repeated += 1
        if choice.random() < 0.7 and upload.at < len(upload.parts) - 1:
            same(upload.send(upload.at + 1).status, "4.08", "%s: a block is missing before this one" % upload.path)
            gaps += 1
        if not uploads[0].done:
            now = read(server, "/1/0/2"), read(server, "/1/0/3")
            if now != before[:2]:
                raise AssertionError("written before the last block: %r" % (now,))
    check(repeated > 2 and gaps > 2, "%d blocks of four bodies, %d of them twice, %d gaps" % (rounds, repeated, gaps))
    same((read(server, "/1/0/2"), read(server, "/1/0/3")), ("7", "60"), "the Write is done, whole")
    same((read(server, "/1/0/6"), read(server, "/1/0/1")), ("0", "7200"), "so is the Write-Composite")
    fifth = make() + [Upload(server, POST, "/16", bytes(40), JSON, "4.00")]
    for upload in fifth[:4]:
        upload.step()
    same(fifth[4].send(0).status, "5.03", "a fifth body at once is one too many")
    for upload in fifth[:4]:
        upload.run()
    same(fifth[4].send(0).status, "2.31", "until one is over")


def test_anew(server):
    """Block 0 begins anew, with nothing of what came before."""
    first = Upload(server, POST, "/1/0", records(_1_0_2=11, _1_0_3=111), JSON, "2.04")
    first.step()
    first.step()
    Upload(server, POST, "/1/0", records(_1_0_2=22, _1_0_3=222), JSON, "2.04").run()
    same((read(server, "/1/0/2"), read(server, "/1/0/3")), ("22", "222"), "the second body is written")
    same(first.send(2).status, "4.08", "the first one is over")
    one = server.ask(POST, "/1/0", records(_1_0_2=33), JSON + [block(coap.BLOCK1, 0, False, 1024)])
    same((one.status, one.block(coap.BLOCK1)), ("2.04", (0, False, 1024)), "a body of one block alone")
    last = Upload(server, POST, "/1/0", records(_1_0_2=44, _1_0_3=444), JSON, "2.04")
    last.run()
    same(server.ask(POST, "/1/0", records(_1_0_2=45), JSON).status, "2.04", "another Write")
    check(last.repeat().status in ("0.00", "2.04"), "the last block before it comes twice, and is acknowledged")
    same(read(server, "/1/0/2"), "45", "but not done again")
    same(last.send(len(last.parts) - 1).status, "4.08", "as a new message it is the end of nothing")


def test_shrink(server):
    """Blocks of 64, then of 16."""
    body = records(_1_0_2=55, _1_0_3=555, _1_0_1=3600)
    check(len(body) > 80, "a body of %d bytes" % len(body))
    same(Upload(server, POST, "/1/0", body, JSON, "2.04", 64).send(0).status, "2.31", "a block of 64")
    small = Upload(server, POST, "/1/0", body, JSON, "2.04")
    small.at = 4
    small.run()
    same((read(server, "/1/0/2"), read(server, "/1/0/3")), ("55", "555"), "the rest in blocks of 16")


def test_wrong(server):
    """What is refused, and changes nothing."""
    body = records(_1_0_2=66, _1_0_3=666)
    upload = Upload(server, POST, "/1/0", body, JSON, "2.04")
    upload.step()
    text = PLAIN + [block(coap.BLOCK1, 1, True)]
    same(server.ask(POST, "/1/0", body[16:32], text).status, "4.08", "a block in another Content-Format")
    short = JSON + [block(coap.BLOCK1, 1, True)]
    same(server.ask(POST, "/1/0", body[16:31], short).status, "4.00", "a block that is short, with more behind it")
    long = JSON + [block(coap.BLOCK1, 1, False)]
    same(server.ask(POST, "/1/0", body[16:40], long).status, "4.00", "a last block that is too long")
    same(read(server, "/1/0/2"), "55", "nothing is written")
    upload.run()
    same(read(server, "/1/0/2"), "66", "the body goes on all the same")
    bad = Upload(server, POST, "/1/0", b'[{"n":"/1/0/2","v":77},{"n":"/1/0/3","vs":"no number"}]', JSON, "4.00")
    bad.run()
    same(read(server, "/1/0/2"), "66", "a body that is wrong at its end is not written at all")
    huge = JSON + [block(coap.BLOCK1, 0, True), (coap.SIZE1, coap.uint(65537))]
    answer = server.ask(POST, "/1/0", body[:16], huge)
    same((answer.status, answer.number(coap.SIZE1)), ("4.13", 65536), "a body that is announced too large")


def test_execute(server):
    """Arguments of Execute: done once, with the last block."""
    count = len(server.updates)
    upload = Upload(server, POST, "/1/0/8", b"0='U',1='a',2='b',3='c',4='d',5='e'", PLAIN, "2.04")
    upload.step()
    upload.step()
    same(len(server.updates), count, "nothing is done before")
    upload.run()
    server.wait(lambda message: message in server.updates, what="the Update that was asked for")
    upload.repeat()
    server.pump(0.5)
    same(len(server.updates), count + 1, "it is done once")


def test_both_ways(server):
    """A long list, and a long answer to it."""
    wanted = b'[{"n":"/3/0"},{"n":"/1/0"},{"n":"/3/0/16"},{"n":"/1/0/1"}]'
    options = JSON + [(coap.ACCEPT, coap.uint(coap.SENML_JSON))]
    stable = b'[{"n":"/1/0"},{"n":"/3/0/16"},{"n":"/1/0/1"}]'
    whole = server.ask(FETCH, "/", stable, options)
    upload = Upload(server, FETCH, "/", stable, options + [block(coap.BLOCK2, 0, False, 32)], "2.05")
    answer = upload.run()
    same(answer.block(coap.BLOCK2), (0, True, 32), "the last block of the list has the first one of the answer")
    body, number, etag = answer.payload, 1, answer.first(coap.ETAG)
    same(upload.repeat().payload, body, "and has it again when it is repeated")
    other = server.ask(FETCH, "/", wanted, options + [block(coap.BLOCK2, 0, False, 64)])
    check(other.first(coap.ETAG) not in (None, etag), "another list in between has an answer of its own")
    while True:
        answer = server.ask(FETCH, "/", stable, options + [block(coap.BLOCK2, number, False, 32)])
        same((answer.status, answer.first(coap.ETAG)), ("2.05", etag), "block %d" % number)
        body += answer.payload
        number += 1
        if not answer.block(coap.BLOCK2)[1]:
            break
    same(body, whole.payload, "the blocks are the answer")


def test_servers(bench):
    """Two servers send to the same place at once: neither gets into the other's body."""
    one, other = ForeignServer(bench), ForeignServer(bench)
    agent = bench.agent(one.uri, name="two", sections="\n[Server other]\nUri=%s\nShortServerId=102\n" % other.uri)
    one.wait_registration()
    other.wait_registration()
    uploads = [Upload(server, POST, "/1/%d" % number, records(**{"_1_%d_2" % number: 100 + number,
                                                                "_1_%d_3" % number: 200 + number}), JSON, "2.04")
               for number, server in enumerate((one, other))]
    while not all(upload.done for upload in uploads):
        for upload in uploads:
            if not upload.done:
                upload.step()
    same((read(one, "/1/0/2"), read(other, "/1/1/2")), ("100", "101"), "each has written its own")
    with one.background(), other.background():
        agent.stop()


def main(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri)
    server.wait_registration()
    test_beside(server)
    test_anew(server)
    test_shrink(server)
    test_wrong(server)
    test_execute(server)
    test_both_ways(server)
    with server.background():
        agent.stop()
    test_servers(bench)


run(main)
