# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows: Write-Attributes, and what Discover shows of them."""

from lib import Failed
from reads import link_set

# Written in this order: where, the query, and what Discover of a path lists among its links then.
STORY = (
    ("/26241", "pmin=5", "/26241", "</26241>;pmin=5"),
    ("/26241/0", "pmax=60", "/26241", "</26241/0>;pmax=60"),
    ("/26241/0", "pmin=10&epmin=1&epmax=20", "/26241/0", "</26241/0>;pmin=10;pmax=60;epmin=1;epmax=20"),
    ("/26241/0/3", "gt=50&lt=42.2&st=0.5", "/26241/0", "</26241/0/3>;gt=50;lt=42.2;st=0.5"),
    ("/26241/0/3", "lt=-10.5", "/26241/0/3",
     "</26241/0/3>;pmin=10;pmax=60;epmin=1;epmax=20;gt=50;lt=-10.5;st=0.5"),
    ("/26241/1/301", "pmax=300", "/26241/1/301", "</26241/1/301>;dim=5;pmin=5;pmax=300"),
    ("/26241/1/301/2", "gt=7", "/26241/1/301", "</26241/1/301/2>;gt=7"),
    ("/26241/0/3", "gt", "/26241/0", "</26241/0/3>;lt=-10.5;st=0.5"),
    ("/26241/0/3", "lt&st", "/26241/0", "</26241/0/3>"),
    ("/26241/0", "pmin&epmin&epmax", "/26241/0", "</26241/0>;pmin=5;pmax=60"),
    ("/26241/0", "pmax", "/26241", "</26241/0>"),
    ("/26241", "pmin", "/26241", "</26241>"),
    ("/26241/1/301", "pmax", "/26241/1/301", "</26241/1/301>;dim=5"),
    ("/26241/1/301/2", "gt", "/26241/1/301", "</26241/1/301/2>"),
)


def write(table, stage):
    def step(path, query, where, link):
        table.expect({"code": "2.04"}, "write-attributes", path, query=query)
        links = table.expect({"code": "2.05"}, "discover", where)["links"].split(",")
        if link_set([link])[0] not in link_set(links):
            raise Failed("%s is not in %r" % (link, links))
        wanted = stage.known.discover(where)
        if link_set(links) != link_set(wanted):
            raise Failed("the agent's own word is %r" % wanted)
    for path, query, where, link in STORY:
        table.row("Write-Attributes", "%s?%s, and Discover lists %s" % (path, query, link),
                  lambda path=path, query=query, where=where, link=link: step(path, query, where, link))


def refused(table, stage):
    def step(code, path, query):
        before = stage.known.discover("/26241")
        table.expect({"code": code}, "write-attributes", path, query=query)
        if code != "2.04" and stage.known.discover("/26241") != before:
            raise Failed("the attributes changed")
    for code, path, query in (
            # With what is there before; Leshan itself refuses to send both in one request.
            ("2.04", "/26241/0/3", "gt=4"), ("4.00", "/26241/0/3", "lt=5"), ("2.04", "/26241/0/3", "lt=1"),
            ("4.00", "/26241/0/3", "st=2"), ("2.04", "/26241/0/3", "gt&lt"), ("2.04", "/26241/0", "epmin=20"),
            ("4.00", "/26241/0", "epmax=10"), ("2.04", "/26241/0", "epmin"), ("4.04", "/9999", "pmin=1"),
            ("4.04", "/26241/9", "pmin=1"), ("4.04", "/26241/0/300", "pmin=1"), ("4.04", "/26241/1/301/9", "pmin=1"), ("4.01", "/0", "pmin=30&pmax=45"),
            ("4.01", "/0/0/0", "pmin=1"), ("4.05", "/26241/0/3/0", "pmin=1")):
        table.row("Write-Attributes", "%s?%s is %s" % (path, query, code),
                  lambda code=code, path=path, query=query: step(code, path, query))


def kept(table, stage):
    """Over a restart of the agent."""
    leshan = table.leshan

    def restart():
        table.expect({"code": "2.04"}, "write-attributes", "/1/0/1", query="pmin=3&pmax=30&gt=5&lt=-1.5")
        wanted = "</1/0/1>;pmin=3;pmax=30;gt=5;lt=-1.5"
        before = leshan.mark()
        stage.agent.stop()
        stage.start_agent("agent")
        leshan.wait("registered", start=before)
        links = table.expect({"code": "2.05"}, "discover", "/1/0")["links"].split(",")
        if link_set([wanted])[0] not in link_set(links):
            raise Failed("%s is not in %r" % (wanted, links))
        table.expect({"code": "2.04"}, "write-attributes", "/1/0/1", query="pmin&pmax&gt&lt")
    table.row("Write-Attributes", "are kept over a restart of the agent", restart)

    def instance():
        table.expect({"code": "2.05", "values": stage.known.read("/19/0")}, "read", "/19/0", format="tlv")
        if not stage.known.read("/19/0"):
            raise Failed("/19/0 is empty")
    table.row("Create", "what was made is there after it", instance)
