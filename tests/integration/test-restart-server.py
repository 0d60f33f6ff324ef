#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that restarts, forgets, refuses or wants an older version: the agent comes back by itself."""

from lib import AGENT, TEST_SERVER, Variant, check, run, same, wait_until


def test_forgotten(bench, server, agent):
    location = server.property("Location")
    server.misbehave(forget="dev1")
    same(server.clients(), [], "the server has forgotten the client")
    agent.call("Update")
    server.wait_client()
    check(server.property("Location") != location, "it registers again after 4.04")


def test_restarted(bench, server, agent):
    """The same port, nothing remembered."""
    port = server.port
    server.kill()
    wait_until(lambda: not bench.has_name(TEST_SERVER), "the end of the server")
    again = bench.server(listen="coap://127.0.0.1:%d" % port, name="again")
    agent.call("Update")
    again.wait_client(60)
    check(True, "it registers with the server that was restarted")
    same(again.read("/3/0/16"), ["2.05 Content", {"/3/0/16": "UT"}], "and is read there")
    return again


def test_short_lifetime(bench, server):
    """Without a push: the Update before the lifetime ends finds out."""
    agent = bench.agent(server.uri, name="short", endpoint="dev2", server="Lifetime=6")
    server.endpoint = "dev2"
    server.wait_client()
    server.misbehave(forget="dev2")
    server.wait_client()
    check(True, "the next Update brings it back")
    agent.stop()
    server.endpoint = "dev1"


def test_version(bench, server):
    server.misbehave(highest_version="1.0")
    agent = bench.agent(server.uri, name="older", endpoint="dev3")
    server.endpoint = "dev3"
    server.wait_client()
    same(server.property("Version"), "1.0", "4.12 steps the version down")
    server.misbehave(highest_version="")
    agent.stop()
    server.endpoint = "dev1"


def test_refused(bench, server):
    none = {"status": Variant("q", 0), "no_location": False}
    for text, misbehaviour in (("5.03", {"status": Variant("q", 503)}), ("4.03", {"status": Variant("q", 403)}),
                               ("2.01 without a location", {"no_location": True})):
        server.misbehave(**misbehaviour)
        agent = bench.agent(server.uri, name="refused", endpoint="dev4")
        server.endpoint = "dev4"
        bench.wait_name(AGENT)
        wait_until(lambda: agent.server("LastError")[1], "an error")
        server.misbehave(**none)
        server.wait_client()
        agent.wait_state("online")
        check(True, "it comes back after %s" % text)
        agent.stop()
    server.endpoint = "dev1"


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    agent.wait_state("online")
    test_forgotten(bench, server, agent)
    server = test_restarted(bench, server, agent)
    agent.stop()
    test_short_lifetime(bench, server)
    test_version(bench, server)
    test_refused(bench, server)


run(main)
