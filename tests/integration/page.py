# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Pages whose lines are to be typed: their commands, what they print, and a shell of an ordinary user that runs them.

    python3 page.py FILE [HEADING]: prints the commands below a heading, for another shell
"""

import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections import namedtuple

NOBODY = 65534

# What is typed, and what it must print; None: nothing is said of that.
Command = namedtuple("Command", "text output")


def is_complete(text):
    """Whether a shell has nothing to wait for."""
    if text.endswith("\\"):
        return False
    done = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr  # it warns of a here-document without its end


def split(block):
    commands, lines = [], []
    for line in block.splitlines():
        lines.append(line)
        if is_complete("\n".join(lines)):
            commands.append("\n".join(lines))
            lines = []
    if lines:
        raise ValueError("a command has no end: " + lines[0])
    return commands


def commands(text):
    """Those in ```sh; a block of ```text is what the last one before it prints."""
    found = []
    for kind, block in re.findall(r"^```(sh|text)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if kind == "sh":
            found += [Command(each, None) for each in split(block)]
        else:
            found[-1] = found[-1]._replace(output=block.strip())
    return found


def matches(output, wanted):
    """`...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in wanted.split("..."))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def install(directory, programs, python, tree):
    """Programs by their names, each with its options, as if they were installed; and a Python."""
    copies = directory / "installed"
    shutil.copytree(tree / "data" / "objects", copies / "data" / "objects")
    (directory / "bin").mkdir()
    for name, file, options in programs:
        shutil.copy(file, copies / name)
        wrapper = '#!/bin/sh\nexec %s %s "$@"\n' % (copies / name, options % (copies / "data"))
        (directory / "bin" / name).write_text(wrapper)
    (directory / "bin" / "python3").write_text('#!/bin/sh\nexec %s "$@"\n' % python)
    for file in (directory / "bin").iterdir():
        file.chmod(0o755)


class Shell:
    """A shell that an ordinary user types into; root becomes one."""

    END = "--- that was line %d: "

    def __init__(self, home, environment):
        user = []
        if os.getuid() == 0:
            os.chown(home, NOBODY, NOBODY)
            user = ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups", "--"]
        self.number = 0
        self.process = subprocess.Popen(
            [*user, "bash", "--norc", "--noprofile"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=home, env={**os.environ, **environment, "HOME": str(home)}, start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)

    def type(self, text, seconds=60):
        """What it prints, and how it ends: (output, status); status None: not in time."""
        self.number += 1
        end = self.END % self.number
        self.process.stdin.write(("%s\necho; echo '%s'$?\n" % (text, end)).encode())
        self.process.stdin.flush()
        deadline, output = time.monotonic() + seconds, b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not re.search(end.encode() + rb"\d+\n", output):
                if not selector.select(deadline - time.monotonic()):
                    return output.decode(errors="replace"), None
                data = os.read(self.process.stdout.fileno(), 65536)
                if not data:
                    return output.decode(errors="replace"), None
                output += data
        text, status = output.decode(errors="replace").rsplit(end, 1)
        # a shell that is no terminal's tells of what was killed
        return re.sub(r"(?m)^bash: line \d+: +\d+ Terminated .*\n", "", text).strip(), int(status)

    def close(self):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as page:
        shown = page.read()
    if len(sys.argv) > 2:
        shown = shown.split("\n## %s\n" % sys.argv[2], 1)[1].split("\n## ", 1)[0]
    print("\n".join(command.text for command in commands(shown)))
