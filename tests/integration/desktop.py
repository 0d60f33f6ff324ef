# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services of the host that a script plays itself: timedated, systemd, logind, ModemManager, GeoClue and gpsd."""

import socket
import threading

import bus
from bus import Variant
from lib import wait_until

PROPERTIES = "org.freedesktop.DBus.Properties"


class DBusService:
    """
    A service with a well-known name. `answers`: from (path, member) to a function of the arguments that gives a pair of
    signature and values, of error name and text for an error, or None: it says nothing.
    """

    def __init__(self, bench, name):
        self.connection = bus.Connection(bench.socket)
        self.answers = {}
        self.calls = []  # (path, member, arguments)
        self.lock = threading.Lock()
        self.ended = False
        self.name = name

    def start(self):
        """Takes the name, and answers from now on."""
        self.connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                             "su", self.name, 0)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ended:
            try:
                message = self.connection.receive(0.1)
            except (bus.Closed, OSError, ValueError):
                return
            if message is not None and message.type == bus.CALL:
                self._serve(message)

    def _serve(self, message):
        key = (message.fields[bus.PATH], message.fields[bus.MEMBER])
        self.calls.append((*key, message.body))
        fields = {bus.REPLY_SERIAL: Variant("u", message.serial),
                  bus.DESTINATION: Variant("s", message.fields[bus.SENDER])}
        answer = self.answers[key](*message.body) if key in self.answers else (
            "org.freedesktop.DBus.Error.UnknownMethod", "no " + key[1])
        if answer is None:
            return
        with self.lock:
            if answer[0].startswith("org."):
                fields[bus.ERROR_NAME] = Variant("s", answer[0])
                self.connection._send(bus.ERROR, fields, "s", [answer[1]])
            else:
                self.connection._send(bus.RETURN, fields, *answer)

    def emit(self, path, interface, member, signature, *arguments):
        with self.lock:
            self.connection._send(bus.SIGNAL, {bus.PATH: Variant("o", path), bus.INTERFACE: Variant("s", interface),
                                               bus.MEMBER: Variant("s", member)}, signature, arguments)

    def change(self, path, interface, properties):
        self.emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, properties, [])

    def wait_call(self, member):
        wait_until(lambda: any(call[1] == member for call in self.calls), "a call of " + member)

    def count(self, member):
        return sum(1 for call in self.calls if call[1] == member)

    def close(self):
        self.ended = True
        self.thread.join(5)
        self.connection.close()


TIMEDATE1 = "org.freedesktop.timedate1"
SYSTEMD1 = "org.freedesktop.systemd1"
LOGIN1 = "org.freedesktop.login1"


class HostService(DBusService):
    """timedated, systemd or logind: each of `members` is answered by what `answer` gives, at first that it is done."""

    def __init__(self, bench, name, path, *members):
        super().__init__(bench, name)
        self.path = path
        self.answer = lambda: ("", [])
        for member in members:
            self.answers[path, member] = lambda *arguments: self.answer()
        self.start()

    def arguments(self, member):
        return [arguments for path, name, arguments in self.calls if name == member]


MM = "org.freedesktop.ModemManager1"
MODEM = "/org/freedesktop/ModemManager1/Modem/0"
BEARER = "/org/freedesktop/ModemManager1/Bearer/0"


class ModemManager(DBusService):
    """One modem, registered with LTE, and connected over a link."""

    def __init__(self, bench, link):
        super().__init__(bench, MM)
        self.place = "262,01,0,2B9305,84CD"
        modem = {
            MM + ".Modem": {
                "State": Variant("i", 11), "AccessTechnologies": Variant("u", 1 << 14),
                "SignalQuality": Variant("(ub)", (77, True)), "CurrentBands": Variant("au", [33, 37]),
                "Bearers": Variant("ao", [BEARER])},
            MM + ".Modem.Modem3gpp": {"OperatorCode": Variant("s", "26201"), "RegistrationState": Variant("u", 1)},
            MM + ".Modem.Signal": {"Rate": Variant("u", 10), "Lte": Variant("a{sv}", {
                "rsrp": Variant("d", -95.0), "rsrq": Variant("d", -11.0), "snr": Variant("d", 7.0)})},
            MM + ".Modem.Messaging": {"Messages": Variant("ao", [])},
        }
        self.answers = {
            ("/org/freedesktop/ModemManager1", "GetManagedObjects"): lambda: ("a{oa{sa{sv}}}", [{MODEM: modem}]),
            (BEARER, "GetAll"): lambda interface: ("a{sv}", [{
                "Connected": Variant("b", True), "Interface": Variant("s", link),
                "Properties": Variant("a{sv}", {"apn": Variant("s", "internet")})}]),
            (MODEM, "GetLocation"): lambda: ("a{uv}", [{1: Variant("s", self.place)}]),
        }
        self.start()


GEOCLUE = "org.freedesktop.GeoClue2"
CLIENT = "/org/freedesktop/GeoClue2/Client/1"


class GeoClue(DBusService):
    """Tells places to its one client, once that has started."""

    def __init__(self, bench, allows=True):
        super().__init__(bench, GEOCLUE)
        self.places = {}
        self.answers = {
            ("/org/freedesktop/GeoClue2/Manager", "GetClient"): lambda: ("o", [CLIENT]),
            (CLIENT, "Set"): lambda interface, name, value: ("", []),
            (CLIENT, "Start"): lambda: ("", []) if allows else (
                "org.freedesktop.DBus.Error.AccessDenied", "'lwm2md' disallowed, no agent for UID 0"),
            (CLIENT, "Stop"): lambda: ("", []),
        }
        self.start()

    def tell(self, number, **properties):
        path = CLIENT + "/Location/%d" % number
        self.answers[(path, "GetAll")] = lambda interface: ("a{sv}", [properties])
        self.emit(CLIENT, GEOCLUE + ".Client", "LocationUpdated", "oo", "/", path)


class Gpsd:
    """gpsd's port, with one client at a time."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 2947))
        self.client = None
        self.watched = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.watched.clear()
            client.sendall(b'{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}\r\n')
            self.client = client
            try:
                while data := client.recv(4096):
                    if b'?WATCH={"enable":true' in data:
                        self.watched.set()
            except OSError:
                pass
            self.client = None

    def report(self, line):
        self.client.sendall(line.encode() + b"\r\n")

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        if self.client:
            self.client.shutdown(socket.SHUT_RDWR)
