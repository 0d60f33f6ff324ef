#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Large values by descriptor: pipes that are slow or silent, memory files, and what is neither; in both directions."""

import fcntl
import os
import socket
import threading
import time

import bus
import coap
from bus import BusError, Variant
from lib import AGENT, Failed, ForeignServer, check, run, same, wait_until
from plugin import Service, zoo_data

FILM = 300000
PATH = "/26250/0/11"
TIMEOUT = 3.0  # seconds that the service has
WRITE, SHRINK, GROW = fcntl.F_SEAL_WRITE, fcntl.F_SEAL_SHRINK, fcntl.F_SEAL_GROW


def content():
    return bytes(number * 7 % 251 for number in range(FILM))


def memory(data, seals):
    fd = os.memfd_create("film", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, data)
    if seals:
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def held(agent):
    return len(os.listdir("/proc/%d/fd" % agent.pid))


class Cinema:
    """A service with one film and a small resource."""

    def __init__(self, bench, server):
        self.service = Service(bench)
        self.descriptor = None
        self.service.answer = self.answer
        self.service.register({"/26250/0": [0, 11]}, name="cinema", timeout_usec=Variant("t", int(TIMEOUT * 1000000)))
        wait_until(lambda: "/26250/0" in server.property("Objects"), "the instance at the server")

    def answer(self, paths, context):
        return {path: Variant("h", self.descriptor) if path == PATH else "Ida" for path in paths}

    def close(self):
        self.service.unregister()
        self.service.close()


def read(bench, server):
    """[status, the bytes]"""
    into = bench.directory / "seen"
    into.unlink(missing_ok=True)
    status = server.read(PATH, file=str(into))[0]
    return status, into.read_bytes() if into.exists() else b""


def is_alive(server, what):
    same(server.read("/26250/0/0"), ["2.05 Content", {"/26250/0/0": "Ida"}], "%s: the service is asked as before" % what)


def feed(writer, data, pause, size):
    for at in range(0, len(data), size):
        os.write(writer, data[at:at + size])
        time.sleep(pause)
    os.close(writer)


def test_pipes(bench, server, agent, cinema):
    reader, writer = os.pipe()
    cinema.descriptor = reader
    film = content()
    thread = threading.Thread(target=feed, args=(writer, film, 0.2, 60000), daemon=True)
    began = time.monotonic()
    thread.start()
    same(read(bench, server) == ("2.05 Content", film), True, "a pipe that is slow, and in time")
    check(time.monotonic() - began > 0.9, "is waited for")
    os.close(reader)
    before = held(agent)  # what was read last can be asked for in blocks for some time
    for what, first in (("a pipe that says nothing", b""), ("a pipe that stops in the middle", film[:100000])):
        reader, writer = os.pipe()
        cinema.descriptor = reader
        thread = threading.Thread(target=lambda: first and os.write(writer, first), daemon=True)
        thread.start()
        began, line = time.monotonic(), len(agent.lines)
        same(read(bench, server)[0], "5.03 Service Unavailable", what)
        took = time.monotonic() - began
        check(TIMEOUT - 0.5 < took < TIMEOUT + 10, "at the deadline: %.1f s" % took)
        is_alive(server, what)
        check(not any("left the bus" in text for text in agent.lines[line:]), "it is not believed to have gone")
        os.close(reader)
        os.close(writer)
        thread.join(5)
    # it drips without end, and never closes: a byte now and then is no excuse
    reader, writer = os.pipe()
    cinema.descriptor = reader
    ended = threading.Event()

    def drip():
        while not ended.wait(0.2):
            os.write(writer, b"x")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    same(read(bench, server)[0], "5.03 Service Unavailable", "a pipe that drips without end")
    is_alive(server, "it")
    ended.set()
    thread.join(5)
    os.close(reader)
    os.close(writer)
    wait_until(lambda: held(agent) == before, "no descriptor stays")


def test_memory(bench, server, agent, cinema):
    before = held(agent)
    film = content()
    cinema.descriptor = memory(film, WRITE | SHRINK)
    same(read(bench, server) == ("2.05 Content", film), True, "a memory file that is sealed")
    try:
        os.ftruncate(cinema.descriptor, 0)
        raise Failed("it shrinks while it is read")
    except PermissionError:
        check(True, "it cannot shrink while it is read")
    os.close(cinema.descriptor)
    wait_until(lambda: held(agent) == before, "no descriptor stays")


def test_others(bench, server, agent, cinema):
    """What could change or hang while it is read is no value."""
    file = bench.directory / "film"
    file.write_bytes(content())
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    sealed = memory(content(), 0)
    again = os.open("/proc/self/fd/%d" % sealed, os.O_WRONLY)
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, WRITE | SHRINK)
    fifo = bench.directory / "fifo"
    os.mkfifo(fifo)
    for what, descriptor, words in (
            ("a file", os.open(file, os.O_RDONLY), "no memfd"),
            ("a memory file without seals", memory(content(), 0), "no memfd"),
            ("one that can shrink", memory(content(), WRITE | GROW), "no memfd"),
            ("one that can be written", memory(content(), SHRINK | GROW), "no memfd"),
            ("one that cannot be read", again, "no memfd"),
            ("a directory", os.open(bench.directory, os.O_RDONLY), "no memfd"),
            ("a socket", theirs.detach(), "no memfd"),
            ("a device", os.open("/dev/zero", os.O_RDONLY), "no memfd"),
            ("the end of a pipe that is written to", os.dup(writer), "not open for reading"),
            ("the name of a pipe", os.open(fifo, os.O_PATH), "not open for reading")):
        cinema.descriptor = descriptor
        line = len(agent.lines)
        same(read(bench, server)[0], "4.04 Not Found", what + " counts as no value")
        # it is said once for each that registers
        agent.wait_line("'cinema' .* answers %s wrongly: .*%s" % (PATH, words), start=line)
        check(True, "and the journal says why")
        is_alive(server, what)
        os.close(descriptor)
        cinema.close()
        cinema = Cinema(bench, server)
    for each in (ours.detach(), reader, writer, sealed):
        os.close(each)
    cinema.close()


# What servers write

def block(server, number, last, payload=bytes(1024)):
    return server.ask(coap.PUT, PATH, payload, options=[
        (coap.CONTENT_FORMAT, coap.uint(42)), (coap.BLOCK1, coap.block_option(number, not last, 1024))]).status


def test_writes(bench, server, agent, cinema):
    before = held(agent)
    file, film, seen = bench.directory / "film", content(), []
    file.write_bytes(film)

    def take(mode, values, context):
        descriptor = values[PATH]
        seen.append((os.pread(descriptor, FILM + 1, 0), fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)))
        for change in (lambda: os.ftruncate(descriptor, 0), lambda: os.pwrite(descriptor, b"x", 0)):
            try:
                change()
                seen.append("changed")
            except OSError:
                pass
        os.close(descriptor)
        return "", []

    cinema.service.methods["Write"] = take
    same(server.write(PATH, "", file=str(file)), "2.04 Changed", "a film that a server writes")
    same(len(seen), 1, "is one call")
    same(seen[0] == (film, seen[0][1]), True, "with all of it")
    check(seen[0][1] & (WRITE | SHRINK | GROW) == WRITE | SHRINK | GROW, "in a file that nobody changes any more")
    for name, status in (("org.lwm2md.Error.BadRequest", "4.00 Bad Request"), ("org.lwm2md.Error.TooLarge", "4.13 Request Entity Too Large"),
                         ("com.example.Full", "5.00 Internal Server Error")):
        cinema.service.methods["Write"] = lambda *arguments: os.close(arguments[1][PATH]) or BusError(name, "no")
        same(server.write(PATH, "", file=str(file)), status, "a film that the service refuses by " + name)
    cinema.service.methods["Write"] = lambda *arguments: os.close(arguments[1][PATH])
    began = time.monotonic()
    same(server.write(PATH, "", file=str(file)), "5.03 Service Unavailable", "one to which it says nothing")
    check(TIMEOUT - 0.5 < time.monotonic() - began < TIMEOUT + 10, "at the deadline")
    is_alive(server, "a Write without an answer")
    wait_until(lambda: held(agent) == before, "no descriptor stays")


def test_stops(other, agent, cinema):
    """A server that stops in the middle: the service never hears of it, and there is room for others."""
    count = len(cinema.service.calls)
    for number in range(100):
        if block(other, number, False) != "2.31":
            same(number, 100, "a block is refused")
    check(True, "a hundred blocks of a film")
    cinema.service.methods["Write"] = lambda *arguments: [
        os.close(value) for value in arguments[1].values() if isinstance(value, int)] and ("", []) or ("", [])
    same(block(other, 0, True, b"short"), "2.04", "then it begins anew, and is short")
    calls = [arguments for member, arguments in cinema.service.calls[count:] if member == "Write"]
    same([arguments[1] for arguments in calls], [{PATH: b"short"}], "which is all that the service hears of")


def main(bench):
    data = zoo_data(bench)
    server, other = bench.server("--objects", data + "/objects"), ForeignServer(bench)
    agent = bench.agent(server.uri, options=("--data-directory", data),
                        sections="\n[Server other]\nUri=%s\nShortServerId=102\n" % other.uri)
    server.wait_client()
    other.wait_registration()
    bench.wait_name(AGENT)
    with other.background():
        cinema = Cinema(bench, server)
        test_pipes(bench, server, agent, cinema)
        test_memory(bench, server, agent, cinema)
        test_writes(bench, server, agent, cinema)
    test_stops(other, agent, cinema)
    with other.background():
        test_others(bench, server, agent, cinema)
        agent.stop()


run(main)
