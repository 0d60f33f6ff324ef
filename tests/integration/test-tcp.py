#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent and the test server over TCP and TLS, with each other and against a codec of our own."""

import os
import random
import socket
import time

import coap
from coap import Message
from lib import AGENT, BusError, Failed, Variant, check, run, same, wait_until

KEY, OTHER = "000102030405060708090a0b0c0d0e0f", "ff" * 16


def write(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return path


def is_state(agent, state, ssid=101):
    try:
        return agent.server("State", ssid) == state
    except BusError:
        return False


def wait_error(agent, words, ssid=101, seconds=60):
    def is_told():
        try:
            return words in agent.server("LastError", ssid)[1]
        except BusError:
            return False
    try:
        wait_until(is_told, "the error '%s'" % words, seconds)
    except Failed:
        raise Failed("LastError of %d is %r, not %r" % (ssid, agent.server("LastError", ssid), words)) from None
    check(True, "LastError of %d says '%s'" % (ssid, words))


# --- with the test server


def works(agent, server, scheme):
    server.wait_client()
    check(server.uri.startswith(scheme + "://"), "the server listens at %s://" % scheme)
    same(server.property("Binding"), "T", "the binding that was told")
    same(agent.server("Binding"), "T", "Server1 has it too")
    same(agent.server("Address"), server.uri.split("//")[1], "Server1 has the address")
    same(server.read("/3/0/16"), ["2.05 Content", {"/3/0/16": "UT"}], "the bindings of the device")
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write")
    same(server.read("/1/0/1")[1], {"/1/0/1": 600}, "what was written")
    same(server.observe("/1/0/1")[0], "2.05 Content", "Observe")
    signals = server.bench.monitor("org.lwm2md.TestServer")
    same(server.write("/1/0/1", 700), "2.04 Changed", "Write of what is observed")
    signals.wait("Notified")
    same(server.cancel("/1/0/1"), "2.05 Content", "Cancel")
    data = {0: Variant("ay", os.urandom(30000))}
    same(server.create("/19", {"0": Variant("a{qv}", data)}, instance=7), ["2.01 Created", "/19/7"], "Create in blocks")
    got = server.read("/19/7/0/0")[1]["/19/7/0/0"]
    check(bytes(got) == data[0].value, "what it made, read in blocks")
    check(any("2.31" in line for line in server.lines), "there were blocks")
    counters = agent.server("Counters")
    check(counters["bytes_sent"] > 30000 and counters["bytes_received"] > 30000,
          "bytes are counted: %d and %d" % (counters["bytes_sent"], counters["bytes_received"]))


def with_server(bench, scheme, options, lines):
    server = bench.server(*options, listen="%s://127.0.0.1:0" % scheme, name="server-" + scheme)
    agent = bench.agent(server.uri, server=lines, name="agent-" + scheme)
    works(agent, server, scheme)
    again(bench, agent, server, scheme, options)
    agent.stop()
    server.stop()


def again(bench, agent, server, scheme, options):
    """The server is killed and comes back without memory: registered again, unaided."""
    port = server.port
    server.kill()
    wait_error(agent, "the peer closed the connection" if agent.is_running() else "")
    server = bench.server(*options, listen="%s://127.0.0.1:%d" % (scheme, port), name="server-again-" + scheme)
    server.wait_client(60)
    check(True, "registered again after the server was killed")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read after that")
    agent.stop()
    server.wait_no_client()
    server.stop()


# --- with a server of our own


class RawServer:
    """Listens, and takes the agent's connections one after the other."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.registrations, self.updates = [], []
        self.stream = None

    @property
    def uri(self):
        return "coap+tcp://127.0.0.1:%d" % self.port

    def serve(self, request):
        if request.path() == "/rd":
            self.registrations.append(request)
            return Message(code=coap.code("2.01"), options=[(coap.LOCATION_PATH, b"rd"), (coap.LOCATION_PATH, b"5a3f")])
        if request.path() == "/rd/5a3f":
            self.updates.append(request)
            return Message(code=coap.code("2.04"))
        return Message(code=coap.code("4.04"))

    def accept(self, greet=True, **keywords):
        self.listening.settimeout(60)
        self.stream = coap.Stream(self.listening.accept()[0], greet=greet, **keywords)
        self.stream.serve = self.serve
        return self.stream

    def close(self):
        self.stream.close()
        self.listening.close()


def registration(server):
    """The bytes that the agent begins with."""
    stream = server.accept(greet=False)
    csm = stream.wait(lambda message: True)
    same(csm.encode_stream().hex(), "40e122048020", "the first message is a CSM")
    stream.send(bytes.fromhex("40e122048020"))
    register = stream.wait(lambda message: message.path() == "/rd")
    same(register.query()[1:], ["lt=300", "lwm2m=1.2", "b=T"], "the query of Register")
    return stream


def reads(server, stream):
    answer = stream.request(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.TEXT))])
    same((answer.status, answer.payload), ("2.05", b"UT"), "Read")
    answer = stream.request(coap.GET, "/3/0/16", options=[(coap.ACCEPT, coap.uint(coap.TEXT))], pieces=1)
    same((answer.status, answer.payload), ("2.05", b"UT"), "Read that came byte by byte")
    answer = stream.request(coap.PUT, "/1/0/1", b"3" + b"0" * 2, [(coap.CONTENT_FORMAT, b"")], pieces=1)
    same(answer.status, "2.04", "Write that came byte by byte")
    stream.send(Message(code=coap.PING, token=b"abc", options=[(coap.CUSTODY, b"")]))
    same(stream.wait(lambda message: message.code == coap.PONG).token, b"abc", "Pong")
    # pipelined: answers to all, in order
    tokens = [bytes([1, number]) for number in range(64)]
    stream.send(b"".join(Message(code=coap.GET, token=token, options=coap.path_options("/3/0/16")).encode_stream()
                         for token in tokens))
    got = [stream.wait(lambda message: message.code == coap.code("2.05")).token for _ in tokens]
    same(got, tokens, "answers to 64 requests at once")
    answer = stream.request(coap.GET, "/3/0", options=[(coap.BLOCK2, bytes([7]))])
    same(answer.status, "4.02", "blocks of several at once (BERT) are declined")
    check(not stream.closed, "and the connection stays")


def bodies(server, stream):
    """A body of 20 000 bytes in blocks, both ways."""
    data = os.urandom(20000)
    # TLV: /19/3 with resource 0, instance 0, of 20000 bytes
    inner = bytes([0x70, 0x00]) + len(data).to_bytes(2, "big") + data
    inner = bytes([0b01010000, 0x00]) + len(data).to_bytes(2, "big") + data
    resource = bytes([0b10010000, 0x00]) + len(inner).to_bytes(2, "big") + inner
    body = bytes([0b00010000, 0x03]) + len(resource).to_bytes(2, "big") + resource
    for number in range(0, (len(body) + 1023) // 1024):
        part = body[number * 1024:][:1024]
        more = (number + 1) * 1024 < len(body)
        answer = stream.request(coap.POST, "/19", part, [
            (coap.CONTENT_FORMAT, coap.uint(coap.TLV)), (coap.BLOCK1, coap.block_option(number, more, 1024))])
        if more and answer.status != "2.31":
            raise Failed("block %d: %r" % (number, answer))
    same(answer.status, "2.01", "Create of 20 000 bytes")
    got, number, more = b"", 0, True
    while more:
        answer = stream.request(coap.GET, "/19/3/0/0", options=[
            (coap.ACCEPT, coap.uint(coap.OPAQUE)), (coap.BLOCK2, coap.block_option(number, False, 1024))])
        got, more, number = got + answer.payload, answer.block(coap.BLOCK2)[1], number + 1
    check(got == data, "and Read of it")


def observes(server, stream):
    token = b"watch"
    stream.send(Message(code=coap.GET, token=token, options=coap.path_options("/1/0/1") + [
        (coap.OBSERVE, b""), (coap.ACCEPT, coap.uint(coap.TEXT))]))
    same(stream.wait(lambda message: message.token == token).payload, b"300", "Observe")
    for number in range(5):
        stream.request(coap.PUT, "/1/0/1", b"40%d" % number, [(coap.CONTENT_FORMAT, b"")])
    wait = time.monotonic() + 10
    while not any(message.token == token and message.payload == b"404" for message in stream.log):
        stream.pump(0.5)
        if time.monotonic() > wait:
            raise Failed("no notification of the last value")
    values = [int(message.payload) for message in stream.log if message.token == token]
    same(values, sorted(values), "notifications come in order")
    stream.send(Message(code=coap.GET, token=token, options=coap.path_options("/1/0/1") + [
        (coap.OBSERVE, b"\x01"), (coap.ACCEPT, coap.uint(coap.TEXT))]))
    answer = stream.wait(lambda message: message.token == token)
    same((answer.status, answer.first(coap.OBSERVE)), ("2.05", None), "Cancel by Observe 1")
    count = sum(1 for message in stream.log if message.token == token)
    stream.request(coap.PUT, "/1/0/1", b"300", [(coap.CONTENT_FORMAT, b"")])
    stream.pump(0.5)
    same(sum(1 for message in stream.log if message.token == token), count, "and none comes after it")


def flood(server, stream):
    """Messages that are whole, with anything in them."""
    chance = random.Random(8323)
    paths = ("/3/0", "/3/0/13", "/1/0/1", "/19", "/19/3", "/33", "/rd", "/", "/65535/1/2/3", "/3/0/16?pmin=x")
    numbers = (1, 3, 4, 6, 12, 17, 23, 27, 28, 60, 35, 252, 292, 258, 2049, 65000)
    for burst in range(100):
        for _ in range(30):
            code = chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 31, 0x41, 0x45, 0x5f, 0x80, 0x84, 0xa0, 0))
            options = coap.path_options(chance.choice(paths)) + [
                (chance.choice(numbers), chance.randbytes(chance.choice((0, 1, 2, 3, 4, 9, 40))))
                for _ in range(chance.randrange(4))]
            if code == coap.POST and chance.random() < 0.9:
                code = coap.GET  # Executes would send it away
            stream.send(Message(code=code, token=chance.randbytes(chance.randrange(9)), options=options,
                                payload=chance.randbytes(chance.choice((0, 0, 1, 20, 300)))))
            while stream.pump(0):
                pass
    same(stream.request(coap.GET, "/3/0/16", options=[(coap.ACCEPT, b"")]).payload, b"UT",
         "it answers after 3000 messages of anything")
    del stream.log[:]


def cuts(agent, server, stream):
    """The connection breaks, in every way: Update at the same place, no Register."""
    def close(stream):
        while stream.pump(0.2):  # with bytes that nobody has read the kernel would send a RST
            pass
        stream.close()

    ends = [
        ("closed", close, "closed the connection"),
        ("Release", lambda s: s.send(bytes.fromhex("00e4")), "asked to end the connection"),
        ("Abort", lambda s: s.send(bytes.fromhex("40e5ff6e6f21")), "aborted the connection: 'no!'"),
        ("garbage", lambda s: s.send(bytes(range(200, 256)) * 4), "breaks the rules of CoAP over TCP"),
        ("a length of 4 GiB", lambda s: s.send(bytes.fromhex("f0ffffffff01")), "breaks the rules of CoAP over TCP"),
        ("half a message", lambda s: (s.send(bytes.fromhex("e0ff")), close(s)), "closed the connection"),
    ]
    for name, end, words in ends:
        before = len(server.updates)
        end(stream)
        stream = server.accept()
        stream.wait(lambda message: message.path() == "/rd/5a3f", 30)
        wait_until(lambda: is_state(agent, "registered"), "registered after: " + name)
        check(words in agent.server("LastError")[1], "%s: LastError is %r" % (name, agent.server("LastError")[1]))
        same((len(server.registrations), len(server.updates)), (1, before + 1), "an Update, and no Register")
        same(stream.request(coap.GET, "/3/0/16").status, "2.05", "Read after that")
    return stream


def silence(bench):
    """Servers that take the connection and say nothing, or nothing that is CoAP: told, and tried again."""
    mute, http = RawServer(), RawServer()
    sections = ("[Server http]\nUri=%s\nShortServerId=102\n[Server closed]\nUri=coap+tcp://127.0.0.1:9\n"
                "ShortServerId=103\n" % http.uri)
    agent = bench.agent(mute.uri, name="agent-silence", sections=sections)
    bench.wait_name(AGENT)
    mute.accept(greet=False)
    http.accept(greet=False).send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    wait_error(agent, "breaks the rules of CoAP over TCP", 102)
    wait_error(agent, "Connection refused", 103)
    wait_error(agent, "it sends no CSM", 101)
    mute.accept()
    mute.stream.wait(lambda message: message.path() == "/rd")
    wait_until(lambda: is_state(agent, "registered"), "registered when the server speaks")
    agent.stop()
    mute.close()
    http.close()


def with_raw_server(bench):
    server = RawServer()
    agent = bench.agent(server.uri, name="agent-raw", server="AckTimeout=1s\nMaxRetransmit=1\n")
    stream = registration(server)
    reads(server, stream)
    bodies(server, stream)
    observes(server, stream)
    flood(server, stream)
    stream = cuts(agent, server, stream)
    agent.signal(15)
    stream.wait(lambda message: message.path() == "/rd/5a3f" and message.code == coap.DELETE)
    agent.wait_end()
    server.close()


# --- clients of our own at the test server


def with_raw_clients(bench):
    server = bench.server(listen="coap+tcp://127.0.0.1:0", name="server-raw")
    for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200), b"GET / HTTP/1.1\r\n\r\n",
                 bytes.fromhex("f0ffffffff"), random.Random(1).randbytes(2000), b"\xff" * 100):
        client = coap.Stream.connect(server.address, greet=False)
        client.send(data)
        came = client.wait_end()
        check(came[-1].code == coap.ABORT, "an Abort that says %r" % came[-1].payload)
        client.close()
    idle = [socket.create_connection(server.address) for _ in range(30)]  # and say nothing
    client = coap.Stream.connect(server.address, greet=False)
    client.send(Message(code=coap.CSM))  # no options: their defaults
    client.serve = lambda request: Message(code=coap.code("2.05"), payload=b"x" * 900)
    register = Message(code=coap.POST, token=b"t", payload=b"</1/0>,</3/0>", options=coap.path_options(
        "/rd?ep=dev1&lt=60&lwm2m=1.1&b=T") + [(coap.CONTENT_FORMAT, coap.uint(coap.LINK))])
    client.send(register, pieces=1)
    same(client.wait(lambda message: message.token == b"t").status, "2.01", "Register, byte by byte")
    server.wait_client()
    client.close()
    wait_until(lambda: any("listening" in line for line in server.lines), "the server runs on")
    for connection in idle:
        connection.close()
    client = coap.Stream.connect(server.address)
    same(client.request(coap.POST, "/rd/nothing").status, "4.04", "the server still answers")
    client.close()
    server.stop()


def main(bench):
    keys = write(bench.directory / "keys", "gateway %s dev1\n" % KEY)
    good = write(bench.directory / "good.key", KEY + "\n")
    wrong = write(bench.directory / "wrong.key", OTHER + "\n")
    with_raw_server(bench)
    with_raw_clients(bench)
    silence(bench)
    with_server(bench, "coap+tcp", [], "")
    psk = "Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n"
    with_server(bench, "coaps+tcp", ["--keys", str(keys)], psk % good)
    server = bench.server("--keys", str(keys), listen="coaps+tcp://127.0.0.1:0", name="server-wrong")
    agent = bench.agent(server.uri, server=psk % wrong, name="agent-wrong")
    wait_error(agent, "compare PskIdentity= and the key at both ends")
    for line in agent.lines:
        check(OTHER not in line and KEY not in line, "no key in: " + line[:60])


run(main)
