#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Update: before the lifetime ends, when something changed, when asked for; and what is in it."""

import time

import coap
from lib import ForeignServer, check, run, same


def test_periodic(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, server="Lifetime=4", name="periodic")
    server.wait_registration()
    registered = time.monotonic()
    for number in range(2):
        server.wait(lambda message: message.path() == server.location, what="an Update")
        check(time.monotonic() - registered < 4, "Update %d comes before the lifetime ends" % (number + 1))
        registered = time.monotonic()
    request = server.updates[0]
    same((request.type, request.code, request.query(), request.payload, request.first(coap.CONTENT_FORMAT)),
         (coap.CON, coap.POST, [], b"", None), "an Update for the lifetime alone has nothing in it")
    with server.background():
        agent.stop()


def test_changes(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="changes")
    server.wait_registration()

    def update(what):
        return server.wait(lambda message: message.path() == server.location, what="the Update after " + what)

    answer = server.ask(coap.PUT, "/1/0/1", b"600", [(coap.CONTENT_FORMAT, b"")])
    same(answer.status, "2.04", "the lifetime is written")
    if not server.updates:
        update("the lifetime")
    same(server.updates[-1].query(), ["lt=600"], "the Update has the new lifetime")
    count = len(server.updates)
    same(server.ask(coap.PUT, "/1/0/1", b"600", [(coap.CONTENT_FORMAT, b"")]).status, "2.04", "the same again")
    same(server.ask(coap.POST, "/1/0/8").status, "2.04", "the trigger is executed")
    if len(server.updates) == count:
        update("the trigger")
    same(server.updates[-1].query(), [], "an Update by the trigger has nothing in it")
    with server.background():
        count = len(server.updates)
        agent.call("Update")
        agent.call("Write", "sv", "/1/0/1", 900)
        deadline = time.monotonic() + 30
        while "lt=900" not in server.updates[-1].query() and time.monotonic() < deadline:
            time.sleep(0.05)
        same(server.updates[-1].query(), ["lt=900"], "a local write of the lifetime is told")
        check(len(server.updates) > count, "Manager1.Update sends one")
        same(agent.server("Lifetime"), 900, "Server1.Lifetime")
        agent.stop()


def test_lost(bench):
    """4.04 or 4.00 to an Update: Register again. An Update without an answer: Register again."""
    for status in ("4.04", "4.00"):
        server = ForeignServer(bench)
        server.refuse = lambda request, status=status: status if request.path() == server.location else None
        agent = bench.agent(server.uri, server="Lifetime=4", name="lost-" + status)
        server.wait_registration(count=2)
        check(len(server.updates) >= 1, "%s to an Update: it registers again" % status)
        server.refuse = lambda request: None
        with server.background():
            agent.wait_state("online")
            agent.stop()


def main(bench):
    test_periodic(bench)
    test_changes(bench)
    test_lost(bench)


run(main)
