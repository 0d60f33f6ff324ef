#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Your first provider in ten minutes: every line of the page, typed by an ordinary user, prints what the page says."""

import os
import time

import page
from lib import SOON, TREE, Failed, check, program, run, tool
from plugin import PYTHON, needs_dbus_python

PAGE = TREE / "data/examples/first-provider.md"


def try_line(shell, command, typed):
    """Typed again until it prints what it should, as a person does who was too quick."""
    deadline = time.monotonic() + SOON
    while True:
        output, status = shell.type(typed)
        good = page.matches(output, command.output) if command.output is not None else status == 0
        if good:
            break
        if status is None or command.output is None or time.monotonic() > deadline:
            raise Failed("%s\n... prints (status %s)\n%s\n... instead of\n%s" %
                         (typed, status, output, command.output or "anything, with status 0"))
        time.sleep(0.2)
    check(True, command.text.splitlines()[0])


def main(bench):
    for name in ("busctl", "dbus-run-session", "setpriv"):
        tool(name)
    needs_dbus_python(bench)
    bench.directory.chmod(0o755)
    page.install(bench.directory, (
        ("lwm2md", program("lwm2md"), "--data-directory %s"),
        ("lwm2m-testserver", program("lwm2m-testserver"), "--objects %s/objects")), PYTHON, TREE)
    home = bench.directory / "home"
    home.mkdir()
    os.environ.pop("DBUS_SYSTEM_BUS_ADDRESS", None)
    shell = page.Shell(home, {"PATH": "%s:%s" % (bench.directory / "bin", os.environ["PATH"]), "LC_ALL": "C.UTF-8"})
    port = page.free_port()
    text = PAGE.read_text(encoding="utf-8")
    begin = time.monotonic()
    try:
        check(os.getuid() != 0 or shell.type("id -u")[0] != "0", "nobody is root")
        for command in page.commands(text.split("\n## On a host\n")[0]):
            try_line(shell, command, command.text.replace(":5683", ":" + port))
        check(time.monotonic() - begin < 600, "in ten minutes")
    except Failed:
        for log in sorted((home / "oven").glob("*.log")):
            print("--- %s\n%s" % (log.name, "\n".join(log.read_text(errors="replace").splitlines()[-20:])))
        raise
    finally:
        shell.close()
    for log in (home / "oven").glob("*.log"):
        said = log.read_text(errors="replace")
        check("Sanitizer" not in said and "runtime error" not in said, "%s tells of no mistake in memory" % log.name)


run(main)
