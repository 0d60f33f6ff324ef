#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queue mode: the server is told, the agent sleeps, and wakes for what it sends and for what comes all the same."""

import concurrent.futures
import time

from lib import TEST_SERVER, BusError, check, run, same, wait_until

AWAKE = 2  # s: how long the server believes that the agent listens


def wait_state(agent, state):
    wait_until(lambda: agent.server("State") == state, "the state '%s'" % state)


def main(bench):
    server = bench.server("--awake-time", str(AWAKE))
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
    held(server, agent)
    agent.stop()


def wait_asleep(server):
    """Lets it alone for longer than it is believed awake; a message that comes meanwhile begins that anew."""
    for _ in range(4):
        time.sleep(AWAKE + 0.3)
        try:
            server.read("/1/0/0", timeout_usec=300000)
        except BusError as error:
            same(error.name, "org.lwm2md.Error.Timeout", "a request to one that sleeps waits")
            check("'dev1' sleeps" in error.text, "its error says why: %s" % error.text)
            return
    check(False, "the server believes that the agent sleeps")


def held(server, agent):
    """What is asked while it sleeps is answered when it wakes; who has no patience is told."""
    wait_asleep(server)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asked = [pool.submit(server.read, path, timeout_usec=15000000) for path in ("/1/0/0", "/1/0/7")]
        wait_until(lambda: len(server.property("Transfers")) == 2, "two requests that wait")
        agent.call("Update")
        same([task.result() for task in asked],
             [["2.05 Content", {"/1/0/0": 101}], ["2.05 Content", {"/1/0/7": "U"}]], "they are answered when it wakes")


run(main)
