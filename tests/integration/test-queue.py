#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queue mode: the server is told, the agent sleeps, and wakes for what it sends and for what comes all the same."""

from lib import TEST_SERVER, run, same, wait_until


def wait_state(agent, state):
    wait_until(lambda: agent.server("State") == state, "the state '%s'" % state)


def main(bench):
    server = bench.server()
    monitor = bench.monitor(TEST_SERVER)
    agent = bench.agent(server.uri, server="QueueMode=yes\nAwakeTime=1s\n")
    server.wait_client()
    bench.wait_name("org.lwm2md")
    same(server.property("QueueMode"), True, "the server is told")
    wait_state(agent, "asleep")
    same(agent.get("State"), "online", "the agent counts as online")
    same(server.observe("/1/0/5")[0], "2.05 Content", "a request that comes all the same is answered")
    same(agent.server("State"), "registered", "and wakes it")
    wait_state(agent, "asleep")
    agent.call("Write", "sv", "/1/0/5", 100)
    same(monitor.wait("Notified")[:2], ["/1/0/5", {"/1/0/5": 100}], "a notification goes out")
    wait_state(agent, "asleep")
    updates = monitor.count("Updated")
    agent.call("Update")
    wait_until(lambda: monitor.count("Updated") == updates + 1, "an Update")
    same(monitor.count("Updated"), updates + 1, "an Update, too")
    wait_state(agent, "asleep")
    agent.stop()


run(main)
