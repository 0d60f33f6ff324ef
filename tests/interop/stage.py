# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent, and services on its bus with the data that the rows need."""

import shutil

from bus import Variant
from keeper import Keeper
from known import Known, definitions
from lib import AGENT, TREE
from peer import HERE
from plugin import Service

# /26241/0: a value of each data type, with the edges of its space.
BYTES = bytes(range(256)) + b"\xff\x00"
TYPES = {
    "/26241/0/0": Variant("s", 'Grüße, "1 < 2" & \\ €'),
    "/26241/0/1": Variant("x", -1 << 63),
    "/26241/0/2": Variant("t", (1 << 64) - 1),
    "/26241/0/3": Variant("d", -0.1),
    "/26241/0/4": Variant("b", True),
    "/26241/0/5": Variant("ay", BYTES),
    "/26241/0/6": Variant("x", 1367491215),
    "/26241/0/7": Variant("(qq)", (3, 0)),
    "/26241/0/8": Variant("s", "</3/0/9>;gt=5,</1/0>"),
    "/26241/0/9": Variant("s", "read only"),
}


def many(type, *values):
    return Variant("a{qv}", {number: Variant(type, value) for number, value in values})


MULTIPLE = {
    "/26241/1/300": many("s", (0, "a"), (1, ""), (65534, "z")),
    "/26241/1/301": many("x", (0, 0), (1, -128), (2, 32768), (3, (1 << 53) + 1), (4, (1 << 63) - 1)),
    "/26241/1/302": many("t", (0, 0), (1, 100), (2, 1 << 63)),
    "/26241/1/303": many("d", (0, 1.5), (1, 1e18), (2, 1e-7), (3, 5.0)),
    "/26241/1/304": many("b", (0, True), (1, False)),
    "/26241/1/305": many("ay", (0, b"\x01\x02\x03\x04\x05"), (1, b"")),
    "/26241/1/306": many("x", (0, 0), (1, -1), (2, 1 << 32)),
    "/26241/1/307": many("(qq)", (0, (3, 0)), (1, (65535, 65535))),
    "/26241/1/308": many("s", (0, "</3>")),
}
# What Leshan or the agent does not take as it is, see reads.disputed().
DISPUTED = {
    "/26241/2/2": Variant("t", 200),
    "/26241/2/3": Variant("d", 1e300),
    "/26241/2/303": many("d", (0, 0.5)),
}
MANY = 400  # instances of 3303


class Stage:
    """The agent and its services, and what the rows want to know of them."""

    def __init__(self, table):
        self.table, self.bench = table, table.bench
        self.data = self.bench.directory / "data"
        shutil.copytree(TREE / "data/objects", self.data / "objects")
        shutil.copy(HERE / "objects/26241.xml", self.data / "objects")
        self.types = definitions(self.data / "objects")
        self.agent, self.known, self.keeper = None, None, None

    def start_agent(self, name, server=""):
        uri = self.table.leshan.uri
        self.agent = self.bench.agent(uri, name=name, server=server, options=("--data-directory", str(self.data)))
        self.bench.wait_name(AGENT)
        self.known = Known(self.agent, self.types)
        return self.agent

    def provide(self):
        """The services that have /26241 and /3303."""
        self.keeper = Keeper(self.bench, "/Types", {**TYPES, **MULTIPLE})
        self.keeper.register_all("/26241", {"/26241/0": [10]})
        many_of_them = Service(self.bench, "/Many")
        values = {}
        for number in range(MANY):
            values["/3303/%d/5700" % number] = Variant("d", number / 8)
            values["/3303/%d/5701" % number] = Variant("s", "Cel")
        many_of_them.register({"/3303/%d" % number: [5700, 5701] for number in range(MANY)}, cache="notify",
                              values=Variant("a{sv}", values))

    def dispute(self):
        """One more instance, by a service of its own."""
        service = Keeper(self.bench, "/Disputed", DISPUTED)
        service.register_all()
        return service
