#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent starts before its server, the name or the bus: it waits, tries again soon, and never gives up."""

import os
import time

import coap
from lib import AGENT, ForeignServer, check, run, same, wait_until

# The first retry comes within 5 s; the next ones within 10 and 20. What a loaded machine needs on top.
GRACE = 3


def free_port():
    endpoint = coap.Endpoint()
    port = endpoint.port
    endpoint.close()
    return port


def test_server_later(bench):
    """Nobody listens at first: the Register under way is repeated, or, when it was given up, sent anew."""
    for name, settings in (("repeated", ""), ("anew", "AckTimeout=1s\nMaxRetransmit=1")):
        port = free_port()
        agent = bench.agent("coap://127.0.0.1:%d" % port, name=name, server=settings)
        bench.wait_name(AGENT)
        if name == "anew":
            wait_until(lambda: agent.server("LastError")[1], "the first failure")
        else:
            wait_until(lambda: agent.server("State") == "registering", "the first Register")
        server = ForeignServer(bench, port=port)
        came = time.monotonic()
        server.wait_registration(10 + GRACE)
        check(time.monotonic() - came < 5 + GRACE, "it registers within 5 s of the server's start: " + name)
        with server.background():
            agent.wait_state("online")
            agent.stop()


def test_silent_first(bench):
    """Datagrams are lost at first: CoAP's own repetitions bring it through."""
    server = ForeignServer(bench)
    server.mute = True
    agent = bench.agent(server.uri, name="lossy", server="AckTimeout=1s")
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        server.pump(0.1)
    server.mute = False
    server.wait_registration()
    check(True, "a Register that was lost is repeated")
    with server.background():
        agent.stop()


def test_refused_first(bench):
    """The times of three retries: each within the delay that is promised."""
    server = ForeignServer(bench)
    server.refuse = lambda request: "5.03" if request.path() == "/rd" else None
    agent = bench.agent(server.uri, name="retries")
    server.wait(lambda message: message.path() == "/rd", what="the first Register")
    before = time.monotonic()
    for longest in (5, 10, 20):
        server.wait(lambda message: message.path() == "/rd", longest + GRACE, "a retry within %d s" % longest)
        took = time.monotonic() - before
        before = time.monotonic()
        check(took < longest + GRACE, "a retry within %d s: %.1f s" % (longest, took))
    server.refuse = lambda request: None
    agent.signal(9)


def test_name(bench):
    """A name that is not there holds nobody up."""
    server = ForeignServer(bench)
    agent = bench.agent("coap://nowhere.invalid", name="unnamed", sections=(
        "[Server two]\nUri=%s\nShortServerId=102\n" % server.uri))
    server.wait_registration()
    check(True, "the other server is registered")
    with server.background():
        agent.wait_state("degraded")
        wait_until(lambda: "nowhere.invalid" in agent.server("LastError")[1], "the error of the name", 120)
        check(True, "Server1.LastError names the name")
        check(agent.server("State", 101) in ("waiting", "resolving"), "it is tried again")
        agent.stop()


def test_bus_later(bench):
    server = ForeignServer(bench)
    bench.stop_bus()
    agent = bench.agent(server.uri, name="busless")
    server.wait_registration()
    check(True, "without a bus it registers")
    same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "and answers")
    bench.start_bus()
    bench.wait_name(AGENT, 60)
    with server.background():
        agent.wait_state("online")
        check(True, "the bus is found when it comes")
        agent.stop()


def test_no_state(bench):
    """The state directory is made when it is not there, and one that cannot be written is told."""
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="stateless")
    server.wait_registration()
    with server.background():
        agent.stop()
    mode = os.stat(agent.state).st_mode & 0o777
    check(agent.state.is_dir(), "the state directory is there, %o" % mode)
    for file in agent.state.rglob("*"):
        if file.is_file():
            same(file.stat().st_mode & 0o077, 0, "%s is for its owner alone" % file.name)


def main(bench):
    test_server_later(bench)
    test_silent_first(bench)
    test_refused_first(bench)
    test_name(bench)
    test_bus_later(bench)
    test_no_state(bench)


run(main)
