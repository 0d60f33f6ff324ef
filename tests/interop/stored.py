# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Create, Write and Delete on objects whose instances a server makes, 16 and 19; large bodies."""

from lib import Failed
from reads import MULTI, SINGLE
from writes import hold

# An instance of 19.
DATA = {
    "0": ["opaque", {"0": "0102030405", "3": "", "300": "ff" * 300}],
    "1": ["integer", 200],
    "2": ["time", 1367491215],
    "3": ["string", "Grüße"],
    "5": ["integer", 65535],
}


def instance(stage, path, resources):
    """The agent holds exactly this, by its own word."""
    wanted = {"%s/%s" % (path, number): typed for number, typed in resources.items()}
    got = stage.known.read(path)
    if got != wanted:
        raise Failed("the agent holds %r, not %r" % (got, wanted))


def gone(stage, path):
    if any(link.startswith("<%s>" % path) for link in stage.known.discover("/" + path.split("/")[1])):
        raise Failed("the agent has %s" % path)


def create(table, stage):
    leshan = table.leshan

    def made(path, resources, before, **members):
        table.expect({"code": "2.01", **({"location": path.lstrip("/")} if path else {})}, "create",
                     "/" + path.split("/")[1], resources=resources, **members)
        instance(stage, path, resources)
        leshan.wait("updated", lambda event: "<%s>" % path in event["links"], before)

    for format in MULTI:
        for object, number, resources in ((19, 7, DATA), (16, 65534, {"0": ["string", {"0": "a", "9": "b"}]})):
            path = "/%d/%d" % (object, number)
            table.row("Create", "%s in %s, and an Update lists it" % (path, format), lambda path=path, format=format,
                      number=number, resources=resources: made(path, resources, leshan.mark(), format=format,
                                                               instance=number), format)
            table.row("Read", "%s in %s" % (path, format), lambda path=path, format=format: table.expect(
                {"code": "2.05", "values": stage.known.read(path)}, "read", path, format=format), format)
            table.row("Create", "%s in %s once more is 4.00" % (path, format), lambda object=object, number=number,
                      resources=resources, format=format: table.expect(
                          {"code": "4.00"}, "create", "/%d" % object, format=format, instance=number,
                          resources=resources), format)

            def delete(path=path):
                before = leshan.mark()
                table.expect({"code": "2.02"}, "delete", path)
                gone(stage, path)
                leshan.wait("updated", lambda event: "<%s>" % path not in event["links"], before)
            table.row("Delete", "%s, and an Update no longer lists it" % path, delete)
    for number in (0, 1):
        path = "/19/%d" % number
        table.row("Create", "of /19 without an id gives %s" % path, lambda path=path: made(
            path, DATA, leshan.mark(), format="tlv"), "tlv")
    for code, object, resources, text in (
            ("4.00", 19, {"1": DATA["1"]}, "/19 without what is mandatory"),
            ("4.00", 19, {**DATA, "1": ["integer", 256]}, "/19 with a value out of range"),
            ("4.05", 3, {"14": ["string", "+00:00"]}, "/3, which exists once"),
            ("4.05", 3303, {"5750": ["string", "x"]}, "/3303, which a service provides, but not as an object"),
            ("4.01", 0, {"0": ["string", "coap://x"]}, "/0"), ("4.04", 9999, {"0": ["string", "x"]}, "/9999")):
        table.row("Create", "of %s is %s" % (text, code), lambda code=code, object=object, resources=resources:
                  table.expect({"code": code}, "create", "/%d" % object, format="tlv", resources=resources))


def write(table, stage):
    """On /19/0, which create() has left."""
    def single(path, typed, format):
        table.expect({"code": "2.04"}, "write", path, value=typed, format=format)
        hold(stage, {path: typed})
        table.expect({"code": "2.05", "values": {path: typed}}, "read", path, format=format)

    for format in SINGLE:
        for path, typed in (("/19/0/1", ["integer", 0]), ("/19/0/1", ["integer", 255]), ("/19/0/2", ["time", -1]),
                            ("/19/0/2", ["time", 1 << 33]), ("/19/0/3", ["string", ""]),
                            ("/19/0/3", ["string", '"<ü>"\\ €']), ("/19/0/5", ["integer", 32768])):
            table.row("Write", "%s = %r in %s" % (path, typed[1], format), lambda path=path, typed=typed,
                      format=format: single(path, typed, format), format)

    for format in (*SINGLE, "opaque"):
        for value in ("", "00", bytes(range(256)).hex()):
            table.row("Write", "/19/0/0/3, %d bytes, in %s" % (len(value) // 2, format),
                      lambda value=value, format=format: single(
                          "/19/0/0/3", ["opaque", value], format), format)

    def multiple(mode, format, sent, wanted):
        table.expect({"code": "2.04"}, "write", "/19/0/0", mode=mode, value=["opaque", sent], format=format)
        hold(stage, {"/19/0/0": ["opaque", wanted]})
    for format in MULTI:
        for mode, sent, wanted in (("replace", {"0": "aa", "1": "bb"}, {"0": "aa", "1": "bb"}),
                                   ("update", {"1": "cc", "3": "dd"}, {"0": "aa", "1": "cc", "3": "dd"}),
                                   ("replace", {"300": "ee"}, {"300": "ee"})):
            table.row("Write", "/19/0/0 (%s) with %d elements in %s" % (mode, len(sent), format), lambda mode=mode,
                      format=format, sent=sent, wanted=wanted: multiple(mode, format, sent, wanted), format)

        def whole(mode, format, resources, wanted):
            table.expect({"code": "2.04"}, "write", "/19/0", mode=mode, resources=resources, format=format)
            instance(stage, "/19/0", wanted)
        full, less = DATA, {"0": ["opaque", {"1": "11"}], "5": ["integer", 7]}
        more = {"0": ["opaque", {"1": "22", "2": "33"}], "3": ["string", "more"]}
        both = {**more, "5": ["integer", 7]}
        for mode, sent, wanted in (
                ("replace", full, full), ("replace", less, less), ("update", more, both)):
            table.row("Write", "/19/0 (%s) with %d resources in %s" % (mode, len(sent), format), lambda mode=mode,
                      format=format, sent=sent, wanted=wanted: whole(mode, format, sent, wanted), format)
    for code, path, typed, format in (
            ("4.00", "/19/0/1", ["integer", 256], "text"), ("4.00", "/19/0/1", ["integer", -1], "cbor"),
            ("4.00", "/19/0/3", ["string", "x" * 33], "senml-cbor"), ("4.04", "/19/0/0/77", ["opaque", "00"], "tlv")):
        table.row("Write", "%s = %r in %s is %s" % (path, typed[1], format, code), lambda code=code, path=path,
                  typed=typed, format=format: table.expect({"code": code}, "write", path, value=typed, format=format),
                  format)


def large(table, stage):
    """A body of many blocks, up and down."""
    value = bytes(number * 7 & 255 for number in range(20000)).hex()

    def up_and_down(format, path, typed):
        table.expect({"code": "2.04"}, "write", path, value=typed, format=format)
        table.expect({"code": "2.05", "values": {path: typed}}, "read", path, format=format)
    for format in (*SINGLE, "opaque"):
        table.row("Block1", "/19/0/0/2 with 20000 bytes, and Read, in " + format, lambda format=format: up_and_down(
            format, "/19/0/0/2", ["opaque", value]), format)
    too_large = bytes(70000).hex()
    for format in ("opaque", "tlv"):
        table.row("Block1", "/19/0/0/2 with 70000 bytes in %s is 4.13" % format, lambda format=format: table.expect(
            {"code": "4.13"}, "write", "/19/0/0/2", value=["opaque", too_large], format=format), format)
    for format in MULTI:
        table.row("Block1", "/19/0/0 with 20000 bytes, and Read, in " + format, lambda format=format: up_and_down(
            format, "/19/0/0", ["opaque", {"2": value}]), format)
