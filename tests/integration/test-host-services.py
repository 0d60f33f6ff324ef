#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What servers have this host do through timedated, systemd and logind, which the script plays."""

import threading

from desktop import LOGIN1, SYSTEMD1, TIMEDATE1, HostService
from lib import check, run, same, wait_until

DENIED = "org.freedesktop.DBus.Error.AccessDenied"
KEPT = TIMEDATE1 + ".AutomaticTimeSyncEnabled"


def test_clock(bench, server):
    same(server.write("/3/0/15", "Europe/Berlin")[:4], "5.03", "without timedated no zone is written")
    timedated = HostService(bench, TIMEDATE1, "/org/freedesktop/timedate1", "SetTime", "SetTimezone")
    same(server.write("/3/0/15", "Europe/Berlin"), "2.04 Changed", "a zone is written")
    same(timedated.arguments("SetTimezone"), [["Europe/Berlin", False]], "by timedated, which asks nobody")
    same(server.write("/3/0/14", "+02:00"), "2.04 Changed", "an offset is written")
    same(timedated.arguments("SetTimezone")[1], ["Etc/GMT-2", False], "as the zone that has it")
    same(server.write("/3/0/13", 1767323045), "2.04 Changed", "a time is written")
    same(timedated.arguments("SetTime"), [[1767323045000000, False, False]], "in microseconds")
    same(server.write("/3/0/15", "../etc/shadow")[:4], "4.00", "what cannot be a zone is not")
    same(server.write("/3/0/14", "+25:99")[:4], "4.00", "nor is an offset that cannot be")
    same((timedated.count("SetTime"), timedated.count("SetTimezone")), (1, 2), "and timedated is not asked")
    timedated.answer = lambda: (KEPT, "Automatic time synchronization is enabled")
    same(server.write("/3/0/13", 1767323046)[:4], "4.05", "a time that a time service keeps is not written")
    timedated.answer = lambda: ("org.freedesktop.DBus.Error.InvalidArgs", "Invalid or not installed time zone")
    same(server.write("/3/0/15", "Europe/Nowhere")[:4], "4.00", "nor is a zone that there is not")
    timedated.answer = lambda: (DENIED, "no")
    same(server.write("/3/0/15", "Europe/Berlin")[:4], "5.00", "nor one that polkit does not allow")

    # timedated dies with the call in its hands
    timedated.answer = timedated.connection.close
    same(server.write("/3/0/15", "Europe/Berlin")[:4], "5.03", "a timedated that dies is unavailable")
    same(server.read("/3/0/16"), ["2.05 Content", {"/3/0/16": "UT"}], "and the agent goes on")
    timedated.ended = True


def test_silence(bench, server, agent):
    """It costs nobody else anything, and it ends."""
    timedated = HostService(bench, TIMEDATE1, "/org/freedesktop/timedate1", "SetTime", "SetTimezone")
    timedated.answer = lambda: None
    answers = []
    writing = threading.Thread(target=lambda: answers.append(server.write("/3/0/15", "Europe/Berlin")), daemon=True)
    writing.start()
    timedated.wait_call("SetTimezone")
    check("/3/0/15" in agent.call("Read", "s", "/3/0")[0], "a Read of the instance does not wait for a silent timedated")
    same(answers, [], "the Write does")
    timedated.close()
    writing.join(30)
    same([answer[:4] for answer in answers], ["5.03"], "until it is gone")


def test_actions(bench, server, agent):
    same(server.execute("/3/0/5"), "2.04 Changed", "Factory Reset is answered first")
    agent.wait_line("the factory reset .* does not happen")
    systemd = HostService(bench, SYSTEMD1, "/org/freedesktop/systemd1", "StartUnit")
    systemd.answer = lambda: ("o", ["/org/freedesktop/systemd1/job/1"])
    same(server.execute("/3/0/5"), "2.04 Changed", "Factory Reset")
    systemd.wait_call("StartUnit")
    same(systemd.arguments("StartUnit"), [["lwm2md-factory-reset.service", "replace"]], "starts its unit")
    agent.call("Execute", "ss", "/3/0/5", "")
    wait_until(lambda: systemd.count("StartUnit") == 2, "so does Manager1.Execute")
    agent.call("FactoryReset")
    wait_until(lambda: systemd.count("StartUnit") == 3, "and Manager1.FactoryReset")
    systemd.answer = lambda: (SYSTEMD1 + ".NoSuchUnit", "Unit not found")
    server.execute("/3/0/5")
    agent.wait_line("there is no unit lwm2md-factory-reset.service.*install one")
    check(True, "without the unit the journal says what is missing")
    logind = HostService(bench, LOGIN1, "/org/freedesktop/login1", "Reboot")
    logind.answer = lambda: (LOGIN1 + ".BlockedByInhibitorLock", "an update")
    same(server.execute("/3/0/4"), "2.04 Changed", "Reboot")
    agent.wait_line("the reboot .* does not happen.*systemd-inhibit")
    same(logind.arguments("Reboot"), [[False]], "goes to logind, and not over an inhibitor")
    logind.close()
    systemd.close()


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name("org.lwm2md")
    test_clock(bench, server)
    test_silence(bench, server, agent)
    test_actions(bench, server, agent)
    agent.stop()


if __name__ == "__main__":
    run(main)
