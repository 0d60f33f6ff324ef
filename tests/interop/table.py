#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
The agent and Eclipse Leshan: each operation in each format that Leshan speaks, a row each.

Every row says what the answer must be: its code, and the values that the agent holds by its own word on D-Bus. A row
in which Leshan is wrong, or cannot do it, says so; it passes if it goes the way that the row tells.
"""

import collections
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
os.environ.setdefault("LWM2MD_TEST_LIMIT", "600")  # with all that Maven may have to fetch

import lib  # noqa: E402
from lib import BusError, Failed, run  # noqa: E402

import attributes  # noqa: E402
import blocks  # noqa: E402
import composites  # noqa: E402
import peer  # noqa: E402
import reads  # noqa: E402
import registers  # noqa: E402
import reports  # noqa: E402
import secure  # noqa: E402
import sent  # noqa: E402
import served  # noqa: E402
import stage  # noqa: E402
import stored  # noqa: E402
import writes  # noqa: E402


class Table:
    """Runs rows, prints and counts them."""

    def __init__(self, bench):
        self.bench = bench
        self.leshan = None
        self.failed, self.silent = 0, 0
        self.counts = collections.defaultdict(lambda: [0, 0])  # (operation, format): passed, all

    def row(self, operation, text, function, format="-"):
        """`function` raises Failed when the row does not hold."""
        wire, count = len(self.leshan.wire), self.counts[operation, format]
        count[1] += 1
        try:
            function()
        except (Failed, BusError) as reason:
            self.failed += 1
            print("not ok %d %s: %s: %s" % (lib.checks + self.failed, operation, text, reason))
            for way, data in self.leshan.wire[wire:wire + 40]:
                print("    %-3s %s" % (way, data.hex()))
            sys.stdout.flush()
            self.silent += "no answer in time" in str(reason)
            if self.silent >= 3:
                raise Failed("the agent does not answer") from None
            return
        count[0] += 1
        lib.checks += 1
        print("ok %d %s: %s" % (lib.checks + self.failed, operation, text), flush=True)

    def expect(self, wanted, operation, path=None, **members):
        """
        One request, whose answer must have what `wanted` has: "code", "format", "values", "links", "location";
        "error" is a part of what Leshan says when it cannot do it.
        """
        answer = self.leshan.ask(operation, path, **members)
        for key, value in wanted.items():
            got = answer.get(key)
            if key == "error" and got is not None and value in got:
                continue
            if got != value:
                raise Failed("%s: %r instead of %r; the answer: %r" % (key, got, value, answer))
        return answer

    def print_counts(self):
        """The table: a line for each operation, a column for each format."""
        operations = list(dict.fromkeys(operation for operation, _ in self.counts))
        formats = [*[name for name in peer.FORMATS if any((each, name) in self.counts for each in operations)], "-"]
        print("%-20s %s" % ("", " ".join("%11s" % name for name in formats)))
        for operation in operations:
            cells = ["%d/%d" % tuple(self.counts[operation, name]) if (operation, name) in self.counts else ""
                     for name in formats]
            print("%-20s %s" % (operation, " ".join("%11s" % cell for cell in cells)))


def main(bench):
    peer.build()
    table = Table(bench)
    table.leshan = peer.Leshan(bench)
    scene = stage.Stage(table)
    for rows in (registers.register, registers.update, reads.read, reads.disputed, reads.discover, writes.resources,
                 writes.instances, writes.refused, writes.execute, writes.delete, attributes.write,
                 attributes.refused, stored.create, stored.write, stored.large, composites.read, composites.write,
                 reports.observe, reports.cancel, reports.instances, reports.composite, reports.conditions,
                 served.resources, served.disputed, served.arrays, served.instances, served.execute, attributes.kept,
                 sent.values, sent.series, sent.muted):
        rows(table, scene)
    registers.oldest(table, scene)
    table.leshan.stop()
    table.leshan = peer.Leshan(bench, "leshan-small", block=64)
    registers.small(table, scene)
    blocks.small(table, scene)
    secure.rows(table, scene)
    table.print_counts()
    if table.failed:
        raise Failed("%d of %d rows" % (table.failed, lib.checks + table.failed))


run(main)
