#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example in Python: from nothing to a value at the server, changes, a restart, an end and a return."""

import subprocess

from lib import Skipped, TREE, run
from plugin import thermometer_story

PYTHON = "/usr/bin/python3"  # the one that Debian's modules are for


def main(bench):
    wanted = "import dbus.mainloop.glib; from gi.repository import GLib"
    if subprocess.run([PYTHON, "-c", wanted], cwd=bench.directory, capture_output=True, check=False).returncode != 0:
        raise Skipped("python3-dbus and python3-gi are not installed")
    thermometer_story(bench, [PYTHON, str(TREE / "data/examples/thermometer.py")], stays=True)


run(main)
