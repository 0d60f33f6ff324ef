# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: values of every type written to a service on the bus, and what else a server may do there."""

from lib import Failed
from reads import MULTI, SINGLE
from writes import hold

LARGEST = (1 << 64) - 1

# Of /26241/0: each type, with the edges of its space.
VALUES = (
    ("0", "string", ("", "Grüße, € \U0001f642", "x" * 300)),
    ("1", "integer", (0, -129, -(1 << 63), (1 << 63) - 1)),
    ("2", "unsigned_integer", (0, 255, LARGEST, 1 << 63)),
    ("3", "float", (0.0, -0.1, 1e-300, 16777217.0)),
    ("4", "boolean", (False, True)),
    ("5", "opaque", ("", "00", "ff" * 300)),
    ("6", "time", (0, -1, 1 << 33)),
    ("7", "objlnk", ("1:0", "65535:65535")),
    ("8", "corelink", ("</1>", '</3/0>;if="x"')),
)
# Of /26241/1: arrays of each type.
ARRAYS = (
    ("300", "string", "", "b"),
    ("301", "integer", -1, 1 << 40),
    ("302", "unsigned_integer", 0, 1 << 63),
    ("303", "float", 0.5, -1e-7),
    ("304", "boolean", True, False),
    ("305", "opaque", "", "ff00"),
    ("306", "time", -1, 1 << 33),
    ("307", "objlnk", "3:0", "1:0"),
    ("308", "corelink", "</1>", "</3/0>"),
)


def resources(table, stage):
    def write(path, typed, format):
        table.expect({"code": "2.04"}, "write", path, value=typed, format=format)
        hold(stage, {path: typed})
    for format in (*SINGLE, "opaque"):
        for number, word, values in VALUES:
            if format == "opaque" and word != "opaque":
                continue
            for value in values:
                if (format, value) == ("tlv", LARGEST):
                    continue
                table.row("Write", "/26241/0/%s = %.40r in %s" % (number, value, format), lambda
                          path="/26241/0/" + number, typed=[word, value], format=format: write(path, typed, format),
                          format)
        for number, word, value, _ in ARRAYS:
            if format != "opaque" or word == "opaque":
                table.row("Write", "/26241/1/%s/0 = %r in %s" % (number, value, format), lambda
                          path="/26241/1/%s/0" % number, typed=[word, value], format=format: write(
                              path, typed, format), format)


def disputed(table, stage):
    def write():
        table.expect({"code": "2.04"}, "write", "/26241/0/2", value=["unsigned_integer", LARGEST], format="tlv")
        hold(stage, {"/26241/0/2": ["unsigned_integer", 255]})
    table.row("Write", "/26241/0/2 = %d in tlv: Leshan sends ff, as if it were signed, which is 255" % LARGEST, write,
              "tlv")


def arrays(table, stage):
    def write(mode, number, word, sent, wanted, format):
        path = "/26241/1/" + number
        table.expect({"code": "2.04"}, "write", path, mode=mode, value=[word, sent], format=format)
        hold(stage, {path: [word, wanted]})
    for format in MULTI:
        for number, word, one, other in ARRAYS:
            for mode, sent, wanted in (("replace", {"0": one, "7": other}, {"0": one, "7": other}),
                                       ("update", {"0": other, "9": one}, {"0": other, "7": other, "9": one})):
                table.row("Write", "/26241/1/%s (%s) in %s" % (number, mode, format), lambda mode=mode, number=number,
                          word=word, sent=sent, wanted=wanted, format=format: write(
                              mode, number, word, sent, wanted, format), format)


def instances(table, stage):
    whole = {number: [word, values[-1]] for number, word, values in VALUES}
    multiple = {number: [word, {"1": one, "2": other}] for number, word, one, other in ARRAYS}

    def write(mode, path, sent, wanted, format):
        table.expect({"code": "2.04"}, "write", path, mode=mode, resources=sent, format=format)
        got = {key.split("/")[3]: typed for key, typed in stage.known.read(path).items() if not key.endswith("/9")}
        if got != wanted:
            raise Failed("the agent holds %r, not %r" % (got, wanted))

    def create(resources, format):
        before = table.leshan.mark()
        table.expect({"code": "2.01", "location": "26241/77"}, "create", "/26241", instance=77, resources=resources,
                     format=format)
        hold(stage, {"/26241/77/" + number: typed for number, typed in resources.items()})
        table.leshan.wait("updated", lambda event: "</26241/77>" in event["links"], before)
        table.expect({"code": "2.05", "values": stage.known.read("/26241/77")}, "read", "/26241/77", format=format)
        before = table.leshan.mark()
        table.expect({"code": "2.02"}, "delete", "/26241/77")
        table.leshan.wait("updated", lambda event: "</26241/77>" not in event["links"], before)
    for format in MULTI:
        part = {"1": ["integer", 5], "3": ["float", 2.5]}
        for mode, path, sent, wanted in (
                ("replace", "/26241/0", whole, whole), ("replace", "/26241/0", part, part),
                ("update", "/26241/0", whole, whole), ("update", "/26241/0", part, {**whole, **part}),
                ("replace", "/26241/1", multiple, multiple)):
            table.row("Write", "%s (%s) with %d resources in %s" % (path, mode, len(sent), format), lambda mode=mode,
                      path=path, sent=sent, wanted=wanted, format=format: write(mode, path, sent, wanted, format),
                      format)
        table.row("Create", "/26241/77 of every type in %s, Read, Delete" % format, lambda format=format: create(
            {**whole, **multiple}, format), format)


def execute(table, stage):
    def run(arguments, wanted):
        table.expect({"code": "2.04"}, "execute", "/26241/0/10", arguments=arguments)
        got = stage.keeper.executed[-1]
        if got != ("/26241/0/10", wanted):
            raise Failed("the service got %r" % (got,))
    for arguments, wanted in (("", {}), ("5", {5: ""}), ("2='10.3'", {2: "10.3"}), ("2=''", {2: ""}),
                              ("7,0='https://www.example.org'", {7: "", 0: "https://www.example.org"}),
                              ("0,1,2,3,4,5,6,7,8,9", {number: "" for number in range(10)})):
        table.row("Execute", "/26241/0/10 with %r" % arguments, lambda arguments=arguments, wanted=wanted: run(
            arguments, wanted))
