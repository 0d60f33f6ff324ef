#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host gets another address: the agent tells its server by an Update from there, and the server follows."""

import os
import shutil
import subprocess
import sys
import time

from lib import check, run, same, wait_until

SERVER, OLD, NEW = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def leave_from(address):
    """From now on what goes to the server has this source address."""
    ip("address", "add", address + "/32", "dev", "lo")
    ip("route", "replace", "local", SERVER, "dev", "lo", "table", "local", "src", address)


def test_move(bench):
    ip("link", "set", "lo", "up")
    ip("address", "add", SERVER + "/32", "dev", "lo")
    leave_from(OLD)
    server = bench.server(listen="coap://%s:0" % SERVER)
    agent = bench.agent(server.uri)
    server.wait_client()
    check(server.property("Address").startswith(OLD + ":"), "registered from the first address")
    location = server.property("Location")

    leave_from(NEW)
    ip("address", "del", OLD + "/32", "dev", "lo")
    moved = time.monotonic()
    wait_until(lambda: server.property("Address").startswith(NEW + ":"), "the Update from the new address")
    check(time.monotonic() - moved < 8, "it comes within seconds")
    same(server.property("Location"), location, "it is the same registration")
    same(server.read("/1/0/0")[0], "2.05 Content", "the server reaches the host there")
    same(agent.server("State"), "registered", "Server1.State")
    agent.stop()
    server.wait_no_client()
    check(True, "and it de-registers from there")


def in_namespace():
    """Begins anew in a network namespace of its own, or skips."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
        print("skipped: needs root, ip and unshare")
        sys.exit(77)
    if subprocess.run(["unshare", "--net", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: no network namespaces here")
        sys.exit(77)
    os.environ["LWM2MD_NAMESPACE"] = "yes"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


if __name__ == "__main__":
    if "LWM2MD_NAMESPACE" not in os.environ:
        in_namespace()
    run(test_move)
