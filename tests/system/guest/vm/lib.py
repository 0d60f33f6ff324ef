# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the parts share: checks that are counted, commands, the server's side of the bus."""

import glob
import json
import os
import subprocess
import time

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

counts = {"passed": 0, "failed": 0}


def check(words, good, detail=""):
    """One line; what was seen instead if it is not good."""
    if good:
        counts["passed"] += 1
        print(f"ok {counts['passed']} - {words}")
    else:
        counts["failed"] += 1
        print(f"not ok - {words}: {detail}")
    return good


def section(words):
    print(f"--- {words}")


def run(*command, timeout=120):
    """Standard output; what fails raises."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def tells_json(*command):
    return json.loads(run(*command))


def file(path):
    """The text of the one file that the pattern names."""
    names = glob.glob(path)
    if len(names) != 1:
        raise RuntimeError(f"{path} names {len(names)} files")
    with open(names[0]) as opened:
        return opened.read().strip()


def wait(seconds, condition):
    """Lets signals come in until the condition is true; what it says at last."""
    context, end = GLib.MainContext.default(), time.monotonic() + seconds
    # a tick, for conditions that no signal makes true
    tick = GLib.timeout_add(50, lambda: True)
    try:
        while True:
            said = condition()
            if said or time.monotonic() >= end:
                return said
            context.iteration(True)
    finally:
        GLib.source_remove(tick)


def plain(value):
    """A value of the bus as one of Python."""
    if isinstance(value, dbus.Dictionary):
        return {plain(key): plain(one) for key, one in value.items()}
    if isinstance(value, (dbus.ByteArray, dbus.Array)) and getattr(value, "signature", "") == "y":
        return bytes(value)
    if isinstance(value, (dbus.Array, dbus.Struct)):
        return [plain(one) for one in value]
    for kind in (bool, int, float, str):
        if isinstance(value, dbus.Boolean):
            return bool(value)
        if isinstance(value, kind):
            return kind(value)
    return value


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()


def property_of(name, path, interface, word):
    """The service is started if need be, which may take long on a machine that is emulated."""
    return plain(bus.get_object(name, path, introspect=False).Get(interface, word, timeout=90,
                                                                  dbus_interface=dbus.PROPERTIES_IFACE))


class Server:
    """The test server: what it asks of this host, and what it is told, with the moment when it was."""

    NAME = "org.lwm2md.TestServer"
    PATH = "/org/lwm2md/TestServer"
    CLIENT = "org.lwm2md.TestServer1.Client"

    def __init__(self):
        self.notified, self.updated, self.registered, self.ended = [], [], [], []
        for member in ("Notified", "Updated", "Registered", "Ended"):
            bus.add_signal_receiver(lambda *arguments, kept=getattr(self, member.lower()):
                                    kept.append((time.monotonic(), *plain(dbus.Struct(arguments)))),
                                    signal_name=member, bus_name=self.NAME)

    def start(self, uri, *prefix):
        run("systemd-run", "--quiet", "--unit=testserver", *prefix, "lwm2m-testserver", "--bus", "system", "--listen", uri)
        return wait(30, lambda: bus.name_has_owner(self.NAME))

    def stop(self):
        run("systemctl", "stop", "testserver")

    def client(self):
        """The path of this host; None: it is not registered."""
        objects = bus.get_object(self.NAME, self.PATH).GetManagedObjects(
            dbus_interface="org.freedesktop.DBus.ObjectManager")
        return next((path for path in objects if "/client/" in path), None)

    def call(self, method, *arguments):
        client = dbus.Interface(bus.get_object(self.NAME, self.client()), self.CLIENT)
        return plain(dbus.Struct(client.get_dbus_method(method)(*arguments, timeout=30)))

    def read(self, path):
        """Paths of resources to values; none for what is not there."""
        return self.call("Read", path, dbus.Dictionary({}, "sv"))[1]

    def value(self, path):
        return self.read(path).get(path)

    def observe(self, path):
        return self.call("Observe", path, dbus.Dictionary({}, "sv"))[1].get(path)

    def cancel(self, path):
        self.call("Cancel", path, dbus.Dictionary({}, "sv"))

    def execute(self, path):
        return self.call("Execute", path, "", dbus.Dictionary({}, "sv"))

    def write(self, path, value):
        return self.call("Write", path, value, dbus.Dictionary({}, "sv"))

    def instances(self):
        return property_of(self.NAME, self.client(), self.CLIENT, "Objects")


server = Server()


def start_agent(configuration):
    """Writes the configuration, restarts, and waits until the server has this host."""
    with open("/etc/lwm2md/lwm2md.conf", "w") as opened:
        opened.write(configuration)
    run("systemctl", "restart", "lwm2md")
    return wait(60, server.client)


def row(path, name, source, expected, tolerance=0):
    """A line of the table: what the server reads, and what the source says."""
    got = server.value(path)
    if isinstance(got, (int, float)) and isinstance(expected, (int, float)):
        good = abs(got - expected) <= tolerance
    else:
        good = got == expected
    return check(f"{path} {name}: {got}; {source}: {expected}", good,
                 f"{got!r} is not {expected!r}" + (f" within {tolerance}" if tolerance else ""))


def told_within(limit, path, words, change, is_new, when=None):
    """The server observes the path; the time from the change to the notification with the new value. The change begins
    with `change`, or when `when` says afterwards."""
    before = server.observe(path)
    server.notified.clear()
    began = time.monotonic()
    change()

    def arrival():
        return next((at for at, told, values, *_ in server.notified if told == path and is_new(values.get(path))), None)

    arrived = wait(limit + 10, arrival)
    server.cancel(path)
    if arrived is None:
        return check(words, False, f"{path} was {before!r}, and the server was told {server.notified}")
    took = arrived - (when() if when else began)
    return check(f"{words}: told after {took * 1000:.0f} ms, of {limit * 1000:.0f}", took <= limit, f"{took:.3f} s")


def save(path, value):
    with open(path, "w") as opened:
        json.dump(value, opened)
        opened.flush()
        os.fsync(opened.fileno())
