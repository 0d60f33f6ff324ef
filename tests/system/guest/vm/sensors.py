# SPDX-License-Identifier: LGPL-2.1-or-later
"""The objects of sensors against the files of hwmon and of thermal zones; sensors that change, come and go."""

import glob
import os
import re

import board
from lib import check, row, run, section, server, told_within, wait

UNITS = {3303: "Cel", 3316: "V", 3317: "A", 3328: "W", 3346: "1/min"}
# the kind of a file of hwmon, or of IIO: the object, and how many of the kernel's units are one of ours
HWMON = {"temp": (3303, 1000), "in": (3316, 1000), "curr": (3317, 1000), "power": (3328, 1e6), "fan": (3346, 1)}
IIO = {"temp": (3303, 1000), "voltage": (3316, 1000), "current": (3317, 1000), "power": (3328, 1000)}
ZONE = "/sys/class/thermal/thermal_zone0/"


def read(path):
    with open(path) as opened:
        return opened.read().strip()


def number(path):
    """None: the kernel has none at the moment."""
    try:
        return float(read(path))
    except OSError:
        return None


def hwmon_channels():
    for path in glob.glob("/sys/class/hwmon/*/*_input"):
        folder, name = os.path.split(path)
        chip, label = read(folder + "/name"), path.replace("_input", "_label")
        if chip != "acpitz":  # the thermal zone again
            kind, units = HWMON[re.match("[a-z]+", name)[0]]
            yield kind, read(label) if os.path.exists(label) else chip, number(path) / units


def iio_channels():
    for path in glob.glob("/sys/bus/iio/devices/*/in_*_raw"):
        folder, name = os.path.split(path)
        found = re.match("in_([a-z]+)", name)
        if found[1] in IIO:
            kind, units = IIO[found[1]]
            yield kind, read(folder + "/name"), number(path) * number(path.replace("_raw", "_scale")) / units


def channels():
    """What the kernel shows: (object, application type, value)."""
    zone = (3303, read(ZONE + "type"), number(ZONE + "temp") / 1000)
    return sorted([zone, *hwmon_channels(), *iio_channels()])


def instances(kind):
    """The server's view of an object: instance to its resources."""
    found = {}
    for path, value in server.read(f"/{kind}").items():
        _, _, instance, resource = path.split("/")
        found.setdefault(int(instance), {})[int(resource)] = value
    return found


def table():
    expected = channels()
    for kind, unit in UNITS.items():
        for instance, values in sorted(instances(kind).items()):
            got = (kind, values.get(5750), values.get(5700))
            match = next((one for one in expected if one[:2] == got[:2] and close(one[2], got[2])), None)
            if match:
                expected.remove(match)
            check(f"/{kind}/{instance} {values.get(5750)}: {values.get(5700)} {values.get(5701)}; the kernel: "
                  f"{match and match[2]}", match and values.get(5701) == unit, f"{values}; left are {expected}")
    check("there is an instance for each file of the kernel", not expected, expected)


def close(a, b):
    return a is not None and b is not None and abs(a - b) < 1e-6


def instance_of(celsius):
    """Of the lm75 that measures this."""
    return next((instance for instance, values in instances(3303).items() if values.get(5700) == celsius), None)


def updates_while(seconds, change, is_done):
    """How many Updates came from the change until some time after it was done; None: it was not done."""
    server.updated.clear()
    change()
    done = wait(20, is_done)
    wait(seconds, lambda: False)
    return len(server.updated) if done else None


def changes(instance):
    path = f"/3303/{instance}/5700"
    for celsius in (-12.5, 60, 25):
        told_within(1, path, f"the lm75 measures {celsius}", lambda: board.lm75(0x48, celsius),
                    lambda value: value == celsius)
    zone = next(i for i, values in instances(3303).items() if values[5750] == read(ZONE + "type"))
    told_within(1, f"/3303/{zone}/5700", "the thermal zone is at 61", lambda: board.heat(61), lambda value: value == 61)
    row(f"/3303/{zone}/5700", "Sensor Value", "temp of the zone", int(read(ZONE + "temp")) / 1000)
    row(f"/3303/{instance}/5601", "Min Measured Value", "what it measured", -12.5)
    row(f"/3303/{instance}/5602", "Max Measured Value", "what it measured", 60)
    check("they are reset", server.execute(f"/3303/{instance}/5605")[0].startswith("2.04"))
    row(f"/3303/{instance}/5602", "Max Measured Value", "the last one", 25)


def plugging(instance):
    path, other = f"/3303/{instance}", instance_of(31.5)
    count = updates_while(4, lambda: board.unplug(0x48), lambda: path not in server.instances())
    check(f"unplugging takes {path} away by one Update", count == 1, f"{count} Updates")
    check("the server cannot read it any more", server.read(path) == {})
    count = updates_while(4, lambda: board.plug(0x48), lambda: path in server.instances())
    check(f"plugged in again it is {path}, by one Update", count == 1, f"{count} Updates")
    row(path + "/5700", "Sensor Value", "the board", 25)
    board.unplug(0x48)
    board.unplug(0x49)
    wait(20, lambda: path not in server.instances())
    board.plug(0x49)
    board.plug(0x48)
    wait(20, lambda: path in server.instances() and f"/3303/{other}" in server.instances())
    names = [os.path.basename(board.hwmon_of(address)) for address in (0x49, 0x48)]
    check("two at once, in the other order: the kernel counts them the other way round",
          names[0] < names[1], names)
    check("their instances are the same", [instance_of(25), instance_of(31.5)] == [instance, other], instances(3303))


def ids():
    """The instance of each of the two lm75, and all that there are."""
    return {"lm75": [instance_of(25), instance_of(31.5)],
            "all": sorted(path for path in server.instances() if path.startswith("/33"))}


def show():
    section("sensors")
    for address in (0x48, 0x49, 0x28, 0x40):
        before = len(server.instances())
        count = updates_while(2, lambda: board.plug(address), lambda: len(server.instances()) > before)
        check(f"a {board.CHIPS[address][0]} is plugged in: one Update", count == 1, f"{count} Updates")
    run("udevadm", "settle")
    table()
    instance = instance_of(25)
    check("the lm75 is there", instance is not None, instances(3303))
    changes(instance)
    plugging(instance)
