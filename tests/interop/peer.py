# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server on Eclipse Leshan: built with Maven from the sources here, started, and asked by lines of JSON."""

import hashlib
import json
import pathlib
import re
import subprocess
import threading
import time

from lib import BUILD, SOON, Failed, Process, Skipped, TREE, die_with_parent, tool, wait_until

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = BUILD / "interop"
# Seconds that Maven may take for everything that it has to fetch.
FETCH = 300

FORMATS = {"text": 0, "opaque": 42, "cbor": 60, "senml-json": 110, "senml-cbor": 112, "tlv": 11542, "json": 11543}


def maven(deadline, *options):
    """Whether it worked, and what it said."""
    try:
        done = subprocess.run(
            [tool("mvn"), *options, "--quiet", "--batch-mode", "--file", str(HERE / "pom.xml"), "-Doutput=%s" % OUTPUT,
             "compiler:compile", "dependency:copy-dependencies"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=max(1, deadline - time.monotonic()), check=False)
    except subprocess.TimeoutExpired:
        return False, "Maven took longer than %d s" % FETCH
    return done.returncode == 0, re.sub("\x1b\\[[0-9;]*m", "", done.stdout)


def build():
    """The classes and what they need below the build directory; made once for each state of the sources."""
    for name in ("java", "javac", "mvn"):
        tool(name)
    sources = sorted([HERE / "pom.xml", *HERE.glob("org/**/*.java")])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = OUTPUT / "built"
    if stamp.exists() and stamp.read_text() == digest:
        return
    OUTPUT.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + FETCH
    for options in (["--offline"], []):
        worked, said = maven(deadline, *options)
        if worked:
            stamp.write_text(digest)
            return
        if "release version 17 not supported" in said or "invalid target release" in said:
            raise Skipped("the JDK is older than 17")
        if "Compilation failure" in said:
            raise Failed("the sources do not compile:\n" + said)
    reason = next((line for line in said.splitlines() if "ERROR" in line), said)
    raise Skipped("Maven cannot fetch what is not cached: " + reason[:200])


class Leshan(Process):
    """The server; `block` is the block size that it prefers, `secure` the directory of Secure.java."""

    def __init__(self, bench, name="leshan", block=1024, endpoint="dev1", secure=None):
        self.name, self.endpoint = name, endpoint
        self.lines, self.events, self.wire = [], [], []  # wire: (way, bytes)
        self.answers, self.commands = {}, 0
        self.lock, self.answered = threading.Lock(), threading.Condition()
        self.log = bench.directory / (name + ".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [tool("java"), "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                 *(["-Dlwm2m.secure=%s" % secure] if secure else []),
                 "-cp", "%s:%s/*" % (OUTPUT / "classes", OUTPUT / "lib"), "org.lwm2md.interop.Main", str(block),
                 str(TREE / "data/objects"), str(HERE / "objects")],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        bench.processes.append(self)
        self.uri = self.wait("listening")["uri"]

    def _read(self):
        for text in self.process.stdout:
            line = json.loads(text)
            if line.get("event") == "wire":
                self.wire.append((line["way"], bytes.fromhex(line["bytes"])))
            elif "event" in line:
                self.events.append(line)
                self.lines.append(text.rstrip("\n"))
            else:
                with self.answered:
                    self.answers[line["id"]] = line
                    self.answered.notify_all()

    def stop(self, seconds=10):
        """Its end of the pipe closed, it ends by itself; what it logged is shown with the rest."""
        if self.is_running():
            self.process.stdin.close()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
            self.reader.join(5)
            self.lines += self.log.read_text().splitlines()

    def mark(self):
        """How many events there are, for `start`."""
        return len(self.events)

    def find(self, name, wanted=lambda event: True, start=0):
        return [event for event in self.events[start:] if event["event"] == name and wanted(event)]

    def wait(self, name, wanted=lambda event: True, start=0, seconds=30):
        """The first such event, from the `start`-th on."""
        def find():
            if not self.is_running():
                raise Failed("%s ended: %s" % (self.name, self.log.read_text()[-2000:]))
            return self.find(name, wanted, start)
        return wait_until(find, "the event '%s' of %s" % (name, self.name), seconds)[0]

    def ask(self, operation, path=None, **members):
        """One operation; the answer has "code", or "error" when Leshan could not send it or take the answer."""
        with self.lock:
            self.commands += 1
            number = self.commands
            command = {"id": number, "do": operation, "endpoint": self.endpoint, **members}
            if path is not None:
                command["path"] = path
            for key in ("format", "accept"):
                if isinstance(command.get(key), str):
                    command[key] = FORMATS[command[key]]
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
        with self.answered:
            if not self.answered.wait_for(lambda: number in self.answers, SOON):
                raise Failed("%s does not answer to %s %s" % (self.name, operation, path))
            return self.answers.pop(number)
