#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Manager1: AddServer, RemoveServer and Reload; what they leave in the state directory, and that they leave /etc alone."""

import os

from bus import Variant
from lib import AGENT, BusError, ForeignServer, check, run, same, wait_until

ONE, TWO = "/org/lwm2md/server/101", "/org/lwm2md/server/102"


def servers(bench):
    objects, = bench.call(AGENT, "/org/lwm2md", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    return sorted(path for path, interfaces in objects.items() if "org.lwm2md.Server1" in interfaces)


def refused(agent, member, signature, *arguments):
    """The error's name and sentence; the call must fail."""
    try:
        agent.call(member, signature, *arguments)
    except BusError as error:
        return error.name.rsplit(".", 1)[1], error.text
    return "ok", ""


def add(agent, uri, ssid=102, **more):
    return agent.call("AddServer", "a{sv}", {"Uri": uri, "ShortServerId": Variant("q", ssid), **more})[0]


def test_add(bench):
    first, second = ForeignServer(bench), ForeignServer(bench)
    agent = bench.agent(first.uri, name="add")
    first.wait_registration()
    configuration = agent.configuration.read_bytes()
    with first.background(), second.background():
        agent.wait_state("online")
        monitor = bench.monitor(AGENT)
        same(add(agent, second.uri, Lifetime=Variant("u", 600), AckTimeout="3s", NotificationStoring=False,
                 Name="second one"), TWO, "AddServer")
        monitor.wait("InterfacesAdded", lambda arguments: arguments[0] == TWO)
        wait_until(lambda: agent.server("State", 102) == "registered", "its registration")
        check("lt=600" in second.registrations[0].query(), "with its lifetime")
        same(agent.call("Read", "s", "/1/1/6"), [{"/1/1/6": False}], "and its other settings")
        for settings, name, text in (
                ({"Uri": first.uri, "ShortServerId": Variant("q", 101)}, "AlreadyExists", "short id 101"),
                ({"Uri": first.uri, "ShortServerId": Variant("q", 103), "Name": "second one"}, "AlreadyExists",
                 "second one"),
                ({"Uri": first.uri}, "InvalidArgs", "ShortServerId"),
                ({"Uri": "http://x", "ShortServerId": Variant("q", 103)}, "InvalidArgs", "Uri="),
                ({"Uri": first.uri, "ShortServerId": Variant("q", 103), "Lifetimes": "3"}, "InvalidArgs", "Lifetimes"),
                ({"Uri": first.uri, "ShortServerId": Variant("q", 103), "Name": "a[b]"}, "InvalidArgs", "brackets"),
                ({"Uri": first.uri, "ShortServerId": Variant("q", 103), "PskKey": b"sentinel"}, "InvalidArgs",
                 "PskKey: everybody who watches the bus"),
                ({"Uri": first.uri, "ShortServerId": Variant("q", 103), "Security": "psk", "PskIdentity": "sentinel",
                  "PskKeyFile": "/nowhere"}, "InvalidArgs", "coap:// encrypts nothing")):
            error = refused(agent, "AddServer", "a{sv}", settings)
            same(error[0], name, "AddServer %s: %s" % (sorted(settings), error[1]))
            check(text in error[1] and "sentinel" not in error[1], "the sentence says what is wrong")
        same(servers(bench), [ONE, TWO], "nothing of that was added")
        same(agent.configuration.read_bytes(), configuration, "the configuration is as it was")
        same((agent.state / "servers").stat().st_mode & 0o777, 0o600, "the state is for the agent alone")
        bench.call(AGENT, TWO, "org.freedesktop.DBus.Properties", "GetAll", "s", "org.lwm2md.Server1")
        same(agent.call("Write", "sv", "/1/1/1", 700), [], "its server writes")
        agent.call("Reload")
        same(len(second.registrations), 1, "a reload leaves it alone")
        agent.stop()
    agent = bench.agent(first.uri, name="add")
    with first.background(), second.background():
        wait_until(lambda: len(second.registrations) == 2, "the registration after a restart")
        check("lt=700" in second.registrations[1].query(), "it is there after a restart, as it was left")
        agent.wait_state("online")
        same(agent.call("RemoveServer", "o", TWO), [], "RemoveServer")
        wait_until(lambda: len(second.deregistrations) == 2, "its De-register")
        same(servers(bench), [ONE], "it is gone")
        same(refused(agent, "RemoveServer", "o", TWO)[0], "NoSuchServer", "and is gone once")
        agent.stop()
    check("second one" not in (agent.state / "servers").read_text(), "nothing of it is kept")


def test_remove_configured(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="remove")
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
        agent.call("RemoveServer", "o", ONE)
        agent.wait_state("unconfigured")
        wait_until(lambda: server.deregistrations, "its De-register")
        same(len([line for line in agent.lines if "was removed over D-Bus" in line]), 1, "one line in the journal")
        same(agent.call("Reload"), [[]], "Reload")
        same(agent.get("State"), "unconfigured", "does not bring it back")
        agent.stop()
    agent = bench.agent(server.uri, name="remove")
    with server.background():
        agent.wait_state("unconfigured")
        agent.wait_line("left out, as it was removed over D-Bus")
        check(True, "nor does a restart")
        agent.configuration.write_text(agent.configuration.read_text().replace("Lifetime=300", "Lifetime=301"))
        agent.call("Reload")
        agent.wait_line("counts again: .* was edited")
        agent.wait_state("online")
        check("lt=301" in server.registrations[-1].query(), "an edited section comes back")
        agent.stop()


def test_clash(bench):
    """The configuration gains a server of the same short id as one that was added."""
    first, second = ForeignServer(bench), ForeignServer(bench)
    agent = bench.agent_with("[Agent]\nEndpointName=dev1\n", name="clash")
    agent.wait_state("unconfigured")
    with first.background(), second.background():
        same(add(agent, first.uri), TWO, "added without any server in the configuration")
        agent.wait_state("online")
        agent.configuration.write_text("[Agent]\nEndpointName=dev1\n[Server two]\nUri=%s\nShortServerId=102\n" %
                                       second.uri)
        agent.call("Reload")
        agent.wait_line(r"\[Server server-102\], added over D-Bus, is left out")
        wait_until(lambda: second.registrations, "the configured one's registration")
        check(True, "the configuration's counts")
        agent.wait_state("online")
        agent.configuration.write_text("[Agent]\nEndpointName=dev1\n")
        agent.call("Reload")
        wait_until(lambda: len(first.registrations) == 2, "the registration of the one that was added")
        check(True, "until it is gone")
        agent.stop()


def test_reload(bench):
    server = ForeignServer(bench)
    agent = bench.agent(server.uri, name="reload")
    server.wait_registration()
    with server.background():
        agent.wait_state("online")
        agent.configuration.write_text(agent.configuration.read_text() + "Lifetim=3\n[Server two]\nUri=ftp://x\n")
        problems, = agent.call("Reload")
        print(problems)
        same([(file, line) for file, line, _ in problems],
             [(str(agent.configuration), line) for line in ("10", "12", "11")], "each mistake has its place")
        check("did you mean Lifetime" in problems[0][2], "and what would be right")
        for file, line, text in problems:
            agent.wait_line("%s:%s: " % (file, line))
        check(True, "the journal says the same")
        same(len(server.registrations), 1, "the server that is right is left alone")
        check("did you mean" in bench.busctl("call", "--", AGENT, "/org/lwm2md", "org.lwm2md.Manager1", "Reload"),
              "busctl shows it")
        os.unlink(agent.configuration)
        problems, = agent.call("Reload")
        same([line for _, line, _ in problems], [""], "a file that is not there is one problem, without a line")
        same(agent.get("State"), "online", "and the old configuration stays")
        agent.stop()


def main(bench):
    test_add(bench)
    test_remove_configured(bench)
    test_clash(bench)
    test_reload(bench)


run(main)
