#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Services that die in the middle, never answer, lie, flood: a good service beside them and the agent go on as if they
were not there, servers get the codes that were promised, and nothing of them stays.
"""

import os
import pathlib
import threading
import time

import bus
from bus import Variant
from lib import AGENT, Failed, check, run, same, wait_until
from plugin import REGISTRATION, Service, zoo_data

# With sanitizers what was freed is kept for a while: so little that growth is seen.
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}
FILM = 10 * 1024 * 1024
FLOOD = int(os.environ.get("LWM2MD_TEST_FLOOD", "20000"))


def held(agent):
    """Descriptors, and KiB that are the agent's alone."""
    with open("/proc/%d/smaps_rollup" % agent.pid) as lines:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB\n")}
    return len(os.listdir("/proc/%d/fd" % agent.pid)), sizes["Private_Clean"] + sizes["Private_Dirty"]


def good_service(bench):
    service = Service(bench, "/Good")
    service.answer = lambda paths, context: {path: Variant("d", 7.5) for path in paths}
    service.register({"/3303/500": [5700]}, name="good")
    return service


def unharmed(server, what):
    began = time.monotonic()
    same(server.read("/3303/500/5700"), ["2.05 Content", {"/3303/500/5700": 7.5}], "%s: the other service answers" % what)
    same(server.read("/3/0/13")[0], "2.05 Content", "and the agent itself")
    check(time.monotonic() - began < 4, "soon: %.2f s" % (time.monotonic() - began))


def die(service):
    """Gone without a word, in the middle of a call."""
    service.ended = True
    service.connection.socket.shutdown(2)


def wait_gone(agent, line):
    agent.wait_line("has left the bus", start=line)


def test_deaths(bench, server, agent):
    """Whatever it was asked, the answer is 5.03 at once."""
    film = bench.directory / "film"
    film.write_bytes(os.urandom(FILM))
    into = str(bench.directory / "seen")

    def on_method(service, member):
        service.methods[member] = lambda *arguments: die(service)

    def piped(service):
        reader, writer = os.pipe()

        def feed():
            try:
                for _ in range(80):
                    os.write(writer, bytes(65536))
                die(service)  # and the pipe stays open
                time.sleep(2)
            finally:
                os.close(writer)

        service.answer = lambda paths, context: {paths[0]: Variant("h", reader)}
        threading.Thread(target=feed, daemon=True).start()

    for what, prepare, request in (
            ("Read", lambda service: setattr(service, "answer", lambda *_: die(service)),
             lambda: server.read("/26250/0/0")[0]),
            ("Write", lambda service: on_method(service, "Write"), lambda: server.write("/26250/0/0", "Ida")),
            ("Execute", lambda service: on_method(service, "Execute"), lambda: server.execute("/26250/0/12")),
            ("Create", lambda service: on_method(service, "Create"),
             lambda: server.create("/26250", {"0": "Eva", "1": Variant("x", 1)})[0]),
            ("Delete", lambda service: on_method(service, "Delete"), lambda: server.delete("/26250/0")),
            ("ten megabytes that it sends", piped, lambda: server.read("/26250/0/5", file=into)[0]),
            ("ten megabytes that it gets", lambda service: on_method(service, "Write"),
             lambda: server.write("/26250/0/5", "", file=str(film))),
    ):
        service = Service(bench)
        service.register({"/26250": [], "/26250/0": [0, 1, 5, 9, 12]}, name="mortal", timeout_usec=Variant("t", 20000000))
        wait_until(lambda: "/26250/0" in server.property("Objects"), "the instance at the server")
        prepare(service)
        line = len(agent.lines)
        began = time.monotonic()
        same(request(), "5.03 Service Unavailable", "it dies during %s" % what)
        print("after %.1f s" % (time.monotonic() - began))
        wait_gone(agent, line)
        unharmed(server, what)
        service.close()
    agent.wait_line("'mortal' .* did not come back", start=line)


def test_lies(bench, server):
    service = Service(bench)
    service.register({"/26250/0": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}, name="liar")
    wait_until(lambda: "/26250/0" in server.property("Objects"), "the instance at the server")
    nan, huge = float("nan"), "x" * 70000
    for id, value, what in (
            (0, Variant("x", 1), "a number for a string"), (0, Variant("s", huge), "a string of 70000 bytes"),
            (1, Variant("s", "5"), "text for a number"), (1, Variant("x", 101), "out of range"),
            (1, Variant("d", 1.5), "a float for an integer"), (1, Variant("t", 2 ** 64 - 1), "more than an integer holds"),
            (2, Variant("x", -1), "less than an unsigned one holds"), (3, Variant("s", "1.5"), "text for a float"),
            (4, Variant("x", 1), "a number for a boolean"), (5, Variant("s", "QQ=="), "text for bytes"),
            (6, Variant("d", 1.0), "a float for a time"), (7, Variant("s", "3:0"), "text for a link"),
            (9, Variant("s", "Ann"), "one value for an array"), (9, Variant("a{qv}", {0: Variant("x", 1)}), "an element"),
            (1, Variant("a{qv}", {0: Variant("x", 1)}), "an array for one value")):
        service.answer = lambda paths, context: {path: value if path == "/26250/0/%d" % id else Variant("s", "Ida")
                                                 for path in paths if path in ("/26250/0/0", "/26250/0/%d" % id)}
        empty = ["2.05 Content", {"/26250/0/9": {}}] if id == 9 else ["4.04 Not Found", {}]
        same(server.read("/26250/0/%d" % id), empty, "%s counts as no value" % what)
        if id != 0:
            same(server.read("/26250/0"), ["2.05 Content", {"/26250/0/0": "Ida"}], "and takes no other away")
    service.answer = lambda paths, context: {"/26250/0/3": Variant("d", nan)}
    same(server.read("/26250/0/3")[0], "4.04 Not Found", "what is not a number counts as no value")
    unharmed(server, "lies")
    service.unregister()
    service.close()


def test_silence(bench, server):
    """One that never answers: of the changes one is asked and 16 wait, the rest is refused at once."""
    service = Service(bench)
    service.register({"/26250/0": [0, 12]}, name="mute", timeout_usec=Variant("t", 3000000))
    wait_until(lambda: "/26250/0" in server.property("Objects"), "the instance at the server")
    service.answer = lambda paths, context: None
    service.methods["Execute"] = lambda *arguments: None
    began = time.monotonic()
    same(server.read("/26250/0/0")[0], "5.03 Service Unavailable", "one that never answers")
    check(2.5 < time.monotonic() - began < 15, "has its time: %.1f s" % (time.monotonic() - began))
    answers = []

    def execute():
        try:
            connection = bench.call(AGENT, "/org/lwm2md", "org.lwm2md.Manager1", "Execute", "ss", "/26250/0/12", "")
            answers.append(("done", connection))
        except bus.BusError as error:
            answers.append((error.name, time.monotonic()))

    threads = [threading.Thread(target=execute, daemon=True) for _ in range(24)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    unharmed(server, "silence")
    for thread in threads:
        thread.join(60)
    same({name for name, _ in answers}, {"org.lwm2md.Error.Unavailable"}, "all of 24 are refused in the end")
    check(1 <= len([call for call in service.calls if call[0] == "Execute"]) <= 17, "at most 17 of them reach the service")
    service.unregister()
    service.close()


def test_systemd(bench):
    """A systemd that never says which unit a service is: after five seconds there is none."""
    systemd = Service(bench, "/org/freedesktop/systemd1")
    systemd.methods["GetUnitByPID"] = lambda pid: None
    systemd.own("org.freedesktop.systemd1")
    service = Service(bench)
    began = time.monotonic()
    service.register({"/26250/0": [0]}, name="unit")  # by the bus's word for who it is, and no grant
    check(4.5 < time.monotonic() - began < 15, "systemd had %.1f s" % (time.monotonic() - began))
    same([call[0] for call in systemd.calls], ["GetUnitByPID"], "and was asked once")
    service.unregister()
    service.close()
    systemd.close()


def test_floods(bench, server, agent):
    """Updates, registrations and unknown calls without end, from connections that read no answers."""
    service = Service(bench)
    service.answer = lambda paths, context: {path: Variant("d", 1.0) for path in paths}
    service.register({"/3303/600": [5700]}, name="flood", cache=Variant("s", "notify"))
    wait_until(lambda: "/3303/600" in server.property("Objects"), "the instance at the server")
    same(server.observe("/3303/600/5700")[0], "2.05 Content", "a server observes what it reports")
    before = held(agent)
    ended = threading.Event()

    def flood():
        for number in range(FLOOD):
            with service.lock:
                service.connection._send(bus.CALL, {
                    bus.PATH: Variant("o", service.registration), bus.INTERFACE: Variant("s", REGISTRATION),
                    bus.MEMBER: Variant("s", "Update"), bus.DESTINATION: Variant("s", AGENT)},
                    "a{sv}asa{sv}", [{"/3303/600/5700": Variant("d", float(number))}, [], {}], flags=bus.NO_REPLY_EXPECTED)
        ended.set()

    began = time.monotonic()
    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    slowest, rounds = 0.0, 0
    while not ended.is_set() or rounds == 0:
        asked = time.monotonic()
        if server.read("/3/0/13")[0] != "2.05 Content":
            raise Failed("a Read in the flood")
        slowest, rounds = max(slowest, time.monotonic() - asked), rounds + 1
    thread.join()
    wait_until(lambda: server.read("/3303/600/5700")[1] == {"/3303/600/5700": float(FLOOD - 1)}, "the last value")
    print("%d Updates in %.1f s; %d Reads of a server beside them, the slowest %.0f ms"
          % (FLOOD, time.monotonic() - began, rounds, slowest * 1000))
    check(slowest < 5, "no Read waited for all of the flood")
    unharmed(server, "a flood")
    after = held(agent)
    print("%d descriptors and %d KiB before, %d and %d after" % (*before, *after))
    same(after[0], before[0], "no descriptor stays")
    check(after[1] < before[1] + 8192, "nor memory")
    for _ in range(200):
        service.unregister()
        service.register({"/3303/600": [5700]}, name="flood")
    unharmed(server, "registrations in a row")
    same(held(agent)[0], after[0], "they leave no descriptor")
    service.unregister()
    service.close()


def main(bench):
    data = zoo_data(bench)
    grants = pathlib.Path(data) / "providers.d"
    grants.mkdir()
    (grants / "unit.grant").write_text("[Grant]\nUser=%d\nUnit=x.service\nObjects=26250\n" % os.getuid())
    server = bench.server("--objects", data + "/objects")
    agent = bench.agent(server.uri, options=("--data-directory", data), environment=ENVIRONMENT)
    server.wait_client()
    bench.wait_name(AGENT)
    good = good_service(bench)
    wait_until(lambda: "/3303/500" in server.property("Objects"), "the instance at the server")
    before = held(agent)
    test_deaths(bench, server, agent)
    test_lies(bench, server)
    test_silence(bench, server)
    test_floods(bench, server, agent)
    test_systemd(bench)
    wait_until(lambda: agent.call("Read", "s", "/3303/500/5700"), "an answer")
    after = held(agent)
    print("at first %d descriptors and %d KiB, in the end %d and %d" % (*before, *after))
    same(after[0], before[0], "as many descriptors as before")
    check(after[1] < before[1] + 16384, "and not much more memory")
    good.close()


run(main)
