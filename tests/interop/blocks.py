# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: bodies in small blocks, both ways, and requests side by side."""

import threading

from bus import Variant
from lib import Failed
from peer import FORMATS
from reads import MULTI
from writes import hold

BLOCK1, BLOCK2 = 27, 23


def options(datagram):
    """Of a CoAP message: (number, value)."""
    at, number, found = 4 + (datagram[0] & 15), 0, []
    while at < len(datagram) and datagram[at] != 0xff:
        lengths = []
        head, at = datagram[at], at + 1
        for nibble in (head >> 4, head & 15):
            extra = {13: 1, 14: 2}.get(nibble, 0)
            lengths.append(nibble if nibble < 13 else int.from_bytes(datagram[at:at + extra], "big") +
                           (13 if nibble == 13 else 269))
            at += extra
        number += lengths[0]
        found.append((number, datagram[at:at + lengths[1]]))
        at += lengths[1]
    return found


def block_sizes(wire, way, option):
    """The sizes of the blocks that went this way."""
    return {16 << (int.from_bytes(value, "big") & 7) for each, data in wire if each == way
            for number, value in options(data) if number == option}


def small(table, stage):
    """`table.leshan` prefers blocks of 64 bytes here."""
    leshan, known = table.leshan, stage.known

    def read(path, format):
        before = len(leshan.wire)
        table.expect({"code": "2.05", "format": FORMATS[format], "values": known.read(path)}, "read", path,
                     format=format)
        sizes = block_sizes(leshan.wire[before:], "out", BLOCK2)
        if sizes != {64}:
            raise Failed("Leshan asked for blocks of %r" % sizes)

    def write(mode, format):
        lifetime = known.read("/1/0/1")["/1/0/1"][1] + 1
        resources = {"1": ["integer", lifetime], "5": ["integer", 86400], "6": ["boolean", True], "7": ["string", "U"]}
        # resources that a newer version may have, to be ignored
        resources.update({str(number): ["string", "x" * 30] for number in (900, 901, 902)})
        before = len(leshan.wire)
        table.expect({"code": "2.04"}, "write", "/1/0", mode=mode, format=format, resources=resources)
        hold(stage, {"/1/0/1": ["integer", lifetime]})
        if block_sizes(leshan.wire[before:], "out", BLOCK1) != {64}:
            raise Failed("it did not go in blocks of 64 bytes")

    def observe(format):
        table.expect({"code": "2.05", "values": known.read("/26241/1")}, "observe", "/26241/1", format=format)
        start, before = leshan.mark(), len(leshan.wire)
        stage.keeper.change({"/26241/1/300": Variant("a{qv}", {
            number: Variant("s", "%s %d " % (format, number) + "x" * 200) for number in range(10)})})
        wanted = known.read("/26241/1")
        leshan.wait("notified", lambda event: event.get("values") == wanted, start)
        if block_sizes(leshan.wire[before:], "out", BLOCK2) != {64}:
            raise Failed("the notification did not come in blocks")
        table.expect({"code": "2.05", "values": wanted}, "cancel", "/26241/1")

    for format in MULTI:
        table.row("Block2", "/3303 in " + format, lambda format=format: read("/3303", format), format)
        table.row("Block2", "a notification of /26241/1 in " + format, lambda format=format: observe(format), format)
        for mode in ("replace", "update"):
            table.row("Block1", "/1/0 (%s) in %s" % (mode, format),
                      lambda mode=mode, format=format: write(mode, format), format)
    table.row("Block2", "Discover of /3303", lambda: table.expect({"code": "2.05", "format": 40}, "discover", "/3303"))

    def create(format, number):
        resources = {"0": ["opaque", {"0": "55" * 1000, "9": "66" * 1000}], "3": ["string", "in blocks"]}
        before = len(leshan.wire)
        table.expect({"code": "2.01"}, "create", "/19", format=format, instance=number, resources=resources)
        hold(stage, {"/19/%d/%s" % (number, each): typed for each, typed in resources.items()})
        if block_sizes(leshan.wire[before:], "out", BLOCK1) != {64}:
            raise Failed("it did not go in blocks of 64 bytes")
        table.expect({"code": "2.02"}, "delete", "/19/%d" % number)

    def composite(format):
        """A list of paths in blocks, its answer in blocks, and values back in blocks."""
        paths = ["/3303/%d/5700" % number for number in range(200)]
        wanted = {path: value for path, value in known.read("/3303").items() if path in paths}
        before = len(leshan.wire)
        table.expect({"code": "2.05", "values": wanted}, "read-composite", paths=paths, format=format, accept=format)
        if block_sizes(leshan.wire[before:], "out", BLOCK1) != {64}:
            raise Failed("the paths did not go in blocks of 64 bytes")
        if not block_sizes(leshan.wire[before:], "in", BLOCK2):
            raise Failed("the answer did not come in blocks")
        table.expect({"code": "2.01"}, "create", "/19", format="tlv", instance=5,
                     resources={"0": ["opaque", {"0": ""}]})
        values = {"/19/5/0/%d" % number: ["opaque", "77" * 100] for number in range(20)}
        table.expect({"code": "2.04"}, "write-composite", values=values, format=format)
        hold(stage, values)
        table.expect({"code": "2.02"}, "delete", "/19/5")

    for format in MULTI:
        table.row("Block1", "Create in " + format, lambda format=format: create(format, 6), format)
    for format in ("senml-json", "senml-cbor"):
        table.row("Block1", "Read-Composite and Write-Composite in " + format, lambda format=format: composite(format),
                  format)

    def side_by_side():
        """One in blocks; Californium drops a transfer when it asks for the same path again."""
        paths = ["/3303", *("/26241/0", "/1/0", "/3/0/16") * 4]
        wanted = {path: known.read(path) for path in paths}
        wrong = []

        def ask(path):
            answer = leshan.ask("read", path, format="senml-cbor")
            if answer.get("values") != wanted[path]:
                wrong.append(answer)
        threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        if wrong:
            raise Failed("%d of %d: %r" % (len(wrong), len(threads), wrong[0]))
    table.row("Block2", "a Read of /3303 in blocks, and 12 others meanwhile", side_by_side)
