#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Read and Discover of this host's own data, in every format, and the same values on the bus."""

import json
import pathlib
import time

import coap
from lib import ForeignServer, check, run, same

FORMATS = {"text": coap.TEXT, "tlv": coap.TLV, "senml-json": coap.SENML_JSON, "senml-cbor": coap.SENML_CBOR,
           "cbor": coap.CBOR}


def memory_total():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024 // 1000
    return None


def test_values(server, agent):
    status, values = server.read("/3/0")
    same(status, "2.05 Content", "Read /3/0")
    same(values.get("/3/0/21"), memory_total(), "Memory Total is that of /proc/meminfo, in kilobytes")
    check(0 < values["/3/0/10"] <= values["/3/0/21"], "Memory Free is less")
    check(abs(values["/3/0/13"] - time.time()) < 30, "Current Time is now")
    offset = time.strftime("%z")
    same(values["/3/0/14"], offset[:3] + ":" + offset[3:], "UTC Offset")
    same(values["/3/0/11"], {0: 0}, "Error Code says that there is none")
    same(values["/3/0/16"], "UT", "Supported Binding and Modes")
    check("/3/0/4" not in values, "what is executed is not read")
    on_bus, = agent.call("Read", "s", "/3/0")
    same(sorted(on_bus), sorted(values), "Manager1.Read has the same resources")
    for path, value in values.items():
        if path not in ("/3/0/10", "/3/0/13"):
            same(on_bus[path], value, "and values, as " + path)
    status, whole = server.read("/3")
    same((status, sorted(whole)), ("2.05 Content", sorted(values)), "the object has what its instance has")


def test_formats(server):
    for name, number in FORMATS.items():
        status, values = server.read("/3/0/16", accept=name)
        same((status, values), ("2.05 Content", {"/3/0/16": "UT"}), "/3/0/16 in " + name)
        same(server.request("GET", "/3/0/16", accept=name)[1], number, "which is the format of the answer")
        status, values = server.read("/3/0", accept=name)
        same(status, "4.06 Not Acceptable" if name in ("text", "cbor") else "2.05 Content", "/3/0 in " + name)
    same(server.read("/3/0/11/0"), ["2.05 Content", {"/3/0/11/0": 0}], "a resource instance")
    for accept in ("tlv", "senml-json", "senml-cbor"):
        same(server.read("/3/0/11", accept=accept)[1], {"/3/0/11": {0: 0}}, "a multiple resource in " + accept)
    same(server.read("/3/0/16", accept="opaque")[0], "4.06 Not Acceptable", "a string is not opaque")


def test_discover(server):
    status, links = server.discover("/3/0")
    same(status, "2.05 Content", "Discover /3/0")
    for wanted in ("</3/0>", "</3/0/4>", "</3/0/13>", "</3/0/11>;dim=1"):
        check(wanted in links, "it lists " + wanted)
    same(server.discover("/3/0/13"), ["2.05 Content", ["</3/0/13>"]], "Discover of a resource")
    status, links = server.discover("/3")
    check("</3/0>" in links and links[0].startswith("</3>"), "Discover of an object")
    same(server.discover("/0")[0], "4.01 Unauthorized", "Discover of /0")


def test_bytes(bench):
    """The same on the wire, by a peer that shares no code."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="bytes")
    server.wait_registration()
    answer = server.ask(coap.GET, "/3/0/16")
    same((answer.status, answer.number(coap.CONTENT_FORMAT), answer.payload), ("2.05", coap.TEXT, b"UT"), "text")
    answer = server.ask(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.TLV))])
    same(answer.payload, bytes.fromhex("c210") + b"UT", "TLV: type c2, id 16, two bytes")
    answer = server.ask(coap.GET, "/3/0/11", options=[(coap.ACCEPT, coap.uint(coap.TLV))])
    same(answer.payload, bytes.fromhex("830b" "410000"), "TLV: a multiple resource with one instance")
    answer = server.ask(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.CBOR))])
    same(answer.payload, bytes.fromhex("625554"), "CBOR: a text of two bytes")
    answer = server.ask(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.SENML_JSON))])
    record, = json.loads(answer.payload)
    same((record.get("bn", "") + record.get("n", ""), record["vs"]), ("/3/0/16", "UT"), "SenML JSON")
    answer = server.ask(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.SENML_CBOR))])
    same(answer.payload[0], 0x81, "SenML CBOR: an array of one")
    check(b"/3/0/16" in answer.payload and b"\x03\x62UT" in answer.payload, "with its name and string value")
    answer = server.ask(coap.GET, "/3/0/16", type=coap.NON)
    same((answer.type, answer.status), (coap.NON, "2.05"), "a Non-confirmable request has such an answer")
    answer = server.ask(coap.GET, "/1/0")
    same(answer.number(coap.CONTENT_FORMAT), coap.SENML_CBOR, "an instance comes in SenML CBOR by itself in 1.2")
    with server.background():
        agent.stop()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    test_values(server, agent)
    test_formats(server)
    test_discover(server)
    agent.stop()
    test_bytes(bench)


run(main)
