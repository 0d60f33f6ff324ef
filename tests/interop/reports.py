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
    for path in ("/1/0/2", "/1/0/3"):  # the default periods, which other rows have written
        stage.agent.call("Write", "sv", path, 0)

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


def composite(table, stage):
    """Several paths in one observation."""
    leshan, known, change = table.leshan, stage.known, Change(stage)
    paths = ["/1/0/1", "/26241/0", "/26241/1/301/0", "/9999/0/1"]

    def values():
        return {key: value for path in paths[:3] for key, value in known.at(path).items()}

    def story(format, accept):
        table.expect({"code": "2.05", "values": values()}, "observe-composite", paths=paths, format=format,
                     accept=accept)
        for make in (change.lifetime, change.types):
            before = leshan.mark()
            make()
            wanted = values()
            leshan.wait("notified", lambda event: event.get("paths") == paths and event.get("values") == wanted, before)
        before = leshan.mark()
        table.expect({"code": "2.05", "values": values()}, "cancel-composite", paths=paths)
        change.lifetime()
        table.expect({"code": "2.05"}, "read", "/3/0/16")
        if leshan.find("notified", start=before):
            raise Failed("a notification after Cancel")
    for format in ("senml-json", "senml-cbor"):
        for accept in ("senml-json", "senml-cbor"):
            table.row("Observe-Composite", "asked in %s, changes, Cancel" % format,
                      lambda format=format, accept=accept: story(format, accept), accept)


def conditions(table, stage):
    """Attributes that Leshan has written rule the notifications that it gets."""
    leshan = table.leshan

    def story(query, steps):
        """`steps`: a value, and whether it is notified at once; None waits for one that nothing has caused."""
        path = "/26241/0/3"
        stage.keeper.change({path: Variant("d", 20.0)})
        table.expect({"code": "2.04"}, "write-attributes", path, query=query)
        table.expect({"code": "2.05", "values": {path: ["float", 20.0]}}, "observe", path)
        for value, notified in steps:
            before = leshan.mark()
            if value is None:
                leshan.wait("notified", start=before, seconds=6)
                continue
            stage.keeper.change({path: Variant("d", value)})
            if notified:
                leshan.wait("notified", lambda event, value=value: event["values"] == {path: ["float", value]}, before)
            else:
                table.expect({"code": "2.05", "values": {path: ["float", value]}}, "read", path)
                if leshan.find("notified", start=before):
                    raise Failed("%s was notified" % value)
        table.expect({"code": "2.05"}, "cancel", path)
        names = "&".join(each.split("=")[0] for each in query.split("&"))
        table.expect({"code": "2.04"}, "write-attributes", path, query=names)
    for query, steps in (
            ("gt=30", ((25.0, False), (31.0, True), (32.0, False), (29.0, True))),
            ("lt=10", ((15.0, False), (9.0, True), (8.0, False), (11.0, True))),
            ("st=5", ((24.0, False), (25.0, True), (29.0, False), (19.0, True))),
            ("gt=30&lt=10&st=4", ((21.0, False), (25.0, True), (31.0, True), (9.0, True))),
            ("pmin=1", ((21.0, True), (22.0, True))),
            ("pmax=1", ((None, True), (None, True)))):
        table.row("Notify", "with %s: %s" % (query, ", ".join(
            "silence" if value is None else "%s%s" % (value, "" if notified else " not") for value, notified in steps)),
            lambda query=query, steps=steps: story(query, steps))
