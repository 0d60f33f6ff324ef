# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Observe, Notify and Cancel."""

from bus import Variant
from lib import Failed, wait_until
from reads import MULTI, SINGLE, without


def token(datagram):
    """Of a CoAP message."""
    return datagram[4:4 + (datagram[0] & 15)]


class Change:
    """Values that change on this host, so that observers are told."""

    def __init__(self, stage):
        self.stage, self.number = stage, 0

    def lifetime(self):
        self.number += 1
        self.stage.agent.call("Write", "sv", "/1/0/1", 1000 + self.number)

    def types(self):
        self.number += 1
        self.stage.keeper.change({"/26241/0/0": Variant("s", "change %d" % self.number),
                                  "/26241/0/5": Variant("ay", bytes([self.number & 255] * 200))})

    def multiple(self):
        self.number += 1
        self.stage.keeper.change({"/26241/1/300": Variant("a{qv}", {
            0: Variant("s", "change %d" % self.number), 7: Variant("s", "new")})})


def observe(table, stage):
    leshan, known, change = table.leshan, stage.known, Change(stage)

    def story(path, format, make):
        answer = table.expect({"code": "2.05", "values": known.read(path)}, "observe", path, format=format)
        before = leshan.mark()
        make()
        wanted = known.read(path)
        if wanted == answer["values"]:
            raise Failed("nothing changed")
        event = leshan.wait("notified", lambda event: event["path"] == path and event.get("values") == wanted, before)
        if event["code"] != "2.05":
            raise Failed("the notification is %r" % event)
        before = leshan.mark()
        table.expect({"code": "2.05", "values": wanted}, "cancel", path)
        make()
        table.expect({"code": "2.05"}, "read", "/3/0/16")
        if leshan.find("notified", start=before):
            raise Failed("a notification after Cancel")
    for format in MULTI:
        for path, make in (("/1", change.lifetime), ("/1/0", change.lifetime), ("/26241/0", change.types),
                           ("/26241/1", change.multiple), ("/26241/1/300", change.multiple)):
            table.row("Observe", "%s in %s, a change, Cancel" % (path, format),
                      lambda path=path, format=format, make=make: story(path, format, make), format)
    for format in (*SINGLE, "opaque"):
        for path, make in (("/1/0/1", change.lifetime), ("/26241/0/0", change.types), ("/26241/0/5", change.types)):
            if format != "opaque" or path == "/26241/0/5":
                table.row("Observe", "%s in %s, a change, Cancel" % (path, format),
                          lambda path=path, format=format, make=make: story(path, format, make), format)


def cancel(table, stage):
    """A Reset cancels, and an object that goes ends its observation."""
    leshan, change = table.leshan, Change(stage)

    def reset():
        own = bytes.fromhex(table.expect({"code": "2.05"}, "observe", "/1/0/1")["token"])
        table.expect({}, "forget", "/1/0/1")

        def answers(wanted):
            """How many datagrams came with that token."""
            return sum(way == "in" and token(data) == wanted for way, data in leshan.wire[before:])
        before = len(leshan.wire)
        change.lifetime()
        wait_until(lambda: answers(own) == 1, "a notification")
        wait_until(lambda: any(way == "out" and data[0] >> 4 == 7 for way, data in leshan.wire[before:]), "a Reset")
        before = len(leshan.wire)
        change.lifetime()
        table.expect({"code": "2.05"}, "read", "/3/0/16")
        read = token(next(data for way, data in leshan.wire[before:] if way == "out"))
        wait_until(lambda: answers(read) == 1, "the answer among the datagrams")
        if answers(own):
            raise Failed("a notification after the Reset")
    table.row("Cancel", "by a Reset to the notification", reset)
    for code, path in (("4.01", "/0/0/0"), ("4.04", "/1/0/999"), ("4.05", "/1/0/8")):
        table.row("Observe", "%s is %s" % (path, code),
                  lambda code=code, path=path: table.expect({"code": code}, "observe", path))


def instances(table, stage):
    """Instances come and go below what is observed."""
    leshan = table.leshan

    def come_and_go():
        table.expect({"code": "2.05"}, "observe", "/16", format="tlv")
        before = leshan.mark()
        table.expect({"code": "2.01"}, "create", "/16", format="tlv", instance=3,
                     resources={"0": ["string", {"0": "new"}]})
        wanted = stage.known.read("/16")
        leshan.wait("notified", lambda event: event["path"] == "/16" and event.get("values") == wanted, before)
        before = leshan.mark()
        table.expect({"code": "2.02"}, "delete", "/16/3")
        leshan.wait("notified", lambda event: event["path"] == "/16" and not event.get("values"), before)
        table.expect({"code": "2.05"}, "cancel", "/16")
    table.row("Observe", "/16, where an instance is made and deleted", come_and_go)

    def end():
        table.expect({"code": "2.01"}, "create", "/16", format="tlv", instance=4,
                     resources={"0": ["string", {"0": "new"}]})
        own = bytes.fromhex(table.expect({"code": "2.05"}, "observe", "/16/4/0")["token"])
        before = len(leshan.wire)
        table.expect({"code": "2.02"}, "delete", "/16/4")

        def ended():
            return any(way == "in" and data[1] == 0x84 and token(data) == own for way, data in leshan.wire[before:])
        wait_until(ended, "a notification with 4.04", 5)
    table.row("Observe", "/16/4/0, which goes with its instance: 4.04", end)
