#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
The Device Management cases of the OMA Enabler Test Specification, by their numbers, asked byte by byte.

What a host cannot have (two power sources without batteries, say) is asked of objects that it has; the names say so.
"""

import json
import re

import coap
from coap import DELETE, FETCH, GET, IPATCH, POST, PUT
from lib import ForeignServer, check, run, same

JSON, LWM2M_CBOR = 11543, 11544


def form(number):
    return [(coap.CONTENT_FORMAT, coap.uint(number))]


def accept(number):
    return [(coap.ACCEPT, coap.uint(number))]


class Case:
    """One case: its requests, and that each is answered with the code that it has to be."""

    def __init__(self, server, number, title):
        self.server = server
        self.name = "%d %s" % (number, title)

    def ask(self, method, path, payload=b"", options=(), status="2.05"):
        answer = self.server.ask(method, path, payload, list(options))
        same(answer.status, status, "%s: %s" % (self.name, path))
        return answer

    def read(self, path, format):
        answer = self.ask(GET, path, options=accept(format))
        same(answer.number(coap.CONTENT_FORMAT), format, "  in the format that was asked for")
        return answer.payload

    def write(self, path, payload, format, method=PUT, status="2.04"):
        self.ask(method, path, payload, form(format), status)

    def values(self, path):
        """What is at a path, by SenML JSON: names to values."""
        return names(self.read(path, coap.SENML_JSON))

    def composite(self, *paths):
        """The answer to a Read-Composite, asked and given in SenML JSON."""
        wanted = json.dumps([{"n": path} for path in paths]).encode()
        answer = self.ask(FETCH, "/", wanted, form(coap.SENML_JSON) + accept(coap.SENML_JSON))
        return names(answer.payload)

    def links(self, path):
        answer = self.ask(GET, path, options=accept(coap.LINK))
        return re.split(r",(?=<)", answer.payload.decode())


def names(payload):
    found, base = {}, ""
    for record in json.loads(payload):
        base = record.get("bn", base)
        found[base + record.get("n", "")] = next(record[key] for key in ("v", "vs", "vb", "vd", "vlo") if key in record)
    return found


def test_formats_read(server):
    case = Case(server, 201, "Querying basic information in Plain Text")
    check(re.fullmatch(rb"\S.*", case.read("/3/0/3", coap.TEXT)), "  text")
    same(case.read("/1/0/1", coap.TEXT), b"86400", "  the lifetime")
    case = Case(server, 203, "Querying in TLV")
    check(case.read("/3/0", coap.TLV)[0] >> 6 == 3, "  it begins with a resource")
    case = Case(server, 204, "Querying in JSON")
    document = json.loads(case.read("/1/0", JSON))
    entry = [entry for entry in document["e"] if (document.get("bn", "") + entry.get("n", "")) == "/1/0/1"]
    same(entry[0]["v"], 86400, "  the lifetime")
    case = Case(server, 211, "Querying in CBOR")
    same(case.read("/1/0/0", coap.CBOR), b"\x18\x65", "  101")
    same(case.read("/1/0/6", coap.CBOR), b"\xf5", "  true")
    same(case.read("/1/0/7", coap.CBOR), b"\x61U", '  "U"')
    case = Case(server, 231, "Querying in SenML JSON")
    same(case.values("/3/0/16"), {"/3/0/16": "UT"}, "  a resource")
    same(case.values("/3/0/11/0"), {"/3/0/11/0": 0}, "  a resource instance")
    check("/1/0/7" in case.values("/1"), "  an object")
    case = Case(server, 232, "Querying in SenML CBOR")
    same(case.read("/1/0/6", coap.SENML_CBOR)[:1], b"\x81", "  one record")
    case = Case(server, 237, "Read on Object without specifying Content-Type")
    for path in ("/1", "/3"):
        answer = case.ask(GET, path)
        same(answer.number(coap.CONTENT_FORMAT), coap.SENML_CBOR, "  SenML CBOR, as since 1.1")
    for number, path in ((222, "/1"), (222, "/3"), (223, "/1/0"), (223, "/3/0"), (224, "/1/0/0"), (224, "/1/0/1"),
                         (224, "/1/0/6"), (224, "/1/0/7"), (225, "/3/0/11/0")):
        Case(server, number, "Read").ask(GET, path)
    case = Case(server, 225, "Read on Resource Instance, LwM2M CBOR")
    same(case.read("/3/0/11/0", LWM2M_CBOR), bytes.fromhex("a1 84 03 00 0b 00 00"), "  with its whole path")


def test_formats_written(server):
    case = Case(server, 205, "Setting in Plain Text")
    for path, value in (("/1/0/2", b"101"), ("/1/0/3", b"1010"), ("/1/0/5", b"2000")):
        case.write(path, value, coap.TEXT)
    same(case.read("/1/0", coap.TLV)[:5].hex(), "c10065c401", "  read back in TLV: 101, then the lifetime")
    same(case.read("/1/0/3", coap.TEXT), b"1010", "  read back")
    case = Case(server, 212, "Setting in CBOR")
    for path, value in (("/1/0/2", "1866"), ("/1/0/3", "1903f3"), ("/1/0/6", "f4")):
        case.write(path, bytes.fromhex(value), coap.CBOR)
    values = case.values("/1/0")
    same([values["/1/0/2"], values["/1/0/3"], values["/1/0/6"]], [102, 1011, False], "  read back")
    case = Case(server, 215, "Setting in TLV")
    case.write("/1/0", bytes.fromhex("c10265 c20303f2 c20507d0 c10601 c10755"), coap.TLV, POST)
    values = case.values("/1/0")
    same([values["/1/0/%d" % id] for id in (1, 2, 3, 5, 6, 7)], [86400, 101, 1010, 2000, True, "U"], "  read back")
    case.write("/1/0", bytes.fromhex("c40100015180 c10600 c10755"), coap.TLV, PUT)
    values = case.values("/1/0")
    same([values["/1/0/1"], values["/1/0/6"]], [86400, False], "  replaced")
    check("/1/0/3" not in values, "  what the new content does not have is gone")
    case = Case(server, 220, "Setting in JSON")
    case.write("/1/0", b'{"bn":"/1/0/","e":[{"n":"2","v":101},{"n":"3","v":1010},{"n":"6","bv":true}]}', JSON, POST)
    values = case.values("/1/0")
    same([values["/1/0/2"], values["/1/0/3"], values["/1/0/6"]], [101, 1010, True], "  read back")
    case = Case(server, 226, "Write (Partial Update) on Object Instance")
    case.write("/1/0", b'[{"bn":"/1/0/","n":"3","v":60},{"n":"6","vb":false}]', coap.SENML_JSON, POST)
    values = case.values("/1/0")
    same([values["/1/0/2"], values["/1/0/3"], values["/1/0/6"]], [101, 60, False], "  the others are as before")
    case = Case(server, 227, "Write (Replace) on Resource")
    count = len(server.updates)
    case.write("/1/0/1", b"300", coap.TEXT)
    while len(server.updates) == count:
        server.wait(lambda message: message.path() == server.location, what="the Update")
    check("lt=300" in server.updates[-1].query(), "  an Update with the new lifetime follows")
    case = Case(server, 233, "Setting in SenML CBOR")
    case.write("/1/0", bytes.fromhex("81 a2 21 65 2f312f302f 00 61 33 02 18 3d"), coap.SENML_CBOR, POST, "4.00")  # two labels more than the map says
    case.write("/1/0", bytes.fromhex("81 a3 21 65 2f312f302f 00 61 33 02 18 3d"), coap.SENML_CBOR, POST)
    same(case.values("/1/0/3"), {"/1/0/3": 61}, "  read back")
    case = Case(server, 234, "Setting in SenML JSON")
    case.write("/1/0/3", b'[{"n":"/1/0/3","v":62}]', coap.SENML_JSON)
    same(case.values("/1/0/3"), {"/1/0/3": 62}, "  read back")
    case = Case(server, 234, "Setting in LwM2M CBOR, absolute and relative")
    case.write("/1/0", bytes.fromhex("a1 82 01 00 a1 03 18 3f"), LWM2M_CBOR, POST)
    same(case.values("/1/0/3"), {"/1/0/3": 63}, "  absolute")
    case.write("/1/0", bytes.fromhex("a1 03 18 40"), LWM2M_CBOR, POST)
    same(case.values("/1/0/3"), {"/1/0/3": 64}, "  relative")
    case = Case(server, 256, "Write Operation Failure")
    case.write("/1/0/0", b"7", coap.TEXT, status="4.05")
    same(case.values("/1/0/0"), {"/1/0/0": 101}, "  the value is as before")


def test_security(server):
    case = Case(server, 221, "Operations on Security")
    case.ask(GET, "/0", status="4.01")
    case.ask(GET, "/0/0", status="4.01")
    case.write("/0/0/0", b"coap://x", coap.TEXT, status="4.01")
    case.ask(PUT, "/0?pmin=30&pmax=45", status="4.01")


def test_portfolio(server):
    """Object 16 as the suite has it: four identities."""
    case = Case(server, 228, "Write on Resource Instance")
    answer = case.ask(POST, "/16", bytes.fromhex("08 00 08 86 00 41 00 61 41 01 62"), form(coap.TLV), "2.01")
    same(answer.all(coap.LOCATION_PATH), [b"16", b"0"], "  /16/0")
    case.write("/16/0/0/0", b"test", coap.TEXT)
    same(case.values("/16/0/0"), {"/16/0/0/0": "test", "/16/0/0/1": "b"}, "  read back")
    case.write("/16/0/0/7", b"test", coap.TEXT, status="4.04")
    case = Case(server, 233, "Setting a multiple resource in SenML CBOR")
    case.write("/16/0/0/0", bytes.fromhex("81 a2 00 69 2f31362f302f302f30 03 61 78"), coap.SENML_CBOR)
    same(case.values("/16/0/0/0"), {"/16/0/0/0": "x"}, "  read back")
    case = Case(server, 271, "Create Multiple Resource Instance")
    case.write("/16/0", b'[{"n":"/16/0/0/2","vs":"c"},{"n":"/16/0/0/3","vs":"d"}]', coap.SENML_JSON, POST)
    same(case.links("/16")[2], "</16/0/0>;dim=4", "  four of them")
    case = Case(server, 1630, "Create Portfolio instance")
    payload = bytes.fromhex("08012e 88002b 480011" + b"Host Device ID #2".hex() + "480114" + b"Host Device Model #2".hex())
    case.ask(POST, "/16", payload, form(coap.TLV), "2.01")
    links = case.links("/16")
    check("</16/0/0>;dim=4" in links and "</16/1/0>;dim=2" in links, "  Discover shows both")
    same(case.read("/16/1", coap.TLV)[-42:], payload[-42:], "  read back in TLV")
    case = Case(server, 270, "Create without an instance id")
    answer = case.ask(POST, "/16", bytes.fromhex("83 00 41 00 7a"), form(coap.TLV), "2.01")
    same(answer.all(coap.LOCATION_PATH), [b"16", b"2"], "  the lowest that is free")
    case.ask(POST, "/16", bytes.fromhex("08 02 05 83 00 41 00 7a"), form(coap.TLV), "4.00")
    answer = case.ask(POST, "/16", bytes.fromhex("a1 00 a1 00 61 7a"), form(LWM2M_CBOR), "2.01")
    same(answer.all(coap.LOCATION_PATH), [b"16", b"3"], "  in LwM2M CBOR: {0: {0: z}} is resource 0")
    case = Case(server, 290, "Delete a resource instance")
    case.ask(DELETE, "/16/0/0/3", status="2.02")
    case.ask(DELETE, "/16/0/0/3", status="4.04")
    same(case.links("/16/0")[1], "</16/0/0>;dim=3", "  three are left")
    case = Case(server, 1635, "Delete Portfolio instances")
    for instance in (1, 2, 3):
        case.ask(DELETE, "/16/%d" % instance, status="2.02")
        case.ask(DELETE, "/16/%d" % instance, status="4.04")


def test_composite(server):
    case = Case(server, 229, "Read-Composite")
    values = case.composite("/3", "/1/0", "/1/0/1", "/3/0/11/0")
    check("/3/0/16" in values and "/1/0/1" in values, "  with both objects")
    case = Case(server, 230, "Write-Composite")
    case.ask(IPATCH, "/", b'[{"n":"/1/0/3","v":61},{"n":"/1/0/6","vb":true},{"n":"/16/0/0/0","vs":"a"},'
             b'{"n":"/16/0/0/1","vs":"b"},{"n":"/16/0/0/3","vs":"d"}]', form(coap.SENML_JSON), "2.04")
    same(case.composite("/1/0/3", "/1/0/6", "/16/0/0"),
         {"/1/0/3": 61, "/1/0/6": True, "/16/0/0/0": "a", "/16/0/0/1": "b", "/16/0/0/2": "c", "/16/0/0/3": "d"},
         "  all of them, and what was not named as before")
    case = Case(server, 230, "Write-Composite in SenML-ETCH: one goes, one comes")
    case.ask(IPATCH, "/", bytes.fromhex("82 a3 21 67 2f31362f302f30 00 62 2f31 02 f6 a2 00 62 2f32 03 63 6e6577"),
             form(322), "2.04")
    same(case.values("/16/0/0"), {"/16/0/0/0": "a", "/16/0/0/2": "new", "/16/0/0/3": "d"}, "  done")
    case = Case(server, 230, "Write-Composite in LwM2M CBOR")
    case.ask(IPATCH, "/", bytes.fromhex("a2 83 01 00 03 18 3e 84 10 00 00 01 61 62"), form(LWM2M_CBOR), "2.04")
    same(case.composite("/1/0/3", "/16/0/0/1"), {"/1/0/3": 62, "/16/0/0/1": "b"}, "  done")
    case = Case(server, 230, "Write-Composite to three objects, all or nothing")
    case.ask(POST, "/19", b'[{"n":"/19/0/0/0","vd":"AQI"}]', form(coap.SENML_JSON), "2.01")
    before = case.composite("/1/0/3", "/16/0", "/19/0")
    three = b'[{"n":"/1/0/3","v":99},{"n":"/16/0/0/1","vs":"n"},{"n":"/19/0/0/0","vd":"%s"},{"n":"/1/0/%d","v":70}]'
    case.ask(IPATCH, "/", three % (b"AQID", 0), form(coap.SENML_JSON), "4.05")
    same(case.composite("/1/0/3", "/16/0", "/19/0"), before, "  nothing of it")
    case.ask(IPATCH, "/", three % (b"AQID", 2), form(coap.SENML_JSON), "2.04")
    same(case.composite("/1/0/2", "/1/0/3", "/16/0/0/1", "/19/0/0/0"),
         {"/1/0/2": 70, "/1/0/3": 99, "/16/0/0/1": "n", "/19/0/0/0": "AQID"}, "  all of it")
    case.ask(DELETE, "/19/0", status="2.02")
    case = Case(server, 235, "Read-Composite on root path")
    values = case.composite("/")
    check("/3/0/16" in values and "/1/0/1" in values and "/16/0/0/0" in values, "  everything")
    check(not [path for path in values if re.match(r"/(0|21|23)/", path)], "  but what is closed")
    case = Case(server, 236, "Read-Composite partial presence")
    values = case.composite("/1/0", "/3/0/11/0", "/3339/0/5522", "/3353/0/6030")
    same({path.split("/")[1] for path in values}, {"1", "3"}, "  what there is")
    case = Case(server, 257, "Write-Composite, names without slash behind a base name")
    case.ask(IPATCH, "/", b'[{"bn":"/","n":"1/0/2","v":102},{"n":"1/0/6","vb":true}]', form(coap.SENML_JSON), "2.04")
    same(case.composite("/1/0/2", "/1/0/6"), {"/1/0/2": 102, "/1/0/6": True}, "  done")
    case = Case(server, 280, "Successful Read-Composite")
    same(sorted(case.composite("/3/0/16", "/3/0/11/0")), ["/3/0/11/0", "/3/0/16"], "  nothing else")
    case = Case(server, 281, "Partially successful Read-Composite")
    same(sorted(case.composite("/1/0/1", "/1/0/7", "/1/0/8")), ["/1/0/1", "/1/0/7"], "  without the executable one")
    case = Case(server, 280, "Read-Composite in SenML CBOR, answered in LwM2M CBOR")
    answer = case.ask(FETCH, "/", bytes.fromhex("81 a1 00 67 2f332f302f3136"), form(coap.SENML_CBOR) + accept(LWM2M_CBOR))
    same(answer.payload.hex(), "a183030010625554", "  {[3, 0, 16]: UT}")


def test_discover(server):
    case = Case(server, 260, "Discover")
    check("</3/0/4>" in case.links("/3"), "  what is executable, too")
    case.ask(PUT, "/3/0?pmin=10&pmax=200", status="2.04")
    same(case.links("/3/0")[0], "</3/0>;pmin=10;pmax=200", "  the target")
    case.ask(PUT, "/3/0/11?lt=1&gt=6&st=1", status="2.04")
    same(case.links("/3/0/11"), ["</3/0/11>;dim=1;pmin=10;pmax=200;gt=6;lt=1;st=1", "</3/0/11/0>"], "  a resource")
    case.ask(PUT, "/3/0/11?lt&gt&st", status="2.04")
    case.ask(PUT, "/3/0?pmin&pmax", status="2.04")
    case = Case(server, 261, "Write-Attributes on a multiple resource")
    same(case.links("/3/0/11"), ["</3/0/11>;dim=1", "</3/0/11/0>"], "  as it was")
    case.ask(PUT, "/3?pmin=10&pmax=200", status="2.04")
    case.ask(PUT, "/3/0?pmax=320", status="2.04")
    case.ask(PUT, "/3/0/11/0?pmax=100&epmin=1&epmax=20", status="2.04")
    same(case.links("/3/0/11"), ["</3/0/11>;dim=1;pmin=10;pmax=320", "</3/0/11/0>;pmax=100;epmin=1;epmax=20"],
         "  inherited at the target alone")
    case = Case(server, 264, "Discover depth 1")
    same([re.sub(";ver=[0-9.]+", "", link) for link in case.links("/3?depth=1")],
         ["</3>;pmin=10;pmax=200", "</3/0>;pmax=320"], "  object and instance")
    case = Case(server, 266, "Discover depth 3")
    check("</3/0/11/0>;pmax=100;epmin=1;epmax=20" in case.links("/3?depth=3"), "  resource instances with their own")


def test_refused(server):
    Case(server, 680, "Create on /3").ask(POST, "/3", b"", form(coap.TLV), "4.05")
    Case(server, 685, "Delete /3/0").ask(DELETE, "/3/0", status="4.05")


def main(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, server="Lifetime=86400\nVersion=1.2\n")
    server.wait_registration()
    test_formats_read(server)
    test_formats_written(server)
    test_security(server)
    test_portfolio(server)
    test_composite(server)
    test_discover(server)
    test_refused(server)
    agent.stop()


run(main)
