#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Server1: Register, Deregister, what is observed, and what went over the network."""

import coap
from lib import AGENT, BusError, ForeignServer, check, run, same, wait_until

SERVER = "/org/lwm2md/server/101"


class CountingSocket:
    """A socket that counts as the agent should: every datagram, whatever it is."""

    def __init__(self, socket):
        self.socket = socket
        self.sent, self.received = [0, 0], [0, 0]  # messages, bytes

    def __getattr__(self, name):
        return getattr(self.socket, name)

    def sendto(self, data, address):
        self.sent = [self.sent[0] + 1, self.sent[1] + len(data)]
        return self.socket.sendto(data, address)

    def recvfrom(self, size):
        data, address = self.socket.recvfrom(size)
        self.received = [self.received[0] + 1, self.received[1] + len(data)]
        return data, address


def call(bench, member, signature="", *arguments):
    return bench.call(AGENT, SERVER, "org.lwm2md.Server1", member, signature, *arguments)


def counters(agent):
    return agent.server("Counters")


def numbers(socket):
    return {"messages_sent": socket.received[0], "messages_received": socket.sent[0],
            "bytes_sent": socket.received[1], "bytes_received": socket.sent[1]}


def same_numbers(agent, wanted, text):
    found = {}

    def they_are():
        found.update(counters(agent))
        return all(found[key] == number for key, number in wanted.items())
    wait_until(they_are, text, 10)
    check(True, text + ": %r" % wanted)


def test_wishes(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="wishes")
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
        call(bench, "Register")
        wait_until(lambda: len(server.registrations) == 2, "another Register")
        same(server.deregistrations, [], "Register registers anew, without De-register")
        wait_until(lambda: agent.server("State") == "registered", "the registration")
        same(agent.server("Location"), "/rd/2", "at its new place")
        call(bench, "Deregister")
        wait_until(lambda: agent.server("State") == "disabled", "the state 'disabled'")
        same([request.path() for request in server.deregistrations], ["/rd/2"], "Deregister de-registers")
        same(agent.server("NextUpdateUsec"), 0, "nothing more is planned")
        agent.call("Update")
        call(bench, "Update")
        same(agent.server("State"), "disabled", "Updates do not bring it back")
        try:
            call(bench, "Disable", "u", 1)
            check(False, "Disable is refused")
        except BusError as error:
            same(error.name, "org.lwm2md.Error.NotRegistered", "nor Disable")
        call(bench, "Register")
        wait_until(lambda: len(server.registrations) == 3, "the Register")
        wait_until(lambda: agent.server("State") == "registered", "the registration")
        check(True, "Register brings it back")
        call(bench, "Deregister")
        wait_until(lambda: agent.server("State") == "disabled", "the state 'disabled'")
        agent.stop()
    agent = bench.agent(server.uri, name="wishes")
    with server.background():
        wait_until(lambda: len(server.registrations) == 4, "the Register")
        check(True, "and so does a restart")
        agent.stop()


def test_observations(bench):
    server = bench.server()
    agent = bench.agent(server.uri, name="observations")
    server.wait_client()
    agent.wait_name()
    same(call(bench, "ListObservations", "uu", 0, 0), [[]], "nothing is observed")
    for path in ("/1/0/1", "/1/0", "/3/0/16"):
        same(server.observe(path)[0], "2.05 Content", "Observe " + path)
    listed = dict(call(bench, "ListObservations", "uu", 0, 0)[0])
    same(sorted(listed), ["/1/0", "/1/0/1", "/3/0/16"], "the paths")
    one = listed["/1/0/1"]
    same((one["value"], one["attributes"], one["sequence"]), ({"/1/0/1": 300}, {}, 1), "the first answer")
    check(1700000000 * 10**6 < one["sent_usec"] < 2**62, "it has a time")
    agent.call("Write", "sv", "/1/0/1", 400)

    def is_told():
        after = dict(call(bench, "ListObservations", "uu", 0, 0)[0])
        return after["/1/0/1"]["value"] == {"/1/0/1": 400} and after["/1/0"]["value"]["/1/0/1"] == 400 and after
    after = wait_until(is_told, "what was notified")
    same(after["/1/0/1"]["sequence"], 2, "the number of the notification")
    check(after["/1/0/1"]["sent_usec"] > one["sent_usec"], "and its time")
    pages = [call(bench, "ListObservations", "uu", offset, 2)[0] for offset in (0, 2, 3)]
    same([len(page) for page in pages], [2, 1, 0], "page by page")
    same(sorted(path for page in pages for path, _ in page), sorted(listed), "nothing is missed")
    check("sequence" in bench.busctl("call", "--", AGENT, SERVER, "org.lwm2md.Server1", "ListObservations", "uu",
                                     "0", "0"), "busctl shows it")
    agent.stop()
    server.stop()


def test_signals(bench):
    """Operations are signalled; Reads, which come by the thousand, are not."""
    server = bench.server()
    agent = bench.agent(server.uri, name="signals")
    server.wait_client()
    monitor = bench.monitor(AGENT)
    for path in ("/1/0/1", "/3/0", "/3"):
        server.read(path)
        server.discover(path)
    same(server.write("/1/0/1", 600), "2.04 Changed", "a Write")
    same(monitor.wait("Operation"), [101, "Write", "/1/0/1", "2.04 Changed"],
         "is the first operation that is signalled: the Reads and Discovers before it are not")
    agent.stop()
    server.stop()


def test_counters(bench):
    server = ForeignServer(bench)
    server.socket = CountingSocket(server.socket)
    agent = bench.agent(server.uri, name="counters", server="Lifetime=86400")
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
    server.ask(coap.GET, "/3")
    server.ask(coap.GET, "/3/0/16", type=coap.NON)
    server.send(b"\x40\x00\x12\x34", server.client)  # a CoAP ping, answered by RST
    server.wait(lambda message: message.type == coap.RST)
    with server.background():
        same_numbers(agent, numbers(server.socket), "what the server counted, the agent did")
        same(counters(agent)["month_bytes_sent"], server.socket.received[1], "all of it in this month")
        same(counters(agent)["last_month_bytes_sent"], 0, "nothing in the last one")
        same(agent.call("Read", "s", "/3/0/16"), [{"/3/0/16": "UT"}], "a Read of this host")
        same_numbers(agent, numbers(server.socket), "is not counted")
        agent.stop()
    document = agent.state / "counters"
    same(document.stat().st_mode & 0o777, 0o600, "they are kept, for the agent alone")
    agent = bench.agent(server.uri, name="counters", server="Lifetime=86400")
    server.wait_registration(count=2)
    with server.background():
        agent.wait_state("online")
        same_numbers(agent, numbers(server.socket), "and go on after a restart")
        agent.stop()


def test_late(bench):
    """SIGTERM while the answer to the Register is on its way."""
    server = ForeignServer(bench)
    answer = server.serve
    server.serve = lambda request, address: None
    agent = bench.agent(server.uri, name="late")
    register = server.wait(lambda message: message.path() == "/rd", what="a Register")
    address = server.log[-1][1]
    agent.signal(15)
    server.serve = answer
    server.answer(register, address)
    server.wait(lambda message: message.code == coap.DELETE, 10, "the De-register")
    same(agent.wait_end(), 0, "the agent ends")
    same([request.path() for request in server.deregistrations], ["/rd/1"],
         "a Register that is answered late is taken back")


def main(bench):
    test_wishes(bench)
    test_observations(bench)
    test_signals(bench)
    test_counters(bench)
    test_late(bench)


run(main)
