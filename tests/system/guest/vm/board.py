# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hardware of the emulated machine: what is plugged in, and what it measures."""

import glob
import os
import time

from lib import run

# page registers of the DMA controller, which board.asl reads
LEVEL, FLOW, MAINS, HEAT = 0x81, 0x82, 0x83, 0x87
DISCHARGING, CHARGING, CRITICAL = 1, 2, 4


def poke(port, value):
    handle = os.open("/dev/port", os.O_WRONLY)
    os.pwrite(handle, bytes([value]), port)
    os.close(handle)


def battery(percent, flow=DISCHARGING):
    poke(LEVEL, percent)
    poke(FLOW, flow)


def mains(is_there):
    poke(MAINS, int(is_there))


def heat(celsius):
    poke(HEAT, celsius)


# chips on an I2C bus that is memory: register to value, as words with their bytes swapped, or bytes
CHIPS = {
    0x48: ("lm75", {}),
    0x49: ("lm75", {}),
    # millivolts in steps of ten, turns, degrees
    0x28: ("lm80", {0x20 + i: 0x40 + 8 * i for i in range(7)} | {0x28: 0x80, 0x29: 0xA0, 0x27: 38, 0x05: 0x14}),
    # shunt, 10 uV; bus voltage, 4 mV by 8; power, 20 mW; current, 1 mA
    0x40: ("ina219", {1: 0x07D0, 2: 0x1F40 << 1, 3: 0x0190, 4: 0x0320}),
}


def load():
    """Drivers, and the state that everything begins with."""
    battery(77)
    mains(True)
    heat(45)
    run("modprobe", "-a", "battery", "ac", "thermal", "i2c-dev")
    # ms: for this long the kernel does not ask the battery again, whatever the board says; 1000 if nobody sets it
    with open("/sys/module/battery/parameters/cache_time", "w") as opened:
        opened.write("100")
    run("modprobe", "i2c-stub", "chip_addr=" + ",".join(hex(address) for address in CHIPS))
    for address, (name, registers) in CHIPS.items():
        for register, value in registers.items():
            set_register(address, register, value, is_word=name == "ina219")
    lm75(0x48, 25)
    lm75(0x49, 31.5)


def i2c_bus():
    for name in glob.glob("/sys/bus/i2c/devices/i2c-*/name"):
        with open(name) as opened:
            if "stub" in opened.read():
                return name.split("/")[-2]
    raise RuntimeError("there is no bus of i2c-stub")


def set_register(address, register, value, is_word):
    swapped = (value & 0xFF) << 8 | value >> 8 if is_word else value
    run("i2cset", "-f", "-y", i2c_bus()[4:], hex(address), hex(register), hex(swapped), "w" if is_word else "b")


def lm75(address, celsius):
    """In halves of a degree."""
    set_register(address, 0, round(celsius * 2) << 7 & 0xFFFF, is_word=True)


def plug(address):
    with open(f"/sys/bus/i2c/devices/{i2c_bus()}/new_device", "w") as opened:
        opened.write(f"{CHIPS[address][0]} {address:#x}")


def unplug(address):
    with open(f"/sys/bus/i2c/devices/{i2c_bus()}/delete_device", "w") as opened:
        opened.write(hex(address))


def hwmon_of(address):
    """Its folder; None: it is not plugged in."""
    found = glob.glob(f"/sys/bus/i2c/devices/{i2c_bus()[4:]}-{address:04x}/hwmon/hwmon*")
    return found[0] if found else None


def modem(**state):
    """What the modem sees from now on; the folder is the host's."""
    with open("/vm/out/modem.new", "w") as opened:
        opened.writelines(f"{word}={value}\n" for word, value in state.items())
    os.rename("/vm/out/modem.new", "/vm/out/modem")


def settle():
    run("udevadm", "settle")
    time.sleep(0.5)
