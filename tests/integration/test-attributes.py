#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attributes that a server writes: shown to it alone, kept over a restart, gone with the account."""

import coap
from coap import GET, PUT
from lib import ForeignServer, check, run, same

LINKS = [(coap.ACCEPT, coap.uint(coap.LINK))]


def write(server, path, status="2.04"):
    same(server.ask(PUT, path).status, status, "PUT " + path)


def links(server, path):
    answer = server.ask(GET, path, options=LINKS)
    same(answer.status, "2.05", "Discover " + path)
    return answer.payload.decode().split(",")


def main(bench):
    one, other = ForeignServer(bench), ForeignServer(bench)
    second = "\n[Server other]\nUri=%s\nShortServerId=102\nVersion=1.2\n" % other.uri
    agent = bench.agent(one.uri, server="Version=1.2\n", sections=second)
    one.wait_registration()
    other.wait_registration()

    write(one, "/3?pmin=10")
    write(one, "/3/0?pmax=60")
    write(one, "/3/0/13?gt=50&lt=42.2")
    write(one, "/3/0/11/0?pmin=3")
    same(links(one, "/3?depth=0"), ["</3>;ver=1.2;pmin=10"], "the object")
    found = links(one, "/3/0")
    same(found[0], "</3/0>;pmin=10;pmax=60", "the target has what it inherits")
    check("</3/0/13>;gt=50;lt=42.2" in found, "below it is what was set there")
    same(links(one, "/3/0/11")[1], "</3/0/11/0>;pmin=3", "an element")
    same(links(other, "/3/0")[0], "</3/0>", "another server sees none of it")
    write(one, "/3/0/13?gt&pmin=7")
    same(links(one, "/3/0/13"), ["</3/0/13>;pmin=7;pmax=60;lt=42.2"], "one is taken away, one comes")

    agent.kill()
    agent = bench.agent(one.uri, server="Version=1.2\n", sections=second)
    one.wait_registration(count=2)
    same(links(one, "/3/0/13"), ["</3/0/13>;pmin=7;pmax=60;lt=42.2"], "they are there after a kill")

    agent.stop()
    agent = bench.agent(other.uri, server="ShortServerId=102\nVersion=1.2\n")
    other.wait_registration(count=3)
    agent.stop()
    agent = bench.agent(one.uri, server="Version=1.2\n")
    one.wait_registration(count=3)
    same(links(one, "/3/0/13"), ["</3/0/13>"], "an account that was away has none")
    agent.stop()


run(main)
