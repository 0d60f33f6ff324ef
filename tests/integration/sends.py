# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that takes what clients send by themselves, and shares no code with ours."""

import json

import coap
from lib import ForeignServer, same, wait_until

BLOCK1 = 27


class Sends(ForeignServer):
    """A server that keeps what is sent to it: (format, payload)."""

    def __init__(self, bench, **keywords):
        super().__init__(bench, **keywords)
        self.serve = self.serve_sends
        self.sends, self.parts = [], {}
        self.answers = "2.04"

    def serve_sends(self, request, address):
        if request.path() != "/dp":
            return self.take(request, address)
        if self.answers is None:
            return None
        block = request.block(BLOCK1)
        if block is None:
            self.sends.append((request.number(coap.CONTENT_FORMAT), request.payload))
            return coap.Message(code=coap.code(self.answers))
        number, more, _ = block
        self.parts[number] = request.payload
        if not more:
            self.sends.append((request.number(coap.CONTENT_FORMAT), b"".join(self.parts[i] for i in sorted(self.parts))))
            self.parts = {}
        return coap.Message(code=coap.code("2.31" if more else self.answers),
                            options=[(BLOCK1, request.first(BLOCK1))])

    def wait_sends(self, count, seconds=30):
        wait_until(lambda: self.pump(0.05) and False or len(self.sends) >= count, "%d Sends" % count, seconds)


def records(payload):
    """SenML JSON as (name, seconds or None, value): RFC 8428, 4.6."""
    found, name, time = [], "", 0
    for record in json.loads(payload):
        name, time = record.get("bn", name), record.get("bt", time)
        when = time + record.get("t", 0)
        value = [record[key] for key in ("v", "vs", "vb", "vd", "vlo") if key in record]
        same(len(value), 1, "one value in %r" % record)
        found.append((name + record.get("n", ""), when or None, value[0]))
    return found
