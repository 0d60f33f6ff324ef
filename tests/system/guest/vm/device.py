# SPDX-License-Identifier: LGPL-2.1-or-later
"""Object 3 against DMI, hostnamed, the kernel's supplies and timedated; batteries and mains that change."""

import os
import subprocess
import time

import board
from lib import check, file, property_of, row, run, section, server, told_within

DMI = "/sys/class/dmi/id/"
BATTERY = "/sys/class/power_supply/BAT1/"
HOSTNAMED = ("org.freedesktop.hostname1", "/org/freedesktop/hostname1", "org.freedesktop.hostname1")
UPOWER = ("org.freedesktop.UPower", "/org/freedesktop/UPower/devices/battery_BAT1", "org.freedesktop.UPower.Device")
ZONE = "Asia/Kathmandu"
# os-release's and meminfo's lines: word to what is behind it
SETTINGS = {"/etc/os-release": "=", "/proc/meminfo": ":"}


def setting(path, word):
    lines = (line.split(SETTINGS[path], 1) for line in file(path).splitlines())
    return next(value.strip().strip('"') for name, value in lines if name == word)


def kilobytes(word):
    """The kernel's "kB" are 1024 bytes, those of the standard 1000."""
    return int(setting("/proc/meminfo", word).split()[0]) * 1024 // 1000


def machine():
    row("/3/0/0", "Manufacturer", "sys_vendor", file(DMI + "sys_vendor"))
    row("/3/0/0", "Manufacturer", "hostnamed's HardwareVendor", property_of(*HOSTNAMED, "HardwareVendor"))
    row("/3/0/1", "Model Number", "product_name", file(DMI + "product_name"))
    row("/3/0/1", "Model Number", "hostnamed's HardwareModel", property_of(*HOSTNAMED, "HardwareModel"))
    row("/3/0/2", "Serial Number", "product_serial", file(DMI + "product_serial"))
    row("/3/0/3", "Firmware Version", "os-release, PRETTY_NAME", setting("/etc/os-release", "PRETTY_NAME"))
    row("/3/0/10", "Memory Free", "MemAvailable in 1000 bytes", kilobytes("MemAvailable"), 20000)
    check("the chassis is of no kind, 1", file(DMI + "chassis_type") == "1")
    row("/3/0/17", "Device Type", "nothing", None)
    row("/3/0/18", "Hardware Version", "product_version", file(DMI + "product_version"))
    row("/3/0/19", "Software Version", "debian_version and uname",
        f"debian {file('/etc/debian_version')}, Linux {run('uname', '-r').strip()}")
    row("/3/0/21", "Memory Total", "MemTotal in 1000 bytes", kilobytes("MemTotal"))


def power():
    milli = lambda name: round(int(file(BATTERY + name)) / 1000)
    check("the mains is there, and the battery discharges, as the board says",
          (file("/sys/class/power_supply/ADP1/online"), file(BATTERY + "status")) == ("1", "Discharging"))
    row("/3/0/6", "Power Sources", "ADP1 online, BAT1", {0: 6, 1: 1})
    row("/3/0/7", "Voltage", "voltage_now in mV", {1: milli("voltage_now")})
    row("/3/0/8", "Current", "current_now in mA", {1: milli("current_now")})
    row("/3/0/9", "Battery Level", "capacity", int(file(BATTERY + "capacity")))
    row("/3/0/9", "Battery Level", "UPower's Percentage", round(property_of(*UPOWER, "Percentage")))
    row("/3/0/20", "Battery Status", "Discharging, 0", 0)
    row("/3/0/11", "Error Code", "nothing is wrong", {0: 0})


def power_changes():
    told_within(1, "/3/0/9", "the battery goes from 77 to 50", lambda: board.battery(50), lambda value: value == 50)
    told_within(1, "/3/0/20", "it is charged", lambda: board.battery(50, board.CHARGING), lambda value: value == 1)
    check("the kernel says so", file(BATTERY + "status") == "Charging", file(BATTERY + "status"))
    board.battery(50)
    told_within(1, "/3/0/6", "the mains goes", lambda: board.mains(False), lambda value: 6 not in value.values())
    check("the kernel says so", file("/sys/class/power_supply/ADP1/online") == "0")
    row("/3/0/11", "Error Code", "power failure", {0: 2})
    told_within(1, "/3/0/11", "the mains comes back", lambda: board.mains(True), lambda value: value == {0: 0})
    told_within(1, "/3/0/11", "the battery is at 7 %", lambda: board.battery(7, board.DISCHARGING | board.CRITICAL),
                lambda value: value == {0: 1})
    row("/3/0/9", "Battery Level", "capacity", int(file(BATTERY + "capacity")))
    row("/3/0/20", "Battery Status", "Low battery, 4", 4)
    told_within(1, "/3/0/11", "it is full again", lambda: board.battery(90), lambda value: value == {0: 0})


def clock():
    timedated = lambda: run("timedatectl", "show", "--property=Timezone", "--value").strip()
    row("/3/0/13", "Current Time", "the clock", int(time.time()), 2)
    row("/3/0/14", "UTC Offset", "date", run("date", "+%:z").strip())
    row("/3/0/15", "Timezone", "timedatectl", timedated())
    # timedatectl ends some time after the zone is set
    told_within(1, "/3/0/15", "the zone is set", lambda: subprocess.Popen(["timedatectl", "set-timezone", ZONE]),
                lambda value: value == ZONE,
                when=lambda: time.monotonic() - time.time() + os.lstat("/etc/localtime").st_ctime)
    row("/3/0/14", "UTC Offset", "date", run("date", "+%:z").strip())
    check("a server sets the zone", server.write("/3/0/15", "Europe/Lisbon")[0].startswith("2.04"))
    row("/3/0/15", "Timezone", "timedatectl", timedated())
    wanted = int(time.time()) + 7200
    check("a server sets the time", server.write("/3/0/13", wanted)[0].startswith("2.04"))
    check("the clock is two hours on", 0 <= time.time() - wanted < 30, f"{time.time() - wanted} s")


def show():
    section("device")
    machine()
    power()
    power_changes()
    clock()
