#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Register and De-register on the wire, and what the agent does when it is refused."""

import re
import time

import coap
from lib import AGENT, ForeignServer, check, run, same, wait_until

# "A first retry within 5 s", and what a loaded machine needs.
FIRST_RETRY = 5 + 3


def links(request):
    return request.payload.decode().split(",")


def test_register(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, agent="SmsNumber=4915112345678", server="Lifetime=777\nVersion=1.1")
    request = server.wait_registration()
    same((request.type, request.code, request.path()), (coap.CON, coap.POST, "/rd"), "Register is CON POST /rd")
    same(request.number(coap.CONTENT_FORMAT), coap.LINK, "in link format")
    query = request.query()
    same(sorted(query), sorted(set(query)), "no parameter stands there twice")
    same(set(query), {"ep=dev1", "lt=777", "lwm2m=1.1", "b=U", "sms=4915112345678"}, "its parameters")
    check(1 <= len(request.token) <= 8, "it has a token")
    objects = links(request)
    for wanted in ("</1/0>", "</3/0>"):
        check(wanted in objects, "%s is listed" % wanted)
    check(not any(link.startswith("</0") or link.startswith("</21") for link in objects), "/0 and /21 are not")
    check(not any('ver="' in link for link in objects), "versions are not quoted")
    check(" " not in re.sub('"[^"]*"', "", request.payload.decode()), "no space between links")
    with server.background():
        agent.wait_state("online")
        same(agent.server("State"), "registered", "Server1.State")
        same(agent.server("Location"), "/rd/1", "Server1.Location")
        check(abs(agent.server("RegisteredAtUsec") / 1e6 - time.time()) < 60, "Server1.RegisteredAtUsec")
        same(agent.get("EndpointName"), "dev1", "Manager1.EndpointName")
        agent.stop()
    same(agent.wait_end(), 0, "the agent ends with 0")
    same(len(server.deregistrations), 1, "it de-registers")
    same(server.deregistrations[0].path(), "/rd/1", "where it was told")


def test_location(bench):
    """A location is opaque: any number of segments is repeated as it came."""
    server = ForeignServer(bench)
    place = [b"rd", b"a b", "\u00e9".encode(), b"4"]

    def serve(request, address):
        server.client = address
        parts = request.all(coap.URI_PATH)
        if parts == [b"rd"]:
            return coap.Message(code=coap.code("2.01"), options=[(coap.LOCATION_PATH, part) for part in place])
        server.updates.append(request)
        return coap.Message(code=coap.code("2.04" if request.code == coap.POST else "2.02"))
    server.serve = serve
    agent = bench.agent(server.uri, name="location")
    with server.background():
        agent.wait_state("online")
        agent.call("Update")
        wait_until(lambda: server.updates, "the Update")
        agent.stop()
    same([request.all(coap.URI_PATH) for request in server.updates], [place, place], "Update and De-register go there")


def test_families(bench):
    for address, name in (("::1", "IPv6"), ("127.0.0.1", "a host name")):
        server = ForeignServer(bench, address)
        uri = server.uri if ":" in address else server.uri.replace("127.0.0.1", "localhost")
        agent = bench.agent(uri, name=name.replace(" ", "-"))
        server.wait_registration()
        check(True, "registered over " + name)
        with server.background():
            agent.stop()


def test_refused(bench):
    """5.00: again, soon and then less often. 4.12: at once, with a lower version."""
    server = ForeignServer(bench)
    server.refuse = lambda request: "5.00" if request.path() == "/rd" and len(server.registrations) < 2 else None
    start = time.monotonic()
    agent = bench.agent(server.uri, name="refused")
    server.wait(lambda message: message.path() == "/rd", what="the first Register")
    first = time.monotonic()
    server.wait(lambda message: message.path() == "/rd", FIRST_RETRY, "the first retry")
    check(time.monotonic() - first < FIRST_RETRY, "the first retry comes within 5 s")
    with server.background():
        agent.wait_state("online")
        check(agent.server("LastError")[1] != "", "Server1.LastError tells of it")
        agent.stop()
    check(time.monotonic() - start < 60, "all of it did not take long")


def test_older(bench):
    server = ForeignServer(bench)
    server.refuse = lambda request: "4.12" if "lwm2m=1.0" not in request.query() and request.path() == "/rd" else None
    agent = bench.agent(server.uri, name="older")
    server.wait_registration(count=3)
    same([[word for word in request.query() if word.startswith("lwm2m")] for request in server.registrations],
         [["lwm2m=1.2"], ["lwm2m=1.1"], ["lwm2m=1.0"]], "4.12 steps the version down")
    with server.background():
        agent.wait_state("online")
        agent.stop()


def test_several(bench):
    """Two servers, two registrations; one that is away does not hold the other up."""
    one, two = ForeignServer(bench), ForeignServer(bench)
    away = bench.endpoint()
    away_uri = "coap://127.0.0.1:%d" % away.port
    away.close()
    agent = bench.agent(one.uri, name="several", sections=(
        "[Server two]\nUri=%s\nShortServerId=102\nLifetime=60\n[Server away]\nUri=%s\nShortServerId=103\n" %
        (two.uri, away_uri)))
    one.wait_registration()
    two.wait_registration()
    check("</1/1>" in links(two.registrations[0]), "each account is an instance of object 1")
    with one.background(), two.background():
        agent.wait_state("degraded")
        same([agent.server("State", ssid) for ssid in (101, 102)], ["registered"] * 2, "both are registered")
        check(agent.server("State", 103) != "registered", "the one that is away is not")
        agent.stop()
    same((len(one.deregistrations), len(two.deregistrations)), (1, 1), "it de-registers at both")


def main(bench):
    test_register(bench)
    test_location(bench)
    test_families(bench)
    test_refused(bench)
    test_older(bench)
    test_several(bench)
    wait_until(lambda: not bench.has_name(AGENT), "the end of the bus name")


run(main)
