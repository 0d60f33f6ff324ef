#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Raw public keys (RFC 7250), where the build has them, with the test server and openssl; else, that both say so."""

import subprocess

import coap
from bus import BusError, Variant
from lib import AGENT, TREE, Failed, check, program, run, same, tool, wait_until
from pipe import Pipe, free_port, is_taken

SENTENCE = "raw public keys need OpenSSL 3.2 or newer"
CIPHER = "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"


class Keys:
    """Key pairs by the openssl command line: NAME.key and NAME.pub, both PEM."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()

    def openssl(self, *arguments):
        done = subprocess.run([tool("openssl"), *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise Failed("openssl %s: %s" % (arguments[0], done.stderr))
        return done.stdout

    def make(self, name):
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key(name))
        self.key(name).chmod(0o600)
        self.openssl("pkey", "-in", self.key(name), "-pubout", "-out", self.public(name))

    def key(self, name):
        return self.directory / (name + ".key")

    def public(self, name):
        return self.directory / (name + ".pub")

    def write(self, name, data):
        path = self.directory / name
        path.write_bytes(data)
        path.chmod(0o600)
        return path

    def der(self, name):
        """The private key as PKCS#8 and the public one, both DER."""
        private = self.openssl("pkcs8", "-topk8", "-nocrypt", "-in", self.key(name), "-outform", "DER")
        public = self.openssl("pkey", "-pubin", "-in", self.public(name), "-outform", "DER")
        return self.write(name + ".p8", private), self.write(name + ".spki", public)

    def sec1(self, name):
        return self.write(name + ".sec1", self.openssl("ec", "-in", self.key(name)))

    def digest(self, name, kind="sha256"):
        _, spki = self.der(name)
        return self.openssl("dgst", "-" + kind, "-r", spki).decode().split()[0]

    def base64(self, name):
        return "".join(self.public(name).read_text().splitlines()[1:-1])


def section(name, ssid, uri, keys, ours="dev1", server="server", more=""):
    return ("[Server %s]\nUri=%s\nShortServerId=%d\nLifetime=300\nSecurity=rpk\nPrivateKeyFile=%s\n"
            "ServerPublicKeyFile=%s\n%s\n" % (name, uri, ssid, keys.key(ours), keys.public(server), more))


def start_agent(bench, text, name):
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\nLogLevel=debug\n" + text, name=name)
    bench.wait_name(AGENT)
    return agent


def wait_error(agent, words, ssid=101, seconds=60):
    def is_told():
        try:
            return words in agent.server("LastError", ssid)[1]
        except BusError:
            return False
    try:
        wait_until(is_told, "the error '%s'" % words, seconds)
    except Failed:
        raise Failed("LastError of %d is %r, not %r" % (ssid, agent.server("LastError", ssid), words)) from None
    check(True, "LastError of %d says '%s'" % (ssid, words))
    wait_until(lambda: any(words in line for line in agent.lines), "the same in the journal")
    check(True, "so does the journal")


def check_config(bench, name, text):
    path = bench.directory / ("check-%s.conf" % name)
    path.write_text("[Agent]\nEndpointName=dev1\n" + text)
    done = subprocess.run([program("lwm2md"), "--check-config", "--config", str(path), "--data-directory",
                           str(TREE / "data")], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def mistakes(bench, keys):
    uri = "coaps://127.0.0.1"
    rows = {
        "good": (section("one", 101, uri, keys, more="PublicKeyFile=%s\n" % keys.public("dev1")),
                 "The configuration is good: 1 server"),
        "plain": (section("one", 101, "coap://127.0.0.1", keys), "coap:// encrypts nothing"),
        "other": (section("one", 101, uri, keys, more="PublicKeyFile=%s\n" % keys.public("dev2")),
                  "the public key is not that of the private key"),
        "private": (section("one", 101, uri, keys).replace(str(keys.public("server")), str(keys.key("server"))),
                    "the server's public key: it holds no public key that can be read"),
        "digest": (section("one", 101, uri, keys, more="MatchingType=sha384\n").replace(
            str(keys.public("server")), str(keys.write("short", b"00ff\n"))), "its sha384 digest has 48"),
        "none": ("[Server one]\nUri=%s\nShortServerId=101\nSecurity=rpk\n" % uri,
                 "add PrivateKeyFile= with the file"),
        "stray": (section("one", 101, uri, keys, more="TrustAnchorFile=/a\n"), "it belongs to Security=x509"),
    }
    for name, (text, words) in rows.items():
        status, said = check_config(bench, name, text)
        check(words in said, "--check-config of %s says '%s': %s" % (name, words, said.strip()))
        same(status, 0 if name == "good" else 1, "its exit status")


def works(bench, keys, server, cipher):
    """The whole way, and what is shown of it."""
    more = "Ciphers=%s\n" % cipher if cipher else ""
    agent = start_agent(bench, section("one", 101, server.uri, keys, more=more), "agent")
    server.wait_client()
    same(server.read("/3/0/16")[0], "2.05 Content", "Read by " + server.uri)
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write")
    same(server.observe("/3/0/13")[0], "2.05 Content", "Observe")
    same(server.execute("/1/0/8"), "2.04 Changed", "Execute")
    same(agent.server("Security"), "rpk", "Server1.Security")
    check(agent.server("Cipher") == cipher if cipher else agent.server("Cipher").startswith("TLS_"), "Server1.Cipher")
    same(agent.server("PeerSubject"), "sha256:" + keys.digest("server"), "Server1.PeerSubject is the digest")
    agent.stop()
    server.wait_no_client()


def forms(bench, keys, server):
    """Keys as PEM and DER, PKCS#8 and SEC 1; the server's by its digest, as digits or made of the key."""
    private, public = keys.der("dev1")
    spki = keys.der("server")[1]
    text = ""
    rows = {}
    for kind in ("sha256", "sha384", "sha512"):
        digits = keys.write(kind, keys.digest("server", kind).encode() + b"\n")
        rows[kind] = (keys.key("dev1"), digits, "MatchingType=%s\n" % kind)
    rows["sha256-of-key"] = (keys.key("dev1"), keys.public("server"), "MatchingType=sha256\n")
    rows["der"] = (private, spki, "PublicKeyFile=%s\n" % public)
    rows["sec1"] = (keys.sec1("dev1"), spki, "")
    for number, (name, (ours, theirs, more)) in enumerate(rows.items()):
        text += ("[Server %s]\nUri=%s\nShortServerId=%d\nSecurity=rpk\nPrivateKeyFile=%s\n"
                 "ServerPublicKeyFile=%s\n%s\n" % (name, server.uri, 110 + number, ours, theirs, more))
    agent = start_agent(bench, text, "forms")
    for number, name in enumerate(rows):
        # all are one endpoint: each Register replaces the one before, and each is answered 2.01
        wait_until(lambda ssid=110 + number: agent.server("State", ssid) == "registered", name + " registers")
        check(True, name + " registers")
    agent.kill()


def refusals(bench, keys, server):
    """Wrong keys at either end, each with its cause and remedy; and back again without a restart."""
    server.misbehave(raw_key="other")
    agent = start_agent(bench, section("one", 101, server.uri, keys), "refusing")
    wait_error(agent, "the server's public key is not the one that is given: it shows the one with the digest sha256:" +
               keys.digest("other"))
    wait_error(agent, "write it into the file of ServerPublicKeyFile=")
    check(agent.server("State") in ("waiting", "connecting"), "and there is no registration")
    server.misbehave(raw_key="")
    wait_until(lambda: agent.server("State") == "registered", "registered when the key is right again", 240)
    check(True, "what was mended at the server is noticed without a restart")
    agent.stop()
    agent = start_agent(bench, section("stranger", 101, server.uri, keys, ours="stranger") +
                        section("dev2", 102, server.uri, keys, ours="dev2"), "refused")
    wait_error(agent, "does not take our raw public key: give the server the one that belongs to PrivateKeyFile=")
    wait_error(agent, "the key is that of another endpoint", 102)
    agent.stop()
    try:
        server.misbehave(raw_key="none")
    except BusError as error:
        same(error.name, "org.freedesktop.DBus.Error.InvalidArgs", "a key that is not there is refused")


def resumption(bench, keys, server):
    """A session is resumed over a crash; for another key of the server it is not."""
    name = "resuming-" + server.uri.split(":")[0]
    agent = start_agent(bench, section("one", 101, server.uri, keys), name)
    location = agent.wait_line('registered at one .* as "([^"]+)"').group(1)
    for document in ("dtls-sessions", "session-101"):
        wait_until((agent.state / document).exists, document + " is kept")
    same((agent.state / "dtls-sessions").stat().st_mode & 0o777, 0o600, "for the agent alone")
    server.wait_line("dev1 registered at " + location)
    registers = sum("dev1 registered at" in line for line in server.lines)
    agent.kill()
    agent = start_agent(bench, section("one", 101, server.uri, keys), name)
    wait_until(lambda: agent.server("State") == "registered", "registered after a crash")
    same(server.property("Location"), location, "it is the same registration")
    same(agent.server("PeerSubject"), "sha256:" + keys.digest("server"), "the key is known from the session")
    same(sum("dev1 registered at" in line for line in server.lines), registers, "there was no other Register")
    agent.kill()
    agent = start_agent(bench, section("one", 101, server.uri, keys, server="other"), name)
    wait_error(agent, "the server's public key is not the one that is given")
    agent.kill()


def beside_certificates(bench, keys, server):
    """A server that has no raw public keys for who asks: the refusal says what to do."""
    agent = start_agent(bench, section("one", 101, server.uri, keys), "lonely")
    wait_error(agent, "it has or takes no raw public keys (RFC 7250)")
    agent.stop()


def agent_at_s_server(bench, keys):
    """openssl as the server: it wants a key of ours, and speaks by the cipher of the standard alone."""
    port = free_port()
    keys.openssl("req", "-x509", "-key", keys.key("server"), "-subj", "/CN=unused", "-out", "unused.pem")
    server = Pipe("s_server", "-dtls1_2", "-accept", "127.0.0.1:%d" % port, "-quiet", "-cert",
                  keys.directory / "unused.pem", "-key", keys.key("server"),
                  "-enable_server_rpk", "-enable_client_rpk", "-Verify", "1", "-cipher",
                  "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    wait_until(lambda: is_taken(port), "s_server")
    agent = start_agent(bench, section("one", 101, "coaps://127.0.0.1:%d" % port, keys), "agent-s-server")
    register = server.receive(lambda message: message.code == coap.POST)
    same((register.code, register.path()), (coap.POST, "/rd"), "s_server gets the Register")
    server.send(coap.Message(type=coap.ACK, code=coap.code("2.01"), mid=register.mid, token=register.token, options=[
        (coap.LOCATION_PATH, b"rd"), (coap.LOCATION_PATH, b"1")]))
    agent.wait_line("^notice: registered at one")
    same(agent.server("PeerSubject"), "sha256:" + keys.digest("server"), "and its key is known")
    server.send(coap.Message(type=coap.CON, code=coap.GET, mid=77, token=b"ab", options=coap.path_options("/3/0/16")))
    answer = server.receive(lambda message: message.token == b"ab")
    same((answer.status, answer.payload), ("2.05", b"UT"), "its Read is answered")
    server.close()
    agent.kill()


def s_client_at_test_server(bench, keys, server):
    for endpoint, status in (("dev2", "4.00"), ("dev1", "2.01")):
        client = Pipe("s_client", "-dtls1_2", "-connect", "127.0.0.1:%d" % server.port, "-key", keys.key("dev1"),
                      "-cert", keys.directory / "client.pem", "-enable_server_rpk", "-enable_client_rpk", "-quiet")
        query = [(coap.URI_QUERY, text.encode()) for text in ("ep=" + endpoint, "lt=300", "lwm2m=1.1", "b=U")]
        client.send(coap.Message(type=coap.CON, code=coap.POST, mid=5, token=b"t", payload=b"</1/0>,</3/0>",
                                 options=[*coap.path_options("/rd"), (coap.CONTENT_FORMAT, b"\x28"), *query]))
        answer = client.receive(lambda message: message.token == b"t")
        same(answer.status, status, "s_client registers as %s with the key of dev1" % endpoint)
        client.close()


def no_key_is_shown(bench, keys):
    words = set()
    for path in keys.directory.glob("*.key"):
        words.update(line for line in path.read_text().splitlines() if not line.startswith("---"))
    check(len(words) > 8, "there are keys to look for")
    for process in bench.processes:
        found = [word for word in words for line in process.lines if word in line]
        same(found, [], "lines of keys in what %s says" % process.name)


def not_built_in(bench, keys, store):
    """One clear sentence, of each program, and once."""
    status, said = check_config(bench, "absent", section("one", 101, "coaps://127.0.0.1", keys))
    same((status, said.count(SENTENCE)), (1, 1), "the agent says it once: " + said.strip())
    check("Security='rpk'" in said and "use x509 or psk" in said, "with the place and what to do instead")
    for arguments in (("--raw-keys", str(keys.directory)), ("--keys", str(store))):
        done = subprocess.run([program("lwm2m-testserver"), "--listen", "coaps://127.0.0.1:0", *arguments],
                              capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode != 0 and SENTENCE in done.stderr, "the test server says it to " + arguments[0])


def main(bench):
    keys = Keys(bench.directory / "keys")
    for name in ("server", "other", "dev1", "dev2", "stranger"):
        keys.make(name)
    store = bench.directory / "store"
    store.write_text("# raw public keys\nrpk %s dev1\nrpk %s dev2\ngateway 0011\n" %
                     (keys.base64("dev1"), keys.base64("dev2")))
    if SENTENCE in check_config(bench, "first", section("one", 101, "coaps://127.0.0.1", keys))[1]:
        not_built_in(bench, keys, store)
        return
    mistakes(bench, keys)
    agent_at_s_server(bench, keys)
    keys.openssl("req", "-x509", "-key", keys.key("dev1"), "-subj", "/CN=unused", "-out", "client.pem")
    arguments = ("--raw-keys", str(keys.directory), "--keys", str(store))
    for scheme, cipher in (("coaps", CIPHER), ("coaps+tcp", None)):
        server = bench.server(*arguments, listen=scheme + "://127.0.0.1:0", name=scheme)
        works(bench, keys, server, cipher)
        forms(bench, keys, server)
        resumption(bench, keys, server)
        refusals(bench, keys, server)
        if scheme == "coaps":
            s_client_at_test_server(bench, keys, server)
        server.stop()
    server = bench.server("--keys", str(store), listen="coaps://127.0.0.1:0", name="without")
    beside_certificates(bench, keys, server)
    no_key_is_shown(bench, keys)


run(main)
