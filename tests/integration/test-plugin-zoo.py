#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example zoo: listed before it runs, started by a request, each data type, ten megabytes in both directions."""

import shutil
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


def main(bench):
    data = zoo_data(bench)
    providers = bench.directory / "data" / "providers.d"
    providers.mkdir()
    shutil.copy(TREE / "data/examples/zoo.provider", providers)
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
    test_films(server, b"".join(bytes([number % 256]) * 4096 for number in range(FILM // 4096)))
    with server.background():
        agent.stop()


run(main)
