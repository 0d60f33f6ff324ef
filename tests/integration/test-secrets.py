#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys and identities cannot be had on any path: bus, server, journal, state, /proc, core files."""

import base64
import os
import shutil
import signal
import stat
import subprocess

import coap
from bus import BusError, Variant
from lib import AGENT, ForeignServer, check, run, same, wait_until
from pki import Pki

IDENTITY, KEY, PEM = "sentinel-identity", b"sentinel-psk-key", "sentinel-private-key"
DESCRIPTOR = b"sentinel-descriptor-key"
# What must be found nowhere: as text, as the hexadecimal digits of a key file, and as base64.
SENTINELS = [IDENTITY, KEY.decode(), KEY.hex(), PEM, "c2VudGluZWwt"]
SECRETS = []  # the same in bytes that are no text
FORMATS = [None, 0, 40, 42, 60, 110, 112, 11542, 11543, 1541, 1542, 1543]
METHODS = [coap.GET, coap.PUT, coap.POST, coap.DELETE, coap.FETCH, coap.PATCH, coap.IPATCH]
PATHS = ["/0", "/0/0", "/0/0/0", "/0/0/3", "/0/0/4", "/0/0/5", "/0/1", "/0/1/3", "/0/1/5", "/21", "/"]


class Haystack:
    """All that somebody could see, by where it was seen."""

    def __init__(self):
        self.places = 0

    def add(self, place, what):
        text = what.decode("latin-1") if isinstance(what, bytes) else str(what)
        self.places += 1
        for sentinel in SENTINELS:
            if sentinel.lower() in text.lower():
                check(False, "%s shows %r: %s" % (place, sentinel, text[:400]))
        for secret in SECRETS:
            if isinstance(what, bytes) and secret in what:
                check(False, "%s shows a private key" % place)


def documents(agent):
    """Its state; what is on its way to its name is none of it."""
    return [file for file in agent.state.iterdir() if file.suffix != ".tmp"]


def state_text(file):
    """A server that was added over D-Bus is kept with its identity: this document is the one place where that stands."""
    content = file.read_bytes()
    return content.replace(IDENTITY.encode(), b"") if file.name == "servers" else content


def configure(bench, uri):
    """A server that works, and two with keys: as far as the configuration takes them they are in use."""
    pki = Pki(bench.directory / "pki")
    pki.certificate("dev1", None)
    # each line of the private key, and its bytes as hexadecimal digits
    SENTINELS.extend(line for line in pki.key("dev1").read_text().splitlines()[1:-1] if len(line) > 20)
    SENTINELS.append(pki.der("dev1")[1].read_bytes()[36:68].hex())
    public = bench.directory / "seven.pub"
    public.write_text(pki.openssl("x509", "-in", pki.file("dev1"), "-noout", "-pubkey"))
    key, pem = bench.directory / "one.key", bench.directory / "three.pem"
    key.write_text(KEY.hex() + "\n")
    pem.write_text("-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n" % PEM)
    for path in (key, pem):
        path.chmod(0o600)
    return ("[Agent]\nEndpointName=dev1\nLogLevel=debug\n"
            "[Server one]\nUri=%s\nShortServerId=101\nLifetime=300\n"
            "[Server two]\nUri=coaps://127.0.0.1:5684\nShortServerId=102\nSecurity=psk\n"
            "PskIdentity=%s\nPskKeyFile=%s\n"
            "[Server three]\nUri=coaps://127.0.0.1:5684\nShortServerId=103\nSecurity=x509\n"
            "CertificateFile=%s\nPrivateKeyFile=%s\n"
            "[Server four]\nUri=coaps://127.0.0.1:5684\nShortServerId=104\nSecurity=psk\n"
            "PskIdentity=%s\nPskKey=%s\n"
            "[Server six]\nUri=coaps://127.0.0.1:5684\nShortServerId=107\nSecurity=x509\n"
            "CertificateFile=%s\nPrivateKeyFile=%s\n"
            "[Server seven]\nUri=coaps://127.0.0.1:5684\nShortServerId=108\nSecurity=rpk\n"
            "PrivateKeyFile=%s\nServerPublicKeyFile=%s\n"
            "[Server eight]\nUri=coaps://127.0.0.1:5684\nShortServerId=109\nSecurity=rpk\n"
            "PrivateKeyFile=%s\nServerPublicKeyFile=%s\n" %
            (uri, IDENTITY, key, pem, pem, IDENTITY, KEY.hex(), pki.file("dev1"), pki.key("dev1"), pki.key("dev1"), public,
             pem, pem))


def try_bus(bench, agent, haystack):
    def call(path, interface, member, signature="", *arguments):
        try:
            answer = bench.call(AGENT, path, interface, member, signature, *arguments)
        except BusError as error:
            haystack.add("the error of %s %s" % (member, arguments), "%s %s" % (error.name, error.text))
            return error.name.rsplit(".", 1)[1]
        haystack.add("the answer to %s %s" % (member, arguments), answer)
        return answer
    objects, = call("/org/lwm2md", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    for path in ["/org/lwm2md", *objects]:
        call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        for interface in objects.get(path, {"org.lwm2md.Manager1": 0}):
            call(path, "org.freedesktop.DBus.Properties", "GetAll", "s", interface)
    for path in PATHS[:-1]:
        same(call("/org/lwm2md", "org.lwm2md.Manager1", "Read", "s", path), "AccessDenied", "Read " + path)
        same(call("/org/lwm2md", "org.lwm2md.Manager1", "Discover", "sa{sv}", path, {}), "AccessDenied",
             "Discover " + path)
        call("/org/lwm2md", "org.lwm2md.Manager1", "Discover", "sa{sv}", path, {"server": Variant("q", 101)})
        call("/org/lwm2md", "org.lwm2md.Manager1", "Write", "sv", path, Variant("s", "1"))
        call("/org/lwm2md", "org.lwm2md.Manager1", "Execute", "ss", path, "")
    for path in agent.get("Objects"):
        call("/org/lwm2md", "org.lwm2md.Manager1", "Read", "s", path)
    call("/org/lwm2md", "org.lwm2md.Manager1", "Reload")
    for settings in (
            {"Security": "psk", "PskIdentity": IDENTITY, "PskKeyFile": str(bench.directory / "one.key")},
            {"Security": "psk", "PskIdentity": IDENTITY, "PskKey": KEY},
            {"Security": "psk", "PskIdentity": IDENTITY, "PskKey": KEY.hex()},
            {"Security": "x509", "PrivateKeyFile": str(bench.directory / "three.pem")}):
        call("/org/lwm2md", "org.lwm2md.Manager1", "AddServer", "a{sv}",
             {"Uri": "coaps://127.0.0.1:5684", "ShortServerId": Variant("q", 105), **settings})


def try_server(bench, server, haystack):
    """Every operation and format of the test server."""
    calls = [("Discover", "sa{sv}", path, {}) for path in PATHS]
    calls += [(member, "sa{sv}", path, {} if form is None else {"accept": Variant("s", form)})
              for member in ("Read", "Observe") for path in PATHS
              for form in (None, "text", "opaque", "cbor", "tlv", "senml-json", "senml-cbor")]
    calls += [("Write", "sva{sv}", path, Variant("s", "1"), {}) for path in PATHS]
    calls += [("Execute", "ssa{sv}", path, "", {}) for path in PATHS]
    calls += [(member, "asa{sv}", [path, "/3/0/0"], {}) for member in ("ReadComposite", "ObserveComposite")
              for path in PATHS]
    for member, signature, *arguments in calls:
        try:
            answer = server.call(member, signature, *arguments)
        except BusError as error:
            answer = (error.name, error.text)
        haystack.add("%s %s of the test server" % (member, arguments), answer)
    haystack.add("the trace of the test server", "\n".join(server.lines))


def try_wire(server, haystack):
    """Every method, path and format in bytes."""
    for method in METHODS:
        for path in PATHS:
            for number in FORMATS if method in (coap.GET, coap.FETCH) else [None]:
                options = [] if number is None else [(coap.ACCEPT, number.to_bytes(2, "big").lstrip(b"\0"))]
                if method == coap.DELETE and path == "/":
                    continue
                answer = server.ask(method, path, options=options)
                haystack.add("the answer to %d %s %s" % (method, path, number), answer.payload)
                if path.startswith("/0"):
                    check(not answer.status.startswith("2"), "%d %s %s: %s" % (method, path, number, answer.status))


def try_host(agent, haystack):
    same(stat.S_IMODE(agent.state.stat().st_mode), 0o700, "the state directory is the agent's alone")
    for file in documents(agent):
        same(stat.S_IMODE(file.stat().st_mode), 0o600, "%s, too" % file.name)
        haystack.add("the state document " + file.name, state_text(file))
    for name in ("environ", "cmdline", "comm", "status"):
        with open("/proc/%d/%s" % (agent.pid, name), "rb") as file:
            haystack.add("/proc/PID/" + name, file.read())
    with open("/proc/%d/limits" % agent.pid) as file:
        core = next(line for line in file if line.startswith("Max core file size")).split()
    same(core[4:6], ["0", "0"], "no core file is written, and nobody can change that")


# --- servers that are spoken with by keys, over DTLS and TLS


def secure_server(bench, pki):
    """One that takes both kinds of keys at both kinds of links."""
    keys = bench.directory / "keys"
    keys.write_text("%s %s dev1\nby-descriptor %s dev1\n" % (IDENTITY, KEY.hex(), DESCRIPTOR.hex()))
    server = bench.server("--listen", "coaps+tcp://127.0.0.1:0", "--keys", str(keys), "--certificates",
                          str(pki.directory), listen="coaps://127.0.0.1:0", name="server-secure")
    return server, server.wait_line(r"listening at (coaps\+tcp://\S+)").group(1)


def secure_sections(pki, datagrams, streams, key):
    by_key = "Security=psk\nPskIdentity=%s\nPskKeyFile=%s\n" % (IDENTITY, key)
    by_certificate = ("Security=x509\nCertificateFile=%s\nPrivateKeyFile=%s\nServerCertificateFile=%s\n"
                      "CertificateUsage=trust-anchor\n" % (pki.file("dev1"), pki.key("dev1"), pki.file("ca")))
    return "[Agent]\nEndpointName=dev1\nLogLevel=debug\n" + "".join(
        "[Server s%d]\nUri=%s\nShortServerId=%d\nLifetime=300\n%s" % (ssid, uri, ssid, lines)
        for ssid, uri, lines in ((201, datagrams, by_key), (202, streams, by_key),
                                 (203, datagrams, by_certificate), (204, streams, by_certificate)))


def add_by_descriptor(agent, uri, ssid):
    with open(os.memfd_create("key"), "w+b") as file:
        file.write(DESCRIPTOR)
        file.flush()
        agent.call("AddServer", "a{sv}", {
            "Uri": uri, "ShortServerId": Variant("q", ssid), "Security": "psk", "PskIdentity": "by-descriptor",
            "PskKey": Variant("h", file.fileno())})


def add_certificates(agent, pki, uri, ssid):
    files = {"Certificate": pki.file("dev1"), "PrivateKey": pki.key("dev1"), "ServerCertificate": pki.file("ca")}
    opened = {key: open(path, "rb") for key, path in files.items()}
    try:
        agent.call("AddServer", "a{sv}", {
            "Uri": uri, "ShortServerId": Variant("q", ssid), "Security": "x509", "CertificateUsage": "trust-anchor",
            **{key: Variant("h", file.fileno()) for key, file in opened.items()}})
    finally:
        for file in opened.values():
            file.close()


def look_into_process(agent, haystack):
    """What /proc shows of it, with the files that it holds open."""
    base = "/proc/%d/" % agent.pid
    for name in ("environ", "cmdline", "comm", "status", "maps", "wchan"):
        with open(base + name, "rb") as file:
            haystack.add(base + name, file.read())
    for number in os.listdir(base + "fd"):
        target = os.readlink(base + "fd/" + number)
        haystack.add("the name of descriptor " + number, target)
        if target.startswith("/memfd:") or os.path.isfile(target):
            with open(base + "fd/" + number, "rb") as file:
                haystack.add("what descriptor %s has" % number, file.read(1 << 20))


def dump(bench, agent, haystack):
    """What a debugger, and a signal, take of its memory."""
    with open("/proc/%d/coredump_filter" % agent.pid) as file:
        same(int(file.read(), 16), 0, "nothing of its memory goes into a core dump")
    if shutil.which("gcore"):
        core = bench.directory / "core"
        done = subprocess.run(["gcore", "-o", str(core), str(agent.pid)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=False)
        path = bench.directory / ("core.%d" % agent.pid)
        if path.exists():
            haystack.add("the dump of gcore", path.read_bytes())
            check(True, "gcore's %d bytes have no key" % path.stat().st_size)
        else:
            print("gcore makes no dump here: %s" % done.stderr.strip().split("\n")[-1])
    agent.signal(signal.SIGABRT)
    ended = os.waitid(os.P_PID, agent.pid, os.WEXITED | os.WNOWAIT)
    same((ended.si_code, ended.si_status), (os.CLD_KILLED, signal.SIGABRT), "SIGABRT leaves no core")
    agent.wait_end()


def in_use(bench, haystack):
    """Every kind of key at work on every kind of link, seen from everywhere."""
    pki = Pki(bench.directory / "pki-secure")
    pki.authority("ca")
    pki.certificate("server", "ca", "lwm2m.example", "DNS:lwm2m.example,IP:127.0.0.1", "serverAuth")
    pki.certificate("dev1", "ca", "dev1")
    SENTINELS.extend(line for line in pki.key("dev1").read_text().splitlines()[1:-1] if len(line) > 20)
    SENTINELS.append(base64.b64encode(pki.key("dev1").read_bytes()).decode())
    SENTINELS.extend([DESCRIPTOR.decode(), DESCRIPTOR.hex(), pki.der("dev1")[1].read_bytes()[36:68].hex()])
    SECRETS.append(pki.der("dev1")[1].read_bytes()[36:68])
    server, streams = secure_server(bench, pki)
    agent = bench.agent_with(secure_sections(pki, server.uri, streams, bench.directory / "one.key"), "secure")
    bench.wait_name(AGENT)
    signals = bench.monitor(AGENT)
    add_by_descriptor(agent, server.uri, 205)
    add_by_descriptor(agent, streams, 206)
    add_certificates(agent, pki, server.uri, 207)
    add_certificates(agent, pki, streams, 208)
    for ssid in range(201, 209):
        wait_until(lambda ssid=ssid: agent.server("State", ssid) == "registered", "server %d" % ssid, 60)
        check(True, "registered at %d by %s, %s" % (ssid, agent.server("Cipher", ssid), agent.server("Uri", ssid)))
    same(server.read("/3/0/16")[0], "2.05 Content", "Read")
    try_bus(bench, agent, haystack)
    signals.mark()
    haystack.add("the signals of the agent", signals.signals)
    for file in documents(agent):
        if file.name != "servers":  # which keeps the keys that were given by descriptor, for the agent alone
            # sessions have the identity that they were made by
            haystack.add("the state document " + file.name, file.read_bytes().replace(IDENTITY.encode(), b""))
        same(stat.S_IMODE(file.stat().st_mode), 0o600, "the mode of " + file.name)
    look_into_process(agent, haystack)
    dump(bench, agent, haystack)
    haystack.add("the journal", "\n".join(agent.lines))
    haystack.add("the trace of the test server", "\n".join(server.lines).replace(IDENTITY, ""))
    server.stop()


def main(bench):
    haystack = Haystack()
    server, foreign = bench.server(), ForeignServer(bench)
    agent = bench.agent_with(configure(bench, server.uri) + "[Server five]\nUri=%s\nShortServerId=106\n" % foreign.uri)
    os.chmod(agent.configuration, 0o600)
    server.wait_client()
    foreign.wait_registration()
    with foreign.background():
        bench.wait_name(AGENT)
        wait_until(lambda: agent.server("State", 106) == "registered", "both registrations")
        try_bus(bench, agent, haystack)
        try_server(bench, server, haystack)
    try_wire(foreign, haystack)
    with foreign.background():
        try_host(agent, haystack)
        agent.stop()
    check(any("debug" in line for line in agent.lines), "the journal has lines of debugging")
    haystack.add("the journal", "\n".join(agent.lines))
    haystack.add("the environment of the bus", "\n".join(bench.bus.lines))
    for file in agent.state.iterdir():
        haystack.add("the state document %s at the end" % file.name, state_text(file))
    server.stop()
    in_use(bench, haystack)
    check(haystack.places > 300, "%d places were searched" % haystack.places)


run(main)
