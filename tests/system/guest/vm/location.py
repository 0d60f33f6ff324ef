# SPDX-License-Identifier: LGPL-2.1-or-later
"""Object 6 against what any client of gpsd gets: a gpsd that is fed with NMEA 0183, as of a receiver."""

import json
import socket
import threading
import time

from lib import check, row, run, section, server, told_within, wait

PORT = 2900


def sentence(text):
    total = 0
    for byte in text.encode("ascii"):
        total ^= byte
    return f"${text}*{total:02X}\r\n"


class Receiver:
    """Sends a fix each second, of the place that it has then."""

    def __init__(self, latitude, longitude):
        self.latitude, self.longitude, self.speed_knots = latitude, longitude, 0.0
        threading.Thread(target=self.run, daemon=True).start()

    @staticmethod
    def degrees(value, letters, width):
        whole = int(abs(value))
        minutes = (abs(value) - whole) * 60
        return f"{whole:0{width}d}{minutes:08.5f},{letters[value < 0]}"

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while True:
                now = time.gmtime()
                clock, day = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
                place = f"{self.degrees(self.latitude, 'NS', 2)},{self.degrees(self.longitude, 'EW', 3)}"
                for text in (f"GPRMC,{clock},A,{place},{self.speed_knots:.1f},90.0,{day},,,A",
                             f"GPGGA,{clock},{place},1,08,1.0,120.5,M,46.9,M,,",
                             "GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.5,1.0,1.1"):
                    sender.sendto(sentence(text).encode("ascii"), ("127.0.0.1", PORT))
                time.sleep(1)


def report():
    """The next fix of gpsd, as any of its clients gets it."""
    with socket.create_connection(("127.0.0.1", 2947), timeout=20) as link:
        link.sendall(b'?WATCH={"enable":true,"json":true}\n')
        for line in link.makefile():
            fix = json.loads(line)
            if fix["class"] == "TPV" and fix.get("mode", 0) >= 3:
                return fix
    return None


def listens():
    try:
        socket.create_connection(("127.0.0.1", 2947)).close()
    except OSError:
        return False
    return True


def show():
    section("location")
    receiver = Receiver(46.94809, 7.44744)
    run("systemctl", "stop", "gpsd.socket", "gpsd.service")
    run("systemd-run", "--quiet", "--unit=receiver", "gpsd", "-N", "-n", f"udp://127.0.0.1:{PORT}")
    check("gpsd runs", wait(60, listens))
    fix = report()
    check("gpsd has a fix of three dimensions", fix is not None)
    check("the server has it", wait(30, lambda: server.value("/6/0/0") is not None), server.read("/6/0"))
    row("/6/0/0", "Latitude", "gpsd's lat", fix["lat"], 1e-6)
    row("/6/0/1", "Longitude", "gpsd's lon", fix["lon"], 1e-6)
    row("/6/0/2", "Altitude", "gpsd's altMSL", fix["altMSL"], 0.01)
    fix = report()
    row("/6/0/3", "Radius", "gpsd's eph", fix.get("eph"), 0.5)
    row("/6/0/5", "Timestamp", "the clock", int(time.time()), 3)
    row("/6/0/6", "Speed", "gpsd's speed", fix["speed"], 0.1)

    def move():
        receiver.latitude = 47.5

    # a second until the receiver's next fix, a second for the way
    told_within(2, "/6/0/0", "the host moves", move, lambda value: abs(value - 47.5) < 1e-6)
    # ten seconds until the agent tries again
    told_within(11, "/3/0/11", "gpsd ends while the place is observed", end, lambda value: 3 in value.values())


def end():
    server.observe("/6/0/0")
    run("systemctl", "stop", "receiver")
