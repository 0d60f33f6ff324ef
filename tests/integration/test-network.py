#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects 4, 6 and 7 in a network namespace of the script's own, with ModemManager, GeoClue and gpsd that it plays."""

import datetime
import os
import shutil
import subprocess
import sys
import time

from desktop import GeoClue, Gpsd, MM, MODEM, ModemManager
from bus import Variant
from lib import check, run, same, wait_until

SERVER, OURS = "192.0.2.1", "192.0.2.7"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def read(server, path):
    return server.read(path)[1]


def value(server, path):
    return read(server, path).get(path)


def make_network():
    """Two links to the same other end; the server is an address of it."""
    ip("link", "set", "lo", "up")
    for name in ("eth0", "wwan0"):
        ip("link", "add", name, "type", "veth", "peer", "name", name + "-far")
        ip("link", "set", name, "up")
        ip("link", "set", name + "-far", "up")
    ip("address", "add", SERVER + "/32", "dev", "lo")
    ip("address", "add", OURS + "/24", "dev", "eth0")


def test_links(bench, server):
    monitor = bench.monitor("org.lwm2md.TestServer")
    agent = bench.agent(server.uri)
    server.wait_client()
    same(read(server, "/4/0"), {}, "without a way out nothing is known, and two arrays are empty")
    same(read(server, "/7/0"), {"/7/0/2": 0, "/7/0/3": 0, "/7/0/5": 0, "/7/0/8": 0}, "nothing is counted before a Start")
    ip("route", "add", "default", "via", "192.0.2.254", "dev", "eth0", "metric", "100")
    wait_until(lambda: value(server, "/4/0/0") == 41, "the bearer of the default route")
    same(read(server, "/4/0"), {"/4/0/0": 41, "/4/0/1": {0: 41}, "/4/0/2": 0, "/4/0/4": {0: OURS},
                                "/4/0/5": {0: "192.0.2.254"}}, "a cable")
    same(server.observe("/4/0/4")[0], "2.05 Content", "Observe")
    begin = time.monotonic()
    ip("address", "add", "2001:db8::7/64", "dev", "eth0", "nodad")
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/4/0/4": {0: OURS, 1: "2001:db8::7"}})
    check(time.monotonic() - begin < 1, "another address is notified within a second")
    ip("address", "del", "2001:db8::7/64", "dev", "eth0")
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/4/0/4": {0: OURS}})
    check(True, "and so is its end")
    same(server.cancel("/4/0/4"), "2.05 Content", "Cancel")

    manager = ModemManager(bench, "wwan0")
    manager.wait_call("GetAll")
    ip("address", "add", "198.51.100.2/32", "peer", "198.51.100.1", "dev", "wwan0")
    ip("route", "add", "default", "dev", "wwan0", "metric", "50")
    wait_until(lambda: value(server, "/4/0/0") == 6, "the modem's link is better")
    whole = {"/4/0/0": 6, "/4/0/1": {0: 6}, "/4/0/2": -95, "/4/0/3": -11, "/4/0/4": {0: "198.51.100.2"},
             "/4/0/7": {0: "internet"}, "/4/0/8": 0x2b9305, "/4/0/9": 1, "/4/0/10": 262, "/4/0/11": 7}
    same(read(server, "/4/0"), whole, "LTE, as ModemManager tells it")
    check("</4/0/8>" in server.discover("/4/0")[1] and "</4/0/5>" not in server.discover("/4/0")[1],
          "Discover lists what is there")
    same(server.observe("/4/0/2")[0], "2.05 Content", "Observe the signal")
    begin = time.monotonic()
    manager.change(MODEM, MM + ".Modem.Signal", {"Lte": Variant("a{sv}", {"rsrp": Variant("d", -101.0)})})
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/4/0/2": -101})
    check(time.monotonic() - begin < 1, "another signal is notified within a second")
    same(server.observe("/3/0/11")[0], "2.05 Content", "Observe the error code")
    begin = time.monotonic()
    manager.change(MODEM, MM + ".Modem.Signal", {"Lte": Variant("a{sv}", {"rsrp": Variant("d", -119.0)})})
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/3/0/11": {0: 4}})
    check(time.monotonic() - begin < 1, "a signal that is low is an error within a second")
    manager.change(MODEM, MM + ".Modem.Signal", {"Lte": Variant("a{sv}", {"rsrp": Variant("d", -107.0)})})
    same(server.read("/3/0/11")[1], {"/3/0/11": {0: 4}}, "a little better is not good enough")
    manager.change(MODEM, MM + ".Modem.Signal", {"Lte": Variant("a{sv}", {"rsrp": Variant("d", -101.0)})})
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/3/0/11": {0: 0}})
    check(True, "and its end is told")
    same(server.cancel("/3/0/11"), "2.05 Content", "Cancel")
    manager.change(MODEM, MM + ".Modem", {"AccessTechnologies": Variant("u", 1 << 3)})
    wait_until(lambda: value(server, "/4/0/0") == 0, "GPRS")
    check("/7/0/0" in read(server, "/7/0"), "a modem tells of short messages")
    same(server.execute("/7/0/6"), "2.04 Changed", "Start")
    manager.emit(MODEM, MM + ".Modem.Messaging", "Added", "ob", MODEM + "/SMS/1", True)
    manager.emit(MODEM, MM + ".Modem.Messaging", "Added", "ob", MODEM + "/SMS/2", False)
    manager.change("/org/freedesktop/ModemManager1/SMS/2", MM + ".Sms", {"State": Variant("u", 5)})
    wait_until(lambda: value(server, "/7/0/1") == 1 and value(server, "/7/0/0") == 1, "one sent, one received")
    manager.close()
    wait_until(lambda: "/4/0/8" not in read(server, "/4/0"), "without ModemManager nobody knows the cell")
    check("/7/0/0" not in read(server, "/7/0"), "nor of short messages")
    ip("route", "del", "default", "dev", "wwan0")
    agent.stop()
    server.wait_no_client()
    ip("route", "del", "default")


def test_lost(bench):
    """Nothing leads to this server."""
    agent = bench.agent("coap://203.0.113.1", name="lonely")
    wait_until(lambda: agent.call("Read", "s", "/3/0/11")[0] == {"/3/0/11": {0: 7}}, "no way out is an error", 15)
    begin = time.monotonic()
    ip("route", "add", "default", "via", "192.0.2.254", "dev", "eth0")
    wait_until(lambda: agent.call("Read", "s", "/3/0/11")[0] == {"/3/0/11": {0: 0}}, "until there is one")
    check(time.monotonic() - begin < 1, "within a second")
    ip("link", "set", "eth0-far", "down")
    agent.call("Execute", "ss", "/3/0/12", "")
    wait_until(lambda: agent.call("Read", "s", "/3/0/11")[0] == {"/3/0/11": {0: 7}}, "a cable that is out is an error", 15)
    ip("link", "set", "eth0-far", "up")
    wait_until(lambda: agent.call("Read", "s", "/3/0/11")[0] == {"/3/0/11": {0: 0}}, "until it is in")
    ip("route", "del", "default")
    agent.stop()


def send(count, size):
    """Packets to nobody, over eth0."""
    subprocess.run([sys.executable, "-c",
                    "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                    "for i in range(%d): s.sendto(bytes(%d), ('192.0.2.99', 9))" % (count, size)], check=True)


def counters():
    """Bytes and packets that eth0 sent."""
    words = subprocess.run(["ip", "-s", "-o", "link", "show", "eth0"], check=True, capture_output=True,
                           text=True).stdout.split("TX:")[1].split("\\")[1].split()
    return int(words[0]), int(words[1])


def test_statistics(bench, server):
    ip("neigh", "add", "192.0.2.99", "lladdr", "02:00:00:00:00:99", "dev", "eth0")
    agent = bench.agent(server.uri)
    server.wait_client()
    before = counters()
    same(server.execute("/7/0/6"), "2.04 Changed", "Start")
    send(100, 972)  # 1000 bytes each with IP and UDP
    after = counters()
    wanted = (after[0] - before[0] - 14 * (after[1] - before[1])) // 1000
    check(wanted >= 100, "the kernel counts %d kB" % wanted)
    time.sleep(1.1)
    got = read(server, "/7/0")
    check(abs(got["/7/0/2"] - wanted) <= 1, "so does the agent, %d" % got["/7/0/2"])
    check(got["/7/0/3"] >= 100, "the far end is a link of this host, too: it received them")
    check(700 <= got["/7/0/5"] <= 1000, "messages of %d bytes in the mean, with some small ones of the kernel" % got["/7/0/5"])
    agent.stop()
    server.wait_no_client()
    send(100, 972)
    agent = bench.agent(server.uri)
    server.wait_client()
    check(value(server, "/7/0/2") >= 200, "what is sent while the agent is away counts")
    same(server.execute("/7/0/7"), "2.04 Changed", "Stop")
    stopped = read(server, "/7/0")
    send(100, 972)
    time.sleep(1.1)
    same(read(server, "/7/0"), stopped, "then nothing counts any more")
    same(server.write("/7/0/8", 1), "2.04 Changed", "a period of one second")
    same(server.execute("/7/0/6"), "2.04 Changed", "Start")
    send(10, 972)
    time.sleep(2)
    send(100, 972)
    time.sleep(1.1)
    check(10 <= value(server, "/7/0/2") < 100, "the collection ended by itself")
    agent.stop()
    server.wait_no_client()


def report(latitude, age=0, **more):
    when = datetime.datetime.fromtimestamp(time.time() - age, datetime.timezone.utc)
    rest = "".join(',"%s":%s' % item for item in more.items())
    return '{"class":"TPV","mode":3,"time":"%s","lat":%s,"lon":13.25%s}' % (
        when.strftime("%Y-%m-%dT%H:%M:%S.000Z"), latitude, rest)


def test_location(bench, server):
    monitor = bench.monitor("org.lwm2md.TestServer")
    agent = bench.agent(server.uri)
    server.wait_client()
    same(server.read("/6/0")[0], "4.04 Not Found", "nobody allowed to tell where this host is")
    agent.stop()
    server.wait_no_client()

    gpsd = Gpsd()
    agent = bench.agent(server.uri, sections="[Location]\nSource=auto\nMaxAge=5s\n")
    server.wait_client()
    time.sleep(0.3)
    check(gpsd.client is None, "gpsd is not asked while nobody wants to know")
    same(server.observe("/6/0/0")[0], "4.04 Not Found", "no fix within ten seconds")
    wait_until(gpsd.watched.is_set, "the agent watches gpsd")
    gpsd.report(report(52.5, altMSL=34.5, eph=7, speed=10, track=90))
    wait_until(lambda: value(server, "/6/0/0") == 52.5, "the fix")
    got = read(server, "/6/0")
    check(abs(got.pop("/6/0/5") - time.time()) < 60, "with its time")
    same(got, {"/6/0/0": 52.5, "/6/0/1": 13.25, "/6/0/2": 34.5, "/6/0/3": 7.0, "/6/0/4": b"\0\x5a\0\x24",
               "/6/0/6": 10.0}, "all that gpsd told")
    same(server.observe("/6/0/0")[0], "2.05 Content", "Observe")
    gpsd.report("nonsense")
    gpsd.report("x" * 20000)
    gpsd.report(report(-33.25))
    monitor.wait("Notified", lambda arguments: arguments[1] == {"/6/0/0": -33.25})
    check(True, "the next fix is notified, whatever came between")
    same(server.cancel("/6/0/0"), "2.05 Content", "Cancel")
    time.sleep(6)
    same(server.read("/6/0/0")[0], "4.04 Not Found", "a fix that is older than MaxAge= is not shown")

    gpsd.close()
    geoclue = GeoClue(bench)
    same(server.read("/6/0/0")[0], "4.04 Not Found", "no gpsd")
    geoclue.wait_call("Start")
    check(any(call[1] == "Set" and call[2][1:] == ["DesktopId", "lwm2md"] for call in geoclue.calls), "by the name lwm2md")
    geoclue.tell(1, Latitude=1.5, Longitude=2.5, Accuracy=25.0, Altitude=-1.7976931348623157e308, Speed=-1.0,
                 Heading=-1.0, Timestamp=Variant("(tt)", (int(time.time()), 0)))
    wait_until(lambda: value(server, "/6/0/0") == 1.5, "GeoClue stands in")
    same(value(server, "/6/0/3"), 25.0, "with its uncertainty")
    check("/6/0/2" not in read(server, "/6/0"), "and without an altitude, which it does not know")
    geoclue.close()
    agent.stop()
    server.wait_no_client()

    geoclue = GeoClue(bench, allows=False)
    agent = bench.agent(server.uri, sections="[Location]\nSource=geoclue\n")
    server.wait_client()
    same(server.read("/6/0/0")[0], "4.04 Not Found", "GeoClue does not allow it")
    agent.wait_line("GeoClue does not tell where this host is .*disallowed.*geoclue.conf")
    check(True, "and the journal says what to do")
    geoclue.close()
    agent.stop()


def main(bench):
    make_network()
    server = bench.server()
    test_links(bench, server)
    test_lost(bench)
    test_statistics(bench, server)
    test_location(bench, server)


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
    run(main)
