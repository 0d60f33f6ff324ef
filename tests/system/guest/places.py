#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A location service for GeoClue: everybody is at the same place."""

import http.server

PLACE = b'{"location": {"lat": 46.5197, "lng": 6.6323}, "accuracy": 250.0}'


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(PLACE)))
        self.end_headers()
        self.wfile.write(PLACE)


http.server.HTTPServer(("127.0.0.1", 8100), Answer).serve_forever()
