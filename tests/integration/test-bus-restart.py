#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bus goes and comes back: the registration lasts, and both programs are there again."""

import coap
from lib import AGENT, ForeignServer, TEST_SERVER, check, run, same


def main(bench):
    server = ForeignServer(bench)
    testserver = bench.server()
    agent = bench.agent(server.uri, sections="[Server two]\nUri=%s\nShortServerId=102\n" % testserver.uri)
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
    for round in range(2):
        bench.stop_bus()
        same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "without a bus the server is answered, %d" % round)
        check(server.ask(coap.POST, "/3/0/4").status in ("5.03", "5.00"), "a Reboot fails, and says so")
        bench.start_bus()
        bench.wait_name(AGENT, 60)
        bench.wait_name(TEST_SERVER, 60)
        with server.background():
            same(agent.get("State"), "online", "the agent is back on the bus, and registered")
            same(agent.call("Read", "s", "/3/0/16"), [{"/3/0/16": "UT"}], "with its objects")
            same(agent.server("State", 102), "registered", "and its servers")
            same(testserver.read("/3/0/16")[1], {"/3/0/16": "UT"}, "so is the test server, with its client")
    same(len(server.registrations), 1, "nothing of it led to another Register")
    check(agent.is_running() and testserver.is_running(), "both run")
    with server.background():
        agent.stop()
    same(agent.wait_end(), 0, "the agent ends with 0")


run(main)
