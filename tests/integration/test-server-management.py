#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Every operation of Device Management by the test server, with a client that is not ours: what goes over the wire is
compared byte by byte, and answers come in every form that the standard allows. Bytes are from OMA LwM2M Core 1.0 to 1.2.
"""

import hashlib
import os
import threading

import coap
from coap import Message, block_option, code
from lib import BusError, ForeignClient, TEST_SERVER, Variant, check, content, run, same, wait_until

DEVICE = {
    "/3/0/0": "Open Mobile Alliance", "/3/0/1": "Lightweight M2M Client", "/3/0/2": "345000123", "/3/0/3": "1.0",
    "/3/0/6": {0: 1, 1: 5}, "/3/0/7": {0: 3800, 1: 5000}, "/3/0/8": {0: 125, 1: 900}, "/3/0/9": 100, "/3/0/10": 15,
    "/3/0/11": {0: 0}, "/3/0/13": 1367491215, "/3/0/14": "+02:00", "/3/0/16": "U"}

TLV = bytes.fromhex("""
    c8 00 14 4f 70 65 6e 20 4d 6f 62 69 6c 65 20 41 6c 6c 69 61 6e 63 65
    c8 01 16 4c 69 67 68 74 77 65 69 67 68 74 20 4d 32 4d 20 43 6c 69 65 6e 74
    c8 02 09 33 34 35 30 30 30 31 32 33 c3 03 31 2e 30 86 06 41 00 01 41 01 05
    88 07 08 42 00 0e d8 42 01 13 88 87 08 41 00 7d 42 01 03 84 c1 09 64 c1 0a 0f 83 0b 41 00 00
    c4 0d 51 82 42 8f c6 0e 2b 30 32 3a 30 30 c1 10 55""")

LWM2M_CBOR = bytes.fromhex("""
    a1 82 03 00 ad 00 74 4f 70 65 6e 20 4d 6f 62 69 6c 65 20 41 6c 6c 69 61 6e 63 65 01 76 4c 69 67
    68 74 77 65 69 67 68 74 20 4d 32 4d 20 43 6c 69 65 6e 74 02 69 33 34 35 30 30 30 31 32 33 03 63
    31 2e 30 06 a2 00 01 01 05 07 a2 00 19 0e d8 01 19 13 88 08 a2 00 18 7d 01 19 03 84 09 18 64 0a
    0f 0b a1 00 00 0d 1a 51 82 42 8f 0e 66 2b 30 32 3a 30 30 10 61 55""")

RECORDS = ('"n":"%s0","vs":"Open Mobile Alliance"},{"n":"%s1","vs":"Lightweight M2M Client"},{"n":"%s2","vs":"345000123"},'
           '{"n":"%s3","vs":"1.0"},{"n":"%s6/0","v":1},{"n":"%s6/1","v":5},{"n":"%s7/0","v":3800},{"n":"%s7/1","v":5e3},'
           '{"n":"%s8/0","v":125},{"n":"%s8/1","v":900.0},{"n":"%s9","v":100},{"n":"%s10","v":15},{"n":"%s11/0","v":0},'
           '{"n":"%s13","v":1367491215},{"n":"%s14","vs":"+02:00"},{"n":"%s16","vs":"U"}]')


def senml(base, before):
    """/3/0 with this base name, and this before each name."""
    return ('[{"bn":"%s",' % base + RECORDS % ((before,) * 16)).encode()


JSON = ('{"bn":"/3/0/","e":[{' + RECORDS % (("",) * 16)).replace('"vs"', '"sv"').encode() + b"}"

# What a client may answer to a Read of /3/0.
DEVICE_FORMS = [
    ("TLV", coap.TLV, TLV),
    ("TLV in its object instance", coap.TLV, bytes.fromhex("080079") + TLV),
    ("the TLV of 2014", 1542, TLV),
    ("SenML JSON, names behind a slash", coap.SENML_JSON, senml("/3/0/", "")),
    ("SenML JSON, names with a slash", coap.SENML_JSON, senml("/3/0", "/")),
    ("SenML JSON, whole names", coap.SENML_JSON, senml("", "/3/0/").replace(b'"bn":"",', b"")),
    ("LwM2M JSON", coap.JSON, JSON),
    ("LwM2M CBOR", coap.LWM2M_CBOR, LWM2M_CBOR),
    ("LwM2M CBOR, without lengths", coap.LWM2M_CBOR, b"\xbf\x82\x03\x00\xbf" + LWM2M_CBOR[5:] + b"\xff\xff"),
]

# The same for single values: path, format, bytes, what is shown.
VALUE_FORMS = [
    ("/3/0/9", coap.TLV, "c1 09 64", 100),
    ("/3/0/9", coap.TLV, "c2 09 00 64", 100),
    ("/3/0/9", coap.SENML_CBOR, "81 a2 21 66 2f 33 2f 30 2f 39 02 18 64", 100),
    ("/3/0/9", coap.SENML_CBOR, "9f bf 02 18 64 00 66 2f 33 2f 30 2f 39 ff ff", 100),
    ("/3/0/9", coap.SENML_CBOR, "81 a2 00 66 2f 33 2f 30 2f 39 02 f9 56 40", 100),
    ("/3/0/9", coap.CBOR, "18 64", 100),
    ("/3/0/9", coap.LWM2M_CBOR, "a1 9f 03 00 09 ff 18 64", 100),
    ("/3/0/9", coap.JSON, b'{"e":[{"n":"","v":100}],"bn":"/3/0/9"}'.hex(), 100),
    ("/3/0/0", coap.CBOR, "7f 65 4f 70 65 6e 20 66 4d 6f 62 69 6c 65 ff", "Open Mobile"),
    ("/3/0/0", coap.TEXT, "", ""),
    ("/3/0/13", coap.CBOR, "c1 1a 51 82 42 8f", 1367491215),
    ("/3/0/7/1", coap.TLV, "42 01 13 88", 5000),
    ("/3/0/7/1", coap.TLV, "84 07 42 01 13 88", 5000),
    ("/3303/0/5700", coap.CBOR, "f9 4d e0", 23.5),
    ("/3303/0/5700", coap.TLV, "e4 16 44 41 bc 00 00", 23.5),
    ("/26241/0/1", coap.SENML_JSON, b'[{"n":"/26241/0/1","vlo":"66:0"}]'.hex(), (66, 0)),
    ("/26241/0/2", coap.LWM2M_CBOR, "a1 83 19 66 81 00 02 f5", True),
]

# What cannot be an answer to a Read of /3/0/9.
NONSENSE = [
    ("another path", coap.SENML_JSON, b'[{"n":"/3/0/10","v":1}]'),
    ("a broken pack", coap.SENML_JSON, b'[{"n":"/3/0/9","v":'),
    ("a hundred thousand open arrays", coap.SENML_CBOR, b"\x9f" * 1000),
    ("an unknown format", 4711, b"?"),
    ("a text", coap.TEXT, b"full"),
    ("a string that is no UTF-8", coap.CBOR, b"\x61\xff"),
]


def test_reads(client, server):
    for name, format, payload in DEVICE_FORMS:
        client.answers[(coap.GET, "/3/0")] = content(format, payload)
        same(server.read("/3/0"), ["2.05 Content", DEVICE], name)
    client.answers[(coap.GET, "/3")] = content(coap.TLV, bytes.fromhex("080079") + TLV)
    same(server.read("/3", accept="tlv")[1], DEVICE, "the object in TLV")
    client.answers[(coap.GET, "/3/0/7")] = content(coap.SENML_JSON, b"[]")
    same(server.read("/3/0/7"), ["2.05 Content", {"/3/0/7": {}}], "an array without instances is an empty pack")
    client.answers[(coap.GET, "/3/0/7")] = content(coap.TLV, bytes.fromhex("8007"))
    same(server.read("/3/0/7"), ["2.05 Content", {"/3/0/7": {}}], "or an array of length 0")
    for path, format, payload, value in VALUE_FORMS:
        client.answers[(coap.GET, path)] = content(format, bytes.fromhex(payload))
        same(server.read(path), ["2.05 Content", {path: value}], "%s in %d: %s" % (path, format, payload))
    for name, number in (("text", 0), ("opaque", 42), ("cbor", 60), ("senml-json", 110), ("senml-cbor", 112),
                         ("tlv", 11542), ("json", 11543), ("lwm2m-cbor", 11544)):
        server.read("/3/0/9", accept=name)
        same(client.last().number(coap.ACCEPT), number, "Accept %s" % name)
    for name, format, payload in NONSENSE:
        client.answers[(coap.GET, "/3/0/9")] = content(format, payload)
        try:
            check(False, "%s is shown as %r" % (name, server.read("/3/0/9")))
        except BusError as error:
            same(error.name, "org.lwm2md.Error.Failed", "%s is an error" % name)


def test_diagnostics(client, server):
    for payload, shown in ((b"", ""), (b"it is locked", "it is locked"), ("größer".encode(), "größer"),
                           (b"\x00\xff", "'\\x00\\xff'")):
        client.answers[(coap.GET, "/3/0/9")] = Message(code=code("4.05"), payload=payload)
        same(server.read("/3/0/9"), ["4.05 Method Not Allowed", {}], "an error is a result")
        same(server.diagnostic, shown, "with what the client says of it")
    client.answers[(coap.GET, "/3/0/9")] = Message(code=code("5.29"))
    same(server.read("/3/0/9")[0], "5.29", "a code that nobody knows")


def test_discover(client, server):
    client.answers[(coap.GET, "/3")] = content(coap.LINK, b"</3>;pmin=10,</3/0>")
    same(server.discover("/3", depth=1)[1], ["</3>;pmin=10", "</3/0>"], "Discover with a depth")
    same((client.last().query(), client.last().number(coap.ACCEPT)), (["depth=1"], coap.LINK), "is a query")


def test_writes(client, server):
    for path in ("/1/0/1", "/1/0", "/3/0/7", "/3/0/7/1", "/5/0/0", "/26241/0/1"):
        for method in (coap.PUT, coap.POST):
            client.answers[(method, path)] = Message(code=code("2.04"))

    def sends(name, path, value, method, number, payload, **options):
        same(server.write(path, value, **options), "2.04 Changed", name)
        last = client.last()
        same((last.code, last.path(), last.number(coap.CONTENT_FORMAT), last.payload.hex()),
             (method, path, number, payload.replace(" ", "")), "is this")
    seconds = Variant("u", 86400)
    sends("an integer as text", "/1/0/1", seconds, coap.PUT, 0, "38 36 34 30 30")
    sends("as CBOR", "/1/0/1", seconds, coap.PUT, 60, "1a 00 01 51 80", format="cbor")
    sends("as TLV", "/1/0/1", seconds, coap.PUT, 11542, "c4 01 00 01 51 80", format="tlv")
    sends("as SenML JSON", "/1/0/1", seconds, coap.PUT, 110,
          b'[{"bn":"/1/0/1","v":86400}]'.hex(), format="senml-json")
    sends("as LwM2M CBOR", "/1/0/1", seconds, coap.PUT, 11544, "a1 83 01 00 01 1a 00 01 51 80", format="lwm2m-cbor")
    sends("as LwM2M JSON", "/1/0/1", seconds, coap.PUT, 11543, b'{"bn":"/1/0/1","e":[{"v":86400}]}'.hex(), format="json")
    sends("bytes as base64", "/5/0/0", b"\1\2\3\4\5", coap.PUT, 0, b"AQIDBAU=".hex(), format="text")
    sends("bytes as they are", "/5/0/0", b"\1\2\3\4\5", coap.PUT, 42, "01 02 03 04 05")
    array = Variant("a{qv}", {0: Variant("u", 3800), 1: Variant("u", 5000)})
    sends("an array", "/3/0/7", array, coap.PUT, 112, "82 a3 21 67 2f 33 2f 30 2f 37 2f 00 61 30 02 19 0e d8"
          "a2 00 61 31 02 19 13 88")
    sends("an array in TLV", "/3/0/7", array, coap.PUT, 11542, "88 07 08 42 00 0e d8 42 01 13 88", format="tlv")
    sends("an update of an array", "/3/0/7", array, coap.POST, 11542, "88 07 08 42 00 0e d8 42 01 13 88",
          format="tlv", mode="update")
    sends("an empty array", "/3/0/7", Variant("a{qv}", {}), coap.PUT, 11542, "80 07", format="tlv")
    sends("an element", "/3/0/7/1", Variant("u", 5000), coap.PUT, 0, "35 30 30 30")
    sends("an instance", "/1/0", {"6": True, "1": Variant("u", 60)}, coap.PUT, 11542, "c1 01 3c c1 06 01", format="tlv")
    sends("an update of it", "/1/0", {"6": True, "1": Variant("u", 60)}, coap.POST, 112,
          "82 a3 21 65 2f 31 2f 30 2f 00 61 31 02 18 3c a2 00 61 36 04 f5", mode="update")
    sends("what has no definition", "/26241/0/1", Variant("a{qv}", {2: "a", 3: True}), coap.PUT, 11542,
          "86 01 41 02 61 41 03 01", format="tlv")
    for format in ("link", "9999"):
        try:
            check(False, "Write as %s: %s" % (format, server.write("/1/0/1", seconds, format=format)))
        except BusError as error:
            same(error.name, "org.lwm2md.Error.BadRequest", "no values are written as %s" % format)


def test_others(client, server):
    """Write-Attributes, Execute, Create, Delete."""
    client.answers[(coap.PUT, "/3/0/9")] = Message(code=code("2.04"))
    same(server.write_attributes("/3/0/9", {"pmin": 10, "gt": 42.5, "con": True}, unset=Variant("as", ["lt"])),
         "2.04 Changed", "Write-Attributes")
    last = client.last()
    same((last.query(), last.payload, last.first(coap.CONTENT_FORMAT)), (["pmin=10", "gt=42.5", "con=1", "lt"], b"", None),
         "are queries, and nothing else")
    client.answers[(coap.POST, "/3/0/4")] = Message(code=code("2.04"))
    same(server.execute("/3/0/4", "7,0='https://www.example.org'"), "2.04 Changed", "Execute")
    same((client.last().payload, client.last().number(coap.CONTENT_FORMAT)), (b"7,0='https://www.example.org'", 0),
         "with arguments")

    client.answers[(coap.POST, "/3303")] = Message(
        code=code("2.01"), options=[(coap.LOCATION_PATH, b"3303"), (coap.LOCATION_PATH, b"5")])
    same(server.create("/3303", {"5750": "a"}), ["2.01 Created", "/3303/5"], "Create, with the id that the client says")
    same((client.last().payload.hex(), client.last().number(coap.CONTENT_FORMAT)), ("e1167661", coap.TLV), "in TLV")
    server.create("/3303", {"5750": "a"}, format="lwm2m-cbor")
    same(client.last().payload.hex(), "a11916766161", "or LwM2M CBOR, without id")
    client.answers[(coap.POST, "/3303")] = Message(code=code("2.01"))
    same(server.create("/3303", {"5750": "a"}, instance=7), ["2.01 Created", "/3303/7"], "with an id of ours")
    same(client.last().payload.hex(), "81a321662f333330332f0066372f353735300361" "61", "in SenML CBOR")
    same(server.create("/3303", {}, instance=7)[0], "2.01 Created", "without values")
    same(client.last().payload.hex(), "0007", "an object instance of length 0")
    client.answers[(coap.POST, "/3303")] = Message(code=code("4.00"), payload=b"resource 5700 is missing")
    same(server.create("/3303", {"5750": "a"}), ["4.00 Bad Request", ""], "a Create that is refused")
    same(server.diagnostic, "resource 5700 is missing", "says why")

    client.answers[(coap.DELETE, "/3303/7")] = Message(code=code("2.02"))
    same(server.delete("/3303/7"), "2.02 Deleted", "Delete")
    same(server.delete("/3/0/7/1"), "4.04 Not Found", "of a resource instance")
    same((client.last().code, client.last().path()), (coap.DELETE, "/3/0/7/1"), "is a DELETE")


def test_composites(client, server, version):
    etch = version == "1.2"
    names = bytes.fromhex("82 a1 00 62 2f 31 a1 00 66 2f 33 2f 30 2f 39")
    client.answers[(coap.FETCH, "/")] = content(
        coap.SENML_JSON, b'[{"n":"/3/0/9","v":100},{"bn":"/1/0","n":"/0","v":101},{"n":"/1","v":300}]')
    same(server.read_composite("/1", "/3/0/9"),
         ["2.05 Content", {"/1/0/0": 101, "/1/0/1": 300, "/3/0/9": 100}], "Read-Composite")
    last = client.last()
    same((last.payload, last.number(coap.CONTENT_FORMAT)), (names, coap.ETCH_CBOR if etch else coap.SENML_CBOR),
         "of a client of " + version)
    client.answers[(coap.FETCH, "/")] = content(coap.LWM2M_CBOR, bytes.fromhex(
        "a2 82 03 00 a2 00 74 4f 70 65 6e 20 4d 6f 62 69 6c 65 20 41 6c 6c 69 61 6e 63 65 09 18 64 83 01 00 01 1a 00 01 51 80"))
    same(server.read_composite("/", accept="lwm2m-cbor", format="senml-json")[1],
         {"/1/0/1": 86400, "/3/0/0": "Open Mobile Alliance", "/3/0/9": 100}, "in LwM2M CBOR")
    same(client.last().payload, b'[{"n":"/"}]', "everything, asked in JSON")
    client.answers[(coap.FETCH, "/")] = content(coap.SENML_CBOR, b"\x80")
    same(server.read_composite("/3/0/9"), ["2.05 Content", {}], "nothing is available")

    client.answers[(coap.IPATCH, "/")] = Message(code=code("2.04"))
    same(server.write_composite({"/3311/0/5850": False, "/1/0/1": Variant("u", 60)}), "2.04 Changed", "Write-Composite")
    same(client.last().payload.hex(), "82a200662f312f302f3102183ca2006c2f333331312f302f3538353004f4", "as these bytes")
    server.write_composite({}, remove=Variant("as", ["/2/0/2/127"]))
    same((client.last().payload.hex(), client.last().number(coap.CONTENT_FORMAT)),
         ("81a2006a2f322f302f322f31323702f6", coap.ETCH_CBOR), "a removal is a null")
    server.write_composite({"/16/0/0/2": "new"}, remove=Variant("as", ["/16/0/0/1"]), format="etch-json")
    same(client.last().payload, b'[{"n":"/16/0/0/1","v":null},{"n":"/16/0/0/2","vs":"new"}]', "in JSON, too")
    client.answers[(coap.IPATCH, "/")] = Message(code=code("4.04"))
    same(server.write_composite({"/1/0/1": Variant("u", 60)}), "4.04 Not Found", "a refusal")


def test_observe_composite(client, server, monitor):
    endpoint, subject = client.endpoint, "/3/0/9 /1/0/1"
    client.answers[(coap.FETCH, "/")] = lambda request: content(
        coap.SENML_JSON, b'[{"n":"/3/0/9","v":100},{"n":"/1/0/1","v":300}]',
        *([(coap.OBSERVE, coap.uint(5))] if request.number(coap.OBSERVE) == 0 else []))
    with endpoint.background():
        same(server.observe_composite("/3/0/9", "/1/0/1", attributes={"pmin": 10}),
             ["2.05 Content", {"/3/0/9": 100, "/1/0/1": 300}], "Observe-Composite")
    asked = client.last()
    same((asked.number(coap.OBSERVE), asked.query()), (0, ["pmin=10"]), "with an attribute")
    same(server.property("Observed"), [subject], "it is listed")
    start = monitor.mark()
    endpoint.send(Message(coap.NON, code("2.05"), endpoint.next_mid(), asked.token,
                          [(coap.OBSERVE, coap.uint(6)), (coap.CONTENT_FORMAT, coap.uint(coap.SENML_JSON))],
                          b'[{"n":"/1/0/1","v":60}]'), server.address)
    same(monitor.wait("Notified", start=start)[:3], [subject, {"/1/0/1": 60}, 6], "a notification")
    with endpoint.background():
        same(server.cancel_composite("/3/0/9", "/1/0/1"), "2.05 Content", "Cancel")
    last = client.last()
    same((last.number(coap.OBSERVE), last.token, last.payload, last.query()), (1, asked.token, asked.payload, ["pmin=10"]),
         "is the request again, but for Observe")
    same(server.property("Observed"), [], "it is not listed any more")


class Body:
    """What a client has at a path: served by Block2, with an ETag; `change(number)` is called before each block."""

    def __init__(self, format, data, size=1024):
        self.format, self.data, self.size = format, data, size
        self.change = lambda number: None
        self.sizes = []
        self.etag, self.etag_of = b"", None

    def __call__(self, request):
        number, _, wanted = request.block(coap.BLOCK2) or (0, False, self.size)
        size = min(wanted, self.size)
        self.sizes.append(size)
        self.change(number)
        if self.etag_of is not self.data:
            self.etag, self.etag_of = hashlib.sha256(self.data).digest()[:8], self.data
        begin = number * size
        return content(self.format, self.data[begin:begin + size],
                       (coap.BLOCK2, block_option(number, begin + size < len(self.data), size)),
                       (coap.ETAG, self.etag))


class Taker:
    """Takes a body by Block1, in order; `accept(request, number)` may answer instead."""

    def __init__(self):
        self.data, self.numbers, self.sizes = bytearray(), [], set()
        self.accept = lambda request, number: None

    def __call__(self, request):
        number, more, size = request.block(coap.BLOCK1)
        self.numbers.append(number)
        self.sizes.add(size)
        refusal = self.accept(request, number)
        if refusal is not None:
            return refusal
        if number == 0:
            self.data.clear()
        if len(self.data) != number * size:
            self.data.clear()
            return Message(code=code("4.08"), payload=b"a block is missing")
        self.data += request.payload
        return Message(code=code("2.31" if more else "2.04"), options=[(coap.BLOCK1, block_option(number, more, size))])


def instance_tlv(id):
    """8 resources of an instance of 3303 in TLV."""
    resources = bytes.fromhex("e4 16 44 41 bc 00 00 e4 15 e1 41 bc 00 00 e4 15 e2 41 bc 00 00 e4 15 e3 41 bc 00 00"
                              "e4 15 e4 41 bc 00 00 e3 16 45 43 65 6c e1 16 76 61 e8 16 50 18") + b"2026-11-22T00:00:00.0000Z"[:24]
    return bytes([0x08 | 0x20]) + id.to_bytes(2, "big") + bytes([len(resources)]) + resources


def test_long_answers(bench, client, server):
    body = Body(coap.TLV, b"".join(instance_tlv(id) for id in range(1000)))
    client.answers[(coap.GET, "/3303")] = body
    status, values = server.read("/3303")
    same((status, len(values), len(body.data) > 65536), ("2.05 Content", 8000, True), "8000 resources by blocks")
    same(values["/3303/999/5700"], 23.5, "the last of them")
    server.read("/3303", block_size=64)
    same(body.sizes[-1], 64, "blocks as small as they are asked for")

    body = Body(coap.OPAQUE, os.urandom(1 << 20))
    client.answers[(coap.GET, "/5/0/0")] = body
    path = bench.directory / "image"
    same(server.read("/5/0/0", file=str(path)), ["2.05 Content", {}], "a mebibyte into a file")
    check(path.read_bytes() == body.data, "all of it")
    same(client.last().number(coap.ACCEPT), coap.OPAQUE, "asked for as it is")
    with open(path, "r+b") as file:
        server.read("/5/0/0", file=Variant("h", file.fileno()), accept="42")
    check(path.read_bytes() == body.data, "into a descriptor, too")
    value = server.read("/5/0/0")[1]["/5/0/0"]
    with os.fdopen(value, "rb") as file:
        check(file.read() == body.data, "without a file it is a descriptor of ours")
    body.data = b"short"
    server.read("/5/0/0", file=str(path))
    same(path.read_bytes(), b"short", "a short one into the same file")
    client.answers[(coap.GET, "/5/0/0")] = Message(code=code("4.04"), payload=b"no image")
    same((server.read("/5/0/0", file=str(path))[0], path.read_bytes()), ("4.04 Not Found", b""),
         "an error leaves an empty file")

    body = Body(coap.TEXT, b"a" * 3000)
    client.answers[(coap.GET, "/3/0/0")] = body

    def once(number):
        if number == 1 and body.data[:1] == b"a":
            body.data = b"b" * 3000
    body.change = once
    same(server.read("/3/0/0")[1]["/3/0/0"], "b" * 3000, "content that changed meanwhile is fetched anew")

    def always(number):
        if number == 1:
            body.data = os.urandom(1500).hex().encode()
    body.change = always
    try:
        check(False, "content that changes for ever is %r" % server.read("/3/0/0"))
    except BusError as error:
        check("changes while it is fetched" in error.text, "content that changes for ever is an error")

    client.answers[(coap.GET, "/3/0/0")] = Body(coap.TEXT, bytes(5 << 20))
    try:
        check(False, "5 MiB are %r" % server.read("/3/0/0"))
    except BusError as error:
        same(error.name, "org.lwm2md.Error.TooLarge", "more than 4 MiB are not joined")
    client.answers[(coap.GET, "/3/0/0")] = lambda request: content(
        coap.TEXT, b"x" * 64, (coap.BLOCK2, block_option(7, True, 64)))
    try:
        check(False, "a block from the middle is %r" % server.read("/3/0/0"))
    except BusError as error:
        check("not the one that was asked for" in error.text, "a block that nobody asked for is an error")


def test_long_contents(bench, client, server):
    taker = client.answers[(coap.PUT, "/5/0/0")] = Taker()
    data = os.urandom((1 << 20) + 7)
    path = bench.directory / "firmware"
    path.write_bytes(data)
    same(server.write("/5/0/0", "", file=str(path)), "2.04 Changed", "a mebibyte from a file")
    check(bytes(taker.data) == data, "came whole")
    same(client.requests()[-len(taker.numbers)].number(coap.SIZE1), len(data), "its size was told")
    with open(path, "rb") as file:
        server.write("/5/0/0", "", file=Variant("h", file.fileno()))
    check(bytes(taker.data) == data, "from a descriptor, too")
    path.write_bytes(data[:1000])
    server.write("/5/0/0", "", file=str(path), block_size=64)
    same((bytes(taker.data) == data[:1000], taker.numbers[-1]), (True, 15), "in blocks of 64")

    same(server.request("PUT", "/5/0/0", file=str(path), format="opaque", block_size=256)[0], "2.04 Changed",
         "a Request takes a file, too")
    check(bytes(taker.data) == data[:1000], "as it stands")

    waiting, go = threading.Event(), threading.Event()

    def wait(request, number):
        if number == 3:
            waiting.set()
            go.wait(30)
    taker.accept = wait
    thread = threading.Thread(target=lambda: server.write("/5/0/0", "", file=str(path), block_size=64))
    thread.start()
    wait_until(waiting.is_set, "the fourth block")
    same(server.property("Transfers"), [("Write", "/5/0/0", 192, 1000, 0)], "one sees how far it is")
    go.set()
    thread.join(30)

    def smaller(request, number):
        if request.block(coap.BLOCK1)[2] > 256:
            return Message(code=code("4.13"), options=[(coap.BLOCK1, block_option(0, True, 256))])
        return None
    path.write_bytes(data[:5000])
    taker.accept = smaller
    same((server.write("/5/0/0", "", file=str(path)), bytes(taker.data) == data[:5000]), ("2.04 Changed", True),
         "smaller blocks, as the client wants them")
    taker.accept = lambda request, number: Message(code=code("4.13")) if number == 2 else None
    same(server.write("/5/0/0", "", file=str(path)), "4.13 Request Entity Too Large", "a refusal half-way is the answer")
    taker.accept = lambda request, number: None
    for path, text in (("/nowhere/image", "No such file"), ("image", "absolute path"), ("/dev/zero", "regular file")):
        try:
            check(False, "%s: %s" % (path, server.write("/5/0/0", "", file=path)))
        except BusError as error:
            check(text in error.text, "%s: %s" % (path, error.text))


def test_disorder(client, server):
    """Blocks as no proper server sends them."""
    taker = client.answers[(coap.PUT, "/5/0/0")]
    data = bytes(range(100))
    for order, status, why in (([0, 1, 2, 3], "2.04 Changed", "in order"), ([0, 2], "4.08 Request Entity Incomplete", "one skipped"),
                               ([1], "4.08 Request Entity Incomplete", "the first left out"), ([0, 1], "2.31 Continue", "stopped half-way"),
                               ([0, 0, 1], "2.31 Continue", "the first repeated")):
        taker.numbers.clear()
        same(server.write("/5/0/0", data, blocks=Variant("au", order), block_size=32), status, why)
        same(taker.numbers, order, "was sent")
    taker.numbers.clear()
    same(server.request("PUT", "/5/0/0", payload=data, format=42, blocks=Variant("au", [0, 3]), block_size=32)[::2],
         ["4.08 Request Entity Incomplete", b"a block is missing"], "by Request, too")
    # one message with a block of one's own
    same(server.request("PUT", "/5/0/0", payload=b"x" * 16, options=Variant("a(qay)", [
        (coap.BLOCK1, block_option(0, True, 16))]))[0], "2.31 Continue", "a block of one's own")
    body = client.answers[(coap.GET, "/3/0/0")] = Body(coap.TEXT, b"%03d\n" * 1000, 64)
    same(server.request("GET", "/3/0/0", options=Variant("a(qay)", [(coap.BLOCK2, block_option(9, False, 64))])),
         ["2.05 Content", 0, body.data[9 * 64:10 * 64]], "a block of the answer alone")
    for blocks in ([4], []):
        try:
            check(False, "blocks %r: %s" % (blocks, server.write(
                "/5/0/0", data, blocks=Variant("au", blocks), block_size=32)))
        except BusError as error:
            check(True, "blocks %r: %s" % (blocks, error.text))


def main(bench):
    server = bench.server()
    monitor = bench.monitor(TEST_SERVER)
    client = ForeignClient(bench, server, objects=b"</1/0>,</3/0>,</5/0>,</3303/0>")
    with client.endpoint.background():
        test_reads(client, server)
        test_diagnostics(client, server)
        test_discover(client, server)
        test_writes(client, server)
        test_others(client, server)
        test_composites(client, server, "1.1")
        test_long_answers(bench, client, server)
        test_long_contents(bench, client, server)
        test_disorder(client, server)
    client = ForeignClient(bench, server, "ep=dev1&lwm2m=1.2")
    with client.endpoint.background():
        test_composites(client, server, "1.2")
    test_observe_composite(client, server, monitor)


run(main)
