#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test server's registration interface, seen by a foreign client."""

import time

import coap
from lib import BusError, TEST_SERVER, Variant, check, run, same, wait_until

LINKS = [(coap.CONTENT_FORMAT, coap.uint(coap.LINK))]
OBJECTS = b'</1/0>,</3/0>'

# What each Register is answered, by a server that is lenient where the standard is, and no further.
ANSWERS = [
    ("/rd?ep=a", OBJECTS, "2.01"),
    ("/rd?lt=300&lwm2m=1.1&b=U", OBJECTS, "4.00"),                # nobody
    ("/rd?ep=", OBJECTS, "4.00"),
    ("/rd?ep=a&ep=b", OBJECTS, "4.00"),
    ("/rd?ep=a&lt=soon", OBJECTS, "4.00"),
    ("/rd?ep=a&lt=-5", OBJECTS, "4.00"),
    ("/rd?ep=a&lt=+5", OBJECTS, "4.00"),
    ("/rd?ep=a&lt=4294967296", OBJECTS, "4.00"),
    ("/rd?ep=a&lwm2m=1", OBJECTS, "4.00"),
    ("/rd?ep=a&lwm2m=1.1.1", OBJECTS, "4.00"),
    ("/rd?ep=a&lwm2m=01.1", OBJECTS, "4.00"),
    ("/rd?ep=a&lwm2m=1.3", OBJECTS, "4.12"),
    ("/rd?ep=a&lwm2m=2.0", OBJECTS, "4.12"),
    ("/rd?ep=a&lwm2m=1.2", OBJECTS, "2.01"),
    ("/rd?ep=a&b=X", OBJECTS, "4.00"),
    ("/rd?ep=a&b=UU", OBJECTS, "4.00"),
    ("/rd?ep=a&b=UQS&lwm2m=1.0", OBJECTS, "2.01"),
    ("/rd?ep=a&Q=1", OBJECTS, "4.00"),
    ("/rd?ep=a&color=green&flag", OBJECTS, "2.01"),               # unknown: kept, and nothing else
    ("/rd?ep=a", b'</3/0>;foo;bar="x,y";ct=0, </1>;ver="1.1" ,', "2.01"),
    ("/rd?ep=a", b'</3/0', "4.00"),
    ("/rd?ep=a", b'rubbish', "4.00"),
    ("/rd?ep=a&pid=6:27354b9a&lwm2m=1.2", b'', "4.09"),           # a profile that we do not know
    ("/rd/nobody", b'', "4.04"),
    ("/bs?ep=a", b'', "4.04"),
    ("/", b'', "4.04"),
]


def register(client, server, query, objects=OBJECTS):
    answer = client.request(coap.POST, "/rd?" + query, server.address, objects, LINKS)
    same(answer.status, "2.01", "registered with " + query)
    location = [part.decode() for part in answer.all(coap.LOCATION_PATH)]
    check(len(location) == 2 and location[0] == "rd", "the location is below /rd")
    return "/" + "/".join(location)


def test_answers(bench, server):
    client = bench.endpoint()
    for path, payload, status in ANSWERS:
        answer = client.request(coap.POST, path, server.address, payload, LINKS if payload else ())
        same(answer.status, status, "POST %s %s" % (path, payload.decode()))
    for method, path, status in ((coap.GET, "/rd", "4.05"), (coap.DELETE, "/rd", "4.05"),
                                 (coap.PUT, "/rd/x", "4.05"), (coap.DELETE, "/rd/nobody", "4.04")):
        same(client.request(method, path, server.address).status, status, "method %d on %s" % (method, path))
    answer = client.request(coap.POST, "/rd?ep=a", server.address, OBJECTS, LINKS, type=coap.NON)
    same(answer.status, "4.00", "a Non-confirmable Register")
    answer = client.request(coap.POST, "/rd?ep=a", server.address, OBJECTS, LINKS + [(coap.IF_MATCH, b"x")])
    same(answer.status, "4.02", "a Register with If-Match")
    answer = client.request(coap.POST, "/rd?ep=a", server.address, OBJECTS, [(coap.CONTENT_FORMAT, b"")])
    same(answer.status, "4.00", "an object list as text/plain")


def test_properties(bench, server):
    client = bench.endpoint()
    register(client, server, "ep=dev1")
    for name, value in (("Lifetime", 86400), ("Version", "1.0"), ("Binding", "U"), ("QueueMode", False),
                        ("SmsNumber", ""), ("Parameters", []), ("AlternatePath", "/")):
        same(server.property(name), value, "without parameters %s" % name)
    location = register(client, server, "ep=dev1&lt=300&lwm2m=1.1&b=US&Q&sms=4915112345678&x=y",
                        b'</lwm2m>;rt="oma.lwm2m";ct="60 110",</lwm2m/1>;ver=1.1,</lwm2m/1/0>,</lwm2m/3/0>;z')
    for name, value in (("Lifetime", 300), ("Version", "1.1"), ("Binding", "US"), ("QueueMode", True),
                        ("SmsNumber", "4915112345678"), ("Parameters", ["x=y"]), ("Location", location),
                        ("Objects", ["/1", "/1/0", "/3/0"]), ("Versions", {"/1": "1.1"}),
                        ("AlternatePath", "/lwm2m"), ("Formats", [60, 110]),
                        ("Address", "127.0.0.1:%d" % client.port)):
        same(server.property(name), value, "as registered %s" % name)
    check(abs(server.property("RegisteredAtUsec") / 1e6 - time.time()) < 60, "RegisteredAtUsec is now")
    check(0 < server.property("ExpiresUsec") <= 300e6, "ExpiresUsec is what is left")
    same(server.clients().count("dev1"), 1, "the endpoint is unique")


def test_update(bench, server, monitor):
    client, other = bench.endpoint(), bench.endpoint()
    first = register(client, server, "ep=dev1&lt=300")
    second = register(client, server, "ep=dev1&lt=300")
    check(first != second, "a new Register has a new location")
    same(client.request(coap.POST, first, server.address).status, "4.04", "an Update of the old location")
    same(client.request(coap.POST, second, server.address).status, "2.04", "an Update")
    monitor.wait("Updated", lambda arguments: arguments[1] == "dev1")
    same(server.property("Lifetime"), 300, "an empty Update leaves the lifetime")
    answer = client.request(coap.POST, second + "?lt=600&b=UQ&sms=123", server.address, b"</3/0>,</4/0>", LINKS)
    same(answer.status, "2.04", "an Update of everything")
    for name, value in (("Lifetime", 600), ("Binding", "UQ"), ("SmsNumber", "123"),
                        ("Objects", ["/3/0", "/4/0"])):
        same(server.property(name), value, "after the Update %s" % name)
    for query in ("ep=dev1", "lwm2m=1.1"):
        answer = client.request(coap.POST, second + "?" + query, server.address)
        same(answer.status, "4.00", "an Update with " + query)
    same(other.request(coap.POST, second, server.address).status, "2.04", "an Update from another address")
    same(server.property("Address"), "127.0.0.1:%d" % other.port, "requests go to the new address")
    same(other.request(coap.DELETE, second, server.address).status, "2.02", "a De-register")
    same(other.request(coap.DELETE, second, server.address).status, "4.04", "another")
    monitor.wait("Deregistered", lambda arguments: arguments[1] == "dev1")
    check("dev1" not in server.clients(), "the client is gone")


def test_expiry(bench, server, monitor):
    client = bench.endpoint()
    start = time.monotonic()
    location = register(client, server, "ep=brief&lt=1")
    monitor.wait("Expired", lambda arguments: arguments[1] == "brief")
    check(time.monotonic() - start >= 1, "it expired after its lifetime, not before")
    same(client.request(coap.POST, location, server.address).status, "4.04", "an Update after that")


def test_repetition(bench, server):
    """The same message again is the same request."""
    client = bench.endpoint()
    message = coap.Message(coap.CON, coap.POST, client.next_mid(), b"\x17",
                           coap.path_options("/rd?ep=again") + LINKS, OBJECTS)
    first = client.exchange(message, server.address)
    second = client.exchange(message, server.address)
    same(second.encode(), first.encode(), "a repeated Register has the same answer")


def test_blocks(bench, server):
    """An object list in Block1."""
    client = bench.endpoint()
    objects = b"".join(b"</%d/0>," % number for number in range(10000, 10200)).rstrip(b",")
    parts = [objects[at:at + 256] for at in range(0, len(objects), 256)]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        block = (coap.BLOCK1, coap.uint(number << 4 | (0 if last else 8) | 4))
        answer = client.request(coap.POST, "/rd?ep=large", server.address, part, LINKS + [block])
        if not last and answer.status != "2.31":
            break
    same(answer.status, "2.01", "a Register in %d blocks" % len(parts))
    server.endpoint = "large"
    same(len(server.property("Objects")), 200, "its objects")
    server.endpoint = "dev1"


def test_misbehaviour(bench, server):
    client = bench.endpoint()
    server.misbehave(highest_version="1.0")
    answer = client.request(coap.POST, "/rd?ep=dev1&lwm2m=1.1", server.address, OBJECTS, LINKS)
    same(answer.status, "4.12", "a version above the highest")
    server.misbehave(highest_version="", status=Variant("q", 503))
    same(client.request(coap.POST, "/rd?ep=dev1", server.address, OBJECTS, LINKS).status, "5.03", "told to say 5.03")
    server.misbehave(status=Variant("q", 0), no_location=True)
    answer = client.request(coap.POST, "/rd?ep=dev1", server.address, OBJECTS, LINKS)
    same((answer.status, answer.all(coap.LOCATION_PATH)), ("2.01", []), "no location")
    server.misbehave(no_location=False, silent=True)
    try:
        client.request(coap.POST, "/rd?ep=dev1", server.address, OBJECTS, LINKS, seconds=1)
        check(False, "silent")
    except coap.Timeout:
        check(client.log[-1][0].code == 0, "silent: acknowledged, and no more")
    server.misbehave(silent=False)
    location = register(client, server, "ep=dev1")
    server.misbehave(forget="dev1")
    same(client.request(coap.POST, location, server.address).status, "4.04", "forgotten")
    try:
        server.misbehave(bogus=True)
        check(False, "an unknown key is refused")
    except BusError as error:
        check("keys are" in error.text, "an unknown key is refused")


def test_odd_names(bench, server):
    client = bench.endpoint()
    name = "urn:dev:os:0011/\u00e9 \u001b[1m"
    query = [(coap.URI_QUERY, b"ep=" + name.encode())]
    answer = client.request(coap.POST, "/rd", server.address, OBJECTS, LINKS + query)
    same(answer.status, "2.01", "a name with everything in it")
    check(name in server.clients(), "it is shown as it is")
    server.endpoint = name
    same(server.property("Endpoint"), name, "its object is found")
    check(not any("\x1b" in line for line in server.lines), "and its trace has no escape sequence")
    answer = client.request(coap.POST, "/rd", server.address, OBJECTS, [(coap.URI_QUERY, b"ep=\xff")])
    same(answer.status, "4.00", "a name that is not UTF-8")
    server.endpoint = "dev1"


def test_once(bench):
    server = bench.server("--once", name="once")
    client = bench.endpoint()
    location = register(client, server, "ep=dev1")
    same(client.request(coap.DELETE, location, server.address).status, "2.02", "a De-register")
    same(server.wait_end(), 0, "--once ends with the first De-register")


def main(bench):
    server = bench.server()
    monitor = bench.monitor(TEST_SERVER)
    test_answers(bench, server)
    test_properties(bench, server)
    test_update(bench, server, monitor)
    test_expiry(bench, server, monitor)
    test_repetition(bench, server)
    test_blocks(bench, server)
    test_misbehaviour(bench, server)
    test_odd_names(bench, server)
    server.stop()
    same(server.wait_end(), 0, "SIGTERM ends it")
    wait_until(lambda: not bench.has_name(TEST_SERVER), "the end of the bus name")
    test_once(bench)


run(main)
