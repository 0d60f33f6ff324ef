#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Registers instances as whoever runs it, says what came of it, and ends: try-register.py /3303/7=5700,5701 ..."""

import sys

import dbus

instances = {path: dbus.Array(map(int, ids.split(",")), "q") for path, ids in (word.split("=") for word in sys.argv[1:])}
bus = dbus.SystemBus()
try:
    _, paths = bus.call_blocking("org.lwm2md", "/org/lwm2md", "org.lwm2md.ProviderManager1", "RegisterProvider",
                                 "oa{saq}a{sv}", ("/Try", instances, {}))
except dbus.DBusException as error:
    sys.exit(str(error))
print("registered", *paths)
