# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects 4 and 7 on a WLAN: wlan0 with NetworkManager and wpa_supplicant, hostapd on wlan1 in a namespace of its own,
and the server behind it, so that the registration itself goes by radio."""

import re
import socket

from lib import check, file, row, run, section, server, start_agent, tells_json, told_within, wait

ACCESS_POINT = """interface=wlan1
driver=nl80211
ssid=bench
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=bench-bench
"""
CONFIGURATION = """[Agent]
EndpointName=bench
[Server behind-the-radio]
Uri=coap://10.77.0.1
ShortServerId=101
"""
IN_AP = ("ip", "netns", "exec", "ap")
# how often the link is measured while it is observed
PERIOD = 10


def up():
    run("modprobe", "mac80211_hwsim", "radios=2")
    run("udevadm", "settle")
    run("ip", "netns", "add", "ap")
    run("iw", "phy", f"phy{file('/sys/class/net/wlan1/phy80211/index')}", "set", "netns", "name", "ap")
    with open("/root/hostapd.conf", "w") as opened:
        opened.write(ACCESS_POINT)
    run(*IN_AP, "ip", "link", "set", "lo", "up")
    run(*IN_AP, "ip", "address", "add", "10.77.0.1/24", "dev", "wlan1")
    run("systemd-run", "--quiet", "--unit=access-point", *IN_AP, "hostapd", "/root/hostapd.conf")
    run("nmcli", "connection", "add", "type", "wifi", "con-name", "bench", "ifname", "wlan0", "ssid", "bench",
        "wifi-sec.key-mgmt", "wpa-psk", "wifi-sec.psk", "bench-bench", "ipv4.method", "manual",
        "ipv4.addresses", "10.77.0.2/24", "ipv4.gateway", "10.77.0.1", "ipv6.method", "disabled")
    # the scan may be before the first beacon
    return wait(90, lambda: "state connected" in try_connect())


def try_connect():
    try:
        run("nmcli", "--wait", "60", "connection", "up", "bench")
    except RuntimeError as error:
        return str(error)
    return "state connected"


def station():
    """iw's words about the access point."""
    lines = (line.split(":", 1) for line in run("iw", "dev", "wlan0", "station", "dump").splitlines() if ":" in line)
    return {word.strip(): value.strip() for word, value in lines}


def quality():
    """Of /proc/net/wireless: the link, out of 70."""
    line = next(line for line in file("/proc/net/wireless").splitlines() if "wlan0:" in line)
    return int(float(line.split()[2]))


def addresses():
    return [address["local"] for address in tells_json("ip", "-j", "address", "show", "dev", "wlan0")[0]["addr_info"]
            if address["scope"] == "global"]


def in_order(values):
    return dict(enumerate(values))


def table():
    row("/4/0/0", "Network Bearer", "DEVTYPE=wlan, 21",
        21 if "DEVTYPE=wlan" in file("/sys/class/net/wlan0/uevent") else None)
    row("/4/0/2", "Signal Strength", "iw, signal avg", int(station()["signal avg"].split()[0]), 1)
    row("/4/0/3", "Link Quality", "/proc/net/wireless", quality(), 1)
    row("/4/0/4", "IP Addresses", "ip address", in_order(addresses()))
    row("/4/0/5", "Router IP Addresses", "ip route",
        in_order(route["gateway"] for route in tells_json("ip", "-j", "route", "show", "default")))
    # a moment after the link; nothing else is read meanwhile
    used = wait(10, lambda: server.read("/4/0/6") or None)
    used = used and used["/4/0/6"]
    rate = re.match(r"[\d.]+", station()["tx bitrate"])[0]
    check(f"/4/0/6 Link Utilization: {used} %, of {rate} Mbit/s", used is not None and 0 <= used <= 100, used)


def changes():
    told_within(PERIOD + 1, "/4/0/2", "the access point sends more quietly",
                lambda: run(*IN_AP, "iw", "dev", "wlan1", "set", "txpower", "fixed", "1000"), lambda value: value < -31)
    wait(8, lambda: False)
    row("/4/0/2", "Signal Strength", "iw, signal avg", int(station()["signal avg"].split()[0]), 1)
    row("/4/0/3", "Link Quality", "/proc/net/wireless", quality(), 1)
    server.updated.clear()
    told_within(1, "/4/0/4", "the address changes",
                lambda: run("ip", "address", "add", "10.77.0.9/24", "dev", "wlan0"),
                lambda value: "10.77.0.9" in value.values())
    row("/4/0/4", "IP Addresses", "ip address", in_order(addresses()))


def other_address():
    """What the session itself uses goes, and the host is reached by another one."""
    server.updated.clear()
    server.registered.clear()
    run("nmcli", "connection", "modify", "bench", "ipv4.addresses", "10.77.0.3/24")
    run("nmcli", "device", "reapply", "wlan0")
    arrived = wait(20, lambda: server.updated or server.registered)
    check("another address is told by an Update", arrived and not server.registered,
          (server.updated, server.registered))
    row("/4/0/4", "IP Addresses", "ip address", in_order(addresses()))


def counters():
    """Bytes above the frames, sent and received, in thousands."""
    numbers = {word: int(file(f"/sys/class/net/wlan0/statistics/{word}"))
               for word in ("tx_bytes", "rx_bytes", "tx_packets", "rx_packets")}
    return [(numbers[way + "_bytes"] - 14 * numbers[way + "_packets"]) / 1000 for way in ("tx", "rx")]


def statistics():
    check("a collection is started", server.execute("/7/0/6")[0].startswith("2.04"))
    before = counters()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(200):
            sender.sendto(bytes(1000), ("10.77.0.1", 9))
    wait(1.5, lambda: False)
    sent, received = (now - then for now, then in zip(counters(), before))
    row("/7/0/2", "Tx Data", "the counters of wlan0, in kB", round(sent), 3)
    row("/7/0/3", "Rx Data", "the counters of wlan0, in kB", round(received), 3)


def show():
    section("WLAN")
    server.stop()
    check("wlan0 is associated and has its address", up())
    check("the test server runs behind the access point", server.start("coap://10.77.0.1", *IN_AP))
    check("the agent registers by radio", start_agent(CONFIGURATION))
    table()
    changes()
    statistics()
    other_address()


def down():
    run("nmcli", "connection", "down", "bench")
    server.stop()
    run("systemctl", "stop", "access-point")
