# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the agent holds, by its own word on D-Bus: in the form of the peer's, with the types of the definitions."""

import xml.etree.ElementTree

from bus import Variant

WORDS = {"String": "string", "Integer": "integer", "Unsigned Integer": "unsigned_integer", "Float": "float",
         "Boolean": "boolean", "Opaque": "opaque", "Time": "time", "Objlnk": "objlnk", "Corelnk": "corelink"}


def definitions(*directories):
    """From (object, resource) to the type's word."""
    types = {}
    for directory in directories:
        for path in directory.glob("*.xml"):
            for each in xml.etree.ElementTree.parse(path).iter("Object"):
                number = int(each.findtext("ObjectID"))
                for item in each.iter("Item"):
                    types[number, int(item.get("ID"))] = WORDS.get(item.findtext("Type"))
    return types


class Known:
    """Reads by Manager1 on behalf of the table."""

    def __init__(self, agent, types):
        self.agent, self.types = agent, types

    def typed(self, path, value):
        """[type, value] of a value as it comes from D-Bus."""
        ids = [int(each) for each in path.split("/")[1:]]
        word = self.types[ids[0], ids[2]]
        if isinstance(value, dict):
            return [word, {str(key): self.plain(word, each) for key, each in sorted(value.items())}]
        return [word, self.plain(word, value)]

    @staticmethod
    def plain(word, value):
        if word == "opaque":
            return bytes(value).hex()
        if word == "objlnk":
            return "%d:%d" % tuple(value)
        return value

    def read(self, path):
        """From the path of each resource at or below `path` to [type, value]."""
        values, = self.agent.call("Read", "s", path)
        return {each: self.typed(each, value) for each, value in values.items()}

    def at(self, path):
        """read(), of a resource instance, too: its value alone."""
        ids = path.split("/")
        if len(ids) < 5:
            return self.read(path)
        (word, values), = self.read("/".join(ids[:4])).values()
        return {path: [word, values[ids[4]]]} if ids[4] in values else {}

    def discover(self, path, ssid=101):
        """The links that the server is to see."""
        return self.agent.call("Discover", "sa{sv}", path, {"server": Variant("q", ssid)})[0]
