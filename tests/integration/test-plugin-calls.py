#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What requests and notifications cost on the bus: every method that the agent calls there, counted by a monitor."""

import bus
from bus import Variant
from lib import AGENT, TEST_SERVER, check, run, same, wait_until
from plugin import Service, zoo_data

DBUS, DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
READABLE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13]
VALUES = {0: "Ida", 1: Variant("x", 4), 2: Variant("t", 1), 3: 1.5, 4: True, 5: b"\1", 6: Variant("x", 1700000000),
          7: Variant("(qq)", (1, 0)), 8: "</1>", 9: Variant("a{qv}", {0: "Ann"}), 10: Variant("a{qv}", {0: 0.5}),
          13: Variant("x", 0)}


class Calls:
    """All method calls of the agent, to whomever, seen by a monitor of the bus."""

    def __init__(self, bench):
        self.bench = bench
        self.agent, = bench.call(DBUS, DBUS_PATH, DBUS, "GetNameOwner", "s", AGENT)
        self.connection = bus.Connection(bench.socket)
        self.connection.call(DBUS, DBUS_PATH, "org.freedesktop.DBus.Monitoring", "BecomeMonitor", "asu",
                             ["type='method_call',sender='%s'" % self.agent, "type='method_call',member='Ping'"], 0)
        self.names = {}  # unique names to those of the script

    def take(self):
        """Those since the last time, "kitchen Read"; a Ping of ours marks the end."""
        self.bench.call(AGENT, "/org/lwm2md", "org.freedesktop.DBus.Peer", "Ping")
        found = []
        while True:
            message = self.connection.receive(10)
            if message.type != bus.CALL:  # the monitor's own NameLost
                continue
            if message.fields[bus.MEMBER] == "Ping":
                return sorted(found)
            destination = message.fields[bus.DESTINATION]
            found.append("%s %s" % (self.names.get(destination, destination), message.fields[bus.MEMBER]))

    def expect(self, what, wanted, action):
        """`wanted`: all calls there are in the end; those that come a little later are waited for."""
        self.take()
        result, found = action(), []
        wait_until(lambda: found.extend(self.take()) or len(found) >= len(wanted), "the calls for " + what)
        same(sorted(found), sorted(wanted), "%s: calls" % what)
        return result


def service_of(bench, calls, name, instances, **options):
    service = Service(bench, "/" + name)
    service.answer = lambda paths, context: {path: VALUES.get(int(path.split("/")[3]), 21.5) for path in paths}
    service.methods = {"Write": lambda *_: ("", []), "Execute": lambda *_: ("", []), "Delete": lambda *_: ("", []),
                       "Create": lambda *_: ("s", [""])}
    service.register(instances, name=name, **options)
    calls.names[service.name] = name
    return service


def well(status, wanted="2.05 Content"):
    same(status[0] if isinstance(status, list) else status, wanted, "the answer")


def test_reads(server, agent, calls):
    animals = ["/26250/0", "/26250/1/0", "/26250/1/9"]
    for what, wanted, action in (
            ("Read of a resource", ["zoo Read"], lambda: server.read("/26250/0/0")),
            ("Read of an array", ["zoo Read"], lambda: server.read("/26250/0/9")),
            ("Read of an instance with %d resources" % len(READABLE), ["zoo Read"], lambda: server.read("/26250/0")),
            ("Read of an object", ["zoo Read"], lambda: server.read("/26250")),
            ("Read of an object that two provide", ["one Read", "two Read"], lambda: server.read("/3303")),
            ("Read-Composite of resources of one", ["zoo Read"],
             lambda: server.read_composite("/26250/0/0", "/26250/0/1", "/26250/0/13")),
            ("Read-Composite of several instances of one", ["zoo Read"], lambda: server.read_composite(*animals)),
            ("Read-Composite of two", ["one Read", "zoo Read"],
             lambda: server.read_composite("/26250/0", "/3303/1/5700", "/26250/1", "/3303/1/5701")),
            ("Read-Composite with the agent's own", ["zoo Read"],
             lambda: server.read_composite("/3/0/13", "/26250/0/0", "/1/0/1")),
            ("Read of the agent's own", [], lambda: server.read("/3/0")),
            ("Read of what was reported", [], lambda: server.read("/3303/3/5700")),
            ("Read of an instance that was reported", [], lambda: server.read("/3303/3")),
            ("Read-Composite of what was reported", [], lambda: server.read_composite("/3303/3/5700", "/3303/3/5701")),
            ("Discover of what was reported", [], lambda: server.discover("/3303/3")),
            # which resources have a value, and an array how many, the service alone knows
            ("Discover of an object", ["zoo Read"], lambda: server.discover("/26250")),
            ("Discover of an instance", ["zoo Read"], lambda: server.discover("/26250/0")),
            ("Discover of the agent's own", [], lambda: server.discover("/3"))):
        well(calls.expect(what, wanted, action))
    well(calls.expect("Read of what is not there", [], lambda: server.read("/26250/0/12")), "4.05 Method Not Allowed")
    agent.call("Read", "s", "/3/0/13")  # who asks is found out once
    calls.expect("Manager1.Read", ["zoo Read"], lambda: agent.call("Read", "s", "/26250"))
    calls.expect("Manager1.Read again", ["zoo Read"], lambda: agent.call("Read", "s", "/26250"))


def test_cached(server, calls, reporter):
    """With cache "notify" an answer is kept like a report."""
    reporter.update({}, ["/3303/3/5701"])
    well(calls.expect("Read of what was invalidated", ["reporter Read"], lambda: server.read("/3303/3")))
    well(calls.expect("Read again", [], lambda: server.read("/3303/3")))


def test_changes(server, calls):
    for what, wanted, status, action in (
            ("Write of a resource", ["zoo Write"], "2.04 Changed", lambda: server.write("/26250/0/0", "Eva")),
            ("Write of an instance", ["zoo Write"], "2.04 Changed",
             lambda: server.write("/26250/0", {"0": "Eva", "1": Variant("x", 3), "3": 2.5})),
            ("Write of an array", ["zoo Write"], "2.04 Changed",
             lambda: server.write("/26250/0/9", Variant("a{qv}", {0: "Ann", 1: "Bob"}))),
            ("Write-Composite", ["zoo Write"], "2.04 Changed",
             lambda: server.write_composite({"/26250/0/0": "Eva", "/26250/0/1": Variant("x", 3), "/26250/1/0": "Ida"})),
            ("Execute", ["zoo Execute"], "2.04 Changed", lambda: server.execute("/26250/0/12", "0='hay'")),
            ("Create", ["zoo Create"], "2.01 Created", lambda: server.create("/26250", {"0": "Kim"})),
            ("Delete", ["zoo Delete"], "2.02 Deleted", lambda: server.delete("/26250/2")),
            ("Write-Attributes", [], "2.04 Changed", lambda: server.write_attributes("/26250/0/0", {"pmin": 0})),
            ("a Write that is refused", [], "4.00 Bad Request", lambda: server.write("/26250/0/1", Variant("x", 101))),
            ("a Write to two services", [], "4.05 Method Not Allowed",
             lambda: server.write_composite({"/26250/0/0": "Eva", "/3303/1/5750": "x"}))):
        well(calls.expect(what, wanted, action), status)


def test_notifications(bench, server, calls, reporter, one):
    monitor = bench.monitor(TEST_SERVER)

    def change(service, values, *paths, invalidated=()):
        """Until all these paths are notified of."""
        start = monitor.mark()
        service.update(values, invalidated)
        for path in paths:
            monitor.wait("Notified", lambda arguments: arguments[0] == path, start=start)

    well(calls.expect("Observe of what is reported", ["reporter Observe"], lambda: server.observe("/3303/3/5700")))
    calls.expect("its notification", [], lambda: change(reporter, {"/3303/3/5700": 22.5}, "/3303/3/5700"))
    well(calls.expect("Observe of its instance", ["reporter Observe"], lambda: server.observe("/3303/3")))
    calls.expect("two notifications of reports", [],
                 lambda: change(reporter, {"/3303/3/5700": 23.5}, "/3303/3/5700", "/3303/3"))
    well(calls.expect("Observe of what is asked for", ["one Observe", "one Read"], lambda: server.observe("/3303/1/5700")))
    one.answer = lambda paths, context: {path: 30.5 for path in paths}
    calls.expect("its notification", ["one Read"], lambda: change(one, {}, "/3303/1/5700", invalidated=["/3303/1/5700"]))
    one.answer = lambda paths, context: {path: 31.5 if path.endswith("5700") else "K" for path in paths}
    server.cancel("/3303/1/5700")
    server.observe("/3303/1")
    one.answer = lambda paths, context: {path: 32.5 if path.endswith("5700") else "F" for path in paths}
    calls.expect("one of an instance in which two changed", ["one Read"],
                 lambda: change(one, {}, "/3303/1", invalidated=["/3303/1/5700", "/3303/1/5701"]))
    calls.expect("Cancel", ["one Observe", "one Read"], lambda: server.cancel("/3303/1"))


def main(bench):
    data = zoo_data(bench)
    server = bench.server("--objects", data + "/objects")
    agent = bench.agent(server.uri, options=("--data-directory", data))
    server.wait_client()
    bench.wait_name(AGENT)
    calls = Calls(bench)
    service_of(bench, calls, "zoo", {"/26250": [], "/26250/0": READABLE + [12], "/26250/1": READABLE})
    one = service_of(bench, calls, "one", {"/3303/1": [5700, 5701, 5750]})
    one.answer = lambda paths, context: {path: 21.5 if path.endswith("5700") else "Cel" for path in paths}
    service_of(bench, calls, "two", {"/3303/2": [5700]})
    reporter = service_of(bench, calls, "reporter", {"/3303/3": [5700, 5701]}, cache="notify",
                          values={"/3303/3/5700": 21.5, "/3303/3/5701": "Cel"})
    reporter.answer = lambda paths, context: {path: 21.5 if path.endswith("5700") else "Cel" for path in paths}
    wait_until(lambda: {"/26250/1", "/3303/3"} <= set(server.property("Objects")), "the instances at the server")
    test_reads(server, agent, calls)
    test_cached(server, calls, reporter)
    test_changes(server, calls)
    test_notifications(bench, server, calls, reporter, one)
    check(agent.is_running(), "the agent runs")


run(main)
