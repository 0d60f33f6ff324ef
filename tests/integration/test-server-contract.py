#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the test server says of itself on the bus is what dbus/ says of it, and every line of busctl there works."""

import shlex
import subprocess
import xml.etree.ElementTree as ET

from lib import TEST_SERVER, TREE, check, run, same

EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"


def members(interface):
    """Each member of an interface as a line."""
    lines = []
    for member in interface:
        if member.tag not in ("method", "signal", "property"):
            continue
        line = [member.tag, member.get("name"), member.get("type", ""), member.get("access", "")]
        for part in member:
            if part.tag == "arg":
                line.append("%s %s %s" % (part.get("direction", ""), part.get("type"), part.get("name")))
            elif part.tag == "annotation" and (part.get("name"), part.get("value")) != (EMITS, "true"):
                line.append("%s=%s" % (part.get("name"), part.get("value")))
        lines.append(" ".join(line))
    return sorted(lines)


def undocumented(interface):
    """What has no prose, or no line to paste."""
    missing = []
    for element in interface.iter():
        name = "%s %s" % (element.tag, element.get("name"))
        if element.tag in ("interface", "method", "signal", "property", "arg", "error"):
            if not (element.findtext("doc") or "").strip():
                missing.append(name + " has no <doc>")
        if element.tag in ("interface", "method", "signal", "property"):
            if not any((each.text or "").startswith("busctl ") for each in element.findall("example")):
                missing.append(name + " has no <example>")
    return missing


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    contract = ET.parse(TREE / "dbus/org.lwm2md.TestServer1.xml").getroot()
    for path, element in ((contract.get("name"), contract),
                          (contract.get("name") + "/" + contract.find("node").get("name"), contract.find("node"))):
        wanted = element.find("interface")
        text, = bench.call(TEST_SERVER, path, "org.freedesktop.DBus.Introspectable", "Introspect")
        got = ET.fromstring(text).find("interface[@name='%s']" % wanted.get("name"))
        check(got is not None, "%s has %s" % (path, wanted.get("name")))
        same(members(got), members(wanted), "its members")
        same(undocumented(wanted), [], "what is not explained")
    for example in contract.iter("example"):
        words = shlex.split(example.text)
        if "monitor" in words:
            continue
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode == 0, example.text if done.returncode == 0 else "%s: %s" % (example.text, done.stderr))
        if "Misbehave" in words and "highest_version" in words:
            server.misbehave(highest_version="")
    agent.stop()


run(main)
