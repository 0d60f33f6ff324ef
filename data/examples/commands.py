#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lets servers run the programs of a directory, an instance of object 26251 each: commands.py DIRECTORY [SECONDS]"""
import os, re, signal, subprocess, sys, time
import dbus.mainloop.glib, dbus.service
from gi.repository import Gio, GLib

DIRECTORY = os.path.abspath(sys.argv[1])
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 60  # a program may run
GRACE = 5  # seconds from SIGTERM to SIGKILL
PROGRAMS_MAX = 100
OUTPUT_MAX = 16384  # bytes: the last ones of what it wrote
# As run-parts(8) has it: nothing hidden, no ".bak", no ".dpkg-old", nothing that a shell could misread.
PROGRAM = re.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
NAME, RUN, STOP, RUNNING, STATUS, OUTPUT, STARTED, ENDED, TIMED_OUT = range(9)
READABLE = (NAME, RUNNING, STATUS, OUTPUT, STARTED, ENDED, TIMED_OUT)

def refusal(name, text):
    return dbus.DBusException(text, name="org.lwm2md.Error." + name)

class Command:
    """One program, and what became of its last run."""

    def __init__(self, name, report):
        self.name, self.report, self.path = name, report, None
        self.process, self.output, self.result = None, b"", {}

    def values(self):
        output = self.output.decode("utf-8", "replace").replace("\0", "\ufffd")
        return {"%s/%d" % (self.path, id): value for id, value in {
            NAME: self.name, RUNNING: self.process is not None, OUTPUT: output, **self.result}.items()}

    def missing(self):
        return {"%s/%d" % (self.path, id) for id in READABLE} - set(self.values())

    def run(self, words, server):
        if self.process:
            raise refusal("Unavailable", "%s runs already" % self.name)
        try:  # no shell: each argument of the server is one word of the program's, whatever is in it
            self.process = subprocess.Popen(
                [os.path.join(DIRECTORY, self.name), *words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env={"PATH": os.defpath, "LANG": "C.UTF-8", "LWM2M_SERVER": server},
                start_new_session=True)
        except OSError as error:
            raise refusal("NotFound" if isinstance(error, FileNotFoundError) else "Failed", str(error))
        self.output, self.result = b"", {STARTED: dbus.Int64(time.time()), TIMED_OUT: False}
        self.is_reported, self.limit, self.kill_at = False, time.monotonic() + SECONDS, None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.reader = GLib.unix_fd_add_full(
            0, self.process.stdout.fileno(), GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_output)
        self.clock = GLib.timeout_add_seconds(1, self.on_second)
        self.pidfd = os.pidfd_open(self.process.pid)
        GLib.unix_fd_add_full(0, self.pidfd, GLib.IOCondition.IN, self.on_end)
        self.report(self)

    def signal(self, number):
        """To the program and what it started; it is not waited for yet, so that its number is nobody else's."""
        try:
            os.killpg(self.process.pid, number)
        except OSError as error:  # it made itself somebody else's
            print("%s: %s" % (self.name, error), file=sys.stderr)

    def stop(self):
        if self.process and not self.kill_at:
            self.kill_at = time.monotonic() + GRACE
            self.signal(signal.SIGTERM)

    def on_output(self, fd=None, condition=None):
        try:
            data = os.read(self.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return True
        self.output, self.is_reported = (self.output + data)[-OUTPUT_MAX:], False
        if not data:
            self.reader = None
        return bool(data)

    def on_second(self):
        now = time.monotonic()
        if now > self.limit and not self.kill_at:
            self.result[TIMED_OUT] = True
            self.stop()
        if self.kill_at and now > self.kill_at:
            self.signal(signal.SIGKILL)
        if not self.is_reported:
            self.report(self)
        return True

    def on_end(self, fd, condition):
        self.signal(signal.SIGKILL)  # what it left behind goes with it
        if self.reader:
            self.on_output()
        for source in filter(None, (self.reader, self.clock)):
            GLib.source_remove(source)
        os.close(self.pidfd)
        self.process.stdout.close()
        status = self.process.wait()
        self.process = None
        self.result[STATUS] = status if status >= 0 else 128 - status  # as a shell says it
        self.result[ENDED] = dbus.Int64(time.time())
        self.report(self)
        return False

class Commands(dbus.service.Object):
    agent = registration = None
    commands = {}  # by name

    def names(self):
        try:
            with os.scandir(DIRECTORY) as entries:
                return sorted(entry.name for entry in entries if PROGRAM.fullmatch(entry.name)
                              and entry.is_file() and os.access(entry.path, os.X_OK))[:PROGRAMS_MAX]
        except OSError as error:
            print(error, file=sys.stderr)
            return []

    def call(self, path, interface, member, signature, *arguments):
        try:
            return bus.call_blocking("org.lwm2md", path, "org.lwm2md." + interface, member, signature, arguments)
        except dbus.DBusException as error:  # be started anew
            print(error, file=sys.stderr)
            loop.quit()
            return None

    def place(self, paths):
        for name, path in paths.items():
            self.commands[str(name)].path = str(path)

    def on_agent(self, owner):
        """At the start, and again whenever the agent was restarted."""
        self.agent, self.registration = str(owner), None
        if owner:
            self.commands = {name: self.commands.get(name) or Command(name, self.report) for name in self.names()}
            answer = self.call("/org/lwm2md", "ProviderManager1", "RegisterProvider", "oa{saq}a{sv}", "/Commands",
                               {"/26251": dbus.Array([], "q"), **self.instances(self.commands)},
                               {"name": "commands", "cache": "notify"})
            if answer:
                self.registration = answer[0]
                self.place(answer[1])

    def instances(self, names):
        return {"/26251/*" + name: dbus.Array(range(9), "q") for name in names}

    def on_directory(self, *event):
        if not self.registration:
            return
        names = self.names()
        gone = [self.commands.pop(name) for name in list(self.commands) if name not in names]
        added = [name for name in names if name not in self.commands]
        for command in gone:
            command.stop()
        if gone:
            self.call(self.registration, "Registration1", "RemoveInstances", "as", [command.path for command in gone])
        if added:
            self.commands.update((name, Command(name, self.report)) for name in added)
            self.place(self.call(self.registration, "Registration1", "AddInstances", "a{saq}", self.instances(added)) or {})

    def report(self, command):
        command.is_reported = True
        if self.registration and self.commands.get(command.name) is command and command.path:
            bus.call_async("org.lwm2md", self.registration, "org.lwm2md.Registration1", "Update", "a{sv}asa{sv}",
                           (command.values(), dbus.Array(command.missing(), "s"), {}), None, None)

    @dbus.service.method("org.lwm2md.Provider1", in_signature="asa{sv}", out_signature="a{sv}a{s(ss)}")
    def Read(self, paths, context):
        values = {path: value for command in self.commands.values() for path, value in command.values().items()}
        return {path: values[path] for path in paths if path in values}, {}

    @dbus.service.method("org.lwm2md.Provider1", in_signature="sa{ys}a{sv}", out_signature="", sender_keyword="sender")
    def Execute(self, path, arguments, context, sender):
        if sender != self.agent:
            raise refusal("Unauthorized", "the agent alone has programs run")
        instance, _, resource = path.rpartition("/")
        command = next((command for command in self.commands.values() if command.path == instance), None)
        if command is None:
            raise refusal("NotFound", "there is no such program any more")
        if int(resource) == STOP:
            command.stop()
        else:  # arguments that are left out are empty words, so that each keeps its place
            words = {int(number): str(text) for number, text in arguments.items()}
            command.run([words.get(number, "") for number in range(max(words, default=-1) + 1)], str(context["server"]))

about = os.stat(DIRECTORY)
if about.st_mode & 0o022 or about.st_uid not in (0, os.geteuid()):
    sys.exit("%s must be root's or ours, and nobody else may write there: who does chooses what servers run" % DIRECTORY)
loop = GLib.MainLoop()
bus = dbus.SystemBus(mainloop=dbus.mainloop.glib.DBusGMainLoop())
service = Commands(bus, "/Commands")
bus.watch_name_owner("org.lwm2md", service.on_agent)
monitor = Gio.File.new_for_path(DIRECTORY).monitor_directory(Gio.FileMonitorFlags.WATCH_MOVES)
monitor.set_rate_limit(100)  # milliseconds between two events for one file
monitor.connect("changed", service.on_directory)
loop.run()
sys.exit(1)  # the agent refused something
