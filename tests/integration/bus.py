# SPDX-License-Identifier: LGPL-2.1-or-later
"""A D-Bus client in plain Python: calls with the names of their errors, and signals. Source: D-Bus specification."""

import array
import collections
import os
import select
import socket
import struct
import time

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE, UNIX_FDS = range(1, 10)

FIXED = {"y": "B", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d", "b": "I", "h": "I"}
ALIGNMENT = {"s": 4, "o": 4, "g": 1, "v": 1, "a": 4, "(": 8, "{": 8,
             **{type: struct.calcsize(format) for type, format in FIXED.items()}}

# A value with its D-Bus type, where Python's own type does not say it.
Variant = collections.namedtuple("Variant", "signature value")


class BusError(Exception):
    """A call failed; `name` is the error's."""

    def __init__(self, name, text):
        super().__init__("%s: %s" % (name, text))
        self.name, self.text = name, text


class Closed(Exception):
    """The connection is gone."""


def variant(value):
    """A Python value as a Variant: bool, int (t, x if negative), float, str, bytes, dict (a{sv})."""
    if isinstance(value, Variant):
        return value
    if isinstance(value, bool):
        return Variant("b", value)
    if isinstance(value, int):
        return Variant("t" if value >= 0 else "x", value)
    if isinstance(value, dict):
        return Variant("a{sv}", value)
    return Variant({float: "d", str: "s", bytes: "ay"}[type(value)], value)


def complete(signature, at=0):
    """Where the single complete type that begins at `at` ends."""
    if signature[at] == "a":
        return complete(signature, at + 1)
    if signature[at] not in "({":
        return at + 1
    close, at = {"(": ")", "{": "}"}[signature[at]], at + 1
    while signature[at] != close:
        at = complete(signature, at)
    return at + 1


def split(signature):
    """The single complete types of a signature."""
    types, at = [], 0
    while at < len(signature):
        end = complete(signature, at)
        types.append(signature[at:end])
        at = end
    return types


class Writer:
    """Values as bytes; of an `h`, a descriptor, its place among `descriptors`."""

    def __init__(self):
        self.data = bytearray()
        self.descriptors = []

    def align(self, size):
        self.data += bytes(-len(self.data) % size)

    def write(self, type, value):
        kind = type[0]
        self.align(ALIGNMENT[kind])
        if kind == "h":
            self.descriptors.append(value)
            value = len(self.descriptors) - 1
        if kind in FIXED:
            self.data += struct.pack("<" + FIXED[kind], value)
        elif kind in "so":
            text = value.encode()
            self.data += struct.pack("<I", len(text)) + text + b"\0"
        elif kind == "g":
            self.data += bytes([len(value)]) + value.encode() + b"\0"
        elif kind == "v":
            wrapped = variant(value)
            self.write("g", wrapped.signature)
            self.write(wrapped.signature, wrapped.value)
        elif kind == "a":
            self.write_array(type[1:], value)
        else:
            for each_type, each in zip(split(type[1:-1]), value):
                self.write(each_type, each)

    def write_array(self, type, value):
        place = len(self.data)
        self.data += bytes(4)
        self.align(ALIGNMENT[type[0]])
        start = len(self.data)
        if type == "y":
            self.data += bytes(value)
        else:
            for each in value.items() if type[0] == "{" else value:
                self.write(type, each)
        self.data[place:place + 4] = struct.pack("<I", len(self.data) - start)


class Reader:
    """Values from bytes; an `h` is one of `descriptors`, which its reader closes."""

    def __init__(self, data, at=0, order="<", descriptors=()):
        self.data, self.at, self.order, self.descriptors = data, at, order, descriptors

    def align(self, size):
        self.at += -self.at % size

    def take(self, length):
        self.at += length
        return self.data[self.at - length:self.at]

    def read(self, type):
        kind = type[0]
        self.align(ALIGNMENT[kind])
        if kind in FIXED:
            format = self.order + FIXED[kind]
            value, = struct.unpack(format, self.take(struct.calcsize(format)))
            if kind == "h":
                return self.descriptors[value]
            return bool(value) if kind == "b" else value
        if kind in "so":
            value = self.take(self.read("u")).decode()
            self.at += 1
            return value
        if kind == "g":
            value = self.take(self.take(1)[0]).decode()
            self.at += 1
            return value
        if kind == "v":
            return self.read(self.read("g"))
        if kind == "a":
            return self.read_array(type[1:])
        return tuple(self.read(each) for each in split(type[1:-1]))

    def read_array(self, type):
        length = self.read("u")
        self.align(ALIGNMENT[type[0]])
        if type == "y":
            return self.take(length)
        end, values = self.at + length, []
        while self.at < end:
            values.append(self.read(type))
        return dict(values) if type[0] == "{" else values


Message = collections.namedtuple("Message", "type serial fields body flags")
NO_REPLY_EXPECTED = 1


class Connection:
    """One connection to a bus, by its Unix socket."""

    def __init__(self, path, seconds=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.serial = 0
        self.buffer = b""
        self.descriptors = []  # that came, of messages to come
        self.signals = []  # Message
        try:
            self.socket.settimeout(seconds)
            self.socket.connect(str(path))
            self.socket.sendall(b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode())
            if not self._line().startswith(b"OK"):
                raise Closed("the bus refuses us")
            self.socket.sendall(b"NEGOTIATE_UNIX_FD\r\n")
            if not self._line().startswith(b"AGREE_UNIX_FD"):
                raise Closed("the bus passes no descriptors")
            self.socket.sendall(b"BEGIN\r\n")
        except OSError as error:
            raise Closed(str(error)) from None
        self.name, = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")

    def close(self):
        self.socket.close()

    def _fill(self, seconds):
        """More bytes, or False when none come in time."""
        readable, _, _ = select.select([self.socket], [], [], max(0, seconds))
        if not readable:
            return False
        try:
            data, ancillary, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(64 * 4))
            for _, kind, value in ancillary:
                if kind == socket.SCM_RIGHTS:
                    self.descriptors += array.array("i", value)
        except OSError:
            data = b""
        if not data:
            raise Closed("the bus closed the connection")
        self.buffer += data
        return True

    def _line(self):
        while b"\r\n" not in self.buffer:
            if not self._fill(10):
                raise Closed("the bus does not answer")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _send(self, type, fields, signature, arguments, flags=0):
        body, head = Writer(), Writer()
        for each_type, each in zip(split(signature), arguments, strict=True):
            body.write(each_type, each)
        self.serial += 1
        if signature:
            fields = {**fields, SIGNATURE: Variant("g", signature)}
        if body.descriptors:
            fields = {**fields, UNIX_FDS: Variant("u", len(body.descriptors))}
        for kind, value in (("y", ord("l")), ("y", type), ("y", flags), ("y", 1),
                            ("u", len(body.data)), ("u", self.serial), ("a(yv)", list(fields.items()))):
            head.write(kind, value)
        head.align(8)
        try:
            if body.descriptors:
                sent = socket.send_fds(self.socket, [bytes(head.data)], body.descriptors)
                self.socket.sendall(bytes(head.data[sent:] + body.data))
            else:
                self.socket.sendall(bytes(head.data + body.data))
        except OSError as error:
            raise Closed(str(error)) from None
        return self.serial

    def _parse(self):
        """The next whole message of what is here, or None."""
        if len(self.buffer) < 16:
            return None
        order = "<" if self.buffer[0] == ord("l") else ">"
        body_length, serial, fields_length = struct.unpack(order + "III", self.buffer[4:16])
        start = 16 + fields_length + (-fields_length % 8)
        if len(self.buffer) < start + body_length:
            return None
        fields = dict(Reader(self.buffer, 12, order).read("a(yv)"))
        count = fields.get(UNIX_FDS, 0)
        body = Reader(self.buffer[start:start + body_length], 0, order, self.descriptors[:count])
        self.descriptors = self.descriptors[count:]
        message = Message(self.buffer[1], serial, fields,
                          [body.read(type) for type in split(fields.get(SIGNATURE, ""))], self.buffer[2])
        self.buffer = self.buffer[start + body_length:]
        return message

    def receive(self, seconds):
        """The next message, or None when none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            message = self._parse()
            if message is not None:
                return message
            if not self._fill(deadline - time.monotonic()):
                return None

    def call(self, name, path, interface, member, signature="", *arguments, seconds=60):
        """The results, as a list."""
        serial = self._send(CALL, {PATH: Variant("o", path), INTERFACE: Variant("s", interface),
                                   MEMBER: Variant("s", member), DESTINATION: Variant("s", name)},
                            signature, arguments)
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive(deadline - time.monotonic())
            if message is None:
                raise BusError("org.freedesktop.DBus.Error.NoReply", "no reply within %d s" % seconds)
            if message.type == SIGNAL:
                self.signals.append(message)
            elif message.fields.get(REPLY_SERIAL) == serial:
                if message.type == ERROR:
                    raise BusError(message.fields[ERROR_NAME], message.body[0] if message.body else "")
                return message.body

    def add_match(self, rule):
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", rule)

    def take_signals(self):
        """Those that are here, oldest first."""
        while True:
            message = self.receive(0)
            if message is None:
                break
            if message.type == SIGNAL:
                self.signals.append(message)
        taken, self.signals = self.signals, []
        return taken
