# SPDX-License-Identifier: LGPL-2.1-or-later
"""
openssl's s_server and s_client as foreign ends of DTLS.

    server = Pipe("s_server", "-dtls1_2", "-accept", "127.0.0.1:%d" % port, "-quiet", ...)
    wait_until(lambda: is_taken(port), "s_server")
    server.send(coap.Message(...)); server.receive()
"""

import os
import select
import socket
import subprocess
import time

import coap
from lib import SOON, Failed, die_with_parent, tool


class Pipe:
    """openssl as a pipe: what is written is a record, and what comes in a record is read."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([tool("openssl"), *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)

    def send(self, message):
        os.write(self.process.stdin.fileno(), message.encode())

    def receive(self, wanted=lambda message: True):
        """The next message that is wanted; what openssl says of itself is none."""
        deadline = time.monotonic() + SOON
        said = b""
        while time.monotonic() < deadline:
            if not select.select([self.process.stdout], [], [], 0.2)[0]:
                continue
            piece = os.read(self.process.stdout.fileno(), 4096)
            said += piece
            try:
                message = coap.Message.decode(piece)
            except (coap.Malformed, IndexError):
                continue
            if wanted(message):
                return message
            if not piece:
                break
        raise Failed("openssl brought no message, only %r" % said)

    def close(self):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
