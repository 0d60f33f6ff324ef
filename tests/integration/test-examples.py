#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every line of busctl in the contracts of the agent and in the README works."""

import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET

from bus import Variant
from lib import AGENT, TREE, check, run, tool, wait_until
from plugin import Service


def examples(interface):
    """The lines of a contract, without those that only listen."""
    root = ET.parse(TREE / "dbus" / (interface + ".xml")).getroot()
    lines = [example.text for example in root.iter("example")]
    return [line for line in lines if "monitor" not in line]


def paste(line):
    return subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=60, check=False)


def works(line):
    done = paste(line)
    check(done.returncode == 0, line if done.returncode == 0 else "%s: %s" % (line, done.stderr.strip()))


def refuses(line, text):
    done = paste(line)
    check(done.returncode != 0 and text in done.stderr, "%s: %s" % (line, done.stderr.strip() or "works"))


def try_provider(bench):
    """A service of ours stands for the one in the examples; busctl is not the connection that registered."""
    service = Service(bench, "/org/example/Oven")
    service.answer = lambda paths, context: {path: Variant("d", 180.0) for path in paths}
    service.methods = {"Create": lambda *_: ("s", ["/3303/0"]),
                       **{name: lambda *_: ("", []) for name in ("Write", "Execute", "Delete", "Observe")}}
    registration = service.register({"/3303/*oven": [5700]}, name="oven")[0]
    for line in examples("org.lwm2md.Registration1"):
        line = line.replace("/org/lwm2md/registration/1", registration)
        if " call " in line:
            refuses(line, "which registered this")
        else:
            works(line)
    for line in examples("org.lwm2md.Provider1"):
        if " introspect " not in line:  # the service of the script shows nothing of itself
            works(line.replace("org.example.Oven", service.name))
    service.close()


PLUGIN = "## Show servers a value of yours"  # has a script of its own


def readme_lines(word):
    """Lines to be typed, as they stand in the README."""
    before, rest = (TREE / "README.md").read_text(encoding="utf-8").split(PLUGIN)
    text = before + rest[rest.index("\n## "):]
    return [re.sub(r"\s+#.*", "", line.strip()) for line in text.splitlines()
            if line.startswith("    " + word + " ")]


def try_readme(agent):
    for line in readme_lines("busctl"):
        if "monitor" not in line:
            works(line)
    denied = readme_lines("dbus-send")
    check(len(denied) == 1, "the README says how to see why somebody may not: %s" % denied)
    if shutil.which("dbus-send"):
        refuses(denied[0], "AccessDenied: object 0 holds credentials")
    wait_until(lambda: agent.get("State") == "online", "the state after all that")


def main(bench):
    tool("busctl")
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    try_readme(agent)
    for interface in ("org.lwm2md.Manager1", "org.lwm2md.ProviderManager1", "org.lwm2md.Server1"):
        for line in examples(interface):
            works(line)
            if "Deregister" in line or "Disable" in line:
                bench.call(AGENT, "/org/lwm2md/server/101", "org.lwm2md.Server1", "Register")
            wait_until(lambda: agent.server("State") == "registered", "the registration")
    try_provider(bench)
    agent.stop()


run(main)
