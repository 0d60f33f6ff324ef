# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Write, Execute, Delete."""

from lib import Failed
from reads import MULTI, SINGLE

# Of /1/0: two values each, to be written in turn.
RESOURCES = {
    "/1/0/1": ("integer", 4321, 86400),
    "/1/0/2": ("integer", 0, 7),
    "/1/0/3": ("integer", 300, 70000),
    "/1/0/6": ("boolean", False, True),
    "/1/0/7": ("string", "U", "U"),
}


def hold(stage, wanted):
    """The agent holds these, by its own word."""
    for path, value in wanted.items():
        got = stage.known.at(path)
        if got != {path: value}:
            raise Failed("the agent holds %r, not %r" % (got, value))


def resources(table, stage):
    def write(path, typed, format):
        table.expect({"code": "2.04"}, "write", path, value=typed, format=format)
        hold(stage, {path: typed})
    for format in SINGLE:
        for path, (word, *values) in RESOURCES.items():
            for value in values:
                table.row("Write", "%s = %r in %s" % (path, value, format),
                          lambda path=path, typed=[word, value], format=format: write(path, typed, format), format)


def instances(table, stage):
    def write(mode, format, numbers, wanted):
        table.expect({"code": "2.04"}, "write", "/1/0", mode=mode, format=format, resources=numbers)
        hold(stage, wanted)
    for format in MULTI:
        numbers = {"1": ["integer", 5000], "5": ["integer", 90], "6": ["boolean", False], "7": ["string", "U"]}
        wanted = {"/1/0/" + number: typed for number, typed in numbers.items()}
        table.row("Write", "/1/0 replaced in " + format,
                  lambda format=format, numbers=numbers, wanted=wanted: write("replace", format, numbers, wanted),
                  format)
        part = {"1": ["integer", 600], "6": ["boolean", True]}
        whole = {**wanted, **{"/1/0/" + number: typed for number, typed in part.items()}}
        table.row("Write", "/1/0 updated in " + format,
                  lambda format=format, part=part, whole=whole: write("update", format, part, whole), format)
    for old, number in ((1542, 610), (1543, 620)):
        part = {"1": ["integer", number]}
        table.row("Write", "/1/0 updated in %d, as it was before 2016" % old, lambda old=old, part=part: write(
            "update", old, part, {"/1/0/1": part["1"]}))


def refused(table, stage):
    def write(code, path, members):
        before = stage.known.read("/1/0")
        table.expect({"code": code}, "write", path, **members)
        same_as_before = stage.known.read("/1/0")
        if same_as_before != before:
            raise Failed("/1/0 changed from %r to %r" % (before, same_as_before))
    for code, path, text, members in (
            ("4.05", "/1/0/0", "a resource that can only be read", {"value": ["integer", 7], "format": "tlv"}),
            ("4.05", "/26241/0/9", "another that can only be read", {"value": ["string", "x"], "format": "text"}),
            ("4.04", "/1/9/1", "an instance that is not there", {"value": ["integer", 7], "format": "text"}),
            ("4.04", "/1/0/999", "a resource that is not there", {"value": ["integer", 7], "format": "text"}),
            ("4.01", "/0/0/0", "the Security object", {"value": ["string", "coap://x"], "format": "text"}),
            ("4.00", "/1/0/7", "a binding that is none", {"value": ["string", "Z"], "format": "text"}),
            ("4.00", "/1/0/1", "a lifetime below zero", {"value": ["integer", -1], "format": "tlv"})):
        table.row("Write", "%s, %s: %s" % (path, text, code),
                  lambda code=code, path=path, members=members: write(code, path, members))
    for format in MULTI:
        for code, number, typed, text in (("4.05", "0", ["integer", 7], "one that can only be read"),
                                          ("4.00", "7", ["string", "Z"], "a wrong one")):
            for mode in ("update", "replace"):
                part = {"1": ["integer", 700], "6": ["boolean", True], "7": ["string", "U"], number: typed}
                table.row("Write", "/1/0 (%s) in %s with %s: %s, and nothing is changed" % (mode, format, text, code),
                          lambda code=code, part=part, mode=mode, format=format: write(
                              code, "/1/0", {"mode": mode, "format": format, "resources": part}), format)


def execute(table, stage):
    leshan = table.leshan

    def trigger(arguments):
        before = leshan.mark()
        table.expect({"code": "2.04"}, "execute", "/1/0/8", arguments=arguments)
        leshan.wait("updated", start=before)
    for arguments in ("", "0='U'", "5='x',0='U',9"):
        table.row("Execute", "/1/0/8 with %r, and an Update follows" % arguments,
                  lambda arguments=arguments: trigger(arguments))
    for code, path, arguments in (("4.00", "/1/0/8", "0='Z'"), ("4.05", "/1/0/1", ""), ("4.05", "/3/0/16", ""),
                                  ("4.04", "/1/0/999", ""), ("4.04", "/1/9/8", ""), ("4.01", "/0/0/0", "")):
        table.row("Execute", "%s with %r is %s" % (path, arguments, code),
                  lambda code=code, path=path, arguments=arguments: table.expect(
                      {"code": code}, "execute", path, arguments=arguments))


def delete(table, stage):
    for code, path in (("4.05", "/1/0"), ("4.05", "/3/0"), ("4.05", "/26241/0"), ("4.01", "/0/0"), ("4.04", "/1/9"),
                       ("4.04", "/9999/0")):
        table.row("Delete", "%s is %s" % (path, code),
                  lambda code=code, path=path: table.expect({"code": code}, "delete", path))
