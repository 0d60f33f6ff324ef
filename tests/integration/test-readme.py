#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The README's lines for a plugin, as they stand there: from nothing to a value that the test server reads."""

import os
import re
import subprocess

from lib import TREE, Process, check, program, run, tool, wait_until
from page import free_port
from plugin import PYTHON, needs_dbus_python

SECTION = "## Show servers a value of yours"


def lines():
    """What is to be typed: a line that ends in a backslash goes on."""
    text = (TREE / "README.md").read_text(encoding="utf-8").split(SECTION)[1].split("\n## ")[0]
    return [line.strip() for line in re.sub(r"\\\n\s+", "", text).splitlines() if line.startswith("    ")]


def install(bench):
    """The programs as if they were installed, and the tree below the directory where the lines are typed."""
    directory = bench.directory / "bin"
    directory.mkdir()
    for name, command in (("lwm2md", "%s --data-directory %s" % (program("lwm2md"), TREE / "data")),
                          ("lwm2m-testserver", "%s --objects %s" % (program("lwm2m-testserver"), TREE / "data/objects")),
                          ("python3", PYTHON)):
        (directory / name).write_text('#!/bin/sh\nexec %s "$@"\n' % command)
        (directory / name).chmod(0o755)
    os.environ["PATH"] = "%s:%s" % (directory, os.environ["PATH"])
    (bench.directory / "data").symlink_to(TREE / "data")
    os.chdir(bench.directory)


def shown(line):
    """What a line prints, None if it fails."""
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def main(bench):
    tool("busctl")
    needs_dbus_python(bench)
    install(bench)
    port, values = free_port(), []
    for number, line in enumerate(lines()):
        typed = line.replace(":5683", ":" + port)
        if line.startswith("apt "):
            continue
        if line.endswith("&"):
            Process(bench, "line-%d" % number, ["sh", "-c", "exec " + typed[:-1]])
        else:  # a person waits a moment, too
            values.append(wait_until(lambda: shown(typed) is not None and (shown(typed) or "done"), line))
        check(True, line)
    print(values)
    check(re.search(r'"/3303/100/5700" d \d', values[-2]), "the agent shows the value")
    check(re.search(r'"2.05 Content" .*"/3303/100/5700" d \d', values[-1]), "the test server reads it")
    code = [line for line in (TREE / "data/examples/thermometer.py").read_text().splitlines()
            if line.strip() and not line.lstrip().startswith("#")]
    check(len(code) < 30, "the plugin has %d lines of Python" % len(code))


run(main)
