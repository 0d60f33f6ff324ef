#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs in the emulated machine: object by object a table of what the server reads against what the kernel or a desktop
service says, changes and the time until the server is told, and after a reboot what must be as before.

main.py NUMBER-OF-THE-BOOT. The status 9 says that the machine reboots. The last line is "N passed, M failed".
"""

import json
import sys
import traceback

import board
import cellular
import device
import events
import location
import sensors
import wlan
from lib import check, counts, run, save, section, server, start_agent, told_within, wait

STATE = "/vm/state.json"
HERE = """[Agent]
EndpointName=bench
[Sensors]
SampleInterval=500ms
[Location]
Source=gpsd
[Server bench]
Uri=coap://127.0.0.1
ShortServerId=101
"""


def part(show):
    """One that ends early counts as failed; the others follow."""
    try:
        show()
    except Exception:
        traceback.print_exc(file=sys.stdout)
        check(f"{show.__module__} runs to its end", False)


def first():
    board.load()
    check("the test server runs", server.start("coap://127.0.0.1"))
    events.open_journal()
    check("the agent registers", start_agent(HERE))
    for show in (device.show, sensors.show, events.show, location.show, cellular.show, wlan.show):
        part(show)
    section("reboot")
    wlan.down()
    check("the test server runs", server.start("coap://127.0.0.1"))
    check("the agent registers", start_agent(HERE))
    save(STATE, {"counts": counts, "ids": sensors.ids()})
    server.execute("/3/0/4")
    return 9


def events_of_the_kernel():
    """Where the kernel tells of a change nobody waits for the next measurement, which is a minute away."""
    section("told by the kernel, measured once a minute")
    check("the agent registers", start_agent(HERE.replace("500ms", "1min")))
    told_within(1, "/3/0/9", "the battery goes to 33", lambda: board.battery(33), lambda value: value == 33)
    told_within(1, "/3/0/11", "the mains goes", lambda: board.mains(False), lambda value: value == {0: 2})
    told_within(1, "/3/0/6", "the mains comes back", lambda: board.mains(True), lambda value: 6 in value.values())
    told_within(1, "/3/0/20", "the battery is charged", lambda: board.battery(33, board.CHARGING),
                lambda value: value == 1)


def second():
    with open(STATE) as opened:
        before = json.load(opened)
    counts.update(before["counts"])
    section("after the reboot")
    check("the machine rebooted as the server asked",
          "rebooting, as /3/0/4 was executed" in run("journalctl", "-b", "-1", "-u", "lwm2md", "-n", "20"))
    check("the test server runs", server.start("coap://127.0.0.1"))
    check("the agent, which was there first, registers by itself", wait(180, server.client))
    board.load()
    for address in (0x40, 0x28, 0x49, 0x48):
        board.plug(address)
    board.settle()
    wait(20, lambda: sensors.ids() == before["ids"])
    now = sensors.ids()
    check(f"plugged in in the other order, the sensors have the instances that they had, {len(now['all'])} of them",
          now == before["ids"], f"{now}, and before {before['ids']}")
    part(sensors.table)
    part(events_of_the_kernel)
    return 1 if counts["failed"] else 0


status = first() if sys.argv[1] == "1" else second()
print(f"{counts['passed']} passed, {counts['failed']} failed")
sys.exit(status)
