#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent and the test server over DTLS with pre-shared keys: what works, and what is said when it does not."""

from lib import AGENT, BusError, Failed, Variant, check, run, same, wait_until

KEY, OTHER = "000102030405060708090a0b0c0d0e0f", "ff" * 16


def write(path, text, mode=0o600):
    path.write_text(text)
    path.chmod(mode)
    return path


def section(name, ssid, uri, identity, key, more=""):
    return ("[Server %s]\nUri=%s\nShortServerId=%d\nLifetime=300\nSecurity=psk\nPskIdentity=%s\nPskKeyFile=%s\n%s\n" %
            (name, uri, ssid, identity, key, more))


def last_error(agent, ssid):
    return agent.server("LastError", ssid)[1]


def wait_error(agent, words, ssid=101, seconds=75):
    def is_told():
        try:
            return words in last_error(agent, ssid)
        except BusError:
            return False
    try:
        wait_until(is_told, "the error '%s'" % words, seconds)
    except Failed:
        raise Failed("LastError of %d is %r, not %r" % (ssid, last_error(agent, ssid), words)) from None
    check(True, "LastError of %d says '%s'" % (ssid, words))


def start(bench, port=0, name="server"):
    keys = write(bench.directory / "keys", "# identity key endpoint\ngateway %s dev1\nother %s dev2\nany %s\n" %
                 (KEY, KEY, "00" * 64))
    return bench.server("--keys", str(keys), listen="coaps://127.0.0.1:%d" % port, name=name)


def works(agent, server):
    server.wait_client()
    check(server.uri.startswith("coaps://"), "the server listens at coaps://")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read over DTLS")
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write over DTLS")
    same(server.read("/1/0/1")[1], {"/1/0/1": 600}, "what was written")
    same(server.observe("/3/0/13")[0], "2.05 Content", "Observe over DTLS")
    # 3 000 bytes: several blocks, each of which must fit into a record
    data = {0: Variant("ay", b"x" * 3000)}
    same(server.create("/19", {"0": Variant("a{qv}", data)}, instance=7), ["2.01 Created", "/19/7"], "Create in blocks")
    same(len(server.read("/19/7/0/0")[1]["/19/7/0/0"]), 3000, "what it made, read in blocks")
    check(any("2.31" in line for line in server.lines), "there were blocks")
    same(agent.server("Security"), "psk", "Server1 says so")
    for path in ("/0/0/2", "/0/0/3", "/0/0/5", "/0"):
        same(server.read(path)[0], "4.01 Unauthorized", "nobody reads " + path)


def failures(bench, server):
    """Wrong key, unknown identity, somebody else's identity, nobody there: each with its cause and remedy."""
    good = write(bench.directory / "good.key", KEY + "\n")
    wrong = write(bench.directory / "wrong.key", OTHER + "\n")
    agent = bench.agent_with(
        "[Agent]\nEndpointName=dev1\n" +
        section("wrong", 102, server.uri, "gateway", wrong) +
        section("unknown", 103, server.uri, "nobody", good) +
        section("other", 104, server.uri, "other", good) +
        section("absent", 105, "coaps://127.0.0.1:9", "gateway", good), name="failing")
    bench.wait_name(AGENT)
    wait_error(agent, "does not know the identity of PskIdentity=", 103)
    wait_error(agent, "4.00", 104)
    wait_error(agent, "the key is that of another endpoint", 104)
    wait_error(agent, "does not answer the DTLS handshake", 105)
    wait_error(agent, "compare PskIdentity= and the key at both ends", 102)
    check(any("compare PskIdentity= and the key" in line for line in agent.lines), "the journal says so, too")
    for line in agent.lines:
        check(OTHER not in line and KEY not in line, "no key in: " + line[:60])
    agent.stop()


def refused(bench, server):
    """What cannot be a key is refused when the configuration is read."""
    missing = bench.directory / "missing.key"
    texts = {
        "nothex": (write(bench.directory / "nothex.key", "sentinel"), "not written in hexadecimal digits"),
        "long": (write(bench.directory / "long.key", "00" * 65), "more than 64 bytes"),
        "odd": (write(bench.directory / "odd.key", "000"), "odd number of hexadecimal digits"),
        "empty": (write(bench.directory / "empty.key", "\n"), "there is no key in it"),
        "missing": (missing, "the key cannot be read"),
    }
    text = "".join(section(name, 110 + number, server.uri, "gateway", path)
                   for number, (name, (path, _)) in enumerate(texts.items()))
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\n" + text, name="refusing")
    agent.wait_state("unconfigured")
    for name, (_, words) in texts.items():
        agent.wait_line(name + ".*" + words)
    check(not any("sentinel" in line for line in agent.lines), "what stood in the file is not told")
    agent.stop()


def restart(bench, agent, server):
    """The server loses its sessions: the agent finds out by itself and registers anew."""
    port = server.port
    server.kill()
    server = start(bench, port, "server-again")
    agent.call("Update")
    server.wait_client(120)
    same(server.read("/3/0/16")[0], "2.05 Content", "Read after the server's restart")
    return server


def reload_keys(bench, agent, server, key):
    """A key that is another one in the same file makes another session."""
    state = agent.server("RegisteredAtUsec")
    same(agent.call("Reload")[0], [], "Reload with the same key")
    same(agent.server("RegisteredAtUsec"), state, "nothing is registered anew")
    write(key, OTHER)
    same(agent.call("Reload")[0], [], "Reload with another key")
    wait_error(agent, "compare PskIdentity= and the key at both ends")
    write(key, KEY)
    same(agent.call("Reload")[0], [], "Reload with the right key")
    wait_until(lambda: agent.server("State") == "registered", "registered with the right key")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read after the key was right again")
    key.chmod(0o644)
    (_, _, what), = agent.call("Reload")[0]
    check("everybody on this host may use the file" in what, "a key for everybody is told: " + what)
    same(agent.server("State"), "registered", "and used all the same")


def main(bench):
    server = start(bench)
    key = write(bench.directory / "one.key", KEY + "\n")
    agent = bench.agent(server.uri, server="Security=psk\nPskIdentity=gateway\nPskKeyFile=%s\n"
                        "AckTimeout=1s\nMaxRetransmit=1\n" % key)
    works(agent, server)
    reload_keys(bench, agent, server, key)
    server = restart(bench, agent, server)
    agent.stop()
    server.wait_no_client()
    failures(bench, server)
    refused(bench, server)


run(main)
