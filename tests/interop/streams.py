#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
CoAP over TCP and TLS with a peer that shares no code with ours, aiocoap: as the server of the agent, which registers
there, and as a client of the test server.

Leshan listens at coap+tcp only in modules that it does not publish. Without aiocoap this says "skipped".
"""

import asyncio
import os
import pathlib
import socket
import ssl
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import coap  # noqa: E402
from lib import SOON, Skipped, Variant, check, run, same, wait_until  # noqa: E402
from pki import Pki  # noqa: E402

try:
    import aiocoap
    from aiocoap import resource
except ImportError:
    aiocoap = None

LOCATION = ("rd", "5a3f")
BODY = os.urandom(30000)


class Loop(threading.Thread):
    """aiocoap lives in a loop of its own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.loop = asyncio.new_event_loop()
        self.start()

    def run(self):
        self.loop.run_forever()

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(SOON)


def tlv(kind, number, value):
    """A TLV of any length up to 65535; numbers up to 255."""
    return bytes([kind << 6 | 2 << 3, number]) + len(value).to_bytes(2, "big") + value


def make_pki(bench):
    pki = Pki(bench.directory / "pki")
    pki.authority("ca")
    pki.certificate("server", "ca", "lwm2m.example", "DNS:lwm2m.example,IP:127.0.0.1", "serverAuth")
    pki.certificate("dev1", "ca", "dev1")
    return pki


def tls(pki, purpose, name):
    context = ssl.create_default_context(purpose, cafile=str(pki.file("ca")))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(str(pki.file(name)), str(pki.key(name)))
    context.set_alpn_protocols(["coap"])
    return context


# --- the server of the agent


def registrar():
    """The resources of a server that one client registers at, and what came."""
    came = []

    class Rd(resource.Resource):
        async def render_post(self, request):
            came.append(("Register", request))
            return aiocoap.Message(code=aiocoap.CREATED, location_path=LOCATION)

    class Place(resource.Resource):
        async def render_post(self, request):
            came.append(("Update", request))
            return aiocoap.Message(code=aiocoap.CHANGED)

        async def render_delete(self, request):
            came.append(("De-register", request))
            return aiocoap.Message(code=aiocoap.DELETED)

    site = resource.Site()
    site.add_resource(["rd"], Rd())
    site.add_resource(LOCATION, Place())
    return site, came


class Server:
    """aiocoap in the place of an LwM2M server."""

    def __init__(self, loop, port, context):
        self.loop = loop
        site, self.came = registrar()
        kind = "tlsserver" if context else "tcpserver"
        # aiocoap's ports of TLS are one above those of TCP
        self.context = loop.do(aiocoap.Context.create_server_context(
            site, bind=("127.0.0.1", port - 1 if context else port), transports=[kind], _ssl_context=context))

    def wait(self, what, count=1):
        return wait_until(lambda: [each for name, each in self.came if name == what][count - 1:], what)[0]

    def ask(self, code, path, payload=b"", **options):
        """One request, on the connection that the Register came by; a body of any length."""
        message = aiocoap.Message(code=code, payload=payload, **options)
        message.opt.uri_path = path.strip("/").split("/")
        message.remote = self.came[0][1].remote
        return self.loop.do(self.answer(message))

    async def answer(self, message):
        return await self.context.request(message).response

    def watch(self, path):
        """What is observed there, as it comes."""
        got = []

        async def observe():
            message = aiocoap.Message(code=aiocoap.GET, observe=0, accept=coap.TEXT)
            message.opt.uri_path = path.strip("/").split("/")
            message.remote = self.came[0][1].remote
            request = self.context.request(message)
            got.append((await request.response).payload)

            async def collect():
                try:
                    async for each in request.observation:
                        got.append(each.payload)
                except aiocoap.error.Error:
                    pass  # the connection ended
            self.task = asyncio.ensure_future(collect())
        self.loop.do(observe())
        return got

    def stop(self):
        self.loop.do(self.context.shutdown())


def as_server(bench, loop, scheme, context, lines):
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    server = Server(loop, port, context)
    agent = bench.agent("%s://127.0.0.1:%d" % (scheme, port), name="agent-" + scheme, server=lines)
    register = server.wait("Register")
    check("ep=dev1" in register.opt.uri_query and "b=T" in register.opt.uri_query,
          "%s: Register with %s" % (scheme, register.opt.uri_query))
    answer = server.ask(aiocoap.GET, "/3/0/16", accept=coap.TEXT)
    same((answer.code.dotted, answer.payload), ("2.05", b"UT"), "Read")
    got = server.watch("/1/0/1")
    same(got, [b"300"], "Observe")
    same(server.ask(aiocoap.PUT, "/1/0/1", b"600", content_format=coap.TEXT).code.dotted, "2.04", "Write")
    wait_until(lambda: got[-1] == b"600", "the notification")
    check(True, "the notification")
    same(server.wait("Update").opt.uri_query, ("lt=600",), "Update")
    body = tlv(0, 3, tlv(2, 0, tlv(1, 0, BODY)))
    answer = server.ask(aiocoap.POST, "/19", body, content_format=coap.TLV)
    same(answer.code.dotted, "2.01", "Create of 30 000 bytes, in blocks")
    check(server.ask(aiocoap.GET, "/19/3/0/0", accept=coap.OPAQUE).payload == BODY, "which are read, in blocks")
    same(server.ask(aiocoap.GET, "/3/0/99").code.dotted, "4.04", "Read of what is not there")
    if context:
        same(agent.server("PeerSubject"), "CN=lwm2m.example", "Server1.PeerSubject")
    agent.stop()
    server.wait("De-register")
    check(True, "De-register")
    server.stop()


# --- a client of the test server


def device():
    """The resources of a client that aiocoap is."""
    class Value(resource.ObservableResource):
        def __init__(self, value):
            super().__init__()
            self.value = value

        async def render_get(self, request):
            form = coap.TEXT if len(self.value) < 100 else coap.OPAQUE
            return aiocoap.Message(payload=self.value, content_format=form)

        async def render_put(self, request):
            self.value = request.payload
            self.updated_state()
            return aiocoap.Message(code=aiocoap.CHANGED)

    site = resource.Site()
    site.add_resource(["3", "0", "0"], Value(b"aiocoap"))
    site.add_resource(["1", "0", "1"], Value(b"60"))
    site.add_resource(["19", "0", "0", "0"], Value(BODY))
    return site


def as_client(bench, loop, scheme, options, context):
    server = bench.server(*options, listen="%s://127.0.0.1:0" % scheme, name="server-" + scheme)
    kind = "tlsclient" if context else "tcpclient"
    client = loop.do(aiocoap.Context.create_server_context(device(), transports=[kind]))
    if context:
        client.client_credentials.ssl_client_context = lambda *_: context

    async def request(code, path, query=(), payload=b""):
        message = aiocoap.Message(code=code, uri=server.uri + path, payload=payload)
        message.opt.uri_query = query
        if payload:
            message.opt.content_format = coap.LINK
        return await client.request(message).response
    answer = loop.do(request(aiocoap.POST, "/rd", ("ep=dev1", "lt=60", "lwm2m=1.1", "b=T"),
                             b"</1/0>,</3/0>,</19/0>"))
    same(answer.code.dotted, "2.01", "%s: Register at the test server" % scheme)
    place = "/" + "/".join(answer.opt.location_path)
    server.wait_client()
    same(server.read("/3/0/0"), ["2.05 Content", {"/3/0/0": "aiocoap"}], "Read")
    same(server.observe("/1/0/1")[0], "2.05 Content", "Observe")
    signals = bench.monitor("org.lwm2md.TestServer")
    same(server.write("/1/0/1", 90, format="text"), "2.04 Changed", "Write")
    signals.wait("Notified")
    check(True, "the notification")
    got = server.read("/19/0/0/0", accept="opaque")[1]["/19/0/0/0"]
    check(bytes(got) == BODY, "Read of 30 000 bytes, in blocks")
    same(server.write("/19/0/0/0", Variant("ay", BODY[::-1]), format="opaque"), "2.04 Changed", "Write of as many")
    check(bytes(server.read("/19/0/0/0", accept="opaque")[1]["/19/0/0/0"]) == BODY[::-1], "which arrived")
    same(loop.do(request(aiocoap.POST, place)).code.dotted, "2.04", "Update")
    same(loop.do(request(aiocoap.DELETE, place)).code.dotted, "2.02", "De-register")
    server.wait_no_client()
    loop.do(client.shutdown())
    server.stop()


def main(bench):
    if aiocoap is None:
        raise Skipped("aiocoap is not installed")
    pki, loop = make_pki(bench), Loop()
    x509 = ("Security=x509\nCertificateFile=%s\nPrivateKeyFile=%s\nServerCertificateFile=%s\n"
            "CertificateUsage=trust-anchor\n" % (pki.file("dev1"), pki.key("dev1"), pki.file("ca")))
    as_server(bench, loop, "coap+tcp", None, "")
    as_server(bench, loop, "coaps+tcp", tls(pki, ssl.Purpose.CLIENT_AUTH, "server"), x509)
    as_client(bench, loop, "coap+tcp", [], None)
    as_client(bench, loop, "coaps+tcp", ["--certificates", str(pki.directory)],
              tls(pki, ssl.Purpose.SERVER_AUTH, "dev1"))


run(main)
