# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Register, Update, De-register."""

from lib import Failed
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

    def refused():
        codes = [data[1] for way, data in leshan.wire[datagrams:] if way == "out"]
        if codes[:2] != [0x8c, 0x41]:
            raise Failed("Leshan's codes were %r" % codes)
    table.row("Register", "4.12, then 2.01", refused)


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
