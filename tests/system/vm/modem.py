#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An LTE modem for the serial port of an emulated machine: as many AT commands as ModemManager asks (3GPP TS 27.007).

modem.py SOCKET STATE: qemu connects to SOCKET. STATE, a file, is looked at all the time: lines "word=value" with
quality (0 to 31, 99: not known), name, network (country and network code), stat (1: at home, 5: roaming, 0: none), tac
and cell, hexadecimal. What it was asked and answered goes to the standard output.
"""

import re
import select
import socket
import sys

STATE = {"quality": "20", "name": "Bench Mobile", "network": "00101", "stat": "1", "tac": "0042", "cell": "00ABCDEF"}
LTE = 7


def read_state(path):
    state = dict(STATE)
    try:
        with open(path) as file:
            state.update(line.strip().split("=", 1) for line in file if "=" in line)
    except FileNotFoundError:
        pass
    return state


def registration(state):
    return '{stat},"{tac}","{cell}",{lte}'.format(lte=LTE, **state)


class Modem:
    """What it answers; `name_format` is what +COPS=3 set: 0 for the name, 2 for the code."""

    def __init__(self):
        self.name_format = 0

    def operator(self, state):
        if state["stat"] not in ("1", "5"):
            return "+COPS: 0"
        word = state["network" if self.name_format == 2 else "name"]
        return f'+COPS: 0,{self.name_format},"{word}",{LTE}'

    def answer(self, command, state):
        """The lines before the result; None: it does not know the command."""
        fixed = {
            "I": ["Bench Works", "M-1"], "I0": ["Bench Works", "M-1"], "I1": ["1.0"],
            "+GMI": ["Bench Works"], "+CGMI": ["Bench Works"], "+GMM": ["M-1"], "+CGMM": ["M-1"], "+GMR": ["1.0"],
            "+CGMR": ["1.0"], "+GSN": ["490154203237518"], "+CGSN": ["490154203237518"], "+GCAP": ["+GCAP: +CGSM"],
            "+CPIN?": ["+CPIN: READY"], "+CIMI": ["001010123456789"], "+CFUN?": ["+CFUN: 1"],
            "+CCID": ["+CCID: 8949000000000000001"], "+ICCID": ["+ICCID: 8949000000000000001"],
            "+CNUM": ['+CNUM: "","+4915550100",145'],
            "+CSQ": [f"+CSQ: {state['quality']},99"],
            "+CREG=?": ["+CREG: (0-2)"], "+CGREG=?": ["+CGREG: (0-2)"], "+CEREG=?": ["+CEREG: (0-2)"],
            "+COPS?": [self.operator(state)],
            "+WS46=?": ["+WS46: (12,22,25,28)"], "+WS46?": ["+WS46: 28"],
            "+CSCS=?": ['+CSCS: ("IRA","GSM")'], "+CSCS?": ['+CSCS: "IRA"'],
            "+CGDCONT=?": ['+CGDCONT: (1-4),"IP",,,(0),(0)'], "+CGDCONT?": ['+CGDCONT: 1,"IP","bench","",0,0'],
            "+CGATT?": ["+CGATT: 1"], "+CGACT?": ["+CGACT: 1,0"],
            "+CLCK=?": ['+CLCK: ("SC")'], '+CLCK="SC",2': ["+CLCK: 0"],
            "+CIND=?": ['+CIND: ("signal",(0-5)),("service",(0-1))'],
            "+CIND?": [f"+CIND: {self.bars(state)},1"],
        }
        setting = re.match(r"\+COPS=3,([02])(;\+COPS\?)?$", command)
        if setting:
            self.name_format = int(setting[1])
            return [self.operator(state)] if setting[2] else []
        status = re.match(r"(\+C[GE]?REG)\?$", command)
        if status:
            return [f"{status[1]}: 2,{registration(state)}"]
        if command in fixed:
            return fixed[command]
        # what is set or done and has no answer but "OK"
        return [] if re.match(r"(E[01]|V1|Z|&F|&C1|&D1|X4|S0=|\+C|$)", command) and "?" not in command else None

    @staticmethod
    def bars(state):
        quality = int(state["quality"])
        return 0 if quality == 99 else quality * 5 // 31

    @staticmethod
    def news(before, state):
        """What a modem tells unasked."""
        lines = []
        if Modem.bars(before) != Modem.bars(state):
            lines.append(f"+CIEV: 1,{Modem.bars(state)}")
        if registration(before) != registration(state):
            lines += [f"{word}: {registration(state)}" for word in ("+CREG", "+CGREG", "+CEREG")]
        return lines


def result(command, lines):
    """A packet call begins, and carries nothing; the next command ends it."""
    if command.upper().startswith("D*99"):
        return ["CONNECT"]
    return ["ERROR"] if lines is None else lines + ["OK"]


def say(link, lines):
    link.sendall("".join(f"\r\n{line}\r\n" for line in lines).encode("ascii"))


def serve(link, path):
    modem, buffer, before = Modem(), b"", read_state(path)
    while True:
        readable, _, _ = select.select([link], [], [], 0.2)
        state = read_state(path)
        news = modem.news(before, state)
        before = state
        if news:
            print("told", news, flush=True)
            say(link, news)
        if not readable:
            continue
        data = link.recv(4096)
        if not data:
            return
        buffer += data
        *commands, buffer = buffer.replace(b"\n", b"").split(b"\r")
        for line in commands:
            found = re.search(r"AT(.*)", line.decode("latin-1"), re.IGNORECASE)
            if not found:
                continue
            lines = modem.answer(found[1].upper(), state)
            print("AT" + found[1], lines, flush=True)
            say(link, result(found[1], lines))


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(1)
    while True:
        link, _ = listener.accept()
        with link:
            try:
                serve(link, sys.argv[2])
            except (BrokenPipeError, ConnectionResetError):
                pass


if __name__ == "__main__":
    main()
