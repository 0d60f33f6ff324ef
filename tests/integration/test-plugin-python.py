#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example in Python: from nothing to a value at the server, changes, a restart, an end and a return."""

from lib import TREE, run
from plugin import PYTHON, needs_dbus_python, thermometer_story


def main(bench):
    needs_dbus_python(bench)
    thermometer_story(bench, [PYTHON, str(TREE / "data/examples/thermometer.py")], stays=True)


run(main)
