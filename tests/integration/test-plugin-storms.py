#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Storms of what is allowed: servers that observe thousands of resources of a slow service, services that report, register,
add and remove without end and read no answers. What waits is bounded, others are answered, and in the end all is as it
should be.
"""

import multiprocessing
import os
import time

import bus
import coap
from bus import Variant
from lib import AGENT, ForeignServer, check, run, same, wait_until
from plugin import MANAGER, REGISTRATION, Service

# With sanitizers what was freed is kept for a while: so little that growth is seen.
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}
OBSERVED = int(os.environ.get("LWM2MD_TEST_OBSERVED", "800"))  # resources
FLOOD = int(os.environ.get("LWM2MD_TEST_FLOOD", "6000"))  # messages
GROWTH = 8192  # KiB that a storm may leave, the allocator's own included


def held(agent):
    """Descriptors, and KiB that are the agent's alone."""
    with open("/proc/%d/smaps_rollup" % agent.pid) as lines:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB\n")}
    return len(os.listdir("/proc/%d/fd" % agent.pid)), sizes["Private_Clean"] + sizes["Private_Dirty"]


class Storm:
    """While it lasts a server reads of another service and of the agent; then it says what came of it."""

    def __init__(self, agent, other, what):
        self.agent, self.other, self.what = agent, other, what
        self.slowest, self.rounds = {"/3/0/16": 0.0, "/3303/9/5700": 0.0}, 0

    def __enter__(self):
        self.before = held(self.agent)
        self.began = time.monotonic()
        return self

    def read(self):
        for path, payload in (("/3303/9/5700", b"7.5"), ("/3/0/16", b"UT")):
            asked = time.monotonic()
            answer = self.other.ask(coap.GET, path)
            if (answer.status, answer.payload) != ("2.05", payload):
                same((path, answer.status, answer.payload), (path, "2.05", payload), "a Read in the storm")
            self.slowest[path] = max(self.slowest[path], time.monotonic() - asked)
        self.rounds += 1

    def __exit__(self, kind, *_):
        if kind is not None:
            return
        took = time.monotonic() - self.began
        self.read()
        after = held(self.agent)
        print("%s: %.1f s, %d rounds of Reads beside, the slowest %s; %d KiB before, %d after" % (
            self.what, took, self.rounds, ", ".join("%s %.0f ms" % (path, seconds * 1000) for path, seconds in self.slowest.items()),
            self.before[1], after[1]))
        check(max(self.slowest.values()) < 10, "%s: no other Read waited for it" % self.what)
        check(after[1] < self.before[1] + GROWTH, "memory is bounded")


def call_blindly(connection, path, interface, member, signature, arguments, flags=0):
    connection._send(bus.CALL, {
        bus.PATH: Variant("o", path), bus.INTERFACE: Variant("s", interface), bus.MEMBER: Variant("s", member),
        bus.DESTINATION: Variant("s", AGENT)}, signature, arguments, flags=flags)


def in_background(storm, target, *arguments):
    """Runs it in a process of its own; meanwhile the storm reads."""
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments, daemon=True)
    process.start()
    while process.is_alive():
        storm.read()
    same(process.exitcode, 0, "%s: it could do what it wanted" % storm.what)


# Observe

def resource(number):
    return "/3303/%d/5700" % (1000 + number)


def slow_service(bench):
    service = Service(bench, "/Slow")
    service.value = 1.0

    def answer(paths, context):
        time.sleep(0.002)
        return {path: Variant("d", service.value) for path in paths}

    service.answer = answer
    for start in range(0, OBSERVED, 500):
        instances = {"/3303/%d" % (1000 + number): [5700] for number in range(start, min(start + 500, OBSERVED))}
        if start == 0:
            service.register(instances, name="slow")
        else:
            service.add_instances(instances)
    return service


def burst(server, requests):
    """Sends them all, a few at a time, without waiting; from numbers to the answers that came."""
    tokens, answers = {}, {}
    for number, observe in requests:
        tokens[(number + 1).to_bytes(3, "big")] = (number, observe)

    def take(seconds):
        got = server.pump(seconds)
        while got is not None:
            message = got[0]
            if message.token in tokens and message.code:
                answers.setdefault(message.token, []).append(message)
            got = server.pump(0)

    def send(token):
        number, observe = tokens[token]
        server.send(coap.Message(coap.NON, coap.GET, server.next_mid(), token, [
            (coap.OBSERVE, observe), *coap.path_options(resource(number))]), server.client)

    for at, token in enumerate(tokens):
        send(token)
        if at % 8 == 7:
            take(0)
    quiet = time.monotonic()
    while len(answers) < len(tokens) and time.monotonic() < quiet + 60:
        count = len(answers)
        take(0.2)
        if len(answers) > count:
            quiet = time.monotonic()
        elif time.monotonic() > quiet + 1:  # a datagram that was lost, or its answer
            quiet = time.monotonic()
            for token in tokens:
                if token not in answers:
                    send(token)
    return {tokens[token][0]: messages for token, messages in answers.items()}


def count_of(answers, status):
    return sum(1 for messages in answers.values() if messages[0].status == status)


def test_observes(bench, agent, server, other):
    service = slow_service(bench)
    with Storm(agent, other, "Observe of %d" % OBSERVED) as storm:
        answers = burst(server, [(number, b"") for number in range(OBSERVED)])
        storm.read()
    same(len(answers), OBSERVED, "each Observe has its answer")
    accepted, refused = count_of(answers, "2.05"), count_of(answers, "5.03")
    same(accepted + refused, OBSERVED, "the value, or 5.03 when too many wait")
    print("%d accepted, %d refused" % (accepted, refused))
    observed = {resource(number) for number, messages in answers.items() if messages[0].status == "2.05"}
    wait_until(lambda: set(bench.get(AGENT, service.registration, REGISTRATION, "Observed")) == observed,
               "what is observed is what was accepted")
    check(accepted >= 16 and refused > 0, "some are, the others are told to come again")

    left = list(range(OBSERVED))
    with Storm(agent, other, "Cancel of all") as storm:
        while left:  # one that is refused is no Cancel
            answers = burst(server, [(number, b"\x01") for number in left])
            left = [number for number, messages in answers.items() if messages[0].status == "5.03"]
            storm.read()
    same(bench.get(AGENT, service.registration, REGISTRATION, "Observed"), [], "nothing is observed")

    # Again, at a pace that the service keeps up with; all of it
    left = list(range(OBSERVED))
    while left:
        answers = burst(server, [(number, b"") for number in left[:50]])
        left = left[50:] + [number for number, messages in answers.items() if messages[0].status == "5.03"]
    same(len(bench.get(AGENT, service.registration, REGISTRATION, "Observed")), OBSERVED, "all are")
    test_changes(agent, server, other, service)
    service.unregister()
    service.close()


def test_changes(agent, server, other, service):
    """All change at once: more than the service can be asked at a time, and none is forgotten."""
    told, start = {}, len(server.log)
    service.value = 2.0
    with Storm(agent, other, "change of all") as storm:
        service.update({}, [resource(number) for number in range(OBSERVED)])
        deadline = time.monotonic() + 60
        while len(told) < OBSERVED and time.monotonic() < deadline:
            server.pump(0.05)
            for message, _ in server.log[start:]:
                if message.code and not message.is_request() and message.payload == b"2":
                    told[message.token] = message
            start = len(server.log)
        storm.read()
    same(len(told), OBSERVED, "each observer hears of it")


# Services

def flood_updates(bench, connection, registration, count):
    for number in range(count):
        call_blindly(connection, registration, REGISTRATION, "Update", "a{sv}asa{sv}",
                     [{"/3303/600/5700": Variant("d", float(number))}, [], {}], bus.NO_REPLY_EXPECTED)


def test_updates(bench, agent, server, other):
    """What changes faster than it can be told is one notification."""
    service = Service(bench, "/Busy")
    service.register({"/3303/600": [5700]}, name="busy", cache="notify", values={"/3303/600/5700": -1.0})
    same(server.exchange(coap.Message(coap.CON, coap.GET, 0, b"\x77", [
        (coap.OBSERVE, b""), *coap.path_options("/3303/600/5700?con=1")]), server.client).status, "2.05", "Observe")
    start = len(server.log)
    with Storm(agent, other, "%d Updates" % FLOOD) as storm, server.background():
        in_background(storm, flood_updates, bench, service.connection, service.registration, FLOOD)
    last = b"%d" % (FLOOD - 1)
    wait_until(lambda: (server.pump(0.05), any(message.payload == last for message, _ in server.log[-5:]))[1], "the last value")
    told = sum(1 for message, _ in server.log[start:] if message.token == b"\x77" and message.code)
    print("%d notifications of %d Updates" % (told, FLOOD))
    check(told <= FLOOD, "no more notifications than Updates")
    service.connection.serial += FLOOD
    service.unregister()
    service.close()


def flood_registrations(bench, count):
    connection = bus.Connection(bench.socket)
    connection.socket.settimeout(20)
    for number in range(count):
        call_blindly(connection, "/org/lwm2md", MANAGER, "RegisterProvider", "oa{saq}a{sv}",
                     ["/Storm%d" % number, {"/3303/%d" % (5000 + number): [5700]}, {}])


def test_registrations(bench, agent, other):
    """It reads none of the answers; one user has so many registrations, which go with it."""
    with Storm(agent, other, "%d registrations" % FLOOD) as storm:
        in_background(storm, flood_registrations, bench, FLOOD)
    wait_until(lambda: agent.lines[-1] and not any("/3303/5000" in path for path in discovered(agent)), "all of it is gone", 60)
    provided = sum("provides /3303/5" in line for line in agent.lines)
    check(1 <= provided <= 64, "%d of them were taken" % provided)


def discovered(agent):
    return agent.call("Discover", "sa{sv}", "/3303", {})[0]


def flood_instances(bench, connection, registration, count):
    for number in range(count):
        path = "/3303/%d" % (700 + number % 50)
        call_blindly(connection, registration, REGISTRATION, "AddInstances", "a{saq}", [{path: [5700]}],
                     bus.NO_REPLY_EXPECTED)
        call_blindly(connection, registration, REGISTRATION, "RemoveInstances", "as", [[path]], bus.NO_REPLY_EXPECTED)


def test_instances(bench, agent, server, other):
    service = Service(bench, "/Restless")
    service.register({"/3303/650": [5700]}, name="restless")
    updates = len(server.updates)
    with Storm(agent, other, "%d instances added and removed" % (FLOOD // 4)) as storm, server.background():
        in_background(storm, flood_instances, bench, service.connection, service.registration, FLOOD // 4)
        service.connection.serial += FLOOD
        same(service.add_instances({"/3303/651": [5700]}), {}, "one more, in its turn")
        wait_until(lambda: b"</3303/651>" in server.updates[-1].payload, "the last Update has it")
    check(not any(b"</3303/%d>" % (700 + number) in server.updates[-1].payload for number in range(50)),
          "and none that was removed")
    print("%d Updates told the server" % (len(server.updates) - updates))
    check(len(server.updates) - updates < FLOOD // 2, "fewer Updates than changes")
    service.unregister()
    service.close()


def main(bench):
    server, other = ForeignServer(bench), ForeignServer(bench)
    agent = bench.agent(server.uri, environment=ENVIRONMENT, sections="\n[Server other]\nUri=%s\nShortServerId=102\n" % other.uri)
    server.wait_registration()
    other.wait_registration()
    bench.wait_name(AGENT)
    good = Service(bench, "/Good")
    good.answer = lambda paths, context: {path: Variant("d", 7.5) for path in paths}
    with server.background(), other.background():
        good.register({"/3303/9": [5700]}, name="good", timeout_usec=Variant("t", 20000000))
        wait_until(lambda: server.updates and other.updates, "the Updates")
    before = held(agent)
    test_observes(bench, agent, server, other)
    test_updates(bench, agent, server, other)
    test_registrations(bench, agent, other)
    test_instances(bench, agent, server, other)
    after = held(agent)
    print("%d descriptors and %d KiB at first, %d and %d in the end" % (*before, *after))
    same(after[0], before[0], "no descriptor stays")
    good.close()


run(main)
