# SPDX-License-Identifier: LGPL-2.1-or-later
"""CoAP over UDP and TCP as RFC 7252, 7641, 7959 and 8323 have it, for a peer that shares no code with the product."""

import os
import random
import select
import socket
import threading
import time

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE, FETCH, PATCH, IPATCH = range(1, 8)

IF_MATCH, URI_HOST, ETAG, IF_NONE_MATCH, OBSERVE, URI_PORT, LOCATION_PATH = 1, 3, 4, 5, 6, 7, 8
URI_PATH, CONTENT_FORMAT, MAX_AGE, URI_QUERY, ACCEPT = 11, 12, 14, 15, 17
BLOCK2, BLOCK1, SIZE2, SIZE1 = 23, 27, 28, 60

TEXT, LINK, OPAQUE, CBOR, SENML_JSON, SENML_CBOR, TLV = 0, 40, 42, 60, 110, 112, 11542
CSM, PING, PONG, RELEASE, ABORT = 0xe1, 0xe2, 0xe3, 0xe4, 0xe5
MAX_MESSAGE_SIZE, BLOCKWISE, CUSTODY = 2, 4, 2

ETCH_JSON, ETCH_CBOR, JSON, LWM2M_CBOR = 320, 322, 11543, 11544


def code(text):
    """The code byte of "4.04"."""
    major, minor = text.split(".")
    return int(major) << 5 | int(minor)


def dotted(byte):
    return "%d.%02d" % (byte >> 5, byte & 31)


def uint(number):
    """An option's integer: as few bytes as will do, none for 0."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


class Malformed(Exception):
    """What came is not a CoAP message."""


class Message:
    """One message; options are (number, value) pairs, by ascending number when written."""

    def __init__(self, type=CON, code=0, mid=0, token=b"", options=(), payload=b""):
        self.type, self.code, self.mid, self.token = type, code, mid, token
        self.options, self.payload = list(options), payload

    def __repr__(self):
        kind = ("CON", "NON", "ACK", "RST")[self.type]
        return "%s %s mid=%d token=%s %r %r" % (
            kind, dotted(self.code), self.mid, self.token.hex(), self.options, self.payload[:80])

    @property
    def status(self):
        return dotted(self.code)

    def is_request(self):
        return 1 <= self.code < 32

    def all(self, number):
        return [value for at, value in self.options if at == number]

    def first(self, number):
        return next(iter(self.all(number)), None)

    def number(self, number):
        value = self.first(number)
        return None if value is None else int.from_bytes(value, "big")

    def path(self):
        return "/" + "/".join(part.decode() for part in self.all(URI_PATH))

    def query(self):
        return [part.decode() for part in self.all(URI_QUERY)]

    def block(self, number):
        """(number, more, size) of a Block option, or None."""
        value = self.number(number)
        return None if value is None else (value >> 4, bool(value & 8), 1 << ((value & 7) + 4))

    def encode(self):
        head = bytes([1 << 6 | self.type << 4 | len(self.token), self.code])
        return head + self.mid.to_bytes(2, "big") + self.token + self.encode_rest()

    def encode_stream(self):
        """For a byte stream: length and token length, code, token."""
        rest = self.encode_rest()
        length, more = stream_length(len(rest))
        return bytes([length << 4 | len(self.token)]) + more + bytes([self.code]) + self.token + rest

    def encode_rest(self):
        """Options and payload."""
        out = bytearray()
        before = 0
        for number, value in sorted(self.options, key=lambda option: option[0]):
            delta, delta_more = nibble(number - before)
            length, length_more = nibble(len(value))
            out += bytes([delta << 4 | length]) + delta_more + length_more + value
            before = number
        if self.payload:
            out += b"\xff" + self.payload
        return bytes(out)

    @classmethod
    def decode(cls, data):
        if len(data) < 4 or data[0] >> 6 != 1 or data[0] & 15 > 8 or len(data) < 4 + (data[0] & 15):
            raise Malformed(data.hex())
        self = cls(data[0] >> 4 & 3, data[1], int.from_bytes(data[2:4], "big"), data[4:4 + (data[0] & 15)])
        return self.decode_rest(data, 4 + (data[0] & 15))

    @classmethod
    def decode_stream(cls, data):
        """(message, its bytes) from the begin of a stream; None when it is not whole yet."""
        if not data:
            return None
        bits, tokens = data[0] >> 4, data[0] & 15
        width, base = {13: (1, 13), 14: (2, 269), 15: (4, 65805)}.get(bits, (0, bits))
        length = int.from_bytes(data[1:1 + width], "big") + base
        head = 1 + width + 1 + tokens
        if len(data) < head + length or len(data) < 1 + width:
            return None
        if tokens > 8:
            raise Malformed(data.hex())
        self = cls(CON, data[1 + width], 0, data[2 + width:head])
        return self.decode_rest(data[:head + length], head), head + length

    def decode_rest(self, data, at):
        number = 0
        while at < len(data) and data[at] != 0xff:
            first, at = data[at], at + 1
            delta, at = extended(data, at, first >> 4)
            length, at = extended(data, at, first & 15)
            number += delta
            if at + length > len(data):
                raise Malformed(data.hex())
            self.options.append((number, data[at:at + length]))
            at += length
        if at < len(data):
            self.payload = data[at + 1:]
            if not self.payload:
                raise Malformed(data.hex())
        return self


def nibble(number):
    """The four bits of an option's delta or length, and the bytes that follow them."""
    if number < 13:
        return number, b""
    if number < 269:
        return 13, bytes([number - 13])
    return 14, (number - 269).to_bytes(2, "big")


def stream_length(number):
    """The nibble of a message's length on a stream, and the bytes that follow it."""
    if number < 13:
        return number, b""
    if number < 269:
        return 13, bytes([number - 13])
    if number < 65805:
        return 14, (number - 269).to_bytes(2, "big")
    return 15, (number - 65805).to_bytes(4, "big")


def extended(data, at, bits):
    if bits < 13:
        return bits, at
    width = {13: 1, 14: 2}.get(bits)
    if width is None or at + width > len(data):
        raise Malformed(data.hex())
    return int.from_bytes(data[at:at + width], "big") + (13 if bits == 13 else 269), at + width


def path_options(path):
    """Uri-Path and Uri-Query options of "/3/0?pmin=10"."""
    way, _, query = path.partition("?")
    options = [(URI_PATH, part.encode()) for part in way.strip("/").split("/") if part]
    return options + [(URI_QUERY, part.encode()) for part in query.split("&") if part]


def block_option(number, more, size):
    """The value of a Block1 or Block2 option."""
    return uint(number << 4 | (8 if more else 0) | size.bit_length() - 5)


class Timeout(Exception):
    """No answer in time."""


class Background:
    """An endpoint at work in a thread."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def _work(self):
        while not self.ended.is_set():
            self.endpoint.pump(0.05)

    def __enter__(self):
        self.thread.start()
        return self.endpoint

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(10)


class Endpoint:
    """
    A UDP socket that speaks CoAP: repeats what is not acknowledged, answers requests by `serve`, keeps all that
    came in `log`. Nothing happens in the background: only while somebody waits.
    """

    def __init__(self, address="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.setblocking(False)
        self.mid = random.randrange(65536)
        self.log = []  # (message, address)
        self.serve = lambda message, address: Message(code=code("4.04"))
        self.mute = False  # take nothing, answer nothing

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def close(self):
        self.socket.close()

    def next_mid(self):
        self.mid = (self.mid + 1) % 65536
        return self.mid

    def send(self, message, address):
        self.socket.sendto(message if isinstance(message, bytes) else message.encode(), address)

    def pump(self, seconds):
        """Takes one datagram; None when there is none in time."""
        readable, _, _ = select.select([self.socket], [], [], max(0, seconds))
        if not readable:
            return None
        try:
            data, address = self.socket.recvfrom(65536)
        except OSError:  # ICMP from an earlier datagram
            return None
        if self.mute:
            return None
        message = Message.decode(data)
        self.log.append((message, address))
        if message.is_request():
            self.answer(message, address)
        elif message.type == CON and message.code:
            self.send(Message(ACK, 0, message.mid), address)
        return message, address

    def background(self):
        """Serves in a thread as long as the block lasts; only `log` may be looked at meanwhile."""
        return Background(self)

    def answer(self, request, address):
        """Sends what `serve` says, piggybacked; nothing if it says None."""
        reply = self.serve(request, address)
        if reply is None:
            return
        reply.token = request.token
        reply.type, reply.mid = (ACK, request.mid) if request.type == CON else (NON, self.next_mid())
        self.send(reply, address)

    def wait(self, wanted, seconds=30, what="a message"):
        """The first message from now on for which `wanted(message)` is true."""
        deadline = time.monotonic() + seconds
        while True:
            got = self.pump(deadline - time.monotonic())
            if got is not None and wanted(got[0]):
                return got[0]
            if time.monotonic() >= deadline:
                raise Timeout("%s did not come within %d s" % (what, seconds))

    def exchange(self, message, address, seconds=30):
        """Sends a request, repeats it as a CON is, and waits for the answer with its token."""
        if not message.token:
            message.token = os.urandom(4)
        message.mid = message.mid or self.next_mid()
        deadline, timeout = time.monotonic() + seconds, 2.0
        acknowledged = message.type == NON
        self.send(message, address)
        repeat = time.monotonic() + timeout
        while time.monotonic() < deadline:
            until = deadline if acknowledged else min(deadline, repeat)
            got = self.pump(until - time.monotonic())
            if got is None:
                if not acknowledged and time.monotonic() >= repeat:
                    self.send(message, address)
                    timeout *= 2
                    repeat = time.monotonic() + timeout
                continue
            answer = got[0]
            if answer.mid == message.mid and answer.type in (ACK, RST):
                acknowledged = True
                if answer.type == RST:
                    return answer
            if answer.token == message.token and answer.code and not answer.is_request():
                return answer
        raise Timeout("%r was not answered within %d s" % (message, seconds))

    def request(self, method, path, address, payload=b"", options=(), type=CON, seconds=30):
        """One request by method and path."""
        message = Message(type, method, options=path_options(path) + list(options), payload=payload)
        return self.exchange(message, address, seconds)


class Closed(Exception):
    """The other side ended the connection."""


class Stream:
    """
    One TCP connection that speaks CoAP: tells its capabilities at once, answers Ping, and requests by `serve`; keeps
    all that came in `log`. Nothing happens in the background.
    """

    def __init__(self, connection, greet=True, size=1152):
        self.socket = connection
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.data = b""
        self.log = []
        self.closed = False
        self.serve = lambda message: Message(code=code("4.04"))
        if greet:
            self.send(Message(code=CSM, options=[(MAX_MESSAGE_SIZE, uint(size)), (BLOCKWISE, b"")]))

    @classmethod
    def connect(cls, address, **keywords):
        return cls(socket.create_connection(address, 10), **keywords)

    def close(self):
        self.socket.close()

    def send(self, message, pieces=None):
        """A message or bytes, at once or in pieces of so many bytes."""
        data = message if isinstance(message, bytes) else message.encode_stream()
        self.socket.settimeout(20)
        for at in range(0, len(data), pieces or len(data) or 1):
            self.socket.sendall(data[at:at + (pieces or len(data))])
            if pieces:
                time.sleep(0.002)
        self.socket.setblocking(False)

    def pump(self, seconds):
        """Takes one message; None when there is none in time."""
        deadline = time.monotonic() + max(0, seconds)
        while True:
            whole = Message.decode_stream(self.data)
            if whole:
                break
            readable, _, _ = select.select([self.socket], [], [], max(0, deadline - time.monotonic()))
            if not readable:
                return None
            try:
                more = self.socket.recv(65536)
            except ConnectionError:
                more = b""
            if not more:
                self.closed = True
                raise Closed()
            self.data += more
        message, length = whole
        self.data = self.data[length:]
        self.log.append(message)
        if message.code == PING:
            self.send(Message(code=PONG, token=message.token))
        elif message.is_request():
            reply = self.serve(message)
            if reply is not None:
                reply.token = message.token
                self.send(reply)
        return message

    def wait(self, wanted, seconds=30, what="a message"):
        """The first message from now on for which `wanted(message)` is true."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.pump(deadline - time.monotonic())
            if message is not None and wanted(message):
                return message
            if time.monotonic() >= deadline:
                raise Timeout("%s did not come within %d s" % (what, seconds))

    def wait_end(self, seconds=30):
        """What came before the other side ended the connection."""
        start, deadline = len(self.log), time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                self.pump(deadline - time.monotonic())
        except Closed:
            return self.log[start:]
        raise Timeout("the connection did not end within %d s" % seconds)

    def request(self, method, path, payload=b"", options=(), seconds=30, pieces=None):
        """One request by method and path, and its answer."""
        message = Message(CON, method, token=os.urandom(4), options=path_options(path) + list(options),
                          payload=payload)
        self.send(message, pieces)
        return self.wait(lambda answer: answer.token == message.token and not answer.is_request(), seconds,
                         "the answer to %r" % message)
