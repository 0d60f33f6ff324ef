# SPDX-License-Identifier: LGPL-2.1-or-later
"""Object 4 on a modem, against mmcli: nothing else is there, and the server is on loopback."""

import board
from lib import check, row, run, section, server, start_agent, tells_json, told_within, wait

STATE = {"quality": "20", "name": "Bench Mobile", "network": "00101", "stat": "1", "tac": "0042", "cell": "00ABCDEF"}

# how often the cell is asked for while it is observed
PERIOD = 10


def mmcli(*words):
    return tells_json("mmcli", "-J", "-m", "any", *words)


def modem():
    try:
        return mmcli()["modem"]
    except RuntimeError:
        return None


def signal():
    """ModemManager takes it now from the bars that a modem tells, now from +CSQ: until both looks are at the same."""
    dbm = lambda: round(-113 + int(modem()["generic"]["signal-quality"]["value"]) * 62 / 100)
    wait(20, lambda: abs(server.value("/4/0/2") - dbm()) <= 1)
    row("/4/0/2", "Signal Strength", "mmcli's percentage as dBm", dbm(), 1)


def up():
    if not wait(240, modem):
        return False
    run("mmcli", "-m", "any", "--enable", timeout=240)
    return wait(60, lambda: modem()["generic"]["state"] == "registered")


def table():
    now, place = modem(), mmcli("--location-get")["modem"]["location"]["3gpp"]
    check(f"mmcli: {now['generic']['access-technologies']}", now["generic"]["access-technologies"] == ["lte"])
    row("/4/0/0", "Network Bearer", "LTE FDD, 6", 6)
    signal()
    row("/4/0/8", "Cell ID", "mmcli --location-get", int(place["cid"], 16))
    row("/4/0/9", "SMNC", "mmcli --location-get", int(place["mnc"]))
    row("/4/0/10", "SMCC", "mmcli --location-get", int(place["mcc"]))
    check("mmcli says the operator", now["3gpp"]["operator-code"] == STATE["network"], now["3gpp"]["operator-code"])


def changes():
    told_within(1, "/3/0/11", "the signal falls", lambda: board.modem(**STATE | {"quality": "0"}),
                lambda value: 4 in value.values())
    signal()
    told_within(1, "/4/0/2", "it rises", lambda: board.modem(**STATE | {"quality": "31"}), lambda value: value > -60)
    signal()
    told_within(PERIOD + 1, "/4/0/8", "another cell", lambda: board.modem(**STATE | {"cell": "00000777"}),
                lambda value: value == 0x777)


def connect():
    try:
        run("mmcli", "-m", "any", "--simple-connect=apn=bench", timeout=90)
    except RuntimeError as error:
        check("mmcli connects", False, error)
        return
    wait(2, lambda: False)
    row("/4/0/7", "APN", "mmcli's bearer", {0: mmcli("-b", "0")["bearer"]["properties"]["apn"]})


def show():
    section("modem")
    check("ModemManager has a modem that is registered", up())
    table()
    changes()
    connect()
