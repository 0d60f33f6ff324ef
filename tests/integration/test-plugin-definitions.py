#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service brings the definition of its object: a server uses it with all that it says, until the service has gone."""

from bus import Variant
from lib import AGENT, run, same, wait_until
from plugin import Service, refused

OBJECT = """<?xml version="1.0" encoding="UTF-8"?>
<LWM2M><Object ObjectType="MODefinition">
<Name>Kiln</Name><Description1></Description1><ObjectID>30123</ObjectID><ObjectURN>urn:oma:lwm2m:x:30123:1.3</ObjectURN>
<LWM2MVersion>1.0</LWM2MVersion><ObjectVersion>1.3</ObjectVersion>
<MultipleInstances>Multiple</MultipleInstances><Mandatory>Optional</Mandatory>
<Resources>
<Item ID="0"><Name>Heat</Name><Operations>RW</Operations><MultipleInstances>Single</MultipleInstances>
<Mandatory>Mandatory</Mandatory><Type>Integer</Type><RangeEnumeration>0..1300</RangeEnumeration><Units>Cel</Units>
<Description></Description></Item>
<Item ID="1"><Name>Zones</Name><Operations>R</Operations><MultipleInstances>Multiple</MultipleInstances>
<Mandatory>Optional</Mandatory><Type>Float</Type><RangeEnumeration></RangeEnumeration><Units></Units>
<Description></Description></Item>
</Resources></Object></LWM2M>
"""


def main(bench):
    server = bench.server()
    agent = bench.agent(server.uri)
    server.wait_client()
    bench.wait_name(AGENT)
    kiln = Service(bench)
    kiln.answer = lambda paths, context: {
        path: Variant("x", 20) if path.endswith("/0") else Variant("a{qv}", {4: Variant("d", 1.5)}) for path in paths}
    kiln.methods["Write"] = lambda mode, values, context: ("", [])
    refused(lambda: kiln.register({"/30123/0": [0, 1]}), "NotFound", "has no definition", "without a definition")
    broken = OBJECT.replace("<Type>Float", "<Type>Flout")
    refused(lambda: kiln.register({"/30123/0": [0, 1]}, definitions=Variant("as", [broken])), "InvalidDefinition",
            "definition 1: line 1", "one that is wrong is refused with its line")
    kiln.register({"/30123/0": [0, 1]}, name=Variant("s", "kiln"), definitions=Variant("as", [OBJECT]))
    wait_until(lambda: "/30123/0" in server.property("Objects"), "the instance at the server")
    links = [link for link in agent.call("Discover", "sa{sv}", "/30123", {})[0] if link.startswith("</30123>")]
    same(len(links) == 1 and "ver=1.3" in links[0], True, "its version is told: %s" % links)
    same(agent.call("Read", "s", "/30123/0"), [{"/30123/0/0": 20, "/30123/0/1": {4: 1.5}}], "what it provides is read")
    same(server.write("/30123/0/0", Variant("x", 1300)), "2.04 Changed", "a value within its range is written")
    same(server.write("/30123/0/0", Variant("x", 1301)), "4.00 Bad Request", "one outside is not")
    same([call[0] for call in kiln.calls if call[0] == "Write"], ["Write"], "nor does the service hear of it")
    twin = Service(bench, "/Twin")
    refused(lambda: twin.register({"/30123/1": [0]}, definitions=Variant("as", [OBJECT.replace("1300", "900")])),
            "InvalidDefinition", "another service", "another service cannot change it")
    same(twin.register({"/30123/1": [0]}, definitions=Variant("as", [OBJECT]))[1], {}, "but may bring the same")
    twin.unregister()
    kiln.unregister()
    wait_until(lambda: "/30123/0" not in server.property("Objects"), "the end of the object at the server")
    refused(lambda: kiln.register({"/30123/0": [0, 1]}), "NotFound", "has no definition",
            "with the last that brought it the definition goes")
    agent.stop()


run(main)
