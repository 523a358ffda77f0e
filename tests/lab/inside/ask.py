#!/usr/bin/env python3
"""Asks a datapath until each of several sockets has had its order for each tick, and says how many that were. One that is
wrong, or none, is an error: nothing here comes from the code under test.

    ask.py ADDRESS PORT SOCKETS TICKS
"""

import socket
import struct
import sys
import time

address, port, sockets, ticks = sys.argv[1], *map(int, sys.argv[2:])
deadline = time.monotonic() + 60  # a link may have to come up
answered = 0
for _ in range(sockets):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect((address, port))
    client.settimeout(0.5)
    for stamp in range(ticks):
        tick = b"LAB     " + struct.pack("<IIQ", 5000 + stamp, 1, stamp)
        order = b"LAB     " + struct.pack("<IIBQ", 5001 + stamp, 100, 0, stamp) + (b"ORD%d" % stamp).ljust(16, b"\0")
        found = None
        while found != order:
            if time.monotonic() > deadline:
                sys.exit(f"{address}: no order for tick {stamp} after {answered} others; the last that came is {found}")
            try:
                client.send(tick)
                found = client.recv(100)
            except (TimeoutError, ConnectionRefusedError):
                pass
        answered += 1
print(answered)
