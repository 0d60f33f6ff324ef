#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services that register: what is refused, what is asked, late and wrong answers, caches, two at once, restarts."""

import time

import coap
from bus import BusError, Variant
from lib import AGENT, ForeignServer, check, run, same, wait_until
from plugin import MANAGER, REGISTRATION, Service, refused


def doubles(values):
    return {path: Variant("d", value) for path, value in values.items()}


def test_refusals(bench, server, agent):
    """Nothing of a registration that is refused is there; every error names what is wrong."""
    service = Service(bench)
    for instances, options, name, text in (
            ({}, {}, "BadRequest", "nothing to provide"),
            ({"3303": [5700]}, {}, "BadRequest", "'3303'"),
            ({"/3303/0": []}, {}, "BadRequest", "'/3303/0' has no resources"),
            ({"/3303": [5700]}, {}, "BadRequest", "'/3303' is an object"),
            ({"/3303/0/5700": [5700]}, {}, "BadRequest", "/3303/0/5700"),
            ({"/3303/0": [5700, 5700]}, {}, "BadRequest", "twice"),
            ({"/3303/0": [5700, 1]}, {}, "BadRequest", "no resource 1"),
            ({"/3303/*": [5700]}, {}, "BadRequest", "1 to 64"),
            ({"/3303/0/*a": [5700]}, {}, "BadRequest", "behind an object"),
            ({"/3303/*a": [5700], "/3303/0": [5700], "/6/1": [0]}, {}, "BadRequest", "object 6 (Location) has one"),
            ({"/3303/*a": [5700], "/1/0": [1]}, {}, "ReservedObject", "object 1"),
            ({"/3/0": [9, 4]}, {}, "ReservedObject", "/3/0/4"),
            ({"/5/0": [3]}, {}, "ReservedObject", "object 5"),
            ({"/9999/0": [0]}, {}, "NotFound", "9999.xml"),
            ({"/3303/0": [5700]}, {"nmae": "x"}, "InvalidArgs", "'nmae'"),
            ({"/3303/0": [5700]}, {"name": "a b"}, "InvalidArgs", "'name'"),
            ({"/3303/0": [5700]}, {"timeout_usec": 999999}, "InvalidArgs", "'timeout_usec'"),
            ({"/3303/0": [5700]}, {"timeout_usec": 300000001}, "InvalidArgs", "'timeout_usec'"),
            ({"/3303/0": [5700]}, {"cache": "all"}, "InvalidArgs", "'cache'"),
            ({"/3303/0": [5700]}, {"values": "x"}, "InvalidArgs", "'values'"),
            ({"/3303/0": [5700]}, {"values": {"/3303/0/5700": "warm"}}, "BadRequest", "'/3303/0/5700': "),
            ({"/3303/0": [5700]}, {"values": {"/3303/0/5701": "Cel"}}, "NotFound", "'/3303/0/5701': "),
            ({"/3303/0": [5700, 5605]}, {"values": {"/3303/0/5605": 1}}, "NotPermitted", "5605"),
            ({"/3303/*%d" % number: [5700] for number in range(4097)}, {}, "LimitExceeded", "4096")):
        refused(lambda: service.register(instances, **options), name, text, "%.60s %s" % (instances, options))
    check("/3303" not in agent.get("Objects"), "nothing came of any of them")
    service.close()


def test_reads(bench, server, agent):
    """What the service is asked, and what becomes of its answers."""
    service = Service(bench)
    registration, paths = service.register({"/3303/*oven": [5601, 5602, 5700, 5701, 5605]}, name="kitchen")
    same(paths, {"oven": "/3303/100"}, "the label has an instance")
    wait_until(lambda: "/3303/100" in server.property("Objects"), "the instance at the server")
    service.answer = lambda paths, context: {"/3303/100/5700": Variant("i", 21), "/3303/100/5701": "Cel"}
    same(server.read("/3303/100"), ["2.05 Content", {"/3303/100/5700": 21.0, "/3303/100/5701": "Cel"}],
         "an instance, what is missing left out; an integer is taken for a Float")
    same(service.reads[-1][0], ["/3303/100/%d" % id for id in (5601, 5602, 5700, 5701)], "all in one call")
    same(len(service.reads), 1, "and but one")
    context = service.reads[-1][1]
    same((context["server"], context["operation"]), (101, "Read"), "the context says who asks")
    check(3000000 < context["deadline_usec"] <= 5000000, "and how much time is left")
    service.answer = lambda paths, context: {}
    same(server.read("/3303/100/5700")[0], "4.04 Not Found", "no value")
    same(server.read("/3303/100"), ["2.05 Content", {}], "no values")
    same(server.execute("/3303/100/5605"), "4.05 Method Not Allowed", "what Provider1 has no verb for")
    for name, status in (("org.lwm2md.Error.NotFound", "4.04 Not Found"),
                         ("org.lwm2md.Error.Unavailable", "5.03 Service Unavailable"),
                         ("org.freedesktop.DBus.Error.UnknownMethod", "4.05 Method Not Allowed"),
                         ("org.freedesktop.DBus.Error.NoReply", "5.03 Service Unavailable"),
                         ("com.example.Broken", "5.00 Internal Server Error")):
        service.answer = lambda paths, context: BusError(name, "the door is open")
        same(server.read("/3303/100/5700")[0], status, name)
        service.answer = lambda paths, context: ({}, {"/3303/100/5700": (name, "the door is open")})
        same(server.read("/3303/100/5700")[0], status, name + " for the one path")
    refused(lambda: agent.call("Read", "s", "/3303/100/5700"), "Failed", "the door is open", "on this host its words are shown")
    service.answer = lambda paths, context: (doubles({"/3303/100/5601": 3}), {"/3303/100/5700": ("com.example.X", "")})
    same(server.read("/3303/100"), ["2.05 Content", {"/3303/100/5601": 3.0}], "some fail, the others are there")

    # Mistakes of the service
    service.answer = lambda paths, context: {"/3303/100/5701": "Cel", "/3303/100/5700": "warm", "/3303/100/5601": Variant(
        "a{qv}", {0: Variant("d", 1)}), "/3303/100/5602": Variant("d", 9)}
    for _ in range(3):
        same(server.read("/3303/100"), ["2.05 Content", {"/3303/100/5602": 9.0, "/3303/100/5701": "Cel"}],
             "values of other types are left out")
    agent.wait_line("answers /3303/100/5700 wrongly")
    same(sum("answers /3303/100/5700 wrongly" in line for line in agent.lines), 1, "which the journal says once")
    check(any("'kitchen'" in line and "5700" in line and "Sensor Value" in line for line in agent.lines),
          "naming service and resource")
    service.answer = lambda paths, context: {"/3303/100/5700": Variant("d", 5), "/3/0/0": "Acme", "nonsense": "x"}
    same(server.read("/3303/100/5700"), ["2.05 Content", {"/3303/100/5700": 5.0}], "what nobody asked for is left out")

    # Who may do what with the registration
    for member, signature, arguments in (("Update", "a{sv}asa{sv}", ({}, [], {})), ("Unregister", "", ())):
        refused(lambda: bench.call(AGENT, registration, REGISTRATION, member, signature, *arguments), "NotOwner", ":1.",
                "%s by somebody else" % member)
    for values, invalidated, options, name, text in (
            ({"/3303/100/5700": "warm"}, [], {}, "BadRequest", "'/3303/100/5700': "),
            ({"/3303/0/5700": 1.0}, [], {}, "NotFound", "'/3303/0/5700': "),
            ({"/3303/100": 1.0}, [], {}, "NotFound", "'/3303/100': "),
            ({}, ["/3303/100/1"], {}, "NotFound", "'/3303/100/1': "),
            ({}, [], {"urgent": True}, "InvalidArgs", "'urgent'"),
            ({}, [], {"send": "yes"}, "InvalidArgs", "'send'")):
        refused(lambda: service.update(values, invalidated, **options), name, text, "Update of %s" % text)
    service.unregister()
    wait_until(lambda: "/3303/100" not in server.property("Objects"), "the end of the instance at the server")
    check(any("unregisters" in line for line in agent.lines), "the journal tells of it")
    refused(lambda: service.update({}), "UnknownObject", "", "then there is no registration")
    service.close()


def test_time(bench):
    """A late answer is a separate response; none at all is 5.03 at the service's time-out; others need not wait."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="time")
    server.wait_registration()
    service = Service(bench)
    bench.wait_name(AGENT)
    with server.background():
        service.register({"/3303/7": [5700, 5701]}, timeout_usec=2000000)

    def late(paths, context):
        time.sleep(1.5)
        return doubles({"/3303/7/5700": 1.5})
    service.answer = late
    begin = time.monotonic()
    answer = server.ask(coap.GET, "/3303/7/5700")
    same((answer.status, answer.payload, answer.type), ("2.05", b"1.5", coap.CON), "a late answer is a separate response")
    check(1.4 < time.monotonic() - begin < 10, "when the service has answered")
    service.answer = lambda paths, context: None
    begin = time.monotonic()
    same(server.ask(coap.GET, "/3303/7/5700").status, "5.03", "no answer is 5.03")
    check(1.9 < time.monotonic() - begin < 8, "at the service's time-out")

    # It hangs with a Read under way, and goes
    message = coap.Message(coap.CON, coap.GET, server.next_mid(), b"\x61", coap.path_options("/3303/7/5700"))
    count = len(service.reads)
    server.send(message, server.client)
    other = server.ask(coap.GET, "/3/0/16")
    same(other.payload, b"UT", "who asks others does not wait")
    wait_until(lambda: len(service.reads) > count, "the question")
    begin = time.monotonic()
    service.close()
    answer = server.wait(lambda message: message.token == b"\x61" and message.code)
    same(answer.status, "5.03", "the service goes with a question open: 5.03")
    check(time.monotonic() - begin < 1.5, "at once")
    with server.background():
        agent.stop()


def test_cache(bench, server, agent):
    """With cache "notify" nothing is asked that was reported."""
    service = Service(bench)
    _, paths = service.register({"/3303/*hall": [5601, 5700, 5701]}, name="hall", cache="notify",
                                values={"/3303/*hall/5700": 20.0, "/3303/*hall/5701": "Cel"})
    same(paths, {"hall": "/3303/101"}, "an id that was another label's is kept for that")
    same(agent.call("Read", "s", "/3303/101/5700"), [{"/3303/101/5700": 20.0}], "a first value")
    same(service.reads, [], "is not asked for")
    service.answer = lambda paths, context: doubles({"/3303/101/5601": -5, "/3303/101/5700": 99})
    same(agent.call("Read", "s", "/3303/101"), [{"/3303/101/5601": -5.0, "/3303/101/5700": 20.0, "/3303/101/5701": "Cel"}],
         "what was not reported is asked for")
    same([paths for paths, _ in service.reads], [["/3303/101/5601"]], "that alone")
    agent.call("Read", "s", "/3303/101")
    same(len(service.reads), 1, "and once")
    service.update({"/3303/*hall/5700": 21.0})
    same(agent.call("Read", "s", "/3303/101/5700"), [{"/3303/101/5700": 21.0}], "a report")
    service.update({}, ["/3303/101/5700"])
    same(agent.call("Read", "s", "/3303/101/5700"), [{"/3303/101/5700": 99.0}], "an invalidated one is asked for anew")
    service.update({}, ["/3303/101/5601"])
    service.answer = lambda paths, context: {}
    refused(lambda: agent.call("Read", "s", "/3303/101/5601"), "NotFound", "", "no value any more")
    count = len(service.reads)
    refused(lambda: agent.call("Read", "s", "/3303/101/5601"), "NotFound", "", "which is remembered, too")
    same(len(service.reads), count, "without asking")
    service.unregister()
    service.close()


def test_layers(bench, server, agent):
    """Over the agent's own instance; two services beside each other; what is taken."""
    first, second = Service(bench), Service(bench)
    values = server.read("/3/0")[1]
    first.register({"/3/0": [9], "/3303/5": [5700]}, name="power")
    first.answer = lambda paths, context: {path: Variant("x", 95) for path in paths}
    second.answer = lambda paths, context: {path: Variant("x", 2) for path in paths}
    status, both = server.read("/3/0")
    same((status, both.get("/3/0/9")), ("2.05 Content", 95), "Battery Level comes from a service")
    check(set(values) < set(both), "the rest from the agent")
    refused(lambda: second.register({"/3/0": [20, 9]}), "AlreadyExists", "/3/0/9 is provided by 'power'", "a resource that is taken")
    refused(lambda: second.register({"/3303/5": [5701]}), "AlreadyExists", "/3303/5 is provided by 'power'", "an instance that is taken")
    refused(lambda: second.register({"/3303/6": [5700]}, name="power"), "AlreadyExists", "the name is in use", "a name in use")
    refused(lambda: first.register({"/3303/6": [5700]}), "AlreadyExists", "before", "the same object twice")
    second.register({"/3/0": [20], "/3303/6": [5700]})
    same(server.read("/3/0")[1].get("/3/0/20"), 2, "another service fills another resource")
    same(sorted(server.read("/3303")[1]), ["/3303/5/5700", "/3303/6/5700"], "two services in one object")
    first.unregister()
    same(sorted(server.read("/3303")[1]), ["/3303/6/5700"], "one goes, the other stays")
    same(server.read("/3/0/9")[0], "4.04 Not Found", "with what it had in Device")
    second.unregister()
    same(server.read("/3303")[0], "4.04 Not Found", "with the last the object goes")
    same(sorted(server.read("/3/0")[1]), sorted(values), "Device is as it was")
    first.close()
    second.close()


def test_labels(bench, server, agent):
    """Ids by label: kept over restarts of service and agent; taken ones are passed over."""
    service, other = Service(bench), Service(bench, "/Other")
    same(service.register({"/3303/*b": [5700], "/3303/*a": [5700], "/3303": []}, name="labels")[1],
         {"b": "/3303/102", "a": "/3303/103"}, "labels get what no other label had before")
    same(other.register({"/3303/104": [5700], "/3303/*a": [5700]}, name="others")[1], {"a": "/3303/105"},
         "so do those of another name, past ids that are taken")
    service.unregister()
    other.unregister()
    same(other.register({"/3303/*new": [5700]}, name="others")[1], {"new": "/3303/104"}, "an id that is free again")
    same(service.register({"/3303/*a": [5700], "/3303/*b": [5700]}, name="labels")[1],
         {"a": "/3303/103", "b": "/3303/102"}, "the same labels are the same instances")
    service.close()
    other.close()
    agent.stop()
    agent = bench.agent(server.uri)
    server.wait_client()
    agent.wait_state("online")
    service = Service(bench)
    same(service.register({"/3303/*b": [5700], "/3303/*c": [5700]}, name="labels")[1], {"b": "/3303/102", "c": "/3303/106"},
         "after a restart of the agent, too")
    service.close()
    agent.stop()


def test_bus(bench):
    """The bus goes: the objects stay for the grace, and a service that is back in time has its place."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="bus")
    server.wait_registration()
    service = Service(bench)
    bench.wait_name(AGENT)
    with server.background():
        service.register({"/3303/*x": [5700]}, name="one")
        wait_until(lambda: len(server.updates) == 1, "the Update")
    bench.stop_bus()
    service.close()
    same(server.ask(coap.GET, "/3303/100/5700").status, "5.03", "without a bus 5.03")
    bench.start_bus()
    with server.background():
        bench.wait_name(AGENT)
        service = Service(bench)
        service.answer = lambda paths, context: doubles({"/3303/100/5700": 4.5})
        same(service.register({"/3303/*x": [5700]}, name="one")[1], {"x": "/3303/100"}, "registered again in time")
    same(server.ask(coap.GET, "/3303/100/5700").payload, b"4.5", "it is read again")
    same(len(server.updates), 1, "without another Update")
    service.close()
    with server.background():
        agent.stop()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    check(bench.busctl("introspect", AGENT, "/org/lwm2md", MANAGER).count("RegisterProvider") == 1, "busctl shows it")
    test_refusals(bench, server, agent)
    test_reads(bench, server, agent)
    test_cache(bench, server, agent)
    test_layers(bench, server, agent)
    test_labels(bench, server, agent)
    test_time(bench)
    test_bus(bench)


run(main)
