#!/usr/bin/env python3
"""A client that no library keeps from anything: it says on the system bus what its bytes say.

    raw_client.py files      a call that names its one file more often than a message has descriptors
    raw_client.py check      CheckProfile of a file of its own
    raw_client.py label      the same under an endless name
    raw_client.py wait       more calls at once than polkit is asked for one user, and what they keep open
    raw_client.py password   polkit's agent for itself: whether it is asked for a password

Prints what came of it, a line for each answer.
"""
import array
import os
import socket
import struct
import sys

MANAGER = ("org.nanotune1", "/org/nanotune1", "org.nanotune1.Manager")
POLKIT = ("org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority", "org.freedesktop.PolicyKit1.Authority")
AGENT = "/org/nanotune1/test/agent"
MAY_ASK = 0x4


def padded(data, size):
    return data + b"\0" * (-len(data) % size)


def text(value, sign="s"):
    raw = value.encode()
    return bytes([len(raw)]) + raw + b"\0" if sign == "g" else struct.pack("<I", len(raw)) + raw + b"\0"


class Body:
    def __init__(self):
        self.data = b""

    def add(self, raw, size):
        self.data = padded(self.data, size) + raw
        return self

    def text(self, value):
        return self.add(text(value), 4)

    def number(self, value):
        return self.add(struct.pack("<I", value), 4)

    def long(self, value):
        return self.add(struct.pack("<Q", value), 8)

    def variant(self, sign, value):
        self.add(text(sign, "g"), 1)
        return self.text(value) if sign == "s" else self.number(value) if sign == "u" else self.long(value)

    def array(self, items):
        """Of structs and dict entries: each is given as what adds it."""
        self.number(0)
        place = len(self.data)
        self.data = padded(self.data, 8)
        begin = len(self.data)
        for item in items:
            self.data = padded(self.data, 8)
            item(self)
        size = len(self.data) - begin
        self.data = self.data[: place - 4] + struct.pack("<I", size) + self.data[place:]
        return self


class Bus:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect("/run/dbus/system_bus_socket")
        self.serial = 0
        self.kept = b""
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        self.line()
        self.socket.sendall(b"NEGOTIATE_UNIX_FD\r\n")
        self.line()
        self.socket.sendall(b"BEGIN\r\n")
        self.answer(self.call(("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"), "Hello", "", Body()))

    def line(self):
        while b"\r\n" not in self.kept:
            self.kept += self.socket.recv(4096)
        line, self.kept = self.kept.split(b"\r\n", 1)
        return line

    def send(self, kind, fields, body, flags=0, fds=()):
        self.serial += 1
        head = Body()
        head.data = struct.pack("<BBBBII", ord("l"), kind, flags, 1, len(body.data), self.serial)

        def field(code, sign, value):
            return lambda b: (b.add(bytes([code]), 1), b.add(text(sign, "g"), 1),
                              b.number(value) if sign == "u" else b.add(text(value, sign), 1 if sign == "g" else 4))

        if fds:
            fields = fields + [(9, "u", len(fds))]
        head.array([field(*each) for each in fields])
        data = padded(head.data, 8) + body.data
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        sent = self.socket.sendmsg([data], rights)
        self.socket.sendall(data[sent:])
        return self.serial

    def call(self, where, member, sign, body, flags=0, fds=()):
        name, path, interface = where
        fields = [(1, "o", path), (2, "s", interface), (3, "s", member), (6, "s", name)]
        return self.send(1, fields + ([(8, "g", sign)] if sign else []), body, flags, fds)

    def message(self):
        """Kind, fields by their codes, serial, body."""
        def more(size):
            while len(self.kept) < size:
                got = self.socket.recv(65536)
                if not got:
                    raise SystemExit("the bus has gone")
                self.kept += got
        more(16)
        kind, size, serial, fields_size = self.kept[1], *struct.unpack("<III", self.kept[4:16])
        begin = 16 + fields_size + (-fields_size % 8)
        more(begin + size)
        raw, body = self.kept[:begin], self.kept[begin:begin + size]
        self.kept = self.kept[begin + size:]
        fields, at = {}, 16
        while at < 16 + fields_size:
            at += -at % 8
            code, sign = raw[at], chr(raw[at + 2])
            at += 4
            if sign == "u":
                at += -at % 4
                fields[code] = struct.unpack("<I", raw[at:at + 4])[0]
                at += 4
            else:
                length = raw[at] if sign == "g" else struct.unpack("<I", raw[at + -at % 4:at + -at % 4 + 4])[0]
                at += 1 if sign == "g" else -at % 4 + 4
                fields[code] = raw[at:at + length].decode()
                at += length + 1
        return kind, fields, serial, body

    def answer(self, serial, asked=None):
        """"ok", or the error with its text. Calls of this client meanwhile go to `asked`."""
        while True:
            kind, fields, number, body = self.message()
            if kind == 1 and asked:
                asked(fields, number)
            elif kind in (2, 3) and fields.get(5) == serial:
                return "ok" if kind == 2 else f"{fields[4]}: {body[4:4 + struct.unpack('<I', body[:4])[0]].decode()}"


def sealed(content):
    import fcntl
    fd = os.memfd_create("profile", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, content)
    fcntl.fcntl(fd, 1033, 0x8 | 0x2)  # F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK
    return fd


def profile(bus, member, entries=1, label="given.toml", options=False, flags=0, files=True):
    body = Body().text("given.toml" if files else "quick")
    body.array([lambda b: (b.text("given.toml"), b.text(label), b.number(0))] * (entries if files else 0)).array([])
    if options:
        body.array([])
    fds = [sealed(b"[sysctl]\n\"net.ipv4.tcp_slow_start_after_idle\" = 0\n")] if files else []
    return bus.call(MANAGER, member, "sa(ssh)a(ss)" + ("a{sv}" if options else ""), body, flags, fds)


def password(bus):
    with open("/proc/self/stat") as file:
        start = int(file.read().rsplit(")", 1)[1].split()[19])
    subject = Body().add(text("unix-process"), 8)
    subject.array([lambda b: b.text("pid").variant("u", os.getpid()), lambda b: b.text("start-time").variant("t", start)])
    print("agent:", bus.answer(bus.call(POLKIT, "RegisterAuthenticationAgent", "(sa{sv})ss", subject.text("C").text(AGENT))))
    times = 0

    def refuse(fields, serial):
        nonlocal times
        times += 1
        error = [(4, "s", "org.freedesktop.PolicyKit1.Error.Cancelled"), (5, "u", serial), (6, "s", fields[7]), (8, "g", "s")]
        bus.send(3, error, Body().text("no"))

    for flags in (0, MAY_ASK):
        answer = bus.answer(profile(bus, "Plan", options=True, flags=flags, files=False), refuse)
        print(f"asked {times} times: {answer}")


bus, what = Bus(), sys.argv[1]
if what == "files":
    print(bus.answer(profile(bus, "Plan", entries=4000, options=True)))
elif what == "check":
    print(bus.answer(profile(bus, "CheckProfile")))
elif what == "label":
    print(bus.answer(profile(bus, "CheckProfile", label="x" * 4000)))
elif what == "wait":
    calls = [profile(bus, "Plan", options=True) for _ in range(14)]
    told = 0
    while told < 6:  # the rest wait for polkit
        kind, fields, _, body = bus.message()
        if kind in (2, 3):
            told += 1
            print(fields.get(4, "ok"), body[4:-1].decode(errors="replace"), flush=True)
    sys.stdin.read()
elif what == "password":
    password(bus)
