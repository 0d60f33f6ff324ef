#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What services hear of observations: each of their resources once, whoever observes it and however."""

import time

import coap
from bus import Variant
from lib import AGENT, TEST_SERVER, ForeignServer, check, run, same, wait_until
from plugin import REGISTRATION, Service

FIRST = {"/3303/0/5700", "/3303/0/5701"}
SECOND = {"/3303/1/5700"}


class Hearing:
    """What a service was told is observed; nothing is added or dropped twice."""

    def __init__(self, service):
        self.service, self.observed, self.read = service, set(), 0

    def follow(self):
        calls = [arguments for member, arguments in self.service.calls if member == "Observe"]
        for added, dropped in calls[self.read:]:
            for path in dropped:
                self.observed.remove(path)
            for path in added:
                assert path not in self.observed, path + " is told twice"
                self.observed.add(path)
        self.read = len(calls)
        return self.observed

    def expect(self, observed, what):
        wait_until(lambda: self.follow() == observed, what)
        same(self.follow(), observed, what)


def test_levels(server, hearing):
    for path, observed in (("/3303/0/5700", {"/3303/0/5700"}), ("/3303/0", FIRST), ("/3303", FIRST | SECOND)):
        same(server.observe(path)[0], "2.05 Content", "Observe " + path)
        hearing.expect(observed, "the service hears of it")
        same(server.cancel(path), "2.05 Content", "Cancel")
        hearing.expect(set(), "and of its end")
    server.observe_composite("/3303/0/5701", "/3303/1/5700")
    hearing.expect({"/3303/0/5701", "/3303/1/5700"}, "a composite is heard of path by path")
    server.cancel_composite("/3303/0/5701", "/3303/1/5700")
    hearing.expect(set(), "and its end")


def ask_other(server, flag):
    """Observe or Cancel of another server."""
    answer = server.exchange(coap.Message(coap.CON, coap.GET, 0, b"\x21", [
        (coap.OBSERVE, flag), *coap.path_options("/3303/0/5700")]), server.client)
    same(answer.status, "2.05", "the other server's %s" % ("Cancel" if flag else "Observe"))


def test_counted(bench, server, other, agent, hearing):
    server.observe("/3303/0/5700")
    server.observe("/3303/0")
    ask_other(other, b"")
    hearing.expect(FIRST, "observations that overlap, of two servers")
    same(set(bench.get(AGENT, hearing.service.registration, REGISTRATION, "Observed")), FIRST, "the property says the same")
    server.cancel("/3303/0")
    hearing.expect({"/3303/0/5700"}, "what nobody observes any more is dropped")
    server.cancel("/3303/0/5700")
    same(agent.call("Read", "s", "/3303")[0]["/3303/0/5700"], 21.0, "a Read of Manager1")
    same(server.read("/3303/1/5700")[0], "2.05 Content", "and one of a server")
    hearing.expect({"/3303/0/5700"}, "are no observations; the other server still observes")
    ask_other(other, b"\x01")
    hearing.expect(set(), "until it does no longer")


def test_later(bench, server, hearing):
    """Instances that come, and a service that comes back."""
    server.observe("/3303")
    hearing.service.add_instances({"/3303/7": [5700]})
    hearing.expect(FIRST | SECOND | {"/3303/7/5700"}, "an instance that comes under an observed object")
    hearing.service.remove_instances(["/3303/7"])
    hearing.expect(FIRST | SECOND, "and goes")
    hearing.service.close()
    again = serve(bench)
    Hearing(again).expect(FIRST | SECOND, "a service that comes back is told all")
    return again


def test_sampled(bench, server, service):
    """A service that only answers Reads is asked every epmax, and what changed is notified; no oftener."""
    same(server.write_attributes("/3303/1/5700", {"epmin": 1, "epmax": 2}), "2.04 Changed", "Write-Attributes")
    monitor = bench.monitor(TEST_SERVER)
    before = service.answer
    same(server.observe("/3303/1/5700")[0], "2.05 Content", "Observe")
    start, begin = len(service.reads), time.monotonic()
    wait_until(lambda: len(service.reads) >= start + 2, "two more looks at the value")
    check(time.monotonic() - begin > 3.5, "no oftener than every epmax, as it says nothing by itself")
    same(monitor.count("Notified"), 0, "what is the same is not notified")
    service.answer = lambda paths, context: {path: Variant("d", 99) for path in paths}
    same(monitor.wait("Notified")[:2], ["/3303/1/5700", {"/3303/1/5700": 99.0}], "a value that changed unsaid is")
    server.cancel("/3303/1/5700")
    server.write_attributes("/3303/1/5700", {}, unset=Variant("as", ["epmin", "epmax"]))
    service.answer = before


def serve(bench):
    service = Service(bench)
    values = {"/3303/0/5700": Variant("d", 21), "/3303/0/5701": "Cel", "/3303/1/5700": Variant("d", 22),
              "/3303/7/5700": Variant("d", 27)}
    service.answer = lambda paths, context: {path: values[path] for path in paths}
    service.register({"/3303/0": [5700, 5701], "/3303/1": [5700]}, name="thermometers")
    return service


def main(bench):
    server, other = bench.server(), ForeignServer(bench)
    agent = bench.agent(server.uri, sections="\n[Server other]\nUri=%s\nShortServerId=102\n" % other.uri)
    server.wait_client()
    other.wait_registration()
    bench.wait_name(AGENT)
    service = serve(bench)
    wait_until(lambda: "/3303/1" in server.property("Objects"), "the instances at the server")
    hearing = Hearing(service)
    test_levels(server, hearing)
    test_counted(bench, server, other, agent, hearing)
    test_sampled(bench, server, service)
    test_later(bench, server, hearing).close()


run(main)
