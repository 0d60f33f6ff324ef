#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Notifications by their conditions, and over times without a server and without an agent."""

import json
import signal
import time

import coap
from lib import ForeignServer, check, run, same

OBSERVE, CANCEL = (coap.OBSERVE, b""), (coap.OBSERVE, b"\x01")
TEXT = (coap.CONTENT_FORMAT, b"")
PATH = "/1/0/5"  # the Disable Timeout: a number that anybody may write, and that does nothing by itself
TOKEN = b"\x51\x52"
# as short as the library can do it, so that a server counts as silent within seconds
HASTY = "AckTimeout=1s\nMaxRetransmit=1\n"


class Reports:
    """What a server gets to hear under one token."""

    def __init__(self, server, token=TOKEN):
        self.server, self.token = server, token

    def observe(self, path, options=(), payload=b"", method=coap.GET):
        return self.server.exchange(coap.Message(coap.CON, method, 0, self.token, [OBSERVE] +
                                                 coap.path_options(path) + list(options), payload),
                                    self.server.client)

    def all(self, start=0):
        """Each once, however often it was sent, with the time at which it came first."""
        seen, found = set(), []
        for message, _ in self.server.log[start:]:
            if message.token == self.token and message.code and not message.is_request() and \
                    message.type in (coap.CON, coap.NON) and message.mid not in seen:
                seen.add(message.mid)
                found.append(message)
        return found

    def first(self, start, seconds=5):
        """The first one that came after `start`, or comes still."""
        deadline = time.monotonic() + seconds
        while not self.all(start) and time.monotonic() < deadline:
            self.server.pump(0.1)
        return (self.all(start) or [None])[0]

    def wait(self, seconds):
        """The next one and after how long it came; None if none does."""
        begin = time.monotonic()
        try:
            message = self.server.wait(lambda message: message.token == self.token and message.code and
                                       not message.is_request(), seconds)
        except coap.Timeout:
            return None, seconds
        return message, time.monotonic() - begin


def change(server, value):
    same(server.ask(coap.PUT, PATH, str(value).encode(), [TEXT]).status, "2.04", "written: %d" % value)


def test_conditions(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="conditions")
    server.wait_registration()
    reports = Reports(server)
    same(server.ask(coap.PUT, PATH + "?pmin=2&pmax=3&st=10").status, "2.04", "Write-Attributes")
    begin = time.monotonic()
    same(reports.observe(PATH).status, "2.05", "Observe")
    change(server, 86405)
    change(server, 86420)
    message, _ = reports.wait(3)
    late = time.monotonic() - begin - 2
    check(message is not None and message.payload == b"86420", "the present value")
    check(-0.001 <= late < 0.25, "when pmin is over, not before: %.3f s after" % late)
    for _ in range(2):
        message, passed = reports.wait(4)
        check(message is not None and message.payload == b"86420", "again, without a change")
        check(2.9 <= passed < 3.25, "at pmax: %.3f s" % passed)
    change(server, 86425)
    message, passed = reports.wait(2)
    check(message is None, "a step that is too small is none")
    same(server.ask(coap.PUT, PATH + "?pmin&pmax&st&con=1").status, "2.04", "no more of these")
    start = len(server.log)
    change(server, 86430)
    message = reports.first(start)
    same(message and (message.type, message.payload), (coap.CON, b"86430"), "Confirmable by con=1")
    with server.background():
        agent.stop()


def test_composite(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="composite")
    server.wait_registration()
    reports = Reports(server)
    paths = json.dumps([{"n": PATH}, {"n": "/1/0/6"}]).encode()
    formats = [(coap.CONTENT_FORMAT, coap.uint(110)), (coap.ACCEPT, coap.uint(110))]
    answer = reports.observe("/", formats, paths, coap.FETCH)
    same(answer.status, "2.05", "Observe-Composite")
    names = [record.get("bn", "") + record.get("n", "") for record in json.loads(answer.payload)]
    same(names, [PATH, "/1/0/6"], "in its answer are both")
    start = len(server.log)
    change(server, 86401)
    message = reports.first(start)
    check(message is not None, "a notification")
    records = json.loads(message.payload)
    same((records[0]["v"], len(records)), (86401, 2), "and in a notification")
    answer = server.request(coap.FETCH, "/", server.client, paths, [CANCEL] + formats)
    same((answer.status, answer.first(coap.OBSERVE)), ("2.05", None), "cancelled by its list")
    start = len(server.log)
    change(server, 86402)
    same(reports.all(start), [], "it is over")
    with server.background():
        agent.stop()


def set_on_host(agent, values):
    for value in values:
        agent.call("Write", "sv", PATH, value)
        time.sleep(0.05)


def test_kill(bench):
    """What is stored comes once and in order, whatever happens to the agent."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="kill", server=HASTY)
    server.wait_registration()
    reports = Reports(server)
    same(server.ask(coap.PUT, PATH + "?con=1").status, "2.04", "Write-Attributes")
    same(reports.observe(PATH, [(coap.ACCEPT, b"")]).status, "2.05", "Observe")
    set_on_host(agent, [100])
    check(reports.wait(5)[0] is not None, "a notification while all is well")
    server.mute = True
    set_on_host(agent, range(201, 206))
    deadline = time.monotonic() + 12
    while time.monotonic() < deadline:  # its message is given up, and the others are stored
        server.pump(0.2)
    set_on_host(agent, range(206, 211))
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        server.pump(0.2)
    agent.signal(signal.SIGKILL)
    agent.wait_end()
    while server.pump(0.1) is not None:
        pass
    server.mute = False
    start = len(server.log)
    agent = bench.agent(server.uri, name="kill", server=HASTY)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and len(reports.all(start)) < 7:
        server.pump(0.2)
    values = [int(message.payload) for message in reports.all(start)]
    same(len(server.registrations), 1, "the registration is the one from before")
    check(len(server.updates) >= 1, "which an Update told")
    same(values, [201, 205, 206, 207, 208, 209, 210], "each comes once, in order")
    numbers = [message.number(coap.OBSERVE) for message in reports.all(start)]
    same(numbers, sorted(numbers), "with numbers that rise")
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        server.pump(0.2)
    agent.signal(signal.SIGKILL)
    agent.wait_end()
    start = len(server.log)
    updates = len(server.updates)
    agent = bench.agent(server.uri, name="kill", server=HASTY)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and len(server.updates) == updates:
        server.pump(0.2)
    server.pump(1)
    same([message.payload for message in reports.all(start)], [], "what was acknowledged does not come again")
    set_on_host(agent, [300])
    message, _ = reports.wait(5)
    same(message and message.payload, b"300", "and what is new does")
    with server.background():
        agent.stop()


def test_disable(bench):
    """What happens while a server has disabled its account comes when it observes again."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="disable", server="DisableTimeout=2\nDefaultMaximumPeriod=3600\n")
    server.wait_registration()
    reports = Reports(server)
    path, formats = "/1/0/3", [(coap.ACCEPT, coap.uint(110))]
    same(reports.observe(path, formats).status, "2.05", "Observe")
    same(server.ask(coap.POST, "/1/0/4").status, "2.04", "Disable")
    deadline = time.monotonic() + 10
    while not server.deregistrations and time.monotonic() < deadline:
        server.pump(0.1)
    same(len(server.deregistrations), 1, "a De-register")
    for value in (3700, 3800):
        agent.call("Write", "sv", path, value)
        time.sleep(0.1)
    server.wait_registration(count=2)
    start = len(server.log)
    reports = Reports(server, b"\x61")
    answer = reports.observe(path, formats)
    same(json.loads(answer.payload), [{"bn": path, "v": 3800}], "observed again: the present")
    message = reports.first(start)
    check(message is not None and message.type == coap.CON, "what was missed")
    records = json.loads(message.payload)
    same([record["v"] for record in records], [3700, 3800], "in order")
    check(abs(records[0]["bt"] - time.time()) < 20, "with the time at which it was so")
    same(Reports(server).all(), [], "and nothing by the old token")
    with server.background():
        agent.stop()


def main(bench):
    test_conditions(bench)
    test_composite(bench)
    test_disable(bench)
    test_kill(bench)


run(main)
