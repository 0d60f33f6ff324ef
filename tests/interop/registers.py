# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Register, Update, De-register."""

from lib import Failed, wait_until
from stage import MANY


def register(table, stage):
    """Register, at what Leshan knows: 1.0 and 1.1."""
    leshan = table.leshan

    def registered(version):
        event = leshan.wait("registered", start=start)
        wanted = {"endpoint": "dev1", "version": version, "lifetime": 300, "binding": "[U]", "root": "/"}
        for key, value in wanted.items():
            if event[key] != value:
                raise Failed("%s: %r instead of %r" % (key, event[key], value))
        for link in ("</1/0>", "</3/0>"):
            if link not in event["links"].split(","):
                raise Failed("%s is not in %s" % (link, event["links"]))
        if "/0" in event["links"].replace("/0>", ">"):
            raise Failed("/0 is in " + event["links"])

    def deregister():
        before = leshan.mark()
        stage.agent.stop()
        if leshan.wait("unregistered", start=before)["expired"]:
            raise Failed("it has expired")

    for version in ("1.0", "1.1"):
        start = leshan.mark()
        stage.start_agent("agent-" + version, "Version=" + version)
        table.row("Register", "with version " + version, lambda version=version: registered(version))
        table.row("De-register", "with version " + version, deregister)
    start, datagrams = leshan.mark(), len(leshan.wire)
    stage.start_agent("agent")
    table.row("Register", "with version 1.2; Leshan knows 1.1 at most, answers 4.12, and gets 1.1",
              lambda: registered("1.1"))

    def codes():
        return [data[1] for way, data in leshan.wire[datagrams:] if way == "out"][:2]
    table.row("Register", "4.12, then 2.01", lambda: wait_until(lambda: codes() == [0x8c, 0x41], "4.12, then 2.01"))


def update(table, stage):
    leshan = table.leshan
    start = leshan.mark()
    stage.provide()

    def objects():
        def is_whole(event):
            return "</26241/1>" in event["links"] and "</3303/%d>" % (MANY - 1) in event["links"]
        leshan.wait("updated", is_whole, start)
    table.row("Update", "with %d new instances, in blocks" % (MANY + 2), objects)

    def by_bus():
        before = leshan.mark()
        stage.agent.call("Update")
        leshan.wait("updated", start=before)
    table.row("Update", "without anything new", by_bus)

    def lifetime():
        before = leshan.mark()
        stage.agent.call("Write", "sv", "/1/0/1", 4000)
        leshan.wait("updated", lambda event: event["lifetime"] == 4000, before)
    table.row("Update", "with a new lifetime", lifetime)


def oldest(table, stage):
    """A client of 1.0: its formats, and no more than it knows."""
    leshan, start = table.leshan, table.leshan.mark()
    stage.agent.stop()
    stage.start_agent("agent-old", "Version=1.0")
    leshan.wait("registered", start=start)
    start = leshan.mark()
    stage.provide()
    leshan.wait("updated", lambda event: "</3303/%d>" % (MANY - 1) in event["links"], start)
    for path, number in (("/1/0/1", 0), ("/26241/0/0", 0), ("/3/0/11", 11542), ("/1/0", 11542), ("/3303", 11542)):
        table.row("1.0", "Read of %s without Accept comes in %d" % (path, number), lambda path=path, number=number:
                  table.expect({"code": "2.05", "format": number, "values": stage.known.read(path)}, "read", path))
    table.row("1.0", "Write of /1/0 in tlv", lambda: table.expect(
        {"code": "2.04"}, "write", "/1/0", mode="update", format="tlv", resources={"1": ["integer", 777]}))
    table.row("1.0", "Discover of /3/0", lambda: table.expect({"code": "2.05"}, "discover", "/3/0"))
    table.row("1.0", "Observe of /1/0", lambda: table.expect(
        {"code": "2.05", "format": 11542, "values": stage.known.read("/1/0")}, "observe", "/1/0"))
    table.row("1.0", "Execute of /1/0/8", lambda: table.expect({"code": "2.04"}, "execute", "/1/0/8"))


def small(table, stage):
    """At a server with small blocks."""
    leshan = table.leshan
    stage.agent.stop()
    stage.start_agent("agent-small")
    table.row("Register", "at a server that prefers blocks of 64 bytes", lambda: leshan.wait("registered"))
    start = leshan.mark()
    stage.provide()
    table.row("Update", "in such blocks", lambda: leshan.wait(
        "updated", lambda event: "</3303/%d>" % (MANY - 1) in event["links"], start))
