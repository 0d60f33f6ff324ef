#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""OSCORE between the agent and the test server, where the build has it; else, that both say they have it not."""

import socket
import subprocess

from lib import AGENT, Variant, check, program, run, same, wait_until

SECRET, OTHER = "000102030405060708090a0b0c0d0e0f", "ff" * 16
SENTENCE = "OSCORE needs libcoap 4.3.2 or newer"


def write(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return path


def section(uri, secret, ssid=101, sender="01", recipient="02", more=""):
    return ("[Server s%d]\nUri=%s\nShortServerId=%d\nLifetime=300\nSecurity=oscore\nOscoreMasterSecretFile=%s\n"
            "OscoreSenderId=%s\nOscoreRecipientId=%s\n%s\n" % (ssid, uri, ssid, secret, sender, recipient, more))


def refusal(bench, text):
    """What --check-config says of a configuration."""
    path = write(bench.directory / "checked.conf", "[Agent]\nEndpointName=dev1\n" + text)
    done = subprocess.run([program("lwm2md"), "--check-config", "--config", str(path)], capture_output=True, text=True,
                          timeout=60, check=False)
    check(done.returncode != 0, "refused: " + text.splitlines()[1])
    return done.stdout + done.stderr


def mistakes(bench, secret):
    short = write(bench.directory / "short.key", "0011\n")
    for text, words in (
            (section("coaps://127.0.0.1", secret), "OSCORE is for coap://"),
            (section("coap://127.0.0.1", short), "a Master Secret has 16 to 64 bytes"),
            (section("coap://127.0.0.1", secret, sender="02"), "must have different ids"),
            (section("coap://127.0.0.1", secret, sender="0102030405060708"), "at most 7 bytes"),
            (section("coap://127.0.0.1", secret, sender="x1"), "hexadecimal digits"),
            (section("coap://127.0.0.1", bench.directory / "absent"), "cannot be read")):
        check(words in refusal(bench, text), "told: " + words)
        check(SECRET not in refusal(bench, text), "no secret is told")


def works(agent, server):
    server.wait_client()
    same(agent.server("Security"), "oscore", "Server1 says so")
    same(server.read("/3/0/16")[0], "2.05 Content", "Read")
    same(server.write("/1/0/1", 600), "2.04 Changed", "Write")
    same(server.read("/1/0/1")[1], {"/1/0/1": 600}, "what was written")
    same(server.execute("/1/0/8"), "2.04 Changed", "Execute")
    data = {0: Variant("ay", b"x" * 3000)}
    same(server.create("/19", {"0": Variant("a{qv}", data)}, instance=7), ["2.01 Created", "/19/7"], "Create in blocks")
    same(len(server.read("/19/7/0/0")[1]["/19/7/0/0"]), 3000, "what it made, read in blocks")
    same(server.observe("/1/0/1")[0], "2.05 Content", "Observe")
    same(server.write("/1/0/1", 700), "2.04 Changed", "Write of what is observed")
    wait_until(lambda: any("700" in line and "observe" in line for line in server.lines), "a notification")
    same(server.cancel("/1/0/1"), "2.05 Content", "Cancel")
    same(server.read("/21/0")[0], "4.01 Unauthorized", "nobody reads /21")


def plain(agent, server):
    """Whoever sends in plain from the server's address is not the server."""
    host, port = agent.server("Address").rsplit(":", 1)
    same((host, int(port)), ("127.0.0.1", int(server.uri.rsplit(":", 1)[1])), "where the server is")
    check(not any(SECRET in line for line in agent.lines + server.lines), "no secret in what they say")


def restarts(bench, agent, server, secret, configuration):
    """After a kill no number is used again, which the server would take for a replay."""
    agent.kill()
    agent = bench.agent_with(configuration, name="again")
    agent.wait_state("online", 30)
    same(server.read("/1/0/1")[0], "2.05 Content", "Read after a kill of the agent")
    agent.stop()
    server.wait_no_client()
    wrong = write(bench.directory / "wrong.key", OTHER)
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\n" + section(server.uri, wrong), name="wrong")
    bench.wait_name(AGENT)
    wait_until(lambda: agent.server("LastError")[0] != 0, "an error of the wrong secret", 120)
    check(not server.is_registered(), "a wrong secret does not register")
    agent.stop()


def spoof(server):
    """A Register in plain for an endpoint that has a context is not that endpoint's word; it is another peer's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(10)
        peer.connect(("127.0.0.1", int(server.uri.rsplit(":", 1)[1])))
        peer.send(bytes.fromhex("40010001b26364"))
        check(len(peer.recv(2000)) >= 4, "a plain peer is answered all the same")


def main(bench):
    secret = write(bench.directory / "secret", SECRET + "\n")
    said = refusal(bench, section("coaps://127.0.0.1", secret))
    keys = write(bench.directory / "keys", "oscore:01:02 %s dev1\n" % SECRET)
    if SENTENCE in said:
        done = subprocess.run([program("lwm2m-testserver"), "--listen", "coap://127.0.0.1:0", "--keys", str(keys)],
                              capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode != 0 and SENTENCE in done.stdout + done.stderr, "the server says so, too")
        return
    mistakes(bench, secret)
    server = bench.server("--keys", str(keys))
    configuration = "[Agent]\nEndpointName=dev1\n" + section(server.uri, secret)
    agent = bench.agent_with(configuration)
    agent.wait_state("online", 30)
    works(agent, server)
    plain(agent, server)
    spoof(server)
    restarts(bench, agent, server, secret, configuration)


run(main)
