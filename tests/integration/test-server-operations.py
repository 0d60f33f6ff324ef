#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test server's operations, seen by a foreign client: what goes over the wire, and what comes back on the bus."""

import threading
import time

import coap
from coap import Message, code
from lib import BusError, ForeignClient, TEST_SERVER, Variant, check, content, run, same, wait_until

LINKS = [(coap.CONTENT_FORMAT, coap.uint(coap.LINK))]


def test_read(client, server):
    client.answers[(coap.GET, "/3/0/0")] = content(coap.TEXT, b"Debian")
    client.answers[(coap.GET, "/3/0/9")] = content(coap.TEXT, b"95")
    # OMA LwM2M TLV: resource 0 "Open", resource 6 with instances 0: 1 and 1: 5
    client.answers[(coap.GET, "/3/0")] = content(
        coap.TLV, bytes.fromhex("c4004f70656e" "8606" "410001" "410105"))
    client.answers[(coap.GET, "/3/0/13")] = content(
        coap.SENML_JSON, b'[{"bn":"/3/0/13","v":1367491215}]')
    client.answers[(coap.GET, "/3/0/6")] = content(
        coap.SENML_CBOR, bytes.fromhex("82" "a2" "0068" + b"/3/0/6/0".hex() + "0201" "a2" "0068" + b"/3/0/6/1".hex() + "0205"))
    client.answers[(coap.GET, "/3303/0/5700")] = content(coap.TEXT, b"21.5")
    with client.endpoint.background():
        same(server.read("/3/0/0"), ["2.05 Content", {"/3/0/0": "Debian"}], "a string")
        check(client.last().first(coap.ACCEPT) is None, "no Accept unless told")
        same(server.read("/3/0/9"), ["2.05 Content", {"/3/0/9": 95}], "an integer")
        same(server.read("/3/0", accept="tlv"),
             ["2.05 Content", {"/3/0/0": "Open", "/3/0/6": {0: 1, 1: 5}}], "an instance in TLV")
        same(client.last().number(coap.ACCEPT), coap.TLV, "Accept by word")
        same(server.read("/3/0/13", accept=110), ["2.05 Content", {"/3/0/13": 1367491215}],
             "a time in SenML JSON")
        same(client.last().number(coap.ACCEPT), coap.SENML_JSON, "Accept by number")
        same(server.read("/3/0/6"), ["2.05 Content", {"/3/0/6": {0: 1, 1: 5}}], "an array in SenML CBOR")
        same(server.read("/3/0/99"), ["4.04 Not Found", {}], "an error is an answer")
        same(server.read("/3/0/0", non=True)[0], "2.05 Content", "a Non-confirmable Read")
        same(client.last().type, coap.NON, "which was one")


def test_unreadable(client, server):
    client.answers[(coap.GET, "/3/0/9")] = content(coap.TLV, b"\xc8")
    with client.endpoint.background():
        try:
            server.read("/3/0/9")
            check(False, "content that cannot be read is an error")
        except BusError as error:
            check("cannot be read" in error.text, "content that cannot be read is an error")


def test_discover(client, server):
    client.answers[(coap.GET, "/3/0")] = content(coap.LINK, b'</3/0>;pmin=10,</3/0/6>;dim=2;x="a,b",</3/0/9>')
    with client.endpoint.background():
        same(server.discover("/3/0"), ["2.05 Content", ["</3/0>;pmin=10", '</3/0/6>;dim=2;x="a,b"', "</3/0/9>"]],
             "links with their attributes")
    same(client.last().number(coap.ACCEPT), coap.LINK, "Discover accepts link format")


def test_write(client, server):
    for method in (coap.PUT, coap.POST):
        for path in ("/1/0", "/1/0/1", "/3/0/14", "/3303/0/5750", "/5/0/0"):
            client.answers[(method, path)] = Message(code=code("2.04"))
    with client.endpoint.background():
        same(server.write("/1/0/1", Variant("u", 300)), "2.04 Changed", "an integer")
        same((client.last().code, client.last().payload, client.last().number(coap.CONTENT_FORMAT)),
             (coap.PUT, b"300", coap.TEXT), "PUT as text")
        server.write("/1/0/1", "-5")
        same(client.last().payload, b"-5", "a number as text")
        server.write("/3/0/14", "+02:00")
        same(client.last().payload, b"+02:00", "a string")
        server.write("/5/0/0", b"\x01\x02\xff")
        same((client.last().payload, client.last().number(coap.CONTENT_FORMAT)), (b"\x01\x02\xff", coap.OPAQUE),
             "bytes as they are")
        server.write("/1/0/1", 300, format="tlv")
        same((client.last().payload, client.last().number(coap.CONTENT_FORMAT)),
             (bytes.fromhex("c201012c"), coap.TLV), "in the format asked for")
        server.write("/1/0", {"1": 60, "/1/0/6": True}, mode="update", format="tlv")
        same((client.last().code, client.last().payload), (coap.POST, bytes.fromhex("c1013c" "c10601")),
             "an update of an instance")
        same(server.write("/3/0/4", "x"), "4.04 Not Found", "the client refuses what it likes")
        for value, text in (("soon", "a value of another type"), ({}, "an instance for a resource")):
            try:
                server.write("/1/0/1", value)
                check(False, text)
            except BusError as error:
                check(True, "%s: %s" % (text, error.text))


def test_execute(client, server):
    client.answers[(coap.POST, "/3/0/4")] = Message(code=code("2.04"))
    with client.endpoint.background():
        same(server.execute("/3/0/4"), "2.04 Changed", "Execute")
        same((client.last().payload, client.last().first(coap.CONTENT_FORMAT)), (b"", None), "without a payload")
        server.execute("/3/0/4", "0='x',1")
        same((client.last().payload, client.last().number(coap.CONTENT_FORMAT)), (b"0='x',1", coap.TEXT),
             "with arguments")


def test_observe(client, server, monitor):
    endpoint = client.endpoint
    client.answers[(coap.GET, "/3/0/9")] = lambda request: content(coap.TEXT, b"95", *(
        [(coap.OBSERVE, coap.uint(10))] if request.number(coap.OBSERVE) == 0 else []))
    with endpoint.background():
        same(server.observe("/3/0/9"), ["2.05 Content", {"/3/0/9": 95}], "Observe")
    asked = client.last()
    same(asked.number(coap.OBSERVE), 0, "Observe 0")
    check(asked.token, "it has a token")
    same(server.property("Observed"), ["/3/0/9"], "it is listed")

    def notify(value, sequence, type=coap.NON, token=asked.token):
        endpoint.send(Message(type, code("2.05"), endpoint.next_mid(), token, [
            (coap.OBSERVE, coap.uint(sequence)), (coap.CONTENT_FORMAT, b"")], value), server.address)

    start = monitor.mark()
    notify(b"94", 12)
    same(monitor.wait("Notified", start=start)[:3], ["/3/0/9", {"/3/0/9": 94}, 12], "a notification")
    notify(b"90", 11)
    notify(b"93", 13, coap.CON)
    endpoint.wait(lambda message: message.type == coap.ACK, what="the ACK of a Confirmable notification")
    same(monitor.wait("Notified", lambda arguments: arguments[2] == 13)[1], {"/3/0/9": 93}, "a Confirmable one")
    same(monitor.count("Notified", lambda arguments: arguments[2] == 11), 0, "an older one is dropped")
    notify(b"1", 1, token=b"\x99")
    endpoint.wait(lambda message: message.type == coap.RST, what="the RST to a notification nobody asked for")
    check(True, "a notification with another token is refused")

    with endpoint.background():
        same(server.cancel("/3/0/9"), "2.05 Content", "Cancel")
    same(client.last().number(coap.OBSERVE), 1, "Observe 1")
    same(server.property("Observed"), [], "it is not listed any more")
    notify(b"80", 20)
    endpoint.wait(lambda message: message.type == coap.RST, what="the RST to a notification after Cancel")
    check(True, "a notification after Cancel is refused")

    with endpoint.background():
        server.observe("/3/0/9")
    start = monitor.mark()
    endpoint.send(Message(coap.CON, code("4.04"), endpoint.next_mid(), client.last().token), server.address)
    same(monitor.wait("Ended", start=start), ["/3/0/9", "4.04 Not Found"], "the client ends an observation")

    with endpoint.background():
        same(server.observe("/3/0/77")[0], "4.04 Not Found", "an Observe of nothing")
    same(server.property("Observed"), [], "is no observation")


def test_moved(bench, client, server, monitor):
    """An observation follows its client to another address."""
    old = client.endpoint
    with old.background():
        server.observe("/3/0/9")
    client.endpoint = bench.endpoint()
    client.endpoint.serve = client.serve
    with client.endpoint.background() as endpoint:
        endpoint.send(Message(coap.CON, coap.POST, 77, b"\x01", coap.path_options(client.location)), server.address)
        wait_until(lambda: any(message.is_request() for message, _ in endpoint.log), "the Observe from the new address")
        same(client.last().number(coap.OBSERVE), 0, "the observation is made anew at the new address")
        wait_until(lambda: server.property("Observed") == ["/3/0/9"], "the new observation")
    # an Update without /3: what is observed there is gone
    start = monitor.mark()
    answer = client.endpoint.request(coap.POST, client.location, server.address, b"</1/0>", LINKS)
    same(answer.status, "2.04", "an Update without /3/0")
    same(monitor.wait("Ended", start=start)[0], "/3/0/9", "ends what is observed there")


def test_separate(client, server):
    """An empty ACK, and the answer later."""
    endpoint = client.endpoint
    client.answers[(coap.GET, "/3/0/0")] = lambda request: None
    waiting = []

    def serve(request, address):
        endpoint.send(Message(coap.ACK, 0, request.mid), address)
        waiting.append((request, address))
    endpoint.serve = serve
    with endpoint.background():
        result = []
        thread = threading.Thread(target=lambda: result.append(server.read("/3/0/0")))
        thread.start()
        wait_until(lambda: waiting, "the request")
        request, address = waiting[0]
        time.sleep(0.2)
        check(not result, "the server waits")
        endpoint.send(Message(coap.CON, code("2.05"), endpoint.next_mid(), request.token,
                              [(coap.CONTENT_FORMAT, b"")], b"late"), address)
        thread.join(30)
        same(result, [["2.05 Content", {"/3/0/0": "late"}]], "a separate response")
        wait_until(lambda: endpoint.log[-1][0].type == coap.ACK, "its ACK")
    endpoint.serve = client.serve


def test_failures(client, server):
    endpoint = client.endpoint
    endpoint.serve = lambda request, address: None
    with endpoint.background():
        try:
            server.read("/3/0/0", timeout_usec=300000)
            check(False, "no answer is an error")
        except BusError as error:
            same(error.name, "org.lwm2md.Error.Timeout", "no answer is an error")
    endpoint.serve = client.serve
    bad_request, invalid = "org.lwm2md.Error.BadRequest", "org.freedesktop.DBus.Error.InvalidArgs"
    for path, options, name in (("3/0", {}, bad_request), ("/3/", {}, bad_request), ("/65535", {}, bad_request),
                                ("/", {}, bad_request), ("/3", {"bogus": True}, invalid),
                                ("/3", {"accept": "bogus"}, invalid), ("/3", {"mode": "update"}, invalid)):
        try:
            server.read(path, **options)
            check(False, "Read %s %r is refused" % (path, options))
        except BusError as error:
            same(error.name, name, "Read %s %r is refused" % (path, options))
    server.endpoint = "nobody"
    try:
        server.read("/3/0/0")
        check(False, "a client that is not there has no object")
    except BusError as error:
        same(error.name, "org.freedesktop.DBus.Error.UnknownObject", "a client that is not there has no object")
    server.endpoint = "dev1"


def test_request(client, server):
    client.answers[(coap.PUT, "/3/0/13")] = lambda request: Message(
        code=code("4.00"), payload=" ".join(request.query()).encode())
    with client.endpoint.background():
        same(server.request("PUT", "/3/0/13?pmin=10&gt"), ["4.00 Bad Request", 65535, b"pmin=10 gt"], "a raw request")
        server.request("GET", "/%41//x", accept=9999, observe=1, payload="hi",
                       options=Variant("a(qay)", [(2049, b"\x07\x08")]))
        last = client.last()
        same((last.all(coap.URI_PATH), last.number(coap.ACCEPT), last.number(coap.OBSERVE), last.first(2049),
              last.payload), ([b"A", b"", b"x"], 9999, 1, b"\x07\x08", b"hi"), "with anything in it")


def test_blocks(client, server):
    large = b"".join(b"%07d\n" % number for number in range(600))  # 4800 bytes

    def serve(request):
        number, _, size = request.block(coap.BLOCK2) or (0, False, 512)
        size = min(size, 512)
        part = large[number * size:(number + 1) * size]
        more = (number + 1) * size < len(large)
        szx = {512: 5, 256: 4, 128: 3, 64: 2, 32: 1, 16: 0}[size]
        return content(coap.TEXT, part, (coap.BLOCK2, coap.uint(number << 4 | (8 if more else 0) | szx)),
                       (coap.ETAG, b"\x01"))
    client.answers[(coap.GET, "/3/0/0")] = serve
    taken = bytearray()

    def take(request):
        number, more, size = request.block(coap.BLOCK1)
        if number == 0:
            taken.clear()
        taken.extend(request.payload)
        reply = Message(code=code("2.31" if more else "2.04"))
        reply.options = [(coap.BLOCK1, coap.uint(number << 4 | (8 if more else 0) | (size.bit_length() - 5)))]
        return reply
    client.answers[(coap.PUT, "/3/0/0")] = take
    with client.endpoint.background():
        check(server.read("/3/0/0")[1]["/3/0/0"] == large.decode(), "4800 bytes read in blocks")
        same(server.write("/3/0/0", large.decode()), "2.04 Changed", "4800 bytes written in blocks")
    check(bytes(taken) == large, "they came whole")


def test_replaced(bench, client, server):
    """A request to a client that registers anew ends at once."""
    client.answers[(coap.GET, "/3/0/0")] = None
    result = []

    def read():
        try:
            result.append(server.read("/3/0/0"))
        except BusError as error:
            result.append(error.text)
    with client.endpoint.background() as endpoint:
        thread = threading.Thread(target=read)
        before = len(endpoint.log)
        thread.start()
        wait_until(lambda: len(endpoint.log) > before, "the request")
    ForeignClient(bench, server)
    thread.join(10)
    check(result and "not registered any more" in result[0], "a request to a client that registers anew fails at once")


def main(bench):
    server = bench.server()
    monitor = bench.monitor(TEST_SERVER)
    client = ForeignClient(bench, server)
    test_read(client, server)
    test_unreadable(client, server)
    test_discover(client, server)
    test_write(client, server)
    test_execute(client, server)
    test_observe(client, server, monitor)
    test_moved(bench, client, server, monitor)
    test_separate(client, server)
    test_failures(client, server)
    test_request(client, server)
    test_blocks(client, server)
    test_replaced(bench, client, server)


run(main)
