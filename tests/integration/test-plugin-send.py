#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service whose values are sent: at once, as time series over an outage, with a report of their delivery."""

import json
import time

import coap
import plugin
from lib import Variant, check, run, same, wait_until
from sends import Sends, records

PATH = "/3303/0/5700"
# as short as the library can do it, so that a server counts as silent within seconds
SERVER = "SendFormat=senml-json\nAckTimeout=1s\nMaxRetransmit=1\nDefaultNotificationMode=confirmable\n"
TOKEN = b"\x61\x62"


def times(*seconds):
    return [1600000000 + second for second in seconds]


def report(service, value, second=None, **options):
    if second is not None:
        options["timestamp_usec"] = Variant("t", (1600000000 + second) * 1000000)
    service.update({PATH: Variant("d", value)}, **options)


def wait_delivered(service, id, ok):
    wait_until(lambda: ("Delivered", [id, ok]) in service.signals, "Delivered(%d, %s)" % (id, ok), 60)


def away(server, agent):
    """Until the agent has noticed, for what it sent and for what it notified of: the two time out one after the other."""
    wait_until(lambda: server.pump(0.1) and False or agent.server("State") != "registered", "the server is missed", 60)
    noticed = time.monotonic() + 10
    while time.monotonic() < noticed:
        server.pump(0.2)


def test_at_once(bench, server, agent, service):
    monitor = bench.monitor("org.lwm2md")
    with server.background():
        report(service, 21.5, send=True, id=Variant("t", 7))
        wait_delivered(service, 7, True)
        same(server.sends.pop(), (110, b'[{"bn":"/3303/0/5700","v":21.5}]'), "what was reported is sent")
        same(monitor.wait("Sent")[1:], [101, "2.04 Changed"], "Sent tells it, too")
        report(service, 22.5, 5, send=True, id=Variant("t", 7))
        wait_until(lambda: service.signals.count(("Delivered", [7, True])) == 2, "the same id again")
        same(records(server.sends.pop()[1]), [(PATH, 1600000005, 22.5)], "and with its time")
        report(service, 23.5)
        report(service, 24.5, 6)
    same(server.sends, [], "what is not to be sent is not")
    same(monitor.count("Delivered"), 0, "nobody else hears of the delivery")
    answer = server.ask(coap.GET, PATH, options=[(coap.ACCEPT, coap.uint(110))])
    same(json.loads(answer.payload), [{"bn": PATH, "v": 24.5}], "a Read has no time")
    service.signals.clear()


def test_refusals(service):
    value = {PATH: Variant("d", 1.0)}
    for options, text in (({"id": Variant("t", 1)}, "add 'send'"), ({"when": Variant("t", 1)}, "not an option"),
                          ({"send": Variant("s", "yes")}, "a boolean"), ({"send": True, "id": Variant("s", "7")}, "a number"),
                          ({"timestamp_usec": Variant("t", 1600000000)}, "microseconds")):
        plugin.refused(lambda: service.update(value, **options), "InvalidArgs", text, "options %r" % options)


def test_muted(server, service):
    same(server.ask(coap.PUT, "/1/0/23", b"1", [(coap.CONTENT_FORMAT, b"")]).status, "2.04", "the server mutes Send")
    report(service, 20.0, send=True, id=Variant("t", 8))
    wait_delivered(service, 8, False)
    same(server.ask(coap.GET, PATH).payload, b"20", "the value is reported all the same")
    server.ask(coap.PUT, "/1/0/23", b"0", [(coap.CONTENT_FORMAT, b"")])


def notifications(server):
    found, seen = [], set()
    for message, _ in server.log:
        if message.token == TOKEN and message.code and message.mid not in seen and message.type == coap.CON:
            seen.add(message.mid)
            found += records(message.payload)
    return found


def test_series(server, agent, service):
    """The server is away for a while; then it gets all of both series, sent and observed, with their times."""
    same(server.exchange(coap.Message(coap.CON, coap.GET, 0, TOKEN, [(coap.OBSERVE, b"")] + coap.path_options(PATH) +
                                      [(coap.ACCEPT, coap.uint(110))]), server.client).status, "2.05", "Observe")
    server.mute = True
    report(service, 30.0, 0, send=True, id=Variant("t", 100))
    away(server, agent)
    for second in range(1, 11):
        report(service, 30.0 + second, second, send=True, id=Variant("t", 100 + second))
        time.sleep(0.1)  # for what observes, changes of one moment are one
    server.mute = False
    server.sends.clear()
    del server.log[:]
    wait_until(lambda: server.pump(0.05) and False or len([1 for name, _ in service.signals if name == "Delivered"]) >= 12,
               "all are delivered", 120)
    for second in range(11):
        check(("Delivered", [100 + second, True]) in service.signals, "Delivered(%d, true)" % (100 + second))
    same([record for _, payload in server.sends for record in records(payload)],
         [(PATH, when, 30.0 + second) for second, when in enumerate(times(*range(11)))], "the series that was sent")
    check(len(server.sends) < 11, "several in a message: %d" % len(server.sends))
    wait_until(lambda: server.pump(0.05) and False or notifications(server)[-1:] == [(PATH, times(10)[0], 40.0)],
               "the last notification", 60)
    same(notifications(server)[-10:], [(PATH, when, 31.0 + at) for at, when in enumerate(times(*range(1, 11)))],
         "the series that was observed, stored with its times")


def main(bench):
    server = Sends(bench)
    agent = bench.agent(server.uri, server=SERVER)
    server.wait_registration()
    agent.wait_state("online")
    service = plugin.Service(bench)
    with server.background():
        service.register({"/3303/0": [5700, 5701]}, cache="notify")
        wait_until(lambda: server.updates, "the Update with the new object")
    test_at_once(bench, server, agent, service)
    test_refusals(service)
    test_muted(server, service)
    test_series(server, agent, service)
    service.close()


run(main)
