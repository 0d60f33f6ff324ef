#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGTERM and SIGINT: De-register, and an end within 2 s, whatever the server does."""

import signal
import time

import coap
from lib import ForeignServer, check, run, same

# The promise, and what a loaded machine with sanitizers needs on top of it (the leak check at the end).
PROMISE = 2
GRACE = 3


def end(agent, number=signal.SIGTERM):
    start = time.monotonic()
    agent.signal(number)
    status = agent.wait_end()
    took = time.monotonic() - start
    same(status, 0, "%s ends it with 0" % signal.Signals(number).name)
    check(took < PROMISE + GRACE, "after %.1f s" % took)
    return took


def test_graceful(bench, number):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="graceful-%d" % number)
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
        end(agent, number)
    same(len(server.deregistrations), 1, "and it de-registers")
    request = server.deregistrations[0]
    same((request.type, request.code, request.path(), request.payload), (coap.CON, coap.DELETE, "/rd/1", b""),
         "by CON DELETE of its location")


def test_silent(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="silent")
    server.wait_registration()
    agent.wait_line("registered at")
    server.mute = True
    end(agent)
    server.mute = False
    server.wait(lambda message: message.code == coap.DELETE, 5, "the De-register")
    check(True, "a silent server was told, and not waited for")


def test_gone(bench):
    """The server's port is closed: ICMP errors."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="gone")
    server.wait_registration()
    agent.wait_line("registered at")
    server.close()
    end(agent)
    check(True, "a server that is gone is not waited for")


def test_before(bench):
    """Told to end while it is still busy with its start."""
    server = ForeignServer(bench)
    server.refuse = lambda request: "5.00"
    agent = bench.agent(server.uri, name="before")
    server.wait(lambda message: message.path() == "/rd", what="a Register")
    end(agent)
    same(len(server.deregistrations), 0, "who is not registered has nothing to de-register")
    server.mute = True
    agent = bench.agent(server.uri, name="unanswered")
    agent.wait_line("connecting")
    end(agent)
    agent = bench.agent("coap://nowhere.invalid", name="unresolved")
    agent.wait_line("lwm2md")
    end(agent)


def test_acknowledged(bench):
    """A server that acknowledges and never answers."""
    server = bench.server()
    agent = bench.agent(server.uri, name="acknowledged")
    server.wait_client()
    server.misbehave(silent=True)
    end(agent)


def main(bench):
    for number in (signal.SIGTERM, signal.SIGINT):
        test_graceful(bench, number)
    test_silent(bench)
    test_gone(bench)
    test_before(bench)
    test_acknowledged(bench)


run(main)
