# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Read-Composite and Write-Composite."""

from lib import Failed
from peer import FORMATS
from writes import hold

PACKS = ("senml-json", "senml-cbor")


def read(table, stage):
    known = stage.known

    def compare(paths, wanted, format, accept):
        table.expect({"code": "2.05", "format": FORMATS[accept], "values": wanted}, "read-composite", paths=paths,
                     format=format, accept=accept)

    def values(*paths):
        return {key: value for path in paths for key, value in known.at(path).items()}
    some = ("/1/0/1", "/3/0/16", "/26241/0/3")
    for format in PACKS:
        for accept in PACKS:
            for text, paths, wanted in (
                    ("resources", some, values(*some)),
                    ("a resource instance and a multiple resource", ("/3/0/11/0", "/26241/1/301"),
                     values("/3/0/11/0", "/26241/1/301")),
                    ("instances and an object", ("/1", "/26241/0", "/26241/1"), values("/1", "/26241/0", "/26241/1")),
                    ("some that are not there", ("/1/0/1", "/1/9/1", "/9999/0/1", "/3/0/999", "/26241/1/301/77"),
                     values("/1/0/1")),
                    ("some that cannot be read", ("/1/0/1", "/1/0/8", "/1/0/7"), values("/1/0/1", "/1/0/7")),
                    ("the Security object and another", ("/0/0/0", "/3/0/16"), values("/3/0/16")),
                    ("nothing that is there", ("/9999/0/1", "/3/0/999"), {}),
                    ("a large object, in blocks", ("/3303", "/1/0"), values("/3303", "/1/0"))):
                table.row("Read-Composite", "%s, asked in %s" % (text, format), lambda paths=paths, wanted=wanted,
                          format=format, accept=accept: compare(paths, wanted, format, accept), accept)

    def root(format):
        """Everything: each object that there is, and neither /0 nor anything that is executed."""
        answer = table.expect({"code": "2.05"}, "read-composite", paths=["/"], format=format, accept=format)
        paths = sorted(path for object in stage.agent.get("Objects") if object != "/0"
                       for path in known.read(object))
        if sorted(answer["values"]) != paths:
            raise Failed("%r instead of %r" % (sorted(answer["values"]), paths))
    for format in PACKS:
        table.row("Read-Composite", "of '/'", lambda format=format: root(format), format)
    table.row("Read-Composite", "with Accept text is 4.06", lambda: table.expect(
        {"code": "4.06"}, "read-composite", paths=some, format="senml-cbor", accept="text"))


def write(table, stage):
    known = stage.known

    def change(format, values):
        table.expect({"code": "2.04"}, "write-composite", values=values, format=format)
        hold(stage, values)

    def refused(format, code, values):
        before = known.read("/1/0"), known.read("/19/0")
        table.expect({"code": code}, "write-composite", values=values, format=format)
        if (known.read("/1/0"), known.read("/19/0")) != before:
            raise Failed("something was written")
    for format in PACKS:
        for number in (1, 2):
            values = {"/1/0/1": ["integer", 2000 + number], "/1/0/2": ["integer", number],
                      "/1/0/6": ["boolean", number == 1]}
            table.row("Write-Composite", "three resources (%d)" % number,
                      lambda format=format, values=values: change(format, values), format)
        both = {"/19/0/0/1": ["opaque", "0102"], "/19/0/0/77": ["opaque", ""], "/19/0/2": ["time", 7],
                "/1/0/1": ["integer", 2222]}
        table.row("Write-Composite", "two objects, new elements", lambda format=format, both=both: change(format, both),
                  format)
        for code, text, path, typed in (
                ("4.05", "one that can only be read", "/3/0/16", ["string", "U"]),
                ("4.05", "one of a service", "/26241/0/9", ["string", "x"]),
                ("4.00", "a wrong value", "/1/0/7", ["string", "Z"]),
                ("4.04", "an instance that is not there", "/1/9/1", ["integer", 1]),
                ("4.04", "a resource that is not there", "/1/0/999", ["integer", 1]),
                ("4.01", "the Security object", "/0/0/0", ["string", "coap://x"])):
            values = {"/1/0/1": ["integer", 3000], "/19/0/1": ["integer", 3], path: typed}
            table.row("Write-Composite", "with %s is %s, and nothing is written" % (text, code),
                      lambda format=format, code=code, values=values: refused(format, code, values), format)
