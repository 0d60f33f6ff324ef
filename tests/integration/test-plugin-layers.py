#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services over what the agent has itself: each object where they may, and each where they may not."""

from bus import Variant
from lib import AGENT, TEST_SERVER, check, run, same, wait_until
from plugin import Service, refused

# An instance of the agent's, what a service adds to it, its value as the service gives it and as a server sees it.
EXTENDED = (
    ("/3/0", 6, Variant("a{qv}", {0: Variant("x", 1)}), {"/3/0/6": {0: 1}}),
    ("/3/0", 7, Variant("a{qv}", {0: Variant("x", 12000)}), {"/3/0/7": {0: 12000}}),
    ("/3/0", 8, Variant("a{qv}", {0: Variant("x", 125)}), {"/3/0/8": {0: 125}}),
    ("/3/0", 9, Variant("x", 95), {"/3/0/9": 95}),
    ("/3/0", 20, Variant("x", 2), {"/3/0/20": 2}),
    ("/4/0", 0, Variant("x", 6), {"/4/0/0": 6}),
    ("/4/0", 2, Variant("x", -71), {"/4/0/2": -71}),
    ("/7/0", 2, Variant("x", 4711), {"/7/0/2": 4711}),
    ("/16/0", 3, Variant("x", 1), {"/16/0/3": 1}),
    ("/19/0", 5, Variant("x", 3), {"/19/0/5": 3}),
    ("/19/0", 3, "by a service", {"/19/0/3": "by a service"}),
)

# What is the agent's own, and why.
REFUSED = tuple(("/%d/0" % object, resource, "object %d is the agent's own" % object)
                for object, resource in ((0, 0), (0, 5), (1, 1), (1, 7), (2, 0), (5, 3), (5, 10))) + tuple(
                    ("/3/0", resource, "/3/0/%d is the agent's own; of Device a service may provide 6 to 9 and 20" % resource)
                    for resource in (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22))


def read(server, path):
    status, values = server.read(path)
    same(status, "2.05 Content", "Read of " + path)
    return values


def changing(path):
    """What the agent counts or measures itself: it differs from one Read to the next."""
    return path.startswith(("/3/0/10", "/3/0/13", "/7/0/"))


def test_extended(bench, server):
    for instance, resource, value, seen in EXTENDED:
        path = "%s/%d" % (instance, resource)
        before = read(server, instance)
        service = Service(bench)
        service.answer = lambda paths, context: {each: value for each in paths}
        service.register({instance: [resource]}, name="above")
        both = read(server, instance)
        same({path: both[path]}, seen, "a service adds to what the agent has")
        same({each for each in both if each != path}, set(before) - {path}, "the rest is there")
        check(all(both[each] == before[each] for each in both if each != path and not changing(each)), "as it was")
        same(server.read(path), ["2.05 Content", seen], "alone it is the service's, too")
        same({tuple(paths) for paths, _ in service.reads}, {(path,)}, "the service is asked for its own, and for no more")
        service.unregister()
        same(set(read(server, instance)), set(before), "it goes, and what was there is there again")
        service.close()


def test_refused(bench, server, agent):
    service = Service(bench)
    service.register({"/3303/900": [5700]})
    for instance, resource, text in REFUSED:
        refused(lambda: service.add_instances({instance: [resource]}), "ReservedObject", text, "%s/%d" % (instance, resource))
    for object in (0, 1, 2, 5):
        refused(lambda: service.add_instances({"/%d" % object: []}), "ReservedObject", "object %d" % object, "object %d" % object)
    for object in (21, 23):
        refused(lambda: service.add_instances({"/%d/0" % object: [0]}), "ReservedObject", "object %d" % object, "object %d" % object)
    refused(lambda: service.add_instances({"/3/0": [9, 4]}), "ReservedObject", "/3/0/4", "one that may be had and one that may not")
    same(server.read("/3/0/9")[0], "4.04 Not Found", "and neither is")
    service.unregister()
    service.close()


def test_changes(bench, server):
    """Who observes the instance hears of the service's part; a Write or Delete goes to whom it belongs."""
    monitor = bench.monitor(TEST_SERVER)
    service = Service(bench)
    service.methods = {"Write": lambda *_: ("", []), "Delete": lambda *_: ("", [])}
    service.register({"/3/0": [9], "/19/0": [5]}, name="above", cache="notify",
                     values={"/3/0/9": Variant("x", 50), "/19/0/5": Variant("x", 3)})
    same(server.observe("/3/0")[0], "2.05 Content", "Observe of Device")
    service.update({"/3/0/9": Variant("x", 51)})
    _, values, *_ = monitor.wait("Notified", lambda arguments: arguments[1].get("/3/0/9") == 51)
    check("/3/0/16" in values, "a change of the service's part is told, with the agent's")
    server.cancel("/3/0")
    same(server.write("/19/0/5", Variant("x", 9)), "2.04 Changed", "Write of the service's resource")
    same([member for member, _ in service.calls if member == "Write"], ["Write"], "is the service's")
    same(server.write("/19/0/3", "ours"), "2.04 Changed", "Write of the agent's")
    same([member for member, _ in service.calls if member == "Write"], ["Write"], "is not")
    same(server.read("/19/0/3"), ["2.05 Content", {"/19/0/3": "ours"}], "it is written")
    same(server.write("/19/0", {"3": "both", "5": Variant("x", 9)}), "4.05 Method Not Allowed", "one of both is refused")
    same(server.read("/19/0/3"), ["2.05 Content", {"/19/0/3": "ours"}], "and nothing of it is written")
    service.unregister()
    service.close()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    same(server.create("/16", {"0": Variant("a{qv}", {0: "host"})})[0], "2.01 Created", "a Portfolio")
    same(server.create("/19", {"0": Variant("a{qv}", {0: b"data"}), "3": "text"})[0], "2.01 Created", "Binary App Data")
    wait_until(lambda: {"/3/0", "/4/0", "/7/0", "/16/0", "/19/0"} <= set(server.property("Objects")), "all instances of the agent")
    test_extended(bench, server)
    test_refused(bench, server, agent)
    test_changes(bench, server)


run(main)
