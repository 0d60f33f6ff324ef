#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Observe, Notify and Cancel: a change travels, and ends when it should."""

import time

import coap
from lib import ForeignServer, TEST_SERVER, Variant, check, run, same

OBSERVE, CANCEL = (coap.OBSERVE, b""), (coap.OBSERVE, b"\x01")
TEXT = (coap.CONTENT_FORMAT, b"")


def test_signals(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    monitor = bench.monitor(TEST_SERVER)
    same(server.observe("/1/0/1"), ["2.05 Content", {"/1/0/1": 300}], "Observe answers with the value")
    agent.call("Write", "sv", "/1/0/1", 400)
    same(monitor.wait("Notified")[:2], ["/1/0/1", {"/1/0/1": 400}], "a change on this host is notified")
    same(server.write("/1/0/1", 500), "2.04 Changed", "a Write of the server's own")
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/1/0/1": 500})
    check(True, "is notified, too")
    numbers = [arguments[2] for name, _, arguments in monitor.signals if name == "Notified"]
    same(numbers, sorted(set(numbers)), "the numbers rise")
    for path in ("/1/0", "/1"):
        same(server.observe(path)[0], "2.05 Content", "Observe of " + path)
    start = monitor.mark()
    agent.call("Write", "sv", "/1/0/1", 600)
    for path in ("/1/0/1", "/1/0", "/1"):
        found = monitor.wait("Notified", lambda arguments, path=path: arguments[0] == path, start=start)
        same(found[1]["/1/0/1"], 600, "%s tells of it" % path)
    same(server.cancel("/1/0"), "2.05 Content", "Cancel answers with the value")
    same(server.property("Observed"), ["/1/0/1", "/1"], "two are left")
    same(server.observe("/1/0/99")[0], "4.04 Not Found", "Observe of nothing")
    same(server.observe("/1/0/8")[0], "4.05 Method Not Allowed", "Observe of what is executed")
    same(server.observe("/0/0/0")[0], "4.01 Unauthorized", "Observe of /0")
    agent.stop()
    server.stop()


def test_attributes(bench):
    """Attributes, set beforehand and in the request, decide what is notified."""
    server = bench.server(name="attributes-server")
    agent = bench.agent(server.uri, name="attributes")
    server.wait_client()
    monitor = bench.monitor(TEST_SERVER)

    def write(value):
        agent.call("Write", "sv", "/1/0/3", value)

    def notified(value):
        return monitor.wait("Notified", lambda arguments: arguments[1] == {"/1/0/3": value})

    same(server.write_attributes("/1/0/3", {"gt": 100.0, "st": 50.0}), "2.04 Changed", "Write-Attributes")
    write(10)
    same(server.observe("/1/0/3")[1], {"/1/0/3": 10}, "Observe")
    for value, told in ((30, False), (20, False), (61, True), (99, False), (101, True), (90, True)):
        write(value)  # a step, the limit upwards, the limit downwards
        if told:  # before the next: changes of one moment are one notification
            same(notified(value)[1], {"/1/0/3": value}, "what steps or crosses is notified")
    same(server.observe("/1/0/3", attributes={"pmin": 0})[0], "2.05 Content", "Observe with attributes of its own")
    write(91)
    notified(91)
    same(monitor.count("Notified", lambda arguments: arguments[1] in ({"/1/0/3": value} for value in (30, 20, 99))), 0,
         "what was less is not")
    same(server.cancel("/1/0/3"), "2.05 Content", "Cancel, with the query")
    same(server.observe("/1/0/3", attributes={"lt": 9.0, "gt": 5.0})[0], "4.00 Bad Request", "a contradiction")
    agent.stop()
    server.stop()


def test_composite(bench):
    """Several paths are one observation."""
    server = bench.server(name="composite-server")
    agent = bench.agent(server.uri, name="composite")
    server.wait_client()
    monitor = bench.monitor(TEST_SERVER)
    paths = ("/1/0/1", "/1/0/3", "/19")
    status, values = server.observe_composite(*paths)
    same((status, values["/1/0/1"], "/1/0/3" in values), ("2.05 Content", 300, False), "Observe-Composite")
    agent.call("Write", "sv", "/1/0/1", 400)
    found = monitor.wait("Notified", lambda arguments: arguments[1].get("/1/0/1") == 400)
    same(found[0], " ".join(paths), "one of them changes, and a notification has the paths")
    data = {"0": Variant("a{qv}", {0: Variant("ay", b"abc")})}
    same(server.create("/19", data, instance=5), ["2.01 Created", "/19/5"], "an instance comes")
    found = monitor.wait("Notified", lambda arguments: any(path.startswith("/19/5/0") for path in arguments[1]))
    same(found[1]["/1/0/1"], 400, "and is in the next one, with all the others")
    same(server.delete("/19/5"), "2.02 Deleted", "it goes")
    monitor.wait("Notified", lambda arguments: arguments[2] > found[2] and not any(
        path.startswith("/19/5") for path in arguments[1]))
    same(server.property("Observed"), [" ".join(paths)], "there is one observation")
    same(server.cancel_composite(*paths), "2.05 Content", "Cancel")
    same(server.property("Observed"), [], "and then none")
    agent.call("Write", "sv", "/1/0/1", 500)
    same(server.read("/1/0/1")[1], {"/1/0/1": 500}, "a change after that")
    same(monitor.count("Notified", lambda arguments: arguments[1].get("/1/0/1") == 500), 0, "is not notified")
    agent.stop()
    server.stop()


def test_end(bench):
    """An instance that is observed goes: so does its observation, with a last 4.04."""
    server = bench.server(name="end-server")
    agent = bench.agent(server.uri, name="end")
    server.wait_client()
    monitor = bench.monitor(TEST_SERVER)
    data = {"0": Variant("a{qv}", {0: Variant("ay", b"abc")})}
    same(server.create("/19", data, instance=5), ["2.01 Created", "/19/5"], "an instance")
    same(server.observe("/19/5")[0], "2.05 Content", "is observed")
    same(server.observe("/19")[0], "2.05 Content", "and its object")
    same(server.delete("/19/5"), "2.02 Deleted", "it goes")
    same(monitor.wait("Ended")[:1], ["/19/5"], "its observation ends")
    server.wait_line(r"<- \w+ 4\.04")
    check(True, "by a 4.04")
    same(server.property("Observed"), ["/19"], "that of the object goes on")
    agent.stop()
    server.stop()


def test_moments(bench):
    """What the agent stored while the server had disabled its account is a signal for each moment."""
    server = bench.server(name="moments-server")
    monitor = bench.monitor("org.lwm2md.TestServer")
    agent = bench.agent(server.uri, name="moments", server="DisableTimeout=2\nDefaultMaximumPeriod=3600\n")
    server.wait_client()
    same(server.observe("/1/0/3", accept="senml-cbor")[0], "2.05 Content", "Observe")
    begin = time.time()
    same(server.execute("/1/0/4"), "2.04 Changed", "Disable")
    server.wait_no_client()
    for value in (3700, 3800):
        agent.call("Write", "sv", "/1/0/3", value)
        time.sleep(0.1)
    same(agent.server("State"), "disabled", "the server's state")
    server.wait_client()
    same(server.observe("/1/0/3", accept="senml-cbor"), ["2.05 Content", {"/1/0/3": 3800}], "observed again")
    told = [monitor.wait("Notified", lambda arguments, value=value: arguments[1] == {"/1/0/3": value})
            for value in (3700, 3800)]
    same([arguments[0] for arguments in told], ["/1/0/3", "/1/0/3"], "what was missed")
    times = [arguments[3] / 1e6 for arguments in told]
    check(begin - 1 < times[0] < times[1] < begin + 3, "with the times at which it was so")
    found = agent.bench.call("org.lwm2md", "/org/lwm2md/server/101", "org.lwm2md.Server1", "ListObservations", "uu", 0, 0)[0]
    same((found[0][0], found[0][1]["value"]), ("/1/0/3", {"/1/0/3": 3800}), "ListObservations tells what the server got")
    agent.stop()
    server.stop()


class Observed:
    """A foreign server that observes one path with one token."""

    def __init__(self, server, path, token):
        self.server, self.path, self.token = server, path, token
        self.notifications = []

    def ask(self, option):
        return self.server.exchange(coap.Message(coap.CON, coap.GET, 0, self.token,
                                                 [option] + coap.path_options(self.path)), self.server.client)

    def is_notification(self, message):
        return message.token == self.token and message.code and not message.is_request()

    def change(self, value):
        """Writes /1/0/1, and gives the notification that follows, or None if none has come by then."""
        before = len(self.server.log)
        answer = self.server.ask(coap.PUT, "/1/0/1", str(value).encode(), [TEXT])
        same(answer.status, "2.04", "written: %d" % value)

        def came():
            return [message for message, _ in self.server.log[before:] if self.is_notification(message)]
        if not came():
            try:
                self.server.wait(self.is_notification, 3)
            except coap.Timeout:
                return None
        return came()[-1]


def test_wire(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="wire")
    server.wait_registration()
    observed = Observed(server, "/1/0/1", b"\x21\x22")
    answer = observed.ask(OBSERVE)
    same((answer.status, answer.payload), ("2.05", b"300"), "Observe")
    first = answer.number(coap.OBSERVE)
    check(first is not None and first < 1 << 24, "its answer has a number")
    notification = observed.change(310)
    check(notification is not None, "a notification has the token of the Observe")
    same((notification.status, notification.payload, notification.number(coap.CONTENT_FORMAT)),
         ("2.05", b"310", coap.TEXT), "and the format of its first answer")
    check(notification.number(coap.OBSERVE) > first, "and a higher number")
    check(notification.type in (coap.CON, coap.NON), "and a type of its own")
    other = Observed(server, "/1/0/1", b"\x77")
    answer = other.ask(CANCEL)
    same((answer.status, answer.first(coap.OBSERVE)), ("2.05", None), "a Cancel with another token is a Read")
    check(observed.change(320) is not None, "and ends nothing")
    answer = observed.ask(CANCEL)
    same((answer.status, answer.payload, answer.first(coap.OBSERVE)), ("2.05", b"320", None), "a Cancel with its token")
    same(observed.change(330), None, "ends it")

    observed.ask(OBSERVE)
    server.send(coap.Message(coap.RST, 0, observed.change(340).mid), server.client)
    same(server.ask(coap.GET, "/1/0/1").payload, b"340", "the agent has seen the RST")
    same(observed.change(350), None, "a RST to a notification ends the observation")

    same(observed.ask(OBSERVE).status, "2.05", "observed again")
    same(observed.ask(OBSERVE).status, "2.05", "the same token again")
    before = len(server.log)
    observed.change(360)
    same(sum(observed.is_notification(message) and message.payload == b"360"
             for message, _ in server.log[before:]), 1, "is one observation")
    empty = coap.Message(coap.CON, coap.GET, server.next_mid(), b"", [OBSERVE] + coap.path_options("/1/0/1"))
    server.send(empty, server.client)
    answer = server.wait(lambda message: message.mid == empty.mid and message.type == coap.ACK)
    check(answer.status == "4.00" or answer.first(coap.OBSERVE) is None, "an Observe without a token is none")
    with server.background():
        agent.stop()


def test_registration(bench):
    """A new registration has no observations; an Update keeps them."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="registration")
    server.wait_registration()
    observed = Observed(server, "/1/0/1", b"\x31\x32")
    same(observed.ask(OBSERVE).status, "2.05", "observed")
    same(server.ask(coap.POST, "/1/0/8").status, "2.04", "an Update")
    check(observed.change(310) is not None, "keeps the observation")
    server.refuse = lambda request: "4.04" if request.path() == server.location else None
    server.ask(coap.POST, "/1/0/8")
    server.wait_registration(count=2)
    server.refuse = lambda request: None
    same(observed.change(320), None, "a new registration drops it")
    with server.background():
        agent.stop()


def main(bench):
    test_signals(bench)
    test_attributes(bench)
    test_composite(bench)
    test_end(bench)
    test_moments(bench)
    test_wire(bench)
    test_registration(bench)


run(main)
