#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example that lets servers run the programs of a directory: which ones, with what words, and what becomes of them."""

import os
import shutil
import subprocess
import time

from lib import AGENT, TREE, Process, check, run, same, wait_until
from plugin import PYTHON, data_with, needs_dbus_python

NAME, RUN, STOP, RUNNING, STATUS, OUTPUT, STARTED, ENDED, TIMED_OUT = range(9)
LIMIT = 3  # seconds that a program may run

PROGRAMS = {
    "words": '#!/bin/sh\nprintf "<%s>" "$@"; echo "$LWM2M_SERVER" >&2',
    "fails": "#!/bin/sh\nexit 3",
    "slow": "#!/bin/sh\necho begun; sleep 60 & echo $! >%s; wait",
    "patient": "#!/bin/sh\ntrap '' TERM; echo deaf; while :; do sleep 0.1; done",
    "floods": "#!/bin/sh\nyes 0123456789abcde | head -c 8000000; echo end",
    "binary": "#!/bin/sh\nprintf 'a\\377\\000\\303\\244'",
    "quiet": "#!/bin/sh\nexec >&- 2>&-; sleep 1",
    "torn": "this has no interpreter",
}
# What stands in the directory and is nothing to be run.
OTHERS = (b".hidden", b"kept.bak", b"two words", b"$(reboot)", b"-rf", b"line\nbreak", b"\xff\xfe", b"x" * 65)


def put(directory, name, text, mode=0o755):
    """In one step, as a package does it."""
    path = os.path.join(os.fsencode(directory), os.fsencode(name))
    with open(os.path.join(os.fsencode(directory.parent), b"new"), "w") as file:
        file.write(text + "\n")
        os.fchmod(file.fileno(), mode)
    os.rename(file.name, path)


def make_directory(bench):
    directory = bench.directory / "commands"
    directory.mkdir(mode=0o755)
    for name, text in PROGRAMS.items():
        put(directory, name, text.replace("%s", str(bench.directory / "child"), 1) if name == "slow" else text)
    for name in OTHERS:
        put(directory, name, PROGRAMS["words"])
    put(directory, "README", "how to use it", 0o644)
    (directory / "folder").mkdir()
    os.mkfifo(directory / "pipe", 0o755)
    (directory / "dangling").symlink_to("nowhere")
    return directory


class Commands:
    """The programs as the server sees them."""

    def __init__(self, server):
        self.server = server

    def all(self):
        """From names to instances."""
        status, values = self.server.read("/26251")
        return {value: path.rsplit("/", 1)[0] for path, value in values.items()
                if path.endswith("/%d" % NAME)} if status == "2.05 Content" else {}

    def get(self, name, resource):
        """None when it has no value."""
        return self.server.read(self.all()[name])[1].get("%s/%d" % (self.all()[name], resource))

    def do(self, name, resource, arguments=""):
        return self.server.execute("%s/%d" % (self.all()[name], resource), arguments)

    def run(self, name, arguments=""):
        """Until its end: what it ended with, and what it wrote."""
        same(self.do(name, RUN, arguments), "2.04 Changed", "Execute of %s %s" % (name, arguments))
        wait_until(lambda: self.get(name, ENDED) is not None, "the end of " + name)
        same(self.get(name, RUNNING), False, "it runs no more")
        return self.get(name, STATUS), self.get(name, OUTPUT)


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_runs(bench, commands):
    name = "words"
    same((commands.get(name, RUNNING), commands.get(name, STATUS), commands.get(name, STARTED), commands.get(name, OUTPUT)),
         (False, None, None, ""), "before it ever ran")
    before = int(time.time())
    same(commands.run(name), (0, "<>101\n"), "without arguments; it is told which server asks")
    check(before <= commands.get(name, STARTED) <= commands.get(name, ENDED) <= time.time(), "when it began and ended")
    same(commands.run(name, "0='*',1='$(id)',2='a;b|c&d>e',3='-n'"), (0, "<*><$(id)><a;b|c&d>e><-n>101\n"),
         "each argument is one word, whatever is in it")
    same(commands.run(name, "2='c',0"), (0, "<><><c>101\n"), "one that is left out keeps its place")
    same(commands.run("fails"), (3, ""), "how it failed")
    same(commands.run("binary"), (0, "a\ufffd\ufffd\u00e4"), "what is no text is replaced")
    status, output = commands.run("floods")
    same((status, len(output), output[-4:]), (0, 16384, "end\n"), "of too much output the end is kept")
    same(commands.run("quiet"), (0, ""), "one that closes its output")
    same(commands.do("torn", RUN), "5.00 Internal Server Error", "what the system cannot run")
    same((commands.get("torn", RUNNING), commands.get("torn", STARTED)), (False, None), "did not begin")


def test_ends(bench, commands):
    """By its limit, by a server, by force; with all that it started."""
    child = bench.directory / "child"
    same(commands.do("slow", RUN), "2.04 Changed", "Execute is answered when it runs")
    same((commands.get("slow", RUNNING), commands.get("slow", STATUS)), (True, None), "it runs")
    same(commands.do("slow", RUN), "5.03 Service Unavailable", "it cannot run twice")
    wait_until(lambda: commands.get("slow", OUTPUT) == "begun\n", "output while it runs")
    check(is_alive(int(child.read_text())), "it has started something")
    wait_until(lambda: commands.get("slow", RUNNING) is False, "its end by the limit")
    same((commands.get("slow", STATUS), commands.get("slow", TIMED_OUT)), (128 + 15, True), "by SIGTERM, as it took too long")
    check(5 > commands.get("slow", ENDED) - commands.get("slow", STARTED) >= LIMIT, "after the limit")
    wait_until(lambda: not is_alive(int(child.read_text())), "the end of what it started, too")
    same(commands.do("slow", RUN), "2.04 Changed", "again")
    same(commands.do("slow", STOP), "2.04 Changed", "a server stops it")
    wait_until(lambda: commands.get("slow", RUNNING) is False, "its end")
    same((commands.get("slow", STATUS), commands.get("slow", TIMED_OUT)), (128 + 15, False), "it had time left")
    same(commands.do("slow", STOP), "2.04 Changed", "what does not run needs no stop")
    same(commands.do("patient", RUN), "2.04 Changed", "one that SIGTERM does not end")
    wait_until(lambda: commands.get("patient", OUTPUT) == "deaf\n", "its start")
    commands.do("patient", STOP)
    wait_until(lambda: commands.get("patient", RUNNING) is False, "its end")
    same(commands.get("patient", STATUS), 128 + 9, "is ended by SIGKILL")


def test_directory(bench, commands, server, directory):
    """Programs come and go; what was one keeps its instance."""
    before = commands.all()
    put(directory, "added", PROGRAMS["fails"])
    wait_until(lambda: "added" in commands.all(), "a new program")
    wait_until(lambda: commands.all()["added"] in server.property("Objects"), "which an Update tells")
    same(commands.run("added"), (3, ""), "and which runs")
    same({name: path for name, path in commands.all().items() if name != "added"}, before, "the others stay what they are")
    added = commands.all()["added"]
    os.chmod(directory / "added", 0o644)
    wait_until(lambda: "added" not in commands.all(), "it may not be executed any more")
    same(server.execute("%s/%d" % (added, RUN)), "4.04 Not Found", "so nobody can")
    os.chmod(directory / "added", 0o755)
    wait_until(lambda: commands.all().get("added") == added, "it is back in its place")
    commands.do("slow", RUN)
    wait_until(lambda: commands.get("slow", OUTPUT) == "begun\n", "one that runs")
    child = int((bench.directory / "child").read_text())
    os.unlink(directory / "slow")
    wait_until(lambda: "slow" not in commands.all(), "is deleted")
    wait_until(lambda: not is_alive(child), "and ended")
    # The race: the program goes between two looks at the directory
    shutil.move(directory / "words", bench.directory / "words")
    path = commands.all().get("words")
    if path:
        check(server.execute("%s/%d" % (path, RUN)).startswith("4.04"), "one that has just gone is not found")
    shutil.rmtree(directory)
    wait_until(lambda: commands.all() == {}, "the whole directory goes")
    check("/26251" in server.property("Objects"), "the object stays")


def main(bench):
    needs_dbus_python(bench)
    directory = make_directory(bench)
    server = bench.server("--objects", data_with(bench, "26251.xml") + "/objects")
    agent = bench.agent(server.uri, options=("--data-directory", str(bench.directory / "data")))
    server.wait_client()
    bench.wait_name(AGENT)
    example = [PYTHON, str(TREE / "data/examples/commands.py"), str(directory), str(LIMIT)]
    directory.chmod(0o777)
    done = subprocess.run(example, capture_output=True, text=True, timeout=30, check=False)
    check(done.returncode == 1 and "nobody else may write" in done.stderr, "a directory where all may write is refused")
    directory.chmod(0o755)
    service = Process(bench, "commands", example)
    commands = Commands(server)
    wait_until(lambda: len(commands.all()) == len(PROGRAMS), "the programs")
    same(sorted(commands.all()), sorted(PROGRAMS), "the programs, and nothing else")
    test_runs(bench, commands)
    test_ends(bench, commands)

    # A result is told to whoever observes it
    monitor = bench.monitor("org.lwm2md.TestServer")
    path = "%s/%d" % (commands.all()["fails"], ENDED)
    ended = commands.get("fails", ENDED)
    same(server.observe(path)[0], "2.05 Content", "Observe of the end")
    time.sleep(1.1 - time.time() % 1)  # another second than before
    commands.do("fails", RUN)
    monitor.wait("Notified", lambda arguments: arguments[1].get(path, ended) > ended)
    check(True, "it is notified")

    # The agent restarts
    places = commands.all()
    agent.stop()
    agent = bench.agent(server.uri, options=("--data-directory", str(bench.directory / "data")))
    server.wait_client()
    wait_until(lambda: commands.all() == places, "the same instances with the next agent")
    same(commands.get("fails", STATUS), 3, "what they did is not forgotten")
    test_directory(bench, commands, server, directory)
    check(service.is_running(), "the service runs")
    agent.stop()


run(main)
