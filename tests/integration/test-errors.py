#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The answers to requests that cannot be done, and that none of them changes anything."""

import coap
from coap import DELETE, FETCH, GET, IPATCH, PATCH, POST, PUT
from lib import AGENT, BusError, ForeignServer, check, run, same

BOGUS = 9999


def form(number):
    return [(coap.CONTENT_FORMAT, coap.uint(number))]


def accept(number):
    return [(coap.ACCEPT, coap.uint(number))]


# What is asked, and every answer that the standard allows for it; the first is the one that people expect.
ANSWERS = [
    # unknown path
    (GET, "/9999", b"", [], ["4.04"], "an unknown object"),
    (GET, "/3/9", b"", [], ["4.04"], "an unknown instance"),
    (GET, "/3/0/999", b"", [], ["4.04"], "an unknown resource"),
    (GET, "/3/0/11/99", b"", [], ["4.04"], "an unknown resource instance"),
    (PUT, "/9999/0/1", b"1", form(coap.TEXT), ["4.04"], "a Write to an unknown object"),
    (PUT, "/1/9/1", b"1", form(coap.TEXT), ["4.04"], "a Write to an unknown instance"),
    (PUT, "/1/0/999", b"1", form(coap.TEXT), ["4.04"], "a Write to an unknown resource"),
    (POST, "/3/0/999", b"", [], ["4.04"], "an Execute of an unknown resource"),
    (GET, "/3/0/abc", b"", [], ["4.04", "4.00", "4.02"], "a path that is no number"),
    (GET, "/3/0/65535", b"", [], ["4.04", "4.00", "4.02"], "an id that is reserved"),
    (GET, "/3/0/11/0/0", b"", [], ["4.04", "4.00", "4.02"], "a path of five ids"),
    # not allowed
    (PUT, "/3/0/16", b"U", form(coap.TEXT), ["4.05"], "a Write to what is read alone"),
    (GET, "/3/0/4", b"", [], ["4.05"], "a Read of what is executed"),
    (POST, "/3/0/16", b"", [], ["4.05"], "an Execute of what is read"),
    (PUT, "/3/0/4", b"", form(coap.TEXT), ["4.05"], "a Write to what is executed"),
    (DELETE, "/3/0", b"", [], ["4.05"], "a Delete of the device"),
    (DELETE, "/3", b"", [], ["4.05"], "a Delete of an object"),
    (DELETE, "/3/0/13", b"", [], ["4.05"], "a Delete of a resource"),
    (PUT, "/3", b"", form(coap.TLV), ["4.05"], "a Write to an object"),
    (GET, "/3/0/16/0", b"", [], ["4.05", "4.04"], "an instance of a single resource"),
    (GET, "/", b"", [], ["4.05", "4.00", "4.04"], "a Read of the root"),
    (PATCH, "/3/0", b"", [], ["4.05"], "a method without a meaning"),
    # formats
    (GET, "/3/0/16", b"", accept(BOGUS), ["4.06"], "an Accept of no known format"),
    (GET, "/3/0", b"", accept(coap.TEXT), ["4.06"], "an instance as text"),
    (GET, "/3/0/16", b"", accept(coap.OPAQUE), ["4.06"], "a string as opaque"),
    (PUT, "/1/0/1", b"1", form(BOGUS), ["4.15"], "a Content-Format of no known number"),
    (PUT, "/1/0/1", b"1", form(coap.LINK), ["4.15"], "a Write in link format"),
    (PUT, "/1/0", b"1", form(coap.TEXT), ["4.15", "4.00"], "an instance as text"),
    (POST, "/1/0/8", b"1", form(coap.OPAQUE), ["4.15", "4.05"], "an Execute with opaque arguments"),
    # malformed
    (PUT, "/1/0/1", b"soon", form(coap.TEXT), ["4.00"], "a number that is none"),
    (PUT, "/1/0/1", b"", form(coap.TEXT), ["4.00"], "a number without digits"),
    (PUT, "/1/0/1", b"99999999999999999999", form(coap.TEXT), ["4.00"], "a number beyond 64 bits"),
    (PUT, "/1/0/6", b"2", form(coap.TEXT), ["4.00"], "a boolean that is none"),
    (PUT, "/1/0/1", b"\xc2\x01\x03", form(coap.TLV), ["4.00"], "TLV that is cut off"),
    (PUT, "/1/0/1", b"\xc8", form(coap.TLV), ["4.00"], "TLV without a length"),
    (PUT, "/1/0/1", b"{", form(coap.SENML_JSON), ["4.00"], "JSON that is cut off"),
    (PUT, "/1/0/1", b'[{"n":"/3/0/16","vs":"U"}]', form(coap.SENML_JSON), ["4.00"], "a name outside of the path"),
    (PUT, "/1/0/1", b'[{"n":"/1/0/1","vs":"U"}]', form(coap.SENML_JSON), ["4.00"], "a value of another type"),
    (PUT, "/1/0/1", b"\x81\xa2", form(coap.SENML_CBOR), ["4.00"], "CBOR that is cut off"),
    (PUT, "/1/0/1", b"\x9f" * 40, form(coap.SENML_CBOR), ["4.00", "4.13"], "CBOR that nests too deeply"),
    (PUT, "/1/0/1", b"", form(coap.CBOR), ["4.00"], "CBOR without content"),
    (PUT, "/1/0/1", b"1", [], ["4.00"], "a Write without a Content-Format"),
    (GET, "/3/0/16?pmin=5", b"", [], ["4.00", "4.02"], "a Read with a query"),
    (POST, "/1/0/8", b"0='", [], ["4.00"], "arguments that are cut off"),
    (PUT, "/1/0/7", b"X", form(coap.TEXT), ["4.00"], "a binding that there is not"),
    # object 0, whatever is done to it
    (GET, "/0", b"", [], ["4.01"], "a Read of /0"),
    (GET, "/0/0", b"", [], ["4.01"], "a Read of /0/0"),
    (GET, "/0/0/0", b"", [], ["4.01"], "a Read of the server's URI"),
    (GET, "/0/0/5", b"", [], ["4.01"], "a Read of the key"),
    (GET, "/0/9/9", b"", [], ["4.01"], "a Read of what is not in /0"),
    (GET, "/0", b"", accept(coap.LINK), ["4.01"], "a Discover of /0"),
    (PUT, "/0/0/0", b"coap://x", form(coap.TEXT), ["4.01"], "a Write to /0"),
    (POST, "/0", b"", form(coap.TLV), ["4.01"], "a Create in /0"),
    (POST, "/0/0/0", b"", [], ["4.01"], "an Execute in /0"),
    (DELETE, "/0/0", b"", [], ["4.01"], "a Delete of /0/0"),
    (GET, "/0/0/0", b"", [(coap.OBSERVE, b"")], ["4.01"], "an Observe of /0"),
    (GET, "/21/0", b"", [], ["4.01"], "a Read of /21"),
    # options
    (GET, "/3/0/16", b"", [(coap.IF_MATCH, b"x")], ["4.02", "4.12"], "If-Match"),
    (GET, "/3/0/16", b"", [(2049, b"x")], ["4.02"], "a critical option of no known number"),
    (GET, "/3/0/16", b"", accept(coap.TEXT) * 2, ["4.02"], "two Accepts"),
    (GET, "/3/0/16", b"", [(35, b"coap://x")], ["5.05", "4.02"], "Proxy-Uri"),
    (GET, "/3/0/16", b"", [(2050, b"x")], ["2.05"], "an elective option of no known number"),
    # composite operations
    (FETCH, "/", b"\x81\xa1\x00\x66/3/0/3", form(coap.SENML_CBOR), ["2.05"], "a Read-Composite"),
    (FETCH, "/", b"[]", form(coap.SENML_JSON), ["4.00"], "a Read-Composite of nothing"),
    (FETCH, "/", b"", [], ["4.00"], "a Read-Composite without a list"),
    (FETCH, "/", b'[{"n":"/0/0/5"},{"n":"/21"}]', form(coap.SENML_JSON), ["4.01"], "a Read-Composite of closed objects"),
    (FETCH, "/", b'[{"n":"/3","v":1}]', form(coap.SENML_JSON), ["4.00"], "a Read-Composite with a value"),
    (FETCH, "/", b'[{"n":"/3/0/3"}]', form(coap.SENML_JSON) + accept(coap.TLV), ["4.06"], "a Read-Composite in TLV"),
    (FETCH, "/", b"\x00", form(coap.TLV), ["4.15"], "a Read-Composite asked in TLV"),
    (FETCH, "/3", b'[{"n":"/3"}]', form(coap.SENML_JSON), ["4.05"], "a Read-Composite with a path"),
    (IPATCH, "/", b"[]", form(coap.SENML_JSON), ["2.04"], "a Write-Composite of nothing"),
    (IPATCH, "/", b"[]", [], ["4.00"], "a Write-Composite without a format"),
    (IPATCH, "/", b'[{"n":"/1/0/1","v":60},{"n":"/3/0/16","vs":"U"}]', form(coap.SENML_JSON), ["4.05"],
     "a Write-Composite with what is read alone"),
    (IPATCH, "/", b'[{"n":"/1/0/1","v":60},{"n":"/1/9/1","v":60}]', form(coap.SENML_JSON), ["4.04"],
     "a Write-Composite with an unknown instance"),
    (IPATCH, "/", b'[{"n":"/1/0/1","v":60},{"n":"/1/0/7","vs":"X"}]', form(coap.SENML_JSON), ["4.00"],
     "a Write-Composite with a value that is refused"),
    (IPATCH, "/", b'[{"n":"/1/0/1","v":60},{"n":"/0/0/0","vs":"coap://x"}]', form(coap.SENML_JSON), ["4.01"],
     "a Write-Composite into /0"),
    (IPATCH, "/", b'[{"n":"/1/0","v":60}]', form(coap.SENML_JSON), ["4.00"], "a Write-Composite to an instance"),
    (IPATCH, "/1/0", b'[{"n":"/1/0/1","v":60}]', form(coap.SENML_JSON), ["4.05"], "a Write-Composite with a path"),
    # attributes
    (PUT, "/3/0?pmin=", b"", [], ["4.00"], "an attribute without a value"),
    (PUT, "/3/0?pmin=5&pmin=6", b"", [], ["4.00"], "an attribute twice"),
    (PUT, "/3/0?gt=5", b"", [], ["4.00"], "a threshold for an instance"),
    (PUT, "/3/0/13?lt=5&gt=4", b"", [], ["4.00"], "thresholds the wrong way round"),
    (PUT, "/3/0/16?gt=5", b"", [], ["4.00"], "a threshold for a string"),
    (PUT, "/3/0/13?dim=5", b"", [], ["4.00"], "an attribute that is not written"),
    (PUT, "/3/0/4?pmin=5", b"", [], ["4.05"], "an attribute of what is executed"),
    (PUT, "/3/9?pmin=5", b"", [], ["4.04"], "an attribute of an unknown instance"),
    (PUT, "/3/0/11/99?pmin=5", b"", [], ["4.04"], "an attribute of an unknown element"),
    (PUT, "/?pmin=5", b"", [], ["4.05"], "an attribute of the root"),
    (PUT, "/0?pmin=5", b"", [], ["4.01"], "an attribute of /0"),
    # instances that nobody makes, or takes away
    (POST, "/3", b"", form(coap.TLV), ["4.05"], "a Create of the device"),
    (POST, "/1", b"\xc1\x00\x05", form(coap.TLV), ["4.05"], "a Create of a server account"),
    (DELETE, "/1/0", b"", [], ["4.05"], "a Delete of a server account"),
    (DELETE, "/3/0/11/0", b"", [], ["4.05"], "a Delete of an element that is read alone"),
]


def test_answers(server):
    before = server.ask(GET, "/1/0", options=accept(coap.SENML_JSON)).payload
    wrong = []
    for method, path, payload, options, allowed, text in ANSWERS:
        answer = server.ask(method, path, payload, options)
        if answer.status not in allowed:
            wrong.append("%s: %s, not %s" % (text, answer.status, " or ".join(allowed)))
            continue
        check(True, "%s: %s" % (text, answer.status))
        if answer.code >= 128:
            check(answer.first(coap.CONTENT_FORMAT) is None and answer.first(coap.OBSERVE) is None,
                  "  its diagnostic %r has no format" % answer.payload.decode())
    same(server.ask(GET, "/1/0", options=accept(coap.SENML_JSON)).payload, before, "nothing was changed by any of it")
    check(not wrong, "all answers are right" if not wrong else "\n".join(wrong))


def test_methods(server):
    """Method codes that nobody gave out. libcoap answers 4.04 to them, RFC 7252 wants 4.05."""
    for method in (8, 31):
        check(server.ask(method, "/3/0").status in ("4.05", "4.04"), "method code %d" % method)


def test_ping(server):
    message = coap.Message(coap.CON, 0, server.next_mid())
    server.send(message, server.client)
    answer = server.wait(lambda message: message.type == coap.RST, what="the RST to a ping")
    same(answer.mid, message.mid, "a CoAP ping is answered")


def test_strangers(bench, server):
    """Who is not the server is not answered with anything of the host's."""
    stranger = bench.endpoint()
    try:
        answer = stranger.request(GET, "/3/0/16", server.client, seconds=2)
        check(answer.status != "2.05", "a request from another address: %s" % answer.status)
    except coap.Timeout:
        check(True, "a request from another address is not answered")


def test_bus(agent):
    for member, signature, arguments, name in (
            ("Read", "s", ["3/0"], "org.lwm2md.Error.BadRequest"),
            ("Read", "s", ["/9999"], "org.lwm2md.Error.NotFound"),
            ("Read", "s", ["/3/0/4"], "org.lwm2md.Error.NotPermitted"),
            ("Read", "s", ["/0"], "org.freedesktop.DBus.Error.AccessDenied"),
            ("Write", "sv", ["/3/0/16", "U"], "org.lwm2md.Error.NotPermitted"),
            ("Write", "sv", ["/0/0/0", "coap://x"], "org.freedesktop.DBus.Error.AccessDenied"),
            ("Write", "sv", ["/1/0/1", "soon"], "org.lwm2md.Error.BadRequest"),
            ("Execute", "ss", ["/3/0/16", ""], "org.lwm2md.Error.NotPermitted"),
            ("Execute", "ss", ["/1/0/8", "x"], "org.lwm2md.Error.BadRequest"),
            ("Discover", "sa{sv}", ["/9999", {}], "org.lwm2md.Error.NotFound")):
        try:
            agent.call(member, signature, *arguments)
            check(False, "%s %s on the bus" % (member, arguments[0]))
        except BusError as error:
            same(error.name, name, "%s %s on the bus" % (member, arguments[0]))


def main(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri)
    server.wait_registration()
    test_answers(server)
    test_methods(server)
    test_ping(server)
    test_strangers(bench, server)
    bench.wait_name(AGENT)
    with server.background():
        test_bus(agent)
        agent.stop()


run(main)
