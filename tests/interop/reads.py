# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Read and Discover."""

from lib import BusError, Failed
from peer import FORMATS
from stage import MULTIPLE, TYPES, many

SINGLE = ("text", "cbor", "tlv", "json", "senml-json", "senml-cbor")
MULTI = ("tlv", "json", "senml-json", "senml-cbor")


def without(values, volatile):
    return {path: value[0] if path in volatile else value for path, value in values.items()}


def read(table, stage):
    known = stage.known

    def compare(path, format, wanted, volatile=()):
        def function():
            answer = table.expect({"code": "2.05", "format": FORMATS[format]}, "read", path, format=format)
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
            {"code": "2.05", "format": FORMATS[format], "values": known.read("/3303")}, "read", "/3303",
            format=format), format)
    for format in SINGLE:
        for path in [*TYPES, "/1/0/1", "/1/0/6", "/1/0/7", "/3/0/16"]:
            compare(path, format, known.read(path))
        for path, value in MULTIPLE.items():
            for number in value.value:
                word, values = known.read(path)[path]
                each = "%s/%d" % (path, number)
                compare(each, format, {each: [word, values[str(number)]]})
    for path in ("/26241/0/5", "/26241/1/305/0", "/26241/1/305/1"):
        value = known.read("/26241/0/5")[path] if path in TYPES else ["opaque", "0102030405" if path[-1] == "0" else ""]
        compare(path, "opaque", {path: value})

    def refused(path, format, code):
        table.row("Read", "%s%s is %s" % (path, " in " + str(format) if format is not None else "", code),
                  lambda: table.expect({"code": code}, "read", path, **({} if format is None else {"format": format})))
    for path, format, code in (
            ("/3/0", "text", "4.06"), ("/3", "cbor", "4.06"), ("/3/0/16", "opaque", "4.06"),
            ("/3/0/11", "text", "4.06"), ("/3/0/16", 4711, "4.06"), ("/0", None, "4.01"), ("/0/0/0", None, "4.01"), ("/9999", None, "4.04"),
            ("/3/1", None, "4.04"), ("/3/0/9999", None, "4.04"), ("/3/0/11/7", None, "4.04"), ("/3/0/4", None, "4.05"),
            ("/3/0/16/0", None, "4.05")):
        refused(path, format, code)

    for path, old, format in (("/3/0/16", 1542, "tlv"), ("/1/0", 1542, "tlv"), ("/1/0", 1543, "json")):
        table.row("Read", "%s with Accept %d, as it was before 2016" % (path, old), lambda path=path, old=old:
                  table.expect({"code": "2.05", "values": known.read(path)}, "read", path, format=old), format)

    def default(path, number):
        table.row("Read", "%s without Accept comes in %d" % (path, number), lambda: table.expect(
            {"code": "2.05", "format": number, "values": known.read(path)}, "read", path))
    for path, number in (("/1/0/1", 0), ("/26241/0/0", 0), ("/3/0/11", 112), ("/1/0", 112), ("/1", 112),
                         ("/3303", 112)):
        default(path, number)


def disputed(table, stage):
    """Reads in which the peer takes other things than the standard has, or the agent refuses to give them."""
    service = stage.dispute()
    table.row("Read", "/26241/2/2 in tlv: Unsigned Integer 200 is c8; Leshan takes the byte as signed",
              lambda: table.expect({"code": "2.05", "payload": "c102c8", "values": {
                  "/26241/2/2": ["unsigned_integer", (1 << 64) - 56]}}, "read", "/26241/2/2", format="tlv"), "tlv")
    for path in ("/26241/2/2", "/26241/2/3"):
        for format in SINGLE:
            if (path, format) != ("/26241/2/2", "tlv"):
                table.row("Read", "%s in %s" % (path, format), lambda path=path, format=format: table.expect(
                    {"code": "2.05", "values": stage.known.read(path)}, "read", path, format=format), format)

    def not_finite(value):
        """Text and JSON have no word for it, so it ends at the bus."""
        try:
            service.update({"/26241/2/303": many("d", (0, value))})
        except BusError as error:
            if not error.name.endswith(".BadRequest") or "must be a finite number" not in error.text:
                raise
        else:
            raise Failed("the service may report it")
        table.expect({"code": "2.05", "values": {"/26241/2/303": ["float", {"0": 0.5}]}}, "read", "/26241/2/303")
    for value in ("NaN", "inf", "-inf"):
        table.row("Read", "/26241/2/303 as it was, after the service's %s was refused" % value,
                  lambda value=value: not_finite(float(value)))
    service.unregister()


def link_set(links):
    """Links, each with its attributes in one order."""
    return sorted(";".join([link.split(";")[0], *sorted(link.split(";")[1:])]) for link in links)


def discover(table, stage):
    def compare(path):
        answer = table.expect({"code": "2.05", "format": 40}, "discover", path)
        got, wanted = link_set(answer["links"].split(",")), link_set(stage.known.discover(path))
        if got != wanted:
            raise Failed("%r instead of %r" % (got, wanted))
    for path in ("/1", "/1/0", "/1/0/1", "/3", "/3/0", "/3/0/11", "/3/0/4", "/26241", "/26241/1", "/26241/1/300",
                 "/3303"):
        table.row("Discover", path, lambda path=path: compare(path))
    for path, code in (("/0", "4.01"), ("/0/0", "4.01"), ("/9999", "4.04"), ("/3/1", "4.04"), ("/3/0/9999", "4.04")):
        table.row("Discover", "%s is %s" % (path, code),
                  lambda path=path, code=code: table.expect({"code": code}, "discover", path))
