#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example zoo: listed before it runs, started by a request, each data type, ten megabytes in both directions."""

import json
import os
import signal
import time

import coap
from lib import AGENT, TREE, ForeignServer, check, program, run, same, wait_until
from plugin import zoo_data

FILM = 10 * 1024 * 1024


def fetch(server, path):
    """All blocks of a value."""
    data, number = b"", 0
    while True:
        answer = server.ask(coap.GET, path, options=[
            (coap.ACCEPT, coap.uint(42)), (coap.BLOCK2, coap.uint(number << 4 | 6))])
        if answer.status != "2.05":
            return answer.status
        data += answer.payload
        _, more, _ = answer.block(coap.BLOCK2)
        if not more:
            return data
        number += 1


def store(server, path, data):
    """The answer to the last block."""
    for number in range(0, len(data), 1024):
        last = number + 1024 >= len(data)
        answer = server.ask(coap.PUT, path, data[number:number + 1024], options=[
            (coap.CONTENT_FORMAT, coap.uint(42)),
            (coap.BLOCK1, coap.uint(number // 1024 << 4 | (0 if last else 8) | 6))])
        if answer.status != "2.31":
            return answer.status
    return None


def block(server, path, number):
    return server.ask(coap.GET, path, options=[
        (coap.ACCEPT, coap.uint(42)), (coap.BLOCK2, coap.uint(number << 4 | 6))]).payload


def test_films(server, film):
    same(fetch(server, "/26250/0/11") == film, True, "ten megabytes are read in blocks")
    turned = film[::-1]
    same(store(server, "/26250/0/11", turned), "2.04", "ten megabytes are written in blocks")
    for number in (0, 5000, FILM // 1024 - 1):
        same(block(server, "/26250/0/11", number) == turned[number * 1024:number * 1024 + 1024], True,
             "block %d is as it was written" % number)


SENML_JSON = 110
ETCH_JSON = 320  # RFC 8790


def read(server, path):
    """From paths to values."""
    answer = server.ask(coap.GET, path, options=[(coap.ACCEPT, coap.uint(SENML_JSON))])
    if answer.status != "2.05":
        return answer.status
    base, values = "", {}
    for record in json.loads(answer.payload):
        base = record.get("bn", base)
        values[base + record.get("n", "")] = next(record[key] for key in ("v", "vs", "vb", "vd", "vlo") if key in record)
    return values


def write(server, method, path, records):
    payload = json.dumps([{"bn": path + "/", "n": key, ("vs" if isinstance(value, str) else "v"): value}
                          for key, value in records.items()]).encode()
    return server.ask(method, path, payload, options=[(coap.CONTENT_FORMAT, coap.uint(SENML_JSON))]).status


def test_arrays(server):
    same(write(server, coap.PUT, "/26250/0/9", {"0": "Ann", "2": "Bob"}), "2.04", "Write of an array of texts")
    same(read(server, "/26250/0/9"), {"/26250/0/9/0": "Ann", "/26250/0/9/2": "Bob"}, "is what is read")
    same(write(server, coap.PUT, "/26250/0/10", {"0": 0.5, "3": 0}), "2.04", "Write of an array of numbers")
    same(read(server, "/26250/0/10"), {"/26250/0/10/0": 0.5, "/26250/0/10/3": 0}, "is what is read")
    same(write(server, coap.POST, "/26250/0/9", {"1": "Cleo"}), "2.04", "an update of an array")
    same(read(server, "/26250/0/9"), {"/26250/0/9/0": "Ann", "/26250/0/9/1": "Cleo", "/26250/0/9/2": "Bob"},
         "keeps the others")
    same(server.ask(coap.GET, "/26250/0/9/1", options=[(coap.ACCEPT, b"")]).payload, b"Cleo", "one element")
    same(server.ask(coap.GET, "/26250/0/9/3", options=[(coap.ACCEPT, b"")]).status, "4.04", "one that is not there")
    same(server.ask(coap.PUT, "/26250/0/10/0", b"0.75", options=[(coap.CONTENT_FORMAT, b"")]).status, "2.04",
         "Write of one element")
    same(read(server, "/26250/0/10"), {"/26250/0/10/0": 0.75, "/26250/0/10/3": 0}, "changes it alone")
    same(server.ask(coap.DELETE, "/26250/0/9/2").status, "2.02", "Delete of one element")
    same(write(server, coap.PUT, "/26250/0/10", {"0": 501}), "4.00", "an element out of range")
    same(write(server, coap.PUT, "/26250/0/9", {"4": "Dan"}), "4.00", "more elements than the service can keep")
    same(read(server, "/26250/0/9"), {"/26250/0/9/0": "Ann", "/26250/0/9/1": "Cleo"}, "leaves what was there")
    records = json.dumps([{"n": "/26250/0/9/0", "v": None}, {"n": "/26250/0/10/0", "v": 1}]).encode()
    same(server.ask(coap.IPATCH, "/", records, options=[(coap.CONTENT_FORMAT, coap.uint(ETCH_JSON))]).status, "2.04",
         "a composite Write that removes one element and writes another")
    same(read(server, "/26250/0/9"), {"/26250/0/9/1": "Cleo"}, "the one is gone")
    same(read(server, "/26250/0/10")["/26250/0/10/0"], 1, "the other is written")
    same(server.ask(coap.GET, "/26250/0/8", options=[(coap.ACCEPT, b"")]).payload, b"</26250/0>", "links")


def test_instances(server):
    same(write(server, coap.POST, "/26250", {"3/0": "Eva", "3/1": 2, "3/9/0": "Fay"}), "2.01", "Create, all in one")
    animal = read(server, "/26250/3")
    same((animal["/26250/3/0"], animal["/26250/3/1"], animal["/26250/3/9/0"], animal["/26250/3/3"]), ("Eva", 2, "Fay", 1.5),
         "it has what the server gave, and what animals are born with")
    same(write(server, coap.POST, "/26250", {"40/0": "Gus"}), "4.00", "there are sixteen cages")
    same(server.ask(coap.GET, "/26250/40").status, "4.04", "and nothing came of that one")
    same(server.ask(coap.PUT, "/26250/3/11", b"short", options=[(coap.CONTENT_FORMAT, coap.uint(42))]).status, "2.04",
         "a film of a few bytes")
    same(fetch(server, "/26250/3/11"), b"short", "is what is read")
    same(server.ask(coap.DELETE, "/26250/3").status, "2.02", "Delete")
    same(server.ask(coap.GET, "/26250/3").status, "4.04", "it is gone")
    same(write(server, coap.POST, "/26250", {"3/0": "Eva"}), "2.01", "its place can be taken anew")


def test_restart(bench, server, agent):
    """What a server made is the service's to keep: this one keeps nothing, and shows after a restart what it begins with."""
    same(write(server, coap.POST, "/26250", {"7/0": "Zoe"}), "2.01", "Create")
    same(server.ask(coap.PUT, "/26250/7/0", b"Zoey", options=[(coap.CONTENT_FORMAT, b"")]).status, "2.04", "Write")
    same(server.ask(coap.GET, "/26250/7/0", options=[(coap.ACCEPT, b"")]).payload, b"Zoey", "it has what was written")
    updates, line = len(server.updates), len(agent.lines)
    pid = bench.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                     "GetConnectionUnixProcessID", "s", "org.lwm2md.example.Zoo")[0]
    os.kill(pid, signal.SIGKILL)
    with server.background():
        agent.wait_line("has left the bus", start=line)
    same(server.ask(coap.GET, "/26250/0/0", options=[(coap.ACCEPT, b"")]).payload, b"Ida", "a Read starts it anew")
    with server.background():
        agent.wait_line("'zoo' .* (provides|is back)", start=line)
        wait_until(lambda: len(server.updates) > updates, "an Update")
    check(b"</26250/0>" in server.updates[-1].payload, "it has the animal that it begins with")
    check(b"</26250/7>" not in server.updates[-1].payload, "and not the one that a server made")
    same(server.ask(coap.GET, "/26250/7/0", options=[(coap.ACCEPT, b"")]).status, "4.04", "it is gone")
    same(write(server, coap.POST, "/26250", {"7/0": "Zoe"}), "2.01", "and can be made again")


def main(bench):
    data = zoo_data(bench)
    providers = bench.directory / "data" / "providers.d"
    providers.mkdir()
    text = (TREE / "data/examples/zoo.provider").read_text()
    # the bus starts it, as there is no systemd here, and as whoever runs the test
    text = text.replace("Start=lwm2md-zoo.service\n", "").replace("User=zoo", "User=%d" % os.getuid())
    (providers / "zoo.provider").write_text(text)
    bench.activatable("org.lwm2md.example.Zoo", program("data/examples/zoo"))
    server = ForeignServer(bench)
    with server.background():
        agent = bench.agent(server.uri, options=("--data-directory", data))
        bench.wait_name(AGENT)
        wait_until(lambda: server.client, "the Register")
    check(b"</26250/0>" in server.registrations[0].payload, "the zoo is in the first Register")
    check(not bench.has_name("org.lwm2md.example.Zoo"), "and does not run")

    began = time.monotonic()
    same(server.ask(coap.GET, "/26250/0/0", options=[(coap.ACCEPT, b"")]).payload, b"Ida", "a Read starts it")
    check(time.monotonic() - began < 10, "and is answered in time")
    with server.background():
        bench.wait_name("org.lwm2md.example.Zoo")
        wait_until(lambda: "/26250" in agent.get("Objects"), "its registration")
    for resource, text in ((1, b"6"), (2, b"18446744073709551615"), (3, b"2.5"), (4, b"0"), (6, b"1700000000"),
                           (7, b"26250:0")):
        path = "/26250/0/%d" % resource
        same(server.ask(coap.PUT, path, text, options=[(coap.CONTENT_FORMAT, b"")]).status, "2.04", "Write " + path)
        same(server.ask(coap.GET, path, options=[(coap.ACCEPT, b"")]).payload, text, "Read " + path)
    same(server.ask(coap.PUT, "/26250/0/5", b"\1\2\3", options=[(coap.CONTENT_FORMAT, coap.uint(42))]).status, "2.04",
         "Write of bytes")
    same(server.ask(coap.GET, "/26250/0/5", options=[(coap.ACCEPT, coap.uint(42))]).payload, b"\1\2\3", "Read of bytes")
    same(server.ask(coap.PUT, "/26250/0/1", b"101", options=[(coap.CONTENT_FORMAT, b"")]).status, "4.00", "out of range")
    same(server.ask(coap.POST, "/26250/0/12", b"0='hay',1='3'", options=[(coap.CONTENT_FORMAT, b"")]).status, "2.04",
         "Execute with arguments")
    same(server.ask(coap.GET, "/26250/0/13", options=[(coap.ACCEPT, b"")]).payload, b"3", "they counted")
    same(server.ask(coap.POST, "/26250/0/12", b"1='never'", options=[(coap.CONTENT_FORMAT, b"")]).status, "4.00",
         "arguments that the service refuses")
    test_arrays(server)
    test_instances(server)
    test_restart(bench, server, agent)
    test_films(server, b"".join(bytes([number % 256]) * 4096 for number in range(FILM // 4096)))
    with server.background():
        agent.stop()


run(main)
