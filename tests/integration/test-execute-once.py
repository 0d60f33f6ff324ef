#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Execute: Reboot goes to logind, once however often its message comes; the answer goes out first."""

import time

import coap
from lib import AGENT, ForeignServer, check, run, same, wait_until

LOGIN1 = "org.freedesktop.login1"


def repeat(server, path, times=4):
    """The same CON several times over; the answers, which must all be one."""
    message = coap.Message(coap.CON, coap.POST, server.next_mid(), b"\x0e\x0e", coap.path_options(path))
    answers = [server.exchange(message, server.client) for _ in range(times)]
    same(len({answer.encode() for answer in answers if answer.type == coap.ACK}), 1,
         "%d times POST %s have one answer" % (times, path))
    return answers[0]


def test_reboot(bench):
    fake = bench.fake_service(LOGIN1)
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="reboot")
    server.wait_registration()
    bench.wait_name(AGENT)
    same(repeat(server, "/3/0/4").status, "2.04", "Reboot")
    fake.wait_line("%s Reboot b" % LOGIN1)
    same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "the agent still answers")
    # whatever else the repetitions had started would be here by now: calls keep their order
    bench.call(LOGIN1, "/org/freedesktop/login1", LOGIN1 + ".Manager", "Probe")
    fake.wait_line("Probe")
    same(sum("Reboot" in line for line in fake.lines), 1, "logind is asked once")
    same(server.ask(coap.POST, "/3/0/4").status, "2.04", "another message")
    wait_until(lambda: sum("Reboot" in line for line in fake.lines) == 2, "another Reboot")
    check(True, "is another Reboot")
    with server.background():
        agent.stop()
    fake.stop()


def test_trigger(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="trigger")
    server.wait_registration()
    count = len(server.updates)
    same(repeat(server, "/1/0/8").status, "2.04", "Registration Update Trigger")
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and server.pump(deadline - time.monotonic()):
        pass
    same(len(server.updates) - count, 1, "is one Update")
    with server.background():
        agent.stop()


def test_refused(bench):
    """logind says no, or is not there: the server is told, and the agent goes on."""
    fake = bench.fake_service(LOGIN1 + "=org.freedesktop.DBus.Error.AccessDenied")
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="refused")
    server.wait_registration()
    bench.wait_name(AGENT)
    answer = server.ask(coap.POST, "/3/0/4")
    check(answer.status in ("2.04", "5.00"), "a Reboot that logind refuses: %s" % answer.status)
    fake.wait_line("Reboot")
    fake.stop()
    agent.wait_line("(?i)(polkit|inhibit)")
    check(True, "the journal says what would help")
    answer = server.ask(coap.POST, "/3/0/4")
    check(answer.status in ("2.04", "5.03"), "a Reboot without logind: %s" % answer.status)
    same(server.ask(coap.GET, "/3/0/16").payload, b"UT", "the agent still answers")
    with server.background():
        agent.stop()


def test_arguments(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="arguments")
    server.wait_registration()
    for arguments, status in ((b"", "2.04"), (b"0='U'", "2.04"), (b"x", "4.00"), (b"0='U',", "4.00"), (b"0,0", "4.00"),
                              (b"0='a b'", "4.00")):
        same(server.ask(coap.POST, "/1/0/8", arguments).status, status, "Execute with %r" % arguments)
    with server.background():
        agent.stop()


def main(bench):
    test_reboot(bench)
    test_trigger(bench)
    test_refused(bench)
    test_arguments(bench)


run(main)
