#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What servers change at services: Write, Execute, Create, Delete, and instances that services add and remove."""

from bus import BusError, Variant
from lib import check, run, same, wait_until
from plugin import Service, zoo_data


def values_of(call):
    """The last call of a service: what it was given but for the deadline."""
    member, arguments = call
    return [member, *[{key: value for key, value in each.items() if key != "deadline_usec"}
                      if isinstance(each, dict) else each for each in arguments]]


def test_writes(server, service):
    service.methods = {"Write": lambda mode, values, context: ("", []), "Execute": lambda *_: ("", [])}
    same(server.write("/26250/0/0", "Ida"), "2.04 Changed", "Write of a resource")
    same(values_of(service.calls[-1]), ["Write", "replace", {"/26250/0/0": "Ida"},
                                        {"server": 101, "operation": "Write", "target": "/26250/0/0"}],
         "reaches the service")
    check(0 < service.calls[-1][1][2]["deadline_usec"] <= 5000000, "with its deadline")
    same(server.write("/26250/0/9", Variant("a{qv}", {0: "Ann", 1: "Bob"})), "2.04 Changed", "Write of an array")
    same(values_of(service.calls[-1])[2], {"/26250/0/9": {0: "Ann", 1: "Bob"}}, "is one value")
    same(server.write_composite({"/26250/0/0": "Ida"}, remove=Variant("as", ["/26250/0/9/1"])), "2.04 Changed",
         "a Write-Composite that removes an element")
    same(values_of(service.calls[-1]), ["Write", "update", {"/26250/0/0": "Ida"},
                                        {"server": 101, "operation": "Write-Composite", "target": "/26250/0",
                                         "removed": ["/26250/0/9/1"]}], "is one call that names it")
    count = len(service.calls)
    same(server.write("/26250/0/1", Variant("x", 101)), "4.00 Bad Request", "a value out of its range")
    same(server.write("/26250/0/13", Variant("x", 1)), "4.05 Method Not Allowed", "a resource that cannot be written")
    same(len(service.calls), count, "never reach it")
    same(server.execute("/26250/0/12", "0='hay',1"), "2.04 Changed", "Execute")
    same(values_of(service.calls[-1]), ["Execute", "/26250/0/12", {0: "hay", 1: ""},
                                        {"server": 101, "operation": "Execute"}], "with its arguments")
    for name, status in (("org.lwm2md.Error.BadRequest", "4.00 Bad Request"),
                         ("org.lwm2md.Error.PreconditionFailed", "4.12 Precondition Failed"),
                         ("com.example.Broken", "5.00 Internal Server Error")):
        service.methods["Write"] = lambda mode, values, context: BusError(name, "no")
        same(server.write("/26250/0/0", "Ida"), status, name)
    del service.methods["Write"]
    same(server.write("/26250/0/0", "Ida"), "4.05 Method Not Allowed", "a service without Write")


def test_instances(server, service, agent):
    service.methods = {"Create": lambda path, values, context: ("s", [""]), "Delete": lambda path, context: ("", [])}
    same(server.create("/26250", {"0": "Eva"})[0], "2.01 Created", "Create")
    wait_until(lambda: "/26250/1" in server.property("Objects"), "the instance at the server")
    service.answer = lambda paths, context: {"/26250/1/0": "Eva"}
    same(server.read("/26250/1"), ["2.05 Content", {"/26250/1/0": "Eva"}], "it is read from the service")
    same(server.delete("/26250/1"), "2.02 Deleted", "Delete")
    same(values_of(service.calls[-1])[:2], ["Delete", "/26250/1"], "is the service's")
    wait_until(lambda: "/26250/1" not in server.property("Objects"), "the end of the instance at the server")
    same(service.add_instances({"/26250/*dog": [0, 13], "/26250/7": [0]}), {"dog": "/26250/100"}, "AddInstances")
    wait_until(lambda: {"/26250/7", "/26250/100"} <= set(server.property("Objects")), "both at the server")
    service.methods["Write"] = lambda mode, values, context: ("", [])
    count = len(service.calls)
    same(server.write_composite({"/26250/0/0": "Ida", "/26250/7/0": "Eva"}), "2.04 Changed", "a Write-Composite to both")
    same([values_of(call)[:3] for call in service.calls[count:]],
         [["Write", "update", {"/26250/0/0": "Ida", "/26250/7/0": "Eva"}]], "is one call")
    service.update({"/26250/*dog/13": Variant("x", 4)})
    service.remove_instances(["/26250/*dog", "/26250/7"])
    wait_until(lambda: not {"/26250/7", "/26250/100"} & set(server.property("Objects")), "both gone")
    check("/26250" in agent.get("Objects"), "the object stays")


# What a service may answer, and what the server is told.
MAPPED = (("org.lwm2md.Error.BadRequest", "4.00 Bad Request"), ("org.lwm2md.Error.Unauthorized", "4.01 Unauthorized"),
          ("org.lwm2md.Error.NotFound", "4.04 Not Found"), ("org.lwm2md.Error.NotPermitted", "4.05 Method Not Allowed"),
          ("org.lwm2md.Error.NotAcceptable", "4.06 Not Acceptable"),
          ("org.lwm2md.Error.PreconditionFailed", "4.12 Precondition Failed"),
          ("org.lwm2md.Error.TooLarge", "4.13 Request Entity Too Large"),
          ("org.lwm2md.Error.Failed", "5.00 Internal Server Error"), ("org.lwm2md.Error.NotImplemented", "5.01 Not Implemented"),
          ("org.lwm2md.Error.Unavailable", "5.03 Service Unavailable"),
          ("org.freedesktop.DBus.Error.UnknownMethod", "4.05 Method Not Allowed"),
          ("org.freedesktop.DBus.Error.NoReply", "5.03 Service Unavailable"),
          ("org.freedesktop.DBus.Error.ServiceUnknown", "5.03 Service Unavailable"),
          ("org.freedesktop.DBus.Error.NameHasNoOwner", "5.03 Service Unavailable"),
          ("org.freedesktop.DBus.Error.Disconnected", "5.03 Service Unavailable"),
          ("org.freedesktop.DBus.Error.AccessDenied", "5.00 Internal Server Error"),
          ("org.lwm2md.Error.AlreadyExists", "5.00 Internal Server Error"),
          ("com.example.Broken", "5.00 Internal Server Error"))


def test_refusals(server, service):
    """Every verb, every error: the code that it stands for, not its words, and nothing has changed."""
    error = BusError("", "")
    service.methods = {member: lambda *_: error for member in ("Write", "Execute", "Create", "Delete")}
    for name, status in MAPPED:
        error = BusError(name, "the door is open")
        for what, ask in (("Create", lambda: server.create("/26250", {"0": "Eva"})[0]),
                          ("Create of a chosen one", lambda: server.create("/26250", {"0": "Eva"}, instance=Variant("q", 9))[0]),
                          ("Write", lambda: server.write("/26250/0/0", "Ida")),
                          ("Execute", lambda: server.execute("/26250/0/12")), ("Delete", lambda: server.delete("/26250/0"))):
            same(ask(), status, "%s: %s" % (what, name))
            check("door" not in server.diagnostic, "its words stay on this host")
    same(sorted(path for path in server.property("Objects") if path.startswith("/26250")), ["/26250/0"], "no instance came or went")
    service.methods["Create"] = lambda *_: ("s", ["/26250/65535"])
    same(server.create("/26250", {"0": "Eva"})[0], "5.00 Internal Server Error", "an instance that cannot be")
    service.methods["Create"] = lambda *_: ("s", ["/3303/1"])
    same(server.create("/26250", {"0": "Eva"})[0], "5.00 Internal Server Error", "one of another object")
    service.methods["Create"] = lambda *_: ("q", [9])
    same(server.create("/26250", {"0": "Eva"})[0], "5.00 Internal Server Error", "no path at all")
    same(server.create("/26250", {"0": "Eva"}, instance=Variant("q", 0))[0], "4.00 Bad Request", "a server that chooses what is there")
    same(sorted(path for path in server.property("Objects") if path.startswith("/26250")), ["/26250/0"], "no instance came of any")


def test_deaths(bench, server, agent):
    """Services that die under a request: 5.03 at once, and nobody else notices."""
    other = Service(bench)
    other.register({"/3303/*other": [5700]}, name="other")
    other.answer = lambda paths, context: {paths[0]: Variant("d", 5)}
    for what, ask in (("Read", lambda: server.read("/26250/5/0")[0]), ("Write", lambda: server.write("/26250/5/0", "x")),
                      ("Execute", lambda: server.execute("/26250/5/12")), ("Delete", lambda: server.delete("/26250/5")),
                      ("Create", lambda: server.create("/26250", {"0": "x"})[0])):
        dying = Service(bench)
        dying.register({"/26250": [], "/26250/5": [0, 12]}, name="dying")
        wait_until(lambda: "/26250/5" in server.property("Objects"), "it is there")
        die = lambda *_: dying.connection.socket.shutdown(2)
        dying.answer = die
        dying.methods = {each: die for each in ("Write", "Execute", "Create", "Delete")}
        same(ask(), "5.03 Service Unavailable", "dies during " + what)
        same(server.read("/3303/100/5700"), ["2.05 Content", {"/3303/100/5700": 5.0}], "the other one does not notice")
        dying.close()
    other.close()


def main(bench):
    data = zoo_data(bench)
    server = bench.server("--objects", data + "/objects")
    agent = bench.agent(server.uri, options=("--data-directory", data))
    server.wait_client()
    bench.wait_name("org.lwm2md")
    service = Service(bench)
    service.register({"/26250": [], "/26250/0": [0, 1, 9, 12, 13]}, name="zoo")
    wait_until(lambda: "/26250/0" in server.property("Objects"), "the instance at the server")
    test_writes(server, service)
    test_instances(server, service, agent)
    test_refusals(server, service)
    service.unregister()
    service.close()
    test_deaths(bench, server, agent)


run(main)
