# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services that provide objects: the story of the example thermometer, and a service that a script plays itself."""

import shutil
import subprocess
import threading
import time

import bus
from bus import BusError, Variant
from lib import AGENT, TREE, Failed, Process, Skipped, check, same, wait_until

MANAGER = "org.lwm2md.ProviderManager1"
PROVIDER = "org.lwm2md.Provider1"
REGISTRATION = "org.lwm2md.Registration1"


def temperature(bench, millidegrees):
    (bench.directory / "temp").write_text("%d\n" % millidegrees)
    return str(bench.directory / "temp")


def start(bench, arguments, millidegrees):
    return Process(bench, "thermometer", [*arguments, temperature(bench, millidegrees)])


def wait_objects(server, wanted, what):
    wait_until(lambda: ("/3303/100" in server.property("Objects")) == wanted, what)


def thermometer_story(bench, arguments, stays):
    """
    `arguments` run the example; the file with the temperature is put behind them. When the agent ends, it `stays` and
    registers with the next one, or ends itself, to be started anew by systemd.
    """
    server = bench.server()
    monitor = bench.monitor("org.lwm2md.TestServer")
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    thermometer = start(bench, arguments, 21500)
    wait_objects(server, True, "the instance at the server")
    same(monitor.count("Updated"), 1, "one Update tells the server of object and instance")
    same(server.read("/3303/100"), ["2.05 Content", {"/3303/100/5700": 21.5, "/3303/100/5701": "Cel"}],
         "the server reads what the service measures")
    same(agent.call("Read", "s", "/3303/100/5700"), [{"/3303/100/5700": 21.5}], "so does Manager1.Read")
    same(server.read("/3303/100/5601")[0], "4.04 Not Found", "a resource that was not registered")
    same(server.write("/3303/100/5750", "oven"), "4.04 Not Found", "nor can it be written")
    same(server.observe("/3303/100/5700")[0], "2.05 Content", "Observe")
    same(bench.get(AGENT, "/org/lwm2md/registration/1", REGISTRATION, "Observed"), ["/3303/100/5700"],
         "the registration shows what is observed")
    temperature(bench, 22750)
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/3303/100/5700": 22.75})
    check(True, "a change is notified")

    # A restart within the grace
    agent.wait_line(r"'thermometer' \(:[0-9.]+\) provides /3303/100")
    updates = monitor.count("Updated")
    thermometer.kill()
    agent.wait_line("has left the bus")
    died = time.monotonic()
    same(server.read("/3303/100/5700")[0], "5.03 Service Unavailable", "without the service 5.03")
    thermometer = start(bench, arguments, 30000)
    agent.wait_line("is back")
    check(time.monotonic() - died < 5, "the service is back within the grace")
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/3303/100/5700": 30.0})
    check(True, "the observation goes on")
    same(server.read("/3303/100/5700"), ["2.05 Content", {"/3303/100/5700": 30.0}], "it is read again")
    same(monitor.count("Updated"), updates, "no Update was sent")

    # No return within the grace
    thermometer.kill()
    line = len(agent.lines)
    died = time.monotonic()
    same(server.read("/3303/100/5700")[0], "5.03 Service Unavailable", "without the service 5.03 again")
    agent.wait_line("did not come back", start=line)
    check(time.monotonic() - died >= 4.5, "the grace is five seconds")
    wait_objects(server, False, "the end of the instance at the server")
    same(server.read("/3303/100/5700")[0], "4.04 Not Found", "then there is no such object")
    monitor.wait("Ended", lambda arguments: arguments == ["/3303/100/5700", "4.04 Not Found"])
    check(True, "the observation ends")
    check("/3303" not in agent.get("Objects"), "the object is gone")
    time.sleep(0.5)
    same(monitor.count("Updated"), updates + 1, "with exactly one Update")

    # Back, in the same place; so it is with the agent restarted
    thermometer = start(bench, arguments, 31000)
    wait_objects(server, True, "the same instance id")
    same(server.read("/3303/100/5700"), ["2.05 Content", {"/3303/100/5700": 31.0}], "the service is back in its place")
    agent.stop()
    same(agent.wait_end(), 0, "the agent ends with 0")
    if not stays:
        same(thermometer.wait_end(), 1, "the service ends with the agent, and not well: systemd starts it anew")
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    if not stays:
        thermometer = start(bench, arguments, 31000)
    wait_objects(server, True, "the same instance id with the next agent")
    same(server.read("/3303/100/5700"), ["2.05 Content", {"/3303/100/5700": 31.0}], "the agent may restart, too")
    check(thermometer.is_running(), "the service runs")
    agent.stop()


PYTHON = "/usr/bin/python3"  # the one that Debian's modules are for


def needs_dbus_python(bench):
    wanted = "import dbus.mainloop.glib; from gi.repository import Gio, GLib"
    if subprocess.run([PYTHON, "-c", wanted], cwd=bench.directory, capture_output=True, check=False).returncode != 0:
        raise Skipped("python3-dbus and python3-gi are not installed")


def data_with(bench, definition):
    """A data directory with an example's object, too."""
    directory = bench.directory / "data"
    shutil.copytree(TREE / "data" / "objects", directory / "objects")
    shutil.copy(TREE / "data" / "examples" / definition, directory / "objects")
    return str(directory)


def zoo_data(bench):
    return data_with(bench, "26250.xml")


class Service:
    """
    A service of the script's own, on its own connection, with Provider1 on `path`.

    `answer`: a function of (paths, context) that gives {path: Variant}, a pair with {path: (error, text)}, a
    BusError to answer with, or None: no answer. `methods`: from the names of the other methods to functions of their
    arguments that give a pair of signature and values, a BusError, or None; what is not there is an unknown method.
    """

    def __init__(self, bench, path="/Service"):
        self.path = path
        self.connection = bus.Connection(bench.socket)
        self.name = self.connection.name
        self.answer = lambda paths, context: {}
        self.reads = []  # (paths, context)
        self.methods = {}
        self.calls = []  # (member, arguments)
        self.signals = []  # (member, arguments), of those that are for it alone
        self.replies = {}
        self.lock = threading.Lock()
        self.ended = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ended:
            try:
                message = self.connection.receive(0.2)
            except (bus.Closed, OSError, ValueError):
                return
            if message is None:
                continue
            if message.type == bus.CALL and message.fields[bus.MEMBER] == "Read":
                self._serve(message)
            elif message.type == bus.CALL:
                self._serve_other(message)
            elif message.type == bus.SIGNAL:
                self.signals.append((message.fields[bus.MEMBER], message.body))
            elif bus.REPLY_SERIAL in message.fields:
                self.replies[message.fields[bus.REPLY_SERIAL]] = message

    def _serve(self, message):
        paths, context = message.body
        self.reads.append((paths, context))
        answer = self.answer(paths, context)
        if answer is not None:
            self.reply(message, answer)

    def _serve_other(self, message):
        member = message.fields[bus.MEMBER]
        self.calls.append((member, message.body))
        answer = BusError("org.freedesktop.DBus.Error.UnknownMethod", "no " + member)
        if member in self.methods:
            answer = self.methods[member](*message.body)
        if answer is None or message.flags & bus.NO_REPLY_EXPECTED:
            return
        if isinstance(answer, BusError):
            self.reply(message, answer)
            return
        fields = {bus.REPLY_SERIAL: Variant("u", message.serial), bus.DESTINATION: Variant("s", message.fields[bus.SENDER])}
        with self.lock:
            self.connection._send(bus.RETURN, fields, *answer)

    def reply(self, message, answer):
        fields = {bus.REPLY_SERIAL: Variant("u", message.serial), bus.DESTINATION: Variant("s", message.fields[bus.SENDER])}
        with self.lock:
            if isinstance(answer, BusError):
                fields[bus.ERROR_NAME] = Variant("s", answer.name)
                self.connection._send(bus.ERROR, fields, "s", [answer.text])
            else:
                values, failed = answer if isinstance(answer, tuple) else (answer, {})
                self.connection._send(bus.RETURN, fields, "a{sv}a{s(ss)}", [values, failed])

    def call(self, path, interface, member, signature="", *arguments, name=AGENT):
        with self.lock:
            serial = self.connection._send(bus.CALL, {
                bus.PATH: Variant("o", path), bus.INTERFACE: Variant("s", interface),
                bus.MEMBER: Variant("s", member), bus.DESTINATION: Variant("s", name)}, signature, arguments)
        message = wait_until(lambda: self.replies.pop(serial, None), "an answer to " + member)
        if message.type == bus.ERROR:
            raise BusError(message.fields[bus.ERROR_NAME], message.body[0] if message.body else "")
        return message.body

    def own(self, name):
        """Takes a well-known name."""
        bus_name = "org.freedesktop.DBus"
        self.call("/org/freedesktop/DBus", bus_name, "RequestName", "su", name, 0, name=bus_name)

    def register(self, instances, **options):
        """[registration, paths]"""
        result = self.call("/org/lwm2md", MANAGER, "RegisterProvider", "oa{saq}a{sv}", self.path, instances, options)
        self.registration = result[0]
        return result

    def update(self, values, invalidated=(), **options):
        return self.call(self.registration, REGISTRATION, "Update", "a{sv}asa{sv}", values, list(invalidated), options)

    def add_instances(self, instances):
        return self.call(self.registration, REGISTRATION, "AddInstances", "a{saq}", instances)[0]

    def remove_instances(self, instances):
        return self.call(self.registration, REGISTRATION, "RemoveInstances", "as", instances)

    def unregister(self):
        return self.call(self.registration, REGISTRATION, "Unregister")

    def close(self):
        self.ended = True
        self.thread.join(5)
        self.connection.close()


def refused(call, name, text, what):
    """The call must end with that error, with a text that has `text`."""
    try:
        call()
    except BusError as error:
        same(error.name.rsplit(".", 1)[1], name, what)
        check(text in error.text, "and says: " + error.text)
        return
    raise Failed("%s: no error" % what)
