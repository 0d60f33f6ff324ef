# SPDX-License-Identifier: LGPL-2.1-or-later
"""
What the scripts share: a bus, a test server, an agent and foreign peers, in a directory that goes with them.

    from lib import Bench, check, run

    def main(bench):
        server = bench.server()
        bench.agent(server.uri)
        server.wait_client()
        check(server.read("/3/0/0")[0] == "2.05 Content", "the manufacturer is read")

    run(main)

LWM2MD_BUILD is where the programs are, srcdir where the tree is. A script exits 0, 77 (skipped) or 1.
"""

import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import bus
import coap
from bus import BusError, Variant, variant

TREE = pathlib.Path(os.environ.get("srcdir", pathlib.Path(__file__).resolve().parents[2])).resolve()
BUILD = pathlib.Path(os.environ.get("LWM2MD_BUILD", TREE)).resolve()

# Seconds for what should be there at once; a loaded machine with sanitizers is slow.
SOON = 30
# Seconds that a whole script may take.
LIMIT = int(os.environ.get("LWM2MD_TEST_LIMIT", "300"))

TEST_SERVER = "org.lwm2md.TestServer"
AGENT = "org.lwm2md"

BUS_CONFIGURATION = """<busconfig>
  <type>system</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <servicedir>%s</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


class Failed(Exception):
    """A check did not hold."""


class Skipped(Exception):
    """Something that the script needs is not here."""


checks = 0


def check(condition, text):
    """One thing that must hold; printed either way."""
    global checks
    if not condition:
        raise Failed(text)
    checks += 1
    print("ok %d %s" % (checks, text), flush=True)


def same(got, wanted, text):
    check(got == wanted, "%s: %r" % (text, wanted) if got == wanted else
          "%s: %r instead of %r" % (text, got, wanted))


def wait_until(condition, what, seconds=SOON):
    """Asks until it is true, and gives what was true."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failed("%s did not happen within %d s" % (what, seconds))
        time.sleep(0.02)


def program(name):
    """A program of the build; the script is skipped without it."""
    path = BUILD / name
    if not path.exists():
        raise Skipped("%s is not built" % path)
    return str(path)


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise Skipped("%s is not installed" % name)
    return path


def die_with_parent():
    """prctl(PR_SET_PDEATHSIG, SIGKILL): nothing outlives a script that is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A program that we started: its output as lines, in memory and in a file; ended with the bench."""

    def __init__(self, bench, name, arguments, environment=None):
        self.name = name
        self.lines = []
        self.log = bench.directory / (name + ".log")
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})}, errors="replace", preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        bench.processes.append(self)

    def _read(self):
        with open(self.log, "a") as log:
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))
                log.write(line)
                log.flush()

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait_line(self, pattern, seconds=SOON, start=0):
        """The match of the first line, from line `start` on, that has the pattern."""
        def find():
            for line in self.lines[start:]:
                match = re.search(pattern, line)
                if match:
                    return match
            if not self.is_running():
                raise Failed("%s ended, and did not print /%s/" % (self.name, pattern))
            return None
        return wait_until(find, "a line /%s/ of %s" % (pattern, self.name), seconds)

    def wait_end(self, seconds=SOON):
        """Its exit status."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed("%s did not end within %d s" % (self.name, seconds)) from None
        self.reader.join(5)
        return status

    def stop(self, seconds=10):
        """SIGTERM, and SIGKILL when that does not help."""
        if not self.is_running():
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self.reader.join(5)

    def kill(self):
        if self.is_running():
            self.signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join(5)

    def sanitizer_report(self):
        """What ASan, UBSan or LeakSanitizer said; None if nothing."""
        words = ("ERROR: AddressSanitizer", "runtime error:", "ERROR: LeakSanitizer")
        for number, line in enumerate(self.lines):
            if any(word in line for word in words):
                return "\n".join(self.lines[number:number + 40])
        return None


class Monitor:
    """Signals of one sender, from now on, in `signals` in their order."""

    def __init__(self, bench, sender):
        self.signals = []  # (member, path, arguments)
        self.connection = bus.Connection(bench.socket)
        self.connection.add_match("type='signal',sender='%s'" % sender)

    def _take(self):
        for message in self.connection.take_signals():
            self.signals.append((message.fields[bus.MEMBER], message.fields[bus.PATH], message.body))

    def wait(self, member, wanted=lambda arguments: True, seconds=SOON, start=0):
        """The arguments of the first such signal, from the `start`-th on."""
        def find():
            self._take()
            for name, _, arguments in self.signals[start:]:
                if name == member and wanted(arguments):
                    return (arguments,)
            return None
        return wait_until(find, "the signal " + member, seconds)[0]

    def count(self, member, wanted=lambda arguments: True):
        self._take()
        return sum(1 for name, _, arguments in self.signals if name == member and wanted(arguments))

    def mark(self):
        """How many there are now, for `start`."""
        self._take()
        return len(self.signals)


def escape(name):
    """sd_bus_path_encode() of a name."""
    out = "".join(chr(byte) if chr(byte).isascii() and chr(byte).isalnum() and (at > 0 or not chr(byte).isdigit())
                  else "_%02x" % byte for at, byte in enumerate(name.encode()))
    return out or "_"


class Server(Process):
    """lwm2m-testserver, and one client of it by its endpoint name."""

    def __init__(self, bench, *options, listen="coap://127.0.0.1:0", endpoint="dev1", name="server"):
        self.bench, self.endpoint = bench, endpoint
        self.diagnostic = ""  # of the last answer
        super().__init__(bench, name, [
            program("lwm2m-testserver"), "--listen", listen, "--bus", "system", "--trace",
            "--objects", str(TREE / "data/objects"), *options])
        self.uri = self.wait_line(r"listening at (\S+)").group(1)
        self.port = int(self.uri.rsplit(":", 1)[1])
        if bench.bus.is_running():
            bench.wait_name(TEST_SERVER)

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    @property
    def client_path(self):
        return "/org/lwm2md/TestServer/client/" + escape(self.endpoint)

    def clients(self):
        return self.bench.get(TEST_SERVER, "/org/lwm2md/TestServer", "org.lwm2md.TestServer1", "Clients")

    def is_registered(self):
        return self.endpoint in self.clients()

    def wait_client(self, seconds=SOON):
        wait_until(self.is_registered, "the registration of " + self.endpoint, seconds)

    def wait_no_client(self, seconds=SOON):
        wait_until(lambda: not self.is_registered(), "the end of the registration", seconds)

    def property(self, name):
        return self.bench.get(TEST_SERVER, self.client_path, "org.lwm2md.TestServer1.Client", name)

    def call(self, member, signature, *arguments, seconds=60):
        return self.bench.call(TEST_SERVER, self.client_path, "org.lwm2md.TestServer1.Client", member,
                               signature, *arguments, seconds=seconds)

    def ask(self, member, signature, *arguments):
        """The results without the diagnostic, which stays in `diagnostic`."""
        *results, self.diagnostic = self.call(member, signature, *arguments)
        return results

    def read(self, path, **options):
        """[status, values]; options as Python values: accept="tlv"."""
        return self.ask("Read", "sa{sv}", path, options)

    def discover(self, path, **options):
        return self.ask("Discover", "sa{sv}", path, options)

    def write(self, path, value, **options):
        """A value as lib.variant() takes it."""
        return self.ask("Write", "sva{sv}", path, value, options)[0]

    def write_attributes(self, path, attributes=None, **options):
        return self.ask("WriteAttributes", "sa{sv}a{sv}", path, attributes or {}, options)[0]

    def execute(self, path, arguments="", **options):
        return self.ask("Execute", "ssa{sv}", path, arguments, options)[0]

    def create(self, path, values=None, **options):
        """[status, path of what was created]."""
        return self.ask("Create", "sa{sv}a{sv}", path, values or {}, options)

    def delete(self, path, **options):
        return self.ask("Delete", "sa{sv}", path, options)[0]

    def read_composite(self, *paths, **options):
        """[status, values]."""
        return self.ask("ReadComposite", "asa{sv}", paths, options)

    def write_composite(self, values, **options):
        return self.ask("WriteComposite", "a{sv}a{sv}", values, options)[0]

    def observe(self, path, **options):
        return self.ask("Observe", "sa{sv}", path, options)

    def cancel(self, path, **options):
        return self.ask("Cancel", "sa{sv}", path, options)[0]

    def observe_composite(self, *paths, **options):
        return self.ask("ObserveComposite", "asa{sv}", paths, options)

    def cancel_composite(self, *paths, **options):
        return self.ask("CancelComposite", "asa{sv}", paths, options)[0]

    def request(self, method, path, **options):
        """[status, format, payload]."""
        return self.call("Request", "ssa{sv}", method, path, options)

    def misbehave(self, **keys):
        self.bench.call(TEST_SERVER, "/org/lwm2md/TestServer", "org.lwm2md.TestServer1", "Misbehave",
                        "a{sv}", keys)


class Agent(Process):
    """lwm2md."""

    def __init__(self, bench, configuration, name="agent", options=(), environment=None):
        self.bench = bench
        self.configuration = bench.directory / (name + ".conf")
        self.configuration.write_text(configuration)
        self.state = bench.directory / (name + "-state")
        self.was_there = False
        super().__init__(bench, name, [
            program("lwm2md"), "--config", str(self.configuration), "--state-directory", str(self.state),
            "--data-directory", str(TREE / "data"), *options], environment)

    def get(self, name):
        self.wait_name()
        return self.bench.get(AGENT, "/org/lwm2md", "org.lwm2md.Manager1", name)

    def wait_name(self):
        """It may be registered before it has its name on the bus."""
        if not self.was_there and self.bench.bus.is_running():
            self.bench.wait_name(AGENT)
            self.was_there = True

    def call(self, member, signature="", *arguments, seconds=60):
        self.wait_name()
        return self.bench.call(AGENT, "/org/lwm2md", "org.lwm2md.Manager1", member, signature, *arguments,
                               seconds=seconds)

    def server(self, name, ssid=101):
        self.wait_name()
        return self.bench.get(AGENT, "/org/lwm2md/server/%d" % ssid, "org.lwm2md.Server1", name)

    def wait_state(self, state, seconds=SOON):
        def is_there():
            try:
                return self.get("State") == state
            except BusError:
                return False
        wait_until(is_there, "the agent's state '%s'" % state, seconds)


class Bench:
    """Everything of one script: a directory, a bus, the programs on it."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lwm2md-test-"))
        self.processes = []
        self.endpoints = []
        self.connections = threading.local()
        self.socket = self.directory / "bus"
        self.address = "unix:path=%s" % self.socket
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = self.address
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "STATE_DIRECTORY", "JOURNAL_STREAM"):
            os.environ.pop(name, None)
        self.bus = None
        self.start_bus()

    # The bus

    def start_bus(self):
        configuration = self.directory / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION % (self.socket, self.directory / "services"))
        if self.socket.exists():
            self.socket.unlink()
        self.bus = Process(self, "dbus-daemon", [
            tool("dbus-daemon"), "--nofork", "--nopidfile", "--nosyslog", "--config-file=%s" % configuration])
        wait_until(self.socket.exists, "the bus")

    def stop_bus(self):
        self.bus.stop()

    def connection(self):
        """One for each thread, made anew when the bus was."""
        if getattr(self.connections, "own", None) is None:
            self.connections.own = bus.Connection(self.socket)
        return self.connections.own

    def call(self, name, path, interface, member, signature="", *arguments, seconds=60):
        try:
            return self.connection().call(name, path, interface, member, signature, *arguments, seconds=seconds)
        except bus.Closed as error:
            self.connections.own = None
            raise BusError("org.freedesktop.DBus.Error.Disconnected", str(error)) from None

    def get(self, name, path, interface, property):
        return self.call(name, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, property)[0]

    def busctl(self, *words):
        """What busctl prints, as a person calls it."""
        done = subprocess.run([tool("busctl"), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            raise Failed("busctl %s: %s" % (" ".join(words), done.stderr.strip()))
        return done.stdout.rstrip("\n")

    def has_name(self, name):
        try:
            return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                             "NameHasOwner", "s", name)[0]
        except BusError:
            return False

    def wait_name(self, name, seconds=SOON):
        wait_until(lambda: self.has_name(name), "the bus name " + name, seconds)

    def monitor(self, sender):
        return Monitor(self, sender)

    # Programs

    def server(self, *options, **keywords):
        return Server(self, *options, **keywords)

    def agent(self, uri, name="agent", server="", agent="", endpoint="dev1", sections="", **keywords):
        """The agent with one server; `server` and `agent` are further lines of those sections."""
        configuration = ("[Agent]\nEndpointName=%s\n%s\n[Server one]\nUri=%s\nShortServerId=101\n%s\n%s\n" %
                         (endpoint, agent, uri, server if "Lifetime=" in server else "Lifetime=300\n" + server,
                          sections))
        return Agent(self, configuration, name, **keywords)

    def agent_with(self, configuration, name="agent", **keywords):
        return Agent(self, configuration, name, **keywords)

    def activatable(self, name, *command):
        """A service that the bus starts by its name."""
        directory = self.directory / "services"
        directory.mkdir(exist_ok=True)
        (directory / (name + ".service")).write_text(
            "[D-BUS Service]\nName=%s\nExec=%s DBUS_SYSTEM_BUS_ADDRESS=unix:path=%s %s\n" %
            (name, tool("env"), self.socket, " ".join(command)))
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")

    def fake_service(self, *services):
        """Stand-ins for services of the host; each call of them is a line."""
        fake = Process(self, "fake-service", [program("tests/integration/fake-service"), *services])
        fake.wait_line("^ready$")
        return fake

    def endpoint(self, *arguments):
        """A foreign CoAP peer."""
        endpoint = coap.Endpoint(*arguments)
        self.endpoints.append(endpoint)
        return endpoint

    # The end

    def close(self):
        for process in reversed(self.processes):
            process.stop()
        for endpoint in self.endpoints:
            endpoint.close()

    def complaints(self):
        """What sanitizers said of any program."""
        return [report for report in (process.sanitizer_report() for process in self.processes) if report]

    def show_logs(self):
        for process in self.processes:
            print("--- %s" % process.name)
            print("\n".join(process.lines[-60:]))

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class ForeignServer(coap.Endpoint):
    """
    An LwM2M server that shares no code with ours: takes every Register, keeps what came, answers as told.

    `refuse`: a function of a request; the code that it gives, "5.00", is the answer; None: as usual.
    """

    def __init__(self, bench, address="127.0.0.1", port=0):
        super().__init__(address, port)
        bench.endpoints.append(self)
        self.serve = self.take
        self.refuse = lambda request: None
        self.client = None  # the address of the last Register
        self.location = None
        self.count = 0
        self.registrations, self.updates, self.deregistrations = [], [], []

    @property
    def uri(self):
        host = self.socket.getsockname()[0]
        return "coap://%s:%d" % ("[%s]" % host if ":" in host else host, self.port)

    def take(self, request, address):
        refusal = self.refuse(request)
        path = request.path()
        if path == "/rd" and request.code == coap.POST:
            self.registrations.append(request)
            if refusal:
                return coap.Message(code=coap.code(refusal))
            self.count += 1
            self.client, self.location = address, "/rd/%d" % self.count
            return coap.Message(code=coap.code("2.01"), options=[
                (coap.LOCATION_PATH, b"rd"), (coap.LOCATION_PATH, str(self.count).encode())])
        if self.location is not None and path == self.location and request.code == coap.POST:
            self.updates.append(request)
            if not refusal:
                self.client = address  # where it is from now on
            return coap.Message(code=coap.code(refusal or "2.04"))
        if self.location is not None and path == self.location and request.code == coap.DELETE:
            self.deregistrations.append(request)
            return coap.Message(code=coap.code(refusal or "2.02"))
        return coap.Message(code=coap.code(refusal or "4.04"))

    def wait_registration(self, seconds=SOON, count=1):
        while len(self.registrations) < count or self.client is None:
            self.wait(lambda message: message.path() == "/rd", seconds, "a Register")
        return self.registrations[count - 1]

    def ask(self, method, path, payload=b"", options=(), **keywords):
        return self.request(method, path, self.client, payload, options, **keywords)


class ForeignClient:
    """
    An LwM2M client that shares no code with ours: registers, and answers from a table: (method, path) to a message or
    a function of the request; None: never.
    """

    def __init__(self, bench, server, query="ep=dev1&lwm2m=1.1", objects=b"</1/0>,</3/0>,</3303/0>"):
        self.server, self.endpoint = server, bench.endpoint()
        self.answers = {}
        self.endpoint.serve = self.serve
        answer = self.endpoint.request(coap.POST, "/rd?" + query, server.address, objects,
                                       [(coap.CONTENT_FORMAT, coap.uint(coap.LINK))])
        same(answer.status, "2.01", "registered")
        self.location = "/" + "/".join(part.decode() for part in answer.all(coap.LOCATION_PATH))

    def serve(self, request, _):
        answer = self.answers.get((request.code, request.path()))
        answer = answer(request) if callable(answer) else answer
        if answer is None:
            return None if (request.code, request.path()) in self.answers else coap.Message(code=coap.code("4.04"))
        return coap.Message(code=answer.code, options=answer.options, payload=answer.payload)

    def requests(self):
        return [message for message, _ in self.endpoint.log if message.is_request()]

    def last(self):
        return self.requests()[-1]


def content(format, payload, *options):
    """A 2.05 in this format."""
    return coap.Message(code=coap.code("2.05"), options=[(coap.CONTENT_FORMAT, coap.uint(format)), *options],
                        payload=payload)


def run(main):
    """Runs a script: its bench, its time limit, its exit status."""
    def on_alarm(*_):
        raise Failed("the script took longer than %d s" % LIMIT)
    signal.signal(signal.SIGALRM, on_alarm)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(LIMIT)
    status, bench = 1, None
    try:
        bench = Bench()
        main(bench)
        bench.close()
        for report in bench.complaints():
            raise Failed("a sanitizer complains:\n" + report)
        status = 0
    except Skipped as reason:
        print("skipped: %s" % reason)
        status = 77
    except (Failed, BusError, coap.Timeout) as reason:
        print("FAILED: %s" % reason)
        traceback.print_exc(limit=-2, file=sys.stdout)
    except Exception:  # a mistake in the script is a failure like any other
        traceback.print_exc(file=sys.stdout)
    finally:
        signal.alarm(0)
        if bench is not None:
            bench.close()
            if status == 1:
                bench.show_logs()
            bench.remove()
    if status == 0:
        print("%s: %d checks passed" % (pathlib.Path(sys.argv[0]).stem, checks))
    sys.exit(status)
