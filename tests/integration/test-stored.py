#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects that are data alone: Create, Write and Delete of instances and elements, on the wire and on the disk."""

import base64
import ctypes
import json
import os
import struct

import coap
from lib import ForeignServer, Variant, check, run, same

ETCH_CBOR = 322
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18


# What an instance is here: {0: {element: bytes}, 1: priority, 2: time, 3: description ...}

def tlv_item(kind, id, value):
    """OMA LwM2M, TLV format: type, id, length, value."""
    kind |= 0x20 if id > 255 else 0
    length = len(value)
    if length < 8:
        head = bytes([kind | length])
    else:
        head = bytes([kind | (8 if length < 256 else 16)])
    head += struct.pack(">H", id) if id > 255 else bytes([id])
    if length >= 8:
        head += bytes([length]) if length < 256 else struct.pack(">H", length)
    return head + value


def tlv_value(value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return value.to_bytes(1 if value < 128 else 2 if value < 1 << 15 else 4, "big")


def tlv(instance):
    out = b""
    for id, value in instance.items():
        if isinstance(value, dict):
            out += tlv_item(0x80, id, b"".join(tlv_item(0x40, at, tlv_value(one)) for at, one in value.items()))
        else:
            out += tlv_item(0xc0, id, tlv_value(value))
    return out


def records(instance):
    """Names below the instance, with their values."""
    for id, value in instance.items():
        if isinstance(value, dict):
            yield from (("%d/%d" % (id, at), one) for at, one in value.items())
        else:
            yield str(id), value


def senml_json(instance, base):
    """RFC 8428, 5."""
    pack = []
    for name, value in records(instance):
        record = {"n": name}
        if isinstance(value, bytes):
            record["vd"] = base64.urlsafe_b64encode(value).decode().rstrip("=")
        else:
            record["vs" if isinstance(value, str) else "v"] = value
        pack.append(record)
    pack[0]["bn"] = base
    return json.dumps(pack).encode()


def cbor(value):
    """RFC 8949: what a pack needs of it."""
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        width = 1 if number < 256 else 2 if number < 65536 else 4
        return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[width]]) + number.to_bytes(width, "big")
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


def senml_cbor(instance, base):
    """RFC 8428, 6: -2 is bn, 0 n, 2 v, 3 vs, 8 vd."""
    pack = []
    for name, value in records(instance):
        label = 8 if isinstance(value, bytes) else 3 if isinstance(value, str) else 2
        pack.append({0: name, label: value})
    pack[0] = {-2: base, **pack[0]}
    return cbor(pack)


def content(format):
    return [(coap.CONTENT_FORMAT, coap.uint(format))]


def block(option, number, more):
    """RFC 7959: of 1024 bytes."""
    return option, coap.uint(number << 4 | more << 3 | 6)


class Server(ForeignServer):
    """One that sends and takes large bodies, and knows the object list."""

    def put_in_blocks(self, method, path, payload, options):
        for at in range(0, len(payload), 1024):
            more = at + 1024 < len(payload)
            answer = self.ask(method, path, payload[at:at + 1024], options + [block(coap.BLOCK1, at // 1024, more)])
        return answer

    def create(self, payload, format, object=19):
        """(status, the new instance)."""
        answer = self.put_in_blocks(coap.POST, "/%d" % object, payload, content(format))
        return answer.status, "/" + "/".join(part.decode() for part in answer.all(coap.LOCATION_PATH))

    def read(self, path):
        """The payload of a Read in TLV, or the status."""
        tlv_wanted = (coap.ACCEPT, coap.uint(coap.TLV))
        answer = self.ask(coap.GET, path, options=[tlv_wanted])
        payload, number = answer.payload, 0
        while answer.status == "2.05" and (answer.block(coap.BLOCK2) or (0, False))[1]:
            number += 1
            answer = self.ask(coap.GET, path, options=[tlv_wanted, block(coap.BLOCK2, number, False)])
            payload += answer.payload
        return payload if answer.status == "2.05" else answer.status

    def write(self, path, payload, format, method=coap.PUT):
        return self.ask(method, path, payload, content(format)).status

    def delete(self, path):
        return self.ask(coap.DELETE, path).status

    def links(self):
        """The object list as the last message that had one says it."""
        lists = [message for message, _ in self.log if message.is_request() and message.payload]
        return lists[-1].payload.decode().split(",")

    def wait_link(self, link, there=True):
        while (link in self.links()) != there:
            self.wait(lambda message: message.is_request(), what="an Update about " + link)


def start(bench, name="agent", **keywords):
    server = Server(bench)
    agent = bench.agent(server.uri, name=name, **keywords)
    server.wait_registration()
    return server, agent


def test_create(bench):
    server, agent = start(bench, "create")
    check("</16>" in server.links() and "</19>" in server.links(), "both objects are registered without instances")
    same(server.read("/19"), b"", "there is nothing in /19")

    instance = {0: {0: b"\x01\x02", 3: b"\x03"}, 1: 2, 3: "gas meter"}
    same(server.create(tlv_item(0, 5, tlv(instance)), coap.TLV), ("2.01", "/19/5"), "Create in TLV, with an id")
    same(server.read("/19/5"), tlv(instance), "is read back")
    server.wait_link("</19/5>")
    check("</19>" not in server.links(), "an Update has the new instance")
    same(server.create(tlv(instance), coap.TLV), ("2.01", "/19/0"), "Create in TLV, without an id")
    same(server.create(senml_json(instance, "/19/7/"), coap.SENML_JSON), ("2.01", "/19/7"), "Create in SenML JSON")
    same(server.create(senml_cbor(instance, "/19/65534/"), coap.SENML_CBOR), ("2.01", "/19/65534"),
         "Create in SenML CBOR")
    for path in ("/19/0", "/19/7", "/19/65534"):
        same(server.read(path), tlv(instance), path + " is read back")
        server.wait_link("<%s>" % path)
    same(server.create(tlv({0: {0: b"id"}, 3: 1}), coap.TLV, 16), ("2.01", "/16/0"), "Portfolio takes an Identity")
    same(server.read("/16/0"), tlv({0: {0: b"id"}}), "and has that alone")
    same(server.write("/16/0/3", b"1", coap.TEXT), "4.04", "there is nothing else in it")

    for payload, format, status, what in (
            (tlv_item(0, 5, tlv(instance)), coap.TLV, "4.00", "an instance that is there"),
            (senml_json(instance, "/19/7/"), coap.SENML_JSON, "4.00", "the same in SenML JSON"),
            (tlv({3: "gas"}), coap.TLV, "4.00", "without the mandatory resource"),
            (tlv({0: {0: b"x"}, 3: "x" * 33}), coap.TLV, "4.00", "a description of 33 bytes"),
            (tlv(instance)[:-1], coap.TLV, "4.00", "cut-off TLV"),
            (senml_cbor({0: {0: b"x"}, 1: "x"}, "/19/9/"), coap.SENML_CBOR, "4.00", "a text as priority"),
            (b"x", coap.TEXT, "4.15", "text")):
        same(server.create(payload, format)[0], status, "Create of " + what)
    same(server.read("/19/9"), "4.04", "which makes nothing")
    with server.background():
        agent.stop()


def test_write(bench):
    server, agent = start(bench, "write")
    first = {0: {0: b"\x01\x02", 3: b"\x03"}, 1: 2, 3: "gas"}
    server.create(tlv_item(0, 0, tlv(first)), coap.TLV)
    same(server.write("/19/0/0", tlv({0: {3: b"\x07", 9: b"\x08"}}), coap.TLV, coap.POST), "2.04",
         "a Partial Update of the array")
    same(server.read("/19/0/0"), tlv({0: {0: b"\x01\x02", 3: b"\x07", 9: b"\x08"}}), "merges it")
    same(server.write("/19/0/0", tlv({0: {1: b"\x05"}}), coap.TLV), "2.04", "a Write of the array")
    same(server.read("/19/0/0"), tlv({0: {1: b"\x05"}}), "replaces it")
    same(server.write("/19/0", senml_json({0: {2: b"abc"}, 4: "text"}, "/19/0/"), coap.SENML_JSON, coap.POST), "2.04",
         "a Partial Update of the instance")
    same(server.read("/19/0"), tlv({0: {1: b"\x05", 2: b"abc"}, 1: 2, 3: "gas", 4: "text"}), "keeps the rest")
    same(server.write("/19/0", senml_cbor({0: {4: b"d"}, 5: 1000}, "/19/0/"), coap.SENML_CBOR), "2.04",
         "a Write of the instance")
    same(server.read("/19/0"), tlv({0: {4: b"d"}, 5: 1000}), "replaces it")
    same(server.write("/19/0/0/4", b"\xff\x00", coap.OPAQUE), "2.04", "a Write of an element")
    same(server.read("/19/0/0"), tlv({0: {4: b"\xff\x00"}}), "is that")
    same(server.write("/19/0/0/5", b"x", coap.OPAQUE), "4.04", "an element that is not there")
    same(server.write("/19/0/1", b"300", coap.TEXT), "4.00", "a priority of 300")
    same(server.write("/19/1/1", b"3", coap.TEXT), "4.04", "an instance that is not there")
    same(server.write("/19/0/0", b"", coap.TLV), "2.04", "an empty array")
    same(server.read("/19/0/0"), tlv({0: {}}), "is empty")
    same(server.read("/19/0"), tlv({0: {}, 5: 1000}), "and nothing else changed")

    server.create(tlv_item(0, 1, tlv({0: {0: b"a", 1: b"b"}})), coap.TLV)
    pack = [{0: "/19/0/0/3", 8: b"c"}, {0: "/19/1/0/1", 2: None}, {0: "/19/1/3", 3: "gas"}]
    same(server.write("/", cbor(pack), ETCH_CBOR, coap.IPATCH), "2.04", "a Write-Composite of two instances")
    same((server.read("/19/0"), server.read("/19/1")),
         (tlv({0: {3: b"c"}, 5: 1000}), tlv({0: {0: b"a"}, 3: "gas"})), "merges, and takes an element away")
    pack = [{0: "/19/0/1", 2: 1}, {0: "/19/2/1", 2: 1}]
    same(server.write("/", cbor(pack), ETCH_CBOR, coap.IPATCH), "4.04", "one with an instance that is not there")
    same(server.read("/19/0/1"), "4.04", "changes nothing")
    with server.background():
        agent.stop()


def test_delete(bench):
    server, agent = start(bench, "delete")
    server.create(tlv_item(0, 0, tlv({0: {0: b"a", 1: b"b"}, 3: "gas"})), coap.TLV)
    server.create(tlv_item(0, 1, tlv({0: {0: b"a"}})), coap.TLV)
    server.wait_link("</19/1>")
    same(server.delete("/19/0/0/0"), "2.02", "an element is deleted")
    same(server.read("/19/0"), tlv({0: {1: b"b"}, 3: "gas"}), "and no other")
    same(server.delete("/19/0/0/0"), "4.04", "it is gone")
    same(server.delete("/19/0/0/1"), "2.02", "the last one is deleted")
    same(server.read("/19/0/0"), tlv({0: {}}), "the array stays")
    same(server.delete("/19/0/3"), "4.05", "a resource cannot be deleted")
    same(server.delete("/19"), "4.05", "nor an object")
    same(server.delete("/19/0"), "2.02", "an instance is deleted")
    same(server.read("/19/0"), "4.04", "it is gone")
    server.wait_link("</19/0>", there=False)
    same(server.delete("/19/0"), "4.04", "there is none any more")
    same(server.delete("/19/1"), "2.02", "the other one is deleted")
    server.wait_link("</19/1>", there=False)
    server.wait_link("</19>")
    check(True, "an Update has the object without instances")
    with server.background():
        agent.stop()


def test_told(bench):
    """Who observes is told of changes, this host can write too, and all are told of what it wrote."""
    server, agent = start(bench, "told")
    server.create(tlv_item(0, 0, tlv({0: {0: b"a"}, 3: "gas"})), coap.TLV)
    token = b"\x21\x22"
    observe = coap.Message(coap.CON, coap.GET, token=token, options=[
        (coap.OBSERVE, b""), *coap.path_options("/19/0/0"), (coap.ACCEPT, coap.uint(coap.TLV))])
    same(server.exchange(observe, server.client).status, "2.05", "the array is observed")

    def told(payload, what):
        known = [message for message, _ in server.log if message.token == token and message.payload == payload]
        if not known:
            server.wait(lambda message: message.token == token and message.payload == payload, what=what)
        check(True, what + " is told")

    same(server.write("/19/0/0", tlv({0: {1: b"b"}}), coap.TLV, coap.POST), "2.04", "an element more")
    told(tlv({0: {0: b"a", 1: b"b"}}), "the new element")
    same(server.delete("/19/0/0/0"), "2.02", "an element less")
    told(tlv({0: {1: b"b"}}), "the deleted element")
    with server.background():
        agent.call("Write", "sv", "/19/0/3", Variant("s", "water"))
        agent.call("Write", "sv", "/19/0/0", Variant("a{qv}", {7: Variant("ay", b"c")}))
        same(agent.call("Read", "s", "/19/0/3"), [{"/19/0/3": "water"}], "this host reads and writes")
    told(tlv({0: {7: b"c"}}), "what this host wrote")
    with server.background():
        agent.stop()


def test_kept(bench):
    server, agent = start(bench, "kept")
    instance = {0: {0: bytes(range(256)) * 16, 3: b""}, 2: 1000000000, 3: "gas"}
    same(server.create(tlv_item(0, 3, tlv(instance)), coap.TLV)[0], "2.01", "an instance of 4 KiB, in blocks")
    agent.kill()
    server, agent = start(bench, "kept")
    check("</19/3>" in server.links(), "after kill -9 it is in the first Register")
    check(server.read("/19/3") == tlv(instance), "with its content")
    same(server.write("/19/3/3", b"water", coap.TEXT), "2.04", "a Write")
    agent.kill()
    server, agent = start(bench, "kept")
    same(server.read("/19/3/3"), tlv({3: "water"}), "is kept over kill -9")
    same(server.delete("/19/3/0/0"), "2.02", "a Delete of an element")
    agent.kill()
    server, agent = start(bench, "kept")
    same(server.read("/19/3/0"), tlv({0: {3: b""}}), "is kept over kill -9")
    same(server.delete("/19/3"), "2.02", "a Delete of the instance")
    agent.kill()
    server, agent = start(bench, "kept")
    same(server.read("/19/3"), "4.04", "is kept over kill -9")
    server.create(tlv_item(0, 4, tlv(instance)), coap.TLV)
    with server.background():
        agent.stop()
    server, agent = start(bench, "kept")
    same(server.read("/19/4/3"), tlv({3: "gas"}), "an instance is kept over a restart")
    with server.background():
        agent.stop()


def test_damaged(bench):
    server, agent = start(bench, "damaged")
    server.create(tlv_item(0, 3, tlv({0: {0: b"x"}})), coap.TLV)
    agent.kill()
    document = agent.state / "stored-19"
    document.write_bytes(document.read_bytes()[:-1])
    server, agent = start(bench, "damaged")
    agent.wait_line(r"stored-19 cannot be used: .*; set aside as stored-19\.bad$")
    same(sum("stored-19" in line for line in agent.lines), 1, "a damaged document is one line")
    check((agent.state / "stored-19.bad").exists(), "it is set aside")
    same(server.create(tlv({0: {0: b"x"}}), coap.TLV), ("2.01", "/19/0"), "and the object is used")
    with server.background():
        agent.stop()


def test_unwritable(bench):
    """What cannot be kept is not done: 5.00."""
    server, agent = start(bench, "unwritable")
    instance = tlv({0: {0: b"a", 1: b"b"}, 3: "gas"})
    server.create(tlv_item(0, 0, instance), coap.TLV)
    (agent.state / "stored-19.tmp").mkdir()  # where a new document is written first

    def refused(what):
        same(server.create(tlv_item(0, 1, instance), coap.TLV)[0], "5.00", "Create " + what)
        same(server.read("/19/1"), "4.04", "makes nothing")
        same(server.write("/19/0/3", b"water", coap.TEXT), "5.00", "Write " + what)
        same(server.delete("/19/0/0/0"), "5.00", "Delete of an element " + what)
        same(server.delete("/19/0"), "5.00", "Delete " + what)
        same(server.read("/19/0"), instance, "nothing is changed")

    refused("without a place to write")
    (agent.state / "stored-19.tmp").rmdir()
    same(server.write("/19/0/3", b"water", coap.TEXT), "2.04", "with a place it goes on")
    with server.background():
        agent.stop()

    if not mount_tmpfs(bench.directory / "full-state"):
        print("a full disk is not tried: nothing can be mounted here")
        return
    server, agent = start(bench, "full")
    server.create(tlv_item(0, 0, instance), coap.TLV)
    filler = agent.state / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    refused("on a full disk")
    filler.unlink()
    same(server.write("/19/0/3", b"water", coap.TEXT), "2.04", "with room it goes on")
    with server.background():
        agent.stop()
    ctypes.CDLL(None).umount2(os.fsencode(agent.state), 0)


def mount_tmpfs(directory):
    """A small disk of our own, which goes with us; False where that is not for us to do."""
    libc = ctypes.CDLL(None, use_errno=True)
    directory.mkdir(mode=0o700)
    return (libc.unshare(CLONE_NEWNS) == 0 and libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) == 0 and
            libc.mount(b"none", os.fsencode(directory), b"tmpfs", 0, b"size=32k,mode=700") == 0)


def test_configuration(bench):
    server, agent = start(bench, "left-out", agent="Objects=16")
    check("</16>" in server.links() and "</19>" not in server.links(), "Objects= leaves one out")
    same(server.create(tlv({0: {0: b"x"}}), coap.TLV)[0], "4.04", "Create there is 4.04")
    with server.background():
        agent.stop()


def main(bench):
    test_create(bench)
    test_write(bench)
    test_delete(bench)
    test_told(bench)
    test_kept(bench)
    test_damaged(bench)
    test_configuration(bench)
    test_unwritable(bench)


run(main)
