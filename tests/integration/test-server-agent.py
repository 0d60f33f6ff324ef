#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Every operation by the test server's methods, on the agent, in each version: that the two understand one another in words,
values and files. What each of them sends is looked at elsewhere, byte by byte.
"""

import os

from lib import Variant, check, run, same

PORTFOLIO = {"0": Variant("a{qv}", {0: "a", 1: "b"})}
FORMATS = {
    "1.0": ["tlv", "json"],
    "1.1": ["tlv", "json", "senml-json", "senml-cbor"],
    "1.2": ["tlv", "json", "senml-json", "senml-cbor", "lwm2m-cbor"],
}
SINGLE = {"1.0": ["text"], "1.1": ["text", "cbor"], "1.2": ["text", "cbor"]}


def test_read_and_write(server, version):
    for format in FORMATS[version]:
        same(server.read("/1/0", accept=format)[1]["/1/0/1"], 300, "an instance in " + format)
        same(server.write("/1/0", {"1": Variant("u", 310), "6": True}, mode="update", format=format), "2.04 Changed",
             "a partial update in " + format)
        same(server.read("/1/0/1", accept=format)[1], {"/1/0/1": 310}, "one value in " + format)
        same(server.write("/1/0/1", Variant("u", 300), format=format), "2.04 Changed", "its Write")
    for format in SINGLE[version]:
        same(server.read("/1/0/1", accept=format)[1], {"/1/0/1": 300}, "one value in " + format)
        same(server.write("/1/0/1", Variant("u", 300), format=format), "2.04 Changed", "its Write")
    same(server.write("/1/0", {"1": Variant("u", 300)}, mode="update"), "2.04 Changed", "in the default of " + version)
    same(server.read("/1/0/1", accept="opaque")[0], "4.06 Not Acceptable", "a number is not opaque")
    same(server.write("/3/0/16", "U")[:4], "4.05", "what cannot be written")
    check(server.diagnostic, "says why: %r" % server.diagnostic)


def test_create_and_delete(server, version):
    status, path = server.create("/16", {"0": PORTFOLIO["0"]})
    same(status, "2.01 Created", "Create with the id left to the client")
    same(server.read(path)[1], {path + "/0": {0: "a", 1: "b"}}, "is there")
    same(server.create("/16", PORTFOLIO, instance=7), ["2.01 Created", "/16/7"], "Create with an id")
    same(server.create("/16", PORTFOLIO, instance=7)[0][0], "4", "which is taken then")
    for format in FORMATS[version]:
        same(server.create("/16", PORTFOLIO, instance=8, format=format), ["2.01 Created", "/16/8"], "Create in " + format)
        same(server.delete("/16/8"), "2.02 Deleted", "Delete")
    array = Variant("a{qv}", {1: "x", 3: "y"})
    same(server.write("/16/7/0", array), "2.04 Changed", "an array is replaced")
    same(server.read("/16/7/0")[1], {"/16/7/0": {1: "x", 3: "y"}}, "as a whole")
    if version == "1.2":
        same(server.write("/16/7/0", Variant("a{qv}", {2: "z"}), mode="update"), "2.04 Changed", "or updated")
        same(server.delete("/16/7/0/1"), "2.02 Deleted", "a resource instance is deleted")
        same(server.read("/16/7/0")[1], {"/16/7/0": {2: "z", 3: "y"}}, "and gone")
    if version != "1.0":
        same(server.write("/16/7/0/3", "w"), "2.04 Changed", "a resource instance is written")
        same(server.read("/16/7/0/3")[1], {"/16/7/0/3": "w"}, "and read")
    for each in (path, "/16/7"):
        same(server.delete(each), "2.02 Deleted", "Delete")
    same(server.read("/16/7")[0], "4.04 Not Found", "it is gone")
    same(server.delete("/3/0")[:4], "4.05", "/3/0 stays")


def test_attributes(server, version):
    same(server.write_attributes("/3/0/13", {"pmin": 10, "pmax": 60}), "2.04 Changed", "Write-Attributes")
    links = [link for link in server.discover("/3/0/13")[1] if link.startswith("</3/0/13>")]
    check("pmin=10" in links[0] and "pmax=60" in links[0], "Discover shows them: %s" % links[0])
    same(server.write_attributes("/3/0/13", {}, unset=Variant("as", ["pmin", "pmax"])), "2.04 Changed", "taken back")
    check("pmin" not in server.discover("/3/0/13")[1][0], "Discover shows them no more")
    same(server.write_attributes("/3/0/13", {"bogus": 1})[:4], "4.00", "an attribute that is none")
    if version == "1.2":
        same(server.discover("/3", depth=0)[1], server.discover("/3", depth=0)[1][:1], "Discover of depth 0 is one link")
        check(len(server.discover("/3", depth=1)[1]) == 2, "of depth 1 the instance too")


def test_composites(server, version):
    for options in ({}, {"format": "senml-json"}, {"format": "senml-cbor", "accept": "senml-json"}):
        status, values = server.read_composite("/1/0/1", "/3/0/16", "/3/0/99", **options)
        same((status, values["/1/0/1"], values["/3/0/16"], len(values)), ("2.05 Content", 300, "UT", 2),
             "Read-Composite %r" % options)
        options.pop("accept", None)
        same(server.write_composite({"/1/0/1": Variant("u", 300), "/1/0/6": True}, **options), "2.04 Changed",
             "Write-Composite %r" % options)
    if version == "1.2":
        server.create("/16", PORTFOLIO, instance=7)
        same(server.write_composite({"/16/7/0/5": "new"}, remove=Variant("as", ["/16/7/0/0"])), "2.04 Changed",
             "Write-Composite with a removal")
        same(server.read("/16/7/0")[1], {"/16/7/0": {1: "b", 5: "new"}}, "is done")
        server.delete("/16/7")


def test_large(bench, server):
    """An opaque resource instance: bytes from a file, and back into one."""
    data = os.urandom(40000)
    source, target = bench.directory / "source", bench.directory / "target"
    source.write_bytes(data)
    same(server.create("/19", {"0": Variant("a{qv}", {0: b"\1"})}, instance=3)[0], "2.01 Created", "BinaryAppDataContainer")
    for size in (1024, 64):
        same(server.write("/19/3/0/0", "", file=str(source), block_size=size), "2.04 Changed",
             "40000 bytes from a file in blocks of %d" % size)
        same(server.read("/19/3/0/0", file=str(target), block_size=size)[0], "2.05 Content", "and back")
        check(target.read_bytes() == data, "they are the same")
    source.write_bytes(os.urandom(5000))
    for order, status in (([1], "4.08 Request Entity Incomplete"), ([0, 2], "4.08 Request Entity Incomplete"),
                          ([0, 0, 1, 1], "2.31 Continue")):
        same(server.write("/19/3/0/0", "", file=str(source), blocks=Variant("au", order)), status, "the blocks %r" % order)
    check(server.read("/19/3/0/0")[1]["/19/3/0/0"] == data, "change nothing")
    same(server.write("/19/3/0/0", "", file=str(source), blocks=Variant("au", [0, 1, 1, 2, 3, 4])), "2.04 Changed",
         "a block that comes twice counts once")
    check(server.read("/19/3/0/0")[1]["/19/3/0/0"] == source.read_bytes(), "the body is whole")
    server.delete("/19/3")


def test_version(bench, server, version):
    agent = bench.agent(server.uri, name="agent-" + version, server="Version=" + version)
    server.wait_client()
    same(server.property("Version"), version, "registered")
    test_read_and_write(server, version)
    test_create_and_delete(server, version)
    test_attributes(server, version)
    if version != "1.0":
        test_composites(server, version)
        test_large(bench, server)
    same(server.execute("/1/0/8"), "2.04 Changed", "Execute")
    agent.stop()
    server.wait_no_client()


def main(bench):
    server = bench.server()
    for version in ("1.0", "1.1", "1.2"):
        test_version(bench, server, version)


run(main)
