# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Send, in each format that Leshan takes: single and many values, values with their times, muted."""

import signal

from bus import Variant
from lib import BusError, Failed
from peer import FORMATS
from stage import MANY

SENT = ("senml-cbor", "senml-json")
FIRST = 1600000000250000  # microseconds since 1970
PATH = "/26241/0/1"


def start(stage, format):
    """The agent once more, with that SendFormat=, and its services; it is idle then, so that a Send leaves at once."""
    leshan, before = stage.table.leshan, stage.table.leshan.mark()
    stage.agent.stop()
    agent = stage.start_agent("agent-" + format, "SendFormat=%s\n" % format)
    leshan.wait("registered", start=before)
    stage.provide()
    leshan.wait("updated", lambda event: "</26241/1>" in event["links"] and "</3303/%d>" % (MANY - 1) in event["links"],
                before)
    agent.wait_state("online")
    monitor = stage.bench.monitor("org.lwm2md")
    number = send(stage, PATH)
    monitor.wait("Sent", lambda arguments: arguments[0] == number)
    leshan.wait("sent", start=before)


def send(stage, *paths, **options):
    return stage.agent.call("Send", "asa{sv}", list(paths), options)[0]


def leaves(values):
    """From each resource, and each resource instance, to [type, value], as Leshan tells them."""
    found = {}
    for path, (word, value) in values.items():
        if isinstance(value, dict):
            found.update({"%s/%s" % (path, number): [word, each] for number, each in value.items()})
        else:
            found[path] = [word, value]
    return found


def arrived(table, format, before, wanted, messages=1):
    """`wanted`, pairs of a time and values, is all that has come since `before`, in as many messages."""
    def events():
        return table.leshan.find("sent", start=before)
    table.leshan.wait("sent", lambda _: sum(len(event["series"]) for event in events()) >= len(wanted), before)
    got = [[time, leaves(values)] for event in events() for time, values in sorted(event["series"],
                                                                                   key=lambda each: each[0] or 0)]
    if got != wanted:
        raise Failed("Leshan got %r instead of %r" % (got, wanted))
    if len(events()) != messages or any(event["format"] != FORMATS[format] for event in events()):
        raise Failed("not %d messages in %s: %r" % (messages, format, events()))


def values(table, stage):
    """What the paths have now."""
    def story(format, paths, options, time):
        before, monitor = table.leshan.mark(), table.bench.monitor("org.lwm2md")
        number = send(stage, *paths, **options)
        wanted = {path: typed for each in paths for path, typed in leaves(stage.known.read(each)).items()}
        arrived(table, format, before, [[time, wanted]])
        told = monitor.wait("Sent", lambda arguments: arguments[0] == number)
        if told[1:] != [101, "2.04 Changed"]:
            raise Failed("Sent tells %r" % told)
    for format in SENT:
        start(stage, format)
        for paths in (["/1/0/1"], ["/26241/0/3"], ["/26241/1/301"], ["/26241/0"], ["/26241/1"],
                      ["/1/0/1", "/3/0/16", "/26241/0/5"]):
            table.row("Send", "%s in %s" % (" ".join(paths), format), lambda format=format, paths=paths: story(
                format, paths, {}, None), format)
        table.row("Send", "/1/0/1 /26241/0/2 in %s with a time" % format, lambda format=format: story(
            format, ["/1/0/1", "/26241/0/2"], {"timestamp_usec": Variant("t", FIRST)}, FIRST), format)


def series(table, stage):
    """While Leshan is halted the first waits for its answer, and the others for the first: they share a message."""
    def story(format, make):
        before = table.leshan.mark()
        table.leshan.process.send_signal(signal.SIGSTOP)
        try:
            for number in range(5):
                make(number, Variant("t", FIRST + number * 500000))
        finally:
            table.leshan.process.send_signal(signal.SIGCONT)
        arrived(table, format, before, [[FIRST + number * 500000, {PATH: ["integer", number]}] for number in range(5)],
                messages=2)

    def by_service(number, time):
        stage.keeper.update({PATH: Variant("x", number)}, timestamp_usec=time, send=Variant("b", True))

    def by_manager(number, time):
        stage.keeper.change({PATH: Variant("x", number)})
        send(stage, PATH, timestamp_usec=time)
    for format in SENT:
        start(stage, format)
        for who, make in (("the service's Update", by_service), ("Manager1.Send", by_manager)):
            table.row("Send", "5 times of %s in %s by %s: one, then four in a message" % (PATH, format, who),
                      lambda format=format, make=make: story(format, make), format)


def muted(table, stage):
    def mute():
        table.expect({"code": "2.04"}, "write", "/1/0/23", value=["boolean", True], format="text")
        try:
            send(stage, "/1/0/1")
        except BusError as error:
            if not error.name.endswith(".NotPermitted") or "server 101 has muted Send" not in error.text:
                raise
        else:
            raise Failed("Manager1.Send does not say that it is muted")
    before = table.leshan.mark()
    table.row("Send", "is refused once Leshan has muted it", mute)

    def unmute():
        table.expect({"code": "2.04"}, "write", "/1/0/23", value=["boolean", False], format="text")
        send(stage, "/1/0/1", timestamp_usec=Variant("t", FIRST))
        arrived(table, SENT[-1], before, [[FIRST, leaves(stage.known.read("/1/0/1"))]])
    table.row("Send", "comes again once it is not muted, and nothing came before", unmute)
