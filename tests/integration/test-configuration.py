#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mistake in the configuration is one line with file, line, reason and remedy, and stops nothing but its section."""

import re
import subprocess

from lib import AGENT, BusError, check, program, run, same, wait_until

# Text of a section, the line of it that is wrong, words that the complaint must have.
MISTAKES = [
    ("[Server bad]\nShortServerId=102\n", 1, ["Uri"]),
    ("[Server bad]\nUri=coap://127.0.0.1\n", 1, ["ShortServerId"]),
    ("[Server bad]\nUri=coap://127.0.0.1:99999\nShortServerId=102\n", 2, ["65535"]),
    ("[Server bad]\nUri=127.0.0.1\nShortServerId=102\n", 2, ["coap://"]),
    ("[Server bad]\nUri=gopher://127.0.0.1\nShortServerId=102\n", 2, ["gopher", "coap"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=0\n", 3, ["1 to 65534"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=101\n", 3, ["101"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=102\nLifetime=soon\n", 4, ["soon", "Lifetime"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=102\nVersion=3.0\n", 4, ["1.2"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=102\nBinding=X\n", 4, ["X"]),
    ("[Server bad]\nUri=coap://127.0.0.1\nShortServerId=102\nColour=green\n", 4, ["Colour"]),
    ("[Servr bad]\nUri=coap://127.0.0.1\nShortServerId=102\n", 1, ["Servr", "[Server"]),
    ("no key at all\n", 1, ["no key at all", "="]),
]


def test_mistakes(bench):
    good = "[Agent]\nEndpointName=dev1\n[Server good]\nUri=coap://127.0.0.1\nShortServerId=101\n"
    file = bench.directory / "checked.conf"
    file.write_text(good)
    command = [program("lwm2md"), "--check-config", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    same((done.returncode, done.stderr, len(done.stdout.splitlines())), (0, "", 1), "a good file is 0 and one line")
    for section, line, words in MISTAKES:
        file.write_text(good + section)
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        complaints = (done.stdout + done.stderr).splitlines()
        wrong = section.splitlines()[line - 1]
        same(len(complaints), 1, "one line about '%s'" % wrong)
        check(re.match(r"%s:%d: \S" % (re.escape(str(file)), line + 5), complaints[0]), "with file and line: " + complaints[0])
        check(all(word in complaints[0] for word in words), "with reason and remedy")
        check(";" in complaints[0], "the remedy stands behind a semicolon")
    missing = bench.directory / "missing.conf"
    done = subprocess.run([program("lwm2md"), "--check-config", "--config", str(missing)], capture_output=True,
                          text=True, timeout=30, check=False)
    check(done.returncode != 0 and str(missing) in done.stderr + done.stdout, "a file that is not there is named")


def test_others_work(bench):
    server = bench.server()
    agent = bench.agent(server.uri, name="broken", sections="\n".join(
        section.replace("bad]", "bad%d]" % number) for number, (section, _, _) in enumerate(MISTAKES)))
    server.wait_client()
    check(True, "the good section is registered")
    same(len([line for line in agent.lines if "broken.conf:" in line]), len(MISTAKES), "each mistake is one line")
    bench.wait_name(AGENT)
    agent.wait_state("degraded")
    try:
        agent.server("State", 102)
        known = True
    except BusError:
        known = False
    check(known, "an account whose section has but an unknown key works")
    agent.stop()


def test_nothing(bench):
    """No server is a state, not an error."""
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\n", name="nothing")
    agent.wait_state("unconfigured")
    check(True, "without a server the state is unconfigured")
    values, = agent.call("Read", "s", "/3/0/16")
    same(values, {"/3/0/16": "UT"}, "and the host is read over the bus")
    agent.stop()
    same(agent.wait_end(), 0, "it ends with 0")
    agent = bench.agent_with("", name="empty")
    agent.wait_state("unconfigured")
    check(re.match(r"urn:uuid:[0-9a-f-]{36}$", agent.get("EndpointName")), "an endpoint name from the machine id")
    agent.stop()


def test_version(bench):
    for name in ("lwm2md", "lwm2m-testserver"):
        done = subprocess.run([program(name), "--version"], capture_output=True, text=True, timeout=30, check=False)
        check(done.returncode == 0 and re.match(name + r" \d", done.stdout), "%s --version" % name)
        done = subprocess.run([program(name), "--bogus"], capture_output=True, text=True, timeout=30, check=False)
        check(done.returncode != 0 and "bogus" in done.stderr, "%s --bogus is refused" % name)


def main(bench):
    test_mistakes(bench)
    test_others_work(bench)
    test_nothing(bench)
    test_version(bench)
    wait_until(lambda: not bench.has_name(AGENT), "the end of the bus name")


run(main)
