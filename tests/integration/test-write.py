#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Write: one resource, an instance replaced, an instance updated; whole or not at all; kept over a restart."""

import coap
from lib import BusError, ForeignServer, Variant, check, run, same, wait_until


def test_resource(server, agent):
    for value in (400, Variant("y", 200), Variant("n", 401), "402"):
        same(server.write("/1/0/1", value), "2.04 Changed", "the lifetime as %r" % (value,))
    same(server.read("/1/0/1")[1], {"/1/0/1": 402}, "it is what was written last")
    for name in ("text", "tlv", "senml-json", "senml-cbor", "cbor"):
        same(server.write("/1/0/6", False, format=name), "2.04 Changed", "a boolean in " + name)
        same(server.read("/1/0/6")[1], {"/1/0/6": False}, "was taken")
        server.write("/1/0/6", True)
    same(agent.call("Read", "s", "/1/0/1"), [{"/1/0/1": 402}], "the bus says the same")
    agent.call("Write", "sv", "/1/0/1", 403)
    same(server.read("/1/0/1")[1], {"/1/0/1": 403}, "a Write over the bus")
    for value, name in ((Variant("s", "soon"), "BadRequest"), (Variant("x", -1), "BadRequest"),
                        (Variant("a{qv}", {}), "BadRequest")):
        try:
            agent.call("Write", "sv", "/1/0/1", value)
            check(False, "%r is refused on the bus" % (value,))
        except BusError as error:
            same(error.name, "org.lwm2md.Error." + name, "%r is refused on the bus" % (value,))


def test_instance(server):
    for name in ("tlv", "senml-json", "senml-cbor"):
        status = server.write("/1/0", {"1": 500, "6": False}, mode="update", format=name)
        same(status, "2.04 Changed", "an update of /1/0 in " + name)
        values = server.read("/1/0")[1]
        same((values["/1/0/1"], values["/1/0/6"], values["/1/0/7"]), (500, False, "U"), "changes what it has alone")
        status = server.write("/1/0", {"1": 600, "6": True, "7": "U", "5": 100}, format=name)
        same(status, "2.04 Changed", "a replacement of /1/0 in " + name)
        values = server.read("/1/0")[1]
        same((values["/1/0/1"], values["/1/0/6"], values["/1/0/5"]), (600, True, 100), "was taken")


def test_whole(server):
    """One wrong part, and nothing changes."""
    before = server.read("/1/0")[1]
    for values, status, text in (
            ({"1": 700, "0": 7}, "4.05 Method Not Allowed", "with a resource that is read alone"),
            ({"1": 700, "8": "x"}, "4.05 Method Not Allowed", "with a resource that is executed")):
        same(server.write("/1/0", values, mode="update", format="senml-json"), status, "an update " + text)
        same(server.read("/1/0")[1], before, "changed nothing")
    same(server.write("/1/0", {"1": 700, "999": "x"}, mode="update", format="senml-json"), "2.04 Changed",
         "an optional resource of a newer version is ignored")
    same(server.read("/1/0/1")[1], {"/1/0/1": 700}, "and the rest is written")


def test_bytes(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="bytes")
    server.wait_registration()
    tlv, senml = (coap.CONTENT_FORMAT, coap.uint(coap.TLV)), (coap.CONTENT_FORMAT, coap.uint(coap.SENML_CBOR))
    # OMA LwM2M TLV: resource 1, two bytes
    same(server.ask(coap.PUT, "/1/0/1", bytes.fromhex("c201" "0384"), [tlv]).status, "2.04", "900 in TLV")
    same(server.ask(coap.GET, "/1/0/1").payload, b"900", "is 900")
    # RFC 8428, 6: [{0: "/1/0/1", 2: 901}]
    payload = bytes.fromhex("81a200662f312f302f3102190385")
    same(server.ask(coap.POST, "/1/0", payload, [senml]).status, "2.04", "901 in SenML CBOR")
    same(server.ask(coap.GET, "/1/0/1").payload, b"901", "is 901")
    with server.background():
        agent.stop()


def test_kept(bench):
    """What a server wrote outlives the process, and kill -9."""
    server = bench.server(name="server-kept")
    agent = bench.agent(server.uri, name="kept")
    server.wait_client()
    same(server.write("/1/0/1", 1234), "2.04 Changed", "the lifetime is written")
    same(server.write("/1/0/6", False), "2.04 Changed", "and another resource")
    location = server.property("Location")
    agent.kill()
    again = bench.agent(server.uri, name="kept")
    wait_until(lambda: server.property("Location") != location, "a new registration")
    same(server.read("/1/0/1")[1], {"/1/0/1": 1234}, "the lifetime is kept over kill -9")
    same(server.property("Lifetime"), 1234, "and told to the server")
    same(server.read("/1/0/6")[1], {"/1/0/6": False}, "so is the other resource")
    again.stop()
    changed = bench.agent(server.uri, name="kept", server="Lifetime=432")
    wait_until(lambda: server.is_registered() and server.property("Lifetime") == 432, "the new section")
    check(True, "a section that was edited wins over it")
    changed.stop()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    test_resource(server, agent)
    test_instance(server)
    test_whole(server)
    agent.stop()
    server.stop()
    test_bytes(bench)
    test_kept(bench)


run(main)
