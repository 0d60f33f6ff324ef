# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rows, an operation after the other, with the agent and the data that they need."""

import shutil

from bus import Variant
from known import Known, definitions
from lib import AGENT, Failed, TREE
from peer import HERE, Leshan
from plugin import Service

SINGLE = ("text", "cbor", "tlv", "senml-json", "senml-cbor")
MULTI = ("tlv", "senml-json", "senml-cbor")
NUMBERS = {"text": 0, "opaque": 42, "cbor": 60, "tlv": 11542, "senml-json": 110, "senml-cbor": 112}

# /26241/0: a value of each data type, with the edges of its space.
BYTES = bytes(range(256)) + b"\xff\x00"
TYPES = {
    "/26241/0/0": Variant("s", 'Grüße, "1 < 2" & \\ €'),
    "/26241/0/1": Variant("x", -1 << 63),
    "/26241/0/2": Variant("t", (1 << 64) - 1),
    "/26241/0/3": Variant("d", -0.1),
    "/26241/0/4": Variant("b", True),
    "/26241/0/5": Variant("ay", BYTES),
    "/26241/0/6": Variant("x", 1367491215),
    "/26241/0/7": Variant("(qq)", (3, 0)),
    "/26241/0/8": Variant("s", "</3/0/9>;gt=5,</1/0>"),
}


def many(type, *values):
    return Variant("a{qv}", {number: Variant(type, value) for number, value in values})


MULTIPLE = {
    "/26241/1/300": many("s", (0, "a"), (1, ""), (65534, "z")),
    "/26241/1/301": many("x", (0, 0), (1, -128), (2, 32768), (3, (1 << 53) + 1), (4, (1 << 63) - 1)),
    "/26241/1/302": many("t", (0, 0), (1, 100), (2, 1 << 63)),
    "/26241/1/303": many("d", (0, 1.5), (1, 1e18), (2, 1e-7), (3, 5.0)),
    "/26241/1/304": many("b", (0, True), (1, False)),
    "/26241/1/305": many("ay", (0, b"\x01\x02\x03\x04\x05"), (1, b"")),
    "/26241/1/306": many("x", (0, 0), (1, -1), (2, 1 << 32)),
    "/26241/1/307": many("(qq)", (0, (3, 0)), (1, (65535, 65535))),
    "/26241/1/308": many("s", (0, "</3>")),
}
# What Leshan does not take, see disputed().
DISPUTED = {
    "/26241/2/2": Variant("t", 200),
    "/26241/2/3": Variant("d", 1e300),
}
MANY = 400  # instances of 3303


class Stage:
    """The agent and its services, and what the rows want to know of them."""

    def __init__(self, table):
        self.table, self.bench = table, table.bench
        self.data = self.bench.directory / "data"
        shutil.copytree(TREE / "data/objects", self.data / "objects")
        shutil.copy(HERE / "objects/26241.xml", self.data / "objects")
        self.types = definitions(self.data / "objects")
        self.agent, self.known = None, None

    def start_agent(self, name, server=""):
        uri = self.table.leshan.uri
        self.agent = self.bench.agent(uri, name=name, server=server, options=("--data-directory", str(self.data)))
        self.bench.wait_name(AGENT)
        self.known = Known(self.agent, self.types)
        return self.agent

    def provide(self):
        """The services that have /26241 and /3303."""
        types, many_of_them = Service(self.bench, "/Types"), Service(self.bench, "/Many")
        instances = {}
        for path in [*TYPES, *MULTIPLE, *DISPUTED]:
            instance, number = path.rsplit("/", 1)
            instances.setdefault(instance, []).append(int(number))
        types.register(instances, cache="notify", values=Variant("a{sv}", {**TYPES, **MULTIPLE, **DISPUTED}))
        values = {}
        for number in range(MANY):
            values["/3303/%d/5700" % number] = Variant("d", number / 8)
            values["/3303/%d/5701" % number] = Variant("s", "Cel")
        many_of_them.register({"/3303/%d" % number: [5700, 5701] for number in range(MANY)}, cache="notify",
                              values=Variant("a{sv}", values))
        return types


def registration(table, stage):
    """Register, at what Leshan knows: 1.0 and 1.1."""
    leshan = table.leshan

    def register(version):
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
        table.row("Register", "with version " + version, lambda version=version: register(version))
        table.row("De-register", "with version " + version, deregister)
    start, datagrams = leshan.mark(), len(leshan.wire)
    stage.start_agent("agent")
    table.row("Register", "with version 1.2; Leshan knows 1.1 at most, answers 4.12, and gets 1.1",
              lambda: register("1.1"))

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


def without(values, volatile):
    return {path: value[0] if path in volatile else value for path, value in values.items()}


def read(table, stage):
    known = stage.known

    def compare(path, format, wanted, volatile=()):
        def function():
            answer = table.expect({"code": "2.05", "format": NUMBERS[format]}, "read", path, format=format)
            if without(answer["values"], volatile) != without(wanted, volatile):
                raise Failed("%r instead of %r" % (answer["values"], wanted))
        table.row("Read", "%s in %s" % (path, format), function, format)

    device = ("/3/0/10", "/3/0/13")  # free memory, the time
    for format in MULTI:
        for path in ("/1", "/1/0", "/3", "/3/0", "/26241/0", "/26241/1"):
            compare(path, format, known.read(path), device)
        for path in [*MULTIPLE, "/3/0/11"]:
            compare(path, format, known.read(path))
        table.row("Read", "/3303 in %s, in blocks" % format, lambda format=format: table.expect(
            {"code": "2.05", "format": NUMBERS[format], "values": known.read("/3303")}, "read", "/3303",
            format=format), format)
    for format in SINGLE:
        for path in [*TYPES, "/1/0/1", "/1/0/6", "/1/0/7", "/3/0/16"]:
            if (path, format) != ("/26241/0/6", "cbor"):
                compare(path, format, known.read(path))
        for path, value in MULTIPLE.items():
            for number in value.value:
                word, values = known.read(path)[path]
                each = "%s/%d" % (path, number)
                if (word, format) != ("time", "cbor"):
                    compare(each, format, {each: [word, values[str(number)]]})
    for path in ("/26241/0/5", "/26241/1/305/0", "/26241/1/305/1"):
        value = known.read("/26241/0/5")[path] if path in TYPES else ["opaque", "0102030405" if path[-1] == "0" else ""]
        compare(path, "opaque", {path: value})

    def refused(path, format, code):
        table.row("Read", "%s%s is %s" % (path, " in " + str(format) if format is not None else "", code),
                  lambda: table.expect({"code": code}, "read", path, **({} if format is None else {"format": format})))
    for path, format, code in (
            ("/3/0", "text", "4.06"), ("/3", "cbor", "4.06"), ("/3/0/16", "opaque", "4.06"), ("/3/0/11", "text", "4.06"),
            ("/3/0/16", 4711, "4.06"), ("/0", None, "4.01"), ("/0/0/0", None, "4.01"), ("/9999", None, "4.04"),
            ("/3/1", None, "4.04"), ("/3/0/9999", None, "4.04"), ("/3/0/11/7", None, "4.04"), ("/3/0/4", None, "4.05"),
            ("/3/0/16/0", None, "4.05")):
        refused(path, format, code)

    def default(path, number):
        table.row("Read", "%s without Accept comes in %d" % (path, number), lambda: table.expect(
            {"code": "2.05", "format": number, "values": known.read(path)}, "read", path))
    for path, number in (("/1/0/1", 0), ("/26241/0/0", 0), ("/3/0/11", 112), ("/1/0", 112), ("/1", 112), ("/3303", 112)):
        default(path, number)


def disputed(table, stage):
    """Reads in which the peer takes other things than the standard has; the rows hold it to what it does today."""
    table.row("Read", "/26241/2/2 in tlv: Unsigned Integer 200 is c8; Leshan takes the byte as signed",
              lambda: table.expect({"code": "2.05", "payload": "c102c8", "values": {
                  "/26241/2/2": ["unsigned_integer", (1 << 64) - 56]}}, "read", "/26241/2/2", format="tlv"), "tlv")
    for path, wire in (("/26241/0/6", "1a5182428f"), ("/26241/1/306/0", "00"), ("/26241/1/306/1", "20")):
        table.row("Read", "%s in cbor: Time is %s; Leshan takes only tagged times" % (path, wire),
                  lambda path=path: table.expect({"error": "Not tag 0 or 1"}, "read", path, format="cbor"), "cbor")
    table.row("Read", "/26241/2/3 in senml-json: 1e300 without an exponent; Leshan takes integers of 64 bits alone",
              lambda: table.expect({"error": "Can not convert BigInteger"}, "read", "/26241/2/3", format="senml-json"),
              "senml-json")
    for path in DISPUTED:
        for format in SINGLE:
            if (path, format) not in (("/26241/2/2", "tlv"), ("/26241/2/3", "senml-json")):
                table.row("Read", "%s in %s" % (path, format), lambda path=path, format=format: table.expect(
                    {"code": "2.05", "values": stage.known.read(path)}, "read", path, format=format), format)


def run_all(table):
    table.leshan = Leshan(table.bench)
    stage = Stage(table)
    registration(table, stage)
    update(table, stage)
    read(table, stage)
    disputed(table, stage)
