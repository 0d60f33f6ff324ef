#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows servers the processor's temperature as an instance of object 3303: thermometer.py [FILE with millidegrees]"""
import os, random, sys, dbus.mainloop.glib, dbus.service
from gi.repository import GLib

FILE = sys.argv[1] if len(sys.argv) > 1 else "/sys/class/thermal/thermal_zone0/temp"

class Thermometer(dbus.service.Object):
    registration = None

    def values(self):
        millidegrees = int(open(FILE).read()) if os.path.exists(FILE) else random.randint(40000, 50000)
        return {self.instance + "/5700": millidegrees / 1000, self.instance + "/5701": "Cel"}

    @dbus.service.method("org.lwm2md.Provider1", in_signature="asa{sv}", out_signature="a{sv}a{s(ss)}")
    def Read(self, paths, context):
        return {path: value for path, value in self.values().items() if path in paths}, {}

    def register(self, owner):  # at the start, and again whenever the agent was restarted
        if owner:
            self.registration, paths = bus.call_blocking(
                "org.lwm2md", "/org/lwm2md", "org.lwm2md.ProviderManager1", "RegisterProvider", "oa{saq}a{sv}",
                ("/Thermometer", {"/3303/*cpu": [5700, 5701]}, {"name": "thermometer", "cache": "notify"}))
            self.instance = paths["cpu"]

    def report(self):
        if self.registration:
            bus.call_async("org.lwm2md", self.registration, "org.lwm2md.Registration1", "Update", "a{sv}asa{sv}",
                           (self.values(), [], {}), None, None)
        return True  # and so again

bus = dbus.SystemBus(mainloop=dbus.mainloop.glib.DBusGMainLoop())
thermometer = Thermometer(bus, "/Thermometer")
bus.watch_name_owner("org.lwm2md", thermometer.register)
GLib.timeout_add_seconds(2, thermometer.report)
GLib.MainLoop().run()
