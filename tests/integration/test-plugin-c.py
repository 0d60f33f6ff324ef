#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example in C: from nothing to a value at the server, changes, a restart, an end and a return."""

from lib import program, run
from plugin import thermometer_story


def main(bench):
    thermometer_story(bench, [program("data/examples/thermometer")], stays=False)


run(main)
