# SPDX-License-Identifier: LGPL-2.1-or-later
"""Object 20 against the journal, with the drop-in that the examples have."""

import os
import re
import shutil
import time

from lib import check, row, run, section, server, tells_json, wait

DROP_IN = "/etc/systemd/system/lwm2md.service.d"


def open_journal():
    os.makedirs(DROP_IN, exist_ok=True)
    shutil.copy("/usr/share/doc/lwm2md/examples/lwm2md-journal.conf", DROP_IN)
    run("systemctl", "daemon-reload")


def show():
    section("event log")
    word = f"the pump is dry at {time.monotonic()}"
    run("logger", "-p", "daemon.warning", word)

    def line():
        text = (server.value("/20/0/4014") or b"").decode()
        return next((one for one in text.splitlines() if word in one), None)

    found = wait(10, line)
    entry = tells_json("journalctl", "-o", "json", "-n", "1", "-g", re.escape(word))
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(entry["__REALTIME_TIMESTAMP"]) / 1e6))
    check(f"/20/0/4014 {found}; the journal: {moment} {entry['PRIORITY']} {entry['MESSAGE']}",
          found and found.startswith(moment) and " warning " in found and found.endswith(entry["MESSAGE"]), found)
    row("/20/0/4010", "LogClass", "system", 1)
