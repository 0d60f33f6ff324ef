#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Send: from a call on the bus to a server that shares no code with ours; muted, offline, over restarts, in blocks."""

import signal

import coap
from bus import BusError
from lib import ForeignClient, Variant, check, run, same, wait_until
from sends import Sends, records

JSON = "SendFormat=senml-json\n"
# as short as the library can do it, so that a server counts as silent within seconds
HASTY = "AckTimeout=1s\nMaxRetransmit=1\n"


def send(agent, *paths, **options):
    return agent.call("Send", "asa{sv}", list(paths), options)[0]


def refused(agent, name, words, *paths, **options):
    try:
        send(agent, *paths, **options)
    except BusError as error:
        same(error.name.rsplit(".", 1)[1], name, "Send of %s %r" % (paths, options))
        check(words in error.text, "with what to do: %s" % error.text)
        return
    check(False, "Send of %s %r is refused" % (paths, options))


def result(monitor, id, start=0):
    return monitor.wait("Sent", lambda arguments: arguments[0] == id, start=start)[1:]


def test_online(bench):
    server = Sends(bench)
    agent = bench.agent(server.uri, name="online", server=JSON)
    server.wait_registration()
    agent.wait_state("online")
    monitor = bench.monitor("org.lwm2md")
    with server.background():
        id = send(agent, "/1/0/1")
        same(result(monitor, id), [101, "2.04 Changed"], "what became of it")
        same(server.sends, [(110, b'[{"bn":"/1/0/1","v":300}]')], "as the standard wants it")
        id = send(agent, "/1/0/1", "/1/0/6", timestamp_usec=Variant("t", 1600000000500000))
        result(monitor, id)
        same(records(server.sends[1][1]), [("/1/0/1", 1600000000.5, 300), ("/1/0/6", 1600000000.5, True)],
             "several, with the time that was given")
        server.answers = "4.04"
        same(result(monitor, send(agent, "/3/0/16")), [101, "4.04 Not Found"], "a refusal is told")
        server.answers = "2.04"
        id = send(agent, "/3", "/1", server=Variant("q", 101))
        same(result(monitor, id), [101, "2.04 Changed"], "whole objects")
        names = [name for name, _, _ in records(server.sends[-1][1])]
        check("/1/0/23" in names and "/3/0/16" in names, "each resource by its name")
        check("/3/0/4" not in names and not any(name.startswith("/0/") for name in names), "nothing that cannot be read")
    refused(agent, "NotFound", "no such instance", "/3/7")
    refused(agent, "NotPermitted", "cannot be read", "/3/0/4")
    refused(agent, "AccessDenied", "credentials", "/0/0/0")
    refused(agent, "NoSuchServer", "102", "/3/0", server=Variant("q", 102))
    refused(agent, "InvalidArgs", "timestamp_usec", "/3/0", when=Variant("t", 1))
    return server, agent, monitor


def test_muted(server, agent, monitor):
    same(server.ask(coap.GET, "/1/0/23").payload, b"0", "a server finds that it has not muted Send")
    same(server.ask(coap.PUT, "/1/0/23", b"1", [(coap.CONTENT_FORMAT, b"")]).status, "2.04", "it mutes it")
    refused(agent, "NotPermitted", "server 101 has muted Send", "/3/0/16")
    same(server.ask(coap.PUT, "/1/0/23", b"0", [(coap.CONTENT_FORMAT, b"")]).status, "2.04", "and unmutes it")
    with server.background():
        same(result(monitor, send(agent, "/3/0/16")), [101, "2.04 Changed"], "and is sent to again")
    same(server.ask(coap.PUT, "/1/0/26", b"1", [(coap.CONTENT_FORMAT, b"")]).status, "2.04",
         "Default Notification Mode")
    same(server.exchange(coap.Message(coap.CON, coap.GET, 0, b"\x77\x78", [(coap.OBSERVE, b"")] +
                                      coap.path_options("/1/0/5")), server.client).status, "2.05", "Observe")
    server.ask(coap.PUT, "/1/0/5", b"77", [(coap.CONTENT_FORMAT, b"")])
    notification = next((message for message, _ in server.log if message.token == b"\x77\x78" and
                         message.payload == b"77"), None) or \
        server.wait(lambda message: message.token == b"\x77\x78" and message.payload == b"77")
    same(notification.type, coap.CON, "notifications are Confirmable then")


def test_offline(bench):
    """The server is away: everything comes in order, with its time, and no more than there is room for."""
    server = Sends(bench)
    agent = bench.agent(server.uri, name="offline", server=JSON + HASTY)
    server.wait_registration()
    agent.wait_state("online")
    monitor = bench.monitor("org.lwm2md")
    server.answers = None
    server.mute = True
    ids = [send(agent, "/1/0/%d" % resource) for resource in (1, 5, 6)]
    wait_until(lambda: server.pump(0.1) and False or agent.server("State") != "registered", "the server is missed", 60)
    agent.signal(signal.SIGKILL)
    agent.wait_end()
    server.mute = False
    server.answers = "2.04"
    again = bench.agent(server.uri, name="offline", server=JSON + HASTY)
    bench.wait_name("org.lwm2md")
    monitor = bench.monitor("org.lwm2md")
    server.wait_sends(1, 60)
    found = [record for _, payload in server.sends for record in records(payload)]
    same([(name, value) for name, _, value in found], [("/1/0/1", 300), ("/1/0/5", 86400), ("/1/0/6", True)],
         "after kill -9 each comes once, in order")
    check(all(when for _, when, _ in found), "with its time")
    for id in ids:
        same(result(monitor, id), [101, "2.04 Changed"], "Send %d" % id)
    check(send(again, "/1/0/1") > max(ids), "ids go on")
    again.stop()


def test_overflow(bench):
    """Nobody is there; 1 024 are kept, and the oldest are told as dropped."""
    server = Sends(bench)
    server.mute = True
    agent = bench.agent(server.uri, name="overflow", server=JSON + HASTY)
    bench.wait_name("org.lwm2md")
    monitor = bench.monitor("org.lwm2md")
    first = send(agent, "/1/0/1")
    for _ in range(1025):
        send(agent, "/1/0/1")
    for id in (first, first + 1):
        same(result(monitor, id), [101, "dropped"], "the oldest")
    server.mute = False
    server.wait_registration(60)
    wait_until(lambda: server.pump(0.05) and False or monitor.count("Sent", lambda told: told[2] == "2.04 Changed") == 1024,
               "all others are sent", 120)
    check(len(server.sends) < 200, "several in a message: %d messages" % len(server.sends))
    same(sum(len(records(payload)) for _, payload in server.sends), 1024, "each once")
    agent.stop()
    check(any("were dropped" in line for line in agent.lines), "and the journal says so")


def test_old(bench):
    server = Sends(bench)
    agent = bench.agent(server.uri, name="old", server="Version=1.0\n")
    server.wait_registration()
    agent.wait_state("online")
    refused(agent, "NotPermitted", "speaks LwM2M 1.0", "/3/0/16")
    agent.stop()


def test_cbor(bench):
    server = Sends(bench)
    agent = bench.agent(server.uri, name="cbor", server="SendFormat=lwm2m-cbor\n")
    server.wait_registration()
    agent.wait_state("online")
    monitor = bench.monitor("org.lwm2md")
    with server.background():
        result(monitor, send(agent, "/1/0/1"))
        result(monitor, send(agent, "/1/0/1", timestamp_usec=Variant("t", 1600000000000000)))
        result(monitor, send(agent, "/3"))
    same(server.sends[0], (11544, bytes.fromhex("a1830100 01 19012c".replace(" ", ""))), "LwM2M CBOR")
    same(server.sends[1], (112, bytes.fromhex("81a321662f312f302f3122 1a5f5e1000 0219012c".replace(" ", ""))),
         "SenML CBOR, where there is a time")
    agent.stop()


def test_asleep(bench):
    """In queue mode a Send is one of the things that wake the client."""
    server = Sends(bench)
    agent = bench.agent(server.uri, name="asleep", server=JSON + "QueueMode=yes\nAwakeTime=1s\n")
    server.wait_registration()
    agent.wait_state("online")
    monitor = bench.monitor("org.lwm2md")
    with server.background():
        wait_until(lambda: agent.server("State") == "asleep", "it falls asleep")
        same(result(monitor, send(agent, "/1/0/1")), [101, "2.04 Changed"], "what is sent goes out at once")
        same(agent.server("State"), "registered", "and it is awake")
    agent.stop()


def test_server(bench):
    """Our own server tells what was sent, and refuses what is not registered."""
    server = bench.server()
    agent = bench.agent(server.uri, name="both")
    server.wait_client()
    agent.wait_state("online")
    monitor, told = bench.monitor("org.lwm2md"), bench.monitor("org.lwm2md.TestServer")
    for format, following in (("senml-cbor", "senml-json"), ("senml-json", "lwm2m-cbor"), ("lwm2m-cbor", None)):
        id = send(agent, "/1/0/1", "/1/0/6")
        same(result(monitor, id), [101, "2.04 Changed"], "the test server takes it")
        same(told.wait("Sent"), [[("/1/0/1", 300, 0), ("/1/0/6", True, 0)], format],
             "and tells it, with path, value and no time")
        same(server.property("Sends"), 1, "and counts it")
        told.signals.clear()
        if following:
            agent.configuration.write_text(agent.configuration.read_text().replace("SendFormat=%s\n" % format, "")
                                           .replace("Lifetime=300\n", "Lifetime=300\nSendFormat=%s\n" % following))
            agent.call("Reload")
            agent.wait_state("online")
            wait_until(lambda: server.is_registered() and server.property("Sends") == 0, "a new registration")
    id = send(agent, "/1/0/1", timestamp_usec=Variant("t", 1600000000500000))
    result(monitor, id)
    same(told.wait("Sent", lambda arguments: arguments[0][0][2] != 0),
         [[("/1/0/1", 300, 1600000000500000)], "senml-cbor"], "and with its time")
    agent.stop()
    client = ForeignClient(bench, server, "ep=dev2&lwm2m=1.1", b"</1/0>,</3/0>")
    for status, payload, text in (("2.04", b'[{"n":"/3/0/0","vs":"x"}]', "what is registered"),
                                  ("4.04", b'[{"n":"/4/0/0","v":1}]', "what is not"),
                                  ("4.00", b'[{"n":', "what cannot be read")):
        answer = client.endpoint.request(coap.POST, "/dp", server.address, payload,
                                         [(coap.CONTENT_FORMAT, coap.uint(110))])
        same(answer.status, status, text)
    stranger = bench.endpoint()
    same(stranger.request(coap.POST, "/dp", server.address, b"[]", [(coap.CONTENT_FORMAT, coap.uint(110))]).status,
         "4.04", "who is not registered")


def main(bench):
    server, agent, monitor = test_online(bench)
    test_muted(server, agent, monitor)
    agent.stop()
    test_offline(bench)
    test_overflow(bench)
    test_old(bench)
    test_cbor(bench)
    test_asleep(bench)
    test_server(bench)


run(main)
